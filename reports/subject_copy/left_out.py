"""What does not stand in a person's copy, and the law's reason: field by field, so that nothing is left out unsaid."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports.enums import LeftOutReason

OTHERS, STAFF = LeftOutReason.OTHERS_DATA, LeftOutReason.STAFF_SAFETY
SOURCES, CLINICIAN = LeftOutReason.PROTECTED_SOURCES, LeftOutReason.CLINICIAN
ENDANGERS, LAW = LeftOutReason.ENDANGERS, LeftOutReason.LAW_ENFORCEMENT
REPEATED, NOT_PERSONAL = LeftOutReason.REPEATED, LeftOutReason.NOT_OF_THE_PERSON
EVERY_FIELD = "*"
# Whom the person asks about what is not here, where it is somebody else than the data protection officer.
ASK = {CLINICIAN: _("Mintalah penjelasannya kepada psikolog Anda, melalui petugas Anda.")}


@dataclass(frozen=True)
class Left:
    """Fields of a model (``*``: all) left out of the copy; ``what`` names them to the person who misses something."""

    model: str
    fields: str
    reason: LeftOutReason
    what: str | Promise = ""
    chapter: str = ""


LEFT_OUT: tuple[Left, ...] = (
    # the person and the file
    Left("cases.Participant", "mother_name", OTHERS, _("Nama ibu"), "identity"),
    Left("cases.Participant", "name_key nik_index", REPEATED),
    Left("cases.Participant", "created_by", STAFF, _("Nama petugas yang pertama mencatat Anda"), "identity"),
    # It may name who told: a neighbour, a teacher, somebody of the same cell.
    Left("cases.Participant", "adult_reason", SOURCES, _("Dasar keputusan bahwa Anda dewasa"), "identity"),
    Left("cases.Participant", "adult_decided_by", STAFF, _("Nama pengawas yang memutuskan umur Anda"), "identity"),
    Left("cases.Address", "participant", REPEATED),
    Left("cases.Household", EVERY_FIELD, OTHERS, _("Nomor kartu keluarga"), "identity"),
    Left("cases.HouseholdMember", EVERY_FIELD, OTHERS, _("Anggota keluarga Anda"), "identity"),
    Left("cases.Address", "access_note", STAFF, _("Catatan petugas untuk menuju alamat"), "identity"),
    Left("cases.PersonPair", EVERY_FIELD, OTHERS, _("Perbandingan dengan data orang yang serupa"), "identity"),
    # The goals stand with the plan, each with whether it was reached.
    Left("cases.CaseFile", "participant co_workers last_contact_at adult_from goals_met", REPEATED),
    Left("cases.CaseFile", "next_due_on", NOT_PERSONAL),
    Left("cases.CaseFile", "closure_note", OTHERS, _("Catatan petugas saat berkas ditutup"), "case"),
    Left("cases.CaseStatusPeriod", "case", REPEATED),
    Left("cases.CaseLeadPeriod", "case", REPEATED),
    Left("cases.CaseNumber", EVERY_FIELD, NOT_PERSONAL),
    Left("cases.CaseEvent", EVERY_FIELD, REPEATED),
    Left(
        "cases.CaseTransfer",
        EVERY_FIELD,
        STAFF,
        _("Usulan antarkantor saat berkas Anda beralih; unit dan tanggalnya tercantum"),
        "case",
    ),
    Left("cases.Task", EVERY_FIELD, STAFF, _("Daftar kerja petugas"), "case"),
    Left("cases.Draft", EVERY_FIELD, NOT_PERSONAL),
    Left("cases.SavedFilter", EVERY_FIELD, NOT_PERSONAL),
    # documents: their files are handed over as paper copies of what the list names
    Left("cases.Document", "case", REPEATED),
    # Whose section is the clinical one (of_the_case): its kind and title alone say much.
    Left("cases.Document", "section", CLINICIAN, _("Dokumen psikolog, misalnya laporan pemeriksaan"), "documents"),
    Left(
        "cases.Document",
        "withdrawn_at withdrawn_by withdraw_reason",
        STAFF,
        _("Dokumen yang ditarik karena salah unggah"),
        "documents",
    ),
    Left(
        "cases.DocumentFile",
        EVERY_FIELD,
        OTHERS,
        _("Isi berkasnya, yang dapat memuat keterangan orang lain; mintalah salinan dari dokumen dalam daftar"),
        "documents",
    ),
    Left("cases.DocumentPage", EVERY_FIELD, REPEATED),
    # the law
    Left(
        "cases.LegalStatus", "recorded_by verified_by", STAFF, _("Nama petugas yang mencatat dan memeriksa"), "legal"
    ),
    Left("cases.LegalEvent", "recorded_by", STAFF, _("Nama petugas yang mencatat dan memeriksa"), "legal"),
    Left("cases.LegalStatus", "case document", REPEATED),
    Left("cases.LegalEvent", "case document", REPEATED),
    Left("cases.ExternalClassification", EVERY_FIELD, LAW, _("Kategori dari lembaga lain"), "legal"),
    Left("cases.ExternalAssessment", EVERY_FIELD, LAW, _("Penilaian lembaga lain"), "legal"),
    Left("cases.ReturnEvent", "case", REPEATED),
    Left("cases.ReturnEvent", "recorded_by", STAFF, _("Nama petugas yang mencatat dan memeriksa"), "legal"),
    Left("cases.ReturnEvent", "country", ENDANGERS, _("Negara asal kepulangan"), "legal"),
    Left("cases.ReturnEvent", "received_by", OTHERS, _("Nama penerima saat kepulangan"), "legal"),
    Left("cases.ReportingDuty", "case", REPEATED),
    Left("cases.CheckIn", "case missed_before", REPEATED),
    Left("cases.CheckIn", "recorded_by", STAFF, _("Nama petugas yang mencatat kehadiran lapor"), "supervision"),
    # consent
    Left("cases.ProcessingBasis", "case", REPEATED),
    Left("cases.Consent", "case document", REPEATED),
    Left("cases.Consent", "given_by", OTHERS, _("Nama pemberi persetujuan; kedudukannya disebut"), "consents"),
    # sessions
    Left("cases.ContactNote", "case goals", REPEATED),
    Left("cases.PlannedSession", "case goals answered_at", REPEATED),
    Left("cases.PlannedSession", "answered_by", STAFF, _("Nama petugas yang mencatat hasil sesi"), "sessions"),
    Left("cases.FollowUp", "case note", REPEATED),
    Left("cases.FollowUp", "words", OTHERS, _("Keterangan petugas tentang tindak lanjut"), "sessions"),
    Left("cases.FollowUp", "answered_by", STAFF, _("Nama petugas yang mencatat tindak lanjut"), "sessions"),
    Left(
        "cases.ContactNote", "summary", OTHERS, _("Ringkasan petugas, yang memuat keterangan orang lain"), "sessions"
    ),
    Left("cases.ContactNote", "observations", SOURCES, _("Pengamatan petugas dan asal keterangannya"), "sessions"),
    Left("cases.ContactNote", "amendment_reason", OTHERS, _("Alasan pembetulan catatan"), "sessions"),
    Left("cases.ContactNote", "safety_ok", STAFF, _("Penilaian petugas atas keselamatannya sendiri"), "sessions"),
    Left("cases.ClinicalNote", EVERY_FIELD, CLINICIAN, _("Catatan klinis"), "sessions"),
    # assessments
    Left("assessments.Assessment", "case instrument_version mode submitted_at ended_at supersedes grant", REPEATED),
    Left("assessments.Assessment", "for_child", REPEATED),
    Left(
        "assessments.Assessment",
        "first_band first_reason first_band_at guidance_band guidance_fired guidance_provisional final_band"
        " override_reason approved_by cancel_reason",
        ENDANGERS,
        _("Pertimbangan petugas; hasilnya dijelaskan kepada Anda secara lisan"),
        "assessments",
    ),
    Left("assessments.Assessment", "narratives", SOURCES, _("Uraian penilai"), "assessments"),
    Left("assessments.ItemRating", EVERY_FIELD, SOURCES, _("Jawaban setiap butir dan buktinya"), "assessments"),
    Left(
        "assessments.WordCheck", EVERY_FIELD, STAFF, _("Pertanyaan kepada penilai tentang tulisannya"), "assessments"
    ),
    Left("assessments.AssessmentReview", EVERY_FIELD, STAFF, _("Komentar pengawas kepada penilai"), "assessments"),
    Left("assessments.SecondRating", "case instrument second joint grant", REPEATED),
    Left(
        "assessments.SecondRating",
        "named_by named_at revealed_at decided_by",
        STAFF,
        _("Nama pengawas yang memutuskan sanggahan"),
        "assessments",
    ),
    Left("assessments.OwnView", "recorded_by", STAFF, _("Nama petugas yang mencatat kata-kata Anda"), "assessments"),
    Left("assessments.InstrumentVersion", EVERY_FIELD, NOT_PERSONAL),
    Left("assessments.InstrumentDraft", EVERY_FIELD, NOT_PERSONAL),
    # plans and programmes
    Left("programs.Plan", "case assessment submitted_at", REPEATED),
    Left("programs.Plan", "return_comment", STAFF, _("Komentar pengawas kepada penyusun rencana"), "plans"),
    Left("programs.Goal", "items", SOURCES, _("Butir penilaian di balik setiap tujuan"), "plans"),
    Left("programs.Intervention", "referral", REPEATED),
    Left("programs.Enrolment", "case", REPEATED),
    Left("programs.Enrolment", "proposed_by", STAFF, _("Nama petugas program"), "programmes"),
    Left("programs.Enrolment", "reason_out", OTHERS, _("Catatan penyelenggara saat Anda keluar"), "programmes"),
    Left("programs.Attendance", "recorded_by", STAFF, _("Nama pencatat kehadiran"), "programmes"),
    Left("programs.EconomicSupport", "case recorded_by", REPEATED),
    Left("programs.Programme", EVERY_FIELD, NOT_PERSONAL),
    Left("programs.Cohort", EVERY_FIELD, OTHERS, _("Peserta lain dalam angkatan Anda"), "programmes"),
    Left("programs.Session", EVERY_FIELD, NOT_PERSONAL),
    # referrals
    Left("partners.Referral", "case consent grant shared_values", REPEATED),
    Left("partners.Referral", "respond_by", NOT_PERSONAL),
    Left("partners.Referral", "created_by sent_by answered_by", STAFF, _("Nama petugas rujukan"), "referrals"),
    Left("partners.Referral", "response_note", OTHERS, _("Catatan jawaban mitra"), "referrals"),
    Left("partners.ReferralNote", "author safety_worry", STAFF, _("Nama dan kekhawatiran petugas mitra"), "referrals"),
    Left("partners.ReferralNote", "summary", OTHERS, _("Catatan kemajuan oleh mitra"), "referrals"),
    Left("partners.PartnerOrganisation", EVERY_FIELD, NOT_PERSONAL),
    Left("partners.PartnerContact", EVERY_FIELD, OTHERS, _("Orang yang bekerja di mitra"), "referrals"),
    Left("partners.Agreement", EVERY_FIELD, NOT_PERSONAL),
    Left("partners.ServiceOffer", EVERY_FIELD, NOT_PERSONAL),
    # who may open the file, and what was asked
    *(
        left
        for model, extra in (("cases.CaseUserGrant", "conference"), ("cases.CaseGroupGrant", ""))
        for left in (
            Left(model, f"permission content_object consent granted_at {extra}", REPEATED),
            Left(model, "granted_by ended_by", STAFF, _("Nama petugas yang memberi atau mencabut akses"), "access"),
            Left(model, "reason end_reason", OTHERS, _("Alasan tertulis pemberian akses"), "access"),
        )
    ),
    Left("cases.CaseConference", "case", REPEATED),
    Left("cases.CaseConference", "title", OTHERS, _("Hal yang dibahas dalam pembahasan kasus"), "access"),
    Left("cases.CaseConference", "called_by members", STAFF, _("Nama peserta pembahasan kasus"), "access"),
    Left("cases.BreakGlassReview", EVERY_FIELD, STAFF, _("Tinjauan atas akses darurat"), "access"),
    Left("cases.UnsealRequest", EVERY_FIELD, STAFF, _("Permintaan membuka berkas tersegel"), "access"),
    Left("cases.ConflictDeclaration", EVERY_FIELD, OTHERS, _("Hubungan pribadi yang dinyatakan petugas"), "access"),
    Left("cases.RightsRequest", "case case_code person_name consent", REPEATED),
    # The letter that answers a request holds the answer; who prepares it stays within the office.
    Left("cases.RightsRequest", "due_at status decision ground reason decided_at decided_by", REPEATED),
    Left("cases.RightsRequest", "requester_name", OTHERS, _("Nama pemohon yang mewakili Anda"), "access"),
    Left(
        "cases.RightsRequest", "proof_note reply_to", ENDANGERS, _("Bukti jati diri dan cara aman mengirim"), "access"
    ),
    Left(
        "cases.RightsRequest",
        "recorded_by unit_question unit_answer unit_answered_by unit_answered_at",
        STAFF,
        _("Surat-menyurat petugas tentang permintaan Anda"),
        "access",
    ),
    Left("cases.Complaint", EVERY_FIELD, SOURCES, _("Pengaduan dan pelapornya"), "access"),
    Left("cases.BreachIncident", EVERY_FIELD, NOT_PERSONAL),
    Left("cases.BreachEntry", EVERY_FIELD, NOT_PERSONAL),
    Left("cases.BreachCase", EVERY_FIELD, REPEATED),  # who is touched gets a letter of their own
    # keeping and destroying the file
    Left("cases.LegalHold", EVERY_FIELD, LAW, _("Perintah menahan pemusnahan berkas"), "case"),
    *(
        Left(f"cases.{model}", EVERY_FIELD, NOT_PERSONAL)
        for model in ("RetentionRule", "DestructionList", "DestructionItem", "DestructionCertificate")
    ),
    # staff, places, and the office's own papers
    Left("accounts.JournalEntry", EVERY_FIELD, STAFF, _("Jurnal setiap pembukaan berkas"), "access"),
    Left("reports.Export", EVERY_FIELD, STAFF, _("Catatan petugas tentang ekspor"), "access"),
    Left("reports.SubjectCopy", EVERY_FIELD, REPEATED),
    Left("reports.QuarterlyReport", EVERY_FIELD, NOT_PERSONAL),
    Left("reports.Rollup", EVERY_FIELD, NOT_PERSONAL),
)
# Whole apps without a row about a participant.
NOT_ABOUT_PARTICIPANTS = {"accounts": "staff, agencies, units and places", "core": "jobs and notices of the program"}
