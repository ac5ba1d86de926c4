"""Wajib lapor: one tap a client, with the reason asked afterwards, and an undo."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases import policies
from cases.enums import Channel, CheckInResult, EventKind, Right, Section
from cases.models import CaseFile, CheckIn, ReportingDuty
from cases.workflow.events import record
from cases.workflow.tasks import refresh_next_due
from core.workflow import TransitionError, lock


@transaction.atomic
def set_reporting_duty(
    case: CaseFile,
    *,
    by: Staff,
    frequency_days: int,
    next_due_at: dt.datetime,
    channel: Channel = Channel.OFFICE,
    place: str = "",
) -> ReportingDuty:
    policies.require(by, Right.EDIT, case, Section.SUPERVISION)
    duty, _created = ReportingDuty.objects.update_or_create(
        case=case,
        defaults={"frequency_days": frequency_days, "next_due_at": next_due_at, "channel": channel, "place": place},
    )
    refresh_next_due(case)
    return duty


@transaction.atomic
def check_in(duty: ReportingDuty, *, by: Staff, result: CheckInResult, due_at: dt.datetime) -> CheckIn:
    """Answer the report due at ``due_at`` and plan the next one. Answering twice is refused, so a double tap is harmless."""
    duty = lock(duty)
    policies.require(by, Right.EDIT, duty.case, Section.SUPERVISION)
    if duty.next_due_at != due_at:
        answered = CheckIn.objects.filter(case=duty.case, due_at=due_at).first()
        if answered is not None and answered.result == result:
            return answered
        raise TransitionError(_("Wajib lapor ini sudah dijawab."))
    answer = CheckIn.objects.create(
        case=duty.case, due_at=due_at, result=result, recorded_by=by, missed_before=duty.missed_in_a_row
    )
    if result == CheckInResult.ABSENT:
        duty.missed_in_a_row += 1
    elif result == CheckInResult.PRESENT:
        duty.missed_in_a_row = 0
    duty.next_due_at = due_at + dt.timedelta(days=duty.frequency_days)
    duty.version += 1
    duty.save()
    if result == CheckInResult.PRESENT:
        case = lock(duty.case)
        case.last_contact_at = max(filter(None, [case.last_contact_at, timezone.now()]))
        case.save(update_fields=["last_contact_at", "updated_at"])
    record(duty.case, EventKind.CHECK_IN, by=by, section=Section.SUPERVISION, summary=CheckInResult(result).value)
    refresh_next_due(duty.case)
    return answer


@transaction.atomic
def explain_check_in(answer: CheckIn, *, by: Staff, reason: str) -> CheckIn:
    answer = lock(answer)
    policies.require(by, Right.EDIT, answer.case, Section.SUPERVISION)
    answer.reason = reason
    answer.save(update_fields=["reason", "updated_at"])
    return answer


@transaction.atomic
def undo_check_in(answer: CheckIn, *, by: Staff) -> ReportingDuty:
    """Take back the newest answer on the day it was given; the history table keeps it."""
    duty = lock(answer.case.reporting_duty)
    policies.require(by, Right.EDIT, duty.case, Section.SUPERVISION)
    newest = CheckIn.objects.filter(case=duty.case).order_by("-due_at").first()
    same_day = timezone.localdate(answer.recorded_at) == timezone.localdate()
    if newest is None or newest.pk != answer.pk or not same_day:
        raise TransitionError(_("Hanya jawaban terakhir hari ini yang dapat diurungkan."))
    duty.next_due_at = answer.due_at
    duty.missed_in_a_row = answer.missed_before
    duty.version += 1
    duty.save()
    answer.delete()
    refresh_next_due(duty.case)
    return duty
