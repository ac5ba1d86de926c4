"""The rater's own work: starting, answering, urgent answers, and the first judgement before guidance."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from assessments import workflow
from assessments.enums import AssessmentStatus, Band, Mode
from assessments.models import Assessment, ItemRating
from cases import workflow as case_workflow
from cases.enums import EventKind, LegalStatusKind, Priority, Section, TaskKind
from cases.models import CaseEvent, Task
from core.workflow import StaleError, TransitionError
from tests.assessments.filling import (
    REASON,
    answer,
    begin,
    child_case,
    family_case,
    fill,
    hand_in,
    judged,
    status_of,
)
from tests.factories import make_case

S = AssessmentStatus

pytestmark = pytest.mark.django_db


# ---- starting -------------------------------------------------------------------------------------------------------


def test_a_client_on_parole_is_rated_in_full(draft):
    assert (draft.instrument, draft.mode, draft.for_child, draft.status) == ("PRK-D", Mode.FULL, False, S.DRAFT)


def test_a_member_of_a_family_is_rated_for_needs_alone(cast):
    assert begin(family_case(cast.worker), cast.worker).mode == Mode.NEEDS_ONLY


def test_a_child_is_rated_with_the_childrens_instrument_alone(cast):
    case = child_case(cast.other_agency)
    with pytest.raises(TransitionError, match="hanya dengan PKA"):
        begin(case, cast.other_agency)
    assert begin(case, cast.other_agency, "PKA").for_child is True


def test_an_adult_is_not_rated_with_the_childrens_instrument(case, cast):
    with pytest.raises(TransitionError, match="di bawah 18"):
        begin(case, cast.worker, "PKA")


def test_without_legal_status_or_return_the_reason_is_given(cast):
    with pytest.raises(TransitionError, match="status hukum"):
        begin(make_case(cast.worker), cast.worker)


def test_one_instrument_is_in_progress_once(draft, case, cast):
    with pytest.raises(TransitionError, match="sedang berjalan"):
        begin(case, cast.worker)
    assert begin(case, cast.worker, "KRK").instrument == "KRK"


def test_a_closed_case_is_not_assessed(cast):
    case = make_case(cast.worker, legal=LegalStatusKind.PAROLE, status="assessing")
    case.status, case.closed_at, case.closure_reason = "closed", timezone.now(), "menolak"
    case.save()
    with pytest.raises(TransitionError, match="ditutup"):
        begin(case, cast.worker)


def test_the_timeline_tells_that_it_began(draft, cast):
    event = CaseEvent.objects.get(kind=EventKind.ASSESSMENT_STARTED)
    assert (event.section, event.actor, event.summary) == (Section.ASSESSMENT, cast.worker, "PRK-D")


@pytest.mark.parametrize("name", ["neighbour", "supervisor", "other_agency", "analyst", "admin", "auditor", "system"])
def test_only_who_holds_the_case_starts(case, cast, name):
    with pytest.raises(PermissionDenied):
        begin(case, getattr(cast, name))


def test_a_profession_outside_the_instrument_does_not_rate(cast):
    case = child_case(cast.psychologist)
    assert begin(case, cast.psychologist, "PKA")
    with pytest.raises(PermissionDenied):
        begin(case, cast.psychologist, "KRK")


# ---- answering ------------------------------------------------------------------------------------------------------


def test_an_answer_is_kept_and_may_change(draft, cast):
    answer(draft, "A1", 1)
    answer(draft, "A1", 2, evidence_note="Lain.")
    rating = ItemRating.objects.get(assessment=draft)
    assert (rating.value, rating.evidence_note, rating.sources) == ("2", "Lain.", ["pengamatan", "wawancara"])


@pytest.mark.parametrize("value", ["4", "-1", "yes", "", "1.0", "²", "tidak"])
def test_a_value_off_the_scale_is_refused(draft, value):
    with pytest.raises(TransitionError):
        answer(draft, "A1", value)
    assert not ItemRating.objects.exists()


@pytest.mark.parametrize("item", ["Z9", "", "A99"])
def test_an_item_of_another_version_is_refused(draft, item):
    with pytest.raises(TransitionError):
        answer(draft, item, 1)


def test_an_item_outside_the_mode_is_refused(cast):
    with pytest.raises(TransitionError):
        answer(begin(family_case(cast.worker), cast.worker), "A1", 1)


def test_an_item_outside_the_age_is_refused(cast):
    draft = begin(child_case(cast.other_agency, age=3), cast.other_agency, "PKA")
    with pytest.raises(TransitionError, match="usia"):
        answer(draft, "D2", 1)


@pytest.mark.parametrize("item", ["A4", "C2", "D4"])
def test_not_applicable_is_refused_on_security_and_protection(draft, item):
    with pytest.raises(TransitionError):
        answer(draft, item, "not_applicable")


def test_unknown_and_not_applicable_are_answers(draft):
    answer(draft, "A4", "unknown", evidence_note="", sources=[], confidence="")
    answer(draft, "F1", "not_applicable", evidence_note="Sudah pensiun.", confidence="")
    assert {r.item: r.value for r in draft.ratings.all()} == {"A4": "unknown", "F1": "not_applicable"}


def test_a_stale_tab_does_not_overwrite_an_answer(draft, cast):
    answer(draft, "A1", 1)
    seen = draft.ratings.get().stamp
    answer(draft, "A1", 2, seen=seen)
    with pytest.raises(workflow.MovedOnError) as refusal:
        answer(draft, "A1", 0, seen=seen)
    assert refusal.value.current.value == "2"
    assert draft.ratings.get().value == "2"


def test_the_same_answer_from_a_stale_tab_is_harmless(draft):
    answer(draft, "A1", 1)
    answer(draft, "A1", 1, seen="")
    assert draft.ratings.get().value == "1"


@pytest.mark.parametrize("name", ["neighbour", "supervisor", "other_agency", "analyst", "system"])
def test_only_the_rater_answers(draft, cast, name):
    with pytest.raises(PermissionDenied):
        answer(draft, "A1", 1, by=getattr(cast, name))


def test_a_rater_who_lost_the_case_answers_no_more(draft, case, cast):
    case_workflow.assign(case, by=cast.supervisor, worker=cast.neighbour)
    with pytest.raises(PermissionDenied):
        answer(draft, "A1", 1)


# ---- urgent actions -------------------------------------------------------------------------------------------------


def urgent():
    return Task.objects.filter(priority=Priority.URGENT)


def test_an_answer_that_calls_for_protection_opens_its_task_at_once_in_draft(draft, cast):
    before = timezone.now()
    answer(draft, "B3", 2)
    task = urgent().get()
    assert (task.assignee, task.section, task.kind) == (cast.worker, Section.ASSESSMENT, TaskKind.URGENT)
    assert dt.timedelta(hours=23) < task.due_at - before < dt.timedelta(hours=25)
    assert task.source == f"assessment:{draft.pk}:B3:care>=2"
    assert status_of(draft) == S.DRAFT


@pytest.mark.parametrize(("item", "quiet", "loud"), [("A4", 2, 3), ("C2", 2, 3), ("D4", 1, 2), ("E2", 1, 2)])
def test_the_task_opens_from_the_named_rating_on(draft, item, quiet, loud):
    answer(draft, item, quiet)
    assert not urgent().exists()
    answer(draft, item, loud)
    assert urgent().count() == 1


def test_a_childs_safety_opens_a_task_without_the_word_risk(cast):
    draft = begin(child_case(cast.other_agency), cast.other_agency, "PKA")
    answer(draft, "A1", 0)
    assert "risiko" not in urgent().get().title.lower()


def test_a_changed_answer_does_not_close_the_task(draft):
    answer(draft, "B3", 3)
    answer(draft, "B3", 0)
    assert urgent().get().is_open


def test_the_same_answer_saved_again_opens_nothing_even_after_the_task_is_closed(draft, cast):
    answer(draft, "B3", 2)
    case_workflow.close_task(urgent().get(), by=cast.worker, outcome="Sudah aman di rumah saudara.")
    answer(draft, "B3", 2, evidence_note="Keterangan lebih lengkap.")
    assert urgent().count() == 1


def test_one_task_is_enough_while_it_is_open(draft):
    answer(draft, "B3", 2)
    answer(draft, "B3", 3)
    answer(draft, "B3", 0)
    answer(draft, "B3", 2)
    assert urgent().count() == 1


def test_a_new_answer_that_calls_for_protection_after_the_task_was_closed_opens_another(draft, cast):
    answer(draft, "B3", 2)
    case_workflow.close_task(urgent().get(), by=cast.worker, outcome="Sudah aman.")
    answer(draft, "B3", 0)
    answer(draft, "B3", 3)
    assert [task.is_open for task in urgent().order_by("pk")] == [False, True]


def test_cancelling_leaves_the_protective_task_open(draft, cast):
    answer(draft, "B3", 2)
    workflow.cancel(draft, by=cast.worker, reason="Dimulai dua kali.")
    assert urgent().get().is_open


# ---- first judgement before guidance --------------------------------------------------------------------------------


def test_the_first_judgement_waits_for_all_answers(draft, cast):
    answer(draft, "A1", 1)
    with pytest.raises(TransitionError, match="belum lengkap"):
        workflow.judge_first(draft, by=cast.worker, band="hijau")


def test_the_first_judgement_is_recorded_once(draft, cast):
    judged(fill(draft), "kuning")
    with pytest.raises(TransitionError, match="tidak dapat diubah"):
        workflow.judge_first(draft, by=cast.worker, band="hijau")
    assert Assessment.objects.get(pk=draft.pk).first_band == Band.YELLOW


@pytest.mark.parametrize("band", ["", "belum_cukup", "siap", "dukungan_rutin", "biru"])
def test_only_the_instruments_own_options_can_be_judged(draft, cast, band):
    fill(draft)
    with pytest.raises(TransitionError):
        workflow.judge_first(draft, by=cast.worker, band=band)


def test_without_a_first_judgement_nothing_is_submitted(draft):
    with pytest.raises(TransitionError, match="pertimbangan awal"):
        hand_in(fill(draft))
    assert status_of(draft) == S.DRAFT


def test_needs_alone_have_no_first_judgement(cast):
    draft = fill(begin(family_case(cast.worker), cast.worker))
    with pytest.raises(TransitionError):
        workflow.judge_first(draft, by=cast.worker, band="hijau")
    done = hand_in(draft)
    assert (done.status, done.first_band, done.guidance_band, done.final_band) == (S.SUBMITTED, "", "", "")
    assert done.support_level == "rendah"


def test_changed_answers_after_guidance_clear_the_final_choice_and_keep_the_first(draft, cast):
    judged(fill(draft), "kuning")
    workflow.choose(draft, by=cast.worker, final_band="merah", override_reason=REASON)
    answer(draft, "A1", 3)
    fresh = Assessment.objects.get(pk=draft.pk)
    assert (fresh.first_band, fresh.final_band, fresh.override_reason) == ("kuning", "", REASON)


def test_a_page_opened_before_an_answer_changed_submits_nothing(draft, cast):
    opened = judged(fill(draft)).version
    answer(draft, "A1", 1)
    with pytest.raises(StaleError):
        workflow.submit(draft, by=cast.worker, version=opened, final_band="hijau")
    assert status_of(draft) == S.DRAFT
