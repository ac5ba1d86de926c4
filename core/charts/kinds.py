"""Five of the kinds of chart (core.charts.course is another). Each leaves the ink to core.charts.ink."""

from collections.abc import Callable, Iterable, Sequence
from math import ceil, log10

from django.utils.safestring import SafeString

from core.charts import ink
from core.charts.parts import Bar, Chart, LegendItem, Line, Number, Series, Stack, Text, Wait, number

LARGE, SMALL = 360, 290  # viewBox widths: the inner width of a card, so that text keeps its size
ABOVE = 320  # below this width labels stand above their bar

Layout = tuple[float, list[SafeString]]
Draw = Callable[[int, str], Layout]


def bars(
    name: str,
    title: Text,
    rows: Sequence[Bar],
    *,
    head: tuple[Text, Text],
    description: Text = "",
    maximum: Number | None = None,
    width: int = LARGE,
) -> Chart:
    """Horizontal bars from zero, one per label."""
    texts = [row.text or number(row.value) for row in rows]
    top = _top((row.value for row in rows), maximum)

    def draw(size: int, uid: str) -> Layout:
        indent = 22 if any(row.mark for row in rows) else 0
        label_width = indent + widest(row.label for row in rows) + 10
        above = size < ABOVE or label_width > size * 0.42
        left = indent if above else label_width
        room = max(size - left - widest(texts, bold=True) - 10, 40)
        parts: list[SafeString] = []
        y = 2.0
        for row, words in zip(rows, texts, strict=True):
            if above:
                written = ink.wrap(row.label, size - indent)
                parts += [ink.text(indent, y + 14 + 18 * index, line) for index, line in enumerate(written)]
                if row.mark:
                    parts.append(ink.shape(row.mark, 8, y + 9))
                y += 18 * len(written) + 3
            else:
                parts.append(ink.text(indent, y + 16, row.label))
                if row.mark:
                    parts.append(ink.shape(row.mark, 8, y + 11))
            if row.value is None:
                parts.append(ink.text(left, y + 16, words, fill=ink.INK_2))
            else:
                length = room * row.value / top
                parts.append(ink.bar(left, y, length, 22, row.mark))
                parts.append(ink.text(left + length + 7, y + 16, words, bold=True))
            y += 36 if above else 32
        return y - 8, parts

    figures = [(row.label, words) for row, words in zip(rows, texts, strict=True)]
    return chart_of(name, title, description or spoken(head, figures), draw, width, head, figures)


def stacked(
    name: str,
    title: Text,
    rows: Sequence[Stack],
    series: Sequence[Series],
    *,
    head: Text,
    description: Text = "",
    width: int = LARGE,
) -> Chart:
    """Stacked bars on one scale, with every part's number in it or, where a part is too narrow, at the end."""
    top = max((row.total for row in rows), default=0) or 1

    def draw(size: int, uid: str) -> Layout:
        label_width = max(widest(row.label for row in rows), widest((row.n for row in rows), ink.NOTE)) + 14
        above = size < ABOVE or label_width > size * 0.42
        left = 0.0 if above else label_width
        everything = [" · ".join(str(number(value)) for value in row.values if value is not None) for row in rows]
        room = max(size - left - widest(everything, bold=True) - 10 - 2 * len(series), 40)
        parts = [ink.patterns(uid, [item.fill for item in series])]
        y = 4.0
        for row in rows:
            if above:
                for line in ink.wrap(f"{row.label}, {row.n}" if row.n else row.label, size):
                    parts.append(ink.text(0, y + 14, line))
                    y += 18
                y += 3
            elif row.n:
                parts += [ink.text(0, y + 9, row.label), ink.text(0, y + 25, row.n, size=ink.NOTE, fill=ink.INK_2)]
            else:
                parts.append(ink.text(0, y + 16, row.label))
            parts += _stack(row, series, uid, left, y, room / top)
            y += 34 if above else 40
        return y - 8, parts

    figures = [(row.label, *(number(value, row.hidden) for value in row.values)) for row in rows]
    heads = (head, *(item.label for item in series))
    legend = [LegendItem(item.label, ink.swatch(name, item.fill)) for item in series]
    return chart_of(name, title, description or spoken(heads, figures), draw, width, heads, figures, legend)


