"""Each indicator in a world small enough to count by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from accounts.enums import AgencyKind
from accounts.models import Agency, Region, StaffTraining
from assessments.enums import Band, InstrumentCode
from cases.enums import CaseStatus, CheckInResult, NoteType, Sex
from cases.models import CheckIn, ContactNote, ReportingDuty
from partners.enums import AgreementStatus, AgreementType, PartnerKind, ReferralBasis, ReferralStatus
from partners.models import Agreement, PartnerOrganisation, Referral, ReferralPeriod, ServiceOffer
from programs.enums import (
    AttendanceMark,
    EnrolmentStatus,
    GoalStatus,
    GoalType,
    InterventionStatus,
    PlanStatus,
    ProgrammeKind,
    SupportChannel,
    SupportType,
)
from programs.models import (
    Attendance,
    BusinessFollowUp,
    Cohort,
    EconomicSupport,
    Enrolment,
    Goal,
    Intervention,
    Plan,
    Programme,
    Session,
)
from reports.enums import Scope
from reports.indicators import BY_CODE, INDICATORS, TABLES, Area, Frame, Group, Raw
from reports.indicators.people import COMING, LEAVING, balance_gap
from reports.quarters import Quarter
from tests.reports.worlds import Q2, Q3, World, at

pytestmark = pytest.mark.django_db
IN, DONE, HELD = CaseStatus.INTERVENING, CaseStatus.CLOSED, CaseStatus.SUSPENDED


@pytest.fixture
def world() -> World:
    return World()


def counted(code: str, frame: Frame) -> dict[str, Raw]:
    return dict(BY_CODE[code].count(frame))


def table(key: str, frame: Frame) -> dict[Any, int]:
    return {row: number for row, number in TABLES[key].count(frame).items() if number}


# ---- IND-K --------------------------------------------------------------------------------------------------------


def test_active_cases_are_those_open_on_the_last_day(world: World) -> None:
    world.case((IN, at(1, 10)))
    world.case((CaseStatus.ASSESSING, at(9, 30, 23)))  # the last evening still counts
    world.case((IN, at(1, 10)), (DONE, at(9, 30, 23)))
    world.case((IN, at(1, 10)), (HELD, at(8, 1)))
    world.case((CaseStatus.DRAFT, at(8, 1)))
    world.case((IN, at(10, 1, 0)))  # midnight belongs to the next quarter
    world.case((IN, at(1, 10)), leads=[(world.other_unit, at(1, 10))])
    world.child()
    assert counted("IND-K1", world.frame()) == {"active": Raw(2)}
    assert counted("IND-K1", world.frame(Q2)) == {"active": Raw(3)}
    assert counted("IND-K1", world.frame(group=Group.CHILDREN)) == {"active": Raw(1)}


def test_active_cases_by_type_stage_age_and_sex(world: World) -> None:
    world.case((CaseStatus.PLANNING, at(1, 10)), birth_date=dt.date(2006, 1, 1))  # 20
    world.case((IN, at(1, 10)), sex=Sex.FEMALE, birth_date=dt.date(1966, 9, 30))  # 60 on the last day
    world.case((IN, at(1, 10)), birth_date=dt.date(1966, 10, 1))  # 59 still
    frame = world.frame()
    assert table("active_by_type", frame) == {"bimbingan_bapas": 3}
    assert table("active_by_stage", frame) == {"planning": 1, "intervening": 2}
    assert table("active_by_age_and_sex", frame) == {("18-24", "male"): 1, ("60+", "female"): 1, ("25-59", "male"): 1}


def test_children_are_counted_by_their_own_age_groups_and_an_unknown_age_is_a_child(world: World) -> None:
    world.child(birth_date=dt.date(2022, 1, 1))
    world.child(birth_date=dt.date(2010, 1, 1))
    world.child(birth_date=None)
    world.child(birth_date=dt.date(2007, 1, 1))
    found = table("active_by_age_and_sex", world.frame(group=Group.CHILDREN))
    assert found == {("0-5", "male"): 1, ("13-17", "male"): 1, ("unknown", "male"): 1, ("18+", "male"): 1}


def test_active_cases_by_province_follow_the_unit(world: World) -> None:
    world.unit.region = Region.objects.get(pk="35.73")
    world.unit.save()
    world.case()
    world.case(leads=[(world.other_unit, at(1, 10))])
    area = Area(Scope.AGENCY, agency=world.agency)
    frame = world.frame(area=area)
    assert table("active_by_province", frame) == {"35": 1, "unknown": 1}
    rows = TABLES["active_by_province"].found_rows
    assert rows is not None
    assert rows(frame)[0][0] == "35"


def test_flows_explain_the_change_of_active_cases(world: World) -> None:
    mine, other = world.unit, world.other_unit
    world.case((CaseStatus.ASSESSING, at(7, 2)), (IN, at(8, 2)))  # new
    world.case((CaseStatus.DRAFT, at(6, 1)), (CaseStatus.ASSESSING, at(7, 1, 0)))  # new by the first minute
    world.case((IN, at(1, 1)), (DONE, at(9, 1)))
    world.case((IN, at(1, 1)), (DONE, at(3, 1)), (CaseStatus.ASSESSING, at(7, 5)))  # reopened
    world.case((IN, at(1, 1)), (HELD, at(7, 6)), (IN, at(8, 6)))  # suspended and resumed
    world.case((IN, at(1, 1)), (HELD, at(8, 7)))
    world.case((IN, at(1, 1)), leads=[(other, at(1, 1)), (mine, at(7, 9))])
    world.case((IN, at(1, 1)), leads=[(mine, at(1, 1)), (other, at(7, 9))])
    world.case((IN, at(7, 1)), (DONE, at(9, 1)))  # came and went
    world.case((IN, at(1, 1)), birth_date=dt.date(2008, 8, 1))  # 18 in August
    found = {key: raw.value for key, raw in counted("IND-K2", world.frame()).items()}
    assert found == {
        "new": 3,
        "reopened": 1,
        "resumed": 1,
        "transferred_in": 1,
        "came_of_age": 1,
        "closed": 2,
        "suspended": 2,
        "transferred_out": 1,
        "grew_up": 0,
    }
    before, now = (counted("IND-K1", world.frame(quarter))["active"].value for quarter in (Q2, Q3))
    assert (before, now) == (4, 6)
    assert balance_gap(before, found, now) == 0
    children = {key: raw.value for key, raw in counted("IND-K2", world.frame(group=Group.CHILDREN)).items()}
    assert children == dict.fromkeys((*COMING, *LEAVING), 0) | {"grew_up": 1}
    assert balance_gap(1, children, 0) == 0


def test_people_ever_served_count_once(world: World) -> None:
    case = world.case((IN, at(1, 10, year=2024)), (DONE, at(3, 1, year=2024)))
    again = world.case((IN, at(7, 10)))
    again.participant = case.participant
    again.save()
    world.case((CaseStatus.DRAFT, at(7, 10)))
    world.case((IN, at(10, 2)))
    assert counted("IND-K3", world.frame()) == {"served": Raw(1)}


def test_an_agency_and_the_country_count_all_their_units(world: World) -> None:
    world.case()
    world.case(leads=[(world.other_unit, at(1, 10))])
    elsewhere = World()
    elsewhere.case()
    post = world.make_unit("pos", parent=world.unit)
    world.case(leads=[(post, at(1, 10))])
    assert counted("IND-K1", world.frame())["active"] == Raw(2)
    assert counted("IND-K1", world.frame(area=Area(Scope.AGENCY, agency=world.agency)))["active"] == Raw(3)
    assert counted("IND-K1", world.frame(area=Area(Scope.NATIONAL)))["active"] == Raw(4)


# ---- IND-P --------------------------------------------------------------------------------------------------------


def test_assessed_in_time_asks_new_cases_whose_thirty_days_ended(world: World) -> None:
    quick = world.case((IN, at(7, 1)))
    world.final(quick, at(7, 30))
    late = world.case((IN, at(7, 1)))
    world.final(late, at(8, 1))
    world.case((IN, at(6, 5)))  # its 30 days ended on 5 July
    world.case((IN, at(9, 15)))  # still has time
    world.case((CaseStatus.DRAFT, at(7, 1)))
    assert counted("IND-P1", world.frame()) == {"assessed_in_time": Raw(1, 3)}


def test_a_family_assessment_is_not_the_first_assessment_of_a_person(world: World) -> None:
    case = world.case((IN, at(7, 1)))
    world.final(case, at(7, 5), Band.READY, instrument=InstrumentCode.FAMILY)
    assert counted("IND-P1", world.frame()) == {"assessed_in_time": Raw(0, 1)}


def test_still_valid_asks_the_last_day(world: World) -> None:
    world.final(world.case(), at(8, 1), next_due=dt.date(2026, 9, 30))
    world.final(world.case(), at(8, 1), next_due=dt.date(2026, 9, 29))
    world.final(world.case(), at(10, 1, 0))
    superseded_later = world.case()
    world.final(superseded_later, at(8, 1), ended=at(10, 5))
    world.case()
    assert counted("IND-P2", world.frame()) == {"still_valid": Raw(2, 5)}


def test_bands_are_of_active_adults_with_a_valid_final(world: World) -> None:
    world.final(world.case(), at(8, 1), Band.GREEN)
    changed = world.case()
    world.final(changed, at(7, 1), Band.RED, ended=at(8, 1))
    world.final(changed, at(8, 1), Band.YELLOW)
    world.final(world.case((IN, at(1, 1)), (DONE, at(9, 1))), at(8, 1), Band.RED)
    world.final(world.case(), at(1, 15), Band.RED, next_due=dt.date(2026, 3, 1))
    frame = world.frame()
    assert table("by_band", frame) == {"hijau": 1, "kuning": 1}
    assert counted("IND-P3", frame) == {"banded": Raw(2)}


def test_movement_compares_the_two_newest_finals(world: World) -> None:
    for bands in (
        (Band.RED, Band.YELLOW),
        (Band.YELLOW, Band.YELLOW),
        (Band.RED, Band.GREEN, Band.YELLOW),
        (Band.GREEN,),
    ):
        case = world.case()
        for place, band in enumerate(bands):
            is_last = place == len(bands) - 1
            world.final(case, at(4 + 2 * place - (len(bands) == 3), 2), band, ended=None if is_last else at(9, 1))
    frame = world.frame()
    assert table("by_movement", frame) == {"lighter": 1, "same": 1, "heavier": 1}
    assert counted("IND-P4", frame) == {"moved": Raw(3)}


def test_movement_leaves_out_what_lapsed_over_thirty_days_before(world: World) -> None:
    """ET-18: on the last day of the quarter, 30 September, what was due on 31 August is just still shown."""
    for due in (dt.date(2026, 8, 31), dt.date(2026, 8, 30)):
        case = world.case()
        world.final(case, at(2, 1), Band.RED, ended=at(4, 1))
        world.final(case, at(4, 1), Band.YELLOW, next_due=due)
    assert table("by_movement", world.frame()) == {"lighter": 1}


def test_overrides_and_unknown_answers_are_of_finals_in_the_quarter(world: World) -> None:
    world.final(world.case(), at(8, 1), Band.GREEN, ratings={"A1": "0", "A2": "unknown", "A3": "not_applicable"})
    world.final(world.case(), at(8, 1), Band.YELLOW, guidance=Band.GREEN, ratings={"A1": "1", "A2": "2"})
    world.final(world.case(), at(4, 1), Band.YELLOW, guidance=Band.GREEN, ratings={"A1": "unknown"})
    assert counted("IND-P5", world.frame()) == {"overridden": Raw(1, 2)}
    assert counted("IND-P6", world.frame()) == {"unknown": Raw(1, 4)}


# ---- IND-R and IND-E ----------------------------------------------------------------------------------------------


def make_plan(world: World, case: Any, approved: dt.datetime, **fields: Any) -> Plan:
    instrument = InstrumentCode.ADULT if case.case_type == "bimbingan_bapas" else InstrumentCode.CHILD
    band = Band.GREEN if instrument == InstrumentCode.ADULT else Band.ROUTINE
    return Plan.objects.create(
        case=case,
        assessment=world.final(case, approved - dt.timedelta(days=3), band, instrument=instrument),
        review_due=dt.date(2026, 12, 1),
        author=world.worker,
        approved_by=world.supervisor,
        approved_at=approved,
        **({"status": PlanStatus.ACTIVE} | fields),
    )


def test_plans_count_for_cases_that_should_have_one(world: World) -> None:
    make_plan(world, world.case(), at(8, 1))
    make_plan(world, world.case(), at(10, 2))
    make_plan(world, world.case(), at(7, 1), status=PlanStatus.STOPPED, ended_at=at(9, 1))
    world.case((CaseStatus.ASSESSING, at(7, 1)))
    assert counted("IND-R1", world.frame()) == {"with_plan": Raw(1, 3)}


def test_goals_due_in_the_quarter_are_reached_or_not(world: World) -> None:
    plan = make_plan(world, world.case(), at(7, 1))
    for due, status in (
        (dt.date(2026, 7, 1), GoalStatus.ACHIEVED),
        (dt.date(2026, 9, 30), GoalStatus.PARTLY_ACHIEVED),
        (dt.date(2026, 8, 1), GoalStatus.IN_PROGRESS),
        (dt.date(2026, 8, 1), GoalStatus.DROPPED),
        (dt.date(2026, 10, 1), GoalStatus.ACHIEVED),
    ):
        Goal.objects.create(plan=plan, type=GoalType.MEET_NEED, text="Bekerja", due_on=due, status=status)
    assert counted("IND-R2", world.frame()) == {"goals_reached": Raw(2, 3)}


def test_three_tracks_need_a_running_service_in_each(world: World) -> None:
    for codes, ends in ((("HIDUP", "DIDIK", "KONSELING"), None), (("HIDUP", "DIDIK"), None)):
        plan = make_plan(world, world.child(), at(7, 1))
        goal = Goal.objects.create(
            plan=plan, type=GoalType.MEET_NEED, text="Sekolah", due_on=dt.date(2026, 12, 1), status=GoalStatus.NEW
        )
        for code in codes:
            Intervention.objects.create(
                goal=goal,
                intervention_code=code,
                setting="keluarga",
                starts_on=dt.date(2026, 7, 1),
                ends_on=ends,
                status=InterventionStatus.RUNNING,
            )
    world.child()
    assert counted("IND-R3", world.frame(group=Group.CHILDREN)) == {"three_tracks": Raw(1, 3)}


def make_cohort(world: World) -> Cohort:
    programme = Programme.objects.create(title="Bengkel", kind=ProgrammeKind.VOCATIONAL, owner=world.unit)
    return Cohort.objects.create(
        programme=programme,
        name="Angkatan 1",
        place="Griya",
        capacity=12,
        starts_on=dt.date(2026, 6, 1),
        ends_on=dt.date(2026, 12, 1),
    )


def enrol(cohort: Cohort, case: Any, world: World, **fields: Any) -> Enrolment:
    return Enrolment.objects.create(
        cohort=cohort, programme=cohort.programme, case=case, proposed_by=world.worker, **fields
    )


def test_attendance_counts_marks_of_sessions_in_the_quarter(world: World) -> None:
    cohort = make_cohort(world)
    enrolment = enrol(cohort, world.case(), world, status=EnrolmentStatus.ACTIVE)
    for day, mark in (
        (dt.date(2026, 7, 1), AttendanceMark.PRESENT),
        (dt.date(2026, 7, 8), AttendanceMark.LATE),
        (dt.date(2026, 7, 15), AttendanceMark.EXCUSED),
        (dt.date(2026, 9, 30), AttendanceMark.ABSENT),
        (dt.date(2026, 6, 30), AttendanceMark.PRESENT),
    ):
        session = Session.objects.create(cohort=cohort, held_on=day, topic="Mesin")
        Attendance.objects.create(session=session, enrolment=enrolment, mark=mark, recorded_by=world.worker)
    assert counted("IND-E1", world.frame()) == {"attendance": Raw(2, 4)}


def test_completion_leaves_out_who_moved_on_to_another_cohort(world: World) -> None:
    cohort = make_cohort(world)
    for status in (EnrolmentStatus.COMPLETED, EnrolmentStatus.WITHDRAWN, EnrolmentStatus.MOVED):
        enrol(cohort, world.case(), world, status=status, ended_on=dt.date(2026, 9, 1))
    enrol(cohort, world.case(), world, status=EnrolmentStatus.COMPLETED, ended_on=dt.date(2026, 10, 1))
    assert counted("IND-E2", world.frame()) == {"completion": Raw(1, 2)}


# ---- IND-U --------------------------------------------------------------------------------------------------------


def give_support(world: World, day: dt.date, value: int, **fields: Any) -> EconomicSupport:
    return EconomicSupport.objects.create(
        **{
            "case": world.case(),
            "type": SupportType.CAPITAL,
            "value_idr": value,
            "handed_over_on": day,
            "channel": SupportChannel.DIRECT,
            "business_kind": "bengkel",
            "region": Region.objects.get(pk="35.73"),
            "recorded_by": world.worker,
        }
        | fields
    )


def test_economic_support_counts_people_and_money(world: World) -> None:
    first = give_support(world, dt.date(2026, 7, 1), 4_000_000)
    give_support(world, dt.date(2026, 8, 1), 2_000_000, case=first.case, type=SupportType.TOOLS)
    give_support(world, dt.date(2026, 9, 30), 3_000_000)
    give_support(world, dt.date(2026, 10, 1), 9_000_000)
    found = counted("IND-U1", world.frame())
    assert found == {
        "supported": Raw(2),
        "support_total": Raw(9_000_000, 2),
        "support_median": Raw(3_000_000, 2),
        "supports": Raw(3),
    }
    assert table("supports_by_type", world.frame()) == {"modal": 2, "alat": 1}


def test_businesses_are_asked_in_the_month_that_fell_due(world: World) -> None:
    for running in ("ya", "tidak", ""):
        support = give_support(world, dt.date(2026, 2, 1), 1_000_000)
        BusinessFollowUp.objects.create(support=support, month=6, due_on=dt.date(2026, 8, 1), running=running)
        BusinessFollowUp.objects.create(support=support, month=12, due_on=dt.date(2027, 2, 1))
    assert counted("IND-U2", world.frame()) == {
        "running_6": Raw(1, 3),
        "visited_6": Raw(2, 3),
        "running_12": Raw(0, 0),
        "visited_12": Raw(0, 0),
    }


# ---- IND-M, IND-B and IND-S ---------------------------------------------------------------------------------------


def make_offer(world: World) -> ServiceOffer:
    partner = PartnerOrganisation.objects.create(name=f"Mitra {world.agency.code}", kind=PartnerKind.LKS)
    return ServiceOffer.objects.create(
        partner=partner, title="Pelatihan", intervention_code="VOKASI", capacity_per_quarter=9
    )


def refer(world: World, offer: ServiceOffer, **fields: Any) -> Referral:
    return Referral.objects.create(
        case=world.case(),
        offer=offer,
        partner=offer.partner,
        purpose="Pelatihan",
        basis=ReferralBasis.PUBLIC_DUTY,
        legal_reference="UU 22/2022",
        created_by=world.worker,
        sent_by=world.worker if "sent_at" in fields else None,
        **fields,
    )


def test_referrals_answered_in_time_and_completed(world: World) -> None:
    offer = make_offer(world)
    sent = {"sent_at": at(7, 1), "respond_by": at(7, 11)}
    refer(world, offer, status=ReferralStatus.ACCEPTED, answered_at=at(7, 11), **sent)
    late = refer(world, offer, status=ReferralStatus.DECLINED, answered_at=at(7, 12), **sent)
    unanswered = refer(world, offer, status=ReferralStatus.EXPIRED, **sent)
    done = refer(
        world,
        offer,
        status=ReferralStatus.COMPLETED,
        sent_at=at(4, 1),
        respond_by=at(4, 11),
        answered_at=at(4, 2),
    )
    never_sent = refer(world, offer, status=ReferralStatus.CANCELLED)
    for referral in (late, unanswered, done, never_sent):
        ReferralPeriod.objects.create(referral=referral, status=referral.status, started_at=at(8, 1))
    assert counted("IND-M1", world.frame()) == {"answered_in_time": Raw(1, 3)}
    assert counted("IND-M2", world.frame()) == {"referrals_completed": Raw(1, 3)}


def test_agreements_that_end_within_ninety_days(world: World) -> None:
    partner = make_offer(world).partner
    for number, until in enumerate((dt.date(2026, 9, 30), dt.date(2026, 12, 29), dt.date(2026, 12, 30))):
        Agreement.objects.create(
            partner=partner,
            type=AgreementType.MOU,
            number=str(number),
            valid_from=dt.date(2025, 1, 1),
            valid_to=until,
            status=AgreementStatus.ACTIVE,
        )
    area = Area(Scope.AGENCY, agency=world.agency)
    assert counted("IND-M4", world.frame(area=area)) == {"agreements_expiring": Raw(2)}


def test_reporting_counts_an_unanswered_day_as_not_kept(world: World) -> None:
    for result in (CheckInResult.PRESENT, CheckInResult.EXCUSED, CheckInResult.ABSENT):
        CheckIn.objects.create(case=world.case(), due_at=at(8, 3), result=result, recorded_by=world.worker)
    ReportingDuty.objects.create(case=world.case(), next_due_at=at(9, 3))
    ReportingDuty.objects.create(case=world.case(), next_due_at=at(10, 3))
    assert counted("IND-B1", world.frame()) == {"reporting_kept": Raw(2, 4)}


def test_caseload_is_by_worker_on_the_last_day(world: World) -> None:
    for _number in range(5):
        world.case()
    world.child()
    world.case(worker=world.second_worker)
    world.case(worker=world.second_worker)
    assert counted("IND-S1", world.frame()) == {
        "caseload_median": Raw(4, 2),
        "caseload_most": Raw(6, 2),
        "caseload_heavy": Raw(0, 2),
    }


def test_trained_raters_have_a_course_that_still_counts(world: World) -> None:
    world.final(world.case(), at(8, 1))
    assert counted("IND-S2", world.frame()) == {"raters_trained": Raw(0, 1)}
    StaffTraining.objects.create(
        staff=world.worker, title="PRK-D", instrument_code="PRK-D", completed_on=dt.date(2025, 1, 1)
    )
    assert counted("IND-S2", world.frame()) == {"raters_trained": Raw(1, 1)}


def test_notes_are_in_time_within_seventy_two_hours(world: World) -> None:
    case = world.case()
    for hours in (1, 72, 73):
        ContactNote.objects.create(
            case=case,
            author=world.worker,
            type=NoteType.PHONE,
            occurred_at=at(8, 1),
            recorded_at=at(8, 1) + dt.timedelta(hours=hours),
            summary="Kabar baik",
        )
    assert counted("IND-S3", world.frame()) == {"notes_in_time": Raw(2, 3)}


# ---- the declarations themselves ----------------------------------------------------------------------------------


def test_every_indicator_answers_every_measure_it_declares(world: World) -> None:
    for indicator in INDICATORS:
        for group in indicator.groups:
            found = indicator.count(world.frame(group=group))
            assert set(found) == {measure.key for measure in indicator.measures}
        assert str(indicator.title)
        assert str(indicator.formula).endswith(".")


def test_the_parts_of_each_table_add_up_to_its_total(world: World) -> None:
    for sex in (Sex.MALE, Sex.FEMALE, Sex.FEMALE):
        case = world.case(sex=sex)
        world.final(case, at(4, 1), Band.YELLOW, ended=at(8, 1))
        world.final(case, at(8, 1))
    frame = world.frame()
    for indicator in INDICATORS:
        raw = indicator.count(frame)
        for declared in indicator.tables:
            assert sum(declared.count(frame).values()) == raw[declared.total].value, declared.key


def test_probation_figures_are_counted_where_there_is_probation(world: World) -> None:
    social = Agency(kind=AgencyKind.KEMENSOS)
    assert BY_CODE["IND-B1"].applies_to(world.area, Group.ADULTS)
    assert not BY_CODE["IND-B1"].applies_to(Area(Scope.AGENCY, agency=social), Group.ADULTS)
    assert BY_CODE["IND-B1"].applies_to(Area(Scope.NATIONAL), Group.ADULTS)
    assert not BY_CODE["IND-P3"].applies_to(world.area, Group.CHILDREN)


def test_the_number_of_queries_does_not_grow_with_the_cases(world: World, django_assert_max_num_queries: Any) -> None:
    for _number in range(3):
        world.final(world.case(), at(8, 1))
    with django_assert_max_num_queries(70):
        frame = world.frame()
        for indicator in INDICATORS:
            indicator.count(frame)
            for declared in indicator.tables:
                declared.count(frame)


def test_quarters_begin_at_midnight_in_jakarta() -> None:
    assert Q3.start.isoformat() == "2026-07-01T00:00:00+07:00"
    assert Q3.end.isoformat() == "2026-10-01T00:00:00+07:00"
    assert Quarter(2026, 1).previous == Quarter(2025, 4)
    assert Quarter.of(dt.date(2026, 9, 30)) == Q3
    # 20.00 UTC of 30 September is already October in Jakarta.
    assert Quarter.current(dt.datetime(2026, 9, 30, 20, tzinfo=dt.UTC)) == Quarter(2026, 4)
    assert not Q3.is_finished(dt.datetime(2026, 9, 30, 16, 59, tzinfo=dt.UTC))
    assert Q3.is_finished(dt.datetime(2026, 9, 30, 17, tzinfo=dt.UTC))
    assert Q3.back(4) == [Quarter(2025, 4), Quarter(2026, 1), Q2, Q3]
