"""The one function that hides small cells before figures leave the people concerned (D §6.3).

Whatever is published together is a set of cells and of sums between them. Every shape we publish (a list with a
total, a table with margins, a balance over quarters) is a network: nodes are the sums, and each cell is an arc
between two of them. In a network it can be decided exactly, and fast, whether a reader could work a hidden cell
out: there is a second world that fits everything published exactly when the cell lies on a cycle along which the
hidden values may be moved by one. `conceal` hides small cells, then further ones, until each hidden cell has such a
second world.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

# Settings may choose another threshold within these bounds (D §6.3).
LOWEST_THRESHOLD, HIGHEST_THRESHOLD = 3, 20
# A percentage of fewer people than this says too much about each.
LEAST_DENOMINATOR = 10
NO_LIMIT = 10**12

Key = Hashable
# Names of sums that no caller uses.
_TOTAL, _OUTSIDE = ("total",), ("outside",)


class Why(Enum):
    """Why a value is not shown; the words for people stand in the templates."""

    SMALL = "small"  # below the threshold: "<5"
    SECONDARY = "secondary"  # hidden to protect another: "disamarkan"
    FEW = "few"  # denominator too small: "n < 10"
    NONE = "none"  # nothing to divide by
    UNKNOWN = "unknown"  # was not counted then


@dataclass(frozen=True)
class Shown:
    """What a reader gets: the value, or the reason why not; ``below`` is the threshold of a small cell."""

    value: int | None
    why: Why | None = None
    below: int = 0

    @property
    def is_hidden(self) -> bool:
        return self.why is not None

    def as_json(self) -> dict[str, Any]:
        if self.why is None:
            return {"value": self.value}
        return {"hidden": self.why.value} | ({"below": self.below} if self.why is Why.SMALL else {})


@dataclass(frozen=True)
class Cell:
    """One count between two sums. A settled cell has been shown (or hidden) elsewhere and stays as it is."""

    value: int
    tail: Key
    head: Key
    threshold: int
    sensitive: bool = False  # where zero says something about people too, it is hidden as "<t"
    margin: bool = False  # sums are hidden last
    settled: Shown | None = None

    @property
    def is_small(self) -> bool:
        return self.value < self.threshold and (self.value > 0 or self.sensitive)

    @property
    def smallest(self) -> int:
        return 0 if self.sensitive else 1


def is_allowed_threshold(threshold: int) -> bool:
    return LOWEST_THRESHOLD <= threshold <= HIGHEST_THRESHOLD


def count(value: int, threshold: int, *, sensitive: bool = False) -> Shown:
    """One number that no other published number adds up to."""
    return conceal({"it": Cell(value, "it", "it", threshold, sensitive)})["it"]


def percentage(numerator: int, denominator: int, *, least: int = LEAST_DENOMINATOR) -> Shown:
    """A whole percentage; hidden where it would speak about fewer than ``least``."""
    if denominator == 0:
        return Shown(None, Why.NONE)
    if denominator < least:
        return Shown(None, Why.FEW)
    return Shown((200 * numerator + denominator) // (2 * denominator))


def change(now: Shown, before: Shown) -> Shown:
    """The difference to the quarter before; hidden where either is, so that it never brings one back."""
    if Why.NONE in (now.why, before.why):
        return Shown(None, Why.NONE)
    if now.value is None or before.value is None:
        return Shown(None, Why.SECONDARY)
    return Shown(now.value - before.value)


def distribution(
    values: Mapping[Key, int], total: Shown, threshold: int, *, sensitive: bool = False
) -> dict[Key, Shown]:
    """A list of counts whose total is published (or hidden) elsewhere; with the total hidden nothing is shown."""
    if total.is_hidden:
        return dict.fromkeys(values, Shown(None, Why.SECONDARY))
    cells = {key: Cell(value, "parts", "total", threshold, sensitive) for key, value in values.items()}
    cells[_TOTAL] = Cell(sum(values.values()), "total", "parts", threshold, settled=total)
    shown = conceal(cells)
    del shown[_TOTAL]
    return shown


@dataclass(frozen=True)
class CrossTable:
    """Rows by columns as they may be shown, with sums of both."""

    cells: dict[tuple[Key, Key], Shown]
    rows: dict[Key, Shown]
    columns: dict[Key, Shown]


def crosstable(
    values: Mapping[tuple[Key, Key], int],
    rows: Sequence[Key],
    columns: Sequence[Key],
    total: Shown,
    threshold: int,
    *,
    sensitive: bool = False,
    settled_columns: Mapping[Any, Shown] | None = None,
) -> CrossTable:
    """A table of two dimensions whose grand total (and sums of columns) are published or hidden elsewhere."""
    if total.is_hidden:
        gone = Shown(None, Why.SECONDARY)
        return CrossTable(
            {(row, column): gone for row in rows for column in columns},
            dict.fromkeys(rows, gone),
            dict.fromkeys(columns, gone),
        )
    cells: dict[Key, Cell] = {}
    for row in rows:
        in_row = 0
        for column in columns:
            value = values.get((row, column), 0)
            in_row += value
            cells["cell", row, column] = Cell(value, ("row", row), ("column", column), threshold, sensitive)
        cells["row", row] = Cell(in_row, ("column", _TOTAL), ("row", row), threshold, sensitive, margin=True)
    for column in columns:
        in_column = sum(values.get((row, column), 0) for row in rows)
        settled = settled_columns[column] if settled_columns else None
        cells["column", column] = Cell(
            in_column, ("column", column), ("row", _TOTAL), threshold, sensitive, margin=True, settled=settled
        )
    grand = sum(values.get((row, column), 0) for row in rows for column in columns)
    cells[_TOTAL] = Cell(grand, ("row", _TOTAL), ("column", _TOTAL), threshold, settled=total)
    shown = conceal(cells)
    return CrossTable(
        {(row, column): shown["cell", row, column] for row in rows for column in columns},
        {row: shown["row", row] for row in rows},
        {column: shown["column", column] for column in columns},
    )


@dataclass(frozen=True)
class Flow:
    """What came to a stock, or left it, within one quarter."""

    value: int
    leaves: bool
    threshold: int
    settled: Shown | None = None


def balance(stocks: Sequence[tuple[int, Shown]], flows: Sequence[Mapping[str, Flow]]) -> list[dict[str, Shown]]:
    """Flows between published stocks: each stock is the one before, plus what came, minus what left."""
    cells: dict[Key, Cell] = {}
    for place, (value, shown) in enumerate(stocks):
        start = place if place else _OUTSIDE
        end = place + 1 if place + 1 < len(stocks) else _OUTSIDE
        cells["stock", place] = Cell(value, start, end, shown.below or LOWEST_THRESHOLD, settled=shown)
    for place, moves in enumerate(flows):
        for key, flow in moves.items():
            tail, head = (place + 1, _OUTSIDE) if flow.leaves else (_OUTSIDE, place + 1)
            cells["flow", place, key] = Cell(flow.value, tail, head, flow.threshold, settled=flow.settled)
    shown_cells = conceal(cells)
    return [{key: shown_cells["flow", place, key] for key in moves} for place, moves in enumerate(flows)]


# ---- the one function ----------------------------------------------------------------------------------------------


def conceal(cells: Mapping[Key, Cell]) -> dict[Key, Shown]:
    """What may be shown of ``cells``: small ones hidden, and as many more as it takes that none can be worked out.

    Where hiding single cells is not enough, the whole set is withdrawn: every cell that is not settled is hidden
    without a hint of its size.
    """
    hidden: dict[Key, Why] = {}
    for key, cell in cells.items():
        why = cell.settled.why if cell.settled else Why.SMALL if cell.is_small else None
        if why is not None:
            hidden[key] = why
    while exposed := [key for key in hidden if _is_exposed(key, cells, hidden)]:
        further = _next_to_hide(exposed, cells, hidden)
        if further is None:
            for key, cell in cells.items():
                if cell.settled is None:
                    hidden[key] = Why.SECONDARY
            break
        hidden[further] = Why.SECONDARY
    return {key: _shown(cell, hidden.get(key)) for key, cell in cells.items()}


def _shown(cell: Cell, why: Why | None) -> Shown:
    if cell.settled is not None:
        return cell.settled
    return Shown(cell.value) if why is None else Shown(None, why, cell.threshold if why is Why.SMALL else 0)


def _bounds(key: Key, cells: Mapping[Key, Cell], hidden: Mapping[Key, Why]) -> tuple[int, int]:
    """What a reader knows of a hidden cell by its mark alone."""
    cell, why = cells[key], hidden[key]
    if why is Why.SMALL:
        return cell.smallest, (cell.settled.below if cell.settled else cell.threshold) - 1
    # "disamarkan" among "<5" tells that it is not small.
    return cell.threshold, NO_LIMIT


def _is_exposed(key: Key, cells: Mapping[Key, Cell], hidden: Mapping[Key, Why]) -> bool:
    """True when only one value of the cell fits everything that is shown."""
    steps: dict[Key, list[tuple[Key, Key]]] = defaultdict(list)
    for other in hidden:
        if other == key:
            continue
        cell = cells[other]
        low, high = _bounds(other, cells, hidden)
        if cell.value < high:
            steps[cell.tail].append((cell.head, other))
        if cell.value > low:
            steps[cell.head].append((cell.tail, other))
    cell = cells[key]
    low, high = _bounds(key, cells, hidden)
    can_rise = cell.value < high and _reaches(steps, cell.head, cell.tail)
    can_fall = cell.value > low and _reaches(steps, cell.tail, cell.head)
    return not (can_rise or can_fall)


def _reaches(steps: Mapping[Key, Iterable[tuple[Key, Key]]], start: Key, goal: Key) -> bool:
    seen, waiting = {start}, deque([start])
    while waiting:
        node = waiting.popleft()
        if node == goal:
            return True
        for following, _cell in steps.get(node, ()):
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return False


def _next_to_hide(exposed: Iterable[Key], cells: Mapping[Key, Cell], hidden: Mapping[Key, Why]) -> Key | None:
    """The smallest cell that shares a sum with an exposed one: inner cells first, sums last, zeros never."""
    nodes = {node for key in exposed for node in (cells[key].tail, cells[key].head)}
    open_cells = [
        (not nodes & {cell.tail, cell.head}, cell.margin, cell.value, place, key)
        for place, (key, cell) in enumerate(cells.items())
        if key not in hidden and cell.settled is None and cell.value > 0
    ]
    return min(open_cells, key=lambda entry: entry[:4])[4] if open_cells else None
