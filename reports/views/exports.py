"""Rows about people that leave Titian: asking, deciding, the password once, the file once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from core import jobs
from core.htmx import redirect, render_page, wants_fragment
from core.workflow import TransitionError
from reports import columns, policies
from reports.enums import EXPORT_STARTS_AT, EXPORT_STEPS, ROWS_ALONE, ExportStatus
from reports.forms import ExportForm, RefuseForm
from reports.models import Export
from reports.policies import ExportAct
from reports.workflow import exports as workflow

SHOWN_EXPORTS = 60
CHIPS = {
    ExportStatus.WAITING: ("due", "clock"),
    ExportStatus.APPROVED: ("on", "check-circle"),
    ExportStatus.QUEUED: ("", "arrow-path"),
    ExportStatus.READY: ("on", "arrow-down-tray"),
    ExportStatus.DOWNLOADED: ("done", "check-circle"),
    ExportStatus.EXPIRED: ("", "clock"),
    ExportStatus.REFUSED: ("soon", "x-circle"),
    ExportStatus.CANCELLED: ("", "x-circle"),
    ExportStatus.FAILED: ("soon", "exclamation-circle"),
}


def _where(request: HttpRequest) -> dict[str, Any]:
    return {"ip": request.META.get("REMOTE_ADDR"), "request_id": getattr(request, "request_id", "")}


@require_safe
def export_list(request: HttpRequest) -> HttpResponse:
    """What this person has to decide, and what he asked for."""
    policies.require_export(request.user)
    seen = policies.exports_for(request.user).select_related("requested_by", "decided_by").defer("content", "case_ids")
    waiting = policies.exports_to_decide(request.user).values("pk")
    context = {
        "to_decide": _rows(seen.filter(pk__in=waiting)[:SHOWN_EXPORTS]),
        "rows": _rows(seen.exclude(pk__in=waiting)[:SHOWN_EXPORTS]),
        "columns": [{"label": label} for label in (_("Ekspor"), _("Keadaan"), _("Baris"), _("Diminta oleh"))],
    }
    return render_page(request, "reports/export_list.html", context)


def _rows(exports: Any) -> list[dict[str, Any]]:
    return [{"export": export, "chip": _chip(export)} for export in exports]


def _chip(export: Export) -> dict[str, Any]:
    kind, icon = CHIPS[ExportStatus(export.status)]
    return {"text": export.get_status_display(), "kind": kind, "icon": icon}


@require_http_methods(["GET", "HEAD", "POST"])
def export_new(request: HttpRequest) -> HttpResponse:
    user = request.user
    policies.require_export(user)
    form = ExportForm(request.POST if request.method == "POST" else None, user=user, chosen=request.GET)
    status = 200
    if request.method == "POST":
        if form.is_valid() and (export := _ask(request, form)) is not None:
            return redirect(request, "reports:export-detail", export.code)
        status = 422
    context = {
        "form": form,
        "used": workflow.rows_in_window(user),
        "alone": ROWS_ALONE,
        "minutes": int(workflow.LINK_VALID.total_seconds() // 60),
    }
    return render_page(request, "reports/export_new.html", context, status=status)


def _ask(request: HttpRequest, form: ExportForm) -> Export | None:
    user, asked = request.user, form.cleaned_data
    picked = columns.chosen([columns.ALWAYS, *asked["columns"]])
    branch = policies.exportable_cases(user, picked)
    today = timezone.localdate(timezone=user.unit.zone)
    found = [part.values("pk") for part in form.filter.narrow([branch], today)]
    cases = branch.filter(pk__in=found[0].union(*found[1:]) if len(found) > 1 else found[0])
    wish = workflow.Wish(
        cases=cases,
        columns=asked["columns"],
        file_format=asked["file_format"],
        purpose=asked["purpose"],
        reason=asked["reason"],
        filters=form.filters_in_words,
        search=form.filter.value("q"),
    )
    try:
        export = workflow.ask(wish, by=user, **_where(request))
    except TransitionError as error:
        form.add_error("reason" if isinstance(error, workflow.PoorReasonError) else None, str(error.message))
        return None
    if export.status == ExportStatus.WAITING:
        messages.info(request, _("Ekspor menunggu persetujuan orang kedua."))
    else:
        messages.success(request, _("Berkas sedang dibuat."))
    return export


# ---- one export ----------------------------------------------------------------------------------------------------


def _found(request: HttpRequest, code: str) -> Export:
    exports = policies.exports_for(request.user).defer("content", "case_ids")
    return get_object_or_404(
        exports.select_related("requested_by__unit", "decided_by", "unit", "job", "subject_copy__request"), code=code
    )


@require_safe
def export_detail(request: HttpRequest, code: str) -> HttpResponse:
    return _page(request, _found(request, code))


def _page(request: HttpRequest, export: Export, status: int = 200, **more: Any) -> HttpResponse:
    context = _detail(request, export) | more
    return render_page(request, "reports/export_detail.html", context, status=status)


@require_safe
def export_progress(request: HttpRequest, code: str) -> HttpResponse:
    """How far the file is; asked every two seconds while it is made."""
    export = _found(request, code)
    if wants_fragment(request):
        return render_page(request, "reports/_export_file.html", _detail(request, export) | {"oob": True})
    return _page(request, export)


def _detail(request: HttpRequest, export: Export) -> dict[str, Any]:
    is_own = policies.can_export(request.user, ExportAct.OWN, export)
    status = ExportStatus(export.status)
    is_live = status == ExportStatus.READY and export.expires_at is not None and export.expires_at > timezone.now()
    offered = {
        "decide": status == ExportStatus.WAITING and policies.can_export(request.user, ExportAct.DECIDE, export),
        "start": is_own and status == ExportStatus.APPROVED,
        "cancel": is_own and status in (ExportStatus.WAITING, ExportStatus.APPROVED, ExportStatus.READY),
        "fetch": is_own and is_live,
        "password": is_own and export.password_shown_at is None and (is_live or status == ExportStatus.DOWNLOADED),
    }
    actions = {name for name, is_offered in offered.items() if is_offered}
    return {
        "export": export,
        "chip": _chip(export),
        "is_own": is_own,
        "request_url": reverse("cases:rights-detail", args=[export.subject_copy.request.code])
        if export.subject_copy is not None
        else "",
        "columns": columns.chosen(export.columns),
        "actions": actions,
        "is_over": status == ExportStatus.READY and not is_live,
        "file_url": reverse("reports:export-download", args=[export.code, workflow.token_for(export)])
        if "fetch" in actions
        else "",
        "job": _progress(export),
        "fingerprint": [export.sha256[place : place + 8] for place in range(0, len(export.sha256), 8)],
        "refuse_form": RefuseForm(),
        "password": "",
    }


def _progress(export: Export) -> dict[str, Any]:
    job = export.job
    step = job.step if job else ""
    place_now = EXPORT_STEPS.index(step) if step in EXPORT_STARTS_AT else -1
    if job is not None and jobs.is_stale(job):
        sentence = _("Pembuat berkas berhenti; dilanjutkan otomatis.")
    else:
        sentence = _(step) if step else _("Menunggu giliran")
    return {
        "id": f"file-{export.code}",
        "title": _("Berkas"),
        "percent": job.percent if job else 0,
        "sentence": sentence,
        "steps": [
            {"label": _(label), "state": "done" if place < place_now else "now" if place == place_now else "ahead"}
            for place, label in enumerate(EXPORT_STEPS)
        ],
        "poll_url": reverse("reports:export-progress", args=[export.code]) if export.is_being_made else "",
        "error": job.error if job else "",
    }


@require_POST
def export_approve(request: HttpRequest, code: str) -> HttpResponse:
    export = workflow.approve(_found(request, code), by=request.user)
    messages.success(request, _("Ekspor disetujui. Pemintanya kini dapat membuat berkas."))
    return redirect(request, "reports:export-detail", export.code)


@require_POST
def export_refuse(request: HttpRequest, code: str) -> HttpResponse:
    export = _found(request, code)
    policies.require_export_act(request.user, ExportAct.DECIDE, export)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _page(request, export, status=422, refuse_form=form)
    workflow.refuse(export, by=request.user, note=form.cleaned_data["note"])
    messages.success(request, _("Ekspor ditolak."))
    return redirect(request, "reports:export-detail", export.code)


@require_POST
def export_start(request: HttpRequest, code: str) -> HttpResponse:
    export = workflow.start(_found(request, code), by=request.user)
    return redirect(request, "reports:export-detail", export.code)


@require_POST
def export_cancel(request: HttpRequest, code: str) -> HttpResponse:
    export = workflow.cancel(_found(request, code), by=request.user)
    messages.success(request, _("Ekspor dibatalkan."))
    return redirect(request, "reports:export-detail", export.code)


@require_POST
def export_password(request: HttpRequest, code: str) -> HttpResponse:
    """The page again, with the password on it: the only time that it leaves the server."""
    export = _found(request, code)
    password = workflow.show_password(export, by=request.user)
    return _page(request, _found(request, code), password=password)


@require_GET  # no HEAD: it would use the link up
def export_download(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """The file, once. A link that gives nothing says why to its owner, and is written down for everybody."""
    try:
        export, content = workflow.fetch(code, token, by=request.user, **_where(request))
    except workflow.LinkRefused as refusal:
        workflow.note_refused_link(code, refusal.why, by=request.user, **_where(request))
        if not refusal.gone:
            return render_page(request, "404.html", status=404)
        return render_page(request, "reports/export_gone.html", {"code": code, "why": refusal.why}, status=410)
    return HttpResponse(
        content,
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="titian-{export.code}.zip"',
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )
