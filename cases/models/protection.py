"""Who is kept away from a case: sealed files and their two-person opening, declared relations (ET-3, I-27)."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from cases.enums.protection import TieKind, UnsealStatus
from cases.models.casefile import CaseFile
from cases.models.participant import Participant
from core.models import Coded, Timestamped, Versioned, tracked

# The only two who open a sealed file, and only together.
KEY_HOLDERS = (Role.SUPERVISOR, Role.DPO)


class UnsealQuerySet(models.QuerySet["UnsealRequest"]):
    def waiting(self) -> UnsealQuerySet:
        return self.filter(status=UnsealStatus.REQUESTED)

    def in_force(self) -> UnsealQuerySet:
        """Openings that hold at this second, whether or not a job has cleaned up."""
        now = timezone.now()
        return self.filter(status=UnsealStatus.APPROVED, opened_at__lte=now, until__gt=now)


@tracked()
class UnsealRequest(Coded, Versioned, Timestamped):
    """One opening of a sealed file: asked by one key holder with a purpose and a time, approved by the other."""

    case = models.ForeignKey(
        CaseFile,
        on_delete=models.PROTECT,  # only the retention job destroys
        related_name="unseal_requests",
    )
    purpose = models.TextField(_("tujuan"), max_length=1_000)
    hours = models.PositiveSmallIntegerField(_("lama (jam)"))
    status = models.CharField(
        _("status"), max_length=10, choices=UnsealStatus, default=UnsealStatus.REQUESTED, editable=False
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who asked stays on record
        related_name="+",
    )
    asked_as = models.CharField(max_length=20, choices=[(role.value, role.label) for role in KEY_HOLDERS])
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # as asked_by
        related_name="+",
    )
    decided_as = models.CharField(
        max_length=20, blank=True, choices=[(role.value, role.label) for role in KEY_HOLDERS]
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(_("catatan keputusan"), max_length=1_000, blank=True)
    # The one person who reads: the lead unit's supervisor who asked or approved. Oversight has no case pages.
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # as asked_by
        related_name="+",
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(_("sampai"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # as asked_by
        related_name="+",
    )

    objects = UnsealQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("pembukaan segel")
        verbose_name_plural = _("pembukaan segel")
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(status=UnsealStatus.REQUESTED),
                name="one_waiting_unseal_request_per_case",
                violation_error_message=_("Sudah ada permintaan yang menunggu keputusan."),
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | (~Q(decided_by=F("asked_by")) & ~Q(decided_as=F("asked_as"))),
                name="unsealing_takes_two_people_of_two_roles",
            ),
            models.CheckConstraint(
                condition=Q(asked_as__in=KEY_HOLDERS) & Q(decided_as__in=["", *KEY_HOLDERS]),
                name="unsealing_is_for_key_holders",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[UnsealStatus.APPROVED, UnsealStatus.REFUSED])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="unsealing_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status=UnsealStatus.APPROVED)
                | Q(reader__isnull=False, opened_at__isnull=False, until__gt=F("opened_at")),
                name="approved_unsealing_has_reader_and_end",
            ),
        ]
        indexes = [models.Index(fields=["reader", "case", "until"], name="unsealing_of_reader")]

    def __str__(self) -> str:
        return self.code

    @property
    def is_waiting(self) -> bool:
        return self.status == UnsealStatus.REQUESTED

    @property
    def is_in_force(self) -> bool:
        now = timezone.now()
        return (
            self.status == UnsealStatus.APPROVED
            and self.opened_at is not None
            and self.until is not None
            and self.opened_at <= now < self.until
        )

    @property
    def length(self) -> dt.timedelta:
        return dt.timedelta(hours=self.hours)


class ConflictQuerySet(models.QuerySet["ConflictDeclaration"]):
    def standing(self) -> ConflictQuerySet:
        return self.filter(ended_at__isnull=True)


@tracked()
class ConflictDeclaration(Coded, Versioned, Timestamped):
    """``staff`` is related to ``participant``: nothing of any case of that person is theirs, until it is ended."""

    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # what was declared stays on record
        related_name="conflicts",
        verbose_name=_("petugas"),
    )
    participant = models.ForeignKey(
        Participant,
        on_delete=models.PROTECT,  # only the retention job destroys
        related_name="conflicts",
    )
    # The case on whose page or by whose code it was said; it holds for every case of the person.
    case = models.ForeignKey(
        CaseFile,
        on_delete=models.PROTECT,  # as participant
        related_name="conflicts",
    )
    kind = models.CharField(_("hubungan"), max_length=20, choices=TieKind)
    note = models.CharField(_("keterangan"), max_length=300, blank=True)
    declared_at = models.DateTimeField(_("dinyatakan"), default=timezone.now, editable=False)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # as staff
        related_name="+",
    )
    # Supervises in place of a supervisor who is related, where the unit has no other.
    stand_in = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # as staff
        related_name="+",
        verbose_name=_("pengawas pengganti"),
    )
    confirmed_at = models.DateTimeField(_("dibenarkan"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # as staff
        related_name="+",
    )
    ended_at = models.DateTimeField(_("berakhir"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # as staff
        related_name="+",
    )
    end_reason = models.CharField(_("alasan mengakhiri"), max_length=300, blank=True)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        ordering = ["-declared_at", "-pk"]
        verbose_name = _("pernyataan hubungan")
        verbose_name_plural = _("pernyataan hubungan")
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "participant"],
                condition=Q(ended_at__isnull=True),
                name="one_standing_declaration_per_person",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | (Q(ended_by__isnull=False) & ~Q(end_reason="")),
                name="declaration_ended_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True) | ~Q(ended_by=F("staff")),
                name="declaration_not_ended_by_its_subject",
            ),
        ]
        indexes = [
            models.Index(
                fields=["stand_in", "participant"],
                condition=Q(ended_at__isnull=True, stand_in__isnull=False),
                name="conflict_stand_in",
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_standing(self) -> bool:
        return self.ended_at is None
