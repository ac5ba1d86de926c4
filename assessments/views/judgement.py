"""Own judgement before guidance, guidance beside it, the final choice, and the result that everybody reads."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Staff
from assessments import explanation, policies, workflow
from assessments import guidance as rules
from assessments.catalogue import BANDS_OUTPUT, Item
from assessments.enums import AssessmentStatus, Band
from assessments.forms import ChoiceForm, FirstJudgementForm, NarrativesForm, narrative_field, words
from assessments.models import Assessment
from assessments.progress import FORMULATION, OWN_VIEW, Progress, progress_of
from assessments.views import words as word_check
from assessments.views.form import draft_state, initial, keep_narratives, saved_state
from assessments.views.parts import (
    answer_row,
    frame,
    home_of,
    judgement,
    missing,
    opened,
    own_draft,
    read_only,
    require_rater,
    staff,
    support_label,
    url,
    value_label,
    visible,
)
from assessments.workflow.looking import FIRST_REASON, OVERRIDE_REASON
from cases.enums import CaseStatus, Right
from cases.sentence import moment
from core.htmx import render_page, wants_fragment
from core.workflow import StaleError, TransitionError

S = AssessmentStatus


def _narrative(progress: Progress, code: str) -> Any:
    return next((narrative for narrative in progress.instrument.narratives if narrative.code == code), None)


def _options(assessment: Assessment, chosen: str) -> list[dict[str, Any]]:
    """The bands to choose from; nothing is chosen beforehand."""
    rows = []
    for code in assessment.definition.final_judgement.options:
        row = judgement(assessment, code)
        assert row is not None
        rows.append(row | {"checked": code == chosen})
    return rows


# ---- first judgement ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@own_draft
def first_judgement(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    if assessment.first_band or not assessment.has_bands:
        return redirect("assessments:guidance", assessment.code)
    progress = progress_of(assessment)
    narrative = _narrative(progress, FORMULATION)
    texts = NarrativesForm([narrative] if narrative else [], request.POST or None, initial=initial(assessment))
    form = FirstJudgementForm(progress.instrument, request.POST or None)
    problem = ""
    problems: dict[str, str] = {}
    if request.method == "POST":
        problem = keep_narratives(request, assessment, texts)
        assessment.refresh_from_db(fields=["narratives"])
        if form.is_valid() and form.cleaned_data["reason"]:
            workflow.ask_about(assessment, by=staff(request), place=FIRST_REASON, text=form.cleaned_data["reason"])
        problems = word_check.keep_answers(request, assessment, [FIRST_REASON, *texts.codes])
    reason = form.data.get("reason", "")
    written = word_check.narratives_of(assessment, texts.codes) | {FIRST_REASON: reason}
    checks = word_check.checks_for(assessment, written, problems)
    if request.method == "POST":
        asks = problems or any(check.is_new_to(request) for check in checks.values())
        if not problem and form.is_valid() and not asks:
            try:
                workflow.judge_first(assessment, by=staff(request), **form.cleaned_data)
                return redirect("assessments:guidance", assessment.code)
            except TransitionError as refused:
                problem = str(refused.message)
        problem = problem or (str(word_check.PLEASE_LOOK) if asks else "")
    lacking = missing(progress)
    is_shown = not settings.GUIDANCE_AFTER_OWN_JUDGEMENT and not lacking
    guided = _found(assessment, progress, "") if is_shown else {"found": None}
    context = frame(assessment, _("Pertimbangan awal")) | guided
    context |= {
        "formulation_check": checks.get(FORMULATION),
        "reason_check": checks.get(FIRST_REASON),
        "texts": texts,
        "formulation": texts[FORMULATION] if narrative else None,
        "form": form,
        "problem": problem,
        "options": _options(assessment, form.data.get("band", "")),
        "missing": lacking,
        "done": progress.done,
        "unknown": progress.unknown,
        "stamp": assessment.narratives_stamp,
        "state": draft_state(request, progress),
        "save_url": url("assessments:narratives", assessment),
        "back_url": url("assessments:narratives", assessment),
    }
    return render_page(request, "assessments/first_judgement.html", context, status=422 if request.POST else 200)


# ---- guidance and final choice --------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@own_draft
def guidance(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Guidance is shown after the first judgement alone (I-6), and never before every answer is there."""
    if assessment.has_bands and not assessment.first_band:
        return redirect("assessments:first", assessment.code)
    progress = progress_of(assessment)
    form = _choice_form(request, assessment)
    texts = _own_view_form(request, assessment, progress)
    problem, blockers, status, wrong = "", [], 200, ""
    problems: dict[str, str] = {}
    if request.method == "POST":
        status = 422
        problem = keep_narratives(request, assessment, texts)
        if form.is_valid() and assessment.has_bands:
            reason = form.cleaned_data["override_reason"]
            if reason:
                workflow.ask_about(assessment, by=staff(request), place=OVERRIDE_REASON, text=reason)
        problems = word_check.keep_answers(request, assessment, [OVERRIDE_REASON])
    checks = word_check.checks_for(assessment, {OVERRIDE_REASON: form["override_reason"].value() or ""}, problems)
    if request.method == "POST":
        asks = problems or any(check.is_new_to(request) for check in checks.values())
        if not problem and form.is_valid() and not (asks and request.POST.get("then") != "exit"):
            try:
                return _hand_in(request, assessment, form)
            except StaleError:
                problem = _("Jawaban berubah sesudah petunjuk ini tampil. Baca petunjuk yang baru, lalu pilih lagi.")
                status = 409
            except TransitionError as refused:
                problem, blockers, wrong = str(refused.message), refused.blockers, next(iter(refused.problems), "")
        problem = problem or (str(word_check.PLEASE_LOOK) if asks else "")
        assessment = visible(request, assessment.code)
        progress = progress_of(assessment)
    context = frame(
        assessment, _("Petunjuk dan pertimbangan akhir") if assessment.has_bands else _("Kebutuhan dukungan")
    ) | {
        "form": form,
        "reason_check": checks.get(OVERRIDE_REASON),
        "own_view": texts[OWN_VIEW] if OWN_VIEW in texts.fields else None,
        "problem": problem,
        "wrong": wrong,
        "blockers": blockers,
        "missing": missing(progress),
        "chosen": form.data.get("final_band", "") if form.is_bound and status != 409 else assessment.final_band,
        "reason_text": form["override_reason"].value() or "",
        "stamp": assessment.narratives_stamp,
        "supervisor": policies.approvers(assessment).first(),
        "unknown": progress.unknown,
        "first": judgement(assessment, assessment.first_band),
        "first_at": moment(assessment.first_band_at, timezone.now(), staff(request).unit.zone)
        if assessment.first_band_at
        else "",
        "state": draft_state(request, progress),
        "save_url": url("assessments:choice-save", assessment),
        "back_url": url("assessments:narratives", assessment),
    }
    if not context["missing"]:
        context |= _found(assessment, progress, context["chosen"])
    return render_page(request, "assessments/guidance.html", context, status=status)


