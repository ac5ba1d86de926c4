"""Signing in as people do: a phone with codes, a passkey, a computer that others use too."""

from __future__ import annotations

import re
import time
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Page, expect

from tests.accounts.factors import Phone, stopped_codes  # noqa: F401 -- a fixture of every test here
from tests.cast import Cast, make_cast
from tests.factories import PASSWORD
from tests.journeys.conftest import Visitor


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def required(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


def fill_in(page: Page, name: str) -> None:
    page.get_by_label("Nama akun").fill(name)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk", exact=True).click()


def is_in(page: Page) -> None:
    expect(page).not_to_have_url(re.compile("/accounts/"))
    expect(page.get_by_role("navigation", name="Menu utama")).to_be_attached()


def finger(visitor: Visitor) -> None:
    """A fingerprint reader that always says yes, in the browser itself."""
    session = visitor.context.new_cdp_session(visitor.page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_phone_then_a_passkey_then_no_password_at_all(visitor: Visitor, cast: Cast, required: None) -> None:
    page = visitor.goto("/accounts/login/")
    finger(visitor)
    visitor.check()
    fill_in(page, cast.worker.username)
    expect(page.get_by_role("heading", name="Langkah kedua saat masuk")).to_be_visible()
    visitor.check()
    visitor.goto("/cases/")
    expect(page.get_by_role("heading", name="Langkah kedua saat masuk")).to_be_visible()
    expect(page.get_by_role("navigation", name="Menu utama")).to_have_count(0)

    page.get_by_role("link", name="Pasang aplikasi kode").click()
    phone = Phone(page.locator("#authenticator_secret").inner_text())
    visitor.check()
    page.get_by_label("Kode").fill("000000")
    page.get_by_role("button", name="Aktifkan").click()
    expect(page.locator("#authenticator_secret")).to_have_text(phone.secret)
    page.get_by_label("Kode").fill(phone.code(-1))
    page.get_by_role("button", name="Aktifkan").click()
    expect(page.locator("#recovery_codes li")).to_have_count(10)
    visitor.check()
    page.get_by_role("link", name="Sudah saya simpan").click()
    is_in(page)

    visitor.goto("/accounts/2fa/")
    visitor.check()
    page.get_by_role("link", name="Tambah kunci sandi").click()
    visitor.check()
    page.get_by_label("Nama").fill("Laptop dinas")
    page.get_by_label("Boleh masuk tanpa kata sandi").check()
    page.get_by_role("button", name="Lanjutkan").click()
    expect(page.get_by_text("Laptop dinas")).to_be_visible()

    visitor.sign_out()
    page.get_by_role("button", name="Masuk dengan kunci sandi").click()
    is_in(page)

    visitor.sign_out()
    fill_in(page, cast.worker.username)
    expect(page.get_by_role("heading", name="Langkah kedua")).to_be_visible()
    visitor.check()
    page.get_by_role("button", name="Pakai kunci sandi").click()
    is_in(page)

    visitor.sign_out()
    fill_in(page, cast.worker.username)
    page.get_by_label("Kode").fill(phone.code())
    page.get_by_role("button", name="Masuk", exact=True).click()
    is_in(page)


def test_a_page_says_before_it_ends_and_covers_itself_after(visitor: Visitor, cast: Cast) -> None:
    page = visitor.goto("/accounts/login/")
    fill_in(page, cast.worker.username)
    is_in(page)
    visitor.goto("/help/")

    let_pass(visitor, minutes=14)
    expect(page.get_by_text("Sebentar lagi Anda dikeluarkan")).to_be_visible()
    visitor.check()
    page.get_by_role("button", name="Tetap masuk").click()
    expect(page.get_by_text("Sebentar lagi Anda dikeluarkan")).to_be_hidden()

    let_pass(visitor, minutes=16)
    dialog = page.get_by_role("dialog", name="Anda sudah dikeluarkan")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    visitor.check()
    dialog.get_by_role("link", name="Masuk lagi").click()
    fill_in(page, cast.worker.username)
    expect(page).to_have_url(re.compile("/help/$"))


def let_pass(visitor: Visitor, minutes: int) -> None:
    """So long nobody did anything; then somebody looks at the page again."""
    name = django_settings.SESSION_COOKIE_NAME
    key = next(cookie["value"] for cookie in visitor.context.cookies() if cookie["name"] == name)
    session = import_module(django_settings.SESSION_ENGINE).SessionStore(key)
    session["seen_at"] = int(time.time()) - minutes * 60
    session.save()
    visitor.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_the_code_of_conduct_is_read_before_anything_else(visitor: Visitor, cast: Cast) -> None:
    cast.worker.conduct_version = ""
    cast.worker.save()
    page = visitor.goto("/accounts/login/")
    fill_in(page, cast.worker.username)
    expect(page.get_by_role("heading", name="Kode etik")).to_be_visible()
    page.get_by_role("button", name="Setuju dan lanjutkan").click()
    expect(page.get_by_text("Centang dahulu")).to_be_visible()
    visitor.check()
    page.get_by_label("Saya sudah membaca").check()
    page.get_by_role("button", name="Setuju dan lanjutkan").click()
    is_in(page)
    expect(page).to_have_url(f"{visitor.url}/")
