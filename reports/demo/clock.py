"""Dates of the demo: everything is told relative to the day of loading, so that something is always due."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

# Quarters of full history before the running one: every chart and comparison then has something true to show.
QUARTERS = 8


@dataclass(frozen=True)
class Clock:
    now: dt.datetime

    @classmethod
    def start(cls) -> Clock:
        return cls(timezone.now())

    @property
    def today(self) -> dt.date:
        return timezone.localdate(self.now)

    def day(self, days: int) -> dt.date:
        """Today plus ``days``; negative is the past."""
        return self.today + dt.timedelta(days=days)

    def at(self, day: dt.date, hour: int = 9, minute: int = 0, zone: ZoneInfo | None = None) -> dt.datetime:
        return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone or ZoneInfo(settings.TIME_ZONE))

    def past(self, at: dt.datetime) -> dt.datetime:
        """``at``, or a minute ago where that is still to come."""
        return min(at, self.now - dt.timedelta(minutes=1))

    def earlier_today(self, hours: float, zone: ZoneInfo) -> dt.datetime:
        """Some hours ago, and still today in ``zone``."""
        midnight = dt.datetime.combine(self.now.astimezone(zone).date(), dt.time(0, 1), tzinfo=zone)
        return self.past(max(self.now - dt.timedelta(hours=hours), midnight))

    def quarter(self, back: int) -> dt.date:
        """First day of the quarter ``back`` quarters before the running one."""
        months = self.today.year * 12 + 3 * ((self.today.month - 1) // 3) - 3 * back
        return dt.date(months // 12, months % 12 + 1, 1)

    @property
    def beginning(self) -> dt.date:
        """The first day of the full history."""
        return self.quarter(QUARTERS)
