"""The demo: invented, the same every time, and consistent with what the workflows would have written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.conduct import CURRENT
from accounts.enums import AgencyKind
from accounts.models import Staff, Unit
from assessments import completeness, population
from assessments.enums import AssessmentStatus, InstrumentCode
from assessments.guidance import Answer, at_age, evaluate
from assessments.models import Assessment, InstrumentVersion
from cases import workflow as case_workflow
from cases.enums import CaseType, GrantSource, NoteType
from cases.enums.retention import ListStatus
from cases.forms.notes import initial_of_draft
from cases.models import (
    CaseFile,
    CaseLeadPeriod,
    CaseStatusPeriod,
    CaseUserGrant,
    CheckIn,
    ContactNote,
    DestructionList,
    Draft,
    LegalHold,
    Participant,
    RetentionRule,
    ReturnEvent,
    Task,
)
from cases.models.casefile import NOTHING_DUE
from cases.policies import retention as retention_policies
from cases.reference import load_retention
from config.env import DEMO_PASSWORD
from config.signin import DEMO_ACCOUNTS
from core.acting import acting_as
from partners.enums import DELIVERING, ReferralStatus
from partners.models import Referral, ReferralPeriod
from programs.enums import EnrolmentStatus
from programs.models import Attendance, EconomicSupport, Enrolment, EnrolmentPeriod, Plan
from reports import demo
from reports.demo.telling import SMALL

DECIDED = (AssessmentStatus.FINAL, AssessmentStatus.SUPERSEDED)


def load(scale: str = SMALL) -> None:
    with acting_as(Staff.objects.system().pk):
        demo.load(scale)


def fingerprint() -> list[tuple[str, str, str]]:
    return list(CaseFile.objects.order_by("code").values_list("code", "case_no", "participant__full_name")) + list(
        Assessment.objects.order_by("code").values_list("code", "guidance_band", "final_band")
    )


def test_the_same_people_come_with_the_same_codes_in_every_load(db: None) -> None:
    seen = []
    for _number in range(2):
        sid = transaction.savepoint()
        load()
        seen.append(fingerprint())
        transaction.savepoint_rollback(sid)
    assert seen[0] == seen[1]
    assert len({code for code, *_rest in seen[0]}) == len(seen[0])


def assert_a_second_run_changes_nothing_and_says_so() -> None:
    before = (CaseFile.objects.count(), Staff.objects.count(), Task.objects.count())
    out = StringIO()
    call_command("load_demo", stdout=out)
    assert "already" in out.getvalue()
    assert (CaseFile.objects.count(), Staff.objects.count(), Task.objects.count()) == before


def test_production_refuses_it(db: None, settings: pytest.FixtureRequest) -> None:
    settings.PRODUCTION = True  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="refused in production"):
        call_command("load_demo")
    assert not demo.is_loaded()


def assert_consistent() -> None:
    """Everything that no constraint of the database says."""
    _columns_agree_with_grants_and_periods()
    _due_dates_and_contacts_are_those_of_the_rows()
    _guidance_is_what_the_engine_says()
    _periods_end_with_the_present_state()
    _plans_rest_on_an_assessment_in_force()
    _attendance_is_of_active_seats()


def _columns_agree_with_grants_and_periods() -> None:
    for case in CaseFile.objects.prefetch_related("co_workers"):
        held = CaseUserGrant.objects.filter(content_object=case, source=GrantSource.CASELOAD)
        team = {case.lead_worker_id, *(worker.pk for worker in case.co_workers.all())} - {None}
        assert set(held.values_list("user_id", flat=True)) == team, case
        now = CaseStatusPeriod.objects.get(case=case, ended_at=None)
        stages = ("status", "derad_stage", "probation_stage", "atensi_phase")
        assert [getattr(now, name) for name in stages] == [getattr(case, name) for name in stages], case
        first = case.status_periods.order_by("started_at").first()
        assert first is not None
        assert first.started_at == case.opened_at
        lead = CaseLeadPeriod.objects.get(case=case, ended_at=None)
        assert (lead.lead_unit_id, lead.lead_worker_id) == (case.lead_unit_id, case.lead_worker_id)
    assert not CaseFile.objects.filter(opened_at__gt=timezone.now()).exists()


def _due_dates_and_contacts_are_those_of_the_rows() -> None:
    for case in CaseFile.objects.all():
        due, contact = case.next_due_on, case.last_contact_at
        case_workflow.refresh_next_due(case)
        case_workflow.notes.refresh_last_contact(case)
        case.refresh_from_db()
        assert (case.next_due_on, case.last_contact_at) == (due, contact), case
    assert CaseFile.objects.exclude(next_due_on=NOTHING_DUE).exists()


def _guidance_is_what_the_engine_says() -> None:
    decided = Assessment.objects.exclude(status=AssessmentStatus.DRAFT).select_related(
        "case__participant", "supersedes"
    )
    for row in decided.prefetch_related("ratings", "supersedes__ratings"):
        answers = {
            rating.item: Answer(rating.answer, rating.confidence or None, rating.evidence_note, rating.sources)
            for rating in row.ratings.all()
        }
        person = row.case.participant
        age = None
        if row.instrument == InstrumentCode.CHILD:
            age = population.certain_age(person.birth_date, person.birth_date_precision, row.day)
        said = evaluate(row.definition, at_age(row.definition, answers, age), row.rule_mode)
        assert (row.guidance_band, row.guidance_fired) == (said.band or "", list(said.fired)), row
        assert (row.guidance_provisional, row.support_level) == (said.provisional, said.support_level or "")
        before = None if row.grant_id else row.supersedes  # which a rater from outside is not shown
        former = {rating.item: rating.answer for rating in before.ratings.all()} if before else None
        refused = completeness.refusals(
            row.definition, answers, mode=row.rule_mode, age=age, previous=former, narratives=row.narratives
        )
        assert refused == (), row
        assert row.for_child == person.is_child_on(row.day)


def _periods_end_with_the_present_state() -> None:
    for model, owner, period in ((Enrolment, "enrolment", EnrolmentPeriod), (Referral, "referral", ReferralPeriod)):
        states = dict(model.objects.values_list("pk", "status"))
        assert dict(period.objects.filter(ended_at=None).values_list(f"{owner}_id", "status")) == states
    shared = Referral.objects.filter(partner__unit__isnull=False, status__in=DELIVERING)
    assert all(referral.is_grant_in_force for referral in shared.select_related("grant"))
    over = Referral.objects.filter(grant__isnull=False).exclude(status__in=DELIVERING).select_related("grant")
    assert not any(referral.is_grant_in_force for referral in over)


def _plans_rest_on_an_assessment_in_force() -> None:
    for plan in Plan.objects.select_related("assessment"):
        base = plan.assessment
        assert base.case_id == plan.case_id
        assert base.status in DECIDED
        assert base.finalised_at is not None
        assert base.next_due is not None
        assert base.finalised_at.date() <= plan.starts_on <= base.next_due


def _attendance_is_of_active_seats() -> None:
    outside = Q(session__held_on__lt=F("enrolment__started_on")) | Q(session__held_on__gt=F("enrolment__ended_on"))
    assert not Attendance.objects.filter(outside).exists()
    assert not Attendance.objects.exclude(session__cohort=F("enrolment__cohort")).exists()
    assert not Attendance.objects.filter(enrolment__status=EnrolmentStatus.PROPOSED).exists()
    mixed = Enrolment.objects.filter(~Q(cohort__for_victims=True), case__case_type=CaseType.VICTIM)
    assert not mixed.exists()


def test_the_small_demo_has_its_accounts_and_screens_and_is_what_the_workflows_would_have_written(db: None) -> None:
    # One test, because one load serves all of it.
    load()
    assert_every_account_of_the_sign_in_page_can_sign_in()
    assert_the_caseload_of_the_screens_is_there_and_its_neighbour_is_not_in_it()
    assert_a_second_run_changes_nothing_and_says_so()
    assert_ages_and_a_rater_from_outside_are_there_to_look_at()
    assert_consistent()
    assert_files_whose_time_has_run_out_wait_for_two_signatures()


def assert_files_whose_time_has_run_out_wait_for_two_signatures() -> None:
    load_retention()
    listed = demo.keep()
    drawn = DestructionList.objects.get()
    assert drawn.status == ListStatus.DRAFT
    assert drawn.items.standing().count() == listed > 0
    held = LegalHold.objects.get()
    assert held.is_in_force
    assert not drawn.items.filter(case_code=held.case_code).exists()
    of_others = RetentionRule.objects.active().exclude(agency_kind=AgencyKind.KEMENSOS)
    assert not of_others.exists()
    signers = Staff.objects.filter(username__in=["pusat.kemensos", "dpo"])
    assert sorted(retention_policies.signs_as(person, drawn) for person in signers) == ["dpo", "head"]


def assert_every_account_of_the_sign_in_page_can_sign_in() -> None:
    accounts = {person.username: person for person in Staff.objects.select_related("unit")}
    assert [account.username for account in DEMO_ACCOUNTS if account.username not in accounts] == []
    assert accounts["pk.malang"].check_password(DEMO_PASSWORD)
    # Who need not promise any more has promised: the page of the code of conduct says so.
    promised = Staff.objects.exclude(conduct_version="")
    assert not promised.exclude(conduct_acceptances__version=CURRENT.number).exists()


def assert_the_caseload_of_the_screens_is_there_and_its_neighbour_is_not_in_it() -> None:
    imam = CaseFile.objects.get(code="K7M4-29QX")
    assert imam.participant.full_name == "Imam Saputra"
    team = CaseUserGrant.objects.filter(content_object=imam).values_list("user__username", flat=True)
    assert list(team) == ["pk.malang"]
    (draft,) = Draft.objects.filter(staff__username="pk.malang")
    assert initial_of_draft(draft.data)["type"] == NoteType.PHONE, "opened again it is the form as it was typed"
    now, today = timezone.now(), timezone.localdate()
    mine = Task.objects.open().filter(assignee__username="pk.malang")
    assert mine.urgent().get().due_at - now < dt.timedelta(hours=7)
    assert mine.overdue().exists()
    assert imam.reporting_duty.next_due_at.astimezone(imam.lead_unit.zone).date() == today
    waiting = Assessment.objects.waiting().filter(case__lead_unit=imam.lead_unit)
    assert {row.status for row in waiting} == {AssessmentStatus.SUBMITTED, AssessmentStatus.AWAITING_APPROVAL}
    inbox = Referral.objects.filter(partner__unit__code="titi-harapan")
    assert inbox.filter(status=ReferralStatus.SENT).count() == 2
    assert inbox.filter(status=ReferralStatus.IN_PROGRESS).exists()


def assert_ages_and_a_rater_from_outside_are_there_to_look_at() -> None:
    soon, doubtful = (CaseFile.objects.get(code=code) for code in ("D8QX-35HM", "G6WR-94TB"))
    assert soon.adult_from is not None
    assert 0 < (soon.adult_from - timezone.localdate()).days < 31
    assert soon.assessments.filter(instrument=InstrumentCode.CHILD, status=AssessmentStatus.FINAL).exists()
    assert doubtful.participant.age_in_doubt
    assert doubtful.is_child_file
    asks = Referral.objects.filter(asks_family_assessment=True, status__in=DELIVERING, partner__unit__isnull=False)
    done = Assessment.objects.get(rater__username="petugas.titiharapan")
    assert done.status == AssessmentStatus.FINAL
    assert done.grant is not None
    assert not done.ratings.exclude(previous_value="").exists()
    assert done.grant.starts_at < done.started_at
    assert asks.filter(grant=done.grant).exists()
    assert asks.exclude(grant=done.grant).exists()
    oldest = Assessment.objects.earliest("started_at")
    for version in InstrumentVersion.objects.filter(status="published"):
        assert version.effective_from < oldest.day
        assert version.published_at is not None
        assert version.published_at < oldest.started_at


@pytest.mark.slow
def test_the_full_demo_has_the_numbers_of_the_sources(db: None) -> None:
    load("full")
    clients = CaseFile.objects.active().filter(lead_agency__code="ditjenpas")
    assert clients.count() == 211
    assert clients.filter(lead_unit__code="bps-mlg").count() == 18
    handayani = CaseFile.objects.filter(lead_unit__code="st-handayani-jakarta")
    assert Participant.objects.filter(cases__in=handayani).distinct().count() == 263
    assert handayani.order_by("opened_at").values_list("opened_at__year", flat=True)[0] == 2016
    assert ReturnEvent.objects.filter(case__in=handayani).values("country").distinct().count() == 10
    in_sulawesi = EconomicSupport.objects.filter(region__code__startswith="72")
    assert in_sulawesi.values("case__participant").distinct().count() == 30
    assert Unit.objects.filter(kind__in=["sentra", "sentra_terpadu"]).count() == 31
    assert_every_quarter_has_something()
    assert_consistent()


def assert_every_quarter_has_something() -> None:
    today = timezone.localdate()
    first = dt.date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    for _back in range(8):
        before = (first - dt.timedelta(days=1)).replace(day=1)
        begin = dt.date(before.year, 3 * ((before.month - 1) // 3) + 1, 1)
        within = [timezone.make_aware(dt.datetime.combine(day, dt.time.min)) for day in (begin, first)]
        for model, when in (
            (CaseFile, "opened_at"),
            (CaseFile, "closed_at"),
            (Assessment, "finalised_at"),
            (ContactNote, "occurred_at"),
            (CheckIn, "due_at"),
            (Referral, "sent_at"),
        ):
            assert model.objects.filter(**{f"{when}__range": within}).exists(), (model, begin)
        first = begin


@pytest.fixture(autouse=True)
def _no_code_is_given_out_twice(db: None) -> Iterator[None]:
    """After each test: rows with a page of their own have codes of the one shape."""
    yield
    assert not CaseFile.objects.exclude(code__regex=r"^[2-9A-HJ-KMNP-TV-Z]{4}-[2-9A-HJ-KMNP-TV-Z]{4}$").exists()
