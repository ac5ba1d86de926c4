"""Who was given a case, in guardian's direct foreign-key tables, extended with sections, reason and end."""

from __future__ import annotations

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
from cases.models.casefile import CaseFile
from core.models import tracked


class GrantQuerySet(models.QuerySet[Any]):
    def in_force(self) -> GrantQuerySet:
        """Grants that hold at this second, whether or not a job has cleaned up."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now()))

    def for_section(self, section: Section) -> GrantQuerySet:
        return self.filter(sections__contains=[section])


class InForceManager(models.Manager.from_queryset(GrantQuerySet)):  # type: ignore[misc]
    """The default: guardian's own shortcuts then see no expired grant either."""

    def get_queryset(self) -> GrantQuerySet:
        return super().get_queryset().in_force()


class Grant(models.Model):
    """What both kinds of grant carry beside guardian's own columns."""

    sections = ArrayField(models.CharField(max_length=12, choices=Section), verbose_name=_("bagian"))
    source = models.CharField(_("asal"), max_length=10, choices=GrantSource)
    lawful_basis = models.CharField(_("dasar"), max_length=20, choices=LegalBasis)
    reason = models.CharField(_("alasan"), max_length=300)
    can_edit = models.BooleanField(_("boleh mengubah"), default=False)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who opened a case to somebody stays on record
        related_name="+",
    )
    granted_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(_("berakhir"), null=True, blank=True)

    class Meta:
        abstract = True


@tracked()
class CaseUserGrant(Grant, UserObjectPermissionBase):
    content_object = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="user_grants")
    objects: ClassVar[InForceManager] = InForceManager()
    all_grants = GrantQuerySet.as_manager()

    class Meta(UserObjectPermissionBase.Meta):
        # One person may hold a case in two ways (caseload and sharing); each ends by itself.
        unique_together: ClassVar[list[Sequence[str]]] = []
        base_manager_name = "all_grants"
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gte=F("granted_at")),
                name="user_grant_ends_after_it_begins",
            )
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
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gte=F("granted_at")),
                name="group_grant_ends_after_it_begins",
            )
        ]
        indexes = [models.Index(fields=["group", "content_object", "expires_at"], name="group_grant_lookup")]

    def __str__(self) -> str:
        return f"{self.content_object_id} → {self.group_id}"
