"""Chapters about the person, the file, and what was said in it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cases.enums import Section
from cases.models import (
    Address,
    CaseFile,
    CaseLeadPeriod,
    CaseStatusPeriod,
    CheckIn,
    Consent,
    ContactNote,
    Document,
    FollowUp,
    LegalEvent,
    LegalStatus,
    Participant,
    PlannedSession,
    ProcessingBasis,
    ReportingDuty,
    ReturnEvent,
)
from reports.subject_copy.parts import CODE, LEADS, Chapter, Field, Part, lead_worker, office, sections, words


def _moved_from(row: PlannedSession) -> str:
    return row.follows.code if row.follows else ""


OF_THE_CASE: tuple[Chapter, ...] = (
    Chapter(
        "identity",
        _("Siapa Anda menurut catatan kami"),
        Section.IDENTITY,
        (
            Part(
                "person",
                _("Identitas"),
                Participant,
                lambda case: Participant.objects.filter(pk=case.participant_id),
                (
                    Field("full_name", _("Nama lengkap"), "full_name"),
                    Field("aliases", _("Nama lain"), "aliases"),
                    Field("sex", _("Jenis kelamin"), "sex"),
                    Field("birth_date", _("Tanggal lahir"), "birth_date"),
                    Field("birth_date_precision", _("Ketepatan tanggal lahir"), "birth_date_precision"),
                    Field("birth_place", _("Tempat lahir"), "birth_place"),
                    Field("adult_decided_at", _("Diputuskan dewasa"), "adult_decided_at"),
                    Field("phone", _("Telepon"), "phone"),
                    Field("safe_contact_method", _("Cara aman dihubungi"), "safe_contact_method"),
                    Field("safe_contact_time", _("Waktu aman dihubungi"), "safe_contact_time"),
                    Field("nik", _("NIK"), "nik_sealed", lambda row: row.nik, on_screen=lambda row: row.nik_shown),
                    Field("nik_status", _("Status NIK"), "nik_status"),
                    Field("citizenship", _("Kewarganegaraan"), "citizenship"),
                    Field("language", _("Bahasa sehari-hari"), "language"),
                    Field("marital_status", _("Status kawin"), "marital_status"),
                    Field("education", _("Pendidikan terakhir"), "education"),
                    Field("occupation", _("Pekerjaan"), "occupation"),
                    Field("religion", _("Agama"), "religion"),
                    Field("religion_agreed", _("Setuju agamanya dicatat"), "religion_agreed"),
                    Field("disability", _("Disabilitas"), "disability"),
                    Field("communication", _("Cara berkomunikasi"), "communication"),
                    Field("child_category", _("Kelompok anak"), "child_category"),
                    Field("ampk_category", _("Anak yang memerlukan perlindungan khusus"), "ampk_category"),
                    Field("ppks_category", _("Kategori PPKS"), "ppks_category"),
                ),
            ),
            Part(
                "addresses",
                _("Alamat"),
                Address,
                lambda case: (
                    Address.objects.filter(participant=case.participant_id)
                    .select_related("region")
                    .order_by("valid_from", "pk")
                ),
                (
                    Field("kind", _("Jenis"), "kind"),
                    Field("line", _("Alamat"), "line"),
                    Field("rt", _("RT"), "rt"),
                    Field("rw", _("RW"), "rw"),
                    Field("region", _("Wilayah"), "region", lambda row: str(row.region)),
                    Field("valid_from", _("Sejak"), "valid_from"),
                    Field("valid_to", _("Sampai"), "valid_to"),
                ),
            ),
        ),
    ),
    Chapter(
        "case",
        _("Berkas Anda"),
        Section.SUMMARY,
        (
            Part(
                "file",
                _("Berkas"),
                CaseFile,
                lambda case: CaseFile.objects.filter(pk=case.pk).select_related("lead_agency", *LEADS),
                (
                    CODE,
                    Field("number", _("Nomor berkas"), "case_no"),
                    Field("type", _("Jenis layanan"), "case_type"),
                    Field("lead_agency", _("Instansi"), "lead_agency", lambda row: row.lead_agency.name),
                    Field("lead_unit", _("Unit penanggung jawab"), "lead_unit", lambda row: row.lead_unit.name),
                    Field("lead_worker", _("Petugas"), "lead_worker", lead_worker),
                    Field("referral_source", _("Perujuk"), "referral_source"),
                    Field("legal_basis", _("Dasar pemrosesan"), "legal_basis"),
                    Field("status", _("Keadaan"), "status"),
                    Field("deradicalisation_stage", _("Tahap PP 77"), "derad_stage"),
                    Field("probation_stage", _("Tahap bimbingan"), "probation_stage"),
                    Field("atensi_phase", _("Tahap ATENSI"), "atensi_phase"),
                    Field("opened_at", _("Dibuka"), "opened_at"),
                    Field("closed_at", _("Ditutup"), "closed_at"),
                    Field("closure_reason", _("Alasan penutupan"), "closure_reason"),
                    Field("aftercare_until", _("Pascalayanan sampai"), "aftercare_until"),
                    Field("restricted_at", _("Pemrosesan dibatasi sejak"), "restricted_at"),
                    Field("contested_at", _("Penilaian dibantah sejak"), "contested_at"),
                    Field("is_child_file", _("Berkas anak"), "is_child_file"),
                    Field("is_victim_file", _("Berkas penyintas"), "is_victim_file"),
                    Field("sealed_at", _("Disegel"), "sealed_at"),
                ),
            ),
            Part(
                "status_periods",
                _("Tahap dari waktu ke waktu"),
                CaseStatusPeriod,
                lambda case: CaseStatusPeriod.objects.filter(case=case).order_by("started_at", "pk"),
                (
                    Field("status", _("Keadaan"), "status"),
                    Field("deradicalisation_stage", _("Tahap PP 77"), "derad_stage"),
                    Field("probation_stage", _("Tahap bimbingan"), "probation_stage"),
                    Field("atensi_phase", _("Tahap ATENSI"), "atensi_phase"),
                    Field("started_at", _("Sejak"), "started_at"),
                    Field("ended_at", _("Sampai"), "ended_at"),
                ),
            ),
            Part(
                "lead_periods",
                _("Penanggung jawab dari waktu ke waktu"),
                CaseLeadPeriod,
                lambda case: (
                    CaseLeadPeriod.objects.filter(case=case).select_related(*LEADS).order_by("started_at", "pk")
                ),
                (
                    Field("lead_unit", _("Unit"), "lead_unit", lambda row: row.lead_unit.name),
                    Field("lead_worker", _("Petugas"), "lead_worker", lead_worker),
                    Field("started_at", _("Sejak"), "started_at"),
                    Field("ended_at", _("Sampai"), "ended_at"),
                ),
            ),
        ),
    ),
    Chapter(
        "legal",
        _("Status hukum"),
        Section.LEGAL,
        (
            Part(
                "legal_statuses",
                _("Status hukum"),
                LegalStatus,
                lambda case: LegalStatus.objects.filter(case=case).order_by("valid_from", "pk"),
                (
                    Field("status", _("Status hukum"), "status"),
                    Field("valid_from", _("Sejak"), "valid_from"),
                    Field("valid_to", _("Sampai"), "valid_to"),
                    Field("authority", _("Lembaga"), "authority"),
                    Field("document_number", _("Nomor dokumen"), "document_no"),
                    Field("sentence_months", _("Masa pidana (bulan)"), "sentence_months"),
                    Field("release_date", _("Tanggal bebas"), "release_date"),
                    Field("supervision_end", _("Akhir bimbingan"), "supervision_end"),
                    words("conditions", _("Syarat"), "conditions"),
                    Field("verified_at", _("Diperiksa"), "verified_at"),
                ),
            ),
            Part(
                "legal_events",
                _("Peristiwa hukum"),
                LegalEvent,
                lambda case: LegalEvent.objects.filter(case=case).order_by("happened_on", "pk"),
                (
                    Field("kind", _("Jenis"), "kind"),
                    Field("happened_on", _("Tanggal"), "happened_on"),
                    Field("place", _("Tempat"), "place"),
                    Field("authority", _("Lembaga"), "authority"),
                    Field("document_number", _("Nomor dokumen"), "document_no"),
                ),
            ),
            Part(
                "returns",
                _("Kepulangan"),
                ReturnEvent,
                lambda case: ReturnEvent.objects.filter(case=case).order_by("arrived_on", "pk"),
                (
                    Field("kind", _("Jenis"), "kind"),
                    Field("arrived_on", _("Tiba"), "arrived_on"),
                    Field("months_abroad", _("Lama di luar negeri (bulan)"), "stay_abroad_months"),
                ),
            ),
        ),
    ),
    Chapter(
        "documents",
        _("Dokumen Anda"),
        Section.DOCUMENTS,
        (
            Part(
                "documents",
                _("Dokumen yang kami simpan"),
                Document,
                lambda case: (
                    Document.objects.standing()
                    .filter(case=case)
                    .exclude(section=Section.CLINICAL)
                    .order_by("created_at", "pk")
                ),
                (
                    CODE,
                    Field("kind", _("Jenis"), "kind"),
                    words("title", _("Judul"), "title"),
                    Field("issued_by", _("Penerbit"), "issued_by"),
                    Field("document_number", _("Nomor dokumen"), "document_no"),
                    Field("dated", _("Tanggal dokumen"), "dated"),
                    Field("expires", _("Berlaku sampai"), "expires"),
                    Field("stored_at", _("Disimpan"), "created_at"),
                ),
                may_withhold=True,
            ),
        ),
    ),
    Chapter(
        "supervision",
        _("Wajib lapor"),
        Section.SUPERVISION,
        (
            Part(
                "reporting_duty",
                _("Kewajiban melapor"),
                ReportingDuty,
                lambda case: ReportingDuty.objects.filter(case=case),
                (
                    Field("every_days", _("Setiap (hari)"), "frequency_days"),
                    Field("next_due_at", _("Berikutnya"), "next_due_at"),
                    Field("channel", _("Cara"), "channel"),
                    Field("place", _("Tempat"), "place"),
                    Field("missed_in_a_row", _("Tidak hadir berturut-turut"), "missed_in_a_row"),
                    Field("ended_on", _("Berakhir"), "ended_on"),
                ),
            ),
            Part(
                "check_ins",
                _("Lapor yang tercatat"),
                CheckIn,
                lambda case: CheckIn.objects.filter(case=case).order_by("due_at", "pk"),
                (
                    Field("due_at", _("Jadwal"), "due_at"),
                    Field("result", _("Hasil"), "result"),
                    words("reason", _("Alasan"), "reason"),
                    Field("recorded_at", _("Dicatat"), "recorded_at"),
                ),
            ),
        ),
    ),
    Chapter(
        "consents",
        _("Dasar hukum dan persetujuan Anda"),
        Section.REFERRALS,
        (
            Part(
                "legal_bases",
                _("Dasar hukum pemrosesan"),
                ProcessingBasis,
                lambda case: (
                    ProcessingBasis.objects.filter(case=case)
                    .select_related("recorded_by__unit")
                    .order_by("valid_from", "pk")
                ),
                (
                    CODE,
                    Field("purpose", _("Tujuan"), "purpose"),
                    Field("ground", _("Dasar"), "ground"),
                    words("reference", _("Aturan atau dokumen"), "reference"),
                    Field("valid_from", _("Sejak"), "valid_from"),
                    Field("valid_to", _("Sampai"), "valid_to"),
                    Field("recorded_by", _("Dicatat oleh"), "recorded_by", lambda row: office(row.recorded_by)),
                ),
            ),
            Part(
                "consents",
                _("Persetujuan"),
                Consent,
                lambda case: (
                    Consent.objects.filter(case=case).select_related("explained_by__unit").order_by("created_at", "pk")
                ),
                (
                    CODE,
                    Field("purpose", _("Tujuan"), "purpose"),
                    Field("scope", _("Data yang dibagikan"), "scope", sections),
                    words("recipient", _("Penerima"), "recipient"),
                    words("detail", _("Isi persetujuan"), "detail"),
                    Field("capacity", _("Diberikan oleh"), "capacity"),
                    Field("language", _("Bahasa penjelasan"), "language"),
                    words("evidence", _("Bukti"), "evidence"),
                    Field("explained_by", _("Dijelaskan oleh"), "explained_by", lambda row: office(row.explained_by)),
                    Field("status", _("Status"), "status"),
                    Field("decided_at", _("Diputuskan"), "decided_at"),
                    Field("valid_until", _("Berlaku sampai"), "valid_until"),
                ),
            ),
        ),
    ),
    Chapter(
        "sessions",
        _("Pertemuan"),
        Section.NOTES,
        (
            Part(
                "sessions",
                _("Pertemuan dan kontak"),
                ContactNote,
                lambda case: (
                    ContactNote.objects.filter(case=case)
                    .select_related("author__unit", "amends")
                    .order_by("occurred_at", "pk")
                ),
                (
                    CODE,
                    Field("occurred_at", _("Kapan"), "occurred_at"),
                    Field("recorded_at", _("Dicatat"), "recorded_at"),
                    Field("type", _("Jenis kontak"), "type"),
                    Field("duration_minutes", _("Lama (menit)"), "duration_min"),
                    Field("place_kind", _("Tempat"), "place_kind"),
                    Field("present", _("Hadir"), "present"),
                    Field("author", _("Dicatat oleh"), "author", lambda row: office(row.author)),
                    words("own_words", _("Kata Anda"), "participant_words"),
                    words("next_steps", _("Langkah yang disepakati"), "next_steps"),
                    Field("corrects", _("Membetulkan"), "amends", lambda row: row.amends.code if row.amends else ""),
                ),
                may_withhold=True,
            ),
            Part(
                "planned_sessions",
                _("Sesi terencana"),
                PlannedSession,
                lambda case: (
                    PlannedSession.objects.filter(case=case)
                    .select_related("planned_by__unit", "note", "follows")
                    .order_by("planned_at", "pk")
                ),
                (
                    CODE,
                    Field("planned_at", _("Waktu"), "planned_at"),
                    Field("type", _("Jenis kontak"), "type"),
                    words("place", _("Tempat"), "place"),
                    Field("present", _("Dengan siapa"), "present"),
                    words("purpose", _("Yang akan dibahas"), "purpose"),
                    Field("outcome", _("Hasil"), "outcome"),
                    Field("reason", _("Sebab"), "reason"),
                    words("reason_words", _("Keterangan"), "reason_words"),
                    Field("planned_by", _("Dicatat oleh"), "planned_by", lambda row: office(row.planned_by)),
                    Field("session", _("Pertemuan"), "note", lambda row: row.note.code if row.note else ""),
                    Field("moved_from", _("Dijadwal ulang dari"), "follows", _moved_from),
                ),
            ),
            Part(
                "follow_ups",
                _("Tindak lanjut pascalayanan"),
                FollowUp,
                lambda case: FollowUp.objects.filter(case=case).order_by("due_on", "pk"),
                (
                    CODE,
                    Field("month", _("Jarak"), "month"),
                    Field("started_on", _("Pascalayanan mulai"), "started_on"),
                    Field("due_on", _("Tenggat"), "due_on"),
                    Field("outcome", _("Hasil"), "outcome"),
                    Field("answered_at", _("Dicatat"), "answered_at"),
                    Field("ended_on", _("Tidak berlaku sejak"), "ended_on"),
                ),
            ),
        ),
    ),
)
