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

from assessments.enums import InstrumentCode
from assessments.models import Assessment
from cases import workflow as case_workflow
from cases.enums import ConsentCapacity, LegalStatusKind
from cases.models import CaseFile, ContactNote, Task
from core import jobs
from core.pdf import Pdf
from partners import workflow as partner_workflow
from partners.enums import AgreementType, ReferralBasis, SharedField, Verification
from partners.models import PartnerOrganisation, Referral, ServiceOffer
from programs import workflow as program_workflow
from programs.enums import GoalType
from programs.models import Cohort, Enrolment, Plan, Session
from reports import workflow as report_workflow
from reports.enums import Scope
from reports.indicators import Area
from reports.models import QuarterlyReport
from reports.quarters import Quarter
from tests.assessments.filling import begin, fill, judged, submitted
from tests.cast import Cast, make_cast
from tests.factories import (
    make_active_plan,
    make_case,
    make_child_case,
    make_cohort,
    make_enrolment,
    make_final_assessment,
    make_note,
    make_person,
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
            "month": 1,
        }


def make_world(cast: Cast | None = None) -> World:
    cast = cast or make_cast()
    today = timezone.localdate()
    case = make_case(
        cast.worker,
        person=make_person(full_name=NAME, phone="0812-0000-1111", safe_contact_method="Telepon, bukan pesan"),
        legal=LegalStatusKind.PAROLE,
    )
    plan = make_active_plan(case, approver=cast.supervisor)
    note = make_note(case)
    task = make_task(case, due_at=timezone.now() - dt.timedelta(days=1))
    duty_at = timezone.now() + dt.timedelta(days=2)
    case_workflow.set_reporting_duty(case, by=cast.worker, next_due_at=duty_at, frequency_days=28)
    draft = judged(fill(begin(case, cast.worker)))
    waiting_case = make_case(cast.worker, legal=LegalStatusKind.PAROLE)
    make_final_assessment(waiting_case, approver=cast.supervisor)
    waiting = submitted(waiting_case, cast.worker)
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
    )


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


def make_report(cast: Cast) -> QuarterlyReport:
    """The last finished quarter of the worker's unit, as the worker process would have left it."""
    quarter = Quarter.last_finished(timezone.now())
    area = Area(Scope.UNIT, unit=cast.worker.unit)
    with patch.dict(jobs.SENDERS, {report_workflow.JOB_KIND: lambda _job: None}):  # real PDFs have tests of their own
        report, _begun = report_workflow.request_report(by=cast.admin, area=area, quarter=quarter)
    report = report_workflow.freeze_figures(report, by=cast.system)
    return report_workflow.keep_pdf(report, by=cast.system, pdf=Pdf(b"%PDF-1.7 contoh", 1))
