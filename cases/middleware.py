"""Turns a missing reason into the page that asks for it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cases.opening import ReasonNeededError
from core.htmx import wants_fragment
from core.kept import kept_page, typed_words
from core.middleware import detour

GetResponse = Callable[[HttpRequest], HttpResponse]


class OpeningMiddleware:
    """What the view did so far was undone with its savepoint; nothing of the case has been sent."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ReasonNeededError):
            return None
        is_part = wants_fragment(request)
        # A panel leads back to the case's own page; so does a form that was sent without any reason.
        here = request.get_full_path() if request.method == "GET" and not is_part else ""
        target = here or reverse("cases:case-detail", args=[exception.case.code])
        url = f"{reverse('cases:reason', args=[exception.case.code])}?{urlencode({'next': target})}"
        if is_part:
            swapped = request.headers.get("hx-target", "")
            return render(request, "cases/_reason_needed.html", {"url": url, "target": swapped})
        if typed_words(request):
            return kept_page(request, reason_url=url)
        return detour(url)
