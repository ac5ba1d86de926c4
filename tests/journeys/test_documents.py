"""A caseworker on a phone: a photo and a PDF go in, a real worker draws them, a newer version replaces one."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from cases.models import CaseFile, Document
from tests.cast import Cast, make_cast
from tests.conftest import WorkerProcess
from tests.factories import make_case
from tests.journeys.conftest import PHONE, Visitor


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(cast.worker)


def written(words: str, form: str) -> bytes:
    sheet = Image.new("RGB", (800, 1_100), "white")
    ImageDraw.Draw(sheet).text((80, 120), words, fill="black", font_size=60)
    out = BytesIO()
    sheet.save(out, form)
    return out.getvalue()


def choose(page: Page, folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    page.get_by_label("Berkas", exact=True).set_input_files(folder / name)


def test_a_photo_and_a_pdf_are_seen_and_one_is_replaced(
    visitor: Visitor, cast: Cast, case: CaseFile, celery_worker_process: WorkerProcess, tmp_path: Path
) -> None:
    visitor.become(cast.worker)
    page = visitor.page
    page.set_viewport_size(PHONE)
    visitor.goto(f"/cases/{case.code}/documents/")
    visitor.check()
    page.get_by_role("link", name="Unggah dokumen").click()

    # Too large: said before it is sent. No document at all: said after, with everything typed still there.
    choose(page, tmp_path, "besar.jpg", bytes(11_000_000))
    expect(page.get_by_role("alert").get_by_text("Berkas ini terlalu besar.")).to_be_visible()
    choose(page, tmp_path, "surat.pdf", b"MZ program")
    page.get_by_label("Jenis dokumen").select_option("foto")
    page.get_by_label("Judul").fill("Tempat kerja")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("Ini program, bukan dokumen.").first).to_be_visible()
    expect(page.get_by_label("Judul")).to_have_value("Tempat kerja")
    visitor.check()
    choose(page, tmp_path, "foto.jpg", written("Bengkel", "JPEG"))
    page.get_by_role("button", name="Simpan").dblclick()
    expect(page.get_by_text("Dokumen tersimpan.").first).to_be_visible()
    expect(page.get_by_role("img", name="Halaman 1")).to_be_visible(timeout=60_000)
    visitor.check()

    visitor.goto(f"/cases/{case.code}/documents/new/")
    choose(page, tmp_path, "izin.pdf", written("Izin lama", "PDF"))
    page.get_by_label("Jenis dokumen").select_option("lainnya")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_role("img", name="Halaman 1")).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="Ganti dengan versi baru").click()
    choose(page, tmp_path, "izin-baru.pdf", written("Izin baru", "PDF"))
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_role("img", name="Halaman 1")).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="Versi 1").click()
    expect(page.get_by_text("Anda melihat versi 1, yang sudah diganti.")).to_be_visible()
    expect(page.get_by_role("img", name="Halaman 1")).to_be_visible()
    visitor.check()
    with page.expect_download() as download:
        page.get_by_role("link", name="Unduh berkas").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    counts = {document.title: document.files.count() for document in Document.objects.all()}
    assert counts == {"Tempat kerja": 1, "": 2}
