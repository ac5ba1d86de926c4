"""Sealed files and declared ties: who is kept away, and how two people open a file together."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.enums import Role
from accounts.models import Staff
from cases import policies, workflow
from cases.enums import Section
from cases.forms.protection import TieByCodeForm, TieEndForm, TieForm, UnsealDecisionForm, UnsealForm, hours_words
from cases.frame import case_frame
from cases.models import UnsealRequest
from cases.opening import open_section
from cases.policies import protection
from core.editing import tell
from core.htmx import redirect, render_page
from core.workflow import TransitionError

SHOWN = 50
asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])


def _user(request: HttpRequest) -> Staff:
    return request.user  # type: ignore[return-value]


def _columns(*labels: Any) -> list[dict[str, Any]]:
    return [{"label": label} for label in labels]


# ---- sealed files --------------------------------------------------------------------------------------------------


def _home_of(user: Staff) -> str:
    """Each key holder's own page: oversight has no case pages."""
    return "cases:unseal-inbox" if user.role == Role.DPO else "cases:sealed-list"


@require_safe
def sealed_list(request: HttpRequest) -> HttpResponse:
    """For the lead unit's supervisor: requests, openings, and sealed files by code and date, without a name."""
    user = _user(request)
    if user.role != Role.SUPERVISOR:
        raise PermissionDenied
    return _sealed_page(request, user)


@require_safe
def unseal_inbox(request: HttpRequest) -> HttpResponse:
    """The same for the data-protection officer."""
    user = _user(request)
    if user.role != Role.DPO:
        raise PermissionDenied
    return _sealed_page(request, user)


def _sealed_page(request: HttpRequest, user: Staff) -> HttpResponse:
    wanted = "".join(request.GET.get("q", "").upper().split())[:9]
    sealed = protection.sealed_for(user).select_related("lead_unit").order_by("-sealed_at", "-pk")
    if wanted:
        sealed = sealed.filter(code__startswith=wanted)
    requests = protection.openings_for(user).select_related("case__lead_unit", "asked_by", "reader")
    files = list(sealed[: SHOWN + 1])
    return render_page(
        request,
        "cases/sealed_list.html",
        {
            "waiting": [(row, _may_decide(user, row)) for row in requests.waiting().order_by("asked_at", "pk")],
            "running": list(requests.in_force().order_by("until", "pk")),
            "files": files[:SHOWN],
            "is_cut": len(files) > SHOWN,
            "wanted": wanted,
            "shows_unit": user.role == Role.DPO,
            "reads": user.role == Role.SUPERVISOR,
            "file_columns": _columns(
                _("Kode"), _("Disegel"), *([_("Unit")] if user.role == Role.DPO else []), _("Tindakan")
            ),
        },
    )


@asks_or_acts
def unseal_ask(request: HttpRequest, code: str) -> HttpResponse:
    user = _user(request)
    case = get_object_or_404(protection.sealed_for(user).select_related("lead_unit"), code=code)
    form = UnsealForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            asked = workflow.request_unsealing(case, by=user, **form.cleaned_data)
        except TransitionError as refusal:
            status = tell(form, refusal)
        else:
            messages.success(request, _("Permintaan terkirim kepada pemegang kunci yang lain."))
            return redirect(request, "cases:unseal-request", asked.code)
    context = {"case": case, "form": form, "back": reverse(_home_of(user)), "other": _other_holder(user)}
    return render_page(request, "cases/unseal_ask.html", context, status=status)


@asks_or_acts
def unseal_request(request: HttpRequest, code: str) -> HttpResponse:
    """One request: what for, by whom, until when; the other of the two decides here, and either ends it."""
    user = _user(request)
    requests = protection.openings_for(user).select_related("case__lead_unit", "asked_by", "decided_by", "reader")
    asked = get_object_or_404(requests, code=code)
    form = UnsealDecisionForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            done = _act_on(asked, request.POST.get("act", ""), form.cleaned_data["note"], by=user)
        except TransitionError as refusal:
            form.add_error("note" if asked.is_waiting else None, str(refusal.message))
            status = 409
        else:
            messages.success(request, done)
            return redirect(request, "cases:unseal-request", asked.code)
    elif request.method == "POST":
        status = 422
    return render_page(
        request,
        "cases/unseal_request.html",
        {
            "asked": asked,
            "case": asked.case,
            "length": hours_words(asked.hours),
            "form": form,
            "may_decide": _may_decide(user, asked),
            "may_end": asked.is_waiting or asked.is_in_force,
            "is_reader": asked.is_in_force and asked.reader_id == user.pk,
            "other": _other_holder(user),
            "back": reverse(_home_of(user)),
        },
        status=status,
    )


