"""What is known of a participant in time, or never."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Citizenship(models.TextChoices):
    INDONESIAN = "wni", _("Warga negara Indonesia")
    FOREIGN = "wna", _("Warga negara asing")
    BOTH = "ganda_terbatas", _("Berkewarganegaraan ganda terbatas (anak)")
    STATELESS = "tanpa", _("Tanpa kewarganegaraan")
    UNCLEAR = "belum_jelas", _("Belum jelas, sedang diurus")


class MaritalStatus(models.TextChoices):
    """As on the family card."""

    SINGLE = "belum_kawin", _("Belum kawin")
    MARRIED = "kawin", _("Kawin")
    DIVORCED = "cerai_hidup", _("Cerai hidup")
    WIDOWED = "cerai_mati", _("Cerai mati")


class Education(models.TextChoices):
    """The highest finished."""

    NONE = "tidak_sekolah", _("Tidak atau belum sekolah")
    PRIMARY = "sd", _("SD atau sederajat")
    LOWER_SECONDARY = "smp", _("SMP atau sederajat")
    UPPER_SECONDARY = "sma", _("SMA atau sederajat")
    DIPLOMA = "diploma", _("Diploma")
    BACHELOR = "sarjana", _("Sarjana")
    POSTGRADUATE = "pascasarjana", _("Pascasarjana")


class Religion(models.TextChoices):
    """As on the identity card; nobody has to say one."""

    ISLAM = "islam", _("Islam")
    PROTESTANT = "kristen", _("Kristen")
    CATHOLIC = "katolik", _("Katolik")
    HINDU = "hindu", _("Hindu")
    BUDDHIST = "buddha", _("Buddha")
    CONFUCIAN = "khonghucu", _("Khonghucu")
    BELIEF = "kepercayaan", _("Kepercayaan terhadap Tuhan Yang Maha Esa")
