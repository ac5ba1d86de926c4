"""The main job from the first note to the PDF, as the people of it do it, with a real worker behind."""

from __future__ import annotations

import datetime as dt
import re
import time
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from assessments.models import Assessment
from cases.enums import LegalStatusKind
from cases.models import CaseFile, ContactNote
from partners.enums import Verification
from partners.models import PartnerOrganisation, Referral
from reports.models import QuarterlyReport
from tests.cast import Cast, make_cast
from tests.conftest import WorkerProcess
from tests.factories import NAME, make_case, make_cohort, make_person
from tests.journeys.conftest import DESK, PHONE, Visitor
from tests.partnership import make_offer

SUMMARY = "Bengkel ramai lagi. Ia mulai mencatat pengeluaran."


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    person = make_person(full_name=NAME, phone="0812-0000-1111", safe_contact_method="Telepon, bukan pesan")
    opened = timezone.now() - dt.timedelta(days=200)
    case = make_case(cast.worker, person=person, legal=LegalStatusKind.PAROLE, opened_at=opened)
    partner = PartnerOrganisation.objects.create(
        name="Yayasan Titi Harapan", kind="cso", verification=Verification.VERIFIED, unit=cast.cso.unit
    )
    make_offer(partner, cast)
    make_cohort(cast.worker.unit)
    return case


def test_from_the_first_note_to_the_quarterly_pdf(
    visitor: Visitor, cast: Cast, case: CaseFile, celery_worker_process: WorkerProcess, tmp_path: Path
) -> None:
    visitor.goto("/accounts/login/")
    visitor.check()
    visitor.sign_in(cast.worker)
    expect(visitor.page.get_by_role("heading", level=1, name="Hari ini")).to_be_visible()
    visitor.check()
    skip_to_the_content(visitor.page)

    write_a_note_on_the_phone(visitor, case)
    assess(visitor, case)
    visitor.sign_out()
    decide(visitor, cast)
    visitor.sign_out()

    visitor.sign_in(cast.worker)
    plan(visitor, case)
    visitor.become(cast.supervisor)
    visitor.goto(f"/cases/{case.code}/plan/").get_by_role("button", name="Setujui rencana").click()
    expect(visitor.page.get_by_text("Rencana disetujui dan aktif.")).to_be_visible()
    visitor.become(cast.worker)
    enrol_and_take_attendance(visitor, case)
    code = refer(visitor, case)

    visitor.become(cast.cso)
    deliver(visitor, case, code)
    visitor.become(cast.admin)
    make_the_report(visitor, tmp_path)
    visitor.sign_out()


def skip_to_the_content(page: Page) -> None:
    page.keyboard.press("Tab")
    skip = page.locator(".t-skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def write_a_note_on_the_phone(visitor: Visitor, case: CaseFile) -> None:
    page = visitor.goto("/cases/")
    visitor.check()
    page.get_by_role("link", name=NAME).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAME)
    expect(page.locator("#assessments-summary-panel").get_by_text("Belum ada penilaian").first).to_be_visible()
    visitor.check()

    page.set_viewport_size(PHONE)
    visitor.goto("/")
    began = time.monotonic()
    page.locator(".t-dock").get_by_role("link", name="Catat").click()
    page.get_by_role("link", name=re.compile(NAME)).first.click()
    page.get_by_label("Telepon").check()
    page.get_by_label("Ringkasan").fill(SUMMARY)
    expect(page.locator(".t-saved")).to_have_text(re.compile(r"Draf tersimpan \d\d\.\d\d"))
    visitor.check()
    page.get_by_role("button", name="Simpan catatan").dblclick()
    expect(page.get_by_text("Catatan tersimpan.")).to_be_visible()
    assert time.monotonic() - began < 60
    assert ContactNote.objects.filter(case=case).count() == 1
    visitor.check()
    page.set_viewport_size(DESK)
    visitor.goto(f"/cases/{case.code}/timeline/")
    expect(page.get_by_text(SUMMARY)).to_be_visible()


