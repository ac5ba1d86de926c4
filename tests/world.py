"""A small world in which every page has something to show, made by the real workflow.

One adult case of ``cast.worker`` with a row of everything, a second one whose assessment and plan wait for the
supervisor, a child of ``cast.other_agency``, a partner that ``cast.cso`` works for, a cohort, a report. The values in
``World.codes`` are what the parts of an address are made of.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from accounts import workflow as account_workflow
from accounts.enums import FacilityKind, RegionLevel
from accounts.models import Region
from assessments import workflow as assessment_workflow
from assessments.enums import InstrumentCode
from assessments.models import Assessment, InstrumentDraft, SecondRating
from cases import workflow as case_workflow
from cases.enums import CaseType, DatePrecision, LegalStatusKind, Section
from cases.enums.documents import DocumentKind
from cases.enums.household import Kinship
from cases.enums.protection import TieKind
from cases.enums.transfer import TransferReason
from cases.models import (
    BreachIncident,
    CaseFile,
    CaseGroupGrant,
    CaseTransfer,
    CaseUserGrant,
    ClinicalNote,
    Complaint,
    ConflictDeclaration,
    Consent,
    ContactNote,
    DestructionList,
    Document,
    ExternalAssessment,
    ExternalClassification,
    FollowUp,
    HouseholdMember,
    LegalEvent,
    LegalHold,
    PersonPair,
    PlannedSession,
    RetentionRule,
    ReturnEvent,
    RightsRequest,
    SavedFilter,
    Task,
    UnsealRequest,
)
from cases.workflow import documents as document_workflow
from cases.workflow.aftercare import begin_aftercare
from cases.workflow.household import NewMember
from core.models import Holiday
from partners.models import PartnerOrganisation, Referral, ServiceOffer
from programs import workflow as program_workflow
from programs.enums import GoalType
from programs.models import Cohort, Enrolment, Plan, Session
from reports.models import Export, QuarterlyReport
from reports.workflow import exports as export_workflow
from tests.assessments.filling import begin, fill, judged, submitted
from tests.cast import Cast, make_cast
from tests.factories import (
    NAME,
    NIK,
    make_active_plan,
    make_case,
    make_child_case,
    make_cohort,
    make_document,
    make_enrolment,
    make_final_assessment,
    make_instrument_draft,
    make_note,
    make_person,
    make_picture,
    make_session,
    make_task,
)
from tests.oversight import (
    make_breach,
    make_complaints,
    make_exports,
    make_report,
    make_retention,
    make_rights,
    make_sealed,
    make_shares,
)
from tests.partnership import make_directory, make_referrals

UNKNOWN_CODE = "ZZZZ-ZZZZ"


@dataclass
class World:
    cast: Cast
    case: CaseFile
    waiting_case: CaseFile
    child: CaseFile
    note: ContactNote
    task: Task
    final: Assessment
    second: SecondRating
    draft: Assessment
    submitted: Assessment
    child_draft: Assessment
    plan: Plan
    draft_plan: Plan
    cohort: Cohort
    enrolment: Enrolment
    session: Session
    partner: PartnerOrganisation
    offer: ServiceOffer
    sent: Referral
    accepted: Referral
    report: QuarterlyReport
    sealed: CaseFile
    unseal_request: UnsealRequest
    tie: ConflictDeclaration
    planned: PlannedSession
    follow_up: FollowUp
    clinical_note: ClinicalNote
    export: Export
    used_export: Export
    share_consent: Consent
    share: CaseUserGrant | CaseGroupGrant
    break_glass: CaseUserGrant
    rights: dict[str, RightsRequest]
    complaints: dict[str, Complaint]
    breach: BreachIncident
    hold: LegalHold
    document: Document
    kept_filter: SavedFilter
    drawn: DestructionList
    carried_out: DestructionList
    transfer: CaseTransfer
    instrument_draft: InstrumentDraft
    doubtful: CaseFile
    decided: CaseFile

    @cached_property
    def codes(self) -> dict[str, Any]:
        """Every value that stands in an address, by a short name."""
        contact, agreement = self.partner.contacts.get(), self.partner.agreements.get()
        return {
            "case": self.case.code,
            "waiting_case": self.waiting_case.code,
            "child": self.child.code,
            "note": self.note.code,
            "child_note": self.child.notes.get().code,
            "task": self.task.code,
            "final": self.final.code,
            "instrument": self.final.instrument,
            "second": self.second.code,
            "draft": self.draft.code,
            "submitted": self.submitted.code,
            "child_draft": self.child_draft.code,
            "domain": self.draft.definition.domains_in(self.draft.rule_mode)[0].code,
            "plan": self.plan.code,
            "draft_plan": self.draft_plan.code,
            "goal": self.plan.goals.get().code,
            "draft_goal": self.draft_plan.goals.get().code,
            "programme": self.cohort.programme.code,
            "cohort": self.cohort.code,
            "enrolment": self.enrolment.code,
            "session": self.session.code,
            "support": self.case.economic_supports.get().code,
            "partner": self.partner.code,
            "offer": self.offer.code,
            "contact": contact.code,
            "agreement": agreement.code,
            "sent": self.sent.code,
            "accepted": self.accepted.code,
            "draft_referral": self.case.referrals.get(status="draft").code,
            "report": self.report.code,
            "serial": self.report.serial_no,
            "sealed": self.sealed.code,
            "unseal_request": self.unseal_request.code,
            "tie": self.tie.code,
            "planned": self.planned.code,
            "follow_up": self.follow_up.code,
            "clinical_case": self.clinical_note.case.code,
            "clinical_note": self.clinical_note.code,
            "address": self.case.participant.addresses.get().code,
            "member": HouseholdMember.objects.get(participant=None).code,
            "holiday": f"{Holiday.objects.latest('day').day:%Y-%m-%d}",
            "pair": PersonPair.objects.get().code,
            "kept_person": self.case.participant.code,
            "other_person": self.waiting_case.participant.code,
            "share_consent": self.share_consent.code,
            "share": self.share.code,
            "break_glass": self.break_glass.code,
            "legal_status": self.case.legal_statuses.get().code,
            "legal_event": self.case.legal_events.get().code,
            "classification": self.case.external_classifications.get().code,
            "external_assessment": self.case.external_assessments.get().code,
            "return_event": self.case.return_events.get().code,
            "month": 1,
            "filter": self.kept_filter.code,
            "person": self.cast.worker.code,
            "unit": self.cast.worker.unit.code,
            "team": self.cast.worker.unit.teams.get().code,
            "facility": self.cast.worker.unit.facilities.order_by("pk")[0].code,
            "export": self.export.code,
            "ready_export": self.used_export.code,
            "token": export_workflow.token_for(self.used_export),
            **{name: request.code for name, request in {**self.rights, **self.complaints}.items()},
            "breach": self.breach.code,
            "hold": self.hold.code,
            "document": self.document.code,
            "document_number": 1,
            "rule": RetentionRule.objects.get(agency_kind="ditjenpas", case_type=CaseType.PROBATION).code,
            "drawn": self.drawn.code,
            "drawn_case": self.drawn.items.get().case_code,
            "carried_out": self.carried_out.code,
            "transfer": self.transfer.code,
            "basis": self.case.bases.get().code,
            "version": self.final.instrument_version.version,
            "instrument_draft": self.instrument_draft.code,
            "purpose": "photo",
            "doubtful": self.doubtful.code,
            "decided": self.decided.code,
        }


def make_organisation(cast: Cast) -> None:
    """A Pokja and a facility of the worker's unit, by its agency's data admin."""
    unit, names = cast.worker.unit, {"coordinator": cast.supervisor, "secretary": cast.neighbour}
    account_workflow.save_team(
        None, unit=unit, by=cast.admin, name="Pokja Pendampingan", members=[cast.worker, cast.neighbour], **names
    )
    account_workflow.save_facility(
        None, unit=unit, by=cast.admin, name="Griya Abhipraya Uji", kind=FacilityKind.GRIYA_ABHIPRAYA, capacity=12
    )


def make_family(case: CaseFile) -> HouseholdMember:
    """A wife known by name alone."""
    wife = NewMember(uuid.uuid4(), Kinship.SPOUSE, name="Sri Rahayu", sex="female", birth_year=1992)
    (member,) = case_workflow.add_members(case, [wife], by=case.lead_worker)
    return member


def make_legal_records(case: CaseFile) -> None:
    """One of each sort on the legal page, beside the status that the case has."""
    by, day = case.lead_worker, timezone.localdate() - dt.timedelta(days=90)
    add = case_workflow.add_legal_record
    add(LegalEvent, case, by=by, kind=LegalEvent.Kind.PLEDGE, happened_on=day, place="Lapas")
    add(ExternalClassification, case, by=by, source="Lapas", value="hijau", given_on=day)
    add(ExternalAssessment, case, by=by, source="Lapas", instrument="rri", result="Rendah", assessed_on=day)
    add(ReturnEvent, case, by=by, kind="deportan", country="TR", arrived_on=day)


def make_ages_in_doubt(cast: Cast) -> dict[str, CaseFile]:
    """Two people of the worker's unit whose birth dates leave it open; about one the supervisor has decided."""
    born: dict[str, Any] = {
        "birth_date": dt.date(timezone.localdate().year - 18, 1, 1),
        "birth_date_precision": DatePrecision.YEAR,
    }
    doubtful, decided = (make_case(cast.neighbour, person=make_person(**born)) for _person in range(2))
    case_workflow.decide_adult(
        decided,
        by=cast.supervisor,
        version=decided.participant.version,
        reason="Rapor SMP tahun 2019 dan pendapat dokter.",
    )
    return {"doubtful": doubtful, "decided": decided}


