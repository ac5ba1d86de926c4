"""The pages of a second rating: who is asked, the blind rating, both side by side, and the decision."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments import policies, workflow
from assessments.catalogue import Item
from assessments.enums import IN_QUEUE, AssessmentStatus
from assessments.forms import DecideForm, NameForm, TakeBackForm, words
from assessments.models import Assessment, SecondRating
from assessments.progress import Progress, progress_of
from assessments.views.parts import answer_row, attempt, judgement, staff, support_label
from cases.enums import Section
from cases.opening import open_section
from core.htmx import render_page


def _visible(request: HttpRequest, code: str) -> SecondRating:
    """404 unless the person knows of it; a line in the journal, and a reason where one is needed."""
    user = staff(request)
    second = get_object_or_404(policies.second_ratings_for(user).with_page_data(), code=code)
    # A supervisor's decision and the own task are the reason themselves.
    asked = second.rater_id == user.pk or policies.decides(user, second)
    open_section(request, second.case, Section.ASSESSMENT, from_queue=asked)
    return second


def _readable(request: HttpRequest, pk: int | None) -> Assessment | None:
    """One of the ratings, where this person may read it now."""
    return policies.assessments_for(staff(request)).with_page_data().filter(pk=pk).first() if pk else None


def _frame(second: SecondRating, here: str) -> dict[str, Any]:
    case = second.case
    return {
        "second": second,
        "name": case.participant.shown_name,
        "is_child": case.for_child,
        "case_url": reverse("cases:case-detail", args=[case.code]),
        "case_code": case.code,
        "page": _("Penilaian kedua"),
        "page_url": reverse("assessments:second", args=[second.code]),
        "here": here,
    }


@require_http_methods(["GET", "POST"])
def second_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Where it stands and what comes next for this person; posting names the rater."""
    second = _visible(request, code)
    user = staff(request)
    first = _readable(request, second.first_id)
    decides = policies.decides(user, second)
    names = decides and second.is_open and not second.is_revealed
    if request.method == "POST" and not decides:
        raise PermissionDenied
    form, status = None, 200
    if names or request.method == "POST":
        form = NameForm(second, request.POST or None, people=policies.candidates(second))
    if request.method == "POST" and form is not None:
        status = attempt(form, partial(workflow.name_rater, second, by=user))
        if not status:
            name = form.cleaned_data["rater"].full_name
            messages.success(request, _("Penilai kedua: %(name)s.") % {"name": name})
            return redirect("assessments:second", code)
    is_rater = second.rater_id == user.pk
    context = _frame(second, "") | {
        "first": first,
        "form": form,
        "is_rater": is_rater,
        "shows_reason": not is_rater or second.is_revealed,
        "begins": is_rater and second.is_open and not second.is_revealed,
        "begun": _readable(request, second.second_id) if is_rater else None,
        "compares": second.is_revealed and first is not None,
        "withdraws": first is not None
        and second.is_open
        and not second.is_revealed
        and policies.may_withdraw(user, second),
    }
    return render_page(request, "assessments/second.html", context, status=status)


@require_POST
def second_start(request: HttpRequest, code: str) -> HttpResponse:
    second = _visible(request, code)
    assessment = workflow.start_second(second, by=staff(request))
    return redirect("assessments:form", assessment.code)


@require_POST
def joint_start(request: HttpRequest, code: str) -> HttpResponse:
    """One of the raters goes on to what both agree on."""
    second = _visible(request, code)
    assessment = workflow.start_joint(second, by=staff(request))
    return redirect("assessments:form", assessment.code)


@require_http_methods(["GET", "POST"])
def second_withdraw(request: HttpRequest, code: str) -> HttpResponse:
    second = _visible(request, code)
    first = _readable(request, second.first_id)
    if first is None or not policies.may_withdraw(staff(request), second):
        raise PermissionDenied
    form = TakeBackForm(second, request.POST or None)
    status = 200
    if request.method == "POST":
        status = attempt(form, partial(workflow.withdraw, second, by=staff(request)))
        if not status:
            messages.success(request, _("Ditarik. Penilaian pertama tetap berlaku."))
            return redirect("assessments:result", first.code)
    context = _frame(second, _("Tarik")) | {"form": form}
    return render_page(request, "assessments/second_withdraw.html", context, status=status)


