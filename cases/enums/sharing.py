"""Closed lists of how a file is opened to others: conferences, and the review of emergency accesses."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ConferenceKind(models.TextChoices):
    CASE_DISCUSSION = "pembahasan_kasus", _("Pembahasan kasus")
    TPP_HEARING = "sidang_tpp", _("Sidang TPP")
    HANDOVER = "serah_terima", _("Serah terima")
    EMERGENCY = "darurat", _("Darurat")


class Reviewer(models.TextChoices):
    """Who looks at an emergency access afterwards; each of them once."""

    SUPERVISOR = "supervisor", _("Pengawas unit penanggung jawab")
    DPO = "dpo", _("Pejabat pelindungan data")


class ReviewOutcome(models.TextChoices):
    JUSTIFIED = "justified", _("Beralasan")
    NOT_JUSTIFIED = "not_justified", _("Tidak beralasan")
    FOLLOW_UP = "follow_up", _("Perlu tindak lanjut")
