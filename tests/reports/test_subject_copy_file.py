"""The file of a person's copy: two forms that say the same, delivered once, in time whatever its size."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import time
from typing import Any

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import JournalEntry
from cases.models import CaseFile, ContactNote
from core import jobs
from reports import letters, subject_copy, tasks
from reports.workflow import copies, exports
from tests.cast import Cast
from tests.factories import make_note
from tests.reports.copying import OTHERS, asked, case_of_copy, full, granted, looked_through, made, no_worker


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    no_worker(monkeypatch)


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return case_of_copy(cast)


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_both_forms_say_the_same(cast: Cast, case: CaseFile) -> None:
    full(case, cast)
    request = asked(case, cast)
    looked_through(request, cast.worker)
    export = copies.release(granted(request, cast), by=cast.worker)
    copy = copies.read(export)
    assert copy is not None
    html = letters.copy_html(export, copy, request=request.code, made_at=timezone.now())
    rows = re.findall(r"<dt>([^<]*)</dt>\s*<dd class=\"pre\">([^<]*)</dd>", html)
    entries = [
        entry
        for chapter in copy.chapters
        for table in chapter.tables
        for record in table.records
        for entry in record.entries
    ]
    assert [(label, shown) for label, shown in rows] == [(e.label, e.shown) for e in entries if e.shown]
    assert all((entry.value in (None, [])) == (entry.shown == "") for entry in entries)
    values = [
        value
        for parts in subject_copy.data_of(copy).values()
        for part, records in parts.items()
        if part != "left_out"
        for record in records
        for value in record.values()
    ]
    assert values == [entry.value for entry in entries]
    left = [left.what for chapter in copy.chapters for left in chapter.left_out]
    assert re.findall(r"<strong>(.*?)</strong>", html) == left


def test_the_file_holds_paper_data_and_schema_under_names_that_say_nothing(cast: Cast, case: CaseFile) -> None:
    full(case, cast)
    request = asked(case, cast)
    looked_through(request, cast.worker)
    export = copies.release(granted(request, cast), by=cast.worker)
    files = made(export)
    assert sorted(files) == sorted(
        [f"salinan-{export.code}.pdf", f"salinan-{export.code}.json", "salinan.schema.json"]
    )
    pdf = pikepdf.open(io.BytesIO(files[f"salinan-{export.code}.pdf"]))
    assert (str(pdf.Root.Lang), bool(pdf.Root.MarkInfo.Marked)) == ("id", True)
    content = json.loads(files[f"salinan-{export.code}.json"])
    schema = json.loads(files["salinan.schema.json"])
    assert (content["schema"], content["version"], content["request"]) == ("titian-subject-copy", 1, request.code)
    conforms(content, schema)
    whole = b"".join(files.values()).decode("utf-8", "ignore")
    assert [what for what, planted in OTHERS.items() if planted in whole] == []


def conforms(value: Any, schema: dict[str, Any], where: str = "$") -> None:
    """What of JSON Schema ours uses: const, enum, type, properties, required, items."""
    if "const" in schema:
        assert value == schema["const"], where
        return
    if "enum" in schema:
        assert value in schema["enum"], where
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    known = {"string": str, "integer": int, "boolean": bool, "null": type(None), "array": list, "object": dict}
    assert type(value) in [known[kind] for kind in kinds], (where, value)
    if isinstance(value, list):
        for number, item in enumerate(value):
            conforms(item, schema["items"], f"{where}[{number}]")
    if isinstance(value, dict):
        assert set(schema["required"]) <= set(value) <= set(schema["properties"]), where
        for key, item in value.items():
            conforms(item, schema["properties"][key], f"{where}.{key}")


def test_markup_in_words_stays_words(cast: Cast, case: CaseFile) -> None:
    evil = "<script>alert(1)</script><img src=http://a.test/x>{{ 7 }}"
    make_note(case, participant_words=evil)
    request = asked(case, cast)
    looked_through(request, cast.worker)
    export = copies.release(granted(request, cast), by=cast.worker)
    copy = copies.read(export)
    assert copy is not None
    html = letters.copy_html(export, copy, request=request.code, made_at=timezone.now())
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert made(export)


def test_the_link_is_good_once_and_for_who_asked(cast: Cast, case: CaseFile) -> None:
    request = asked(case, cast)
    looked_through(request, cast.worker)
    export = copies.release(granted(request, cast), by=cast.worker)
    assert tasks.build_export(export.job.pk) == "made"
    export.refresh_from_db()
    for person in (cast.supervisor, cast.dpo, cast.neighbour):
        with pytest.raises(exports.LinkRefused):
            exports.fetch(export.code, exports.token_for(export), by=person)
    assert exports.fetch(export.code, exports.token_for(export), by=cast.worker)
    with pytest.raises(exports.LinkRefused) as refusal:
        exports.fetch(export.code, exports.token_for(export), by=cast.worker)
    assert refusal.value.why == "used"
    export.refresh_from_db()
    assert export.content is None


def test_each_step_stands_in_the_journal(cast: Cast, case: CaseFile) -> None:
    request = asked(case, cast)
    looked_through(request, cast.worker)
    export = copies.release(granted(request, cast), by=cast.worker)
    made(export)
    lines = JournalEntry.objects.filter(object_code=request.code).values_list("detail", flat=True)
    assert any("copy: looked through" in line for line in lines)
    done = JournalEntry.objects.filter(object_code=export.code).order_by("pk").values_list("action", flat=True)
    assert list(done) == ["export_asked", "export_made", "export_downloaded"]


def many_sessions(case: CaseFile, count: int) -> None:
    first = make_note(case, participant_words="Kata saya.")
    ContactNote.objects.bulk_create(
        ContactNote(
            case=case,
            author=first.author,
            type=first.type,
            occurred_at=first.occurred_at - dt.timedelta(days=number),
            present=first.present,
            summary="Ringkasan",
            participant_words=f"Kata saya nomor {number}. " * 4,
            next_steps="Bertemu lagi.",
        )
        for number in range(1, count)
    )


def test_five_hundred_sessions_take_no_more_queries_than_one(cast: Cast, case: CaseFile) -> None:
    request = asked(case, cast)

    def counted() -> int:
        with CaptureQueriesContext(connection) as taken:
            copies.gathered(request, by=cast.worker)
        return len(taken)

    many_sessions(case, 1)
    few = counted()
    many_sessions(case, 500)
    assert counted() == few <= 50


@pytest.mark.slow
def test_five_hundred_sessions_become_paper_before_the_job_counts_as_dead(cast: Cast, case: CaseFile) -> None:
    many_sessions(case, 500)
    request = asked(case, cast)
    looked_through(request, cast.worker)
    export = copies.release(granted(request, cast), by=cast.worker)
    began = time.monotonic()
    (paper,) = (data for name, data in made(export).items() if name.endswith(".pdf"))
    assert time.monotonic() - began < jobs.STALE_AFTER.total_seconds()
    assert len(pikepdf.open(io.BytesIO(paper)).pages) > 20
