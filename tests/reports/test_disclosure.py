"""Small cells: what is hidden, and that nobody can bring it back."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import disclosure
from reports.disclosure import Flow, Shown, Why

FAR = 10**9


class Reader:
    """Somebody who knows all that is published, the rules, and arithmetic: sums, subtraction, and what "<5" means."""

    def __init__(self, threshold: int, sensitive: bool = False) -> None:
        self.threshold, self.sensitive = threshold, sensitive
        self.low: dict[Any, int] = {}
        self.high: dict[Any, int] = {}
        self.hidden: set[Any] = set()
        self.sums: list[list[tuple[Any, int]]] = []  # each adds up to zero

    def read(self, cells: dict[Any, Shown]) -> None:
        """Cells published as one set: where no "<5" is among them the set was withdrawn, and marks say nothing."""
        withdrawn = not any(shown.why is Why.SMALL for shown in cells.values())
        for key, shown in cells.items():
            if shown.value is not None:
                self.low[key] = self.high[key] = shown.value
                continue
            self.hidden.add(key)
            if shown.why is Why.SMALL:
                self.low[key], self.high[key] = (0 if self.sensitive else 1), shown.below - 1
            else:
                self.low[key], self.high[key] = (0 if withdrawn else self.threshold), FAR

    def add_sum(self, *terms: tuple[Any, int]) -> None:
        self.sums.append(list(terms))

    def found(self) -> list[Any]:
        """Hidden cells of which only one value is left: by bounds, or by solving the sums."""
        self._tighten()
        by_bounds = [key for key in self.hidden if self.low[key] == self.high[key]]
        return by_bounds + self._solved()

    def _tighten(self) -> None:
        moved = True
        rounds = 0
        while moved and rounds < 200:
            moved, rounds = False, rounds + 1
            for terms in self.sums:
                for key, sign in terms:
                    rest = [(other, s * -sign) for other, s in terms if other != key]
                    low = sum(s * (self.low[o] if s > 0 else self.high[o]) for o, s in rest)
                    high = sum(s * (self.high[o] if s > 0 else self.low[o]) for o, s in rest)
                    if low > self.low[key]:
                        self.low[key], moved = low, True
                    if high < self.high[key]:
                        self.high[key], moved = high, True
                    assert self.low[key] <= self.high[key], "what is published does not fit together"

    def _solved(self) -> list[Any]:
        unknown = sorted(self.hidden, key=repr)
        matrix = [[Fraction(dict(terms).get(key, 0)) for key in unknown] for terms in self.sums]
        rank = 0
        for column in range(len(unknown)):
            pivot = next((row for row in range(rank, len(matrix)) if matrix[row][column]), None)
            if pivot is None:
                continue
            matrix[rank], matrix[pivot] = matrix[pivot], matrix[rank]
            matrix[rank] = [entry / matrix[rank][column] for entry in matrix[rank]]
            for row in range(len(matrix)):
                if row != rank and matrix[row][column]:
                    factor = matrix[row][column]
                    matrix[row] = [a - factor * b for a, b in zip(matrix[row], matrix[rank], strict=True)]
            rank += 1
        alone = [row for row in matrix if sum(1 for entry in row if entry) == 1]
        return [unknown[next(place for place, entry in enumerate(row) if entry)] for row in alone]


counts = st.one_of(st.integers(0, 12), st.integers(0, 60))
thresholds = st.integers(disclosure.LOWEST_THRESHOLD, disclosure.HIGHEST_THRESHOLD)


@given(values=st.lists(counts, min_size=1, max_size=8), threshold=thresholds, sensitive=st.booleans())
def test_no_hidden_part_of_a_list_can_be_worked_out_from_its_total(
    values: list[int], threshold: int, sensitive: bool
) -> None:
    parts = dict(enumerate(values))
    total = disclosure.count(sum(values), threshold, sensitive=sensitive)
    shown = disclosure.distribution(parts, total, threshold, sensitive=sensitive)
    if total.is_hidden:
        assert all(cell.is_hidden for cell in shown.values())
        return
    reader = Reader(threshold, sensitive)
    reader.read(shown)
    reader.read({"total": total})
    reader.add_sum(*((key, 1) for key in parts), ("total", -1))
    if len(values) > 1:
        assert reader.found() == []
    assert all(cell.value in (None, parts[key]) for key, cell in shown.items())
    assert not any(0 < (cell.value or 0) < threshold for cell in shown.values())


tables = st.integers(1, 4).flatmap(
    lambda rows: st.integers(1, 4).flatmap(
        lambda columns: st.lists(st.lists(counts, min_size=columns, max_size=columns), min_size=rows, max_size=rows)
    )
)


@settings(max_examples=300)
@given(table=tables, threshold=thresholds, sensitive=st.booleans())
def test_no_hidden_cell_of_a_table_can_be_worked_out_from_its_sums(
    table: list[list[int]], threshold: int, sensitive: bool
) -> None:
    rows, columns = range(len(table)), range(len(table[0]))
    values = {(row, column): table[row][column] for row in rows for column in columns}
    total = disclosure.count(sum(values.values()), threshold, sensitive=sensitive)
    shown = disclosure.crosstable(values, rows, columns, total, threshold, sensitive=sensitive)
    every = shown.cells | {("row", r): shown.rows[r] for r in rows} | {("col", c): shown.columns[c] for c in columns}
    if total.is_hidden:
        assert all(cell.is_hidden for cell in every.values())
        return
    reader = Reader(threshold, sensitive)
    reader.read(every)
    reader.read({"total": total})
    for row in rows:
        reader.add_sum(*(((row, column), 1) for column in columns), (("row", row), -1))
    for column in columns:
        reader.add_sum(*(((row, column), 1) for row in rows), (("col", column), -1))
    reader.add_sum(*((("row", row), 1) for row in rows), ("total", -1))
    reader.add_sum(*((("col", column), 1) for column in columns), ("total", -1))
    found = [key for key in reader.found() if not _is_the_total_itself(key, table)]
    assert found == []
    for (row, column), cell in shown.cells.items():
        assert cell.value in (None, table[row][column])
        assert not 0 < (cell.value or 0) < threshold


def _is_the_total_itself(key: Any, table: list[list[int]]) -> bool:
    """With one row or column, its sum is the total, which is published."""
    return (
        (key[0] == "row" and len(table) == 1)
        or (key[0] == "col" and len(table[0]) == 1)
        or (len(table) == len(table[0]) == 1)
    )


@settings(max_examples=200)
@given(
    first=st.integers(0, 40),
    flows=st.lists(st.tuples(*[st.integers(0, 9)] * 4), min_size=1, max_size=3),
    threshold=thresholds,
)
def test_flows_between_published_stocks_cannot_be_worked_out(
    first: int, flows: list[tuple[int, int, int, int]], threshold: int
) -> None:
    names = ("new", "reopened", "closed", "suspended")
    leaving = frozenset({"closed", "suspended"})
    stocks, moves = [first], []
    for entry in flows:
        sizes = dict(zip(names, entry, strict=True))
        sizes["new"] += max(0, sizes["closed"] + sizes["suspended"] - stocks[-1] - sizes["new"])
        moves.append(sizes)
        stocks.append(stocks[-1] + sum(-size if key in leaving else size for key, size in sizes.items()))
    published = [(value, disclosure.count(value, threshold)) for value in stocks]
    shown = disclosure.balance(
        published,
        [{key: Flow(size, key in leaving, threshold) for key, size in sizes.items()} for sizes in moves],
    )
    reader = Reader(threshold)
    reader.read({("flow", place, key): cell for place, entry in enumerate(shown) for key, cell in entry.items()})
    for place, (_value, cell) in enumerate(published):
        reader.read({("stock", place): cell})
    for place, entry in enumerate(shown):
        terms = [(("flow", place, key), -1 if key in leaving else 1) for key in entry]
        reader.add_sum((("stock", place), 1), *terms, (("stock", place + 1), -1))
    assert [key for key in reader.found() if key[0] == "flow"] == []


def test_the_decision_is_exact_on_every_small_table() -> None:
    """Each hidden cell has another value in some table that fits; found by trying all tables."""
    for a, b, c, d in product((0, 1, 2, 4, 5), repeat=4):
        values = {(0, 0): a, (0, 1): b, (1, 0): c, (1, 1): d}
        total = disclosure.count(a + b + c + d, 3)
        shown = disclosure.crosstable(values, (0, 1), (0, 1), total, 3)
        if total.is_hidden:
            continue
        withdrawn = not any(
            cell.why is Why.SMALL for cell in [*shown.cells.values(), *shown.rows.values(), *shown.columns.values()]
        )
        worlds = [w for w in _tables_of(total.value or 0) if _fits(w, shown, withdrawn)]
        for key, cell in shown.cells.items():
            place = key[0] * 2 + key[1]
            assert not cell.is_hidden or len({world[place] for world in worlds}) > 1, (values, shown)


def _tables_of(total: int) -> list[tuple[int, int, int, int]]:
    found = []
    for a, b, c in product(range(total + 1), repeat=3):
        if a + b + c <= total:
            found.append((a, b, c, total - a - b - c))
    return found


def _fits(world: tuple[int, int, int, int], shown: disclosure.CrossTable, withdrawn: bool) -> bool:
    a, b, c, d = world
    pairs = [
        *((shown.cells[key], value) for key, value in zip(product((0, 1), repeat=2), world, strict=True)),
        (shown.rows[0], a + b),
        (shown.rows[1], c + d),
        (shown.columns[0], a + c),
        (shown.columns[1], b + d),
    ]
    return all(_agrees(cell, value, withdrawn) for cell, value in pairs)


def _agrees(cell: Shown, value: int, withdrawn: bool) -> bool:
    if cell.value is not None:
        return cell.value == value
    return 1 <= value < 3 if cell.why is Why.SMALL else withdrawn or value >= 3


def test_small_counts_are_named_by_their_threshold_and_zero_is_zero() -> None:
    assert disclosure.count(4, 5) == Shown(None, Why.SMALL, 5)
    assert disclosure.count(5, 5) == Shown(5)
    assert disclosure.count(0, 5) == Shown(0)
    assert disclosure.count(0, 5, sensitive=True) == Shown(None, Why.SMALL, 5)
    assert disclosure.count(9, 10) == Shown(None, Why.SMALL, 10)


def test_one_small_cell_takes_the_next_smallest_with_it() -> None:
    shown = disclosure.distribution({"a": 30, "b": 3, "c": 12}, Shown(45), 5)
    assert shown["b"] == Shown(None, Why.SMALL, 5)
    assert shown["c"] == Shown(None, Why.SECONDARY)
    assert shown["a"] == Shown(30)


def test_cells_that_their_bounds_would_give_away_are_withdrawn_together() -> None:
    """4 + 4 = 8 is the only way to make eight of two numbers below five."""
    shown = disclosure.distribution({"a": 4, "b": 4}, Shown(8), 5)
    assert {cell.why for cell in shown.values()} == {Why.SECONDARY}


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (0, 0, Shown(None, Why.NONE)),
        (9, 9, Shown(None, Why.FEW)),
        (5, 10, Shown(50)),
        (1, 8 * 25, Shown(1)),
        (199, 200, Shown(100)),
    ],
)
def test_a_percentage_of_few_people_is_hidden(numerator: int, denominator: int, expected: Shown) -> None:
    assert disclosure.percentage(numerator, denominator) == expected


@given(now=counts, before=counts, threshold=thresholds)
def test_a_change_never_brings_a_hidden_quarter_back(now: int, before: int, threshold: int) -> None:
    shown = [disclosure.count(value, threshold) for value in (now, before)]
    difference = disclosure.change(*shown)
    assert difference.is_hidden == any(cell.is_hidden for cell in shown)
    if not difference.is_hidden:
        assert difference.value == now - before


def test_thresholds_have_bounds() -> None:
    assert [t for t in range(30) if disclosure.is_allowed_threshold(t)] == list(range(3, 21))
