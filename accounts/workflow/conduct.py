"""Saying yes to the code of conduct."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.conduct import CURRENT
from accounts.enums import JournalAction
from accounts.models import ConductAcceptance, Staff
from accounts.workflow.journal import write_journal
from core.workflow import TransitionError


@transaction.atomic
def accept_conduct(staff: Staff, *, version: str, language: str, ip: str | None = None, request_id: str = "") -> None:
    """Record the acceptance of the version that was read; twice is once."""
    if version != CURRENT.number:
        raise TransitionError(_("Kode etik sudah diperbarui. Baca versi yang baru."))
    # The person of a request is a lazy object, which core.workflow.lock cannot name.
    staff = Staff.objects.select_for_update(of=("self",)).get(pk=staff.pk)
    _row, created = ConductAcceptance.objects.get_or_create(
        staff=staff, version=version, defaults={"language": language}
    )
    if created:
        write_journal(JournalAction.CONDUCT_ACCEPTED, by=staff, detail=version, ip=ip, request_id=request_id)
    Staff.objects.filter(pk=staff.pk).update(conduct_version=version)
