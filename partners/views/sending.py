"""The sender's pages: own referrals, the section of a case, a new referral, and its end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import RegionLevel
from accounts.models import Staff
from cases import policies as case_policies
from cases import sentence
from cases import workflow as case_workflow
from cases.enums import Section
from cases.frame import case_frame
from cases.models import Address, CaseFile
from cases.opening import open_section
from core.editing import Place, edit_page
from core.htmx import redirect, render_page, wants_fragment
from core.paging import Order, page_of
from core.workflow import TransitionError
from partners import policies, workflow
from partners.enums import Act, ReferralStatus, SharedField
from partners.filters import OfferFilter, ReferralFilter
from partners.forms import ReasonForm, ReferralForm
from partners.models import Referral, ServiceOffer
from partners.views import words

WAITING_SHOWN = 50
OFFERS_SHOWN = 60
PANEL_ROWS = 4


def _row(referral: Referral, reader: Staff, *, with_person: bool = True) -> dict[str, Any]:
    """One referral in a list of its senders."""
    row: dict[str, Any] = {
        "url": reverse("partners:referral-detail", args=[referral.code]),
        "code": referral.code,
        "name": referral.case.participant.shown_name if with_person else referral.offer.title,
        "text": f"{referral.offer.title}, {referral.partner.name}" if with_person else referral.partner.name,
        "worker": referral.case.lead_worker.full_name if referral.case.lead_worker else "",
        "chip": words.status_chip(referral),
        "day": sentence.day(timezone.localdate(referral.updated_at), timezone.localdate()),
    }
    if referral.status == ReferralStatus.SENT:
        due = words.reply_words(referral, reader)
        urgent = _("mendesak")
        row["due"] = replace(due, note=f"{due.note} · {urgent}") if words.is_urgent(referral) else due
    return row


@require_safe
def referral_list(request: HttpRequest) -> HttpResponse:
    """Referrals of the own caseload, or of the unit: answers that are overdue or awaited first."""
    user: Staff = request.user  # type: ignore[assignment]
    if policies.has_inbox(user):
        return redirect(request, "partners:inbox")
    policies.require_referral_list(user)
    branches = policies.referral_branches(user)
    wanted = ReferralFilter(request.GET, Referral.objects.all())
    status = wanted.form.cleaned_data.get("status", "") if wanted.form.is_valid() else ""
    victims = request.GET.get("list") == "victims"
    apart = [rows.filter(case__is_victim_file=True).order_by().values("pk")[:1] for rows in branches]
    has_victims = (apart[0].union(*apart[1:], all=True) if apart[1:] else apart[0]).exists()
    branches = [rows.filter(case__is_victim_file=victims) for rows in branches]
    narrowed = [
        rows.filter(status=status) if status else rows.exclude(status=ReferralStatus.SENT) for rows in branches
    ]
    waiting = page_of(
        [rows.filter(status=ReferralStatus.SENT) for rows in branches],
        Order("respond_by"),
        size=WAITING_SHOWN,
        load=lambda rows: rows.with_list_data(),
    )
    page = page_of(
        narrowed,
        Order("-updated_at"),
        cursor=request.GET.get("cursor", ""),
        load=lambda rows: rows.with_list_data(),
    )
    chosen = "list=victims&" if victims else ""
    link = f"?{chosen}status={status}&cursor="
    return render_page(
        request,
        "partners/referral_list.html",
        {
            "form": wanted.form,
            # Survivors stand in a list of their own (ET-15).
            "lists": [
                {"label": _("Rujukan"), "url": "?", "current": not victims, "count": None},
                {"label": _("Penyintas"), "url": "?list=victims", "current": victims, "count": None},
            ]
            if has_victims or victims
            else [],
            "victims": victims,
            "status": status,
            "waiting": [_row(referral, user) for referral in waiting.rows],
            "waiting_count": waiting.count,
            "late_count": sum(1 for referral in waiting.rows if referral.is_unanswered_late),
            "rows": [_row(referral, user) for referral in page.rows],
            "count": page.count,
            "next_url": link + page.next_cursor if page.next_cursor else "",
            "previous_url": link + page.previous_cursor if page.previous_cursor else "",
        },
        fragment="referrals",
    )


# ---- on the case page ----------------------------------------------------------------------------------------------


def _case(request: HttpRequest, code: str) -> CaseFile:
    user: Staff = request.user  # type: ignore[assignment]
    return get_object_or_404(case_policies.cases_in_sight(user).with_list_data(), code=code)  # type: ignore[attr-defined]


def _of_case(case: CaseFile) -> QuerySet[Referral]:
    return case.referrals.with_list_data().order_by("-created_at")


@require_safe
def case_referrals(request: HttpRequest, code: str) -> HttpResponse:
    user: Staff = request.user  # type: ignore[assignment]
    case = _case(request, code)
    frame = case_frame(user, case, Section.REFERRALS)
    open_section(request, case, Section.REFERRALS)
    rows = list(_of_case(case))
    open_states = (ReferralStatus.DRAFT, ReferralStatus.SENT, ReferralStatus.ACCEPTED, ReferralStatus.IN_PROGRESS)
    return render_page(
        request,
        "partners/case_referrals.html",
        frame
        | {
            "open_rows": [_row(row, user, with_person=False) for row in rows if row.status in open_states],
            "ended_rows": [_row(row, user, with_person=False) for row in rows if row.status not in open_states],
        },
    )


@require_safe
def referral_panel(request: HttpRequest, code: str) -> HttpResponse:
    """The card on the case page; asked for by itself, it is the section."""
    user: Staff = request.user  # type: ignore[assignment]
    case = _case(request, code)
    frame = case_frame(user, case, Section.REFERRALS)
    open_section(request, case, Section.REFERRALS)
    if not wants_fragment(request):
        return redirect(request, "partners:case-referrals", code)
    unfinished = list(_of_case(case).unfinished())  # type: ignore[attr-defined]
    return render_page(
        request,
        "partners/referral_panel.html",
        {
            "case": case,
            "actions": frame["actions"],
            "rows": [_row(row, user, with_person=False) for row in unfinished[:PANEL_ROWS]],
            "count": len(unfinished),
        },
        fragment="referral_panel",
    )


# ---- writing one ---------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def referral_new(request: HttpRequest, code: str) -> HttpResponse:
    """First choose an offer (``?offer=``), then say what is asked and what goes; the result is a draft to look at."""
    user: Staff = request.user  # type: ignore[assignment]
    case = _case(request, code)
    policies.require_on_case(user, case)
    frame = case_frame(user, case, Section.REFERRALS, str(_("Rujukan baru")))
    open_section(request, case, Section.REFERRALS)
    wanted = request.GET.get("offer", "").replace("\0", "")
    offer = ServiceOffer.objects.select_related("partner").filter(code=wanted).first()
    if offer is None:
        return _choose_offer(request, case, frame)
    if there := Referral.objects.unfinished().filter(case=case, offer=offer).first():
        messages.info(request, _("Rujukan ke layanan ini sudah ada. Ini halamannya."))
        return redirect(request, "partners:referral-detail", there.code)
    if reasons := workflow.why_not(offer):
        messages.error(request, reasons[0])
        return redirect(request, reverse("partners:referral-new", args=[case.code]))
    form = ReferralForm(request.POST if request.method == "POST" else None, case=case, offer=offer)
    if request.method == "POST" and form.is_valid():
        try:
            referral = workflow.create_referral(case, by=user, offer=offer, **form.fields_for_workflow())
        except TransitionError as refused:
            # The same form may have arrived twice at once: the one that lost leads to the one draft.
            if there := Referral.objects.unfinished().filter(case=case, offer=offer).first():
                return redirect(request, "partners:referral-detail", there.code)
            form.add_error(None, str(refused.message))
        else:
            return redirect(request, "partners:referral-detail", referral.code)
    return _form_page(request, frame, form, offer)


def _form_page(
    request: HttpRequest,
    frame: dict[str, Any],
    form: ReferralForm,
    offer: ServiceOffer,
) -> HttpResponse:
    return render_page(
        request,
        "partners/referral_form.html",
        _form_context(frame, offer) | {"form": form},
        status=422 if form.is_bound else 200,
    )


def _form_context(frame: dict[str, Any], offer: ServiceOffer, referral: Referral | None = None) -> dict[str, Any]:
    counted = ServiceOffer.objects.with_places().get(pk=offer.pk)
    return frame | {"offer": offer, "places": words.places(counted), "referral": referral}


def _choose_offer(request: HttpRequest, case: CaseFile, frame: dict[str, Any]) -> HttpResponse:
    """Offers that take referrals now, at first those of the person's own province."""
    asked = request.GET if {"q", "intervention", "region"} & set(request.GET) else {"region": _province_of(case)}
    offers = ServiceOffer.objects.may_receive_referrals().with_places().select_related("partner")
    wanted = OfferFilter(asked, offers.prefetch_related("regions"))
    taken = set(Referral.objects.unfinished().filter(case=case).values_list("offer_id", flat=True))
    rows = list(wanted.qs.order_by("partner__name", "title")[: OFFERS_SHOWN + 1])
    return render_page(
        request,
        "partners/offer_choice.html",
        frame
        | {
            "form": wanted.form,
            "offers": [
                {"offer": offer, "places": words.places(offer), "is_there": offer.pk in taken}
                for offer in rows[:OFFERS_SHOWN]
            ],
            "has_more": len(rows) > OFFERS_SHOWN,
        },
    )


