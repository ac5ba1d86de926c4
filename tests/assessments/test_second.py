"""A second, blind rating: who may ask, name, rate, read and decide; both stay, and nothing else of the case moves."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone

from assessments import policies, workflow
from assessments.enums import AssessmentKind, AssessmentStatus, SecondOutcome
from assessments.models import Assessment, ItemRating, OwnView, SecondRating
from assessments.progress import progress_of
from cases import policies as case_policies
from cases import workflow as case_workflow
from cases.enums import CaseStatus, ClosureReason, EventKind, Right, Section, TaskKind
from cases.models import CaseEvent, CaseFile, CaseUserGrant, Participant, Task
from core.acting import acting_as
from core.workflow import StaleError, TransitionError
from programs.models import Enrolment, Goal, Plan
from tests.assessments.filling import (
    REASON,
    adult_case,
    answer,
    begin,
    hand_in,
    judged,
    quick,
)
from tests.factories import make_final_assessment, make_staff

pytestmark = pytest.mark.django_db
S = AssessmentStatus
WORDS = "Saya tidak setuju: saya tidak lagi bertemu kelompok itu."


def today():
    return timezone.localdate()


@pytest.fixture
def first(cast):
    """In force; needs that never change the colour are where the raters will differ."""
    case = adult_case(cast.worker)
    return make_final_assessment(case, approver=cast.supervisor, answers={"D1": 2, "E1": 2, "F1": 2})


def contest(first, by, **fields):
    return workflow.contest(first, by=by, **({"reason": WORDS, "received_on": today()} | fields))


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def name(pair, cast, rater=None):
    return workflow.name_rater(pair, by=cast.supervisor, version=fresh(pair).version, rater=rater or cast.neighbour)


def rate(pair, by):
    """The second rating, handed in by its rater acting under the row policies."""
    with acting_as(by.pk):
        return hand_in(judged(quick(workflow.start_second(pair, by=by))))


@pytest.fixture
def pair(first, cast):
    return contest(first, cast.worker)


@pytest.fixture
def named(pair, cast):
    return name(pair, cast)


@pytest.fixture
def both(named, cast):
    """Both are handed in: they differ in D1, E1 and F1."""
    rate(named, cast.neighbour)
    return fresh(named)


def agree(both, by):
    """What the two raters agree on, handed in by one of them."""
    with acting_as(by.pk):
        return hand_in(judged(quick(workflow.start_joint(both, by=by))))


def decide(pair, by, outcome=SecondOutcome.UPHELD, reason="Dibahas bersama kedua penilai.", **fields):
    return workflow.decide(
        pair, by=by, **({"version": fresh(pair).version, "outcome": outcome, "reason": reason} | fields)
    )


# ---- contest --------------------------------------------------------------------------------------------------------


def test_a_contest_starts_fourteen_calendar_days_and_asks_the_supervisor_for_a_rater(pair, first, cast):
    assert pair.due_on == today() + dt.timedelta(days=14)
    task = Task.objects.open().get(kind=TaskKind.SECOND_RATER)
    assert (task.assignee, task.path) == (cast.supervisor, f"/second-ratings/{pair.code}/")
    assert CaseEvent.objects.filter(case=first.case, kind=EventKind.ASSESSMENT_CONTESTED).count() == 1
    assert Assessment.objects.with_page_data().get(pk=first.pk).contest == ""
    assert fresh(first).status == S.FINAL, "what is contested stays in force until a person decides"


def test_the_days_count_from_the_day_the_contest_came_in(first, cast):
    Assessment.objects.filter(pk=first.pk).update(finalised_at=timezone.now() - dt.timedelta(days=40))
    late = contest(first, cast.worker, received_on=today() - dt.timedelta(days=15))
    assert late.is_overdue
    assert late.due_on == today() - dt.timedelta(days=1)


def test_a_contest_is_recorded_once(pair, first, cast):
    with pytest.raises(TransitionError, match="sudah dicatat"):
        contest(first, cast.worker)
    with pytest.raises(DatabaseError), transaction.atomic():
        SecondRating.objects.create(
            case=first.case,
            first=first,
            instrument="PRK-D",
            cause="permintaan",
            reason="x",
            received_on=today(),
            due_on=today(),
            asked_by=cast.worker,
        )


def test_a_contest_takes_up_the_second_rating_that_staff_asked_for(first, cast):
    asked = workflow.ask_for_second(first, by=cast.worker, reason="Kabar yang bertentangan.")
    assert not asked.is_contest
    contested = contest(first, cast.worker)
    assert (contested.pk, contested.is_contest, contested.reason) == (asked.pk, True, WORDS)
    with pytest.raises(TransitionError, match="menunggu penilai kedua"):
        workflow.ask_for_second(first, by=cast.worker, reason="Sekali lagi.")


@pytest.mark.parametrize("status", [S.DRAFT, S.SUBMITTED, S.SUPERSEDED, S.CANCELLED])
def test_only_what_is_in_force_is_contested(cast, status):
    case = adult_case(cast.worker)
    if status == S.DRAFT:
        row = begin(case, cast.worker)
    elif status == S.SUBMITTED:
        row = hand_in(judged(quick(begin(case, cast.worker))))
    else:
        row = make_final_assessment(case, approver=cast.supervisor)
        if status == S.SUPERSEDED:
            make_final_assessment(case, approver=cast.supervisor)
        else:
            workflow.cancel(row, by=cast.supervisor, reason="Salah peserta.")
    with pytest.raises(TransitionError):
        contest(row, cast.worker)


def test_dates_that_cannot_be_are_refused(first, cast):
    for day in (today() + dt.timedelta(days=1), today() - dt.timedelta(days=30)):
        with pytest.raises(TransitionError):
            contest(first, cast.worker, received_on=day)
    with pytest.raises(TransitionError, match="alasan"):
        contest(first, cast.worker, reason="  ")


OTHERS = [
    "neighbour",
    "other_unit",
    "other_unit_supervisor",
    "other_agency",
    "cso",
    "analyst",
    "admin",
    "head_office",
    "auditor",
    "dpo",
]


def test_nobody_else_contests_asks_or_adds_a_word(first, cast):
    for name_of in OTHERS:
        other = getattr(cast, name_of)
        with pytest.raises(PermissionDenied):
            contest(first, other)
        with pytest.raises(PermissionDenied):
            workflow.ask_for_second(first, by=other, reason="Kabar.")
        with pytest.raises(PermissionDenied):
            workflow.add_own_view(first, by=other, version=first.version, text="x", said_on=today(), present="Saya")


def test_a_contest_keeps_the_case_open_but_not_after_a_death(pair, first):
    assert "Sanggahan" in str(workflow.not_decided(first.case, ClosureReason.UNREACHABLE)[0].text)
    assert workflow.not_decided(first.case, ClosureReason.DIED) == []


def test_a_contest_can_be_taken_back_while_it_is_blind(named, cast):
    begun = workflow.start_second(named, by=cast.neighbour)
    workflow.withdraw(fresh(named), by=cast.worker, version=fresh(named).version, reason="Peserta sudah paham.")
    assert fresh(begun).status == S.CANCELLED
    assert not Task.objects.open().filter(source__startswith="second:").exists()
    assert not case_policies.can(cast.neighbour, Right.VIEW, named.case)
    assert Assessment.objects.with_page_data().get(pk=named.first_id).contest is None


def test_it_cannot_be_taken_back_once_both_were_seen(both, cast):
    with pytest.raises(TransitionError, match="Kedua penilaian sudah ada"):
        workflow.withdraw(both, by=cast.worker, version=both.version, reason="Batal.")


# ---- naming ---------------------------------------------------------------------------------------------------------


def test_the_second_rater_gets_the_case_without_its_assessments_and_plan(named, first, cast):
    rights = case_policies.rights(cast.neighbour, named.case)
    assert Right.VIEW in rights[Section.NOTES]
    assert Section.ASSESSMENT not in rights
    assert Section.PLAN not in rights
    task = case_policies.tasks_for(cast.neighbour).open().get()
    assert (task.kind, task.assignee) == (TaskKind.SECOND_RATING, cast.neighbour)
    assert not Task.objects.open().filter(kind=TaskKind.SECOND_RATER).exists()


def test_who_cannot_be_the_second_rater(pair, cast):
    for who in ["worker", "supervisor", "psychologist", "cso", "auditor", "other_agency"]:
        with pytest.raises(TransitionError, match="tidak dapat menjadi penilai kedua"):
            name(pair, cast, getattr(cast, who))


def test_nobody_who_is_related_or_reads_the_assessments_is_named(pair, cast):
    assert set(policies.candidates(pair)) == {cast.neighbour, cast.other_unit}
    case_workflow.assign(pair.case, by=cast.supervisor, worker=cast.worker, co_workers=[cast.neighbour])
    assert set(policies.candidates(pair)) == {cast.other_unit}


def test_the_database_keeps_rater_and_approver_apart_from_the_second(pair, cast):
    for person in (cast.worker, cast.supervisor):
        with pytest.raises(DatabaseError), transaction.atomic():
            SecondRating.objects.filter(pk=pair.pk).update(
                rater=person, named_by=cast.other_unit_supervisor, named_at=timezone.now()
            )


def test_only_the_units_supervisor_names(pair, cast):
    for who in ["worker", "neighbour", "other_unit_supervisor", "head_office"]:
        with pytest.raises(PermissionDenied):
            workflow.name_rater(pair, by=getattr(cast, who), version=pair.version, rater=cast.other_unit)


def test_another_rater_takes_the_place_of_the_first_named(named, cast):
    begun = workflow.start_second(named, by=cast.neighbour)
    again = name(named, cast, cast.other_unit)
    assert (again.rater, again.second) == (cast.other_unit, None)
    assert fresh(begun).status == S.CANCELLED
    assert not policies.named_second(cast.neighbour).exists()
    assert not case_policies.can(cast.neighbour, Right.VIEW, named.case)
    assert Task.objects.open().get(kind=TaskKind.SECOND_RATING).assignee == cast.other_unit


def test_a_rater_gives_the_task_back_with_a_reason(named, cast):
    with acting_as(cast.neighbour.pk):
        begun = workflow.start_second(named, by=cast.neighbour)
        workflow.cancel(begun, by=cast.neighbour, reason="Saya mengenal keluarganya.")
    pair = fresh(named)
    assert (pair.rater, pair.second, pair.is_open) == (None, None, True)
    assert Task.objects.open().get(source=f"second:{pair.pk}:rater").assignee == cast.supervisor


def test_two_supervisors_name_at_once_and_the_second_is_told(pair, cast):
    name(pair, cast)
    with pytest.raises(StaleError):
        workflow.name_rater(pair, by=cast.supervisor, version=pair.version, rater=cast.other_unit)


def test_nobody_is_named_in_a_closed_case(pair, cast):
    CaseFile.objects.filter(pk=pair.case_id).update(
        status=CaseStatus.CLOSED, closed_at=timezone.now(), closure_reason=ClosureReason.UNREACHABLE
    )
    with pytest.raises(TransitionError, match="ditutup"):
        name(fresh(pair), cast)


# ---- blind ----------------------------------------------------------------------------------------------------------


def test_neither_rater_sees_the_others_before_both_are_handed_in(named, first, cast):
    with acting_as(cast.neighbour.pk):
        second = workflow.start_second(named, by=cast.neighbour)
        assert second.kind == AssessmentKind.SECOND
        assert progress_of(second).previous is None
    for person, hidden, own in ((cast.neighbour, first, second), (cast.worker, second, first)):
        assert list(policies.assessments_for(person).values_list("pk", flat=True)) == [own.pk]
        with acting_as(person.pk):  # and the database says so too
            assert list(Assessment.objects.values_list("pk", flat=True)) == [own.pk]
            assert not ItemRating.objects.filter(assessment=hidden).exists()
            assert not Assessment.pgh_event_model.objects.filter(pgh_obj_id=hidden.pk).exists()
    assert policies.assessments_for(cast.supervisor).count() == 2


def test_the_database_hides_the_first_even_from_a_second_rater_on_the_caseload(named, first, cast):
    case_workflow.assign(first.case, by=cast.supervisor, worker=cast.worker, co_workers=[cast.neighbour])
    assert not policies.assessments_for(cast.neighbour).exists()
    with acting_as(cast.neighbour.pk):
        assert not Assessment.objects.exists()
        assert not ItemRating.objects.exists()


def test_both_read_both_once_both_are_handed_in(both, cast):
    for person in (cast.worker, cast.neighbour):
        with acting_as(person.pk):
            assert policies.assessments_for(person).count() == 2
            assert Assessment.objects.count() == 2
    assert Task.objects.open().get(kind=TaskKind.SECOND_DECISION).assignee == cast.supervisor


def test_a_lost_access_ends_the_rating_with_its_case(named, cast):
    begun = workflow.start_second(named, by=cast.neighbour)
    case_policies.end_grants(CaseUserGrant.all_grants.filter(pk=fresh(named).grant_id))
    assert not policies.assessments_for(cast.neighbour).exists()
    with pytest.raises(PermissionDenied):
        answer(begun, "A1", 0)
    with acting_as(cast.neighbour.pk):
        assert not Assessment.objects.exists()


def test_only_the_named_rater_rates(named, cast):
    for who in ["worker", "supervisor", "other_unit"]:
        with pytest.raises(PermissionDenied):
            workflow.start_second(named, by=getattr(cast, who))


def test_beginning_twice_goes_on_with_the_same(named, cast):
    begun = workflow.start_second(named, by=cast.neighbour)
    assert workflow.start_second(fresh(named), by=cast.neighbour).pk == begun.pk


def test_a_second_rating_waits_in_no_queue_of_single_decisions(both, cast):
    assert not policies.queue_for(cast.supervisor).exists()
    assert list(policies.to_decide(cast.supervisor)) == [both]
    for move in (
        lambda: workflow.finalise(both.second, by=cast.supervisor),
        lambda: workflow.return_for_changes(both.second, by=cast.supervisor, comment="Tambah bukti."),
        lambda: workflow.cancel(both.second, by=cast.supervisor, reason="Batal."),
        lambda: workflow.cancel(both.first, by=cast.supervisor, reason="Batal."),
    ):
        with pytest.raises(TransitionError):
            move()


def test_finished_pairs_can_be_counted(both, named):
    (second,) = Assessment.objects.rated_twice()
    assert (second.pk, second.first.pk) == (both.second_id, both.first_id)


# ---- the decision ---------------------------------------------------------------------------------------------------


def test_upheld_keeps_both_and_the_first_in_force(both, first, cast):
    decide(both, cast.supervisor)
    pair = fresh(both)
    assert (fresh(first).status, fresh(pair.second).status) == (S.FINAL, S.FINAL)
    assert list(Assessment.objects.final()) == [first]
    assert (pair.outcome, pair.decided_by) == (SecondOutcome.UPHELD, cast.supervisor)
    assert not Task.objects.open().filter(source__startswith="second:").exists()
    assert not case_policies.can(cast.neighbour, Right.VIEW, pair.case)
    assert Assessment.objects.with_page_data().get(pk=first.pk).contest == SecondOutcome.UPHELD


def test_what_both_agree_on_holds_their_equal_answers_and_asks_for_the_others(both, cast):
    with acting_as(cast.neighbour.pk):
        joint = workflow.start_joint(both, by=cast.neighbour)
        lacking = {refusal.code for refusal in progress_of(joint).lacking}
    assert lacking == {"D1", "E1", "F1"}


def test_changed_puts_the_joint_rating_in_force_in_place_of_the_first(both, first, cast):
    joint = agree(both, cast.neighbour)
    assert joint.status == S.SUBMITTED
    decide(both, cast.supervisor, SecondOutcome.CHANGED)
    assert (fresh(first).status, fresh(joint).status, fresh(joint).supersedes_id) == (S.SUPERSEDED, S.FINAL, first.pk)
    assert list(Assessment.objects.final()) == [fresh(joint)]
    assert fresh(both).second.status == S.FINAL


def test_a_joint_rating_returned_to_its_rater_goes_the_ordinary_way(both, cast):
    joint = agree(both, cast.worker)
    workflow.return_for_changes(joint, by=cast.supervisor, comment="Jelaskan A1.", item_comments={"A1": "Mengapa?"})
    with pytest.raises(TransitionError, match="belum diajukan"):
        decide(both, cast.supervisor, SecondOutcome.CHANGED)
    joint = workflow.take_back_up(fresh(joint), by=cast.worker)
    hand_in(joint, "hijau")
    decide(both, cast.supervisor, SecondOutcome.CHANGED)
    assert fresh(joint).status == S.FINAL


def test_upheld_ends_a_joint_rating_that_was_begun(both, cast):
    joint = agree(both, cast.worker)
    decide(both, cast.supervisor)
    assert fresh(joint).status == S.CANCELLED


def test_only_a_supervisor_of_the_case_who_rated_neither_decides(both, cast):
    for who in ["worker", "neighbour", "other_unit_supervisor", "head_office", "admin"]:
        with pytest.raises(PermissionDenied):
            decide(both, getattr(cast, who))


def test_a_rater_who_became_the_supervisor_does_not_decide(both, cast):
    cast.worker.role = "supervisor"
    cast.worker.save()
    with pytest.raises(PermissionDenied):
        decide(both, cast.worker)


def test_nothing_is_decided_before_both_or_without_a_reason_or_twice(named, cast):
    with pytest.raises(TransitionError, match="belum menyerahkan"):
        decide(named, cast.supervisor)
    rate(named, cast.neighbour)
    pair = fresh(named)
    with pytest.raises(TransitionError, match="alasan"), transaction.atomic():
        decide(pair, cast.supervisor, reason=" ")
    stale = pair.version
    decide(pair, cast.supervisor)
    with pytest.raises(StaleError):
        decide(pair, cast.supervisor, version=stale)
    with pytest.raises(TransitionError, match="sudah diputuskan"):
        decide(fresh(pair), cast.supervisor)


def test_a_first_that_was_superseded_meanwhile_is_not_replaced(both, first, cast):
    agree(both, cast.worker)
    make_final_assessment(first.case, approver=cast.supervisor)
    with pytest.raises(TransitionError, match="sudah digantikan"), transaction.atomic():
        decide(both, cast.supervisor, SecondOutcome.CHANGED)
    decide(both, cast.supervisor)
    assert fresh(both).outcome == SecondOutcome.UPHELD


def test_a_decided_pair_never_changes(both, cast):
    decide(both, cast.supervisor)
    for field, value in (("outcome_reason", "Lain."), ("reason", "Lain."), ("outcome", "")):
        with pytest.raises(DatabaseError), transaction.atomic():
            SecondRating.objects.filter(pk=both.pk).update(**{field: value})


def test_nothing_else_of_the_case_changes_by_the_decision(both, first, cast):  # I-26
    agree(both, cast.neighbour)

    def rest():
        case = CaseFile.objects.filter(pk=first.case_id).values().get()
        del case["next_due_on"]  # the nearest due date of its tasks
        tables = (Plan, Goal, Enrolment, Participant, OwnView)
        caseload = CaseUserGrant.all_grants.filter(source="caseload")
        return case, [list(model.objects.order_by("pk").values()) for model in tables], list(caseload.values())

    before = rest()
    decide(both, cast.supervisor, SecondOutcome.CHANGED)
    assert rest() == before


def test_the_decision_follows_the_case_to_another_unit(both, cast):
    CaseFile.objects.filter(pk=both.case_id).update(lead_unit=cast.other_unit_supervisor.unit)
    with pytest.raises(PermissionDenied):
        decide(fresh(both), cast.supervisor)
    decide(fresh(both), cast.other_unit_supervisor)


# ---- own view -------------------------------------------------------------------------------------------------------


def test_every_word_of_the_participant_is_kept(first, cast):
    for words in ("Saya setuju.", "Setelah dipikir, saya tidak setuju."):
        workflow.add_own_view(
            first, by=cast.worker, version=fresh(first).version, text=words, said_on=today(), present="PK dan istri"
        )
    assert [view.text for view in first.own_views.all()] == ["Setelah dipikir, saya tidak setuju.", "Saya setuju."]
    assert fresh(first).participant_view == "Setelah dipikir, saya tidak setuju."
    assert fresh(first).status == S.FINAL
    with pytest.raises(DatabaseError), transaction.atomic():
        OwnView.objects.update(text="Diubah.")


def test_a_word_from_a_stale_page_is_not_lost_silently(first, cast):
    version = first.version
    word = {"by": cast.worker, "said_on": today(), "present": "PK"}
    workflow.add_own_view(first, version=version, text="Satu.", **word)
    with pytest.raises(StaleError):
        workflow.add_own_view(first, version=version, text="Dua.", **word)


def test_words_without_content_or_with_an_impossible_day_are_refused(first, cast):
    word = {"by": cast.worker, "text": "Ya.", "said_on": today(), "present": "PK"}
    for change in ({"text": " "}, {"present": ""}, {"said_on": today() + dt.timedelta(days=1)}):
        with pytest.raises(TransitionError), transaction.atomic():
            workflow.add_own_view(first, version=fresh(first).version, **(word | change))


def test_the_override_of_a_second_rating_needs_its_eighty_letters_too(named, cast):
    with acting_as(cast.neighbour.pk):
        draft = judged(quick(workflow.start_second(named, by=cast.neighbour)))
        with pytest.raises(TransitionError, match="80"), transaction.atomic():
            hand_in(draft, "kuning", "Singkat.")
        assert hand_in(draft, "kuning", REASON).status == S.AWAITING_APPROVAL


def test_a_new_supervisor_of_the_unit_may_name_too(pair, cast):
    another = make_staff("siti.aminah", cast.supervisor.unit, "supervisor", "pk_bapas")
    assert workflow.name_rater(pair, by=another, version=pair.version, rater=cast.neighbour).named_by == another
