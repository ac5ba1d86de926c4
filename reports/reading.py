"""A snapshot as people read it: lines against the quarter before, tables and charts, in the language that is active.

Pages and the PDF draw from here, and here only from the snapshot: what it hides cannot be shown by mistake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import segno
from django.conf import settings
from django.utils import translation
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from assessments.over_time import BAND_MARKS
from core import charts
from core.charts import Bar, Chart, Fill, Line, Mark, Series, Stack
from core.pdf import Pdf, PdfError, render_pdf
from reports import snapshot as snapshots
from reports.disclosure import Why
from reports.enums import Scope
from reports.indicators import INDICATORS, MEASURES, OF_MEASURE, TABLES, Indicator, Kind
from reports.indicators.people import COMING, LEAVING
from reports.models import QuarterlyReport
from reports.quarters import JAKARTA, Quarter

ADULTS, CHILDREN = "adults", "children"
# The four figures of the first page: the first four of these that were counted.
KEY_MEASURES = ("active", "still_valid", "reporting_kept", "with_plan", "notes_in_time", "assessed_in_time", "served")
PAGE_WIDTH = 360
Cell = Mapping[str, Any]


@dataclass(frozen=True)
class Figure:
    text: str
    is_hidden: bool = False


@dataclass(frozen=True)
class Row:
    """One indicator's line: this quarter, the one before, the change, and four quarters as a small line."""

    code: str
    key: str
    title: str
    now: Figure
    before: Figure
    change: Figure
    spark: SafeString | str


@dataclass(frozen=True)
class Chapter:
    title: str
    rows: list[Row]


@dataclass(frozen=True)
class TableView:
    key: str
    code: str
    title: str
    head: list[str]
    rows: list[tuple[str, list[Figure]]]
    total: list[Figure]


@dataclass(frozen=True)
class GroupView:
    chapters: list[Chapter]
    tables: list[TableView]
    charts: list[tuple[str, Chart]]
    balance: str
    has_cases: bool


@dataclass(frozen=True)
class Reading:
    quarters: list[Quarter]
    keys: list[Row]
    adults: GroupView
    children: GroupView
    quality: list[tuple[str, Figure]]
    hidden_cells: int
    fingerprint: str
    definitions: list[Indicator] = field(default_factory=list)

    @property
    def columns(self) -> list[dict[str, Any]]:
        """Head of a table of indicators."""
        figures = (self.now, self.before, _("Perubahan"))
        return [{"label": _("Indikator")}, *({"label": label, "numeric": True} for label in figures)]

    @property
    def now(self) -> str:
        return self.quarters[-1].label

    @property
    def before(self) -> str:
        return self.quarters[-2].label


def read(snapshot: Mapping[str, Any], name: str = "r") -> Reading:
    """``name`` keeps the ids of charts apart where two snapshots stand on one page."""
    quarters = [Quarter(*pair) for pair in snapshot["quarters"]]
    adults = _group(snapshot["groups"][ADULTS], quarters, f"{name}a")
    counted = snapshot["groups"][ADULTS]["measures"]
    keys = [
        _row(key, counted[key]) for key in KEY_MEASURES if key in counted and not _is_empty(counted[key]["line"][-1])
    ][:4]
    used = {OF_MEASURE[key].code for group in snapshot["groups"].values() for key in group["measures"]}
    return Reading(
        quarters,
        keys,
        adults,
        _group(snapshot["groups"][CHILDREN], quarters, f"{name}c"),
        [(words, figure(snapshot["quality"][key])) for key, words in _quality_words().items()],
        snapshot["hidden_cells"],
        snapshots.fingerprint(snapshot),
        [indicator for indicator in INDICATORS if indicator.code in used],
    )


def figure(cell: Cell, kind: Kind = Kind.COUNT) -> Figure:
    """A cell of the snapshot in words: the number, or what its mark means."""
    if "hidden" in cell:
        why = Why(cell["hidden"])
        words = {
            Why.SMALL: f"<{cell.get('below', '')}",
            Why.SECONDARY: _("disamarkan"),
            Why.FEW: "n < 10",
            Why.NONE: "–",
            Why.UNKNOWN: "–",
        }
        return Figure(words[why], why not in (Why.NONE, Why.UNKNOWN))
    return Figure(_number(cell["value"], kind))


def _number(value: int, kind: Kind) -> str:
    written = number_format(abs(value), 0, use_l10n=True, force_grouping=True)
    sign = "−" if value < 0 else ""
    if kind is Kind.RATE:
        return f"{sign}{written}%"
    return f"{sign}Rp {written}" if kind is Kind.MONEY else f"{sign}{written}"


def _change(cell: Cell, kind: Kind) -> Figure:
    if "hidden" in cell:
        return figure(cell)
    value = cell["value"]
    written = number_format(abs(value), 0, use_l10n=True, force_grouping=True)
    sign = "+" if value > 0 else "−" if value < 0 else ""
    if kind is Kind.RATE:
        return Figure(_("%(points)s poin") % {"points": f"{sign}{written}"})
    return Figure(f"{sign}Rp {written}" if kind is Kind.MONEY else f"{sign}{written}")


