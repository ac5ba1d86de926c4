"""Who may see the organisation's own records: staff, and the access journal."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.conduct import CURRENT
from accounts.enums import AgencyKind, Role
from accounts.models import Facility, JournalEntry, Staff, Team, Unit

OVERSIGHT = frozenset({Role.AUDITOR, Role.DPO})


def journal_for(user: Staff) -> QuerySet[JournalEntry]:
    """The access journal: auditors and data-protection officers only (D §3.5)."""
    return JournalEntry.objects.all() if user.role in OVERSIGHT else JournalEntry.objects.none()


def require_journal(user: Staff) -> None:
    if user.role not in OVERSIGHT:
        raise PermissionDenied


# ---- the data admin and the accounts of the own agency -------------------------------------------------------------

# Which roles an agency has at all. Nobody makes a system account; analysts are BNPT's alone.
ROLES_OF: dict[str, tuple[Role, ...]] = {
    AgencyKind.DITJENPAS: (Role.CASEWORKER, Role.SUPERVISOR, Role.DATA_ADMIN, Role.AUDITOR, Role.DPO),
    AgencyKind.KEMENSOS: (Role.CASEWORKER, Role.SUPERVISOR, Role.DATA_ADMIN, Role.AUDITOR, Role.DPO),
    AgencyKind.BNPT: (
        Role.CASEWORKER,
        Role.SUPERVISOR,
        Role.DATA_ADMIN,
        Role.ANALYST,
        Role.AUDITOR,
        Role.DPO,
    ),
    AgencyKind.CSO: (Role.FIELD_OFFICER, Role.DATA_ADMIN),
}
# What a form may set at all; rights (is_superuser, groups, password) are in none of them.
EDITABLE_FIELDS = ("full_name", "email", "profession", "staff_no", "licence_no", "assessor_since", "active_until")
STAFF_FIELDS = ("username", "unit", "role", *EDITABLE_FIELDS)
UNIT_FIELDS = ("name", "short_name", "kind", "parent", "region", "timezone")
FACILITY_FIELDS = ("name", "kind", "capacity", "services", "address")


def is_staff_admin(user: Staff) -> bool:
    return user.is_in_force and user.role == Role.DATA_ADMIN


def require_staff_admin(user: Staff) -> None:
    if not is_staff_admin(user):
        raise PermissionDenied(_("Akun dan unit diatur oleh admin data instansi."))


def staff_for(user: Staff) -> QuerySet[Staff]:
    """The accounts of the own agency; another agency's are not there at all."""
    if not is_staff_admin(user):
        return Staff.objects.none()
    return Staff.objects.filter(unit__agency=user.unit.agency_id).exclude(role=Role.SYSTEM)


def units_for(user: Staff) -> QuerySet[Unit]:
    return Unit.objects.filter(agency=user.unit.agency_id) if is_staff_admin(user) else Unit.objects.none()


def teams_for(user: Staff) -> QuerySet[Team]:
    return Team.objects.filter(unit__in=units_for(user))


def facilities_for(user: Staff) -> QuerySet[Facility]:
    return Facility.objects.filter(unit__in=units_for(user))


def roles_to_give(user: Staff) -> tuple[Role, ...]:
    return ROLES_OF.get(user.unit.agency.kind, ()) if is_staff_admin(user) else ()


def can_change(user: Staff, staff: Staff) -> bool:
    """Somebody else's account of the own agency: nobody edits himself."""
    return user.pk != staff.pk and staff_for(user).filter(pk=staff.pk).exists()


def require_changing(user: Staff, staff: Staff) -> None:
    if not can_change(user, staff):
        raise PermissionDenied(_("Akun sendiri diubah oleh admin data lain."))


# ---- what must be done before any other page -----------------------------------------------------------------------


def has_second_factor(user: Staff) -> bool:
    """Every role sees personal data, so every person needs one; recovery codes alone are none."""
    return Authenticator.objects.filter(
        user=user, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    ).exists()


def must_promise(user: Staff) -> bool:
    return user.conduct_version != CURRENT.number
