"""Everything that happens to a whole case: each move from each state, by whom, and what it leaves behind."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from assessments.enums import InstrumentCode
from cases import workflow
from cases.enums import (
    ACTIVE,
    CaseStatus,
    CaseType,
    ClosureReason,
    EventKind,
    Priority,
    ReferralSource,
    TaskKind,
)
from cases.models import CaseEvent, CaseFile, CaseLeadPeriod, CaseStatusPeriod, Participant, Task
from core.acting import acting_as
from core.workflow import StaleError, TransitionError
from tests.cast import Cast, make_cast
from tests.factories import make_case, make_final_assessment, make_person, make_task

S = CaseStatus
Move = Callable[[CaseFile, Cast], Any]

MOVES: dict[str, Move] = {
    "move_on": lambda case, cast: workflow.move_on(case, by=cast.worker),
    "suspend": lambda case, cast: workflow.suspend(case, by=cast.supervisor, reason="Ditahan kembali."),
    "resume": lambda case, cast: workflow.resume(case, by=cast.supervisor),
    "close": lambda case, cast: workflow.close(
        case, by=cast.supervisor, reason=ClosureReason.MOVED, note="Pindah ke Medan."
    ),
    "reopen": lambda case, cast: workflow.reopen(case, by=cast.supervisor, reason="Kembali melapor."),
}
# Where each move leads from each state; what is not here is refused.
LEADS: dict[str, dict[CaseStatus, CaseStatus]] = {
    "move_on": {
        S.DRAFT: S.ASSESSING,
        S.ASSESSING: S.PLANNING,
        S.PLANNING: S.INTERVENING,
        S.INTERVENING: S.TRANSITION,
        S.TRANSITION: S.AFTERCARE,
    },
    "suspend": dict.fromkeys(ACTIVE, S.SUSPENDED),
    "resume": {S.SUSPENDED: S.PLANNING},
    "close": dict.fromkeys([*ACTIVE, S.SUSPENDED], S.CLOSED),
    "reopen": {S.CLOSED: S.ASSESSING},
}


def case_in(status: CaseStatus, cast: Cast) -> CaseFile:
    """A case that came to ``status`` the proper way; suspended ones were in planning."""
    match status:
        case S.DRAFT:
            made = make_case(cast.worker)
            CaseFile.objects.filter(pk=made.pk).update(status=S.DRAFT)
        case S.SUSPENDED:
            made = make_case(cast.worker, status=S.PLANNING)
            MOVES["suspend"](made, cast)
        case S.CLOSED:
            made = make_case(cast.worker)
            MOVES["close"](made, cast)
        case _:
            made = make_case(cast.worker, status=status)
    made.refresh_from_db()
    return made


def moves_told(case: CaseFile) -> int:
    """Lines of the timeline but for the tasks that a move opens or takes back."""
    return CaseEvent.objects.filter(case=case).exclude(kind__startswith="task_").count()


@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("move", MOVES)
def test_each_move_from_each_state(cast: Cast, move: str, status: CaseStatus) -> None:
    case = case_in(status, cast)
    lines = moves_told(case)
    expected = LEADS[move].get(status)
    if expected is None:
        with pytest.raises(TransitionError):
            MOVES[move](case, cast)
    else:
        MOVES[move](case, cast)
    case.refresh_from_db()
    assert case.status == (expected or status)
    assert moves_told(case) == lines + (1 if expected else 0)


@pytest.mark.parametrize("move", MOVES)
def test_only_the_right_person_makes_a_move(cast: Cast, move: str) -> None:
    status = next(iter(LEADS[move]))
    case = case_in(status, cast)
    may = "worker" if move == "move_on" else "supervisor"

    class OnlyOne:
        def __init__(self, person: Any) -> None:
            self.worker = self.supervisor = person

    for who, person in cast:
        if who not in (may, "system"):
            with pytest.raises(PermissionDenied):
                MOVES[move](case, OnlyOne(person))  # type: ignore[arg-type]
    case.refresh_from_db()
    assert case.status == status


# ---- opening -------------------------------------------------------------------------------------------------------


def test_opening_numbers_the_file_and_starts_its_periods(cast: Cast) -> None:
    at = timezone.now() - dt.timedelta(days=3)
    first = make_case(cast.worker, opened_at=at, referral_source=ReferralSource.PRISON)
    second = make_case(cast.neighbour, opened_at=at)
    assert first.case_no.rsplit("/", 1)[0] == f"{cast.worker.unit.code.upper()}/{at.year}"
    assert int(second.case_no[-4:]) == int(first.case_no[-4:]) + 1
    period = CaseStatusPeriod.objects.get(case=first)
    assert (period.status, period.started_at, period.ended_at) == (S.ASSESSING, at, None)
    lead = CaseLeadPeriod.objects.get(case=first)
    assert (lead.lead_worker, lead.lead_unit) == (cast.worker, cast.worker.unit)
    line = CaseEvent.objects.get(case=first)
    assert (line.kind, line.at, line.summary) == (EventKind.CASE_OPENED, at, first.case_no)


def test_each_unit_and_year_counts_for_itself(cast: Cast) -> None:
    this_year = make_case(cast.worker)
    long_ago = make_case(cast.worker, opened_at=timezone.now() - dt.timedelta(days=800))
    elsewhere = make_case(cast.other_unit)
    assert [case.case_no[-4:] for case in (this_year, long_ago, elsewhere)] == ["0001"] * 3
    assert len({case.case_no for case in (this_year, long_ago, elsewhere)}) == 3


def test_one_open_case_per_person_type_and_agency(cast: Cast) -> None:
    first = make_case(cast.other_agency, case_type=CaseType.FAMILY)
    with pytest.raises(TransitionError):
        workflow.open_case(by=cast.other_agency, case_type=CaseType.FAMILY, participant=first.participant)
    assert CaseFile.objects.count() == 1
    workflow.open_case(by=cast.other_agency, case_type=CaseType.VICTIM, participant=first.participant)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseFile.objects.create(
            case_no="X/1",
            participant=first.participant,
            case_type=CaseType.FAMILY,
            lead_unit=cast.other_agency.unit,
            opened_at=timezone.now(),
        )


def test_nobody_borrows_a_person_they_may_not_see(cast: Cast) -> None:
    case = make_case(cast.worker)
    with pytest.raises(PermissionDenied):
        workflow.open_case(by=cast.other_agency, case_type=CaseType.FAMILY, participant=case.participant)


@pytest.mark.parametrize("who", ["supervisor", "admin", "analyst", "cso", "auditor", "dpo", "system"])
def test_only_caseworkers_open(cast: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        workflow.open_case(by=getattr(cast, who), case_type=CaseType.PROBATION, person=make_person())
    assert not Participant.objects.exists()


def test_the_same_form_opens_once(cast: Cast) -> None:
    number = uuid.uuid4()
    first = make_case(cast.worker, client_id=number)
    assert make_case(cast.worker, client_id=number) == first
    assert (CaseFile.objects.count(), Participant.objects.count()) == (1, 1)
    with pytest.raises(PermissionDenied):
        make_case(cast.neighbour, client_id=number)


def test_eight_sends_of_one_form_at_once_open_one_case(transactional_db: None) -> None:
    cast = make_cast()
    number = uuid.uuid4()
    opened: list[str] = []
    gate = threading.Barrier(8)

    def send() -> None:
        try:
            gate.wait(timeout=20)
            with acting_as(cast.worker.pk):
                opened.append(make_case(cast.worker, client_id=number).code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 8
    assert len(set(opened)) == 1
    assert CaseFile.objects.count() == 1


def test_eight_cases_at_once_get_eight_numbers(transactional_db: None) -> None:
    cast = make_cast()
    numbers: list[str] = []
    gate = threading.Barrier(8)

    def send() -> None:
        try:
            gate.wait(timeout=20)
            with acting_as(cast.worker.pk):
                numbers.append(make_case(cast.worker).case_no)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(number[-4:] for number in numbers) == [f"{number:04d}" for number in range(1, 9)]


# ---- moves ---------------------------------------------------------------------------------------------------------


def test_status_and_stage_names_stay_readable_for_every_day_of_the_past(cast: Cast) -> None:
    case = make_case(cast.worker, probation_stage="awal")
    workflow.move_on(case, by=cast.worker, probation_stage="lanjutan")
    MOVES["suspend"](case, cast)
    periods = list(CaseStatusPeriod.objects.filter(case=case).order_by("started_at"))
    assert [(period.status, period.probation_stage) for period in periods] == [
        (S.ASSESSING, "awal"),
        (S.PLANNING, "lanjutan"),
        (S.SUSPENDED, "lanjutan"),
    ]
    assert [period.ended_at for period in periods[:-1]] == [period.started_at for period in periods[1:]]
    assert periods[-1].ended_at is None


@pytest.mark.parametrize("stage", [S.ASSESSING, S.INTERVENING, S.AFTERCARE])
def test_resuming_goes_back_to_where_the_case_was(cast: Cast, stage: CaseStatus) -> None:
    case = make_case(cast.worker, status=stage)
    MOVES["suspend"](case, cast)
    assert MOVES["resume"](case, cast).status == stage


@pytest.mark.parametrize("reason", ["", "   "])
def test_suspending_and_reopening_need_a_reason(cast: Cast, reason: str) -> None:
    with pytest.raises(TransitionError):
        workflow.suspend(make_case(cast.worker), by=cast.supervisor, reason=reason)
    with pytest.raises(TransitionError):
        workflow.reopen(case_in(S.CLOSED, cast), by=cast.supervisor, reason=reason)


def test_closing_needs_an_aftercare_date_or_a_note_by_its_reason(cast: Cast) -> None:
    case = make_case(cast.worker)
    until = timezone.localdate() + dt.timedelta(days=90)
    for reason in ClosureReason:
        completed = reason in (ClosureReason.COMPLETED, ClosureReason.FULL_RELEASE)
        with pytest.raises(TransitionError):
            workflow.close(
                case,
                by=cast.supervisor,
                reason=reason,
                **({"note": "Baik."} if completed else {"aftercare_until": until}),
            )
    make_final_assessment(case, approver=cast.supervisor, instrument=InstrumentCode.FAMILY)
    closed = workflow.close(case, by=cast.supervisor, reason=ClosureReason.COMPLETED, aftercare_until=until)
    assert closed.closed_at is not None
    assert closed.aftercare_until == until


def test_open_protective_work_blocks_closing_and_names_its_page(cast: Cast) -> None:
    case = make_case(cast.worker)
    task = make_task(case, kind=TaskKind.URGENT, priority=Priority.URGENT)
    with pytest.raises(TransitionError) as refused:
        MOVES["close"](case, cast)
    assert [blocker.url for blocker in refused.value.blockers] == [f"/tasks/{task.code}/close/"]
    workflow.close_task(task, by=cast.worker, outcome="Sudah aman.")
    assert MOVES["close"](case, cast).status == S.CLOSED


def test_a_higher_app_can_add_a_blocker(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    case = make_case(cast.worker)
    asked: list[tuple[str, str]] = []

    def nothing_left(asked_case: CaseFile, reason: str) -> list[Any]:
        asked.append((asked_case.code, reason))
        return []

    monkeypatch.setattr("cases.workflow.casefile.CLOSE_BLOCKERS", [nothing_left])
    MOVES["close"](case, cast)
    assert asked == [(case.code, ClosureReason.MOVED)]


def test_reopening_keeps_the_number_and_forgets_the_closure(cast: Cast) -> None:
    case = case_in(S.CLOSED, cast)
    number = case.case_no
    reopened = MOVES["reopen"](case, cast)
    assert (reopened.case_no, reopened.closure_reason, reopened.closure_note) == (number, "", "")
    assert CaseEvent.objects.get(case=case, kind=EventKind.CASE_REOPENED).summary == "Kembali melapor."


def test_reopening_is_refused_while_another_case_of_the_type_is_open(cast: Cast) -> None:
    case = case_in(S.CLOSED, cast)
    workflow.open_case(by=cast.worker, case_type=CaseType.PROBATION, participant=case.participant)
    with pytest.raises(TransitionError):
        MOVES["reopen"](case, cast)
    case.refresh_from_db()
    assert case.status == S.CLOSED


def test_the_database_itself_ties_closed_to_its_date_and_reason(cast: Cast) -> None:
    case = make_case(cast.worker)
    for wrong in (
        {"status": S.CLOSED},
        {"closed_at": timezone.now()},
        {"status": S.CLOSED, "closed_at": timezone.now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            CaseFile.objects.filter(pk=case.pk).update(**wrong)


def test_two_people_moving_one_case_at_once_move_it_once_each(transactional_db: None) -> None:
    cast = make_cast()
    case = make_case(cast.worker, status=S.TRANSITION)
    refused: list[str] = []
    gate = threading.Barrier(8)

    def go_on() -> None:
        try:
            gate.wait(timeout=20)
            with acting_as(cast.worker.pk):
                workflow.move_on(case, by=cast.worker)
        except TransitionError as error:
            refused.append(str(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go_on) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    case.refresh_from_db()
    assert case.status == S.AFTERCARE
    assert len(refused) == 7
    assert CaseEvent.objects.filter(case=case, kind=EventKind.STAGE_MOVED, summary=S.AFTERCARE).count() == 1


# ---- team ----------------------------------------------------------------------------------------------------------


def test_assigning_moves_open_work_with_the_case(cast: Cast) -> None:
    case = make_case(cast.worker)
    task = make_task(case)
    workflow.assign(case, by=cast.supervisor, worker=cast.neighbour)
    task.refresh_from_db()
    assert task.assignee == cast.neighbour
    assert Task.objects.get().assignee == cast.neighbour
    leads = CaseLeadPeriod.objects.filter(case=case).order_by("started_at").values_list("lead_worker", flat=True)
    assert list(leads) == [cast.worker.pk, cast.neighbour.pk]


@pytest.mark.parametrize("who", ["other_unit", "supervisor", "other_agency", "cso", "auditor"])
def test_only_the_units_own_caseworkers_can_be_assigned(cast: Cast, who: str) -> None:
    case = make_case(cast.worker)
    with pytest.raises(TransitionError):
        workflow.assign(case, by=cast.supervisor, worker=getattr(cast, who))
    with pytest.raises(TransitionError):
        workflow.assign(case, by=cast.supervisor, worker=cast.worker, co_workers=[getattr(cast, who)])


def test_a_closed_case_gets_no_new_team(cast: Cast) -> None:
    with pytest.raises(TransitionError):
        workflow.assign(case_in(S.CLOSED, cast), by=cast.supervisor, worker=cast.neighbour)


# ---- person --------------------------------------------------------------------------------------------------------


def test_an_edit_on_an_older_version_is_refused_and_shows_what_is_there(cast: Cast) -> None:
    case = make_case(cast.worker)
    workflow.amend_participant(case, by=cast.worker, version=1, phone="0812-0000-0107")
    with pytest.raises(StaleError) as stale:
        workflow.amend_participant(case, by=cast.worker, version=1, phone="0813-0000-0200")
    assert stale.value.current.phone == "0812-0000-0107"
    for person in (cast.supervisor, cast.neighbour, cast.admin):
        with pytest.raises(PermissionDenied):
            workflow.amend_participant(case, by=person, version=2, phone="0")


def test_a_changed_name_changes_what_is_searched(cast: Cast) -> None:
    case = make_case(cast.worker)
    workflow.amend_participant(case, by=cast.worker, version=1, full_name="Mochamad Soeharto", aliases=["Abu Hanif"])
    assert Participant.objects.get().name_key == "muhamad suharto | abu hanif"
