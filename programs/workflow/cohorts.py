"""Running a programme: cohorts, sessions and attendance."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases import workflow as case_workflow
from cases.enums import EventKind, Section
from cases.policies.protection import require_reach
from core.workflow import TransitionError, lock_version
from programs import policies
from programs.enums import AttendanceMark, EnrolmentStatus
from programs.models import Attendance, Cohort, Enrolment, Programme, Session


@dataclass(frozen=True)
class Mark:
    enrolment: Enrolment
    mark: AttendanceMark
    reason: str = ""


@transaction.atomic
def open_programme(*, by: Staff, **fields: Any) -> Programme:
    if by.role not in policies.RUNNERS:
        raise PermissionDenied
    return Programme.objects.create(owner=by.unit, **fields)


@transaction.atomic
def open_cohort(programme: Programme, *, by: Staff, **fields: Any) -> Cohort:
    if programme.owner_id != by.unit_id or by.role not in policies.RUNNERS:
        raise PermissionDenied
    return Cohort.objects.create(programme=programme, **fields)


@transaction.atomic
def plan_session(
    cohort: Cohort, *, by: Staff, held_on: dt.date, topic: str, facilitator: Staff | None = None
) -> Session:
    policies.require_runs(by, cohort)
    if not cohort.starts_on <= held_on <= cohort.ends_on:
        raise TransitionError(_("Tanggal sesi harus di dalam masa angkatan."))
    return Session.objects.create(cohort=cohort, held_on=held_on, topic=topic, facilitator=facilitator)


@transaction.atomic
def take_attendance(session: Session, marks: list[Mark], *, by: Staff, version: int | None = None) -> int:
    """Tick a held session for active enrolments (I-13); a second time corrects. Returns how many marks stand."""
    session = lock_version(session, version)
    policies.require_runs(by, session.cohort)
    if session.held_on > timezone.localdate():
        raise TransitionError(_("Kehadiran dicatat pada atau setelah hari sesi."))
    if not session.cohort.starts_on <= session.held_on <= session.cohort.ends_on:
        raise TransitionError(_("Tanggal sesi harus di dalam masa angkatan."))
    for given in marks:
        if given.enrolment.cohort_id != session.cohort_id or given.enrolment.status != EnrolmentStatus.ACTIVE:
            raise TransitionError(_("Kehadiran hanya untuk peserta yang aktif di angkatan ini."))
        require_reach(by, given.enrolment.case)
        before = Attendance.objects.filter(session=session, enrolment=given.enrolment).first()
        if before is not None and (before.mark, before.reason) == (given.mark, given.reason):
            continue
        Attendance.objects.update_or_create(
            session=session,
            enrolment=given.enrolment,
            defaults={"mark": given.mark, "reason": given.reason, "recorded_by": by},
        )
        case_workflow.record(
            given.enrolment.case,
            EventKind.ATTENDANCE,
            by=by,
            section=Section.PROGRAMS,
            summary=session.topic,
            path=f"/cases/{given.enrolment.case.code}/programs/",
        )
    session.attendance_taken_at = timezone.now()
    session.save()
    return session.attendances.count()
