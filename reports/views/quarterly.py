"""The role's home, the dashboard and the quarterly reports."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.shortcuts import redirect as go_to
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import JournalAction, Role
from accounts.workflow import write_journal
from cases import views as case_views
from core import jobs
from core.htmx import redirect, render_page, wants_fragment
from core.workflow import TransitionError
from reports import dashboard as boards
from reports import policies, reading, workflow
from reports.enums import STARTS_AT, STEPS, ReportStatus
from reports.forms import ReportForm, SendForm, VerifyForm
from reports.indicators import DEFINITIONS_VERSION, INDICATORS
from reports.models import QuarterlyReport
from reports.policies import Act
from reports.quarters import JAKARTA, Quarter
from reports.snapshot import fingerprint

HOME = {
    Role.SUPERVISOR: "reports:dashboard",
    Role.DATA_ADMIN: "reports:report-list",
    Role.ANALYST: "reports:report-list",
    Role.FIELD_OFFICER: "partners:inbox",
    Role.AUDITOR: "cases:journal",
    Role.DPO: "cases:rights-list",
}
SHOWN_REPORTS = 60
CHIPS = {
    ReportStatus.DRAFTING: ("", "clock"),
    ReportStatus.QUEUED: ("on", "arrow-path"),
    ReportStatus.GENERATED: ("", "document-check"),
    ReportStatus.FAILED: ("soon", "exclamation-circle"),
    ReportStatus.IN_REVIEW: ("on", "eye"),
    ReportStatus.APPROVED: ("done", "check-circle"),
    ReportStatus.SENT: ("done", "paper-airplane"),
}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Each role lands where its day begins; a caseworker on "Hari ini"."""
    if request.user.role in HOME:
        return go_to(HOME[request.user.role])
    return case_views.today(request)


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """What ends a supervisor's list today; head offices see their agency's figures instead of cases."""
    if request.user.role != Role.SUPERVISOR:
        raise PermissionDenied
    exports = {"exports_waiting": policies.exports_to_decide(request.user).count()}
    if policies.is_head_office(request.user):
        return render_page(request, "reports/dashboard_agency.html", boards.agency_board(request.user) | exports)
    return render_page(request, "reports/dashboard.html", boards.unit_board(request.user) | exports)


# ---- the list, and asking for a report -----------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def report_list(request: HttpRequest) -> HttpResponse:
    """All reports that this person may see; a data admin asks for new ones here."""
    user = request.user
    if not policies.may_see_reports(user):
        raise PermissionDenied
    form = None
    status = 200
    if user.role == Role.DATA_ADMIN:
        form = ReportForm(request.POST or None, user=user, last=Quarter.last_finished(timezone.now()))
        if request.method == "POST":
            if form.is_valid() and (report := _ask(request, form)) is not None:
                return redirect(request, "reports:report-detail", report.code)
            status = 422
    elif request.method == "POST":
        raise PermissionDenied
    reports = list(_listed(policies.reports_for(user))[:SHOWN_REPORTS])
    context = {
        "form": form,
        "rows": [{"report": report, "chip": _chip(report), "place": reading.place_of(report)} for report in reports],
        "running": [_progress(report) for report in reports if report.is_being_made][:3],
        "columns": _columns(),
        "place": user.unit.agency.name,
    }
    return render_page(request, "reports/report_list.html", context, status=status)


def _ask(request: HttpRequest, form: ReportForm) -> QuarterlyReport | None:
    asked = form.cleaned_data
    try:
        report, is_new = workflow.request_report(
            by=request.user,
            area=asked["area"],
            quarter=asked["quarter"],
            language=asked["language"],
            threshold=asked["threshold"],
        )
    except TransitionError as error:
        form.add_error("quarter", str(error.message))
        return None
    if is_new:
        messages.success(request, _("Laporan sedang dibuat. Anda boleh menutup halaman ini."))
    else:
        messages.info(request, _("Laporan ini sudah ada. Pilih “Buat revisi” bila angkanya harus dihitung lagi."))
    return report


