"""One transaction a request, with the acting person in it; how long a session lives; what comes before any page."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts import policies, workflow
from accounts.enums import JournalAction
from core.acting import acting_as
from core.codes import is_code
from core.htmx import redirect
from core.kept import kept_page, typed_words

GetResponse = Callable[[HttpRequest], HttpResponse]


class ActingStaffMiddleware:
    """Wraps the view, so that what it reads and writes happens as one person, all or nothing."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        staff_id = request.user.pk if request.user.is_authenticated else None
        # Forms and templates read and write times as the clock on this unit's wall shows them (I-30).
        zone = timezone.override(request.user.unit.zone if staff_id else None)
        with acting_as(staff_id, url=request.path, request=request.request_id), zone:  # type: ignore[attr-defined]
            response = self.get_response(request)
            self._note_refusal(request, response)
        if staff_id:
            # Desks are shared: after signing out, the browser's Back must not show somebody's case.
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def _note_refusal(self, request: HttpRequest, response: HttpResponse) -> None:
        """A line about what was refused, although the refused view's own writes are undone.

        Here, and not on a connection of its own: by now the view's savepoint (ATOMIC_REQUESTS) is rolled back, and
        our transaction round it goes on and is committed with the 403 or 404 page. A second connection would have to
        be opened while this one is held, for every refusal: a stranger could use up all of the server's connections
        by asking for codes.
        """
        user, match = request.user, request.resolver_match
        if response.status_code not in (403, 404) or match is None or not user.is_authenticated:
            return
        codes = [value for value in match.kwargs.values() if isinstance(value, str) and is_code(value)]
        if response.status_code == 403 or codes:
            workflow.journal_refusal(
                by=user,
                code=codes[-1] if codes else "",
                detail=f"{response.status_code} {match.view_name}",
                ip=request.META.get("REMOTE_ADDR") or None,
                request_id=request.request_id,  # type: ignore[attr-defined]
            )

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        # The view's own block (ATOMIC_REQUESTS) is undone by now, and the pages for 403 and 404 still ask the
        # database. Whatever else went wrong, in rendering perhaps, Django turns into a response inside our block:
        # without this, half a change would be kept.
        if not isinstance(exception, Http404 | PermissionDenied):
            transaction.set_rollback(True)


# ---- how long a session lives --------------------------------------------------------------------------------------

STARTED, SEEN, OWN_DEVICE = "started_at", "seen_at", "own_device"
# Writing "seen now" at every request would be a write a click; the promise to the person is kept all the same.
SEEN_EVERY = 30


def mark_start(sender: object, request: HttpRequest, **_kwargs: object) -> None:
    """Django tells of every session that begins (accounts.apps)."""
    request.session[STARTED] = request.session[SEEN] = int(time.time())


def idle_limit(request: HttpRequest) -> int:
    """Seconds without a sign of the person after which this session ends."""
    own = bool(getattr(request, "session", {}).get(OWN_DEVICE))
    return int((settings.SESSION_IDLE_OWN if own else settings.SESSION_IDLE_SHARED).total_seconds())


def seconds_left(request: HttpRequest) -> int:
    """Until this session ends, if nothing is done."""
    now, session = time.time(), getattr(request, "session", {})
    idle_end = session.get(SEEN, now) + idle_limit(request)
    return max(0, int(min(idle_end, session.get(STARTED, now) + settings.SESSION_COOKIE_AGE) - now))


class SignInMiddleware(LoginRequiredMiddleware):
    """Every page asks for a person. What somebody typed while the session ended is not thrown away for it."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseBase:
        if "hx-request" in request.headers:
            # The sign-in page would take the place of the part, and of what stands typed in it; js/session.js asks.
            return HttpResponse(status=401)
        if typed_words(request):
            return kept_page(request)
        return super().handle_no_permission(request, view_func)


class SessionAgeMiddleware:
    """Ends a session without a sign of its person, and every session after one working day.

    What a page asks for by itself (a progress bar, a card that loads, the clock of this very limit) is no sign of
    anybody: js/session.js marks the requests of htmx that a hand made.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now, session = int(time.time()), request.session
            if STARTED not in session:
                session[STARTED] = session[SEEN] = now
            if now - session[STARTED] > settings.SESSION_COOKIE_AGE:
                self._end(request, "age")
            elif now - session[SEEN] > idle_limit(request) + SEEN_EVERY:
                self._end(request, "idle")
            elif now - session[SEEN] >= SEEN_EVERY and self._by_hand(request):
                session[SEEN] = now
        return self.get_response(request)

    def _by_hand(self, request: HttpRequest) -> bool:
        if "x-by-itself" in request.headers:
            return False
        return "hx-request" not in request.headers or request.method != "GET" or "x-by-hand" in request.headers

    def _end(self, request: HttpRequest, why: str) -> None:
        staff = request.user
        with acting_as(staff.pk):
            workflow.write_journal(
                JournalAction.SESSION_EXPIRED, by=staff, detail=why, ip=request.META.get("REMOTE_ADDR") or None
            )
        logout(request)


# ---- what must be done before any other page -----------------------------------------------------------------------

# Open to a person who has no second factor yet: setting one up, the language, and leaving.
ALWAYS_OPEN = frozenset({"account_logout", "accounts:set-language", "accounts:session"})
SETTING_UP = ALWAYS_OPEN | {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
}
# The codes are shown once, right after the first factor and before the code of conduct.
PROMISING = SETTING_UP | {
    "accounts:conduct",
    "mfa_view_recovery_codes",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}


class GateMiddleware:
    """A second factor first, then the code of conduct; until then no other page, whatever its address."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        if not request.user.is_authenticated or request.resolver_match is None:
            return None
        name = request.resolver_match.view_name
        lacks_factor = settings.SECOND_FACTOR_REQUIRED and not policies.has_second_factor(request.user)
        must_promise = policies.must_promise(request.user)
        request.is_gated = lacks_factor or must_promise  # type: ignore[attr-defined]
        if lacks_factor and name not in SETTING_UP:
            return redirect(request, "mfa_index")
        if must_promise and name not in PROMISING:
            return redirect(request, f"{reverse('accounts:conduct')}?{urlencode({'next': request.get_full_path()})}")
        return None
