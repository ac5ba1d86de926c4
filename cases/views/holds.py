"""Legal holds: the list of them, placing one on a case or by its code, and lifting it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Staff
from cases import policies, workflow
from cases.enums import Section
from cases.forms.retention import HoldByCodeForm, HoldForm, StepBackForm
from cases.frame import case_frame
from cases.opening import open_section
from cases.policies import retention
from cases.policies.requests import is_officer, require_officer
from cases.policies.sharing import decides
from cases.views.retention import columns, retention_tabs
from core.editing import tell
from core.htmx import redirect, render_page
from core.workflow import TransitionError

asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 100


@require_safe
def hold_list(request: HttpRequest) -> HttpResponse:
    """Holds in force, and those that were lifted: all for oversight, those of the own unit for its supervisor."""
    user: Staff = request.user  # type: ignore[assignment]
    retention.require_reading(user)
    # Never joined with the case: the officer may not read it, and the database would hide the hold too.
    found = retention.holds_for(user).select_related("lead_unit", "placed_by", "lifted_by")
    return render_page(
        request,
        "cases/hold_list.html",
        {
            "standing": list(found.in_force()[:SHOWN]),
            "lifted": list(found.filter(lifted_at__isnull=False)[:SHOWN]),
            "may_lift": is_officer(user),
            "columns": columns(_("Kasus"), _("Diperintahkan oleh"), _("Alasan"), _("Dicatat"), _("Keadaan")),
            "tabs": retention_tabs("cases:hold-list"),
        },
    )


@asks_or_acts
def case_hold(request: HttpRequest, code: str) -> HttpResponse:
    """On the case itself, for the supervisor to whom the letter came."""
    user: Staff = request.user  # type: ignore[assignment]
    case = get_object_or_404(policies.cases_in_sight(user).with_list_data(), code=code)
    frame = case_frame(user, case, Section.ACCESS, _("Catat penahanan hukum"))
    if not decides(user, case):
        raise PermissionDenied
    open_section(request, case, Section.ACCESS)
    form = _form(HoldForm, request)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            workflow.place_hold(case, by=user, **form.cleaned_data)
        except TransitionError as refusal:
            status = tell(form, refusal)
        else:
            messages.success(request, _("Penahanan tercatat. Berkas ini tidak akan dimusnahkan."))
            return redirect(request, "cases:access", case.code)
    return render_page(request, "cases/case_hold.html", frame | {"form": form}, status=status)


@asks_or_acts
def hold_new(request: HttpRequest) -> HttpResponse:
    """By code, for the data-protection officer."""
    user: Staff = request.user  # type: ignore[assignment]
    require_officer(user)
    form = _form(HoldByCodeForm, request)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            hold = workflow.place_hold_by_code(by=user, **form.cleaned_data)
        except TransitionError as refusal:
            status = tell(form, refusal)
        else:
            if hold is not None:
                messages.success(request, _("Penahanan tercatat. Berkas ini tidak akan dimusnahkan."))
                return redirect(request, "cases:hold-list")
            form.add_error("code", _("Tidak ada kasus dengan kode ini."))
    return render_page(request, "cases/hold_new.html", {"form": form}, status=status)


@asks_or_acts
def hold_lift(request: HttpRequest, code: str) -> HttpResponse:
    user: Staff = request.user  # type: ignore[assignment]
    hold = get_object_or_404(retention.holds_for(user).select_related("lead_unit", "placed_by"), code=code)
    retention.require_lifting(user)
    form = StepBackForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            workflow.lift_hold(hold, by=user, **form.cleaned_data)
        except TransitionError as refusal:
            status = tell(form, refusal)
        else:
            messages.success(request, _("Penahanan dicabut. Masa simpan berkas ini berlaku lagi."))
            return redirect(request, "cases:hold-list")
    return render_page(request, "cases/hold_lift.html", {"hold": hold, "form": form}, status=status)


def holds_on(user: Staff, case: Any) -> dict[str, Any]:
    """For the case's page of access: what holds it, and where its supervisor places one."""
    return {
        "holds": retention.holds_for(user).in_force().filter(case=case),
        "hold_url": reverse("cases:case-hold", args=[case.code]) if decides(user, case) else "",
    }


def _form(kind: type[HoldForm], request: HttpRequest) -> HoldForm:
    return kind(request.POST if request.method == "POST" else None, initial={"starts_on": timezone.localdate()})