def make_world(cast: Cast | None = None) -> World:
    cast = cast or make_cast()
    today = timezone.localdate()
    case = make_case(
        cast.worker,
        person=make_person(
            full_name=NAME, phone="0812-0000-1111", safe_contact_method="Telepon, bukan pesan", nik=NIK
        ),
        legal=LegalStatusKind.PAROLE,
    )
    make_organisation(cast)
    district = Region.objects.filter(level=RegionLevel.DISTRICT)[0]
    case_workflow.move_address(case, by=cast.worker, region=district, line="Jl. Mawar 1")
    make_family(case)
    make_legal_records(case)
    plan = make_active_plan(case, approver=cast.supervisor)
    note = make_note(case)
    task = make_task(case, due_at=timezone.now() - dt.timedelta(days=1))
    duty_at = timezone.now() + dt.timedelta(days=2)
    case_workflow.set_reporting_duty(case, by=cast.worker, next_due_at=duty_at, frequency_days=28)
    draft = judged(fill(begin(case, cast.worker)))
    waiting_case = make_case(cast.worker, legal=LegalStatusKind.PAROLE)
    make_final_assessment(waiting_case, approver=cast.supervisor)
    waiting = submitted(waiting_case, cast.worker)
    case_workflow.keep_apart(case.participant, waiting_case.participant, by=cast.admin, reason="Ayah dan anak.")
    child = make_child_case(cast.other_agency)
    make_note(child)
    program_workflow.give_support(
        case,
        by=cast.worker,
        type="alat",
        value_idr=5_000_000,
        business_kind="bengkel",
        handed_over_on=today,
        channel="langsung",
        region_id="35",
    )
    cohort = make_cohort(cast.worker.unit)
    partner, offer = make_directory(cast)
    return World(
        cast=cast,
        case=case,
        waiting_case=waiting_case,
        child=child,
        note=note,
        task=task,
        final=plan.assessment,
        second=make_contest(plan.assessment, cast),
        draft=draft,
        submitted=waiting,
        child_draft=fill(begin(child, cast.other_agency, InstrumentCode.CHILD)),
        plan=plan,
        draft_plan=make_draft_plan(waiting_case, cast),
        cohort=cohort,
        enrolment=make_enrolment(case, cohort),
        session=program_workflow.plan_session(cohort, by=cast.worker, held_on=today, topic="Merawat mesin"),
        partner=partner,
        offer=offer,
        **make_referrals(case, cast, partner, offer),
        report=make_report(cast),
        tie=case_workflow.declare_tie(waiting_case, by=cast.other_unit, kind=TieKind.FRIEND),
        **make_ages_in_doubt(cast),
        planned=make_session(case),
        follow_up=make_follow_up(case),
        clinical_note=make_clinical_note(cast),
        document=make_documents(case),
        **make_sealed(cast),
        **make_exports(cast),
        **make_shares(case, cast),
        rights=make_rights(case, cast),
        complaints=make_complaints(case, cast),
        breach=make_breach(case, cast),
        kept_filter=case_workflow.save_filter(by=cast.worker, name="Asesmen", criteria={"status": "assessing"}),
        **make_retention(case, cast),
        transfer=make_transfer(case, cast),
        instrument_draft=make_instrument_draft(cast.admin),
    )


