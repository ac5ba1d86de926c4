"""What proves a legal row or a consent: chosen among the case's documents, or uploaded in the same form."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import workflow
from cases.enums import ConsentCapacity, ConsentPurpose, LegalStatusKind, Section
from cases.enums.documents import DocumentKind
from cases.models import CaseFile, Consent, Document, LegalEvent, LegalStatus
from cases.views import documents as document_views
from tests.cast import Cast
from tests.factories import PDF, make_case, make_document, make_picture

STATUS = {"status": "bebas_murni", "valid_from": "2026-10-01", "authority": "Lapas Uji", "document_no": "W-9/2026"}
EVENT = {"kind": "putusan", "happened_on": "2026-03-02", "authority": "PN Uji", "document_no": "12/Pid/2026"}
CONSENT = {
    "decision": "given",
    "detail": "Foto bengkel tanpa wajah.",
    "given_by": "Imam Saputra",
    "capacity": "self",
    "language": "Jawa",
    "evidence": "Formulir bertanda tangan",
}


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(cast.worker, legal=LegalStatusKind.PAROLE)


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def page(cast: Cast, client: Client) -> Client:
    client.force_login(cast.worker)
    return client


def sent(content: bytes = PDF, name: str = "surat.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def url(case: CaseFile, name: str, *more: Any) -> str:
    return reverse(f"cases:{name}", args=[case.code, *more])


def offered(answer: Any) -> set[int]:
    return set(answer.context["form"].fields["document"].queryset.values_list("pk", flat=True))


def hidden_from_the_worker(case: CaseFile, cast: Cast) -> Document:
    """Read by psychologists alone."""
    workflow.assign(case, by=cast.supervisor, worker=cast.worker, co_workers=[cast.neighbour])
    cast.neighbour.profession = "psikolog"
    cast.neighbour.save()
    return make_document(case, cast.neighbour, section=Section.CLINICAL)


# ---- legal rows -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "data", "model"), [("status", STATUS, LegalStatus), ("event", EVENT, LegalEvent)])
def test_a_legal_row_takes_a_document_that_is_there(
    page: Client, cast: Cast, case: CaseFile, name: str, data: dict[str, str], model: Any
) -> None:
    document = make_document(case, title="Surat lepas")
    withdrawn = make_document(case)
    workflow.withdraw_document(withdrawn, by=cast.worker, reason="Salah unggah")
    elsewhere = make_document(make_case(cast.worker))
    new = url(case, f"legal-{name}-new")
    assert offered(page.get(new)) == {document.pk}
    for wrong in (elsewhere.pk, withdrawn.pk, 10**9, "x"):
        answer = page.post(new, data | {"document": wrong, "end_previous": "on"})
        assert (answer.status_code, "Pilih dokumen dari daftar ini." in answer.content.decode()) == (422, True)
    assert page.post(new, data | {"document": document.pk, "end_previous": "on"}).status_code == 302
    assert model.objects.get(document=document).authority == data["authority"]
    assert "Surat lepas" in page.get(url(case, "legal")).content.decode()


def test_a_legal_row_takes_a_file_once_and_keeps_what_was_typed(page: Client, case: CaseFile) -> None:
    new = url(case, "legal-event-new")
    answer = page.post(new, EVENT | {"happened_on": "2199-01-01", "file": sent()})
    text = answer.content.decode()
    assert (answer.status_code, "Pilih berkasnya sekali lagi" in text, "12/Pid/2026" in text) == (422, True, True)
    wrong = page.post(new, EVENT | {"file": sent(b"MZ\x90 program")})
    assert (wrong.status_code, "Ini program, bukan dokumen." in wrong.content.decode()) == (422, True)
    for _again in range(2):
        assert page.post(new, EVENT | {"file": sent()}).status_code == 302
    event = case.legal_events.get()
    document = case.documents.get()
    assert event.document == document
    said = (document.kind, document.section, document.issued_by, document.document_no, document.dated)
    assert said == (DocumentKind.VERDICT, Section.LEGAL, "PN Uji", "12/Pid/2026", event.happened_on)


def test_a_status_sent_twice_is_stored_once(page: Client, case: CaseFile) -> None:
    for _again in range(2):
        answer = page.post(url(case, "legal-status-new"), STATUS | {"end_previous": "on", "file": sent()})
        assert answer.status_code == 302
    status = case.legal_statuses.get(status="bebas_murni")
    assert (status.valid_to, status.document, case.legal_statuses.count()) == (None, case.documents.get(), 2)


def test_a_known_file_and_two_proofs_are_told_beside_the_file(page: Client, case: CaseFile) -> None:
    assert page.post(url(case, "legal-event-new"), EVENT | {"file": sent()}).status_code == 302
    document = case.documents.get()
    answer = page.post(url(case, "legal-event-new"), EVENT | {"kind": "remisi", "file": sent()})
    assert "Berkas yang sama sudah tersimpan" in str(answer.context["form"].errors["file"])
    both = page.post(
        url(case, "legal-event-new"), EVENT | {"kind": "remisi", "file": sent(make_picture()), "document": document.pk}
    )
    assert "Pilih satu" in str(both.context["form"].errors["file"])
    assert case.legal_events.count() == 1


def test_a_correction_takes_another_document_or_a_new_file(page: Client, cast: Cast, case: CaseFile) -> None:
    status, first = case.legal_statuses.get(), make_document(case)
    edit = url(case, "legal-status-edit", status.code)

    def typed(**fields: Any) -> dict[str, Any]:
        opened = page.get(edit).context["form"]
        data = {name: opened[name].value() or "" for name in opened.fields if name != "file"}
        return data | {"version": opened.opened.version, "base": opened.opened.base} | fields

    assert page.post(edit, typed(document=first.pk)).status_code == 302
    status.refresh_from_db()
    assert status.document == first
    assert page.post(edit, typed(file=sent())).status_code == 302
    status.refresh_from_db()
    assert status.document not in (None, first)
    stale = typed(authority="Lapas Dua", file=sent(make_picture(), "foto.jpg"))
    workflow.amend_legal_status(status, by=cast.worker, version=status.version, authority="Lapas Satu")
    answer = page.post(edit, stale)
    assert (answer.status_code, "unggah lagi sesudah ini" in answer.content.decode()) == (409, True)
    assert page.post(edit, typed(document="")).status_code == 302
    status.refresh_from_db()
    assert status.document is None


def test_what_a_reader_may_not_see_stays_where_it_was(page: Client, cast: Cast, case: CaseFile) -> None:
    status, hidden = case.legal_statuses.get(), hidden_from_the_worker(case, cast)
    LegalStatus.objects.filter(pk=status.pk).update(document=hidden)
    edit = url(case, "legal-status-edit", status.code)
    opened = page.get(edit).context["form"]
    assert not {"document", "file"} & set(opened.fields)
    data = {name: opened[name].value() or "" for name in opened.fields}
    data |= {"version": opened.opened.version, "base": opened.opened.base}
    assert page.post(edit, data | {"conditions": "Lapor", "document": ""}).status_code == 302
    status.refresh_from_db()
    assert (status.conditions, status.document_id) == ("Lapor", hidden.pk)
    with pytest.raises(PermissionDenied):
        workflow.add_legal_record(
            LegalEvent, case, by=cast.worker, kind="remisi", happened_on=timezone.localdate(), document=hidden
        )


@pytest.mark.parametrize(
    ("name", "more", "words"),
    [
        ("legal-status-new", (), STATUS | {"end_previous": "on"}),
        ("legal-event-new", (), EVENT),
        ("consent-new", (ConsentPurpose.PHOTO.value,), CONSENT),
    ],
)
def test_proof_that_comes_later_with_the_same_words_is_kept(
    page: Client, case: CaseFile, name: str, more: tuple[str, ...], words: dict[str, str]
) -> None:
    new = url(case, name, *more)
    rows: Any = {"consent-new": case.consents, "legal-event-new": case.legal_events}.get(
        name, case.legal_statuses.filter(status="bebas_murni")
    )
    for proof in ({}, {"file": sent()}, {"file": sent()}):
        assert page.post(new, words | proof).status_code == 302
    assert rows.get().document == case.documents.get()
    other = page.post(new, words | {"file": sent(make_picture())})
    assert "tercatat dengan dokumen lain" in str(other.context["form"].errors["file"])
    assert case.documents.count() == 1


# ---- consents -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", [ConsentPurpose.SHARING, ConsentPurpose.PHOTO])
def test_a_consent_takes_its_signed_form(page: Client, cast: Cast, case: CaseFile, purpose: ConsentPurpose) -> None:
    document = make_document(case, kind=DocumentKind.CONSENT, title="Formulir foto")
    shared = {"recipient": cast.other_unit.unit_id, "scope": ["summary"]} if purpose == ConsentPurpose.SHARING else {}
    name, more = ("share-consent-new", ()) if shared else ("consent-new", (purpose.value,))
    new = url(case, name, *more)
    assert offered(page.get(new)) == {document.pk}
    assert page.post(new, CONSENT | shared | {"document": document.pk}).status_code == 302
    assert page.post(new, CONSENT | shared | {"given_by": "Sri", "file": sent()}).status_code == 302
    first, second = case.consents.order_by("pk")
    assert first.document == document
    assert second.document is not None
    assert (second.document.kind, second.document.section) == (DocumentKind.CONSENT, Section.DOCUMENTS)
    assert "Formulir foto" in page.get(url(case, "basis")).content.decode()
    workflow.withdraw_document(document, by=cast.worker, reason="Milik orang lain")
    first.refresh_from_db()
    assert (first.document, first.is_in_force) == (None, True)


def test_no_consent_is_proved_by_another_cases_document(cast: Cast, case: CaseFile) -> None:
    fields: dict[str, Any] = {"purpose": ConsentPurpose.PHOTO, "scope": [], "given_by": "Imam"}
    elsewhere = make_document(make_case(cast.worker))
    with pytest.raises(PermissionDenied):
        workflow.give_consent(case, by=cast.worker, capacity=ConsentCapacity.SELF, document=elsewhere, **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(case=case, explained_by=cast.worker, capacity="self", document=elsewhere, **fields)


# ---- the list -------------------------------------------------------------------------------------------------------


def test_every_document_is_reached_page_by_page(
    page: Client, cast: Cast, case: CaseFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_views, "PAGE", 2)
    stored = [make_document(case, title=f"Surat {number}", client_id=uuid.uuid4()) for number in range(5)]
    workflow.withdraw_document(stored[0], by=cast.worker, reason="Salah unggah")
    found, address = [], url(case, "documents")
    while address:
        answer = page.get(address)
        assert "5 dokumen" in answer.content.decode()
        found += [row["document"] for row in answer.context["rows"]]
        following = answer.context["next_url"]
        address = url(case, "documents") + following if following else ""
    assert found == stored[::-1]
    assert "Ditarik" in answer.content.decode()
