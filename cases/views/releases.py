"""Akan bebas: whose release or end of supervision comes within half a year, and what is still missing for it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.enums import Role
from accounts.models import Staff
from cases.models import LegalStatus
from cases.policies.releases import leaving, releases_for
from cases.workflow.releases import MILESTONES, NEEDS, milestone, missing
from core.htmx import render_page
from core.paging import Order, page_of

SIZE = 50
TITLES: dict[int, str | Promise] = {
    30: _("Dalam 30 hari"),
    90: _("Dalam 31 sampai 90 hari"),
    180: _("Dalam 91 sampai 180 hari"),
}


@require_safe
def release_list(request: HttpRequest) -> HttpResponse:
    """Survivors stand in a list of their own (ET-15); never in the order of a band."""
    user: Staff = request.user  # type: ignore[assignment]
    today = timezone.localdate(timezone=user.unit.zone)
    victims = request.GET.get("list") == "victims"
    which = "list=victims&" if victims else ""
    page = page_of(
        [releases_for(user, today, case__is_victim_file=victims)],
        Order("leaves_on"),
        cursor=request.GET.get("cursor", ""),
        size=SIZE,
        load=lambda rows: leaving(rows, today).select_related(
            "case__participant", "case__lead_worker", "case__lead_unit"
        ),
    )
    lacks = missing([status.case_id for status in page.rows]) if page.rows and NEEDS else {}
    groups: dict[int, list[dict[str, Any]]] = {days: [] for days in sorted(MILESTONES)}
    for status in page.rows:
        row = _row(status, today, lacks)
        groups[milestone(row["left"])].append(row)
    has_victims = victims or releases_for(user, today, case__is_victim_file=True).exists()
    return render_page(
        request,
        "cases/release_list.html",
        {
            "groups": [
                {"id": f"within-{days}", "title": TITLES[days], "rows": rows} for days, rows in groups.items() if rows
            ],
            "count": page.count,
            "summary": ngettext("%(count)d orang", "%(count)d orang", page.count) % {"count": page.count},
            "unready": sum(1 for status in page.rows if lacks.get(status.case_id)),
            "next_url": f"?{which}cursor={page.next_cursor}" if page.next_cursor else "",
            "previous_url": f"?{which}cursor={page.previous_cursor}" if page.previous_cursor else "",
            "shows_unit": user.role == Role.ANALYST,
            "columns": [
                {"label": label}
                for label in (_("Peserta"), _("Kapan"), _("Apa"), _("Penanggung jawab"), _("Yang belum ada"))
            ],
            "lists": [
                {"label": _("Peserta"), "url": "?", "current": not victims, "count": None},
                {"label": _("Penyintas"), "url": "?list=victims", "current": victims, "count": None},
            ]
            if has_victims
            else [],
        },
    )


def _row(status: LegalStatus, today: dt.date, lacks: dict[int, list[str | Promise]]) -> dict[str, Any]:
    day: dt.date = status.leaves_on  # type: ignore[attr-defined]
    case, left = status.case, (day - today).days
    return {
        "case": case,
        "name": case.participant.shown_name,
        "url": reverse("cases:case-detail", args=[case.code]),
        "left": left,
        "when": ngettext("%(days)d hari lagi", "%(days)d hari lagi", left) % {"days": left} if left else _("Hari ini"),
        "day": day,
        "what": _("Bebas") if day == status.release_date else _("Akhir bimbingan"),
        "worker": case.lead_worker.full_name if case.lead_worker else "",
        "missing": lacks.get(case.pk, []),
    }
