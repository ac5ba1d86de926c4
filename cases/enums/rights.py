"""Requests of the people whose data these are (UU 27/2022 Pasal 5-13), complaints, and breaches."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import Transition


class RightsKind(models.TextChoices):
    INFORMATION = "information", _("Informasi tentang pemrosesan (Pasal 5)")
    CORRECTION = "correction", _("Pembetulan (Pasal 6)")
    COPY = "copy", _("Akses dan salinan (Pasal 7)")
    ERASURE = "erasure", _("Pengakhiran dan penghapusan (Pasal 8)")
    WITHDRAWAL = "withdrawal", _("Penarikan persetujuan (Pasal 9)")
    OBJECTION = "objection", _("Keberatan atas penilaian (Pasal 10)")
    RESTRICTION = "restriction", _("Pembatasan pemrosesan (Pasal 11)")


class RightsStatus(models.TextChoices):
    RECEIVED = "received", _("Diterima")
    UNDER_REVIEW = "under_review", _("Diperiksa")
    FULFILLED = "fulfilled", _("Dipenuhi")
    PARTLY_FULFILLED = "partly_fulfilled", _("Dipenuhi sebagian")
    REFUSED = "refused", _("Ditolak")


WAITING = frozenset({RightsStatus.RECEIVED, RightsStatus.UNDER_REVIEW})
# A refusal, in whole or in part, needs the law's own reason (Pasal 15, 33, 50).
NEEDS_REASON = frozenset({RightsStatus.PARTLY_FULFILLED, RightsStatus.REFUSED})

TAKE_UP = Transition.of(RightsStatus.RECEIVED, to=RightsStatus.UNDER_REVIEW)
DECIDE = {
    outcome: Transition.of(RightsStatus.UNDER_REVIEW, to=outcome)
    for outcome in (RightsStatus.FULFILLED, RightsStatus.PARTLY_FULFILLED, RightsStatus.REFUSED)
}


class Requester(models.TextChoices):
    SELF = "self", _("Peserta sendiri")
    GUARDIAN = "guardian", _("Orang tua atau wali")
    REPRESENTATIVE = "representative", _("Kuasa")


class RequestChannel(models.TextChoices):
    IN_PERSON = "in_person", _("Datang sendiri")
    LETTER = "letter", _("Surat")
    PHONE = "phone", _("Telepon")
    MESSAGE = "message", _("Pesan atau surel")


class RefusalGround(models.TextChoices):
    """The exceptions that the law itself lists; anything else is no ground."""

    LAW_ENFORCEMENT = "law_enforcement", _("Kepentingan proses penegakan hukum (Pasal 15)")
    STATE_ADMINISTRATION = "state_administration", _("Penyelenggaraan negara menurut undang-undang (Pasal 15)")
    DEFENCE = "defence", _("Pertahanan dan keamanan nasional (Pasal 15)")
    ENDANGERS = "endangers", _("Membahayakan keamanan atau kesehatan seseorang (Pasal 33)")
    OTHERS_DATA = "others_data", _("Membuka data pribadi orang lain (Pasal 33)")
    ARCHIVE_DUTY = "archive_duty", _("Kewajiban menyimpan arsip (UU 43/2009)")
    NOT_PROVEN = "not_proven", _("Pemohon tidak dapat membuktikan haknya")
