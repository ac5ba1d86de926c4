"""A plan answers a final assessment; a caseworker writes it, a supervisor approves it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from assessments.models import Assessment
from cases import policies as case_policies
from cases import workflow as case_workflow
from cases.enums import EventKind, Right, Section, TaskKind
from cases.frame import GoalLine
from cases.models import CaseFile
from core.workdays import add_workdays
from core.workflow import Blocker, TransitionError, lock, lock_version, move
from programs.enums import (
    APPROVE_PLAN,
    COMPLETE_PLAN,
    RETURN_PLAN,
    STOP_PLAN,
    SUBMIT_PLAN,
    GoalStatus,
    GoalType,
    InterventionStatus,
    PlanStatus,
)
from programs.models import Goal, Intervention, Plan
from programs.workflow import duties

APPROVAL_WORKDAYS = 5
RUNNING = (PlanStatus.ACTIVE, PlanStatus.IN_REVIEW)
CLOSED_GOAL = (GoalStatus.ACHIEVED, GoalStatus.PARTLY_ACHIEVED, GoalStatus.NOT_ACHIEVED, GoalStatus.DROPPED)


def _path(case: CaseFile) -> str:
    return f"/cases/{case.code}/plan/"


def _approval_source(plan: Plan) -> str:
    return f"plan:{plan.pk}:approval"


def _due_for_approval(plan: Plan) -> dt.datetime:
    day = add_workdays(timezone.localdate(), APPROVAL_WORKDAYS)
    return dt.datetime.combine(day, dt.time(16), tzinfo=plan.case.lead_unit.zone)


def usable_assessment(case: CaseFile) -> Assessment | None:
    """The newest final assessment that is not past its date of reassessment (I-4)."""
    return Assessment.objects.final().filter(case=case, next_due__gte=timezone.localdate()).first()


@transaction.atomic
def start_plan(case: CaseFile, *, by: Staff, approach: list[str], review_due: dt.date, **fields: Any) -> Plan:
    """Begin a plan on the newest valid final assessment; the next edition where one is active."""
    case = lock(case)
    case_policies.require(by, Right.EDIT, case, Section.PLAN)
    assessment = usable_assessment(case)
    if assessment is None:
        raise TransitionError(
            _("Rencana memerlukan penilaian final yang masih berlaku."),
            [Blocker(_("Buka penilaian."), f"/cases/{case.code}/assessments/")],
        )
    edition = case.plans.count() + 1
    try:
        with transaction.atomic():
            plan = Plan.objects.create(
                case=case,
                assessment=assessment,
                edition=edition,
                approach=approach,
                review_due=review_due,
                author=by,
                **fields,
            )
    except IntegrityError as error:
        raise TransitionError(_("Sudah ada rencana yang sedang disusun.")) from error
    case_workflow.record(case, EventKind.PLAN_STARTED, by=by, section=Section.PLAN, path=_path(case))
    return plan


@transaction.atomic
def add_goal(
    plan: Plan,
    *,
    by: Staff,
    type: GoalType,
    text: str,
    items: list[str],
    due_on: dt.date,
    measure: str = "",
    interventions: list[dict[str, Any]] | None = None,
) -> Goal:
    """Add a goal in the participant's words, with the items that it answers and the services that serve it."""
    plan = lock(plan)
    case_policies.require(by, Right.EDIT, plan.case, Section.PLAN)
    _must_be_draft(plan)
    goal = Goal.objects.create(plan=plan, type=type, text=text, items=items, due_on=due_on, measure=measure)
    for intervention in interventions or []:
        Intervention.objects.create(goal=goal, **intervention)
    return goal


@transaction.atomic
def edit_goal(goal: Goal, *, by: Staff, version: int, interventions: list[str], **fields: Any) -> Goal:
    """Change a goal of a draft plan; ``interventions`` are the codes of the services that it keeps or gains."""
    goal = lock_version(goal, version)
    case_policies.require(by, Right.EDIT, goal.plan.case, Section.PLAN)
    _must_be_draft(goal.plan)
    for name, value in fields.items():
        setattr(goal, name, value)
    goal.save()
    goal.interventions.exclude(intervention_code__in=interventions).delete()
    known = set(goal.interventions.values_list("intervention_code", flat=True))
    for code in interventions:
        if code not in known:
            Intervention.objects.create(goal=goal, intervention_code=code, setting=goal.plan.approach[0])
    return goal


@transaction.atomic
def submit_plan(plan: Plan, *, by: Staff) -> Plan:
    plan = lock(plan)
    case_policies.require(by, Right.EDIT, plan.case, Section.PLAN)
    goals = plan.goals.exclude(status=GoalStatus.DROPPED)
    move(
        plan,
        SUBMIT_PLAN,
        [] if goals.exists() else [Blocker(_("Tambahkan paling sedikit satu tujuan."), _path(plan.case))],
    )
    plan.submitted_at = timezone.now()
    plan.return_comment = ""
    plan.version += 1
    plan.save()
    supervisor = case_policies.supervisors_of(plan.case).exclude(pk=by.pk).first()
    if supervisor is not None:
        case_workflow.open_task(
            plan.case,
            TaskKind.APPROVAL,
            by=by,
            assignee=supervisor,
            due_at=_due_for_approval(plan),
            title=str(_("Rencana layanan")),
            section=Section.PLAN,
            source=_approval_source(plan),
            path=_path(plan.case),
        )
    case_workflow.record(plan.case, EventKind.PLAN_SUBMITTED, by=by, section=Section.PLAN, path=_path(plan.case))
    return plan


