"""The plan of a case: its goals, and the steps from draft to approval."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import catalogue
from cases import policies as case_policies
from cases.enums import Right, Section
from cases.frame import case_frame
from cases.models import CaseFile
from cases.opening import open_section
from core.editing import Place, edit_page
from core.htmx import redirect, render_page, wants_fragment
from programs import policies, workflow
from programs.enums import GoalStatus, PlanStatus
from programs.forms import GoalForm, PlanForm, ProgressForm, ReturnPlanForm
from programs.models import Goal, Plan
from programs.workflow.plans import CLOSED_GOAL, usable_assessment

asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])
MAKING = (PlanStatus.DRAFT, PlanStatus.SUBMITTED)
RUNNING = (PlanStatus.ACTIVE, PlanStatus.IN_REVIEW)


def _case(request: HttpRequest, code: str) -> CaseFile:
    cases = case_policies.cases_for(request.user, section=Section.PLAN)
    case = get_object_or_404(cases.with_list_data(), code=code)
    open_section(request, case, Section.PLAN)
    return case


def _goals(plan: Plan | None) -> list[dict[str, Any]]:
    """Rows of the goals table, with the names of their services in the reader's language."""
    if plan is None:
        return []
    language = get_language() or "id"
    services = catalogue.default().interventions
    today = timezone.localdate()
    return [
        {
            "goal": goal,
            "services": [services[step.intervention_code].label.to(language) for step in goal.interventions.all()],
            "late_days": (today - goal.due_on).days if goal.due_on < today and goal.status not in CLOSED_GOAL else 0,
            "is_closed": goal.status in CLOSED_GOAL,
        }
        for goal in plan.goals.prefetch_related("interventions")
    ]


@require_safe
def plan_detail(request: HttpRequest, code: str) -> HttpResponse:
    case = _case(request, code)
    frame = case_frame(request.user, case, Section.PLAN)
    plans = list(case.plans.select_related("author", "approved_by", "assessment"))
    making = next((plan for plan in plans if plan.status in MAKING), None)
    active = next((plan for plan in plans if plan.status in RUNNING), None)
    held = frame["rights"][Section.PLAN]
    editing = Right.EDIT in held and case.is_open
    approving = Right.APPROVE in held and making is not None and making.author_id != request.user.pk
    context = frame | {
        "making": making,
        "making_goals": _goals(making),
        "active": active,
        "active_goals": _goals(active),
        "former": [plan for plan in plans if plan.status in (PlanStatus.COMPLETED, PlanStatus.STOPPED)],
        "usable": usable_assessment(case) if editing and making is None else None,
        "plan_actions": {
            "start": editing and making is None,
            "edit": editing and making is not None and making.status == PlanStatus.DRAFT,
            "progress": editing,
            "approve": approving and making is not None and making.status == PlanStatus.SUBMITTED,
        },
    }
    return render_page(request, "programs/plan_detail.html", context)


@require_safe
def plan_panel(request: HttpRequest, code: str) -> HttpResponse:
    """The goals card of the case page."""
    case = _case(request, code)
    if not wants_fragment(request):
        return redirect(request, "programs:plan", case.code)
    active = case.plans.filter(status__in=RUNNING).first()
    return render_page(
        request,
        "programs/_plan_goals.html",
        {
            "case": case,
            "plan": active,
            "goals": [row for row in _goals(active) if not row["is_closed"]],
            "can_edit": case.is_open and case_policies.can(request.user, Right.EDIT, case, Section.PLAN),
        },
    )


@asks_or_acts
def plan_new(request: HttpRequest, code: str) -> HttpResponse:
    case = _case(request, code)
    case_policies.require(request.user, Right.EDIT, case, Section.PLAN)
    initial = {"review_due": timezone.localdate() + dt.timedelta(days=90)}
    form = PlanForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        workflow.start_plan(case, by=request.user, **form.cleaned_data)
        messages.success(request, _("Rencana dimulai. Tambahkan tujuan peserta."))
        return redirect(request, "programs:plan", case.code)
    return _form_page(request, case, form, title=_("Mulai rencana"), submit=_("Simpan dan tambah tujuan"))


@asks_or_acts
def goal_new(request: HttpRequest, code: str) -> HttpResponse:
    plan = get_object_or_404(policies.plans_for(request.user).select_related("case__participant"), code=code)
    open_section(request, plan.case, Section.PLAN)
    case_policies.require(request.user, Right.EDIT, plan.case, Section.PLAN)
    form = GoalForm(request.POST or None, assessment=plan.assessment, initial={"due_on": plan.review_due})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        services = [
            {"intervention_code": service, "setting": plan.approach[0]} for service in data.pop("interventions")
        ]
        workflow.add_goal(plan, by=request.user, interventions=services, **data)
        messages.success(request, _("Tujuan ditambahkan."))
        return redirect(request, "programs:plan", plan.case.code)
    return _form_page(request, plan.case, form, title=_("Tambah tujuan"), submit=_("Simpan tujuan"))


