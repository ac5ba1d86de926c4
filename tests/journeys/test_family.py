"""A social worker takes a family of five in: the person first, then everybody else on one page, on a phone."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cases.models import CaseFile, HouseholdMember, Participant
from tests.cast import Cast, make_cast
from tests.factories import NIK
from tests.journeys.conftest import PHONE, Visitor

FATHER, MOTHER, SON, DAUGHTER = "Bagus Wicaksono", "Ratri Handayani", "Galih Wicaksono", "Ayu Wicaksono"
GRANDMOTHER = "Mbah Karto"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def test_a_family_of_five_is_taken_in_in_one_go(visitor: Visitor, cast: Cast) -> None:
    page = visitor.page
    visitor.sign_in(cast.other_agency)
    page.set_viewport_size(PHONE)
    visitor.goto("/cases/new/")
    page.get_by_label("Nama", exact=True).fill(FATHER)
    page.get_by_label("NIK").fill(NIK)
    page.get_by_role("button", name="Cari, lalu lanjut").click()
    expect(page.get_by_text("Tidak ada berkas yang cocok.")).to_be_visible()
    expect(page.get_by_label("NIK", exact=False).first).to_have_value(NIK)
    page.get_by_text("Laki-laki", exact=True).click()
    page.get_by_label("Tahun lahir", exact=False).first.fill("1985")
    page.get_by_text("Rehabilitasi sosial dewasa").click()
    page.get_by_label("Perujuk").select_option(label="Datang sendiri")
    page.get_by_role("button", name="Buka kasus").click()
    # The number says 1990, the form 1985: asked once, with everything that was typed.
    expect(page.get_by_text("Tanggal lahir dalam NIK berbeda dari yang diisi.").first).to_be_visible()
    visitor.check()
    page.get_by_text("NIK sudah dicocokkan").click()
    page.get_by_role("button", name="Buka kasus").click()
    expect(page.get_by_role("heading", level=1, name=FATHER)).to_be_visible()

    case = CaseFile.objects.get()
    visitor.goto(f"/cases/{case.code}/identity/")
    page.get_by_role("link", name="Catat keluarga").click()
    visitor.check()
    year = timezone.localdate().year
    family = (
        (MOTHER, "Suami atau istri", "Perempuan", "1988", "Keluarga"),
        (SON, "Anak", "Laki-laki", str(year - 12), "Rehabilitasi sosial anak"),
        (DAUGHTER, "Anak", "Perempuan", str(year - 9), "Rehabilitasi sosial anak"),
        (GRANDMOTHER, "Orang tua", "", "", ""),
    )
    for number, (name, kinship, sex, born, kind) in enumerate(family, start=1):
        line = page.locator(".t-narrow details").nth(number - 1)
        if number > 1:
            line.locator("summary").click()
        line.get_by_label("Nama", exact=True).fill(name)
        line.get_by_label("Hubungan dengan kepala keluarga").select_option(label=kinship)
        if sex:
            line.get_by_label("Jenis kelamin").select_option(label=sex)
            line.get_by_label("Tahun lahir").fill(born)
            line.get_by_label("Berkas", exact=False).first.select_option(label=f"Buka kasus: {kind}")
    # A double tap stores nothing twice.
    page.get_by_role("button", name="Simpan keluarga").dblclick()
    expect(page.get_by_role("table", name="Anggota keluarga")).to_contain_text(GRANDMOTHER)
    visitor.check()
    assert HouseholdMember.objects.count() == 5
    assert Participant.objects.count() == CaseFile.objects.count() == 4
