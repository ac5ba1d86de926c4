"""The legal timeline: statuses that never overlap (I-17), and what is written down beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F, Min
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Staff
from cases import legal_dates, policies
from cases.enums import VICTIM_STATUSES, EventKind, LegalStatusKind, Right, Section
from cases.enums.documents import DocumentKind
from cases.models import (
    CaseFile,
    Document,
    ExternalAssessment,
    ExternalClassification,
    LegalEvent,
    LegalRecord,
    LegalStatus,
    ReturnEvent,
)
from cases.workflow.apart import hold, separate
from cases.workflow.documents import prove_again, stored_proof
from cases.workflow.events import record
from core.papers import Paper
from core.workflow import FieldError, TransitionError, lock, lock_version

Written = TypeVar("Written", LegalEvent, ExternalClassification, ExternalAssessment, ReturnEvent)

# What has happened once: model -> the field of its day.
DAY_OF: dict[type[LegalRecord], str] = {
    LegalEvent: "happened_on",
    ExternalClassification: "given_on",
    ExternalAssessment: "assessed_on",
    ReturnEvent: "arrived_on",
}
EXTERNAL = (ExternalClassification, ExternalAssessment)


class OverlapError(FieldError):
    """Another status holds in that time."""

    def __init__(self, other: LegalStatus | None) -> None:
        super().__init__({"valid_from": _overlap_words(other)})


def _overlap_words(other: LegalStatus | None) -> str:
    if other is None:
        return _("Status hukum lain sudah berlaku pada masa ini.")
    words = {
        "status": other.get_status_display(),
        "since": date_format(other.valid_from, "j M Y"),
        "until": date_format(other.valid_to, "j M Y") if other.valid_to else _("sekarang"),
    }
    return _("Status hukum lain sudah berlaku pada masa ini: %(status)s, %(since)s – %(until)s.") % words


def known_of(case: CaseFile) -> legal_dates.Known:
    """What the dates of a record of ``case`` are held against."""
    verdicts = case.legal_events.filter(kind=LegalEvent.Kind.VERDICT).order_by("happened_on")
    return legal_dates.Known(
        timezone.localdate(timezone=case.lead_unit.zone),
        case.participant.born_not_before,
        verdicts.values_list("happened_on", flat=True).first(),
    )


def _open_for(case: CaseFile, by: Staff) -> CaseFile:
    """The case, locked, where ``by`` may write on its legal page."""
    case = lock(case)
    policies.require(by, Right.EDIT, case, Section.LEGAL)
    if not case.is_open:
        raise TransitionError(_("Kasus ini sudah ditutup. Buka kembali dahulu."))
    return case


# ---- statuses -------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_legal_status(
    case: CaseFile,
    *,
    by: Staff,
    status: LegalStatusKind,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    end_previous: bool = False,
    paper: Paper | None = None,
    **fields: Any,
) -> LegalStatus:
    """Add a status; with ``end_previous`` the open one before it ends on the day this one begins.

    ``document`` or ``paper`` proves it: one of the case's documents, or a file that is stored with it.
    """
    if status in VICTIM_STATUSES:
        hold([case.participant_id])
    case = _open_for(case, by)
    added = LegalStatus(case=case, status=status, valid_from=valid_from, valid_to=valid_to, recorded_by=by, **fields)
    words = {name: value for name, value in fields.items() if name != "document"}
    mine = case.legal_statuses.filter(status=status, valid_from=valid_from, valid_to=valid_to, recorded_by=by)
    if (same := mine.filter(**words).first()) is not None:  # a form sent twice
        prove_again(same, document=added.document, paper=paper, store=lambda: _proof(added, by, paper))
        return same
    if end_previous:
        open_ones = case.legal_statuses.filter(valid_to=None, valid_from__lte=valid_from)
        open_ones.update(valid_to=valid_from, version=F("version") + 1)
    added.document = _proof(added, by, paper)
    _save_status(added)
    _keep_apart(added, by=by)
    record(case, EventKind.LEGAL, by=by, section=Section.LEGAL, summary=_said(added))
    return added


@transaction.atomic
def amend_legal_status(
    written: LegalStatus, *, by: Staff, version: int, paper: Paper | None = None, **fields: Any
) -> LegalStatus:
    """Correct a status. What was checked was the former text, so that its check ends with it."""
    if fields.get("status") in VICTIM_STATUSES:
        hold([written.case.participant_id])
    case = _open_for(written.case, by)
    status = lock_version(written, version)
    if not _put(status, fields, by=by, paper=paper):
        return status
    status.verified_by = status.verified_at = None
    status.recorded_by = by
    _save_status(status)
    _keep_apart(status, by=by)
    record(case, EventKind.LEGAL_AMENDED, by=by, section=Section.LEGAL, summary=_said(status))
    return status


@transaction.atomic
def end_legal_status(status: LegalStatus, *, by: Staff, on: dt.date) -> LegalStatus:
    """The status holds until ``on``, a day that belongs to the next one. What was checked of it stays checked."""
    case = _open_for(status.case, by)
    status = lock(status)
    if status.valid_to is not None:
        raise TransitionError(_("Status ini sudah berakhir."))
    if on > timezone.localdate(timezone=case.lead_unit.zone):
        raise FieldError({"valid_to": legal_dates.IN_FUTURE})
    status.valid_to = on
    _save_status(status)
    record(case, EventKind.LEGAL_ENDED, by=by, section=Section.LEGAL, summary=f"{status.status}: {on}")
    return status


@transaction.atomic
def verify_legal_status(status: LegalStatus, *, by: Staff, version: int) -> LegalStatus:
    """Somebody else than its writer has held the status against its document: the unit's supervisor (I-17)."""
    case = lock(status.case)
    policies.require(by, Right.APPROVE, case, Section.LEGAL)
    status = lock_version(status, version)
    if status.recorded_by_id == by.pk:
        raise PermissionDenied(_("Status ini Anda sendiri yang mencatat."))
    if status.is_verified:
        return status
    if not status.can_be_verified:
        raise TransitionError(_("Status terperiksa bila lembaga dan nomor dokumennya ada."))
    status.verified_by, status.verified_at = by, timezone.now()
    status.save()
    record(case, EventKind.LEGAL_VERIFIED, by=by, section=Section.LEGAL, summary=_said(status))
    return status


