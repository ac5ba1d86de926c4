"""Who may see and do what with a case file. The only place that knows roles and grants.

A right follows from a *relation* to the case (on the caseload, supervisor of the lead unit, a grant, coordination,
merging data), never from a role alone (D §3.5). Each relation is one branch of a query: a single object is asked
with OR, a list merges LIMITed branches (core.paging), which stays flat at a million cases (docs/decisions/0002).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import reduce
from operator import or_

from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import AgencyKind, Profession, Role
from accounts.models import Staff, Unit
from cases.enums import DERADICALISATION_TYPES, CaseType, Right, Section
from cases.folding import fold
from cases.models import (
    CaseEvent,
    CaseFile,
    CaseGroupGrant,
    CaseUserGrant,
    CheckIn,
    ContactNote,
    Draft,
    Participant,
    ReportingDuty,
    Task,
)
from cases.models.participant import surely_adult

V = frozenset({Right.VIEW})
VE = frozenset({Right.VIEW, Right.EDIT})
VA = frozenset({Right.VIEW, Right.APPROVE})


class Relation(Enum):
    CASELOAD = "caseload"
    UNIT_SUPERVISOR = "unit_supervisor"
    COORDINATION = "coordination"
    DATA_ADMIN = "data_admin"


MATRIX: dict[Relation, dict[Section, frozenset[Right]]] = {
    Relation.CASELOAD: {
        Section.SUMMARY: VE,
        Section.IDENTITY: VE,
        Section.LEGAL: VE,
        Section.ASSESSMENT: VE,
        Section.NOTES: VE,
        Section.CLINICAL: VE,  # and only the author's profession group: see rights()
        Section.PLAN: VE,
        Section.PROGRAMS: VE,
        Section.REFERRALS: VE,
        Section.DOCUMENTS: VE,
        Section.HOUSEHOLD: VE,
        Section.SUPERVISION: VE,
        Section.ACCESS: V,
    },
    Relation.UNIT_SUPERVISOR: {
        Section.SUMMARY: VA,
        Section.IDENTITY: V,
        Section.LEGAL: V,
        Section.ASSESSMENT: VA,
        Section.NOTES: V,
        Section.PLAN: VA,
        Section.PROGRAMS: V,
        Section.REFERRALS: V,
        Section.DOCUMENTS: V,
        Section.HOUSEHOLD: V,
        Section.SUPERVISION: V,
        Section.ACCESS: VA,
    },
    Relation.COORDINATION: {Section.SUMMARY: V},
    Relation.DATA_ADMIN: {Section.IDENTITY: V},
}

CLINICAL_PROFESSIONS = frozenset({Profession.PSIKOLOG})
# An accepted referral opens its own page, never a page of the case (D §3.5, CSO column).
CASE_READERS = frozenset({Role.CASEWORKER, Role.SUPERVISOR, Role.ANALYST, Role.DATA_ADMIN, Role.SYSTEM})


def _relation_condition(user: Staff, relation: Relation) -> Q | None:
    """Rows to which ``user`` stands in ``relation``; None where this user never can."""
    match relation:
        case Relation.CASELOAD if user.role == Role.CASEWORKER:
            held = CaseUserGrant.objects.filter(user=user, source="caseload", content_object=OuterRef("pk"))
            return Q(Exists(held))
        case Relation.UNIT_SUPERVISOR if user.role == Role.SUPERVISOR:
            return Q(lead_unit=user.unit_id)
        case Relation.COORDINATION if user.role == Role.ANALYST and user.unit.agency.kind == AgencyKind.BNPT:
            adult = surely_adult(timezone.localdate(), "participant__")
            return Q(case_type__in=DERADICALISATION_TYPES) & adult
        case Relation.DATA_ADMIN if user.role == Role.DATA_ADMIN:
            return Q(lead_agency=user.unit.agency_id)
    return None


def _sharing(user: Staff, right: Right) -> list[QuerySet[CaseUserGrant] | QuerySet[CaseGroupGrant]]:
    """Grants by which cases are shared with this person or this unit."""
    if user.role not in (Role.CASEWORKER, Role.SUPERVISOR) or right == Right.APPROVE:
        return []
    editing = {"can_edit": True} if right == Right.EDIT else {}
    return [
        CaseUserGrant.objects.filter(user=user, source="sharing", **editing),
        CaseGroupGrant.objects.filter(group=user.unit.group_id, source="sharing", **editing),
    ]


def _granted_condition(user: Staff, section: Section, right: Right) -> list[Q]:
    """Cases shared with this person or this unit, for ``section``."""
    return [
        Q(Exists(grants.filter(sections__contains=[section], content_object=OuterRef("pk"))))
        for grants in _sharing(user, right)
    ]


def _may_read_clinical(user: Staff) -> bool:
    return user.profession in CLINICAL_PROFESSIONS


def _sources(user: Staff, right: Right, section: Section) -> list[Q]:
    if not user.is_active or user.role not in CASE_READERS:
        return []
    if user.role == Role.SYSTEM:
        return [Q()]
    if section == Section.CLINICAL and not _may_read_clinical(user):
        return []
    conditions = [
        condition
        for relation, sections in MATRIX.items()
        if right in sections.get(section, frozenset())
        if (condition := _relation_condition(user, relation)) is not None
    ]
    return conditions + _granted_condition(user, section, right)


def case_branches(
    user: Staff, right: Right = Right.VIEW, section: Section = Section.SUMMARY
) -> list[QuerySet[CaseFile]]:
    """One queryset a source, for lists: filter, LIMIT and merge them with ``core.paging``."""
    return [CaseFile.objects.filter(condition) for condition in _sources(user, right, section)]


def cases_for(user: Staff, right: Right = Right.VIEW, section: Section = Section.SUMMARY) -> QuerySet[CaseFile]:
    """Every case in which ``user`` has ``right`` on ``section``; for one object, or a queryset narrowed otherwise."""
    sources = _sources(user, right, section)
    if not sources:
        return CaseFile.objects.none()
    return CaseFile.objects.filter(reduce(or_, sources))


def cases_in_sight(user: Staff) -> QuerySet[CaseFile]:
    """Cases of which ``user`` may see at least one section: what is not in here answers 404."""
    if not user.is_active or user.role not in CASE_READERS:
        return CaseFile.objects.none()
    if user.role == Role.SYSTEM:
        return CaseFile.objects.all()
    conditions = [condition for relation in MATRIX if (condition := _relation_condition(user, relation)) is not None]
    conditions += [
        Q(Exists(grants.filter(sections__len__gt=0, content_object=OuterRef("pk"))))
        for grants in _sharing(user, Right.VIEW)
    ]
    return CaseFile.objects.filter(reduce(or_, conditions)) if conditions else CaseFile.objects.none()


def caseload_of(user: Staff) -> QuerySet[CaseFile]:
    """Cases that this person works on: asked from the grants outward, so it stays small and fast."""
    held = CaseUserGrant.objects.filter(user=user, source="caseload").values("content_object")
    return CaseFile.objects.filter(pk__in=held)


def can(user: Staff, right: Right, case: CaseFile, section: Section = Section.SUMMARY) -> bool:
    return cases_for(user, right, section).filter(pk=case.pk).exists()


def require(user: Staff, right: Right, case: CaseFile, section: Section = Section.SUMMARY) -> None:
    """Raise PermissionDenied unless ``user`` has ``right`` on ``section`` of ``case``."""
    if not can(user, right, case, section):
        raise PermissionDenied


def rights(user: Staff, case: CaseFile) -> dict[Section, frozenset[Right]]:
    """All rights of ``user`` on one case in two queries: what tabs and buttons a page offers."""
    if not user.is_active or user.role not in CASE_READERS:
        return {}
    if user.role == Role.SYSTEM:
        return {section: frozenset(Right) for section in Section}
    held: dict[Section, set[Right]] = {}
    relations = {
        relation: condition for relation in MATRIX if (condition := _relation_condition(user, relation)) is not None
    }
    if relations:
        mine = {
            relation.value: Exists(CaseFile.objects.filter(condition, pk=OuterRef("pk")))
            for relation, condition in relations.items()
        }
        row = CaseFile.objects.filter(pk=case.pk).annotate(**mine).values(*mine).get()
        for relation in relations:
            for section, given in MATRIX[relation].items() if row[relation.value] else ():
                held.setdefault(section, set()).update(given)
    shared = [
        grants.filter(content_object=case.pk).order_by().values_list("sections", "can_edit")
        for grants in _sharing(user, Right.VIEW)
    ]
    if shared:
        for sections, can_edit in shared[0].union(*shared[1:], all=True):
            for name in sections:
                held.setdefault(Section(name), set()).update(VE if can_edit else V)
    if not _may_read_clinical(user):
        held.pop(Section.CLINICAL, None)
    return {section: frozenset(found) for section, found in held.items()}


def sections_seen(user: Staff, case: CaseFile) -> frozenset[Section]:
    return frozenset(section for section, held in rights(user, case).items() if Right.VIEW in held)


def notes_for(user: Staff) -> QuerySet[ContactNote]:
    return ContactNote.objects.filter(case__in=cases_for(user, section=Section.NOTES))


def events_for(user: Staff, case: CaseFile, seen: frozenset[Section] | None = None) -> QuerySet[CaseEvent]:
    """The timeline, row by row through the section that each event belongs to; ``seen``: the sections, if known."""
    return CaseEvent.objects.filter(case=case, section__in=sections_seen(user, case) if seen is None else seen)


# Whose work a case type is; a unit opens only what its agency is there for.
CASE_TYPES: dict[str, tuple[CaseType, ...]] = {
    AgencyKind.DITJENPAS: (CaseType.PROBATION,),
    AgencyKind.KEMENSOS: (CaseType.SOCIAL_ADULT, CaseType.SOCIAL_CHILD, CaseType.FAMILY, CaseType.VICTIM),
    AgencyKind.BNPT: (CaseType.MITRA_DERAD, CaseType.FAMILY),
}


def openable_types(user: Staff) -> tuple[CaseType, ...]:
    """Kinds of case that ``user`` may open; none for anybody but caseworkers."""
    if not user.is_active or user.role != Role.CASEWORKER:
        return ()
    return CASE_TYPES.get(user.unit.agency.kind, ())


def types_seen(user: Staff) -> tuple[CaseType, ...]:
    """Kinds of case that can stand in this person's list: what its filter offers."""
    if user.role == Role.ANALYST:
        return tuple(sorted(DERADICALISATION_TYPES))
    return CASE_TYPES.get(user.unit.agency.kind, ())


