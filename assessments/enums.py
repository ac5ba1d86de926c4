"""Closed lists of the assessment: states and moves (D §3.2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import Transition


class InstrumentCode(models.TextChoices):
    ADULT = "PRK-D", _("Penilaian Risiko dan Kebutuhan Dewasa")
    CHILD = "PKA", _("Penilaian Kebutuhan dan Kepentingan Terbaik Anak")
    FAMILY = "KRK", _("Kesiapan Reintegrasi Keluarga dan Masyarakat")


class VersionStatus(models.TextChoices):
    PUBLISHED = "published", _("Terbit")
    WITHDRAWN = "withdrawn", _("Ditarik")


class DraftStatus(models.TextChoices):
    """Of the text from which a version is made; what it became is another row."""

    OPEN = "open", _("Draf")
    PUBLISHED = "published", _("Terbit")
    DISCARDED = "discarded", _("Dibuang")


PUBLISH_DRAFT = Transition.of(DraftStatus.OPEN, to=DraftStatus.PUBLISHED)
DISCARD_DRAFT = Transition.of(DraftStatus.OPEN, to=DraftStatus.DISCARDED)
WITHDRAW_VERSION = Transition.of(VersionStatus.PUBLISHED, to=VersionStatus.WITHDRAWN)


class Mode(models.TextChoices):
    FULL = "lengkap", _("Lengkap")
    NEEDS_ONLY = "kebutuhan_saja", _("Kebutuhan saja")


class AssessmentKind(models.TextChoices):
    """What a row is to its case: a judgement, another rater's beside it, or what the two agreed on."""

    ORDINARY = "biasa", _("Penilaian")
    SECOND = "kedua", _("Penilaian kedua")
    JOINT = "bersama", _("Penilaian bersama")


class SecondCause(models.TextChoices):
    CONTEST = "sanggahan", _("Sanggahan peserta")
    REQUEST = "permintaan", _("Permintaan petugas")


class SecondOutcome(models.TextChoices):
    UPHELD = "tetap", _("Penilaian pertama tetap berlaku")
    CHANGED = "berubah", _("Penilaian bersama yang berlaku")
    WITHDRAWN = "ditarik", _("Ditarik")


class AssessmentReason(models.TextChoices):
    INITIAL = "awal", _("Penilaian awal")
    PERIODIC = "berkala", _("Berkala")
    EVENT = "kejadian", _("Ada kejadian")
    PRE_RELEASE = "pra_bebas", _("Pra-bebas")
    CLOSURE = "penutupan", _("Penutupan")


class AssessmentStatus(models.TextChoices):
    DRAFT = "draft", _("Draf")
    SUBMITTED = "submitted", _("Diajukan")
    AWAITING_APPROVAL = "awaiting_approval", _("Menunggu persetujuan")
    RETURNED = "returned", _("Dikembalikan")
    FINAL = "final", _("Final")
    SUPERSEDED = "superseded", _("Digantikan")
    CANCELLED = "cancelled", _("Dibatalkan")


S = AssessmentStatus
SUBMIT = Transition.of(S.DRAFT, to=S.SUBMITTED)
# The final judgement differs from guidance, or guidance was not possible (I-5).
SUBMIT_FOR_APPROVAL = Transition.of(S.DRAFT, to=S.AWAITING_APPROVAL)
RETURN = Transition.of(S.SUBMITTED, S.AWAITING_APPROVAL, to=S.RETURNED)
TAKE_BACK_UP = Transition.of(S.RETURNED, to=S.DRAFT)
FINALISE = Transition.of(S.SUBMITTED, S.AWAITING_APPROVAL, to=S.FINAL)
SUPERSEDE = Transition.of(S.FINAL, to=S.SUPERSEDED)
CANCEL = Transition.of(S.DRAFT, S.RETURNED, S.SUBMITTED, S.AWAITING_APPROVAL, S.FINAL, to=S.CANCELLED)

IN_QUEUE = (S.SUBMITTED, S.AWAITING_APPROVAL)
IN_PROGRESS = (S.DRAFT, S.RETURNED, S.SUBMITTED, S.AWAITING_APPROVAL)


class Band(models.TextChoices):
    """Guidance and final judgement of all instruments; colours exist for adults alone (ET-3)."""

    GREEN = "hijau", _("Hijau")
    YELLOW = "kuning", _("Kuning")
    RED = "merah", _("Merah")
    NOT_ENOUGH = "belum_cukup", _("Belum cukup informasi")
    ROUTINE = "dukungan_rutin", _("Dukungan rutin")
    ADDITIONAL = "dukungan_tambahan", _("Dukungan tambahan")
    INTENSIVE = "dukungan_intensif", _("Dukungan intensif")
    READY = "siap", _("Siap")
    READY_WITH_SUPPORT = "siap_dengan_dukungan", _("Siap dengan dukungan")
    NOT_READY = "belum_siap", _("Belum siap")


# Letters that a reason for differing from guidance needs at least (I-5); instruments.yaml may ask for more.
LEAST_REASON = 80
# Letters of the evidence of one answer, and of one narrative, at most.
LONGEST_NOTE = 4_000
LONGEST_NARRATIVE = 10_000

COLOURS = (Band.GREEN, Band.YELLOW, Band.RED)


class SupportLevel(models.TextChoices):
    LOW = "rendah", _("Rendah")
    MEDIUM = "sedang", _("Sedang")
    HIGH = "tinggi", _("Tinggi")
    NOT_ENOUGH = "belum_cukup", _("Belum cukup informasi")


class NonRating(models.TextChoices):
    UNKNOWN = "unknown", _("Belum diketahui")
    NOT_APPLICABLE = "not_applicable", _("Tidak berlaku")


class Confidence(models.TextChoices):
    LOW = "rendah", _("Rendah")
    MEDIUM = "sedang", _("Sedang")
    HIGH = "tinggi", _("Tinggi")


class WordAnswer(models.TextChoices):
    """What became of a text in which a word of the list was found (ET-8)."""

    ASKED = "asked", _("Belum dijawab")
    VIOLENCE = "violence", _("Tentang kekerasan, dijelaskan")
    REWORDED = "reworded", _("Ditulis ulang")


class Source(models.TextChoices):
    INTERVIEW = "wawancara", _("Wawancara")
    OBSERVATION = "pengamatan", _("Pengamatan")
    DOCUMENT = "dokumen", _("Dokumen")
    FAMILY = "keluarga", _("Keluarga")
    OTHER_STAFF = "petugas_lain", _("Petugas lain")
    PARTNER = "mitra", _("Mitra")
