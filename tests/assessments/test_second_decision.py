"""The decision on two ratings, and the participant's own words: both stay, and nothing else of the case moves."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from assessments import workflow
from assessments.enums import AssessmentStatus, SecondOutcome
from assessments.models import Assessment, OwnView, SecondRating
from assessments.progress import progress_of
from cases import policies as case_policies
from cases.enums import Right
from cases.models import CaseFile, CaseUserGrant, Participant, Task
from core.acting import acting_as
from core.workflow import StaleError, TransitionError
from programs.models import Enrolment, Goal, Plan
from tests.assessments.filling import (
    REASON,
    hand_in,
    judged,
    quick,
)
from tests.assessments.pairs import agree, decide, fresh, rate, today
from tests.factories import make_final_assessment, make_staff

pytestmark = pytest.mark.django_db
S = AssessmentStatus


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
