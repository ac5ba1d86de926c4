"""The flow of an assessment: every function from every status, who may not, and what else must never move."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import connections, transaction
from django.utils import timezone

from assessments import workflow
from assessments.enums import AssessmentStatus, Band, Mode
from assessments.models import Assessment, AssessmentReview, ItemRating
from assessments.progress import progress_of
from cases import workflow as case_workflow
from cases.enums import EventKind, LegalStatusKind, Priority, Section, TaskKind
from cases.models import CaseEvent, Task
from core.workflow import StaleError, TransitionError
from tests.assessments.filling import (
    REASON,
    adult_case,
    answer,
    begin,
    child_case,
    family_case,
    fill,
    finalised,
    hand_in,
    judged,
    lapse,
    submitted,
)
from tests.factories import make_case

S = AssessmentStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast):
    return adult_case(cast.worker)


@pytest.fixture
def draft(case, cast):
    return begin(case, cast.worker)


def status_of(assessment):
    return Assessment.objects.get(pk=assessment.pk).status


def put_into(assessment, status, cast):
    """The assessment, moved on to ``status`` the ordinary way."""
    if status == S.DRAFT:
        return assessment
    if status == S.AWAITING_APPROVAL:
        return hand_in(judged(fill(assessment)), "kuning", REASON)
    assessment = hand_in(judged(fill(assessment)))
    match status:
        case S.RETURNED:
            return workflow.return_for_changes(assessment, by=cast.supervisor, comment="Tambah sumber untuk B2.")
        case S.FINAL:
            return workflow.finalise(assessment, by=cast.supervisor)
        case S.SUPERSEDED:
            workflow.finalise(assessment, by=cast.supervisor)
            finalised(assessment.case, cast.worker, cast.supervisor)
            return Assessment.objects.get(pk=assessment.pk)
        case S.CANCELLED:
            return workflow.cancel(assessment, by=cast.supervisor, reason="Salah peserta.")
    return assessment


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


# ---- final ----------------------------------------------------------------------------------------------------------


def test_final_takes_the_place_of_the_former_one(case, cast):
    first = finalised(case, cast.worker, cast.supervisor)
    second = finalised(case, cast.worker, cast.supervisor)
    first.refresh_from_db()
    assert (first.status, first.ended_at, second.supersedes_id) == (S.SUPERSEDED, second.finalised_at, first.pk)
    assert Assessment.objects.final().get() == second


def test_another_instrument_is_not_superseded(case, cast):
    first = finalised(case, cast.worker, cast.supervisor)
    finalised(case, cast.worker, cast.supervisor, "KRK")
    assert status_of(first) == S.FINAL


@pytest.mark.parametrize(
    ("final", "days"), [("hijau", 180), ("kuning", 90), ("merah", 30)], ids=["hijau", "kuning", "merah"]
)
def test_the_clock_follows_the_final_judgement(draft, cast, final, days):
    done = workflow.finalise(hand_in(judged(fill(draft)), final, REASON), by=cast.supervisor)
    assert done.next_due == timezone.localdate(done.finalised_at) + dt.timedelta(days=days)


def test_the_clock_of_needs_alone_follows_the_support_level(cast):
    done = finalised(family_case(cast.worker), cast.worker, cast.supervisor)
    level = done.definition.support_output("kebutuhan_saja").band(done.support_level)
    assert done.next_due == timezone.localdate(done.finalised_at) + dt.timedelta(days=level.reassess_after_days)


def test_one_reminder_of_the_next_assessment_is_open(case, cast):
    finalised(case, cast.worker, cast.supervisor)
    second = finalised(case, cast.worker, cast.supervisor)
    task = Task.objects.open().get(kind=TaskKind.ASSESSMENT)
    assert timezone.localtime(task.due_at, case.lead_unit.zone).date() == second.next_due
    assert (task.assignee, task.path) == (cast.worker, f"/cases/{case.code}/assessments/new/")
    assert not Task.objects.open().filter(kind__in=[TaskKind.APPROVAL, TaskKind.RETURNED]).exists()


@pytest.mark.parametrize(
    "name",
    ["worker", "neighbour", "other_unit_supervisor", "head_office", "other_agency", "analyst", "admin", "system"],
)
def test_only_another_supervisor_of_the_unit_decides(draft, cast, name):
    done = hand_in(judged(fill(draft)))
    by = getattr(cast, name)
    for decide in (
        lambda: workflow.finalise(done, by=by),
        lambda: workflow.return_for_changes(done, by=by, comment="Tidak."),
        lambda: workflow.cancel(done, by=by, reason="Tidak."),
    ):
        with pytest.raises(PermissionDenied):
            decide()
    assert status_of(done) == S.SUBMITTED


def test_a_rater_who_became_supervisor_does_not_approve_own_work(draft, cast):
    done = hand_in(judged(fill(draft)))
    cast.worker.role = "supervisor"
    cast.worker.save()
    with pytest.raises(PermissionDenied):
        workflow.finalise(done, by=cast.worker)


# ---- the table of moves ---------------------------------------------------------------------------------------------

MOVES = {
    "answer": (lambda a, cast: answer(a, "A1", 1, by=cast.worker), {S.DRAFT}),
    "write": (lambda a, cast: workflow.save_narratives(a, by=cast.worker, texts={"formulasi": "Baru."}), {S.DRAFT}),
    "choose": (
        lambda a, cast: workflow.choose(a, by=cast.worker, final_band="hijau", override_reason=""),
        set(),  # a draft without a first judgement has nothing to choose yet
    ),
    "submit": (
        lambda a, cast: workflow.submit(a, by=cast.worker, version=a.version, final_band="hijau"),
        set(),  # an empty draft is refused; the full one is tried above
    ),
    "take back up": (lambda a, cast: workflow.take_back_up(a, by=cast.worker), {S.RETURNED}),
    "return": (
        lambda a, cast: workflow.return_for_changes(a, by=cast.supervisor, comment="Lengkapi."),
        {S.SUBMITTED, S.AWAITING_APPROVAL},
    ),
    "finalise": (lambda a, cast: workflow.finalise(a, by=cast.supervisor), {S.SUBMITTED, S.AWAITING_APPROVAL}),
    "cancel": (
        lambda a, cast: workflow.cancel(a, by=cast.supervisor, reason="Salah peserta."),
        {S.DRAFT, S.RETURNED, S.SUBMITTED, S.AWAITING_APPROVAL, S.FINAL},
    ),
}


@pytest.mark.parametrize("status", list(S), ids=lambda s: s.value)
def test_every_function_from_every_status(draft, cast, status):
    assessment = put_into(draft, status, cast)
    events = CaseEvent.objects.count()
    for name, (function, allowed) in MOVES.items():
        assessment = Assessment.objects.get(pk=assessment.pk)
        assert assessment.status == status
        if status in allowed:
            continue
        with pytest.raises(TransitionError):
            function(assessment, cast)
        assert (status_of(assessment), CaseEvent.objects.count()) == (status, events), name


@pytest.mark.parametrize(
    ("name", "status"),
    [(name, status) for name, (_function, allowed) in MOVES.items() for status in sorted(allowed)],
)
def test_the_moves_that_are_allowed_work(draft, cast, name, status):
    assessment = put_into(draft, status, cast)
    MOVES[name][0](Assessment.objects.get(pk=assessment.pk), cast)


def test_the_rater_cancels_own_draft_but_nothing_submitted(draft, case, cast):
    assert workflow.cancel(draft, by=cast.worker, reason="Dimulai dua kali.").status == S.CANCELLED
    done = submitted(case, cast.worker)
    with pytest.raises(PermissionDenied):
        workflow.cancel(done, by=cast.worker, reason="Berubah pikiran.")


def test_a_cancelled_assessment_makes_room_for_another(draft, case, cast):
    workflow.cancel(draft, by=cast.worker, reason="Dimulai dua kali.")
    assert begin(case, cast.worker).status == S.DRAFT


# ---- nothing else moves ---------------------------------------------------------------------------------------------

MAY_CHANGE = {
    "assessments_assessment",
    "assessments_itemrating",  # at submission: what the final one before said, beside each answer
    "cases_task",
    "cases_caseevent",
    "cases_casefile",  # the nearest due date alone: compared below
}


def contents():
    """Every row of every table of ours, history tables aside."""
    rows = {}
    for model in apps.get_models():
        table = model._meta.db_table
        if model._meta.app_label in {"pghistory", "sessions"} or hasattr(model, "pgh_tracked_model"):
            continue
        rows[table] = sorted(repr(list(map(readable, row))) for row in model._base_manager.values_list())
    return rows


def readable(value):
    """What a binary column holds, not where in memory it lies."""
    return bytes(value) if isinstance(value, memoryview) else value


def changed(before, after):
    return {table for table in before if before[table] != after[table]}


def test_submitting_and_finalising_change_nothing_but_assessments_tasks_and_the_timeline(case, cast):
    finalised(case, cast.worker, cast.supervisor)
    draft = judged(fill(begin(case, cast.worker), A4=3), "merah")
    fields = ["status", "derad_stage", "probation_stage", "atensi_phase", "lead_unit_id", "lead_worker_id", "version"]
    frozen = type(case).objects.filter(pk=case.pk).values(*fields).get()

    before = contents()
    done = hand_in(draft, "merah")
    middle = contents()
    workflow.finalise(done, by=cast.supervisor)
    after = contents()

    assert changed(before, middle) <= MAY_CHANGE
    assert changed(middle, after) <= MAY_CHANGE - {"assessments_itemrating"}
    assert type(case).objects.filter(pk=case.pk).values(*fields).get() == frozen
    assert {t.kind for t in Task.objects.all()} <= {TaskKind.URGENT, TaskKind.APPROVAL, TaskKind.ASSESSMENT}


# ---- races ----------------------------------------------------------------------------------------------------------


def at_once(functions):
    """Run each in its own thread and connection; what each returned or raised."""

    def run(function):
        try:
            with transaction.atomic():
                return function()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(functions)) as pool:
        return list(pool.map(run, functions))


@pytest.mark.django_db(transaction=True)
def test_two_supervisors_finalise_at_once_and_one_wins(transactional_db):
    from tests.cast import make_cast
    from tests.factories import make_staff

    cast = make_cast()
    second = make_staff("wakil.malang", cast.worker.unit, "supervisor", "pk_bapas")
    done = submitted(adult_case(cast.worker), cast.worker)
    results = at_once([lambda by=by: workflow.finalise(done, by=by) for by in (cast.supervisor, second) * 2])
    assert sum(isinstance(result, Assessment) for result in results) == 1
    assert sum(isinstance(result, TransitionError) for result in results) == 3
    assert CaseEvent.objects.filter(kind=EventKind.ASSESSMENT_FINAL).count() == 1
    assert Task.objects.open().filter(kind=TaskKind.ASSESSMENT).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_starts_at_once_make_one_assessment(transactional_db):
    from tests.cast import make_cast

    cast = make_cast()
    case = adult_case(cast.worker)
    results = at_once([lambda: begin(case, cast.worker)] * 4)
    assert sum(isinstance(result, Assessment) for result in results) == 1
    assert sum(isinstance(result, TransitionError) for result in results) == 3


@pytest.mark.django_db(transaction=True)
def test_the_same_urgent_answer_sent_twice_at_once_opens_one_task(transactional_db):
    from tests.cast import make_cast

    cast = make_cast()
    draft = begin(adult_case(cast.worker), cast.worker)
    at_once([lambda: answer(draft, "B3", 2)] * 4)
    assert urgent().count() == 1
    assert draft.ratings.count() == 1


def test_a_rating_that_lapsed_long_ago_leaves_the_summaries(case, cast):
    done = finalised(case, cast.worker, cast.supervisor)
    assert (done.is_outdated, done.is_hidden_from_summaries) == (False, False)
    assert Assessment.objects.get(pk=lapse(done, 5).pk).is_outdated
    assert not Assessment.objects.get(pk=lapse(done, 30).pk).is_hidden_from_summaries
    assert Assessment.objects.get(pk=lapse(done, 31).pk).is_hidden_from_summaries
