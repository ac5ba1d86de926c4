"""The legal page of a case: statuses and events, what other bodies say, returns; each written and corrected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Staff
from cases import policies, workflow
from cases.enums import Right, Section
from cases.forms.documents import ProvedForm
from cases.forms.intake import country_name
from cases.forms.legal import (
    ClassificationForm,
    ExternalAssessmentForm,
    LegalEventForm,
    LegalStatusForm,
    RecordForm,
    ReturnForm,
    StatusEndForm,
)
from cases.models import (
    CaseFile,
    ExternalAssessment,
    ExternalClassification,
    LegalEvent,
    LegalRecord,
    LegalStatus,
    ReturnEvent,
)
from cases.views.pages import if_editing, offer_proof, open_page
from core.editing import Place, edit_page, tell
from core.htmx import redirect, render_page
from core.uploads import takes_files
from core.workflow import TransitionError

asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Kind:
    """One sort of record: its table and form, what its two pages are called, and the words after saving."""

    model: type[LegalRecord]
    form: type[RecordForm]
    new: str | Promise
    edit: str | Promise
    saved: str | Promise
    add: Callable[..., Any]
    amend: Callable[..., Any] = workflow.amend_legal_record


def _written(
    model: type[LegalRecord], form: type[RecordForm], new: str | Promise, edit: str | Promise, saved: str | Promise
) -> Kind:
    return Kind(model, form, new, edit, saved, partial(workflow.add_legal_record, model))


KINDS: dict[str, Kind] = {
    "status": Kind(
        LegalStatus,
        LegalStatusForm,
        _("Catat status hukum"),
        _("Betulkan status hukum"),
        _("Status hukum disimpan."),
        workflow.add_legal_status,
        workflow.amend_legal_status,
    ),
    "event": _written(
        LegalEvent,
        LegalEventForm,
        _("Catat peristiwa hukum"),
        _("Betulkan peristiwa hukum"),
        _("Peristiwa hukum disimpan."),
    ),
    "category": _written(
        ExternalClassification,
        ClassificationForm,
        _("Catat kategori dari instansi lain"),
        _("Betulkan kategori dari instansi lain"),
        _("Kategori disimpan."),
    ),
    "assessment": _written(
        ExternalAssessment,
        ExternalAssessmentForm,
        _("Catat penilaian instansi lain"),
        _("Betulkan penilaian instansi lain"),
        _("Penilaian instansi lain disimpan."),
    ),
    "return": _written(
        ReturnEvent, ReturnForm, _("Catat kepulangan"), _("Betulkan kepulangan"), _("Kepulangan disimpan.")
    ),
}


@require_safe
def legal(request: HttpRequest, code: str) -> HttpResponse:
    case, frame = open_page(request, code, Section.LEGAL)
    user: Staff = request.user  # type: ignore[assignment]
    statuses = list(case.legal_statuses.select_related("verified_by", "document").order_by("-valid_from", "-pk"))
    today = timezone.localdate(timezone=case.lead_unit.zone)
    returns = list(case.return_events.order_by("-arrived_on", "-pk"))
    shows_country = bool(returns) and policies.works_on(user, case)
    may_verify = Right.APPROVE in frame["rights"][Section.LEGAL] and case.is_open
    edits = bool(if_editing(frame, "cases:legal-status-new"))
    external_urls = [] if case.for_child else [if_editing(frame, f"cases:legal-{kind}-new") for kind in _EXTERNAL]
    return render_page(
        request,
        "cases/case_legal.html",
        frame
        | {
            "status_url": if_editing(frame, "cases:legal-status-new"),
            "event_url": if_editing(frame, "cases:legal-event-new"),
            "return_url": if_editing(frame, "cases:legal-return-new"),
            "category_url": external_urls[0] if external_urls else "",
            "assessment_url": external_urls[1] if external_urls else "",
            "edits": edits,
            "status_columns": _columns(
                edits or may_verify, _("Status"), _("Masa"), _("Dasar"), _("Tanggal"), _("Pemeriksaan")
            ),
            "event_columns": _columns(edits, _("Peristiwa"), _("Tanggal"), _("Tempat"), _("Dasar")),
            "external_columns": _columns(edits, _("Instansi"), _("Katanya"), _("Tanggal"), _("Dasar")),
            "return_columns": _columns(edits, _("Kepulangan"), _("Tiba"), _("Negara asal"), _("Diterima oleh")),
            "acts_on_statuses": edits or may_verify,
            "statuses": [
                {
                    "row": status,
                    "is_now": status.valid_from <= today and (status.valid_to is None or status.valid_to > today),
                    "may_verify": may_verify and status.can_be_verified and status.recorded_by_id != user.pk,
                    "may_end": edits and status.valid_to is None,
                }
                for status in statuses
            ],
            "legal_events": list(case.legal_events.select_related("document").order_by("-happened_on", "-pk")),
            "reads_documents": Section.DOCUMENTS in frame["seen"],
            "externals": _externals(case),
            "returns": [
                {"row": event, "country": country_name(event.country) if shows_country else ""} for event in returns
            ],
        },
    )


_EXTERNAL = ("category", "assessment")


def _columns(with_actions: bool, *labels: Any) -> list[dict[str, Any]]:
    return [{"label": label} for label in (*labels, *([_("Tindakan")] if with_actions else []))]


def _externals(case: CaseFile) -> list[dict[str, Any]]:
    """What other bodies say, newest first. For a child not even somebody else's colour word is shown (ET-3)."""
    if case.for_child:
        return []
    rows: list[dict[str, Any]] = [
        {
            "row": row,
            "on": row.given_on,
            "what": row.get_value_display(),
            "how": "",
            "url": reverse("cases:legal-category-edit", args=[case.code, row.code]),
        }
        for row in case.external_classifications.all()
    ]
    rows += [
        {
            "row": row,
            "on": row.assessed_on,
            "what": row.result,
            "how": row.get_instrument_display(),
            "summary": row.summary,
            "url": reverse("cases:legal-assessment-edit", args=[case.code, row.code]),
        }
        for row in case.external_assessments.all()
    ]
    return sorted(rows, key=lambda entry: (entry["on"], entry["row"].created_at), reverse=True)


