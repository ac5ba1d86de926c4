"""Documents: what may come in, who reads it, versions, withdrawal, proof, reminders, and what the worker draws."""

from __future__ import annotations

import datetime as dt
import uuid
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.enums import JournalAction
from accounts.models import JournalEntry
from cases import tasks, workflow
from cases.enums import ClosureReason, LegalStatusKind, ReferralSource, Section
from cases.enums.documents import DocumentKind, PreviewState
from cases.models import CaseFile, Document, DocumentFile, DocumentPage, LegalEvent, LegalStatus, Task
from cases.workflow import documents as storing
from core import papers, sealed_files
from core.acting import acting_as
from core.models import JobState
from core.uploads import TooLargeFile
from core.workflow import StaleError, TransitionError
from tests.cast import Cast
from tests.factories import (
    PDF,
    make_case,
    make_child_case,
    make_document,
    make_grant,
    make_paper,
    make_picture,
    say_why,
)


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(cast.worker, legal=LegalStatusKind.PAROLE)


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def sent(content: bytes = PDF, name: str = "surat.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def upload(client: Client, case: CaseFile, file: Any = None, **fields: Any) -> Any:
    data = {"client_id": str(uuid.uuid4()), "kind": "litmas", "section": "documents", "title": "Litmas awal"}
    return client.post(
        reverse("cases:document-new", args=[case.code]), data | {"file": sent() if file is None else file} | fields
    )


def url(name: str, document: Document, *more: Any) -> str:
    return reverse(f"cases:{name}", args=[document.case.code, document.code, *more])


# ---- what may come in -----------------------------------------------------------------------------------------------


def test_a_photo_loses_what_the_camera_wrote_and_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "RAHASIA-GPS", 6
    content = make_picture((60, 30), exif=exif, comment=b"RAHASIA-KOMENTAR")
    assert b"RAHASIA-GPS" in content
    paper = papers.cleaned(content)
    assert (paper.kind, b"RAHASIA" in paper.content) == ("jpeg", False)
    assert Image.open(BytesIO(paper.content)).size == (30, 60)


def active_pdf() -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    pdf.attachments["x.exe"] = pikepdf.AttachedFileSpec(pdf, b"MZ bahaya", filename="x.exe")
    launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=launch)
    pdf.pages[0].Annots = pikepdf.Array([link])
    out = BytesIO()
    pdf.save(out)
    return out.getvalue()


def test_a_pdf_keeps_its_pages_and_loses_what_acts() -> None:
    paper = papers.cleaned(active_pdf() + b"PK\x03\x04<script>alert(1)</script>")  # and another file behind its end
    words = (b"JavaScript", b"Launch", b"cmd.exe", b"EmbeddedFile", b"x.exe", b"<script>")
    assert [word for word in words if word in paper.content] == []
    assert paper.pages == 1


def test_a_signed_pdf_stays_byte_by_byte_or_is_refused() -> None:
    def signed(act: bool, tail: bytes = b"") -> bytes:
        pdf = pikepdf.open(BytesIO(active_pdf())) if act else pikepdf.open(BytesIO(PDF))
        pdf.Root.Sig = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Sig, ByteRange=[0, 1, 2, 3]))
        out = BytesIO()
        pdf.save(out)
        return out.getvalue() + tail

    clean = signed(act=False)
    assert papers.cleaned(clean).content == clean
    for content in (signed(act=True), signed(act=False, tail=b"PK\x03\x04zip")):
        with pytest.raises(papers.RefusedError) as refusal:
            papers.cleaned(content)
        assert refusal.value.why == "signed"


def locked_pdf() -> bytes:
    pdf = pikepdf.open(BytesIO(PDF))
    out = BytesIO()
    pdf.save(out, encryption=pikepdf.Encryption(owner="rahasia", user=""))
    return out.getvalue()


def bomb() -> bytes:
    out = BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: b"MZ\x90\x00 program", "program"),
        (lambda: b"#!/bin/sh\nrm -rf /", "program"),
        (lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "kind"),
        (lambda: b"<!doctype html><script>alert(1)</script>%PDF-1.4", "kind"),
        (lambda: b"PK\x03\x04 docx", "office"),
        (locked_pdf, "encrypted"),
        (lambda: b"%PDF-1.7 bukan pdf", "broken"),
        (lambda: b"\xff\xd8\xff bukan foto", "broken"),
        (bomb, "pixels"),
    ],
)
def test_what_is_no_paper_is_refused_with_its_reason(make: Any, why: str) -> None:
    with pytest.raises(papers.RefusedError) as refusal:
        papers.cleaned(make())
    assert refusal.value.why == why


