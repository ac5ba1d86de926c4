"""Legal status over time, legal events, other bodies' classifications and assessments, returns, and consent."""

from __future__ import annotations

from typing import Any

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
    ExternalInstrument,
    ExternalValue,
    LegalStatusKind,
    ReturnKind,
)
from cases.enums.basis import BasisPurpose, Ground
from cases.legal_dates import BEFORE_RELEASE, BEFORE_STATUS, EARLIEST, ENDS_BEFORE
from cases.models.casefile import CaseFile
from cases.models.documents import Document, of_same_case
from core.models import Coded, Timestamped, Versioned, tracked


class LegalRecord(Coded, Versioned, Timestamped):
    """Something written down on the legal page: it has a page where it is corrected, and somebody who wrote it."""

    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who wrote it does not check it
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("dicatat oleh"),
    )

    class Meta:
        abstract = True


def since_1900(name: str, *fields: str) -> models.CheckConstraint:
    """No date before 1900: nobody whom this program knows was born then."""
    condition = Q()
    for field in fields:
        condition &= Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": EARLIEST})
    return models.CheckConstraint(condition=condition, name=name, violation_error_message=_("Periksa tahunnya."))


def in_order(name: str, earlier: str, later: str, message: Any) -> models.CheckConstraint:
    """``later`` is not before ``earlier`` where both are known."""
    condition = (
        Q(**{f"{earlier}__isnull": True}) | Q(**{f"{later}__isnull": True}) | Q(**{f"{later}__gte": F(earlier)})
    )
    return models.CheckConstraint(condition=condition, name=name, violation_error_message=message)


class LegalStatusQuerySet(models.QuerySet["LegalStatus"]):
    def in_force_on(self, day: object) -> LegalStatusQuerySet:
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))

    def verified(self) -> LegalStatusQuerySet:
        """I-17: with an authority and a document, which somebody else than the writer has looked at."""
        return self.filter(verified_at__isnull=False)


def _proof() -> models.ForeignKey[Document | None, Document | None]:
    """The document that proves a row of the legal timeline, or a consent."""
    return models.ForeignKey(
        Document,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # only the retention job destroys
        related_name="+",
        verbose_name=_("dokumen"),
    )


