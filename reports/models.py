"""Quarterly reports: a frozen snapshot and its PDF. Exports: rows about people that leave Titian, and their record."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Unit
from cases.enums.rights import RefusalGround
from cases.models import RightsRequest
from core.models import Coded, Job, Timestamped, Versioned, tracked
from reports.disclosure import HIGHEST_THRESHOLD, LOWEST_THRESHOLD
from reports.enums import (
    ROWS_ALONE,
    UNDECIDED_EXPORTS,
    ExportFormat,
    ExportPurpose,
    ExportStatus,
    ReportStatus,
    Scope,
)
from reports.quarters import Quarter


@tracked(exclude=["snapshot", "pdf"])
class QuarterlyReport(Coded, Versioned, Timestamped):
    scope = models.CharField(_("cakupan"), max_length=8, choices=Scope)
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="reports")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="reports")
    year = models.PositiveSmallIntegerField(_("tahun"))
    quarter = models.PositiveSmallIntegerField(_("triwulan"))
    # A new run of the same scope and quarter is a new revision; an approved PDF never changes.
    revision = models.PositiveSmallIntegerField(_("revisi"), default=1)
    language = models.CharField(_("bahasa"), max_length=5, default="id")
    serial_no = models.CharField(_("nomor seri"), max_length=80, unique=True)
    snapshot: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    snapshot_at = models.DateTimeField(_("dibekukan"), null=True, blank=True)
    definitions_version = models.CharField(max_length=20, blank=True)
    threshold = models.PositiveSmallIntegerField(_("ambang penyamaran"), default=5)
    child_threshold = models.PositiveSmallIntegerField(_("ambang penyamaran anak"), default=10)
    status = models.CharField(
        _("status"), max_length=10, choices=ReportStatus, default=ReportStatus.DRAFTING, editable=False
    )
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports")
    pdf = models.BinaryField(null=True, blank=True, editable=False)
    pages = models.PositiveSmallIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    generated_at = models.DateTimeField(null=True, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reports")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_to = models.CharField(_("dikirim kepada"), max_length=300, blank=True)

    class Meta:
        ordering = ["-year", "-quarter", "-created_at"]
        verbose_name = _("laporan triwulan")
        verbose_name_plural = _("laporan triwulan")
        constraints = [
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="quarter_1_to_4"),
            models.CheckConstraint(
                condition=Q(scope=Scope.UNIT, unit__isnull=False)
                | Q(scope=Scope.AGENCY, agency__isnull=False, unit__isnull=True)
                | Q(scope=Scope.NATIONAL, agency__isnull=True, unit__isnull=True),
                name="report_scope_is_whole",
            ),
            models.UniqueConstraint(
                fields=["scope", "agency", "unit", "year", "quarter", "revision"],
                name="one_report_per_revision",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("requested_by")),
                name="report_approver_is_not_its_maker",
            ),
            models.CheckConstraint(
                condition=Q(threshold__gte=LOWEST_THRESHOLD, threshold__lte=HIGHEST_THRESHOLD)
                & Q(child_threshold__gte=F("threshold"), child_threshold__lte=HIGHEST_THRESHOLD),
                name="report_thresholds_within_bounds",
                violation_error_message=_("Ambang penyamaran antara 3 dan 20, dan bagian anak tidak lebih rendah."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="frozen_figures_never_change",  # I-24
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition("OLD.snapshot_at IS NOT NULL"),
                func="""
                    IF (NEW.snapshot, NEW.snapshot_at, NEW.serial_no, NEW.threshold, NEW.child_threshold,
                        NEW.definitions_version, NEW.language)
                       IS DISTINCT FROM
                       (OLD.snapshot, OLD.snapshot_at, OLD.serial_no, OLD.threshold, OLD.child_threshold,
                        OLD.definitions_version, OLD.language) THEN
                        RAISE EXCEPTION 'the figures of a report are frozen';
                    END IF;
                    IF OLD.sha256 <> '' AND (NEW.pdf, NEW.sha256) IS DISTINCT FROM (OLD.pdf, OLD.sha256) THEN
                        RAISE EXCEPTION 'the PDF of a report never changes';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.serial_no

    @property
    def period(self) -> Quarter:
        return Quarter(self.year, self.quarter)

    @property
    def is_downloadable(self) -> bool:
        return bool(self.sha256)

    @property
    def is_being_made(self) -> bool:
        return self.status in (ReportStatus.DRAFTING, ReportStatus.QUEUED)

    @property
    def place(self) -> str:
        """Whose figures these are, as a name; empty for the whole country."""
        if self.unit is not None:
            return self.unit.name
        return self.agency.name if self.agency is not None else ""