def _choice_form(request: HttpRequest, assessment: Assessment) -> ChoiceForm:
    values = {
        "final_band": assessment.final_band,
        "override_reason": assessment.override_reason,
        "version": assessment.version,
    }
    return ChoiceForm(assessment.definition, request.POST or None, initial=values)


def _own_view_form(request: HttpRequest, assessment: Assessment, progress: Progress) -> NarrativesForm:
    narrative = _narrative(progress, OWN_VIEW)
    form = NarrativesForm([narrative] if narrative else [], request.POST or None, initial=initial(assessment))
    if narrative:
        form.fields[OWN_VIEW] = narrative_field(narrative, rows=3)
    return form


def _choose(request: HttpRequest, assessment: Assessment, form: ChoiceForm) -> None:
    data = form.cleaned_data
    workflow.choose(
        assessment,
        by=staff(request),
        final_band=data["final_band"],
        override_reason=data["override_reason"],
    )


def _hand_in(request: HttpRequest, assessment: Assessment, form: ChoiceForm) -> HttpResponse:
    data = form.cleaned_data
    if request.POST.get("then") == "exit":
        if assessment.has_bands:
            _choose(request, assessment, form)
        messages.success(request, _("Draf tersimpan. Lanjutkan kapan saja."))
        return redirect(home_of(assessment))
    done = workflow.submit(assessment, by=staff(request), **data)
    supervisor = policies.approvers(done).first()
    messages.success(
        request,
        _("Diajukan ke %(name)s. Isian terkunci.") % {"name": supervisor.full_name if supervisor else ""},
    )
    return redirect("assessments:result", done.code)


