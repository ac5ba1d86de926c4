"""A household: who belongs to a participant's family, whether or not they have a file here.

One household for the whole program, so that a family whose members are served by several agencies is one family. Who
sees which member stands in cases.policies.household; there is no picture of the ties between people (ET-4).
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from cases.enums import Sex
from cases.enums.household import Kinship
from cases.models.participant import Participant
from cases.nik import masked
from core.encryption import SealedText, blind_index
from core.models import Coded, Timestamped, Versioned, tracked


@tracked()
class Household(Coded, Versioned, Timestamped):
    # The sealed number is bound to it.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kk_sealed = models.BinaryField(default=b"", editable=False)
    kk_index = models.CharField(max_length=64, blank=True, editable=False)
    # Row policies show the maker a household without members; they are written in the same transaction.
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        editable=False,
        on_delete=models.PROTECT,  # who wrote a family down stays on record
        related_name="+",
    )

    _kk = SealedText("kk_sealed")

    class Meta:
        verbose_name = _("rumah tangga")
        verbose_name_plural = _("rumah tangga")
        constraints = [
            models.CheckConstraint(
                condition=Q(kk_sealed=b"", kk_index="") | (~Q(kk_sealed=b"") & ~Q(kk_index="")),
                name="family_card_sealed_iff_indexed",
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def kk(self) -> str:
        """The whole number of the family card."""
        return str(self._kk)

    @kk.setter
    def kk(self, number: str) -> None:
        self._kk = number
        self.kk_index = blind_index(number, "cases_household.kk") if number else ""

    @property
    def kk_shown(self) -> str:
        return masked(self.kk)


class HouseholdMemberQuerySet(models.QuerySet["HouseholdMember"]):
    def present(self) -> HouseholdMemberQuerySet:
        return self.filter(left_on=None)


@tracked()
class HouseholdMember(Coded, Versioned, Timestamped):
    """A participant, or somebody known by name alone to the agency that wrote the name down."""

    household = models.ForeignKey(
        Household,
        on_delete=models.PROTECT,  # only the retention job destroys
        related_name="members",
    )
    participant = models.ForeignKey(
        Participant,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # as the household
        related_name="memberships",
        verbose_name=_("peserta"),
    )
    # Made when the form opens: the same family sent twice is stored once.
    client_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("nama"), max_length=160, blank=True)
    sex = models.CharField(_("jenis kelamin"), max_length=6, choices=Sex, blank=True)
    birth_year = models.PositiveSmallIntegerField(_("tahun lahir"), null=True, blank=True)
    kinship = models.CharField(_("hubungan dengan kepala keluarga"), max_length=20, choices=Kinship)
    lives_together = models.BooleanField(_("serumah"), default=True)
    is_guardian = models.BooleanField(_("wali anak"), default=False)
    # A guardian who is a suspect or convicted consents for no child (UU PDP Pasal 25, D §2.6).
    guardian_conflict = models.BooleanField(_("wali bermasalah hukum"), default=False)
    # Whose knowledge this row is.
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", editable=False)
    joined_on = models.DateField(_("sejak"), default=timezone.localdate)
    left_on = models.DateField(_("sampai"), null=True, blank=True)

    objects = HouseholdMemberQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("anggota rumah tangga")
        verbose_name_plural = _("anggota rumah tangga")
        constraints = [
            models.UniqueConstraint(
                fields=["participant"],
                condition=Q(left_on=None, participant__isnull=False),
                name="one_household_at_a_time",
                violation_error_message=_("Orang ini sudah tercatat dalam rumah tangga lain."),
            ),
            models.CheckConstraint(
                condition=Q(participant__isnull=False, name="", sex="", birth_year=None)
                | (Q(participant__isnull=True) & ~Q(name="")),
                name="member_is_participant_or_name",
            ),
            models.CheckConstraint(
                condition=Q(guardian_conflict=False) | Q(is_guardian=True), name="only_a_guardian_is_in_conflict"
            ),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("joined_on")),
                name="member_leaves_after_joining",
                violation_error_message=_("Tanggal akhir tidak boleh sebelum tanggal awal."),
            ),
        ]
        indexes = [models.Index(fields=["household"], condition=Q(left_on=None), name="household_of_today")]

    def __str__(self) -> str:
        return self.code

    @property
    def shown_name(self) -> str:
        return self.participant.shown_name if self.participant is not None else self.name

    @property
    def born(self) -> int | None:
        """Year of birth."""
        if self.participant is None:
            return self.birth_year
        return self.participant.birth_date.year if self.participant.birth_date else None
