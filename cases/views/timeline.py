"""The timeline of a case: its newest lines on the case page, all of them on a page of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.models import Staff
from cases import policies, sentence
from cases.enums import CaseStatus, CheckInResult, EventKind, LegalStatusKind, Section
from cases.frame import case_frame
from cases.models import CaseEvent, LegalEvent
from cases.models.contact import LATE_AFTER
from core.htmx import render_page
from core.paging import Order, page_of

PAGE = 50
ICONS = {
    EventKind.CASE_OPENED: "folder-plus",
    EventKind.STAGE_MOVED: "arrow-right",
    EventKind.CASE_SUSPENDED: "pause",
    EventKind.CASE_RESUMED: "play",
    EventKind.CASE_CLOSED: "archive-box",
    EventKind.CASE_REOPENED: "folder-open",
    EventKind.WORKER_ASSIGNED: "user",
    EventKind.NOTE: "chat-bubble-left-right",
    EventKind.NOTE_AMENDED: "pencil",
    EventKind.CHECK_IN: "calendar-days",
    EventKind.TASK_OPENED: "clock",
    EventKind.TASK_DONE: "check",
    EventKind.LEGAL: "scale",
    EventKind.CONSENT: "hand-raised",
}
# Higher apps' kinds by the word their values begin with.
ICONS_BY_WORD = {
    "assessment": "clipboard-document-check",
    "plan": "map",
    "goal": "map",
    "enrol": "academic-cap",
    "attendance": "academic-cap",
    "support": "wrench-screwdriver",
    "referral": "paper-airplane",
}
# Codes that stand at the beginning of a summary: the page says them in the reader's language.
WORDS: dict[str, dict[str, str | Promise]] = {
    EventKind.CHECK_IN: dict(CheckInResult.choices),
    EventKind.STAGE_MOVED: dict(CaseStatus.choices),
    EventKind.LEGAL: {**dict(LegalStatusKind.choices), **dict(LegalEvent.Kind.choices)},
}


def timeline_items(events: Iterable[CaseEvent], reader: Staff) -> list[dict[str, Any]]:
    """Rows for ``{% timeline %}``; ``events`` come with their actors."""
    return [_item(event, reader) for event in events]


def _item(event: CaseEvent, reader: Staff) -> dict[str, Any]:
    title, text = str(event.get_kind_display()), event.summary  # type: ignore[attr-defined]
    code, _colon, rest = event.summary.partition(": ")
    if word := WORDS.get(event.kind, {}).get(code):
        title, text = f"{title}: {word}", rest
    item: dict[str, Any] = {
        "icon": _icon(event.kind),
        "title": title,
        "meta": f"{sentence.stamp(event.at, reader.unit.zone)} · {event.actor.full_name}",
        "text": text,
        "url": event.path,
    }
    late = event.recorded_at - event.at
    if event.kind == EventKind.NOTE and late > LATE_AFTER:
        item |= {"chip": sentence.late_words(late.days), "chip_kind": "soon"}
    return item


def _icon(kind: str) -> str:
    by_word = next((icon for word, icon in ICONS_BY_WORD.items() if kind.startswith(word)), "information-circle")
    return ICONS.get(EventKind(kind), by_word)


@require_safe
def timeline(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that happened in the sections this person sees, newest first."""
    user: Staff = request.user  # type: ignore[assignment]
    case = get_object_or_404(policies.cases_in_sight(user).with_list_data(), code=code)
    frame = case_frame(user, case, Section.SUMMARY, _("Linimasa"))
    page = page_of(
        [policies.events_for(user, case, frame["seen"])],
        Order("-at"),
        cursor=request.GET.get("cursor", ""),
        size=PAGE,
        load=lambda rows: rows.select_related("actor"),
    )
    return render_page(
        request,
        "cases/case_timeline.html",
        frame
        | {
            "items": timeline_items(page.rows, user),
            "summary": gettext("%(count)s kejadian") % {"count": page.count},
            "next_url": f"?cursor={page.next_cursor}" if page.next_cursor else "",
            "previous_url": f"?cursor={page.previous_cursor}" if page.previous_cursor else "",
        },
        fragment="timeline",
    )
