"""Partner organisations, what they offer, and referrals to them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import NamedTuple

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Region, Unit
from assessments.catalogue import default as default_catalogue
from cases.enums import Sex
from cases.models import CaseFile, CaseGroupGrant, Consent
from core.models import Coded, Period, Timestamped, Versioned, never_overlapping, tracked
from partners.enums import (
    DELIVERING,
    NO_REFERRALS,
    REFERRAL_OPEN,
    SHOWN_BEFORE_ACCEPTANCE,
    TAKES_A_PLACE,
    AgeGroup,
    AgreementStatus,
    AgreementType,
    PartnerKind,
    ReferralBasis,
    ReferralStatus,
    SharedField,
    Urgency,
    Verification,
)

# D §3.2: "akan berakhir".
ENDS_SOON_DAYS = 90


def quarter_days(day: dt.date) -> tuple[dt.date, dt.date]:
    """First day of ``day``'s quarter and of the next one."""
    first = dt.date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return first, dt.date(first.year + (first.month == 10), (first.month + 3 - 1) % 12 + 1, 1)


@tracked()
class PartnerOrganisation(Coded, Versioned, Timestamped):
    name = models.CharField(_("nama"), max_length=160, unique=True)
    kind = models.CharField(_("jenis"), max_length=30, choices=PartnerKind)
    legal_no = models.CharField(_("nomor badan hukum"), max_length=80, blank=True)
    regions = models.ManyToManyField(Region, blank=True, related_name="partners", verbose_name=_("wilayah kerja"))
    focus_areas = ArrayField(models.CharField(max_length=60), verbose_name=_("bidang"), default=list, blank=True)
    verification = models.CharField(
        _("verifikasi"), max_length=12, choices=Verification, default=Verification.UNVERIFIED
    )
    safeguarding_policy = models.BooleanField(_("punya kebijakan pelindungan"), default=False)
    # The unit whose staff answer referrals in Titian; without one the partner is reached outside the system.
    unit = models.OneToOneField(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="partner", verbose_name=_("unit")
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("mitra")
        verbose_name_plural = _("mitra")

    def __str__(self) -> str:
        return self.name


@tracked()
class PartnerContact(Coded, Versioned, Timestamped):
    """A person of the organisation. Never linked to a case file, here or on screen: some were clients once (S-A14)."""

    partner = models.ForeignKey(PartnerOrganisation, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(_("nama"), max_length=120)
    position = models.CharField(_("jabatan"), max_length=120, blank=True)
    phone = models.CharField(_("telepon"), max_length=30, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def in_force(self) -> AgreementQuerySet:
        today = timezone.localdate()
        return self.filter(status=AgreementStatus.ACTIVE, valid_from__lte=today, valid_to__gte=today)


@tracked()
class Agreement(Coded, Versioned, Timestamped):
    partner = models.ForeignKey(PartnerOrganisation, on_delete=models.PROTECT, related_name="agreements")
    type = models.CharField(_("jenis"), max_length=5, choices=AgreementType)
    number = models.CharField(_("nomor"), max_length=80)
    scope = models.CharField(_("ruang lingkup"), max_length=300, blank=True)
    data_sharing_clause = models.BooleanField(_("memuat pasal berbagi data"), default=False)
    valid_from = models.DateField(_("sejak"))
    valid_to = models.DateField(_("sampai"))
    status = models.CharField(
        _("status"), max_length=8, choices=AgreementStatus, default=AgreementStatus.DRAFT, editable=False
    )

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_to"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")),
                name="agreement_ends_after_it_begins",
                violation_error_message=_("Tanggal akhir tidak boleh sebelum tanggal awal."),
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_in_force(self) -> bool:
        return self.status == AgreementStatus.ACTIVE and self.valid_from <= timezone.localdate() <= self.valid_to

    @property
    def days_left(self) -> int:
        return (self.valid_to - timezone.localdate()).days

    @property
    def ends_soon(self) -> bool:
        """In force, but for 90 days at most (D §3.2): computed, never stored."""
        return self.is_in_force and self.days_left <= ENDS_SOON_DAYS


def intervention_choices() -> list[tuple[str, str]]:
    """Kinds of service of the instruments' catalogue, in the reader's language."""
    return [(code, intervention_label(code)) for code in default_catalogue().interventions]


def intervention_label(code: str) -> str:
    known = default_catalogue().interventions.get(code)
    return known.label.to(get_language() or "id") if known else code


class OfferQuerySet(models.QuerySet["ServiceOffer"]):
    def valid(self) -> OfferQuerySet:
        today = timezone.localdate()
        return self.filter(valid_from__lte=today).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today))

    def may_receive_referrals(self) -> OfferQuerySet:
        """I-10: of a verified partner or one with an agreement in force; never an international body (S-A15)."""
        agreed = Exists(Agreement.objects.in_force().filter(partner=OuterRef("partner")))
        return (
            self.valid()
            .exclude(partner__kind__in=NO_REFERRALS)
            .exclude(partner__verification=Verification.SUSPENDED)
            .filter(Q(partner__verification=Verification.VERIFIED) | Q(agreed))
        )

    def with_places(self) -> OfferQuerySet:
        """Adds ``places_taken``: starts in this quarter, and answers still awaited, of every unit's referrals."""
        begin, end = quarter_days(timezone.localdate())
        counted = Func(F("pk"), begin, end, function="titian_places_taken", output_field=models.IntegerField())
        return self.annotate(places_taken=counted)