def make_contest(final: Assessment, cast: Cast) -> SecondRating:
    """The participant has said something of the result, and contests it; no second rater is named yet."""
    today = timezone.localdate()
    assessment_workflow.add_own_view(
        final,
        by=cast.worker,
        version=final.version,
        text="Saya sudah lama tidak bertemu mereka.",
        said_on=today,
        present="Petugas dan istri",
    )
    return assessment_workflow.contest(final, by=cast.worker, reason="Keterangannya lama.", received_on=today)


def make_transfer(case: CaseFile, cast: Cast) -> CaseTransfer:
    """From Malang to Palu: approved by the sender, not yet answered."""
    transfer = case_workflow.propose_transfer(
        case,
        by=cast.worker,
        to_unit=cast.other_unit.unit,
        reason=TransferReason.MOVED,
        note="Pindah ke Palu bulan depan, mengikuti istrinya. Wajib lapor berjalan.",
        client_id=uuid.uuid4(),
    )
    return case_workflow.approve_transfer(transfer, by=cast.supervisor)


def make_follow_up(case: CaseFile) -> FollowUp:
    """The first of after-care that began long ago, and is late."""
    begin_aftercare(case, by=case.lead_worker, since=timezone.localdate() - dt.timedelta(days=100))
    return case.follow_ups.get(month=3)


