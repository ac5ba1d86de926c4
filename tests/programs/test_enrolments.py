"""Enrolment, cohorts and attendance: who decides, and what never shares a room."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from cases.enums import CaseType, ClosureReason
from cases.models import CaseEvent
from core.workflow import TransitionError
from programs import policies, workflow
from programs.enums import AttendanceMark, EnrolmentStatus
from programs.models import Attendance, Enrolment, EnrolmentPeriod
from programs.workflow.cohorts import Mark
from programs.workflow.enrolments import open_enrolments
from tests.cast import make_cast
from tests.factories import make_case, make_child_case, make_cohort, make_enrolment


@pytest.fixture
def cohort(cast):
    return make_cohort(cast.worker.unit)


def held_session(cohort, by):
    return workflow.plan_session(cohort, by=by, held_on=timezone.localdate(), topic="Merawat mesin")


def test_a_proposal_waits_for_the_unit_that_runs_the_programme(cast):
    cohort = make_cohort(cast.cso.unit)
    case = make_case(cast.worker)
    enrolment = workflow.propose(case, cohort, by=cast.worker)
    assert enrolment.status == EnrolmentStatus.PROPOSED
    with pytest.raises(PermissionDenied):
        workflow.admit(enrolment, by=cast.worker)
    assert workflow.admit(enrolment, by=cast.cso).status == EnrolmentStatus.ACTIVE


@pytest.mark.parametrize("actor", ["neighbour", "supervisor", "other_unit", "other_agency", "cso", "admin"])
def test_only_the_team_proposes(cast, cohort, actor):
    with pytest.raises(PermissionDenied):
        workflow.propose(make_case(cast.worker), cohort, by=getattr(cast, actor))


def test_a_full_cohort_makes_a_waiting_list(cast):
    cohort = make_cohort(cast.worker.unit, capacity=1)
    make_enrolment(make_case(cast.worker), cohort)
    second = make_enrolment(make_case(cast.worker), cohort)
    assert second.status == EnrolmentStatus.WAITING
    with pytest.raises(TransitionError):
        workflow.admit(second, by=cast.worker)


def test_one_open_enrolment_per_programme(cast, cohort):
    case = make_case(cast.worker)
    make_enrolment(case, cohort)
    with pytest.raises(TransitionError):
        workflow.propose(case, cohort, by=cast.worker)


def test_victims_and_others_never_share_a_cohort(cast):
    victim = make_case(cast.other_agency, case_type=CaseType.VICTIM)
    mixed, own = make_cohort(cast.other_agency.unit), make_cohort(cast.other_agency.unit, for_victims=True)
    with pytest.raises(TransitionError):
        workflow.propose(victim, mixed, by=cast.other_agency)
    assert workflow.propose(victim, own, by=cast.other_agency).status == EnrolmentStatus.PROPOSED
    with pytest.raises(TransitionError):
        workflow.propose(make_case(cast.other_agency, case_type=CaseType.SOCIAL_ADULT), own, by=cast.other_agency)


def test_children_and_adults_never_share_a_cohort(cast):
    child = make_child_case(cast.other_agency)
    with pytest.raises(TransitionError):
        workflow.propose(child, make_cohort(cast.other_agency.unit), by=cast.other_agency)


def test_a_cohort_that_is_over_takes_nobody(cast):
    over = make_cohort(cast.worker.unit, ends_on=timezone.localdate() - dt.timedelta(days=1))
    with pytest.raises(TransitionError):
        workflow.propose(make_case(cast.worker), over, by=cast.worker)


def test_every_status_leaves_a_period(cast, cohort):
    enrolment = make_enrolment(make_case(cast.worker), cohort)
    workflow.pause(enrolment, by=cast.worker)
    workflow.resume_enrolment(enrolment, by=cast.worker)
    workflow.complete_enrolment(enrolment, by=cast.worker, outcome="Bisa merawat mesin.")
    periods = EnrolmentPeriod.objects.filter(enrolment=enrolment).order_by("pk")
    assert [period.status for period in periods] == ["proposed", "active", "paused", "active", "completed"]
    assert [period.ended_at is None for period in periods] == [False, False, False, False, True]


def test_an_open_enrolment_blocks_closing(cast, cohort):
    case = make_case(cast.worker)
    enrolment = make_enrolment(case, cohort)
    (blocker,) = open_enrolments(case, ClosureReason.MOVED)
    assert cohort.programme.title in str(blocker.text)
    assert blocker.url.endswith(f"#enrolment-{enrolment.code}")
    workflow.withdraw(enrolment, by=cast.worker, reason="Bekerja di luar kota")
    assert open_enrolments(case, ClosureReason.MOVED) == []


def test_attendance_is_taken_for_active_people_of_a_held_session(cast, cohort):
    enrolment = make_enrolment(make_case(cast.worker), cohort)
    session = held_session(cohort, cast.worker)
    assert workflow.take_attendance(session, [Mark(enrolment, AttendanceMark.PRESENT)], by=cast.neighbour) == 1
    assert workflow.take_attendance(session, [Mark(enrolment, AttendanceMark.LATE)], by=cast.worker) == 1
    assert Attendance.objects.get(session=session).mark == AttendanceMark.LATE


def test_the_same_sheet_sent_twice_is_stored_once(cast, cohort):
    enrolment = make_enrolment(make_case(cast.worker), cohort)
    session = held_session(cohort, cast.worker)
    for _time in range(2):
        workflow.take_attendance(session, [Mark(enrolment, AttendanceMark.PRESENT)], by=cast.worker)
    assert CaseEvent.objects.filter(case=enrolment.case, kind="attendance").count() == 1


def test_attendance_refuses_a_future_session_and_people_of_another_cohort(cast, cohort):
    enrolment = make_enrolment(make_case(cast.worker), cohort)
    tomorrow = workflow.plan_session(
        cohort, by=cast.worker, held_on=timezone.localdate() + dt.timedelta(days=1), topic="Besok"
    )
    with pytest.raises(TransitionError):
        workflow.take_attendance(tomorrow, [Mark(enrolment, AttendanceMark.PRESENT)], by=cast.worker)
    other = held_session(make_cohort(cast.worker.unit), cast.worker)
    with pytest.raises(TransitionError):
        workflow.take_attendance(other, [Mark(enrolment, AttendanceMark.PRESENT)], by=cast.worker)
    assert Attendance.objects.count() == 0


@pytest.mark.parametrize("actor", ["other_unit", "other_agency", "cso", "analyst", "admin", "auditor"])
def test_only_the_unit_that_runs_it_takes_attendance(cast, cohort, actor):
    enrolment = make_enrolment(make_case(cast.worker), cohort)
    session = held_session(cohort, cast.worker)
    with pytest.raises(PermissionDenied):
        workflow.take_attendance(session, [Mark(enrolment, AttendanceMark.PRESENT)], by=getattr(cast, actor))


def test_a_session_stands_inside_its_cohort(cast, cohort):
    with pytest.raises(TransitionError):
        workflow.plan_session(cohort, by=cast.worker, held_on=cohort.ends_on + dt.timedelta(days=1), topic="Terlambat")


def test_a_cso_sees_its_own_programmes_alone(cast):
    mine, theirs = make_cohort(cast.cso.unit), make_cohort(cast.other_cso.unit)
    assert list(policies.cohorts_for(cast.cso)) == [mine]
    assert not policies.runs(cast.cso, theirs)


@pytest.mark.django_db(transaction=True)
def test_eight_people_ask_for_the_last_seat_and_one_gets_it():
    cast = make_cast()
    cohort = make_cohort(cast.worker.unit, capacity=1)
    asked = [workflow.propose(make_case(cast.worker), cohort, by=cast.worker) for _number in range(8)]
    start = threading.Barrier(8)
    problems = []

    def admit(enrolment):
        start.wait()
        try:
            workflow.admit(enrolment, by=cast.worker)
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=admit, args=[enrolment]) for enrolment in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    states = list(Enrolment.objects.filter(cohort=cohort).values_list("status", flat=True))
    assert sorted(states) == ["active"] + ["waiting"] * 7
