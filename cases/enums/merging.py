"""Closed lists of what becomes of two rows that may be one person."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import Transition


class PairStatus(models.TextChoices):
    """What a data admin decided about two people."""

    MERGED = "merged", _("Digabung")
    UNDONE = "undone", _("Dipisah lagi")
    DISTINCT = "distinct", _("Dua orang berbeda")


UNMERGE = Transition.of(PairStatus.MERGED, to=PairStatus.UNDONE)
