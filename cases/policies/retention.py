"""Who keeps and who destroys: rules, holds, and the list that takes two signatures (ET-18, UU 27/2022 Pasal 42-45).

An agency's data admin draws the list up; a supervisor of its head office signs for the agency, the data-protection
officer for the people. Neither of the three sees a name: a list has codes, types, dates and rules.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import AgencyKind, Role, UnitKind
from accounts.models import Staff
from accounts.policies import OVERSIGHT
from cases import policies
from cases.enums import Section
from cases.enums.retention import WAITING, ListStatus
from cases.models import CaseFile, DestructionList, LegalHold, RetentionRule
from cases.models.retention import HoldQuerySet, ListQuerySet, RuleQuerySet
from cases.policies.requests import is_officer
from cases.policies.sharing import decides

READERS = frozenset({Role.DATA_ADMIN, Role.SUPERVISOR, *OVERSIGHT})


def may_read(user: Staff) -> bool:
    """The pages of retention exist for whoever draws up, signs, holds or checks."""
    return user.is_active and user.role in READERS and user.unit.agency.kind != AgencyKind.CSO


def require_reading(user: Staff) -> None:
    if not may_read(user):
        raise PermissionDenied


# ---- rules ---------------------------------------------------------------------------------------------------------


def rules_for(user: Staff) -> RuleQuerySet:
    """Oversight reads every agency's, the rest those of the own agency."""
    if not may_read(user):
        return RetentionRule.objects.none()
    rules = RetentionRule.objects.all()
    return rules if user.role in OVERSIGHT else rules.filter(agency_kind=user.unit.agency.kind)


def may_set_rules(user: Staff) -> bool:
    return may_read(user) and user.role == Role.DATA_ADMIN


def require_setting(user: Staff, rule: RetentionRule) -> None:
    if not may_set_rules(user) or rule.agency_kind != user.unit.agency.kind:
        raise PermissionDenied(_("Jadwal retensi diatur oleh admin data instansi."))


# ---- holds ---------------------------------------------------------------------------------------------------------


def holds_for(user: Staff) -> HoldQuerySet:
    """All of them for oversight; for those who see the access page of a case, those on it."""
    if not user.is_active:
        return LegalHold.objects.none()
    if user.role in OVERSIGHT or user.role == Role.SYSTEM:
        return LegalHold.objects.all()
    return LegalHold.objects.filter(case__in=policies.cases_for(user, section=Section.ACCESS).values("pk"))


def require_holding(user: Staff, case: CaseFile) -> None:
    """The lead unit's supervisor, to whom the letter comes, or the data-protection officer."""
    if not (is_officer(user) or decides(user, case)):
        raise PermissionDenied(_("Penahanan dicatat oleh pengawas unit atau pejabat pelindungan data."))


def require_lifting(user: Staff) -> None:
    """Not the unit, whose work the held file may tell of."""
    if not is_officer(user):
        raise PermissionDenied(_("Penahanan dicabut oleh pejabat pelindungan data."))


# ---- lists ---------------------------------------------------------------------------------------------------------


def is_head(user: Staff) -> bool:
    """A supervisor of a head office, who signs for the agency."""
    return user.is_active and user.role == Role.SUPERVISOR and user.unit.kind == UnitKind.HEAD_OFFICE


def lists_for(user: Staff) -> ListQuerySet:
    if not may_read(user):
        return DestructionList.objects.none()
    if user.role in OVERSIGHT:
        return DestructionList.objects.all()
    if user.role == Role.DATA_ADMIN or is_head(user):
        return DestructionList.objects.filter(agency=user.unit.agency_id)
    return DestructionList.objects.none()


def may_draw_up(user: Staff) -> bool:
    return may_read(user) and user.role == Role.DATA_ADMIN


def require_drawing_up(user: Staff) -> None:
    if not may_draw_up(user):
        raise PermissionDenied(_("Daftar pemusnahan disusun oleh admin data instansi."))


def signs_as(user: Staff, drawn: DestructionList) -> str:
    """Which of the two signatures is this person's to give now: "head", "dpo", or none."""
    if drawn.status not in WAITING or user.pk == drawn.made_by_id:
        return ""
    if is_head(user) and user.unit.agency_id == drawn.agency_id and drawn.head_signed_at is None:
        return "head"
    if is_officer(user) and drawn.dpo_signed_at is None:
        return "dpo"
    return ""


def is_concerned(user: Staff, drawn: DestructionList) -> bool:
    """Who may stop a list or take a file off it: its agency's data admins, and both kinds of signers."""
    own = user.unit.agency_id == drawn.agency_id
    return is_officer(user) or (own and (is_head(user) or may_draw_up(user)))


def require_concern(user: Staff, drawn: DestructionList) -> None:
    if not is_concerned(user, drawn):
        raise PermissionDenied(_("Yang dapat melakukan ini: penyusun dan penanda tangan daftar."))


def may_have_certificate(user: Staff, drawn: DestructionList) -> bool:
    """Those who drew it up or signed it; the auditor too, whose work it is to check."""
    signers = (drawn.made_by_id, drawn.head_signed_by_id, drawn.dpo_signed_by_id)
    return drawn.status == ListStatus.CARRIED_OUT and (user.pk in signers or user.role == Role.AUDITOR)


def waiting_signatures(user: Staff) -> int:
    """For the menu: lists that wait for this person's signature."""
    if is_officer(user):
        mine = Q(dpo_signed_at__isnull=True)
    elif is_head(user):
        mine = Q(head_signed_at__isnull=True)
    else:
        return 0
    return lists_for(user).waiting().filter(mine).exclude(made_by=user).count()


def signed_lists(user: Staff) -> QuerySet[DestructionList]:
    return lists_for(user).select_related("agency", "made_by", "head_signed_by", "dpo_signed_by", "ended_by")
