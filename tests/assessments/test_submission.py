"""Handing in, and what a supervisor sends back."""

import datetime as dt

import pytest
from django.utils import timezone

from assessments import workflow
from assessments.enums import AssessmentStatus
from assessments.models import AssessmentReview
from assessments.progress import progress_of
from cases.enums import TaskKind
from cases.models import Task
from core.workflow import TransitionError
from tests.assessments.filling import (
    REASON,
    answer,
    begin,
    fill,
    finalised,
    hand_in,
    judged,
    status_of,
    submitted,
)

S = AssessmentStatus

pytestmark = pytest.mark.django_db


# ---- submitting -----------------------------------------------------------------------------------------------------


def test_agreement_with_guidance_is_submitted(draft):
    done = hand_in(judged(fill(draft)))
    assert (done.status, done.guidance_band, done.final_band, done.guidance_fired) == (
        S.SUBMITTED,
        "hijau",
        "hijau",
        [],
    )


def test_a_difference_waits_for_approval_with_its_reason(draft):
    done = hand_in(judged(fill(draft)), "kuning", REASON)
    assert (done.status, done.override_reason) == (S.AWAITING_APPROVAL, REASON)


@pytest.mark.parametrize("reason", ["", "Saya yakin.", " " * 200, "x" * 79 + "   "])
def test_a_difference_without_eighty_letters_is_refused(draft, reason):
    judged(fill(draft))
    with pytest.raises(TransitionError, match="80"):
        hand_in(draft, "kuning", reason)
    assert status_of(draft) == S.DRAFT


def test_guidance_that_knows_too_little_asks_for_a_reason_whatever_is_chosen(draft):
    judged(fill(draft, A4="unknown"))
    with pytest.raises(TransitionError, match="80"):
        hand_in(draft, "hijau")
    assert hand_in(draft, "hijau", REASON).status == S.AWAITING_APPROVAL


def test_a_reason_without_a_difference_is_not_kept(draft):
    assert hand_in(judged(fill(draft)), "hijau", REASON).override_reason == ""


def test_what_is_missing_is_named_with_its_page(draft, cast):
    judged(fill(draft))
    answer(draft, "A1", 2, evidence_note="")
    with pytest.raises(TransitionError) as refusal:
        hand_in(draft)
    assert [b.url for b in refusal.value.blockers] == [f"/assessments/{draft.code}/domain/A/#A1"]


def test_one_source_is_not_enough(draft):
    fill(draft)
    for item in progress_of(draft).asked:
        answer(draft, item.code, draft.ratings.get(item=item.code).value, sources=["wawancara"])
    assert [r.reason for r in progress_of(draft).lacking] == ["too_few_sources"]


def test_low_confidence_on_what_fired_makes_it_provisional(draft):
    judged(fill(draft, A4=3), "merah")
    answer(draft, "A4", 3, confidence="rendah")
    done = hand_in(draft, "merah")
    assert (done.guidance_fired, done.guidance_provisional) == (["A4"], True)


def test_the_supervisor_gets_a_task_due_in_five_working_days(draft, cast):
    hand_in(judged(fill(draft)))
    task = Task.objects.get(kind=TaskKind.APPROVAL)
    assert (task.assignee, task.path) == (cast.supervisor, f"/assessments/{draft.code}/review/")
    assert dt.timedelta(days=4) < task.due_at - timezone.now() < dt.timedelta(days=22)


def test_without_another_supervisor_the_draft_stays(draft, cast):
    judged(fill(draft))
    cast.supervisor.is_active = False
    cast.supervisor.save()
    with pytest.raises(TransitionError, match="pengawas"):
        hand_in(draft)
    assert status_of(draft) == S.DRAFT


def test_each_answer_keeps_what_the_final_one_before_said(case, cast):
    finalised(case, cast.worker, cast.supervisor, A1=1)
    again = submitted(case, cast.worker, A1=0)
    assert again.ratings.get(item="A1").previous_value == "1"
    assert again.ratings.get(item="A2").previous_value == "0"


def test_a_change_since_the_final_one_before_needs_evidence(case, cast):
    finalised(case, cast.worker, cast.supervisor, A1=1)
    draft = fill(begin(case, cast.worker))
    answer(draft, "A1", 0, evidence_note="")
    assert [(r.code, r.reason) for r in progress_of(draft).lacking] == [("A1", "changed_without_note")]


# ---- returning ------------------------------------------------------------------------------------------------------


def test_a_return_keeps_what_was_submitted_with_the_comments(draft, cast):
    done = hand_in(judged(fill(draft)), "kuning", REASON)
    workflow.return_for_changes(
        done, by=cast.supervisor, comment="Tambah sumber.", item_comments={"B2": "Siapa?", "A1": " ", "Z9": "x"}
    )
    review = AssessmentReview.objects.get()
    assert (review.reviewer, review.item_comments) == (cast.supervisor, {"B2": "Siapa?"})
    workflow.take_back_up(done, by=cast.worker)
    answer(draft, "B2", 1)
    review.refresh_from_db()
    assert review.submission["ratings"]["B2"]["value"] == 0
    assert (review.submission["final_band"], review.submission["override_reason"]) == ("kuning", REASON)


def test_a_return_needs_a_comment(draft, cast):
    done = hand_in(judged(fill(draft)))
    with pytest.raises(TransitionError):
        workflow.return_for_changes(done, by=cast.supervisor, comment="  ")


def test_a_returned_assessment_comes_back_to_its_rater_and_goes_round_again(draft, cast):
    done = hand_in(judged(fill(draft), "kuning"))
    workflow.return_for_changes(done, by=cast.supervisor, comment="Tambah sumber.")
    task = Task.objects.get(kind=TaskKind.RETURNED)
    assert (task.assignee, task.is_open) == (cast.worker, True)
    back = workflow.take_back_up(done, by=cast.worker)
    assert (back.status, back.first_band, back.guidance_band, back.support_level) == (S.DRAFT, "kuning", "", "")
    again = hand_in(back)
    task.refresh_from_db()
    assert (again.status, task.is_open) == (S.SUBMITTED, False)
    assert [t.is_open for t in Task.objects.filter(kind=TaskKind.APPROVAL).order_by("pk")] == [False, True]
