"""Tells the whole demo: everything is put together in memory first, then written in bulk."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from accounts.models import Agency, ConductAcceptance, JournalEntry, Region, Staff, StaffTraining
from assessments.models import AssessmentReview, InstrumentDraft, InstrumentVersion, OwnView, SecondRating
from cases.models import (
    Address,
    BreakGlassReview,
    CaseConference,
    CaseEvent,
    CaseFile,
    CaseGroupGrant,
    CaseLeadPeriod,
    CaseNumber,
    CaseStatusPeriod,
    CaseTransfer,
    CaseUserGrant,
    CheckIn,
    ClinicalNote,
    ConflictDeclaration,
    Consent,
    ContactNote,
    Draft,
    ExternalAssessment,
    ExternalClassification,
    FollowUp,
    Household,
    HouseholdMember,
    LegalEvent,
    LegalStatus,
    Participant,
    PlannedSession,
    ProcessingBasis,
    ReportingDuty,
    ReturnEvent,
    SavedFilter,
    Task,
    UnsealRequest,
)
from cases.models.casefile import NOTHING_DUE
from cases.policies import view_permission
from partners.models import (
    Agreement,
    PartnerContact,
    PartnerOrganisation,
    Referral,
    ReferralNote,
    ReferralPeriod,
    ServiceOffer,
)
from programs.models import (
    Attendance,
    BusinessFollowUp,
    Cohort,
    EconomicSupport,
    Enrolment,
    EnrolmentPeriod,
    Goal,
    Intervention,
    Plan,
    Programme,
    Session,
)
from reports.demo import (
    adults,
    agencies,
    appointments,
    businesses,
    children,
    contests,
    families,
    instruments,
    journal,
    judgements,
    lists,
    malang,
    moving,
    planning,
    protection,
    referring,
    sharing,
    training,
)
from reports.demo.book import Book, times_as_told
from reports.demo.clock import Clock
from reports.demo.names import Names
from reports.demo.staff import ACCOUNTS, TITI_HARAPAN, form_pokja, hire
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
    with connection.cursor() as cursor:
        # No trigger is to be ignored. Saying so spares each of them an exception for every row: fourteen times faster.
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{}', true)")
    names = Names(*(name for _username, name, *_rest in ACCOUNTS))
    with times_as_told():
        instruments.publish_in_time(clock)
        people = hire(book, clock, names)
        rows = book.write(Staff, StaffTraining, ConductAcceptance) + form_pokja(clock, people)
        world = World(
            clock=clock,
            book=book,
            names=names,
            people=people,
            view=view_permission(),
            instruments={row.instrument: row for row in InstrumentVersion.objects.filter(status="published")},
            districts=districts(),
            share=SHARES[scale],
            region_names=dict(Region.objects.values_list("code", "name")),
        )
        malang.tell(world)
        adults.clients(world)
        agencies.partners_of_deradicalisation(world)
        agencies.families_in_sulawesi(world)
        agencies.survivors(world)
        children.served(world)
        planning.plan(world)
        planning.review_tasks(world)
        referring.refer(world)
        training.run(world)
        businesses.support(world)
        protection.keep_apart(world)
        members = sharing.open_to_others(world)
        contests.tell(world)
        families.tell(world)
        moving.tell(world)
        moving.ground(world)
        appointments.agree(world)
        lists.keep_filters(world)
        number(world)
        journal.write(book, clock, people, world.stories)
        instruments.draft_one(world)
        rows += _write(world)
        through = CaseConference.members.through
        through.objects.bulk_create(
            through(caseconference_id=conference.pk, staff_id=member.pk) for conference, member in members
        )
    active = sum(story.is_active for story in world.stories if story.unit.agency.code == "ditjenpas")
    return Loaded(cases=len(world.stories), active_clients=active, rows=rows)


def _write(world: World) -> int:
    book = world.book
    for story in world.stories:
        zone = story.case.lead_unit.zone
        story.case.next_due_on = min(story.due).astimezone(zone).date() if story.due else NOTHING_DUE
        story.case.last_contact_at = max(story.contacts, default=None)
    rows = book.write(Participant, Address, CaseNumber, CaseFile, Household, HouseholdMember)
    through = CaseFile.co_workers.through
    through.objects.bulk_create(through(casefile_id=case.pk, staff_id=worker.pk) for case, worker in world.co_workers)
    rows += book.write(CaseStatusPeriod, CaseLeadPeriod, CaseConference, CaseUserGrant, BreakGlassReview)
    rows += book.write(LegalStatus, LegalEvent, ExternalClassification, ExternalAssessment, ReturnEvent)
    rows += book.write(ReportingDuty, CheckIn)
    rows += book.write(CaseTransfer, ProcessingBasis)
    rows += book.write(SavedFilter, ContactNote, PlannedSession, FollowUp, Draft)
    rows += book.write(ClinicalNote, UnsealRequest, ConflictDeclaration)
    appointments.link_chains(world)
    rows += book.write(Consent, CaseGroupGrant)  # a partner's officer rates by a grant
    rows += judgements.write(world)
    rows += book.write(OwnView, SecondRating, AssessmentReview, Plan, Goal, Intervention)
    rows += book.write(PartnerOrganisation, PartnerContact, Agreement, ServiceOffer)
    _link_regions(world)
    rows += book.write(Referral, ReferralPeriod, ReferralNote)
    rows += book.write(Programme, Cohort, Session, Enrolment, EnrolmentPeriod, Attendance)
    rows += book.write(EconomicSupport, BusinessFollowUp)
    rows += book.write(InstrumentDraft)
    rows += book.write(Task, CaseEvent, JournalEntry)
    if not book.is_empty():
        raise RuntimeError("Rows were told and not written.")
    return rows


def _link_regions(world: World) -> None:
    of_partner, of_offer = PartnerOrganisation.regions.through, ServiceOffer.regions.through
    partners, offers = [], []
    for partner, offer, regions in world.directory:
        if offer is None:
            partners += [of_partner(partnerorganisation_id=partner.pk, region_id=code) for code in regions]
        else:
            offers += [of_offer(serviceoffer_id=offer.pk, region_id=code) for code in regions]
    of_partner.objects.bulk_create(partners)
    of_offer.objects.bulk_create(offers)
