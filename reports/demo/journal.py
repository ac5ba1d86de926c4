"""Lines of the access journal over the last month: sign-ins, reads with their reasons, and a few refusals."""

from __future__ import annotations

import datetime as dt

from accounts.enums import JournalAction
from accounts.models import JournalEntry, Staff
from cases.enums import Section
from reports.demo.book import Book, dice
from reports.demo.clock import Clock
from reports.demo.staff import ACCOUNTS, People
from reports.demo.tale import Story

DAYS = 30
# Of every file in progress so many are looked at, so that both the journal and the page of a case show something.
READ_SHARE = 0.4
REASONS = ("Memeriksa mutu kerja", "Menyiapkan keputusan atau persetujuan", "Ada kekhawatiran akan keselamatan")


def write(book: Book, clock: Clock, people: People, stories: list[Story]) -> None:
    lines = [*_sign_ins(clock, people), *_reads(clock, people, stories)]
    for line in sorted(lines, key=lambda line: line.at):
        book.add(line, at=line.at)


def _line(at: dt.datetime, person: Staff, action: JournalAction, **what: str) -> JournalEntry:
    unit = person.unit
    return JournalEntry(at=at, actor=person, role=person.role, unit=unit, action=action, ip="10.20.0.14", **what)


def _sign_ins(clock: Clock, people: People) -> list[JournalEntry]:
    stream = dice("journal")
    accounts = [people[username] for username, *_rest in ACCOUNTS]
    lines = []
    for back in range(DAYS, 0, -1):
        for person in stream.sample(accounts, 6):
            at = clock.at(clock.day(-back), stream.randint(7, 9), stream.randrange(60), person.unit.zone)
            lines.append(_line(at, person, JournalAction.SIGN_IN))
            lines.append(_line(at + dt.timedelta(hours=stream.randint(2, 7)), person, JournalAction.SIGN_OUT))
    return lines


def _reads(clock: Clock, people: People, stories: list[Story]) -> list[JournalEntry]:
    stream = dice("journal reads")
    lines = []
    for story in stories:
        if not story.is_active or story.worker is None or stream.random() > READ_SHARE:
            continue
        code, lead, zone = story.case.code, story.team.lead, story.unit.zone
        at = clock.at(clock.day(-stream.randint(1, DAYS)), stream.randint(9, 15), stream.randrange(60), zone)
        read = JournalAction.SECTION_READ
        lines.append(_line(at, story.worker, read, object_code=code, section=Section.ASSESSMENT, relation="caseload"))
        why = {"object_code": code, "relation": "unit_supervisor", "reason": stream.choice(REASONS)}
        later = at + dt.timedelta(minutes=stream.randint(20, 90))
        lines.append(_line(later, lead, JournalAction.REASON_GIVEN, **why))
        lines.append(_line(later + dt.timedelta(seconds=4), lead, read, section=Section.ASSESSMENT, **why))
    neighbour = people["pk2.malang"]
    for story in [story for story in stories if story.unit == neighbour.unit and story.worker != neighbour][:3]:
        at = clock.at(clock.day(-stream.randint(1, DAYS)), 10, stream.randrange(60), neighbour.unit.zone)
        detail = {"object_code": story.case.code, "detail": "404 cases:case-detail"}
        lines.append(_line(at, neighbour, JournalAction.REFUSED, **detail))
    return lines
