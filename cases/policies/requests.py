"""Who may see and do what with requests of the people whose data these are.

The data-protection officer decides on them without ever opening a file; the auditor reads. The people of the case
see the requests about it, carry out what they are asked, and decide nothing.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Staff
from accounts.policies import OVERSIGHT
from cases import policies
from cases.enums import Section
from cases.models import CaseFile, RightsRequest


def is_officer(user: Staff) -> bool:
    return user.is_active and user.role == Role.DPO


def require_officer(user: Staff) -> None:
    if not is_officer(user):
        raise PermissionDenied(_("Yang dapat melakukan ini: pejabat pelindungan data."))


def require_oversight(user: Staff) -> None:
    if not user.is_active or user.role not in OVERSIGHT:
        raise PermissionDenied


def may_record(user: Staff, case: CaseFile) -> bool:
    """Whoever works on the case or leads its unit; also a restricted or closed one: a request can always come."""
    return _held_cases(user).filter(pk=case.pk).exists()


def _held_cases(user: Staff) -> QuerySet[CaseFile]:
    """Cases whose file this person has: by caseload or as the unit's supervisor, never by a grant from elsewhere."""
    seen = policies.cases_for(user, section=Section.ACCESS)
    if user.role == Role.CASEWORKER:
        return seen.filter(pk__in=policies.caseload_of(user))
    return seen.filter(lead_unit=user.unit_id) if user.role == Role.SUPERVISOR else CaseFile.objects.none()


def rights_requests_for(user: Staff) -> QuerySet[RightsRequest]:
    if not user.is_active:
        return RightsRequest.objects.none()
    if user.role in OVERSIGHT or user.role == Role.SYSTEM:
        return RightsRequest.objects.all()
    if user.role in (Role.CASEWORKER, Role.SUPERVISOR):
        return RightsRequest.objects.filter(case__in=_held_cases(user))
    return RightsRequest.objects.none()


def may_answer(user: Staff, request: RightsRequest) -> bool:
    """Report to the officer what the unit did: those who see the file, while the officer waits for it."""
    in_role = user.role in (Role.CASEWORKER, Role.SUPERVISOR)
    return in_role and request.is_waiting and rights_requests_for(user).filter(pk=request.pk).exists()


def waiting_requests(user: Staff) -> int:
    """For the menu: what waits for the officer."""
    return RightsRequest.objects.waiting().count() if is_officer(user) else 0
