"""The legal timeline: statuses that never overlap (I-17) and events."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases import policies
from cases.enums import VICTIM_STATUSES, EventKind, LegalStatusKind, Right, Section
from cases.models import CaseFile, LegalEvent, LegalStatus
from cases.workflow.apart import hold, separate
from cases.workflow.events import record
from core.workflow import TransitionError, lock


class OverlapError(TransitionError):
    """Another status holds in that time."""


@transaction.atomic
def add_legal_status(
    case: CaseFile,
    *,
    by: Staff,
    status: LegalStatusKind,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    end_previous: bool = False,
    **fields: Any,
) -> LegalStatus:
    """Add a status; with ``end_previous`` the open one before it ends on the day this one begins."""
    if status in VICTIM_STATUSES:
        hold([case.participant_id])
    case = lock(case)
    policies.require(by, Right.EDIT, case, Section.LEGAL)
    if end_previous:
        case.legal_statuses.filter(valid_to=None, valid_from__lte=valid_from).update(valid_to=valid_from)
    try:
        with transaction.atomic():
            added = LegalStatus.objects.create(
                case=case, status=status, valid_from=valid_from, valid_to=valid_to, **fields
            )
    except IntegrityError as error:
        if "legal_statuses_never_overlap" not in str(error):
            raise
        raise OverlapError(_("Status hukum lain sudah berlaku pada masa ini.")) from error
    if status in VICTIM_STATUSES and not case.is_victim_file:
        _protect_as_victim(case)
        separate(case, by=by)
    record(case, EventKind.LEGAL, by=by, section=Section.LEGAL, summary=added.status)
    return added


def _protect_as_victim(case: CaseFile) -> None:
    """From now on never beside perpetrators (ET-15); where such a place is still held, it must end first."""
    case.is_victim_file = True
    case.version += 1
    try:
        with transaction.atomic():
            case.save(update_fields=["is_victim_file", "version", "updated_at"])
    except DatabaseError as error:
        if "victims_and_others_apart" not in str(error):
            raise
        raise TransitionError(
            _("Peserta masih ikut angkatan bersama peserta lain. Akhiri keikutsertaannya dahulu.")
        ) from error


@transaction.atomic
def add_legal_event(
    case: CaseFile, *, by: Staff, kind: str, happened_on: dt.date, place: str = "", document_no: str = ""
) -> LegalEvent:
    """Add a dated event. A pledge (ikrar) is an event like the others and nothing depends on it (ET-14)."""
    case = lock(case)
    policies.require(by, Right.EDIT, case, Section.LEGAL)
    event = LegalEvent.objects.create(
        case=case, kind=kind, happened_on=happened_on, place=place, document_no=document_no
    )
    record(case, EventKind.LEGAL, by=by, section=Section.LEGAL, summary=event.kind)
    return event
