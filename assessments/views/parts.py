"""What the pages of one assessment share: finding it, its frame, its steps, its judgements in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Staff
from assessments import policies
from assessments.catalogue import Domain, Item, Rating
from assessments.completeness import Reason
from assessments.enums import IN_QUEUE, InstrumentCode, NonRating, Source
from assessments.forms import VersionForm, words
from assessments.models import Assessment, ItemRating, OutsidePlace, SecondRating, rating_of
from assessments.progress import FORMULATION, OWN_VIEW, Progress
from cases import policies as case_policies
from cases.enums import Right, Section
from cases.models import CaseFile
from cases.opening import open_section
from core.workflow import StaleError, TransitionError

DraftView = Callable[..., HttpResponse]
# Filled by partners: where a rater from outside came from, and what was shared of the name (docs/architecture.md).
OUTSIDE_PLACES: list[Callable[[Assessment], OutsidePlace | None]] = []


def staff(request: HttpRequest) -> Staff:
    """Who asks; LoginRequiredMiddleware lets nobody else come here."""
    assert isinstance(request.user, Staff)
    return request.user


def visible(request: HttpRequest, code: str) -> Assessment:
    """404 unless the person may see the assessments of its case, or fills this one in from outside."""
    user = staff(request)
    assessment: Assessment = get_object_or_404(policies.with_data(user, policies.assessments_for(user)), code=code)
    if policies.is_outside(user):
        assessment.place = next(filter(None, (place(assessment) for place in OUTSIDE_PLACES)), None)
    return assessment


def open_assessment(request: HttpRequest, assessment: Assessment, *, from_queue: bool = False) -> None:
    """``open_section`` for the case's own people; who fills it in from outside opens no section of the case."""
    if not policies.is_outside(staff(request)):
        open_section(request, assessment.case, Section.ASSESSMENT, from_queue=from_queue)


def home_of(assessment: Assessment) -> str:
    """Where a reader goes back to: the assessments of the case, or the page that led a rater from outside here."""
    if assessment.place is not None:
        return assessment.place.url
    if (pair := pair_of(assessment)) is not None:  # a second rater has no list of the case's assessments
        return reverse("assessments:second", args=[pair.code])
    return reverse("assessments:panel", args=[assessment.case.code])


def find_case(request: HttpRequest, code: str) -> CaseFile:
    """A case of which the person sees a part; which part, ``case_frame`` asks."""
    cases = case_policies.cases_in_sight(staff(request))
    return get_object_or_404(cases.select_related("participant", "lead_unit", "lead_worker"), code=code)


def opened(request: HttpRequest, code: str, *, decides: bool = False) -> Assessment:
    """As ``visible``, and its content may be read: with a reason where one is needed, and a line in the journal.

    ``decides``: a page of the supervisor's decision; what waits in the own queue is the reason itself.
    """
    assessment = visible(request, code)
    if decides:
        require_approver(staff(request), assessment)
    # What waits in the own queue, or was asked of oneself as the second rater, is the reason.
    asked = (decides and assessment.status in IN_QUEUE) or not assessment.is_ordinary
    if not asked and staff(request).role == Role.CASEWORKER:
        asked = policies.named_second(staff(request)).filter(first=assessment).exists()
    open_assessment(request, assessment, from_queue=asked)
    return assessment


def own_draft(view: DraftView) -> DraftView:
    """The view gets the rater's own draft; a submitted one leads to what may be read of it."""

    @wraps(view)
    def inner(request: HttpRequest, code: str, **kwargs: Any) -> HttpResponse:
        assessment = visible(request, code)
        require_rater(staff(request), assessment)
        if not assessment.is_draft and request.method in ("GET", "HEAD"):
            return redirect("assessments:form", code)
        open_own(request, assessment)
        return view(request, assessment, **kwargs)

    return inner


def open_own(request: HttpRequest, assessment: Assessment) -> None:
    """The rater's own pages. Who rates as the second is off the caseload: being asked to is the reason."""
    open_assessment(request, assessment, from_queue=not assessment.is_ordinary)


def pair_of(assessment: Assessment) -> SecondRating | None:
    """The second rating that a second or a joint assessment belongs to."""
    if assessment.is_ordinary:
        return None
    return SecondRating.objects.filter(Q(second=assessment) | Q(joint=assessment)).first()


def require_rater(user: Staff, assessment: Assessment) -> None:
    if assessment.rater_id != user.pk:
        raise PermissionDenied(_("Yang mengisi: %(name)s.") % {"name": assessment.rater.full_name})


def require_approver(user: Staff, assessment: Assessment) -> None:
    if not policies.can(user, Right.APPROVE, assessment):
        names = ", ".join(person.full_name for person in policies.approvers(assessment)[:3])
        raise PermissionDenied(_("Yang dapat menyetujui: %(name)s.") % {"name": names} if names else "")


def attempt(form: forms.Form, move: Callable[..., object]) -> int:
    """Make the ``move`` that a form asks for: 0, or the status of the page that says beside the words why not."""
    if not form.is_valid():
        return 422
    try:
        move(**form.cleaned_data)
    except StaleError as stale:
        if isinstance(form, VersionForm):
            form.renew(stale.current)
        form.add_error(None, _("Ini berubah di tempat lain sesudah halaman dibuka. Baca dahulu, lalu simpan lagi."))
        return 409
    except TransitionError as refused:
        form.add_error(None, str(refused.message))
        return 422
    return 0


def url(name: str, assessment: Assessment, **kwargs: str) -> str:
    return reverse(name, kwargs={"code": assessment.code, **kwargs})


