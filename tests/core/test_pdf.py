"""The one way to a PDF: tagged, reproducible, and deaf to the outside world."""

from __future__ import annotations

import gc
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import time_machine

from core.pdf import READABLE, ForbiddenAddressError, PdfError, render_pdf

PAGE = """<!doctype html><html lang="{{ language }}"><head><title>Judul</title>
<meta name="dcterms.created" content="2026-10-05T23:59:00+07:00"></head><body><h1>Satu</h1>
<svg viewBox="0 0 9 9" width="9"><title>Garis</title><path d="M0 0h9" stroke="#000"/></svg>
<table><thead><tr><th scope="col">A</th><th scope="col">B</th></tr></thead>
<tbody><tr><th scope="row">a</th><td>1</td></tr></tbody></table>{{ more|safe }}</body></html>"""
CSS = '@page { size: A5; } html { font-family: "Source Sans 3"; } strong { font-weight: 600; }'


@pytest.fixture(autouse=True)
def _templates(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE)
    (tmp_path / "page.css").write_text(CSS)
    engine = settings.TEMPLATES[0] | {"DIRS": [tmp_path]}
    settings.TEMPLATES = [engine]


def render(**context: object) -> bytes:
    values = {"language": "id", "more": ""} | context
    return render_pdf("page.html", values, language="id", identifier="LT-1", stylesheet="page.css").content


def opened(content: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(content))


def tags(pdf: pikepdf.Pdf, kind: str) -> list[pikepdf.Dictionary]:
    return [
        entry
        for entry in pdf.objects
        if isinstance(entry, pikepdf.Dictionary) and entry.get("/S") == pikepdf.Name(kind)
    ]


def test_a_pdf_is_tagged_titled_and_in_its_language() -> None:
    pdf = opened(render())
    assert str(pdf.Root.Lang) == "id"
    assert bool(pdf.Root.MarkInfo.Marked)
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    assert str(pdf.docinfo["/Title"]) == "Judul"
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
    assert [str(figure.Alt) for figure in tags(pdf, "/Figure")] == ["Garis"]


def test_header_cells_say_what_they_head() -> None:
    pdf = opened(render())
    scopes = sorted(str(cell.A.Scope) for cell in tags(pdf, "/TH"))
    assert scopes == ["/Column", "/Column", "/Row"]


def test_the_same_input_gives_the_same_bytes_at_any_time() -> None:
    with time_machine.travel("2026-10-06"):
        first = render()
    with time_machine.travel("2031-03-01"):
        assert render() == first
    assert render(more="<p>lain</p>") != first


def test_the_font_is_ours_in_every_weight() -> None:
    pdf = opened(render(more="<p><strong>tebal</strong></p>"))
    fonts = {
        str(entry.BaseFont).partition("+")[2]
        for entry in pdf.objects
        if isinstance(entry, pikepdf.Dictionary) and "/BaseFont" in entry
    }
    assert fonts
    assert all(name.startswith("Source-Sans-3") for name in fonts)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/x.png", "file:///etc/passwd", "https://example.org/x.png", "ftp://example.org/x"]
)
def test_nothing_is_fetched_but_fonts_and_static_files(address: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        render(more=f'<img src="{address}" alt="x">')


def test_a_readable_folder_may_be_reached_by_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # An environment that is a link to another: without this, no font is found, and no PDF of any kind is made.
    (tmp_path / "real").mkdir()
    picture = tmp_path / "real" / "dot.svg"
    picture.write_text("<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    monkeypatch.setattr("core.pdf.READABLE", (*READABLE, tmp_path / "link"))
    assert render(more=f'<img src="file://{tmp_path}/link/dot.svg" alt="titik">').startswith(b"%PDF-")


def test_data_addresses_are_read() -> None:
    pixel = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/%3E"
    assert render(more=f'<img src="{pixel}" alt="titik">').startswith(b"%PDF-")


def test_a_figure_without_words_is_refused() -> None:
    with pytest.raises(PdfError):
        render(more='<svg viewBox="0 0 9 9" width="9"><path d="M0 0h9" stroke="#000"/></svg>')


def test_the_garbage_collector_is_left_as_it_was() -> None:
    before = gc.get_threshold()
    render()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
