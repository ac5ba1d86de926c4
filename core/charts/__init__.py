"""Charts as plain SVG: one string for the page and for the PDF.

Presentation attributes only (the strict CSP blocks `style=`), a title and a description, direct labels, text never
below 14 px, bars from zero, and for every colour a second cue (hatch, dots, shape). Each function answers a `Chart`
with two drawings: `large` for cards and paper, `small` for phones; `components/chart.html` shows them, a PDF takes
`large`.

A value of None is one that may not be shown; its place keeps the text given for it ("<5", "disamarkan").
"""

from core.charts.course import course
from core.charts.kinds import bars, lines, multiples, stacked, waits
from core.charts.parts import Bar, Chart, Fill, LegendItem, Level, Line, Mark, Series, Stack, Stay, Wait, number

__all__ = [
    "Bar",
    "Chart",
    "Fill",
    "LegendItem",
    "Level",
    "Line",
    "Mark",
    "Series",
    "Stack",
    "Stay",
    "Wait",
    "bars",
    "course",
    "lines",
    "multiples",
    "number",
    "stacked",
    "waits",
]
