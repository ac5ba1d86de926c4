"""Sessions that were agreed on: planned, answered once by what came of them, moved to another day in a chain."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases import policies
from cases.enums import EventKind, Right, Section
from cases.enums.sessions import NOT_HELD, SessionOutcome, SessionReason
from cases.models import CaseEvent, CaseFile, PlannedSession
from cases.workflow.events import record
from cases.workflow.notes import answer_of, path_of_session, refresh_last_contact
from core.workflow import FieldError, TransitionError, lock, sent_before

# Nobody agrees on a day that far ahead; a typing mistake does.
FARTHEST = dt.timedelta(days=366)
IN_PAST = _("Pilih waktu yang akan datang. Yang sudah terjadi ditulis sebagai catatan kontak.")


@transaction.atomic
def plan_session(case: CaseFile, *, by: Staff, client_id: uuid.UUID, **fields: Any) -> PlannedSession:
    """Agree on a session; the same ``client_id`` sent again returns the session that is already there."""
    case = lock(case)
    policies.require(by, Right.EDIT, case, Section.NOTES)
    sent = sent_before(PlannedSession.objects.all(), client_id, planned_by=by, case=case)
    return sent or _plan(case, by=by, client_id=client_id, **fields)


@transaction.atomic
def answer_session(
    session: PlannedSession, *, by: Staff, outcome: SessionOutcome, reason: str = "", words: str = ""
) -> PlannedSession:
    """Say what came of it, once. A second tap of the same answer finds the first one."""
    case, session = _lock(session)
    policies.require(by, Right.EDIT, case, Section.NOTES)
    if (session.outcome, session.reason, session.reason_words) == (outcome, reason, words.strip()):
        return session
    _must_wait_for_an_answer(case, session)
    zone = case.lead_unit.zone
    if outcome != SessionOutcome.CANCELLED and session.planned_at.astimezone(zone).date() > timezone.localdate(
        timezone=zone
    ):
        raise TransitionError(_("Sesi ini belum tiba. Jawab pada harinya, atau jadwalkan ulang."))
    _answer(session, by=by, outcome=outcome, reason=reason, words=words)
    if session.is_met:
        refresh_last_contact(case)
    return session


@transaction.atomic
def undo_session(session: PlannedSession, *, by: Staff) -> PlannedSession:
    """Take an answer back on the day it was given, unless a note or another date rests on it; the history keeps it."""
    case, session = _lock(session)
    policies.require(by, Right.EDIT, case, Section.NOTES)
    if not can_undo(session):
        raise TransitionError(_("Hanya jawaban hari ini, tanpa catatan dan tanpa jadwal baru, yang dapat diurungkan."))
    _must_be_free(case, session.planned_at)
    _line_of(session).delete()
    session.outcome, session.reason, session.reason_words = "", "", ""
    session.answered_by, session.answered_at = None, None
    session.version += 1
    session.save()
    refresh_last_contact(case)
    return session


@transaction.atomic
def move_session(
    session: PlannedSession,
    *,
    by: Staff,
    client_id: uuid.UUID,
    planned_at: dt.datetime,
    place: str = "",
    reason: str = "",
    words: str = "",
) -> PlannedSession:
    """To another time: a new session that names this one. One that still was planned is called off with its reason."""
    case, session = _lock(session)
    policies.require(by, Right.EDIT, case, Section.NOTES)
    if (sent := sent_before(PlannedSession.objects.all(), client_id, planned_by=by, case=case)) is not None:
        return sent
    if session.is_met:
        raise TransitionError(_("Sesi ini sudah diadakan."))
    if PlannedSession.objects.filter(follows=session).exists():
        raise TransitionError(_("Sesi ini sudah dijadwalkan ulang."))
    if session.is_planned:
        _must_wait_for_an_answer(case, session)
        _answer(session, by=by, outcome=SessionOutcome.CANCELLED, reason=reason, words=words)
    same = {name: getattr(session, name) for name in ("type", "present", "goals", "purpose")}
    return _plan(case, by=by, client_id=client_id, planned_at=planned_at, place=place, follows=session, **same)


def call_off_planned(case: CaseFile, *, by: Staff) -> None:
    """A closed case keeps no appointments; the caller asked the policy of closing."""
    for session in case.planned_sessions.planned():
        _answer(session, by=by, outcome=SessionOutcome.CANCELLED, reason=SessionReason.CASE_CLOSED, words="")


def can_undo(session: PlannedSession) -> bool:
    if session.answered_at is None or session.note_id is not None or not session.case.is_open:
        return False
    zone = session.case.lead_unit.zone
    same_day = session.answered_at.astimezone(zone).date() == timezone.localdate(timezone=zone)
    return same_day and not PlannedSession.objects.filter(follows=session).exists()


def _lock(session: PlannedSession) -> tuple[CaseFile, PlannedSession]:
    """The case first, as everywhere: two locks taken in one order never wait for each other."""
    return lock(session.case), lock(session)


def _plan(case: CaseFile, *, by: Staff, planned_at: dt.datetime, **fields: Any) -> PlannedSession:
    if not case.is_open:
        raise TransitionError(_("Kasus ini sudah ditutup. Sesi baru memerlukan kasus yang dibuka kembali."))
    now = timezone.now()
    if planned_at <= now:
        raise FieldError({"planned_at": IN_PAST})
    if planned_at > now + FARTHEST:
        raise FieldError({"planned_at": _("Paling jauh satu tahun dari sekarang.")})
    _must_be_free(case, planned_at)
    session = PlannedSession.objects.create(case=case, planned_by=by, planned_at=planned_at, **fields)
    summary = f"{session.type}@{planned_at.isoformat()}: {session.purpose}".removesuffix(": ")
    path = path_of_session(session)
    record(case, EventKind.SESSION_PLANNED, by=by, section=Section.NOTES, summary=summary, path=path, at=now)
    return session


def _must_be_free(case: CaseFile, planned_at: dt.datetime) -> None:
    if case.planned_sessions.planned().filter(planned_at=planned_at).exists():
        raise FieldError({"planned_at": _("Sudah ada sesi pada waktu ini.")})


def _must_wait_for_an_answer(case: CaseFile, session: PlannedSession) -> None:
    if session.outcome:
        raise TransitionError(_("Sesi ini sudah dijawab: %(outcome)s.") % {"outcome": session.get_outcome_display()})
    if not case.is_open:
        raise TransitionError(_("Kasus ini sudah ditutup. Buka kembali dahulu."))


def _answer(session: PlannedSession, *, by: Staff, outcome: SessionOutcome, reason: str, words: str) -> None:
    if outcome in NOT_HELD:
        if reason not in SessionReason.values:
            raise TransitionError(_("Pilih sebabnya."))
        if reason == SessionReason.OTHER and not words.strip():
            raise TransitionError(_("Tulis sebabnya."))
        session.reason, session.reason_words = reason, words.strip()
    answer_of(session, by=by, outcome=outcome)


def _line_of(session: PlannedSession) -> QuerySet[CaseEvent]:
    lines = CaseEvent.objects.filter(case=session.case_id, kind=EventKind.SESSION_ANSWERED)
    return lines.filter(path=path_of_session(session))
