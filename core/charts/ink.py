"""Pieces of SVG: text, bars, patterns, shapes and lines, with presentation attributes only.

Coordinates are written here and nowhere else: always with a point, whatever the page's language, and with one decimal,
so that the same figures give the same bytes.
"""

from collections.abc import Iterable, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.charts.parts import Fill, Mark, Text

INK, INK_2 = "#1e2430", "#4a5160"
NILA_700, NILA_600, NILA_300, NILA_100 = "#2a3f73", "#3a5391", "#a9b6d6", "#e6eaf4"
SOGA_700, SOGA_600, SOGA_100 = "#78401a", "#914f20", "#f6e9da"
MORI_100, MORI_200, CONTROL, WHITE = "#f3efe8", "#e6e0d6", "#737886", "#ffffff"
FONT = "Source Sans 3, sans-serif"
TEXT, NOTE = 15, 14  # px; nothing smaller is written

# width of a character in em, measured on Source Sans 3 in four groups; a little generous, so that nothing collides
NARROW_CHARACTERS, WIDE_CHARACTERS = set("iIjl.,:;'|!()[]/ ·"), set("mwMWQ@%—…")

Point = tuple[float, float]


def join(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def at(value: float) -> str:
    """A coordinate: one decimal, no trailing zero."""
    return f"{value:.1f}".removesuffix(".0")


def width_of(text: Text, size: int = TEXT, *, bold: bool = False) -> float:
    """About how wide a text will be, in px."""
    em = 0.0
    for character in str(text):
        if character in NARROW_CHARACTERS:
            em += 0.29
        elif character in WIDE_CHARACTERS:
            em += 0.84
        elif character.isupper() or character == "–":
            em += 0.6
        else:
            em += 0.515
    return em * size * (1.04 if bold else 1)


def wrap(text: Text, room: float, size: int = TEXT) -> list[str]:
    """Lines no wider than `room`; a single longer word keeps its own line, nothing is cut."""
    written: list[str] = []
    for word in str(text).split():
        if written and width_of(f"{written[-1]} {word}", size) <= room:
            written[-1] += f" {word}"
        else:
            written.append(word)
    return written or [""]


def text(
    x: float,
    y: float,
    words: Text,
    *,
    size: int = TEXT,
    bold: bool = False,
    fill: str = INK,
    anchor: str = "start",
) -> SafeString:
    return format_html(
        '<text x="{}" y="{}" font-family="{}" font-size="{}" font-weight="{}" fill="{}" text-anchor="{}">{}</text>',
        at(x),
        at(y),
        FONT,
        str(size),
        "600" if bold else "400",
        fill,
        anchor,
        words,
    )


def two_texts(x: float, y: float, bold: str, plain: str) -> SafeString:
    """A line that starts bold and goes on plain."""
    return format_html(
        '<text x="{}" y="{}" font-family="{}" font-size="{}" fill="{}"><tspan font-weight="600">{}</tspan>{}</text>',
        at(x),
        at(y),
        FONT,
        str(TEXT),
        INK,
        bold,
        plain,
    )


def rect(x: float, y: float, width: float, height: float, fill: str, stroke: str = "") -> SafeString:
    box = (at(x), at(y), at(max(width, 0)), at(height), fill)
    if not stroke:
        return format_html('<rect x="{}" y="{}" width="{}" height="{}" rx="2" fill="{}"/>', *box)
    return format_html('<rect x="{}" y="{}" width="{}" height="{}" rx="2" fill="{}" stroke="{}"/>', *box, stroke)


def path(d: str, stroke: str, width: float, *, dash: str = "") -> SafeString:
    if dash:
        drawing = (
            '<path d="{}" fill="none" stroke="{}" stroke-width="{}" stroke-linejoin="round" stroke-dasharray="{}"/>'
        )
        return format_html(drawing, d, stroke, at(width), dash)
    return format_html(
        '<path d="{}" fill="none" stroke="{}" stroke-width="{}" stroke-linejoin="round"/>', d, stroke, at(width)
    )


def bar(x: float, y: float, width: float, height: float, mark: Mark | None = None) -> SafeString:
    """A bar; where a mark gives the colour its meaning, the bar is only its outline."""
    if mark is None:
        return rect(x, y, width, height, NILA_600)
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" rx="2" fill="{}" stroke="{}" stroke-width="2"/>',
        at(x + 1),
        at(y + 1),
        at(max(width - 2, 0)),
        at(height - 2),
        WHITE,
        mark.stroke,
    )


def shape(mark: Mark, x: float, y: float) -> SafeString:
    """The mark's shape around a middle point, 14 px wide."""
    if mark.shape == "diamond":
        return format_html(
            '<path d="M{} {}l7 7-7 7-7-7z" fill="{}" stroke="{}" stroke-width="1.6"/>',
            at(x),
            at(y - 7),
            mark.fill,
            mark.stroke,
        )
    if mark.shape == "triangle":
        return format_html(
            '<path d="M{} {}l7 13h-14z" fill="{}" stroke="{}" stroke-width="1"/>',
            at(x),
            at(y - 7),
            mark.fill,
            mark.stroke,
        )
    dash = "3 2.2" if mark.shape == "ring" else "none"
    return format_html(
        '<circle cx="{}" cy="{}" r="6" fill="{}" stroke="{}" stroke-width="1.6" stroke-dasharray="{}"/>',
        at(x),
        at(y),
        mark.fill,
        mark.stroke,
        dash,
    )


