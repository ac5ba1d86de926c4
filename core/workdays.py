"""Working days in Indonesia: Monday to Friday without the days of the Holiday table."""

from __future__ import annotations

import datetime as dt

from core.models import Holiday


def add_workdays(start: dt.date, days: int) -> dt.date:
    """The date ``days`` working days after ``start`` (0: the first working day on or after it)."""
    closed = set(
        Holiday.objects.filter(day__gte=start, day__lte=start + dt.timedelta(days=days * 3 + 30)).values_list(
            "day", flat=True
        )
    )
    day = start
    left = days
    while True:
        is_open = day.weekday() < 5 and day not in closed
        if is_open and left <= 0:
            return day
        day += dt.timedelta(days=1)
        if day.weekday() < 5 and day not in closed:
            left -= 1
