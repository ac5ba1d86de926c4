"""Keyset paging over merged branches: every row once, in order, whatever the cursor says."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import Holiday, HolidayKind
from core.paging import Order, Page, capped_count, page_of

FIRST_DAY = dt.date(2001, 1, 1)


@pytest.fixture
def days(db: None) -> list[Holiday]:
    Holiday.objects.all().delete()
    return Holiday.objects.bulk_create(
        # Three rows a name: ties, which only the primary key decides.
        Holiday(day=FIRST_DAY + dt.timedelta(days=number), name=f"libur {number // 3:03d}", kind=HolidayKind.LOCAL)
        for number in range(60)
    )


def walk(branches: list[Any], order: Order, size: int, *, backwards: bool = False) -> list[int]:
    """All rows by following the links of the pager to its end."""
    page: Page[Holiday] = page_of(branches, order, size=size)
    found = [row.pk for row in page.rows]
    while page.next_cursor:
        page = page_of(branches, order, cursor=page.next_cursor, size=size)
        found += [row.pk for row in page.rows]
    if not backwards:
        return found
    found = [row.pk for row in page.rows]
    while page.previous_cursor:
        page = page_of(branches, order, cursor=page.previous_cursor, size=size)
        found = [row.pk for row in page.rows] + found
    return found


@pytest.mark.parametrize("column", ["day", "-day", "name", "-name"])
@pytest.mark.parametrize("size", [1, 7, 25, 60, 100])
def test_following_the_pages_gives_every_row_once_and_in_order(days: list[Holiday], column: str, size: int) -> None:
    sort = [column, "-pk" if column.startswith("-") else "pk"]
    expected = list(Holiday.objects.order_by(*sort).values_list("pk", flat=True))
    assert walk([Holiday.objects.all()], Order(column), size) == expected
    assert walk([Holiday.objects.all()], Order(column), size, backwards=True) == expected


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    bounds=st.lists(st.tuples(st.integers(0, 59), st.integers(0, 59)), min_size=1, max_size=3),
    size=st.integers(1, 20),
    column=st.sampled_from(["day", "-day", "name", "-name"]),
)
def test_overlapping_branches_are_one_list_without_doubles(
    days: list[Holiday], bounds: list[tuple[int, int]], size: int, column: str
) -> None:
    branches = [
        Holiday.objects.filter(
            day__gte=FIRST_DAY + dt.timedelta(days=low), day__lte=FIRST_DAY + dt.timedelta(days=high)
        )
        for low, high in bounds
    ]
    union = {row.pk for branch in branches for row in branch}
    sort = [column, "-pk" if column.startswith("-") else "pk"]
    expected = list(Holiday.objects.filter(pk__in=union).order_by(*sort).values_list("pk", flat=True))
    assert walk(branches, Order(column), size) == expected
    assert walk(branches, Order(column), size, backwards=True) == expected
    assert capped_count(branches) == (len(union), False)


def test_first_and_last_page_have_no_way_beyond(days: list[Holiday]) -> None:
    first = page_of([Holiday.objects.all()], Order("day"), size=25)
    assert (first.previous_cursor, bool(first.next_cursor)) == ("", True)
    second = page_of([Holiday.objects.all()], Order("day"), cursor=first.next_cursor, size=25)
    last = page_of([Holiday.objects.all()], Order("day"), cursor=second.next_cursor, size=25)
    assert (len(last.rows), last.next_cursor, bool(last.previous_cursor)) == (10, "", True)
    back = page_of([Holiday.objects.all()], Order("day"), cursor=second.previous_cursor, size=25)
    assert [row.pk for row in back.rows] == [row.pk for row in first.rows]
    assert back.previous_cursor == ""


def test_a_row_that_comes_or_goes_meanwhile_moves_no_other_to_a_second_page(days: list[Holiday]) -> None:
    first = page_of([Holiday.objects.all()], Order("day"), size=10)
    Holiday.objects.create(day=FIRST_DAY - dt.timedelta(days=1), name="baru", kind=HolidayKind.LOCAL)
    Holiday.objects.filter(pk=first.rows[3].pk).delete()
    second = page_of([Holiday.objects.all()], Order("day"), cursor=first.next_cursor, size=10)
    assert [row.pk for row in second.rows] == [row.pk for row in days[10:20]]


def _cursor(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "zzz",
        "%%%",
        "é",
        "a" * 5_000,
        _cursor([]),
        _cursor({}),
        _cursor(None),
        _cursor("2001-01-05"),
        _cursor([1, 2]),
        _cursor(["2001-01-05", "1", False]),
        _cursor(["2001-01-05", 1, 0]),
        _cursor(["2001-01-05", True, False]),
        _cursor(["2001-01-05", 2**70, False]),
        _cursor(["2001-02-31", 1, False]),
        _cursor(["\x00", 1, False]),
        _cursor([[1], 1, False]),
        _cursor([True, 1, False]),
        _cursor([10**40, 1, False]),
        _cursor([1.5, 1, False]),
    ],
)
def test_a_cursor_that_we_did_not_make_shows_the_first_page(days: list[Holiday], cursor: str) -> None:
    page = page_of([Holiday.objects.all()], Order("day"), cursor=cursor, size=10)
    assert [row.pk for row in page.rows] == [row.pk for row in days[:10]]
    assert page.previous_cursor == ""


def test_a_cursor_of_brackets_alone_shows_the_first_page(days: list[Holiday]) -> None:
    deep = base64.urlsafe_b64encode(b"[" * 5_000).decode()
    page = page_of([Holiday.objects.all()], Order("name"), cursor=deep, size=10)
    assert len(page.rows) == 10


def test_half_a_character_in_a_cursor_shows_the_first_page(days: list[Holiday]) -> None:
    page = page_of([Holiday.objects.all()], Order("name"), cursor=_cursor(["\ud800", 1, False]), size=10)
    assert page.previous_cursor == ""


def test_a_forged_cursor_never_leaves_the_branches(days: list[Holiday]) -> None:
    allowed = Holiday.objects.filter(day__lt=FIRST_DAY + dt.timedelta(days=5))
    for backwards in (False, True):
        page = page_of([allowed], Order("day"), cursor=_cursor(["2001-01-03", 0, backwards]), size=10)
        assert {row.pk for row in page.rows} <= {row.pk for row in days[:5]}


def test_no_branches_is_an_empty_page(db: None) -> None:
    assert page_of([], Order("day")) == Page([], "", "", 0, False)
    assert capped_count([]) == (0, False)


def test_the_count_stops_at_its_cap(days: list[Holiday]) -> None:
    assert capped_count([Holiday.objects.all()], cap=60) == (60, False)
    assert capped_count([Holiday.objects.all()], cap=59) == (59, True)
    both = [Holiday.objects.filter(name__lt="libur 010"), Holiday.objects.all()]
    assert capped_count(both, cap=60) == (60, False)


def test_a_page_takes_three_queries_however_many_branches(days: list[Holiday], django_assert_num_queries: Any) -> None:
    for branches in ([Holiday.objects.all()], [Holiday.objects.filter(kind=HolidayKind.LOCAL)] * 4):
        with django_assert_num_queries(3):
            page_of(branches, Order("day"), size=10)