def _row(key: str, cells: Mapping[str, Any]) -> Row:
    measure = MEASURES[key]
    line = cells["line"]
    title = str(measure.title)
    return Row(
        OF_MEASURE[key].code,
        key,
        title,
        figure(line[-1], measure.kind),
        figure(line[-2], measure.kind),
        _change(cells["change"], measure.kind),
        spark(title, [cell.get("value") for cell in line], [figure(cell, measure.kind).text for cell in line]),
    )


def spark(title: str, values: Sequence[int | None], texts: Sequence[str]) -> SafeString | str:
    """Four quarters as a line of 60 by 17; empty where one of them may not be shown."""
    known = [value for value in values if value is not None]
    if len(known) < len(values) or len(known) < 2:
        return ""
    low, high = min(known), max(known)
    step = 54 / (len(known) - 1)
    points = [
        (f"{3 + step * place:.1f}", f"{14 - 11 * (value - low) / ((high - low) or 1):.1f}")
        for place, value in enumerate(known)
    ]
    return format_html(
        '<svg viewBox="0 0 60 17" width="60" height="17" role="img"><title>{}: {}</title>'
        '<path d="M{}" fill="none" stroke="#3a5391" stroke-width="1.6"/>'
        '<circle cx="{}" cy="{}" r="2.2" fill="#914f20"/></svg>',
        title,
        ", ".join(texts),
        "L".join(f"{x} {y}" for x, y in points),
        *points[-1],
    )


def _group(published: Mapping[str, Any], quarters: list[Quarter], name: str) -> GroupView:
    chapters: dict[str, list[Row]] = {}
    for key, cells in published["measures"].items():
        if _is_worth_a_line(key, cells):
            chapters.setdefault(str(OF_MEASURE[key].chapter), []).append(_row(key, cells))
    order = list(dict.fromkeys(str(indicator.chapter) for indicator in INDICATORS))
    lines = {key: place for place, key in enumerate(MEASURES)}
    return GroupView(
        [
            Chapter(title, sorted(chapters[title], key=lambda row: lines[row.key]))
            for title in order
            if title in chapters
        ],
        [_table(key, published["tables"][key]) for key in TABLES if key in published["tables"]],
        _charts(published, quarters, name),
        _balance(published),
        any(cell.get("value") != 0 for cell in published["measures"]["active"]["line"]),
    )


def _is_worth_a_line(key: str, cells: Mapping[str, Any]) -> bool:
    """Side flows that were zero in all four quarters say nothing, nor do shares of nothing."""
    rare = key in (*COMING, *LEAVING) and key not in ("new", "closed", "reopened")
    empty = all(_is_empty(cell) for cell in cells["line"])
    return not empty and (not rare or any(cell.get("value") != 0 for cell in cells["line"]))


def _is_empty(cell: Cell) -> bool:
    return bool(cell.get("hidden") == Why.NONE.value)


def _table(key: str, published: Mapping[str, Any]) -> TableView:
    table = TABLES[key]
    code = OF_MEASURE[table.total].code
    labels = {row: str(label) for row, label in table.rows} | published.get("labels", {})
    names = [labels.get(row) or _("Tidak diketahui") for row in published["rows"]]
    if table.columns and published["rows"]:
        head = [str(label) for _key, label in table.columns]
        rows = [
            (name, [figure(total), *map(figure, cells)])
            for name, cells, total in zip(names, published["cells"], published["row_totals"], strict=True)
        ]
        total = [figure(published["total"]), *map(figure, published["column_totals"])]
        return TableView(key, code, str(table.title), [_("Semua"), *head], rows, total)
    rows = [(name, [figure(cell)]) for name, cell in zip(names, published["cells"], strict=True)]
    return TableView(key, code, str(table.title), [_("Jumlah")], rows, [figure(published["total"])])


def _balance(published: Mapping[str, Any]) -> str:
    """The check sum of IND-K2 in one line; hidden parts stay hidden."""
    counted = published["measures"]
    line = counted["active"]["line"]
    parts = [_("%(number)s aktif") % {"number": figure(line[-2]).text}]
    for key in (*COMING, *LEAVING):
        cell = counted[key]["line"][-1]
        if cell.get("value") != 0:
            sign = "−" if key in LEAVING else "+"
            parts.append(f"{sign} {figure(cell).text} {str(MEASURES[key].title).lower()}")
    return f"{' '.join(parts)} = {figure(line[-1]).text}."


# ---- charts --------------------------------------------------------------------------------------------------------


