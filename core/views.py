"""The answers to our own faults, and to what cannot be read at all."""

from __future__ import annotations

import sys

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: needs no request data, no session and no database.

    While the database cannot be reached it answers 503, so that proxies and people know to come back.
    """
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return HttpResponse(render_to_string("offline.html"), status=503, headers={"Retry-After": "120"})
    return HttpResponse(render_to_string("500.html", {"code": help_code()}), status=500)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400: never looks at what was sent. Django's own asks for a CSRF token, and so reads it a second time."""
    return HttpResponse(render_to_string("400.html"), status=400)


def help_code() -> str:
    """The short form of the request's id that people can read to the help desk: "7F3A-0924"."""
    known = "".join(c for c in str(structlog.contextvars.get_contextvars().get("request_id", "")) if c.isalnum())
    return f"{known[:4]}-{known[4:8]}".upper() if len(known) >= 8 else ""
