"""The change history of one case: who changed which field of what, when, why and by which request.

Triggers copy every row into its history table, in whatever app (core.models.tracked). ``SOURCES`` names those of a
case, each with the section whose right it needs; higher apps add theirs in ``apps.ready()``. Values are shown only of
short plain fields: never long text, sealed values, or anything of a person's identity numbers.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import JSONField, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from pghistory.models import Context

from accounts.models import Staff, Unit
from cases.enums import Section
from cases.models import (
    Address,
    CaseConference,
    CaseFile,
    CaseGroupGrant,
    CaseTransfer,
    CaseUserGrant,
    CheckIn,
    Consent,
    ContactNote,
    ExternalAssessment,
    ExternalClassification,
    FollowUp,
    HouseholdMember,
    LegalEvent,
    LegalHold,
    LegalStatus,
    Participant,
    PlannedSession,
    ProcessingBasis,
    ReportingDuty,
    ReturnEvent,
    Task,
)

PAGE = 40
# Kept by the program, told by something else on the page, or of no meaning to a reader.
HOUSEKEEPING = frozenset({"id", "created_at", "updated_at", "version", "code", "client_id", "uid", "case_no"})
# Parts of names of fields whose values no page of changes shows, whatever their type.
CLOSED_NAMES = ("nik", "kk_", "hash", "key", "index", "sealed", "restricted", "clinical")
# The types of which values are shown. Exactly these: a subclass may hold something sealed.
PLAIN = (
    *(models.CharField, models.BooleanField, models.DateField, models.DateTimeField, models.DecimalField),
    *(models.IntegerField, models.PositiveIntegerField, models.PositiveSmallIntegerField, models.SmallIntegerField),
)
LONGEST = 160


@dataclass(frozen=True)
class Source:
    """One table of a case's history: its model, the section that it belongs to, and its way to the case."""

    model: type[models.Model]
    section: Section
    path: str = "case"

    @property
    def events(self) -> QuerySet[Any]:
        history: type[models.Model] = self.model.pgh_event_model  # type: ignore[attr-defined]
        return history._default_manager.all()

    def of(self, case: CaseFile) -> QuerySet[Any]:
        if self.path in ("participant", "person"):
            name = "participant" if self.path == "participant" else "id"
            return self.events.filter(**{name: case.participant_id})
        return self.events.filter(**{self.path: case.pk})


SOURCES: list[Source] = [
    Source(CaseFile, Section.SUMMARY, "id"),
    Source(Participant, Section.IDENTITY, "person"),
    Source(Address, Section.IDENTITY, "participant"),
    Source(HouseholdMember, Section.IDENTITY, "participant"),
    Source(LegalStatus, Section.LEGAL),
    Source(LegalEvent, Section.LEGAL),
    Source(ExternalClassification, Section.LEGAL),
    Source(ExternalAssessment, Section.LEGAL),
    Source(ReturnEvent, Section.LEGAL),
    Source(ContactNote, Section.NOTES),
    Source(PlannedSession, Section.NOTES),
    Source(FollowUp, Section.NOTES),
    Source(Task, Section.SUMMARY),
    Source(ReportingDuty, Section.SUPERVISION),
    Source(CheckIn, Section.SUPERVISION),
    Source(Consent, Section.REFERRALS),
    Source(CaseConference, Section.ACCESS),
    Source(CaseUserGrant, Section.ACCESS, "content_object"),
    Source(CaseGroupGrant, Section.ACCESS, "content_object"),
    Source(LegalHold, Section.ACCESS),
    Source(CaseTransfer, Section.ACCESS),
    Source(ProcessingBasis, Section.ACCESS),
]


@dataclass(frozen=True)
class FieldChange:
    label: str | Promise
    before: str
    after: str
    is_open: bool  # its values may be shown


@dataclass(frozen=True)
class Change:
    """One event: what kind of record, what was done to it, by whom."""

    at: dt.datetime
    what: str | Promise
    action: str
    who: str
    why: str
    where: str
    request: str
    fields: list[FieldChange]


@dataclass(frozen=True)
class HistoryPage:
    changes: list[Change]
    next_cursor: str


@dataclass(frozen=True)
class _Place:
    at: dt.datetime
    source: int
    pk: int


def changes_of(case: CaseFile, seen: Iterable[Section], cursor: str = "") -> HistoryPage:
    """One page of the history, newest first, in one query over all tables; only sections in ``seen``."""
    place = _decode(cursor)
    visible = frozenset(seen)
    branches = [
        _branch(number, source, case, place) for number, source in enumerate(SOURCES) if source.section in visible
    ]
    if not branches:
        return HistoryPage([], "")
    merged = branches[0].union(*branches[1:], all=True) if len(branches) > 1 else branches[0]
    rows = sorted(merged, key=lambda row: (-row[1].timestamp(), row[0], -row[2]))
    shown = rows[:PAGE]
    last = shown[-1] if len(rows) > PAGE else None
    return HistoryPage(list(_changes(shown)), _encode(_Place(last[1], last[0], last[2])) if last else "")


