"""After-care: somebody asks after 3, 6, 12 and 24 months how it goes, and a person writes down the answer."""

from __future__ import annotations

import calendar
import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases import policies
from cases.enums import CaseStatus, EventKind, Right, Section, TaskKind
from cases.enums.sessions import FollowUpMonth, FollowUpOutcome
from cases.models import CaseFile, ContactNote, FollowUp
from cases.sentence import end_of
from cases.workflow.events import record
from cases.workflow.tasks import answer_task, open_task, reader_of, withdraw_task
from core.acting import beyond_own_sight
from core.workflow import TransitionError, lock, lock_version


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or its last one: 30 Nov and three months give 28 Feb."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def begin_aftercare(case: CaseFile, *, by: Staff, since: dt.date) -> None:
    """Set the four dates, counted from ``since``; those that still stand open stay the only ones."""
    with beyond_own_sight():
        if case.follow_ups.open().exists():
            return
        for month in FollowUpMonth:
            FollowUp.objects.create(case=case, month=month, started_on=since, due_on=months_after(since, month))
        _open_next_task(case, by=by)


def end_follow_ups(case: CaseFile, *, by: Staff, after: dt.date | None = None) -> None:
    """No longer ask; with ``after`` only what would be due later than that day. What was answered stays."""
    with beyond_own_sight():
        ending = case.follow_ups.open()
        if after is not None:
            ending = ending.filter(due_on__gt=after)
        for follow_up in ending:
            follow_up.ended_on = timezone.localdate(timezone=case.lead_unit.zone)
            follow_up.version += 1
            follow_up.save()
            withdraw_task(_source(follow_up), by=by)


def was_in_aftercare(case: CaseFile) -> bool:
    """Since the case was opened, or opened again."""
    periods = case.status_periods.order_by("-started_at").values_list("status", flat=True)
    for status in periods:
        if status == CaseStatus.CLOSED:
            return False
        if status == CaseStatus.AFTERCARE:
            return True
    return False


@transaction.atomic
def record_follow_up(
    follow_up: FollowUp,
    *,
    by: Staff,
    version: int | None = None,
    outcome: FollowUpOutcome,
    words: str = "",
    note: ContactNote | None = None,
) -> FollowUp:
    """Write down how it goes, or that nobody was reached: then it can be tried again. Also of a case that is closed:
    what its after-care date asks for goes on."""
    case = lock(follow_up.case)
    follow_up = lock(follow_up)
    policies.require(by, Right.EDIT, case, Section.NOTES)
    words = words.strip()
    if (follow_up.outcome, follow_up.words, follow_up.note_id) == (outcome, words, note.pk if note else None):
        return follow_up  # sent twice
    if follow_up.ended_on is not None:
        raise TransitionError(_("Tindak lanjut ini tidak berlaku lagi."))
    if not follow_up.is_open:
        raise TransitionError(_("Tindak lanjut ini sudah dicatat."))
    follow_up = lock_version(follow_up, version)
    if not words and note is None:
        raise TransitionError(_("Tulis keterangannya, atau pilih catatan kontaknya."))
    if note is not None and note.case_id != case.pk:
        raise PermissionDenied
    follow_up.outcome, follow_up.words, follow_up.note = outcome, words, note
    follow_up.answered_by, follow_up.answered_at = by, timezone.now()
    follow_up.save()
    summary = f"{FollowUpOutcome(outcome).value}: {words}".removesuffix(": ")
    path = path_of(follow_up)
    record(case, EventKind.FOLLOW_UP, by=by, section=Section.NOTES, summary=summary, path=path)
    answer_task(_source(follow_up), by=by)
    with beyond_own_sight():  # whoever of the team the next one waits with
        _open_next_task(case, by=by)
    return follow_up


def path_of(follow_up: FollowUp) -> str:
    return f"/cases/{follow_up.case.code}/aftercare/{follow_up.code}/"


def _source(follow_up: FollowUp) -> str:
    return f"follow_up:{follow_up.pk}"


def _open_next_task(case: CaseFile, *, by: Staff) -> None:
    """One task at a time: four at once would be years of work in a list of days."""
    following = case.follow_ups.open().filter(outcome="").first()
    if following is not None:
        open_task(
            case,
            TaskKind.AFTERCARE,
            by=by,
            assignee=reader_of(case, by),
            due_at=end_of(following.due_on, case.lead_unit.zone),
            section=Section.NOTES,
            source=_source(following),
            path=path_of(following),
        )
