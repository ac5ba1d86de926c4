"""Documents: stored once, replaced by newer versions, withdrawn for a reason, proof of legal rows, renewed in time."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases import policies
from cases.enums import OPEN, CaseStatus, ClosureReason, EventKind, Right, Section, TaskKind
from cases.enums.documents import DocumentKind, PreviewState
from cases.matrix import BY_PROFESSION
from cases.models import CaseFile, Consent, Document, DocumentFile, DocumentPage, LegalEvent, LegalStatus, Task
from cases.models.documents import EXPIRES_SOON
from cases.policies.documents import documents_for, require_writing
from cases.sentence import end_of
from cases.workflow.events import record
from cases.workflow.tasks import open_task, reader_of, withdraw_task
from core import jobs, sealed_files
from core.papers import Paper
from core.workflow import Blocker, FieldError, TransitionError, lock, lock_version, sent_before

JOB_KIND = "document_pages"
FOLDER, PAGES_FOLDER = "documents", "document-pages"
# A file without a row: its request was undone after it was written. Younger ones may be about to get theirs.
ORPHAN_AFTER = dt.timedelta(hours=24)


class KnownFileError(FieldError):
    """This very file is there already."""


@transaction.atomic
def add_document(
    case: CaseFile,
    *,
    by: Staff,
    client_id: uuid.UUID,
    paper: Paper,
    kind: str,
    section: str,
    proves: LegalStatus | LegalEvent | None = None,
    **about: Any,
) -> Document:
    """Store a document once: the same form sent again answers with the one that is there. ``about``: its texts, dates.

    The same file in two documents of a case is refused where the sender can read the other one.
    """
    case = lock(case)
    require_writing(by, case, section)
    files = DocumentFile.objects.select_related("document")
    if existing := sent_before(files, client_id, uploaded_by=by, document__case=case):
        return existing.document
    if case.status == CaseStatus.CLOSED:
        raise TransitionError(_("Kasus ini sudah ditutup. Buka kembali dahulu."))
    _refuse_known(case, by, paper)
    document = Document.objects.create(case=case, kind=kind, section=section, **about)
    _store(document, 1, by=by, client_id=client_id, paper=paper)
    if proves is not None:
        _prove(document, proves)
    _tell(document, EventKind.DOCUMENT, by=by)
    return document


@transaction.atomic
def replace_document(
    document: Document, *, by: Staff, version: int, client_id: uuid.UUID, paper: Paper, **about: Any
) -> Document:
    """A newer version: the old file stays on record and readable; a reminder of the former last day falls away."""
    case = lock(document.case)
    require_writing(by, case, document.section)
    files = DocumentFile.objects.select_related("document")
    if existing := sent_before(files, client_id, uploaded_by=by, document__case=case):
        return existing.document
    document = lock_version(document, version)
    if case.status == CaseStatus.CLOSED:
        raise TransitionError(_("Kasus ini sudah ditutup. Buka kembali dahulu."))
    if document.is_withdrawn:
        raise TransitionError(_("Dokumen ini sudah ditarik. Simpan sebagai dokumen baru."))
    _refuse_known(case, by, paper)
    if about.get("expires") != document.expires:
        withdraw_task(_reminder_of(document), by=by)
    for name, value in about.items():
        setattr(document, name, value)
    document.save()
    _uncheck(document)
    number = document.files.aggregate(last=Max("number"))["last"] or 0
    _store(document, number + 1, by=by, client_id=client_id, paper=paper)
    _tell(document, EventKind.DOCUMENT_REPLACED, by=by)
    return document


@transaction.atomic
def withdraw_document(document: Document, *, by: Staff, reason: str) -> Document:
    """Take back what was uploaded by mistake: kept for the record, opened no more, and no proof of anything."""
    case = lock(document.case)
    document = lock(document)
    require_writing(by, case, document.section)
    if document.is_withdrawn:
        raise TransitionError(_("Dokumen ini sudah ditarik."))
    if not reason.strip():
        raise TransitionError(_("Tulis alasannya."))
    document.withdrawn_at, document.withdrawn_by, document.withdraw_reason = timezone.now(), by, reason.strip()
    document.version += 1
    document.save()
    _uncheck(document, document=None)
    for model in (LegalEvent, Consent):
        model._default_manager.filter(document=document).update(document=None, version=F("version") + 1)
    withdraw_task(_reminder_of(document), by=by)
    _tell(document, EventKind.DOCUMENT_WITHDRAWN, by=by)
    return document


def _uncheck(proof: Document, **also: None) -> None:
    """A status that was held against this document is unchecked again, and a page that shows it checked is old."""
    statuses = LegalStatus.objects.filter(document=proof)
    statuses.update(verified_by=None, verified_at=None, version=F("version") + 1, **also)


def stored_proof(
    case: CaseFile, *, by: Staff, document: Document | None, paper: Paper | None, **about: Any
) -> Document | None:
    """What proves a row of ``case``: a document that is there, or ``paper``, which is stored with what is known of it.

    Nobody hangs on a row what he may not read.
    """
    if paper is not None:
        return add_document(case, by=by, client_id=uuid.uuid4(), paper=paper, **about)
    if document is not None and not documents_for(by).standing().filter(pk=document.pk, case=case).exists():
        raise PermissionDenied
    return document


def prove_again(
    row: LegalStatus | LegalEvent | Consent,
    *,
    document: Document | None,
    paper: Paper | None,
    store: Callable[[], Document | None],
) -> None:
    """Words that are on record come once more, now with what proves them: the row that is there gets it.

    The same proof again changes nothing; another one is refused, so that nobody believes it stored.
    """
    if document is None and paper is None:
        return
    if row.document is None:
        row.document = store()
        row.version += 1
        row.save()
        return
    same = row.document == document if paper is None else row.document.files.filter(sent_sha256=paper.sent_sha256)
    if not same:
        told = _(
            "Isi yang sama sudah tercatat dengan dokumen lain. Buka yang tercatat itu untuk mengganti dokumennya."
        )
        raise FieldError({"document" if paper is None else "file": told})


@transaction.atomic
def prove(document: Document, row: LegalStatus | LegalEvent, *, by: Staff) -> None:
    """Make the document the proof of a legal status or event of its case."""
    case = lock(document.case)
    policies.require(by, Right.EDIT, case, Section.LEGAL)
    if not documents_for(by).filter(pk=document.pk).exists():
        raise PermissionDenied
    _prove(lock(document), row)


def _prove(document: Document, row: LegalStatus | LegalEvent) -> None:
    if document.is_withdrawn:
        raise TransitionError(_("Dokumen ini sudah ditarik."))
    row = lock(row)
    if row.case_id != document.case_id:
        raise PermissionDenied
    if row.document_id not in (None, document.pk):
        raise TransitionError(_("Catatan hukum ini sudah punya dokumen."))
    row.document = document
    row.version += 1
    row.save(update_fields=["document", "version", "updated_at"])


def death_document(case: CaseFile, reason: ClosureReason | str) -> Iterable[Blocker]:
    """I-18: nobody's case is closed for death on hearsay."""
    if reason == ClosureReason.DIED and not case.documents.standing().filter(kind=DocumentKind.DEATH).exists():
        yield Blocker(_("Belum ada akta atau surat kematian di bagian Dokumen."), f"/cases/{case.code}/documents/")


