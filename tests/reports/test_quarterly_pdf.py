"""The quarterly PDF: what it says, for whom it can be read, and that it is always the same."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from django.utils import translation

from accounts.models import Staff
from core import jobs
from reports import reading, snapshot, workflow
from reports.models import QuarterlyReport
from tests.reports.conftest import make_report
from tests.reports.worlds import World

pytestmark = pytest.mark.django_db
STYLESHEET = Path(settings.BASE_DIR) / "templates/pdf/print.css"


@pytest.fixture(autouse=True)
def _nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(jobs.SENDERS, workflow.JOB_KIND, lambda _job_id: None)


@pytest.fixture
def report(filled: World, admin: Staff) -> QuarterlyReport:
    return make_report(filled, admin)


def test_the_same_snapshot_gives_the_same_bytes(report: QuarterlyReport) -> None:
    stored = QuarterlyReport.objects.get(pk=report.pk)
    with translation.override("en"):  # whoever asks for it
        again = reading.draw(stored, reading.pdf_context(stored))
    assert again.content == bytes(report.pdf or b"")
    assert again.pages == report.pages


def test_the_pdf_can_be_read_by_everyone(report: QuarterlyReport) -> None:
    pdf = pikepdf.open(BytesIO(bytes(report.pdf or b"")))
    assert str(pdf.Root.Lang) == "id"
    assert bool(pdf.Root.MarkInfo.Marked)
    assert str(pdf.docinfo["/Title"]).startswith("Laporan TW III 2026")
    with pdf.open_outline() as outline:
        titles = [str(item.title) for item in outline.root]
    assert titles[0] == "Laporan TW III 2026"
    assert [title[0] for title in titles[1:7]] == ["1", "2", "3", "4", "5", "6"]
    figures = [
        entry
        for entry in pdf.objects
        if isinstance(entry, pikepdf.Dictionary) and entry.get("/S") == pikepdf.Name("/Figure")
    ]
    assert len(figures) > 6
    assert all(str(figure.Alt) for figure in figures)


def test_the_reading_has_ten_indicators_against_the_quarter_before_and_charts(report: QuarterlyReport) -> None:
    read = reading.read(report.snapshot)
    codes = {row.code for chapter in read.adults.chapters for row in chapter.rows}
    assert len(codes) >= 8
    assert len(read.definitions) >= 20
    assert {code for code, _chart in read.adults.charts} == {"IND-K1", "IND-P3", "IND-P4"}
    assert (read.now, read.before) == ("TW III 2026", "TW II 2026")
    hidden = [row for chapter in read.adults.chapters for row in chapter.rows if row.now.is_hidden]
    assert hidden


def test_hidden_parts_are_in_words_and_never_in_numbers(report: QuarterlyReport) -> None:
    read = reading.read(report.snapshot)
    texts = {cell.text for table in read.children.tables for _label, cells in table.rows for cell in cells}
    assert texts == set()
    [movement] = [chart for code, chart in read.adults.charts if code == "IND-P4"]
    assert "n < 10" in {str(cell) for row in movement.rows for cell in row}


def test_the_pdf_of_an_english_report_is_in_english(filled: World, admin: Staff) -> None:
    report = make_report(filled, admin, language="en")
    pdf = pikepdf.open(BytesIO(bytes(report.pdf or b"")))
    assert str(pdf.Root.Lang) == "en"


def test_the_cover_carries_number_fingerprint_and_class(report: QuarterlyReport) -> None:
    context = reading.pdf_context(report)
    assert context["reading"].fingerprint == snapshot.fingerprint(report.snapshot)
    assert context["address"].endswith(f"/verify/{report.serial_no}/")
    assert "<title>" in context["qr"]


def test_paper_has_its_own_small_stylesheet() -> None:
    rules = STYLESHEET.read_text().count("{")
    assert rules < 200
    assert "@import" not in STYLESHEET.read_text()


def test_paper_speaks_of_guidance_and_of_limits() -> None:
    template = (STYLESHEET.parent / "quarterly_report.html").read_text()
    for words in ("petunjuk, bukan keputusan; belum divalidasi", "INFORMASI YANG DIKECUALIKAN", "Penyamaran"):
        assert words in template
