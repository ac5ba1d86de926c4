"""How often somebody may try: counted per address, and per address and account, never per account alone.

A limit per account would let anybody shut out anybody by typing wrong passwords for them. A limit per address would
let one visitor shut out a whole office behind one router: a browser that has signed in to the account before (its
signed cookie says so) is therefore counted by itself. The numbers stand in the settings.
"""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest

from accounts import workflow
from accounts.adapter.devices import token_of

APP = "titian"


def try_password(request: HttpRequest, name: str, ip: str) -> ratelimit.RateLimitUsage | None:
    """Count a try before the password is looked at; None where there were too many."""
    login = name.strip().lower()
    token = token_of(request)
    if token and workflow.is_known_device(login, token):
        return _consume(request, "known", f"{token}:{login}")
    return _consume(request, "unknown", f"{ip}:{login}")


def try_code(request: HttpRequest, staff_pk: int, ip: str) -> ratelimit.RateLimitUsage | None:
    """The same for a code of the second step, which comes after the right password."""
    return _consume(request, "code", f"{ip}:{staff_pk}")


def _consume(request: HttpRequest, action: str, key: str) -> ratelimit.RateLimitUsage | None:
    return ratelimit.consume(request, app=APP, action=action, config=settings.SIGN_IN_LIMITS, key=key)