def _branch(number: int, source: Source, case: CaseFile, place: _Place | None) -> QuerySet[Any, tuple]:
    table = source.events.model._meta.db_table
    rows = source.of(case)
    if place is not None:
        # A transaction gives all its events one time: the place of a page is time, table and key.
        before = Q(pgh_created_at__lt=place.at)
        if number == place.source:
            before |= Q(pgh_created_at=place.at, pgh_id__lt=place.pk)
        elif number > place.source:
            before |= Q(pgh_created_at=place.at)
        rows = rows.filter(before)
    same = f'p.pgh_obj_id = "{table}".pgh_obj_id AND p.pgh_id < "{table}".pgh_id'
    former = f'(SELECT to_jsonb(p) FROM "{table}" p WHERE {same} ORDER BY p.pgh_id DESC LIMIT 1)'  # noqa: S608
    return (
        rows.annotate(
            number=Value(number),
            content=RawSQL(f'to_jsonb("{table}")', [], JSONField()),  # noqa: S611 -- the name of a table of ours
            former=RawSQL(former, [], JSONField()),  # noqa: S611 -- as above
        )
        .order_by("-pgh_created_at", "-pgh_id")
        .values_list("number", "pgh_created_at", "pgh_id", "pgh_label", "pgh_context_id", "content", "former")[
            : PAGE + 1
        ]
    )


def _changes(rows: list[tuple[Any, ...]]) -> Iterator[Change]:
    contexts = Context.objects.in_bulk({row[4] for row in rows if row[4]})
    told = {key: context.metadata or {} for key, context in contexts.items()}
    sources = [SOURCES[row[0]] for row in rows]
    names = _names(told.values(), zip(sources, rows, strict=True))
    actions = {"insert": _("Dibuat"), "update": _("Diubah"), "delete": _("Dihapus")}
    for source, (_number, at, _pk, label, context, content, former) in zip(sources, rows, strict=True):
        who = told.get(context, {})
        changed = _fields(source.model, former or {}, content, names) if label == "update" else []
        if label == "update" and not changed:
            continue  # housekeeping alone
        yield Change(
            at=at,
            what=source.model._meta.verbose_name or source.model.__name__,
            action=actions.get(label, label),
            who=names["staff"].get(who.get("staff"), "") or _("Sistem"),
            why=str(who.get("reason", "") or who.get("job", "")),
            where=str(who.get("url", "")),
            request=str(who.get("request", ""))[:8],
            fields=changed,
        )


# ---- fields ---------------------------------------------------------------------------------------------------------


def _fields(model: type[models.Model], former: dict, content: dict, names: dict) -> list[FieldChange]:
    found = []
    for field in model._meta.concrete_fields:
        before, after = former.get(field.column), content.get(field.column)
        if before == after or field.name in HOUSEKEEPING or field.column not in content:
            continue
        is_open = _is_open(field)
        found.append(
            FieldChange(
                field.verbose_name,
                _words(field, before, names) if is_open else "",
                _words(field, after, names) if is_open else "",
                is_open,
            )
        )
    return found


def _is_open(field: models.Field) -> bool:
    if any(part in field.name for part in CLOSED_NAMES):
        return False
    if field.is_relation:
        return field.related_model in (Staff, Unit)
    too_long = isinstance(field, models.CharField) and (field.max_length or 0) > LONGEST
    return type(field) in PLAIN and not too_long


def _words(field: models.Field, value: Any, names: dict) -> str:
    """A value as people read it; the history gives JSON."""
    if value is None or value == "":
        return "–"
    if field.is_relation:
        return str(names["staff" if field.related_model is Staff else "unit"].get(value, "–"))
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("Ya") if value else _("Tidak")
    if isinstance(field, models.DateTimeField) and (moment := parse_datetime(value)):
        return date_format(timezone.localtime(moment), "j M Y, H.i")
    if isinstance(field, models.DateField) and (day := parse_date(value)):
        return date_format(day, "j M Y")
    return str(value)


def _names(contexts: Iterable[dict], rows: Iterable[tuple[Source, tuple[Any, ...]]]) -> dict[str, dict[int, str]]:
    """Names of the staff and units that the page speaks of: one query each."""
    staff, units = {context.get("staff") for context in contexts}, set()
    for source, row in rows:
        for field in source.model._meta.concrete_fields:
            if field.is_relation and field.related_model in (Staff, Unit):
                found = {(content or {}).get(field.column) for content in row[5:7]}
                (staff if field.related_model is Staff else units).update(found)
    people = Staff.objects.filter(pk__in=staff - {None}).values_list("pk", "full_name")
    places = Unit.objects.filter(pk__in=units - {None}).values_list("pk", "short_name")
    return {"staff": dict(people), "unit": dict(places)}


# ---- places ---------------------------------------------------------------------------------------------------------


def _encode(place: _Place) -> str:
    raw = json.dumps([place.at.isoformat(), place.source, place.pk]).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(cursor: str) -> _Place | None:
    """None for anything that this module did not make: the first page is then shown."""
    try:
        at, source, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        moment = dt.datetime.fromisoformat(at)
    except (ValueError, TypeError, RecursionError):
        return None
    typed = type(source) is int and type(pk) is int and moment.tzinfo is not None
    return _Place(moment, source, pk) if typed and 0 <= source < 1_000 and abs(pk) < 2**31 else None
