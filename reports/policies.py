"""Who may see, make and sign quarterly reports (D §3.5, row "Reports")."""

from __future__ import annotations

from enum import Enum

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from accounts.enums import AgencyKind, Role, UnitKind
from accounts.models import Staff, Unit
from reports.enums import ReportStatus, Scope
from reports.indicators import Area
from reports.models import QuarterlyReport

SIGNED = (ReportStatus.APPROVED, ReportStatus.SENT)


class Act(Enum):
    BUILD = "build"  # make it, try again, revise it, ask for review, note that it was sent
    APPROVE = "approve"
    RUN = "run"  # what the worker does


def reports_for(user: Staff) -> QuerySet[QuarterlyReport]:
    """Every report that ``user`` may open."""
    seen = _seen_by(user) if user.is_active else None
    return QuarterlyReport.objects.none() if seen is None else QuarterlyReport.objects.filter(seen)


def _seen_by(user: Staff) -> Q | None:
    own_unit = Q(scope=Scope.UNIT, unit=user.unit_id)
    own_agency = Q(scope=Scope.AGENCY, agency=user.unit.agency_id)
    national = Q(scope=Scope.NATIONAL) if is_of_bnpt(user) else Q(pk__in=[])
    match user.role:
        case Role.CASEWORKER:
            return own_unit & Q(status__in=SIGNED)
        case Role.SUPERVISOR:
            return (own_agency | national | own_unit) if is_head_office(user) else own_unit
        case Role.ANALYST if is_of_bnpt(user):
            return own_agency | national
        case Role.DATA_ADMIN:
            return Q(scope=Scope.UNIT, unit__agency=user.unit.agency_id) | own_agency | national
        case Role.AUDITOR | Role.DPO:
            return Q(status__in=SIGNED)
        case Role.SYSTEM:
            return Q()
    return None


def is_of_bnpt(user: Staff) -> bool:
    return user.unit.agency.kind == AgencyKind.BNPT


def is_head_office(user: Staff) -> bool:
    return user.unit.kind == UnitKind.HEAD_OFFICE


def units_for(user: Staff) -> QuerySet[Unit]:
    """Units whose report a data admin may make: those of the own agency that lead cases."""
    if user.role != Role.DATA_ADMIN:
        return Unit.objects.none()
    return Unit.objects.filter(agency=user.unit.agency_id, led_cases__isnull=False).distinct().order_by("name")


def may_build(user: Staff, area: Area) -> bool:
    """A data admin, for the own agency and its units; the country is BNPT's to report on."""
    if not user.is_active or user.role != Role.DATA_ADMIN:
        return False
    if area.kind == Scope.NATIONAL:
        return is_of_bnpt(user)
    owner = area.unit.agency_id if area.unit else area.agency.pk if area.agency else None
    return owner == user.unit.agency_id


def can(user: Staff, act: Act, report: QuarterlyReport) -> bool:
    if not user.is_active:
        return False
    if act is Act.RUN:
        return user.role == Role.SYSTEM
    if act is Act.BUILD:
        return may_build(user, area_of(report))
    if user.role != Role.SUPERVISOR or report.requested_by_id == user.pk:
        return False
    if report.scope == Scope.UNIT:
        return user.unit_id == report.unit_id
    if report.scope == Scope.AGENCY:
        return is_head_office(user) and user.unit.agency_id == report.agency_id
    return is_head_office(user) and is_of_bnpt(user)


def require(user: Staff, act: Act, report: QuarterlyReport) -> None:
    """Raise PermissionDenied unless ``user`` may do ``act`` with ``report``."""
    if not can(user, act, report):
        raise PermissionDenied


def require_build(user: Staff, area: Area) -> None:
    if not may_build(user, area):
        raise PermissionDenied


def area_of(report: QuarterlyReport) -> Area:
    return Area(Scope(report.scope), None if report.unit else report.agency, report.unit)


def may_see_reports(user: Staff) -> bool:
    return user.is_active and _seen_by(user) is not None
