"""A home visit without a signal, and a case that cannot be closed until what blocks it is done."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Route, expect

from assessments.enums import InstrumentCode
from cases.enums import CaseStatus, Priority, TaskKind
from cases.models import CaseFile, ContactNote, Draft, PlannedSession
from tests.cases.test_notes_browser import unsent
from tests.cast import Cast, make_cast
from tests.factories import make_case, make_cohort, make_enrolment, make_final_assessment, make_session, make_task
from tests.journeys.conftest import PHONE, Visitor

SUMMARY = "Bengkel ramai. Ayah peserta ikut duduk dan mau bercerita."


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(cast.worker, opened_at=timezone.now() - dt.timedelta(days=200))


def test_a_home_visit_outlives_a_connection_cut_at_save(visitor: Visitor, cast: Cast, case: CaseFile) -> None:
    make_session(case, planned_at=timezone.now() - dt.timedelta(minutes=50))
    visitor.become(cast.worker)
    page = visitor.page
    page.set_viewport_size(PHONE)
    visitor.goto("/")
    visitor.check()
    page.get_by_role("button", name=re.compile(r"^Hadir\s*: ")).click()
    expect(page.get_by_label("Kunjungan rumah")).to_be_checked()
    page.get_by_label("Ringkasan").fill(SUMMARY)
    expect(page.locator(".t-saved")).to_have_text(re.compile("Draf tersimpan"))
    visitor.check()

    page.context.set_offline(True)
    page.get_by_role("button", name="Simpan catatan").click()
    expect(page.locator(".t-saved")).to_have_text(re.compile("Terkirim sendiri saat ada sinyal"))
    expect(page.get_by_label("Ringkasan")).to_have_value(SUMMARY)
    assert unsent(page) == 1
    assert not ContactNote.objects.exists()

    def no_note(route: Route) -> None:
        """The signal is back, and still too weak to send."""
        route.abort() if route.request.method == "POST" else route.continue_()

    page.route("**/notes/new/**", no_note)
    page.context.set_offline(False)
    visitor.goto(f"/cases/{case.code}/notes/new/")
    expect(page.get_by_label("Ringkasan")).to_have_value(SUMMARY)
    expect(page.get_by_label("Kunjungan rumah")).to_be_checked()
    page.get_by_role("button", name="Simpan catatan").click()
    expect(page.locator(".t-saved")).to_have_text(re.compile("Terkirim sendiri saat ada sinyal"))
    assert not ContactNote.objects.exists()

    page.unroute("**/notes/new/**")
    page.get_by_role("button", name="Simpan catatan").click()
    expect(page.get_by_text("Catatan tersimpan.")).to_be_visible()
    visitor.check()
    note = ContactNote.objects.get()
    assert note.summary == SUMMARY
    assert PlannedSession.objects.get().note == note
    assert not Draft.objects.exists()
    visitor.goto("/")
    assert any(not unsent(page) for _look in range(200))  # what is sent already is not sent again
    assert ContactNote.objects.count() == 1


def test_a_closure_is_blocked_unblocked_and_done(visitor: Visitor, cast: Cast, case: CaseFile) -> None:
    make_task(case, kind=TaskKind.URGENT, priority=Priority.URGENT, title="Pastikan anak aman", path="")
    make_enrolment(case, make_cohort(cast.worker.unit))
    visitor.become(cast.supervisor)
    page = visitor.goto(f"/cases/{case.code}/")
    page.get_by_text("Tindakan lain").click()
    page.get_by_role("link", name="Tutup kasus").click()
    page.get_by_label("Selesai").check()
    needs = page.locator("#close_needs")
    expect(needs.get_by_role("link")).to_have_count(3)
    visitor.check()
    page.get_by_label("Pascalayanan sampai").fill((timezone.localdate() + dt.timedelta(days=200)).isoformat())
    page.get_by_label("Catatan penutupan").fill("Keluarga siap menerima.")
    page.get_by_role("button", name="Tutup kasus").click()
    expect(needs.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Catatan penutupan")).to_have_value("Keluarga siap menerima.")
    visitor.check()

    needs.get_by_role("link", name=re.compile("Pastikan anak aman")).click()
    page.get_by_label("Hasil").fill("Anak tinggal bersama bibinya.")
    page.get_by_role("button", name="Tutup tugas").click()
    expect(page.get_by_text("Tugas ditutup.")).to_be_visible()

    close = f"/cases/{case.code}/close/"
    visitor.goto(close)
    needs.get_by_role("link", name=re.compile("Masih mengikuti program")).click()
    expect(page.locator("tr:target")).to_be_visible()
    visitor.become(cast.worker)
    page.reload()
    page.get_by_role("link", name="Catat pengunduran diri").click()
    page.get_by_role("textbox").last.fill("Sudah bekerja tetap.")
    page.get_by_role("button", name="Catat pengunduran diri").click()
    expect(page.get_by_role("link", name="Catat pengunduran diri")).to_have_count(0)

    visitor.become(cast.supervisor)
    visitor.goto(close)
    page.get_by_label("Selesai").check()
    needs.get_by_role("link", name=re.compile("KRK")).click()
    page.get_by_label("Menyiapkan keputusan atau persetujuan").check()  # she is off the caseload
    page.get_by_role("button", name="Buka berkas").click()
    expect(page).to_have_url(f"{visitor.url}/cases/{case.code}/assessments/")
    make_final_assessment(case, approver=cast.supervisor, instrument=InstrumentCode.FAMILY)

    visitor.goto(close)
    page.get_by_label("Selesai").check()
    expect(needs).to_contain_text("Tidak ada lagi yang menghalangi")
    page.get_by_label("Pascalayanan sampai").fill((timezone.localdate() + dt.timedelta(days=200)).isoformat())
    page.get_by_role("button", name="Tutup kasus").dblclick()
    expect(page.get_by_text("Kasus ditutup.")).to_be_visible()
    case.refresh_from_db()
    assert case.status == CaseStatus.CLOSED
    assert [row.month for row in case.follow_ups.open()] == [3, 6]
    visitor.check()
