"""Whoever is related to a participant says so, and from that second nothing of any of the cases is theirs (I-27)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.enums import JournalAction, Role
from accounts.models import JournalEntry
from assessments import policies as assessment_policies
from cases import policies, workflow
from cases.enums import CaseType, ClosureReason, LegalStatusKind, Right, Section, TaskKind
from cases.enums.protection import TieKind
from cases.models import CaseFile, ConflictDeclaration, Task
from cases.policies import protection
from core.workflow import TransitionError
from tests.assessments.filling import submitted
from tests.cases.test_at_once import acting, all_at_once, people
from tests.cast import Cast
from tests.factories import make_case, make_final_assessment, make_staff, make_task
from tests.test_access_matrix import ADULT, expected

__all__ = ["people"]


def declare(case: CaseFile, by: Any, **fields: Any) -> ConflictDeclaration:
    return workflow.declare_tie(case, by=by, **({"kind": TieKind.FAMILY} | fields))


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(cast.worker)


def sees_nothing(user: Any, case: CaseFile) -> bool:
    branches = [
        branch
        for section in Section
        for right in Right
        for branch in [*policies.case_branches(user, right, section), policies.cases_for(user, right, section)]
    ]
    return not (
        any(branch.filter(pk=case.pk).exists() for branch in branches)
        or policies.rights(user, case)
        or policies.cases_in_sight(user).filter(pk=case.pk).exists()
        or policies.caseload_of(user).filter(pk=case.pk).exists()
        or policies.tasks_for(user).filter(case=case).exists()
        or policies.drafts_for(user, case=case)
        or user.has_perm("cases.view_casefile", case)
    )


@pytest.mark.parametrize("actor", ["worker", "supervisor", "analyst", "admin"])
def test_from_that_second_nothing_of_the_case_is_theirs(cast: Cast, case: CaseFile, actor: str) -> None:
    user = getattr(cast, actor)
    assert not sees_nothing(user, case)
    declare(case, user)
    assert sees_nothing(user, case)
    assert JournalEntry.objects.filter(action=JournalAction.CONFLICT_DECLARED, actor=user).exists()


def test_it_holds_for_every_case_of_the_person_and_every_later_one(cast: Cast, case: CaseFile) -> None:
    declare(case, cast.supervisor)
    later = workflow.open_case(by=cast.worker, case_type=CaseType.PROBATION, participant=make_other(case, cast))
    assert sees_nothing(cast.supervisor, later)
    assert policies.can(cast.supervisor, Right.VIEW, make_case(cast.worker)), "other people's cases stay"


def make_other(case: CaseFile, cast: Cast) -> Any:
    workflow.close(case, by=head_of(cast, case), reason=ClosureReason.MOVED, note="Pindah.")
    return case.participant


def head_of(cast: Cast, case: CaseFile) -> Any:
    return policies.supervisors_of(case).get()


def test_no_grant_brings_it_back(cast: Cast, case: CaseFile) -> None:
    declare(case, cast.neighbour)
    policies.share_with_worker(case, cast.neighbour, by=cast.supervisor, reason="caseload")
    assert sees_nothing(cast.neighbour, case)


def test_nobody_assigns_them_again(cast: Cast, case: CaseFile) -> None:
    declare(case, cast.neighbour)
    for team in ({"worker": cast.neighbour}, {"worker": cast.worker, "co_workers": [cast.neighbour]}):
        with pytest.raises(TransitionError, match="hubungan"):
            workflow.assign(case, by=cast.supervisor, **team)


def test_a_lead_workers_case_goes_to_the_supervisor_as_a_task(cast: Cast, case: CaseFile) -> None:
    task = make_task(case)
    declare(case, cast.worker)
    case.refresh_from_db()
    task.refresh_from_db()
    assert case.lead_worker is None
    assert task.assignee == cast.supervisor
    handed = Task.objects.open().get(case=case, kind=TaskKind.REASSIGN)
    assert handed.assignee == cast.supervisor
    assert policies.tasks_for(cast.supervisor).filter(pk=handed.pk).exists()
    assert case.lead_periods.get(ended_at=None).lead_worker is None
    assert not case.user_grants.filter(user=cast.worker).exists()
    workflow.assign(case, by=cast.supervisor, worker=cast.neighbour)
    assert policies.can(cast.neighbour, Right.EDIT, case)


def test_a_co_worker_leaves_the_team(cast: Cast, case: CaseFile) -> None:
    workflow.assign(case, by=cast.supervisor, worker=cast.worker, co_workers=[cast.neighbour])
    declare(case, cast.neighbour)
    case.refresh_from_db()
    assert case.lead_worker == cast.worker
    assert list(case.co_workers.all()) == []
    assert not Task.objects.filter(case=case, kind=TaskKind.REASSIGN).exists()


def test_the_head_office_stands_in_for_a_sole_supervisor(cast: Cast, case: CaseFile) -> None:
    assert sees_nothing(cast.head_office, case)
    tie = declare(case, cast.supervisor)
    assert tie.stand_in == cast.head_office
    assert list(policies.supervisors_of(case)) == [cast.head_office]
    assert policies.rights(cast.head_office, case) == expected(ADULT, "supervisor")
    assert policies.can(cast.head_office, Right.APPROVE, case, Section.PLAN)
    assert Task.objects.open().get(case=case, kind=TaskKind.STAND_IN).assignee == cast.head_office
    assert sees_nothing(cast.head_office, make_case(cast.worker)), "and for no other case"


def test_another_supervisor_of_the_unit_comes_first(cast: Cast, case: CaseFile) -> None:
    second = make_staff("wulan.sari", cast.supervisor.unit, Role.SUPERVISOR, cast.supervisor.profession)
    tie = declare(case, cast.supervisor)
    assert tie.stand_in is None
    assert Task.objects.open().get(case=case, kind=TaskKind.STAND_IN).assignee == second
    assert sees_nothing(cast.head_office, case)


def test_a_stand_in_who_is_related_too_sees_nothing(cast: Cast, case: CaseFile) -> None:
    declare(case, cast.supervisor)
    declare(case, cast.head_office)
    assert sees_nothing(cast.head_office, case)


def test_a_related_supervisor_approves_nothing(cast: Cast, case: CaseFile) -> None:
    workflow.add_legal_status(
        case, by=cast.worker, status=LegalStatusKind.PAROLE, valid_from=timezone.localdate() - dt.timedelta(days=90)
    )
    make_final_assessment(case, approver=cast.supervisor)
    waiting = submitted(case, cast.worker)
    assert cast.supervisor in assessment_policies.approvers(waiting)
    declare(case, cast.supervisor)
    assert cast.supervisor not in assessment_policies.approvers(waiting)
    assert cast.head_office in assessment_policies.approvers(waiting)
    assert not assessment_policies.queue_for(cast.supervisor).exists()
    assert assessment_policies.queue_for(cast.head_office).filter(pk=waiting.pk).exists()


def test_said_twice_it_is_one(cast: Cast, case: CaseFile) -> None:
    assert declare(case, cast.worker) == declare(case, cast.worker, kind=TieKind.FRIEND)
    assert ConflictDeclaration.objects.count() == 1


def test_said_by_two_and_twice_at_once(people: Cast) -> None:
    case = make_case(people.worker)
    results = all_at_once(
        people,
        [
            acting(people.worker, lambda: declare(case, people.worker)),
            acting(people.worker, lambda: declare(case, people.worker)),
            acting(people.supervisor, lambda: declare(case, people.supervisor)),
        ],
    )
    assert all(isinstance(result, ConflictDeclaration) for result in results)
    assert ConflictDeclaration.objects.count() == 2
    case.refresh_from_db()
    assert case.lead_worker is None
    assert set(Task.objects.open().filter(case=case).values_list("assignee", flat=True)) <= {
        people.head_office.pk,
        people.supervisor.pk,
    }
    assert Task.objects.open().filter(case=case, assignee=people.head_office).exists()


# ---- who decides on it ---------------------------------------------------------------------------------------------


def test_the_supervisor_confirms_and_ends_it_with_a_reason(cast: Cast, case: CaseFile) -> None:
    tie = declare(case, cast.neighbour)
    assert workflow.confirm_tie(tie, by=cast.supervisor).confirmed_by == cast.supervisor
    with pytest.raises(TransitionError):
        workflow.end_tie(tie, by=cast.supervisor, reason="  ")
    ended = workflow.end_tie(tie, by=cast.supervisor, reason="Salah orang: nama yang sama.")
    assert not ended.is_standing
    with pytest.raises(TransitionError):
        workflow.end_tie(tie, by=cast.supervisor, reason="Sekali lagi.")
    workflow.assign(case, by=cast.supervisor, worker=cast.neighbour)
    assert policies.can(cast.neighbour, Right.EDIT, case)


def test_ending_gives_no_caseload_back_by_itself(cast: Cast, case: CaseFile) -> None:
    workflow.end_tie(declare(case, cast.worker), by=cast.supervisor, reason="Keliru.")
    assert not policies.can(cast.worker, Right.VIEW, case)


def test_the_declarer_never_ends_the_own_one(cast: Cast, case: CaseFile) -> None:
    tie = declare(case, cast.supervisor)
    with pytest.raises(PermissionDenied):
        workflow.end_tie(tie, by=cast.supervisor, reason="Tidak dekat lagi.")
    assert workflow.end_tie(tie, by=cast.head_office, reason="Sudah tidak dekat.").ended_by == cast.head_office
    with pytest.raises(IntegrityError, match="declaration_not_ended_by_its_subject"), transaction.atomic():
        ConflictDeclaration.objects.filter(pk=tie.pk).update(ended_by=cast.supervisor, ended_at=timezone.now())


@pytest.mark.parametrize(
    "actor", ["worker", "neighbour", "other_unit_supervisor", "other_agency_supervisor", "head_office", "dpo", "admin"]
)
def test_nobody_else_reads_or_decides(cast: Cast, case: CaseFile, actor: str) -> None:
    tie = declare(case, cast.neighbour)
    by = getattr(cast, actor)
    assert not protection.ties_for(by).exists()
    for decide in (workflow.confirm_tie, lambda tie, by: workflow.end_tie(tie, by=by, reason="Keliru.")):
        with pytest.raises(PermissionDenied):
            decide(tie, by=by)


def test_who_is_related_too_does_not_read_what_others_declared(cast: Cast, case: CaseFile) -> None:
    declare(case, cast.neighbour)
    declare(case, cast.supervisor)
    assert not protection.ties_for(cast.supervisor).exists()
