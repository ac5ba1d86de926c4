"""Closed lists of a household."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kinship(models.TextChoices):
    """To the head of the family, as a family card says it."""

    HEAD = "kepala_keluarga", _("Kepala keluarga")
    SPOUSE = "pasangan", _("Suami atau istri")
    CHILD = "anak", _("Anak")
    PARENT = "orang_tua", _("Orang tua")
    PARENT_IN_LAW = "mertua", _("Mertua")
    SIBLING = "saudara", _("Saudara kandung")
    GRANDCHILD = "cucu", _("Cucu")
    GRANDPARENT = "kakek_nenek", _("Kakek atau nenek")
    OTHER = "famili_lain", _("Famili lain")
    NOT_RELATED = "bukan_keluarga", _("Bukan keluarga")
