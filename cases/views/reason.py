"""The small page before a sensitive one: why do you open this file?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from accounts.models import Staff
from cases import policies
from cases.forms.reason import OpeningReasonForm
from cases.opening import give_reason
from cases.policies.relation import CASELOAD, relation_of
from core.htmx import redirect, render_page


@require_http_methods(["GET", "HEAD", "POST"])
def reason(request: HttpRequest, code: str) -> HttpResponse:
    """Asked once a case and sitting; then on to where one was going. Says nothing about the person in the file."""
    user: Staff = request.user  # type: ignore[assignment]
    case = get_object_or_404(policies.cases_in_sight(user), code=code)
    target = request.POST.get("next") or request.GET.get("next", "")
    safe = target.startswith("/") and url_has_allowed_host_and_scheme(
        target, {request.get_host()}, require_https=request.is_secure()
    )
    if not safe:
        target = reverse("cases:case-detail", args=[case.code])
    if relation_of(user, case) == CASELOAD:
        return redirect(request, target)
    form = OpeningReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with translation.override("id"):
            give_reason(request, case, form.reason)
        return redirect(request, target)
    context = {"code": case.code, "form": form, "next": target}
    return render_page(request, "cases/reason.html", context, status=422 if form.is_bound else 200)