@tracked()
class LegalStatus(LegalRecord):
    case = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="legal_statuses")
    status = models.CharField(_("status hukum"), max_length=20, choices=LegalStatusKind)
    valid_from = models.DateField(_("sejak"))
    valid_to = models.DateField(_("sampai"), null=True, blank=True)
    authority = models.CharField(_("lembaga"), max_length=160, blank=True)
    document_no = models.CharField(_("nomor dokumen"), max_length=80, blank=True)
    document = _proof()
    sentence_months = models.PositiveSmallIntegerField(_("masa pidana (bulan)"), null=True, blank=True)
    release_date = models.DateField(_("tanggal bebas"), null=True, blank=True)
    supervision_end = models.DateField(_("akhir bimbingan"), null=True, blank=True)
    conditions = models.TextField(_("syarat"), blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who checked it
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("diperiksa oleh"),
    )
    verified_at = models.DateTimeField(_("diperiksa"), null=True, blank=True, editable=False)

    objects = LegalStatusQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from"]
        verbose_name = _("status hukum")
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
            in_order("legal_status_ends_after_it_begins", "valid_from", "valid_to", ENDS_BEFORE),
            in_order("legal_status_released_after_it_begins", "valid_from", "release_date", BEFORE_STATUS),
            in_order("legal_status_supervised_after_it_begins", "valid_from", "supervision_end", BEFORE_STATUS),
            in_order("legal_status_supervised_after_release", "release_date", "supervision_end", BEFORE_RELEASE),
            since_1900("legal_status_dates_since_1900", "valid_from", "release_date", "supervision_end"),
            models.CheckConstraint(
                condition=Q(verified_by=None, verified_at=None)
                | (
                    Q(verified_by__isnull=False, verified_at__isnull=False)
                    & ~Q(authority="")
                    & ~Q(document_no="")
                    & (Q(recorded_by=None) | ~Q(recorded_by=F("verified_by")))
                ),
                name="legal_status_verified_on_paper_by_another",
                violation_error_message=_("Status terperiksa bila lembaga dan nomor dokumennya ada."),
            ),
        ]
        triggers = [of_same_case("status_document_of_same_case")]
        indexes = [
            models.Index(fields=["release_date"], name="releases", condition=Q(release_date__isnull=False)),
            models.Index(
                fields=["supervision_end"], name="supervision_ends", condition=Q(supervision_end__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.valid_from:%Y-%m-%d}"

    @property
    def is_verified(self) -> bool:
        return self.verified_at is not None

    @property
    def can_be_verified(self) -> bool:
        """I-17: an authority and a document are there to be looked at."""
        return not self.is_verified and bool(self.authority.strip() and self.document_no.strip())


@tracked()
class LegalEvent(LegalRecord):
    class Kind(models.TextChoices):
        PLEDGE = "ikrar_nkri", _("Ikrar setia NKRI")
        HANDOVER = "serah_terima", _("Serah terima")
        VERDICT = "putusan", _("Putusan")
        REMISSION = "remisi", _("Remisi")
        REVOCATION = "pencabutan", _("Pencabutan")
        TRAVEL = "izin_bepergian", _("Izin bepergian")

    case = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="legal_events")
    kind = models.CharField(_("jenis"), max_length=20, choices=Kind)
    happened_on = models.DateField(_("tanggal"))
    place = models.CharField(_("tempat"), max_length=160, blank=True)
    authority = models.CharField(_("lembaga"), max_length=160, blank=True)
    document_no = models.CharField(_("nomor dokumen"), max_length=80, blank=True)
    document = _proof()

    class Meta:
        ordering = ["-happened_on"]
        verbose_name = _("peristiwa hukum")
        constraints = [since_1900("legal_event_since_1900", "happened_on")]
        triggers = [of_same_case("event_document_of_same_case")]

    def __str__(self) -> str:
        return self.get_kind_display()


@tracked()
class ExternalClassification(LegalRecord):
    """What another body calls the person. Text with a source; never our band, never drawn as one."""

    case = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="external_classifications")
    source = models.CharField(_("sumber"), max_length=120)
    value = models.CharField(_("kategori"), max_length=10, choices=ExternalValue)
    given_on = models.DateField(_("tanggal"))
    basis = models.CharField(_("dasar"), max_length=200, blank=True)
    document_no = models.CharField(_("nomor dokumen"), max_length=80, blank=True)

    class Meta:
        ordering = ["-given_on"]
        verbose_name = _("kategori dari instansi lain")
        constraints = [since_1900("external_classification_since_1900", "given_on")]

    def __str__(self) -> str:
        return f"{self.source}: {self.value}"


@tracked()
class ExternalAssessment(LegalRecord):
    """What another body found with its own instrument, in its own words. It moves nothing here (domain trap 2)."""

    case = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="external_assessments")
    source = models.CharField(_("sumber"), max_length=120)
    instrument = models.CharField(_("instrumen"), max_length=20, choices=ExternalInstrument)
    assessed_on = models.DateField(_("tanggal"))
    result = models.CharField(_("hasil"), max_length=120)
    summary = models.TextField(_("ringkasan"), blank=True)
    basis = models.CharField(_("dasar"), max_length=200, blank=True)
    document_no = models.CharField(_("nomor dokumen"), max_length=80, blank=True)

    class Meta:
        ordering = ["-assessed_on"]
        verbose_name = _("penilaian instansi lain")
        constraints = [since_1900("external_assessment_since_1900", "assessed_on")]

    def __str__(self) -> str:
        return f"{self.source}: {self.get_instrument_display()}"


@tracked()
class ReturnEvent(LegalRecord):
    case = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="return_events")
    kind = models.CharField(_("jenis"), max_length=12, choices=ReturnKind)
    # Confidential: reported only in groups (D §1c S-Cd), shown to those who work on the case (policies.works_on).
    country = models.CharField(_("negara asal (ISO 3166)"), max_length=2)
    arrived_on = models.DateField(_("tiba"))
    received_by = models.CharField(_("diterima oleh"), max_length=160, blank=True)
    stay_abroad_months = models.PositiveSmallIntegerField(_("lama di luar negeri (bulan)"), null=True, blank=True)

    class Meta:
        ordering = ["-arrived_on"]
        verbose_name = _("kepulangan")
        constraints = [since_1900("return_event_since_1900", "arrived_on")]

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
    document = _proof()
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
        triggers = [of_same_case("consent_document_of_same_case")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.status}"

    @property
    def is_in_force(self) -> bool:
        return self.status == ConsentStatus.GIVEN and (
            self.valid_until is None or self.valid_until >= timezone.localdate()
        )