def workers_to_filter_by(user: Staff) -> list[Staff]:
    """A supervisor looks at the unit's list worker by worker; nobody else compares people."""
    return list(Staff.objects.caseworkers_of(user.unit)) if user.role == Role.SUPERVISOR else []


def require_opening(user: Staff) -> None:
    if not openable_types(user):
        raise PermissionDenied(_("Kasus dibuka oleh petugas kasus."))


@dataclass(frozen=True)
class Matches:
    """What intake may say about people of a similar name: own cases in full, others only by their unit (I-21)."""

    cases: list[CaseFile]
    units: list[Unit]

    def __bool__(self) -> bool:
        return bool(self.cases or self.units)


def possible_matches(user: Staff, *, name: str, birth_year: int | None, mother: str = "") -> Matches:
    """Cases of people who may be the same: all words of the name, the birth year give or take one, the mother's name.

    What ``user`` may see is listed. Of the rest only the unit is named, and only inside the own agency: another
    agency's search finds nothing (ET-3).
    """
    words = fold(name).split()
    if not words:
        return Matches([], [])
    people = Participant.objects.named_like(words)
    if birth_year is not None:
        near = Q(birth_date__year__gte=birth_year - 1, birth_date__year__lte=birth_year + 1)
        people = people.filter(near | Q(birth_date__isnull=True))
    named = CaseFile.objects.filter(participant__in=people).select_related("participant", "lead_unit")
    visible = _same_people(named.filter(pk__in=cases_in_sight(user).values("pk")), mother)
    known = [case.participant_id for case in visible]
    hidden = _same_people(named.filter(lead_agency=user.unit.agency_id).exclude(participant__in=known), mother)
    units = sorted({case.lead_unit for case in hidden}, key=lambda unit: unit.short_name)
    return Matches(visible, units)


