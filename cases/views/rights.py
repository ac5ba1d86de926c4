"""Requests under UU PDP: taken in on the case's page, handled by the data-protection officer at /rights/."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import JournalAction
from accounts.models import Staff
from accounts.workflow import write_journal
from cases import frame, letters, policies, sentence
from cases.enums import Section
from cases.enums.rights import DECIDE, RightsKind, RightsStatus
from cases.forms.rights import DecisionForm, LiftForm, RightsRequestForm, UnitAnswerForm, UnitQuestionForm
from cases.models import BreachIncident, Complaint, RightsRequest
from cases.opening import open_section
from cases.policies import requests as rights_policies
from cases.workflow import rights as workflow
from core.editing import tell
from core.htmx import redirect, render_page
from core.workflow import TransitionError

asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 100
Chips = Mapping[str, tuple[str, str]]
CHIPS: Chips = {
    RightsStatus.RECEIVED: ("soon", "inbox-arrow-down"),
    RightsStatus.UNDER_REVIEW: ("on", "magnifying-glass"),
    RightsStatus.FULFILLED: ("done", "check-circle"),
    RightsStatus.PARTLY_FULFILLED: ("done", "check-circle"),
    RightsStatus.REFUSED: ("", "x-circle"),
}


@require_safe
def rights_list(request: HttpRequest) -> HttpResponse:
    """All requests, those that wait first, by the law's clock."""
    user: Staff = request.user
    rights_policies.require_oversight(user)
    found = rights_policies.rights_requests_for(user).select_related("lead_unit")
    waiting = [_row(item, user) for item in found.waiting()[:SHOWN]]
    decided = [_row(item, user) for item in found.exclude(decided_at=None).order_by("-decided_at", "-pk")[:SHOWN]]
    late = sum(row["late"] for row in waiting)
    return render_page(
        request,
        "cases/rights_list.html",
        {"waiting": waiting, "decided": decided, "late": late, "tabs": rights_tabs("cases:rights-list")},
    )


def rights_tabs(current: str) -> list[dict[str, Any]]:
    """The places of data protection, side by side."""
    places = frame.RIGHTS_PLACES
    return [
        {"label": label, "url": reverse(name), "current": name == current, "count": None} for name, label in places
    ]


def desk_row(item: RightsRequest | Complaint | BreachIncident, user: Staff, chips: Chips) -> dict[str, Any]:
    """A line of the officer's lists: what has a clock and a state."""
    return {
        "item": item,
        "due": sentence.due_words(item.due_at, timezone.now(), user.unit.zone),
        "late": item.is_overdue,
        "chip": chip_of(item, chips),
    }


def chip_of(item: RightsRequest | Complaint | BreachIncident, chips: Chips) -> dict[str, Any]:
    kind, icon = chips[item.status]
    return {"text": item.get_status_display(), "kind": kind, "icon": icon}


def _row(item: RightsRequest, user: Staff) -> dict[str, Any]:
    return desk_row(item, user, CHIPS)


def _found(request: HttpRequest, code: str) -> RightsRequest:
    # Never joined with the case: the officer may not read it, and the database would hide the request too.
    requests = rights_policies.rights_requests_for(request.user)
    return get_object_or_404(
        requests.select_related("lead_unit", "recorded_by", "unit_answered_by", "decided_by"), code=code
    )


def _detail(request: HttpRequest, item: RightsRequest, **forms: Any) -> dict[str, Any]:
    user: Staff = request.user
    officer = rights_policies.is_officer(user)
    seen = policies.cases_in_sight(user).filter(pk=item.case_id).exists()
    restricts = item.kind == RightsKind.RESTRICTION and not item.is_waiting
    return {
        **_row(item, user),
        "forms": {"ask": UnitQuestionForm(), "answer": UnitAnswerForm(), "lift": LiftForm()} | forms,
        "actions": {
            name
            for name, offered in {
                "take_up": officer and item.status == RightsStatus.RECEIVED,
                "ask": officer and item.status == RightsStatus.UNDER_REVIEW,
                "decide": officer and item.status == RightsStatus.UNDER_REVIEW,
                "answer": item.asks_unit and rights_policies.may_answer(user, item),
                "letter": item.decided_at is not None,
                "lift": officer and restricts and workflow.is_restricted(item),
            }.items()
            if offered
        },
        "officer": officer or user.role in rights_policies.OVERSIGHT,
        "case_url": reverse("cases:case-detail", args=[item.case_code]) if seen else "",
        "panels": [
            {"url": reverse(name, args=[item.code]), "id": name.replace(":", "-"), "title": title}
            for kind, name, title in frame.REQUEST_PANELS
            if kind == item.kind and item.status != RightsStatus.RECEIVED
        ],
    }


