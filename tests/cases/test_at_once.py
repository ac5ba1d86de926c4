"""Two taps, two tabs, two people at the same moment: one result, and nobody waits for ever."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.utils import timezone

from accounts.models import Staff
from cases import workflow
from cases.enums import CaseType, CheckInResult, NoteType
from cases.enums.household import Kinship
from cases.models import CaseFile, CaseTransfer, CheckIn, ContactNote, Draft, Household, HouseholdMember, Task
from cases.workflow.household import NewMember
from core.acting import acting_as
from core.workflow import TransitionError
from tests.cases.transferring import approved, propose
from tests.cast import Cast, make_cast
from tests.factories import make_case, make_staff, make_task


@pytest.fixture
def people(transactional_db: None) -> Cast:
    return make_cast()


def acting(person: Any, move: Callable[[], object]) -> Callable[[], object]:
    """``move`` as it runs in a request of ``person``."""

    def run() -> object:
        with acting_as(person.pk):
            return move()

    return run


def all_at_once(cast: Cast, moves: list[Callable[[], object]]) -> list[object]:
    """What each move returned, or the refusal it met; every one in a thread and a transaction of its own."""
    gate = threading.Barrier(len(moves))
    results: list[object] = []

    def run(move: Callable[[], object]) -> None:
        try:
            gate.wait(timeout=20)
            with acting_as(cast.worker.pk):
                results.append(move())
        except TransitionError as refusal:
            results.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[move]) for move in moves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(results) == len(moves)
    return results


def test_one_note_sent_eight_times_at_once_is_stored_once(people: Cast) -> None:
    case, number = make_case(people.worker), uuid.uuid4()
    occurred_at = timezone.now()

    def send() -> ContactNote:
        fields = {"type": NoteType.PHONE, "occurred_at": occurred_at, "summary": "Kabar baik."}
        day = timezone.localdate() + dt.timedelta(days=3)
        return workflow.write_note(
            case, by=people.worker, client_id=number, follow_up_on=day, next_steps="Telepon", **fields
        )

    notes = all_at_once(people, [send] * 8)
    assert len(set(notes)) == 1
    assert (ContactNote.objects.count(), Task.objects.count()) == (1, 1)


def test_two_tabs_keep_one_draft(people: Cast) -> None:
    case = make_case(people.worker)

    def keep() -> Draft | None:
        return workflow.save_draft(
            case, by=people.worker, form="note", client_id=uuid.uuid4(), data={"summary": ["a"]}
        )

    all_at_once(people, [keep] * 6)
    assert Draft.objects.count() == 1


def test_of_two_answers_at_once_one_counts_and_the_other_is_told(people: Cast) -> None:
    case = make_case(people.worker)
    due_at = timezone.now()
    duty = workflow.set_reporting_duty(case, by=people.worker, frequency_days=28, next_due_at=due_at)

    def tap(result: CheckInResult) -> Callable[[], CheckIn]:
        return lambda: workflow.check_in(duty, by=people.worker, result=result, due_at=due_at)

    results = all_at_once(people, [tap(CheckInResult.PRESENT), tap(CheckInResult.ABSENT)])
    assert sorted(type(result).__name__ for result in results) == ["CheckIn", "TransitionError"]
    assert CheckIn.objects.count() == 1


def test_a_rule_that_runs_in_two_places_opens_one_task(people: Cast) -> None:
    case = make_case(people.worker)
    all_at_once(people, [lambda: make_task(case, source="assessment:1:B3")] * 6)
    assert Task.objects.count() == 1


def test_closing_a_task_and_undoing_what_made_it_end_both(people: Cast) -> None:
    case = make_case(people.worker)
    due_at = timezone.now()
    duty = workflow.set_reporting_duty(case, by=people.worker, frequency_days=28, next_due_at=due_at)
    answer = workflow.check_in(duty, by=people.worker, result=CheckInResult.ABSENT, due_at=due_at)
    task = Task.objects.get()
    moves: list[Callable[[], object]] = [
        lambda: workflow.undo_check_in(answer, by=people.worker),
        lambda: workflow.close_task(task, by=people.worker, outcome="Sudah ditelepon."),
    ]
    all_at_once(people, moves)
    task.refresh_from_db()
    assert not task.is_open
    assert not CheckIn.objects.exists()


def test_two_files_of_one_person_found_one_household(people: Cast) -> None:
    first = make_case(people.worker)
    second = make_case(people.neighbour, case_type=CaseType.FAMILY)
    CaseFile.objects.filter(pk=second.pk).update(participant=first.participant)
    second.refresh_from_db()

    def family(case: CaseFile, by: Staff, name: str) -> Callable[[], object]:
        member = NewMember(uuid.uuid4(), Kinship.CHILD, name=name)
        return acting(by, lambda: workflow.add_members(case, [member], by=by))

    moves = [family(first, people.worker, "Galih"), family(second, people.neighbour, "Ayu")]
    all_at_once(people, moves)
    assert Household.objects.get().members.count() == 3


def test_one_person_is_added_to_one_of_two_households(people: Cast) -> None:
    homes = [make_case(people.worker) for _number in range(2)]
    theirs = make_case(people.worker)

    def join(home: CaseFile) -> Callable[[], object]:
        member = NewMember(uuid.uuid4(), Kinship.CHILD, case=theirs)
        return lambda: workflow.add_members(home, [member], by=people.worker)

    results = all_at_once(people, [join(home) for home in homes])
    assert sorted(type(result).__name__ for result in results) == ["TransitionError", "list"]
    assert theirs.participant.memberships.count() == 1


def test_a_survivors_file_and_a_place_in_the_family_at_once_end_apart(people: Cast) -> None:
    by = people.other_agency
    home, wife = (make_case(by, case_type=CaseType.FAMILY) for _number in range(2))
    member = NewMember(uuid.uuid4(), Kinship.SPOUSE, case=wife)
    moves = [
        acting(by, lambda: workflow.add_members(home, [member], by=by)),
        acting(by, lambda: workflow.open_case(by=by, case_type=CaseType.VICTIM, participant=wife.participant)),
    ]
    all_at_once(people, moves)
    assert CaseFile.objects.filter(participant=wife.participant).count() == 2
    assert not HouseholdMember.objects.present().filter(participant=wife.participant).exists()


def test_of_two_supervisors_who_answer_one_transfer_at_once_one_decides(people: Cast) -> None:
    second = make_staff("kedua.palu", people.other_unit.unit, people.supervisor.role, people.supervisor.profession)
    transfer = approved(make_case(people.worker), people)
    first = people.other_unit_supervisor

    def take_over() -> object:
        return workflow.accept_transfer(transfer, by=first, worker=people.other_unit)

    def refuse() -> object:
        return workflow.decline_transfer(transfer, by=second, answer="Penuh.")

    results = all_at_once(people, [acting(first, take_over), acting(second, refuse)])
    assert sorted(type(result).__name__ for result in results) == ["CaseTransfer", "TransitionError"]
    (refusal,) = (str(result) for result in results if isinstance(result, TransitionError))
    assert "Sudah diterima" in refusal or "Sudah ditolak" in refusal
    transfer.refresh_from_db()
    assert (transfer.status == "accepted") == (transfer.case.lead_unit_id == people.other_unit.unit_id)


def test_a_double_click_and_a_second_tab_propose_one_transfer(people: Cast) -> None:
    case, number = make_case(people.worker), uuid.uuid4()
    same = acting(people.worker, lambda: propose(case, people, client_id=number))
    other = acting(people.worker, lambda: propose(case, people))
    results = all_at_once(people, [same, same, same, other])
    assert CaseTransfer.objects.count() == 1
    assert {type(result).__name__ for result in results} <= {"CaseTransfer", "TransitionError"}


def test_a_note_and_the_take_over_at_once_leave_a_whole_case(people: Cast) -> None:
    """Either the note came first and went along, or its author is told; the case is never without a worker."""
    case = make_case(people.worker)
    transfer = approved(case, people)
    by = people.other_unit_supervisor

    def write() -> object:
        fields = {"type": NoteType.PHONE, "occurred_at": timezone.now(), "summary": "Kabar baik."}
        try:
            return workflow.write_note(case, by=people.worker, client_id=uuid.uuid4(), **fields)
        except PermissionDenied as refusal:
            raise TransitionError("moved") from refusal

    def take_over() -> object:
        return workflow.accept_transfer(transfer, by=by, worker=people.other_unit)

    all_at_once(people, [acting(people.worker, write), acting(by, take_over)])
    case.refresh_from_db()
    assert (case.lead_unit, case.lead_worker) == (people.other_unit.unit, people.other_unit)
    assert ContactNote.objects.filter(case=case).count() <= 1
