"""The handing over of a case to another unit: proposed, approved by the sender, taken over or declined (D §2.2.9)."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from cases.enums import CaseType, Section, Sex
from cases.enums.transfer import OPEN_TRANSFER, AgeGroup, TransferReason, TransferStatus
from cases.models.casefile import CaseFile
from core.models import Coded, Timestamped, Versioned, tracked

# The file moves as a whole: its work cannot be done with half of it. Only clinical notes may stay behind.
ALWAYS_ALONG = [section.value for section in Section if section != Section.CLINICAL]
# So long the former team reads on, to answer questions (D §3.2).
READS_ON = dt.timedelta(days=30)


class TransferQuerySet(models.QuerySet["CaseTransfer"]):
    def open(self) -> TransferQuerySet:
        return self.filter(status__in=OPEN_TRANSFER)

    def accepted(self) -> TransferQuerySet:
        return self.filter(status=TransferStatus.ACCEPTED)


@tracked()
class CaseTransfer(Coded, Versioned, Timestamped):
    case = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="transfers")
    # Made when the form opens: the same proposal sent twice is one.
    client_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # What the receiving unit is told before it answers; of the case itself it sees nothing. No name.
    case_code = models.CharField(_("kode berkas"), max_length=9, editable=False)
    case_type = models.CharField(_("jenis kasus"), max_length=30, choices=CaseType, editable=False)
    sex = models.CharField(_("jenis kelamin"), max_length=6, choices=Sex, editable=False)
    age_group = models.CharField(_("kelompok usia"), max_length=6, choices=AgeGroup, editable=False)
    is_victim_file = models.BooleanField(_("berkas penyintas"), default=False, editable=False)
    from_unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,  # who answered for whom stays on record
        related_name="+",
        verbose_name=_("dari unit"),
    )
    to_unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,  # as from_unit
        related_name="+",
        verbose_name=_("unit tujuan"),
    )
    reason = models.CharField(_("alasan"), max_length=12, choices=TransferReason)
    note = models.CharField(_("keterangan"), max_length=1_000)
    data_scope = ArrayField(models.CharField(max_length=12, choices=Section), verbose_name=_("data yang ikut"))
    status = models.CharField(
        _("status"), max_length=15, choices=TransferStatus, default=TransferStatus.PROPOSED, editable=False
    )
    proposed_at = models.DateTimeField(_("diusulkan"), default=timezone.now, editable=False)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # as from_unit
        related_name="+",
        verbose_name=_("pengusul"),
    )
    approved_at = models.DateTimeField(_("disetujui pengirim"), null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # as from_unit
        related_name="+",
        verbose_name=_("penyetuju"),
    )
    # The day by which the one whose turn it is answers.
    due_at = models.DateTimeField(_("tenggat jawaban"))
    # Accepted, declined or cancelled: when, by whom, and what they wrote to it.
    ended_at = models.DateTimeField(_("dijawab"), null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # as from_unit
        related_name="+",
        verbose_name=_("penjawab"),
    )
    answer = models.CharField(_("jawaban"), max_length=1_000, blank=True)
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # as from_unit
        related_name="+",
        verbose_name=_("penanggung jawab baru"),
    )
    effective_at = models.DateTimeField(_("berlaku sejak"), null=True, blank=True, editable=False)
    reads_until = models.DateTimeField(_("unit lama membaca sampai"), null=True, blank=True, editable=False)

    objects = TransferQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        verbose_name = _("alih berkas")
        verbose_name_plural = _("alih berkas")
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(status__in=OPEN_TRANSFER),
                name="one_open_transfer_per_case",
                violation_error_message=_("Alih berkas kasus ini sudah diusulkan."),
            ),
            models.CheckConstraint(
                condition=~Q(from_unit=F("to_unit")),
                name="transfer_goes_to_another_unit",
                violation_error_message=_("Pilih unit lain."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                name="transfer_approver_did_not_propose",  # I-28
            ),
            models.CheckConstraint(
                condition=Q(data_scope__contains=ALWAYS_ALONG), name="transfer_moves_all_but_clinical_notes"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="transfer_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(
                    status__in=[TransferStatus.SENDER_APPROVED, TransferStatus.ACCEPTED, TransferStatus.DECLINED]
                )
                | Q(approved_by__isnull=False),
                name="transfer_answered_after_approval",
            ),
            models.CheckConstraint(
                condition=Q(status__in=OPEN_TRANSFER, ended_by__isnull=True, ended_at__isnull=True)
                | (~Q(status__in=OPEN_TRANSFER) & Q(ended_by__isnull=False, ended_at__isnull=False)),
                name="transfer_ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=TransferStatus.ACCEPTED,
                    worker__isnull=False,
                    effective_at__isnull=False,
                    reads_until__gt=F("effective_at"),
                )
                | (~Q(status=TransferStatus.ACCEPTED) & Q(worker=None, effective_at=None, reads_until=None)),
                name="accepted_transfer_has_worker_and_time",  # I-20
            ),
            models.CheckConstraint(
                condition=~Q(status=TransferStatus.DECLINED) | ~Q(answer=""),
                name="transfer_declined_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["from_unit", "-proposed_at", "-id"], name="transfer_out"),
            models.Index(fields=["to_unit", "-proposed_at", "-id"], name="transfer_in"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_TRANSFER

    @property
    def is_proposed(self) -> bool:
        return self.status == TransferStatus.PROPOSED

    @property
    def is_approved(self) -> bool:
        return self.status == TransferStatus.SENDER_APPROVED

    @property
    def takes_clinical(self) -> bool:
        return Section.CLINICAL in self.data_scope
