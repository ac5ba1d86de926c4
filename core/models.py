"""Base classes and tables that every app needs and that know nothing of the domain."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from core.codes import new_code

ModelT = TypeVar("ModelT", bound=type[models.Model])


def tracked(**options: Any) -> Callable[[ModelT], ModelT]:
    """Class decorator: database triggers copy every insert, update and delete into an append-only history table.

    Triggers, not save(), so that bulk updates and raw SQL leave a trace too (ET-21).
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        append_only=True,
        obj_field=pghistory.ObjForeignKey(related_name="history"),
        **options,
    )


class Timestamped(models.Model):
    created_at = models.DateTimeField(_("dibuat"), auto_now_add=True)
    updated_at = models.DateTimeField(_("diubah"), auto_now=True)

    class Meta:
        abstract = True


class Versioned(models.Model):
    """Optimistic lock: a form carries the version it was opened with, ``core.workflow.lock`` compares it."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class Coded(models.Model):
    """A row with a page of its own: its URL shows ``code``."""

    code = models.CharField(_("kode"), max_length=9, unique=True, default=new_code, editable=False)

    class Meta:
        abstract = True


class Period(models.Model):
    """A value that held from ``started_at`` until ``ended_at`` (open: still holds).

    Reports ask what was true on a day, so the past is kept as rows; the current value on the owner is a copy.
    """

    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


def never_overlapping(name: str, *owner: str) -> ExclusionConstraint:
    """The database's own word that two periods of one owner never hold at the same time."""
    span = Func(F("started_at"), F("ended_at"), Value("[)"), function="tstzrange", output_field=DateTimeRangeField())
    return ExclusionConstraint(
        name=name,
        expressions=[*((field, RangeOperators.EQUAL) for field in owner), (span, RangeOperators.OVERLAPS)],
        violation_error_message=_("Dua masa berlaku tidak boleh bertumpang tindih."),
    )


class HolidayKind(models.TextChoices):
    PUBLIC = "public", _("Hari libur nasional")
    JOINT_LEAVE = "joint_leave", _("Cuti bersama")
    LOCAL = "local", _("Hari libur setempat")


class Holiday(models.Model):
    """A day on which offices are closed. Editable, because the joint ministerial decree comes late each year."""

    day = models.DateField(_("tanggal"), unique=True)
    name = models.CharField(_("nama"), max_length=200)
    kind = models.CharField(_("jenis"), max_length=20, choices=HolidayKind)
    source = models.CharField(_("sumber"), max_length=200, blank=True)

    class Meta:
        ordering = ["day"]
        verbose_name = _("hari libur")
        verbose_name_plural = _("hari libur")

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}"


class JobState(models.TextChoices):
    QUEUED = "queued", _("Antre")
    RUNNING = "running", _("Berjalan")
    DONE = "done", _("Selesai")
    FAILED = "failed", _("Gagal")


class Job(Timestamped):
    """One piece of background work: the only truth about its progress, whatever happens to the broker."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=60)
    # Two requests for the same thing share one job while it is unfinished.
    key = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    step = models.CharField(max_length=200, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who asked stays on record
        related_name="requested_jobs",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(state__in=[JobState.QUEUED, JobState.RUNNING]),
                name="one_unfinished_job_per_key",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} ({self.state})"

    @property
    def percent(self) -> int:
        """Progress in whole percent, 0 to 100."""
        return min(100, round(100 * self.done / self.total)) if self.total else 0

    @property
    def is_finished(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED)
