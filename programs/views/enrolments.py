"""Programmes and support of one case: who takes part in what, and what was handed over."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases import policies as case_policies
from cases.enums import Right, Section
from cases.frame import case_frame
from cases.models import CaseFile
from cases.opening import open_section
from core.htmx import redirect, render_page
from core.workflow import TransitionError
from programs import policies, workflow
from programs.enums import ENROLMENT_OPEN, AttendanceMark
from programs.forms import FollowUpForm, ProposeForm, ReasonForm, SupportForm
from programs.models import BusinessFollowUp

asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])
WAS_THERE = Q(attendances__mark__in=[AttendanceMark.PRESENT, AttendanceMark.LATE])


def _case(request: HttpRequest, code: str) -> CaseFile:
    cases = case_policies.cases_for(request.user, section=Section.PROGRAMS)
    case = get_object_or_404(cases.with_list_data(), code=code)
    open_section(request, case, Section.PROGRAMS)
    return case


@asks_or_acts
def enrolment_list(request: HttpRequest, code: str) -> HttpResponse:
    case = _case(request, code)
    frame = case_frame(request.user, case, Section.PROGRAMS)
    editing = "edit_programs" in frame["actions"]
    form = ProposeForm(request.POST or None, case=case)
    status = 200
    if request.method == "POST":
        case_policies.require(request.user, Right.EDIT, case, Section.PROGRAMS)
        if form.is_valid():
            try:
                enrolment = workflow.propose(case, form.cleaned_data["cohort"], by=request.user)
                if policies.runs(request.user, enrolment.cohort):
                    enrolment = workflow.admit(enrolment, by=request.user)
            except TransitionError as refused:
                form.add_error("cohort", str(refused.message))
            else:
                messages.success(request, _("Keikutsertaan: %(state)s.") % {"state": enrolment.get_status_display()})
                return redirect(request, "programs:enrolment-list", case.code)
        status = 422
    enrolments = (
        case.enrolments.select_related("cohort", "programme__owner")
        .annotate(marked=Count("attendances"), there=Count("attendances", filter=WAS_THERE))
        .order_by("-created_at")
    )
    context = frame | {
        "form": form,
        "editing": editing,
        "support_url": reverse("programs:support-new", args=[case.code]) if editing else "",
        "enrolments": enrolments,
        "open_states": ENROLMENT_OPEN,
        "supports": case.economic_supports.select_related("region").prefetch_related("follow_ups"),
    }
    return render_page(request, "programs/enrolment_list.html", context, status=status)


@asks_or_acts
def enrolment_withdraw(request: HttpRequest, code: str) -> HttpResponse:
    enrolments = policies.enrolments_for(request.user).select_related("case__participant", "programme")
    enrolment = get_object_or_404(enrolments, code=code)
    case_policies.require(request.user, Right.EDIT, enrolment.case, Section.PROGRAMS)
    open_section(request, enrolment.case, Section.PROGRAMS)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        workflow.withdraw(enrolment, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("Pengunduran diri dicatat."))
        return redirect(request, "programs:enrolment-list", enrolment.case.code)
    title = _("Keluar dari %(programme)s") % {"programme": enrolment.programme.title}
    return _form_page(request, enrolment.case, form, title=title, submit=_("Catat pengunduran diri"))


@asks_or_acts
def support_new(request: HttpRequest, code: str) -> HttpResponse:
    case = _case(request, code)
    case_policies.require(request.user, Right.EDIT, case, Section.PROGRAMS)
    form = SupportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        workflow.give_support(case, by=request.user, **form.cleaned_data)
        messages.success(request, _("Dukungan usaha dicatat. Kunjungan lanjutan sudah dijadwalkan."))
        return redirect(request, "programs:enrolment-list", case.code)
    return _form_page(request, case, form, title=_("Catat dukungan usaha"), submit=_("Simpan dukungan"))


@asks_or_acts
def follow_up_record(request: HttpRequest, code: str, month: int) -> HttpResponse:
    supports = policies.supports_for(request.user).select_related("case__participant")
    support = get_object_or_404(supports, code=code)
    case_policies.require(request.user, Right.EDIT, support.case, Section.PROGRAMS)
    open_section(request, support.case, Section.PROGRAMS)
    follow_up = get_object_or_404(BusinessFollowUp, support=support, month=month)
    form = FollowUpForm(request.POST or None, instance=follow_up)
    if request.method == "POST" and form.is_valid():
        workflow.record_follow_up(follow_up, by=request.user, **form.cleaned_data)
        messages.success(request, _("Kunjungan lanjutan dicatat."))
        return redirect(request, "programs:enrolment-list", support.case.code)
    title = _("Kunjungan bulan ke-%(month)s: %(business)s") % {"month": month, "business": support.business_kind}
    return _form_page(request, support.case, form, title=title, submit=_("Simpan kunjungan"))


def _form_page(request: HttpRequest, case: CaseFile, form: object, *, title: str, submit: str) -> HttpResponse:
    context = {"case": case, "form": form, "title": title, "submit": submit}
    return render_page(
        request, "programs/enrolment_form.html", context, status=422 if request.method == "POST" else 200
    )
