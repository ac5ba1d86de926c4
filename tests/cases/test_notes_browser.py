"""A note on a phone: autosaved, kept through a lost signal, sent once, gone from the phone afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cases.models import CaseFile, CheckIn, ContactNote, Draft
from tests.cases.test_today import make_duty
from tests.cast import Cast, make_cast
from tests.factories import PASSWORD, make_case

PHONE = {"width": 360, "height": 740}
SUMMARY = "Bengkel ramai. Ayah peserta ikut duduk."


@pytest.fixture
def site(transactional_db: None, live_server: Any) -> tuple[str, Cast, CaseFile]:
    cast = make_cast()
    return live_server.url, cast, make_case(cast.worker)


def sign_in(page: Page, url: str, person: Any) -> None:
    page.goto(f"{url}/accounts/login/")
    page.fill("[name=login]", person.username)
    page.fill("[name=password]", PASSWORD)
    page.locator("form", has=page.locator("[name=password]")).locator("button[type=submit]").first.click()
    expect(page).to_have_url(f"{url}/")


def open_form(page: Page, url: str, case: CaseFile) -> None:
    page.goto(f"{url}/cases/{case.code}/notes/new/")
    page.get_by_label("Kunjungan rumah").check()
    page.get_by_label("Ringkasan").fill(SUMMARY)


def unsent(page: Page) -> int:
    """How many notes lie in the phone's drawer."""
    return int(
        page.evaluate(
            """() => new Promise((resolve) => {
                const request = indexedDB.open("titian-unsent", 1);
                request.onsuccess = () => {
                    const count = request.result.transaction("notes").objectStore("notes").count();
                    count.onsuccess = () => { request.result.close(); resolve(count.result); };
                };
            })"""
        )
    )


def test_a_note_takes_four_touches_and_is_autosaved(
    site: tuple[str, Cast, CaseFile], page: Page, axe: Callable[[Page], list[str]]
) -> None:
    url, cast, case = site
    page.set_viewport_size(PHONE)
    sign_in(page, url, cast.worker)
    page.locator(".t-dock").get_by_role("link", name="Catat").click()
    assert axe(page) == []
    page.get_by_role("link", name=re.compile(rf"^Catat\s*: {case.participant.shown_name}$")).click()
    assert axe(page) == []
    page.get_by_label("Telepon").check()
    page.get_by_label("Ringkasan").fill(SUMMARY)
    expect(page.locator(".t-saved")).to_have_text(re.compile(r"Draf tersimpan \d\d\.\d\d"))
    assert Draft.objects.get().data["summary"] == [SUMMARY]
    page.get_by_role("button", name="Simpan catatan").click()
    expect(page.get_by_text("Catatan tersimpan.")).to_be_visible()
    assert axe(page) == []
    assert ContactNote.objects.count() == 1
    assert not Draft.objects.exists()


def test_what_is_wrong_is_said_in_place_and_nothing_typed_goes(site: tuple[str, Cast, CaseFile], page: Page) -> None:
    url, cast, case = site
    sign_in(page, url, cast.worker)
    page.goto(f"{url}/cases/{case.code}/notes/new/")
    page.get_by_label("Ringkasan").fill(SUMMARY)
    page.get_by_role("button", name="Simpan catatan").click()
    expect(page.locator(".t-errors")).to_be_focused()
    expect(page.get_by_label("Ringkasan")).to_have_value(SUMMARY)
    page.get_by_label("Bimbingan").check()
    page.get_by_role("button", name="Simpan catatan").click()
    expect(page.get_by_text("Catatan tersimpan.")).to_be_visible()


def test_a_lost_signal_keeps_the_note_and_sends_it_once(site: tuple[str, Cast, CaseFile], page: Page) -> None:
    url, cast, case = site
    page.set_viewport_size(PHONE)
    sign_in(page, url, cast.worker)
    open_form(page, url, case)
    page.context.set_offline(True)
    expect(page.get_by_text("Tidak ada sinyal.")).to_be_visible()
    expect(page.locator(".t-saved")).to_have_text(re.compile(r"Tersimpan di ponsel \d\d\.\d\d, belum terkirim"))
    page.get_by_role("button", name="Simpan catatan").click()
    expect(page.locator(".t-saved")).to_have_text(re.compile("Terkirim sendiri saat ada sinyal"))
    expect(page.get_by_label("Ringkasan")).to_have_value(SUMMARY)
    assert unsent(page) == 1
    assert not ContactNote.objects.exists()
    page.context.set_offline(False)
    expect(page).to_have_url(re.compile(rf"/cases/{case.code}/notes/\w{{4}}-\w{{4}}/$"))
    expect(page.get_by_text(SUMMARY)).to_be_visible()
    assert ContactNote.objects.count() == 1
    assert unsent(page) == 0


