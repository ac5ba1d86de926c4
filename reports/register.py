"""The register of processing (UU 27/2022 Pasal 31) and the impact assessment (Pasal 34), written from the code.

What is processed comes from each app's data classes; why, on which basis, for whom and how long stands here. The
documents are Indonesian, because the agency that asks for them is.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.apps import apps

from core.data_classes import DataClass, classes_of

TO_BE_CONFIRMED = "[perlu ditetapkan: jadwal retensi arsip (JRA) instansi]"
DUTY = "Tugas dan kewenangan menurut undang-undang (Pasal 20 ayat 2 huruf e)"
TEAM = "Petugas kasus dan pengawas unit penanggung jawab"


@dataclass(frozen=True)
class Activity:
    title: str
    models: tuple[str, ...]
    purpose: str
    basis: str
    recipients: str
    kept: str = TO_BE_CONFIRMED


ACTIVITIES = (
    Activity(
        "Identitas dan alamat peserta",
        ("cases.Participant", "cases.Address", "cases.Household", "cases.HouseholdMember", "cases.PersonPair"),
        "Mengenali orang yang dilayani, menghubunginya dengan aman, mencegah berkas ganda.",
        DUTY,
        f"{TEAM}; admin data instansi (identitas saja)",
    ),
    Activity(
        "Berkas kasus dan linimasa",
        (
            "cases.CaseFile",
            "cases.CaseStatusPeriod",
            "cases.CaseLeadPeriod",
            "cases.CaseTransfer",
            "cases.CaseEvent",
            "cases.Task",
            "cases.Draft",
            "cases.SavedFilter",
        ),
        "Menyelenggarakan rehabilitasi dan reintegrasi sosial, membagi tugas, menghitung angka laporan.",
        DUTY,
        f"{TEAM}; analis BNPT (ringkasan kasus deradikalisasi dewasa)",
    ),
    Activity(
        "Catatan kontak",
        ("cases.ContactNote", "cases.PlannedSession", "cases.FollowUp"),
        "Merencanakan dan mencatat bimbingan, kunjungan, dan tindak lanjut pascalayanan.",
        DUTY,
        TEAM,
    ),
    Activity(
        "Catatan klinis",
        ("cases.ClinicalNote",),
        "Mencatat konseling dan pemeriksaan; isinya disandikan.",
        DUTY,
        "Penulis dan rekan seprofesi dalam tim kasus",
    ),
    Activity(
        "Status hukum, kepulangan, dan wajib lapor",
        (
            "cases.LegalStatus",
            "cases.LegalEvent",
            "cases.ReturnEvent",
            "cases.ExternalClassification",
            "cases.ExternalAssessment",
            "cases.ReportingDuty",
            "cases.CheckIn",
        ),
        "Pengawasan dan pembimbingan menurut UU 22/2022.",
        DUTY,
        TEAM,
    ),
    Activity(
        "Dokumen",
        ("cases.Document", "cases.DocumentFile", "cases.DocumentPage"),
        "Menyimpan dokumen sebagai bukti; berkasnya disandikan di luar basis data, foto tanpa data kamera dan lokasi.",
        DUTY,
        f"{TEAM}; dokumen klinis hanya profesinya",
    ),
    Activity(
        "Penilaian kebutuhan dan risiko",
        (
            "assessments.Assessment",
            "assessments.ItemRating",
            "assessments.AssessmentReview",
            "assessments.WordCheck",
            "assessments.SecondRating",
            "assessments.OwnView",
        ),
        "Menyusun rencana layanan. Petunjuk bukan keputusan: tidak ada keputusan otomatis (Pasal 10).",
        DUTY,
        f"{TEAM}",
    ),
    Activity(
        "Instrumen penilaian",
        ("assessments.InstrumentVersion", "assessments.InstrumentDraft"),
        "Membuktikan siapa menyusun, menerbitkan, dan menarik sebuah instrumen; tidak ada data peserta.",
        DUTY,
        "Admin data, auditor, dan pejabat pelindungan data",
    ),
    Activity(
        "Rencana, program, dan dukungan usaha",
        (
            "programs.Plan",
            "programs.Goal",
            "programs.Intervention",
            "programs.Session",
            "programs.Enrolment",
            "programs.EnrolmentPeriod",
            "programs.Attendance",
            "programs.EconomicSupport",
            "programs.BusinessFollowUp",
        ),
        "Melaksanakan layanan dan melihat hasilnya.",
        DUTY,
        f"{TEAM}; penyelenggara program (nama, kode, kehadiran)",
    ),
    Activity(
        "Rujukan kepada mitra",
        ("partners.Referral", "partners.ReferralPeriod", "partners.ReferralNote", "partners.PartnerContact"),
        "Layanan oleh organisasi mitra: hanya isian yang disebut dalam rujukan.",
        "Persetujuan (Pasal 20 ayat 2 huruf a) atau kewenangan yang dicatat",
        "Organisasi mitra penerima rujukan",
    ),
    Activity(
        "Dasar hukum, persetujuan, dan pembagian akses",
        (
            "cases.ProcessingBasis",
            "cases.Consent",
            "cases.CaseUserGrant",
            "cases.CaseGroupGrant",
            "cases.CaseConference",
            "cases.BreakGlassReview",
            "cases.UnsealRequest",
        ),
        "Membuktikan persetujuan dan mencatat siapa boleh membuka berkas, mengapa, sampai kapan.",
        "Kewajiban hukum (Pasal 20 ayat 2 huruf c, Pasal 22–24)",
        TEAM,
    ),
    Activity(
        "Hak subjek data, pengaduan, dan insiden",
        (
            "cases.RightsRequest",
            "reports.SubjectCopy",
            "cases.Complaint",
            "cases.BreachIncident",
            "cases.BreachCase",
            "cases.BreachEntry",
        ),
        "Menjawab permintaan dan pengaduan, memberitahukan kegagalan pelindungan data.",
        "Kewajiban hukum (Pasal 5–13, 46)",
        "Pejabat pelindungan data, auditor; unit hanya permintaan hak atas berkasnya",
    ),
    Activity(
        "Retensi, penahanan hukum, dan pemusnahan",
        ("cases.LegalHold", "cases.DestructionList", "cases.DestructionItem"),
        "Menyimpan berkas tidak lebih lama dari jadwalnya dan membuktikan pemusnahannya.",
        "Kewajiban hukum (Pasal 42–45; UU 43/2009)",
        "Admin data dan kantor pusat instansi (kode, jenis, tanggal); pejabat pelindungan data, auditor",
        "Arsip statis: daftar dan berita acara pemusnahan tidak dimusnahkan",
    ),
    Activity(
        "Petugas, akun, dan jurnal akses",
        (
            "accounts.Staff",
            "accounts.StaffTraining",
            "accounts.Team",
            "accounts.ConductAcceptance",
            "accounts.KnownDevice",
            "accounts.JournalEntry",
        ),
        "Memberi akses menurut tugas dan membuktikan siapa membuka apa.",
        "Kewajiban hukum (Pasal 35–39)",
        "Rekan petugas (nama, unit); auditor dan pejabat pelindungan data (jurnal)",
    ),
    Activity(
        "Hubungan pribadi petugas dengan peserta",
        ("cases.ConflictDeclaration",),
        "Menjauhkan petugas dari berkas keluarga, kerabat, dan kenalannya.",
        "Kewajiban hukum (Pasal 35–39)",
        "Petugas itu sendiri, penggantinya, dan pengawas unit",
    ),
    Activity(
        "Ekspor data",
        ("reports.Export",),
        "Daftar kasus untuk rapat dan pemeriksaan: dengan alasan, tanda air, dan persetujuan orang kedua.",
        DUTY,
        "Peminta dan penyetuju",
    ),
    Activity(
        "Laporan triwulan",
        ("reports.QuarterlyReport",),
        "Angka layanan untuk pimpinan; sel kecil disamarkan sebelum keluar.",
        DUTY,
        "Pimpinan unit dan instansi; BNPT secara nasional",
    ),
)
RISKS = (
    (
        "Orang dalam membuka berkas tanpa perlu",
        "Akses menurut tugas dan seksi; jurnal akses; kebijakan baris",
    ),
    (
        "Akun mitra disalahgunakan",
        "Mitra menerima isian rujukan saja; akses berakhir sendiri",
    ),
    (
        "Penilaian menjadi cap",
        "Petunjuk bukan keputusan; keberatan ditinjau ulang oleh manusia",
    ),
    ("Data anak tersebar", "Tanpa warna dan kata risiko; nama disingkat; angka anak disamarkan lebih ketat"),
    (
        "Data dipakai untuk tujuan lain",
        "Tidak ada aliran ke aparat keamanan; pembagian punya dasar dan tujuan",
    ),
    ("Kegagalan pelindungan data", "Insiden dengan jam 72 jam, surat kepada orang yang terkena dan lembaga"),
    (
        "Subjek data tidak didengar",
        "Permintaan hak dengan jam 72 jam; pengaduan di luar garis komando",
    ),
)
HEAD = "<!-- Ditulis oleh `manage.py processing_register` dari kelas data dalam kode; jangan diubah dengan tangan. -->"


def _fields(activity: Activity) -> dict[DataClass, list[str]]:
    found: dict[DataClass, list[str]] = defaultdict(list)
    for label in activity.models:
        model = apps.get_model(label)
        for name, data_class in classes_of(model).items():
            if data_class != DataClass.NONE:
                found[data_class].append(f"{model.__name__}.{name}")
    return {data_class: found[data_class] for data_class in DataClass if data_class in found}


def register_text() -> str:
    lines = ["# Rekam pemrosesan data pribadi (UU 27/2022 Pasal 31)", "", HEAD, ""]
    for activity in ACTIVITIES:
        lines += [
            f"## {activity.title}",
            "",
            f"- Tujuan: {activity.purpose}",
            f"- Dasar: {activity.basis}",
            f"- Penerima: {activity.recipients}",
            f"- Masa simpan: {activity.kept}",
            "",
            "| Kelas | Data |",
            "|---|---|",
        ]
        lines += [
            f"| {data_class} | {', '.join(f'`{name}`' for name in names)} |"
            for data_class, names in _fields(activity).items()
        ]
        lines.append("")
    return "\n".join(lines)


def assessment_text() -> str:
    lines = [
        "# Penilaian dampak pelindungan data pribadi (UU 27/2022 Pasal 34)",
        "",
        HEAD,
        "",
        "Wajib, karena diproses data pribadi spesifik (catatan kejahatan, data anak, keuangan pribadi), penilaian atas"
        " orang, dan data dalam jumlah besar.",
        "",
        "| Kegiatan | " + " | ".join(data_class for data_class in DataClass if data_class != DataClass.NONE) + " |",
        "|---|" + "---:|" * (len(DataClass) - 1),
    ]
    for activity in ACTIVITIES:
        counts = {data_class: len(names) for data_class, names in _fields(activity).items()}
        cells = [str(counts.get(data_class, 0)) for data_class in DataClass if data_class != DataClass.NONE]
        lines.append(f"| {activity.title} | " + " | ".join(cells) + " |")
    lines += ["", "Angka: banyaknya isian dalam setiap kelas.", "", "| Risiko | Pengendalian |", "|---|---|"]
    lines += [f"| {risk} | {control} |" for risk, control in RISKS]
    lines += [
        "",
        "## Yang harus diisi instansi sebelum dipakai",
        "",
        "- Nama pengendali data dan pejabat pelindungan data.",
        f"- Masa simpan: {TO_BE_CONFIRMED}.",
        "- Pendapat pejabat pelindungan data, tanggal, dan tanda tangan.",
        "",
    ]
    return "\n".join(lines)


def written() -> dict[str, str]:
    """File below docs/ -> its text."""
    return {"processing-register.md": register_text(), "dpia.md": assessment_text()}
