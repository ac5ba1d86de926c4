"""What happens to cases and tasks of a person who leaves a unit."""

from __future__ import annotations

import pytest

from accounts import workflow as accounts
from accounts.enums import Profession, Role
from accounts.models import Unit
from cases import policies, workflow
from cases.enums.protection import TieKind
from cases.models import CaseUserGrant, Task
from tests.factories import make_case, make_staff, make_task


@pytest.fixture
def case(cast):
    return make_case(cast.worker)


def leave(cast, how):
    if how == "deactivate":
        return accounts.deactivate_staff(cast.worker, by=cast.admin, reason="Pensiun")
    if how == "move":
        unit = Unit.objects.get(code="bps-plu")
        return accounts.move_staff(cast.worker, by=cast.admin, unit=unit, role=Role.CASEWORKER, reason="Mutasi")
    unit, role = cast.worker.unit, Role.SUPERVISOR
    return accounts.move_staff(cast.worker, by=cast.admin, unit=unit, role=role, reason="Naik jabatan")


@pytest.mark.parametrize("how", ["deactivate", "move", "promote"])
def test_access_ends_and_the_work_goes_to_the_supervisor(cast, case, how):
    task = make_task(case)
    shared = make_case(cast.neighbour)
    workflow.assign(shared, by=cast.supervisor, worker=cast.neighbour, co_workers=[cast.worker])
    leave(cast, how)
    assert not CaseUserGrant.objects.filter(user=cast.worker).exists()
    assert not policies.caseload_of(cast.worker).exists()
    case.refresh_from_db()
    assert (case.lead_worker, case.lead_unit) == (None, cast.supervisor.unit)
    task.refresh_from_db()
    assert task.assignee == cast.supervisor
    asked = Task.objects.open().get(case=case, source=f"handover:{case.pk}")
    assert asked.assignee == cast.supervisor
    period = case.lead_periods.get(ended_at=None)
    assert (period.lead_unit, period.lead_worker) == (case.lead_unit, None)
    shared.refresh_from_db()
    assert shared.lead_worker == cast.neighbour
    assert cast.worker not in shared.co_workers.all()


def test_naming_a_new_worker_finishes_the_task(cast, case):
    leave(cast, "deactivate")
    case.refresh_from_db()
    workflow.assign(case, by=cast.supervisor, worker=cast.neighbour)
    assert not Task.objects.open().filter(source=f"handover:{case.pk}").exists()


def test_a_neighbours_cases_stay_as_they_are(cast, case):
    other = make_case(cast.neighbour)
    task = make_task(other)
    leave(cast, "deactivate")
    other.refresh_from_db()
    task.refresh_from_db()
    assert (other.lead_worker, task.assignee) == (cast.neighbour, cast.neighbour)
    assert policies.caseload_of(cast.neighbour).filter(pk=other.pk).exists()


def test_a_unit_without_a_supervisor_keeps_its_cases_all_the_same(cast, case):
    task = make_task(case)
    accounts.deactivate_staff(cast.supervisor, by=cast.admin, reason="Pensiun")
    leave(cast, "deactivate")
    case.refresh_from_db()
    task.refresh_from_db()
    assert (case.lead_worker, case.lead_unit) == (None, cast.supervisor.unit)
    assert task.assignee == cast.worker  # nobody to take it: a coming supervisor finds it in the unit's list
    assert not policies.cases_for(cast.worker).exists()


def test_a_supervisor_who_leaves_hands_the_decisions_to_another(cast, case):
    task = make_task(case, assignee=cast.supervisor)
    heir = accounts.move_staff(
        cast.neighbour, by=cast.admin, unit=cast.supervisor.unit, role=Role.SUPERVISOR, reason="Pengganti"
    )
    accounts.deactivate_staff(cast.supervisor, by=cast.admin, reason="Pensiun")
    task.refresh_from_db()
    assert task.assignee == heir


def test_a_supervisor_who_is_related_to_the_person_is_given_nothing_of_the_case(cast, case):
    second = make_staff("wakil.malang", cast.worker.unit, Role.SUPERVISOR, Profession.PK_BAPAS)
    task = make_task(case)
    workflow.declare_tie(case, by=cast.supervisor, kind=TieKind.FAMILY)
    leave(cast, "deactivate")
    task.refresh_from_db()
    assert task.assignee == second
    assert {found.assignee for found in Task.objects.open().filter(case=case)} == {second}
