"""Dealing out several cases at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from cases import policies, workflow
from cases.enums import CaseType, EventKind, Right
from cases.enums.protection import TieKind
from cases.models import CaseFile
from core.workflow import TransitionError
from tests.cast import Cast
from tests.factories import make_case, make_task

URL = "/cases/assign/"


@pytest.fixture
def cases(cast: Cast) -> list[CaseFile]:
    return [make_case(cast.worker) for _number in range(3)]


@pytest.fixture
def as_supervisor(cast: Cast, client: Client) -> Client:
    client.force_login(cast.supervisor)
    return client


def send(client: Client, cast: Cast, cases: list[CaseFile], **fields: Any) -> Any:
    data = {"from": cast.worker.code, "worker": str(cast.neighbour.pk), "case": [case.code for case in cases]}
    return client.post(URL, data | fields)


def leaders(cases: list[CaseFile]) -> set[int | None]:
    return {CaseFile.objects.get(pk=case.pk).lead_worker_id for case in cases}


def test_the_ticked_cases_go_over_with_their_open_work(
    cast: Cast, as_supervisor: Client, cases: list[CaseFile]
) -> None:
    task = make_task(cases[0])
    workflow.assign(cases[1], by=cast.supervisor, worker=cast.worker, co_workers=[cast.neighbour])
    assert send(as_supervisor, cast, cases[:2]).status_code == 302
    assert leaders(cases[:2]) == {cast.neighbour.pk}
    assert leaders(cases[2:]) == {cast.worker.pk}
    task.refresh_from_db()
    assert task.assignee == cast.neighbour
    assert policies.can(cast.neighbour, Right.EDIT, cases[0])
    assert not policies.can(cast.worker, Right.VIEW, cases[0])


def test_it_begins_with_those_that_nobody_has(cast: Cast, as_supervisor: Client, cases: list[CaseFile]) -> None:
    CaseFile.objects.filter(pk=cases[0].pk).update(lead_worker=None)
    html = as_supervisor.get(URL).content.decode()
    assert cases[0].code in html
    assert cases[1].code not in html
    html = as_supervisor.get(URL, {"from": cast.worker.code}).content.decode()
    assert cases[0].code not in html
    assert cases[1].code in html


def test_all_or_none_and_the_refusal_names_the_case(cast: Cast, as_supervisor: Client, cases: list[CaseFile]) -> None:
    workflow.declare_tie(cases[1], by=cast.neighbour, kind=TieKind.FRIEND)
    answer = send(as_supervisor, cast, cases)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert f"{cases[1].code}: {cast.neighbour.full_name} menyatakan hubungan" in html
    assert html.count(" checked") == 3  # nothing that was ticked is lost
    assert leaders(cases) == {cast.worker.pk}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"case": []}, {"case"}),
        ({"case": ["ZZZZ-ZZZZ"]}, {"case"}),
        ({"worker": ""}, {"worker"}),
        ({"worker": "999999"}, {"worker"}),
        ({"worker": "x" * 10_000}, {"worker"}),
        ({"from": "nobody"}, {"case"}),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    cast: Cast, as_supervisor: Client, cases: list[CaseFile], fields: dict[str, Any], wrong: set[str]
) -> None:
    answer = send(as_supervisor, cast, cases, **fields)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == wrong
    assert leaders(cases) == {cast.worker.pk}


def test_a_double_click_assigns_once(cast: Cast, as_supervisor: Client, cases: list[CaseFile]) -> None:
    assert send(as_supervisor, cast, cases).status_code == 302
    again = send(as_supervisor, cast, cases)
    assert again.status_code == 422
    assert "Daftar ini sudah berubah. Pilih kembali." in again.content.decode()
    assert leaders(cases) == {cast.neighbour.pk}


def test_one_case_ticked_twice_is_one(cast: Cast, as_supervisor: Client, cases: list[CaseFile]) -> None:
    assert send(as_supervisor, cast, [cases[0], cases[0]]).status_code == 302
    assert cases[0].events.filter(kind=EventKind.WORKER_ASSIGNED).count() == 1


def test_another_units_case_is_no_choice(cast: Cast, as_supervisor: Client, cases: list[CaseFile]) -> None:
    foreign = make_case(cast.other_unit)
    answer = send(as_supervisor, cast, [*cases, foreign])
    assert answer.status_code == 422
    assert leaders([foreign]) == {cast.other_unit.pk}
    with pytest.raises(PermissionDenied):
        workflow.assign_many([foreign], by=cast.supervisor, worker=cast.neighbour)


def test_nor_is_another_units_worker(cast: Cast, as_supervisor: Client, cases: list[CaseFile]) -> None:
    assert send(as_supervisor, cast, cases, worker=str(cast.other_unit.pk)).status_code == 422
    with pytest.raises(TransitionError):
        workflow.assign_many(cases, by=cast.supervisor, worker=cast.other_unit)
    assert leaders(cases) == {cast.worker.pk}


@pytest.mark.parametrize("who", ["worker", "neighbour", "analyst", "admin", "cso", "auditor", "dpo"])
def test_only_supervisors_assign(cast: Cast, client: Client, cases: list[CaseFile], who: str) -> None:
    client.force_login(getattr(cast, who))
    assert send(client, cast, cases).status_code == 403
    assert leaders(cases) == {cast.worker.pk}


def test_survivors_stand_in_a_list_of_their_own(cast: Cast, client: Client) -> None:
    client.force_login(cast.other_agency_supervisor)
    survivor = make_case(cast.other_agency, case_type=CaseType.VICTIM)
    other = make_case(cast.other_agency, case_type=CaseType.FAMILY)
    query = {"from": cast.other_agency.code}
    html = client.get(URL, query).content.decode()
    assert other.code in html
    assert survivor.code not in html
    assert "Penyintas" in html
    html = client.get(URL, query | {"view": "victims"}).content.decode()
    assert survivor.code in html
    assert other.code not in html
