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
from unittest.mock import patch

from django.utils import timezone

from accounts import workflow as account_workflow
from accounts.enums import FacilityKind, RegionLevel
from accounts.models import Region
from assessments import workflow as assessment_workflow
from assessments.enums import InstrumentCode
from assessments.models import Assessment, InstrumentDraft, SecondRating
from cases import workflow as case_workflow
from cases.enums import (
    CaseType,
    ClosureReason,
    ConsentCapacity,
    ConsentPurpose,
    DatePrecision,
    LegalBasis,
    LegalStatusKind,
    Section,
)
from cases.enums.breaches import BreachKind, Told
from cases.enums.complaints import ComplaintKind
from cases.enums.documents import DocumentKind
from cases.enums.household import Kinship
from cases.enums.protection import TieKind
from cases.enums.rights import RefusalGround, RightsKind, RightsStatus
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
from cases.workflow import breaches as breach_workflow
from cases.workflow import complaints as complaint_workflow
from cases.workflow import documents as document_workflow
from cases.workflow import retention as retention_workflow
from cases.workflow import rights as rights_workflow
from cases.workflow.aftercare import begin_aftercare
from cases.workflow.household import NewMember
from core import jobs
from core.models import Holiday
from core.pdf import Pdf
from partners import workflow as partner_workflow
from partners.enums import AgreementType, ReferralBasis, SharedField, Verification
from partners.models import PartnerOrganisation, Referral, ServiceOffer
from programs import workflow as program_workflow
from programs.enums import GoalType
from programs.models import Cohort, Enrolment, Plan, Session
from reports import workflow as report_workflow
from reports.enums import ExportFormat, ExportPurpose, ExportStatus, Scope
from reports.indicators import Area
from reports.models import Export, QuarterlyReport
from reports.quarters import Quarter
from reports.subject_copy import fingerprint
from reports.workflow import copies as copy_workflow
from reports.workflow import exports as export_workflow
from tests.assessments.filling import begin, fill, judged, submitted
from tests.cast import Cast, make_cast
from tests.factories import (
    NIK,
    close_long_ago,
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
    make_rights_request,
    make_session,
    make_task,
)

NAME = "Wening Prabaswara"
SHARED = (SharedField.NAME, SharedField.SAFE_CONTACT, SharedField.AGE_GROUP, SharedField.SUPPORT_NEEDED)
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


def make_sealed(cast: Cast) -> dict[str, Any]:
    """A child's closed file, and a request to open it that waits for the data-protection officer."""
    by = cast.other_agency_supervisor
    case = make_child_case(cast.other_agency)
    case = case_workflow.close(case, by=by, reason=ClosureReason.MOVED, note="Pindah bersama bibinya.")
    request = case_workflow.request_unsealing(case, by=by, purpose="Surat keterangan sekolah.", hours=4)
    return {"sealed": case, "unseal_request": request}


def make_directory(cast: Cast) -> tuple[PartnerOrganisation, ServiceOffer]:
    """The organisation of ``cast.cso``, with a person, an agreement and an offer."""
    by, today = cast.supervisor, timezone.localdate()
    partner = PartnerOrganisation.objects.create(
        name="Yayasan Titi Harapan", kind="cso", verification=Verification.VERIFIED, unit=cast.cso.unit
    )
    partner_workflow.save_contact(None, by=by, partner=partner, name="Yuni Astuti", position="Koordinator")
    agreement = partner_workflow.save_agreement(
        None,
        by=by,
        partner=partner,
        type=AgreementType.values[0],
        number="PKS-07/2026",
        valid_from=today - dt.timedelta(days=100),
        valid_to=today + dt.timedelta(days=60),
    )
    partner_workflow.activate_agreement(agreement, by=by)
    offer = make_offer(partner, cast)
    return partner, offer


def make_offer(partner: PartnerOrganisation, cast: Cast, title: str = "Pembinaan usaha") -> ServiceOffer:
    return partner_workflow.save_offer(
        None,
        by=cast.supervisor,
        partner=partner,
        regions=(),
        title=title,
        intervention_code="USAHA",
        capacity_per_quarter=8,
    )


