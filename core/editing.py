"""The page that edits a row which others may edit too: one way for every such form, however late it is sent.

The form carries the version and the values with which it was opened (``{% opened form %}``). Where somebody has saved
since, what only the other changed is kept without a word more than a message; what both changed is asked about on the
conflict screen, with what each wrote side by side.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _

from core.conflict import (
    JOINED,
    PICK,
    Merge,
    Values,
    changes_nothing,
    from_text,
    merge,
    picks,
    resolved,
    to_text,
    values_of,
)
from core.htmx import redirect, render_page
from core.workflow import StaleError, TransitionError

Row = TypeVar("Row", bound=models.Model)
VERSION, BASE = "version", "base"
ROUNDS = 3


@dataclass(frozen=True)
class Opened:
    """With what a form was opened; ``values`` is None where the page that sent it did not say."""

    version: int
    values: Values | None

    @property
    def base(self) -> str:
        return to_text(self.values) if self.values is not None else ""


@dataclass(frozen=True)
class Place:
    """Where an edit stands: its template with its context, and where one goes from there."""

    template: str
    back: str  # after saving, and where the stored text is left as it is
    done: str | Promise
    context: dict[str, Any]
    # What ``back`` leads to, for the crumbs of the conflict screen; a page of a case has those of its frame.
    parent: str | Promise = ""

    @property
    def layout(self) -> str:
        return "base.html" if self.parent else "cases/case_page.html"


def edit_page(
    request: HttpRequest,
    row: Any,
    *,
    form_of: Callable[[Any, Any], forms.BaseForm],
    save: Callable[[Any, int], object],
    place: Place,
) -> HttpResponse:
    """Show or save the edit of ``row`` (None: not there yet).

    ``form_of(data, row)`` makes the form, unsent where ``data`` is None; ``save(form, version)`` calls the workflow,
    which raises StaleError where the row has another version.
    """
    if request.method != "POST":
        form = form_of(None, row)
        return _shown(request, place, form, Opened(_version_of(row), values_of(form)))
    opened = _opened(request)
    data: Any = request.POST
    if picks(data):
        stored = form_of(None, row)
        data = resolved(data, stored, values_of(stored) if opened.values is None else opened.values)
    if not (asking := form_of(data, row)).is_bound:  # a button that only looks something up: nothing is sent yet
        return _shown(request, place, asking, opened)
    taken: list[str] = []
    for _round in range(ROUNDS):
        form = form_of(data, row)
        # What is known to be old is joined first: its rules are asked of what would be stored, not of a former row.
        newest = row if opened.values is not None and opened.version != _version_of(row) else None
        if newest is None:
            if not form.is_valid():
                return _shown(request, place, form, opened, status=422)
            if opened.values is not None and changes_nothing(request.POST, form, opened.values):
                return redirect(request, place.back)
            try:
                with transaction.atomic():
                    save(form, opened.version)
            except StaleError as stale:
                newest = stale.current
            except TransitionError as refusal:
                return _refused(request, place, form, opened, refusal)
            else:
                return _saved(request, place, taken)
        row = newest
        theirs = form_of(None, row)
        found = merge(form_of(data, row), theirs, opened.values)
        opened = Opened(_version_of(row), values_of(theirs))
        if found.asked:
            return _conflict(request, place, row, found, opened)
        data = found.data
        taken += found.taken
    form.add_error(None, _("Isian ini sedang diubah orang lain. Tulisan Anda masih ada: simpan sekali lagi."))
    return _shown(request, place, form, opened, status=409)


def _saved(request: HttpRequest, place: Place, taken: list[str]) -> HttpResponse:
    messages.success(request, str(place.done))
    if taken:
        words = _("Yang disimpan orang lain sementara itu tetap ada: %(fields)s.")
        messages.info(request, words % {"fields": ", ".join(taken)})
    return redirect(request, place.back)


def _refused(
    request: HttpRequest, place: Place, form: forms.BaseForm, opened: Opened, refusal: TransitionError
) -> HttpResponse:
    return _shown(request, place, form, opened, status=tell(form, refusal))


def tell(form: forms.BaseForm, refusal: TransitionError) -> int:
    """Say a refusal beside the fields that it is about, else above the form. Answers the status of the page."""
    for name, text in refusal.problems.items():
        form.add_error(name, str(text))
    if not refusal.problems:
        form.add_error(None, str(refusal.message))
    for blocker in refusal.blockers:
        linked = format_html('<a href="{}">{}</a>', blocker.url, blocker.text) if blocker.url else str(blocker.text)
        form.add_error(None, linked)
    if ask_for_file_again := getattr(form, "ask_for_file_again", None):
        ask_for_file_again()
    return 422 if refusal.problems else 409


def _opened(request: HttpRequest) -> Opened:
    raw = request.POST.get(VERSION, "")
    version = int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 10 else 0
    return Opened(version, from_text(request.POST.get(BASE, "")))


def _version_of(row: Any) -> int:
    return row.version if row is not None else 0


def _shown(
    request: HttpRequest, place: Place, form: forms.BaseForm, opened: Opened, *, status: int = 200
) -> HttpResponse:
    form.opened = opened  # type: ignore[attr-defined]
    return render_page(request, place.template, place.context | {"form": form}, status=status)


def _conflict(request: HttpRequest, place: Place, row: Any, found: Merge, opened: Opened) -> HttpResponse:
    who, at = last_saved(row)
    own = [
        (name, value)
        for name in found.data
        if name not in (VERSION, BASE, "csrfmiddlewaretoken") and not name.startswith((PICK, JOINED))
        for value in found.data.getlist(name)
    ]
    return render_page(
        request,
        "conflict.html",
        place.context
        | {
            "layout": place.layout,
            "parent": place.parent,
            "back": place.back,
            "who": who,
            "saved_at": _clock(at) if at else "",
            "rows": found.asked,
            "own": own,
            "taken": found.taken,
            "same": found.same,
            "opened": opened,
            "loses_file": bool(request.FILES),
        },
        status=409,
    )


def last_saved(row: Any) -> tuple[str, dt.datetime | None]:
    """Who wrote the stored version and when, as the history of the row tells; nobody's name for a command."""
    newest = row.history.select_related("pgh_context").order_by("-pgh_id").first() if hasattr(row, "history") else None
    if newest is None:
        return "", getattr(row, "updated_at", None)
    context = newest.pgh_context.metadata if newest.pgh_context else {}
    staff = get_user_model()._default_manager.filter(pk=context.get("staff")).first()
    return staff.get_full_name() if staff else "", newest.pgh_created_at


def _clock(at: dt.datetime) -> str:
    local = timezone.localtime(at)
    return date_format(local, "H.i" if local.date() == timezone.localdate() else "j M Y, H.i")