@takes_files
@asks_or_acts
def record_new(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Write a record of this kind down; dates that cannot be are refused beside their field."""
    shape = KINDS[kind]
    case, frame = open_page(request, code, Section.LEGAL, shape.new, edit=True)
    form = _form(request, shape, frame, data=request.POST if request.method == "POST" else None)
    form.initial.setdefault("kind", request.GET.get("kind", ""))  # what the link that led here is about
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            shape.add(case=case, by=request.user, **form.fields_of())
        except TransitionError as error:
            status = tell(form, error)
        else:
            messages.success(request, shape.saved)
            return redirect(request, "cases:legal", case.code)
    return _record_page(request, frame, form, status=status)


def _form(
    request: HttpRequest, shape: Kind, frame: dict[str, Any], *, data: Any, record: LegalRecord | None = None
) -> RecordForm:
    files = request.FILES if data is not None else None
    form = shape.form(data, files, known=workflow.known_of(frame["case"]), record=record)
    if isinstance(form, ProvedForm):
        kept = record.document_id if isinstance(record, LegalStatus | LegalEvent) else None
        offer_proof(form, request.user, frame, Section.LEGAL, kept)  # type: ignore[arg-type]
    return form


@takes_files
@asks_or_acts
def record_edit(request: HttpRequest, code: str, record_code: str, kind: str) -> HttpResponse:
    """Correct a record."""
    shape = KINDS[kind]
    case, frame = open_page(request, code, Section.LEGAL, shape.edit, edit=True)
    if case.for_child and shape.model in workflow.EXTERNAL:  # not even somebody else's word (ET-3)
        raise Http404
    written = _of_case(shape.model, case, record_code)
    return edit_page(
        request,
        written,
        form_of=lambda data, row: _form(request, shape, frame, data=data, record=row),
        save=lambda form, version: shape.amend(written, by=request.user, version=version, **form.fields_of()),
        place=Place("cases/legal_record.html", reverse("cases:legal", args=[case.code]), shape.saved, frame),
    )


def _of_case(model: type[LegalRecord], case: CaseFile, code: str) -> Any:
    return get_object_or_404(model._default_manager.filter(case=case), code=code)


def _record_page(request: HttpRequest, frame: dict[str, Any], form: Any, *, status: int = 200) -> HttpResponse:
    return render_page(request, "cases/legal_record.html", frame | {"form": form}, status=status)


@asks_or_acts
def status_end(request: HttpRequest, code: str, record_code: str) -> HttpResponse:
    """A status that holds no longer, without another one that follows."""
    case, frame = open_page(request, code, Section.LEGAL, _("Akhiri status hukum"), edit=True)
    ending: LegalStatus = _of_case(LegalStatus, case, record_code)
    today = timezone.localdate(timezone=case.lead_unit.zone)
    form = StatusEndForm(request.POST if request.method == "POST" else None, initial={"valid_to": today})
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            workflow.end_legal_status(ending, by=request.user, on=form.cleaned_data["valid_to"])  # type: ignore[arg-type]
        except TransitionError as error:
            status = tell(form, error)
        else:
            messages.success(request, _("Status hukum berakhir."))
            return redirect(request, "cases:legal", case.code)
    return _record_page(request, frame, form, status=status)


@require_POST
def status_verify(request: HttpRequest, code: str, record_code: str) -> HttpResponse:
    """The supervisor has held the status against its document."""
    case, frame = open_page(request, code, Section.LEGAL)
    if Right.APPROVE not in frame["rights"][Section.LEGAL]:
        raise PermissionDenied(_("Yang memeriksa status hukum: pengawas unit."))
    written: LegalStatus = _of_case(LegalStatus, case, record_code)
    version = request.POST.get("version", "")
    workflow.verify_legal_status(
        written,
        by=request.user,  # type: ignore[arg-type]
        version=int(version) if version.isdecimal() and len(version) < 9 else 0,
    )
    messages.success(request, _("Status hukum ditandai terperiksa."))
    return redirect(request, "cases:legal", case.code)