# ---- patterns --------------------------------------------------------------------------------------------------

PAINT = {
    Fill.DARK: (NILA_700, NILA_700, WHITE),
    Fill.LIGHT: (NILA_100, NILA_300, INK),
    Fill.HATCH: ("", SOGA_600, INK),
    Fill.DOTS: ("", NILA_600, INK),
    Fill.PLAIN: (WHITE, CONTROL, INK),
}
PATTERNED = (Fill.HATCH, Fill.DOTS)


def patterns(uid: str, fills: Iterable[Fill]) -> SafeString:
    """The definitions that a drawing needs; their ids carry the drawing's own name."""
    wanted = set(fills)
    drawn = []
    if Fill.HATCH in wanted:
        drawn.append(
            format_html(
                '<pattern id="{}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
                'patternTransform="rotate(45)">'
                '<rect width="6" height="6" fill="{}"/><rect width="2.4" height="6" fill="{}"/></pattern>',
                uid,
                SOGA_100,
                SOGA_600,
            )
        )
    if Fill.DOTS in wanted:
        drawn.append(
            format_html(
                '<pattern id="{}-dots" width="6" height="6" patternUnits="userSpaceOnUse">'
                '<rect width="6" height="6" fill="{}"/><circle cx="3" cy="3" r="1.3" fill="{}"/></pattern>',
                uid,
                WHITE,
                NILA_600,
            )
        )
    return format_html("<defs>{}</defs>", join(drawn)) if drawn else SafeString("")


def part(uid: str, x: float, y: float, width: float, height: float, fill: Fill) -> SafeString:
    """One part of a stacked bar."""
    paint, stroke, _ = PAINT[fill]
    if fill in PATTERNED:
        paint = f"url(#{uid}-{fill.value})"
    return rect(x, y, width, height, paint, stroke)


def part_text(x: float, y: float, width: float, words: Text, fill: Fill) -> SafeString:
    """The number in the middle of a part; on a pattern it stands on a white plate."""
    label = text(x + width / 2, y + 16, words, bold=True, fill=PAINT[fill][2], anchor="middle")
    if fill not in PATTERNED:
        return label
    plate = width_of(words, bold=True) + 6
    return join([rect(x + (width - plate) / 2, y + 3, plate, 16, WHITE), label])


def swatch(uid: str, fill: Fill) -> SafeString:
    """The legend's sample; it brings its own pattern, because a reference into a hidden drawing would be empty."""
    name = f"{uid}-legend-{fill.value}"
    return format_html(
        '<svg viewBox="0 0 16 16" aria-hidden="true">{}{}</svg>',
        patterns(name, [fill]),
        part(name, 1, 1, 14, 14, fill),
    )


# ---- lines -----------------------------------------------------------------------------------------------------

STROKES = ((NILA_700, ""), (SOGA_600, "6 4"), (INK_2, "2 3"))


def line(index: int, points: Sequence[Point | None]) -> list[SafeString]:
    """A line with its points, and with a gap where a value may not be shown."""
    stroke, dash = STROKES[index % len(STROKES)]
    d, pen_down = [], False
    for point in points:
        if point is None:
            pen_down = False
            continue
        d.append(f"{'L' if pen_down else 'M'}{at(point[0])} {at(point[1])}")
        pen_down = True
    drawn = [path("".join(d), stroke, 2.5, dash=dash)] if d else []
    return drawn + [point_mark(index, point) for point in points if point]


def point_mark(index: int, point: Point) -> SafeString:
    """Each line has its own point: dot, square, ring."""
    x, y = point
    stroke, _ = STROKES[index % len(STROKES)]
    if index % len(STROKES) == 1:
        return rect(x - 3.5, y - 3.5, 7, 7, stroke)
    fill = stroke if index % len(STROKES) == 0 else WHITE
    return format_html(
        '<circle cx="{}" cy="{}" r="3.5" fill="{}" stroke="{}" stroke-width="1.6"/>', at(x), at(y), fill, stroke
    )


def line_swatch(index: int) -> SafeString:
    return format_html(
        '<svg viewBox="0 0 16 16" aria-hidden="true">{}</svg>',
        join([line(index, [(0, 8), (16, 8)])[0], point_mark(index, (8, 8))]),
    )


def drawing(
    uid: str, width: float, height: float, title: Text, description: Text, parts: Iterable[SafeString]
) -> SafeString:
    """The whole SVG, read as one image with a title and a description; never drawn larger than its own size."""
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}" '
        'role="img" aria-labelledby="{2}-t {2}-d">'
        '<title id="{2}-t">{3}</title><desc id="{2}-d">{4}</desc>{5}</svg>',
        at(width),
        at(max(height, 1)),
        uid,
        title,
        description,
        join(parts),
    )