def _province_of(case: CaseFile) -> str:
    home = case.participant.addresses.filter(kind=Address.Kind.HOME).select_related("region").first()
    region = home.region if home else case.lead_unit.region
    return region.pk[:2] if region and region.level in RegionLevel.values else ""


def _referral(request: HttpRequest, code: str, act: Act) -> Referral:
    """Invisible: 404. Visible, but this is not theirs to do: 403."""
    user: Staff = request.user  # type: ignore[assignment]
    visible = policies.with_data(user, policies.referrals_for(user)).select_related("consent", "grant")
    referral = get_object_or_404(visible, code=code)
    policies.require(user, act, referral)
    return referral


@require_http_methods(["GET", "POST"])
def referral_edit(request: HttpRequest, code: str) -> HttpResponse:
    user: Staff = request.user  # type: ignore[assignment]
    referral = _referral(request, code, Act.EDIT)
    if not referral.is_draft:
        messages.info(request, _("Rujukan yang sudah dikirim tidak dapat diubah."))
        return redirect(request, "partners:referral-detail", code)
    case = _case(request, referral.case.code)
    frame = case_frame(user, case, Section.REFERRALS, str(_("Ubah rujukan")))
    open_section(request, case, Section.REFERRALS)
    offer = referral.offer
    return edit_page(
        request,
        referral,
        form_of=lambda data, row: ReferralForm(data, case=case, offer=offer, referral=row),
        save=lambda form, version: workflow.edit_referral(
            referral, by=user, version=version, **form.fields_for_workflow()
        ),
        place=Place(
            "partners/referral_form.html",
            reverse("partners:referral-detail", args=[code]),
            _("Rujukan disimpan."),
            _form_context(frame, offer, referral),
        ),
    )


