"""The signed-in person's own pages, and the language switch."""

from __future__ import annotations

from typing import Any

from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import workflow
from accounts.conduct import CURRENT
from accounts.device import in_words
from accounts.enums import JournalAction
from accounts.middleware import seconds_left
from core.htmx import redirect, render_page

JOURNAL_PAGE = 50
LANGUAGE_YEAR = 365 * 24 * 3600


@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    return render_page(request, "accounts/profile.html", {"staff": request.user})


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return render_page(request, "accounts/help.html", {})


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and go back to where the person was."""
    response = HttpResponseRedirect(_safe(request, request.POST.get("next", "/")))
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


def _safe(request: HttpRequest, target: str) -> str:
    """Only back to a page of ours."""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else "/"


@require_http_methods(["GET", "HEAD", "POST"])
def conduct(request: HttpRequest) -> HttpResponse:
    """The code of conduct: read here, and accepted before any other page."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    target = _safe(request, request.POST.get("next") or request.GET.get("next", "/"))
    is_missing = False
    if request.method == "POST":
        if "accept" in request.POST:
            workflow.accept_conduct(
                request.user,
                version=request.POST.get("version", ""),
                language=language,
                ip=request.META.get("REMOTE_ADDR") or None,
                request_id=request.request_id,
            )
            return redirect(request, target)
        is_missing = True
    accepted = request.user.conduct_acceptances.filter(version=CURRENT.number).first()
    context = {
        "version": CURRENT.number,
        "points": CURRENT.read_in(language),
        "accepted": accepted,
        "next": target,
        "is_missing": is_missing,
    }
    return render_page(request, "accounts/conduct.html", context, status=422 if is_missing else 200)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def session(request: HttpRequest) -> HttpResponse:
    """How many seconds the session has left; asking does not prolong it, a POST ("still here") does."""
    left = seconds_left(request) if request.user.is_authenticated else 0
    return JsonResponse({"left": left}, headers={"Cache-Control": "no-store"})


@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    """Where this account is signed in."""
    found = UserSession.objects.purge_and_list(request.user)
    here = request.session.session_key
    rows = [{"session": row, "device": in_words(row.user_agent), "is_here": row.session_key == here} for row in found]
    rows.sort(key=lambda row: (not row["is_here"], -row["session"].pk))
    return render_page(request, "accounts/sessions.html", {"rows": rows})


@require_POST
def sessions_end(request: HttpRequest) -> HttpResponse:
    """End one session of one's own from afar, or all others."""
    mine = UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key)
    chosen = request.POST.get("session", "")
    if chosen == "others":
        ended = list(mine)
    else:
        number = int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0
        ended = [get_object_or_404(mine, pk=number)]
    for row in ended:
        ip = request.META.get("REMOTE_ADDR") or None
        workflow.end_session(row, by=request.user, ip=ip, request_id=request.request_id)
    messages.success(request, _("Perangkat dikeluarkan."))
    return redirect(request, "accounts:sessions")


class RecoveryCodesView(ViewRecoveryCodesView):
    """Allauth's page of the codes, with a line in the journal when it shows them."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if context["can_view_codes"]:
            workflow.write_journal(
                JournalAction.CODES_VIEWED,
                by=self.request.user,
                ip=self.request.META.get("REMOTE_ADDR") or None,
                request_id=self.request.request_id,
            )
        return context
