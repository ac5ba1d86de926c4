"""The pages on which a person's copy is looked through, made and released."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Staff
from cases import workflow as case_workflow
from cases.enums import Section
from cases.models import CaseFile
from core.acting import acting_as
from reports import subject_copy
from reports.models import Export
from tests.cast import Cast
from tests.factories import NIK, make_document, make_note
from tests.reports.copying import asked, case_of_copy, granted, looked_through, no_worker, told


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    no_worker(monkeypatch)


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return case_of_copy(cast)


@pytest.fixture
def signed_in() -> Callable[[Staff], Client]:
    def opened(person: Staff) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return opened


def test_the_unit_looks_through_and_has_the_file_made(cast: Cast, case: CaseFile, signed_in: Any) -> None:
    note = make_note(case, participant_words="Kata saya.")
    request, client = asked(case, cast), signed_in(cast.worker)
    url = reverse("reports:copy-prepare", args=[request.code])
    page = client.get(url)
    assert (page.status_code, "Kata saya." in page.content.decode()) == (200, True)
    given = {"seen": page.context["seen"], "withheld": [f"sessions:{note.code}"]}
    assert client.post(url, given).status_code == 422
    assert client.post(url, given | {"seen": "x"} | {"withheld": []}).status_code == 409
    why = {"ground": "others_data", "explanation": "Menyangkut orang lain."}
    assert client.post(url, given | why).status_code == 302
    panel = reverse("reports:copy-panel", args=[request.code])
    assert "Buat berkas salinan" not in client.get(panel).content.decode()
    assert client.post(reverse("reports:copy-make", args=[request.code])).status_code == 409
    granted(request, cast)
    assert "Buat berkas salinan" in client.get(panel).content.decode()
    answer = client.post(reverse("reports:copy-make", args=[request.code]))
    assert answer.headers["location"] == reverse("reports:export-detail", args=[Export.objects.get().code])
    assert client.get(answer.headers["location"]).status_code == 200


def test_whoever_looks_it_through_sees_the_end_of_the_nik_alone(cast: Cast, case: CaseFile, signed_in: Any) -> None:
    """The whole number is seen for a reason that stands in the journal; the person's own paper has it."""
    case.participant.nik = NIK
    case.participant.save()
    request = asked(case, cast)
    html = signed_in(cast.worker).get(f"/rights/{request.code}/copy/").content.decode()
    assert NIK not in html
    assert f"•••• {NIK[-4:]}" in html
    assert NIK in told(request, cast.worker)


def test_the_officer_sees_that_it_was_looked_through_and_nothing_of_it(
    cast: Cast, case: CaseFile, signed_in: Any
) -> None:
    make_note(case, participant_words="Kata yang hanya dibaca unit.")
    request, client = asked(case, cast), signed_in(cast.dpo)
    looked_through(request, cast.worker)
    page = client.get(reverse("reports:copy-panel", args=[request.code])).content.decode()
    assert cast.worker.full_name in page
    assert "Kata yang hanya dibaca unit." not in page
    assert client.get(reverse("reports:copy-prepare", args=[request.code])).status_code == 403
    assert client.post(reverse("reports:copy-make", args=[request.code])).status_code == 403
    assert (
        reverse("reports:copy-panel", args=[request.code])
        in client.get(reverse("cases:rights-detail", args=[request.code])).content.decode()
    )


def test_a_supervisor_says_why_before_the_page_opens(cast: Cast, case: CaseFile, signed_in: Any) -> None:
    request = asked(case, cast)
    answer = signed_in(cast.supervisor).get(reverse("reports:copy-prepare", args=[request.code]))
    assert (answer.status_code, "reason" in answer.headers["location"]) == (302, True)


def test_a_psychologists_document_is_named_as_left_out_whoever_reads(cast: Cast, case: CaseFile) -> None:
    """Its title alone says much; and its reader's copy is no other than everybody else's."""
    make_document(case, title="Litmas awal")
    case_workflow.assign(case, by=cast.supervisor, worker=cast.worker, co_workers=[cast.neighbour])
    cast.neighbour.profession = "psikolog"
    cast.neighbour.save()
    make_document(case, cast.neighbour, section=Section.CLINICAL, title="Laporan pemeriksaan psikologis")
    for reader in (cast.worker, cast.neighbour):
        with acting_as(reader.pk):
            copy = subject_copy.gather(case, sections=Section)
        chapter = next(chapter for chapter in copy.chapters if chapter.key == "documents")
        titles = [e.shown for t in chapter.tables for r in t.records for e in r.entries if e.key == "title"]
        assert titles == ["Litmas awal"]
        left = next(left for left in chapter.left_out if left.reason == "clinician")
        assert "psikolog" in left.what
        assert "Mintalah penjelasannya kepada psikolog" in left.explanation