def lines(
    name: str,
    title: Text,
    labels: Sequence[Text],
    series: Sequence[Line],
    *,
    head: Text,
    description: Text = "",
    maximum: Number | None = None,
    percent: bool = False,
    width: int = LARGE,
) -> Chart:
    """One to three lines over four to eight periods, from zero; a single line carries its numbers."""
    top = _nice(_top((value for line in series for value in line.values), maximum))
    named = len(series) > 1
    height = 132

    def draw(size: int, uid: str) -> Layout:
        ticks = [number(top * share, percent=percent) for share in (0, 0.5, 1)]
        axis = widest(ticks, ink.NOTE) + 10
        plot = size - axis - 22
        step = plot / max(len(labels) - 1, 1)
        base = 24.0 + height
        parts: list[SafeString] = []
        for level, tick in enumerate(ticks):
            y = base - height * level / 2
            parts.append(ink.path(f"M{ink.at(axis)} {ink.at(y)}H{ink.at(size - 8)}", ink.MORI_200, 1))
            parts.append(ink.text(axis - 6, y + 5, tick, size=ink.NOTE, fill=ink.INK_2, anchor="end"))
        parts += _periods(labels, axis + 6, base, step, size)
        for index, line in enumerate(series):
            points = [
                None if value is None else (axis + 6 + step * place, base - height * value / top)
                for place, value in enumerate(line.values)
            ]
            parts += ink.line(index, points)
            if not named:
                texts = [line.text(place, percent=percent) for place in range(len(points))]
                parts += _numbers(texts, points, axis + 6, base, step, size)
        return base + 44, parts

    figures = [(label, *(line.text(place, percent=percent) for line in series)) for place, label in enumerate(labels)]
    heads = (head, *(line.label for line in series))
    legend = [LegendItem(line.label, ink.line_swatch(index)) for index, line in enumerate(series)] if named else []
    return chart_of(name, title, description or spoken(heads, figures), draw, width, heads, figures, legend)


