"""The form: start, one domain a step, narratives. Every answer is kept as it is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments import workflow
from assessments.catalogue import Domain
from assessments.completeness import Reason
from assessments.forms import AnswerForm, NarrativesForm, words
from assessments.models import Assessment, ItemRating
from assessments.progress import Progress, age_for, progress_of
from assessments.views import words as word_check
from assessments.views.card import Card
from assessments.views.parts import (
    frame,
    home_of,
    own_draft,
    require_rater,
    staff,
    step_narratives,
    steps,
    url,
    value_label,
    visible,
)
from cases.sentence import clock
from core.htmx import render_page, wants_fragment
from core.workflow import TransitionError

# ---- answers --------------------------------------------------------------------------------------------------------


@require_POST
def answer_save(request: HttpRequest, code: str) -> HttpResponse:
    """Keep one answer as it is given; the answer is one line for the save bar.

    The fastest of all pages, as it is asked for after every tap: whoever may fill it in needs to say no reason.
    """
    assessment = workflow.lock_to_answer(code, by=staff(request))
    if assessment is None:
        require_rater(staff(request), visible(request, code))  # 404, or 403 with the rater's name
        raise PermissionDenied
    return _answer_save(request, assessment)


def _answer_save(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    code = request.POST.get("item", "")
    item = assessment.definition.items.get(code)
    context: dict[str, Any] = {"item": code, "stamp": "", "domain": "", "count": "", "blocks": []}
    if item is None:
        problem, ratings = _("Butir %(item)s tidak ada pada penilaian ini.") % {"item": code[:10]}, None
    else:
        problem, ratings = _keep(request, assessment, AnswerForm(item, request.POST), workflow.keep_answer)
    if problem or ratings is None or item is None:
        context |= {"state": problem or _("Belum ada jawaban."), "icon": "exclamation-circle"}
        return render_page(request, "assessments/_answer_saved.html", context, status=422 if problem else 200)
    texts = {code: ratings[code].evidence_note}
    problems = word_check.keep_answers(request, assessment, texts)
    instrument = assessment.definition
    domain = next(domain for domain in instrument.domains if domain.code == item.domain)
    context |= {
        "state": saved_state(request),
        "icon": "check",
        "blocks": word_check.blocks(request, assessment, texts, problems),
        "stamp": ratings[code].stamp,
        "domain": domain.code,
        "count": _count(domain, ratings, assessment),
    }
    return render_page(request, "assessments/_answer_saved.html", context)


def _count(domain: Domain, ratings: dict[str, ItemRating], assessment: Assessment) -> str:
    progress = Progress(assessment, assessment.definition, age_for(assessment), ratings, None, {})
    asked = [item.code for item in progress.asked if item.domain == domain.code]
    return f"{sum(code in ratings for code in asked)}/{len(asked)}"


def saved_state(request: HttpRequest) -> str:
    user = staff(request)
    return _("Draf tersimpan %(clock)s") % {"clock": clock(timezone.now(), user.unit.zone)}


def _keep(
    request: HttpRequest,
    assessment: Assessment,
    form: AnswerForm,
    save: Callable[..., dict[str, ItemRating]] = workflow.save_answer,
) -> tuple[str, dict[str, ItemRating] | None]:
    """Save one posted answer: the problem in words, or all answers so far; neither where nothing was chosen."""
    if not form.is_valid():
        return " ".join(str(error) for errors in form.errors.values() for error in errors), None
    if not form.cleaned_data["value"]:
        return "", None
    try:
        return "", save(assessment, by=staff(request), item=form.item.code, **form.answer)
    except workflow.MovedOnError as moved:
        item = assessment.definition.items[moved.current.item]
        kept = value_label(item, moved.current.answer)
        now = _("Kini tersimpan: %(answer)s.") % {"answer": kept}
        return f"{moved.message} {now}", None
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
    problems: dict[str, str] = {}
    if request.method == "POST":
        for item in (item for item in progress.asked if item.domain == domain):
            typed = AnswerForm(item, request.POST)
            problem, _ratings = _keep(request, assessment, typed)
            if problem:
                refused[item.code] = (typed, problem)
        progress = progress_of(assessment)
        problems = word_check.keep_answers(request, assessment, [item.code for item in chosen.items])
    checks = word_check.checks_for(assessment, _notes(progress, chosen), problems)
    if request.method == "POST":
        leaves = request.POST.get("then") == "exit"
        # Asked once beside the text; whoever goes on without an answer is not kept.
        asks = any(check.is_new_to(request) for check in checks.values())
        if not refused and not problems and (leaves or not (asks or _half_done(progress, chosen))):
            if leaves:
                messages.success(request, _("Draf tersimpan. Lanjutkan kapan saja."))
                return redirect(home_of(assessment))
            return redirect(_after(progress, chosen))
    review = assessment.reviews.select_related("reviewer").first()
    comments = review.item_comments if review else {}
    cards = []
    for item in chosen.items:
        form, problem = refused.get(item.code, (None, ""))
        errors = [problem] if problem else []
        cards.append(Card(item, progress, form, errors, comments.get(item.code, ""), checks.get(item.code)))
    following = _after(progress, chosen)
    last = chosen is progress.domains[-1]
    context = frame(assessment, words(chosen.title)) | {
        "domain": chosen,
        "heading": f"{chosen.code}. {words(chosen.title)}",
        "cards": cards,
        "review": review,
        "asked_about": [code for code, check in checks.items() if not check.is_answered],
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


def _notes(progress: Progress, domain: Domain) -> dict[str, str]:
    """The kept notes of a domain, by item."""
    return {
        item.code: progress.ratings[item.code].evidence_note for item in domain.items if item.code in progress.ratings
    }


def draft_state(request: HttpRequest, progress: Progress) -> str:
    latest = max((rating.updated_at for rating in progress.ratings.values()), default=None)
    if latest is None:
        return _("Setiap jawaban tersimpan sendiri")
    zone = staff(request).unit.zone
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
    problems: dict[str, str] = {}
    if request.method == "POST":
        problem = keep_narratives(request, assessment, form)
        assessment.refresh_from_db(fields=["narratives"])
        if wants_fragment(request):
            context = {
                "state": problem or saved_state(request),
                "icon": "exclamation-circle" if problem else "check",
                "stamp": assessment.narratives_stamp,
                "blocks": word_check.keep_and_ask(
                    request,
                    assessment,
                    word_check.narratives_of(assessment, (c for c in form.codes if c in form.data)),
                ),
            }
            return render_page(request, "assessments/_text_saved.html", context, status=422 if problem else 200)
        problems = word_check.keep_answers(request, assessment, form.codes)
    checks = word_check.checks_for(assessment, word_check.narratives_of(assessment, form.codes), problems)
    if request.method == "POST" and not problem and not problems:
        if request.POST.get("then") == "exit":
            messages.success(request, _("Draf tersimpan. Lanjutkan kapan saja."))
            return redirect(home_of(assessment))
        if not any(check.is_new_to(request) for check in checks.values()):
            return redirect("assessments:first" if assessment.has_bands else "assessments:guidance", assessment.code)
    context = frame(assessment, _("Uraian")) | {
        "form": form,
        "fields": [(form[code], checks.get(code)) for code in form.codes],
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
    return render_page(
        request, "assessments/narratives_edit.html", context, status=422 if request.method == "POST" else 200
    )


def initial(assessment: Assessment) -> dict[str, str]:
    return {**assessment.narratives, "seen": assessment.narratives_stamp}


def keep_narratives(request: HttpRequest, assessment: Assessment, form: NarrativesForm) -> str:
    """Save the posted texts; the problem in words where they were not kept."""
    if not form.is_valid():
        return " ".join(str(error) for errors in form.errors.values() for error in errors)
    seen = form.cleaned_data["seen"] if "seen" in form.data else None
    try:
        workflow.save_narratives(assessment, by=staff(request), texts=form.texts, seen=seen)
    except TransitionError as refused:
        return str(refused.message)
    return ""
