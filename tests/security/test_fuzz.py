"""Nonsense in every query string and every form of every address: an answer in words, never 500.

A few examples in `make test`; `make test-slow` tries fifty times as many.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.addresses import ADDRESSES, url_of
from tests.security.conftest import fields_of, same_person
from tests.world import World

pytestmark = pytest.mark.django_db
NAMES = sorted(ADDRESSES)
NASTY = [
    "",
    " ",
    "\x00",
    "0",
    "-1",
    "1e999",
    "NaN",
    "99999999999999999999",
    "true",
    "null",
    "[]",
    "{}",
    "' OR 1=1 --",
    '"><script>alert(1)</script>',
    "{{ 7*7 }}",
    "%s%n%d",
    "../../etc/passwd",
    "é" * 200,
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "\u202e\u0000\uffff",
    "x" * 20_000,
    "2026-02-30",
    "0001-01-01",
    "9999-12-31",
    "99999-01-01",
    "2026-01-01T25:61",
    "24:00",
    "ZZZZ-ZZZZ",
    "\r\n",
]
VALUES = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
COMMON = [
    *("q", "cursor", "before", "after", "view", "sort", "status", "page", "kind", "next", "day", "action", "case"),
    *("case_type", "worker", "year", "quarter", "version", "client_id", "serial", "region", "code", "id"),
]


@st.composite
def sent(draw: st.DrawFn, names: list[str]) -> dict[str, list[str]]:
    """Some of the fields that the page has, some that it has not, each with one value or several."""
    chosen = draw(st.lists(st.sampled_from(names), max_size=12, unique=True))
    return {name: draw(st.lists(VALUES, min_size=1, max_size=2)) for name in chosen}


def attack(world: World, clients: dict[str, Client], name: str, data: st.DataObject, actors: list[str]) -> None:
    """One request by GET and one by POST as one of the actors; what it wrote is undone."""
    actor = data.draw(st.sampled_from(actors))
    names = [*COMMON, *fields_of(world, clients, name)]
    query, body = data.draw(sent(COMMON)), data.draw(sent(names))
    url, client = url_of(name, world.codes), same_person(clients[actor])
    for headers in ({}, {"hx-request": "true"}) if ADDRESSES[name].fragment else ({},):
        with transaction.atomic():
            got = client.get(url, query, headers=headers)
            posted = client.post(url, body, headers=headers)
            transaction.set_rollback(True)
        assert "login" not in got.headers.get("location", ""), "signed out: the attack meets no page"
        assert got.status_code < 500, (actor, "GET", query)
        assert posted.status_code < 500, (actor, "POST", body)


def actors_of(name: str) -> list[str]:
    """Somebody who may, and somebody who may not."""
    address = ADDRESSES[name]
    stranger = [a for a in ("other_agency", "cso", "auditor") if a not in address.ok.split()][:1]
    return [*(address.ok.split()[:2]), *stranger]


def runs(examples: int) -> Any:
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.parametrize("name", NAMES)
def test_nonsense_never_breaks_a_page(world: World, clients: dict[str, Client], name: str) -> None:
    @runs(2)
    @given(st.data())
    def once(data: st.DataObject) -> None:
        attack(world, clients, name, data, actors_of(name))

    once()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_much_nonsense_never_breaks_a_page(world: World, clients: dict[str, Client], name: str) -> None:
    @runs(100)
    @given(st.data())
    def often(data: st.DataObject) -> None:
        attack(world, clients, name, data, actors_of(name))

    often()


@pytest.mark.parametrize("name", NAMES)
def test_each_nasty_value_in_each_field_at_once(world: World, clients: dict[str, Client], name: str) -> None:
    """Every field of the form gets a value of the list, by dice that fall the same way each time."""
    fields = fields_of(world, clients, name)
    dice = random.Random(name)
    actor = ADDRESSES[name].ok.split()[0]
    for _turn in range(3):
        with transaction.atomic():
            body = {field: dice.choice(NASTY) for field in [*COMMON, *fields]}
            client = same_person(clients[actor])
            assert client.post(url_of(name, world.codes), body).status_code < 500, body
            query = {field: dice.choice(NASTY[:-9]) for field in COMMON}
            client = same_person(clients[actor])
            assert client.get(url_of(name, world.codes), query).status_code < 500, query
            transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"a=%ff%00&=&&&", "application/x-www-form-urlencoded"),
        (b"{", "application/json"),
        (b"<a>", "text/xml"),
        (
            b"--x\r\nContent-Disposition: form-data; name=a; filename=../../x\r\n\r\nb\r\n--x--",
            "multipart/form-data; boundary=x",
        ),
        (b"no boundary", "multipart/form-data"),
        (b"--x", "multipart/form-data; boundary=x"),
        (b"", "application/x-www-form-urlencoded; charset=utf-7"),
        (b"a=1", "application/x-www-form-urlencoded; charset=nonsense"),
    ],
    ids=range(9),
)
def test_a_body_that_is_no_form_never_breaks_a_page(
    world: World, clients: dict[str, Client], body: bytes, kind: str
) -> None:
    for name, address in ADDRESSES.items():
        with transaction.atomic():
            client = same_person(clients[address.ok.split()[0]])
            answer = client.generic("POST", url_of(name, world.codes), body, content_type=kind)
            assert answer.status_code < 500, name
            transaction.set_rollback(True)
