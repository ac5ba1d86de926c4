import datetime as dt

import pytest

from core.models import Holiday
from core.workdays import add_workdays

FRIDAY = dt.date(2026, 8, 14)


@pytest.fixture
def holidays(db):
    Holiday.objects.all().delete()
    Holiday.objects.create(day=dt.date(2026, 8, 17), name="Hari Kemerdekaan", kind="public")


@pytest.mark.usefixtures("holidays")
@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        (FRIDAY, 0, FRIDAY),
        (FRIDAY, 1, dt.date(2026, 8, 18)),  # over the weekend and the holiday on Monday
        (FRIDAY, 5, dt.date(2026, 8, 24)),
        (dt.date(2026, 8, 15), 0, dt.date(2026, 8, 18)),  # from a Saturday: the next open day
        (dt.date(2026, 8, 15), 1, dt.date(2026, 8, 18)),
        (dt.date(2026, 8, 17), 1, dt.date(2026, 8, 18)),  # from the holiday itself
        (dt.date(2026, 8, 18), 3, dt.date(2026, 8, 21)),
        (dt.date(2026, 12, 30), 2, dt.date(2027, 1, 1)),  # over the end of a year
    ],
)
def test_working_days_skip_weekends_and_holidays(start, days, expected):
    assert add_workdays(start, days) == expected


@pytest.mark.usefixtures("holidays")
def test_joint_leave_closes_offices_too():
    Holiday.objects.create(day=dt.date(2026, 8, 18), name="Cuti bersama", kind="joint_leave")
    assert add_workdays(FRIDAY, 1) == dt.date(2026, 8, 19)


@pytest.mark.usefixtures("holidays")
@pytest.mark.parametrize("days", [30, 90, 250])
def test_a_long_way_counts_each_open_day_once(days):
    end = add_workdays(FRIDAY, days)
    passed = [FRIDAY + dt.timedelta(days=number) for number in range(1, (end - FRIDAY).days + 1)]
    closed = set(Holiday.objects.values_list("day", flat=True))
    assert len([day for day in passed if day.weekday() < 5 and day not in closed]) == days
