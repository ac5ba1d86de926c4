"""Agencies, their units and places, and the staff who use Titian."""

from __future__ import annotations

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pgtrigger
from django.conf import settings
from django.contrib import auth
from django.contrib.auth.models import AbstractUser, Group, UserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.enums import AgencyKind, FacilityKind, JournalAction, Profession, RegionLevel, Role, UnitKind, Zone
from core.models import Coded, Timestamped, Versioned, tracked


class Region(models.Model):
    """A province, regency or district by its Kemendagri code (35, 35.07, 35.07.01); not the codes of BPS."""

    code = models.CharField(_("kode Kemendagri"), max_length=13, primary_key=True)
    name = models.CharField(_("nama"), max_length=120)
    level = models.CharField(_("tingkat"), max_length=10, choices=RegionLevel)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # a region with places in it is never lost
        related_name="children",
    )

    class Meta:
        ordering = ["code"]
        verbose_name = _("wilayah")
        verbose_name_plural = _("wilayah")
        indexes = [GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="region_name_trgm")]

    def __str__(self) -> str:
        return self.name

    @property
    def province_code(self) -> str:
        return self.code[:2]


@tracked()
class Agency(Timestamped):
    """A tenant of meaning: staff of one agency never see another's file but by a grant."""

    code = models.SlugField(_("kode"), unique=True)
    name = models.CharField(_("nama"), max_length=160)
    kind = models.CharField(_("jenis"), max_length=10, choices=AgencyKind)
    # Ditjenpas changed ministry in 2024: data, never code (domain trap 5).
    parent_ministry = models.CharField(_("kementerian induk"), max_length=160, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("instansi")
        verbose_name_plural = _("instansi")

    def __str__(self) -> str:
        return self.name


@tracked()
class Unit(Versioned, Timestamped):
    agency = models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,  # units carry case files
        related_name="units",
        verbose_name=_("instansi"),
    )
    code = models.SlugField(_("kode"), unique=True)
    name = models.CharField(_("nama"), max_length=160)
    short_name = models.CharField(_("nama singkat"), max_length=60)
    kind = models.CharField(_("jenis"), max_length=20, choices=UnitKind)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # a post without its office has no supervisor
        related_name="children",
        verbose_name=_("unit induk"),
    )
    region = models.ForeignKey(
        Region,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # reports by province need it
        related_name="units",
        verbose_name=_("wilayah"),
    )
    timezone = models.CharField(_("zona waktu"), max_length=20, choices=Zone, default=Zone.WIB)
    # Object permissions of guardian are given to groups; a unit is one.
    group = models.OneToOneField(
        Group,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,  # its grants must end first
        related_name="unit",
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("unit kerja")
        verbose_name_plural = _("unit kerja")

    def __str__(self) -> str:
        return self.short_name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


@tracked()
class Facility(Coded, Versioned, Timestamped):
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,  # placements point here
        related_name="facilities",
        verbose_name=_("unit kerja"),
    )
    name = models.CharField(_("nama"), max_length=160)
    kind = models.CharField(_("jenis"), max_length=20, choices=FacilityKind)
    capacity = models.PositiveIntegerField(_("daya tampung"), default=0)
    services = models.CharField(_("layanan"), max_length=300, blank=True)
    address = models.CharField(_("alamat"), max_length=300, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("fasilitas")
        verbose_name_plural = _("fasilitas")

    def __str__(self) -> str:
        return self.name


class StaffQuerySet(models.QuerySet["Staff"]):
    def working(self) -> StaffQuerySet:
        return self.in_force().exclude(role=Role.SYSTEM)

    def in_force(self) -> StaffQuerySet:
        """Accounts that can sign in today."""
        return self.filter(Q(active_until=None) | Q(active_until__gte=timezone.localdate()), is_active=True)

    def named_like(self, word: str) -> StaffQuerySet:
        """A part of the name, the account name or the staff number."""
        return self.filter(Q(full_name__icontains=word) | Q(username__icontains=word) | Q(staff_no__icontains=word))

    def caseworkers_of(self, unit: Unit) -> StaffQuerySet:
        return self.working().filter(unit=unit, role=Role.CASEWORKER)

    def supervisors_of(self, unit: Unit) -> StaffQuerySet:
        return self.working().filter(unit=unit, role=Role.SUPERVISOR)


class StaffManager(UserManager.from_queryset(StaffQuerySet)):  # type: ignore[misc]
    def system(self) -> Staff:
        """The actor of jobs and time-outs; it has its own row in the access matrix."""
        return self.select_related("unit__agency").get(username="system")


@tracked(exclude=["password", "last_login", "session_round"])
class Staff(Coded, Versioned, AbstractUser):
    """A person who signs in: one agency, one unit, one role, one profession."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    full_name = models.CharField(_("nama lengkap"), max_length=160)
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,  # rights follow the unit
        related_name="staff",
        verbose_name=_("unit kerja"),
    )
    role = models.CharField(_("peran"), max_length=20, choices=Role)
    profession = models.CharField(_("profesi"), max_length=20, choices=Profession)
    staff_no = models.CharField(_("NIP atau nomor petugas"), max_length=40, blank=True)
    licence_no = models.CharField(_("STR/SIPPS"), max_length=40, blank=True)
    assessor_since = models.DateField(_("asesor sejak"), null=True, blank=True)
    active_until = models.DateField(_("aktif sampai"), null=True, blank=True)
    # A copy of the last row of ConductAcceptance: asked at every request.
    conduct_version = models.CharField(max_length=10, blank=True, editable=False)
    # Part of the hash that every session carries: one more, and all sessions of this person have ended.
    session_round = models.PositiveIntegerField(default=1, editable=False)
    # Which columns of the case list this person wants to see; none: as it comes.
    list_columns = ArrayField(models.CharField(max_length=20), default=list, blank=True, editable=False)

    REQUIRED_FIELDS = ["full_name", "email"]

    objects: ClassVar[StaffManager] = StaffManager()

    class Meta:
        ordering = ["full_name"]
        verbose_name = _("petugas")
        verbose_name_plural = _("petugas")

    def __str__(self) -> str:
        return self.full_name

    @property
    def agency(self) -> Agency:
        return self.unit.agency

    @property
    def initials(self) -> str:
        words = self.full_name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def is_in_force(self) -> bool:
        """Exact to the day, whether or not anybody has ended the account."""
        last_day = self.active_until
        return self.is_active and (last_day is None or last_day >= timezone.localdate(timezone=self.unit.zone))

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """As Django's, and with the round of sessions, so that all of them can be ended at once."""
        told = f"{self.password}|{self.session_round}"
        return salted_hmac("accounts.Staff.session", told, secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split()[0] if self.full_name else self.username

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """As Django's, but a superuser gets no exemption for an object: rights on people come from grants alone."""
        if obj is None:
            return super().has_perm(perm)
        backends = [backend for backend in auth.get_backends() if hasattr(backend, "has_perm")]
        return self.is_active and any(backend.has_perm(self, perm, obj) for backend in backends)


@tracked()
class StaffTraining(Timestamped):
    """A course that a staff member finished; raters of an instrument need a valid one (IND-S2)."""

    staff = models.ForeignKey(
        Staff,
        on_delete=models.PROTECT,  # the competence register outlives a posting
        related_name="trainings",
    )
    title = models.CharField(_("pelatihan"), max_length=160)
    instrument_code = models.CharField(_("instrumen"), max_length=20, blank=True)
    completed_on = models.DateField(_("selesai"))
    valid_until = models.DateField(_("berlaku sampai"), null=True, blank=True)

    class Meta:
        ordering = ["-completed_on"]

    def __str__(self) -> str:
        return self.title


def journal_actions() -> list[tuple[str, Any]]:
    return JournalAction.choices


class JournalEntry(models.Model):
    """One line of the access journal: written once, never changed or deleted (ET-21).

    Triggers and rights of our own keep it so (migration journal_chain), not pgtrigger's: anybody who may set
    ``pgtrigger.ignore`` switches those off. No names of participants in any field.
    """

    at = models.DateTimeField(_("waktu"), auto_now_add=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,  # a failed sign-in has no known actor
        blank=True,
        on_delete=models.PROTECT,  # evidence outlives the account
        related_name="journal",
        verbose_name=_("pelaku"),
    )
    # Role and unit as they were at that moment: people move, evidence does not.
    role = models.CharField(_("peran"), max_length=20, choices=Role, blank=True)
    unit = models.ForeignKey(
        Unit,
        null=True,  # as the actor
        blank=True,
        on_delete=models.PROTECT,  # evidence outlives the unit
        related_name="+",
        verbose_name=_("unit kerja"),
    )
    # The choices as a callable: a new action needs no migration.
    action = models.CharField(_("tindakan"), max_length=30, choices=journal_actions)
    object_code = models.CharField(_("objek"), max_length=60, blank=True)
    # Of a read: which section of a case, by which relation the person could see it, and the reason that was given.
    section = models.CharField(_("bagian"), max_length=20, blank=True)
    relation = models.CharField(_("hubungan"), max_length=20, blank=True)
    reason = models.CharField(_("alasan"), max_length=300, blank=True)
    detail = models.CharField(_("keterangan"), max_length=300, blank=True)
    ip = models.GenericIPAddressField(_("alamat IP"), null=True, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    # The transaction that wrote the line, set by the database whatever the insert says: sealing goes by it.
    txid = models.BigIntegerField(editable=False, db_default=0, db_index=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("catatan jurnal")
        verbose_name_plural = _("jurnal")
        constraints = [
            models.CheckConstraint(
                condition=Q(actor__isnull=False) | Q(action=JournalAction.SIGN_IN_FAILED),
                name="journal_names_its_actor",
            )
        ]
        indexes = [
            models.Index(fields=["object_code", "-at"], name="journal_object"),
            models.Index(fields=["actor", "-at"], name="journal_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"


class JournalLink(models.Model):
    """One link of the chain over the journal, made by the sealing job alone (accounts.workflow.journal).

    Apart from the entry, so that whoever writes an entry waits for nobody: an entry that knew its predecessor's hash
    would make every two requests queue for each other.
    """

    sequence = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="link")
    sealed_at = models.DateTimeField()
    # Of the entry's content; and of this, the link's own place and the link before.
    content_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["sequence"]

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash[:12]}"


class JournalAnchor(models.Model):
    """How long the chain was on a day, and its last hash. The same line stands in a file outside the database."""

    day = models.DateField(unique=True)
    at = models.DateTimeField()
    count = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["count"]

    def __str__(self) -> str:
        return f"{self.day} {self.count} {self.hash[:12]}"


@tracked()
class Team(Coded, Versioned, Timestamped):
    """A working group of a unit (Pokja): who coordinates it, who keeps its papers, who works in it."""

    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,  # a unit with teams is never lost
        related_name="teams",
        verbose_name=_("unit kerja"),
    )
    name = models.CharField(_("nama"), max_length=160)
    coordinator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # who led it stays on record
        related_name="coordinated_teams",
        verbose_name=_("koordinator"),
    )
    secretary = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # as coordinator
        related_name="kept_teams",
        verbose_name=_("sekretaris"),
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="teams", verbose_name=_("anggota")
    )
    ended_on = models.DateField(_("berakhir"), null=True, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("Pokja")
        verbose_name_plural = _("Pokja")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"],
                name="one_team_of_a_name_per_unit",
                violation_error_message=_("Unit ini sudah punya Pokja dengan nama itu."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class ConductAcceptance(models.Model):
    """One person's yes to one version of the code of conduct; written once (ET-21)."""

    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # what was promised stays on record
        related_name="conduct_acceptances",
    )
    version = models.CharField(_("versi"), max_length=10)
    language = models.CharField(max_length=5)
    accepted_at = models.DateTimeField(_("waktu"), auto_now_add=True)

    class Meta:
        ordering = ["-accepted_at"]
        constraints = [
            models.UniqueConstraint(fields=["staff", "version"], name="one_acceptance_per_version_of_the_conduct")
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.staff_id}: {self.version}"


class KnownDevice(models.Model):
    """A browser that has signed in to this account before, known by the random word in its signed cookie."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="known_devices")
    # A hash: reading the table gives nobody a cookie.
    token_hash = models.CharField(max_length=64, editable=False)
    user_agent = models.CharField(_("peramban"), max_length=200, blank=True)
    ip = models.GenericIPAddressField(_("alamat IP"), null=True, blank=True)
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)
    # The person has been told on a browser that was known before.
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-last_seen_at"]
        constraints = [models.UniqueConstraint(fields=["staff", "token_hash"], name="a_device_is_known_once")]

    def __str__(self) -> str:
        return self.user_agent
