"""The timeline of a case on a page of its own; the case page shows its newest lines."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.models import Staff
from cases import policies
from cases.enums import Section
from cases.forms.timeline import TimelineForm
from cases.frame import case_frame
from cases.opening import open_section
from cases.timeline import GROUPS, in_group, timeline_items
from core.htmx import render_page
from core.paging import Order, page_of

__all__ = ["timeline", "timeline_items"]

PAGE = 50
COUNT_TO = 100


@require_safe
def timeline(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that happened in the sections this person sees, newest first; by kind, person and days if chosen."""
    user: Staff = request.user  # type: ignore[assignment]
    case = get_object_or_404(policies.cases_in_sight(user).with_list_data(), code=code)
    frame = case_frame(user, case, Section.SUMMARY, _("Linimasa"))
    open_section(request, case, Section.SUMMARY)
    chosen = request.GET.get("kind", "")
    events = policies.events_for(user, case, frame["seen"])
    form = TimelineForm(request.GET, events=events)
    page = page_of(
        [in_group(form.narrowed(events, user.unit.zone), chosen)],
        Order("-at"),
        cursor=request.GET.get("cursor", ""),
        size=PAGE,
        load=lambda rows: rows.select_related("actor"),
        count_to=COUNT_TO,
    )
    return render_page(
        request,
        "cases/case_timeline.html",
        frame
        | {
            "items": timeline_items(page.rows, user, reads_notes=Section.NOTES in frame["seen"]),
            "groups": _groups(chosen, form.parameters),
            "chosen": chosen if chosen in GROUPS else "",
            "form": form,
            "is_narrowed": bool(form.parameters) or chosen in GROUPS,
            "summary": _how_many(page.count, capped=page.count_is_capped),
            "next_url": _url(chosen, form.parameters, page.next_cursor) if page.next_cursor else "",
            "previous_url": _url(chosen, form.parameters, page.previous_cursor) if page.previous_cursor else "",
        },
        fragment="timeline",
    )


def _groups(chosen: str, parameters: dict[str, str]) -> list[dict[str, Any]]:
    everything = {"label": _("Semua"), "url": _url("", parameters), "current": chosen not in GROUPS, "count": None}
    return [everything] + [
        {"label": group.label, "url": _url(name, parameters), "current": name == chosen, "count": None}
        for name, group in GROUPS.items()
    ]


def _url(group: str, parameters: dict[str, str], cursor: str = "") -> str:
    kind = {"kind": group} if group in GROUPS else {}
    return "?" + urlencode(kind | parameters | ({"cursor": cursor} if cursor else {}))


def _how_many(count: int, *, capped: bool) -> str:
    if capped:
        return gettext("lebih dari %(count)d kejadian") % {"count": count}
    return ngettext("%(count)d kejadian", "%(count)d kejadian", count) % {"count": count}
