"""Enrolment: proposed by the case's team, decided by the unit or CSO that runs the programme."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases import policies as case_policies
from cases import workflow as case_workflow
from cases.enums import EventKind, Right, Section
from cases.models import CaseFile
from cases.policies.protection import require_reach
from core.workflow import Blocker, Transition, TransitionError, lock, move, start_period
from programs import policies
from programs.enums import (
    ADMIT,
    COMPLETE,
    CONTINUE,
    ENROLMENT_OPEN,
    PAUSE,
    REMOVE,
    WAIT_LIST,
    WITHDRAW,
    CohortStatus,
    EnrolmentStatus,
)
from programs.models import Cohort, Enrolment, EnrolmentPeriod

APART = _("Penyintas dan peserta lain tidak mengikuti angkatan yang sama.")


def open_enrolments(case: CaseFile, reason: str) -> list[Blocker]:
    """What CLOSE_BLOCKERS asks: a case is not closed over the head of a running programme (I-18)."""
    running = case.enrolments.filter(status__in=ENROLMENT_OPEN).select_related("programme")
    return [
        Blocker(
            _("Masih mengikuti program %(title)s.") % {"title": enrolment.programme.title},
            f"{_path(case)}#enrolment-{enrolment.code}",
        )
        for enrolment in running
    ]


def seats_left(cohort: Cohort) -> int:
    return cohort.capacity - Cohort.objects.with_seats().get(pk=cohort.pk).seated


def _path(case: CaseFile) -> str:
    return f"/cases/{case.code}/programs/"


def _save(enrolment: Enrolment, *, by: Staff, kind: EventKind | None) -> Enrolment:
    enrolment.version += 1
    enrolment.save()
    start_period(EnrolmentPeriod, {"enrolment": enrolment}, status=enrolment.status)
    if kind is not None:
        case_workflow.record(
            enrolment.case,
            kind,
            by=by,
            section=Section.PROGRAMS,
            summary=enrolment.programme.title,
            path=_path(enrolment.case),
        )
    return enrolment


@transaction.atomic
def propose(case: CaseFile, cohort: Cohort, *, by: Staff) -> Enrolment:
    """Propose a place in a cohort. Victims and perpetrators (ET-15), children and adults never share one."""
    case_policies.require(by, Right.EDIT, case, Section.PROGRAMS)
    if cohort.status in (CohortStatus.FINISHED, CohortStatus.CANCELLED) or cohort.ends_on < timezone.localdate():
        raise TransitionError(_("Angkatan ini sudah berakhir."))
    if not case.is_open:
        raise TransitionError(_("Kasus ini sudah ditutup."))
    if cohort.for_victims != case.is_victim_file:
        raise TransitionError(APART)
    if cohort.for_children != case.for_child:
        raise TransitionError(_("Anak dan orang dewasa tidak mengikuti angkatan yang sama."))
    try:
        with transaction.atomic():
            enrolment = Enrolment.objects.create(cohort=cohort, programme=cohort.programme, case=case, proposed_by=by)
    except IntegrityError as error:
        # The trigger looks at the rows as they stand at this moment, whatever we saw before.
        if "victims_and_others_apart" in str(error):
            raise TransitionError(APART) from error
        raise TransitionError(_("Peserta sudah ikut program ini.")) from error
    start_period(EnrolmentPeriod, {"enrolment": enrolment}, status=enrolment.status)
    return enrolment


@transaction.atomic
def admit(enrolment: Enrolment, *, by: Staff) -> Enrolment:
    """Give a seat, or a place on the waiting list where the cohort is full (I-14)."""
    cohort = lock(enrolment.cohort)
    enrolment = lock(enrolment)
    policies.require_runs(by, cohort)
    require_reach(by, enrolment.case)
    if seats_left(cohort) > 0:
        move(enrolment, ADMIT)
        enrolment.started_on = timezone.localdate()
        return _save(enrolment, by=by, kind=EventKind.ENROLLED)
    if enrolment.status == EnrolmentStatus.WAITING:
        raise TransitionError(_("Angkatan ini penuh."))
    move(enrolment, WAIT_LIST)
    return _save(enrolment, by=by, kind=None)


@transaction.atomic
def pause(enrolment: Enrolment, *, by: Staff) -> Enrolment:
    return _decide(enrolment, PAUSE, by=by)


@transaction.atomic
def resume_enrolment(enrolment: Enrolment, *, by: Staff) -> Enrolment:
    return _decide(enrolment, CONTINUE, by=by)


@transaction.atomic
def complete_enrolment(enrolment: Enrolment, *, by: Staff, outcome: str, certificate_no: str = "") -> Enrolment:
    return _decide(enrolment, COMPLETE, by=by, outcome=outcome, certificate_no=certificate_no)


@transaction.atomic
def remove_from_cohort(enrolment: Enrolment, *, by: Staff, reason: str) -> Enrolment:
    return _decide(enrolment, REMOVE, by=by, reason_out=reason)


@transaction.atomic
def withdraw(enrolment: Enrolment, *, by: Staff, reason: str) -> Enrolment:
    """The participant steps out; the case's team or the programme's unit records it."""
    if policies.runs(by, enrolment.cohort):
        return _decide(enrolment, WITHDRAW, by=by, reason_out=reason)
    case_policies.require(by, Right.EDIT, enrolment.case, Section.PROGRAMS)
    return _end(lock(enrolment), WITHDRAW, by=by, reason_out=reason)


def _decide(enrolment: Enrolment, transition: Transition, *, by: Staff, **fields: str) -> Enrolment:
    enrolment = lock(enrolment)
    policies.require_runs(by, enrolment.cohort)
    require_reach(by, enrolment.case)
    return _end(enrolment, transition, by=by, **fields)


def _end(enrolment: Enrolment, transition: Transition, *, by: Staff, **fields: str) -> Enrolment:
    move(enrolment, transition)
    for name, value in fields.items():
        setattr(enrolment, name, value)
    ended = enrolment.status in (EnrolmentStatus.COMPLETED, EnrolmentStatus.WITHDRAWN, EnrolmentStatus.REMOVED)
    if ended:
        enrolment.ended_on = timezone.localdate()
    return _save(enrolment, by=by, kind=EventKind.ENROLMENT_ENDED if ended else None)
