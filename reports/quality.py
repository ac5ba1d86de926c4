"""How assessments are made: overrides, what is not known, who is judged how, and which words had to be asked about.

For those who watch over quality and fairness (ET-8), never about one person: no figure of fewer than ten, and none
from which one could be worked out. Half-years are what is published; a quarter is shown once its half-year has ended,
and hides a cell wherever the other quarter hides it, because the half-year less one quarter is the other.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When

from accounts.models import Region, Staff
from assessments.catalogue import Item
from assessments.enums import Band, InstrumentCode, NonRating, VersionStatus, WordAnswer
from assessments.models import Assessment, InstrumentVersion, ItemRating, WordCheck
from cases.enums import Sex
from cases.models import CaseLeadPeriod
from reports import disclosure
from reports.agreement import agreement
from reports.disclosure import Shown, Why
from reports.indicators import Area
from reports.indicators.judgements import finals
from reports.quarters import Half, Quarter

LEAST = 10
# Half-years that can be chosen, with their quarters.
HALVES = 4
# What a rater can choose in the end; that there is not enough information is guidance alone.
BANDS = {
    InstrumentCode.ADULT: (Band.GREEN, Band.YELLOW, Band.RED),
    InstrumentCode.CHILD: (Band.ROUTINE, Band.ADDITIONAL, Band.INTENSIVE),
    InstrumentCode.FAMILY: (Band.READY, Band.READY_WITH_SUPPORT, Band.NOT_READY),
}
# Raters with enough assessments, below which the spread among them is not told.
LEAST_RATERS = 3
NOWHERE = ""
HIDDEN = Shown(None, Why.SECONDARY)


@dataclass(frozen=True)
class Asked:
    """Whose assessments, with which instrument, of which half-year, and of which of its quarters (None: both)."""

    area: Area
    instrument: InstrumentCode
    half: Half
    quarter: Quarter | None = None
    # The names of raters are for the supervisor who works with them.
    by_name: bool = False


@dataclass(frozen=True)
class Group:
    """One row of a table: how many assessments, how many differ from guidance, and what they said."""

    label: str
    n: Shown
    differs: Shown
    bands: Sequence[Shown]


@dataclass(frozen=True)
class Agreed:
    """How far two raters agree: on how many pairs, in what share, and weighted kappa where it may be told."""

    item: str  # "" is the final judgement
    pairs: Shown
    same: Shown
    on_scale: Shown
    kappa: Fraction | None


@dataclass(frozen=True)
class Quality:
    n: Shown
    differs: Shown
    bands: Sequence[Shown]
    by_sex: Sequence[Group]
    by_region: Sequence[Group]
    by_rater: Sequence[Group]
    # Lowest and highest share that differs, of raters with ten assessments or more; None where these are too few.
    spread: tuple[int, int, int] | None
    unknown: Shown
    unknown_items: Sequence[tuple[str, Shown, Shown]]
    words: Mapping[str, Shown]
    # Of the final judgement, then of each item: those rated twice, independently.
    agreement: Sequence[Agreed]
    items: Mapping[str, Item]


def offered(now: dt.datetime) -> list[Half]:
    """The half-years that have ended, the latest first."""
    found = [Half.last_finished(now)]
    while len(found) < HALVES:
        found.append(found[-1].previous)
    return found


# ---- what is counted: five queries, grouped in the database --------------------------------------------------------


def _within(asked: Asked) -> QuerySet[Assessment]:
    """Final assessments of the half-year, by the unit that led the case when they became final."""
    return _of_area(finals(), "finalised_at", asked)


def _twice(asked: Asked) -> QuerySet[Assessment]:
    """Second ratings that were made without seeing the first, by the unit that led the case when both were there."""
    return _of_area(Assessment.objects.rated_twice().select_related(None), "as_second__revealed_at", asked)


def _of_area(rows: QuerySet[Assessment], moment: str, asked: Asked) -> QuerySet[Assessment]:
    led = CaseLeadPeriod.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=OuterRef(moment)),
        case=OuterRef("case"),
        started_at__lte=OuterRef(moment),
    ).order_by("-started_at")
    found = rows.filter(
        **{f"{moment}__gte": asked.half.start, f"{moment}__lt": asked.half.end}, instrument=asked.instrument
    ).annotate(
        unit=Subquery(led.values("lead_unit")[:1]),
        region=Subquery(led.values("lead_unit__region")[:1]),
        quarter=_quarter(moment, asked.half),
    )
    return found if asked.area.unit_ids is None else found.filter(unit__in=asked.area.unit_ids)


def _quarter(field: str, half: Half) -> Case:
    first, second = half.quarters
    return Case(
        When(**{f"{field}__lt": second.start}, then=Value(str(first.number))),
        default=Value(str(second.number)),
        output_field=CharField(),
    )


Row = Mapping[str, Any]


_JUDGED: Sequence[Any] = ("quarter", "region", "rater", "final_band", "sex")


def _judged(asked: Asked) -> list[Row]:
    grouped = (
        _within(asked)
        .filter(final_band__in=BANDS[asked.instrument])
        .annotate(sex=F("case__participant__sex"))
        .values(*_JUDGED)
        .annotate(n=Count("pk"), differ=Count("pk", filter=~Q(final_band=F("guidance_band"))))
        .order_by()
    )
    return list(grouped)


def _answered(asked: Asked) -> list[Row]:
    answers = ItemRating.objects.filter(assessment__in=_within(asked).values("pk")).exclude(
        value=NonRating.NOT_APPLICABLE
    )
    grouped = (
        answers.annotate(quarter=_quarter("assessment__finalised_at", asked.half))
        .values("quarter", "item")
        .annotate(n=Count("pk"), unknown=Count("pk", filter=Q(value=NonRating.UNKNOWN)))
        .order_by()
    )
    return list(grouped)


def _asked_about(asked: Asked) -> list[Row]:
    checks = WordCheck.objects.filter(assessment__in=_within(asked).values("pk"))
    return list(
        checks.annotate(quarter=_quarter("assessment__finalised_at", asked.half))
        .values("quarter", "answer")
        .annotate(n=Count("pk"))
        .order_by()
    )


def _paired(asked: Asked) -> list[Row]:
    """What two raters said of the same: of the final judgement (item ""), and of every item that both were asked."""
    twice = _twice(asked)
    bands = (
        twice.filter(final_band__in=BANDS[asked.instrument], as_second__first__final_band__in=BANDS[asked.instrument])
        .annotate(item=Value(""), one=F("as_second__first__final_band"), other=F("final_band"))
        .values(*_PAIRED)
        .annotate(n=Count("pk"))
        .order_by()
    )
    first = ItemRating.objects.filter(assessment=OuterRef("assessment__as_second__first"), item=OuterRef("item"))
    items = (
        ItemRating.objects.filter(assessment__in=twice.values("pk"))
        .annotate(
            quarter=_quarter("assessment__as_second__revealed_at", asked.half),
            one=Subquery(first.values("value")[:1]),
            other=F("value"),
        )
        .exclude(one=None)
        .values(*_PAIRED)
        .annotate(n=Count("pk"))
        .order_by()
    )
    return [*bands, *items]


_PAIRED: Sequence[Any] = ("quarter", "item", "one", "other")


@dataclass(frozen=True)
class Counted:
    """Everything that was counted for one question; no person in it but the keys of raters."""

    judged: list[Row]
    answered: list[Row]
    asked_about: list[Row]
    paired: list[Row]
    regions: Mapping[str, str]
    raters: Mapping[int, str]
    # The items as the version now in force asks them.
    items: Mapping[str, Item]


def count(asked: Asked) -> Counted:
    """Read with the eyes of the system (reports.policies): what leaves here are counts, and names of own staff."""
    judged = _judged(asked)
    regions = {(row["region"] or NOWHERE)[:2] for row in judged}
    raters = {row["rater"] for row in judged} if asked.by_name else set()
    published = InstrumentVersion.objects.filter(instrument=asked.instrument, status=VersionStatus.PUBLISHED)
    version = published.first()
    return Counted(
        judged,
        _answered(asked),
        _asked_about(asked),
        _paired(asked),
        dict(Region.objects.filter(pk__in=regions).values_list("pk", "name")),
        dict(Staff.objects.filter(pk__in=raters).values_list("pk", "full_name")),
        version.parsed.items if version else {},
    )


# ---- what may be shown ----------------------------------------------------------------------------------------------

Key = Hashable
Sheet = dict[Key, Shown]
DIMENSIONS = ("sex", "region", "rater")


def _rows_of(counted: Counted, asked: Asked) -> dict[str, list[Hashable]]:
    """The rows of each table: both sexes always, regions and raters as they are found, by name."""
    regions = {(row["region"] or NOWHERE)[:2] for row in counted.judged}
    raters = {row["rater"] for row in counted.judged} if asked.by_name else set()
    return {
        "sex": list(Sex.values),
        "region": sorted(regions, key=lambda code: (code == NOWHERE, counted.regions.get(code, ""), code)),
        "rater": sorted(raters, key=lambda pk: (counted.raters.get(pk, ""), pk)),
    }


def _value(row: Row, dimension: str) -> Hashable:
    value: Hashable = row[dimension]
    return (row["region"] or NOWHERE)[:2] if dimension == "region" else value


def _sheet(counted: Counted, asked: Asked, rows: Mapping[str, list[Hashable]], quarter: Quarter | None) -> Sheet:
    """Every count of the half-year or of one quarter as it may be shown beside the others of the same time."""

    def of_time(found: Iterable[Row]) -> list[Row]:
        return [row for row in found if quarter is None or row["quarter"] == str(quarter.number)]

    judged, bands = of_time(counted.judged), BANDS[asked.instrument]
    total = sum(row["n"] for row in judged)
    sheet: Sheet = {"n": disclosure.count(total, LEAST, sensitive=True)}
    said: Counter[Hashable] = Counter(dict.fromkeys(bands, 0))
    for row in judged:
        said[Band(row["final_band"])] += row["n"]
    shown_bands = disclosure.distribution(said, sheet["n"], LEAST, sensitive=True)
    sheet |= {("band", band): shown for band, shown in shown_bands.items()}
    for dimension in DIMENSIONS:
        cells: Counter[tuple[Hashable, Hashable]] = Counter()
        for row in judged:
            cells[_value(row, dimension), Band(row["final_band"])] += row["n"]
        table = disclosure.crosstable(
            cells, rows[dimension], bands, sheet["n"], LEAST, sensitive=True, settled_columns=shown_bands
        )
        sheet |= {("row", dimension, key): shown for key, shown in table.rows.items()}
        sheet |= {("cell", dimension, *key): shown for key, shown in table.cells.items()}
    items: Counter[str] = Counter()
    for row in of_time(counted.answered):
        items[row["item"]] += row["n"]
    sheet["answers"] = disclosure.count(sum(items.values()), LEAST, sensitive=True)
    for item in {row["item"] for row in counted.answered}:
        sheet["item", item] = disclosure.count(items[item], LEAST, sensitive=True)
    pairs: Counter[str] = Counter()
    on_scale: Counter[str] = Counter()
    for row in of_time(counted.paired):
        scale = _scale(row["item"], counted, asked)
        pairs[row["item"]] += row["n"]
        on_scale[row["item"]] += row["n"] if row["one"] in scale and row["other"] in scale else 0
    for item in {"", *(row["item"] for row in counted.paired)}:
        sheet["pairs", item] = disclosure.count(pairs[item], LEAST, sensitive=True)
        sheet["on scale", item] = disclosure.count(on_scale[item], LEAST, sensitive=True)
    words: Counter[Hashable] = Counter(dict.fromkeys(WordAnswer.values, 0))
    for row in of_time(counted.asked_about):
        words[row["answer"]] += row["n"]
    sheet["words"] = disclosure.count(sum(words.values()), LEAST, sensitive=True)
    shown_words = disclosure.distribution(words, sheet["words"], LEAST, sensitive=True)
    return sheet | {("word", answer): shown for answer, shown in shown_words.items()}


def _scale(item: str, counted: Counted, asked: Asked) -> list[str]:
    """The values that have a distance from one another: those of the item, or the judgements."""
    if not item:
        return [band.value for band in BANDS[asked.instrument]]
    known = counted.items.get(item)
    return [str(value.value) for value in known.scale.values] if known else []


def _agreed(counted: Counted, asked: Asked, sheet: Sheet, number: str | None) -> list[Agreed]:
    """The final judgement first, then the items in the order of the form."""
    found: dict[str, Counter[tuple[Hashable, Hashable]]] = {"": Counter()}
    for row in counted.paired:
        pairs = found.setdefault(row["item"], Counter())
        if number in (None, row["quarter"]):
            pairs[row["one"], row["other"]] += row["n"]
    agreed = []
    for item, counts in sorted(found.items()):
        both = agreement(counts.elements(), _scale(item, counted, asked))
        made, on_scale = sheet["pairs", item], sheet["on scale", item]
        same = _rate(made, both.same)
        agreed.append(Agreed(item, made, same, on_scale, None if on_scale.is_hidden else both.kappa))
    return agreed


def _shown(counted: Counted, asked: Asked, rows: Mapping[str, list[Hashable]]) -> Sheet:
    """The sheet that was asked for. A quarter hides what the other quarter or the half-year hides."""
    whole = _sheet(counted, asked, rows, None)
    if asked.quarter is None:
        return whole
    first, second = (_sheet(counted, asked, rows, quarter) for quarter in asked.half.quarters)
    own, other = (first, second) if asked.quarter == asked.half.quarters[0] else (second, first)
    return {
        key: HIDDEN if not cell.is_hidden and (other[key].is_hidden or whole[key].is_hidden) else cell
        for key, cell in own.items()
    }


def _rate(n: Shown, part: int) -> Shown:
    """A percentage where the number that it is taken of may be shown."""
    return n if n.value is None else disclosure.percentage(part, n.value, least=LEAST)


def reading(counted: Counted, asked: Asked) -> Quality:
    """The figures as they may be read, for the template."""
    rows, bands = _rows_of(counted, asked), BANDS[asked.instrument]
    sheet = _shown(counted, asked, rows)
    number = str(asked.quarter.number) if asked.quarter else None
    judged = [row for row in counted.judged if number in (None, row["quarter"])]
    answered = [row for row in counted.answered if number in (None, row["quarter"])]
    labels: dict[str, Mapping[Any, str]] = {
        "sex": {value: str(label) for value, label in Sex.choices},
        "region": counted.regions,
        "rater": counted.raters,
    }

    def groups(dimension: str) -> list[Group]:
        found = []
        for key in rows[dimension]:
            n = sheet["row", dimension, key]
            differ = sum(row["differ"] for row in judged if _value(row, dimension) == key)
            cells = [sheet["cell", dimension, key, band] for band in bands]
            found.append(Group(labels[dimension].get(key, ""), n, _rate(n, differ), cells))
        return found

    unknown: Counter[str] = Counter()
    for row in answered:
        unknown[row["item"]] += row["unknown"]
    items = sorted({row["item"] for row in counted.answered})
    return Quality(
        n=sheet["n"],
        differs=_rate(sheet["n"], sum(row["differ"] for row in judged)),
        bands=[sheet["band", band] for band in bands],
        by_sex=groups("sex"),
        by_region=groups("region"),
        by_rater=groups("rater"),
        spread=_spread(judged) if asked.quarter is None else None,
        unknown=_rate(sheet["answers"], sum(unknown.values())),
        unknown_items=[(item, sheet["item", item], _rate(sheet["item", item], unknown[item])) for item in items],
        agreement=_agreed(counted, asked, sheet, number),
        items=counted.items,
        words={"all": sheet["words"]} | {answer: sheet["word", answer] for answer in WordAnswer.values},
    )


def _spread(judged: Iterable[Row]) -> tuple[int, int, int] | None:
    """How many raters made ten or more, and the lowest and highest share among them that differs from guidance."""
    made, differ = Counter[int](), Counter[int]()
    for row in judged:
        made[row["rater"]] += row["n"]
        differ[row["rater"]] += row["differ"]
    shares = [disclosure.percentage(differ[pk], n).value for pk, n in made.items() if n >= LEAST]
    known = [share for share in shares if share is not None]
    return (len(known), min(known), max(known)) if len(known) >= LEAST_RATERS else None
