"""Complaints and reports of harm, outside the line of command (ET-19)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import Transition


class ComplaintKind(models.TextChoices):
    HARM = "harm", _("Bahaya atau kerugian bagi seseorang")
    ERROR = "error", _("Kekeliruan data atau penilaian")
    CONDUCT = "conduct", _("Perlakuan petugas")
    PRIVACY = "privacy", _("Data pribadi dibuka atau disalahgunakan")
    OTHER = "other", _("Hal lain")


class ComplaintStatus(models.TextChoices):
    RECEIVED = "received", _("Diterima")
    UNDER_REVIEW = "under_review", _("Diperiksa")
    ANSWERED = "answered", _("Dijawab")
    NOT_PURSUED = "not_pursued", _("Tidak dapat ditindaklanjuti")


WAITING = frozenset({ComplaintStatus.RECEIVED, ComplaintStatus.UNDER_REVIEW})
TAKE_UP = Transition.of(ComplaintStatus.RECEIVED, to=ComplaintStatus.UNDER_REVIEW)
ANSWER = {
    outcome: Transition.of(ComplaintStatus.UNDER_REVIEW, to=outcome)
    for outcome in (ComplaintStatus.ANSWERED, ComplaintStatus.NOT_PURSUED)
}


class ForwardTo(models.TextChoices):
    WORKER = "worker", _("Penanggung jawab kasus")
    SUPERVISOR = "supervisor", _("Pengawas unit")
