"""How long a file is kept, what keeps it longer, and how it is destroyed (UU 27/2022 Pasal 42-45, UU 43/2009)."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import AgencyKind
from accounts.models import Agency, Unit
from cases.enums import CaseType
from cases.enums.retention import WAITING, ListStatus
from cases.models.casefile import CaseFile
from core.models import Coded, Timestamped, Versioned, tracked

LONGEST_YEARS = 100


class RuleQuerySet(models.QuerySet["RetentionRule"]):
    def active(self) -> RuleQuerySet:
        return self.filter(is_active=True)


@tracked()
class RetentionRule(Coded, Versioned, Timestamped):
    """How many years an agency keeps a file of one type after it was closed and after-care has ended.

    Loaded as a proposal that destroys nothing; in force once the agency has written down its own archive schedule
    (JRA, UU 43/2009 Pasal 48) as the source.
    """

    agency_kind = models.CharField(_("instansi"), max_length=10, choices=AgencyKind)
    case_type = models.CharField(_("jenis kasus"), max_length=30, choices=CaseType)
    years = models.PositiveSmallIntegerField(_("masa simpan (tahun)"))
    source = models.CharField(_("dasar"), max_length=300)
    is_active = models.BooleanField(_("berlaku"), default=False)

    objects = RuleQuerySet.as_manager()

    class Meta:
        ordering = ["agency_kind", "case_type"]
        verbose_name = _("jadwal retensi")
        verbose_name_plural = _("jadwal retensi")
        constraints = [
            models.UniqueConstraint(fields=["agency_kind", "case_type"], name="one_retention_rule_per_type"),
            models.CheckConstraint(
                condition=Q(years__gte=1, years__lte=LONGEST_YEARS),
                name="retention_in_whole_years",
                violation_error_message=_("Masa simpan antara 1 dan 100 tahun."),
            ),
            models.CheckConstraint(
                condition=Q(is_active=False) | ~Q(source=""),
                name="retention_rule_in_force_names_its_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_kind} {self.case_type}: {self.years}"


class HoldQuerySet(models.QuerySet["LegalHold"]):
    def in_force(self) -> HoldQuerySet:
        return self.filter(lifted_at__isnull=True)


@tracked()
class LegalHold(Coded, Versioned, Timestamped):
    """Somebody with the power to do so asked that the file be kept: a court, an investigator, an auditor."""

    case = models.ForeignKey(
        CaseFile,
        on_delete=models.PROTECT,  # only the retention job destroys
        related_name="legal_holds",
    )
    # Copies, because the data-protection officer does not see the case.
    case_code = models.CharField(_("kode kasus"), max_length=9, editable=False)
    lead_unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,  # whose file was held stays on record
        related_name="+",
        verbose_name=_("unit penanggung jawab"),
    )
    reason = models.TextField(_("alasan"), max_length=1_000)
    ordered_by = models.CharField(_("diperintahkan oleh"), max_length=160)
    document_no = models.CharField(_("nomor surat"), max_length=80)
    starts_on = models.DateField(_("berlaku sejak"))
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who held it stays on record
        related_name="+",
    )
    placed_at = models.DateTimeField(default=timezone.now, editable=False)
    lifted_at = models.DateTimeField(_("dicabut"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # as placed_by
        related_name="+",
    )
    lift_reason = models.CharField(_("alasan pencabutan"), max_length=300, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at", "-pk"]
        verbose_name = _("penahanan hukum")
        verbose_name_plural = _("penahanan hukum")
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason="")),
                name="hold_lifted_by_somebody_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_in_force(self) -> bool:
        return self.lifted_at is None


class ListQuerySet(models.QuerySet["DestructionList"]):
    def waiting(self) -> ListQuerySet:
        return self.filter(status__in=WAITING)


_UNSIGNED = Q(head_signed_at__isnull=True, dpo_signed_at__isnull=True)
_SIGNED_TWICE = Q(head_signed_at__isnull=False, dpo_signed_at__isnull=False)


@tracked()
class DestructionList(Coded, Versioned, Timestamped):
    """Files of one agency whose time has run out, signed by two people who did not draw it up, then destroyed."""

    agency = models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,  # whose files were destroyed stays on record
        related_name="destruction_lists",
        verbose_name=_("instansi"),
    )
    note = models.CharField(_("catatan"), max_length=300, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=ListStatus, default=ListStatus.DRAFT, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who drew it up stays on record
        related_name="+",
        verbose_name=_("disusun oleh"),
    )
    made_at = models.DateTimeField(_("disusun"), default=timezone.now, editable=False)
    # For the agency: a supervisor of its head office.
    head_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # as made_by
        related_name="+",
    )
    head_signed_at = models.DateTimeField(null=True, blank=True)
    dpo_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # as made_by
        related_name="+",
    )
    dpo_signed_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # as made_by
        related_name="+",
    )
    ended_at = models.DateTimeField(_("selesai"), null=True, blank=True)
    cancel_reason = models.CharField(_("alasan pembatalan"), max_length=300, blank=True)

    objects = ListQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("daftar pemusnahan")
        verbose_name_plural = _("daftar pemusnahan")
        constraints = [
            models.CheckConstraint(
                condition=Q(head_signed_by__isnull=True) | ~Q(head_signed_by=F("made_by")),
                name="destruction_not_signed_by_its_maker_for_the_agency",
            ),
            models.CheckConstraint(
                condition=Q(dpo_signed_by__isnull=True) | ~Q(dpo_signed_by=F("made_by")),
                name="destruction_not_signed_by_its_maker_for_the_data",
            ),
            models.CheckConstraint(
                condition=Q(head_signed_by__isnull=True)
                | Q(dpo_signed_by__isnull=True)
                | ~Q(head_signed_by=F("dpo_signed_by")),
                name="destruction_takes_two_signatures_of_two_people",
            ),
            models.CheckConstraint(
                condition=Q(head_signed_by__isnull=True, head_signed_at__isnull=True)
                | Q(head_signed_by__isnull=False, head_signed_at__isnull=False),
                name="destruction_head_signs_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(dpo_signed_by__isnull=True, dpo_signed_at__isnull=True)
                | Q(dpo_signed_by__isnull=False, dpo_signed_at__isnull=False),
                name="destruction_dpo_signs_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(status=ListStatus.CANCELLED)
                | (Q(status=ListStatus.DRAFT) & _UNSIGNED)
                | (Q(status=ListStatus.SIGNED) & ~_UNSIGNED & ~_SIGNED_TWICE)
                | (Q(status__in=[ListStatus.APPROVED, ListStatus.CARRIED_OUT]) & _SIGNED_TWICE),
                name="destruction_status_follows_signatures",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[ListStatus.CANCELLED, ListStatus.CARRIED_OUT],
                    ended_by__isnull=False,
                    ended_at__isnull=False,
                )
                | (
                    ~Q(status__in=[ListStatus.CANCELLED, ListStatus.CARRIED_OUT])
                    & Q(ended_by__isnull=True, ended_at__isnull=True)
                ),
                name="destruction_ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status=ListStatus.CANCELLED) | ~Q(cancel_reason=""),
                name="destruction_cancelled_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ItemQuerySet(models.QuerySet["DestructionItem"]):
    def standing(self) -> ItemQuerySet:
        """On the list still: to be destroyed, and not yet."""
        return self.filter(taken_off_at__isnull=True, destroyed_at__isnull=True)

    def destroyed(self) -> ItemQuerySet:
        return self.filter(destroyed_at__isnull=False)


# What stood in the files is gone with them: their names may say whose they were, so no history keeps them.
@tracked(exclude=["files"])
class DestructionItem(Timestamped):
    """One file of a list: its code, type, dates and rule, copied, because they outlive the file. Never a name."""

    of_list = models.ForeignKey(DestructionList, on_delete=models.PROTECT, related_name="items")
    case = models.ForeignKey(
        CaseFile,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,  # the one row that stays when the case goes
        related_name="+",
    )
    case_code = models.CharField(_("kode kasus"), max_length=9)
    case_type = models.CharField(_("jenis kasus"), max_length=30, choices=CaseType)
    closed_on = models.DateField(_("ditutup"))
    runs_out_on = models.DateField(_("masa simpan habis"))
    years = models.PositiveSmallIntegerField(_("masa simpan (tahun)"))
    source = models.CharField(_("dasar"), max_length=300)
    taken_off_at = models.DateTimeField(null=True, blank=True)
    taken_off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # as the maker of the list
        related_name="+",
    )
    off_reason = models.CharField(_("alasan dikeluarkan"), max_length=300, blank=True)
    destroyed_at = models.DateTimeField(_("dimusnahkan"), null=True, blank=True)
    # Table -> number of rows; and names of stored files that still have to be removed.
    rows = models.JSONField(default=dict, blank=True)
    files = ArrayField(models.CharField(max_length=300), default=list, blank=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["runs_out_on", "case_code"]
        verbose_name = _("berkas dalam daftar pemusnahan")
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(taken_off_at__isnull=True, destroyed_at__isnull=True),
                name="case_on_one_destruction_list_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(taken_off_at__isnull=True, taken_off_by__isnull=True)
                | (Q(taken_off_at__isnull=False, taken_off_by__isnull=False) & ~Q(off_reason="")),
                name="taken_off_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(destroyed_at__isnull=True) | Q(taken_off_at__isnull=True, case__isnull=True),
                name="destroyed_item_was_on_its_list",
            ),
        ]
        triggers = [
            # What was signed is what is destroyed: nothing is slipped in afterwards.
            pgtrigger.Trigger(
                name="items_only_into_an_unsigned_list",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("of_list_id", "case_id", "case_code"),
                when=pgtrigger.Before,
                condition=pgtrigger.Condition("NEW.case_id IS NOT NULL"),
                func=f"""
                    IF NOT EXISTS (
                        SELECT FROM cases_destructionlist WHERE id = NEW.of_list_id AND status = '{ListStatus.DRAFT}'
                    ) THEN
                        RAISE EXCEPTION 'a signed destruction list takes no more files';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.case_code


@tracked()
class DestructionCertificate(Coded, Timestamped):
    """What was destroyed, by which rule, who signed, when: written once (berita acara pemusnahan)."""

    of_list = models.OneToOneField(DestructionList, on_delete=models.PROTECT, related_name="certificate")
    issued_at = models.DateTimeField(_("dibuat"))
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["-issued_at"]
        verbose_name = _("berita acara pemusnahan")
        triggers = [pgtrigger.Protect(name="certificate_never_changes", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.code
