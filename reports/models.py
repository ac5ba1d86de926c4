"""Quarterly reports: a frozen snapshot and the one PDF that was made from it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Unit
from core.models import Coded, Job, Timestamped, Versioned, tracked
from reports.enums import ReportStatus, Scope


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
    serial_no = models.CharField(_("nomor seri"), max_length=40, unique=True)
    snapshot: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    snapshot_at = models.DateTimeField(_("dibekukan"), null=True, blank=True)
    definitions_version = models.CharField(max_length=20, blank=True)
    threshold = models.PositiveSmallIntegerField(_("ambang penyamaran"), default=5)
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
        ]

    def __str__(self) -> str:
        return self.serial_no

    @property
    def is_downloadable(self) -> bool:
        return bool(self.sha256)
