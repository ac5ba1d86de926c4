"""The decision: final, cancelled, every function from every status, what must never move, and races."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import connections, transaction
from django.utils import timezone

from assessments import workflow
from assessments.enums import AssessmentStatus
from assessments.models import Assessment
from cases.enums import EventKind, TaskKind, TaskStatus
from cases.models import CaseEvent, Task
from core.workflow import TransitionError
from tests.assessments.filling import (
    REASON,
    adult_case,
    answer,
    begin,
    family_case,
    fill,
    finalised,
    hand_in,
    judged,
    lapse,
    status_of,
    submitted,
)

S = AssessmentStatus

pytestmark = pytest.mark.django_db


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


def test_handing_in_answers_the_reminder(case, cast):
    finalised(case, cast.worker, cast.supervisor)
    waiting = submitted(case, cast.worker)
    task = Task.objects.get(kind=TaskKind.ASSESSMENT)
    assert (task.status, task.closed_by) == (TaskStatus.DONE, cast.worker)
    workflow.return_for_changes(waiting, by=cast.supervisor, comment="Tambah sumber untuk B2.")
    assert not Task.objects.open().filter(kind=TaskKind.ASSESSMENT).exists()
    assert Task.objects.open().filter(kind=TaskKind.RETURNED).exists()


def test_a_cancelled_one_leaves_the_reminder_of_the_one_before(case, cast):
    first = finalised(case, cast.worker, cast.supervisor)
    workflow.cancel(submitted(case, cast.worker), by=cast.supervisor, reason="Salah peserta.")
    task = Task.objects.open().get(kind=TaskKind.ASSESSMENT)
    assert timezone.localtime(task.due_at, case.lead_unit.zone).date() == first.next_due
    workflow.cancel(begin(case, cast.worker), by=cast.worker, reason="Salah peserta.")
    assert Task.objects.open().get(kind=TaskKind.ASSESSMENT) == task


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
    assert Task.objects.filter(kind=TaskKind.URGENT).count() == 1
    assert draft.ratings.count() == 1


def test_a_rating_that_lapsed_long_ago_leaves_the_summaries(case, cast):
    done = finalised(case, cast.worker, cast.supervisor)
    assert (done.is_outdated, done.is_hidden_from_summaries) == (False, False)
    assert Assessment.objects.get(pk=lapse(done, 5).pk).is_outdated
    assert not Assessment.objects.get(pk=lapse(done, 30).pk).is_hidden_from_summaries
    assert Assessment.objects.get(pk=lapse(done, 31).pk).is_hidden_from_summaries
