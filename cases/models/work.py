"""What happened in a case (timeline) and what must happen (tasks)."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases.enums import ALERTS, EventKind, Priority, Section, TaskKind, TaskStatus
from cases.models.casefile import CaseFile
from core.models import Coded, Timestamped, Versioned, tracked


class CaseEvent(models.Model):
    """One line of the timeline, written by every app's workflow; read through the policy of its section."""

    # Both indexes below begin with the case: one of its own would be a third.
    case = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="events", db_index=False)
    section = models.CharField(max_length=12, choices=Section)
    kind = models.CharField(max_length=30, choices=EventKind)
    at = models.DateTimeField(_("waktu"), default=timezone.now)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who did it
        related_name="+",
    )
    # Words of a person or a name, never a sentence of the program: those are translated from ``kind``.
    summary = models.CharField(max_length=400, blank=True)
    path = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["case", "-at", "-id"], name="timeline"),
            models.Index(fields=["case", "actor"], name="timeline_people"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.kind}"


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self) -> TaskQuerySet:
        return self.filter(status__in=[TaskStatus.OPEN, TaskStatus.IN_PROGRESS])

    def overdue(self) -> TaskQuerySet:
        return self.open().filter(due_at__lt=timezone.now())

    def awake(self, now: dt.datetime) -> TaskQuerySet:
        """Without what its assignee has put off beyond ``now``."""
        return self.exclude(snoozed_until__gt=now)

    def urgent(self) -> TaskQuerySet:
        return self.filter(priority=Priority.URGENT)

    def in_work_order(self) -> TaskQuerySet:
        return self.order_by("priority", "due_at", "pk")


@tracked()
class Task(Coded, Versioned, Timestamped):
    case = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="tasks")
    kind = models.CharField(_("jenis"), max_length=12, choices=TaskKind)
    title = models.CharField(_("tugas"), max_length=300, blank=True)
    section = models.CharField(max_length=12, choices=Section, default=Section.SUMMARY)
    assignee = models.ForeignKey(
        Staff,
        on_delete=models.PROTECT,  # handed over, never orphaned
        related_name="tasks",
        verbose_name=_("petugas"),
    )
    due_at = models.DateTimeField(_("tenggat"))
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    status = models.CharField(_("status"), max_length=12, choices=TaskStatus, default=TaskStatus.OPEN, editable=False)
    # What made it: "assessment:12:B3". A rule that runs again never makes the same task twice.
    source = models.CharField(max_length=120, blank=True)
    path = models.CharField(max_length=200, blank=True)
    # Out of the assignee's day until then, for a reason. The due date stays: the supervisor sees what is late.
    snoozed_until = models.DateTimeField(_("ditunda sampai"), null=True, blank=True, editable=False)
    snooze_reason = models.CharField(_("alasan menunda"), max_length=300, blank=True)
    # A person has looked at what a rule noticed (cases.enums.ALERTS).
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,  # who saw it
        related_name="+",
        verbose_name=_("dilihat oleh"),
    )
    seen_at = models.DateTimeField(_("dilihat"), null=True, blank=True, editable=False)
    # Late for so long that it stands before the unit's supervisors; said to them once.
    escalated_at = models.DateTimeField(_("naik ke pengawas"), null=True, blank=True, editable=False)
    outcome = models.TextField(_("hasil"), max_length=2_000, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # only a person closes a task (I-26)
        related_name="+",
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["priority", "due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                condition=~Q(source="") & Q(status__in=[TaskStatus.OPEN, TaskStatus.IN_PROGRESS]),
                name="one_open_task_per_source",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[TaskStatus.OPEN, TaskStatus.IN_PROGRESS], closed_at__isnull=True)
                | Q(status__in=[TaskStatus.DONE, TaskStatus.CANCELLED], closed_at__isnull=False),
                name="task_closed_at_iff_closed",
            ),
            models.CheckConstraint(
                condition=Q(snoozed_until=None, snooze_reason="")
                | (Q(snoozed_until__isnull=False) & ~Q(snooze_reason="") & ~Q(priority=Priority.URGENT)),
                name="task_snoozed_for_a_reason_never_urgent",
            ),
            models.CheckConstraint(
                condition=Q(seen_by=None, seen_at=None) | Q(seen_by__isnull=False, seen_at__isnull=False),
                name="task_seen_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["assignee", "status", "due_at"], name="task_of_assignee"),
            models.Index(fields=["case", "status", "due_at"], name="task_of_case"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        return self.status in (TaskStatus.OPEN, TaskStatus.IN_PROGRESS)

    @property
    def is_alert(self) -> bool:
        return self.kind in ALERTS

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_at < timezone.now()

    @property
    def time_left(self) -> dt.timedelta:
        return self.due_at - timezone.now()
