"""The directory: organisations, and one organisation's page. It says nothing about the people who are referred."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Staff
from cases.enums import Right
from core.htmx import redirect, render_page
from core.paging import Order, page_of
from core.workflow import StaleError
from partners import policies, workflow
from partners.enums import AgreementStatus
from partners.filters import PartnerFilter
from partners.forms import PartnerForm, RecordForm
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
        partner = workflow.save_partner(None, by=user, **form.values())
        messages.success(request, _("Mitra tersimpan."))
        return redirect(request, "partners:partner-detail", partner.code)
    return record_page(request, form, title=_("Mitra baru"))


@require_http_methods(["GET", "POST"])
def partner_edit(request: HttpRequest, code: str) -> HttpResponse:
    user: Staff = request.user  # type: ignore[assignment]
    partner = get_object_or_404(policies.partners_for(user), code=code)
    policies.require_partner(user, Right.EDIT, partner)
    form = PartnerForm(request.POST if request.method == "POST" else None, instance=partner)
    if request.method == "POST" and form.is_valid():
        try:
            workflow.save_partner(partner, by=user, **form.values())
        except StaleError as stale:
            return stale_page(request, form, stale, title=_("Ubah mitra"), partner=partner)
        messages.success(request, _("Mitra tersimpan."))
        return redirect(request, "partners:partner-detail", partner.code)
    return record_page(request, form, title=_("Ubah mitra"), partner=partner)


def record_page(
    request: HttpRequest,
    form: Any,
    *,
    title: Any,
    partner: PartnerOrganisation | None = None,
    status: int | None = None,
    stale: list[dict[str, str]] | None = None,
    lead: Any = "",
) -> HttpResponse:
    """One form of the directory; an invalid one answers 422."""
    home = reverse("partners:partner-detail", args=[partner.code]) if partner else reverse("partners:partner-list")
    known = PartnerOrganisation.objects.get(pk=partner.pk) if partner else None
    return render_page(
        request,
        "partners/record_form.html",
        {"form": form, "title": title, "partner": known, "home": home, "stale": stale, "lead": lead},
        status=status or (422 if form.is_bound else 200),
    )


def stale_page(
    request: HttpRequest, form: RecordForm, stale: StaleError, *, title: Any, partner: PartnerOrganisation
) -> HttpResponse:
    """The same form with all that was typed, and beside it what somebody else has saved meanwhile.

    It carries the new version: saving again is then a decision made with open eyes.
    """
    now = type(form)(instance=stale.current, **({"partner": partner} if hasattr(form, "partner") else {}))
    differing = [
        {"label": str(field.label), "theirs": _plain(now[field.name].value(), field)}
        for field in form
        if field.name != "version" and _key(now[field.name].value()) != _key(field.value())
    ]
    data = form.data.copy()
    data["version"] = str(stale.current.version)  # type: ignore[attr-defined]
    form.data = data
    return record_page(request, form, title=title, partner=partner, status=409, stale=differing)


def _key(value: Any) -> Any:
    """Values of a field as typed and as saved, made comparable."""
    if isinstance(value, list | tuple):
        return sorted(str(getattr(part, "pk", part)) for part in value)
    if isinstance(value, bool):
        return value
    return str("" if value is None else value).strip()


def _plain(value: Any, field: Any) -> str:
    choices = dict(getattr(field.field, "choices", ()) or ())
    parts = value if isinstance(value, list | tuple) else [value]
    shown = [str(choices.get(part, part)) for part in parts if part not in (None, "")]
    if isinstance(value, bool):
        return str(_("Ya") if value else _("Tidak"))
    return ", ".join(shown) or "–"
