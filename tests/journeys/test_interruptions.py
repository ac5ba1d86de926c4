"""What goes wrong in the middle: a worker that dies, two who ask at once, a session that ends while somebody types."""

from __future__ import annotations

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from cases.models import CaseFile, ContactNote
from core import jobs, tasks
from core.models import Job, JobState
from reports.models import QuarterlyReport
from reports.quarters import Quarter
from tests.cases.test_notes_browser import unsent
from tests.cast import Cast, make_cast
from tests.conftest import WorkerProcess
from tests.factories import PASSWORD, make_case
from tests.journeys.conftest import Visitor

SUMMARY = "Ia bercerita lama tentang ayahnya."


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(cast.worker, opened_at=timezone.now() - dt.timedelta(days=200))


def test_a_report_survives_the_death_of_its_worker(
    visitor: Visitor, cast: Cast, case: CaseFile, celery_worker_process: WorkerProcess
) -> None:
    visitor.become(cast.admin)
    page = visitor.goto("/reports/")
    celery_worker_process.kill()
    page.get_by_role("button", name="Buat laporan").click()
    expect(page.get_by_text("Menunggu giliran")).to_be_visible()
    report = QuarterlyReport.objects.get()
    with transaction.atomic():
        # While we hold the row, the worker can claim the job and get no further.
        QuarterlyReport.objects.select_for_update().get(pk=report.pk)
        celery_worker_process.start()
        wait_until_running(page, report)
        celery_worker_process.kill()
    long_ago = timezone.now() - jobs.STALE_AFTER - dt.timedelta(seconds=1)
    Job.objects.filter(pk=report.job_id).update(heartbeat_at=long_ago)
    expect(page.get_by_text("Pembuat laporan berhenti; dilanjutkan otomatis.")).to_be_visible()
    visitor.check()

    celery_worker_process.start()
    tasks.resume_jobs()
    expect(page.get_by_text("Selesai dibuat.")).to_be_visible(timeout=60_000)
    job = Job.objects.get()
    assert (job.state, job.attempts) == (JobState.DONE, 2)
    assert page.request.get(f"{visitor.url}/reports/{report.code}/pdf/").body().startswith(b"%PDF")


def wait_until_running(page: Page, report: QuarterlyReport) -> None:
    """Look at the page again and again until a worker has taken the job."""
    for _look in range(200):
        if Job.objects.get(pk=report.job_id).state == JobState.RUNNING:
            return
        page.reload()
    pytest.fail("no worker took the job")


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_make_one_report_and_one_job(cast: Cast, case: CaseFile, monkeypatch: Any) -> None:
    sent: list[int] = []
    monkeypatch.setitem(jobs.SENDERS, "report", sent.append)
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(cast.admin)
    quarter = Quarter.last_finished(timezone.now())
    form = {
        "area": f"unit:{cast.worker.unit.code}",
        "quarter": f"{quarter.year}-{quarter.number}",
        "language": "id",
        "threshold": "5",
    }

    def request(client: Client) -> str:
        try:
            return client.post("/reports/", form).headers["location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        pages = list(pool.map(request, clients))
    report = QuarterlyReport.objects.get()
    assert pages == [f"/reports/{report.code}/"] * 2
    assert Job.objects.get().pk == report.job_id
    assert set(sent) == {report.job_id}


def test_a_session_that_ends_while_typing_loses_nothing(visitor: Visitor, cast: Cast, case: CaseFile) -> None:
    visitor.become(cast.worker)
    page = visitor.goto(f"/cases/{case.code}/notes/new/")
    page.get_by_label("Telepon").check()
    page.get_by_label("Ringkasan").fill(SUMMARY)
    expect(page.locator(".t-saved")).to_have_text(re.compile("Draf tersimpan"))
    Session.objects.all().delete()
    cache.clear()
    more = f"{SUMMARY} Lalu tentang bengkel."
    page.get_by_label("Ringkasan").fill(more)
    expect(page.locator(".t-saved")).to_contain_text("Tulisan masih ada di sini.")
    expect(page.get_by_label("Ringkasan")).to_have_value(more)
    assert any(unsent(page) for _look in range(200))  # the phone's drawer is written behind the page's back

    page.get_by_role("link", name="Masuk lagi").click()
    page.get_by_label("Nama akun").fill(cast.worker.username)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page).to_have_url(f"{visitor.url}/cases/{case.code}/notes/new/")
    expect(page.get_by_label("Ringkasan")).to_have_value(more)
    expect(page.get_by_label("Telepon")).to_be_checked()
    page.get_by_role("button", name="Simpan catatan").click()
    expect(page.get_by_text("Catatan tersimpan.")).to_be_visible()
    assert ContactNote.objects.get(case=case).summary == more


def test_pressing_save_with_an_ended_session_loses_nothing(visitor: Visitor, cast: Cast, case: CaseFile) -> None:
    visitor.become(cast.worker)
    page = visitor.goto(f"/cases/{case.code}/notes/new/")
    page.get_by_label("Telepon").check()
    page.get_by_label("Ringkasan").fill(SUMMARY)
    expect(page.locator(".t-saved")).to_have_text(re.compile("Draf tersimpan"))
    Session.objects.all().delete()
    cache.clear()
    page.get_by_role("button", name="Simpan catatan").click()
    expect(page.get_by_text(re.compile("Masuk")).first).to_be_visible()
    visitor.sign_in(cast.worker)
    visitor.goto(f"/cases/{case.code}/notes/new/")
    stored = ContactNote.objects.filter(case=case, summary=SUMMARY).exists()
    if not stored:
        expect(page.get_by_label("Ringkasan")).to_have_value(SUMMARY)


def test_a_double_click_on_save_stores_once(visitor: Visitor, cast: Cast, case: CaseFile) -> None:
    visitor.become(cast.worker)
    page = visitor.goto(f"/cases/{case.code}/notes/new/")
    page.get_by_label("Telepon").check()
    page.get_by_label("Ringkasan").fill(SUMMARY)
    page.get_by_role("button", name="Simpan catatan").dblclick()
    expect(page.get_by_text("Catatan tersimpan.")).to_be_visible()
    assert ContactNote.objects.filter(case=case).count() == 1


def test_a_double_click_without_script_stores_once(visitor: Visitor, cast: Cast, case: CaseFile) -> None:
    """The same form sent twice, as a browser without script does: the hidden number of the note is the same."""
    client = Client()
    client.force_login(cast.worker)
    page = client.get(f"/cases/{case.code}/notes/new/").content.decode()
    number = re.search(r'name="client_id" value="([^"]+)"', page)
    assert number
    form = {"client_id": number[1], "type": "telepon", "when": "now", "present": ["peserta"], "summary": SUMMARY}
    first, second = (client.post(f"/cases/{case.code}/notes/new/", form) for _time in range(2))
    assert (first.status_code, second.status_code) == (302, 302), first.content.decode()[:2000]
    assert first.headers["location"] == second.headers["location"]
    assert ContactNote.objects.filter(case=case).count() == 1