def make_referral(case: CaseFile, cast: Cast, offer: ServiceOffer) -> Referral:
    """A draft by ``cast.worker`` with the participant's own consent."""
    until = timezone.localdate() + dt.timedelta(days=90)
    return partner_workflow.create_referral(
        case,
        by=cast.worker,
        offer=offer,
        purpose="Modal kecil dan pendampingan usaha lele.",
        support_needed="Pembukuan sederhana",
        data_shared=[field.value for field in SHARED],
        basis=ReferralBasis.CONSENT,
        new_consent=partner_workflow.NewConsent(NAME, ConsentCapacity.SELF, until),
    )


def make_referrals(
    case: CaseFile, cast: Cast, partner: PartnerOrganisation, offer: ServiceOffer
) -> dict[str, Referral]:
    """One that waits for its answer, one accepted with a note, and a draft beside them."""
    waiting = partner_workflow.send(make_referral(case, cast, offer), by=cast.worker)
    other = make_referral(case, cast, make_offer(partner, cast, "Pelatihan las"))
    running = partner_workflow.send(other, by=cast.worker)
    running = partner_workflow.accept(running, by=cast.cso, starts_on=timezone.localdate())
    partner_workflow.write_note(
        running, by=cast.cso, client_id=uuid.uuid4(), happened_on=timezone.localdate(), summary="Sesi pertama baik."
    )
    make_referral(case, cast, make_offer(partner, cast, "Magang bengkel"))
    return {"sent": waiting, "accepted": running}


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


SHARE_BEGINS_IN = dt.timedelta(days=5)


def make_shares(case: CaseFile, cast: Cast) -> dict[str, Any]:
    """A consent to share and a share that begins later, both of the case; an emergency access that is over.

    None of them opens anything to anybody of the cast now: the tables of addresses say what people get without.
    """
    now = timezone.now()
    consent = case_workflow.give_consent(
        case,
        by=cast.worker,
        purpose=ConsentPurpose.SHARING,
        scope=[Section.SUMMARY, Section.PLAN],
        recipient=cast.other_agency.unit.name,
        given_by=NAME,
        capacity=ConsentCapacity.SELF,
    )
    share = case_workflow.share(
        case,
        by=cast.supervisor,
        to=cast.other_agency.unit,
        sections=[Section.SUMMARY, Section.PLAN],
        basis=LegalBasis.PUBLIC_DUTY,
        purpose="Pendampingan keluarga di rumah aman.",
        starts_at=now + SHARE_BEGINS_IN,
        until=now + dt.timedelta(days=60),
    )
    use = case_workflow.open_in_emergency(
        case.code, by=cast.other_unit_supervisor, reason="Keluarga menelepon: ada ancaman di rumah malam ini."
    )
    CaseUserGrant.all_grants.filter(pk=use.pk).update(
        granted_at=now - dt.timedelta(hours=2),
        starts_at=now - dt.timedelta(hours=2),
        expires_at=now - dt.timedelta(hours=1),
    )
    return {"share_consent": consent, "share": share, "break_glass": use}


def make_report(cast: Cast) -> QuarterlyReport:
    """The last finished quarter of the worker's unit, as the worker process would have left it."""
    quarter = Quarter.last_finished(timezone.now())
    area = Area(Scope.UNIT, unit=cast.worker.unit)
    with patch.dict(jobs.SENDERS, {report_workflow.JOB_KIND: lambda _job: None}):  # real PDFs have tests of their own
        report, _begun = report_workflow.request_report(by=cast.admin, area=area, quarter=quarter)
    report = report_workflow.freeze_figures(report, by=cast.system)
    return report_workflow.keep_pdf(report, by=cast.system, pdf=Pdf(b"%PDF-1.7 contoh", 1))


def make_exports(cast: Cast) -> dict[str, Export]:
    """One of the worker that waits for the supervisor, and one whose file was fetched already."""
    wish = export_workflow.Wish(
        cases=CaseFile.objects.all(),
        columns=["code", "status"],
        file_format=ExportFormat.CSV,
        purpose=ExportPurpose.CASELOAD_REVIEW,
        reason="Rapat tinjauan beban kerja bulan ini.",
    )
    with patch.dict(jobs.SENDERS, {export_workflow.JOB_KIND: lambda _job: None}):
        used, waiting = (export_workflow.ask(wish, by=cast.worker) for _number in range(2))
    Export.objects.filter(pk=waiting.pk).update(status=ExportStatus.WAITING)
    used = export_workflow.keep_file(used, by=cast.system, content=b"PK contoh", rows=2)
    used, _content = export_workflow.fetch(used.code, export_workflow.token_for(used), by=cast.worker)
    waiting.refresh_from_db()
    return {"export": waiting, "used_export": used}


