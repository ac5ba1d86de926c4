"""The list, the case page and intake in a real browser: reachable for everybody, at both widths."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cases.enums import CaseType, LegalStatusKind, Priority, TaskKind
from cases.models import CaseFile, ExternalClassification
from tests.cases.test_notes_browser import sign_in
from tests.cast import Cast, make_cast
from tests.factories import make_case, make_child_case, make_note, make_person, make_task

WIDTHS = (1366, 360)


@pytest.fixture
def site(transactional_db: None, live_server: Any) -> tuple[str, Cast]:
    return live_server.url, make_cast()


def check(page: Page, axe: Callable[[Page], list[str]], where: str) -> None:
    """No fault for axe and nothing beyond the right edge, on a wide screen and on a phone."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert axe(page) == [], (where, width)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (where, width)


def test_pages_of_an_adults_case_are_reachable_for_everybody(
    site: tuple[str, Cast], page: Page, axe: Callable[[Page], list[str]]
) -> None:
    url, cast = site
    case = make_case(
        cast.worker, person=make_person(full_name="Imam Saputra", phone="0812-0000-0107"), legal=LegalStatusKind.PAROLE
    )
    make_note(case)
    make_task(case, kind=TaskKind.URGENT, priority=Priority.URGENT, title="Ancaman", due_at=timezone.now())
    ExternalClassification.objects.create(case=case, source="Lapas", value="hijau", given_on=dt.date(2026, 2, 3))
    sign_in(page, url, cast.worker)
    paths = ["", "identity/", "identity/edit/", "identity/address/", "legal/", "legal/statuses/new/"]
    paths += ["legal/events/new/", "supervision/", "supervision/edit/", "access/", "move-on/"]
    for path in ("/cases/", "/cases/?q=tidak+ada", "/cases/new/", *(f"/cases/{case.code}/{path}" for path in paths)):
        page.goto(url + path)
        page.wait_for_load_state("networkidle")
        check(page, axe, path)


def test_a_childs_case_is_reachable_and_without_colour(
    site: tuple[str, Cast], page: Page, axe: Callable[[Page], list[str]]
) -> None:
    url, cast = site
    case = make_child_case(cast.other_agency)
    make_case(cast.other_agency, case_type=CaseType.FAMILY)
    sign_in(page, url, cast.other_agency)
    for path in ("/cases/", f"/cases/{case.code}/", f"/cases/{case.code}/identity/"):
        page.goto(url + path)
        page.wait_for_load_state("networkidle")
        check(page, axe, path)
        expect(page.locator(".t-band")).to_have_count(0)


def test_a_case_is_opened_with_a_district_found_while_typing(
    site: tuple[str, Cast], page: Page, axe: Callable[[Page], list[str]]
) -> None:
    url, cast = site
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page, url, cast.worker)
    page.goto(f"{url}/cases/new/")
    page.get_by_label("Nama", exact=True).fill("Bagus Wicaksono")
    page.get_by_role("button", name="Cari, lalu lanjut").click()
    page.get_by_role("button", name="Buka kasus").click()
    expect(page.get_by_role("alert")).to_contain_text("2 isian perlu diperbaiki.")
    check(page, axe, "intake with errors")
    page.get_by_label("Laki-laki").check()
    page.get_by_label("Tahun lahir", exact=False).first.fill("1991")
    page.get_by_label("Kecamatan (pilihan)", exact=True).press_sequentially("lowokwaru")
    page.get_by_label("Lowokwaru, Kota Malang, Jawa Timur").check()
    page.get_by_label("Perujuk").select_option("lapas")
    page.get_by_role("button", name="Buka kasus").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bagus Wicaksono")
    assert CaseFile.objects.get().participant.addresses.get().region.name == "Lowokwaru"


def test_filtering_renews_the_rows_and_the_address(site: tuple[str, Cast], page: Page) -> None:
    url, cast = site
    make_case(cast.worker, person=make_person(full_name="Teguh Waluyo"))
    make_case(cast.worker, person=make_person(full_name="Imam Saputra"))
    sign_in(page, url, cast.worker)
    page.goto(f"{url}/cases/")
    search = page.get_by_role("search", name="Saring kasus")
    search.get_by_label("Cari").fill("teguh")
    search.get_by_role("button", name="Terapkan").click()
    expect(page.locator("#results tbody tr")).to_have_count(1)
    assert "q=teguh" in page.url
    page.get_by_role("link", name="Hapus saringan “teguh”").click()
    expect(page.locator("#results tbody tr")).to_have_count(2)
