"""The pages of an export, its worker, and two clicks at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from accounts.enums import JournalAction
from accounts.models import JournalEntry
from cases.models import CaseFile
from core import jobs
from core.acting import acting_as
from reports import tasks
from reports.enums import ROWS_ALONE, ExportPurpose, ExportStatus
from reports.models import Export
from reports.workflow import exports
from tests.cast import Cast, make_cast
from tests.factories import make_case, make_person
from tests.reports.exporting import REASON, Ask, make_file, many


def form(**changes: Any) -> dict[str, Any]:
    return {
        "view": "all",
        "columns": ["code", "status"],
        "file_format": "csv",
        "purpose": "caseload_review",
        "reason": REASON,
    } | changes


@pytest.fixture
def as_worker(cast: Cast, client: Client) -> Client:
    client.force_login(cast.worker)
    return client


def test_asking_on_the_page(as_worker: Client, cast: Cast, ask: Ask) -> None:
    make_case(cast.worker)
    answer = as_worker.post(reverse("reports:export-new"), form())
    export = Export.objects.get()
    assert answer.headers["location"] == reverse("reports:export-detail", args=[export.code])
    assert (export.row_count, export.filters, export.file_format) == (1, "Semua", "csv")


def test_the_filters_of_the_case_list_choose_the_rows(as_worker: Client, cast: Cast, ask: Ask) -> None:
    make_case(cast.worker, person=make_person(full_name="Budi Santoso"))
    found = make_case(cast.worker, person=make_person(full_name="Wening Prabaswara"))
    as_worker.post(reverse("reports:export-new"), form(q="wening", view="open"))
    export = Export.objects.get()
    assert export.case_ids == [found.pk]
    assert (export.search, "wening" in export.filters) == ("wening", False)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": "pendek"}, "reason"),
        ({"purpose": ""}, "purpose"),
        ({"columns": ["nik"]}, "columns"),
        ({"file_format": "exe"}, "file_format"),
        ({"reason": "Untuk Densus 88, daftar nama lengkap."}, "reason"),
    ],
)
def test_a_faulty_wish_keeps_what_was_typed(
    as_worker: Client, cast: Cast, ask: Ask, changes: dict[str, Any], field: str
) -> None:
    make_case(cast.worker)
    answer = as_worker.post(reverse("reports:export-new"), form(**changes))
    assert answer.status_code == 422
    assert not Export.objects.exists()
    shown = answer.context["form"]
    assert shown.errors[field]
    assert form(**changes)["reason"] in answer.content.decode()


def test_the_page_of_a_used_link_says_so_and_the_attempt_is_written_down(
    as_worker: Client, cast: Cast, ask: Ask
) -> None:
    make_case(cast.worker)
    export = make_file(ask())
    url = reverse("reports:export-download", args=[export.code, exports.token_for(export)])
    assert as_worker.head(url).status_code == 405
    first, second = as_worker.get(url), as_worker.get(url)
    assert (first.status_code, first.headers["content-type"]) == (200, "application/zip")
    assert first.headers["content-disposition"] == f'attachment; filename="titian-{export.code}.zip"'
    assert "sandbox" in first.headers["content-security-policy"]
    assert second.status_code == 410
    assert "sudah diunduh" in second.content.decode()
    foreign = Client()
    foreign.force_login(cast.neighbour)
    assert foreign.get(url).status_code == 404
    refused = JournalEntry.objects.filter(action=JournalAction.EXPORT_LINK_REFUSED).order_by("pk")
    assert list(refused.values_list("actor__username", "detail")) == [
        (cast.worker.username, "used"),
        (cast.neighbour.username, "foreign"),
    ]


def test_the_password_stands_on_the_page_once(as_worker: Client, cast: Cast, ask: Ask) -> None:
    make_case(cast.worker)
    export = make_file(ask())
    url = reverse("reports:export-password", args=[export.code])
    password = exports.password_of(export)
    assert password not in as_worker.get(reverse("reports:export-detail", args=[export.code])).content.decode()
    assert password in as_worker.post(url).content.decode()
    assert as_worker.post(url).status_code == 409
    assert password not in as_worker.get(reverse("reports:export-detail", args=[export.code])).content.decode()


def test_what_was_searched_for_is_not_shown_to_the_one_who_decides(cast: Cast, ask: Ask, client: Client) -> None:
    many(cast.worker, ROWS_ALONE + 1)
    export = ask(search="Wening")
    client.force_login(cast.head_office)
    page = client.get(reverse("reports:export-detail", args=[export.code])).content.decode()
    assert "Wening" not in page
    assert "dengan kata cari" in page
    refused = client.post(reverse("reports:export-refuse", args=[export.code]), {"note": " "})
    assert refused.status_code == 422
    client.post(reverse("reports:export-refuse", args=[export.code]), {"note": "Kolomnya terlalu banyak."})
    export.refresh_from_db()
    assert (export.status, export.decided_by) == (ExportStatus.REFUSED, cast.head_office)


@pytest.mark.django_db(transaction=True)
def test_the_task_makes_the_file_and_a_second_delivery_does_nothing(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = make_cast()
    make_case(cast.worker)
    monkeypatch.setitem(jobs.SENDERS, exports.JOB_KIND, lambda _job: None)
    wish = exports.Wish(CaseFile.objects.all(), ["status"], "csv", ExportPurpose.DATA_QUALITY, REASON)
    export = exports.ask(wish, by=cast.worker)
    assert tasks.build_export.apply(args=[export.job_id]).get() == "made"
    assert tasks.build_export.apply(args=[export.job_id]).get() == "nothing to do"
    export.refresh_from_db()
    assert (export.status, export.row_count) == (ExportStatus.READY, 1)
    gone = exports.ask(wish, by=cast.worker)
    cast.worker.is_active = False
    cast.worker.save()
    assert tasks.build_export.apply(args=[gone.job_id]).get() == "failed"
    gone.refresh_from_db()
    assert (gone.status, gone.job.error) == (ExportStatus.FAILED, tasks.NO_ROWS)
    assert tasks.purge_exports.apply().get() == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_clicks_at_once_one_gets_the_file(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    make_case(cast.worker)
    monkeypatch.setitem(jobs.SENDERS, exports.JOB_KIND, lambda _job: None)
    wish = exports.Wish(CaseFile.objects.all(), ["status"], "csv", ExportPurpose.DATA_QUALITY, REASON)
    export = make_file(exports.ask(wish, by=cast.worker))
    token = exports.token_for(export)
    gate, outcomes = threading.Barrier(2), []

    def click() -> None:
        try:
            gate.wait(timeout=20)
            with acting_as(cast.worker.pk):
                outcomes.append(exports.fetch(export.code, token, by=cast.worker)[0].status)
        except exports.LinkRefused as refusal:
            outcomes.append(refusal.why)
        finally:
            connections.close_all()

    clicks = [threading.Thread(target=click) for _number in range(2)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join(timeout=60)
    assert sorted(outcomes) == ["downloaded", "used"]