def _save_status(status: LegalStatus) -> None:
    """Refuse dates that cannot be, and times in which another status holds; the database has the last word."""
    values = {name: getattr(status, name) for name in ("valid_from", "valid_to", "release_date", "supervision_end")}
    if problems := legal_dates.status_problems(values, known_of(status.case)):
        raise FieldError(problems)
    others = list(status.case.legal_statuses.exclude(pk=status.pk).order_by("valid_from"))
    if other := _overlapping(status, others):
        raise OverlapError(other)
    try:
        with transaction.atomic():
            status.save()
    except IntegrityError as error:
        if "legal_statuses_never_overlap" not in str(error):
            raise
        raise OverlapError(None) from error


def _overlapping(status: LegalStatus, others: Iterable[LegalStatus]) -> LegalStatus | None:
    mine = (status.valid_from, status.valid_to)
    return next((one for one in others if legal_dates.overlap(*mine, one.valid_from, one.valid_to)), None)


def _keep_apart(status: LegalStatus, *, by: Staff) -> None:
    if status.status in VICTIM_STATUSES and not status.case.is_victim_file:
        _protect_as_victim(status.case)
        separate(status.case, by=by)


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


# ---- events, returns, and what other bodies say ---------------------------------------------------------------------


@transaction.atomic
def add_legal_record(
    model: type[Written], case: CaseFile, *, by: Staff, paper: Paper | None = None, **fields: Any
) -> Written:
    """Write down what happened, or what another body says; ``paper`` is a file that proves it and is stored with it.

    A pledge (ikrar) is an event like the others and nothing depends on it (ET-14); neither does anything of ours move
    by what another body found.
    """
    case = _open_for(case, by)
    if issubclass(model, EXTERNAL) and case.for_child:  # not even somebody else's word for a child's risk (ET-3)
        raise TransitionError(_("Pada berkas anak tidak dicatat kategori atau penilaian risiko dari instansi lain."))
    added = model(case=case, recorded_by=by, **fields)
    words = {name: value for name, value in fields.items() if name != "document"}
    # A form sent twice: nothing happens twice on one day in the same words.
    if (same := model._default_manager.filter(case=case, recorded_by=by, **words).first()) is not None:
        if isinstance(same, LegalEvent) and isinstance(added, LegalEvent):
            event = added
            prove_again(same, document=event.document, paper=paper, store=lambda: _proof(event, by, paper))
        return same
    _check_day(added)
    if isinstance(added, LegalEvent):
        added.document = _proof(added, by, paper)
    added.save()
    record(case, _line_of(added), by=by, section=Section.LEGAL, summary=_said(added))
    return added


