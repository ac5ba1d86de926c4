"""Complaints and reports of harm: made by anybody, also without an account, answered outside the line of command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Staff
from cases import policies
from cases.enums.complaints import ComplaintStatus
from cases.forms.complaints import AnswerForm, ComplaintForm, ForwardForm, PublicComplaintForm, ReceiptForm
from cases.models import Complaint
from cases.policies import complaints as complaint_policies
from cases.policies import requests as rights_policies
from cases.views.rights import chip_of, desk_row, rights_tabs
from cases.workflow import complaints as workflow
from core.editing import tell
from core.htmx import redirect, render_page
from core.limits import within
from core.workflow import TransitionError

asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 100
HOUR = 3_600
# From one address, and from all together: enough for a family at a shared phone, too few for a machine.
REPORTS_AN_HOUR, ALL_REPORTS_AN_HOUR, LOOKUPS_AN_HOUR = 5, 100, 30
CHIPS = {
    ComplaintStatus.RECEIVED: ("soon", "inbox-arrow-down"),
    ComplaintStatus.UNDER_REVIEW: ("on", "magnifying-glass"),
    ComplaintStatus.ANSWERED: ("done", "check-circle"),
    ComplaintStatus.NOT_PURSUED: ("", "x-circle"),
}


def _row(item: Complaint, user: Staff) -> dict[str, Any]:
    return desk_row(item, user, CHIPS)


# ---- making one ----------------------------------------------------------------------------------------------------


@asks_or_acts
def complaint_new(request: HttpRequest, code: str = "") -> HttpResponse:
    """A report by somebody who signed in; with ``code``, about a case that they see."""
    user: Staff = request.user
    sight = policies.cases_in_sight(user).select_related("lead_unit")
    case = get_object_or_404(sight, code=code) if code else None
    form = ComplaintForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        workflow.complain(by=user, case=case, **form.cleaned_data)
        messages.success(request, _("Laporan terkirim kepada pejabat pelindungan data."))
        return redirect(request, "cases:complaint-own")
    status = 422 if form.is_bound else 200
    return render_page(request, "cases/complaint_new.html", {"form": form, "code": code}, status=status)


@require_safe
def complaint_own(request: HttpRequest) -> HttpResponse:
    """What this person reported, and the answers."""
    own = complaint_policies.own_complaints(request.user).order_by("-received_at")[:SHOWN]
    return render_page(request, "cases/complaint_own.html", {"rows": [_row(item, request.user) for item in own]})


@never_cache
@login_not_required
@asks_or_acts
def complaint_public(request: HttpRequest) -> HttpResponse:
    """For participants and families: no account, no name asked, a receipt to read the answer with."""
    form = PublicComplaintForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            if not _may_report(request):
                form.add_error(None, _("Terlalu banyak laporan dari sini. Coba lagi satu jam lagi, atau datang."))
                status = 429
            else:
                given = form.cleaned_data
                receipt = workflow.complain_publicly(
                    kind=given["kind"],
                    words=given["words"],
                    contact=given["contact"],
                    client_id=given["client_id"],
                )
                return render_page(request, "cases/complaint_receipt.html", {"receipt": receipt})
    return render_page(request, "cases/complaint_public.html", {"form": form}, status=status)


@never_cache
@login_not_required
@asks_or_acts
def complaint_lookup(request: HttpRequest) -> HttpResponse:
    """The answer to a report from outside. A wrong code and an unknown one read the same."""
    form = ReceiptForm(request.POST if request.method == "POST" else None)
    found, status = None, 200
    if form.is_bound:
        status = 422
        if not within("complaint-lookup", _address(request), most=LOOKUPS_AN_HOUR, seconds=HOUR):
            form.add_error(None, _("Terlalu banyak percobaan dari sini. Coba lagi satu jam lagi."))
            status = 429
        elif form.is_valid():
            found = workflow.answer_of(form.cleaned_data["receipt"])
            if found is None:
                form.add_error("receipt", _("Kode ini tidak kami kenal. Periksa lagi tulisannya."))
            else:
                status = 200
    context = {"form": form, "found": found, "chip": chip_of(found, CHIPS) if found else None}
    return render_page(request, "cases/complaint_lookup.html", context, status=status)


def _may_report(request: HttpRequest) -> bool:
    mine = within("complaint", _address(request), most=REPORTS_AN_HOUR, seconds=HOUR)
    return mine and within("complaint", "everybody", most=ALL_REPORTS_AN_HOUR, seconds=HOUR)


def _address(request: HttpRequest) -> str:
    address: str = get_adapter(request).get_client_ip(request)
    return address


# ---- answering it --------------------------------------------------------------------------------------------------


@require_safe
def complaint_list(request: HttpRequest) -> HttpResponse:
    user: Staff = request.user
    rights_policies.require_oversight(user)
    found = complaint_policies.complaints_for(user).select_related("unit")
    waiting = [_row(item, user) for item in found.waiting()[:SHOWN]]
    ended = [_row(item, user) for item in found.exclude(answered_at=None).order_by("-answered_at", "-pk")[:SHOWN]]
    return render_page(
        request,
        "cases/complaint_list.html",
        {
            "waiting": waiting,
            "ended": ended,
            "late": sum(row["late"] for row in waiting),
            "tabs": rights_tabs("cases:complaint-list"),
        },
    )


def _found(request: HttpRequest, code: str) -> Complaint:
    complaints = complaint_policies.complaints_for(request.user)
    return get_object_or_404(complaints.select_related("unit", "reporter__unit", "answered_by"), code=code)


def _detail(request: HttpRequest, item: Complaint, **forms: Any) -> dict[str, Any]:
    under_review = item.status == ComplaintStatus.UNDER_REVIEW
    offered = {
        "take_up": item.status == ComplaintStatus.RECEIVED,
        "answer": under_review,
        "forward": under_review and item.case_id is not None,
    }
    return {
        **_row(item, request.user),
        "forms": {"answer": AnswerForm(), "forward": ForwardForm()} | forms,
        "actions": {name for name, is_offered in offered.items() if is_offered},
    }


@require_safe
def complaint_detail(request: HttpRequest, code: str) -> HttpResponse:
    return render_page(request, "cases/complaint_detail.html", _detail(request, _found(request, code)))


@require_POST
def complaint_take_up(request: HttpRequest, code: str) -> HttpResponse:
    item = workflow.take_up(_found(request, code), by=request.user)
    return redirect(request, "cases:complaint-detail", item.code)


def _act(
    request: HttpRequest, item: Complaint, name: str, form: Any, act: Callable[..., Complaint], done: str
) -> HttpResponse:
    status = 422
    if form.is_valid():
        try:
            with transaction.atomic():
                act(item, by=request.user, **form.cleaned_data)
        except TransitionError as refusal:
            status = tell(form, refusal)
        else:
            messages.success(request, done)
            return redirect(request, "cases:complaint-detail", item.code)
    context = _detail(request, item, **{name: form})
    context["actions"].add(name)
    return render_page(request, "cases/complaint_detail.html", context, status=status)


@require_POST
def complaint_forward(request: HttpRequest, code: str) -> HttpResponse:
    item, form = _found(request, code), ForwardForm(request.POST)
    return _act(request, item, "forward", form, workflow.forward, _("Unit mendapat tugasnya."))


@require_POST
def complaint_answer(request: HttpRequest, code: str) -> HttpResponse:
    item, form = _found(request, code), AnswerForm(request.POST)
    return _act(request, item, "answer", form, workflow.answer, _("Jawaban tersimpan. Pelapor dapat membacanya."))
