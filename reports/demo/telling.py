"""Tells the whole demo: everything is put together in memory first, then written in bulk."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Agency, JournalEntry, Staff, StaffTraining
from assessments.models import AssessmentReview, InstrumentVersion
from cases.models import (
    Address,
    CaseEvent,
    CaseFile,
    CaseLeadPeriod,
    CaseNumber,
    CaseStatusPeriod,
    CaseUserGrant,
    CheckIn,
    ContactNote,
    Draft,
    ExternalClassification,
    LegalEvent,
    LegalStatus,
    Participant,
    ReportingDuty,
    ReturnEvent,
    Task,
)
from cases.models.casefile import NOTHING_DUE
from cases.policies import view_permission
from reports.demo import adults, children, judgements, malang
from reports.demo.book import Book, times_as_told
from reports.demo.clock import Clock
from reports.demo.names import Names
from reports.demo.staff import ACCOUNTS, TITI_HARAPAN, hire, sign_in
from reports.demo.tale import World, districts, number

FULL, SMALL = "full", "small"
SHARES = {FULL: 1.0, SMALL: 0.1}


@dataclass(frozen=True)
class Loaded:
    cases: int
    active_clients: int
    rows: int


def is_loaded() -> bool:
    return Agency.objects.filter(code=TITI_HARAPAN).exists()


def load(scale: str = FULL) -> Loaded:
    """Write the demo into the open transaction; the caller has said who acts."""
    clock, book = Clock.start(), Book()
    names = Names(*(name for _username, name, *_rest in ACCOUNTS))
    with times_as_told():
        people = hire(book, clock, names)
        rows = book.write(Staff, StaffTraining)
        world = World(
            clock=clock,
            book=book,
            names=names,
            people=people,
            view=view_permission(),
            instruments={row.instrument: row for row in InstrumentVersion.objects.filter(status="published")},
            districts=districts(),
            share=SHARES[scale],
        )
        malang.tell(world)
        adults.clients(world)
        adults.partners_of_deradicalisation(world)
        adults.families_in_sulawesi(world)
        adults.survivors(world)
        children.served(world)
        number(world)
        sign_in(book, clock, people)
        rows += _write(world)
    active = sum(story.is_active for story in world.stories if story.unit.agency.code == "ditjenpas")
    return Loaded(cases=len(world.stories), active_clients=active, rows=rows)


def _write(world: World) -> int:
    book = world.book
    for story in world.stories:
        zone = story.unit.zone
        story.case.next_due_on = min(story.due).astimezone(zone).date() if story.due else NOTHING_DUE
        story.case.last_contact_at = max(story.contacts, default=None)
    rows = book.write(Participant, Address, CaseNumber, CaseFile)
    through = CaseFile.co_workers.through
    through.objects.bulk_create(through(casefile_id=case.pk, staff_id=worker.pk) for case, worker in world.co_workers)
    rows += book.write(CaseStatusPeriod, CaseLeadPeriod, CaseUserGrant)
    rows += book.write(LegalStatus, LegalEvent, ExternalClassification, ReturnEvent, ReportingDuty, CheckIn)
    rows += book.write(ContactNote, Draft)
    rows += judgements.write(world)
    rows += book.write(AssessmentReview, Task, CaseEvent, JournalEntry)
    if not book.is_empty():
        raise RuntimeError("Rows were told and not written.")
    return rows
