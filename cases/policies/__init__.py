"""Who may see and do what with a case file. The only place that knows roles and grants.

A right follows from a *relation* to the case (on the caseload, supervisor of the lead unit, a grant, coordination,
merging data), never from a role alone; ``MATRIX`` says what each relation gives (D §3.5). Each relation is one branch
of a query: a single object is asked with OR, a list merges LIMITed branches (core.paging), which stays flat at a
million cases (docs/decisions/0002).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import AgencyKind, Profession, Role
from accounts.models import Staff, StaffQuerySet
from cases.enums import (
    DERADICALISATION_TYPES,
    OPEN,
    SUPERVISORS_ALONE,
    CaseType,
    GrantSource,
    Right,
    Section,
    TaskKind,
)
from cases.matrix import BY_PROFESSION, MATRIX, Relation, given
from cases.models import (
    CaseEvent,
    CaseFile,
    CaseGroupGrant,
    CaseTransfer,
    CaseUserGrant,
    CheckIn,
    ClinicalNote,
    ConflictDeclaration,
    ContactNote,
    Draft,
    ReportingDuty,
    Task,
)
from cases.policies.protection import opened_to, reads_sealed, within_reach
from core.acting import beyond_own_sight

# While a person's data are restricted (UU PDP Pasal 11) nothing new is done with them; only the duty to report, which
# rests on law and not on the unit's will, goes on.
GOES_ON = frozenset({Section.SUPERVISION})
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
        case Relation.STAND_IN if user.role == Role.SUPERVISOR:
            taken_over = ConflictDeclaration.objects.standing().filter(
                stand_in=user, participant=OuterRef("participant"), staff__unit=OuterRef("lead_unit")
            )
            return Q(Exists(taken_over))
        case Relation.COORDINATION if user.role == Role.ANALYST and user.unit.agency.kind == AgencyKind.BNPT:
            return Q(case_type__in=DERADICALISATION_TYPES, adult_from__lte=timezone.localdate())
        case Relation.DATA_ADMIN if user.role == Role.DATA_ADMIN:
            return Q(lead_agency=user.unit.agency_id)
    return None


# Grants that open a case to somebody off its caseload: reading only (MATRIX), and only what their sections name.
GRANTED = {
    Relation.SHARING: GrantSource.SHARING,
    Relation.CONFERENCE: GrantSource.CONFERENCE,
    Relation.BREAK_GLASS: GrantSource.BREAK_GLASS,
    Relation.TRANSFER: GrantSource.TRANSFER,
}
_RELATION_OF = {source.value: relation for relation, source in GRANTED.items()}


def _grants(user: Staff, sources: list[GrantSource]) -> list[QuerySet[CaseUserGrant] | QuerySet[CaseGroupGrant]]:
    """Grants in force of these sources to this person and to this unit."""
    if user.role not in (Role.CASEWORKER, Role.SUPERVISOR) or not sources:
        return []
    return [
        CaseUserGrant.objects.filter(user=user, source__in=sources),
        CaseGroupGrant.objects.filter(group=user.unit.group_id, source__in=sources),
    ]


def granted_to(user: Staff) -> list[QuerySet[CaseUserGrant] | QuerySet[CaseGroupGrant]]:
    """Grants in force by which cases off the caseload are open to ``user``; to the person, and to the unit."""
    return _grants(user, list(GRANTED.values()))


def _granted_condition(user: Staff, section: Section, right: Right) -> list[Q]:
    """Cases shared with this person or this unit, for ``section``."""
    sources = [source for relation, source in GRANTED.items() if right in given(relation, section)]
    return [
        Q(Exists(grants.filter(sections__contains=[section], content_object=OuterRef("pk"))))
        for grants in _grants(user, sources)
    ]


def _may_read_clinical(user: Staff) -> bool:
    return user.profession in CLINICAL_PROFESSIONS


def _sources(user: Staff, right: Right, section: Section) -> list[Q]:
    if not user.is_active or user.role not in CASE_READERS:
        return []
    if user.role == Role.SYSTEM:
        return [Q()] if right in given(Relation.SYSTEM, section) else []
    if section in BY_PROFESSION and not _may_read_clinical(user):
        return []
    conditions = [
        condition
        for relation in MATRIX
        if right in given(relation, section)
        if (condition := _relation_condition(user, relation)) is not None
    ]
    reach = within_reach(user)
    return [condition & reach for condition in conditions + _granted_condition(user, section, right)]


def case_branches(
    user: Staff, right: Right = Right.VIEW, section: Section = Section.SUMMARY
) -> list[QuerySet[CaseFile]]:
    """One queryset a source, for lists: filter, LIMIT and merge them with ``core.paging``."""
    open_to = _unrestricted(user, right, section)
    return [CaseFile.objects.filter(condition & open_to) for condition in _sources(user, right, section)]


def has_cases(user: Staff, right: Right = Right.VIEW, section: Section = Section.SUMMARY) -> bool:
    """Whether this person can have ``right`` on ``section`` of any case at all; asks no database."""
    return bool(_sources(user, right, section))


def cases_for(user: Staff, right: Right = Right.VIEW, section: Section = Section.SUMMARY) -> QuerySet[CaseFile]:
    """Every case in which ``user`` has ``right`` on ``section``; for one object, or a queryset narrowed otherwise.

    A sealed file that is opened to ``user`` is among them; lists take ``case_branches``, which never hold one.
    """
    sources = _sources(user, right, section)
    if right in given(Relation.UNSEALED, section) and (opened := opened_to(user)) is not None:
        sources.append(opened)
    if not sources:
        return CaseFile.objects.none()
    return CaseFile.objects.filter(reduce(or_, sources), _unrestricted(user, right, section))


def _unrestricted(user: Staff, right: Right, section: Section) -> Q:
    """Takes restricted cases away from those who would change something in them."""
    stops = right == Right.EDIT and section not in GOES_ON and user.role != Role.SYSTEM
    return Q(restricted_at__isnull=True) if stops else Q()


def cases_in_sight(user: Staff) -> QuerySet[CaseFile]:
    """Cases of which ``user`` may see at least one section: what is not in here answers 404."""
    if not user.is_active or user.role not in CASE_READERS:
        return CaseFile.objects.none()
    if user.role == Role.SYSTEM:
        return CaseFile.objects.all()
    conditions = [condition for relation in MATRIX if (condition := _relation_condition(user, relation)) is not None]
    conditions += [
        Q(Exists(grants.filter(sections__len__gt=0, content_object=OuterRef("pk")))) for grants in granted_to(user)
    ]
    if not conditions:
        return CaseFile.objects.none()
    sources = reduce(or_, conditions) & within_reach(user)
    opened = opened_to(user)
    return CaseFile.objects.filter(sources if opened is None else sources | opened)


def caseload_of(user: Staff) -> QuerySet[CaseFile]:
    """Cases that this person works on: asked from the grants outward, so it stays small and fast."""
    held = CaseUserGrant.objects.filter(user=user, source="caseload").values("content_object")
    return CaseFile.objects.filter(within_reach(user), pk__in=held)


def can(user: Staff, right: Right, case: CaseFile, section: Section = Section.SUMMARY) -> bool:
    return cases_for(user, right, section).filter(pk=case.pk).exists()


def require(user: Staff, right: Right, case: CaseFile, section: Section = Section.SUMMARY) -> None:
    """Raise PermissionDenied unless ``user`` has ``right`` on ``section`` of ``case``."""
    if not can(user, right, case, section):
        stops = right == Right.EDIT and case.restricted_at is not None
        raise PermissionDenied(_("Pemrosesan data kasus ini dibatasi atas permintaan peserta.") if stops else "")


@dataclass(frozen=True)
class Standing:
    """What ``user`` may do on one case, and until when where an emergency, or former work on it, opens it."""

    rights: dict[Section, frozenset[Right]]
    emergency_until: dt.datetime | None = None
    former_until: dt.datetime | None = None


def rights(user: Staff, case: CaseFile) -> dict[Section, frozenset[Right]]:
    """All rights of ``user`` on one case: what tabs and buttons a page offers."""
    return standing(user, case).rights


def standing(user: Staff, case: CaseFile) -> Standing:
    """``rights``, and when an emergency access or the reading of a former team ends, in two queries."""
    if not user.is_active or user.role not in CASE_READERS:
        return Standing({})
    if user.role == Role.SYSTEM:
        return Standing(dict(MATRIX[Relation.SYSTEM]))
    emergency_until = former_until = None
    held: dict[Section, set[Right]] = {}
    relations = {
        relation: condition for relation in MATRIX if (condition := _relation_condition(user, relation)) is not None
    }
    if relations:
        mine = {
            relation.value: Exists(CaseFile.objects.filter(condition, pk=OuterRef("pk")))
            for relation, condition in relations.items()
        }
        mine["in_reach"] = Exists(CaseFile.objects.filter(within_reach(user), pk=OuterRef("pk")))
        row = CaseFile.objects.filter(pk=case.pk).annotate(**mine).values(*mine).get()
        if not row["in_reach"]:
            return Standing(dict(MATRIX[Relation.UNSEALED]) if reads_sealed(user, case) else {})
        for relation in relations:
            for section, found in MATRIX[relation].items() if row[relation.value] else ():
                held.setdefault(section, set()).update(found)
    granted = [
        grants.filter(content_object=case.pk).order_by().values_list("sections", "source", "expires_at")
        for grants in granted_to(user)
    ]
    if granted:
        for sections, source, expires_at in granted[0].union(*granted[1:], all=True):
            if source == GrantSource.BREAK_GLASS:
                emergency_until = expires_at
            elif source == GrantSource.TRANSFER:
                former_until = expires_at
            for name in sections:
                held.setdefault(Section(name), set()).update(given(_RELATION_OF[source], Section(name)))
    if not _may_read_clinical(user):
        held = {section: found for section, found in held.items() if section not in BY_PROFESSION}
    if case.restricted_at is not None:
        for section in held.keys() - GOES_ON:
            held[section].discard(Right.EDIT)
    found_rights = {section: frozenset(found) for section, found in held.items() if found}
    return Standing(found_rights, emergency_until, former_until)


def sections_seen(user: Staff, case: CaseFile) -> frozenset[Section]:
    return frozenset(section for section, held in rights(user, case).items() if Right.VIEW in held)


def notes_for(user: Staff) -> QuerySet[ContactNote]:
    return ContactNote.objects.filter(case__in=cases_for(user, section=Section.NOTES))


def clinical_notes_for(user: Staff) -> QuerySet[ClinicalNote]:
    """Restricted notes of the own profession group, where the section is open (I-16).

    Notes that did not go along when the case moved to another unit stay with the unit in which they were written.
    """
    notes = ClinicalNote.objects.filter(case__in=cases_for(user, section=Section.CLINICAL))
    if user.role == Role.SYSTEM:
        return notes
    return notes.filter(went_along(user, "recorded_at"), profession=user.profession)


def went_along(user: Staff, written_at: str) -> Q:
    """Clinical rows that came with the case to the unit of ``user``, or were written there: what the sender kept back
    stays with the unit that the first transfer after ``written_at`` began from."""
    since = CaseTransfer.objects.accepted().filter(case=OuterRef("case"), effective_at__gt=OuterRef(written_at))
    kept_back = since.exclude(data_scope__contains=[Section.CLINICAL.value])
    written_in = Subquery(since.order_by("effective_at").values("from_unit")[:1])
    return ~Q(Exists(kept_back)) | Q(Exact(written_in, user.unit_id))


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


def require_assigning(user: Staff) -> None:
    if not user.is_active or user.role != Role.SUPERVISOR:
        raise PermissionDenied(_("Kasus ditugaskan oleh pengawas unit."))


def assignable(user: Staff, *, from_worker: Staff | None, victims: bool) -> QuerySet[CaseFile]:
    """Open cases of this supervisor's unit that ``from_worker`` leads, or nobody; survivors' apart (ET-15)."""
    cases = cases_for(user, Right.APPROVE).filter(within_reach(user), lead_unit=user.unit_id, is_victim_file=victims)
    return cases.filter(status__in=OPEN, lead_worker=from_worker)


def require_opening(user: Staff) -> None:
    if not openable_types(user):
        raise PermissionDenied(_("Kasus dibuka oleh petugas kasus."))


def tasks_for(user: Staff) -> QuerySet[Task]:
    """Tasks that this person may see: own ones; a supervisor also those of the unit's cases."""
    if user.role == Role.SUPERVISOR:
        unit = Q(assignee=user) | Q(case__lead_unit=user.unit_id)
        return Task.objects.filter(within_reach(user, "case__"), unit)
    if user.role == Role.CASEWORKER:
        # A second rater is off the caseload on purpose, and has the case by a grant while it lasts.
        held = CaseUserGrant.objects.filter(user=user).values("content_object")
        asked = Q(kind=TaskKind.SECOND_RATING, case__in=held) & within_reach(user, "case__")
        return Task.objects.filter(Q(case__in=caseload_of(user)) | asked, assignee=user)
    return Task.objects.none()