def make_documents(case: CaseFile) -> Document:
    """One for everybody who sees documents, with its page drawn; one as the legal section, the proof of a status."""
    document = make_document(case, title="Litmas awal", expires=timezone.localdate() + dt.timedelta(days=12))
    document_workflow.keep_pages(document.files.get(), [make_picture()])
    make_document(case, kind=DocumentKind.VERDICT, section=Section.LEGAL, proves=case.legal_statuses.get())
    return document


def make_clinical_note(cast: Cast) -> ClinicalNote:
    """Of a child whose team has a psychologist beside the social worker."""
    case = make_child_case(cast.other_agency)
    team = {"worker": cast.other_agency, "co_workers": [cast.psychologist]}
    case_workflow.assign(case, by=cast.other_agency_supervisor, **team)
    make_document(case, cast.psychologist, section=Section.CLINICAL)
    return case_workflow.write_clinical_note(
        case,
        by=cast.psychologist,
        client_id=uuid.uuid4(),
        occurred_at=timezone.now() - dt.timedelta(hours=2),
        text="Mulai tidur tanpa mimpi buruk.",
    )


def make_draft_plan(case: CaseFile, cast: Cast) -> Plan:
    today = timezone.localdate()
    review = today + dt.timedelta(days=90)
    plan = program_workflow.start_plan(case, by=cast.worker, approach=["keluarga"], review_due=review)
    program_workflow.add_goal(
        plan,
        by=cast.worker,
        type=GoalType.MEET_NEED,
        text="Bengkel saya jalan tanpa utang.",
        items=["F1"],
        due_on=today + dt.timedelta(days=60),
        interventions=[{"intervention_code": "USAHA", "setting": "masyarakat"}],
    )
    return plan
