"""One transaction a request, with the acting staff member set in it."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from core.acting import acting_as

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
        if staff_id:
            # Desks are shared: after signing out, the browser's Back must not show somebody's case.
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        # The view's own block (ATOMIC_REQUESTS) is undone by now, and the pages for 403 and 404 still ask the
        # database. Whatever else went wrong, in rendering perhaps, Django turns into a response inside our block:
        # without this, half a change would be kept.
        if not isinstance(exception, Http404 | PermissionDenied):
            transaction.set_rollback(True)
