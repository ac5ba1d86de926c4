"""Who may see and run plans, programmes, cohorts and attendance.

A plan belongs to its case and follows the case's section. A programme is no personal data, so every service role may
read it; the people in a cohort are seen by the unit that runs it (name, code and tick box alone) and, each in the own
case, by the case's team.
"""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from accounts.enums import Role
from accounts.models import Staff
from cases import policies as case_policies
from cases.enums import Right, Section
from programs.enums import PlanStatus
from programs.models import Cohort, EconomicSupport, Enrolment, Goal, Plan, Programme, Session

READERS = frozenset({Role.CASEWORKER, Role.SUPERVISOR, Role.ANALYST, Role.SYSTEM})
RUNNERS = frozenset({Role.CASEWORKER, Role.SUPERVISOR, Role.FIELD_OFFICER})


def plans_for(user: Staff, right: Right = Right.VIEW) -> QuerySet[Plan]:
    return Plan.objects.filter(case__in=case_policies.cases_for(user, right, Section.PLAN))


def goals_for(user: Staff, right: Right = Right.VIEW) -> QuerySet[Goal]:
    return Goal.objects.filter(plan__in=plans_for(user, right))


def supports_for(user: Staff, right: Right = Right.VIEW) -> QuerySet[EconomicSupport]:
    return EconomicSupport.objects.filter(case__in=case_policies.cases_for(user, right, Section.PROGRAMS))


def programmes_for(user: Staff, right: Right = Right.VIEW) -> QuerySet[Programme]:
    """Programmes to read; with EDIT, those of the own unit."""
    if right == Right.EDIT:
        return Programme.objects.filter(owner=user.unit_id) if user.role in RUNNERS else Programme.objects.none()
    if user.role in READERS:
        return Programme.objects.all()
    if user.role == Role.FIELD_OFFICER:
        return Programme.objects.filter(owner=user.unit_id)
    return Programme.objects.none()


def cohorts_for(user: Staff, right: Right = Right.VIEW) -> QuerySet[Cohort]:
    """Cohorts to read; with EDIT, those that the own unit runs and whose people it therefore sees."""
    return Cohort.objects.filter(programme__in=programmes_for(user, right))


def sessions_for(user: Staff, right: Right = Right.VIEW) -> QuerySet[Session]:
    return Session.objects.filter(cohort__in=cohorts_for(user, right))


def enrolments_for(user: Staff, right: Right = Right.VIEW) -> QuerySet[Enrolment]:
    """Enrolments of the cases that this person works on or supervises."""
    return Enrolment.objects.filter(case__in=case_policies.cases_for(user, right, Section.PROGRAMS))


def places_for(user: Staff, cohort: Cohort) -> QuerySet[Enrolment]:
    """Who is in a cohort, for the unit that runs it.

    None whose file is sealed or to whom ``user`` is related; none who turned out to be a victim after a place among
    others had ended (ET-15).
    """
    reach = case_policies.within_reach(user, "case__")
    return Enrolment.objects.filter(reach, cohort=cohort, case__is_victim_file=cohort.for_victims)


def runs(user: Staff, cohort: Cohort) -> bool:
    return cohorts_for(user, Right.EDIT).filter(pk=cohort.pk).exists()


def require_runner(user: Staff) -> None:
    """Raise PermissionDenied unless ``user`` is of a role that may open programmes."""
    if user.role not in RUNNERS:
        raise PermissionDenied


def require_owner(user: Staff, programme: Programme) -> None:
    if not programmes_for(user, Right.EDIT).filter(pk=programme.pk).exists():
        raise PermissionDenied


def require_runs(user: Staff, cohort: Cohort) -> None:
    if not runs(user, cohort):
        raise PermissionDenied


def with_running_plan(cases: Collection[int]) -> set[int]:
    """Which of these cases have a plan that the supervisor has approved (S-P1)."""
    running = Plan.objects.filter(case__in=cases, status__in=(PlanStatus.ACTIVE, PlanStatus.IN_REVIEW))
    return set(running.values_list("case_id", flat=True))
