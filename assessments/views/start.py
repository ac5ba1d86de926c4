"""Where an assessment begins, and where each person goes on with it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import policies, population, workflow
from assessments.enums import AssessmentKind, AssessmentStatus, InstrumentCode
from assessments.forms import StartForm, words
from assessments.models import Assessment, InstrumentVersion
from assessments.progress import progress_of
from assessments.views.parts import frame, missing_in, open_own, require_rater, staff, url, visible
from cases import policies as case_policies
from cases.enums import Right, Section
from cases.frame import age_notice, case_frame
from cases.models import CaseFile
from cases.opening import open_section
from core.htmx import render_page


@require_http_methods(["GET", "POST"])
def assessment_new(request: HttpRequest, code: str) -> HttpResponse:
    """Only what fits this person today can be chosen; for the rest the page says why not."""
    user = staff(request)
    cases = case_policies.cases_in_sight(user).select_related("participant", "lead_unit")
    case = get_object_or_404(cases, code=code)
    context = case_frame(user, case, Section.ASSESSMENT)
    if not case_policies.can(user, Right.EDIT, case, Section.ASSESSMENT):
        raise PermissionDenied
    open_section(request, case, Section.ASSESSMENT)
    offers = _offers(request, case)
    form = StartForm(
        request.POST or None,
        instruments=[(offer["code"], offer["label"]) for offer in offers if offer["is_open"]],
        initial={"instrument": next((offer["code"] for offer in offers if offer["is_open"]), "")},
    )
    if request.method == "POST" and form.is_valid():
        assessment = workflow.start(case, by=user, **form.cleaned_data)
        return redirect("assessments:form", assessment.code)
    context |= {
        "form": form,
        "offers": offers,
        "has_offer": any(offer["is_open"] for offer in offers),
        "closed": [offer for offer in offers if not offer["is_open"]],
        "page": _("Mulai penilaian"),
        "age_notice": age_notice(context),
    }
    return render_page(request, "assessments/assessment_new.html", context, status=422 if form.errors else 200)


def _offers(request: HttpRequest, case: CaseFile) -> list[dict[str, Any]]:
    """Each instrument: open to be started, under way, or the reason why not."""
    running = {
        assessment.instrument: assessment
        for assessment in Assessment.objects.in_progress()
        .filter(case=case, kind=AssessmentKind.ORDINARY)
        .select_related("rater")
    }
    facts = workflow.facts_of(case, timezone.localdate())
    offers = []
    for version in InstrumentVersion.objects.newest().order_by("-instrument"):
        instrument = version.parsed
        offer = {
            "code": instrument.code,
            "label": f"{instrument.code} · {words(instrument.title)}",
            "purpose": words(instrument.purpose),
            "mode": "",
            "is_open": False,
            "reason": "",
            "url": "",
            "paper": "",
        }
        try:
            mode = population.mode_for(instrument, facts)
            offer["mode"] = mode.label if instrument.modes else ""
            current = running.get(InstrumentCode(instrument.code))
            if current is not None:
                offer["reason"] = _("Sedang berjalan, oleh %(name)s.") % {"name": current.rater.full_name}
                offer["url"] = reverse("assessments:form", args=[current.code])
            elif not version.is_published:
                offer["reason"] = _withdrawn(version)
            elif not policies.is_rater_of(staff(request), instrument):
                offer["reason"] = _("Hanya profesi lain yang dapat mengisi instrumen ini.")
            else:
                offer["is_open"] = True
                offer["paper"] = reverse("assessments:instrument-paper", args=[instrument.code, version.version])
                offer["paper"] += f"?mode={mode.value}" if instrument.modes else ""
        except population.NoFitError as no_fit:
            offer["reason"] = str(no_fit.reason)
        offers.append(offer)
    return offers


def _withdrawn(version: InstrumentVersion) -> str:
    """Nothing has taken its place: who wants to assess learns since when, and why."""
    day = date_format(timezone.localtime(version.withdrawn_at or version.updated_at), "j M Y")
    told = _("Ditarik sejak %(day)s, belum ada penggantinya. Penilaian baru belum dapat dimulai.") % {"day": day}
    return f"{told} “{version.withdraw_reason}”" if version.withdraw_reason else told


@require_safe
def assessment_form(request: HttpRequest, code: str) -> HttpResponse:
    """Where this person goes on: the rater to the next thing to fill in, everybody else to what may be read."""
    assessment = visible(request, code)
    if assessment.rater_id != staff(request).pk:
        if assessment.is_draft:
            require_rater(staff(request), assessment)
        return redirect("assessments:result", code)
    if assessment.status == AssessmentStatus.RETURNED:
        open_own(request, assessment)
        review = assessment.reviews.select_related("reviewer").first()
        items = assessment.definition.items
        comments = [
            {"code": item, "text": words(items[item].text), "comment": comment}
            for item, comment in (review.item_comments if review else {}).items()
            if item in items
        ]
        context = frame(assessment) | {"review": review, "comments": comments}
        return render_page(request, "assessments/assessment_returned.html", context)
    if not assessment.is_draft:
        return redirect("assessments:result", code)
    progress = progress_of(assessment)
    for domain in progress.domains:
        if missing_in(progress, domain):
            return redirect("assessments:domain", code, domain.code)
    if progress.lacking:
        return redirect("assessments:narratives", code)
    judged = assessment.first_band or not assessment.has_bands
    return redirect("assessments:guidance" if judged else "assessments:first", code)


@require_POST
def assessment_resume(request: HttpRequest, code: str) -> HttpResponse:
    """Take a returned assessment back up; the form opens at the first item that has a comment."""
    assessment = visible(request, code)
    require_rater(staff(request), assessment)
    workflow.take_back_up(assessment, by=staff(request))
    review = assessment.reviews.first()
    for item in assessment.definition.items_in(assessment.rule_mode):
        if review is not None and item.code in review.item_comments:
            return redirect(f"{url('assessments:domain', assessment, domain=item.domain)}#{item.code}")
    return redirect("assessments:form", code)