def make_rights(case: CaseFile, cast: Cast) -> dict[str, RightsRequest]:
    """One that just came in, one that waits for the unit, one answered."""
    new = make_rights_request(case, cast.worker, kind=RightsKind.INFORMATION)
    asked = rights_workflow.take_up(make_rights_request(case, cast.worker, kind=RightsKind.COPY), by=cast.dpo)
    asked = rights_workflow.ask_unit(asked, by=cast.dpo, question="Pastikan alamat pengiriman aman.")
    seen = fingerprint(copy_workflow.gathered(asked, by=cast.worker))
    copy_workflow.prepare(asked, by=cast.worker, seen=seen, refs=[])
    decided = rights_workflow.take_up(make_rights_request(case, cast.worker), by=cast.dpo)
    decided = rights_workflow.decide(
        decided,
        by=cast.dpo,
        outcome=RightsStatus.REFUSED,
        decision="Kami tidak dapat memenuhi permintaan ini.",
        ground=RefusalGround.STATE_ADMINISTRATION,
        reason="Data diperlukan untuk tugas menurut undang-undang.",
    )
    return {"new_rights": new, "rights": asked, "decided_rights": decided}


def make_complaints(case: CaseFile, cast: Cast) -> dict[str, Complaint]:
    """One that just came in from outside, one about the case that is being looked at."""
    words = "Kami menunggu terlalu lama."
    complaint_workflow.complain_publicly(kind=ComplaintKind.CONDUCT, words=words, client_id=uuid.uuid4())
    begun = complaint_workflow.complain(by=cast.neighbour, kind=ComplaintKind.OTHER, words="Lampu ruang padam.")
    about = complaint_workflow.complain(by=cast.worker, kind=ComplaintKind.ERROR, words="Tanggal salah.", case=case)
    return {"new_complaint": begun, "complaint": complaint_workflow.take_up(about, by=cast.dpo)}


def make_breach(case: CaseFile, cast: Cast) -> BreachIncident:
    """One of the worker's unit that touches the case; the people know, the agency not yet."""
    breach = breach_workflow.report_breach(
        by=cast.supervisor,
        kind=BreachKind.LOST_DEVICE,
        what="Nama dan nomor telepon.",
        how="Ponsel dinas hilang di angkutan umum.",
        discovered_at=timezone.now() - dt.timedelta(hours=5),
        codes=[case.code],
    )
    breach = breach_workflow.handle(breach, by=cast.dpo, text="Ponsel dikunci dari jauh.", measures="Ponsel dikunci.")
    return breach_workflow.mark_told(breach, by=cast.dpo, whom=Told.SUBJECTS)


def make_retention(case: CaseFile, cast: Cast) -> dict[str, Any]:
    """A hold on the case; a list that waits for its signatures, and one that was carried out, of another unit."""
    hold = case_workflow.place_hold(
        case,
        by=cast.supervisor,
        reason="Dipakai sebagai bukti banding.",
        ordered_by="Pengadilan Negeri",
        document_no="W14.U1/212/2026",
        starts_on=timezone.localdate(),
    )
    rules = RetentionRule.objects.filter(agency_kind="ditjenpas", case_type=CaseType.PROBATION)
    rules.update(is_active=True, years=1, source="JRA uji")
    lists = []
    for _number in range(2):
        close_long_ago(make_case(cast.other_unit))
        lists.append(retention_workflow.draw_up(by=cast.admin))
    for signer in (cast.head_office, cast.dpo):
        lists[0] = retention_workflow.sign(lists[0], by=signer)
    retention_workflow.destroy(lists[0].items.get().pk, by=cast.system)
    retention_workflow.finish_list(lists[0], by=cast.system)
    return {"hold": hold, "drawn": lists[1], "carried_out": lists[0]}
