"""Two people edit the same field, each in a browser of their own; at a desk and on a phone."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect

from cases import workflow
from cases.models import Participant
from tests.cast import Cast, make_cast
from tests.factories import make_case
from tests.journeys.conftest import DESK, PHONE, Axe, Visitor


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["1366", "360"])
def test_two_people_edit_the_same_field(
    visitor: Visitor, browser: Browser, axe: Axe, cast: Cast, size: dict[str, int]
) -> None:
    case = make_case(cast.worker)
    workflow.assign(case, by=cast.supervisor, worker=cast.worker, co_workers=[cast.neighbour])
    path = reverse("cases:identity-edit", args=[case.code])
    other = browser.new_context()
    neighbour = Visitor(other.new_page(), other, visitor.url, axe)
    for person, who in ((visitor, cast.worker), (neighbour, cast.neighbour)):
        person.become(who)
        person.page.set_viewport_size(size)
        person.goto(path)
    neighbour.page.get_by_label("Telepon aman").fill("0812-0000-1111")
    neighbour.page.get_by_label("Nama ibu").fill("Aminah")
    neighbour.page.get_by_role("button", name="Simpan identitas").click()
    expect(neighbour.page.get_by_text("Identitas disimpan.")).to_be_visible()

    page = visitor.page
    page.get_by_label("Telepon aman").fill("0812-0000-2222")
    page.get_by_label("Tempat lahir").fill("Kepanjen")
    page.get_by_role("button", name="Simpan identitas").click()
    expect(page.get_by_role("heading", name="Isian ini berubah saat Anda menyunting")).to_be_visible()
    expect(page.get_by_text(f"{cast.neighbour.full_name} menyimpan pada")).to_be_visible()
    expect(page.get_by_text("Yang hanya diubah orang lain ikut tersimpan: Nama ibu.")).to_be_visible()
    visitor.check()
    page.get_by_label("Isian Anda").check()
    page.get_by_role("button", name="Simpan pilihan").click()
    expect(page.get_by_text("Identitas disimpan.")).to_be_visible()
    person = Participant.objects.get(pk=case.participant_id)
    assert (person.phone, person.mother_name, person.birth_place) == ("0812-0000-2222", "Aminah", "Kepanjen")
    other.close()
