"""The case file: one service of one lead agency to one participant."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Unit
from cases.enums import (
    ACTIVE,
    DERADICALISATION_TYPES,
    OPEN,
    AtensiPhase,
    CaseStatus,
    CaseType,
    ClosureReason,
    DeradStage,
    LegalBasis,
    ProbationStage,
    ReferralSource,
)
from cases.models.participant import Participant
from core.models import Coded, Period, Timestamped, Versioned, never_overlapping, tracked

# The list sorts by it, and keyset paging needs a value in every row: "nothing due" sorts last.
NOTHING_DUE = dt.date(9999, 12, 31)


class CaseNumber(models.Model):
    """The last file number given out by a unit in a year."""

    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,  # numbers are never given twice
        related_name="+",
    )
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "year"], name="one_case_counter_per_unit_and_year")]

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.year}: {self.last}"


def named_like(words: Iterable[str]) -> Q:
    """Cases of people of whom every folded word begins a word of the name or of an alias, in any order.

    Keys of people come from a function of the owner (cases.row_policies.NAMED_LIKE), joined to cases that one may see.
    """
    return Q(participant__in=RawSQL("SELECT titian_named_like(%s)", [list(words)]))


def living_in(region: str) -> Q:
    """Cases of people whose present address lies in the region of this code (35.73 or 35.73.05).

    Whoever asks must read the address: the view narrows to cases whose identity is open (cases.views.casefile).
    """
    return Q(participant__in=RawSQL("SELECT titian_living_in(%s)", [region]))


class CaseFileQuerySet(models.QuerySet["CaseFile"]):
    def active(self) -> CaseFileQuerySet:
        return self.filter(status__in=ACTIVE)

    def open(self) -> CaseFileQuerySet:
        return self.filter(status__in=OPEN)

    def under_deradicalisation(self) -> CaseFileQuerySet:
        return self.filter(case_type__in=DERADICALISATION_TYPES)

    def with_list_data(self) -> CaseFileQuerySet:
        return self.select_related("participant", "lead_unit", "lead_worker")


@tracked(exclude=["adult_from"])
class CaseFile(Coded, Versioned, Timestamped):
    case_no = models.CharField(_("nomor berkas"), max_length=40, unique=True, editable=False)
    # Made when the intake form opens: the same form sent twice opens one case.
    client_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    participant = models.ForeignKey(
        Participant,
        on_delete=models.PROTECT,  # only the retention job destroys
        related_name="cases",
        verbose_name=_("peserta"),
    )
    case_type = models.CharField(_("jenis kasus"), max_length=30, choices=CaseType)
    lead_unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,  # a case is never without a lead unit (I-20)
        related_name="led_cases",
        verbose_name=_("unit penanggung jawab"),
    )
    # Set by a trigger from lead_unit, so that "one open case per agency" can be a constraint.
    lead_agency = models.ForeignKey(
        Agency,
        editable=False,
        on_delete=models.PROTECT,  # as lead_unit
        related_name="led_cases",
    )
    lead_worker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # who worked on a case stays on record
        related_name="led_cases",
        verbose_name=_("penanggung jawab"),
    )
    # For lists; the access of co-workers comes from their grants, and cases.workflow.assign writes both.
    co_workers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="shared_cases", verbose_name=_("petugas pendamping")
    )
    referral_source = models.CharField(
        _("perujuk"), max_length=20, choices=ReferralSource, default=ReferralSource.OTHER
    )
    legal_basis = models.CharField(_("dasar"), max_length=20, choices=LegalBasis, default=LegalBasis.PUBLIC_DUTY)
    status = models.CharField(_("status"), max_length=12, choices=CaseStatus, default=CaseStatus.DRAFT, editable=False)
    derad_stage = models.CharField(_("tahap PP 77"), max_length=20, choices=DeradStage, blank=True)
    probation_stage = models.CharField(_("tahap bimbingan"), max_length=20, choices=ProbationStage, blank=True)
    atensi_phase = models.CharField(_("tahap ATENSI"), max_length=20, choices=AtensiPhase, blank=True)
    opened_at = models.DateTimeField(_("dibuka"))
    closed_at = models.DateTimeField(_("ditutup"), null=True, blank=True, editable=False)
    closure_reason = models.CharField(_("alasan penutupan"), max_length=30, choices=ClosureReason, blank=True)
    closure_note = models.TextField(_("catatan penutupan"), blank=True)
    aftercare_until = models.DateField(_("pascalayanan sampai"), null=True, blank=True)
    # Codes of the goals of the plan that were met when the case was closed; their words stand with the plan.
    goals_met = ArrayField(models.CharField(max_length=9), verbose_name=_("tujuan yang tercapai"), default=list)
    last_contact_at = models.DateTimeField(_("kontak terakhir"), null=True, blank=True, editable=False)
    # The nearest due date of an open task; kept by cases.workflow, for the list's order.
    next_due_on = models.DateField(_("tenggat berikutnya"), default=NOTHING_DUE, editable=False)
    # Decided on the day of opening: under 18 then, or an age in doubt. Who turns 18 meanwhile keeps a child's file.
    is_child_file = models.BooleanField(_("berkas anak"), default=False, editable=False)
    # A victim's or a young witness's: never beside a perpetrator's in a list, a cohort or a conference (ET-15).
    is_victim_file = models.BooleanField(_("berkas penyintas"), default=False, editable=False)
    # A child's file that is closed is out of everybody's sight (ET-3); the trigger below sets it with the closing.
    sealed_at = models.DateTimeField(_("disegel"), null=True, blank=True, editable=False)
    # From this day the birth date proves 18 years, or a supervisor has decided an age in doubt; null where neither
    # holds: an age in doubt is a child's (ET-3).
    # Copied from the participant by triggers, so that lists and row policies over many cases read one row.
    adult_from = models.DateField(_("pasti dewasa sejak"), null=True, editable=False)

    # Asked for under UU PDP: no new use (Pasal 11), and an assessment that a person must look at again (Pasal 10).
    restricted_at = models.DateTimeField(_("pemrosesan dibatasi"), null=True, blank=True, editable=False)
    contested_at = models.DateTimeField(_("penilaian dibantah"), null=True, blank=True, editable=False)

    objects = CaseFileQuerySet.as_manager()

    class Meta:
        ordering = ["next_due_on", "pk"]
        verbose_name = _("berkas kasus")
        verbose_name_plural = _("berkas kasus")
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "case_type", "lead_agency"],
                condition=~Q(status=CaseStatus.CLOSED),
                name="one_open_case_per_type_and_agency",
                violation_error_message=_("Peserta ini sudah punya kasus terbuka dengan jenis yang sama."),
            ),
            models.CheckConstraint(
                condition=Q(status=CaseStatus.CLOSED, closed_at__isnull=False)
                | (~Q(status=CaseStatus.CLOSED) & Q(closed_at__isnull=True)),
                name="closed_at_iff_closed",
            ),
            models.CheckConstraint(
                condition=~Q(status=CaseStatus.CLOSED) | ~Q(closure_reason=""),
                name="closed_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(is_child_file=True, status=CaseStatus.CLOSED, sealed_at__isnull=False)
                | (Q(sealed_at__isnull=True) & (Q(is_child_file=False) | ~Q(status=CaseStatus.CLOSED))),
                name="sealed_iff_closed_child_file",
            ),
            models.CheckConstraint(
                condition=~Q(case_type=CaseType.SOCIAL_CHILD) | Q(is_child_file=True),
                name="childs_case_is_child_file",
            ),
            models.CheckConstraint(
                condition=~Q(case_type=CaseType.VICTIM) | Q(is_victim_file=True),
                name="victims_case_is_victim_file",
            ),
        ]
        indexes = [
            models.Index(fields=["lead_unit", "next_due_on", "id"], name="case_unit_due"),
            models.Index(fields=["lead_worker", "next_due_on", "id"], name="case_worker_due"),
            models.Index(fields=["lead_agency", "next_due_on", "id"], name="case_agency_due"),
            models.Index(fields=["case_type", "next_due_on", "id"], name="case_type_due"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="lead_agency_follows_unit",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("lead_unit_id", "lead_agency_id"),
                when=pgtrigger.Before,
                func="""
                    SELECT agency_id INTO STRICT NEW.lead_agency_id FROM accounts_unit WHERE id = NEW.lead_unit_id;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="adult_from_follows_participant",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("participant_id", "adult_from"),
                when=pgtrigger.Before,
                func="NEW.adult_from := titian_adult_from(NEW.participant_id); RETURN NEW;",
            ),
            # In the database, so that no route closes a child's case and leaves its file open.
            pgtrigger.Trigger(
                name="closing_seals_a_child_file",
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("status", "case_type", "is_child_file", "is_victim_file", "sealed_at"),
                when=pgtrigger.Before,
                func=f"""
                    NEW.is_child_file := NEW.is_child_file OR NEW.case_type = '{CaseType.SOCIAL_CHILD}';
                    NEW.is_victim_file := NEW.is_victim_file OR NEW.case_type = '{CaseType.VICTIM}';
                    NEW.sealed_at := CASE WHEN NEW.is_child_file AND NEW.status = '{CaseStatus.CLOSED}'
                        THEN COALESCE(NEW.sealed_at, NEW.closed_at, now()) END;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @cached_property
    def for_child(self) -> bool:
        """No colour, no risk words: a child's case, or a person who is or may be under 18."""
        return self.case_type == CaseType.SOCIAL_CHILD or self.participant.is_child

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_sealed(self) -> bool:
        return self.sealed_at is not None

    @property
    def has_due(self) -> bool:
        return self.next_due_on != NOTHING_DUE


class CaseStatusPeriod(Period):
    """Status and stages as they held over time: what a quarterly report counts on a day."""

    case = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="status_periods")
    status = models.CharField(max_length=12, choices=CaseStatus)
    derad_stage = models.CharField(max_length=20, choices=DeradStage, blank=True)
    probation_stage = models.CharField(max_length=20, choices=ProbationStage, blank=True)
    atensi_phase = models.CharField(max_length=20, choices=AtensiPhase, blank=True)

    class Meta:
        constraints = [never_overlapping("case_status_periods_do_not_overlap", "case")]
        indexes = [models.Index(fields=["status", "started_at", "ended_at"], name="case_status_on_day")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.status}"


class CaseLeadPeriod(Period):
    """Lead unit and worker as they held over time."""

    case = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="lead_periods")
    lead_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    lead_worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [never_overlapping("case_lead_periods_do_not_overlap", "case")]
        indexes = [models.Index(fields=["lead_unit", "started_at", "ended_at"], name="case_lead_on_day")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.lead_unit_id}"
