"""A course over time: at which of a few levels something stood, from when until when.

The levels are words, one row each, and the stays are never joined by a line: between two words there is no distance.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.safestring import SafeString

from core.charts import ink
from core.charts.kinds import LARGE, Layout, chart_of, spoken, widest
from core.charts.parts import Chart, Level, Stay, Text

ROW, LINE = 40, 17
# Of the width for the labels, at most; a longer one is written on two lines.
LABEL_SHARE = 0.42


def course(
    name: str,
    title: Text,
    levels: Sequence[Level],
    stays: Sequence[Stay],
    *,
    head: Sequence[Text],
    description: Text = "",
    width: int = LARGE,
) -> Chart:
    """Rows of levels over one axis of days; what is left over past its time is drawn dashed."""
    first, last = min(stay.start for stay in stays), max(stay.end for stay in stays)

    def draw(size: int, uid: str) -> Layout:
        indent = 22
        written = [ink.wrap(level.label, size * LABEL_SHARE - indent) for level in levels]
        left = indent + widest(line for lines in written for line in lines) + 16
        room = size - left - 12

        def x(day: dt.date) -> float:
            return left + room * ((day - first).days / max((last - first).days, 1))

        parts: list[SafeString] = []
        for place, (level, lines) in enumerate(zip(levels, written, strict=True)):
            middle = ROW * place + ROW / 2
            top = middle + 5 - LINE * (len(lines) - 1) / 2
            parts.append(ink.shape(level.mark, 8, middle))
            parts += [ink.text(indent, top + LINE * index, line) for index, line in enumerate(lines)]
            parts.append(ink.path(f"M{ink.at(left - 8)} {ink.at(middle)}H{ink.at(size)}", ink.MORI_200, 1))
        for stay in stays:
            middle, mark = ROW * stay.level + ROW / 2, levels[stay.level].mark
            until = min(stay.late_from, stay.end) if stay.late_from else stay.end
            parts.append(ink.path(f"M{ink.at(x(stay.start))} {ink.at(middle)}H{ink.at(x(until))}", mark.stroke, 3))
            if until < stay.end:
                late = f"M{ink.at(x(until))} {ink.at(middle)}H{ink.at(x(stay.end))}"
                parts.append(ink.path(late, mark.stroke, 2, dash="3 4"))
            parts.append(ink.shape(mark, x(stay.start), middle))
        base = ROW * len(levels) + 14.0
        parts.append(ink.text(left - 8, base, _month(first), size=ink.NOTE, fill=ink.INK_2))
        parts.append(ink.text(size, base, _month(last), size=ink.NOTE, fill=ink.INK_2, anchor="end"))
        return base + 6, parts

    rows = [stay.cells for stay in stays]
    return chart_of(name, title, description or spoken(head, rows), draw, width, head, rows)


def _month(day: dt.date) -> str:
    return date_format(day, "M Y")