@require_safe
def rights_detail(request: HttpRequest, code: str) -> HttpResponse:
    item = _found(request, code)
    return render_page(request, "cases/rights_detail.html", _detail(request, item))


@asks_or_acts
def rights_new(request: HttpRequest, code: str) -> HttpResponse:
    """Take in a request, on the page of the case that it is about."""
    user: Staff = request.user
    case = get_object_or_404(policies.cases_in_sight(user).with_list_data(), code=code)
    if not rights_policies.may_record(user, case):
        raise PermissionDenied
    open_section(request, case, Section.ACCESS)
    context = frame.case_frame(user, case, Section.ACCESS, _("Catat permintaan hak"))
    form = RightsRequestForm(request.POST if request.method == "POST" else None, case=case)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                item = workflow.record_request(case, by=user, **form.cleaned_data)
        except TransitionError as refusal:
            status = tell(form, refusal)
        else:
            messages.success(
                request, _("Permintaan tercatat. Pejabat pelindungan data sudah melihatnya di daftarnya.")
            )
            return redirect(request, "cases:rights-detail", item.code)
    return render_page(request, "cases/rights_new.html", context | {"form": form}, status=status)


@require_POST
def rights_take_up(request: HttpRequest, code: str) -> HttpResponse:
    item = _found(request, code)
    workflow.take_up(item, by=request.user)
    return redirect(request, "cases:rights-detail", item.code)


def _small_form(request: HttpRequest, code: str, name: str, form: Any, act: Any, done: str) -> HttpResponse:
    """One of the small forms on the request's page; what was typed stays where something is missing."""
    item = _found(request, code)
    status = 422
    if form.is_valid():
        try:
            with transaction.atomic():
                act(item, by=request.user, **form.cleaned_data)
        except TransitionError as refusal:
            status = tell(form, refusal)
        else:
            messages.success(request, done)
            return redirect(request, "cases:rights-detail", item.code)
    return render_page(request, "cases/rights_detail.html", _detail(request, item, **{name: form}), status=status)


@require_POST
def rights_ask(request: HttpRequest, code: str) -> HttpResponse:
    _found(request, code)
    rights_policies.require_officer(request.user)
    return _small_form(
        request, code, "ask", UnitQuestionForm(request.POST), workflow.ask_unit, _("Unit mendapat tugasnya.")
    )


@require_POST
def rights_answer(request: HttpRequest, code: str) -> HttpResponse:
    if not rights_policies.may_answer(request.user, _found(request, code)):
        raise PermissionDenied
    return _small_form(
        request, code, "answer", UnitAnswerForm(request.POST), workflow.answer_for_unit, _("Laporan terkirim.")
    )


@require_POST
def rights_lift(request: HttpRequest, code: str) -> HttpResponse:
    _found(request, code)
    rights_policies.require_officer(request.user)
    return _small_form(
        request, code, "lift", LiftForm(request.POST), workflow.lift_restriction, _("Pembatasan dicabut.")
    )


@asks_or_acts
def rights_decide(request: HttpRequest, code: str) -> HttpResponse:
    """The decision and its letter."""
    item = _found(request, code)
    rights_policies.require_officer(request.user)
    if request.method != "POST" and item.status != RightsStatus.UNDER_REVIEW:
        return redirect(request, "cases:rights-detail", item.code)
    form = DecisionForm(request.POST if request.method == "POST" else None, request=item)
    refusal, status = None, 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                workflow.decide(item, by=request.user, **given | {"outcome": RightsStatus(given["outcome"])})
        except TransitionError as error:
            refusal, status = error, 409
        else:
            messages.success(request, _("Keputusan tersimpan. Suratnya siap diunduh."))
            return redirect(request, "cases:rights-detail", item.code)
    context = _row(item, request.user) | {"form": form, "refusal": refusal}
    return render_page(request, "cases/rights_decide.html", context, status=status)


@require_safe
def rights_letter(request: HttpRequest, code: str) -> HttpResponse:
    """The answer as a letter; each download stands in the journal."""
    item = _found(request, code)
    if item.status not in DECIDE:
        raise Http404
    write_journal(
        JournalAction.DOWNLOAD,
        by=request.user,
        object_code=item.code,
        detail="rights letter",
        ip=request.META.get("REMOTE_ADDR"),
        request_id=getattr(request, "request_id", ""),
    )
    return pdf_answer(letters.rights_letter(item).content, f"surat-{item.code}.pdf")


def pdf_answer(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
