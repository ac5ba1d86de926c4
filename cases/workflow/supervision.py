"""Wajib lapor: one tap a client, with the reason asked afterwards, and an undo."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases import policies
from cases.enums import Channel, CheckInResult, EventKind, Right, Section, TaskKind
from cases.models import CaseEvent, CaseFile, CheckIn, ReportingDuty
from cases.sentence import end_of
from cases.workflow.events import record, shortened
from cases.workflow.notes import refresh_last_contact
from cases.workflow.tasks import open_task, reader_of, refresh_next_due, withdraw_task
from core.workdays import add_workdays
from core.workflow import TransitionError, lock, lock_version

# D §2.2.7: a call after the first and the second report missed in a row, the TPP after the third.
MISSED_FOR_TPP = 3
WORKDAYS_TO_CALL = 1
WORKDAYS_TO_TPP = 5


@transaction.atomic
def set_reporting_duty(
    case: CaseFile,
    *,
    by: Staff,
    version: int | None = None,
    frequency_days: int,
    next_due_at: dt.datetime,
    channel: Channel = Channel.OFFICE,
    place: str = "",
) -> ReportingDuty:
    """Set how often and how somebody reports. ``version``: of the duty that the form showed, 0 for none."""
    case = lock(case)
    policies.require(by, Right.EDIT, case, Section.SUPERVISION)
    known = ReportingDuty.objects.filter(case=case).first()
    duty = lock_version(known, version) if known is not None else ReportingDuty(case=case)
    duty.frequency_days, duty.next_due_at = frequency_days, next_due_at
    duty.channel, duty.place = channel, place
    duty.save()
    refresh_next_due(case)
    return duty


@transaction.atomic
def check_in(duty: ReportingDuty, *, by: Staff, result: CheckInResult, due_at: dt.datetime) -> CheckIn:
    """Answer the report due at ``due_at`` and plan the next one. A second tap finds the first one's answer."""
    case = lock(duty.case)
    duty = lock(duty)
    policies.require(by, Right.EDIT, case, Section.SUPERVISION)
    answered = CheckIn.objects.filter(case=case, due_at=due_at).first()
    if answered is not None:
        if answered.result == result:
            return answered
        raise TransitionError(_("Wajib lapor ini sudah dijawab."))
    if not case.is_open or duty.ended_on is not None:
        raise TransitionError(_("Wajib lapor kasus ini sudah berakhir."))
    if duty.next_due_at != due_at:
        raise TransitionError(_("Jadwal wajib lapor sudah berubah. Muat ulang halaman ini."))
    answer = CheckIn.objects.create(
        case=case, due_at=due_at, result=result, recorded_by=by, missed_before=duty.missed_in_a_row
    )
    if result == CheckInResult.ABSENT:
        duty.missed_in_a_row += 1
        _open_missed_task(duty, case, answer, by=by)
    elif result == CheckInResult.PRESENT:
        duty.missed_in_a_row = 0
    duty.next_due_at = due_at + dt.timedelta(days=duty.frequency_days)
    duty.version += 1
    duty.save()
    record(case, EventKind.CHECK_IN, by=by, section=Section.SUPERVISION, summary=_said(answer), at=answer.recorded_at)
    if result == CheckInResult.PRESENT:
        refresh_last_contact(case)
    refresh_next_due(case)
    return answer


@transaction.atomic
def explain_check_in(answer: CheckIn, *, by: Staff, reason: str) -> CheckIn:
    """Say why somebody did not come; asked after the answer, so that the answer itself stays one tap."""
    answer = lock(answer)
    policies.require(by, Right.EDIT, answer.case, Section.SUPERVISION)
    answer.reason = reason
    answer.save(update_fields=["reason", "updated_at"])
    _line_of(answer).update(summary=_said(answer))
    return answer


@transaction.atomic
def undo_check_in(answer: CheckIn, *, by: Staff) -> ReportingDuty:
    """Take back the newest answer on the day it was given; the history table keeps it."""
    case = lock(answer.case)
    duty = lock(case.reporting_duty)
    policies.require(by, Right.EDIT, case, Section.SUPERVISION)
    newest = CheckIn.objects.filter(case=case).order_by("-due_at").first()
    zone = case.lead_unit.zone
    same_day = timezone.localdate(answer.recorded_at, zone) == timezone.localdate(timezone=zone)
    if newest is None or newest.pk != answer.pk or not same_day:
        raise TransitionError(_("Hanya jawaban terakhir hari ini yang dapat diurungkan."))
    duty.next_due_at = answer.due_at
    duty.missed_in_a_row = answer.missed_before
    duty.version += 1
    duty.save()
    _line_of(answer).delete()
    withdraw_task(_source(answer), by=by)
    answer.delete()
    refresh_last_contact(case)
    refresh_next_due(case)
    return duty


def _said(answer: CheckIn) -> str:
    """``izin: Sakit``: the answer's code, which the page translates, and the reason in somebody's own words."""
    return shortened(f"{CheckInResult(answer.result).value}: {answer.reason}" if answer.reason else answer.result)


def _line_of(answer: CheckIn) -> QuerySet[CaseEvent]:
    return CaseEvent.objects.filter(case=answer.case_id, kind=EventKind.CHECK_IN, at=answer.recorded_at)


def _source(answer: CheckIn) -> str:
    return f"check_in:{answer.pk}"


def _open_missed_task(duty: ReportingDuty, case: CaseFile, answer: CheckIn, *, by: Staff) -> None:
    """Reports missed in a row become work for a person; nothing else follows from them (I-26)."""
    to_tpp = duty.missed_in_a_row >= MISSED_FOR_TPP
    today = timezone.localdate(timezone=case.lead_unit.zone)
    due_on = add_workdays(today, WORKDAYS_TO_TPP if to_tpp else WORKDAYS_TO_CALL)
    open_task(
        case,
        TaskKind.TPP_HEARING if to_tpp else TaskKind.MISSED_REPORT,
        by=by,
        assignee=reader_of(case, by),
        due_at=end_of(due_on, case.lead_unit.zone),
        section=Section.SUPERVISION,
        source=_source(answer),
    )
