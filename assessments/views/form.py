"""The form: start, one domain a step, narratives. Every answer is kept as it is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import policies, population, workflow
from assessments.catalogue import UNKNOWN, Domain, Item
from assessments.completeness import Reason
from assessments.enums import AssessmentStatus, Confidence, InstrumentCode, NonRating, Source, VersionStatus
from assessments.forms import AnswerForm, NarrativesForm, StartForm, words
from assessments.models import Assessment, InstrumentVersion, ItemRating
from assessments.progress import Progress, progress_of
from assessments.views.parts import (
    frame,
    missing_in,
    own_draft,
    require_rater,
    step_narratives,
    steps,
    url,
    value_label,
    visible,
)
from cases import policies as case_policies
from cases.enums import Right, Section
from cases.frame import case_frame
from cases.models import CaseFile
from cases.sentence import clock
from core.htmx import render_page, wants_fragment
from core.workflow import TransitionError

# ---- starting -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def assessment_new(request: HttpRequest, code: str) -> HttpResponse:
    """Only what fits this person today can be chosen; for the rest the page says why not."""
    user = request.user
    cases = case_policies.cases_in_sight(user).select_related("participant", "lead_unit")
    case = get_object_or_404(cases, code=code)
    context = case_frame(user, case, Section.ASSESSMENT)
    if not case_policies.can(user, Right.EDIT, case, Section.ASSESSMENT):
        raise PermissionDenied
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
    }
    return render_page(request, "assessments/assessment_new.html", context, status=422 if form.errors else 200)


def _offers(request: HttpRequest, case: CaseFile) -> list[dict[str, Any]]:
    """Each published instrument: open to be started, under way, or the reason why not."""
    running = {
        assessment.instrument: assessment
        for assessment in Assessment.objects.in_progress().filter(case=case).select_related("rater")
    }
    facts = workflow.facts_of(case, timezone.localdate())
    offers = []
    for version in InstrumentVersion.objects.filter(status=VersionStatus.PUBLISHED).order_by("-instrument"):
        instrument = version.parsed
        offer = {
            "code": instrument.code,
            "label": f"{instrument.code} · {words(instrument.title)}",
            "purpose": words(instrument.purpose),
            "mode": "",
            "is_open": False,
            "reason": "",
            "url": "",
        }
        try:
            mode = population.mode_for(instrument, facts)
            offer["mode"] = mode.label if instrument.modes else ""
            current = running.get(InstrumentCode(instrument.code))
            if current is not None:
                offer["reason"] = _("Sedang berjalan, oleh %(name)s.") % {"name": current.rater.full_name}
                offer["url"] = reverse("assessments:form", args=[current.code])
            elif not policies.is_rater_of(request.user, instrument):  # type: ignore[arg-type]
                offer["reason"] = _("Hanya profesi lain yang dapat mengisi instrumen ini.")
            else:
                offer["is_open"] = True
        except population.NoFitError as no_fit:
            offer["reason"] = str(no_fit.reason)
        offers.append(offer)
    return offers


@require_safe
def assessment_form(request: HttpRequest, code: str) -> HttpResponse:
    """Where this person goes on: the rater to the next thing to fill in, everybody else to what may be read."""
    assessment = visible(request, code)
    if assessment.rater_id != request.user.pk:
        if assessment.is_draft:
            require_rater(request.user, assessment)  # type: ignore[arg-type]
        return redirect("assessments:result", code)
    if assessment.status == AssessmentStatus.RETURNED:
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
    assessment = visible(request, code)
    require_rater(request.user, assessment)  # type: ignore[arg-type]
    workflow.take_back_up(assessment, by=request.user)
    return redirect("assessments:form", code)


# ---- answers --------------------------------------------------------------------------------------------------------


@dataclass
class Card:
    """One item on the page: its words, its choices, and what is kept or was typed."""

    item: Item
    progress: Progress
    form: AnswerForm | None = None
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        rating = self.progress.ratings.get(self.item.code)
        self.code = self.item.code
        self.text, self.help = words(self.item.text), words(self.item.help)
        self.is_asked = self.item.applies_at(self.progress.age)
        self.gate = self._gate()
        self.seen = rating.stamp if rating else ""
        if self.form is not None:
            typed = self.form.data
            self.value = typed.get(self.form.add_prefix("value"), "")
            self.note = typed.get(self.form.add_prefix("note"), "")
            self.sources = typed.getlist(self.form.add_prefix("sources"))  # type: ignore[attr-defined]
            self.confidence = typed.get(self.form.add_prefix("confidence"), "")
        elif rating is not None:
            self.value, self.note = rating.value, rating.evidence_note
            self.sources, self.confidence = rating.sources, rating.confidence
        else:
            self.value, self.note, self.sources, self.confidence = "", "", [], ""
        self.note_errors: list[str] = []
        self.confidence_errors: list[str] = []
        if not self.errors and rating is not None:
            self._place_refusals()

    def _place_refusals(self) -> None:
        """Each thing that is missing beside the field where it is filled in."""
        for refusal in self.progress.refusals:
            if refusal.code == self.code:
                place = {
                    Reason.NEEDS_EVIDENCE: self.note_errors,
                    Reason.NEEDS_NOTE: self.note_errors,
                    Reason.CHANGED_WITHOUT_NOTE: self.note_errors,
                    Reason.NEEDS_CONFIDENCE: self.confidence_errors,
                }.get(refusal.reason, self.errors)
                place.append(words(refusal.message))

    @property
    def is_wrong(self) -> bool:
        return bool(self.errors or self.note_errors or self.confidence_errors)

    @property
    def is_answered(self) -> bool:
        return bool(self.value)

    @property
    def options(self) -> list[dict[str, Any]]:
        """Every value of the scale; its anchor where the instrument has one, none is invented."""
        return [
            {
                "value": str(known.value),
                "number": known.value if isinstance(known.value, int) else "",
                "label": words(known.label),
                "anchor": words(self.item.anchor(known.value)),
                "must": known.value in self.item.scale.needs_evidence or self._differs(known.value),
                "checked": str(known.value) == self.value,
            }
            for known in self.item.scale.values
        ]

    @property
    def non_ratings(self) -> list[dict[str, Any]]:
        """Not applicable is not offered on an item of security or protection."""
        offered = [NonRating.UNKNOWN] if self.item.critical != "none" else list(NonRating)
        return [
            {
                "value": kind.value,
                "label": kind.label,
                "kind": "t-unknown" if kind == UNKNOWN else "t-na",
                "must": self.progress.instrument.non_rating(kind.value).needs_note or self._differs(kind.value),
                "checked": kind.value == self.value,
            }
            for kind in offered
        ]

    @property
    def previous(self) -> str:
        if self.code not in self.progress.previous_values:
            return ""
        return value_label(self.item, self.progress.previous_values[self.code])

    @property
    def source_choices(self) -> list[dict[str, Any]]:
        known = self.progress.instrument.sources
        return [
            {"value": source.value, "label": source.label, "checked": source.value in self.sources}
            for source in Source
            if source.value in known
        ]

    @property
    def confidence_choices(self) -> list[dict[str, Any]]:
        return [
            {"value": level.value, "label": level.label, "checked": level.value == self.confidence}
            for level in Confidence
        ]

    def _differs(self, value: object) -> bool:
        return self.code in self.progress.previous_values and self.progress.previous_values[self.code] != value

    def _gate(self) -> str:
        """Which item must be agreed to before this one may be asked in the community (KRK)."""
        gate = self.progress.instrument.precondition
        if gate is None or self.item.code not in gate.closes:
            return ""
        answer = self.progress.answers.get(gate.item)
        return "" if answer is not None and answer.value == gate.answer else gate.item


@require_POST
@own_draft
def answer_save(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Keep one answer as it is given; the answer is one line for the save bar."""
    code = request.POST.get("item", "")
    item = assessment.definition.items.get(code)
    context: dict[str, Any] = {"item": code, "stamp": "", "domain": "", "count": ""}
    if item is None:
        problem, ratings = _("Butir %(item)s tidak ada pada penilaian ini.") % {"item": code[:10]}, None
    else:
        problem, ratings = _keep(request, assessment, AnswerForm(item, request.POST))
    if problem or ratings is None or item is None:
        context |= {"state": problem or _("Belum ada jawaban."), "icon": "exclamation-circle"}
        return render_page(request, "assessments/_answer_saved.html", context, status=422 if problem else 200)
    instrument = assessment.definition
    domain = next(domain for domain in instrument.domains if domain.code == item.domain)
    context |= {
        "state": saved_state(request),
        "icon": "check",
        "stamp": ratings[code].stamp,
        "domain": domain.code,
        "count": _count(domain, ratings, assessment),
    }
    return render_page(request, "assessments/_answer_saved.html", context)


