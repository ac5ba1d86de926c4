"""The partner's actions: answer, begin, note, worry, finish. A sender does them for a partner outside Titian."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Staff
from core.htmx import redirect, render_page
from partners import policies, workflow
from partners.enums import Act, ReferralStatus
from partners.forms import AnswerForm, FinishForm, NoteForm, WorryForm
from partners.models import Referral
from partners.views import words
from partners.views.referral import detail_page, visible_referral


def _today(user: Staff) -> dt.date:
    return timezone.localdate(timezone=user.unit.zone)


@require_http_methods(["GET", "POST"])
def referral_answer(request: HttpRequest, code: str) -> HttpResponse:
    """The form stands on the referral's page; a GET leads there."""
    user: Staff = request.user  # type: ignore[assignment]
    referral = visible_referral(request, code, Act.DELIVER)
    if request.method == "GET":
        return redirect(request, "partners:referral-detail", code)
    form = AnswerForm(request.POST, today=_today(user))
    if not form.is_valid():
        return detail_page(request, referral, answer=form, status=422)
    data = form.cleaned_data
    if data["decision"] == AnswerForm.ACCEPT:
        workflow.accept(referral, by=user, starts_on=data["starts_on"], note=data["message"])
        messages.success(request, _("Diterima. Data peserta tampil di bawah, selama rujukan berjalan."))
    else:
        workflow.decline(referral, by=user, reason=data["reason"])
        messages.success(request, _("Ditolak. Alasan Anda sudah dikirim ke pengirim."))
    return redirect(request, "partners:referral-detail", code)


@require_POST
def referral_begin(request: HttpRequest, code: str) -> HttpResponse:
    user: Staff = request.user  # type: ignore[assignment]
    workflow.begin(visible_referral(request, code, Act.DELIVER), by=user)
    messages.success(request, _("Layanan berjalan."))
    return redirect(request, "partners:referral-detail", code)


@require_POST
def family_assessment(request: HttpRequest, code: str) -> HttpResponse:
    """Begin the KRK that is asked for, or go on with it."""
    user: Staff = request.user  # type: ignore[assignment]
    assessment = workflow.start_family_assessment(visible_referral(request, code, Act.DELIVER), by=user)
    return redirect(request, "assessments:form", assessment.code)


@require_http_methods(["GET", "POST"])
def note_new(request: HttpRequest, code: str) -> HttpResponse:
    user: Staff = request.user  # type: ignore[assignment]
    referral = visible_referral(request, code, Act.DELIVER)
    form = NoteForm(request.POST if request.method == "POST" else None, today=_today(user))
    if request.method == "POST" and form.is_valid():
        note = workflow.write_note(referral, by=user, **form.cleaned_data)
        sent = _("Catatan terkirim. Petugas kasus diberi tahu sekarang.")
        messages.success(request, sent if note.safety_worry else _("Catatan terkirim."))
        return redirect(request, "partners:referral-detail", code)
    if "note" not in policies.actions_for(user, referral):
        return redirect(request, "partners:referral-detail", code)
    return render_page(
        request,
        "partners/note_form.html",
        {"form": form, "code": code, "name": _name(user, referral), "title": referral.offer.title},
        status=422 if form.is_bound else 200,
    )


def _name(user: Staff, referral: Referral) -> str:
    if policies.side_of(user) == policies.Side.PARTNER:
        return words.known_name(referral) if policies.shows_person(referral) else words.somebody(referral)
    return referral.case.participant.shown_name


@require_http_methods(["GET", "POST"])
def worry_new(request: HttpRequest) -> HttpResponse:
    """Two taps: whom it is about, and send."""
    user: Staff = request.user  # type: ignore[assignment]
    running = policies.with_data(user, policies.referrals_for(user, Act.DELIVER)).delivering().order_by("starts_on")  # type: ignore[attr-defined]
    choices = [(referral.code, f"{_name(user, referral)} · {referral.offer.title}") for referral in running]
    if not choices:
        policies.require_inbox(user)
    form = WorryForm(
        request.POST if request.method == "POST" else None, referrals=choices, chosen=request.GET.get("referral", "")
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        referral = get_object_or_404(running, code=data["referral"])
        workflow.report_worry(referral, by=user, client_id=data["client_id"], summary=data["summary"])
        messages.success(request, _("Terkirim. Petugas kasus diberi tahu sekarang dan menghubungi dalam 24 jam."))
        return redirect(request, "partners:referral-detail", referral.code)
    return render_page(
        request,
        "partners/worry_form.html",
        {"form": form, "has_running": bool(choices)},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def referral_finish(request: HttpRequest, code: str) -> HttpResponse:
    user: Staff = request.user  # type: ignore[assignment]
    referral = visible_referral(request, code, Act.DELIVER)
    if "finish" not in policies.actions_for(user, referral) and request.method == "GET":
        return redirect(request, "partners:referral-detail", code)
    form = FinishForm(
        request.POST if request.method == "POST" else None, can_complete=referral.status == ReferralStatus.IN_PROGRESS
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        workflow.finish(
            referral,
            by=user,
            is_complete=data["outcome"] == FinishForm.COMPLETE,
            result=data["result"],
            participant_feedback=data["participant_feedback"],
        )
        messages.success(request, _("Rujukan berakhir. Hasilnya sudah dikirim ke pengirim."))
        return redirect(request, "partners:referral-detail", code)
    return render_page(
        request,
        "partners/finish_form.html",
        {"form": form, "code": code, "name": _name(user, referral), "title": referral.offer.title},
        status=422 if form.is_bound else 200,
    )
