"""The number of a resident: seen whole for a reason, and searched for without ever standing in an address."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.enums import JournalAction
from accounts.models import Staff
from cases import policies
from cases.enums import Section
from cases.forms.nik import NikSearchForm
from cases.forms.reason import NumberReasonForm
from cases.frame import case_frame
from cases.opening import journal_search, open_section, reveal_nik
from cases.policies import matching
from cases.views import intake
from core.htmx import redirect, render_page
from core.limits import within


@require_http_methods(["GET", "HEAD", "POST"])
def nik_show(request: HttpRequest, code: str) -> HttpResponse:
    """Every look at the whole number has its own reason, whoever looks; the page that shows it is not kept."""
    user: Staff = request.user  # type: ignore[assignment]
    case = get_object_or_404(policies.cases_in_sight(user).with_list_data(), code=code)
    frame = case_frame(user, case, Section.IDENTITY, _("NIK lengkap"))
    open_section(request, case, Section.IDENTITY)
    if not case.participant.nik_index:
        raise Http404
    form = NumberReasonForm(request.POST if request.method == "POST" else None)
    number = ""
    if form.is_bound and form.is_valid():
        with translation.override("id"):
            number = reveal_nik(request, case, form.reason)
    status = 422 if form.is_bound and not number else 200
    return render_page(request, "cases/nik_show.html", frame | {"form": form, "number": number}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def nik_find(request: HttpRequest) -> HttpResponse:
    """A whole number finds the cases in one's own sight, and says nothing of any other."""
    user: Staff = request.user  # type: ignore[assignment]
    if not matching.may_find_by_nik(user):
        raise Http404
    form = NikSearchForm(request.POST if request.method == "POST" else None)
    cases: list[Any] = []
    if form.is_bound and form.is_valid():
        if not within("nik", str(user.pk), most=intake.SEARCHES, seconds=intake.IN_SECONDS):
            form.add_error("nik", intake.TOO_MANY)
        else:
            found = matching.cases_with_nik(user, str(form.cleaned_data["nik"])).with_list_data()
            cases = list(found.order_by("-opened_at", "pk"))
            journal_search(request, JournalAction.NIK_SOUGHT, cases)
            if len(cases) == 1:
                return redirect(request, "cases:identity", cases[0].code)
            if not cases:
                form.add_error("nik", _("Tidak ada kasus dengan NIK ini yang dapat Anda buka."))
    status = 422 if form.is_bound and not cases else 200
    return render_page(request, "cases/nik_find.html", {"form": form, "cases": cases}, status=status)