@transaction.atomic
def record_handover(
    case: CaseFile, *, by: Staff, happened_on: dt.date, document_no: str, paper: Paper | None = None
) -> LegalEvent:
    """The handing over from a prison, with its berita acara where the file is at hand; otherwise it may follow."""
    kind = LegalEvent.Kind.HANDOVER
    return add_legal_record(
        LegalEvent, case, by=by, kind=kind, happened_on=happened_on, document_no=document_no, paper=paper
    )


@transaction.atomic
def amend_legal_record(
    written: Written, *, by: Staff, version: int, paper: Paper | None = None, **fields: Any
) -> Written:
    case = _open_for(written.case, by)
    written = lock_version(written, version)
    if not _put(written, fields, by=by, paper=paper):
        return written
    written.recorded_by = by
    _check_day(written)
    written.save()
    record(case, EventKind.LEGAL_AMENDED, by=by, section=Section.LEGAL, summary=_said(written))
    return written


def _put(written: LegalRecord, fields: dict[str, Any], *, by: Staff, paper: Paper | None) -> bool:
    """Set the fields and what proves them; whether any of it is now another."""
    former = written.document_id if isinstance(written, LegalStatus | LegalEvent) else None
    proves = "document" in fields and (fields["document"] and fields["document"].pk) != former
    changed = [name for name, value in fields.items() if name != "document" and getattr(written, name) != value]
    for name in changed:
        setattr(written, name, fields[name])
    if isinstance(written, LegalStatus | LegalEvent) and (proves or paper is not None):
        written.document = fields.get("document")
        written.document = _proof(written, by, paper)
    return bool(changed) or proves or paper is not None


_KIND_OF_PROOF = {
    LegalEvent.Kind.PLEDGE: DocumentKind.PLEDGE,
    LegalEvent.Kind.HANDOVER: DocumentKind.HANDOVER,
    LegalEvent.Kind.VERDICT: DocumentKind.VERDICT,
}


def _proof(row: LegalStatus | LegalEvent, by: Staff, paper: Paper | None) -> Document | None:
    """The document of a row that is about to be saved; a file of its own is read as the legal page is."""
    about: dict[str, Any] = {"issued_by": row.authority, "document_no": row.document_no, "section": Section.LEGAL}
    if isinstance(row, LegalEvent):
        about["dated"] = row.happened_on
    kind = _KIND_OF_PROOF.get(row.kind) if isinstance(row, LegalEvent) else None  # type: ignore[call-overload]
    document = None if paper is not None else row.document
    return stored_proof(
        row.case, by=by, document=document, paper=paper, kind=kind or DocumentKind.LEGAL_LETTER, **about
    )


def _check_day(written: LegalRecord) -> None:
    name = DAY_OF[type(written)]
    case: CaseFile = written.case  # type: ignore[attr-defined]
    if problems := legal_dates.past_problems(name, getattr(written, name), known_of(case)):
        raise FieldError(problems)
    if isinstance(written, LegalEvent) and _follows_release(written):
        raise FieldError({name: legal_dates.AFTER_RELEASE})


def _follows_release(event: LegalEvent) -> bool:
    """A first verdict after a release that is written down already; a later one may be about something new."""
    if event.kind != LegalEvent.Kind.VERDICT:
        return False
    released = event.case.legal_statuses.aggregate(first=Min("release_date"))["first"]
    if released is None or event.happened_on <= released:
        return False
    verdicts = event.case.legal_events.filter(kind=event.kind, happened_on__lte=released)
    return not verdicts.exclude(pk=event.pk).exists()


def _line_of(written: LegalRecord) -> EventKind:
    return EventKind.EXTERNAL if isinstance(written, EXTERNAL) else EventKind.LEGAL


def _said(written: LegalRecord) -> str:
    """A code of ours with its day (the line's own is when it was written down), or whose word it is: never the word
    itself, nor a country."""
    if isinstance(written, EXTERNAL):
        return written.source
    if isinstance(written, LegalStatus):
        return f"{written.status}: {written.valid_from}"
    return f"{written.kind}: {getattr(written, DAY_OF[type(written)])}"  # type: ignore[attr-defined]
