"""Who may see the organisation's own records: staff, and the access journal."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from accounts.enums import Role
from accounts.models import JournalEntry, Staff

OVERSIGHT = frozenset({Role.AUDITOR, Role.DPO})


def journal_for(user: Staff) -> QuerySet[JournalEntry]:
    """The access journal: auditors and data-protection officers only (D §3.5)."""
    return JournalEntry.objects.all() if user.role in OVERSIGHT else JournalEntry.objects.none()


def require_journal(user: Staff) -> None:
    if user.role not in OVERSIGHT:
        raise PermissionDenied