# ---- storing --------------------------------------------------------------------------------------------------------


def _refuse_known(case: CaseFile, by: Staff, paper: Paper) -> None:
    readable = documents_for(by).standing().filter(case=case)
    same = DocumentFile.objects.filter(document__in=readable, sent_sha256=paper.sent_sha256).select_related("document")
    if found := same.first():
        words = _("Berkas yang sama sudah tersimpan: %(title)s, kode %(code)s, versi %(number)s.")
        about = {"title": found.document.shown_title, "code": found.document.code, "number": found.number}
        raise KnownFileError({"file": words % about})


def _store(document: Document, number: int, *, by: Staff, client_id: uuid.UUID, paper: Paper) -> DocumentFile:
    row = DocumentFile(
        document=document,
        number=number,
        client_id=client_id,
        media=paper.kind,
        size=len(paper.content),
        pages=paper.pages,
        sha256=paper.sha256,
        sent_sha256=paper.sent_sha256,
        uploaded_by=by,
    )
    row.file = sealed_files.keep(FOLDER, paper.content, row.seal)
    try:
        with transaction.atomic():
            row.save()
            row.job = jobs.enqueue(JOB_KIND, str(row.pk), by=by)
            row.save(update_fields=["job"])
    except BaseException:
        sealed_files.remove(row.file.name)
        raise
    return row


