"""Reads a case once, after the declaration: the one structure of which both forms of the copy are made."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Model, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Staff
from cases import sentence
from cases.enums import Section
from cases.enums.rights import RefusalGround
from cases.models import CaseFile, CaseUserGrant, Consent, ContactNote, Participant, ReturnEvent, RightsRequest
from programs.models import Enrolment
from reports.enums import TOLD_REASONS, LeftOutReason
from reports.subject_copy.declaration import CHAPTERS
from reports.subject_copy.left_out import ASK, LEFT_OUT
from reports.subject_copy.parts import Chapter, Field, Part

SHORTEST_NAME = 4  # a shorter one would blacken syllables


@dataclass(frozen=True)
class Entry:
    """One value: ``value`` for machines, ``shown`` for people, ``on_screen`` before it leaves. None and "" where
    nothing is recorded.
    """

    key: str
    label: str
    value: Any
    shown: str
    on_screen: str


@dataclass(frozen=True)
class Record:
    ref: str
    entries: tuple[Entry, ...]

    @cached_property
    def told(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.shown]


@dataclass(frozen=True)
class Table:
    key: str
    title: str
    records: tuple[Record, ...]
    may_withhold: bool

    @property
    def heading(self) -> str:
        return f"{self.title} ({len(self.records)})"


@dataclass(frozen=True)
class LeftOut:
    """What the person does not get here: named, with the law's reason."""

    what: str
    reason: str
    law: str
    explanation: str = ""