@transaction.atomic
def return_plan(plan: Plan, *, by: Staff, comment: str) -> Plan:
    """Back to the author with a comment; what was written stays."""
    plan = lock(plan)
    _require_approver(plan, by)
    move(plan, RETURN_PLAN)
    plan.return_comment = comment
    plan.version += 1
    plan.save()
    _close_approval(plan, by=by, outcome=comment)
    case_workflow.open_task(
        plan.case,
        TaskKind.RETURNED,
        by=by,
        assignee=plan.author,
        due_at=_due_for_approval(plan),
        title=comment[:300],
        section=Section.PLAN,
        source=f"plan:{plan.pk}:returned:{plan.version}",
        path=_path(plan.case),
    )
    case_workflow.record(
        plan.case, EventKind.PLAN_RETURNED, by=by, section=Section.PLAN, summary=comment, path=_path(plan.case)
    )
    return plan


@transaction.atomic
def approve_plan(plan: Plan, *, by: Staff) -> Plan:
    """Make the plan the case's active one; the edition before it is completed. No status of the case changes."""
    plan = lock(plan)
    _require_approver(plan, by)
    move(plan, APPROVE_PLAN)
    now = timezone.now()
    for former in plan.case.plans.filter(status__in=[PlanStatus.ACTIVE, PlanStatus.IN_REVIEW]):
        former = lock(former)
        move(former, COMPLETE_PLAN)
        former.ended_at = now
        former.version += 1
        former.save()
        case_workflow.answer_task(duties.review_source(former), by=by)
    plan.approved_by = by
    plan.approved_at = now
    plan.version += 1
    plan.save()
    Intervention.objects.filter(goal__plan=plan, status=InterventionStatus.PLANNED).update(
        status=InterventionStatus.RUNNING, starts_on=timezone.localdate()
    )
    plan.goals.filter(status=GoalStatus.NEW).update(status=GoalStatus.IN_PROGRESS)
    _close_approval(plan, by=by, outcome=str(_("Disetujui")))
    case_workflow.record(plan.case, EventKind.PLAN_APPROVED, by=by, section=Section.PLAN, path=_path(plan.case))
    return plan


@transaction.atomic
def stop_plan(plan: Plan, *, by: Staff) -> Plan:
    plan = lock(plan)
    case_policies.require(by, Right.EDIT, plan.case, Section.PLAN)
    if plan.status == PlanStatus.SUBMITTED:
        _close_approval(plan, by=by, outcome=str(_("Rencana dihentikan")))
    move(plan, STOP_PLAN)
    plan.ended_at = timezone.now()
    plan.version += 1
    plan.save()
    case_workflow.answer_task(duties.review_source(plan), by=by)
    return plan


@transaction.atomic
def update_progress(
    goal: Goal, *, by: Staff, version: int, progress: int, status: GoalStatus = GoalStatus.IN_PROGRESS
) -> Goal:
    """Set how far an active goal is (0 to 4), or close it with its result."""
    goal = lock_version(goal, version)
    case_policies.require(by, Right.EDIT, goal.plan.case, Section.PLAN)
    if goal.plan.status not in (PlanStatus.ACTIVE, PlanStatus.IN_REVIEW):
        raise TransitionError(_("Kemajuan dicatat pada rencana yang aktif."))
    if goal.status in CLOSED_GOAL:
        raise TransitionError(_("Tujuan ini sudah ditutup."))
    goal.progress = progress
    goal.status = status
    goal.closed_on = timezone.localdate() if status in CLOSED_GOAL else None
    goal.save()
    case_workflow.record(
        goal.plan.case,
        EventKind.GOAL_UPDATED,
        by=by,
        section=Section.PLAN,
        summary=goal.text,
        path=_path(goal.plan.case),
    )
    return goal


def goal_lines(case: CaseFile) -> list[GoalLine]:
    """What cases.frame.GOALS asks: every goal of the case's plans; those of an active one, not closed, are open."""
    goals = Goal.objects.filter(plan__case=case).select_related("plan").order_by("plan", "due_on", "pk")
    return [
        GoalLine(
            goal.code,
            goal.text,
            is_open=goal.plan.status in RUNNING and goal.status not in CLOSED_GOAL,
            is_met=goal.status == GoalStatus.ACHIEVED,
        )
        for goal in goals
    ]


def _must_be_draft(plan: Plan) -> None:
    if plan.status != PlanStatus.DRAFT:
        raise TransitionError(_("Rencana ini sudah diajukan dan tidak dapat diubah."))


def _require_approver(plan: Plan, by: Staff) -> None:
    case_policies.require(by, Right.APPROVE, plan.case, Section.PLAN)
    if plan.author_id == by.pk:
        raise PermissionDenied  # I-28


def _close_approval(plan: Plan, *, by: Staff, outcome: str) -> None:
    case_workflow.answer_task(_approval_source(plan), by=by, outcome=outcome)
