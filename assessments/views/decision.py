"""The supervisor's side: read, then make final or return; cancel with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments import policies, workflow
from assessments.enums import IN_QUEUE, AssessmentStatus
from assessments.forms import CancelForm, ReturnForm
from assessments.models import Assessment
from assessments.progress import progress_of
from assessments.views.judgement import reading
from assessments.views.parts import frame, home_of, open_assessment, opened, pair_of, staff, visible
from cases.enums import Right
from core.htmx import render_page


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that was submitted, with one box for the whole and one for each item; posting it returns it."""
    assessment = opened(request, code, decides=True)
    if assessment.status not in IN_QUEUE and request.method != "POST":
        return redirect("assessments:form", code)
    if assessment.is_second and (pair := pair_of(assessment)):
        return redirect("assessments:second-compare", pair.code)
    progress = progress_of(assessment)
    form = ReturnForm(progress.asked, request.POST or None)
    if request.method == "POST" and form.is_valid():
        workflow.return_for_changes(
            assessment, by=staff(request), comment=form.cleaned_data["comment"], item_comments=form.item_comments
        )
        messages.success(request, _("Dikembalikan ke %(name)s.") % {"name": assessment.rater.full_name})
        return redirect("assessments:queue")
    context = frame(assessment, _("Periksa")) | reading(assessment, progress) | {"form": form}
    for part in context["domains"]:
        for row in part["rows"]:
            name = f"item-{row['code']}"
            row["field"] = form[name] if name in form.fields else None
    return render_page(request, "assessments/review.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def finalise(request: HttpRequest, code: str) -> HttpResponse:
    """One question before it cannot be taken back."""
    assessment = opened(request, code, decides=True)
    if request.method == "POST":
        workflow.finalise(assessment, by=staff(request))
        messages.success(
            request, _("Penilaian %(name)s sudah final.") % {"name": assessment.case.participant.shown_name}
        )
        return redirect("assessments:queue")
    if assessment.status not in IN_QUEUE:
        return redirect("assessments:form", code)
    if pair := pair_of(assessment):
        return redirect("assessments:second-compare", pair.code)
    progress = progress_of(assessment)
    context = frame(assessment, _("Jadikan final")) | reading(assessment, progress)
    return render_page(request, "assessments/finalise.html", context | {"previous": progress.previous})


@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    """The rater ends an own draft, a supervisor anything that is submitted or final."""
    assessment = visible(request, code)
    _require_cancel(request, assessment)
    asked = assessment.status in IN_QUEUE or not assessment.is_ordinary
    open_assessment(request, assessment, from_queue=asked)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        workflow.cancel(assessment, by=staff(request), reason=form.cleaned_data["reason"])
        messages.success(request, _("Penilaian dibatalkan. Isinya tetap tersimpan."))
        if assessment.is_second:  # the case is no longer open to who gave it back
            return redirect("assessments:queue")
        return redirect(home_of(assessment))
    context = frame(assessment, _("Batalkan")) | {"form": form}
    return render_page(request, "assessments/cancel.html", context, status=422 if form.errors else 200)


def _require_cancel(request: HttpRequest, assessment: Assessment) -> None:
    user = staff(request)
    own = assessment.rater_id == user.pk and assessment.status in (AssessmentStatus.DRAFT, AssessmentStatus.RETURNED)
    if not own and not policies.can(user, Right.APPROVE, assessment):
        raise PermissionDenied
