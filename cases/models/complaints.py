"""What somebody reports outside the line of command."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from cases.enums.complaints import WAITING, ComplaintKind, ComplaintStatus
from cases.models.casefile import CaseFile
from core.codes import ALPHABET
from core.models import Coded, Timestamped, Versioned, tracked

RECEIPT_LETTERS = 12  # 30^12: nobody finds another's answer by trying


def receipt_of(*sent: str) -> str:
    """The receipt of a form as it was sent, with the random id that its page gave it: sent twice, it has one."""
    number = int.from_bytes(salted_hmac("cases.complaint.sent", "\0".join(sent), algorithm="sha256").digest(), "big")
    letters = ""
    for _place in range(RECEIPT_LETTERS):
        number, letter = divmod(number, len(ALPHABET))
        letters += ALPHABET[letter]
    return "-".join(letters[place : place + 4] for place in range(0, RECEIPT_LETTERS, 4))


def receipt_key(receipt: str) -> str:
    """What is stored instead of the receipt: who reads the table cannot look up an answer with it."""
    plain = "".join(letter for letter in receipt.upper() if letter in ALPHABET)
    return salted_hmac("cases.complaint.receipt", plain).hexdigest()


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def waiting(self) -> ComplaintQuerySet:
        return self.filter(status__in=WAITING)


@tracked()
class Complaint(Coded, Versioned, Timestamped):
    """Read and answered by the data-protection officer; never shown to the unit or its supervisors."""

    kind = models.CharField(_("tentang"), max_length=8, choices=ComplaintKind)
    words = models.TextField(_("isi laporan"), max_length=4_000)
    # Empty for a report from outside; the answer is then looked up with the receipt.
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # the answer goes there
        related_name="complaints",
    )
    # Asked not to be named: then nobody is told who it was, the officer included.
    unnamed = models.BooleanField(_("tanpa nama"), default=False)
    contact = models.CharField(_("cara menghubungi"), max_length=200, blank=True)
    receipt_key = models.CharField(max_length=64, blank=True, editable=False)
    case = models.ForeignKey(
        CaseFile,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # only the retention job destroys
        related_name="complaints",
    )
    case_code = models.CharField(_("kode kasus"), max_length=9, blank=True, editable=False)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(_("diterima"), default=timezone.now, editable=False)
    due_at = models.DateTimeField(_("tenggat"), editable=False)
    status = models.CharField(
        _("status"), max_length=12, choices=ComplaintStatus, default=ComplaintStatus.RECEIVED, editable=False
    )
    forwarded_text = models.TextField(_("diteruskan"), max_length=1_000, blank=True)
    forwarded_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(_("jawaban"), max_length=4_000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # who answered stays on record
        related_name="+",
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        verbose_name = _("pengaduan")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=WAITING, answered_at__isnull=True)
                | (~Q(status__in=WAITING) & Q(answered_at__isnull=False) & ~Q(answer="")),
                name="complaint_answered_iff_ended",
            ),
            models.CheckConstraint(
                condition=Q(reporter__isnull=False) | ~Q(receipt_key=""), name="complaint_can_be_answered"
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | Q(reporter__isnull=True) | ~Q(answered_by=F("reporter")),
                name="complaint_answered_by_another_person",
            ),
            models.UniqueConstraint(
                fields=["receipt_key"], condition=~Q(receipt_key=""), name="one_complaint_per_receipt"
            ),
        ]
        indexes = [models.Index(fields=["status", "due_at"], name="complaint_by_due")]

    def __str__(self) -> str:
        return self.code

    @property
    def is_waiting(self) -> bool:
        return self.status in WAITING

    @property
    def is_overdue(self) -> bool:
        return self.is_waiting and self.due_at < timezone.now()

    @property
    def is_public(self) -> bool:
        return self.reporter_id is None