def team_of(case: CaseFile) -> QuerySet[Staff]:
    """Who works on this case now: the lead worker and the co-workers, as their grants say."""
    held = CaseUserGrant.objects.filter(content_object=case, source="caseload").values("user")
    return Staff.objects.filter(pk__in=held, is_active=True)


def workers_of(case: CaseFile, kind: TaskKind) -> QuerySet[Staff]:
    """Who may be given a task of this case: who supervises it and, unless it is theirs alone, the team."""
    if kind in SUPERVISORS_ALONE:
        return supervisors_of(case)
    return Staff.objects.filter(Q(pk__in=team_of(case).values("pk")) | Q(pk__in=supervisors_of(case).values("pk")))


def supervisors_of(case: CaseFile) -> StaffQuerySet:
    """Who supervises this case now: the lead unit's supervisors who are not related to the participant, or who stands
    in for them."""
    standing = ConflictDeclaration.objects.standing().filter(participant=case.participant_id)
    related = standing.values("staff")
    stand_ins = standing.filter(stand_in__isnull=False, staff__unit=case.lead_unit_id).values("stand_in")
    supervises = Q(unit=case.lead_unit_id) | Q(pk__in=stand_ins)
    return Staff.objects.working().filter(supervises, role=Role.SUPERVISOR).exclude(pk__in=related)


def works_on(user: Staff, case: CaseFile) -> bool:
    """On the caseload, or supervises the case: not those to whom it was shared or opened. What is confidential even
    on the legal page (the country of a return) is for these alone."""
    return caseload_of(user).filter(pk=case.pk).exists() or supervisors_of(case).filter(pk=user.pk).exists()


def require_reopening(user: Staff, case: CaseFile) -> None:
    """The supervisor reopens a case; a sealed one only as its reader while it is opened."""
    if case.is_sealed:
        if not reads_sealed(user, case):
            raise PermissionDenied
    else:
        require(user, Right.APPROVE, case)


def drafts_for(user: Staff, *about: Q, **of: Any) -> list[Draft]:
    """What this person typed and has not sent, each with its case.

    It stays readable when the access to the case has ended: the own words and the code, nothing else of the case.
    """
    with beyond_own_sight():
        own = Draft.objects.filter(within_reach(user, "case__"), *about, staff=user, **of)
        return list(own.select_related("case"))


def draft_of(user: Staff, code: str, form: str) -> Draft | None:
    """The own draft of this form for the case of this code."""
    return next(iter(drafts_for(user, case__code=code, form=form)), None)


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
