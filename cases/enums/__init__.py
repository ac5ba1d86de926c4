"""Closed lists of the case file and the moves of its status (D §3.2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.enums.tasks import ALERTS, END_WITH_CASE, SUPERVISORS_ALONE, Priority, TaskKind, TaskStatus
from core.workflow import Transition

__all__ = ["ALERTS", "END_WITH_CASE", "SUPERVISORS_ALONE", "Priority", "TaskKind", "TaskStatus"]


class Sex(models.TextChoices):
    FEMALE = "female", _("Perempuan")
    MALE = "male", _("Laki-laki")


class DatePrecision(models.TextChoices):
    DAY = "day", _("Tepat")
    MONTH = "month", _("Bulan dan tahun")
    YEAR = "year", _("Tahun saja")
    ESTIMATE = "estimate", _("Perkiraan")


class ChildCategory(models.TextChoices):
    CHILD_OF_PERPETRATOR = "anak_dari_pelaku", _("Anak dari pelaku")
    CHILD_OF_WITNESS = "anak_dari_saksi", _("Anak dari saksi")
    CHILD_OF_VICTIM = "anak_dari_korban", _("Anak dari korban")
    CHILD_VICTIM = "anak_korban", _("Anak korban")
    CHILD_WITNESS = "anak_saksi", _("Anak saksi")
    IN_CONFLICT_WITH_LAW = "anak_berkonflik_dengan_hukum", _("Anak yang berkonflik dengan hukum")
    DEPORTED = "anak_deportan", _("Anak deportan")
    RETURNED = "anak_returnis", _("Anak returnis")
    NETWORK_VICTIM = "anak_korban_jaringan_terorisme", _("Anak korban jaringan terorisme")


class NikStatus(models.TextChoices):
    """Somebody without a NIK is normal: a child that came back, a birth nobody registered (D §2.7)."""

    PRESENT = "ada", _("Ada")
    NONE_YET = "belum_ada", _("Belum ada")
    UNKNOWN = "tidak_diketahui", _("Tidak diketahui")
    IN_PROCESS = "sedang_diurus", _("Sedang diurus")


class Disability(models.TextChoices):
    """Kinds of UU 8/2016, Pasal 4; several at once are said by several."""

    PHYSICAL = "fisik", _("Fisik")
    INTELLECTUAL = "intelektual", _("Intelektual")
    MENTAL = "mental", _("Mental")
    SEEING = "sensorik_netra", _("Penglihatan")
    HEARING = "sensorik_rungu", _("Pendengaran")
    SPEAKING = "sensorik_wicara", _("Wicara")


class PpksCategory(models.TextChoices):
    """People in need of social welfare services: of the 26 kinds of Permensos 8/2012 those met in this work."""

    FORMER_INMATE = "bekas_warga_binaan", _("Bekas warga binaan lembaga pemasyarakatan")
    DISABLED = "penyandang_disabilitas", _("Penyandang disabilitas")
    ELDERLY = "lanjut_usia_terlantar", _("Lanjut usia terlantar")
    CHILD_PROTECTION = "anak_perlindungan_khusus", _("Anak yang memerlukan perlindungan khusus (AMPK)")
    CHILD_AND_LAW = "anak_berhadapan_hukum", _("Anak yang berhadapan dengan hukum (ABH)")
    VIOLENCE = "korban_kekerasan", _("Korban tindak kekerasan")
    SOCIAL_DISASTER = "korban_bencana_sosial", _("Korban bencana sosial")
    VULNERABLE_WOMAN = "perempuan_rawan", _("Perempuan rawan sosial ekonomi")
    TROUBLED_FAMILY = "keluarga_bermasalah", _("Keluarga bermasalah sosial psikologis")
    POOR = "fakir_miskin", _("Fakir miskin")


class AmpkCategory(models.TextChoices):
    """Children in need of special protection, UU 35/2014, Pasal 59 ayat (2).

    Fourteen of its fifteen kinds: HIV/AIDS is a diagnosis, and the identity page has readers who need none.
    """

    EMERGENCY = "situasi_darurat", _("Dalam situasi darurat")
    LAW = "berhadapan_hukum", _("Berhadapan dengan hukum")
    MINORITY = "kelompok_minoritas", _("Dari kelompok minoritas dan terisolasi")
    EXPLOITED = "eksploitasi", _("Dieksploitasi secara ekonomi atau seksual")
    DRUGS = "napza", _("Korban penyalahgunaan napza")
    PORNOGRAPHY = "pornografi", _("Korban pornografi")
    TRAFFICKED = "penculikan_perdagangan", _("Korban penculikan, penjualan, atau perdagangan")
    VIOLENCE = "kekerasan", _("Korban kekerasan fisik atau psikis")
    SEXUAL_CRIME = "kejahatan_seksual", _("Korban kejahatan seksual")
    TERROR_NETWORK = "jaringan_terorisme", _("Korban jaringan terorisme")
    DISABLED = "disabilitas", _("Penyandang disabilitas")
    NEGLECTED = "penelantaran", _("Korban perlakuan salah dan penelantaran")
    DEVIANT = "perilaku_menyimpang", _("Dengan perilaku sosial menyimpang")
    LABELLED = "stigmatisasi", _("Korban stigma karena keadaan orang tuanya")


class CaseType(models.TextChoices):
    PROBATION = "bimbingan_bapas", _("Bimbingan Bapas")
    SOCIAL_ADULT = "rehabilitasi_sosial_dewasa", _("Rehabilitasi sosial dewasa")
    SOCIAL_CHILD = "rehabilitasi_sosial_anak", _("Rehabilitasi sosial anak")
    MITRA_DERAD = "mitra_derad", _("Mitra deradikalisasi")
    FAMILY = "keluarga", _("Keluarga")
    VICTIM = "korban", _("Penyintas")


# BNPT coordinates deradicalisation: these are the files whose summary it may see (D §3.5).
DERADICALISATION_TYPES = frozenset({CaseType.PROBATION, CaseType.MITRA_DERAD, CaseType.SOCIAL_ADULT})


class CaseStatus(models.TextChoices):
    DRAFT = "draft", _("Draf")
    ASSESSING = "assessing", _("Asesmen")
    PLANNING = "planning", _("Perencanaan")
    INTERVENING = "intervening", _("Intervensi")
    TRANSITION = "transition", _("Transisi")
    AFTERCARE = "aftercare", _("Pascalayanan")
    SUSPENDED = "suspended", _("Ditangguhkan")
    CLOSED = "closed", _("Ditutup")


# The planks of the bridge on the case page, in order.
STAGES = (
    CaseStatus.ASSESSING,
    CaseStatus.PLANNING,
    CaseStatus.INTERVENING,
    CaseStatus.TRANSITION,
    CaseStatus.AFTERCARE,
    CaseStatus.CLOSED,
)
# "Active on a day" of the report (D §6): open, and not a draft or suspended.
ACTIVE = frozenset(STAGES) - {CaseStatus.CLOSED}
OPEN = ACTIVE | {CaseStatus.DRAFT, CaseStatus.SUSPENDED}

NEXT_STAGE = {
    CaseStatus.DRAFT: Transition.of(CaseStatus.DRAFT, to=CaseStatus.ASSESSING),
    CaseStatus.ASSESSING: Transition.of(CaseStatus.ASSESSING, to=CaseStatus.PLANNING),
    CaseStatus.PLANNING: Transition.of(CaseStatus.PLANNING, to=CaseStatus.INTERVENING),
    CaseStatus.INTERVENING: Transition.of(CaseStatus.INTERVENING, to=CaseStatus.TRANSITION),
    CaseStatus.TRANSITION: Transition.of(CaseStatus.TRANSITION, to=CaseStatus.AFTERCARE),
}
SUSPEND = Transition.of(*ACTIVE, to=CaseStatus.SUSPENDED)
CLOSE = Transition.of(*ACTIVE, CaseStatus.SUSPENDED, to=CaseStatus.CLOSED)
REOPEN = Transition.of(CaseStatus.CLOSED, to=CaseStatus.ASSESSING)


class DeradStage(models.TextChoices):
    """PP 77/2019 Pasal 28 ff."""

    IDENTIFICATION = "identifikasi", _("Identifikasi dan penilaian")
    REHABILITATION = "rehabilitasi", _("Rehabilitasi")
    REEDUCATION = "reedukasi", _("Reedukasi")
    REINTEGRATION = "reintegrasi", _("Reintegrasi sosial")


class ProbationStage(models.TextChoices):
    """PP 31/1999 Pasal 33."""

    INITIAL = "awal", _("Tahap awal")
    CONTINUED = "lanjutan", _("Tahap lanjutan")
    FINAL = "akhir", _("Tahap akhir")


class AtensiPhase(models.TextChoices):
    """Permensos 7/2021 jo. 7/2022."""

    INTAKE = "intake", _("Pendekatan awal")
    ASSESSMENT = "asesmen", _("Asesmen")
    PLANNING = "perencanaan", _("Perencanaan")
    IMPLEMENTATION = "implementasi", _("Implementasi")
    MONITORING = "monev", _("Monitoring dan evaluasi")
    TERMINATION = "terminasi", _("Terminasi")
    AFTERCARE = "pascalayanan", _("Pascalayanan")


class ReferralSource(models.TextChoices):
    PRISON = "lapas", _("Lapas atau Rutan")
    POLICE = "densus_88", _("Densus 88")
    SOCIAL_OFFICE = "dinsos", _("Dinas Sosial")
    BNPT = "bnpt", _("BNPT (Penanggulangan Terorisme)")
    FAMILY = "keluarga", _("Keluarga")
    SELF = "mandiri", _("Datang sendiri")
    OTHER = "lainnya", _("Lainnya")


class LegalBasis(models.TextChoices):
    """UU 27/2022 Pasal 20: why these data may be processed at all."""

    PUBLIC_DUTY = "kewenangan", _("Tugas dan kewenangan menurut undang-undang")
    CONSENT = "persetujuan", _("Persetujuan")
    VITAL_INTEREST = "kepentingan_vital", _("Kepentingan vital")


class ClosureReason(models.TextChoices):
    COMPLETED = "selesai", _("Selesai")
    FULL_RELEASE = "bebas_murni", _("Bebas murni")
    MOVED = "pindah", _("Pindah")
    DECLINED = "menolak", _("Menolak layanan")
    DIED = "meninggal", _("Meninggal")
    UNREACHABLE = "tidak_dapat_dihubungi", _("Tidak dapat dihubungi")
    OUT_OF_MANDATE = "di_luar_mandat", _("Di luar mandat")
    DUPLICATE = "berkas_ganda", _("Berkas ganda: kasus yang sama berjalan pada berkas lain")


# What ends as it was meant to: with a final KRK and a date for after-care instead of a note (I-18).
COMPLETED = frozenset({ClosureReason.COMPLETED, ClosureReason.FULL_RELEASE})


class LegalStatusKind(models.TextChoices):
    SUSPECT = "tersangka", _("Tersangka")
    DEFENDANT = "terdakwa", _("Terdakwa")
    CONVICT = "terpidana", _("Terpidana")
    PRISONER = "narapidana", _("Narapidana")
    ASSIMILATION = "asimilasi", _("Asimilasi")
    PAROLE = "pb", _("Pembebasan bersyarat (PB)")
    PRE_RELEASE_LEAVE = "cmb", _("Cuti menjelang bebas (CMB)")
    CONDITIONAL_LEAVE = "cb", _("Cuti bersyarat (CB)")
    FULL_RELEASE = "bebas_murni", _("Bebas murni")
    FORMER_PRISONER = "mantan_napiter", _("Mantan narapidana")
    CHILD_OFFENDER = "abh_pelaku", _("ABH pelaku")
    CHILD_VICTIM = "abh_korban", _("ABH korban")
    CHILD_WITNESS = "abh_saksi", _("ABH saksi")
    NO_CASE = "tanpa_perkara", _("Tanpa perkara")


# A young victim or witness is protected as a victim is: never beside perpetrators (ET-15).
VICTIM_STATUSES = frozenset({LegalStatusKind.CHILD_VICTIM, LegalStatusKind.CHILD_WITNESS})


class ReturnKind(models.TextChoices):
    DEPORTED = "deportan", _("Deportan")
    RETURNED = "returnis", _("Returnis")
    REPATRIATED = "repatriasi", _("Repatriasi")


class ExternalValue(models.TextChoices):
    """Colours and levels of other bodies. Plain words here: never drawn as our own band (domain trap 2)."""

    GREEN = "hijau", _("Hijau")
    YELLOW = "kuning", _("Kuning")
    RED = "merah", _("Merah")
    LOW = "rendah", _("Rendah")
    MEDIUM = "sedang", _("Sedang")
    HIGH = "tinggi", _("Tinggi")


class ExternalInstrument(models.TextChoices):
    """Official tools of corrections (D §2.2.1): their results are written down here, never worked out again."""

    RRI = "rri", _("RRI (risiko residivisme)")
    CRIMINOGENIC = "kriminogenik", _("Kebutuhan kriminogenik")
    ISPN = "ispn", _("ISPN (penempatan narapidana)")
    SPPN = "sppn", _("SPPN (pembinaan narapidana)")
    HIGH_RISK = "pas_251", _("Instrumen narapidana risiko tinggi (PAS-251)")
    OTHER = "lainnya", _("Instrumen lain")


class NoteType(models.TextChoices):
    GUIDANCE = "bimbingan", _("Bimbingan")
    HOME_VISIT = "kunjungan_rumah", _("Kunjungan rumah")
    PHONE = "telepon", _("Telepon")
    COUNSELLING = "konseling_psikososial", _("Konseling psikososial")
    FAMILY_MEETING = "pertemuan_keluarga", _("Pertemuan keluarga")
    REPORTING = "wajib_lapor", _("Wajib lapor")
    LEGAL_SUPPORT = "pendampingan_hukum", _("Pendampingan hukum")
    SCHOOL_VISIT = "kunjungan_sekolah", _("Kunjungan sekolah")
    FACILITY_VISIT = "kunjungan_fasilitas", _("Kunjungan fasilitas")
    COORDINATION = "koordinasi", _("Koordinasi")


class PlaceKind(models.TextChoices):
    OFFICE = "kantor", _("Kantor")
    HOME = "rumah", _("Rumah")
    SCHOOL = "sekolah", _("Sekolah")
    WORKPLACE = "tempat_kerja", _("Tempat kerja")
    FACILITY = "fasilitas", _("Fasilitas")
    PHONE = "telepon", _("Telepon")
    ONLINE = "daring", _("Daring")
    ELSEWHERE = "lainnya", _("Tempat lain")


class Present(models.TextChoices):
    PARTICIPANT = "peserta", _("Peserta")
    FAMILY = "keluarga", _("Keluarga")
    PARTNER = "mitra", _("Mitra")
    COLLEAGUE = "rekan", _("Rekan petugas")
    OFFICIAL = "aparat", _("Aparat setempat")


class CheckInResult(models.TextChoices):
    PRESENT = "hadir", _("Hadir")
    EXCUSED = "izin", _("Izin")
    ABSENT = "tidak_hadir", _("Tidak hadir")


class Channel(models.TextChoices):
    OFFICE = "tatap_muka", _("Tatap muka")
    POST = "pos_bapas", _("Pos Bapas")
    ONLINE = "daring", _("Daring")


class ConsentStatus(models.TextChoices):
    REQUESTED = "requested", _("Diminta")
    GIVEN = "given", _("Diberikan")
    REFUSED = "refused", _("Ditolak")
    WITHDRAWN = "withdrawn", _("Ditarik")
    EXPIRED = "expired", _("Kedaluwarsa")


class ConsentPurpose(models.TextChoices):
    REFERRAL = "referral", _("Berbagi data untuk rujukan")
    PHOTO = "photo", _("Foto")
    VISIT = "visit", _("Kunjungan tamu")
    SHARING = "sharing", _("Berbagi berkas dengan lembaga lain")
    COMMUNITY = "community", _("Menghubungi lingkungan")
    RESEARCH = "research", _("Penelitian")


class ConsentCapacity(models.TextChoices):
    SELF = "self", _("Peserta sendiri")
    GUARDIAN = "guardian", _("Orang tua atau wali")
    SOCIAL_WORKER = "social_worker", _("Pekerja sosial (wali bermasalah hukum)")


class Section(models.TextChoices):
    """Parts of a case file, each with its own URL, panel and row in the access matrix.

    "jamak" marks a word that is plural here: Indonesian does not tell, English does.
    """

    SUMMARY = "summary", _("Ringkasan")
    IDENTITY = "identity", _("Identitas")
    LEGAL = "legal", _("Hukum")
    ASSESSMENT = "assessment", pgettext_lazy("jamak", "Penilaian")
    NOTES = "notes", _("Catatan")
    CLINICAL = "clinical", _("Catatan klinis")
    PLAN = "plan", _("Rencana")
    PROGRAMS = "programs", _("Program")
    REFERRALS = "referrals", pgettext_lazy("jamak", "Rujukan")
    DOCUMENTS = "documents", pgettext_lazy("jamak", "Dokumen")
    HOUSEHOLD = "household", _("Keluarga")
    SUPERVISION = "supervision", pgettext_lazy("bagian berkas", "Bimbingan")
    ACCESS = "access", _("Akses")


class Right(models.TextChoices):
    VIEW = "view", _("Lihat")
    EDIT = "edit", _("Ubah")
    APPROVE = "approve", _("Setujui")


class GrantSource(models.TextChoices):
    CASELOAD = "caseload", _("Petugas kasus")
    SHARING = "sharing", _("Dibagikan")
    CONFERENCE = "conference", _("Pembahasan kasus")
    BREAK_GLASS = "break_glass", _("Akses darurat")
    REFERRAL = "referral", _("Rujukan diterima")
    TRANSFER = "transfer", _("Alih berkas")


class EventKind(models.TextChoices):
    CASE_OPENED = "case_opened", _("Kasus dibuka")
    STAGE_MOVED = "stage_moved", _("Tahap berganti")
    CASE_SUSPENDED = "case_suspended", _("Kasus ditangguhkan")
    CASE_RESUMED = "case_resumed", _("Kasus dilanjutkan")
    CASE_CLOSED = "case_closed", _("Kasus ditutup")
    CASE_REOPENED = "case_reopened", _("Kasus dibuka kembali")
    WORKER_ASSIGNED = "worker_assigned", _("Petugas ditetapkan")
    WORKER_RELEASED = "worker_released", _("Petugas dilepas")
    WORKER_LEFT = "worker_left", _("Petugas meninggalkan unit")
    TRANSFER_PROPOSED = "transfer_proposed", _("Alih berkas diusulkan")
    TRANSFER_APPROVED = "transfer_approved", _("Alih berkas disetujui pengirim")
    TRANSFERRED = "transferred", _("Berkas beralih ke unit lain")
    TRANSFER_DECLINED = "transfer_declined", _("Alih berkas ditolak")
    TRANSFER_CANCELLED = "transfer_cancelled", _("Alih berkas dibatalkan")
    NOTE = "note", _("Catatan kontak")
    NOTE_AMENDED = "note_amended", _("Pembetulan catatan")
    CLINICAL_NOTE = "clinical_note", _("Catatan klinis")
    SESSION_PLANNED = "session_planned", _("Sesi direncanakan")
    SESSION_ANSWERED = "session_answered", _("Hasil sesi")
    FOLLOW_UP = "follow_up", _("Tindak lanjut pascalayanan")
    CHECK_IN = "check_in", _("Wajib lapor")
    TASK_OPENED = "task_opened", _("Tugas dibuat")
    TASK_DONE = "task_done", _("Tugas selesai")
    TASK_CANCELLED = "task_cancelled", _("Tugas dibatalkan")
    TASK_SNOOZED = "task_snoozed", _("Tugas ditunda")
    TASK_SEEN = "task_seen", _("Peringatan dilihat")
    TASK_CHANGED = "task_changed", _("Tugas diubah")
    TASK_ESCALATED = "task_escalated", _("Tugas naik ke pengawas")
    ASSESSMENT_STARTED = "assessment_started", _("Penilaian dimulai")
    ASSESSMENT_SUBMITTED = "assessment_submitted", _("Penilaian diajukan")
    ASSESSMENT_RETURNED = "assessment_returned", _("Penilaian dikembalikan")
    ASSESSMENT_FINAL = "assessment_final", _("Penilaian final")
    ASSESSMENT_CANCELLED = "assessment_cancelled", _("Penilaian dibatalkan")
    ASSESSMENT_CONTESTED = "assessment_contested", _("Hasil penilaian disanggah peserta")
    OWN_VIEW = "own_view", _("Pendapat peserta dicatat")
    SECOND_ASKED = "second_asked", _("Penilaian kedua diminta")
    SECOND_NAMED = "second_named", _("Penilai kedua ditetapkan")
    SECOND_DECIDED = "second_decided", _("Penilaian kedua diputuskan")
    PLAN_STARTED = "plan_started", _("Rencana disusun")
    PLAN_SUBMITTED = "plan_submitted", _("Rencana diajukan")
    PLAN_APPROVED = "plan_approved", _("Rencana disetujui")
    PLAN_RETURNED = "plan_returned", _("Rencana dikembalikan")
    GOAL_UPDATED = "goal_updated", _("Tujuan diperbarui")
    ENROLLED = "enrolled", _("Ikut program")
    ENROLMENT_ENDED = "enrolment_ended", _("Program berakhir")
    ATTENDANCE = "attendance", _("Kehadiran sesi")
    SUPPORT_GIVEN = "support_given", _("Dukungan usaha")
    REFERRAL_SENT = "referral_sent", _("Rujukan dikirim")
    REFERRAL_ANSWERED = "referral_answered", _("Rujukan dijawab")
    REFERRAL_NOTE = "referral_note", _("Catatan mitra")
    REFERRAL_ENDED = "referral_ended", _("Rujukan berakhir")
    LEGAL = "legal", _("Peristiwa hukum")
    LEGAL_AMENDED = "legal_amended", _("Catatan hukum dibetulkan")
    LEGAL_ENDED = "legal_ended", _("Status hukum berakhir")
    LEGAL_VERIFIED = "legal_verified", _("Status hukum diperiksa")
    EXTERNAL = "external", _("Penilaian instansi lain dicatat")
    HOUSEHOLD = "household", _("Keluarga dicatat")
    PERSON_MERGED = "person_merged", _("Data orang digabung")
    PERSON_UNMERGED = "person_unmerged", _("Data orang dipisah lagi")
    AGE_DECIDED = "age_decided", _("Umur diputuskan: dewasa")
    AGE_DECISION_ENDED = "age_undecided", _("Keputusan umur berakhir")
    CONSENT = "consent", _("Persetujuan")
    BASIS = "basis", _("Dasar hukum")
    DOCUMENT = "document", _("Dokumen disimpan")
    DOCUMENT_REPLACED = "document_replaced", _("Versi baru dokumen")
    DOCUMENT_WITHDRAWN = "document_withdrawn", _("Dokumen ditarik")
    ACCESS_SHARED = "access_shared", _("Berkas dibagikan")
    ACCESS_RENEWED = "access_renewed", _("Akses diperpanjang")
    ACCESS_ENDED = "access_ended", _("Akses berakhir")
    CONFERENCE = "conference", _("Pembahasan kasus")
    BREAK_GLASS = "break_glass", _("Akses darurat")
    BREAK_GLASS_REVIEWED = "break_reviewed", _("Akses darurat ditinjau")
    RIGHTS_REQUEST = "rights_request", _("Permintaan hak diterima")
    RIGHTS_DECIDED = "rights_decided", _("Permintaan hak dijawab")
    RESTRICTION_LIFTED = "restriction_lifted", _("Pembatasan pemrosesan dicabut")
    HOLD_PLACED = "hold_placed", _("Berkas ditahan menurut hukum")
    HOLD_LIFTED = "hold_lifted", _("Penahanan hukum dicabut")