def content_of(row: DocumentFile) -> bytes:
    """The file as it is kept; raises core.sealed_files.MissingError."""
    return sealed_files.read(str(row.file.name), row.seal)


def picture_of(page: DocumentPage) -> bytes:
    return sealed_files.read(str(page.image.name), page.seal)


def _tell(document: Document, kind: EventKind, *, by: Staff) -> None:
    """What kind of document, and where it is read: its title stands on its own page."""
    path = f"/cases/{document.case.code}/documents/{document.code}/"
    record(document.case, kind, by=by, section=Section(document.section), summary=document.kind, path=path)


# ---- the worker's side ----------------------------------------------------------------------------------------------


@transaction.atomic
def keep_pages(row: DocumentFile, pictures: list[bytes]) -> None:
    """The pictures of a file that has none yet; a second delivery changes nothing."""
    row = lock(row)
    if row.preview == PreviewState.READY:
        return
    names: list[str] = []
    try:
        for number, picture in enumerate(pictures, start=1):
            page = DocumentPage(of_file=row, number=number)
            page.image = sealed_files.keep(PAGES_FOLDER, picture, page.seal)
            names.append(page.image.name)
            page.save()
    except BaseException:
        for name in names:
            sealed_files.remove(name)
        raise
    row.preview = PreviewState.READY
    row.save(update_fields=["preview"])


@transaction.atomic
def no_pages(row: DocumentFile) -> None:
    row = lock(row)
    if row.preview == PreviewState.WAITING:
        row.preview = PreviewState.FAILED
        row.save(update_fields=["preview"])


@transaction.atomic
def draw_again(row: DocumentFile, *, by: Staff) -> DocumentFile:
    """Ask once more for the pictures of a file whose drawing failed; asked twice, it is one job."""
    if not documents_for(by).filter(pk=row.document_id).exists():
        raise PermissionDenied
    row = lock(row)
    if row.preview == PreviewState.FAILED:
        row.preview = PreviewState.WAITING
        row.job = jobs.enqueue(JOB_KIND, str(row.pk), by=by)
        row.save(update_fields=["preview", "job"])
    return row


# ---- by the clock ---------------------------------------------------------------------------------------------------


def _reminder_of(document: Document) -> str:
    return f"document-expires:{document.pk}:{document.expires:%Y-%m-%d}" if document.expires else "document-expires:"


def expiring(today: dt.date) -> list[int]:
    """Keys of documents of open cases whose last day is near."""
    near = Document.objects.standing().filter(expires__gte=today, expires__lte=today + EXPIRES_SOON)
    return list(near.filter(case__status__in=OPEN).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def remind_of_expiring(pk: int, *, by: Staff) -> bool:
    """A task for a document whose last day is near, once for that day; answers whether it is new.

    For the lead worker; of what is read by a profession alone, for whoever put it there, and without its title.
    """
    document = Document.objects.select_related("case__lead_unit", "case__lead_worker").get(pk=pk)
    source = _reminder_of(document)
    if document.expires is None or Task.objects.filter(source=source).exists():
        return False
    case = lock(document.case)
    is_hidden = document.section in BY_PROFESSION
    uploader = document.files.order_by("-number").select_related("uploaded_by")[0].uploaded_by
    assignee = reader_of(case, uploader) if is_hidden or case.lead_worker is None else case.lead_worker
    open_task(
        case,
        TaskKind.DOCUMENT,
        by=by,
        assignee=assignee,
        due_at=end_of(document.expires, case.lead_unit.zone),
        title="" if is_hidden else document.title,
        section=Section(document.section),
        source=source,
        path=f"/cases/{case.code}/documents/{document.code}/",
    )
    return True


def sweep_files() -> int:
    """Remove stored files that no row names; answers how many."""
    removed = 0
    for folder, rows, column in (
        (FOLDER, DocumentFile.objects.all(), "file"),
        (PAGES_FOLDER, DocumentPage.objects.all(), "image"),
    ):
        for names in sealed_files.older_than(folder, ORPHAN_AFTER):
            known = set(rows.filter(**{f"{column}__in": names}).values_list(column, flat=True))
            for name in set(names) - known:
                sealed_files.remove(name)
                removed += 1
    return removed
