"""Documents of a case: the list, one document with its pages as pictures, upload, newer version, withdrawal."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import JournalAction
from cases import workflow
from cases.enums import Right, Section
from cases.enums.documents import DocumentKind, PreviewState
from cases.forms.documents import DocumentForm, ProveForm, Unproved, VersionForm, WithdrawForm
from cases.models import CaseFile, Document, DocumentFile
from cases.models.documents import EXPIRES_SOON
from cases.opening import journal_read, open_section
from cases.policies.documents import documents_of, may_open_file, sections_to_read_as
from cases.views.pages import if_editing, open_page
from cases.workflow import documents as storing
from core.editing import tell
from core.htmx import redirect, render_page, wants_fragment
from core.paging import Order, Page, page_of
from core.papers import MEDIA
from core.sealed_files import MissingError
from core.uploads import takes_files
from core.workflow import StaleError, TransitionError

PAGE = 50
asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])
GONE = _("Berkas ini tidak ada di tempat penyimpanan. Beri tahu pengelola sistem.")
SUFFIX = {"pdf": "pdf", "jpeg": "jpg", "png": "png"}


@require_safe
def documents(request: HttpRequest, code: str) -> HttpResponse:
    case, frame = open_page(request, code, Section.DOCUMENTS)
    today = timezone.localdate(timezone=request.user.unit.zone)
    files = Prefetch("files", DocumentFile.objects.select_related("uploaded_by").order_by("-number"))
    page = page_of(
        [documents_of(request.user, case, frame["seen"])],
        Order("-created_at"),
        cursor=request.GET.get("cursor", ""),
        size=PAGE,
        load=lambda rows: rows.prefetch_related(files),
    )
    context = {
        "rows": [_row(document, today) for document in page.rows],
        "summary": _how_many(page),
        "next_url": f"?cursor={page.next_cursor}" if page.next_cursor else "",
        "previous_url": f"?cursor={page.previous_cursor}" if page.previous_cursor else "",
        "columns": [{"label": label} for label in (_("Dokumen"), _("Tanggal"), _("Berlaku sampai"), _("Versi"))],
        "new_url": if_editing(frame, "cases:document-new"),
    }
    return render_page(request, "cases/documents.html", frame | context)


def _how_many(page: Page[Document]) -> str:
    if page.count_is_capped:
        return gettext("lebih dari %(count)d dokumen") % {"count": page.count}
    return ngettext("%(count)d dokumen", "%(count)d dokumen", page.count) % {"count": page.count}


def _row(document: Document, today: dt.date) -> dict[str, Any]:
    return {
        "document": document,
        "file": document.files.all()[0],
        "chip": _expiry(document, today),
        "read_as": Section(document.section).label if document.is_restricted else "",
    }


def _expiry(document: Document, today: dt.date) -> dict[str, Any] | None:
    if document.expires is None or document.is_withdrawn:
        return None
    if document.expires < today:
        return {"text": _("Kedaluwarsa"), "kind": "due", "icon": "exclamation-circle"}
    if document.expires <= today + EXPIRES_SOON:
        return {"text": _("Segera kedaluwarsa"), "kind": "soon", "icon": "clock"}
    return None


def _open(
    request: HttpRequest, code: str, document_code: str, page: Any = "", *, edit: bool = False
) -> tuple[CaseFile, dict[str, Any], Document]:
    """Case, frame and one of its documents; 404 for one that this person may not read, as if there were none."""
    case, frame = open_page(request, code, Section.DOCUMENTS, page, edit=edit)
    documents = documents_of(request.user, case, frame["seen"]).select_related("withdrawn_by", "case")
    document = get_object_or_404(documents, code=document_code)
    if document.is_restricted:
        open_section(request, case, Section(document.section))
    if edit and Right.EDIT not in frame["rights"].get(Section(document.section), ()):
        raise PermissionDenied
    return case, frame | {"document": document}, document


# ---- one document ---------------------------------------------------------------------------------------------------


@require_safe
def document_detail(request: HttpRequest, code: str, document_code: str) -> HttpResponse:
    case, frame, document = _open(request, code, document_code)
    return _detail(request, case, frame, document)


def _detail(
    request: HttpRequest,
    case: CaseFile,
    frame: dict[str, Any],
    document: Document,
    number: int = 0,
    preview: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page about version ``number``, or about the newest; with its pages, or with their place to be filled."""
    frame["crumbs"] = [
        *frame["crumbs"][:-1],
        frame["crumbs"][-1] | {"url": reverse("cases:documents", args=[case.code])},
        {"label": document.shown_title, "url": "", "code": ""},
    ]
    files = list(document.files.select_related("uploaded_by").order_by("-number"))
    shown = next((row for row in files if row.number == number), files[0])
    may_open = may_open_file(request.user, document)
    may_edit = _may_edit(frame, document)
    context = {
        "files": files,
        "shown": shown,
        "is_newest": shown == files[0],
        "chip": _expiry(document, timezone.localdate(timezone=request.user.unit.zone)),
        "read_as": document.get_section_display() if document.is_restricted else "",
        "may_open": may_open,
        "preview_url": reverse("cases:document-preview", args=[case.code, document.code, shown.number]),
        "fingerprint": [shown.sha256[place : place + 8] for place in range(0, 64, 8)],
        "may_edit": may_edit,
        "proved": _proved(document) if Section.LEGAL in frame["seen"] else [],
        "prove_form": _prove_form(frame, case) if may_edit else None,
        "has_preview": preview is not None,
    }
    return render_page(request, "cases/document_detail.html", frame | context | (preview or {}))


