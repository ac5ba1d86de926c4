"""Closed lists of what keeps people away from a case: sealed files and declared ties."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import Transition


class UnsealStatus(models.TextChoices):
    """The two-person opening of a sealed file (D §2.5, ET-3)."""

    REQUESTED = "requested", _("Menunggu persetujuan")
    APPROVED = "approved", _("Disetujui")
    REFUSED = "refused", _("Ditolak")
    ENDED = "ended", _("Berakhir")


APPROVE_UNSEALING = Transition.of(UnsealStatus.REQUESTED, to=UnsealStatus.APPROVED)
REFUSE_UNSEALING = Transition.of(UnsealStatus.REQUESTED, to=UnsealStatus.REFUSED)
END_UNSEALING = Transition.of(UnsealStatus.REQUESTED, UnsealStatus.APPROVED, to=UnsealStatus.ENDED)


class TieKind(models.TextChoices):
    """How somebody of the staff is related to a participant (I-27)."""

    FAMILY = "keluarga", _("Keluarga atau ipar")
    FRIEND = "teman", _("Teman dekat atau tetangga")
    BUSINESS = "usaha", _("Hubungan usaha atau utang")
    CASE_PARTY = "perkara", _("Terlibat dalam perkaranya")
    OTHER = "lainnya", _("Hubungan lain")