def test_text_that_never_left_the_phone_comes_back_into_its_form(site: tuple[str, Cast, CaseFile], page: Page) -> None:
    url, cast, case = site
    sign_in(page, url, cast.worker)
    open_form(page, url, case)
    page.route("**/notes/draft/", lambda route: route.abort())
    page.get_by_label("Ringkasan").fill(f"{SUMMARY} Ditambah di jalan.")
    expect(page.locator(".t-saved")).to_have_text(re.compile("Tersimpan di ponsel"))
    page.goto(f"{url}/cases/{case.code}/notes/new/")
    expect(page.get_by_label("Ringkasan")).to_have_value(f"{SUMMARY} Ditambah di jalan.")
    expect(page.get_by_label("Kunjungan rumah")).to_be_checked()


def test_a_session_that_ended_before_the_tap_keeps_every_word(site: tuple[str, Cast, CaseFile], page: Page) -> None:
    url, cast, case = site
    sign_in(page, url, cast.worker)
    open_form(page, url, case)
    page.context.clear_cookies(name="titian_session")
    page.get_by_role("button", name="Simpan catatan").click()  # before anything was autosaved
    ended = page.get_by_role("dialog", name="Anda sudah dikeluarkan")
    expect(ended).to_be_visible()
    assert page.locator("[name=login]").count() == 0, "the sign-in page takes nobody's form away"
    ended.get_by_role("link", name="Masuk lagi").click()
    page.fill("[name=login]", cast.worker.username)
    page.fill("[name=password]", PASSWORD)
    page.locator("form", has=page.locator("[name=password]")).locator("button[type=submit]").first.click()
    expect(page.get_by_label("Ringkasan")).to_have_value(SUMMARY)
    page.get_by_role("button", name="Simpan catatan").click()
    expect(page.get_by_text("Catatan tersimpan.")).to_be_visible()
    assert ContactNote.objects.count() == 1


def test_signing_out_asks_first_and_leaves_nothing_behind(site: tuple[str, Cast, CaseFile], page: Page) -> None:
    url, cast, case = site
    sign_in(page, url, cast.worker)
    open_form(page, url, case)
    page.route("**/notes/draft/", lambda route: route.abort())
    page.get_by_label("Ringkasan").fill("Belum terkirim.")
    expect(page.locator(".t-saved")).to_have_text(re.compile("Tersimpan di ponsel"))
    asked: list[str] = []

    def accept(dialog: Any) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", accept)
    page.locator(".t-who summary").click()
    page.get_by_role("button", name="Keluar").click()
    expect(page.locator("[name=password]")).to_be_visible()
    assert asked == ["1 catatan belum terkirim. Keluar sekarang menghapusnya dari ponsel ini. Tetap keluar?"]
    assert unsent(page) == 0


def test_one_tap_on_the_morning_list(
    site: tuple[str, Cast, CaseFile], page: Page, axe: Callable[[Page], list[str]]
) -> None:
    url, cast, case = site
    make_duty(case, cast)
    name = case.participant.shown_name
    sign_in(page, url, cast.worker)
    assert axe(page) == []
    page.get_by_role("button", name=re.compile(rf"^Izin\s*: {name}$")).click()
    expect(page.get_by_label("Alasan izin")).to_be_visible()
    assert axe(page) == []
    page.get_by_label("Alasan izin").fill("Anak sakit")
    page.get_by_role("button", name="Simpan alasan").click()
    expect(page.get_by_text("Anak sakit")).to_be_visible()
    page.get_by_role("button", name=re.compile(rf"^Urungkan\s*: {name}$")).click()
    expect(page.get_by_role("button", name=re.compile(rf"^Izin\s*: {name}$"))).to_be_visible()
    assert not CheckIn.objects.exists()
