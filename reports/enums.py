"""Closed lists of the quarterly report and its moves (D §3.2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.workflow import Transition


class Scope(models.TextChoices):
    UNIT = "unit", _("Unit kerja")
    AGENCY = "agency", _("Instansi")
    NATIONAL = "national", _("Nasional")


class ReportStatus(models.TextChoices):
    DRAFTING = "drafting", _("Disusun")
    QUEUED = "queued", _("Antre")
    GENERATED = "generated", _("Selesai dibuat")
    FAILED = "failed", _("Gagal")
    IN_REVIEW = "in_review", _("Ditinjau")
    APPROVED = "approved", _("Disahkan")
    SENT = "sent", _("Dikirim")


R = ReportStatus
QUEUE = Transition.of(R.DRAFTING, R.FAILED, to=R.QUEUED)
GENERATED = Transition.of(R.QUEUED, to=R.GENERATED)
FAIL = Transition.of(R.QUEUED, to=R.FAILED)
ASK_REVIEW = Transition.of(R.GENERATED, to=R.IN_REVIEW)
APPROVE = Transition.of(R.IN_REVIEW, to=R.APPROVED)
SEND = Transition.of(R.APPROVED, to=R.SENT)


# Steps of a report's making as people read them; translated when shown. Progress is in hundredths.
COLLECT, DRAW, WRITE, CHECK = STEPS = (
    gettext_noop("Membekukan angka"),
    gettext_noop("Menyusun grafik dan tabel"),
    gettext_noop("Membuat PDF"),
    gettext_noop("Memeriksa PDF"),
)
STARTS_AT = dict(zip(STEPS, (2, 60, 70, 92), strict=True))


# ---- exports of person rows ----------------------------------------------------------------------------------------


class ExportFormat(models.TextChoices):
    XLSX = "xlsx", _("Lembar kerja Excel (.xlsx)")
    CSV = "csv", _("Teks berpemisah (.csv)")
    COPY = "copy", _("Salinan data (JSON dan PDF)")


# What somebody may ask for as rows; a person's copy comes from the request under UU PDP alone.
ROW_FORMATS = (ExportFormat.XLSX, ExportFormat.CSV)


class ExportPurpose(models.TextChoices):
    """Why rows about people leave Titian. No purpose is the passing on to police, army or intelligence (ET-6)."""

    CASELOAD_REVIEW = "caseload_review", _("Telaah beban kerja dan tenggat")
    DATA_QUALITY = "data_quality", _("Perbaikan mutu data")
    HANDOVER = "handover", _("Serah terima pekerjaan di unit ini")
    HEARING = "hearing", _("Bahan sidang TPP atau konferensi kasus")
    AUDIT = "audit", _("Pemeriksaan inspektorat atau BPK")
    SUBJECT_COPY = "subject_copy", _("Salinan untuk orang yang punya data")


ROW_PURPOSES = tuple(purpose for purpose in ExportPurpose if purpose != ExportPurpose.SUBJECT_COPY)


class ExportStatus(models.TextChoices):
    WAITING = "waiting", _("Menunggu persetujuan")
    APPROVED = "approved", _("Disetujui")
    QUEUED = "queued", _("Sedang dibuat")
    READY = "ready", _("Siap diunduh")
    DOWNLOADED = "downloaded", _("Sudah diunduh")
    EXPIRED = "expired", _("Kedaluwarsa")
    REFUSED = "refused", _("Ditolak")
    CANCELLED = "cancelled", _("Dibatalkan")
    FAILED = "failed", _("Gagal")


E = ExportStatus
EXPORT_APPROVE = Transition.of(E.WAITING, to=E.APPROVED)
EXPORT_REFUSE = Transition.of(E.WAITING, to=E.REFUSED)
EXPORT_START = Transition.of(E.APPROVED, to=E.QUEUED)
EXPORT_MADE = Transition.of(E.QUEUED, to=E.READY)
EXPORT_FAIL = Transition.of(E.QUEUED, to=E.FAILED)
EXPORT_DOWNLOAD = Transition.of(E.READY, to=E.DOWNLOADED)
EXPORT_CANCEL = Transition.of(E.WAITING, E.APPROVED, E.READY, to=E.CANCELLED)
EXPORT_EXPIRE = Transition.of(E.APPROVED, E.READY, to=E.EXPIRED)
# Rows of these left Titian or may leave it: they count against the 24 hours.
COUNTED_EXPORTS = (E.WAITING, E.APPROVED, E.QUEUED, E.READY, E.DOWNLOADED, E.EXPIRED)
# What these hold can still leave.
UNFETCHED = (E.WAITING, E.APPROVED, E.QUEUED, E.READY)
# Nobody has decided about these, or against them.
UNDECIDED_EXPORTS = (E.WAITING, E.REFUSED, E.CANCELLED)
# I-23: more person rows than this by one person in 24 hours need a second person.
ROWS_ALONE = 50

SELECT, SHEET, LOCK = EXPORT_STEPS = (
    gettext_noop("Membaca kasus"),
    gettext_noop("Menulis berkas"),
    gettext_noop("Mengunci dengan kata sandi"),
)
EXPORT_STARTS_AT = dict(zip(EXPORT_STEPS, (5, 50, 80), strict=True))


# ---- a person's copy of the own data -------------------------------------------------------------------------------


class LeftOutReason(models.TextChoices):
    """Why something about a person does not stand in the copy; all but the last two are said to the person."""

    OTHERS_DATA = "others_data", _("Membuka data pribadi orang lain (UU 27/2022 Pasal 33)")
    STAFF_SAFETY = "staff_safety", _("Membahayakan keselamatan petugas (UU 27/2022 Pasal 33)")
    PROTECTED_SOURCES = "protected_sources", _("Melindungi pelapor dan sumber keterangan (UU 27/2022 Pasal 15 dan 33)")
    CLINICIAN = "clinician", _("Disampaikan langsung oleh klinisi, agar tidak membahayakan Anda (UU 27/2022 Pasal 33)")
    ENDANGERS = "endangers", _("Membahayakan keamanan Anda bila terbaca orang lain (UU 27/2022 Pasal 33)")
    LAW_ENFORCEMENT = "law_enforcement", _("Kepentingan proses penegakan hukum (UU 27/2022 Pasal 15)")
    OUT_OF_SIGHT = "out_of_sight", _("Dipegang petugas lain; minta melalui pejabat pelindungan data")
    REPEATED = "repeated", _("Tercantum di tempat lain dalam salinan ini")
    NOT_OF_THE_PERSON = "not_of_the_person", _("Bukan data pribadi orang ini")


# Said to the person; the others only classify.
TOLD_REASONS = frozenset(LeftOutReason) - {LeftOutReason.REPEATED, LeftOutReason.NOT_OF_THE_PERSON}