def _count(domain: Domain, ratings: dict[str, ItemRating], assessment: Assessment) -> str:
    progress = Progress(assessment, assessment.definition, population_age(assessment), ratings, None, {})
    asked = [item.code for item in progress.asked if item.domain == domain.code]
    return f"{sum(code in ratings for code in asked)}/{len(asked)}"


def population_age(assessment: Assessment) -> int | None:
    person = assessment.case.participant
    return population.certain_age(person.birth_date, person.birth_date_precision, assessment.day)


def saved_state(request: HttpRequest) -> str:
    user = request.user
    return _("Draf tersimpan %(clock)s") % {"clock": clock(timezone.now(), user.unit.zone)}  # type: ignore[union-attr]


def _keep(request: HttpRequest, assessment: Assessment, form: AnswerForm) -> tuple[str, dict[str, ItemRating] | None]:
    """Save one posted answer: the problem in words, or all answers so far; neither where nothing was chosen."""
    if not form.is_valid():
        return " ".join(str(error) for errors in form.errors.values() for error in errors), None
    if not form.cleaned_data["value"]:
        return "", None
    try:
        return "", workflow.save_answer(assessment, by=request.user, item=form.prefix, **form.answer)
    except workflow.MovedOnError as moved:
        item = assessment.definition.items[moved.current.item]
        kept = value_label(item, moved.current.answer)
        return f"{moved.message} {_('Kini tersimpan:')} {kept}.", None
    except TransitionError as refused:
        return str(refused.message), None


