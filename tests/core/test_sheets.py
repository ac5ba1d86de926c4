"""Files that a spreadsheet program opens: nothing in them runs, the marks stand in them, and a password locks them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile

import openpyxl
import pytest
import pyzipper
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from core import sheets

FORMULAS = [
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    '=HYPERLINK("https://evil.test","x")',
    "=cmd|' /C calc'!A0",
    "  =1+1",
    "\u00a0=1+1",
    "＝1+1",
    "\x00=1+1",
]


def sheet(*values: sheets.Cell, marks: tuple[str, ...] = ("RAHASIA", "oleh Ratna")) -> sheets.Sheet:
    return sheets.Sheet("Ekspor [K7M4]/29", marks, ["Nama", "=Kepala"][: max(1, min(2, len(values)))], [values])


def read_back(content: bytes) -> list[list[object]]:
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    assert page is not None
    return [[(cell.value, cell.data_type) for cell in row] for row in page.iter_rows()]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_workbook_is_a_formula(text: str) -> None:
    rows = read_back(sheets.xlsx(sheet(text, "biasa", marks=(text,))))
    kinds = {kind for row in rows for value, kind in row if value is not None}
    assert kinds == {"s"}
    value = str(rows[-1][0][0])
    assert value.startswith("'")
    assert rows[-1][1][0] == "biasa"


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_text_file_begins_a_formula(text: str) -> None:
    content = sheets.separated(sheet(text, "biasa", marks=(text,))).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(content, newline=""), delimiter=";") for cell in row]
    assert all(not cell.strip().startswith(sheets.RUNS_AS_FORMULA) for cell in cells)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_whatever_is_written_no_program_runs_it(text: str) -> None:
    shown = sheets.plain(text)
    assert not str(shown).startswith(sheets.RUNS_AS_FORMULA)
    assert not str(shown).lstrip(" ").startswith(("=", "+", "-", "@"))


def test_numbers_days_and_moments_stay_what_they_are() -> None:
    day, moment = dt.date(2026, 3, 1), dt.datetime(2026, 3, 1, 9, 30, tzinfo=dt.UTC)
    rows = read_back(sheets.xlsx(sheet(-7, day, moment, None)))
    assert [str(value) for value, _kind in rows[-1]][:3] == ["-7", "2026-03-01 00:00:00", "2026-03-01 09:30:00"]
    assert sheets.separated(sheet(-7, day, moment, None)).decode("utf-8-sig").splitlines()[-1] == (
        "-7;2026-03-01;2026-03-01 09:30;"
    )


def test_the_marks_stand_in_the_head_and_in_the_properties() -> None:
    book = openpyxl.load_workbook(io.BytesIO(sheets.xlsx(sheet("a"))))
    assert book.active is not None
    assert [row[0].value for row in book.active.iter_rows(max_row=2)] == ["RAHASIA", "oleh Ratna"]
    assert "oleh Ratna" in str(book.properties.description)
    assert sheets.separated(sheet("a")).decode("utf-8-sig").startswith("RAHASIA")


def test_a_very_long_text_is_cut_to_what_a_cell_holds() -> None:
    (value, _kind), *_rest = read_back(sheets.xlsx(sheet("x" * 50_000)))[-1]
    assert len(str(value)) < sheets.LONGEST_CELL


def test_only_the_password_opens_the_file() -> None:
    password = sheets.password_from(b"7" * 32)
    content = sheets.locked("titian.csv", b"Wening Prabaswara", password)
    assert b"Wening" not in content
    with pyzipper.AESZipFile(io.BytesIO(content)) as archive:
        with pytest.raises(RuntimeError):
            archive.read("titian.csv")
        with pytest.raises(RuntimeError):
            archive.read("titian.csv", pwd=b"salah")
        assert archive.read("titian.csv", pwd=password.encode()) == b"Wening Prabaswara"
    with zipfile.ZipFile(io.BytesIO(content)) as plain:
        assert plain.infolist()[0].compress_type == 99  # AES; 0 or 8 would be the old cipher or none


def test_a_password_has_twenty_letters_that_cannot_be_confused() -> None:
    password = sheets.password_from(bytes(range(32)))
    letters = password.replace("-", "")
    assert len(letters) == sheets.PASSWORD_LENGTH
    assert not set(letters) & set("0O1Il")
    assert password != sheets.password_from(bytes(range(1, 33)))


def test_nothing_else_writes_spreadsheets_or_text_tables() -> None:
    """So that every cell of the program goes through ``plain``."""
    writers = ("openpyxl", "csv.writer", "csv.DictWriter", "xlsxwriter", "text/csv")
    found = [
        f"{path.relative_to(settings.BASE_DIR)}: {word}"
        for app in settings.OUR_APPS
        for path in (settings.BASE_DIR / app).rglob("*.py")
        if path.name not in ("sheets.py", "bench.py")  # the benchmark feeds COPY with invented rows
        and "migrations" not in path.parts
        for word in writers
        if word in path.read_text(encoding="utf-8")
    ]
    assert found == []