MATCHES_READ = 100


def _same_people(cases: QuerySet[CaseFile], mother: str) -> list[CaseFile]:
    """Two known mothers' names that fold apart tell two people apart; a name not known tells nothing."""
    key = fold(mother)
    return [
        case
        for case in cases.order_by("participant__full_name", "pk")[:MATCHES_READ]
        if not key or not case.participant.mother_name or fold(case.participant.mother_name) == key
    ]


def tasks_for(user: Staff) -> QuerySet[Task]:
    """Tasks that this person may see: own ones; a supervisor also those of the unit's cases."""
    if user.role == Role.SUPERVISOR:
        return Task.objects.filter(Q(assignee=user) | Q(case__lead_unit=user.unit_id))
    if user.role == Role.CASEWORKER:
        return Task.objects.filter(assignee=user, case__in=caseload_of(user))
    return Task.objects.none()


def team_of(case: CaseFile) -> QuerySet[Staff]:
    """Who works on this case now: the lead worker and the co-workers, as their grants say."""
    held = CaseUserGrant.objects.filter(content_object=case, source="caseload").values("user")
    return Staff.objects.filter(pk__in=held, is_active=True)


def drafts_for(user: Staff) -> QuerySet[Draft]:
    """What this person typed and has not sent; it stays readable when the access to the case has ended."""
    return Draft.objects.filter(staff=user)


