"""The pages of reports: asking, watching, reading, signing, downloading, verifying; and who may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import JournalAction, Role
from accounts.models import JournalEntry, Staff
from core import jobs
from core.models import Job, JobState
from reports import workflow
from reports.enums import ReportStatus
from reports.models import QuarterlyReport
from reports.quarters import Quarter
from reports.tasks import DRAW
from tests.reports.worlds import Q3, World

pytestmark = pytest.mark.django_db
LIST = "/reports/"


@pytest.fixture(autouse=True)
def _nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(jobs.SENDERS, workflow.JOB_KIND, lambda _job_id: None)


@pytest.fixture
def browse(client: Client) -> Callable[[Staff], Client]:
    def as_(staff: Staff) -> Client:
        client.force_login(staff)
        return client

    return as_


def asked(world: World, **fields: str) -> dict[str, str]:
    return {"quarter": "2026-3", "area": f"unit:{world.unit.code}", "language": "id", "threshold": "5"} | fields


def queued(filled: World, admin: Staff) -> QuarterlyReport:
    report, _new = workflow.request_report(by=admin, area=filled.area, quarter=Q3)
    return report


def test_the_form_is_filled_with_the_last_finished_quarter(
    filled: World, admin: Staff, browse: Callable[[Staff], Client]
) -> None:
    page = browse(admin).get(LIST).content.decode()
    last = Quarter.last_finished(timezone.now())
    assert f'<option value="{last.year}-{last.number}" selected>' in page
    assert filled.unit.name in page
    assert "semua unit" in page
    assert "Nasional" not in page


def test_three_clicks_make_a_report_and_show_its_progress(
    filled: World, admin: Staff, browse: Callable[[Staff], Client]
) -> None:
    answer = browse(admin).post(LIST, asked(filled))
    report = QuarterlyReport.objects.get()
    assert answer.url == f"/reports/{report.code}/"
    page = browse(admin).get(answer.url).content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert "Menunggu giliran" in page


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("quarter", "2031-1", "belum dimulai"),
        ("quarter", "besok", "Triwulan tidak dikenal"),
        ("quarter", "20260-3", "Triwulan tidak dikenal"),
        ("quarter", "0000-1", "Triwulan tidak dikenal"),
        ("area", "unit:entah", "tersedia"),
        ("area", "national", "tersedia"),
        ("language", "xx", "tersedia"),
        ("threshold", "4", "lebih ketat"),
        ("threshold", "21", "lebih ketat"),
        ("threshold", "banyak", "bilangan"),
    ],
)
def test_a_wrong_request_says_what_is_wrong_and_makes_nothing(
    filled: World, admin: Staff, browse: Callable[[Staff], Client], field: str, value: str, words: str
) -> None:
    answer = browse(admin).post(LIST, asked(filled, **{field: value}))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not QuarterlyReport.objects.exists()


def test_the_unfinished_quarter_is_refused(filled: World, admin: Staff, browse: Callable[[Staff], Client]) -> None:
    current = Quarter.current(timezone.now())
    answer = browse(admin).post(LIST, asked(filled, quarter=f"{current.year}-{current.number}"))
    assert answer.status_code == 422
    assert "Triwulan ini belum selesai." in answer.content.decode()


def test_asking_twice_leads_to_the_same_report(filled: World, admin: Staff, browse: Callable[[Staff], Client]) -> None:
    first = browse(admin).post(LIST, asked(filled)).url
    assert browse(admin).post(LIST, asked(filled)).url == first
    assert Job.objects.count() == 1


def test_progress_answers_a_fragment_that_stops_asking_when_done(
    filled: World, admin: Staff, browse: Callable[[Staff], Client], made: Callable[..., QuarterlyReport]
) -> None:
    report = queued(filled, admin)
    run = jobs.claim(report.job_id or 0)
    assert run is not None
    run.progress(DRAW, 60, 100)
    url = reverse("reports:report-progress", args=[report.code])
    fragment = browse(admin).get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "60%" in fragment
    assert "Menyusun grafik dan tabel" in fragment
    assert "every 2s" in fragment
    made()
    fragment = browse(admin).get(url, headers={"HX-Request": "true"}).content.decode()
    assert "every 2s" not in fragment
    assert "Unduh PDF" in fragment
    assert f'id="state-{report.code}" hx-swap-oob="true"' in fragment


def test_a_dead_worker_is_said_on_the_page(filled: World, admin: Staff, browse: Callable[[Staff], Client]) -> None:
    report = queued(filled, admin)
    Job.objects.filter(pk=report.job_id).update(
        state=JobState.RUNNING, heartbeat_at=timezone.now() - dt.timedelta(minutes=5)
    )
    page = browse(admin).get(f"/reports/{report.code}/").content.decode()
    assert "Pembuat laporan berhenti; dilanjutkan otomatis." in page


def test_a_failed_report_says_why_and_can_be_tried_again(
    filled: World, admin: Staff, browse: Callable[[Staff], Client]
) -> None:
    report = queued(filled, admin)
    run = jobs.claim(report.job_id or 0)
    assert run is not None
    workflow.fail(report, by=Staff.objects.system())
    run.fail("Laporan tidak dapat dibuat karena gangguan di pihak kami. Coba lagi.")
    page = browse(admin).get(f"/reports/{report.code}/").content.decode()
    assert "gangguan di pihak kami" in page
    browse(admin).post(f"/reports/{report.code}/retry/")
    report.refresh_from_db()
    assert report.status == ReportStatus.QUEUED
    assert report.job_id != run.job_id


def test_a_report_goes_from_maker_to_supervisor_to_sent(
    filled: World, admin: Staff, browse: Callable[[Staff], Client], made: Callable[..., QuarterlyReport]
) -> None:
    report = made()
    base = f"/reports/{report.code}/"
    page = browse(admin).get(base).content.decode()
    assert "Kasus aktif pada akhir triwulan" in page
    assert browse(admin).post(f"{base}review/").url == base
    assert browse(admin).post(f"{base}approve/").status_code == 403
    assert "Sahkan laporan" in browse(filled.supervisor).get(base).content.decode()
    browse(filled.supervisor).post(f"{base}approve/")
    assert browse(admin).post(f"{base}send/", {"sent_to": ""}).status_code == 422
    browse(admin).post(f"{base}send/", {"sent_to": "Kanwil"})
    report.refresh_from_db()
    assert (report.status, report.approved_by, report.sent_to) == (ReportStatus.SENT, filled.supervisor, "Kanwil")


def test_a_move_out_of_order_is_refused_with_a_sentence(
    filled: World, admin: Staff, browse: Callable[[Staff], Client], made: Callable[..., QuarterlyReport]
) -> None:
    report = made()
    answer = browse(admin).post(f"/reports/{report.code}/send/", {"sent_to": "Kanwil"})
    assert answer.status_code == 409
    assert "tidak dapat dilakukan" in answer.content.decode()


def test_the_pdf_is_downloaded_as_made_and_journalled(
    filled: World, admin: Staff, browse: Callable[[Staff], Client], made: Callable[..., QuarterlyReport]
) -> None:
    report = made()
    answer = browse(admin).get(f"/reports/{report.code}/pdf/")
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{report.serial_no}.pdf"'
    entry = JournalEntry.objects.get(action=JournalAction.DOWNLOAD)
    assert (entry.actor, entry.object_code) == (admin, report.code)


def test_there_is_no_download_before_there_is_a_pdf(
    filled: World, admin: Staff, browse: Callable[[Staff], Client]
) -> None:
    assert browse(admin).get(f"/reports/{queued(filled, admin).code}/pdf/").status_code == 404


def test_a_revision_keeps_the_report_that_was(
    filled: World, admin: Staff, browse: Callable[[Staff], Client], made: Callable[..., QuarterlyReport]
) -> None:
    report = made()
    browse(admin).post(f"/reports/{report.code}/revise/")
    assert list(QuarterlyReport.objects.order_by("revision").values_list("revision", "status")) == [
        (1, ReportStatus.GENERATED),
        (2, ReportStatus.QUEUED),
    ]


def test_verification_knows_a_serial_number_and_shows_no_figures(
    filled: World, browse: Callable[[Staff], Client], made: Callable[..., QuarterlyReport]
) -> None:
    report = made()
    page = browse(filled.worker).get(f"/verify/{report.serial_no}/")
    text = page.content.decode()
    assert "Laporan ini dikenal" in text
    assert report.sha256[:4] in text
    assert "Kasus aktif" not in text
    unknown = browse(filled.worker).get("/verify/LT-2026-3-PALSU-R1/")
    assert unknown.status_code == 404
    assert "tidak dikenal" in unknown.content.decode()
    assert browse(filled.worker).get("/verify/").status_code == 200


def test_definitions_are_open_to_everybody_who_signed_in(world: World, client: Client) -> None:
    assert client.get("/reports/definitions/").status_code == 302
    client.force_login(world.worker)
    page = client.get("/reports/definitions/").content.decode()
    assert 'id="IND-P4"' in page
    assert "bukan ukuran keberhasilan" in page


def test_reports_are_seen_by_those_they_concern(
    filled: World, admin: Staff, browse: Callable[[Staff], Client], made: Callable[..., QuarterlyReport]
) -> None:
    report = made()
    elsewhere = World()
    strangers = [
        elsewhere.make_staff("admin", Role.DATA_ADMIN),
        elsewhere.supervisor,
        filled.make_staff("kepala", Role.SUPERVISOR, filled.other_unit),
        filled.make_staff("analis", Role.ANALYST),
        filled.make_staff("cso", Role.FIELD_OFFICER),
    ]
    url = f"/reports/{report.code}/"
    for stranger in strangers:
        assert browse(stranger).get(url).status_code == 404, stranger
    unsigned = [filled.worker, filled.make_staff("auditor", Role.AUDITOR)]
    for reader in unsigned:
        assert browse(reader).get(url).status_code == 404
    workflow.ask_review(report, by=admin)
    workflow.approve(report, by=filled.supervisor)
    for reader in [*unsigned, filled.supervisor, admin]:
        assert browse(reader).get(url).status_code == 200


def test_the_list_is_closed_to_field_officers_and_takes_requests_from_data_admins_alone(
    filled: World, browse: Callable[[Staff], Client]
) -> None:
    assert browse(filled.make_staff("cso", Role.FIELD_OFFICER)).get(LIST).status_code == 403
    assert browse(filled.supervisor).get(LIST).status_code == 200
    assert browse(filled.supervisor).post(LIST, asked(filled)).status_code == 403


def test_the_list_takes_the_same_queries_for_any_number_of_reports(
    filled: World,
    admin: Staff,
    browse: Callable[[Staff], Client],
    made: Callable[..., QuarterlyReport],
    django_assert_max_num_queries: Any,
) -> None:
    made()
    workflow.request_report(by=admin, area=filled.area, quarter=Q3.previous)
    workflow.request_report(by=admin, area=filled.area, quarter=Q3.previous.previous)
    browser = browse(admin)
    with django_assert_max_num_queries(12):
        browser.get(LIST)


def test_pages_speak_english_too(
    filled: World, admin: Staff, client: Client, made: Callable[..., QuarterlyReport]
) -> None:
    report = made()
    client.force_login(admin)
    client.cookies["titian_language"] = "en"
    for url in (LIST, f"/reports/{report.code}/", "/reports/definitions/", f"/verify/{report.serial_no}/"):
        assert 'lang="en"' in client.get(url).content.decode()
