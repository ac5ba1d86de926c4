"""The plan of a case: its goals, and the steps from draft to approval."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
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
from core.htmx import redirect, render_page, wants_fragment
from core.workflow import StaleError
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
            "can_edit": case_policies.can(request.user, Right.EDIT, case, Section.PLAN),
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
    services = list(goal.interventions.values_list("intervention_code", flat=True))
    form = GoalForm(
        request.POST or None, instance=goal, assessment=plan.assessment, initial={"interventions": services}
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        chosen = data.pop("interventions")
        try:
            workflow.edit_goal(goal, by=request.user, version=_version(request), interventions=chosen, **data)
        except StaleError as stale:
            status = _say_stale(form, stale)
        else:
            messages.success(request, _("Tujuan disimpan."))
            return redirect(request, "programs:plan", plan.case.code)
    return _form_page(
        request,
        plan.case,
        form,
        title=_("Ubah tujuan"),
        submit=_("Simpan tujuan"),
        version=goal.version,
        status=status,
    )


@asks_or_acts
def goal_progress(request: HttpRequest, code: str) -> HttpResponse:
    goal = _goal(request, code)
    case_policies.require(request.user, Right.EDIT, goal.plan.case, Section.PLAN)
    initial = {"status": goal.status if goal.status != GoalStatus.NEW else GoalStatus.IN_PROGRESS}
    form = ProgressForm(request.POST or None, instance=goal, initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            workflow.update_progress(
                goal,
                by=request.user,
                version=_version(request),
                progress=data["progress"],
                status=GoalStatus(data["status"]),
            )
        except StaleError as stale:
            status = _say_stale(form, stale)
        else:
            messages.success(request, _("Kemajuan disimpan."))
            return redirect(request, "programs:plan", goal.plan.case.code)
    title = _("Kemajuan: “%(goal)s”") % {"goal": goal.text}
    return _form_page(
        request, goal.plan.case, form, title=title, submit=_("Simpan kemajuan"), version=goal.version, status=status
    )


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


def _version(request: HttpRequest) -> int:
    """The version that the form was opened with; anything else counts as stale."""
    sent = request.POST.get("version", "")
    return int(sent) if sent.isdecimal() and len(sent) < 9 else -1


def _say_stale(form: Any, stale: StaleError) -> int:
    """Show what the other person saved beside what this one typed; nothing is lost."""
    form.add_error(None, str(stale.message))
    for name in form.changed_data:
        if hasattr(stale.current, name):
            form.add_error(name, _("Sekarang tersimpan: “%(value)s”.") % {"value": getattr(stale.current, name)})
    return 409


def _form_page(
    request: HttpRequest,
    case: CaseFile,
    form: Any,
    *,
    title: str,
    submit: str,
    version: int | None = None,
    status: int = 200,
) -> HttpResponse:
    if form.is_bound and not form.is_valid() and status == 200:
        status = 422
    context = {"case": case, "form": form, "title": title, "submit": submit, "version": version}
    return render_page(request, "programs/plan_form.html", context, status=status)