def duties_for(user: Staff) -> QuerySet[ReportingDuty]:
    """Reporting duties of the caseload."""
    return ReportingDuty.objects.filter(case__in=caseload_of(user))


def check_ins_for(user: Staff) -> QuerySet[CheckIn]:
    return CheckIn.objects.filter(case__in=cases_for(user, section=Section.SUPERVISION))


def share_with_worker(case: CaseFile, worker: Staff, *, by: Staff, reason: str) -> CaseUserGrant:
    """Put a case on a caseload. Written by cases.workflow.assign alone, beside the columns that lists use."""
    return CaseUserGrant.all_grants.create(
        user=worker,
        permission=view_permission(),
        content_object=case,
        sections=[section.value for section in MATRIX[Relation.CASELOAD]],
        source="caseload",
        lawful_basis=case.legal_basis,
        reason=reason,
        can_edit=True,
        granted_by=by,
    )


def end_grants(grants: QuerySet[CaseUserGrant] | QuerySet[CaseGroupGrant]) -> int:
    """End grants from this second; they stay on record."""
    return grants.update(expires_at=timezone.now())


def view_permission() -> Permission:
    return Permission.objects.get(content_type__app_label="cases", codename="view_casefile")


class GrantBackend:
    """Answers ``user.has_perm(perm, case)`` from the same rule as everything else; expired grants give nothing."""

    _RIGHTS = {"cases.view_casefile": Right.VIEW, "cases.change_casefile": Right.EDIT}

    def authenticate(self, request: object, **credentials: object) -> None:
        return None

    def has_perm(self, user: Staff, perm: str, obj: Model | None = None) -> bool:
        right = self._RIGHTS.get(perm)
        return isinstance(obj, CaseFile) and right is not None and can(user, right, obj)