def _may_edit(frame: dict[str, Any], document: Document) -> bool:
    writes = Right.EDIT in frame["rights"].get(Section(document.section), ())
    return "edit_documents" in frame["actions"] and writes and not document.is_withdrawn


def _unproved(frame: dict[str, Any], case: CaseFile) -> Unproved:
    if f"edit_{Section.LEGAL.value}" not in frame["actions"]:
        return Unproved([])
    statuses = case.legal_statuses.filter(document=None).order_by("-valid_from", "-pk")
    return Unproved([*statuses, *case.legal_events.filter(document=None).order_by("-happened_on", "-pk")])


def _prove_form(frame: dict[str, Any], case: CaseFile, data: Any = None) -> ProveForm | None:
    unproved = _unproved(frame, case)
    return ProveForm(data, unproved=unproved) if unproved.rows else None


def _proved(document: Document) -> list[tuple[str, str]]:
    rows = [
        *document.case.legal_statuses.filter(document=document),
        *document.case.legal_events.filter(document=document),
    ]
    return Unproved(rows).choices


@asks_or_acts
def document_preview(request: HttpRequest, code: str, document_code: str, number: int) -> HttpResponse:
    """The first pages of one version as pictures, inside the answer: they have no address of their own.

    Asked again every two seconds while they are drawn. Who has seen them stands in the journal. A POST asks for the
    pictures once more after a failure.
    """
    case, frame, document, row = _file(request, code, document_code, number)
    if request.method == "POST":
        workflow.draw_again(row, by=request.user)
        return redirect(request, "cases:document-preview", code, document_code, number)
    preview = _preview(request, case, document, row)
    if not wants_fragment(request):
        return _detail(request, case, frame, document, number, preview=preview)
    return render_page(request, "cases/_document_preview.html", frame | preview)


def _preview(request: HttpRequest, case: CaseFile, document: Document, row: DocumentFile) -> dict[str, Any]:
    pictures: list[str] = []
    failed: Any = ""
    if row.preview == PreviewState.READY:
        try:
            pictures = [base64.b64encode(storing.picture_of(page)).decode() for page in row.drawn_pages.all()]
        except MissingError:
            failed = GONE
        else:
            journal_read(
                request, case, JournalAction.DOCUMENT_READ, Section(document.section), f"{document.code} v{row.number}"
            )
    elif row.preview == PreviewState.FAILED:
        failed = _("Pratinjau tidak dapat dibuat. Dokumennya tetap dapat diunduh.")
    return {
        "shown": row,
        "pictures": pictures,
        "failed": failed,
        "can_retry": row.preview == PreviewState.FAILED,
        "job": row.job,
        "preview_url": reverse("cases:document-preview", args=[case.code, document.code, row.number]),
    }


