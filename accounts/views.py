"""The signed-in person's own pages, the journal for oversight, and the language switch."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts import policies
from accounts.forms import JournalFilter
from core.htmx import render_page

JOURNAL_PAGE = 50
LANGUAGE_YEAR = 365 * 24 * 3600


def profile(request: HttpRequest) -> HttpResponse:
    return render_page(request, "accounts/profile.html", {"staff": request.user})


def help_page(request: HttpRequest) -> HttpResponse:
    return render_page(request, "accounts/help.html", {})


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and go back to where the person was."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=LANGUAGE_YEAR,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return response


def journal(request: HttpRequest) -> HttpResponse:
    policies.require_journal(request.user)
    form = JournalFilter(request.GET or None)
    entries = policies.journal_for(request.user).select_related("actor__unit")
    if form.is_valid():
        if form.cleaned_data["action"]:
            entries = entries.filter(action=form.cleaned_data["action"])
        if form.cleaned_data["day"]:
            day = form.cleaned_data["day"]
            first, last = (timezone.make_aware(dt.datetime.combine(day, at)) for at in (dt.time.min, dt.time.max))
            entries = entries.filter(at__range=(first, last))
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        entries = entries.filter(pk__lt=int(before))
    rows = list(entries.order_by("-pk")[: JOURNAL_PAGE + 1])
    page = rows[:JOURNAL_PAGE]
    return render_page(
        request,
        "accounts/journal.html",
        {"form": form, "entries": page, "next_before": page[-1].pk if len(rows) > JOURNAL_PAGE else None},
    )
