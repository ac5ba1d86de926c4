"""The directory: organisations, and one organisation's page. It says nothing about the people who are referred."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Staff
from cases.enums import Right
from core.editing import Place, edit_page
from core.htmx import redirect, render_page
from core.paging import Order, page_of
from partners import policies, workflow
from partners.enums import AgreementStatus
from partners.filters import PartnerFilter
from partners.forms import PartnerForm
from partners.models import Agreement, PartnerOrganisation
from partners.views import words


@require_safe
def partner_list(request: HttpRequest) -> HttpResponse:
    user: Staff = request.user  # type: ignore[assignment]
    wanted = PartnerFilter(request.GET, policies.partners_for(user))
    page = page_of(
        [wanted.qs],
        Order("name"),
        cursor=request.GET.get("cursor", ""),
        load=lambda rows: rows.prefetch_related("regions"),
    )
    query = request.GET.copy()
    query.pop("cursor", None)
    link = f"?{query.urlencode()}&cursor=" if query else "?cursor="
    return render_page(
        request,
        "partners/partner_list.html",
        {
            "form": wanted.form,
            "is_narrowed": any(value for key, value in query.items()),
            "partners": page.rows,
            "count": page.count,
            "next_url": link + page.next_cursor if page.next_cursor else "",
            "previous_url": link + page.previous_cursor if page.previous_cursor else "",
            "actions": {"add"} if policies.can_add_partner(user) else set(),
        },
        fragment="partners",
    )


@require_safe
def partner_detail(request: HttpRequest, code: str) -> HttpResponse:
    user: Staff = request.user  # type: ignore[assignment]
    partner = get_object_or_404(policies.partners_for(user).prefetch_related("regions", "contacts"), code=code)
    can_edit = policies.partners_for(user, Right.EDIT).filter(pk=partner.pk).exists()
    can_offer = policies.can_add_offer(user, partner)
    offers = partner.offers.with_places().prefetch_related("regions").order_by("title")
    return render_page(
        request,
        "partners/partner_detail.html",
        {
            "partner": partner,
            "offers": [{"offer": offer, "places": words.places(offer)} for offer in offers],
            "agreements": [_agreement_row(agreement, can_edit) for agreement in partner.agreements.all()],
            "actions": {name for name, may in (("edit", can_edit), ("offer", can_offer)) if may},
        },
    )


def _agreement_row(agreement: Agreement, can_edit: bool) -> dict[str, Any]:
    """Which moves are open from the agreement's state, for who may edit."""
    moves = {
        AgreementStatus.DRAFT: {"edit", "activate"},
        AgreementStatus.ACTIVE: {"edit", "end", "renew"},
        AgreementStatus.ENDED: {"renew"},
    }
    return {
        "agreement": agreement,
        "chip": words.agreement_chip(agreement),
        "actions": moves.get(AgreementStatus(agreement.status), set()) if can_edit else set(),
    }


@require_http_methods(["GET", "POST"])
def partner_new(request: HttpRequest) -> HttpResponse:
    user: Staff = request.user  # type: ignore[assignment]
    policies.require_directory(user)
    form = PartnerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        partner = workflow.save_partner(None, by=user, **form.cleaned_data)
        messages.success(request, _("Mitra tersimpan."))
        return redirect(request, "partners:partner-detail", partner.code)
    return record_page(request, form, title=_("Mitra baru"))


@require_http_methods(["GET", "POST"])
def partner_edit(request: HttpRequest, code: str) -> HttpResponse:
    user: Staff = request.user  # type: ignore[assignment]
    partner = get_object_or_404(policies.partners_for(user), code=code)
    policies.require_partner(user, Right.EDIT, partner)
    return edit_record(
        request,
        partner,
        form_of=lambda data, row: PartnerForm(data, instance=row),
        save=lambda form, version: workflow.save_partner(partner, by=user, version=version, **form.cleaned_data),
        title=_("Ubah mitra"),
        partner=partner,
    )


def record_page(
    request: HttpRequest,
    form: Any,
    *,
    title: Any,
    partner: PartnerOrganisation | None = None,
    lead: Any = "",
) -> HttpResponse:
    """One form of the directory; an invalid one answers 422."""
    context = _record_context(title, partner) | {"form": form, "lead": lead}
    return render_page(request, "partners/record_form.html", context, status=422 if form.is_bound else 200)


def _record_context(title: Any, partner: PartnerOrganisation | None) -> dict[str, Any]:
    home = reverse("partners:partner-detail", args=[partner.code]) if partner else reverse("partners:partner-list")
    known = PartnerOrganisation.objects.get(pk=partner.pk) if partner else None
    return {"title": title, "partner": known, "home": home}


def edit_record(
    request: HttpRequest,
    row: Any,
    *,
    form_of: Callable[[Any, Any], Any],
    save: Callable[[Any, int], object],
    title: Any,
    partner: PartnerOrganisation,
) -> HttpResponse:
    """The edit of an organisation or of what hangs on it."""
    context = _record_context(title, partner) | {"lead": ""}
    place = Place(
        "partners/record_form.html", context["home"], _("Tersimpan."), context, parent=context["partner"].name
    )
    return edit_page(request, row, form_of=form_of, save=save, place=place)
