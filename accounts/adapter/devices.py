"""The signed cookie by which a browser is known again: a random word, no name and no number of anybody."""

from __future__ import annotations

import datetime as dt
import secrets

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import workflow
from accounts.models import Staff

COOKIE, SALT = "titian_device", "accounts.device"
YEAR = dt.timedelta(days=365)


def token_of(request: HttpRequest) -> str:
    """The word in this browser's cookie, or nothing."""
    return request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=YEAR) or ""


def greet(request: HttpRequest, response: HttpResponse, staff: Staff, ip: str) -> None:
    """Know the browser after a sign-in; tell the person about others that were new since the last time."""
    token = token_of(request) or secrets.token_urlsafe(24)
    agent = request.META.get("HTTP_USER_AGENT", "")
    request_id = getattr(request, "request_id", "")
    others = workflow.meet_device(staff, token=token, user_agent=agent, ip=ip, request_id=request_id)
    for device in others:
        at = date_format(timezone.localtime(device.first_seen_at, staff.unit.zone), "j F Y, H.i")
        text = _(
            "Akun Anda dipakai masuk dari perangkat lain pada %(at)s. Bukan Anda? Keluarkan di Akun dan keamanan."
        )
        messages.warning(request, text % {"at": at})
    response.set_signed_cookie(
        COOKIE,
        token,
        salt=SALT,
        max_age=int(YEAR.total_seconds()),
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