def _charts(published: Mapping[str, Any], quarters: list[Quarter], name: str) -> list[tuple[str, Chart]]:
    """The charts that the figures allow, each with its indicator's code; the same functions as on the dashboard."""
    drawn = []
    labels = [quarter.label for quarter in quarters]
    line = published["measures"]["active"]["line"]
    if any(cell.get("value") for cell in line):
        drawn.append(
            (
                "IND-K1",
                charts.lines(
                    f"{name}k1",
                    _("Kasus aktif, empat triwulan"),
                    labels,
                    [Line(_("Kasus aktif"), [c.get("value") for c in line], [figure(c).text for c in line])],
                    head=_("Triwulan"),
                    width=PAGE_WIDTH,
                ),
            )
        )
    tables = published["tables"]
    if any(cell.get("value") for cell in tables["active_by_stage"]["cells"]):
        drawn.append(("IND-K1", _bars("active_by_stage", tables, f"{name}k1s")))
    if "by_band" in tables and "value" in tables["by_band"]["total"]:
        drawn.append(("IND-P3", _bars("by_band", tables, f"{name}p3", BAND_MARKS)))
    if "by_movement" in tables and any("value" in past["total"] for past in tables["by_movement"]["history"]):
        drawn.append(("IND-P4", movement_chart(f"{name}p4", labels, tables["by_movement"])))
    return drawn


def _bars(key: str, tables: Mapping[str, Any], name: str, marks: Mapping[str, Mark] | None = None) -> Chart:
    table, published = TABLES[key], tables[key]
    labels = {row: str(label) for row, label in table.rows}
    bars = [
        Bar(labels.get(row, row), cell.get("value"), figure(cell).text, (marks or {}).get(row))
        for row, cell in zip(published["rows"], published["cells"], strict=True)
    ]
    return charts.bars(name, str(table.title), bars, head=(str(table.title), _("Jumlah")), width=PAGE_WIDTH)


def movement_chart(name: str, labels: Sequence[str], published: Mapping[str, Any]) -> Chart:
    """IND-P4 by quarter; a quarter of fewer than ten people, or with a hidden part, keeps its place in words."""
    stacks = []
    for label, past in zip(labels, published["history"], strict=True):
        total = past["total"].get("value")
        values = [cell.get("value") for cell in past["cells"]]
        if total is None or total < 10:
            stacks.append(Stack(label, [None, None, None], "", "n < 10"))
        elif None in values:
            stacks.append(Stack(label, [None, None, None], f"n = {total}", _("disamarkan")))
        else:
            stacks.append(Stack(label, values, f"n = {total}"))
    return charts.stacked(
        name,
        _("Perubahan penilaian, dewasa"),
        stacks,
        movement_series(),
        head=_("Triwulan"),
        width=PAGE_WIDTH,
    )


def movement_series() -> list[Series]:
    return [
        Series(_("Lebih ringan"), Fill.DARK),
        Series(_("Tetap"), Fill.LIGHT),
        Series(_("Lebih berat"), Fill.HATCH),
    ]


# ---- the PDF -------------------------------------------------------------------------------------------------------


def pdf_context(report: QuarterlyReport) -> dict[str, Any]:
    """All that the PDF says, in the report's language; depends on nothing but the report's frozen row."""
    assert report.snapshot_at is not None
    with translation.override(report.language):
        address = f"{settings.BASE_URL}/verify/{report.serial_no}/"
        code = segno.make(address, error="m", micro=False)
        return {
            "report": report,
            "reading": read(report.snapshot),
            "place": place_of(report),
            "period": report.period,
            "frozen_at": report.snapshot_at.astimezone(JAKARTA),
            "address": address,
            "qr": mark_safe(  # noqa: S308 -- drawn by segno from our own address
                code.svg_inline(scale=3, dark="#18233f", border=0, title=_("Kode QR halaman pemeriksaan"))
            ),
            "language": report.language,
        }


def place_of(report: QuarterlyReport) -> str:
    """Whose figures these are, in words."""
    if report.scope == Scope.NATIONAL:
        return _("Nasional, semua instansi")
    if report.scope == Scope.AGENCY:
        return _("%(agency)s, semua unit") % {"agency": report.place}
    return report.place


def draw(report: QuarterlyReport, context: Mapping[str, Any]) -> Pdf:
    return render_pdf(
        "pdf/quarterly_report.html", dict(context), language=report.language, identifier=report.serial_no
    )


def check(pdf: Pdf) -> None:
    """The last step before a PDF is kept; what PDF/UA asks for was looked at while it was written."""
    if not pdf.content.startswith(b"%PDF-") or not pdf.content.rstrip().endswith(b"%%EOF") or pdf.pages < 2:
        raise PdfError("not a whole PDF")


def _quality_words() -> dict[str, str]:
    return {
        "without_legal_status": _("kasus aktif tanpa status hukum yang terperiksa"),
        "without_worker": _("kasus aktif tanpa petugas"),
        "late_notes": _("catatan ditulis sesudah 72 jam"),
        "without_contact": _("kasus aktif tanpa catatan kontak"),
    }
