"""Legal status over time, legal events, other bodies' classifications, returns, and consent."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.enums import (
    ConsentCapacity,
    ConsentPurpose,
    ConsentStatus,
    ExternalValue,
    LegalStatusKind,
    ReturnKind,
)
from cases.enums.basis import BasisPurpose, Ground
from cases.models.casefile import CaseFile
from core.models import Coded, Timestamped, Versioned, tracked


class CurrentQuerySet(models.QuerySet["LegalStatus"]):
    def in_force_on(self, day: object) -> CurrentQuerySet:
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))


@tracked()
class LegalStatus(Timestamped):
    case = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="legal_statuses")
    status = models.CharField(_("status hukum"), max_length=20, choices=LegalStatusKind)
    valid_from = models.DateField(_("sejak"))
    valid_to = models.DateField(_("sampai"), null=True, blank=True)
    authority = models.CharField(_("lembaga"), max_length=160, blank=True)
    document_no = models.CharField(_("nomor dokumen"), max_length=80, blank=True)
    sentence_months = models.PositiveSmallIntegerField(_("masa pidana (bulan)"), null=True, blank=True)
    release_date = models.DateField(_("tanggal bebas"), null=True, blank=True)
    supervision_end = models.DateField(_("akhir bimbingan"), null=True, blank=True)
    conditions = models.TextField(_("syarat"), blank=True)

    objects = CurrentQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            ExclusionConstraint(
                name="legal_statuses_never_overlap",  # I-17
                expressions=[
                    ("case", RangeOperators.EQUAL),
                    (
                        Func(
                            F("valid_from"),
                            F("valid_to"),
                            Value("[)"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("Status hukum tidak boleh bertumpang tindih."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="legal_status_ends_after_it_begins",
                violation_error_message=_("Tanggal akhir tidak boleh sebelum tanggal awal."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.valid_from:%Y-%m-%d}"

    @property
    def is_verified(self) -> bool:
        """I-17: verified only with an authority and a document."""
        return bool(self.authority and self.document_no)


@tracked()
class LegalEvent(Timestamped):
    class Kind(models.TextChoices):
        PLEDGE = "ikrar_nkri", _("Ikrar setia NKRI")
        HANDOVER = "serah_terima", _("Serah terima")
        VERDICT = "putusan", _("Putusan")
        REMISSION = "remisi", _("Remisi")
        REVOCATION = "pencabutan", _("Pencabutan")

    case = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="legal_events")
    kind = models.CharField(_("jenis"), max_length=20, choices=Kind)
    happened_on = models.DateField(_("tanggal"))
    place = models.CharField(_("tempat"), max_length=160, blank=True)
    document_no = models.CharField(_("nomor dokumen"), max_length=80, blank=True)

    class Meta:
        ordering = ["-happened_on"]

    def __str__(self) -> str:
        return self.get_kind_display()


@tracked()
class ExternalClassification(Timestamped):
    """What another body calls the person. Text with a source; never our band, never drawn as one."""

    case = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="external_classifications")
    source = models.CharField(_("sumber"), max_length=120)
    value = models.CharField(_("kategori"), max_length=10, choices=ExternalValue)
    given_on = models.DateField(_("tanggal"))
    basis = models.CharField(_("dasar"), max_length=200, blank=True)

    class Meta:
        ordering = ["-given_on"]

    def __str__(self) -> str:
        return f"{self.source}: {self.value}"


@tracked()
class ReturnEvent(Timestamped):
    case = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="return_events")
    kind = models.CharField(_("jenis"), max_length=12, choices=ReturnKind)
    # Confidential: reported only in groups (D §1c S-Cd).
    country = models.CharField(_("negara asal (ISO 3166)"), max_length=2)
    arrived_on = models.DateField(_("tiba"))
    received_by = models.CharField(_("diterima oleh"), max_length=160, blank=True)

    class Meta:
        ordering = ["-arrived_on"]

    def __str__(self) -> str:
        return f"{self.kind} {self.arrived_on:%Y-%m-%d}"


class BasisQuerySet(models.QuerySet["ProcessingBasis"]):
    def in_force(self) -> BasisQuerySet:
        today = timezone.localdate()
        return self.filter(valid_from__lte=today).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today))


@tracked()
class ProcessingBasis(Coded, Versioned, Timestamped):
    """By which law these data are processed. Nobody gives it and nobody can take it back; a consent is another record
    (D §2.6), and a form of the law is never dressed up as one (ET-10)."""

    case = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="bases")
    purpose = models.CharField(_("tujuan"), max_length=20, choices=BasisPurpose)
    ground = models.CharField(_("dasar"), max_length=20, choices=Ground)
    # The law or the document: "UU 22/2022 Pasal 56", "Penetapan PN Malang 12/Pen/2026".
    reference = models.CharField(_("aturan atau dokumen"), max_length=200)
    valid_from = models.DateField(_("sejak"))
    valid_to = models.DateField(_("sampai"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who answered for it stays on record
        related_name="+",
        verbose_name=_("dicatat oleh"),
    )

    objects = BasisQuerySet.as_manager()

    class Meta:
        ordering = ["purpose", "-valid_from", "-pk"]
        verbose_name = _("dasar hukum")
        verbose_name_plural = _("dasar hukum")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="basis_ends_after_it_begins",
                violation_error_message=_("Tanggal akhir tidak boleh sebelum tanggal awal."),
            ),
            # Consent is no choice here, in no import and no SQL either.
            models.CheckConstraint(condition=Q(ground__in=Ground.values), name="basis_is_of_the_law"),
            models.CheckConstraint(condition=~Q(reference=""), name="basis_names_its_law"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.ground}"

    @property
    def is_in_force(self) -> bool:
        today = timezone.localdate()
        return self.valid_from <= today and (self.valid_to is None or self.valid_to >= today)


class ConsentQuerySet(models.QuerySet["Consent"]):
    def in_force(self) -> ConsentQuerySet:
        today = timezone.localdate()
        return self.filter(status=ConsentStatus.GIVEN).filter(Q(valid_until__isnull=True) | Q(valid_until__gte=today))


@tracked()
class Consent(Coded, Versioned, Timestamped):
    """A free choice that can be withdrawn; never the ground of a legal duty (ET-10)."""

    case = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(_("tujuan"), max_length=20, choices=ConsentPurpose)
    scope = ArrayField(models.CharField(max_length=40), verbose_name=_("data yang dibagikan"), default=list)
    # What exactly was agreed to, where no list of data says it: which photo, which visit, which study.
    detail = models.CharField(_("isi persetujuan"), max_length=300, blank=True)
    recipient = models.CharField(_("penerima"), max_length=160, blank=True)
    given_by = models.CharField(_("pemberi"), max_length=160)
    capacity = models.CharField(_("kapasitas"), max_length=20, choices=ConsentCapacity)
    language = models.CharField(_("bahasa penjelasan"), max_length=60, default="Indonesia")
    evidence = models.CharField(_("bukti"), max_length=200, blank=True)
    explained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who explained it is part of the proof (UU PDP Pasal 24)
        related_name="+",
    )
    status = models.CharField(
        _("status"), max_length=10, choices=ConsentStatus, default=ConsentStatus.REQUESTED, editable=False
    )
    decided_at = models.DateTimeField(_("diputuskan"), null=True, blank=True, editable=False)
    valid_until = models.DateField(_("berlaku sampai"), null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.purpose} {self.status}"

    @property
    def is_in_force(self) -> bool:
        return self.status == ConsentStatus.GIVEN and (
            self.valid_until is None or self.valid_until >= timezone.localdate()
        )
