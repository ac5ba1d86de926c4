"""How long files are kept, and the list by which they are destroyed (UU 27/2022 Pasal 42-45, UU 43/2009)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import Transition


class ListStatus(models.TextChoices):
    """Two signatures, in whatever order, before anything is destroyed (ET-18)."""

    DRAFT = "draft", _("Menunggu tanda tangan")
    SIGNED = "signed", _("Satu tanda tangan")
    APPROVED = "approved", _("Disetujui")
    CARRIED_OUT = "carried_out", _("Dilaksanakan")
    CANCELLED = "cancelled", _("Dibatalkan")


# What can still be stopped.
PENDING = frozenset({ListStatus.DRAFT, ListStatus.SIGNED, ListStatus.APPROVED})
WAITING = frozenset({ListStatus.DRAFT, ListStatus.SIGNED})
SIGN_FIRST = Transition.of(ListStatus.DRAFT, to=ListStatus.SIGNED)
SIGN_SECOND = Transition.of(ListStatus.SIGNED, to=ListStatus.APPROVED)
CARRY_OUT = Transition.of(ListStatus.APPROVED, to=ListStatus.CARRIED_OUT)
CANCEL = Transition.of(*PENDING, to=ListStatus.CANCELLED)


class KeptBy(models.TextChoices):
    """Why a file may not be destroyed now; the database answers one of these (``titian_kept_by``)."""

    MISSING = "missing", _("berkas tidak ada")
    OPEN = "open", _("kasus belum ditutup")
    NO_RULE = "no_rule", _("tidak ada jadwal retensi yang berlaku")
    TIME = "time", _("masa simpan belum habis")
    HOLD = "hold", _("penahanan hukum")
    RIGHTS = "rights", _("permintaan hak belum dijawab")
    COMPLAINT = "complaint", _("pengaduan belum dijawab")
    BREACH = "breach", _("insiden data belum ditutup")
    UNSEALING = "unsealing", _("segel sedang dibuka atau diminta dibuka")
