"""Every page of the URL table in Chromium: axe, both languages, desk and phone, no sideways scroll."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.addresses import ADDRESSES, FILES, url_of
from tests.journeys.conftest import DESK, NARROW, PHONE, Visitor
from tests.world import World, make_world

# Beside the first person of each row: pages that look different from another side.
OTHER_SIDES = {
    "supervisor": (
        "cases:case-list",
        "cases:case-detail",
        "assessments:queue",
        "assessments:result",
        "partners:partner-detail",
        "programs:plan",
        "reports:report-list",
        "reports:report-detail",
    ),
    "cso": ("partners:partner-list", "partners:referral-detail", "programs:programme-list", "accounts:help"),
    "analyst": ("cases:case-list", "cases:case-detail", "reports:report-list"),
    "admin": ("cases:identity", "reports:report-list"),
    "head_office": ("reports:dashboard",),
    "auditor": ("accounts:profile",),
}


def walks() -> dict[str, list[str]]:
    """Who visits what: each page once by somebody who may, and the other sides."""
    found: dict[str, list[str]] = {}
    for name, address in ADDRESSES.items():
        is_page = address.status == 200 and not address.posts and not address.fragment and name not in FILES
        if is_page:
            found.setdefault(address.ok.split()[0], []).append(name)
    for actor, names in OTHER_SIDES.items():
        found.setdefault(actor, []).extend(name for name in names if name not in found.get(actor, ()))
    return found


WALKS = walks()
GROUPS = {
    "worker, first half": [("worker", name) for name in WALKS["worker"][::2]],
    "worker, second half": [("worker", name) for name in WALKS["worker"][1::2]],
    "all others": [(actor, name) for actor, names in WALKS.items() if actor != "worker" for name in names],
}


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


@pytest.mark.parametrize("group", GROUPS)
def test_every_page_is_reachable_for_everybody(visitor: Visitor, world: World, group: str) -> None:
    """At a desk in Indonesian and on a phone in English with axe; and the widths of phones in both languages."""
    page, faults, former = visitor.page, {}, ""
    for actor, name in GROUPS[group]:
        if actor != former:
            visitor.become(getattr(world.cast, actor))
            former = actor
        for language, size in (("id", DESK), ("en", PHONE)):
            visitor.speak(language)
            page.set_viewport_size(size)
            answer = page.goto(f"{visitor.url}{url_of(name, world.codes)}")
            expect(page.locator(".htmx-request")).to_have_count(0)  # cards that load by themselves
            found = visitor.faults()
            for narrow in (PHONE, NARROW):
                page.set_viewport_size(narrow)
                found += visitor.overflow()
            if answer is None or answer.status != 200 or page.locator("html").get_attribute("lang") != language:
                found.append(
                    f"status {answer and answer.status}, language {page.locator('html').get_attribute('lang')}"
                )
            if found:
                faults[f"{actor} {name} {language} {size['width']}"] = found
    assert faults == {}


def test_before_sign_in(visitor: Visitor, world: World) -> None:
    faults = {}
    for name in [
        name for name, address in ADDRESSES.items() if address.public and not address.posts and not address.fragment
    ]:
        for language, size in (("id", DESK), ("en", PHONE)):
            visitor.speak(language)
            visitor.page.set_viewport_size(size)
            visitor.goto(url_of(name, world.codes))
            if found := visitor.faults():
                faults[f"{name} {language}"] = found
    assert faults == {}


def test_the_tab_of_the_page_is_in_sight_on_a_phone(visitor: Visitor, world: World) -> None:
    visitor.become(world.cast.admin)
    visitor.page.set_viewport_size(PHONE)
    page = visitor.goto("/retention/rules/")
    tab = page.locator(".t-sections [aria-current]")
    expect(tab).to_have_text("Jadwal retensi")
    expect(tab).to_be_in_viewport(ratio=1)
    assert page.evaluate("window.scrollY") == 0