def _file(
    request: HttpRequest, code: str, document_code: str, number: int
) -> tuple[CaseFile, dict[str, Any], Document, DocumentFile]:
    case, frame, document = _open(request, code, document_code)
    if not may_open_file(request.user, document):
        raise PermissionDenied(_("Dokumen yang ditarik hanya dapat dibuka pengawas unit."))
    row = get_object_or_404(document.files.select_related("job"), number=number)
    return case, frame, document, row


@require_safe
def document_file(request: HttpRequest, code: str, document_code: str, number: int) -> HttpResponse:
    """The file itself, as something to save and never to open in place."""
    case, _frame, document, row = _file(request, code, document_code, number)
    try:
        content = storing.content_of(row)
    except MissingError:
        raise Http404(GONE) from None
    section = Section(document.section)
    journal_read(request, case, JournalAction.DOWNLOAD, section, f"{document.code} v{row.number}")
    name = f"titian-{document.code}-v{row.number}.{SUFFIX[row.media]}"
    return HttpResponse(
        content,
        content_type=MEDIA[row.media],
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


# ---- writing --------------------------------------------------------------------------------------------------------


@takes_files
@asks_or_acts
def document_new(request: HttpRequest, code: str) -> HttpResponse:
    case, frame = open_page(request, code, Section.DOCUMENTS, _("Unggah dokumen"), edit=True)
    unproved = _unproved(frame, case)
    asked = request.GET.get("for", "")
    first = {"proves": asked, "kind": DocumentKind.HANDOVER.value, "section": Section.LEGAL.value}
    form = DocumentForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        sections=sections_to_read_as(frame["rights"]),
        unproved=unproved,
        initial=first if asked in unproved.rows else {"kind": request.GET.get("kind", "")},
    )
    return _saved_or_shown(
        request,
        frame,
        form,
        lambda: workflow.add_document(case, by=request.user, **form.arguments()),
        back=reverse("cases:documents", args=[case.code]),
    )


@takes_files
@asks_or_acts
def document_version_new(request: HttpRequest, code: str, document_code: str) -> HttpResponse:
    case, frame, document = _open(request, code, document_code, _("Versi baru"), edit=True)
    form = VersionForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        document=document,
    )
    return _saved_or_shown(
        request,
        frame,
        form,
        lambda: workflow.replace_document(
            document, by=request.user, version=form.cleaned_data["version"] or 0, **form.arguments()
        ),
        back=reverse("cases:document-detail", args=[case.code, document.code]),
    )


def _saved_or_shown(request: HttpRequest, frame: dict[str, Any], form: Any, save: Any, *, back: str) -> HttpResponse:
    """What was typed stays in the form, whatever stands in the way; the file must be chosen again."""
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            document: Document = save()
        except workflow.KnownFileError as refusal:
            tell(form, refusal)
        except TransitionError as refusal:
            words = str(refusal.message)
            if isinstance(refusal, StaleError):
                words = str(_("Dokumen ini baru saja diubah orang lain. Buka lagi halamannya, lalu unggah versinya."))
            form.add_error(None, words)
            form.ask_for_file_again()
            status = 409
        else:
            messages.success(request, _("Dokumen tersimpan. Pratinjaunya sedang dibuat."))
            return redirect(request, "cases:document-detail", frame["case"].code, document.code)
    return render_page(request, "cases/document_form.html", frame | {"form": form, "back": back}, status=status)


@asks_or_acts
def document_withdraw(request: HttpRequest, code: str, document_code: str) -> HttpResponse:
    case, frame, document = _open(request, code, document_code, _("Tarik dokumen"), edit=True)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        workflow.withdraw_document(document, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("Dokumen ditarik. Catatannya tetap ada."))
        return redirect(request, "cases:document-detail", case.code, document.code)
    status = 422 if form.is_bound else 200
    return render_page(request, "cases/document_withdraw.html", frame | {"form": form}, status=status)


@require_POST
def document_prove(request: HttpRequest, code: str, document_code: str) -> HttpResponse:
    case, frame, document = _open(request, code, document_code, edit=True)
    form = _prove_form(frame, case, request.POST)
    if form is None or not form.is_valid():
        messages.error(request, _("Pilih catatan hukumnya."))
    else:
        workflow.prove(document, form.row, by=request.user)
        messages.success(request, _("Dokumen kini menjadi bukti catatan hukum itu."))
    return redirect(request, "cases:document-detail", case.code, document.code)
