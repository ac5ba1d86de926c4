"""Working days in Indonesia: Monday to Friday without the days of the Holiday table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container

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


def closed_days(first: dt.date, last: dt.date) -> set[dt.date]:
    """Days of the Holiday table from ``first`` to ``last``: asked once, then used for many spans."""
    return set(Holiday.objects.filter(day__gte=first, day__lte=last).values_list("day", flat=True))


def workdays_between(start: dt.date, end: dt.date, closed: Container[dt.date]) -> int:
    """Working days after ``start`` up to ``end``; negative where ``end`` comes first."""
    if end < start:
        return -workdays_between(end, start, closed)
    days = (start + dt.timedelta(days=number) for number in range(1, (end - start).days + 1))
    return sum(1 for day in days if day.weekday() < 5 and day not in closed)