def _listed(reports: Any) -> Any:
    return reports.select_related("job", "agency", "unit", "requested_by", "approved_by").defer("pdf", "snapshot")


def _columns() -> list[dict[str, Any]]:
    return [{"label": label} for label in (_("Laporan"), _("Keadaan"), _("Sidik berkas"), _("Berkas"))]


def _chip(report: QuarterlyReport) -> dict[str, Any]:
    kind, icon = CHIPS[ReportStatus(report.status)]
    return {"text": report.get_status_display(), "kind": kind, "icon": icon}


# ---- one report ----------------------------------------------------------------------------------------------------


@require_safe
def report_detail(request: HttpRequest, code: str) -> HttpResponse:
    report = _found(request, code)
    return render_page(request, "reports/report_detail.html", _detail(request, report))


@require_safe
def report_progress(request: HttpRequest, code: str) -> HttpResponse:
    """How far the report is; asked every two seconds while it is made. Without htmx it is the report's page.

    The last answer brings the report's new state along, for the chip that stands elsewhere on the page.
    """
    report = _found(request, code)
    context = _detail(request, report) | {"oob": wants_fragment(request)}
    return render_page(request, "reports/report_detail.html", context, "progress")


def _found(request: HttpRequest, code: str) -> QuarterlyReport:
    reports = policies.reports_for(request.user).defer("pdf")
    return get_object_or_404(
        reports.select_related("job", "agency", "unit__agency", "requested_by__unit", "approved_by"), code=code
    )


def _detail(request: HttpRequest, report: QuarterlyReport) -> dict[str, Any]:
    return {
        "report": report,
        "place": reading.place_of(report),
        "chip": _chip(report),
        "job": _progress(report),
        "reading": reading.read(report.snapshot) if report.is_downloadable else None,
        "actions": _actions(request, report),
        "send_form": SendForm(),
    }


def _actions(request: HttpRequest, report: QuarterlyReport) -> set[str]:
    status = ReportStatus(report.status)
    build = policies.can(request.user, Act.BUILD, report)
    offered = {
        "ask_review": build and status == ReportStatus.GENERATED,
        "send": build and status == ReportStatus.APPROVED,
        "retry": build and status == ReportStatus.FAILED,
        "revise": build and not report.is_being_made and status != ReportStatus.FAILED,
        "approve": status == ReportStatus.IN_REVIEW and policies.can(request.user, Act.APPROVE, report),
    }
    return {name for name, is_offered in offered.items() if is_offered}


def _progress(report: QuarterlyReport) -> dict[str, Any]:
    """The job in words: percent, sentence, steps."""
    job = report.job
    title = _("Laporan %(period)s, %(place)s") % {"period": report.period, "place": reading.place_of(report)}
    made = {
        "report": report,
        "id": f"progress-{report.code}",
        "title": title,
        "poll_url": reverse("reports:report-progress", args=[report.code]) if report.is_being_made else "",
    }
    if job is None:
        return made | {"percent": 0, "sentence": _("Menunggu giliran"), "steps": [], "is_stale": False}
    done = 0 if report.is_being_made else len(STEPS)
    if report.is_being_made and job.step in STARTS_AT:
        done = STEPS.index(job.step)
    steps = [
        {"label": _(step), "state": "done" if place < done else "now" if place == done and job.step else "ahead"}
        for place, step in enumerate(STEPS)
    ]
    stale = jobs.is_stale(job)
    if stale:
        sentence = _("Pembuat laporan berhenti; dilanjutkan otomatis.")
    else:
        sentence = _(job.step) if job.step else _("Menunggu giliran")
    return made | {"percent": job.percent, "sentence": sentence, "steps": steps, "is_stale": stale}


