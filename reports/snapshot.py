"""The frozen figures of a report: counted once, small cells hidden, then never changed (I-24, I-25).

A snapshot holds what may be published and nothing else: no hidden value stands in it, so whoever reads the row in the
database learns no more than the reader of the PDF. Pages and PDFs draw from it alone; the same snapshot gives the same
bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import F

from cases.models import CaseFile, ContactNote, LegalStatus
from cases.models.contact import LATE_AFTER
from reports import disclosure
from reports.disclosure import Flow, Shown, Why
from reports.indicators import (
    DEFINITIONS_VERSION,
    INDICATORS,
    Area,
    Frame,
    Group,
    Indicator,
    Kind,
    Measure,
    Raw,
    Table,
)
from reports.indicators.people import COMING, LEAVING, balance_gap
from reports.quarters import Quarter

FORMAT = 1
QUARTERS = 4
# A median of fewer staff would speak about each of them.
LEAST_STAFF = 3
# The same number seen from both sides: adults gain whom the children's files lose.
COMING_OF_AGE = {"came_of_age": "grew_up", "grew_up": "came_of_age"}

Counted = dict[str, Raw]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Thresholds:
    adults: int
    children: int

    def of(self, group: Group) -> int:
        return self.adults if group is Group.ADULTS else self.children


@dataclass
class _Group:
    """One group's figures, raw and as they may be shown, by measure and quarter (oldest first)."""

    group: Group
    raw: list[Counted] = field(default_factory=list)
    shown: dict[str, list[Shown]] = field(default_factory=dict)


def freeze(area: Area, quarter: Quarter, thresholds: Thresholds, progress: Progress | None = None) -> dict[str, Any]:
    """Count, hide, and answer the snapshot. ``progress`` is told (done, total) after each quarter of a group."""
    quarters = quarter.back(QUARTERS)
    total = QUARTERS * len(Group) + 1
    groups: dict[Group, _Group] = {}
    for group in Group:
        figures = groups[group] = _Group(group)
        for place, past in enumerate(quarters):
            figures.raw.append(_count(Frame(area, past, group)))
            if progress is not None:
                progress(len(groups) * QUARTERS - QUARTERS + place + 1, total)
    _hide(area, groups, thresholds)
    published = {group.value: _publish(area, quarters, groups[group], thresholds.of(group)) for group in Group}
    snapshot = {
        "format": FORMAT,
        "definitions": DEFINITIONS_VERSION,
        "area": {
            "kind": area.kind.value,
            "name": area.unit.name if area.unit else area.agency.name if area.agency else "",
            "agency": area.agency_kind.value if area.agency_kind else "",
        },
        "quarters": [[past.year, past.number] for past in quarters],
        "thresholds": {"adults": thresholds.adults, "children": thresholds.children},
        "groups": published,
        "demo": settings.DEMO,
        "quality": _quality(Frame(area, quarter), thresholds.adults),
    }
    snapshot["hidden_cells"] = _hidden_cells(snapshot)
    if progress is not None:
        progress(total, total)
    return snapshot


