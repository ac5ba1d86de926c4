"""How every state change is made: locked, checked, refused with a reason; and once, whoever else tries."""

from __future__ import annotations

import datetime as dt
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from cases import workflow as case_workflow
from cases.enums import CaseStatus, EventKind, TaskStatus
from cases.models import CaseEvent, CaseFile, CaseStatusPeriod, Task
from core.workflow import Blocker, StaleError, Transition, TransitionError, lock, lock_version, move, start_period
from tests.cast import make_cast
from tests.factories import make_case, make_task

FINISH = Transition.of(TaskStatus.OPEN, TaskStatus.IN_PROGRESS, to=TaskStatus.DONE)
THREADS = 8


# ---- move ----------------------------------------------------------------------------------------------------------


def test_a_legal_move_sets_the_status_in_memory_only(cast):
    task = make_task(make_case(cast.worker))
    move(task, FINISH)
    assert task.status == TaskStatus.DONE
    assert Task.objects.get(pk=task.pk).status == TaskStatus.OPEN


@pytest.mark.parametrize("status", [TaskStatus.DONE, TaskStatus.CANCELLED])
def test_a_move_from_the_wrong_state_is_refused_in_words(status):
    task = Task(status=status)
    with pytest.raises(TransitionError) as refused:
        move(task, FINISH)
    assert str(status.label) in str(refused.value.message)
    assert task.status == status


def test_a_move_with_something_in_the_way_names_all_of_it():
    task = Task(status=TaskStatus.OPEN)
    with pytest.raises(TransitionError) as refused:
        move(task, FINISH, (Blocker(text, f"/{text}/") for text in ("satu", "dua")))
    assert [blocker.url for blocker in refused.value.blockers] == ["/satu/", "/dua/"]
    assert task.status == TaskStatus.OPEN


def test_a_move_may_be_of_another_field():
    class Row:
        state = "off"

    row = Row()
    move(row, Transition(frozenset({"off"}), "on", "state"))
    assert row.state == "on"


# ---- versions ------------------------------------------------------------------------------------------------------


def test_an_edit_from_the_current_version_gets_the_next_one(cast):
    case = make_case(cast.worker)
    assert lock_version(case, case.version).version == case.version + 1


def test_an_edit_from_an_older_version_is_refused_and_shown_what_stands(cast):
    case = make_case(cast.worker)
    CaseFile.objects.filter(pk=case.pk).update(version=case.version + 1)
    with pytest.raises(StaleError) as stale:
        lock_version(case, case.version)
    assert stale.value.current == case
    assert stale.value.current.version == case.version + 1
    assert isinstance(stale.value, TransitionError)


def test_lock_reads_afresh(cast):
    case = make_case(cast.worker)
    CaseFile.objects.filter(pk=case.pk).update(atensi_phase="x")
    assert (case.atensi_phase, lock(case).atensi_phase) == ("", "x")


# ---- periods -------------------------------------------------------------------------------------------------------


def periods(case):
    rows = CaseStatusPeriod.objects.filter(case=case).order_by("started_at")
    return [(row.status, row.started_at, row.ended_at) for row in rows]


def test_a_new_value_ends_the_former_period_where_it_begins(cast):
    case = make_case(cast.worker, opened_at=timezone.now() - dt.timedelta(days=9))
    at = timezone.now()
    start_period(CaseStatusPeriod, {"case": case}, at, status=CaseStatus.PLANNING)
    assert periods(case) == [
        (CaseStatus.ASSESSING, case.opened_at, at),
        (CaseStatus.PLANNING, at, None),
    ]


def test_the_same_value_again_changes_nothing(cast):
    case = make_case(cast.worker)
    before = periods(case)
    start_period(CaseStatusPeriod, {"case": case}, status=CaseStatus.ASSESSING)
    assert periods(case) == before


def test_a_clock_that_went_backwards_makes_no_negative_period(cast):
    case = make_case(cast.worker)
    start_period(CaseStatusPeriod, {"case": case}, case.opened_at - dt.timedelta(days=1), status=CaseStatus.ASSESSING)
    first = CaseStatusPeriod.objects.get(case=case)
    assert first.started_at == case.opened_at


# ---- eight at once -------------------------------------------------------------------------------------------------


def at_once(act) -> list[str]:
    """What ``act`` answered in eight threads that start together: "done" or the refusal."""
    barrier, answers = Barrier(THREADS), []

    def run() -> None:
        barrier.wait()
        try:
            with transaction.atomic():
                act()
            answers.append("done")
        except TransitionError:
            answers.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=run) for _number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_close_one_task_one_wins():
    cast = make_cast()
    task = make_task(make_case(cast.worker))
    answers = at_once(lambda: case_workflow.close_task(task, by=cast.worker, outcome="Sudah dihubungi."))
    assert answers == ["done"] + ["refused"] * (THREADS - 1)
    assert CaseEvent.objects.filter(kind=EventKind.TASK_DONE).count() == 1
    task.refresh_from_db()
    assert (task.status, task.version) == (TaskStatus.DONE, 2)


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_save_from_the_same_version_one_wins():
    cast = make_cast()
    case = make_case(cast.worker)

    def save() -> None:
        lock_version(case, case.version).save()

    assert at_once(save) == ["done"] + ["refused"] * (THREADS - 1)
    assert CaseFile.objects.get(pk=case.pk).version == case.version + 1
