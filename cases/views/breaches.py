"""Breaches of personal data: reported by units, handled by the data-protection officer against the law's clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import JournalAction
from accounts.models import Staff
from accounts.policies import OVERSIGHT
from accounts.workflow import write_journal
from cases import letters, policies
from cases.enums import Section
from cases.enums.breaches import UNTOLD, BreachStatus, Told
from cases.forms.breaches import BreachForm, CloseBreachForm, HandleForm
from cases.models import BreachIncident
from cases.policies import breaches as breach_policies
from cases.policies.requests import is_officer, require_officer
from cases.views.rights import desk_row, pdf_answer, rights_tabs
from cases.workflow import breaches as workflow
from core.htmx import redirect, render_page
from core.workflow import TransitionError

asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 100
CHIPS = {
    BreachStatus.REPORTED: ("soon", "exclamation-triangle"),
    BreachStatus.HANDLING: ("on", "arrow-path"),
    BreachStatus.NOTIFIED: ("done", "envelope"),
    BreachStatus.CLOSED: ("done", "check-circle"),
}


def _row(item: BreachIncident, user: Staff) -> dict[str, Any]:
    return desk_row(item, user, CHIPS) | {"counts": item.status in UNTOLD}


@require_safe
def breach_list(request: HttpRequest) -> HttpResponse:
    user: Staff = request.user
    if not breach_policies.may_see_breaches(user):
        raise PermissionDenied
    found = breach_policies.breaches_for(user).select_related("unit")
    waiting = [_row(item, user) for item in found.open()[:SHOWN]]
    closed = [_row(item, user) for item in found.filter(status=BreachStatus.CLOSED).order_by("-closed_at")[:SHOWN]]
    context = {
        "waiting": waiting,
        "closed": closed,
        "late": sum(row["late"] for row in waiting),
        "may_report": breach_policies.may_report(user),
        "tabs": rights_tabs("cases:breach-list") if user.role in OVERSIGHT else [],
    }
    return render_page(request, "cases/breach_list.html", context)


@asks_or_acts
def breach_new(request: HttpRequest) -> HttpResponse:
    breach_policies.require_reporting(request.user)
    form = BreachForm(request.POST if request.method == "POST" else None, by=request.user)
    if form.is_bound and form.is_valid():
        incident = workflow.report_breach(by=request.user, **form.cleaned_data)
        messages.success(request, _("Insiden tercatat. Pejabat pelindungan data melihatnya sekarang."))
        return redirect(request, "cases:breach-detail", incident.code)
    return render_page(request, "cases/breach_new.html", {"form": form}, status=422 if form.is_bound else 200)


def _found(request: HttpRequest, code: str) -> BreachIncident:
    incidents = breach_policies.breaches_for(request.user)
    return get_object_or_404(incidents.select_related("unit", "reported_by", "closed_by"), code=code)


def _detail(request: HttpRequest, item: BreachIncident, **forms: Any) -> dict[str, Any]:
    officer = is_officer(request.user)
    return {
        **_row(item, request.user),
        "entries": item.entries.select_related("by"),
        "codes": list(item.cases.values_list("case_code", flat=True)) if request.user.role in OVERSIGHT else [],
        "cases_count": item.cases.count(),
        "forms": {
            "handle": HandleForm(initial={"measures": item.measures}, by=request.user),
            "close": CloseBreachForm(),
        }
        | forms,
        "may_handle": officer and item.is_open,
        "may_letters": request.user.role in OVERSIGHT,
        "told": [
            {"whom": Told.AGENCY, "label": Told.AGENCY.label, "at": item.agency_told_at},
            {"whom": Told.SUBJECTS, "label": Told.SUBJECTS.label, "at": item.subjects_told_at},
        ],
    }


@require_safe
def breach_detail(request: HttpRequest, code: str) -> HttpResponse:
    return render_page(request, "cases/breach_detail.html", _detail(request, _found(request, code)))


def _act(
    request: HttpRequest,
    item: BreachIncident,
    name: str,
    form: Any,
    act: Callable[..., BreachIncident],
    done: str,
) -> HttpResponse:
    status = 422
    if form.is_valid():
        try:
            with transaction.atomic():
                act(item, by=request.user, **form.cleaned_data)
        except TransitionError as refusal:
            form.add_error(None, str(refusal.message))
            for blocker in refusal.blockers:
                form.add_error(None, str(blocker.text))
            status = 409
        else:
            messages.success(request, done)
            return redirect(request, "cases:breach-detail", item.code)
    return render_page(request, "cases/breach_detail.html", _detail(request, item, **{name: form}), status=status)


def _officers(request: HttpRequest, code: str) -> BreachIncident:
    item = _found(request, code)
    require_officer(request.user)
    return item


@require_POST
def breach_handle(request: HttpRequest, code: str) -> HttpResponse:
    item, form = _officers(request, code), HandleForm(request.POST, by=request.user)
    return _act(request, item, "handle", form, workflow.handle, _("Tercatat."))


@require_POST
def breach_close(request: HttpRequest, code: str) -> HttpResponse:
    item, form = _officers(request, code), CloseBreachForm(request.POST)
    return _act(request, item, "close", form, workflow.close_breach, _("Insiden ditutup."))


@require_POST
def breach_told(request: HttpRequest, code: str) -> HttpResponse:
    """The written notice went out, to the agency or to the people touched."""
    item = _officers(request, code)
    whom = request.POST.get("whom", "")
    if whom not in Told.values:
        return render_page(request, "cases/breach_detail.html", _detail(request, item), status=422)
    try:
        with transaction.atomic():
            workflow.mark_told(item, by=request.user, whom=Told(whom))
    except TransitionError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Pemberitahuan tercatat."))
    return redirect(request, "cases:breach-detail", item.code)


@require_safe
def breach_letter(request: HttpRequest, code: str, whom: str) -> HttpResponse:
    """The letter to the agency or to the people touched, for oversight."""
    item = _found(request, code)
    if request.user.role not in OVERSIGHT:
        raise PermissionDenied
    draw = letters.breach_letter_to_agency if whom == Told.AGENCY else letters.breach_letter_to_subject
    return _letter(request, item, draw)


@require_safe
def breach_case_letter(request: HttpRequest, code: str, breach_code: str) -> HttpResponse:
    """The letter to a person touched, for whoever carries it over: those who see the case."""
    case = get_object_or_404(policies.cases_for(request.user, section=Section.ACCESS), code=code)
    item = breach_policies.notice_for(case, breach_code)
    if item is None:
        raise Http404
    return _letter(request, item, letters.breach_letter_to_subject)


def _letter(request: HttpRequest, item: BreachIncident, draw: Callable[[BreachIncident], Any]) -> HttpResponse:
    write_journal(
        JournalAction.DOWNLOAD,
        by=request.user,
        object_code=item.code,
        detail="breach letter",
        ip=request.META.get("REMOTE_ADDR"),
        request_id=getattr(request, "request_id", ""),
    )
    return pdf_answer(draw(item).content, f"pemberitahuan-{item.code}.pdf")