@require_http_methods(["GET", "POST"])
@own_draft
def domain_edit(request: HttpRequest, assessment: Assessment, domain: str) -> HttpResponse:
    """One domain: saved as a whole where there is no script; answers that are refused leave the others saved."""
    progress = progress_of(assessment)
    chosen = next((one for one in progress.domains if one.code == domain), None)
    if chosen is None:
        raise Http404
    refused: dict[str, tuple[AnswerForm, str]] = {}
    if request.method == "POST":
        for item in (item for item in progress.asked if item.domain == domain):
            form = AnswerForm(item, request.POST)
            problem, _ratings = _keep(request, assessment, form)
            if problem:
                refused[item.code] = (form, problem)
        progress = progress_of(assessment)
        leaves = request.POST.get("then") == "exit"
        if not refused and (leaves or not _half_done(progress, chosen)):
            if leaves:
                messages.success(request, _("Draf tersimpan. Lanjutkan kapan saja."))
                return redirect("assessments:panel", assessment.case.code)
            return redirect(_after(progress, chosen))
    cards = [
        Card(item, progress, refused[item.code][0], [refused[item.code][1]])
        if item.code in refused
        else Card(item, progress)
        for item in chosen.items
    ]
    following = _after(progress, chosen)
    last = chosen is progress.domains[-1]
    context = frame(assessment, words(chosen.title)) | {
        "domain": chosen,
        "heading": f"{chosen.code}. {words(chosen.title)}",
        "cards": cards,
        "wrong": [card for card in cards if card.is_wrong],
        "steps": steps(progress, domain),
        "here_key": chosen.code,
        "last_key": progress.domains[-1].code,
        "done": progress.done,
        "total": len(progress.asked),
        "previous_day": progress.previous.finalised_at if progress.previous else None,
        "never_consider": words(progress.instrument.never_consider),
        "stop_rule": words(progress.instrument.stop_rule),
        "next_label": "" if last else following.rstrip("/").rpartition("/")[2],
        "save_url": url("assessments:answer-save", assessment),
        "state": draft_state(request, progress),
    }
    return render_page(
        request, "assessments/domain_edit.html", context, status=422 if request.method == "POST" else 200
    )


