"""What a chart is given and what it answers; no drawing here."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.safestring import SafeString

Text = str | Promise
Number = int | float


class Fill(Enum):
    """How the parts of a stacked bar differ, in colour and in pattern."""

    DARK = "dark"
    LIGHT = "light"
    HATCH = "hatch"
    DOTS = "dots"
    PLAIN = "plain"


@dataclass(frozen=True)
class Mark:
    """A shape before a label and the outline of its bar, where a colour has a meaning of its own."""

    shape: str  # circle | diamond | triangle | ring
    stroke: str
    fill: str


@dataclass(frozen=True)
class Bar:
    label: Text
    value: Number | None
    text: Text = ""
    mark: Mark | None = None


@dataclass(frozen=True)
class Stack:
    """One stacked bar. `n` is what its parts add up to; `hidden` is shown when a part may not be."""

    label: Text
    values: Sequence[int | None]
    n: Text = ""
    hidden: Text = ""

    @property
    def total(self) -> int:
        return sum(value or 0 for value in self.values)


@dataclass(frozen=True)
class Series:
    label: Text
    fill: Fill


@dataclass(frozen=True)
class Line:
    """One line over the labels of the chart; `texts` replace the numbers where given."""

    label: Text
    values: Sequence[Number | None]
    texts: Sequence[Text] = ()

    def text(self, place: int, *, percent: bool = False) -> Text:
        return self.texts[place] if self.texts else number(self.values[place], percent=percent)


@dataclass(frozen=True)
class Wait:
    """One thing that waits: who, what, how long, and the words at the end of the bar."""

    label: Text
    value: Number
    text: Text
    note: Text = ""
    late: bool = False


@dataclass(frozen=True)
class Level:
    """One row of a course over time; the rows have no distance between them that could be measured."""

    label: Text
    mark: Mark


@dataclass(frozen=True)
class Stay:
    """How long something stood at one level: from a day, until a day; `late_from`: since when it is only left over."""

    level: int
    start: dt.date
    end: dt.date
    cells: Sequence[Text]
    late_from: dt.date | None = None


@dataclass(frozen=True)
class LegendItem:
    label: Text
    swatch: SafeString


@dataclass(frozen=True)
class Chart:
    name: str
    title: Text
    description: Text
    large: SafeString
    small: SafeString
    head: Sequence[Text] = ()
    rows: Sequence[Sequence[Text]] = ()
    legend: Sequence[LegendItem] = ()


def number(value: Number | None, hidden: Text = "", *, percent: bool = False) -> Text:
    """The number as the page's language writes it; `percent`: a share of one; `hidden`: where it may not be shown."""
    if value is None:
        return hidden
    shown = round(value * 100, 1) if percent else value
    whole = float(shown).is_integer()
    text = number_format(int(shown) if whole else shown, 0 if whole else 1, use_l10n=True, force_grouping=True)
    return f"{text}%" if percent else text
