"""Middleware without domain words: what browsers are told, language by choice, refusals that become messages."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from core import views
from core.kept import typed_words
from core.uploads import most_bytes
from core.workflow import TransitionError

GetResponse = Callable[[HttpRequest], HttpResponse]

# What Django and django-csp do not send themselves. No other site may embed a page, a picture or a script of ours.
RULES = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "X-Permitted-Cross-Domain-Policies": "none",
}


class BrowserRulesMiddleware:
    """Stands before nearly everything, static files included; also refuses what is too large before it is read."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        # Django limits fields, never files; and a body without a length is not read at all.
        too_large = not length.isdecimal() or (
            int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE and int(length) > most_bytes(request.path_info)
        )
        response = views.too_large(request) if too_large else self.get_response(request)
        for name, value in RULES.items():
            response.headers.setdefault(name, value)
        response.headers["Reporting-Endpoints"] = f'csp="{reverse("csp-report")}"'
        return response


class LanguageMiddleware:
    """Indonesian unless the person chose otherwise; the browser's own language is not a choice."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
            response = self.get_response(request)
        patch_vary_headers(response, ["Cookie"])
        response.headers.setdefault("Content-Language", language)
        return response


# So long a form that was carried out is known again; a double click or a second try comes within seconds.
KNOWN_SECONDS = 60
# How often, each tenth of a second, the second of two clicks asks what became of the first.
ASKED_AGAIN = 50


def detour(url: str) -> HttpResponseRedirect:
    """A redirect of something that was not carried out."""
    response = HttpResponseRedirect(url)
    response.is_detour = True  # type: ignore[attr-defined]
    return response


class SentOnceMiddleware:
    """The same form sent twice is carried out once, and leads to the same page both times.

    Every page that is drawn has CSRF tokens of its own, so that the same token with the same content is the same form.
    Stands round the transaction: what is known to be done is stored. Answers that are no redirect, a refusal with its
    reasons say, are given anew each time, and so are redirects that carried nothing out (``detour``); htmx sends small
    and repeatable things.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if key := getattr(request, "sent_once", ""):
            if response.status_code == 302 and not getattr(response, "is_detour", False):
                cache.set(key, response.headers["location"], KNOWN_SECONDS)
            else:
                cache.delete(key)
        return response

    def process_view(self, request: HttpRequest, view: Any, *_arguments: object) -> HttpResponse | None:
        if getattr(view, "csrf_exempt", False):  # it reads the body as it came
            return None
        token = request.POST.get("csrfmiddlewaretoken") if request.method == "POST" else None
        if not token or not request.user.is_authenticated or request.headers.get("hx-request"):
            return None
        files = [(name, file.name, file.size) for name, sent in request.FILES.lists() for file in sent]
        said = [request.session.session_key, request.get_full_path(), sorted(request.POST.lists()), files]
        key = f"sent-once:{hashlib.sha256(json.dumps(said).encode()).hexdigest()}"
        for _turn in range(ASKED_AGAIN):
            if cache.add(key, "", KNOWN_SECONDS):
                request.sent_once = key  # type: ignore[attr-defined]
                return None
            if done := cache.get(key):
                return HttpResponseRedirect(done)
            time.sleep(0.1)
        problem = TransitionError(_("Isian ini sedang disimpan. Muat ulang halamannya sebentar lagi."))
        return render(
            request,
            "409.html",
            {"problem": problem, "back": request.get_full_path(), "texts": typed_words(request)},
            status=409,
        )


class ProblemMiddleware:
    """A refused move answers 409 with its reason and a way back, never a traceback."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, TransitionError):
            return None
        back = request.headers.get("referer", "")
        safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
        if request.method == "GET" and back == request.build_absolute_uri():
            safe = False  # the way back led here: from a form that was sent to its own address
        texts = typed_words(request)
        if safe and request.method == "POST" and not texts and not request.headers.get("hx-request"):
            messages.error(request, str(exception.message), extra_tags=" ".join(b.url for b in exception.blockers))
            return detour(back)
        return render(
            request, "409.html", {"problem": exception, "back": back if safe else "/", "texts": texts}, status=409
        )
