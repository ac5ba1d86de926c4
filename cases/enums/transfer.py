"""Closed lists of the transfer of a case to another unit, and its moves (D §3.2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import Transition


class TransferStatus(models.TextChoices):
    PROPOSED = "proposed", _("Diusulkan")
    SENDER_APPROVED = "sender_approved", _("Disetujui pengirim")
    ACCEPTED = "accepted", _("Diterima")
    DECLINED = "declined", _("Ditolak")
    CANCELLED = "cancelled", _("Dibatalkan")


OPEN_TRANSFER = (TransferStatus.PROPOSED, TransferStatus.SENDER_APPROVED)
APPROVE_TRANSFER = Transition.of(TransferStatus.PROPOSED, to=TransferStatus.SENDER_APPROVED)
ACCEPT_TRANSFER = Transition.of(TransferStatus.SENDER_APPROVED, to=TransferStatus.ACCEPTED)
DECLINE_TRANSFER = Transition.of(TransferStatus.SENDER_APPROVED, to=TransferStatus.DECLINED)
CANCEL_TRANSFER = Transition.of(*OPEN_TRANSFER, to=TransferStatus.CANCELLED)


class TransferReason(models.TextChoices):
    """Why another unit should answer for the case."""

    MOVED = "pindah", _("Peserta pindah tempat tinggal")
    FAMILY = "keluarga", _("Dekat dengan keluarga atau penjamin")
    SAFETY = "keamanan", _("Keamanan peserta atau keluarganya")
    SERVICE = "layanan", _("Layanan yang diperlukan ada di sana")
    AREA = "wilayah", _("Wilayah kerja berubah")
    OTHER = "lainnya", _("Alasan lain")


class AgeGroup(models.TextChoices):
    """As much of an age as a unit needs to decide about somebody whom it does not know yet."""

    CHILD = "child", _("Anak")
    YOUNG = "18-24", _("18–24 tahun")
    ADULT = "25-59", _("25–59 tahun")
    OLD = "60+", _("60 tahun ke atas")
