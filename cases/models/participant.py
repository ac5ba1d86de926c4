"""A person served. One row a person, whatever the number of case files and agencies."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any
from zoneinfo import ZoneInfo

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Region
from cases import nik as residents
from cases.enums import (
    AmpkCategory,
    ChildCategory,
    DatePrecision,
    Disability,
    NikStatus,
    PpksCategory,
    Sex,
)
from cases.enums.person import Citizenship, Education, MaritalStatus, Religion
from cases.folding import fold
from core.encryption import SealedText, blind_index
from core.models import Coded, Timestamped, Versioned, tracked

ADULT_AGE = 18


def codes_of(kinds: type[models.TextChoices], label: Any) -> ArrayField:
    """Any number of codes of one list."""
    return ArrayField(models.CharField(max_length=40, choices=kinds), verbose_name=label, default=list, blank=True)


def years_between(born: dt.date, day: dt.date) -> int:
    """Whole years; who was born on 29 February has a birthday on 1 March of other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def nik_index(number: str) -> str:
    """By which the person with this NIK is found."""
    return blind_index(number, "cases_participant.nik")


@tracked(exclude=["name_key", "religion", "religion_agreed"])
class Participant(Coded, Versioned, Timestamped):
    full_name = models.CharField(_("nama lengkap"), max_length=160)
    aliases = ArrayField(models.CharField(max_length=160), verbose_name=_("nama lain"), default=list, blank=True)
    # Name and aliases folded over Indonesian spellings, so that Muhammad finds Mohamad and Moh.
    name_key = models.CharField(max_length=600, editable=False)
    sex = models.CharField(_("jenis kelamin"), max_length=6, choices=Sex)
    birth_date = models.DateField(_("tanggal lahir"), null=True, blank=True)
    birth_date_precision = models.CharField(
        _("ketepatan tanggal lahir"), max_length=8, choices=DatePrecision, default=DatePrecision.DAY
    )
    birth_place = models.CharField(_("tempat lahir"), max_length=120, blank=True)
    mother_name = models.CharField(_("nama ibu"), max_length=160, blank=True)
    phone = models.CharField(_("telepon aman"), max_length=30, blank=True)
    safe_contact_method = models.CharField(_("cara aman dihubungi"), max_length=200, blank=True)
    safe_contact_time = models.CharField(_("waktu aman dihubungi"), max_length=120, blank=True)
    # The sealed number is bound to it: copied into another row it does not open.
    uid = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)
    nik_status = models.CharField(_("status NIK"), max_length=20, choices=NikStatus, default=NikStatus.UNKNOWN)
    nik_sealed = models.BinaryField(default=b"", editable=False)
    # By which an exact number is found. Not unique: two agencies may each know the person, and neither learns it so.
    nik_index = models.CharField(max_length=64, blank=True, editable=False)
    citizenship = models.CharField(_("kewarganegaraan"), max_length=20, choices=Citizenship, blank=True)
    language = models.CharField(_("bahasa sehari-hari"), max_length=80, blank=True)
    marital_status = models.CharField(_("status kawin"), max_length=20, choices=MaritalStatus, blank=True)
    education = models.CharField(_("pendidikan terakhir"), max_length=20, choices=Education, blank=True)
    occupation = models.CharField(_("pekerjaan"), max_length=120, blank=True)
    # Only while the person agrees that it is kept; read by the team that works with the person, and in no list,
    # report, export or history: taken back, it is gone.
    religion = models.CharField(_("agama"), max_length=20, choices=Religion, blank=True)
    religion_agreed = models.BooleanField(_("setuju agamanya dicatat"), default=False)
    disability = codes_of(Disability, _("disabilitas"))
    # How to speak so that the person understands and can answer (UU PDP Pasal 26).
    communication = models.CharField(_("cara berkomunikasi"), max_length=200, blank=True)
    child_category = codes_of(ChildCategory, _("kategori anak"))
    ppks_category = codes_of(PpksCategory, _("kategori PPKS"))
    ampk_category = codes_of(AmpkCategory, _("kategori AMPK"))

    # A supervisor's decision that somebody whose birth date leaves it open counts as an adult, from this moment on
    # (cases.workflow.age). It never outweighs a birth date: titian_adult_from.
    adult_decided_at = models.DateTimeField(_("diputuskan dewasa"), null=True, blank=True, editable=False)
    adult_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,  # who decided stays on record
        related_name="+",
    )
    adult_reason = models.CharField(
        _("dasar keputusan dewasa"), max_length=300, blank=True, default="", db_default="", editable=False
    )

    # Row policies show the maker a person who has no case yet; it is written with the first case.
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,  # who brought somebody in stays on record
        related_name="+",
    )

    _nik = SealedText("nik_sealed")

    class Meta:
        ordering = ["full_name", "pk"]
        verbose_name = _("peserta")
        verbose_name_plural = _("peserta")
        constraints = [
            models.CheckConstraint(
                condition=Q(birth_date__isnull=True) | Q(birth_date__gte=dt.date(1900, 1, 1)),
                name="participant_born_after_1900",
                violation_error_message=_("Tanggal lahir tidak boleh sebelum tahun 1900."),
            ),
            models.CheckConstraint(
                condition=Q(religion="") | Q(religion_agreed=True),
                name="religion_only_by_agreement",
                violation_error_message=_("Agama dicatat hanya bila peserta setuju."),
            ),
            models.CheckConstraint(
                condition=Q(adult_decided_at=None, adult_decided_by=None, adult_reason="")
                | Q(adult_decided_at__isnull=False, adult_decided_by__isnull=False) & ~Q(adult_reason=""),
                name="adult_decided_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(nik_status=NikStatus.PRESENT) & ~Q(nik_sealed=b"") & ~Q(nik_index="")
                | ~Q(nik_status=NikStatus.PRESENT) & Q(nik_sealed=b"", nik_index=""),
                name="nik_present_iff_sealed_and_indexed",
            ),
        ]
        triggers = [
            # It rested on what was known then. In the database, so that no route corrects a date and keeps it.
            pgtrigger.Trigger(
                name="age_decision_ends_with_birth_date",
                operation=pgtrigger.UpdateOf("birth_date", "birth_date_precision"),
                when=pgtrigger.Before,
                condition=pgtrigger.AnyChange("birth_date", "birth_date_precision"),
                func="""
                    NEW.adult_decided_at := NULL;
                    NEW.adult_decided_by_id := NULL;
                    NEW.adult_reason := '';
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="cases_follow_birth_date",
                operation=pgtrigger.UpdateOf("birth_date", "birth_date_precision", "adult_decided_at"),
                when=pgtrigger.After,
                func="PERFORM titian_tell_cases_adult_from(NEW.id); RETURN NULL;",
            ),
        ]
        indexes = [
            GinIndex(OpClass(F("name_key"), name="gin_trgm_ops"), name="participant_name_key_trgm"),
            models.Index(OpClass(F("name_key"), name="text_pattern_ops"), name="participant_name_key_prefix"),
            models.Index(fields=["nik_index"], name="participant_nik_index", condition=~Q(nik_index="")),
        ]

    def __str__(self) -> str:
        return self.code

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = " | ".join(fold(name) for name in [self.full_name, *self.aliases])[:600]
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "name_key"}
        super().save(*args, **kwargs)

    @property
    def nik(self) -> str:
        """The whole number; pages show ``nik_shown``, and this only by ``workflow.reveal_nik``."""
        return str(self._nik)

    @nik.setter
    def nik(self, number: str) -> None:
        """Takes a number of the right shape (cases.nik.read), or nothing; the status follows where there is one."""
        self._nik = number
        self.nik_index = nik_index(number) if number else ""
        if number:
            self.nik_status = NikStatus.PRESENT
        elif self.nik_status == NikStatus.PRESENT:
            self.nik_status = NikStatus.UNKNOWN

    @property
    def nik_shown(self) -> str:
        """The last four digits, as every page shows it; empty where there is none."""
        return residents.masked(self.nik)

    @property
    def born_not_before(self) -> dt.date | None:
        """The first day on which this person may have been born; None where nobody knows."""
        if self.birth_date is None or self.birth_date_precision == DatePrecision.ESTIMATE:
            return None
        return {
            DatePrecision.DAY: self.birth_date,
            DatePrecision.MONTH: self.birth_date.replace(day=1),
        }.get(DatePrecision(self.birth_date_precision), self.birth_date.replace(month=1, day=1))

    @property
    def born_before(self) -> dt.date | None:
        """The day on which this person was born at the latest; of a month or year the day after it, to be sure."""
        if self.birth_date is None:
            return None
        return {
            DatePrecision.DAY: self.birth_date,
            DatePrecision.MONTH: (self.birth_date.replace(day=1) + dt.timedelta(days=31)).replace(day=1),
        }.get(DatePrecision(self.birth_date_precision), dt.date(self.birth_date.year + 1, 1, 1))

    def age_on(self, day: dt.date) -> int | None:
        """Whole years on ``day``; None where the birth date is not known."""
        return None if self.birth_date is None else years_between(self.birth_date, day)

    @property
    def age(self) -> int | None:
        return self.age_on(timezone.localdate())

    def may_be_adult_on(self, day: dt.date) -> bool:
        """The birth date does not prove that the person is under 18 on ``day``."""
        return self.born_not_before is None or years_between(self.born_not_before, day) >= ADULT_AGE

    def is_proven_adult_on(self, day: dt.date) -> bool:
        return self.born_before is not None and years_between(self.born_before, day) >= ADULT_AGE

    def is_child_on(self, day: dt.date) -> bool:
        """Under 18 on ``day``; an age in doubt counts as a child (ET-3) until a supervisor decides.

        In SQL: titian_adult_from.
        """
        if self.is_proven_adult_on(day):
            return False
        # In the zone of the system, as SQL does, whoever asks.
        decided_at, zone = self.adult_decided_at, ZoneInfo(settings.TIME_ZONE)
        is_decided = decided_at is not None and timezone.localdate(decided_at, zone) <= day
        return not (is_decided and self.may_be_adult_on(day))

    @property
    def age_in_doubt(self) -> bool:
        """The birth date leaves it open today whether this is a child: what a supervisor may decide about."""
        today = timezone.localdate()
        return self.may_be_adult_on(today) and not self.is_proven_adult_on(today)

    @property
    def is_child(self) -> bool:
        return self.is_child_on(timezone.localdate())

    @property
    def shown_name(self) -> str:
        """The full name; a child's is shortened to the first name and an initial (ET-3)."""
        if not self.is_child:
            return self.full_name
        first, *rest = self.full_name.split() or [self.code]
        return f"{first} {rest[-1][0]}." if rest else first


@tracked()
class Address(Coded, Versioned, Timestamped):
    class Kind(models.TextChoices):
        ID_CARD = "ktp", _("Alamat KTP")
        HOME = "domisili", _("Domisili")
        RETURN_PLAN = "rencana_pulang", _("Rencana pulang")

    participant = models.ForeignKey(
        Participant,
        on_delete=models.CASCADE,  # an address means nothing without the person
        related_name="addresses",
    )
    kind = models.CharField(_("jenis"), max_length=20, choices=Kind, default=Kind.HOME)
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,  # reports by province need it
        related_name="addresses",
        verbose_name=_("wilayah"),
    )
    line = models.CharField(_("alamat"), max_length=300, blank=True)
    # Digits as on the identity card, without leading zeros: neighbourhood (RT) and its ward (RW).
    rt = models.CharField(_("RT"), max_length=3, blank=True)
    rw = models.CharField(_("RW"), max_length=3, blank=True)
    access_note = models.CharField(_("catatan akses"), max_length=200, blank=True)
    valid_from = models.DateField(_("sejak"), default=timezone.localdate)
    valid_to = models.DateField(_("sampai"), null=True, blank=True)

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="address_ends_after_it_begins",
                violation_error_message=_("Tanggal akhir tidak boleh sebelum tanggal awal."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.place}, {self.region}" if self.place else str(self.region)

    @property
    def place(self) -> str:
        """What stands before the district: "Jl. Melati 4, RT 3/RW 5"."""
        ward = "/".join(f"{label} {number}" for label, number in (("RT", self.rt), ("RW", self.rw)) if number)
        return ", ".join(part for part in (self.line, ward) if part)