def assess(visitor: Visitor, case: CaseFile) -> None:
    """Every domain calmly, but for one concern that is only written down."""
    page = visitor.goto(f"/cases/{case.code}/assessments/")
    visitor.check()
    page.get_by_role("link", name=re.compile("Mulai penilaian")).first.click()
    visitor.check()
    page.get_by_label("Penilaian awal").check()
    page.get_by_role("button", name="Mulai penilaian").click()
    expect(page.get_by_role("button", name=re.compile("^Lanjut ke"))).to_be_visible()
    assessment = Assessment.objects.get(case=case)
    visitor.check()
    for domain in assessment.definition.domains_in(assessment.rule_mode):
        expect(page).to_have_url(re.compile(f"/domain/{domain.code}/"))
        answer_domain(page, assessment)
        page.get_by_role("button", name=re.compile("^Lanjut ke")).click()
    expect(page).to_have_url(re.compile("/narratives/"))
    for box in page.locator("main textarea").all():
        box.fill("Tiga bulan tanpa kejadian. Keluarga kuat.")
    visitor.check()
    page.locator("main form button.btn-primary").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Apa pertimbangan Anda?")
    expect(page.get_by_text("Petunjuk dari aturan")).to_have_count(0)
    visitor.check()
    assert page.locator("input[name=band]").count(), page.locator("main").inner_text()  # says what is missing
    page.locator("input[name=band][value=hijau]").check()
    for box in page.locator("main textarea").all():
        box.fill("Tiga bulan tanpa kejadian. Keluarga kuat.")
    page.get_by_role("button", name="Simpan dan lihat petunjuk").click()
    expect(page.get_by_text("Petunjuk dari aturan")).to_be_visible()
    visitor.check()
    page.locator("input[name=final_band][value=hijau]").check()
    for box in page.locator("main textarea:visible").all():
        box.fill("Saya setuju dengan isi ini.")
    page.get_by_role("button", name="Ajukan ke Tri Wahyuni").click()
    expect(page.get_by_text("Diajukan ke Tri Wahyuni. Isian terkunci.")).to_be_visible()
    visitor.check()


def answer_domain(page: Page, assessment: Assessment) -> None:
    for code in page.locator("main [id]").evaluate_all("found => found.map(one => one.id)"):
        item = assessment.definition.items.get(code)
        if item is None:
            continue
        calm = "yes" if item.scale.type == "choice" else "0" if item.scale.higher_is_more_concern else "3"
        card = page.locator(f"[id='{code}']")
        card.locator(f"input[name='{code}-value'][value='{calm}']").check()
        sure = card.locator(f"input[name='{code}-confidence'][value='tinggi']")
        if sure.is_visible():
            sure.check()
        note = card.locator("textarea")
        if note.is_visible():
            note.fill("Dilihat pada kunjungan.")
        for source in card.locator(f"input[name='{code}-sources']").all()[:2]:
            if source.is_visible():
                source.check()


def decide(visitor: Visitor, cast: Cast) -> None:
    visitor.sign_in(cast.supervisor)
    page = visitor.page
    expect(page).to_have_url(f"{visitor.url}/dashboard/")
    visitor.check()
    visitor.goto("/assessments/queue/")
    visitor.check()
    page.get_by_role("link", name="Periksa").first.click()
    visitor.check()
    page.get_by_role("link", name="Jadikan final").click()
    visitor.check()
    page.get_by_role("button", name="Jadikan final").click()
    expect(page.get_by_text("Tidak ada yang menunggu keputusan.")).to_be_visible()


def plan(visitor: Visitor, case: CaseFile) -> None:
    page = visitor.goto(f"/cases/{case.code}/plan/")
    visitor.check()
    page.get_by_role("link", name="Mulai rencana").click()
    page.get_by_role("checkbox").first.check()
    visitor.check()
    page.get_by_role("button", name="Simpan dan tambah tujuan").click()
    page.get_by_role("link", name="Tambah tujuan").click()
    page.get_by_label("tujuan, dengan kata peserta", exact=False).fill("Bengkel saya jalan tanpa utang.")
    page.locator("input[name=type]").first.check()
    page.locator("input[name=items]").first.check()
    visitor.check()
    page.get_by_role("button", name="Simpan tujuan").click()
    expect(page.get_by_text("Bengkel saya jalan tanpa utang.")).to_be_visible()
    page.get_by_role("button", name="Ajukan rencana").click()
    expect(page.get_by_text("Rencana diajukan.")).to_be_visible()
    visitor.check()


