"""Sessions with the person: contact notes, reporting duty, and drafts that are never lost."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.enums import Channel, CheckInResult, NoteType, PlaceKind, Present
from cases.models.casefile import CaseFile
from core.models import Coded, Timestamped, Versioned, tracked

# I-15: free edit for a day, "late" after three.
EDIT_WINDOW = dt.timedelta(hours=24)
LATE_AFTER = dt.timedelta(hours=72)


@tracked()
class ContactNote(Coded, Versioned, Timestamped):
    case = models.ForeignKey(
        CaseFile,
        on_delete=models.PROTECT,  # only the retention job destroys
        related_name="notes",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # a note is signed
        related_name="notes",
    )
    # Made by the browser when the form opens: the same note sent twice is stored once.
    client_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    type = models.CharField(_("jenis kontak"), max_length=30, choices=NoteType)
    occurred_at = models.DateTimeField(_("kapan"))
    recorded_at = models.DateTimeField(_("dicatat"), default=timezone.now, editable=False)
    duration_min = models.PositiveSmallIntegerField(_("lama (menit)"), null=True, blank=True)
    place_kind = models.CharField(_("tempat"), max_length=20, choices=PlaceKind, blank=True)
    present = ArrayField(models.CharField(max_length=20, choices=Present), verbose_name=_("hadir"), default=list)
    summary = models.TextField(_("ringkasan"), max_length=10_000)
    observations = models.TextField(_("pengamatan"), max_length=10_000, blank=True)
    participant_words = models.TextField(_("kata peserta"), max_length=4_000, blank=True)
    # Codes of goals of the plan (cases.frame.GOALS): text, because plans stand in a higher app.
    goals = ArrayField(
        models.CharField(max_length=12), verbose_name=_("tujuan yang disentuh"), default=list, blank=True
    )
    next_steps = models.TextField(_("langkah berikutnya"), max_length=2_000, blank=True)
    safety_ok = models.BooleanField(_("petugas aman"), default=True)
    amends = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # the original is kept
        related_name="amendments",
    )
    amendment_reason = models.CharField(_("alasan pembetulan"), max_length=300, blank=True)

    class Meta:
        ordering = ["-occurred_at", "-pk"]
        verbose_name = _("catatan kontak")
        constraints = [
            models.CheckConstraint(
                condition=Q(occurred_at__lte=F("recorded_at")),
                name="note_is_not_of_the_future",
                violation_error_message=_("Waktu kontak tidak boleh di masa depan."),
            ),
            models.CheckConstraint(
                condition=Q(amends__isnull=True) | ~Q(amendment_reason=""),
                name="amendment_gives_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(duration_min__isnull=True) | Q(duration_min__lte=24 * 60),
                name="note_lasts_a_day_at_most",
                violation_error_message=_("Lama kontak paling banyak 1.440 menit."),
            ),
        ]
        indexes = [models.Index(fields=["case", "-occurred_at", "-id"], name="note_of_case")]

    def __str__(self) -> str:
        return self.code

    @property
    def is_late(self) -> bool:
        """Written down long after the contact. A correction never is: it carries the time of its original."""
        return self.amends_id is None and self.recorded_at - self.occurred_at > LATE_AFTER

    @property
    def late_days(self) -> int:
        return (self.recorded_at - self.occurred_at).days

    @property
    def is_freely_editable(self) -> bool:
        return self.amends_id is None and timezone.now() < self.recorded_at + EDIT_WINDOW


class Draft(models.Model):
    """What somebody typed and has not sent yet: it survives sign-out, time-out and a crash."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    case = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="drafts")
    form = models.CharField(max_length=30)
    client_id = models.UUIDField(default=uuid.uuid4)
    data: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(encoder=DjangoJSONEncoder, default=dict)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-saved_at"]
        constraints = [models.UniqueConstraint(fields=["staff", "case", "form"], name="one_draft_per_form")]

    def __str__(self) -> str:
        return f"{self.form} {self.case_id}"


@tracked()
class ReportingDuty(Versioned, Timestamped):
    """Wajib lapor: how often a client reports to Bapas (set per case by PK or TPP)."""

    case = models.OneToOneField(CaseFile, on_delete=models.CASCADE, related_name="reporting_duty")
    frequency_days = models.PositiveSmallIntegerField(_("frekuensi (hari)"), default=28)
    next_due_at = models.DateTimeField(_("berikutnya"))
    channel = models.CharField(_("cara"), max_length=12, choices=Channel, default=Channel.OFFICE)
    place = models.CharField(_("tempat"), max_length=120, blank=True)
    # Missed in a row: alert at 1 and 2, a TPP task at 3 (D §2.2.7); an excuse does not count.
    missed_in_a_row = models.PositiveSmallIntegerField(default=0, editable=False)
    ended_on = models.DateField(_("berakhir"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(frequency_days__gte=1), name="reports_at_most_daily"),
        ]
        indexes = [models.Index(fields=["next_due_at"], name="reporting_due")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.frequency_days}"


@tracked()
class CheckIn(Timestamped):
    case = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="check_ins")
    due_at = models.DateTimeField(_("jadwal"))
    result = models.CharField(_("hasil"), max_length=12, choices=CheckInResult)
    reason = models.CharField(_("alasan"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who ticked it
        related_name="+",
    )
    recorded_at = models.DateTimeField(default=timezone.now)
    missed_before = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["-due_at"]
        constraints = [
            models.UniqueConstraint(fields=["case", "due_at"], name="one_answer_per_reporting_date"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.due_at:%Y-%m-%d} {self.result}"