@require_POST
@own_draft
def choice_save(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Autosave of the guidance page: the choice, its reason and the participant's view stay in the draft."""
    progress = progress_of(assessment)
    form = _choice_form(request, assessment)
    texts = _own_view_form(request, assessment, progress)
    problem = keep_narratives(request, assessment, texts)
    try:
        if not problem and assessment.has_bands:
            if form.is_valid():
                data = form.cleaned_data
                workflow.choose(
                    assessment,
                    by=staff(request),
                    final_band=data["final_band"],
                    override_reason=data["override_reason"],
                )
            else:
                problem = _("Belum tersimpan. Coba lagi")
    except TransitionError as refused:
        problem = str(refused.message)
    assessment.refresh_from_db(fields=["narratives", "override_reason"])
    context = {
        "state": problem or saved_state(request),
        "icon": "exclamation-circle" if problem else "check",
        "stamp": assessment.narratives_stamp,
        "blocks": word_check.keep_and_ask(request, assessment, {OVERRIDE_REASON: assessment.override_reason})
        if assessment.has_bands
        else [],
    }
    if not wants_fragment(request):
        return redirect("assessments:guidance", assessment.code)
    return render_page(request, "assessments/_text_saved.html", context, status=422 if problem else 200)


def _found(assessment: Assessment, progress: Progress, chosen: str) -> dict[str, Any]:
    """What the rules say and why, for the template."""
    found = progress.evaluate()
    answers = rules.at_age(progress.instrument, progress.answers, progress.age)
    told = explanation.explain(progress.instrument, answers, found)
    fired = [answer_row(progress, progress.instrument.items[code]) for code in found.fired]
    low = [row["code"] for row in fired if row["is_low"]]
    return {
        "found": found,
        "band": judgement(assessment, found.band or ""),
        "because": words(told.band),
        "support": support_label(assessment, found.support_level or ""),
        "support_because": words(told.support),
        "support_days": found.reassess_after_days,
        "fired": fired,
        "low": low,
        "not_counting": not_counting(progress),
        "protection": _protection(progress),
        "options": [
            option | {"differs": option["code"] != found.band or found.band == Band.NOT_ENOUGH}
            for option in _options(assessment, chosen)
        ]
        if assessment.has_bands
        else [],
        "always_reason": found.band == Band.NOT_ENOUGH,
        "least": assessment.definition.final_judgement.override.needs_justification_min_chars,
    }


def not_counting(progress: Progress) -> list[str]:
    """Whose ratings never move the band: whole domains by title, single items by code (I-9)."""
    tests = [
        test
        for band in progress.instrument.bands
        for alternative in band.when or ()
        for test in alternative
        if test.metric.startswith("count")  # not knowing too much is another matter: it can give belum_cukup
    ]
    mode = progress.instrument.mode(progress.mode)
    if mode is not None and BANDS_OUTPUT not in mode.outputs:
        return []
    named = []
    for domain in progress.domains:
        silent = [item for item in domain.items if not any(test.of.selects(item) for test in tests)]
        if len(silent) == len(domain.items):
            named.append(f"{domain.code} {words(domain.title)}")
        else:
            named += [item.code for item in silent]
    return named


def _protection(progress: Progress) -> list[str]:
    """Protective factors that are there (2 or 3), in instruments that also rate concern."""
    if not any(item.scale.higher_is_more_concern for item in progress.asked):
        return []
    return [
        f"{item.code} {words(item.text)} ({value_label(item, progress.answers[item.code].value)})"
        for item in progress.asked
        if item.protective and _is_strong(item, progress)
    ]


def _is_strong(item: Item, progress: Progress) -> bool:
    answer = progress.answers.get(item.code)
    return answer is not None and isinstance(answer.value, int) and answer.value >= 2


# ---- result ---------------------------------------------------------------------------------------------------------


@require_safe
def result(request: HttpRequest, code: str) -> HttpResponse:
    """What was judged and why, locked. A draft is its rater's alone."""
    assessment = opened(request, code)
    if assessment.is_draft:
        require_rater(staff(request), assessment)
        return redirect("assessments:form", code)
    context = frame(assessment, assessment.get_status_display()) | reading(assessment, progress_of(assessment))
    context["actions"] = _actions(request, assessment)
    context["reviews"] = assessment.reviews.select_related("reviewer")
    context["views"] = assessment.own_views.select_related("recorded_by")
    context["seconds"] = assessment.second_ratings.select_related("rater") if assessment.is_ordinary else []
    return render_page(request, "assessments/result.html", context)


def _actions(request: HttpRequest, assessment: Assessment) -> list[dict[str, Any]]:
    """What this person may do with it now."""
    user = staff(request)
    decides = policies.can(user, Right.APPROVE, assessment)
    rows = []
    if decides and assessment.status in (AssessmentStatus.SUBMITTED, AssessmentStatus.AWAITING_APPROVAL):
        rows.append(
            {"label": _("Periksa dan putuskan"), "url": url("assessments:review", assessment), "is_primary": True}
        )
    if assessment.rater_id == user.pk and assessment.status == AssessmentStatus.RETURNED:
        rows.append({"label": _("Perbaiki"), "url": url("assessments:form", assessment), "is_primary": True})
    rows += _words_of_participant(user, assessment)
    ends = not assessment.is_second and assessment.status not in (S.SUPERSEDED, S.CANCELLED)
    if decides and ends:
        rows.append({"label": _("Batalkan"), "url": url("assessments:cancel", assessment), "is_primary": False})
    return rows


def _words_of_participant(user: Staff, assessment: Assessment) -> list[dict[str, Any]]:
    """What the participant reads, says and contests; and a second look that staff ask for."""
    if assessment.is_second or policies.is_outside(user) or assessment.status not in (S.FINAL, S.SUPERSEDED):
        return []
    rows = [(_("Hasil untuk peserta"), "assessments:participant")]
    if policies.may_contest(user, assessment):
        rows.append((_("Catat pendapat peserta"), "assessments:own-view"))
        is_asked = assessment.status == S.FINAL and assessment.case.status != CaseStatus.CLOSED
        if is_asked and getattr(assessment, "contest", None) != "":
            rows.append((_("Catat sanggahan"), "assessments:contest"))
        if is_asked and not assessment.second_ratings.open().exists():
            rows.append((_("Minta penilai kedua"), "assessments:second-ask"))
    return [{"label": label, "url": url(name, assessment), "is_primary": False} for label, name in rows]


def reading(assessment: Assessment, progress: Progress) -> dict[str, Any]:
    """Context of the pages that only read: judgements, narratives, answers. A child's strengths come first (ET-3)."""
    rows = read_only(progress)
    strengths = []
    if assessment.for_child:
        best = {item.code for item in progress.asked if progress.answers.get(item.code) and item.protective}
        strengths = [
            row
            for part in rows
            for row in part["rows"]
            if row["code"] in best and _is_strong_row(progress, row["code"])
        ]
    return {
        "first": judgement(assessment, assessment.first_band),
        "band": judgement(assessment, assessment.guidance_band),
        "final": judgement(assessment, assessment.final_band),
        "support": support_label(assessment, assessment.support_level),
        "because": _because(assessment, progress),
        "strengths": strengths,
        "texts": [
            {"label": words(narrative.label), "text": assessment.narratives.get(narrative.code, "")}
            for narrative in progress.instrument.narratives
        ],
        "domains": rows,
        "fired": [row for part in rows for row in part["rows"] if row["code"] in assessment.guidance_fired],
        "unknown": progress.unknown,
        "word_checks": word_check.for_reading(assessment),
    }


def _is_strong_row(progress: Progress, code: str) -> bool:
    values = progress.instrument.items[code].scale.values
    return progress.answers[code].value == values[-1].value


def _because(assessment: Assessment, progress: Progress) -> str:
    """The rule in words, told again from the answers that are locked since."""
    if not (assessment.guidance_band or assessment.support_level):
        return ""
    answers = rules.at_age(progress.instrument, progress.answers, progress.age)
    told = explanation.explain(progress.instrument, answers, progress.evaluate())
    return words(told.band if assessment.has_bands else told.support)