@tracked()
class ServiceOffer(Coded, Versioned, Timestamped):
    places_taken: int  # only on rows from with_places()

    partner = models.ForeignKey(PartnerOrganisation, on_delete=models.PROTECT, related_name="offers")
    title = models.CharField(_("layanan"), max_length=160)
    intervention_code = models.CharField(_("jenis layanan"), max_length=20)
    capacity_per_quarter = models.PositiveSmallIntegerField(_("daya tampung per triwulan"))
    eligibility = models.CharField(_("syarat"), max_length=300, blank=True)
    regions = models.ManyToManyField(Region, blank=True, related_name="offers", verbose_name=_("wilayah"))
    valid_from = models.DateField(_("sejak"), default=timezone.localdate)
    valid_to = models.DateField(_("sampai"), null=True, blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ["partner__name", "title"]
        verbose_name = _("penawaran layanan")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="offer_ends_after_it_begins",
                violation_error_message=_("Tanggal akhir tidak boleh sebelum tanggal awal."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def intervention(self) -> str:
        return intervention_label(self.intervention_code)

    @property
    def is_valid(self) -> bool:
        today = timezone.localdate()
        return self.valid_from <= today and (self.valid_to is None or self.valid_to >= today)


class SharedRow(NamedTuple):
    field: str
    label: str
    value: str
    is_before: bool


class ReferralQuerySet(models.QuerySet["Referral"]):
    def open(self) -> ReferralQuerySet:
        return self.filter(status__in=REFERRAL_OPEN)

    def unfinished(self) -> ReferralQuerySet:
        return self.filter(status__in=[ReferralStatus.DRAFT, *REFERRAL_OPEN])

    def delivering(self) -> ReferralQuerySet:
        return self.filter(status__in=DELIVERING)

    def awaiting_answer(self) -> ReferralQuerySet:
        return self.filter(status=ReferralStatus.SENT, respond_by__gte=timezone.now())

    def urgent_first(self) -> ReferralQuerySet:
        # "urgent" stands after "normal" in the alphabet.
        return self.order_by("-urgency", "respond_by", "pk")

    def taking_a_place(self) -> ReferralQuerySet:
        return self.filter(status__in=TAKES_A_PLACE)

    def with_list_data(self) -> ReferralQuerySet:
        """For the case's team; the partner's officers know of a person what was shared, and get no row of one."""
        return self.with_partner_data().select_related("case__participant")

    def with_partner_data(self) -> ReferralQuerySet:
        return self.select_related("offer", "partner", "case__lead_unit", "case__lead_worker")

    def unanswered_past_deadline(self) -> ReferralQuerySet:
        return self.filter(status=ReferralStatus.SENT, respond_by__lt=timezone.now())


@tracked()
class Referral(Coded, Versioned, Timestamped):
    case = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="referrals")
    offer = models.ForeignKey(ServiceOffer, on_delete=models.PROTECT, related_name="referrals")
    partner = models.ForeignKey(PartnerOrganisation, on_delete=models.PROTECT, related_name="referrals")
    purpose = models.CharField(_("yang diminta"), max_length=300)
    # Its officer then fills in this one assessment (KRK) while the referral runs, and sees no other.
    asks_family_assessment = models.BooleanField(_("minta penilaian keluarga dan lingkungan (KRK)"), default=False)
    urgency = models.CharField(_("kesegeraan"), max_length=8, choices=Urgency, default=Urgency.NORMAL)
    basis = models.CharField(_("dasar"), max_length=20, choices=ReferralBasis)
    consent = models.ForeignKey(Consent, null=True, blank=True, on_delete=models.PROTECT, related_name="referrals")
    legal_reference = models.CharField(_("dasar hukum"), max_length=200, blank=True)
    data_shared = ArrayField(
        models.CharField(max_length=20, choices=SharedField), verbose_name=_("data yang dikirim"), default=list
    )
    # The values as they were sent: later edits of the case reach the partner by a new message only.
    shared_values: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict, editable=False)
    status = models.CharField(
        _("status"), max_length=12, choices=ReferralStatus, default=ReferralStatus.DRAFT, editable=False
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    respond_by = models.DateTimeField(_("jawab paling lambat"), null=True, blank=True, editable=False)
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    response_note = models.CharField(_("catatan jawaban"), max_length=300, blank=True)
    starts_on = models.DateField(_("mulai"), null=True, blank=True)
    # What the partner's unit may open because of this referral; it ends with the referral, to the second.
    grant = models.OneToOneField(
        CaseGroupGrant, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="referral"
    )
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    result = models.CharField(_("hasil"), max_length=300, blank=True)
    participant_feedback = models.CharField(_("suara peserta"), max_length=300, blank=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("rujukan")
        verbose_name_plural = _("rujukan")
        constraints = [
            models.CheckConstraint(  # I-10
                condition=~Q(basis=ReferralBasis.CONSENT) | Q(consent__isnull=False) | Q(status=ReferralStatus.DRAFT),
                name="referral_by_consent_names_it",
            ),
            models.CheckConstraint(
                condition=~Q(basis=ReferralBasis.PUBLIC_DUTY) | ~Q(legal_reference=""),
                name="referral_by_duty_names_the_law",
                violation_error_message=_("Sebutkan dasar hukumnya."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=[ReferralStatus.DRAFT, ReferralStatus.CANCELLED])
                | Q(sent_at__isnull=False, sent_by__isnull=False, respond_by__isnull=False),
                name="sent_referral_has_a_deadline",
            ),
            models.UniqueConstraint(
                fields=["case", "offer"],
                condition=Q(status__in=[ReferralStatus.DRAFT, *REFERRAL_OPEN]),
                name="one_open_referral_per_offer",
                violation_error_message=_("Rujukan ke layanan ini sudah ada."),
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "status", "respond_by"], name="referral_inbox"),
            models.Index(fields=["case", "status"], name="referral_of_case"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_draft(self) -> bool:
        return self.status == ReferralStatus.DRAFT

    @property
    def is_open(self) -> bool:
        return self.status in REFERRAL_OPEN

    @property
    def is_delivering(self) -> bool:
        return self.status in DELIVERING

    @property
    def is_unanswered_late(self) -> bool:
        return self.status == ReferralStatus.SENT and self.respond_by is not None and self.respond_by < timezone.now()

    @property
    def awaits_answer(self) -> bool:
        return self.status == ReferralStatus.SENT and not self.is_unanswered_late

    @property
    def is_grant_in_force(self) -> bool:
        """Whether the partner may see the person now: an end in the past holds at once, job or no job."""
        grant = self.grant
        return grant is not None and (grant.expires_at is None or grant.expires_at > timezone.now())

    @property
    def is_for_child(self) -> bool:
        return self.shared_values.get(SharedField.AGE_GROUP) == AgeGroup.CHILD

    @property
    def shared_rows(self) -> list[SharedRow]:
        """Every listed field with its value in words, and whether it shows before the partner has answered."""
        return [
            SharedRow(field, str(SharedField(field).label), self.shown_value(field), field in SHOWN_BEFORE_ACCEPTANCE)
            for field in self.data_shared
        ]

    def shown_value(self, field: str) -> str:
        value = self.shared_values.get(field, "")
        if value and field == SharedField.AGE_GROUP:
            return str(AgeGroup(value).label)
        if value and field == SharedField.SEX:
            return str(Sex(value).label)
        return value


class ReferralPeriod(Period):
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="periods")
    status = models.CharField(max_length=12, choices=ReferralStatus)

    class Meta:
        constraints = [never_overlapping("referral_periods_do_not_overlap", "referral")]

    def __str__(self) -> str:
        return f"{self.referral_id}: {self.status}"


@tracked()
class ReferralNote(Coded, Versioned, Timestamped):
    """A partner's progress note: its own words on its own service, read by the case's team."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="referral_notes")
    client_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    happened_on = models.DateField(_("tanggal"))
    # Empty only where a worry was sent in two taps.
    summary = models.TextField(_("kemajuan"), max_length=2_000, blank=True)
    participant_voice = models.CharField(_("suara peserta"), max_length=300, blank=True)
    safety_worry = models.BooleanField(_("ada kekhawatiran keselamatan"), default=False)

    class Meta:
        ordering = ["-happened_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(summary="") | Q(safety_worry=True), name="partner_note_says_something")
        ]

    def __str__(self) -> str:
        return self.code
