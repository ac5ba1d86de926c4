"""What htmx swaps into a page is what a reload would show: the part and the page are compared, element by element."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from tests.addresses import ADDRESSES, url_of
from tests.world import World, make_world

# Page -> who looks, the query, and the id of the part that the page swaps.
PARTS = {
    "home": ("worker", "", "today_work"),
    "cases:case-list": ("worker", "?q=wening", "results"),
    "cases:timeline": ("worker", "?kind=note", "timeline"),
    "cases:case-close": ("supervisor", "?reason=selesai", "close_needs"),
    "cases:note-list": ("worker", "", "notes"),
    "cases:session-list": ("worker", "", "sessions"),
    "cases:note-quick": ("worker", "?q=wening", "note_choices"),
    "cases:note-new": ("worker", "", "note_form"),
    "partners:partner-list": ("worker", "?q=titi", "partners"),
    "partners:referral-list": ("worker", "", "referrals"),
    "partners:inbox": ("cso", "", "inbox_lists"),
}
# Cards that the case page fetches from other apps, and where the same things stand in full.
PANELS = ("assessments:summary-panel", "partners:referral-panel", "programs:plan-panel")
NEVER_THE_SAME = re.compile(
    r'(name="(?:csrfmiddlewaretoken|client_id|opened_at)"[^>]*value=")[^"]*|[\d-]{10}T[\d:.+]+'
)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


def ask(world: World, actor: str, url: str, **headers: str) -> HttpResponse:
    client = Client()
    client.force_login(getattr(world.cast, actor))
    return client.get(url, headers=headers)


def element(html: str, name: str) -> str:
    """The element with this id, from its first to its last sign, without what differs on every request."""
    start = re.search(rf'<(\w+)[^<>]*\sid="{name}"', html)
    assert start, f"no element with id {name}"
    tag, depth = start[1], 0
    for edge in re.finditer(rf"<(/?){tag}\b", html[start.start() :]):
        depth += -1 if edge[1] else 1
        if depth == 0:
            found = html[start.start() : start.start() + edge.start()]
            return " ".join(NEVER_THE_SAME.sub(r"\1", found).split())
    pytest.fail(f"the element {name} is never closed")


@pytest.mark.django_db
@pytest.mark.parametrize("name", PARTS)
def test_the_part_equals_the_same_part_of_a_reload(world: World, name: str) -> None:
    actor, query, part = PARTS[name]
    url = url_of(name, world.codes) + query
    page, fragment = ask(world, actor, url), ask(world, actor, url, **{"hx-request": "true"})
    assert (page.status_code, fragment.status_code) == (200, 200)
    assert "<html" in page.content.decode()
    assert "<html" not in fragment.content.decode()
    assert element(fragment.content.decode(), part) == element(page.content.decode(), part)
    assert "HX-Request" in page.headers["vary"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", PARTS)
def test_a_boosted_link_and_the_back_button_get_the_whole_page(world: World, name: str) -> None:
    actor, query, _part = PARTS[name]
    url = url_of(name, world.codes) + query
    for header in ("hx-boosted", "hx-history-restore-request"):
        answer = ask(world, actor, url, **{"hx-request": "true", header: "true"})
        assert "<html" in answer.content.decode(), header


@pytest.mark.django_db
@pytest.mark.parametrize("name", PANELS)
def test_a_panel_answers_with_the_card_that_the_case_page_waits_for(world: World, name: str) -> None:
    url = url_of(name, world.codes)
    page = ask(world, "worker", url_of("cases:case-detail", world.codes)).content.decode()
    panel = ask(world, "worker", url, **{"hx-request": "true"}).content.decode()
    card = name.replace(":", "-")
    assert f'hx-get="{url}"' in page
    assert f'id="{card}"' in page
    assert re.match(rf'\s*<section[^>]*\sid="{card}"', panel)
    assert "<html" not in panel


@pytest.mark.django_db
@pytest.mark.parametrize("name", PANELS)
def test_a_panel_opened_without_script_is_a_page(world: World, name: str) -> None:
    client = Client()
    client.force_login(world.cast.worker)
    answer = client.get(url_of(name, world.codes), follow=True)
    assert answer.status_code == 200
    assert "<html" in answer.content.decode()


@pytest.mark.django_db
def test_a_finished_report_answers_progress_that_asks_no_more(world: World) -> None:
    url = url_of("reports:report-progress", world.codes)
    part = ask(world, "admin", url, **{"hx-request": "true"}).content.decode()
    assert "<html" not in part
    assert "hx-get" not in part
    assert "<html" in ask(world, "admin", url).content.decode()


def test_every_view_that_answers_in_parts_is_compared_here() -> None:
    """Names of fragments in the views, against those of this file; forms that only post are tested with their app."""
    from django.conf import settings

    found = set()
    for path in settings.BASE_DIR.glob("*/views*"):
        files = path.rglob("*.py") if path.is_dir() else [path]
        for file in files:
            found |= set(re.findall(r'fragment="(\w+)"', file.read_text()))
    others = {"note_kept", "people", "referral_panel"}  # answers to forms, and a panel
    assert found == {part for _actor, _query, part in PARTS.values()} | others
    assert set(PARTS) <= set(ADDRESSES)
