"""Who reports, handles and reads breaches of personal data."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Staff
from accounts.policies import OVERSIGHT
from cases.models import BreachIncident, CaseFile
from cases.policies.requests import is_officer
from core.acting import beyond_own_sight

# Whoever leads a unit or keeps its data knows first.
REPORTERS = frozenset({Role.SUPERVISOR, Role.DATA_ADMIN, Role.DPO})


def may_report(user: Staff) -> bool:
    return user.is_active and user.role in REPORTERS


def require_reporting(user: Staff) -> None:
    if not may_report(user):
        raise PermissionDenied(_("Insiden dilaporkan oleh pengawas unit. Beri tahu pengawas Anda sekarang juga."))


def breaches_for(user: Staff) -> QuerySet[BreachIncident]:
    """All of them for oversight; for a unit's supervisor and the reporter, those of the own unit."""
    if not user.is_active:
        return BreachIncident.objects.none()
    if user.role in OVERSIGHT or user.role == Role.SYSTEM:
        return BreachIncident.objects.all()
    if user.role == Role.SUPERVISOR:
        return BreachIncident.objects.filter(unit=user.unit_id)
    return BreachIncident.objects.filter(reported_by=user)


def may_see_breaches(user: Staff) -> bool:
    return user.is_active and (user.role in OVERSIGHT or may_report(user))


def open_breaches(user: Staff) -> int:
    return BreachIncident.objects.open().count() if is_officer(user) else 0


def notice_for(case: CaseFile, code: str) -> BreachIncident | None:
    """The breach whose letter goes to the person of ``case``, once people are to be told; for whoever has the file."""
    with beyond_own_sight():  # of the incident itself the team sees nothing but this letter
        return BreachIncident.objects.filter(cases__case=case, subjects_told_at__isnull=False, code=code).first()
