"""Every address x every actor: the table stands in tests/addresses.py; an address without a row fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.addresses import ACTORS, ADDRESSES, ELSEWHERE, named_patterns, url_of
from tests.world import UNKNOWN_CODE, World, make_world

# Parts of addresses that are counted, not coded.
NUMBERS = {"month", "document_number"}
NAMES = sorted(ADDRESSES)
# Codes that lead to the worker's participant.
PERSONAL = {
    "case", "note", "task", "final", "draft", "submitted", "plan", "draft_plan", "goal", "draft_goal", "enrolment",
    "support", "sent", "accepted", "draft_referral", "export", "ready_export",
}  # fmt: skip
# One of each relation to the case; the full cast has asked by GET.
TRYING = ("worker", "neighbour", "supervisor", "other_agency", "cso", "other_cso", "analyst", "admin", "auditor")
FOREIGN = {"case": "child", "note": "child_note", "draft": "child_draft"}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One world for the whole module; each test's own writes are undone around it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def clients(world: World) -> dict[str, Client]:
    """A signed-in browser for each actor."""
    made = {actor: Client() for actor in ACTORS}
    for actor, client in made.items():
        client.force_login(getattr(world.cast, actor))
    return made


def ask_instead(world: World, client: Client, name: str, place: int, code: object) -> HttpResponse:
    """The answer to an address in which one code stands in place of the right one."""
    address = ADDRESSES[name]
    args = [world.codes[part] for part in address.codes]
    args[place] = code
    method = client.post if address.posts else client.get
    return method(reverse(name, args=args), headers=address.headers)


def test_every_named_address_has_a_row() -> None:
    known = set(named_patterns())
    assert known - set(ADDRESSES) - ELSEWHERE == set()
    assert (set(ADDRESSES) | ELSEWHERE) - known == set()


def test_every_row_names_people_of_the_cast() -> None:
    for name, address in ADDRESSES.items():
        ok, refused = set(address.ok.split()), set(address.refused.split())
        assert ok | refused <= set(ACTORS), name
        assert not ok & refused, name


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_each_actor_gets_what_the_table_says(world: World, clients: dict[str, Client], name: str) -> None:
    address, url = ADDRESSES[name], url_of(name, world.codes)
    seen = {actor: clients[actor].get(url, headers=address.headers).status_code for actor in ACTORS}
    assert seen == {actor: 405 if address.posts else address.expected(actor) for actor in ACTORS}


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in NAMES if ADDRESSES[name].ok != " ".join(ACTORS)])
def test_a_wrong_actor_cannot_post_either(world: World, clients: dict[str, Client], name: str) -> None:
    address, url = ADDRESSES[name], url_of(name, world.codes)
    wrong = [actor for actor in TRYING if actor not in address.ok.split()]
    seen = {actor: clients[actor].post(url, headers=address.headers).status_code for actor in wrong}
    takes_no_post = set(seen.values()) == {405}
    assert takes_no_post or seen == {actor: address.expected(actor) for actor in wrong}


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_a_stranger_is_sent_to_sign_in(world: World, name: str) -> None:
    address, url = ADDRESSES[name], url_of(name, world.codes)
    answer = Client().post(url) if address.posts else Client().get(url)
    if address.public:
        assert answer.status_code in (200, 204, 302)
    elif name == "cases:note-draft":  # answers in words inside the form, which the sign-in page would replace
        assert (answer.status_code, reverse("account_login") in answer.content.decode()) == (200, True)
    else:
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (302, reverse("account_login"))


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in NAMES if ADDRESSES[name].codes])
def test_a_code_that_is_nobodys_is_not_found(world: World, clients: dict[str, Client], name: str) -> None:
    address = ADDRESSES[name]
    for place, part in enumerate(address.codes):
        for code in (0, 99) if part in NUMBERS else (UNKNOWN_CODE, "k7m4-29qx", "1"):
            answer = ask_instead(world, clients[address.ok.split()[0]], name, place, code)
            assert answer.status_code == address.otherwise, (part, code)


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in NAMES if any(code in FOREIGN for code in ADDRESSES[name].codes)])
def test_another_agencys_code_is_not_found(world: World, clients: dict[str, Client], name: str) -> None:
    """The child's case of another agency, asked for by everybody who may open the same page of the own case."""
    address = ADDRESSES[name]
    for place, part in enumerate(address.codes):
        if part not in FOREIGN:
            continue
        for actor in address.ok.split():
            answer = ask_instead(world, clients[actor], name, place, world.codes[FOREIGN[part]])
            assert answer.status_code == address.otherwise, actor


def test_neighbour_and_other_agency_find_no_address_of_the_case() -> None:
    """In the table itself, so that no row can be widened for them without this failing."""
    runs_the_cohort = {"programs:enrolment-admit", "programs:enrolment-pause", "programs:enrolment-end"}
    for name, address in ADDRESSES.items():
        if PERSONAL & set(address.codes) and name not in runs_the_cohort:
            for actor in ("neighbour", "other_unit", "other_agency", "psychologist", "other_cso"):
                assert address.expected(actor) == address.otherwise, (name, actor)
