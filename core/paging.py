"""Keyset paging over several sources of rows: each branch is cut to a page before the branches are merged.

An OR of scopes makes PostgreSQL read the whole table in sort order; LIMITed branches stay flat (measured 0.3 to
0.7 ms for a page at a million rows, where OR takes up to 2,000 ms).
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet
from django.utils import timezone

M = TypeVar("M", bound=Model)
COUNT_CAP = 1_000


@dataclass(frozen=True)
class Page(Generic[M]):
    """Rows of one page and the cursors to its neighbours (empty where there is none)."""

    rows: list[M]
    next_cursor: str
    previous_cursor: str
    count: int
    count_is_capped: bool


@dataclass(frozen=True)
class Order:
    """A sort by one column or annotation that is never NULL, and the primary key; ``-`` turns both around."""

    column: str

    @property
    def descending(self) -> bool:
        return self.column.startswith("-")

    @property
    def name(self) -> str:
        return self.column.lstrip("-")


def _encode(value: Any, pk: int, backwards: bool) -> str:
    if isinstance(value, (dt.datetime, dt.date)):
        value = value.isoformat()
    raw = json.dumps([value, pk, backwards]).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def cursor_at(value: Any, pk: int) -> str:
    """The cursor of the page that begins after the row with this sort value and key."""
    return _encode(value, pk, backwards=False)


def _decode(cursor: str) -> tuple[Any, int, bool] | None:
    """The cursor's parts, or None for anything that this module did not make: the first page is then shown."""
    try:
        value, pk, backwards = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        str(value).encode()  # half a surrogate pair is a string to JSON, and to no database
    except (ValueError, TypeError, RecursionError):
        return None
    typed = isinstance(value, (str, int)) and type(pk) is int and type(backwards) is bool
    in_range = typed and abs(pk) < 2**62 and (isinstance(value, str) or abs(value) < 2**31)
    return (value, pk, backwards) if in_range and "\x00" not in str(value) else None


def _fits(rows: QuerySet[Any], order: Order, value: Any) -> bool:
    """Whether ``value`` can stand in the column, or the annotation, that the list is sorted by."""
    computed = rows.query.annotations.get(order.name)
    column = rows.model._meta.get_field(order.name) if computed is None else computed.output_field
    assert isinstance(column, Field)
    try:
        typed = column.to_python(value)
    except (ValidationError, TypeError, ValueError, OverflowError):
        return False
    return not (isinstance(typed, dt.datetime) and timezone.is_naive(typed))


def page_of(
    branches: Sequence[QuerySet[M]],
    order: Order,
    *,
    cursor: str = "",
    size: int = 25,
    load: Callable[[QuerySet[M]], QuerySet[M]] = lambda rows: rows,
    count_to: int = COUNT_CAP,
) -> Page[M]:
    """One page of the union of ``branches``; ``load`` adds select_related and the like for the rows shown.

    Rows are counted up to ``count_to``: a row policy that asks for each row anew makes every counted one cost.
    """
    if not branches:
        return Page([], "", "", 0, False)
    place = _decode(cursor) if cursor else None
    if place is not None and not _fits(branches[0], order, place[0]):
        place = None  # a forged cursor: the first page is the answer
    backwards = place[2] if place else False
    downwards = order.descending != backwards
    sort = (f"-{order.name}", "-pk") if downwards else (order.name, "pk")
    slices = []
    for branch in branches:
        rows = branch
        if place is not None:
            op = "lt" if downwards else "gt"
            value, pk = place[0], place[1]
            # The redundant bound makes it an index condition; without it this is as slow as OFFSET.
            rows = rows.filter(**{f"{order.name}__{op}e": value}).filter(
                Q(**{f"{order.name}__{op}": value}) | Q(**{f"pk__{op}": pk})
            )
        slices.append(rows.order_by(*sort).values_list("pk", order.name)[: size + 1])
    keys: dict[int, Any] = dict(_merged(slices))
    ordered = sorted(keys.items(), key=lambda item: (item[1], item[0]), reverse=downwards)
    more = len(ordered) > size
    shown = ordered[:size]
    if backwards:
        shown.reverse()
    model = branches[0].model
    found = {row.pk: row for row in load(model._default_manager.filter(pk__in=[pk for pk, _ in shown]))}
    rows_shown = [found[pk] for pk, _ in shown if pk in found]
    has_next = (more and not backwards) or backwards
    has_previous = (place is not None and not backwards) or (backwards and more)
    count, capped = capped_count(branches, count_to)
    return Page(
        rows_shown,
        _encode(shown[-1][1], shown[-1][0], backwards=False) if shown and has_next else "",
        _encode(shown[0][1], shown[0][0], backwards=True) if shown and has_previous else "",
        count,
        capped,
    )


RANKED_CAP = 500


def ranked_page(
    branches: Sequence[QuerySet[M]],
    rank: Any,
    *,
    then: str,
    cursor: str = "",
    size: int = 25,
    load: Callable[[QuerySet[M]], QuerySet[M]] = lambda rows: rows,
) -> Page[M] | None:
    """One page of the union of ``branches``, best ``rank`` first, then by ``then`` and the primary key.

    Nothing is indexed in this order, so every hit is read: None where there are too many to do so, and the caller
    shows them in a plain order instead.
    """
    slices = [
        branch.order_by().annotate(rank_=rank).values_list("pk", "rank_", then)[: RANKED_CAP + 1]
        for branch in branches
    ]
    found = {pk: (f"{place} {value}", pk) for pk, place, value in _merged(slices)} if branches else {}
    if len(found) > RANKED_CAP:
        return None
    keys = sorted(found.values())
    place = _decode(cursor) if cursor else None
    begin = 0
    if place is not None:
        after = (str(place[0]), place[1])
        begin = bisect_left(keys, after) - size if place[2] else bisect_right(keys, after)
    begin = max(0, begin)
    shown = keys[begin : begin + size]
    rows = {row.pk: row for row in load(branches[0].model._default_manager.filter(pk__in=[pk for _key, pk in shown]))}
    return Page(
        [rows[pk] for _key, pk in shown if pk in rows],
        _encode(*shown[-1], backwards=False) if begin + size < len(keys) else "",
        _encode(*shown[0], backwards=True) if begin > 0 and shown else "",
        len(keys),
        False,
    )


def _merged(slices: Sequence[QuerySet[M]]) -> QuerySet[M]:
    """UNION ALL of cut branches: one round trip, and each branch keeps its own index and LIMIT."""
    return slices[0].union(*slices[1:], all=True) if len(slices) > 1 else slices[0]


def capped_count(branches: Sequence[QuerySet[M]], cap: int = COUNT_CAP) -> tuple[int, bool]:
    """How many rows, up to ``cap``: an exact count reads every row, and nobody needs "12,345" on a list."""
    found = (
        set(_merged([branch.order_by().values_list("pk")[: cap + 1] for branch in branches])) if branches else set()
    )
    return min(len(found), cap), len(found) > cap
