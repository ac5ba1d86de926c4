"""Spreadsheets and comma-separated files: the only place that writes them.

A cell that a program would run as a formula is made plain here, so no caller can forget it: a text that begins with
= + - @ or a tab or a line break gets an apostrophe before it, in both kinds of file.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyzipper
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

RUNS_AS_FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "＝",
    "＋",
    "－",
    "＠",
)  # the wide forms too: Excel folds them
LONGEST_CELL = 32_767
# No 0/O and 1/I/l: people type it from a screen.
PASSWORD_LETTERS = "23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ"  # noqa: S105
PASSWORD_LENGTH = 20
Cell = str | int | float | dt.date | dt.datetime | None


@dataclass(frozen=True)
class Sheet:
    """What a file holds: lines that say whose it is and why, then a head and rows."""

    title: str
    marks: Sequence[str]
    head: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def plain(value: Cell) -> Cell:
    """``value`` as a program shows it and never runs it; numbers and dates stay what they are."""
    if not isinstance(value, str):
        return value
    text = _legal(value)[: LONGEST_CELL - 1]
    # What stands behind spaces runs too, once somebody trims the column.
    return (
        f"'{text}" if text.lstrip(" \u00a0").startswith(RUNS_AS_FORMULA) or text.startswith(RUNS_AS_FORMULA) else text
    )


def _legal(text: str) -> str:
    """Without the control characters that no XML file can hold."""
    return str(ILLEGAL_CHARACTERS_RE.sub("", text))


def xlsx(sheet: Sheet) -> bytes:
    """A workbook of one sheet; its marks stand in the first lines and in the file's properties."""
    book = Workbook(write_only=True)
    book.properties.title = _legal(sheet.title)
    book.properties.creator = "Titian"
    book.properties.description = _legal("\n".join(sheet.marks))
    page = book.create_sheet(title=_tab(sheet.title))
    page.freeze_panes = f"A{len(sheet.marks) + 3}"
    for mark in sheet.marks:
        page.append([_cell(page, mark)])
    page.append([])
    page.append([_cell(page, label, bold=True) for label in sheet.head])
    for row in sheet.rows:
        page.append([_cell(page, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _tab(title: str) -> str:
    return "".join(letter for letter in _legal(title) if letter not in "[]:*?/\\'")[:31] or "Titian"


def _cell(page: Any, value: Cell, *, bold: bool = False) -> WriteOnlyCell:
    if isinstance(value, dt.datetime):
        value = value.replace(tzinfo=None)  # a sheet knows no zones; the caller gives the reader's own time
    cell = WriteOnlyCell(page, plain(value))
    if isinstance(cell.value, str):
        cell.data_type = "s"  # openpyxl would make a formula of what begins with =
    if bold:
        cell.font = Font(bold=True)
    return cell


def separated(sheet: Sheet) -> bytes:
    """The same as text with semicolons, as an Indonesian Excel opens it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerows([plain(mark)] for mark in sheet.marks)
    writer.writerow([])
    writer.writerow([plain(label) for label in sheet.head])
    writer.writerows([_as_text(value) for value in row] for row in sheet.rows)
    return out.getvalue().encode("utf-8-sig")


def _as_text(value: Cell) -> Cell:
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, dt.date) else plain(value)


def locked(name: str, content: bytes, password: str) -> bytes:
    """A zip file of one file that opens with ``password`` alone."""
    return locked_files({name: content}, password)


def locked_files(files: Mapping[str, bytes], password: str) -> bytes:
    """A zip file of several, name -> content (AES-256; the old zip cipher is broken)."""
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setencryption(pyzipper.WZ_AES, nbits=256)
        archive.setpassword(password.encode())
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def password_from(digest: bytes) -> str:
    """A digest of 32 bytes as a password of about 115 bits, in fours."""
    number, letters = int.from_bytes(digest), ""
    for _place in range(PASSWORD_LENGTH):
        number, letter = divmod(number, len(PASSWORD_LETTERS))
        letters += PASSWORD_LETTERS[letter]
    return "-".join(letters[place : place + 4] for place in range(0, PASSWORD_LENGTH, 4))