@tracked()
class SubjectCopy(Versioned, Timestamped):
    """What the unit that has the file has looked through for a person's copy; the file itself is an Export."""

    request = models.OneToOneField(
        RightsRequest,
        on_delete=models.PROTECT,  # the copy proves that the request was met
        related_name="subject_copy",
        verbose_name=_("permintaan"),
    )
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who looked it through stays on record
        related_name="+",
        verbose_name=_("diperiksa oleh"),
    )
    prepared_at = models.DateTimeField(_("diperiksa"))
    # Records that this person leaves out beside what the declaration leaves out: "sessions:K7M4-29QX".
    withheld = ArrayField(models.CharField(max_length=40), verbose_name=_("tidak disalin"), default=list, blank=True)
    ground = models.CharField(_("alasan hukum"), max_length=24, choices=RefusalGround, blank=True)
    explanation = models.CharField(_("penjelasan alasan"), max_length=500, blank=True)
    # Of what was looked through: what has changed since is looked through again before it leaves.
    fingerprint = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("salinan data")
        verbose_name_plural = _("salinan data")
        constraints = [
            models.CheckConstraint(
                condition=Q(withheld=[]) | (~Q(ground="") & ~Q(explanation="")),
                name="copy_leaves_out_for_a_legal_reason",
                violation_error_message=_("Yang tidak disalin memerlukan alasan hukum dan penjelasannya."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}"


@tracked(exclude=["content", "case_ids", "search"])
class Export(Coded, Versioned, Timestamped):
    """A file with rows about people: asked for with a reason, made once, fetched once; its record stays."""

    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="exports")
    # Where the person worked when asking: whose supervisor decides.
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="exports")
    file_format = models.CharField(_("bentuk berkas"), max_length=4, choices=ExportFormat)
    # A person's copy: one case, no columns. Everything else about it is as with rows.
    subject_copy = models.ForeignKey(
        SubjectCopy,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,  # what left stays on record
        related_name="exports",
    )
    columns = ArrayField(models.CharField(max_length=20), verbose_name=_("kolom"))
    # The filters of the case list in words; what was searched for may be a name, and stays apart.
    filters = models.CharField(_("saringan"), max_length=300, blank=True)
    search = models.CharField(_("kata cari"), max_length=120, blank=True)
    purpose = models.CharField(_("tujuan"), max_length=20, choices=ExportPurpose)
    reason = models.TextField(_("alasan"), max_length=1000)
    # Chosen when asked, so that what was approved is what is made; rights are asked again when it is made.
    case_ids = ArrayField(models.BigIntegerField(), editable=False)
    row_count = models.PositiveIntegerField(_("baris"), editable=False)
    status = models.CharField(_("status"), max_length=10, choices=ExportStatus, editable=False)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="exports")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.CharField(_("alasan penolakan"), max_length=300, blank=True)
    content = models.BinaryField(null=True, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    password_shown_at = models.DateTimeField(null=True, blank=True)
    downloaded_at = models.DateTimeField(null=True, blank=True)
    purged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("ekspor")
        verbose_name_plural = _("ekspor")
        indexes = [models.Index(fields=["requested_by", "created_at"], name="export_by_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="export_approver_did_not_ask",  # I-28
            ),
            models.CheckConstraint(
                condition=Q(row_count__lte=ROWS_ALONE) | Q(status__in=UNDECIDED_EXPORTS) | Q(decided_by__isnull=False),
                name="many_rows_need_a_second_person",  # I-23
            ),
            models.CheckConstraint(
                condition=Q(subject_copy__isnull=False, file_format=ExportFormat.COPY)
                | (Q(subject_copy__isnull=True) & ~Q(file_format=ExportFormat.COPY)),
                name="copy_export_has_its_copy",
            ),
            models.CheckConstraint(
                condition=Q(content__isnull=True) | Q(status=ExportStatus.READY),
                name="export_file_only_while_ready",
            ),
            models.CheckConstraint(
                condition=~Q(status=ExportStatus.READY)
                | Q(content__isnull=False, expires_at__isnull=False, made_at__isnull=False) & ~Q(sha256=""),
                name="ready_export_has_a_file_and_an_end",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_being_made(self) -> bool:
        return self.status == ExportStatus.QUEUED

    @property
    def is_copy(self) -> bool:
        return self.subject_copy_id is not None


class Rollup(models.Model):
    """Figures of a finished quarter for whoever may not see the rows: written by the system, read by head offices.

    ``figures`` is a snapshot as a report freezes it, small cells hidden already (reports.snapshot).
    """

    scope = models.CharField(_("cakupan"), max_length=8, choices=Scope)
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.CASCADE, related_name="rollups")
    year = models.PositiveSmallIntegerField(_("tahun"))
    quarter = models.PositiveSmallIntegerField(_("triwulan"))
    figures: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    made_at = models.DateTimeField(_("dihitung"))

    class Meta:
        verbose_name = _("rekap angka")
        constraints = [
            models.CheckConstraint(
                condition=Q(scope=Scope.AGENCY, agency__isnull=False) | Q(scope=Scope.NATIONAL, agency__isnull=True),
                name="rollup_scope_is_whole",
            ),
            models.UniqueConstraint(
                fields=["scope", "agency", "year", "quarter"], nulls_distinct=False, name="one_rollup_per_quarter"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.agency_id or ''} {self.year}-{self.quarter}"
