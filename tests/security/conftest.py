"""One world and one signed-in browser for each actor, shared by a module; each test's own writes are undone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from tests.addresses import ACTORS, ADDRESSES, url_of
from tests.world import World, make_world


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def clients(world: World) -> dict[str, Client]:
    made = {actor: Client(raise_request_exception=False) for actor in ACTORS}
    for actor, client in made.items():
        client.force_login(getattr(world.cast, actor))
    return made


def same_person(client: Client) -> Client:
    """Another browser with the same session: what signs out or changes the password spoils no later test."""
    other = Client(raise_request_exception=False)
    other.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return other


@pytest.fixture
def empty_cache() -> None:
    cache.clear()


FIELDS: dict[str, list[str]] = {}


def fields_of(world: World, clients: dict[str, Client], name: str) -> list[str]:
    """Names of all fields on a page, as a browser would send them; asked once."""
    if name not in FIELDS:
        address = ADDRESSES[name]
        page = clients[address.ok.split()[0]].get(url_of(name, world.codes), headers=address.headers)
        found = re.findall(
            r'<(?:input|select|textarea|button)[^>]*\bname="([^"]+)"', page.content.decode(errors="replace")
        )
        FIELDS[name] = sorted(set(found) - {"csrfmiddlewaretoken"})
    return FIELDS[name]