def _act_on(asked: UnsealRequest, act: str, note: str, *, by: Staff) -> Any:
    if act == "approve":
        workflow.approve_unsealing(asked, by=by, note=note)
        return _("Berkas dibuka untuk waktu yang diminta.")
    if act == "refuse":
        workflow.refuse_unsealing(asked, by=by, note=note)
        return _("Permintaan ditolak.")
    workflow.end_unsealing(asked, by=by)
    return _("Pembukaan diakhiri.")


def _may_decide(user: Staff, asked: UnsealRequest) -> bool:
    return asked.is_waiting and asked.asked_as != user.role


def _other_holder(user: Staff) -> Any:
    return Role.SUPERVISOR.label if user.role == Role.DPO else Role.DPO.label


# ---- ties ----------------------------------------------------------------------------------------------------------


@asks_or_acts
def tie_declare(request: HttpRequest, code: str) -> HttpResponse:
    """From the page of a case that one sees: the last page of it, for whoever declares a tie."""
    user = _user(request)
    case = get_object_or_404(policies.cases_in_sight(user).with_list_data(), code=code)
    section = Section.SUMMARY if Section.SUMMARY in policies.sections_seen(user, case) else Section.IDENTITY
    frame = case_frame(user, case, section, _("Nyatakan hubungan"))
    open_section(request, case, section)
    form = TieForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        workflow.declare_tie(case, by=user, **form.cleaned_data)
        messages.success(request, _("Pernyataan tercatat. Kasus ini tidak lagi terbuka untuk Anda."))
        return redirect(request, "home")
    return render_page(request, "cases/tie_declare.html", frame | {"form": form}, status=422 if form.is_bound else 200)


@asks_or_acts
def tie_new(request: HttpRequest) -> HttpResponse:
    """By code, whether or not one may see the case: the answer is the same, so it never tells that a case exists."""
    form = TieByCodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        workflow.declare_tie_by_code(by=_user(request), **form.cleaned_data)
        messages.success(
            request, _("Terima kasih. Bila kode itu milik sebuah kasus, kasus itu sekarang tertutup bagi Anda.")
        )
        return redirect(request, "cases:tie-new")
    return render_page(request, "cases/tie_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def tie_list(request: HttpRequest) -> HttpResponse:
    """What people declared about participants of the unit, what stands first."""
    user = _user(request)
    if user.role != Role.SUPERVISOR:
        raise PermissionDenied
    ties = protection.ties_for(user).select_related("staff__unit", "case")
    return render_page(
        request,
        "cases/tie_list.html",
        {
            "standing": list(ties.standing().order_by("confirmed_at", "-declared_at", "-pk")[:SHOWN]),
            "ended": list(ties.filter(ended_at__isnull=False).order_by("-ended_at", "-pk")[:SHOWN]),
            "columns": _columns(_("Petugas"), _("Hubungan"), _("Kasus"), _("Dinyatakan"), _("Keadaan")),
        },
    )


@asks_or_acts
def tie_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One declaration: keep it, or end it with a reason."""
    user = _user(request)
    ties = protection.ties_for(user).select_related("staff__unit", "case", "stand_in", "confirmed_by", "ended_by")
    tie = get_object_or_404(ties, code=code)
    ends = request.method == "POST" and request.POST.get("act") == "end"
    form = TieEndForm(request.POST if ends else None)
    status = 200
    if request.method == "POST":
        try:
            if not ends:
                workflow.confirm_tie(tie, by=user)
                messages.success(request, _("Pernyataan dibenarkan."))
                return redirect(request, "cases:tie-list")
            if form.is_valid():
                workflow.end_tie(tie, by=user, **form.cleaned_data)
                messages.success(request, _("Pernyataan diakhiri."))
                return redirect(request, "cases:tie-list")
            status = 422
        except TransitionError as refusal:
            messages.error(request, str(refusal.message))
            status = 409
    sees_case = policies.cases_in_sight(user).filter(pk=tie.case_id).exists()
    return render_page(
        request, "cases/tie_detail.html", {"tie": tie, "form": form, "sees_case": sees_case}, status=status
    )
