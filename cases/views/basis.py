"""Why data of a case may be used: by law, which nobody takes back, beside consent, which the person may."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Staff
from cases import workflow
from cases.enums import ConsentPurpose, ConsentStatus, Section
from cases.forms.basis import BasisForm, ConsentForm
from cases.models import CaseFile, Consent, ProcessingBasis
from cases.policies import sharing
from cases.views.pages import offer_proof, open_page
from cases.workflow.consent import CONSENT_SCOPES
from core.editing import tell
from core.htmx import redirect, render_page
from core.uploads import takes_files
from core.workflow import TransitionError

asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])
CHIPS = {ConsentStatus.GIVEN: "on", ConsentStatus.REQUESTED: "soon"}


@require_safe
def basis(request: HttpRequest, code: str) -> HttpResponse:
    """Side by side: what the law says, and what the person has agreed to."""
    case, frame = open_page(request, code, Section.ACCESS, _("Dasar hukum dan persetujuan"))
    user: Staff = request.user  # type: ignore[assignment]
    works = sharing.works_on(user, case)
    consents = case.consents.select_related("explained_by", "document").order_by("-created_at", "-pk")
    return render_page(
        request,
        "cases/case_basis.html",
        frame
        | {
            "bases": list(case.bases.select_related("recorded_by")),
            "consents": [_consent_row(consent) for consent in consents],
            "reads_documents": Section.DOCUMENTS in frame["seen"],
            "works": works and case.is_open,
            "withdraws": works,
            "purposes": [(purpose.label, _url_of(case, purpose)) for purpose in ConsentPurpose],
        },
    )


def _url_of(case: CaseFile, purpose: ConsentPurpose) -> str:
    """Sharing with another unit has a form of its own, which knows units and sections."""
    if purpose == ConsentPurpose.SHARING:
        return reverse("cases:share-consent-new", args=[case.code])
    return reverse("cases:consent-new", args=[case.code, purpose.value])


def _consent_row(consent: Consent) -> dict[str, Any]:
    in_force = consent.is_in_force
    is_over = consent.status == ConsentStatus.GIVEN and not in_force
    labels = dict(CONSENT_SCOPES.get(ConsentPurpose(consent.purpose), ())) | dict(Section.choices)
    return {
        "consent": consent,
        "status": ConsentStatus.EXPIRED.label if is_over else consent.get_status_display(),
        "kind": "" if is_over else CHIPS.get(ConsentStatus(consent.status), "done"),
        "is_in_force": in_force,
        "scope": [labels.get(value, value) for value in consent.scope],
    }


def _perform(
    request: HttpRequest, frame: dict[str, Any], form: forms.Form, act: Any, done: str | Promise, explanation: Any
) -> HttpResponse:
    """Show the form, or carry it out; a refusal is told above it, with what was typed still there."""
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                act()
        except TransitionError as refusal:
            status = tell(form, refusal)
        else:
            messages.success(request, str(done))
            return redirect(request, "cases:basis", frame["case"].code)
    context = frame | {"form": form, "explanation": explanation, "back": "cases:basis"}
    return render_page(request, "cases/basis_form.html", context, status=status)


@asks_or_acts
def basis_new(request: HttpRequest, code: str) -> HttpResponse:
    case, frame = open_page(request, code, Section.ACCESS, _("Catat dasar hukum"))
    user: Staff = request.user  # type: ignore[assignment]
    sharing.require_working(user, case)
    form = BasisForm(request.POST if request.method == "POST" else None)
    return _perform(
        request,
        frame,
        form,
        lambda: workflow.record_basis(case, by=user, **form.arguments()),
        _("Dasar hukum dicatat."),
        _("Untuk pemrosesan yang diperintahkan atau dibolehkan aturan. Peserta tidak dimintai persetujuan untuk ini."),
    )


@asks_or_acts
def basis_end(request: HttpRequest, code: str, basis_code: str) -> HttpResponse:
    case, frame = open_page(request, code, Section.ACCESS, _("Akhiri dasar hukum"))
    user: Staff = request.user  # type: ignore[assignment]
    sharing.require_working(user, case)
    found = get_object_or_404(ProcessingBasis, case=case, code=basis_code)
    form = forms.Form(request.POST if request.method == "POST" else None)
    return _perform(
        request,
        frame | {"basis": found, "ends": True},
        form,
        lambda: workflow.end_basis(found, by=user),
        _("Dasar hukum berakhir hari ini."),
        _("Berakhir pada akhir hari ini dan tetap tercatat."),
    )


@takes_files
@asks_or_acts
def consent_new(request: HttpRequest, code: str, purpose: str) -> HttpResponse:
    """A consent for one purpose: what for, to whom, given by whom, explained how, proven by what."""
    if purpose not in ConsentPurpose.values or purpose == ConsentPurpose.SHARING:
        raise Http404
    case, frame = open_page(request, code, Section.ACCESS, _("Catat persetujuan"))
    user: Staff = request.user  # type: ignore[assignment]
    sharing.require_working(user, case)
    what = ConsentPurpose(purpose)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ConsentForm(*sent, case=case, purpose=what)
    offer_proof(form, user, frame, Section.DOCUMENTS)
    return _perform(
        request,
        frame | {"purpose": what.label},
        form,
        lambda: workflow.give_consent(case, by=user, purpose=what, **form.arguments()),
        _("Persetujuan dicatat."),
        _("Persetujuan adalah pilihan bebas. Peserta boleh menariknya kapan saja."),
    )
