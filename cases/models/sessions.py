"""What is agreed ahead: sessions with the person, and the follow-ups of after-care."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.enums import NoteType, Present
from cases.enums.sessions import MET, NOT_HELD, FollowUpMonth, FollowUpOutcome, SessionOutcome, SessionReason
from cases.models.casefile import CaseFile
from cases.models.contact import ContactNote
from core.models import Coded, Timestamped, Versioned, tracked

# Asked for longer than that after its day, a follow-up is called missed; it can still be recorded.
MISSED_AFTER = dt.timedelta(days=30)


class PlannedSessionQuerySet(models.QuerySet["PlannedSession"]):
    def planned(self) -> PlannedSessionQuerySet:
        return self.filter(outcome="")

    def met(self) -> PlannedSessionQuerySet:
        return self.filter(outcome__in=MET)

    def waiting(self) -> PlannedSessionQuerySet:
        """Still to be held or answered; or held, and not written down yet."""
        return self.filter(Q(outcome="") | Q(outcome__in=MET, note=None))

    def to_write_about(self, now: dt.datetime) -> PlannedSessionQuerySet:
        """What a note of today can be about: agreed for today at the latest, or held without a note."""
        return self.waiting().filter(planned_at__lt=now + dt.timedelta(days=1))


@tracked()
class PlannedSession(Coded, Versioned, Timestamped):
    """A session that was agreed on. What came of it is said once; moving it makes a new one that names this one."""

    case = models.ForeignKey(
        CaseFile,
        on_delete=models.PROTECT,  # only the retention job destroys
        related_name="planned_sessions",
    )
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who agreed on it
        related_name="planned_sessions",
    )
    # Made when the form opens: the same form sent twice plans one session.
    client_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    type = models.CharField(_("jenis kontak"), max_length=30, choices=NoteType)
    planned_at = models.DateTimeField(_("waktu"))
    place = models.CharField(_("tempat"), max_length=120, blank=True)
    present = ArrayField(
        models.CharField(max_length=20, choices=Present), verbose_name=_("dengan siapa"), default=list
    )
    # Codes of goals of the plan (cases.frame.GOALS): text, because plans stand in a higher app.
    goals = ArrayField(models.CharField(max_length=12), verbose_name=_("tujuan"), default=list, blank=True)
    purpose = models.CharField(_("yang akan dibahas"), max_length=300, blank=True)
    outcome = models.CharField(_("hasil"), max_length=10, choices=SessionOutcome, blank=True, editable=False)
    reason = models.CharField(_("sebab"), max_length=20, choices=SessionReason, blank=True, editable=False)
    reason_words = models.CharField(_("keterangan"), max_length=300, blank=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,  # who said so
        related_name="+",
    )
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    note = models.OneToOneField(
        ContactNote,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,  # one note a session
        related_name="session",
    )
    follows = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,  # moved once: two tabs never make two
        related_name="moved_to",
    )

    objects = PlannedSessionQuerySet.as_manager()

    class Meta:
        ordering = ["planned_at", "pk"]
        verbose_name = _("sesi terencana")
        verbose_name_plural = _("sesi terencana")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "planned_at"],
                condition=Q(outcome=""),
                name="one_planned_session_at_a_time",
                violation_error_message=_("Sudah ada sesi pada waktu ini."),
            ),
            models.CheckConstraint(
                condition=Q(outcome="", answered_at=None, answered_by=None)
                | (~Q(outcome="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="session_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=(Q(outcome__in=NOT_HELD) & ~Q(reason="")) | (~Q(outcome__in=NOT_HELD) & Q(reason="")),
                name="session_not_held_for_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(reason=SessionReason.OTHER) | ~Q(reason_words=""),
                name="other_reason_in_words",
                violation_error_message=_("Tulis sebabnya."),
            ),
            models.CheckConstraint(
                condition=Q(note=None) | Q(outcome__in=MET),
                name="only_a_held_session_has_a_note",
            ),
        ]
        indexes = [models.Index(fields=["case", "-planned_at", "-id"], name="session_of_case")]

    def __str__(self) -> str:
        return self.code

    @property
    def is_planned(self) -> bool:
        return self.outcome == ""

    @property
    def is_met(self) -> bool:
        return self.outcome in MET

    @property
    def wants_note(self) -> bool:
        return self.is_met and self.note_id is None


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def open(self) -> FollowUpQuerySet:
        """Still to be asked: nobody reached so far, and after-care goes on."""
        return self.filter(ended_on=None).exclude(outcome__in=[FollowUpOutcome.REACHED, FollowUpOutcome.REFUSED])


@tracked()
class FollowUp(Coded, Versioned, Timestamped):
    """How somebody fares 3, 6, 12 and 24 months into after-care. A person records it; no score is made of it."""

    case = models.ForeignKey(
        CaseFile,
        on_delete=models.PROTECT,  # only the retention job destroys
        related_name="follow_ups",
    )
    month = models.PositiveSmallIntegerField(_("jarak"), choices=FollowUpMonth)
    started_on = models.DateField(_("pascalayanan mulai"))
    due_on = models.DateField(_("tenggat"))
    outcome = models.CharField(_("hasil"), max_length=12, choices=FollowUpOutcome, blank=True)
    words = models.TextField(_("keterangan"), max_length=2_000, blank=True)
    note = models.ForeignKey(
        ContactNote,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # the session or the call in which it was asked
        related_name="follow_ups",
        verbose_name=_("catatan kontak"),
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,  # only a person counts it as done
        related_name="+",
    )
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    # No longer asked: the case was reopened, or closed with an earlier end of after-care.
    ended_on = models.DateField(_("tidak berlaku sejak"), null=True, blank=True, editable=False)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("tindak lanjut pascalayanan")
        verbose_name_plural = _("tindak lanjut pascalayanan")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "month"],
                condition=Q(outcome="", ended_on=None),
                name="one_open_follow_up_a_month",
            ),
            models.CheckConstraint(condition=Q(month__in=FollowUpMonth.values), name="follow_up_month_is_one_of_four"),
            models.CheckConstraint(
                condition=Q(outcome="", answered_at=None, answered_by=None)
                | (~Q(outcome="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="follow_up_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(outcome="") | ~Q(words="") | Q(note__isnull=False),
                name="follow_up_tells_something",
                violation_error_message=_("Tulis keterangannya, atau pilih catatan kontaknya."),
            ),
        ]
        indexes = [models.Index(fields=["case", "due_on"], name="follow_up_of_case")]

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        return self.ended_on is None and self.outcome in ("", FollowUpOutcome.NOT_REACHED)

    def is_missed(self, today: dt.date | None = None) -> bool:
        return (
            self.outcome == ""
            and self.ended_on is None
            and self.due_on + MISSED_AFTER < (today or timezone.localdate())
        )
