"""What the journeys share: a visitor who signs in, changes, and looks at each page with a critical eye."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Staff
from tests.factories import PASSWORD

DESK = {"width": 1366, "height": 900}
PHONE = {"width": 360, "height": 740}
NARROW = {"width": 320, "height": 640}
Axe = Callable[[Page], list[str]]
# On a busy machine a page takes longer than the five seconds that an expectation waits of itself.
expect.set_options(timeout=15_000)


class Visitor:
    """One browser in the hands of one person at a time."""

    def __init__(self, page: Page, context: BrowserContext, url: str, axe: Axe) -> None:
        self.page, self.context, self.url, self._axe = page, context, url, axe
        page.set_viewport_size(DESK)
        page.set_default_timeout(15_000)

    def goto(self, path: str) -> Page:
        self.page.goto(f"{self.url}{path}")
        return self.page

    def sign_in(self, person: Staff) -> None:
        """By the form, as people do."""
        self.goto("/accounts/login/")
        self.page.get_by_label("Nama akun").fill(person.username)
        self.page.get_by_label("Kata sandi").fill(PASSWORD)
        self.page.get_by_role("button", name="Masuk", exact=True).click()
        expect(self.page.get_by_role("navigation", name="Menu utama")).to_be_attached()

    def sign_out(self) -> None:
        self.page.locator(".t-who summary").click()
        self.page.get_by_role("button", name="Keluar").click()
        expect(self.page.get_by_label("Kata sandi")).to_be_visible()

    def become(self, person: Staff) -> None:
        """Straight away, where signing in is not what is looked at."""
        client = Client()
        client.force_login(person)
        name = settings.SESSION_COOKIE_NAME
        self.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self.url}])

    def speak(self, language: str) -> None:
        self.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": self.url}])

    def faults(self) -> list[str]:
        """What is wrong with the page as it stands now, at the width it has now."""
        size = self.page.viewport_size or DESK
        # As tall as the page: a bar that sticks to the edge covers nothing then, wherever it was scrolled to.
        tall = self.page.evaluate("document.documentElement.scrollHeight")
        self.page.set_viewport_size(size | {"height": max(tall, size["height"])})
        found = self._axe(self.page)
        self.page.set_viewport_size(size)
        return found + self.overflow()

    def overflow(self) -> list[str]:
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return [f"scrolls sideways by {wide} px"] if wide > 0 else []

    def check(self) -> None:
        """At a desk and on phones, without losing what was typed."""
        size = self.page.viewport_size or DESK
        faults = {"now": self.faults()}
        for small in (PHONE, NARROW):
            self.page.set_viewport_size(small)
            faults[f"{small['width']} px"] = self.overflow()
        self.page.set_viewport_size(size)
        assert not any(faults.values()), (self.page.url, faults)


@pytest.fixture
def visitor(transactional_db: None, live_server: Any, context: BrowserContext, page: Page, axe: Axe) -> Visitor:
    return Visitor(page, context, live_server.url, axe)
