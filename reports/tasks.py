"""The worker's side of reports and exports: claim the job and take its steps, each of which may be done again."""

from __future__ import annotations

from typing import Any

import structlog
from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from accounts.models import Staff
from core import jobs
from core.acting import acting_as
from core.pdf import PdfError
from reports import letters, reading, workflow
from reports.enums import (
    CHECK,
    COLLECT,
    DRAW,
    EXPORT_STARTS_AT,
    LOCK,
    SELECT,
    SHEET,
    STARTS_AT,
    WRITE,
    ExportStatus,
    ReportStatus,
)
from reports.models import Export, QuarterlyReport
from reports.workflow.rollups import roll_up as count_rollups

log = structlog.get_logger(__name__)

GAVE_UP = _("Pembuatan laporan berhenti berulang kali. Hubungi pengelola sistem.")
FAILED = _("Laporan tidak dapat dibuat karena gangguan di pihak kami. Coba lagi.")
NO_ROWS = _("Tidak ada lagi kasus yang boleh Anda ekspor: hak Anda berubah sejak permintaan ini.")
NO_COPY = _("Salinan tidak dibuat: berkas atau hak Anda berubah sejak diperiksa. Periksa salinannya lagi.")
EXPORT_FAILED = _("Berkas tidak dapat dibuat karena gangguan di pihak kami. Mintalah lagi.")
BAD_PDF = _("PDF yang dibuat tidak lolos pemeriksaan. Hubungi pengelola sistem.")


@shared_task(bind=True)
def build_report(self: Any, job_id: int) -> str:
    """Make the report of a job; answers what became of it, for the log."""
    redelivered = bool((self.request.delivery_info or {}).get("redelivered"))
    run = jobs.claim(job_id, redelivered=redelivered)
    if run is None:
        return "nothing to do"
    try:
        return _build(run)
    except jobs.TakenOverError:
        return "taken over"
    except PdfError:
        log.exception("report_pdf_refused", job=job_id)
        return _give_up(run, BAD_PDF)
    except Exception:
        log.exception("report_failed", job=job_id)
        return _give_up(run, FAILED)


def _build(run: jobs.Run) -> str:
    report = _report(run)
    if report.status != ReportStatus.QUEUED:  # the last worker died between keeping the PDF and saying so
        run.finish()
        return "was done"
    if run.attempt > jobs.MOST_ATTEMPTS:
        return _give_up(run, GAVE_UP)
    run.progress(COLLECT, STARTS_AT[COLLECT], 100)
    report = _as_system(workflow.freeze_figures, report)
    run.progress(DRAW, STARTS_AT[DRAW], 100)
    context = reading.pdf_context(report)
    run.progress(WRITE, STARTS_AT[WRITE], 100)
    pdf = reading.draw(report, context)
    run.progress(CHECK, STARTS_AT[CHECK], 100)
    reading.check(pdf)
    _as_system(workflow.keep_pdf, report, pdf=pdf)
    run.finish()
    return "made"


def _report(run: jobs.Run) -> QuarterlyReport:
    with acting_as(Staff.objects.system().pk):
        return QuarterlyReport.objects.select_related("agency", "unit__agency").get(job=run.job_id)


def _as_system(step: Any, report: QuarterlyReport, **values: Any) -> QuarterlyReport:
    system = Staff.objects.system()
    with acting_as(system.pk):
        made: QuarterlyReport = step(report, by=system, **values)
    return made


def _give_up(run: jobs.Run, message: str) -> str:
    report = _report(run)
    _as_system(workflow.fail, report)
    run.fail(message)
    return "failed"


# ---- exports -------------------------------------------------------------------------------------------------------


@shared_task(bind=True)
def build_export(self: Any, job_id: int) -> str:
    """Make the file of an export; answers what became of it, for the log."""
    redelivered = bool((self.request.delivery_info or {}).get("redelivered"))
    run = jobs.claim(job_id, redelivered=redelivered)
    if run is None:
        return "nothing to do"
    try:
        return _build_export(run)
    except jobs.TakenOverError:
        return "taken over"
    except Exception:
        log.exception("export_failed", job=job_id)
        return _give_up_export(run, EXPORT_FAILED)


def _build_export(run: jobs.Run) -> str:
    system = Staff.objects.system()
    export = _export_of(run)
    if export.status != ExportStatus.QUEUED:
        run.finish()
        return "was done"
    if run.attempt > jobs.MOST_ATTEMPTS:
        return _give_up_export(run, EXPORT_FAILED)
    run.progress(SELECT, EXPORT_STARTS_AT[SELECT], 100)
    if export.is_copy:
        return _build_copy(run, export)
    # Read as the person who asked, so that the database's own rules of sight hold for the file as for a page.
    with acting_as(export.requested_by_id, job=run.job_id):
        made = workflow.exports.read(export)
    if not made.rows:
        return _give_up_export(run, NO_ROWS)
    run.progress(SHEET, EXPORT_STARTS_AT[SHEET], 100)
    content = workflow.exports.written(export, made)
    run.progress(LOCK, EXPORT_STARTS_AT[LOCK], 100)
    content = workflow.exports.locked(export, content)
    try:
        with acting_as(system.pk):
            workflow.exports.keep_file(export, by=system, content=content, rows=made.rows)
    except workflow.exports.DroppedError:
        return _build_export(run)  # each time with a case less
    run.finish()
    return "made"


def _build_copy(run: jobs.Run, export: Export) -> str:
    """A person's copy: paper and data in one locked file, read as the person who asked, as rows are."""
    with acting_as(export.requested_by_id, job=run.job_id):
        copy = workflow.copies.read(export)
    if copy is None or export.subject_copy is None:
        return _give_up_export(run, NO_COPY)
    run.progress(SHEET, EXPORT_STARTS_AT[SHEET], 100)
    files = letters.copy_files(export, copy, request=export.subject_copy.request.code, made_at=timezone.now())
    run.progress(LOCK, EXPORT_STARTS_AT[LOCK], 100)
    content = workflow.copies.locked(export, files)
    system = Staff.objects.system()
    with acting_as(system.pk):
        workflow.exports.keep_file(export, by=system, content=content, rows=1)
    run.finish()
    return "made"


def _export_of(run: jobs.Run) -> Export:
    with acting_as(Staff.objects.system().pk):
        asked = Export.objects.select_related("requested_by__unit__agency", "unit", "subject_copy__request")
        return asked.get(job=run.job_id)


def _give_up_export(run: jobs.Run, message: str) -> str:
    system = Staff.objects.system()
    with acting_as(system.pk):
        workflow.exports.fail(Export.objects.get(job=run.job_id), by=system)
    run.fail(message)
    return "failed"


@shared_task
def purge_exports() -> int:
    """Every minute: files whose link has ended are removed; their records stay."""
    system = Staff.objects.system()
    with acting_as(system.pk):
        return workflow.exports.purge_ended(by=system)


@shared_task
def roll_up() -> int:
    """Every night: the figures of head offices."""
    system = Staff.objects.system()
    with acting_as(system.pk):
        return count_rollups(by=system)
