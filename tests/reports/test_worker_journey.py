"""A real Celery worker makes the PDF, in front of a browser; one that is killed half-way is followed by the next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import pyzipper
from django.db import transaction
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.enums import Role
from accounts.models import Staff
from cases.enums.rights import RightsKind
from config.celery import app as celery_app
from core import tasks as clock
from core.models import Job, JobState
from reports import workflow
from reports.enums import ReportStatus
from reports.models import QuarterlyReport
from tests.cast import make_cast
from tests.factories import make_case, make_person, make_rights_request
from tests.reports.conftest import fill
from tests.reports.worlds import Q3, World

PERSON = "Imam Saputra"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("transactional_db")]


def sign_in(page: Page, address: str, staff: Staff) -> None:
    client = Client()
    client.force_login(staff)
    session = client.cookies["titian_session"].value
    page.context.add_cookies([{"name": "titian_session", "value": session, "url": address}])


def test_a_data_admin_gets_the_pdf_from_a_real_worker(
    celery_worker_process: Any, live_server: Any, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    world = World()
    fill(world)
    sign_in(page, live_server.url, world.make_staff("admin", Role.DATA_ADMIN))
    page.goto(f"{live_server.url}/reports/")
    assert axe(page) == []
    page.get_by_label("Triwulan").select_option("2026-3")
    page.get_by_label("Cakupan").select_option(label="bapas-a")
    page.get_by_role("button", name="Buat laporan").click()
    expect(page.get_by_role("heading", name="Laporan TW III 2026", exact=True)).to_be_visible()
    expect(page.get_by_text("Selesai dibuat.")).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="Buka laporan").click()
    expect(page.get_by_text("Kasus aktif pada akhir triwulan").first).to_be_visible()
    assert axe(page) == []
    with page.expect_download() as started:
        page.get_by_role("link", name="Unduh PDF").first.click()
    assert started.value.suggested_filename.startswith("LT-2026-3-")
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_person_gets_a_copy_of_the_file_from_a_real_worker(
    celery_worker_process: Any, live_server: Any, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    cast = make_cast()
    item = make_rights_request(make_case(cast.worker, person=make_person(full_name=PERSON)), kind=RightsKind.COPY)
    address = f"{live_server.url}/rights/{item.code}/"

    sign_in(page, live_server.url, cast.dpo)
    page.goto(address)
    page.get_by_role("button", name="Mulai periksa").click()

    sign_in(page, live_server.url, cast.worker)
    page.goto(address)
    page.get_by_role("link", name="Periksa salinan").click()
    page.get_by_label("Penjelasan alasan").fill("Tidak ada yang ditahan.")
    assert axe(page) == []
    page.get_by_label("Penjelasan alasan").fill("")
    page.get_by_role("button", name="Simpan hasil pemeriksaan").click()
    expect(page.get_by_text("Salinan sudah diperiksa.")).to_be_visible()
    expect(page.get_by_role("button", name="Buat berkas salinan")).to_have_count(0)  # not before it is granted

    sign_in(page, live_server.url, cast.dpo)
    page.goto(address)
    page.get_by_role("link", name="Putuskan dan jawab").click()
    page.get_by_label("Dipenuhi", exact=True).check()
    page.get_by_label("Isi jawaban").fill("Salinan data Anda terlampir.")
    page.get_by_role("button", name="Simpan keputusan").click()
    expect(page.get_by_text("Keputusan tersimpan.")).to_be_visible()

    sign_in(page, live_server.url, cast.worker)
    page.goto(address)
    page.get_by_role("button", name="Buat berkas salinan").click()
    expect(page.get_by_text("Berkas siap.")).to_be_visible(timeout=60_000)
    assert axe(page) == []
    page.get_by_role("button", name="Tampilkan kata sandi").click()
    password = page.locator("#export-password").inner_text()
    with page.expect_download() as started:
        page.get_by_role("link", name="Unduh berkas").click()
    with pyzipper.AESZipFile(started.value.path()) as parcel:
        parcel.setpassword(password.encode())
        inside = {Path(name).suffix: parcel.read(name) for name in parcel.namelist() if "schema" not in name}
    assert inside[".pdf"].startswith(b"%PDF-")
    assert PERSON in inside[".json"].decode()


@pytest.mark.slow
def test_a_killed_worker_is_followed_by_the_next(celery_worker_process: Any) -> None:
    world = World()
    admin = world.make_staff("admin", Role.DATA_ADMIN)
    with transaction.atomic():
        report, _new = workflow.request_report(by=admin, area=world.area, quarter=Q3)
    with transaction.atomic():  # the worker waits for this row, so it is killed half-way for sure
        QuarterlyReport.objects.select_for_update().get(pk=report.pk)
        wait_for(report, JobState.RUNNING)
        celery_worker_process.kill()
    Job.objects.update(heartbeat_at=timezone.now() - dt.timedelta(minutes=5))
    celery_worker_process.start()
    clock.resume_jobs()
    wait_for(report, JobState.DONE)
    report.refresh_from_db()
    assert report.status == ReportStatus.GENERATED
    assert report.job is not None
    assert report.job.attempts >= 2


def wait_for(report: QuarterlyReport, state: JobState) -> None:
    for _attempt in range(120):
        if Job.objects.filter(pk=report.job_id, state=state).exists():
            return
        celery_app.control.ping(timeout=0.5)  # takes half a second, and says that the broker is there
    pytest.fail(f"The job did not become {state}.")