def frame(assessment: Assessment, here: str = "") -> dict[str, Any]:
    """Context of every page: the assessment, the instrument in words, the path to it, and whether it is a child's."""
    instrument = assessment.definition
    case, place = assessment.case, assessment.place
    title = _("Penilaian %(instrument)s") % {"instrument": instrument.code}
    return {
        "assessment": assessment,
        "instrument": instrument,
        "title": words(instrument.title),
        "name": place.name if place else case.participant.shown_name,
        "is_child": assessment.for_child or (place is None and case.for_child),
        "case_url": place.url if place else reverse("cases:case-detail", args=[case.code]),
        "panel_url": home_of(assessment),
        "is_outside": place is not None,
        "pair": pair_of(assessment),
        "case_code": case.code,
        "page": title,
        "page_url": url("assessments:form", assessment),
        "here": here,
    }


def steps(progress: Progress, current: str) -> list[dict[str, Any]]:
    """The rail: each domain with its count, then the narratives."""
    rows = [
        {
            "key": domain.code,
            "title": words(domain.title),
            "count": count(progress, domain),
            "is_complete": not missing_in(progress, domain),
            "url": url("assessments:domain", progress.assessment, domain=domain.code),
            "current": domain.code == current,
        }
        for domain in progress.domains
    ]
    lacks_text = any(refusal.reason == Reason.NEEDS_NARRATIVE for refusal in progress.lacking)
    rows.append(
        {
            "key": "✎",
            "title": _("Uraian dan pertimbangan"),
            "count": "",
            "is_complete": not lacks_text and bool(step_narratives(progress)),
            "url": url("assessments:narratives", progress.assessment),
            "current": current == "narratives",
        }
    )
    return rows


def count(progress: Progress, domain: Domain) -> str:
    asked = [item.code for item in progress.asked if item.domain == domain.code]
    return f"{sum(code in progress.ratings for code in asked)}/{len(asked)}"


def missing_in(progress: Progress, domain: Domain) -> list[str]:
    codes = {item.code for item in domain.items}
    return [refusal.code for refusal in progress.refusals if refusal.code in codes]


def step_narratives(progress: Progress) -> list[Any]:
    """The narratives of the step of their own; the formulation and the participant's view stand beside a judgement."""
    beside = {OWN_VIEW, FORMULATION} if progress.assessment.has_bands else {OWN_VIEW}
    return [narrative for narrative in progress.instrument.narratives if narrative.code not in beside]


def missing(progress: Progress) -> list[dict[str, str]]:
    """What keeps from judging, each with its page."""
    rows = []
    for refusal in progress.lacking:
        item = progress.instrument.items.get(refusal.code)
        if item is not None:
            label = item.code
            target = f"{url('assessments:domain', progress.assessment, domain=item.domain)}#{item.code}"
        else:
            label = next((words(n.label) for n in progress.instrument.narratives if n.code == refusal.code), "")
            target = url("assessments:narratives", progress.assessment) if refusal.code else ""
        rows.append({"label": label, "text": words(refusal.message), "url": target})
    return rows


def judgement(assessment: Assessment, code: str) -> dict[str, Any] | None:
    """A band for the template: its word and meaning; drawn with a colour only where the person is surely an adult."""
    if not code:
        return None
    band = assessment.definition.band(code)
    return {
        "code": code,
        "label": words(band.label),
        "meaning": words(band.meaning),
        "days": band.reassess_after_days,
        "in_colours": assessment.in_colours and not assessment.case.for_child,
    }


def final_words(assessment: Assessment) -> dict[str, Any] | None:
    """The final judgement; in the file of a child nothing is drawn with a band, whoever was rated."""
    hides_band = assessment.instrument == InstrumentCode.ADULT and assessment.case.for_child
    return None if hides_band else judgement(assessment, assessment.final_band)


def support_label(assessment: Assessment, level: str) -> str:
    output = assessment.definition.support_output(assessment.rule_mode)
    return words(output.band(level).label) if output and level else ""


def value_label(item: Item, value: Rating | str) -> str:
    """`2 · Perhatian jelas`, `Ya`, `Belum diketahui`."""
    if value in NonRating.values:
        return str(NonRating(value).label)
    label = words(item.scale.label(value))
    return f"{value} · {label}" if isinstance(value, int) else label


def read_only(progress: Progress) -> list[dict[str, Any]]:
    """All answers by domain, for reading."""
    return [
        {
            "code": domain.code,
            "title": words(domain.title),
            "rows": [answer_row(progress, item) for item in domain.items],
        }
        for domain in progress.domains
    ]


def answer_row(progress: Progress, item: Item) -> dict[str, Any]:
    rating: ItemRating | None = progress.ratings.get(item.code)
    row: dict[str, Any] = {
        "code": item.code,
        "text": words(item.text),
        "value": "",
        "anchor": "",
        "note": "",
        "sources": "",
        "confidence": "",
        "is_low": False,
        "previous": "",
        "field": None,
    }
    if not item.applies_at(progress.age):
        return row | {"value": _("Tidak ditanyakan pada usia ini")}
    if rating is None:
        return row | {"value": _("Belum dijawab")}
    before = rating.previous_value
    return row | {
        "value": value_label(item, rating.answer),
        "anchor": words(item.anchor(rating.answer)),
        "note": rating.evidence_note,
        "sources": ", ".join(source_labels(rating.sources)),
        "confidence": rating.get_confidence_display() if rating.confidence else "",
        "is_low": rating.confidence == "rendah",
        "previous": value_label(item, rating_of(before)) if before and before != rating.value else "",
    }


def source_labels(codes: list[str]) -> list[str]:
    return [str(Source(code).label) for code in codes if code in Source.values]
