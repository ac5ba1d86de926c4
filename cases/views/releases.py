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
from cases.policies.releases import releases_for
from cases.workflow.releases import MILESTONES, NEEDS, milestone, missing
from core.htmx import render_page

# The nearest; nobody prepares more at a time. The count beside the heading stays true.
SHOWN = 200
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
    found = releases_for(user, today, case__is_victim_file=victims)
    loaded = found.select_related("case__participant", "case__lead_worker", "case__lead_unit")
    statuses = list(loaded[:SHOWN])
    lacks = missing([status.case_id for status in statuses]) if statuses and NEEDS else {}
    groups: dict[int, list[dict[str, Any]]] = {days: [] for days in sorted(MILESTONES)}
    for status in statuses:
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
            "count": len(statuses) if len(statuses) < SHOWN else found.count(),
            "is_cut": len(statuses) == SHOWN,
            "unready": sum(1 for status in statuses if lacks.get(status.case_id)),
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