def test_the_reader_has_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}
    real = papers.subprocess.run
    monkeypatch.setattr(papers.subprocess, "run", lambda *args, **given: seen.update(given) or real(*args, **given))
    papers.cleaned(make_picture())
    assert seen["env"] == {"LC_ALL": "C.UTF-8"}


# ---- by the form ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"MZ\x90 program", "surat.pdf", "Ini program, bukan dokumen."),
        (b"<svg onload=alert(1)>", "foto.png", "bukan PDF, JPEG, atau PNG"),
        (b"x" * (10 * 1024 * 1024 + 1), "besar.pdf", "Berkas ini terlalu besar"),
        (b"", "kosong.pdf", "Berkas ini kosong."),
    ],
)
def test_a_wrong_file_is_told_beside_the_field_and_nothing_typed_is_lost(
    client: Client, cast: Cast, case: CaseFile, content: bytes, name: str, words: str
) -> None:
    client.force_login(cast.worker)
    answer = upload(client, case, sent(content, name), issued_by="Bapas Malang")
    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors["file"])
    assert 'value="Bapas Malang"' in answer.content.decode()
    assert not Document.objects.exists()


def test_of_a_hundred_megabytes_nothing_is_kept_in_memory(client: Client, cast: Cast, case: CaseFile) -> None:
    client.force_login(cast.worker)
    answer = upload(client, case, sent(b"%PDF-" + bytes(100_000_000)))
    assert answer.status_code == 422
    assert "95,4" in str(answer.context["form"].errors["file"])
    assert isinstance(answer.context["form"].files["file"], TooLargeFile)


def test_elsewhere_a_large_request_is_refused_unread(client: Client, cast: Cast, case: CaseFile) -> None:
    client.force_login(cast.worker)
    answer = client.post(reverse("cases:note-new", args=[case.code]), {"file": sent(bytes(3_000_000))})
    assert answer.status_code == 413


def test_an_error_elsewhere_says_that_the_file_must_be_chosen_again(
    client: Client, cast: Cast, case: CaseFile
) -> None:
    client.force_login(cast.worker)
    answer = upload(client, case, title="a" * 10_000, kind="")
    errors = answer.context["form"].errors
    assert set(errors) == {"title", "kind", "file"}
    assert "Pilih berkasnya sekali lagi" in str(errors["file"])


@pytest.mark.parametrize("name", ["../../../etc/passwd.pdf", "a" * 10_000 + ".pdf", "surat\u202efdp.exe", "😀<b>.pdf"])
def test_of_a_file_name_nothing_is_kept(client: Client, cast: Cast, case: CaseFile, name: str) -> None:
    client.force_login(cast.worker)
    assert upload(client, case, sent(name=name), title="").status_code == 302
    row = DocumentFile.objects.get()
    assert row.file.name.startswith("documents/")
    assert len(row.file.name) < 60
    answer = client.get(url("document-file", row.document, 1))
    assert answer["Content-Disposition"] == f'attachment; filename="titian-{row.document.code}-v1.pdf"'


def test_what_is_stored_is_sealed_and_comes_back_as_a_download(client: Client, cast: Cast, case: CaseFile) -> None:
    client.force_login(cast.worker)
    upload(client, case)
    document = Document.objects.get()
    row = document.files.get()
    with default_storage.open(row.file.name) as stored:
        assert b"%PDF" not in stored.read()
    answer = client.get(url("document-file", document, 1))
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.content.startswith(b"%PDF")
    line = JournalEntry.objects.get(action=JournalAction.DOWNLOAD)
    assert (line.object_code, line.detail, line.section) == (case.code, f"{document.code} v1", "documents")


def test_the_same_form_twice_stores_once_and_the_same_file_again_is_told(
    client: Client, cast: Cast, case: CaseFile
) -> None:
    client.force_login(cast.worker)
    token = str(uuid.uuid4())
    first, second = (upload(client, case, client_id=token) for _number in range(2))
    assert (first.status_code, second.url) == (302, first.url)
    answer = upload(client, case)
    assert answer.status_code == 422
    assert "Berkas yang sama sudah tersimpan: Litmas awal" in str(answer.context["form"].errors["file"])
    assert DocumentFile.objects.count() == 1


