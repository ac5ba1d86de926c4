"""Closed lists of the quarterly report and its moves (D §3.2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.workflow import Transition


class Scope(models.TextChoices):
    UNIT = "unit", _("Unit kerja")
    AGENCY = "agency", _("Instansi")
    NATIONAL = "national", _("Nasional")


class ReportStatus(models.TextChoices):
    DRAFTING = "drafting", _("Disusun")
    QUEUED = "queued", _("Antre")
    GENERATED = "generated", _("Selesai dibuat")
    FAILED = "failed", _("Gagal")
    IN_REVIEW = "in_review", _("Ditinjau")
    APPROVED = "approved", _("Disahkan")
    SENT = "sent", _("Dikirim")


R = ReportStatus
QUEUE = Transition.of(R.DRAFTING, R.FAILED, to=R.QUEUED)
GENERATED = Transition.of(R.QUEUED, to=R.GENERATED)
FAIL = Transition.of(R.QUEUED, to=R.FAILED)
ASK_REVIEW = Transition.of(R.GENERATED, to=R.IN_REVIEW)
APPROVE = Transition.of(R.IN_REVIEW, to=R.APPROVED)
SEND = Transition.of(R.APPROVED, to=R.SENT)


# Steps of a report's making as people read them; translated when shown. Progress is in hundredths.
COLLECT, DRAW, WRITE, CHECK = STEPS = (
    gettext_noop("Membekukan angka"),
    gettext_noop("Menyusun grafik dan tabel"),
    gettext_noop("Membuat PDF"),
    gettext_noop("Memeriksa PDF"),
)
STARTS_AT = dict(zip(STEPS, (2, 60, 70, 92), strict=True))