@require_safe
def report_download(request: HttpRequest, code: str) -> HttpResponse:
    """The PDF, as it was made; each download stands in the journal."""
    report = get_object_or_404(policies.reports_for(request.user).exclude(sha256=""), code=code)
    assert report.pdf is not None
    write_journal(
        JournalAction.DOWNLOAD,
        by=request.user,
        object_code=report.code,
        detail=f"{report.serial_no} {report.sha256[:16]}",
        ip=request.META.get("REMOTE_ADDR"),
        request_id=getattr(request, "request_id", ""),
    )
    return HttpResponse(
        bytes(report.pdf),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{report.serial_no}.pdf"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


# ---- what may be done with it --------------------------------------------------------------------------------------


@require_POST
def report_revise(request: HttpRequest, code: str) -> HttpResponse:
    report = _found(request, code)
    revision, is_new = workflow.request_report(
        by=request.user,
        area=policies.area_of(report),
        quarter=report.period,
        language=report.language,
        threshold=report.threshold,
        revise=True,
    )
    if is_new:
        messages.success(request, _("Revisi %(number)s sedang dibuat.") % {"number": revision.revision})
    return redirect(request, "reports:report-detail", revision.code)


@require_POST
def report_retry(request: HttpRequest, code: str) -> HttpResponse:
    report = workflow.try_again(_found(request, code), by=request.user)
    return redirect(request, "reports:report-detail", report.code)


@require_POST
def report_ask_review(request: HttpRequest, code: str) -> HttpResponse:
    report = workflow.ask_review(_found(request, code), by=request.user)
    messages.success(request, _("Laporan menunggu pengesahan."))
    return redirect(request, "reports:report-detail", report.code)


@require_POST
def report_approve(request: HttpRequest, code: str) -> HttpResponse:
    report = workflow.approve(_found(request, code), by=request.user)
    messages.success(request, _("Laporan disahkan. Berkasnya tidak berubah lagi."))
    return redirect(request, "reports:report-detail", report.code)


@require_POST
def report_send(request: HttpRequest, code: str) -> HttpResponse:
    report = _found(request, code)
    policies.require(request.user, Act.BUILD, report)
    form = SendForm(request.POST)
    if not form.is_valid():
        context = _detail(request, report) | {"send_form": form}
        return render_page(request, "reports/report_detail.html", context, status=422)
    workflow.mark_sent(report, by=request.user, sent_to=form.cleaned_data["sent_to"])
    messages.success(request, _("Tercatat sebagai terkirim."))
    return redirect(request, "reports:report-detail", report.code)


# ---- what is open to everybody who signed in -----------------------------------------------------------------------


@require_safe
def definitions(request: HttpRequest) -> HttpResponse:
    """Every indicator with its formula in words."""
    chapters: dict[str, list[Any]] = {}
    for indicator in INDICATORS:
        chapters.setdefault(str(indicator.chapter), []).append(indicator)
    context = {"chapters": chapters.items(), "version": DEFINITIONS_VERSION}
    return render_page(request, "reports/definitions.html", context)


def _grouped(fingerprint_text: str) -> str:
    """A fingerprint in fours, so that people can compare it and a phone can wrap it."""
    return " ".join(fingerprint_text[place : place + 4] for place in range(0, len(fingerprint_text), 4))


@require_safe
def verify(request: HttpRequest, serial: str = "") -> HttpResponse:
    """Whether a PDF in hand is one of ours: its number, fingerprints and signature; no figures."""
    asked = serial or request.GET.get("serial", "").strip()[:80]
    report = None
    if asked and "\x00" not in asked:
        report = policies.report_of_serial(asked)
    context = {
        "form": VerifyForm(initial={"serial": asked}),
        "asked": asked,
        "report": report,
        "place": reading.place_of(report) if report else "",
        "chip": _chip(report) if report else None,
        "frozen_at": report.snapshot_at.astimezone(JAKARTA) if report and report.snapshot_at else None,
        "fingerprint": _grouped(fingerprint(report.snapshot)) if report else "",
        "sha256": _grouped(report.sha256) if report else "",
    }
    return render_page(request, "reports/verify.html", context, status=404 if asked and report is None else 200)