# ---- who reads ------------------------------------------------------------------------------------------------------


def test_a_clinical_document_is_read_by_that_profession_alone(client: Client, cast: Cast) -> None:
    child = make_child_case(cast.other_agency)
    workflow.assign(child, by=cast.other_agency_supervisor, worker=cast.other_agency, co_workers=[cast.psychologist])
    document = make_document(child, cast.psychologist, section=Section.CLINICAL, title="Hasil tes proyektif")
    client.force_login(cast.other_agency)
    assert "Hasil tes proyektif" not in client.get(reverse("cases:documents", args=[child.code])).content.decode()
    for page in ("document-detail", "document-version-new", "document-withdraw"):
        assert client.get(url(page, document)).status_code == 404
    assert client.get(url("document-file", document, 1)).status_code == 404
    assert 'value="clinical"' not in client.get(reverse("cases:document-new", args=[child.code])).content.decode()
    with pytest.raises(PermissionDenied):
        make_document(child, cast.other_agency, section=Section.CLINICAL)
    with acting_as(cast.other_agency.pk):  # the second lock
        assert not Document.objects.filter(pk=document.pk).exists()
        assert not DocumentFile.objects.filter(document_id=document.pk).exists()
    client.force_login(cast.psychologist)
    assert client.get(url("document-file", document, 1)).status_code == 200


def test_a_share_of_the_documents_opens_none_that_is_read_as_another_section(
    client: Client, cast: Cast, case: CaseFile
) -> None:
    plain, legal = make_document(case), make_document(case, section=Section.LEGAL)
    make_grant(case, cast.other_agency, [Section.SUMMARY, Section.DOCUMENTS], by=cast.supervisor)
    client.force_login(cast.other_agency)
    assert client.get(url("document-file", plain, 1)).status_code == 200
    assert client.get(url("document-file", legal, 1)).status_code == 404
    assert client.get(url("document-version-new", plain)).status_code == 403
    with acting_as(cast.other_agency.pk):
        assert list(Document.objects.all()) == [plain]


def test_another_agency_and_a_guessed_address_find_nothing(client: Client, cast: Cast, case: CaseFile) -> None:
    document = make_document(case)
    mine = make_case(cast.neighbour)
    client.force_login(cast.neighbour)
    assert client.get(url("document-file", document, 1)).status_code == 404
    # Through a case of one's own, with the code of another's document.
    assert client.get(reverse("cases:document-file", args=[mine.code, document.code, 1])).status_code == 404
    client.force_login(cast.worker)
    assert client.get(url("document-file", document, 2)).status_code == 404
    assert client.get(f"/media/{document.files.get().file.name}").status_code == 404


