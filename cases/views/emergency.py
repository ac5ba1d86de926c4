"""Break-glass: the page where a case is opened in an emergency, and the pages where that is reviewed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Staff
from cases import policies, workflow
from cases.enums.sharing import Reviewer, ReviewOutcome
from cases.forms.sharing import BreakGlassReviewForm, EmergencyForm
from cases.models import CaseUserGrant
from cases.opening import give_reason
from cases.policies import emergency
from core.editing import tell
from core.htmx import redirect, render_page
from core.workflow import TransitionError

asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])
USES_SHOWN = 100


@asks_or_acts
def emergency_open(request: HttpRequest) -> HttpResponse:
    """A code, a reason and an understanding; the answer never tells whether a code exists."""
    user: Staff = request.user  # type: ignore[assignment]
    emergency.require_trying(user)
    form = EmergencyForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        code, reason = form.cleaned_data["code"], form.cleaned_data["reason"]
        try:
            workflow.count_try(user)
            with transaction.atomic():
                grant = workflow.open_in_emergency(code, by=user, reason=reason)
        except TransitionError as refusal:
            workflow.keep_refusal(by=user, code=code)
            status = tell(form, refusal)
        else:
            give_reason(request, grant.content_object, reason)
            messages.success(request, _("Berkas terbuka selama 60 menit, untuk dibaca. Pengawas dan PDP diberi tahu."))
            return redirect(request, "cases:case-detail", grant.content_object.code)
    return render_page(request, "cases/emergency.html", {"form": form}, status=status)


@require_safe
def break_glass_list(request: HttpRequest) -> HttpResponse:
    """Emergency accesses to review: for the lead unit's supervisor, the data-protection officer and auditors."""
    user: Staff = request.user  # type: ignore[assignment]
    emergency.require_overseeing(user)
    uses = emergency.uses_for(user).select_related("user__unit", "content_object__lead_unit")
    rows = [_use(use, user) for use in uses.prefetch_related("reviews").order_by("-granted_at", "-pk")[:USES_SHOWN]]
    return render_page(
        request,
        "cases/break_glass_list.html",
        {
            "waiting": [row for row in rows if row["is_mine"]],
            "others": [row for row in rows if not row["is_mine"]],
            "columns": [
                {"label": label} for label in (_("Berkas"), _("Dibuka oleh"), _("Waktu"), _("Tinjauan"), _("Tenggat"))
            ],
        },
    )


def _use(use: CaseUserGrant, user: Staff) -> dict[str, Any]:
    reviews = {Reviewer(review.reviewer_role): review for review in use.reviews.all()}
    role = emergency.REVIEWS.get(user.role)  # type: ignore[call-overload]
    due_at = emergency.review_due(use)
    return {
        "use": use,
        "reviews": [{"who": who.label, "review": reviews.get(who)} for who in Reviewer],
        "is_mine": role is not None and role not in reviews,
        "due_at": due_at,
        "is_late": len(reviews) < len(Reviewer) and due_at < timezone.now(),
        "url": reverse("cases:break-glass-detail", args=[use.code]),
    }


@asks_or_acts
def break_glass_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One use: who, why, from when to when; and what the two reviewers find of it."""
    user: Staff = request.user  # type: ignore[assignment]
    emergency.require_overseeing(user)
    uses = emergency.uses_for(user).select_related("user__unit__agency", "content_object__lead_unit")
    use = get_object_or_404(uses.prefetch_related("reviews__reviewer"), code=code)
    row = _use(use, user)
    reviews = emergency.reviewer_as(user, use) is not None and row["is_mine"]
    if request.method == "POST":
        emergency.require_reviewing(user, use)
    form = BreakGlassReviewForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                workflow.review_break_glass(
                    use,
                    by=user,
                    outcome=ReviewOutcome(form.cleaned_data["outcome"]),
                    comment=form.cleaned_data["comment"],
                )
        except TransitionError as refusal:
            status = tell(form, refusal)
        else:
            messages.success(request, _("Tinjauan tersimpan."))
            return redirect(request, "cases:break-glass-list")
    sees = policies.cases_in_sight(user).filter(pk=use.content_object_id).exists()
    return render_page(
        request,
        "cases/break_glass_detail.html",
        row
        | {
            "form": form if reviews or form.is_bound else None,
            "case_url": reverse("cases:case-detail", args=[use.content_object.code]) if sees else "",
        },
        status=status,
    )
