"""Who can see a case, and why; and the moves by which the lead unit opens it to others and takes that back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Staff
from cases import policies, workflow
from cases.enums import DERADICALISATION_TYPES, ConsentPurpose, ConsentStatus, GrantSource, Section
from cases.forms.sharing import (
    ConferenceForm,
    EndForm,
    RenewForm,
    ShareConsentForm,
    ShareForm,
    end_of_day,
    words_of,
)
from cases.frame import case_frame
from cases.models import CaseFile, CaseUserGrant, Consent
from cases.opening import open_section
from cases.policies import requests as rights_policies
from cases.policies import sharing
from cases.views.holds import holds_on
from cases.views.pages import offer_proof
from core.editing import tell
from core.htmx import redirect, render_page
from core.uploads import takes_files
from core.workflow import TransitionError

asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])
FORMER_SHOWN = 50


def _open(request: HttpRequest, code: str, page: str | Promise = "") -> tuple[CaseFile, dict[str, Any]]:
    user: Staff = request.user  # type: ignore[assignment]
    cases = policies.cases_in_sight(user).with_list_data().select_related("lead_agency")
    case = get_object_or_404(cases, code=code)
    frame = case_frame(user, case, Section.ACCESS, page)
    open_section(request, case, Section.ACCESS)
    return case, frame


@require_safe
def access(request: HttpRequest, code: str) -> HttpResponse:
    """Every person and unit that can see this case: relation, sections, basis, purpose, until, given by."""
    case, frame = _open(request, code)
    user: Staff = request.user  # type: ignore[assignment]
    decides, works = sharing.decides(user, case), sharing.works_on(user, case)
    grants = sharing.shares_of(case)
    running = [grant for grant in grants if not grant.is_over]
    managed = sharing.managed(case, running, decides=decides, works=works)
    shares = [_row(grant, case, decides=decides, manages=grant in managed) for grant in grants]
    team = CaseUserGrant.objects.filter(content_object=case, source=GrantSource.CASELOAD)
    may_share = case.is_open and not case.for_child
    return render_page(
        request,
        "cases/case_access.html",
        frame
        | {
            "team": list(team.select_related("user__unit", "granted_by").order_by("granted_at", "pk")),
            "team_columns": _columns(_("Petugas"), _("Bagian"), _("Sejak"), _("Ditetapkan oleh")),
            "supervisors": list(policies.supervisors_of(case)),
            "shares": [row for row in shares if not row["grant"].is_over],
            "former": [row for row in reversed(shares) if row["grant"].is_over][:FORMER_SHOWN],
            "columns": _columns(_("Orang atau unit"), _("Mengapa"), _("Bagian"), _("Masa"), _("Tindakan")),
            "analysts_see": case.case_type in DERADICALISATION_TYPES and not case.for_child,
            "consents": list(case.consents.filter(purpose=ConsentPurpose.SHARING, status=ConsentStatus.GIVEN)),
            "share_url": reverse("cases:share-new", args=[case.code]) if may_share else "",
            "conference_url": reverse("cases:conference-new", args=[case.code]) if case.is_open and decides else "",
            "consent_url": reverse("cases:share-consent-new", args=[case.code]) if case.is_open and works else "",
            "basis_url": reverse("cases:basis", args=[case.code]),
            "seen_url": reverse("cases:seen", args=[case.code]) if decides else "",
            "history_url": reverse("cases:history", args=[case.code]) if decides else "",
            **holds_on(user, case),
            "requests": rights_policies.rights_requests_for(user).filter(case=case).order_by("-received_at"),
            "decides": decides,
            "works": works,
            "days": settings.SHARING_DAYS,
        },
    )


def _columns(*labels: str | Promise) -> list[dict[str, Any]]:
    return [{"label": label} for label in labels]


def _row(grant: sharing.Grant, case: CaseFile, *, decides: bool = False, manages: bool = False) -> dict[str, Any]:
    is_person = isinstance(grant, CaseUserGrant)
    unit = sharing.unit_of(grant)
    return {
        "grant": grant,
        "who": grant.user.full_name if is_person else unit.short_name,
        "where": unit.short_name if is_person else _("Semua petugas dan pengawas unit"),
        "sections": words_of(grant.sections),
        "renew_url": _url("share-renew", case, grant) if manages and grant.source != GrantSource.BREAK_GLASS else "",
        "end_url": _url("share-end", case, grant) if manages else "",
        "review_url": reverse("cases:break-glass-detail", args=[grant.code])
        if decides and grant.source == GrantSource.BREAK_GLASS
        else "",
    }


def _url(name: str, case: CaseFile, grant: sharing.Grant) -> str:
    return reverse(f"cases:{name}", args=[case.code, grant.code])


def _perform(
    request: HttpRequest,
    frame: dict[str, Any],
    form: forms.Form,
    act: Callable[[], object],
    *,
    template: str,
    done: str | Promise,
    extra: dict[str, Any] | None = None,
    finds: bool = False,
) -> HttpResponse:
    """Show a form, or carry out its move; a refusal is told above the form, with what was typed still there."""
    case: CaseFile = frame["case"]
    status = 200
    if request.method == "POST" and not finds:
        status = 422
        if form.is_valid():
            try:
                with transaction.atomic():
                    act()
            except TransitionError as refusal:
                status = tell(form, refusal)
            else:
                messages.success(request, str(done))
                return redirect(request, "cases:access", case.code)
    return render_page(request, template, frame | {"form": form} | (extra or {}), status=status)


def _data(request: HttpRequest) -> tuple[dict[str, Any], bool]:
    """Arguments of a form: what was sent, or, where only people were asked for, what was typed so far."""
    if request.method != "POST":
        return {}, False
    if "find_people" not in request.POST:
        return {"data": request.POST}, False
    typed = {name: request.POST.getlist(name) for name in request.POST}
    many = ("sections", "units", "members")
    return {"initial": {name: values if name in many else values[-1] for name, values in typed.items()}}, True


@asks_or_acts
def share_new(request: HttpRequest, code: str) -> HttpResponse:
    """Share with a unit, or with one of its people."""
    user: Staff = request.user  # type: ignore[assignment]
    case, frame = _open(request, code, _("Bagikan berkas"))
    sharing.require_sharing(user, case)
    if case.for_child:
        raise TransitionError(_("Berkas anak hanya dibagikan dengan keputusan pembahasan kasus."))
    data, finds = _data(request)
    form = ShareForm(**data, case=case, user=user)
    return _perform(
        request,
        frame,
        form,
        lambda: workflow.share(case, by=user, **form.arguments()),
        template="cases/share_new.html",
        done=_("Berkas dibagikan. Penerima diberi tahu."),
        extra={"decides": sharing.decides(user, case), "days": settings.SHARING_DAYS},
        finds=finds,
    )


@asks_or_acts
def conference_new(request: HttpRequest, code: str) -> HttpResponse:
    """Write down a case conference and what its members may read."""
    user: Staff = request.user  # type: ignore[assignment]
    case, frame = _open(request, code, _("Catat pembahasan kasus"))
    sharing.require_decision(user, case)
    data, finds = _data(request)
    form = ConferenceForm(**data, case=case, user=user)
    return _perform(
        request,
        frame,
        form,
        lambda: workflow.hold_conference(case, by=user, **form.arguments()),
        template="cases/conference_new.html",
        done=_("Pembahasan dicatat. Anggotanya diberi tahu."),
        extra={"days": settings.SHARING_DAYS},
        finds=finds,
    )


@takes_files
@asks_or_acts
def share_consent_new(request: HttpRequest, code: str) -> HttpResponse:
    """Write down a consent on which sharing may rest."""
    user: Staff = request.user  # type: ignore[assignment]
    case, frame = _open(request, code, _("Catat persetujuan berbagi"))
    sharing.require_working(user, case)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ShareConsentForm(*sent, case=case, user=user)
    offer_proof(form, user, frame, Section.DOCUMENTS)
    return _perform(
        request,
        frame,
        form,
        lambda: workflow.give_consent(case, by=user, purpose=ConsentPurpose.SHARING, **form.arguments()),
        template="cases/share_move.html",
        done=_("Persetujuan dicatat."),
        extra={"explanation": _("Persetujuan adalah pilihan bebas. Peserta boleh menariknya kapan saja.")},
    )


@asks_or_acts
def share_consent_withdraw(request: HttpRequest, code: str, consent_code: str) -> HttpResponse:
    """One step: what rests on the consent ends in the same second."""
    user: Staff = request.user  # type: ignore[assignment]
    case, frame = _open(request, code, _("Tarik persetujuan"))
    sharing.require_working(user, case)
    consent = get_object_or_404(Consent, case=case, code=consent_code)
    form = forms.Form(request.POST if request.method == "POST" else None)
    return _perform(
        request,
        frame,
        form,
        lambda: workflow.withdraw_consent(consent, by=user),
        template="cases/share_move.html",
        done=_("Persetujuan ditarik. Yang memakainya sudah berhenti."),
        extra={
            "explanation": _("Semua akses, rujukan, dan ekspor yang berdasar persetujuan ini berhenti sekarang."),
            "consent": consent,
            "ends": True,
        },
    )


def _grant(case: CaseFile, code: str) -> sharing.Grant:
    grant = sharing.share_with_code(case, code)
    if grant is None:
        raise Http404
    return grant


@asks_or_acts
def share_renew(request: HttpRequest, code: str, grant_code: str) -> HttpResponse:
    user: Staff = request.user  # type: ignore[assignment]
    case, frame = _open(request, code, _("Perpanjang akses"))
    grant = _grant(case, grant_code)
    sharing.require_managing(user, case, grant)
    form = RenewForm(request.POST or None)
    return _perform(
        request,
        frame,
        form,
        lambda: workflow.renew_share(
            case,
            grant,
            by=user,
            until=end_of_day(form.cleaned_data["until"], case),
            reason=form.cleaned_data["reason"],
        ),
        template="cases/share_move.html",
        done=_("Akses diperpanjang. Penerima diberi tahu."),
        extra={"row": _row(grant, case)},
    )


@asks_or_acts
def share_end(request: HttpRequest, code: str, grant_code: str) -> HttpResponse:
    user: Staff = request.user  # type: ignore[assignment]
    case, frame = _open(request, code, _("Cabut akses"))
    grant = _grant(case, grant_code)
    sharing.require_managing(user, case, grant)
    form = EndForm(request.POST or None)
    return _perform(
        request,
        frame,
        form,
        lambda: workflow.end_share(case, grant, by=user, reason=form.cleaned_data["reason"]),
        template="cases/share_move.html",
        done=_("Akses dicabut. Penerima diberi tahu."),
        extra={"row": _row(grant, case), "ends": True},
    )
