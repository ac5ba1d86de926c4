"""What the calendar asks of plans and helped businesses: one task each, near its day, gone when it is answered."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import workflow as case_workflow
from cases.enums import TaskKind, TaskStatus
from cases.models import CaseFile, Task
from programs import workflow
from programs.models import BusinessFollowUp, EconomicSupport, Plan
from programs.tasks import remind_of_duties
from tests.cast import Cast
from tests.factories import make_active_plan, make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(cast: Cast) -> Plan:
    return make_active_plan(make_case(cast.worker), approver=cast.supervisor)


@pytest.fixture
def support(cast: Cast) -> EconomicSupport:
    handed_over = timezone.localdate() - dt.timedelta(days=25)
    return workflow.give_support(
        make_case(cast.worker),
        by=cast.worker,
        type="alat",
        value_idr=5_000_000,
        business_kind="bengkel",
        handed_over_on=handed_over,
        channel="langsung",
        region_id="35",
    )


def review_in(plan: Plan, days: int) -> None:
    Plan.objects.filter(pk=plan.pk).update(review_due=timezone.localdate() + dt.timedelta(days=days))


def tasks(case: CaseFile, kind: TaskKind) -> list[Task]:
    return list(Task.objects.filter(case=case, kind=kind))


@pytest.mark.parametrize(("days", "opened"), [(15, 0), (14, 1), (0, 1), (-3, 1)])
def test_a_review_is_asked_for_once_from_fourteen_days_before(cast: Cast, plan: Plan, days: int, opened: int) -> None:
    review_in(plan, days)
    assert [remind_of_duties(), remind_of_duties()] == [opened, 0]
    found = tasks(plan.case, TaskKind.PLAN)
    assert len(found) == opened
    for task in found:
        assert (task.assignee, task.path) == (cast.worker, reverse("programs:plan", args=[plan.case.code]))
        assert timezone.localdate(task.due_at, plan.case.lead_unit.zone) == timezone.localdate() + dt.timedelta(days)


def test_a_task_closed_by_hand_is_not_opened_anew_and_a_stopped_plan_asks_nothing(cast: Cast, plan: Plan) -> None:
    review_in(plan, 3)
    remind_of_duties()
    (task,) = tasks(plan.case, TaskKind.PLAN)
    workflow.stop_plan(plan, by=cast.worker)
    task.refresh_from_db()
    assert task.status == TaskStatus.DONE
    assert remind_of_duties() == 0


def test_a_closed_case_asks_nothing(cast: Cast, plan: Plan) -> None:
    review_in(plan, 3)
    case_workflow.close(plan.case, by=cast.supervisor, reason="menolak", note="Tidak mau lagi.")
    assert remind_of_duties() == 0


def test_a_business_is_visited_and_its_task_is_done(cast: Cast, support: EconomicSupport) -> None:
    assert [remind_of_duties(), remind_of_duties()] == [1, 0]
    (task,) = tasks(support.case, TaskKind.BUSINESS)
    first = BusinessFollowUp.objects.get(support=support, month=1)
    assert task.path == reverse("programs:follow-up-record", args=[support.code, 1])
    assert timezone.localdate(task.due_at, support.case.lead_unit.zone) == first.due_on
    workflow.record_follow_up(first, by=cast.worker, visited_on=timezone.localdate(), running="ya", jobs=2)
    task.refresh_from_db()
    assert (task.status, task.closed_by) == (TaskStatus.DONE, cast.worker)
    assert remind_of_duties() == 0
