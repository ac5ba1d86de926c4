"""Who was given a case, in guardian's direct foreign-key tables, extended with sections, reason, beginning and end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from cases.enums import GrantSource, LegalBasis, Section
from cases.enums.sharing import ConferenceKind, Reviewer, ReviewOutcome
from cases.models.casefile import CaseFile
from cases.models.legal import Consent
from core.models import Coded, Timestamped, tracked

BREAK_GLASS_LASTS = dt.timedelta(minutes=60)


@tracked()
class CaseConference(Coded, Timestamped):
    """A meeting about one case whose members may be given sections of it."""

    case = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="conferences")
    kind = models.CharField(_("jenis"), max_length=20, choices=ConferenceKind, default=ConferenceKind.CASE_DISCUSSION)
    held_at = models.DateTimeField(_("waktu"))
    title = models.CharField(_("hal yang dibahas"), max_length=160)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="conferences", verbose_name=_("anggota"), blank=True
    )
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who called it stays on record
        related_name="+",
    )

    class Meta:
        ordering = ["-held_at", "-pk"]
        verbose_name = _("pembahasan kasus")
        verbose_name_plural = _("pembahasan kasus")

    def __str__(self) -> str:
        return self.title


class GrantQuerySet(models.QuerySet[Any]):
    def in_force(self) -> GrantQuerySet:
        """Grants that hold at this second, whether or not a job has cleaned up."""
        now = timezone.now()
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), starts_at__lte=now)

    def for_section(self, section: Section) -> GrantQuerySet:
        return self.filter(sections__contains=[section])


class InForceManager(models.Manager.from_queryset(GrantQuerySet)):  # type: ignore[misc]
    """The default: guardian's own shortcuts then see no expired grant either."""

    def get_queryset(self) -> GrantQuerySet:
        return super().get_queryset().in_force()


class Grant(Coded):
    """What both kinds of grant carry beside guardian's own columns."""

    sections = ArrayField(models.CharField(max_length=12, choices=Section), verbose_name=_("bagian"))
    source = models.CharField(_("asal"), max_length=12, choices=GrantSource)
    lawful_basis = models.CharField(_("dasar"), max_length=20, choices=LegalBasis)
    consent = models.ForeignKey(
        Consent,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # the proof of the basis
        related_name="+",
        verbose_name=_("persetujuan"),
    )
    reason = models.CharField(_("alasan"), max_length=300)
    can_edit = models.BooleanField(_("boleh mengubah"), default=False)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who opened a case to somebody stays on record
        related_name="+",
    )
    granted_at = models.DateTimeField(default=timezone.now)
    # In force from here (which may lie ahead) until expires_at; ended earlier, expires_at is that second.
    starts_at = models.DateTimeField(_("mulai"), default=timezone.now)
    expires_at = models.DateTimeField(_("berakhir"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,  # who took it back stays on record
        related_name="+",
    )
    end_reason = models.CharField(_("alasan dicabut"), max_length=300, blank=True)

    class Meta:
        abstract = True

    @property
    def is_in_force(self) -> bool:
        now = timezone.now()
        return self.starts_at <= now and (self.expires_at is None or self.expires_at > now)

    @property
    def is_over(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()


def _rules(kind: str) -> list[models.BaseConstraint]:
    """What the database itself keeps of every grant; ``kind`` begins the names."""
    by_law = [GrantSource.SHARING, GrantSource.CONFERENCE, GrantSource.BREAK_GLASS, GrantSource.TRANSFER]
    return [
        models.CheckConstraint(
            condition=Q(expires_at__isnull=True) | Q(expires_at__gte=F("granted_at")),
            name=f"{kind}_grant_ends_after_it_begins",
        ),
        models.CheckConstraint(
            condition=Q(source=GrantSource.CASELOAD) | Q(can_edit=False),
            name=f"{kind}_grant_edits_by_caseload_alone",
        ),
        models.CheckConstraint(
            condition=~Q(source__in=by_law) | Q(expires_at__isnull=False),
            name=f"{kind}_grant_that_shares_has_an_end",
        ),
        models.CheckConstraint(
            condition=Q(source=GrantSource.CASELOAD) | ~Q(sections__contains=[Section.ACCESS.value]),
            name=f"{kind}_grant_never_shares_the_access_page",
        ),
    ]


@tracked()
class CaseUserGrant(Grant, UserObjectPermissionBase):
    content_object = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="user_grants")
    conference = models.ForeignKey(
        CaseConference,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # the decision that a member's access rests on
        related_name="grants",
    )
    objects: ClassVar[InForceManager] = InForceManager()
    all_grants = GrantQuerySet.as_manager()

    class Meta(UserObjectPermissionBase.Meta):
        # One person may hold a case in two ways (caseload and sharing); each ends by itself.
        unique_together: ClassVar[list[Sequence[str]]] = []
        base_manager_name = "all_grants"
        constraints = [
            *_rules("user"),
            models.CheckConstraint(
                condition=Q(source=GrantSource.CONFERENCE, conference__isnull=False)
                | (~Q(source=GrantSource.CONFERENCE) & Q(conference__isnull=True)),
                name="conference_grant_names_its_conference",
            ),
            models.CheckConstraint(
                condition=~Q(source=GrantSource.BREAK_GLASS)
                | (
                    Q(expires_at__lte=F("starts_at") + BREAK_GLASS_LASTS)
                    & ~Q(sections__contains=[Section.CLINICAL.value])
                ),
                name="break_glass_is_short_and_never_clinical",
            ),
        ]
        indexes = [models.Index(fields=["user", "content_object", "expires_at"], name="user_grant_lookup")]

    def __str__(self) -> str:
        return f"{self.content_object_id} → {self.user_id}"


@tracked()
class CaseGroupGrant(Grant, GroupObjectPermissionBase):
    content_object = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="group_grants")
    objects: ClassVar[InForceManager] = InForceManager()
    all_grants = GrantQuerySet.as_manager()

    class Meta(GroupObjectPermissionBase.Meta):
        # One person may hold a case in two ways (caseload and sharing); each ends by itself.
        unique_together: ClassVar[list[Sequence[str]]] = []
        base_manager_name = "all_grants"
        constraints = [
            *_rules("group"),
            models.CheckConstraint(
                condition=Q(source__in=[GrantSource.SHARING, GrantSource.REFERRAL]),
                name="a_unit_is_given_a_case_by_sharing_or_referral",
            ),
        ]
        indexes = [models.Index(fields=["group", "content_object", "expires_at"], name="group_grant_lookup")]

    def __str__(self) -> str:
        return f"{self.content_object_id} → {self.group_id}"


@tracked()
class BreakGlassReview(Timestamped):
    """What the lead unit's supervisor, or the data-protection officer, found of one emergency access."""

    grant = models.ForeignKey(CaseUserGrant, on_delete=models.CASCADE, related_name="reviews")
    reviewer_role = models.CharField(max_length=12, choices=Reviewer)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who judged it stays on record
        related_name="+",
    )
    outcome = models.CharField(_("hasil tinjauan"), max_length=15, choices=ReviewOutcome)
    comment = models.CharField(_("catatan"), max_length=1_000)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["grant", "reviewer_role"], name="one_review_in_each_role"),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer_role}: {self.outcome}"