# ---- side by side ---------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def second_compare(request: HttpRequest, code: str) -> HttpResponse:
    """Both ratings by domain and item, differences first; posting decides which is in force."""
    second = _visible(request, code)
    user = staff(request)
    decides = policies.decides(user, second)
    if request.method == "POST" and not decides:
        raise PermissionDenied
    first, other = _readable(request, second.first_id), _readable(request, second.second_id)
    if not second.is_revealed or first is None or other is None:
        return redirect("assessments:second", code)
    joint = _readable(request, second.joint_id)
    has_joint = joint is not None and joint.status in IN_QUEUE
    form = DecideForm(second, request.POST or None, has_joint=has_joint) if decides else None
    status = 200
    if request.method == "POST" and form is not None:
        status = attempt(form, partial(workflow.decide, second, by=user))
        if not status:
            messages.success(request, _("Keputusan dicatat. Kedua penilaian tetap tersimpan."))
            # With the decision ends the work on the case: its pages would ask why they are opened (I-22).
            return redirect("assessments:queue")
    may_join = second.is_open and second.rated_by(user) and first.status == AssessmentStatus.FINAL
    ratings = [progress_of(first), progress_of(other)]
    if joint is not None and not joint.is_draft:
        ratings.append(progress_of(joint))
    context = (
        _frame(second, _("Berdampingan"))
        | side_by_side(ratings)
        | {
            "form": form,
            "joint": joint,
            "joins": may_join and joint is None,
            "goes_on": may_join and joint is not None and joint.rater_id == user.pk and joint.status not in IN_QUEUE,
        }
    )
    return render_page(request, "assessments/second_compare.html", context, status=status)


def side_by_side(ratings: list[Progress]) -> dict[str, Any]:
    """Judgements and answers of both, and of what they agreed on; the items that differ stand first."""
    one, other = ratings[0], ratings[1]
    columns = [
        {
            "title": title,
            "assessment": progress.assessment,
            "first": judgement(progress.assessment, progress.assessment.first_band),
            "band": judgement(progress.assessment, progress.assessment.guidance_band),
            "final": judgement(progress.assessment, progress.assessment.final_band),
            "support": support_label(progress.assessment, progress.assessment.support_level),
            "reason": progress.assessment.override_reason,
            "texts": [
                {"label": words(narrative.label), "text": progress.assessment.narratives.get(narrative.code, "")}
                for narrative in progress.instrument.narratives
            ],
        }
        for title, progress in zip(
            (_("Penilaian pertama"), _("Penilaian kedua"), _("Penilaian bersama")), ratings, strict=False
        )
    ]
    differing: list[dict[str, Any]] = []
    agreed: list[dict[str, Any]] = []
    for domain in one.domains:
        rows = [_pair(item, ratings) for item in domain.items]
        title = words(domain.title)
        for found, same in ((differing, False), (agreed, True)):
            if kept := [row for row in rows if row["agrees"] == same]:
                found.append({"code": domain.code, "title": title, "rows": kept})
    count = sum(len(part["rows"]) for part in agreed)
    total = count + sum(len(part["rows"]) for part in differing)
    return {
        "columns": columns,
        "differing": differing,
        "agreed": agreed,
        "agreed_count": count,
        "total": total,
        "same_band": one.assessment.final_band == other.assessment.final_band,
    }


def _pair(item: Item, ratings: list[Progress]) -> dict[str, Any]:
    rows = [answer_row(progress, item) for progress in ratings]
    return {
        "code": item.code,
        "text": words(item.text),
        "answers": rows,
        "agrees": rows[0]["value"] == rows[1]["value"],
    }