def draft_state(request: HttpRequest, progress: Progress) -> str:
    latest = max((rating.updated_at for rating in progress.ratings.values()), default=None)
    if latest is None:
        return _("Setiap jawaban tersimpan sendiri")
    zone = request.user.unit.zone  # type: ignore[union-attr]
    if timezone.localtime(latest, zone).date() == timezone.localtime(timezone=zone).date():
        return _("Draf tersimpan %(clock)s") % {"clock": clock(latest, zone)}
    return _("Draf tersimpan")


def _half_done(progress: Progress, domain: Domain) -> bool:
    """Something in this domain is answered but lacks its evidence, confidence or reason."""
    codes = {item.code for item in domain.items}
    return any(r.code in codes and r.reason != Reason.UNANSWERED for r in progress.refusals)


def _after(progress: Progress, domain: Domain) -> str:
    codes = [one.code for one in progress.domains]
    place = codes.index(domain.code) + 1
    if place < len(codes):
        return url("assessments:domain", progress.assessment, domain=codes[place])
    return url("assessments:narratives", progress.assessment)


# ---- narratives -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@own_draft
def narratives_edit(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """The texts of the assessment. htmx posts here from every page that shows one of them; it saves what it gets."""
    progress = progress_of(assessment)
    shown = step_narratives(progress)
    every = progress.instrument.narratives
    form = NarrativesForm(
        every if wants_fragment(request) else shown, request.POST or None, initial=initial(assessment)
    )
    problem = ""
    if request.method == "POST":
        problem = keep_narratives(request, assessment, form)
        assessment.refresh_from_db(fields=["narratives"])
        if wants_fragment(request):
            context = {
                "state": problem or saved_state(request),
                "icon": "exclamation-circle" if problem else "check",
                "stamp": assessment.narratives_stamp,
            }
            return render_page(request, "assessments/_text_saved.html", context, status=422 if problem else 200)
        if not problem:
            if request.POST.get("then") == "exit":
                messages.success(request, _("Draf tersimpan. Lanjutkan kapan saja."))
                return redirect("assessments:panel", assessment.case.code)
            return redirect("assessments:first" if assessment.has_bands else "assessments:guidance", assessment.code)
    context = frame(assessment, _("Uraian")) | {
        "form": form,
        "problem": problem,
        "kept": [{"label": words(n.label), "text": assessment.narratives.get(n.code, "")} for n in shown]
        if problem
        else [],
        "steps": steps(progress, "narratives"),
        "here_key": "✎",
        "last_key": progress.domains[-1].code,
        "done": progress.done,
        "total": len(progress.asked),
        "stamp": assessment.narratives_stamp,
        "state": draft_state(request, progress),
        "save_url": url("assessments:narratives", assessment),
    }
    return render_page(request, "assessments/narratives_edit.html", context, status=422 if problem else 200)


def initial(assessment: Assessment) -> dict[str, str]:
    return {**assessment.narratives, "seen": assessment.narratives_stamp}


def keep_narratives(request: HttpRequest, assessment: Assessment, form: NarrativesForm) -> str:
    """Save the posted texts; the problem in words where they were not kept."""
    if not form.is_valid():
        return " ".join(str(error) for errors in form.errors.values() for error in errors)
    seen = form.cleaned_data["seen"] if "seen" in form.data else None
    try:
        workflow.save_narratives(assessment, by=request.user, texts=form.texts, seen=seen)
    except TransitionError as refused:
        return str(refused.message)
    return ""
