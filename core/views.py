"""The answers to our own faults, to what cannot be read at all, and to browsers and people who report a fault."""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any
from urllib.parse import urlsplit

import structlog
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from core.kept import comes_from_here, kept_page, typed_words

log = structlog.get_logger(__name__)

# A browser sends a report for each blocked thing: enough to see a fault, too few to fill a disk with.
LARGEST_REPORT = 16_384
REPORTS_A_MINUTE, REPORTS_A_MINUTE_AND_SENDER = 120, 20
REPORTS_A_BODY = 10
SECURITY_TXT_DAYS = 180


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: needs no request data, no session and no database.

    While the database cannot be reached it answers 503, so that proxies and people know to come back.
    """
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return HttpResponse(render_to_string("offline.html"), status=503, headers={"Retry-After": "120"})
    return HttpResponse(render_to_string("500.html", {"code": help_code()}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was opened in a former session. What was typed on a page of ours is shown, to be sent once more."""
    if comes_from_here(request) and typed_words(request):
        return kept_page(request)
    return HttpResponse(render_to_string("403_csrf.html"), status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400: never looks at what was sent. Django's own asks for a CSRF token, and so reads it a second time."""
    return HttpResponse(render_to_string("400.html"), status=400)


def too_large(request: HttpRequest) -> HttpResponse:
    """413, before a byte of the body is read."""
    return HttpResponse(render_to_string("400.html"), status=413)


@login_not_required
@csrf_exempt  # a browser sends these by itself, without a token; nothing is kept but a line in the log
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """What a browser refused to load, as one line in the log: no query strings, no samples of the page."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_REPORT:
        return HttpResponse(status=413)
    if not _has_room(get_adapter().get_client_ip(request) or "unknown"):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    for report in _reports(request.body)[:REPORTS_A_BODY]:
        log.warning("csp_violation", **report)
    return HttpResponse(status=204)


def _has_room(sender: str) -> bool:
    """Counts one body against this minute of the sender and of everybody."""
    minute = int(timezone.now().timestamp() // 60)
    limits = {
        f"csp-report:{minute}:{sender}": REPORTS_A_MINUTE_AND_SENDER,
        f"csp-report:{minute}": REPORTS_A_MINUTE,
    }
    for key, limit in limits.items():
        cache.add(key, 0, timeout=120)
        if cache.incr(key) > limit:
            return False
    return True


def _reports(body: bytes) -> list[dict[str, str]]:
    """Both forms that browsers send: ``{"csp-report": {…}}``, and a list of ``{"type": …, "body": {…}}``."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return []
    found = [entry.get("body") for entry in sent if isinstance(entry, dict)] if isinstance(sent, list) else []
    if isinstance(sent, dict):
        found = [sent.get("csp-report")]
    return [
        {
            "page": _bare(report.get("document-uri", report.get("documentURL"))),
            "blocked": _bare(report.get("blocked-uri", report.get("blockedURL"))),
            "directive": _bare(report.get("effective-directive", report.get("effectiveDirective"))),
        }
        for report in found
        if isinstance(report, dict)
    ]


def _bare(value: Any) -> str:
    """An address without query and fragment, short and in printable letters."""
    try:
        parts = urlsplit(str(value or ""))
    except ValueError:
        return ""
    plain = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts.netloc else parts.path
    return "".join(letter for letter in plain if letter.isprintable())[:200]


@login_not_required
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell about a hole (RFC 9116); 404 where nobody was named."""
    contact = settings.ENV.security_contact
    if not contact:
        raise Http404
    expires = timezone.now().replace(microsecond=0) + dt.timedelta(days=SECURITY_TXT_DAYS)
    lines = [
        f"Contact: {contact}",
        f"Expires: {expires.isoformat()}",
        "Preferred-Languages: id, en",
        f"Canonical: {settings.BASE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def help_code() -> str:
    """The short form of the request's id that people can read to the help desk: "7F3A-0924"."""
    known = "".join(c for c in str(structlog.contextvars.get_contextvars().get("request_id", "")) if c.isalnum())
    return f"{known[:4]}-{known[4:8]}".upper() if len(known) >= 8 else ""