def multiples(
    name: str,
    title: Text,
    labels: Sequence[Text],
    panels: Sequence[Line],
    *,
    head: Text,
    description: Text = "",
    maximum: Number | None = None,
    percent: bool = False,
    width: int = LARGE,
) -> Chart:
    """Small lines side by side on one scale, each with its name and its latest value."""
    top = _nice(_top((value for panel in panels for value in panel.values), maximum))
    gap, height = 28, 56

    def draw(size: int, uid: str) -> Layout:
        columns = 1 if size < ABOVE else max(2, size // 220)
        cell = (size - gap * (columns - 1)) / columns
        step = (cell - 12) / max(len(labels) - 1, 1)
        parts: list[SafeString] = []
        y = 0.0
        for first in range(0, len(panels), columns):
            row = panels[first : first + columns]
            latest = [panel.text(len(labels) - 1, percent=percent) for panel in row]
            names = [
                ink.wrap(panel.label, cell - ink.width_of(text, bold=True) - 8)
                for panel, text in zip(row, latest, strict=True)
            ]
            base = y + 18 * max(len(written) for written in names) + 14 + height
            for column, panel in enumerate(row):
                x = column * (cell + gap)
                parts += [ink.text(x, y + 15 + 18 * index, words) for index, words in enumerate(names[column])]
                parts.append(ink.text(x + cell, y + 15, latest[column], bold=True, anchor="end"))
                parts.append(ink.path(f"M{ink.at(x)} {ink.at(base)}H{ink.at(x + cell)}", ink.CONTROL, 1))
                points = [
                    None if value is None else (x + 6 + step * place, base - height * value / top)
                    for place, value in enumerate(panel.values)
                ]
                parts += ink.line(0, points)
                parts.append(ink.text(x, base + 18, labels[0], size=ink.NOTE, fill=ink.INK_2))
                parts.append(ink.text(x + cell, base + 18, labels[-1], size=ink.NOTE, fill=ink.INK_2, anchor="end"))
            y = base + 36
        return y - 10, parts

    figures = [
        (panel.label, *(panel.text(place, percent=percent) for place in range(len(labels)))) for panel in panels
    ]
    heads = (head, *labels)
    return chart_of(name, title, description or spoken(heads, figures), draw, width, heads, figures)


def waits(
    name: str,
    title: Text,
    rows: Sequence[Wait],
    *,
    limit: Number,
    limit_label: Text,
    head: tuple[Text, Text],
    description: Text = "",
    width: int = LARGE,
) -> Chart:
    """How long each thing has waited, against one limit; late ones in soga and in words."""
    longest = max([limit * 1.4, *(row.value for row in rows)]) or 1

    def draw(size: int, uid: str) -> Layout:
        room = max(size - widest((row.text for row in rows), bold=True) - 10, 60)
        mark = room * limit / longest
        half = ink.width_of(limit_label, ink.NOTE) / 2
        middle = min(max(mark, half), size - half)
        parts = [ink.text(middle, 13, limit_label, size=ink.NOTE, fill=ink.INK_2, anchor="middle")]
        y = 22.0
        for row in rows:
            written = ink.wrap(f"{row.label}, {row.note}" if row.note else row.label, size)
            who = str(row.label)
            for line in written:
                bold = who if line.startswith(who) else ""
                parts.append(ink.two_texts(0, y + 18, bold, line[len(bold) :]))
                y += 18
            parts.append(ink.rect(0, y + 6, room, 12, ink.MORI_100))
            parts.append(
                ink.rect(0, y + 6, room * row.value / longest, 12, ink.SOGA_600 if row.late else ink.NILA_600)
            )
            parts.append(ink.path(f"M{ink.at(mark)} {ink.at(y + 3)}v18", ink.INK, 2))
            colour = ink.SOGA_700 if row.late else ink.INK
            parts.append(ink.text(room + 8, y + 17, row.text, bold=row.late, fill=colour))
            y += 28
        return y, parts

    figures = [(f"{row.label}, {row.note}" if row.note else row.label, row.text) for row in rows]
    return chart_of(name, title, description or spoken(head, figures), draw, width, head, figures)


# ---- shared layout ---------------------------------------------------------------------------------------------


def chart_of(
    name: str,
    title: Text,
    description: Text,
    draw: Draw,
    width: int,
    head: Sequence[Text],
    rows: Sequence[Sequence[Text]],
    legend: Sequence[LegendItem] = (),
) -> Chart:
    large, small = draw(width, name), draw(SMALL, f"{name}s")
    return Chart(
        name,
        title,
        description,
        large=ink.drawing(name, width, large[0], title, description, large[1]),
        small=ink.drawing(f"{name}s", SMALL, small[0], title, description, small[1]),
        head=head,
        rows=rows,
        legend=legend,
    )


def spoken(heads: Sequence[Text], figures: Sequence[Sequence[Text]]) -> str:
    """The figures as sentences, for those who hear the chart."""
    if len(heads) == 2:
        return " ".join(f"{label}: {value}." for label, value in figures)
    return " ".join(
        f"{row[0]}: " + ", ".join(f"{head} {value}" for head, value in zip(heads[1:], row[1:], strict=True)) + "."
        for row in figures
    )


def widest(texts: Iterable[Text], size: int = ink.TEXT, *, bold: bool = False) -> float:
    return max((ink.width_of(text, size, bold=bold) for text in texts), default=0)


def _top(values: Iterable[Number | None], maximum: Number | None) -> float:
    return float(maximum or max((value for value in values if value is not None), default=0) or 1)


def _nice(top: float) -> float:
    """The next round number that halves well: 2, 4, 6, 8, 10, 20, 40 …; a part of one (a share) ends at 1."""
    if top <= 1:
        return 1
    if top <= 2:
        return 2
    magnitude: float = 10 ** (ceil(log10(top)) - 1)
    return next(magnitude * step for step in (1, 2, 4, 6, 8, 10) if magnitude * step >= top)


def _stack(row: Stack, series: Sequence[Series], uid: str, left: float, y: float, scale: float) -> list[SafeString]:
    if any(value is None for value in row.values):
        return [ink.text(left, y + 16, row.hidden, fill=ink.INK_2)]
    drawn, x, too_narrow = [], left, 0
    known = [(value or 0, item) for value, item in zip(row.values, series, strict=True)]
    for value, _ in known:
        if value and value * scale < ink.width_of(number(value), bold=True) + 8:
            too_narrow += 1
    last_value = known[-1][0] if known else 0
    only_last = too_narrow == 1 and 0 < last_value * scale < ink.width_of(number(last_value), bold=True) + 8
    inside = too_narrow == 0 or only_last
    for place, (value, item) in enumerate(known):
        if not value:
            continue
        width = value * scale
        drawn.append(ink.part(uid, x, y, width, 22, item.fill))
        if inside and not (only_last and place == len(known) - 1):
            drawn.append(ink.part_text(x, y, width, number(value), item.fill))
        x += width + 2
    if only_last:
        drawn.append(ink.text(x + 4, y + 16, number(last_value), bold=True))
    elif not inside:
        drawn.append(ink.text(x + 4, y + 16, " · ".join(str(number(value)) for value, _ in known), bold=True))
    return drawn


def _periods(labels: Sequence[Text], left: float, base: float, step: float, size: int) -> list[SafeString]:
    """Names below the axis in two lines, "TW III" over "2026"; the second only where it changes."""
    drawn: list[SafeString] = []
    before, free = "", -1.0
    for place, label in enumerate(labels):
        first, _, second = str(label).rpartition(" ")
        first, second = (first, second) if first else (second, "")
        width = ink.width_of(first, ink.NOTE)
        x = min(max(left + step * place, width / 2), size - width / 2)
        if x - width / 2 >= free:
            drawn.append(ink.text(x, base + 18, first, size=ink.NOTE, fill=ink.INK_2, anchor="middle"))
            free = x + width / 2 + 4
        if second and second != before:
            drawn.append(ink.text(x, base + 36, second, size=ink.NOTE, fill=ink.INK_2, anchor="middle"))
        before = second
    return drawn


def _numbers(
    texts: Sequence[Text], points: Sequence[ink.Point | None], left: float, base: float, step: float, size: int
) -> list[SafeString]:
    """The value over each point, as far as they do not touch: the last one first, then the first, then the hidden."""
    ends = [len(points) - 1, 0]
    hidden = [place for place, point in enumerate(points) if point is None]
    drawn: dict[int, SafeString] = {}
    taken: list[tuple[float, float]] = []
    for place in dict.fromkeys([*ends, *hidden, *reversed(range(len(points)))]):
        half = ink.width_of(texts[place], bold=True) / 2 + 3
        x = min(max(left + step * place, half), size - half)
        if place in drawn or any(x - half < end and start < x + half for start, end in taken):
            continue
        point = points[place]
        y = base - 8 if point is None else point[1] - 10
        drawn[place] = ink.text(x, y, texts[place], bold=point is not None, anchor="middle")
        taken.append((x - half, x + half))
    return [drawn[place] for place in sorted(drawn)]
