"""Figures for head offices, counted by the system at night: no request counts rows that its person may not see."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.enums import Role, UnitKind
from accounts.models import Agency, Staff
from reports import snapshot
from reports.enums import Scope
from reports.indicators import Area
from reports.models import Rollup
from reports.quarters import Quarter


@transaction.atomic
def roll_up(*, by: Staff) -> int:
    """Count the last finished quarter anew for the country and each agency with a head office; answers how many."""
    if by.role != Role.SYSTEM:
        raise PermissionDenied
    now = timezone.now()
    quarter = Quarter.last_finished(now)
    thresholds = snapshot.Thresholds(settings.SMALL_CELL, max(settings.SMALL_CELL, settings.SMALL_CELL_CHILDREN))
    led = Agency.objects.filter(units__kind=UnitKind.HEAD_OFFICE).distinct().order_by("pk")
    areas = [Area(Scope.NATIONAL), *(Area(Scope.AGENCY, agency=agency) for agency in led)]
    for area in areas:
        Rollup.objects.update_or_create(
            scope=area.kind,
            agency=area.agency,
            year=quarter.year,
            quarter=quarter.number,
            defaults={"figures": snapshot.freeze(area, quarter, thresholds), "made_at": now},
        )
    return len(areas)