def test_a_supervisor_reads_and_does_not_write(client: Client, cast: Cast, case: CaseFile) -> None:
    document = make_document(case)
    client.force_login(cast.supervisor)
    assert client.get(url("document-file", document, 1)).status_code == 200
    assert upload(client, case).status_code == 403
    for act in (
        lambda: make_document(case, cast.supervisor),
        lambda: workflow.withdraw_document(document, by=cast.supervisor, reason="x"),
        lambda: workflow.prove(document, case.legal_statuses.get(), by=cast.supervisor),
        lambda: workflow.replace_document(
            document, by=cast.supervisor, version=1, client_id=uuid.uuid4(), paper=make_paper()
        ),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_a_childs_document_asks_whoever_is_off_the_caseload_for_a_reason(client: Client, cast: Cast) -> None:
    child = make_child_case(cast.other_agency)
    document = make_document(child)
    client.force_login(cast.other_agency_supervisor)
    assert client.get(url("document-file", document, 1)).status_code == 302
    say_why(client, child)
    assert client.get(url("document-file", document, 1)).status_code == 200


# ---- versions and withdrawal ----------------------------------------------------------------------------------------


def test_a_new_version_replaces_and_the_old_one_stays_readable(client: Client, cast: Cast, case: CaseFile) -> None:
    document = make_document(case, expires=timezone.localdate() + dt.timedelta(days=5))
    client.force_login(cast.worker)
    later = timezone.localdate() + dt.timedelta(days=400)
    data = {"client_id": str(uuid.uuid4()), "version": 1, "expires": later.isoformat(), "file": sent()}
    assert client.post(url("document-version-new", document), data).status_code == 302
    document.refresh_from_db()
    assert (document.expires, document.version) == (later, 2)
    assert [row.number for row in document.files.all()] == [2, 1]
    for number in (1, 2):
        assert client.get(url("document-file", document, number)).status_code == 200
    # Somebody else's form, opened before.
    answer = client.post(url("document-version-new", document), data | {"client_id": "", "file": sent(PDF + b"\n")})
    assert answer.status_code == 409
    assert "Pilih berkasnya sekali lagi" in answer.content.decode()
    with pytest.raises(StaleError):
        workflow.replace_document(document, by=cast.worker, version=1, client_id=uuid.uuid4(), paper=make_paper())


@pytest.mark.parametrize(("days", "chip"), [(-1, ("Kedaluwarsa", "due")), (5, ("Segera kedaluwarsa", "soon"))])
def test_what_is_past_its_last_day_is_marked_stronger_than_what_is_near(
    case: CaseFile, cast: Cast, client: Client, days: int, chip: tuple[str, str]
) -> None:
    make_document(case, expires=timezone.localdate() + dt.timedelta(days=days))
    client.force_login(cast.worker)
    row = client.get(reverse("cases:documents", args=[case.code])).context["rows"][0]
    assert (row["chip"]["text"], row["chip"]["kind"]) == chip


def test_what_is_withdrawn_stays_on_record_and_opens_to_the_supervisor_alone(
    client: Client, cast: Cast, case: CaseFile
) -> None:
    document = make_document(case, proves=case.legal_statuses.get())
    client.force_login(cast.worker)
    assert client.post(url("document-withdraw", document), {"reason": ""}).status_code == 422
    assert client.post(url("document-withdraw", document), {"reason": "Milik orang lain"}).status_code == 302
    document.refresh_from_db()
    assert (document.is_withdrawn, document.withdrawn_by, case.legal_statuses.get().document) == (
        True,
        cast.worker,
        None,
    )
    assert client.get(url("document-detail", document)).status_code == 200
    for page in ("document-file", "document-preview"):
        assert client.get(url(page, document, 1)).status_code == 403
    client.force_login(cast.supervisor)
    assert client.get(url("document-file", document, 1)).status_code == 200
    with pytest.raises(TransitionError):
        workflow.withdraw_document(document, by=cast.worker, reason="lagi")
    with pytest.raises(TransitionError):
        workflow.replace_document(document, by=cast.worker, version=2, client_id=uuid.uuid4(), paper=make_paper())


# ---- proof ----------------------------------------------------------------------------------------------------------


def test_a_withdrawn_document_takes_the_check_of_its_status_along(cast: Cast, case: CaseFile) -> None:
    status = case.legal_statuses.get()
    LegalStatus.objects.filter(pk=status.pk).update(authority="Lapas", document_no="W1-12/2026")
    document = make_document(case, section=Section.LEGAL, proves=status)
    status.refresh_from_db()
    status = workflow.verify_legal_status(status, by=cast.supervisor, version=status.version)
    assert (status.is_verified, status.document) == (True, document)
    workflow.withdraw_document(document, by=cast.worker, reason="Putusan orang lain")
    status.refresh_from_db()
    assert (status.is_verified, status.document) == (False, None)


def test_another_file_in_its_place_ends_the_check_too(cast: Cast, case: CaseFile) -> None:
    status = case.legal_statuses.get()
    status.authority, status.document_no = "Lapas", "W-1"
    status.save()
    document = make_document(case, section=Section.LEGAL, proves=status)
    status.refresh_from_db()
    workflow.verify_legal_status(status, by=cast.supervisor, version=status.version)
    workflow.replace_document(document, by=cast.worker, version=1, client_id=uuid.uuid4(), paper=make_paper())
    before = status.version
    status.refresh_from_db()
    assert (status.verified_by, status.document) == (None, document)
    assert status.version > before
    with pytest.raises(StaleError):  # the supervisor's page showed the former file
        workflow.verify_legal_status(status, by=cast.supervisor, version=before)


def test_no_row_is_proved_by_another_cases_document(cast: Cast, case: CaseFile) -> None:
    other = make_document(make_case(cast.worker))
    with pytest.raises(PermissionDenied):
        workflow.prove(other, case.legal_statuses.get(), by=cast.worker)
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalStatus.objects.filter(case=case).update(document=other)


def test_a_document_is_made_the_proof_from_its_page(client: Client, cast: Cast, case: CaseFile) -> None:
    document, status = make_document(case), case.legal_statuses.get()
    client.force_login(cast.worker)
    assert client.post(url("document-prove", document), {"proves": f"status-{status.pk}"}).status_code == 302
    status.refresh_from_db()
    assert status.document == document
    page = client.get(reverse("cases:legal", args=[case.code])).content.decode()
    assert url("document-detail", document) in page


def intake(**fields: Any) -> dict[str, Any]:
    person = {"full_name": "Rudi Hermanto", "sex": "male", "birth_year": 1990, "birth_month": 5, "birth_day": 17}
    return person | {"nik_status": "belum_ada", "case_type": "bimbingan_bapas", "referral_source": "lapas"} | fields


def test_intake_from_a_prison_takes_the_berita_acara_at_once_or_asks_for_it_later(client: Client, cast: Cast) -> None:
    client.force_login(cast.worker)
    day = (timezone.localdate() - dt.timedelta(days=2)).isoformat()
    both = {"handover_no": "BA-7/2026", "handover_on": day}
    answer = client.post(reverse("cases:case-new"), intake(**both, handover_file=sent()))
    assert answer.status_code == 302
    case = CaseFile.objects.get()
    event = case.legal_events.get()
    assert (event.kind, event.document_no, event.document.kind) == ("serah_terima", "BA-7/2026", "berita_acara")
    words = "Berita acara serah terima dari Lapas belum dilampirkan."
    assert words not in client.get(answer.url).content.decode()

    without = make_case(cast.worker, referral_source=ReferralSource.PRISON)
    page = client.get(reverse("cases:case-detail", args=[without.code])).content.decode()
    assert words in page
    event = workflow.add_legal_record(
        LegalEvent, without, by=cast.worker, kind=LegalEvent.Kind.HANDOVER, happened_on=timezone.localdate()
    )
    page = client.get(reverse("cases:case-detail", args=[without.code])).content.decode()
    form_url = reverse("cases:document-new", args=[without.code]) + f"?for=event-{event.pk}"
    assert form_url in page
    form = client.get(form_url).context["form"]
    assert form["kind"].value() == DocumentKind.HANDOVER
    assert upload(client, without, kind="berita_acara", proves=f"event-{event.pk}").status_code == 302
    event.refresh_from_db()
    assert event.document is not None


def test_a_handover_is_asked_whole_and_of_a_prison(client: Client, cast: Cast) -> None:
    client.force_login(cast.worker)
    future = (timezone.localdate() + dt.timedelta(days=2)).isoformat()
    data = intake(referral_source="dinsos", handover_on=future, handover_file=sent())
    errors = client.post(reverse("cases:case-new"), data).context["form"].errors
    assert {"referral_source", "handover_no", "handover_on", "handover_file"} <= set(errors)
    assert not CaseFile.objects.exists()


def test_a_death_needs_its_document(cast: Cast, case: CaseFile) -> None:
    assert [str(blocker.text) for blocker in storing.death_document(case, ClosureReason.DIED)]
    document = make_document(case, kind=DocumentKind.DEATH)
    assert list(storing.death_document(case, ClosureReason.DIED)) == []
    assert list(storing.death_document(make_case(cast.worker), ClosureReason.MOVED)) == []
    workflow.withdraw_document(document, by=cast.worker, reason="Salah orang")
    with pytest.raises(TransitionError) as refusal:
        workflow.close(case, by=cast.supervisor, reason=ClosureReason.DIED, note="Sakit")
    assert [blocker.url for blocker in refusal.value.blockers] == [f"/cases/{case.code}/documents/"]


# ---- the worker -----------------------------------------------------------------------------------------------------


def test_pages_are_drawn_once_and_shown_inside_the_answer(client: Client, cast: Cast, case: CaseFile) -> None:
    document = make_document(case)
    row = document.files.get()
    client.force_login(cast.worker)
    waiting = client.get(url("document-preview", document, 1), headers={"hx-request": "true"}).content.decode()
    assert 'hx-trigger="every 2s"' in waiting
    assert [tasks.draw_pages(row.job_id) for _number in range(2)] == ["made", "nothing to do"]
    assert DocumentPage.objects.count() == 1
    shown = client.get(url("document-preview", document, 1), headers={"hx-request": "true"}).content.decode()
    assert 'src="data:image/jpeg;base64,' in shown
    assert JournalEntry.objects.filter(action=JournalAction.DOCUMENT_READ, object_code=case.code).count() == 1


def test_a_preview_that_cannot_be_made_leaves_the_download(
    client: Client, cast: Cast, case: CaseFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = make_document(case, paper=make_paper(b"%PDF- rusak"))
    row = document.files.get()
    assert tasks.draw_pages(row.job_id) == "failed"
    row.refresh_from_db()
    assert (row.preview, row.job.state) == (PreviewState.FAILED, JobState.FAILED)
    client.force_login(cast.worker)
    page = client.get(url("document-preview", document, 1)).content.decode()
    assert "Pratinjau tidak dapat dibuat." in page
    for _time in range(2):  # a double click
        assert client.post(url("document-preview", document, 1)).status_code == 302
    row.refresh_from_db()
    assert (row.preview, row.job.state) == (PreviewState.WAITING, JobState.QUEUED)
    with pytest.raises(PermissionDenied):
        workflow.draw_again(row, by=cast.neighbour)
    assert tasks.draw_pages(row.job_id) == "failed"
    assert client.get(url("document-file", document, 1)).status_code == 200
    sealed_files.remove(row.file.name)
    assert client.get(url("document-file", document, 1)).status_code == 404


def test_a_document_is_reminded_of_once_for_each_last_day(cast: Cast, case: CaseFile) -> None:
    today = timezone.localdate()
    soon = make_document(case, expires=today + dt.timedelta(days=30))
    make_document(case, expires=today + dt.timedelta(days=31))
    make_document(case, expires=today - dt.timedelta(days=1))
    assert (tasks.remind_of_expiring(), tasks.remind_of_expiring()) == (1, 0)
    task = Task.objects.get(kind="document")
    assert (task.assignee, task.case) == (cast.worker, case)
    workflow.close_task(task, by=cast.worker, outcome="Sedang diurus")
    assert tasks.remind_of_expiring() == 0
    for version, days in ((1, 20), (2, 20)):  # a better scan with the same last day keeps the reminder open
        about = {"expires": today + dt.timedelta(days=days)}
        sending = {"version": version, "client_id": uuid.uuid4(), "paper": make_paper()}
        workflow.replace_document(soon, by=cast.worker, **sending, **about)
        tasks.remind_of_expiring()
        soon.refresh_from_db()
        assert Task.objects.open().get(kind="document").source == f"document-expires:{soon.pk}:{soon.expires}"


def test_a_reminder_of_a_clinical_document_goes_to_its_author_without_its_title(cast: Cast) -> None:
    child = make_child_case(cast.other_agency)
    workflow.assign(child, by=cast.other_agency_supervisor, worker=cast.other_agency, co_workers=[cast.psychologist])
    expires = timezone.localdate() + dt.timedelta(days=3)
    make_document(child, cast.psychologist, section=Section.CLINICAL, title="Hasil tes", expires=expires)
    assert tasks.remind_of_expiring() == 1
    task = Task.objects.get(kind="document")
    assert (task.assignee, task.title, task.section) == (cast.psychologist, "", Section.CLINICAL)


def test_files_without_a_row_are_swept_up_after_a_day(case: CaseFile, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = make_document(case).files.get().file.name
    lost = sealed_files.keep(storing.FOLDER, b"x", "nobody")
    assert tasks.sweep_files() == 0
    monkeypatch.setattr(storing, "ORPHAN_AFTER", dt.timedelta(seconds=-5))
    assert tasks.sweep_files() == 1
    assert (default_storage.exists(kept), default_storage.exists(lost)) == (True, False)


def test_an_undone_request_leaves_no_file(cast: Cast, case: CaseFile, monkeypatch: pytest.MonkeyPatch) -> None:
    removed: list[str] = []
    monkeypatch.setattr(sealed_files, "remove", removed.append)
    monkeypatch.setattr(storing.jobs, "enqueue", lambda *args, **given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make_document(case)
    assert len(removed) == 1


def test_the_application_deletes_no_document(case: CaseFile) -> None:
    make_document(case)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('titian_app', 'cases_document', 'DELETE'),"
            " has_table_privilege('titian_app', 'cases_documentfile', 'DELETE')"
        )
        assert cursor.fetchone() == (False, False)
