"""What happens to a quarterly report: asked for, frozen, made, reviewed, signed, sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from core import jobs
from core.pdf import Pdf
from core.workflow import TransitionError, lock, move
from reports import policies, snapshot
from reports.disclosure import HIGHEST_THRESHOLD
from reports.enums import APPROVE, ASK_REVIEW, FAIL, GENERATED, QUEUE, SEND, ReportStatus, Scope
from reports.indicators import DEFINITIONS_VERSION, Area
from reports.models import QuarterlyReport
from reports.policies import Act
from reports.quarters import Quarter

JOB_KIND = "report"
# The oldest quarter that anybody served people in (IND-K3).
FIRST_YEAR = 2016


@transaction.atomic
def request_report(
    *,
    by: Staff,
    area: Area,
    quarter: Quarter,
    language: str = "id",
    threshold: int | None = None,
    revise: bool = False,
) -> tuple[QuarterlyReport, bool]:
    """The report of an area and quarter, and whether it was begun just now.

    Asking twice gives the same report, also when two people ask at once; a new revision is made only when ``revise``
    says so and the last one is finished. A threshold may be stricter than the setting, never looser.
    """
    policies.require_build(by, area)
    now = timezone.now()
    if quarter.start > now:
        raise TransitionError(_("Triwulan ini belum dimulai."))
    if not quarter.is_finished(now):
        raise TransitionError(_("Triwulan ini belum selesai."))
    if quarter.year < FIRST_YEAR:
        raise TransitionError(_("Tidak ada data sebelum tahun 2016."))
    lock(by.unit.agency)  # whoever else asks for a report of this agency waits here
    latest = _revisions(area, quarter).order_by("-revision").first()
    if latest is not None and latest.status == ReportStatus.FAILED:
        return _queue(latest, by=by), True
    if latest is not None and (latest.is_being_made or not revise):
        return latest, False
    adults = max(threshold or 0, settings.SMALL_CELL)
    report = QuarterlyReport.objects.create(
        scope=area.kind,
        agency=area.unit.agency if area.unit else area.agency,
        unit=area.unit,
        year=quarter.year,
        quarter=quarter.number,
        revision=latest.revision + 1 if latest else 1,
        language=language,
        serial_no=_serial_no(area, quarter, latest.revision + 1 if latest else 1),
        definitions_version=DEFINITIONS_VERSION,
        threshold=adults,
        child_threshold=min(max(adults, settings.SMALL_CELL_CHILDREN), HIGHEST_THRESHOLD),
        requested_by=by,
    )
    return _queue(report, by=by), True


def _revisions(area: Area, quarter: Quarter) -> QuerySet[QuarterlyReport]:
    same = QuarterlyReport.objects.filter(scope=area.kind, year=quarter.year, quarter=quarter.number)
    if area.kind == Scope.UNIT:
        return same.filter(unit=area.unit)
    return same.filter(agency=area.agency)


def _serial_no(area: Area, quarter: Quarter, revision: int) -> str:
    place = area.unit.code if area.unit else area.agency.code if area.agency else "nasional"
    return f"LT-{quarter.year}-{quarter.number}-{place.upper()}-R{revision}"


def _queue(report: QuarterlyReport, *, by: Staff) -> QuarterlyReport:
    move(report, QUEUE)
    report.job = jobs.enqueue(JOB_KIND, str(report.pk), by=by)
    report.version += 1
    report.save()
    return report


@transaction.atomic
def try_again(report: QuarterlyReport, *, by: Staff) -> QuarterlyReport:
    """Queue a failed report once more."""
    report = lock(report)
    policies.require(by, Act.BUILD, report)
    return _queue(report, by=by)


@transaction.atomic
def freeze_figures(
    report: QuarterlyReport, *, by: Staff, progress: Callable[[int, int], None] | None = None
) -> QuarterlyReport:
    """Count and hide once; a worker that resumes finds the figures frozen and leaves them so."""
    report = lock(report)
    policies.require(by, Act.RUN, report)
    if report.snapshot_at is None:
        thresholds = snapshot.Thresholds(report.threshold, report.child_threshold)
        report.snapshot = snapshot.freeze(policies.area_of(report), report.period, thresholds, progress)
        report.snapshot_at = timezone.now()
        report.version += 1
        report.save()
    return report


@transaction.atomic
def keep_pdf(report: QuarterlyReport, *, by: Staff, pdf: Pdf) -> QuarterlyReport:
    report = lock(report)
    policies.require(by, Act.RUN, report)
    move(report, GENERATED)
    report.pdf = pdf.content
    report.pages = pdf.pages
    report.sha256 = hashlib.sha256(pdf.content).hexdigest()
    report.generated_at = timezone.now()
    report.version += 1
    report.save()
    return report


@transaction.atomic
def fail(report: QuarterlyReport, *, by: Staff) -> QuarterlyReport:
    """The worker gave up; its job says why, and the data admin may try again."""
    report = lock(report)
    policies.require(by, Act.RUN, report)
    move(report, FAIL)
    report.version += 1
    report.save()
    return report


@transaction.atomic
def ask_review(report: QuarterlyReport, *, by: Staff) -> QuarterlyReport:
    report = lock(report)
    policies.require(by, Act.BUILD, report)
    move(report, ASK_REVIEW)
    report.version += 1
    report.save()
    return report


@transaction.atomic
def approve(report: QuarterlyReport, *, by: Staff) -> QuarterlyReport:
    """Sign: a supervisor of the unit, or of the head office for an agency or the country; never the maker (I-28)."""
    report = lock(report)
    policies.require(by, Act.APPROVE, report)
    move(report, APPROVE)
    report.approved_by = by
    report.approved_at = timezone.now()
    report.version += 1
    report.save()
    return report


@transaction.atomic
def mark_sent(report: QuarterlyReport, *, by: Staff, sent_to: str) -> QuarterlyReport:
    """Note that the signed report went out, and to whom."""
    report = lock(report)
    policies.require(by, Act.BUILD, report)
    if not sent_to.strip():
        raise TransitionError(_("Tulis kepada siapa laporan dikirim."))
    move(report, SEND)
    report.sent_at = timezone.now()
    report.sent_to = sent_to.strip()
    report.version += 1
    report.save()
    return report
