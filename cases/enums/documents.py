"""Closed lists of documents."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.enums import Section


class DocumentKind(models.TextChoices):
    LITMAS = "litmas", _("Litmas")
    VERDICT = "putusan", _("Putusan")
    PLEDGE = "ikrar", _("Ikrar setia NKRI")
    HANDOVER = "berita_acara", _("Berita acara serah terima")
    LEGAL_LETTER = "surat_hukum", _("Surat keputusan atau surat lepas")
    CONSENT = "persetujuan", _("Persetujuan tertulis")
    IDENTITY = "identitas", _("KTP, KK, atau akta lahir")
    DEATH = "akta_kematian", _("Akta atau surat kematian")
    PHOTO = "foto", _("Foto")
    REPORT = "laporan", pgettext_lazy("jenis dokumen", "Laporan")
    GUIDELINE = "pedoman", _("Pedoman")
    OTHER = "lainnya", _("Lainnya")


class MediaKind(models.TextChoices):
    """What may be kept, told by content (core.papers)."""

    PDF = "pdf", _("PDF")
    JPEG = "jpeg", _("foto JPEG")
    PNG = "png", _("gambar PNG")


class PreviewState(models.TextChoices):
    WAITING = "waiting", _("Sedang dibuat")
    READY = "ready", _("Ada")
    FAILED = "failed", _("Tidak dapat dibuat")


# How sensitive a document is: who reads it besides seeing the documents at all. The section's own rules hold, a
# psychologist's profession for the clinical one included (cases.policies.documents).
READ_AS: dict[Section, object] = {
    Section.DOCUMENTS: _("Semua yang dapat membuka bagian Dokumen"),
    Section.IDENTITY: _("Hanya yang juga dapat membuka Identitas"),
    Section.LEGAL: _("Hanya yang juga dapat membuka Hukum"),
    Section.ASSESSMENT: _("Hanya yang juga dapat membuka Penilaian"),
    Section.NOTES: _("Hanya yang juga dapat membuka Catatan"),
    Section.CLINICAL: _("Hanya profesi psikolog"),
}
