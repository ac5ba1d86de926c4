"""Break-glass: which case a supervisor of another unit may open in an emergency, and who reviews it afterwards."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Staff
from cases.enums import GrantSource, Right, Section
from cases.enums.sharing import Reviewer
from cases.matrix import MATRIX, Relation
from cases.models import CaseFile, CaseUserGrant
from cases.policies import can, supervisors_of
from cases.policies.protection import within_reach


def may_try(user: Staff) -> bool:
    return user.is_active and user.role == Role.SUPERVISOR


def require_trying(user: Staff) -> None:
    if not may_try(user):
        raise PermissionDenied(_("Akses darurat hanya untuk pengawas."))


def openable(user: Staff, code: str) -> CaseFile | None:
    """The case with this code if ``user`` may open it in an emergency; None says nothing about why not.

    Never a sealed file or a survivor's, and nothing of a person to whom ``user`` is related.
    """
    others = CaseFile.objects.exclude(lead_unit=user.unit_id).exclude(is_victim_file=True)
    return others.filter(within_reach(user), code=code).select_related("lead_unit__agency", "participant").first()


def sections_opened() -> list[Section]:
    return [section for section in Section if section in MATRIX[Relation.BREAK_GLASS]]


def uses_for(user: Staff) -> QuerySet[CaseUserGrant]:
    """Emergency accesses that this person oversees: of the own unit's cases, or all of them; never the own ones."""
    uses = CaseUserGrant.all_grants.filter(source=GrantSource.BREAK_GLASS).exclude(user=user)
    if not user.is_active:
        return uses.none()
    if user.role in (Role.DPO, Role.AUDITOR):
        return uses
    if user.role != Role.SUPERVISOR:
        return uses.none()
    return uses.filter(within_reach(user, "content_object__"), content_object__lead_unit=user.unit_id)


def unreviewed_by(user: Staff) -> QuerySet[CaseUserGrant]:
    """What waits for this person's own review."""
    if user.role not in REVIEWS:
        return CaseUserGrant.all_grants.none()
    return uses_for(user).exclude(reviews__reviewer_role=REVIEWS[Role(user.role)])


def review_due(use: CaseUserGrant) -> dt.datetime:
    return use.granted_at + dt.timedelta(days=settings.BREAK_GLASS_REVIEW_DAYS)


def require_overseeing(user: Staff) -> None:
    if not user.is_active or user.role not in (Role.DPO, Role.AUDITOR, Role.SUPERVISOR):
        raise PermissionDenied


REVIEWS = {Role.SUPERVISOR: Reviewer.SUPERVISOR, Role.DPO: Reviewer.DPO}


def reviewer_as(user: Staff, use: CaseUserGrant) -> Reviewer | None:
    """In which of the two places ``user`` reviews this use; None for everybody else, and for the opener always."""
    if not user.is_active or use.user_id == user.pk:
        return None
    if user.role == Role.DPO:
        return Reviewer.DPO
    case = use.content_object
    supervises = user.role == Role.SUPERVISOR and can(user, Right.APPROVE, case, Section.ACCESS)
    return Reviewer.SUPERVISOR if supervises else None


def require_reviewing(user: Staff, use: CaseUserGrant) -> Reviewer:
    role = reviewer_as(user, use)
    if role is None:
        raise PermissionDenied(_("Yang meninjau: pengawas unit penanggung jawab dan pejabat pelindungan data."))
    return role


def overseers(case: CaseFile) -> list[int]:
    """Who is told at once: the lead unit's supervisors and the data-protection officers."""
    officers = Staff.objects.working().filter(role=Role.DPO)
    return [*supervisors_of(case).values_list("pk", flat=True), *officers.values_list("pk", flat=True)]
