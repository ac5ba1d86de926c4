"""Legal holds: while one is in force the file is on no list and cannot be destroyed (UU 43/2009, UU 27/2022)."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import JournalAction
from accounts.models import Staff
from accounts.workflow import write_journal
from cases.enums import EventKind, Section
from cases.models import CaseFile, LegalHold
from cases.policies import retention
from cases.policies.requests import is_officer
from cases.workflow.events import record
from core.acting import beyond_own_sight
from core.workflow import TransitionError, lock


@transaction.atomic
def place_hold(
    case: CaseFile, *, by: Staff, reason: str, ordered_by: str, document_no: str, starts_on: dt.date
) -> LegalHold:
    """Keep the file, whatever its time. Waits for a destruction that has begun, and then finds no file."""
    retention.require_holding(by, case)
    with beyond_own_sight():  # the officer does not see the case
        case = lock(case)
    if not (reason.strip() and ordered_by.strip() and document_no.strip()):
        raise TransitionError(_("Tulis alasan, siapa yang memerintahkan, dan nomor suratnya."))
    if starts_on > timezone.localdate():
        raise TransitionError(_("Tanggal berlaku tidak boleh di masa depan."))
    hold = LegalHold.objects.create(
        case=case,
        case_code=case.code,
        lead_unit_id=case.lead_unit_id,
        reason=reason.strip(),
        ordered_by=ordered_by.strip(),
        document_no=document_no.strip(),
        starts_on=starts_on,
        placed_by=by,
    )
    record(case, EventKind.HOLD_PLACED, by=by, section=Section.ACCESS, summary=hold.document_no)
    write_journal(JournalAction.RETENTION, by=by, object_code=case.code, detail=f"hold placed: {hold.code}")
    return hold


@transaction.atomic
def place_hold_by_code(code: str, *, by: Staff, **fields: str | dt.date) -> LegalHold | None:
    """For the officer, who has the letter and sees no case. None: no file has this code."""
    if not is_officer(by):
        raise PermissionDenied
    with beyond_own_sight():
        case = CaseFile.objects.filter(code=code).first()
    return None if case is None else place_hold(case, by=by, **fields)  # type: ignore[arg-type]


@transaction.atomic
def lift_hold(hold: LegalHold, *, by: Staff, reason: str) -> LegalHold:
    """The duty to keep has ended; the file's own time counts again."""
    retention.require_lifting(by)
    hold = lock(hold)
    if not hold.is_in_force:
        raise TransitionError(_("Penahanan ini sudah dicabut."))
    if not reason.strip():
        raise TransitionError(_("Tulis alasannya."))
    hold.lifted_at = timezone.now()
    hold.lifted_by = by
    hold.lift_reason = reason.strip()
    hold.version += 1
    hold.save()
    with beyond_own_sight():
        case = CaseFile.objects.get(pk=hold.case_id)
    record(case, EventKind.HOLD_LIFTED, by=by, section=Section.ACCESS, summary=hold.document_no)
    write_journal(JournalAction.RETENTION, by=by, object_code=hold.case_code, detail=f"hold lifted: {hold.code}")
    return hold