def enrol_and_take_attendance(visitor: Visitor, case: CaseFile) -> None:
    page = visitor.goto(f"/cases/{case.code}/programs/")
    visitor.check()
    page.locator("select[name=cohort]").select_option(index=1)
    page.locator("form", has=page.locator("select[name=cohort]")).get_by_role("button").click()
    expect(page.get_by_text(re.compile("Keikutsertaan: "))).to_be_visible()
    cohort = case.enrolments.get().cohort
    visitor.goto(f"/programs/cohorts/{cohort.code}/")
    visitor.check()
    page.get_by_role("link", name="Tambah sesi").click()
    page.locator("input[name=held_on]").fill(timezone.localdate().isoformat())
    page.locator("input[name=topic]").fill("Merawat mesin")
    page.get_by_role("button", name="Simpan sesi").click()
    page.get_by_role("link", name=re.compile("^Catat kehadiran")).click()
    page.locator("input[value=hadir]").check()
    visitor.check()
    page.get_by_role("button", name="Simpan kehadiran").click()
    expect(page.get_by_text("Kehadiran tersimpan.")).to_be_visible()


def refer(visitor: Visitor, case: CaseFile) -> str:
    page = visitor.goto(f"/cases/{case.code}/referrals/new/?region=")
    visitor.check()
    page.get_by_role("link", name=re.compile("^Pilih")).first.click()
    page.get_by_label("Yang diminta").fill("Modal kecil dan pendampingan usaha lele.")
    page.get_by_label("Dukungan yang dibutuhkan").first.fill("Pembukuan sederhana.")
    page.locator("input[name=data_shared][value=support_needed]").check()
    page.locator("input[name=valid_until]").fill((timezone.localdate() + dt.timedelta(days=90)).isoformat())
    visitor.check()
    page.get_by_role("button", name="Lihat sebelum mengirim").click()
    expect(page.get_by_role("button", name=re.compile("Kirim")).first).to_be_visible()
    visitor.check()
    page.get_by_role("button", name=re.compile("Kirim")).first.click()
    expect(page.locator(".t-messages, [role=status]").first).to_be_visible()
    referral = Referral.objects.get(case=case)
    assert referral.status == "sent"
    return referral.code


def deliver(visitor: Visitor, case: CaseFile, code: str) -> None:
    """The partner's officer sees the request, then the listed data, and never the case."""
    page = visitor.goto("/")
    expect(page).to_have_url(f"{visitor.url}/referrals/inbox/")
    visitor.check()
    visitor.goto(f"/referrals/{code}/")
    expect(page.get_by_text(NAME)).to_have_count(0)
    visitor.check()
    page.locator("input[name=decision][value=accept]").check()
    page.locator("input[name=starts_on]").fill(timezone.localdate().isoformat())
    page.locator("form", has=page.locator("input[name=decision]")).get_by_role("button").click()
    expect(page.get_by_text("Diterima. Data peserta tampil di bawah")).to_be_visible()
    expect(page.get_by_text(NAME).first).to_be_visible()
    visitor.check()
    visitor.goto(f"/referrals/{code}/notes/new/")
    page.get_by_label("Kemajuan").fill("Sesi pertama berjalan baik.")
    visitor.check()
    page.locator("form", has=page.get_by_label("Kemajuan")).get_by_role("button").first.click()
    expect(page.get_by_text("Sesi pertama berjalan baik.")).to_be_visible()
    answer = page.request.get(f"{visitor.url}/cases/{case.code}/")
    assert answer.status == 404
    assert NAME not in answer.text()


def make_the_report(visitor: Visitor, folder: Path) -> None:
    page = visitor.goto("/")
    expect(page).to_have_url(f"{visitor.url}/reports/")
    visitor.check()
    page.get_by_role("button", name="Buat laporan").click()
    expect(page.get_by_text("Laporan sedang dibuat.")).to_be_visible()
    expect(page.get_by_text("Selesai dibuat.")).to_be_visible(timeout=60_000)
    visitor.check()
    with page.expect_download() as download:
        page.get_by_role("link", name="Unduh PDF").first.click()
    file = folder / "laporan.pdf"
    download.value.save_as(file)
    assert file.read_bytes().startswith(b"%PDF")
    report = QuarterlyReport.objects.get()
    assert download.value.suggested_filename == f"{report.serial_no}.pdf"
    visitor.goto(f"/reports/{report.code}/")
    visitor.check()
    visitor.goto(f"/verify/{report.serial_no}/")
    visitor.check()
