"""A client moves from Malang to Palu: four people, and the case is never without one of them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from cases.enums import LegalStatusKind
from cases.models import CaseFile, CaseTransfer, ContactNote, Draft
from tests.cast import Cast, make_cast
from tests.factories import make_case, make_note, make_person
from tests.journeys.conftest import PHONE, Visitor

NAME = "Slamet Prabaswara"
NOTE = "Pindah ke Palu bulan ini, mengikuti istrinya. Wajib lapor empat mingguan."
FIRST_WORDS = "Bertemu pertama kali di Palu. Ia sudah punya tempat tinggal."
LATE_WORDS = "Tadi pagi ia menelepon dari Palu."


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    made = make_case(cast.worker, person=make_person(full_name=NAME), legal=LegalStatusKind.PAROLE)
    make_note(made)
    return made


def test_malang_hands_a_case_over_to_palu(visitor: Visitor, cast: Cast, case: CaseFile) -> None:
    palu = cast.other_unit.unit.short_name
    propose(visitor, cast, case, palu)
    transfer = CaseTransfer.objects.get()
    approve(visitor, cast, transfer)
    accept(visitor, cast, transfer)
    work_on(visitor, cast, case)
    read_on(visitor, cast, case, palu)


def propose(visitor: Visitor, cast: Cast, case: CaseFile, palu: str) -> None:
    visitor.become(cast.worker)
    page = visitor.goto(f"/cases/{case.code}/")
    page.get_by_text("Tindakan lain").first.click()
    page.get_by_role("link", name="Usulkan alih berkas").click()
    page.get_by_label("Cari unit tujuan").fill("palu")
    page.get_by_role("button", name="Cari unit").click()
    page.get_by_role("radio", name=palu).check()
    page.get_by_label("Peserta pindah tempat tinggal").check()
    page.get_by_label("Yang perlu diketahui unit tujuan").fill(NOTE)
    visitor.check()
    page.get_by_role("button", name="Kirim usulan").dblclick()
    expect(page.get_by_text("Usulan terkirim kepada pengawas unit Anda.")).to_be_visible()
    visitor.check()
    assert CaseTransfer.objects.count() == 1
    visitor.goto(f"/cases/{case.code}/")
    expect(page.get_by_text(f"Alih berkas diusulkan ke {palu}.")).to_be_visible()


def approve(visitor: Visitor, cast: Cast, transfer: CaseTransfer) -> None:
    visitor.become(cast.supervisor)
    page = visitor.goto("/dashboard/")
    page.get_by_role("navigation", name="Menu utama").get_by_role("link", name="Alih berkas").click()
    visitor.check()
    page.get_by_role("link", name="→").first.click()
    expect(page.get_by_text(NAME)).to_be_visible()
    page.get_by_role("button", name="Setujui").click()
    expect(page.get_by_text("Disetujui. Unit tujuan diberi tahu.")).to_be_visible()


def accept(visitor: Visitor, cast: Cast, transfer: CaseTransfer) -> None:
    visitor.become(cast.other_unit_supervisor)
    page = visitor.goto("/transfers/")
    page.get_by_role("link", name="→").first.click()
    expect(page.get_by_text(NOTE)).to_be_visible()
    expect(page.get_by_text(NAME)).to_have_count(0)
    visitor.check()
    page.get_by_label("Penanggung jawab baru").select_option(str(cast.other_unit.pk))
    page.get_by_role("button", name="Terima berkas").click()
    expect(page.get_by_text("Diterima. Berkas sekarang dipegang unit Anda.")).to_be_visible()
    expect(page.get_by_text(NAME)).to_be_visible()
    visitor.check()


def work_on(visitor: Visitor, cast: Cast, case: CaseFile) -> None:
    visitor.become(cast.other_unit)
    page = visitor.page
    page.set_viewport_size(PHONE)
    visitor.goto(f"/cases/{case.code}/notes/new/")
    page.get_by_label("Telepon").check()
    page.get_by_label("Ringkasan").fill(FIRST_WORDS)
    page.get_by_role("button", name="Simpan catatan").click()
    expect(page.get_by_text("Catatan tersimpan.")).to_be_visible()
    assert ContactNote.objects.filter(case=case, author=cast.other_unit).count() == 1


def read_on(visitor: Visitor, cast: Cast, case: CaseFile, palu: str) -> None:
    """Malang reads what Palu writes, is told until when, and what it still types is not lost."""
    visitor.become(cast.worker)
    page = visitor.goto(f"/cases/{case.code}/notes/")
    expect(page.get_by_text(f"Berkas ini sudah beralih ke {palu}.")).to_be_visible()
    expect(page.get_by_text("Anda dapat membaca berkas ini sampai")).to_be_visible()
    expect(page.get_by_text(FIRST_WORDS).first).to_be_visible()
    expect(page.get_by_role("link", name="Catat kontak")).to_have_count(0)
    visitor.check()
    # A form that was open since before.
    token = visitor.context.request.get(f"{visitor.url}/cases/")
    assert token.ok
    cookie = next(found for found in visitor.context.cookies() if "csrf" in found["name"])
    form = {
        "csrfmiddlewaretoken": cookie["value"],
        "type": "telepon",
        "summary": LATE_WORDS,
        "occurred_at": "2026-01-02T09:00",
    }
    answer = visitor.context.request.post(
        f"{visitor.url}/cases/{case.code}/notes/new/", form=form, headers={"referer": visitor.url}
    )
    assert answer.status == 409
    assert LATE_WORDS in answer.text()
    assert palu in answer.text()
    assert Draft.objects.get().data["summary"] == [LATE_WORDS]
