"""What happens to accounts: every sign-in, failure and sign-out leaves a line in the journal."""

from __future__ import annotations

from django.db import transaction

from accounts.enums import JournalAction
from accounts.models import JournalEntry, Staff


@transaction.atomic
def write_journal(
    action: JournalAction,
    *,
    by: Staff | None,
    object_code: str = "",
    detail: str = "",
    ip: str | None = None,
    request_id: str = "",
) -> JournalEntry:
    """Append one line to the access journal. ``by`` is empty only for a failed sign-in."""
    return JournalEntry.objects.create(
        actor=by, action=action, object_code=object_code, detail=detail[:300], ip=ip, request_id=request_id
    )