@asks_or_acts
def goal_edit(request: HttpRequest, code: str) -> HttpResponse:
    goal = _goal(request, code)
    plan = goal.plan
    case_policies.require(request.user, Right.EDIT, plan.case, Section.PLAN)

    def form_of(data: Any, row: Goal) -> GoalForm:
        services = list(row.interventions.values_list("intervention_code", flat=True))
        return GoalForm(data, instance=row, assessment=plan.assessment, initial={"interventions": services})

    return edit_page(
        request,
        goal,
        form_of=form_of,
        save=lambda form, version: workflow.edit_goal(goal, by=request.user, version=version, **form.cleaned_data),
        place=_place(plan.case, _("Ubah tujuan"), _("Simpan tujuan"), _("Tujuan disimpan.")),
    )


@asks_or_acts
def goal_progress(request: HttpRequest, code: str) -> HttpResponse:
    goal = _goal(request, code)
    case_policies.require(request.user, Right.EDIT, goal.plan.case, Section.PLAN)

    def form_of(data: Any, row: Goal) -> ProgressForm:
        initial = {"status": row.status if row.status != GoalStatus.NEW else GoalStatus.IN_PROGRESS}
        return ProgressForm(data, instance=row, initial=initial)

    def save(form: ProgressForm, version: int) -> Goal:
        given = form.cleaned_data
        status = GoalStatus(given["status"])
        return workflow.update_progress(
            goal, by=request.user, version=version, progress=given["progress"], status=status
        )

    title = _("Kemajuan: “%(goal)s”") % {"goal": goal.text}
    place = _place(goal.plan.case, title, _("Simpan kemajuan"), _("Kemajuan disimpan."))
    return edit_page(request, goal, form_of=form_of, save=save, place=place)


@require_POST
def plan_submit(request: HttpRequest, code: str) -> HttpResponse:
    plan = _plan(request, code)
    workflow.submit_plan(plan, by=request.user)
    messages.success(request, _("Rencana diajukan."))
    return redirect(request, "programs:plan", plan.case.code)


@require_POST
def plan_approve(request: HttpRequest, code: str) -> HttpResponse:
    plan = _plan(request, code)
    workflow.approve_plan(plan, by=request.user)
    messages.success(request, _("Rencana disetujui dan aktif."))
    return redirect(request, "programs:plan", plan.case.code)


@asks_or_acts
def plan_return(request: HttpRequest, code: str) -> HttpResponse:
    plan = _plan(request, code)
    case_policies.require(request.user, Right.APPROVE, plan.case, Section.PLAN)
    form = ReturnPlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        workflow.return_plan(plan, by=request.user, comment=form.cleaned_data["comment"])
        messages.success(request, _("Rencana dikembalikan."))
        return redirect(request, "programs:plan", plan.case.code)
    return _form_page(request, plan.case, form, title=_("Kembalikan rencana"), submit=_("Kembalikan rencana"))


@require_POST
def plan_stop(request: HttpRequest, code: str) -> HttpResponse:
    plan = _plan(request, code)
    workflow.stop_plan(plan, by=request.user)
    messages.success(request, _("Rencana dihentikan."))
    return redirect(request, "programs:plan", plan.case.code)


def _plan(request: HttpRequest, code: str) -> Plan:
    plans = policies.plans_for(request.user).select_related("case__participant", "case__lead_unit", "author")
    plan = get_object_or_404(plans, code=code)
    open_section(request, plan.case, Section.PLAN)
    return plan


def _goal(request: HttpRequest, code: str) -> Goal:
    goals = policies.goals_for(request.user).select_related("plan__case__participant", "plan__assessment")
    goal = get_object_or_404(goals, code=code)
    open_section(request, goal.plan.case, Section.PLAN)
    return goal


def _place(case: CaseFile, title: Any, submit: Any, done: Any) -> Place:
    context = {"case": case, "title": title, "submit": submit}
    back = reverse("programs:plan", args=[case.code])
    return Place("programs/plan_form.html", back, done, context, parent=case.participant.shown_name)


def _form_page(request: HttpRequest, case: CaseFile, form: Any, *, title: str, submit: str) -> HttpResponse:
    context = {"case": case, "form": form, "title": title, "submit": submit}
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render_page(request, "programs/plan_form.html", context, status=status)
