"""The worker's side of a report: claim the job, freeze, draw, write the PDF, check it. Each step may be done again."""

from __future__ import annotations

from typing import Any

import structlog
from celery import shared_task
from django.utils.translation import gettext_noop as _

from accounts.models import Staff
from core import jobs
from core.acting import acting_as
from core.pdf import PdfError
from reports import reading, workflow
from reports.enums import CHECK, COLLECT, DRAW, STARTS_AT, WRITE, ReportStatus
from reports.models import QuarterlyReport

log = structlog.get_logger(__name__)

GAVE_UP = _("Pembuatan laporan berhenti berulang kali. Hubungi pengelola sistem.")
FAILED = _("Laporan tidak dapat dibuat karena gangguan di pihak kami. Coba lagi.")
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
    report = QuarterlyReport.objects.get(job=run.job_id)
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


def _as_system(step: Any, report: QuarterlyReport, **values: Any) -> QuarterlyReport:
    system = Staff.objects.system()
    with acting_as(system.pk):
        made: QuarterlyReport = step(report, by=system, **values)
    return made


def _give_up(run: jobs.Run, message: str) -> str:
    report = QuarterlyReport.objects.get(job=run.job_id)
    _as_system(workflow.fail, report)
    run.fail(message)
    return "failed"