def canonical(snapshot: Mapping[str, Any]) -> bytes:
    """One way to write a snapshot down, whatever order the database gives its keys in."""
    return json.dumps(snapshot, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def fingerprint(snapshot: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(snapshot)).hexdigest()


# ---- counting and hiding -------------------------------------------------------------------------------------------


def _applying(area: Area, group: Group) -> list[Indicator]:
    return [indicator for indicator in INDICATORS if indicator.applies_to(area, group)]


def _count(frame: Frame) -> Counted:
    counted: Counted = {}
    for indicator in _applying(frame.area, frame.group):
        counted |= indicator.count(frame)
    return counted


def _hide(area: Area, groups: Mapping[Group, _Group], thresholds: Thresholds) -> None:
    for group, figures in groups.items():
        threshold = thresholds.of(group)
        for indicator in _applying(area, group):
            for measure in indicator.measures:
                if measure.kind is Kind.COUNT:
                    figures.shown[measure.key] = [
                        disclosure.count(raw[measure.key].value, threshold, sensitive=indicator.sensitive)
                        for raw in figures.raw
                    ]
    _hide_flows(groups, thresholds)
    for group, figures in groups.items():
        for indicator in _applying(area, group):
            for measure in indicator.measures:
                if measure.kind is not Kind.COUNT:
                    figures.shown[measure.key] = [
                        _shown_figure(measure, raw[measure.key], groups, place, thresholds.of(group))
                        for place, raw in enumerate(figures.raw)
                    ]


def _hide_flows(groups: Mapping[Group, _Group], thresholds: Thresholds) -> None:
    """IND-K2: no flow may be worked out from the stocks around it. The oldest quarter has no stock before it."""
    for group, figures in groups.items():
        settled = groups[Group.ADULTS].shown if group is Group.CHILDREN else {}

        def flow(key: str, place: int, figures: _Group = figures, settled: Any = settled) -> Flow:
            of_age = key in COMING_OF_AGE
            return Flow(
                figures.raw[place][key].value,
                key in LEAVING,
                thresholds.children if of_age else thresholds.of(figures.group),
                settled[COMING_OF_AGE[key]][place] if of_age and settled else None,
            )

        stocks = [
            (raw["active"].value, shown) for raw, shown in zip(figures.raw, figures.shown["active"], strict=True)
        ]
        keys = [*COMING, *LEAVING]
        first = {key: flow(key, 0) for key in keys}
        shown = [{key: one.settled or disclosure.count(one.value, one.threshold) for key, one in first.items()}]
        shown += disclosure.balance(
            stocks, [{key: flow(key, place) for key in keys} for place in range(1, len(figures.raw))]
        )
        for key in keys:
            figures.shown[key] = [moves[key] for moves in shown]


def _shown_figure(measure: Measure, raw: Raw, groups: Mapping[Group, _Group], place: int, threshold: int) -> Shown:
    if measure.kind is Kind.RATE:
        return disclosure.percentage(raw.value, raw.of)
    if measure.kind is Kind.MONEY:
        return _only_if(raw.of >= threshold or raw.of == 0, raw)
    if measure.kind is Kind.NUMBER:
        # A largest caseload would tell a small number of cases.
        cases_are_shown = all(not figures.shown["active"][place].is_hidden for figures in groups.values())
        return _only_if(raw.of >= LEAST_STAFF and cases_are_shown, raw)
    return Shown(raw.value)


def _only_if(allowed: bool, raw: Raw) -> Shown:
    return Shown(raw.value) if allowed else Shown(None, Why.SECONDARY)


# ---- writing down --------------------------------------------------------------------------------------------------


def _publish(area: Area, quarters: list[Quarter], figures: _Group, threshold: int) -> dict[str, Any]:
    measures, tables = {}, {}
    for indicator in _applying(area, figures.group):
        for measure in indicator.measures:
            line = figures.shown[measure.key]
            measures[measure.key] = {
                "line": [shown.as_json() for shown in line],
                "change": disclosure.change(line[-1], line[-2]).as_json(),
            }
        for table in indicator.tables:
            if area.kind in table.scopes:
                tables[table.key] = _publish_table(table, area, quarters, figures, threshold)
    gaps = [
        balance_gap(
            figures.raw[place - 1]["active"].value,
            {key: figures.raw[place][key].value for key in (*COMING, *LEAVING)},
            figures.raw[place]["active"].value,
        )
        for place in range(1, len(quarters))
    ]
    return {"measures": measures, "tables": tables, "balanced": not any(gaps)}


def _publish_table(
    table: Table, area: Area, quarters: list[Quarter], figures: _Group, threshold: int
) -> dict[str, Any]:
    totals = figures.shown[table.total]
    frames = [Frame(area, quarter, figures.group) for quarter in quarters]
    latest = table.count(frames[-1])
    labels = dict(table.found_rows(frames[-1])) if table.found_rows else {}
    if totals[-1].is_hidden and not table.with_history:
        return {"rows": [], "cells": [], "total": totals[-1].as_json()}  # even which rows there are would tell
    if table.columns:
        return _publish_cross(table, latest, totals[-1], threshold)
    keys = [key for key, _label in table.rows] or list(labels)
    keys += [key for key in latest if key not in keys]
    if not table.sensitive:
        keys = [key for key in keys if latest.get(key)]
    published: dict[str, Any] = {
        "rows": keys,
        "cells": _publish_list(table, latest, keys, totals[-1], threshold),
        "total": totals[-1].as_json(),
    }
    if labels:
        published["labels"] = {key: labels.get(key, "") for key in keys}
    if table.with_history:
        lists = [table.count(frame) for frame in frames[:-1]]
        published["history"] = [
            *(
                {"cells": _publish_list(table, values, keys, total, threshold), "total": total.as_json()}
                for values, total in zip(lists, totals[:-1], strict=True)
            ),
            {"cells": published["cells"], "total": published["total"]},
        ]
    return published


def _publish_list(
    table: Table, values: Mapping[Hashable, int], keys: list[Any], total: Shown, threshold: int
) -> list[dict[str, Any]]:
    parts = {key: values.get(key, 0) for key in keys}
    shown = disclosure.distribution(parts, total, threshold, sensitive=table.sensitive)
    return [shown[key].as_json() for key in keys]


def _publish_cross(table: Table, values: Mapping[Any, int], total: Shown, threshold: int) -> dict[str, Any]:
    declared = [key for key, _label in table.rows]
    columns = [key for key, _label in table.columns]
    rows = [row for row in declared if any(values.get((row, column)) for column in columns)]
    shown = disclosure.crosstable(values, rows, columns, total, threshold, sensitive=table.sensitive)
    return {
        "rows": rows,
        "columns": columns,
        "cells": [[shown.cells[row, column].as_json() for column in columns] for row in rows],
        "row_totals": [shown.rows[row].as_json() for row in rows],
        "column_totals": [shown.columns[column].as_json() for column in columns],
        "total": total.as_json(),
    }


def _quality(frame: Frame, threshold: int) -> dict[str, Any]:
    """What was missing or late in the records of the quarter, so that a reader can weigh the figures (chapter 2)."""
    active = frame.active()
    known = LegalStatus.objects.in_force_on(frame.last_day).verified()
    notes = frame.of(ContactNote.objects.filter(amends__isnull=True)).filter(frame.within("occurred_at"))
    counts = {
        "without_legal_status": active.exclude(pk__in=known.values("case")).count(),
        "without_worker": active.filter(lead_worker__isnull=True).count(),
        "late_notes": notes.filter(recorded_at__gt=F("occurred_at") + LATE_AFTER).count(),
        "without_contact": CaseFile.objects.filter(pk__in=active.values("pk"), last_contact_at__isnull=True).count(),
    }
    return {key: disclosure.count(value, threshold).as_json() for key, value in counts.items()}


def _hidden_cells(node: Any) -> int:
    """How many figures of the snapshot are hidden (IND-H1)."""
    if isinstance(node, Mapping):
        if "hidden" in node:
            return int(node["hidden"] in (Why.SMALL.value, Why.SECONDARY.value, Why.FEW.value))
        return sum(_hidden_cells(value) for key, value in node.items() if key != "history")
    return sum(_hidden_cells(value) for value in node) if isinstance(node, list) else 0
