"""Who reads and who keeps a saved filter of the case list. It holds criteria, so it says nothing of any person."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Staff
from cases.models import SavedFilter


def filters_for(user: Staff) -> QuerySet[SavedFilter]:
    """The person's own and those that a supervisor of the same unit shares."""
    readable = Q(owner=user) | Q(shared_with=user.unit_id, owner__unit=user.unit_id, owner__is_active=True)
    return SavedFilter.objects.filter(readable).select_related("owner", "shared_with")


def may_share(user: Staff) -> bool:
    return user.is_active and user.role == Role.SUPERVISOR


def require_sharing(user: Staff) -> None:
    if not may_share(user):
        raise PermissionDenied(_("Saringan dibagikan oleh pengawas unit."))


def require_own(user: Staff, kept: SavedFilter) -> None:
    if kept.owner_id != user.pk:
        raise PermissionDenied(_("Yang dapat mengubah saringan ini: pemiliknya."))
