"""Quarterly reports: a frozen snapshot and the one PDF that was made from it."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Unit
from core.models import Coded, Job, Timestamped, Versioned, tracked
from reports.disclosure import HIGHEST_THRESHOLD, LOWEST_THRESHOLD
from reports.enums import ReportStatus, Scope
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