@dataclass(frozen=True)
class Told:
    """A chapter as it was read."""

    key: str
    title: str
    tables: tuple[Table, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def count(self) -> int:
        return sum(len(table.records) for table in self.tables)


@dataclass(frozen=True)
class Copy:
    case_code: str
    chapters: tuple[Told, ...]

    @property
    def count(self) -> int:
        return sum(chapter.count for chapter in self.chapters)

    @cached_property
    def refs(self) -> frozenset[str]:
        """What may be left out by hand."""
        tables = [table for chapter in self.chapters for table in chapter.tables if table.may_withhold]
        return frozenset(record.ref for table in tables for record in table.records)


@dataclass(frozen=True)
class Withheld:
    """Records that the person who looks it through leaves out, and why."""

    refs: frozenset[str] = frozenset()
    ground: str = ""
    explanation: str = ""


def gather(case: CaseFile, *, sections: Iterable[Section], withheld: Withheld = Withheld()) -> Copy:
    """Read ``case`` as the acting person sees it: the database's rules of sight hold for every table.

    ``sections``: those that the reading person may see; a chapter of another is named as left out. The number of
    queries is the number of parts and does not grow with the rows.
    """
    seen = frozenset(sections)
    mask = Mask(_names_of_others(case), _names_of_staff(case))
    return Copy(
        case.code, tuple(_told(chapter, case, chapter.section in seen, withheld, mask) for chapter in CHAPTERS)
    )


def _told(chapter: Chapter, case: CaseFile, is_seen: bool, withheld: Withheld, mask: Mask) -> Told:
    if not is_seen:
        reason = LeftOutReason.OUT_OF_SIGHT
        missing = LeftOut(str(chapter.title), reason, str(reason.label))
        return Told(chapter.key, str(chapter.title), (), (missing,))
    tables = [_table(part, case, mask) for part in chapter.parts]
    kept = tuple(
        Table(t.key, t.title, tuple(r for r in t.records if r.ref not in withheld.refs), t.may_withhold)
        for t in tables
    )
    left = [*_declared(chapter), *_by_hand(tables, withheld)]
    return Told(chapter.key, str(chapter.title), kept, tuple(left))


def _declared(chapter: Chapter) -> list[LeftOut]:
    told = [left for left in LEFT_OUT if left.chapter == chapter.key and left.reason in TOLD_REASONS]
    lines = {
        str(left.what): LeftOut(str(left.what), left.reason, str(left.reason.label), str(ASK.get(left.reason, "")))
        for left in told
    }
    return list(lines.values())


def _by_hand(tables: list[Table], withheld: Withheld) -> list[LeftOut]:
    """One line for each part; the code says which record, and nothing of what is in it."""
    lines = []
    for table in tables:
        codes = [record.ref.partition(":")[2] for record in table.records if record.ref in withheld.refs]
        if codes:
            what = f"{table.title}: {', '.join(codes)}"
            law = str(RefusalGround(withheld.ground).label)
            lines.append(LeftOut(what, withheld.ground, law, withheld.explanation))
    return lines


def _table(part: Part, case: CaseFile, mask: Mask) -> Table:
    zone = case.lead_unit.zone
    records = tuple(
        Record(
            f"{part.key}:{row.code}" if part.may_withhold else "",
            tuple(_entry(field, row, zone, mask) for field in part.fields),
        )
        for row in part.rows(case)
    )
    return Table(part.key, str(part.title), records, part.may_withhold)


def _entry(field: Field, row: Model, zone: dt.tzinfo, mask: Mask) -> Entry:
    value = field.read(row) if field.read is not None else getattr(row, field.source)
    if field.is_words:
        value = mask(str(value))
    shown = _for_people(field, row, value, zone)
    on_screen = field.on_screen(row) if field.on_screen is not None else shown
    return Entry(field.key, str(field.label), _for_machines(value, zone), shown, on_screen)


def _for_machines(value: Any, zone: dt.tzinfo) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(zone).isoformat(timespec="seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    return None if value == "" else value


def _for_people(field: Field, row: Any, value: Any, zone: dt.tzinfo) -> str:
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return _("Ya") if value else _("Tidak")
    if isinstance(value, dt.datetime):
        return sentence.stamp(value, zone)
    if isinstance(value, dt.date):
        return date_format(value, "j M Y")
    if field.read is None:
        if isinstance(value, list):
            choices = dict(row._meta.get_field(field.source).base_field.flatchoices)
            return ", ".join(str(choices.get(each, each)) for each in value)
        value = dict(row._meta.get_field(field.source).flatchoices).get(value, value)
    return str(value)


# ---- names in sentences --------------------------------------------------------------------------------------------


class Mask:
    """Blackens the names that the case knows where they stand in somebody's sentences.

    A safety net under the person who looks the copy through, never instead of them: a nickname passes it.
    """

    def __init__(self, others: Iterable[str], staff: Iterable[str]) -> None:
        self.found = [
            (_pattern(names), word)
            for names, word in ((others, _("[nama orang lain]")), (staff, _("[nama petugas]")))
            if any(len(name) >= SHORTEST_NAME for name in names)
        ]

    def __call__(self, text: str) -> str:
        for pattern, word in self.found:
            text = pattern.sub(word, text)
        return text


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted({name for name in names if len(name) >= SHORTEST_NAME}, key=lambda name: (-len(name), name))
    words = (r"\s+".join(re.escape(part) for part in name.split()) for name in longest_first)
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)


def _names_of_others(case: CaseFile) -> set[str]:
    """Of family, of who spoke for the person, and of others in the same cohorts, as far as they are seen."""
    person = case.participant
    beside = (
        Participant.objects.filter(
            cases__enrolments__cohort__in=Enrolment.objects.filter(case=case).values("cohort"),
        )
        .exclude(pk=person.pk)
        .values_list("full_name", "aliases")
    )
    names = {person.mother_name, *(name for full, aliases in beside for name in (full, *aliases))}
    names.update(Consent.objects.filter(case=case).values_list("given_by", flat=True))
    names.update(RightsRequest.objects.filter(case=case).values_list("requester_name", flat=True))
    names.update(ReturnEvent.objects.filter(case=case).values_list("received_by", flat=True))
    own = {name.casefold() for name in (person.full_name, *person.aliases)}
    return {name.strip() for name in names if name and name.strip().casefold() not in own}


def _names_of_staff(case: CaseFile) -> set[str]:
    team = Q(unit=case.lead_unit_id)
    given = CaseUserGrant.all_grants.filter(content_object=case).values("user")
    wrote = ContactNote.objects.filter(case=case).values("author")
    return set(Staff.objects.filter(team | Q(pk__in=given) | Q(pk__in=wrote)).values_list("full_name", flat=True))
