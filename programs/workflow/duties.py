"""What the calendar asks of a plan and of a business that was helped: one task each, opened once, done or not."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Staff
from cases import workflow as case_workflow
from cases.enums import OPEN, Section, TaskKind
from cases.models import CaseFile, Task
from cases.sentence import end_of
from cases.workflow.tasks import reader_of
from core.workflow import lock
from programs.enums import PlanStatus
from programs.models import BusinessFollowUp, Plan

# The task opens so long before its day, and is due on it.
AHEAD = dt.timedelta(days=14)


def plans_to_review() -> list[int]:
    """Keys of running plans whose review is near or past."""
    last = timezone.localdate() + AHEAD
    plans = Plan.objects.filter(status=PlanStatus.ACTIVE, review_due__lte=last, case__status__in=OPEN)
    return list(plans.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def ask_for_review(pk: int, *, by: Staff) -> bool:
    plan = Plan.objects.filter(pk=pk, status=PlanStatus.ACTIVE).select_related("case").first()
    if plan is None:
        return False
    case = lock(plan.case)
    path = reverse("programs:plan", args=[case.code])
    return _ask(case, TaskKind.PLAN, plan.author, plan.review_due, review_source(plan), Section.PLAN, path, by=by)


def review_source(plan: Plan) -> str:
    return f"plan:{plan.pk}:review:{plan.review_due:%Y%m%d}"


def businesses_to_visit() -> list[int]:
    """Keys of follow-ups of businesses that are near or past and not yet recorded."""
    last = timezone.localdate() + AHEAD
    waiting = BusinessFollowUp.objects.filter(visited_on=None, due_on__lte=last, support__case__status__in=OPEN)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def ask_for_visit(pk: int, *, by: Staff) -> bool:
    waiting = BusinessFollowUp.objects.filter(pk=pk, visited_on=None)
    row = waiting.select_related("support__case", "support__recorded_by").first()
    if row is None:
        return False
    case = lock(row.support.case)
    path = reverse("programs:follow-up-record", args=[row.support.code, row.month])
    source = visit_source(row)
    return _ask(case, TaskKind.BUSINESS, row.support.recorded_by, row.due_on, source, Section.PROGRAMS, path, by=by)


def visit_source(row: BusinessFollowUp) -> str:
    return f"business:{row.pk}"


def _ask(
    case: CaseFile, kind: TaskKind, wish: Staff, day: dt.date, source: str, section: Section, path: str, *, by: Staff
) -> bool:
    if not case.is_open or Task.objects.filter(source=source).exists():  # also one that was closed
        return False
    due_at = end_of(day, case.lead_unit.zone)
    assignee = reader_of(case, wish)
    case_workflow.open_task(
        case, kind, by=by, assignee=assignee, due_at=due_at, section=section, source=source, path=path
    )
    return True
