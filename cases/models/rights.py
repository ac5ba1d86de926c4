"""What a person asked about the own data, and what became of it."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from cases.deadlines import rights_due
from cases.enums.rights import (
    NEEDS_REASON,
    WAITING,
    RefusalGround,
    RequestChannel,
    Requester,
    RightsKind,
    RightsStatus,
)
from cases.models.casefile import CaseFile
from cases.models.legal import Consent
from core.models import Coded, Timestamped, Versioned, tracked


class RightsRequestQuerySet(models.QuerySet["RightsRequest"]):
    def waiting(self) -> RightsRequestQuerySet:
        return self.filter(status__in=WAITING)

    def overdue(self) -> RightsRequestQuerySet:
        return self.waiting().filter(due_at__lt=timezone.now())


@tracked()
class RightsRequest(Coded, Versioned, Timestamped):
    """A request under UU PDP. The officer who decides never opens the file: what the letter needs stands here."""

    case = models.ForeignKey(
        CaseFile,
        on_delete=models.PROTECT,  # only the retention job destroys
        related_name="rights_requests",
    )
    # Copies, because the data-protection officer sees neither the case nor the person.
    case_code = models.CharField(_("kode kasus"), max_length=9, editable=False)
    lead_unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,  # who must carry it out stays on record
        related_name="+",
        verbose_name=_("unit penanggung jawab"),
    )
    person_name = models.CharField(_("nama peserta"), max_length=160)
    kind = models.CharField(_("permintaan"), max_length=12, choices=RightsKind)
    words = models.TextField(_("isi permintaan"), max_length=4_000)
    channel = models.CharField(_("cara masuk"), max_length=12, choices=RequestChannel)
    requester = models.CharField(_("pemohon"), max_length=14, choices=Requester, default=Requester.SELF)
    requester_name = models.CharField(_("nama pemohon"), max_length=160, blank=True)
    proof_note = models.CharField(_("bukti jati diri atau kuasa"), max_length=300)
    reply_to = models.CharField(_("cara aman mengirim jawaban"), max_length=300)
    received_at = models.DateTimeField(_("diterima"))
    due_at = models.DateTimeField(_("tenggat"), editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who took it in
        related_name="+",
    )
    consent = models.ForeignKey(
        Consent,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # the withdrawal is proven with it
        related_name="rights_requests",
        verbose_name=_("persetujuan yang ditarik"),
    )
    status = models.CharField(
        _("status"), max_length=16, choices=RightsStatus, default=RightsStatus.RECEIVED, editable=False
    )
    # What the officer asks of the unit that has the file, and its answer.
    unit_question = models.TextField(_("permintaan kepada unit"), max_length=2_000, blank=True)
    unit_answer = models.TextField(_("laporan unit"), max_length=4_000, blank=True)
    unit_answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    unit_answered_at = models.DateTimeField(null=True, blank=True)
    decision = models.TextField(_("keputusan"), max_length=4_000, blank=True)
    ground = models.CharField(_("alasan hukum"), max_length=24, choices=RefusalGround, blank=True)
    reason = models.TextField(_("penjelasan alasan"), max_length=2_000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # the letter is signed
        related_name="+",
    )
    decided_at = models.DateTimeField(_("diputuskan"), null=True, blank=True)

    objects = RightsRequestQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        verbose_name = _("permintaan hak")
        constraints = [
            models.CheckConstraint(condition=Q(due_at__gt=F("received_at")), name="rights_due_after_received"),
            models.CheckConstraint(
                condition=Q(status__in=WAITING, decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(status__in=WAITING) & Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(decision="")),
                name="rights_decided_iff_ended",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=NEEDS_REASON) | (~Q(ground="") & ~Q(reason="")),
                name="rights_refused_for_a_legal_reason",
                violation_error_message=_("Penolakan, juga sebagian, memerlukan alasan hukum."),
            ),
            models.CheckConstraint(
                condition=Q(requester=Requester.SELF) | ~Q(requester_name=""),
                name="rights_requester_has_a_name",
                violation_error_message=_("Tulis nama pemohon."),
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("recorded_by")),
                name="rights_decided_by_another_person",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "due_at"], name="rights_by_due"),
            models.Index(fields=["case", "received_at"], name="rights_of_case"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_waiting(self) -> bool:
        return self.status in WAITING

    @property
    def is_overdue(self) -> bool:
        return self.is_waiting and self.due_at < timezone.now()

    @property
    def was_late(self) -> bool:
        return self.decided_at is not None and self.decided_at > self.due_at

    @property
    def asks_unit(self) -> bool:
        """The unit was asked and has not answered."""
        return bool(self.unit_question) and self.unit_answered_at is None

    @property
    def addressee(self) -> str:
        return self.requester_name or self.person_name

    def set_received(self, at: dt.datetime) -> None:
        """The clock starts when the request came in, not when it was typed."""
        self.received_at = at
        self.due_at = rights_due(at)
