"""What hangs on an organisation: its contacts, offers and agreements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Staff
from cases.enums import Right
from core.htmx import redirect
from core.workflow import TransitionError
from partners import policies, workflow
from partners.forms import AgreementForm, ContactForm, OfferForm, RenewForm
from partners.models import Agreement, PartnerContact, PartnerOrganisation, ServiceOffer
from partners.views.directory import edit_record, record_page


def _add(
    request: HttpRequest, form: Any, save: Callable[..., Any], *, title: Any, partner: PartnerOrganisation
) -> HttpResponse:
    """Show the form of a new record, or keep what it says and go back to the organisation."""
    if request.method == "POST" and form.is_valid():
        save(None, by=request.user, partner=partner, **form.cleaned_data)
        messages.success(request, _("Tersimpan."))
        return redirect(request, "partners:partner-detail", partner.code)
    return record_page(request, form, title=title, partner=partner)


def _change(
    request: HttpRequest,
    row: Any,
    form_of: Callable[[Any, Any], Any],
    save: Callable[..., Any],
    *,
    title: Any,
    partner: PartnerOrganisation,
) -> HttpResponse:
    return edit_record(
        request,
        row,
        form_of=form_of,
        save=lambda form, version: save(row, by=request.user, partner=partner, version=version, **form.cleaned_data),
        title=title,
        partner=partner,
    )


def _editable_partner(request: HttpRequest, code: str) -> PartnerOrganisation:
    """Invisible: 404. Visible, but not for this person to change: 403."""
    user: Staff = request.user  # type: ignore[assignment]
    partner = get_object_or_404(policies.partners_for(user), code=code)
    policies.require_partner(user, Right.EDIT, partner)
    return partner


@require_http_methods(["GET", "POST"])
def contact_new(request: HttpRequest, code: str) -> HttpResponse:
    partner = _editable_partner(request, code)
    form = ContactForm(request.POST if request.method == "POST" else None)
    return _add(request, form, workflow.save_contact, title=_("Narahubung baru"), partner=partner)


def _contact(request: HttpRequest, partner: PartnerOrganisation, code: str) -> PartnerContact:
    return get_object_or_404(policies.contacts_for(request.user), partner=partner, code=code)  # type: ignore[arg-type]


@require_http_methods(["GET", "POST"])
def contact_edit(request: HttpRequest, code: str, contact_code: str) -> HttpResponse:
    partner = _editable_partner(request, code)
    contact = _contact(request, partner, contact_code)
    return _change(
        request,
        contact,
        lambda data, row: ContactForm(data, instance=row),
        workflow.save_contact,
        title=_("Ubah narahubung"),
        partner=partner,
    )


@require_POST
def contact_remove(request: HttpRequest, code: str, contact_code: str) -> HttpResponse:
    partner = _editable_partner(request, code)
    workflow.remove_contact(_contact(request, partner, contact_code), by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("Narahubung dihapus dari direktori."))
    return redirect(request, "partners:partner-detail", partner.code)


def _partner_with_own_offers(request: HttpRequest, code: str) -> PartnerOrganisation:
    user: Staff = request.user  # type: ignore[assignment]
    partner = get_object_or_404(policies.partners_for(user), code=code)
    policies.require_offers_of(user, partner)
    return partner


@require_http_methods(["GET", "POST"])
def offer_new(request: HttpRequest, code: str) -> HttpResponse:
    partner = _partner_with_own_offers(request, code)
    form = OfferForm(request.POST if request.method == "POST" else None, partner=partner)
    return _add(request, form, workflow.save_offer, title=_("Layanan baru"), partner=partner)


@require_http_methods(["GET", "POST"])
def offer_edit(request: HttpRequest, code: str, offer_code: str) -> HttpResponse:
    partner = _partner_with_own_offers(request, code)
    offer = get_object_or_404(ServiceOffer, partner=partner, code=offer_code)
    return _change(
        request,
        offer,
        lambda data, row: OfferForm(data, instance=row, partner=partner),
        workflow.save_offer,
        title=_("Ubah layanan"),
        partner=partner,
    )


@require_http_methods(["GET", "POST"])
def agreement_new(request: HttpRequest, code: str) -> HttpResponse:
    partner = _editable_partner(request, code)
    form = AgreementForm(request.POST if request.method == "POST" else None)
    return _add(request, form, workflow.save_agreement, title=_("Perjanjian baru"), partner=partner)


def _agreement(request: HttpRequest, partner: PartnerOrganisation, code: str) -> Agreement:
    return get_object_or_404(policies.agreements_for(request.user), partner=partner, code=code)  # type: ignore[arg-type]


@require_http_methods(["GET", "POST"])
def agreement_edit(request: HttpRequest, code: str, agreement_code: str) -> HttpResponse:
    partner = _editable_partner(request, code)
    agreement = _agreement(request, partner, agreement_code)
    return _change(
        request,
        agreement,
        lambda data, row: AgreementForm(data, instance=row),
        workflow.save_agreement,
        title=_("Ubah perjanjian"),
        partner=partner,
    )


@require_POST
def agreement_activate(request: HttpRequest, code: str, agreement_code: str) -> HttpResponse:
    partner = _editable_partner(request, code)
    workflow.activate_agreement(_agreement(request, partner, agreement_code), by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("Perjanjian aktif."))
    return redirect(request, "partners:partner-detail", partner.code)


@require_POST
def agreement_end(request: HttpRequest, code: str, agreement_code: str) -> HttpResponse:
    partner = _editable_partner(request, code)
    workflow.end_agreement(_agreement(request, partner, agreement_code), by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("Perjanjian diakhiri."))
    return redirect(request, "partners:partner-detail", partner.code)


@require_http_methods(["GET", "POST"])
def agreement_renew(request: HttpRequest, code: str, agreement_code: str) -> HttpResponse:
    user: Staff = request.user  # type: ignore[assignment]
    partner = _editable_partner(request, code)
    agreement = _agreement(request, partner, agreement_code)
    form = RenewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            workflow.renew_agreement(agreement, by=user, **form.cleaned_data)
        except TransitionError as refused:
            form.add_error(None, str(refused.message))
        else:
            messages.success(request, _("Perjanjian baru tersimpan sebagai draf. Aktifkan setelah ditandatangani."))
            return redirect(request, "partners:partner-detail", partner.code)
    return record_page(request, form, title=_("Perbarui perjanjian"), partner=partner, lead=agreement.number)
