"""Closed lists of the organisation: kinds of agency and unit, roles, professions."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AgencyKind(models.TextChoices):
    BNPT = "bnpt", _("BNPT (Penanggulangan Terorisme)")
    KEMENSOS = "kemensos", _("Kementerian Sosial")
    DITJENPAS = "ditjenpas", _("Ditjen Pemasyarakatan")
    CSO = "cso", _("Organisasi masyarakat sipil")


class UnitKind(models.TextChoices):
    HEAD_OFFICE = "head_office", _("Kantor pusat")
    SENTRA_TERPADU = "sentra_terpadu", _("Sentra Terpadu")
    SENTRA = "sentra", _("Sentra")
    BAPAS = "bapas", _("Bapas")
    POS_BAPAS = "pos_bapas", _("Pos Bapas")
    FIELD_TEAM = "field_team", _("Tim lapangan")
    CSO_OFFICE = "cso_office", _("Kantor CSO")


class FacilityKind(models.TextChoices):
    GRIYA_ABHIPRAYA = "griya_abhipraya", _("Griya Abhipraya")
    SKA = "ska", _("Sentra Kreasi ATENSI")
    DORMITORY = "dormitory", _("Asrama")


class RegionLevel(models.TextChoices):
    PROVINCE = "province", _("Provinsi")
    REGENCY = "regency", _("Kabupaten atau kota")
    DISTRICT = "district", _("Kecamatan")


class Zone(models.TextChoices):
    WIB = "Asia/Jakarta", _("WIB")
    WITA = "Asia/Makassar", _("WITA")
    WIT = "Asia/Jayapura", _("WIT")


class Role(models.TextChoices):
    """What a person does. Never enough by itself: a right is (agency, role, unit, caseload)."""

    CASEWORKER = "caseworker", _("Petugas kasus")
    SUPERVISOR = "supervisor", _("Pengawas")
    DATA_ADMIN = "data_admin", _("Admin data")
    ANALYST = "analyst", _("Analis")
    FIELD_OFFICER = "field_officer", _("Petugas lapangan CSO")
    AUDITOR = "auditor", _("Auditor")
    DPO = "dpo", _("Pejabat pelindungan data")
    SYSTEM = "system", _("Sistem")


class Profession(models.TextChoices):
    PK_BAPAS = "pk_bapas", _("Pembimbing Kemasyarakatan")
    PEKERJA_SOSIAL = "pekerja_sosial", _("Pekerja sosial")
    PSIKOLOG = "psikolog", _("Psikolog")
    ASESOR_BNPT = "asesor_bnpt", _("Asesor BNPT")
    ANALIS = "analis", _("Analis")
    PETUGAS_LAPANGAN = "petugas_lapangan", _("Petugas lapangan")
    ADMINISTRASI = "administrasi", _("Tenaga administrasi")


class JournalAction(models.TextChoices):
    SIGN_IN = "sign_in", _("Masuk")
    SIGN_IN_FAILED = "sign_in_failed", _("Gagal masuk")
    SIGN_OUT = "sign_out", _("Keluar")
    PASSWORD_CHANGED = "password_changed", _("Ganti kata sandi")
    DOWNLOAD = "download", _("Unduh")
