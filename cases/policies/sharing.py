"""Who may open a case to others, to whom, and which sections; and who looks after such grants (D §3.5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import AgencyKind, Role
from accounts.models import Staff, Unit
from cases import policies
from cases.enums import ConsentPurpose, GrantSource, Right, Section
from cases.matrix import BY_PROFESSION, Relation, given
from cases.models import CaseFile, CaseGroupGrant, CaseUserGrant, Consent
from cases.policies import CLINICAL_PROFESSIONS, can, sections_seen

Grant = CaseUserGrant | CaseGroupGrant
# Field officers get referrals, analysts and data admins have their own relation, oversight sees no case.
RECEIVERS = (Role.CASEWORKER, Role.SUPERVISOR)
RECEIVED_AT_MOST = 200
# Filled by higher apps: of a case, the keys of the personal grants on which a task rests (a second rating).
LENT: list[Callable[[CaseFile], Iterable[int]]] = []
SHARED_SOURCES = [GrantSource.SHARING, GrantSource.CONFERENCE, GrantSource.BREAK_GLASS, GrantSource.TRANSFER]


def decides(user: Staff, case: CaseFile) -> bool:
    """The lead unit's supervisor: shares with anybody, and calls conferences."""
    return can(user, Right.APPROVE, case, Section.ACCESS)


def works_on(user: Staff, case: CaseFile) -> bool:
    """The case's own workers: share inside their agency."""
    return can(user, Right.EDIT, case)


def units_for(user: Staff, case: CaseFile) -> QuerySet[Unit]:
    """Units with which, or with whose people, ``user`` may share ``case``; the lead unit has its own ways."""
    units = all_units(case)
    if decides(user, case):
        return units
    return units.filter(agency=case.lead_agency_id) if works_on(user, case) else units.none()


def all_units(case: CaseFile) -> QuerySet[Unit]:
    """Whom a consent may name: every unit that can be given a case."""
    units = Unit.objects.exclude(pk=case.lead_unit_id).exclude(agency__kind=AgencyKind.CSO)
    return units.filter(group__isnull=False)


def people_of(units: QuerySet[Unit]) -> QuerySet[Staff]:
    return Staff.objects.working().filter(unit__in=units, role__in=RECEIVERS)


def require_sharing(user: Staff, case: CaseFile) -> None:
    if not (decides(user, case) or works_on(user, case)):
        raise PermissionDenied(_("Yang dapat membagikan berkas: petugas kasus dan pengawasnya."))


def require_working(user: Staff, case: CaseFile) -> None:
    if not works_on(user, case):
        raise PermissionDenied(_("Yang dapat mencatat persetujuan: petugas kasus."))


def require_unit(user: Staff, case: CaseFile, unit: Unit) -> None:
    """Raise PermissionDenied unless ``user`` may share with this unit or its people."""
    if not units_for(user, case).filter(pk=unit.pk).exists():
        raise PermissionDenied(_("Yang dapat membagikan ke instansi lain: pengawas unit penanggung jawab."))


def require_decision(user: Staff, case: CaseFile) -> None:
    if not decides(user, case):
        raise PermissionDenied(_("Keputusan pembahasan kasus dicatat oleh pengawas unit penanggung jawab."))


def sections_offered(user: Staff, case: CaseFile, relation: Relation = Relation.SHARING) -> list[Section]:
    """What ``user`` may open to others: never more than is seen by the giver, never the access page."""
    seen = sections_seen(user, case)
    return [section for section in Section if section in seen and given(relation, section)]


def sections_for(receiver: Staff | Unit, sections: list[Section]) -> list[Section]:
    """Of ``sections`` those that this receiver may get: clinical notes go to a person of the profession alone."""
    clinical = isinstance(receiver, Staff) and receiver.profession in CLINICAL_PROFESSIONS
    return [section for section in sections if clinical or section not in BY_PROFESSION]


def consents_for(case: CaseFile) -> QuerySet[Consent]:
    """Consents in force on which sharing may rest."""
    return Consent.objects.in_force().filter(case=case, purpose=ConsentPurpose.SHARING)


def shares_of(case: CaseFile) -> list[Grant]:
    """Every grant beside the caseload that ``case`` has or had, oldest first; for its access page."""
    people = CaseUserGrant.all_grants.filter(content_object=case, source__in=SHARED_SOURCES)
    units = CaseGroupGrant.all_grants.filter(content_object=case, source__in=SHARED_SOURCES)
    named = ("granted_by__unit", "ended_by", "consent")
    rows: list[Grant] = [
        *people.select_related("user__unit__agency", "conference", *named),
        *units.select_related("group__unit__agency", *named),
    ]
    return sorted(rows, key=lambda grant: (grant.starts_at, grant.pk))


def unit_of(grant: Grant) -> Unit:
    return grant.user.unit if isinstance(grant, CaseUserGrant) else grant.group.unit


def managed(case: CaseFile, grants: Iterable[Grant], *, decides: bool, works: bool) -> list[Grant]:
    """Whoever may give them may renew and end them: the supervisor each, the worker those inside the own agency.

    What a supervisor lent for a task is not the worker's to end: a rater would rid himself of the second one (ET-7).
    """
    if decides or not works:
        return list(grants) if decides else []
    shared = [grant for grant in grants if grant.source == GrantSource.SHARING]
    inside = [grant for grant in shared if unit_of(grant).agency_id == case.lead_agency_id]
    people = any(isinstance(grant, CaseUserGrant) for grant in inside)
    lent = {pk for ask in LENT for pk in ask(case)} if people else set()
    return [grant for grant in inside if not (isinstance(grant, CaseUserGrant) and grant.pk in lent)]


def require_managing(user: Staff, case: CaseFile, grant: Grant) -> None:
    if not managed(case, [grant], decides=decides(user, case), works=works_on(user, case)):
        raise PermissionDenied(_("Yang dapat mengubah akses ini: pengawas unit penanggung jawab."))


def share_with_code(case: CaseFile, code: str) -> Grant | None:
    """The grant of this case with this code, over or not."""
    return next((grant for grant in shares_of(case) if grant.code == code), None)


def received(user: Staff, cases: list[int] | None = None) -> dict[int, Grant]:
    """By case, the grant in force that opens it longest to ``user`` off the caseload; only of ``cases``, if given."""
    found: list[Grant] = []
    for grants in policies.granted_to(user):
        rows = grants.select_related("granted_by__unit", "content_object__participant", "content_object__lead_unit")
        if cases is not None:
            rows = rows.filter(content_object__in=cases)
        found += rows.order_by("expires_at", "pk")[:RECEIVED_AT_MOST]
    return {grant.content_object_id: grant for grant in sorted(found, key=_end_of)}


def _end_of(grant: Grant) -> dt.datetime:
    assert grant.expires_at is not None  # the database keeps it: what shares has an end
    return grant.expires_at
