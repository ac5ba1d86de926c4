"""Closed lists of why data of a person may be processed at all: UU 27/2022, Pasal 20 ayat (2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BasisPurpose(models.TextChoices):
    SERVICE = "service", _("Bimbingan dan pelayanan")
    SUPERVISION = "supervision", _("Pengawasan dan wajib lapor")
    COORDINATION = "coordination", _("Koordinasi antarinstansi")
    REPORTING = "reporting", _("Laporan dan pertanggungjawaban")
    PROTECTION = "protection", _("Pelindungan keselamatan")


class Ground(models.TextChoices):
    """Letters b to f. Letter a, consent, is a record of its own: it is given and taken back by the person."""

    CONTRACT = "perjanjian", _("Perjanjian dengan peserta (huruf b)")
    LEGAL_DUTY = "kewajiban_hukum", _("Kewajiban hukum (huruf c)")
    VITAL_INTEREST = "kepentingan_vital", _("Kepentingan vital (huruf d)")
    PUBLIC_DUTY = "kewenangan", _("Tugas dan kewenangan menurut undang-undang (huruf e)")
    LEGITIMATE_INTEREST = "kepentingan_sah", _("Kepentingan yang sah (huruf f)")


# What is written with a new case, by its kind: the rule that the agency works under. Changed case by case where a
# court's letter or another rule says more.
LAW_OF: dict[str, str] = {
    "bimbingan_bapas": "UU 22/2022 Pasal 56; PP 31/1999 Pasal 33",
    "rehabilitasi_sosial_dewasa": "UU 11/2009; Permensos 7/2021 jo. 7/2022",
    "rehabilitasi_sosial_anak": "UU 35/2014 Pasal 59 dan 69B; Permensos 7/2021 jo. 7/2022",
    "mitra_derad": "UU 5/2018 Pasal 43D; PP 77/2019",
    "keluarga": "UU 5/2018 Pasal 43D ayat (2); UU 11/2009",
    "korban": "UU 11/2009; UU 5/2018",
}
