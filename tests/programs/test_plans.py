"""A plan: who may write it, who approves it, and what it needs."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.models import Assessment
from cases.enums import TaskKind
from cases.models import CaseEvent, Task
from core.workflow import StaleError, TransitionError
from programs import workflow
from programs.enums import GoalStatus, GoalType, InterventionStatus, PlanStatus
from programs.models import Plan
from tests.factories import make_active_plan, make_case, make_final_assessment

TODAY = timezone.localdate


def start(case, by):
    return workflow.start_plan(case, by=by, approach=["keluarga"], review_due=TODAY() + dt.timedelta(days=90))


def add_goal(plan, by):
    return workflow.add_goal(
        plan, by=by, type=GoalType.MEET_NEED, text="Punya pekerjaan.", items=["F1"], due_on=plan.review_due
    )


@pytest.fixture
def case(cast):
    case = make_case(cast.worker)
    make_final_assessment(case, approver=cast.supervisor)
    return case


def test_a_plan_needs_a_final_assessment(cast):
    with pytest.raises(TransitionError) as refused:
        start(make_case(cast.worker), cast.worker)
    assert refused.value.blockers[0].url.endswith("/assessments/")


def test_an_assessment_past_its_date_carries_no_plan(cast, case):
    Assessment.objects.filter(case=case).update(next_due=TODAY() - dt.timedelta(days=1))
    with pytest.raises(TransitionError):
        start(case, cast.worker)


@pytest.mark.parametrize("actor", ["neighbour", "supervisor", "other_unit", "other_agency", "cso", "analyst", "admin"])
def test_only_the_team_writes_a_plan(cast, case, actor):
    with pytest.raises(PermissionDenied):
        start(case, getattr(cast, actor))


def test_a_second_plan_in_the_making_is_refused(cast, case):
    start(case, cast.worker)
    with pytest.raises(TransitionError):
        start(case, cast.worker)
    assert case.plans.count() == 1


def test_a_plan_without_goals_is_not_submitted(cast, case):
    plan = start(case, cast.worker)
    with pytest.raises(TransitionError):
        workflow.submit_plan(plan, by=cast.worker)
    plan.refresh_from_db()
    assert plan.status == PlanStatus.DRAFT


def test_submitting_asks_the_supervisor_and_approving_clears_the_task(cast, case):
    plan = start(case, cast.worker)
    add_goal(plan, cast.worker)
    workflow.submit_plan(plan, by=cast.worker)
    task = Task.objects.open().get(case=case, kind=TaskKind.APPROVAL)
    assert task.assignee == cast.supervisor
    workflow.approve_plan(plan, by=cast.supervisor)
    plan.refresh_from_db()
    assert (plan.status, plan.approved_by) == (PlanStatus.ACTIVE, cast.supervisor)
    assert not Task.objects.open().filter(case=case, kind=TaskKind.APPROVAL).exists()
    assert plan.goals.get().status == GoalStatus.IN_PROGRESS
    assert CaseEvent.objects.filter(case=case, kind="plan_approved").count() == 1


@pytest.mark.parametrize("actor", ["worker", "neighbour", "other_unit_supervisor", "head_office", "admin"])
def test_only_the_units_supervisor_approves(cast, case, actor):
    plan = start(case, cast.worker)
    add_goal(plan, cast.worker)
    workflow.submit_plan(plan, by=cast.worker)
    with pytest.raises(PermissionDenied):
        workflow.approve_plan(plan, by=getattr(cast, actor))


def test_the_database_refuses_an_author_who_approves(cast, case):
    plan = start(case, cast.worker)
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(approved_by=cast.worker)


def test_returning_keeps_the_text_and_tells_the_author(cast, case):
    plan = start(case, cast.worker)
    add_goal(plan, cast.worker)
    workflow.submit_plan(plan, by=cast.worker)
    workflow.return_plan(plan, by=cast.supervisor, comment="Tambah tujuan keluarga.")
    plan.refresh_from_db()
    assert (plan.status, plan.goals.count()) == (PlanStatus.DRAFT, 1)
    task = Task.objects.open().get(case=case, kind=TaskKind.RETURNED)
    assert (task.assignee, task.title) == (cast.worker, "Tambah tujuan keluarga.")


def test_a_submitted_plan_is_not_edited(cast, case):
    plan = start(case, cast.worker)
    goal = add_goal(plan, cast.worker)
    workflow.submit_plan(plan, by=cast.worker)
    with pytest.raises(TransitionError):
        add_goal(plan, cast.worker)
    with pytest.raises(TransitionError):
        workflow.edit_goal(goal, by=cast.worker, version=goal.version, interventions=[], text="Lain.")


def test_a_new_edition_completes_the_former(cast):
    case = make_case(cast.worker)
    first = make_active_plan(case, approver=cast.supervisor)
    second = make_active_plan(case, approver=cast.supervisor)
    first.refresh_from_db()
    assert (first.status, second.status, second.edition) == (PlanStatus.COMPLETED, PlanStatus.ACTIVE, 2)


def test_approving_changes_no_status_of_the_case(cast):
    case = make_case(cast.worker)
    before = (case.status, case.derad_stage, case.probation_stage)
    plan = make_active_plan(case, approver=cast.supervisor)
    case.refresh_from_db()
    assert (case.status, case.derad_stage, case.probation_stage) == before
    assert plan.goals.get().interventions.get().status == InterventionStatus.RUNNING


def test_progress_is_recorded_and_a_closed_goal_stays_closed(cast):
    goal = make_active_plan(make_case(cast.worker), approver=cast.supervisor).goals.get()
    workflow.update_progress(goal, by=cast.worker, version=goal.version, progress=4, status=GoalStatus.ACHIEVED)
    goal.refresh_from_db()
    assert (goal.progress, goal.closed_on) == (4, TODAY())
    with pytest.raises(TransitionError):
        workflow.update_progress(goal, by=cast.worker, version=goal.version, progress=1)


def test_a_stale_progress_is_refused(cast):
    goal = make_active_plan(make_case(cast.worker), approver=cast.supervisor).goals.get()
    workflow.update_progress(goal, by=cast.worker, version=goal.version, progress=2)
    with pytest.raises(StaleError):
        workflow.update_progress(goal, by=cast.worker, version=goal.version, progress=3)


STEPS = {
    "submit": (workflow.submit_plan, "worker", {PlanStatus.DRAFT}),
    "approve": (workflow.approve_plan, "supervisor", {PlanStatus.SUBMITTED}),
    "stop": (
        workflow.stop_plan,
        "worker",
        {PlanStatus.DRAFT, PlanStatus.SUBMITTED, PlanStatus.ACTIVE, PlanStatus.IN_REVIEW},
    ),
}


@pytest.mark.parametrize("status", PlanStatus.values)
@pytest.mark.parametrize("step", STEPS)
def test_each_step_starts_from_its_own_states_alone(cast, case, step, status):
    act, actor, legal = STEPS[step]
    plan = start(case, cast.worker)
    add_goal(plan, cast.worker)
    Plan.objects.filter(pk=plan.pk).update(status=status)
    events = CaseEvent.objects.count()
    if status in legal:
        assert act(plan, by=getattr(cast, actor)).status != status
    else:
        with pytest.raises(TransitionError):
            act(plan, by=getattr(cast, actor))
        assert CaseEvent.objects.count() == events
