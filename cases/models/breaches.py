"""What went wrong with personal data, whom it touches, and how it was handled."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from cases.deadlines import breach_due
from cases.enums.breaches import OPEN, UNTOLD, BreachKind, BreachStatus
from cases.models.casefile import CaseFile
from core.models import Coded, Timestamped, Versioned, tracked


class BreachQuerySet(models.QuerySet["BreachIncident"]):
    def open(self) -> BreachQuerySet:
        return self.filter(status__in=OPEN)


@tracked()
class BreachIncident(Coded, Versioned, Timestamped):
    kind = models.CharField(_("jenis"), max_length=16, choices=BreachKind)
    what = models.TextField(_("data apa yang terbuka"), max_length=2_000)
    how = models.TextField(_("kapan dan bagaimana"), max_length=4_000)
    happened_at = models.DateTimeField(_("terjadi"), null=True, blank=True)
    discovered_at = models.DateTimeField(_("diketahui"))
    due_at = models.DateTimeField(_("tenggat pemberitahuan"), editable=False)
    affected_count = models.PositiveIntegerField(_("perkiraan orang yang terkena"), null=True, blank=True)
    measures = models.TextField(_("upaya penanganan"), max_length=4_000, blank=True)
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,  # where it happened stays on record
        related_name="+",
        verbose_name=_("unit"),
    )
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who reported it
        related_name="+",
    )
    status = models.CharField(
        _("status"), max_length=10, choices=BreachStatus, default=BreachStatus.REPORTED, editable=False
    )
    agency_told_at = models.DateTimeField(_("lembaga diberi tahu"), null=True, blank=True, editable=False)
    subjects_told_at = models.DateTimeField(_("orang yang terkena diberi tahu"), null=True, blank=True, editable=False)
    closing_note = models.TextField(_("catatan penutup"), max_length=2_000, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(_("ditutup"), null=True, blank=True, editable=False)

    objects = BreachQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        verbose_name = _("insiden data pribadi")
        constraints = [
            models.CheckConstraint(condition=Q(due_at__gt=F("discovered_at")), name="breach_due_after_discovery"),
            models.CheckConstraint(
                condition=Q(happened_at__isnull=True) | Q(happened_at__lte=F("discovered_at")),
                name="breach_happened_before_discovery",
                violation_error_message=_("Kejadian tidak mungkin sesudah diketahui."),
            ),
            models.CheckConstraint(
                condition=Q(status=BreachStatus.CLOSED, closed_at__isnull=False, closed_by__isnull=False)
                & ~Q(closing_note="")
                | ~Q(status=BreachStatus.CLOSED) & Q(closed_at__isnull=True),
                name="breach_closed_with_a_note",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_overdue(self) -> bool:
        return self.status in UNTOLD and self.due_at < timezone.now()

    def set_discovered(self, at: dt.datetime) -> None:
        """The clock starts when somebody of us knew."""
        self.discovered_at = at
        self.due_at = breach_due(at)


@tracked()
class BreachCase(Timestamped):
    """A case whose person is touched; the code is a copy, because the officer does not see the case."""

    incident = models.ForeignKey(BreachIncident, on_delete=models.CASCADE, related_name="cases")
    case = models.ForeignKey(
        CaseFile,
        on_delete=models.PROTECT,  # only the retention job destroys
        related_name="breaches",
    )
    case_code = models.CharField(_("kode kasus"), max_length=9, editable=False)

    class Meta:
        ordering = ["case_code"]
        constraints = [models.UniqueConstraint(fields=["incident", "case"], name="one_row_per_case_of_a_breach")]

    def __str__(self) -> str:
        return self.case_code


@tracked()
class BreachEntry(models.Model):
    """One line of how it was handled; written once."""

    incident = models.ForeignKey(BreachIncident, on_delete=models.CASCADE, related_name="entries")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who did it
        related_name="+",
    )
    text = models.TextField(max_length=2_000)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
