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
    SHARED = "shared", _("Membagikan berkas")
    SHARE_RENEWED = "share_renewed", _("Memperpanjang akses")
    SHARE_ENDED = "share_ended", _("Mencabut akses")
    BREAK_GLASS = "break_glass", _("Akses darurat")
    BREAK_GLASS_REFUSED = "break_glass_refused", _("Akses darurat tidak terbuka")
    BREAK_GLASS_REVIEWED = "break_glass_reviewed", _("Meninjau akses darurat")
    DOCUMENT_READ = "document_read", _("Lihat dokumen")
    SECTION_READ = "section_read", _("Buka bagian")
    REASON_GIVEN = "reason_given", _("Tulis alasan membuka")
    REFUSED = "refused", _("Ditolak")
    UNKNOWN_CODE = "unknown_code", _("Kode tidak dikenal")
    JOURNAL_READ = "journal_read", _("Buka jurnal")
    NIK_REVEALED = "nik_revealed", _("Lihat NIK lengkap")
    NIK_SOUGHT = "nik_sought", _("Cari dengan NIK")
    PERSON_SOUGHT = "person_sought", _("Cari orang sebelum membuka kasus")
    HISTORY_READ = "history_read", _("Buka riwayat")
    UNSEAL_ASKED = "unseal_asked", _("Minta buka segel")
    UNSEAL_APPROVED = "unseal_approved", _("Setujui buka segel")
    UNSEAL_REFUSED = "unseal_refused", _("Tolak buka segel")
    UNSEAL_ENDED = "unseal_ended", _("Akhiri buka segel")
    SEALED_READ = "sealed_read", _("Baca berkas tersegel")
    CASE_SEALED = "case_sealed", _("Segel berkas")
    CASE_UNSEALED = "case_unsealed", _("Lepas segel (kasus dibuka kembali)")
    CONFLICT_DECLARED = "conflict_declared", _("Nyatakan hubungan")
    CONFLICT_CONFIRMED = "conflict_confirmed", _("Benarkan hubungan")
    CONFLICT_ENDED = "conflict_ended", _("Akhiri pernyataan hubungan")
    SECOND_FACTOR_ADDED = "second_factor_added", _("Pasang langkah kedua")
    SECOND_FACTOR_REMOVED = "second_factor_removed", _("Lepas langkah kedua")
    SECOND_FACTOR_RESET = "second_factor_reset", _("Setel ulang langkah kedua")
    CODES_VIEWED = "codes_viewed", _("Lihat kode cadangan")
    CODES_RENEWED = "codes_renewed", _("Buat kode cadangan baru")
    SESSION_ENDED = "session_ended", _("Keluarkan perangkat")
    SESSION_EXPIRED = "session_expired", _("Keluar otomatis")
    NEW_DEVICE = "new_device", _("Masuk dari perangkat baru")
    CONDUCT_ACCEPTED = "conduct_accepted", _("Setujui kode etik")
    STAFF_CREATED = "staff_created", _("Buat akun")
    STAFF_CHANGED = "staff_changed", _("Ubah akun")
    STAFF_MOVED = "staff_moved", _("Pindahkan petugas")
    STAFF_DEACTIVATED = "staff_deactivated", _("Akhiri akun")
    STAFF_REACTIVATED = "staff_reactivated", _("Buka lagi akun")
    PASSWORD_LINK = "password_link", _("Kirim tautan kata sandi")
    ORGANISATION_CHANGED = "organisation_changed", _("Ubah unit, Pokja, atau fasilitas")
    EXPORT_ASKED = "export_asked", _("Ekspor diminta")
    EXPORT_APPROVED = "export_approved", _("Ekspor disetujui")
    EXPORT_REFUSED = "export_refused", _("Ekspor ditolak")
    EXPORT_MADE = "export_made", _("Berkas ekspor dibuat")
    EXPORT_PASSWORD_SHOWN = "export_password_shown", _("Kata sandi ekspor ditampilkan")
    EXPORT_DOWNLOADED = "export_downloaded", _("Ekspor diunduh")
    EXPORT_LINK_REFUSED = "export_link_refused", _("Tautan ekspor ditolak")
    EXPORT_PURGED = "export_purged", _("Berkas ekspor dihapus")
    PEOPLE_MERGED = "people_merged", _("Gabungkan data dua orang")
    PEOPLE_UNMERGED = "people_unmerged", _("Pisahkan lagi data dua orang")
    RIGHTS_REQUEST = "rights_request", _("Permintaan hak")
    COMPLAINT = "complaint", _("Pengaduan")
    BREACH = "breach", _("Insiden data pribadi")
    RETENTION = "retention", _("Retensi dan pemusnahan")
    TRANSFER = "transfer", _("Alih berkas")
    INSTRUMENT = "instrument", _("Instrumen penilaian")