@require_POST
def referral_send(request: HttpRequest, code: str) -> HttpResponse:
    user: Staff = request.user  # type: ignore[assignment]
    referral = _referral(request, code, Act.EDIT)
    if referral.status == ReferralStatus.SENT:  # pressed twice: it went once
        return redirect(request, "partners:referral-detail", code)
    referral = workflow.send(referral, by=user)
    messages.success(
        request,
        _("Terkirim ke %(partner)s. Jawaban ditunggu sampai %(day)s.")
        % {"partner": referral.partner.name, "day": words.reply_day(referral, user)},
    )
    return redirect(request, "partners:referral-detail", code)


@require_http_methods(["GET", "POST"])
def referral_cancel(request: HttpRequest, code: str) -> HttpResponse:
    """A draft goes at once; what was sent needs a reason."""
    user: Staff = request.user  # type: ignore[assignment]
    referral = _referral(request, code, Act.EDIT)
    if request.method == "POST" and referral.is_draft:
        workflow.cancel(referral, by=user)
        messages.success(request, _("Draf rujukan dihapus dari daftar."))
        return redirect(request, "partners:case-referrals", referral.case.code)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        workflow.cancel(referral, by=user, reason=form.cleaned_data["reason"])
        messages.success(request, _("Rujukan dibatalkan. Mitra tidak lagi melihat data peserta."))
        return redirect(request, "partners:referral-detail", code)
    return render_page(
        request,
        "partners/referral_cancel.html",
        {"referral": referral, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def consent_withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """One step (ET-10): the page says what will stop, the button stops it."""
    user: Staff = request.user  # type: ignore[assignment]
    referral = _referral(request, code, Act.EDIT)
    consent = referral.consent
    if consent is None or not consent.is_in_force:
        messages.info(request, _("Rujukan ini tidak bertumpu pada persetujuan yang masih berlaku."))
        return redirect(request, "partners:referral-detail", code)
    if request.method == "POST":
        case_workflow.withdraw_consent(consent, by=user)
        messages.success(request, _("Persetujuan ditarik. Semua rujukan yang bertumpu padanya berhenti."))
        return redirect(request, "partners:referral-detail", code)
    resting = Referral.objects.open().filter(consent=consent).with_list_data()
    fields = [SharedField(field).label for field in consent.scope if field in SharedField.values]
    return render_page(
        request,
        "partners/consent_withdraw.html",
        {"referral": referral, "consent": consent, "fields": fields, "resting": resting},
    )
