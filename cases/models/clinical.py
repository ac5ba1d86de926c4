"""Restricted clinical notes: sealed in the database, read by the author's profession alone (I-16)."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Profession
from cases.models.casefile import CaseFile
from cases.models.contact import EDIT_WINDOW
from core.encryption import SealedText
from core.models import Coded, Timestamped, Versioned, tracked


@tracked()
class ClinicalNote(Coded, Versioned, Timestamped):
    case = models.ForeignKey(
        CaseFile,
        on_delete=models.PROTECT,  # only the retention job destroys
        related_name="clinical_notes",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # a note is signed
        related_name="clinical_notes",
    )
    # The author's on the day of writing: this group reads it, whatever becomes of the author.
    profession = models.CharField(_("profesi"), max_length=20, choices=Profession, editable=False)
    # Each sealed text is bound to it: copied into another row it does not open.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Made when the form opens: the same note sent twice is stored once.
    client_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    occurred_at = models.DateTimeField(_("kapan"))
    recorded_at = models.DateTimeField(_("dicatat"), default=timezone.now, editable=False)
    text_sealed = models.BinaryField(editable=False)
    amends = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # the original is kept
        related_name="amendments",
    )
    reason_sealed = models.BinaryField(default=b"", editable=False)

    text = SealedText()
    reason = SealedText()

    class Meta:
        ordering = ["-occurred_at", "-pk"]
        verbose_name = _("catatan klinis")
        verbose_name_plural = _("catatan klinis")
        constraints = [
            models.CheckConstraint(condition=~Q(text_sealed=b""), name="clinical_note_says_something"),
            models.CheckConstraint(
                condition=Q(amends__isnull=True, reason_sealed=b"")
                | Q(Q(amends__isnull=False), ~Q(reason_sealed=b"")),
                name="clinical_amendment_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["case", "profession", "-occurred_at"], name="clinical_note_of_case")]

    def __str__(self) -> str:
        return self.code

    @property
    def is_freely_editable(self) -> bool:
        return timezone.now() < self.recorded_at + EDIT_WINDOW

    @property
    def editable_until(self) -> dt.datetime:
        return self.recorded_at + EDIT_WINDOW
