"""What tests of exports share: a wish, a file as a worker makes it, and what stands in it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pyzipper

from accounts.models import JournalEntry, Staff
from reports.models import Export
from reports.workflow import exports
from tests.factories import make_case

REASON = "Rapat tinjauan beban kerja bulan ini, dihapus sesudahnya."

Ask = Callable[..., Export]


def make_file(export: Export) -> Export:
    """The worker's steps, in this process."""
    export.refresh_from_db()
    made = exports.read(export)
    content = exports.locked(export, exports.written(export, made))
    return exports.keep_file(export, by=Staff.objects.system(), content=content, rows=made.rows)


def opened(export: Export, content: bytes) -> list[list[Any]]:
    with pyzipper.AESZipFile(io.BytesIO(content)) as archive:
        (name,) = archive.namelist()
        assert name == f"titian-{export.code}.xlsx"
        book = openpyxl.load_workbook(io.BytesIO(archive.read(name, pwd=exports.password_of(export).encode())))
    assert book.active is not None
    return [[cell.value for cell in row] for row in book.active.iter_rows()]


def fetched(export: Export, by: Staff) -> list[list[Any]]:
    _export, content = exports.fetch(export.code, exports.token_for(export), by=by)
    return opened(export, content)


def many(worker: Staff, count: int) -> None:
    for _number in range(count):
        make_case(worker)


def actions(code: str) -> list[str]:
    return list(JournalEntry.objects.filter(object_code=code).order_by("pk").values_list("action", flat=True))
