"""Who may see, make and sign quarterly reports (D §3.5, row "Reports"), and take rows about people out of Titian."""

from __future__ import annotations

from enum import Enum

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from accounts.enums import AgencyKind, Role, UnitKind
from accounts.models import Staff, Unit
from assessments.enums import InstrumentCode
from cases import policies as case_policies
from cases.enums import Right, Section
from cases.enums.rights import RightsKind, RightsStatus
from cases.models import CaseFile, RightsRequest
from cases.policies import requests as rights_policies
from core.acting import beyond_own_sight
from reports import quality
from reports.columns import Column
from reports.enums import ExportStatus, ReportStatus, Scope
from reports.indicators import Area
from reports.models import Export, QuarterlyReport, Rollup
from reports.quality import Quality
from reports.quarters import Half, Quarter

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


def report_of_serial(serial: str) -> QuarterlyReport | None:
    """For whoever holds a PDF and asks whether it is ours; the page shows its number, fingerprints and signature."""
    made = QuarterlyReport.objects.exclude(sha256="").select_related("agency", "unit", "approved_by").defer("pdf")
    with beyond_own_sight():
        return made.filter(serial_no__iexact=serial).first()


def rollups_for(user: Staff) -> QuerySet[Rollup]:
    """What a head office reads instead of rows: its agency's figures; for BNPT's, also the country's."""
    if not user.is_active or user.role != Role.SUPERVISOR or not is_head_office(user):
        return Rollup.objects.none()
    national = Q(scope=Scope.NATIONAL) if is_of_bnpt(user) else Q(pk__in=[])
    return Rollup.objects.filter(Q(scope=Scope.AGENCY, agency=user.unit.agency_id) | national)


def may_see_reports(user: Staff) -> bool:
    return user.is_active and _seen_by(user) is not None


# ---- quality and fairness of assessments (ET-8): figures, never a row about a person ------------------------------


def quality_area(user: Staff) -> Area | None:
    """Whose assessments this person watches over; None: nobody's. Oversight reads the country's."""
    if not user.is_active:
        return None
    if user.role == Role.AUDITOR:
        return Area(Scope.NATIONAL)
    if user.role != Role.SUPERVISOR:
        return None
    if not is_head_office(user):
        return Area(Scope.UNIT, unit=user.unit)
    return Area(Scope.NATIONAL) if is_of_bnpt(user) else Area(Scope.AGENCY, agency=user.unit.agency)


def quality_for(user: Staff, *, instrument: InstrumentCode, half: Half, quarter: Quarter | None = None) -> Quality:
    """The figures of the area that this person watches over; names of raters for their own supervisor alone."""
    area = quality_area(user)
    if area is None:
        raise PermissionDenied
    asked = quality.Asked(area, instrument, half, quarter, by_name=area.kind == Scope.UNIT)
    with beyond_own_sight():
        counted = quality.count(asked)
    return quality.reading(counted, asked)


# ---- exports of person rows (I-23, I-28, ET-6) ---------------------------------------------------------------------

# Analysts, auditors and partners take no rows about people with them, and no other agency or body asks here at all.
EXPORTING = frozenset({Role.CASEWORKER, Role.SUPERVISOR, Role.DATA_ADMIN})
EXPORTED_SECTIONS = (Section.SUMMARY, Section.IDENTITY)


class ExportAct(Enum):
    OWN = "own"  # start, cancel, see the password, fetch the file
    DECIDE = "decide"
    RUN = "run"


def may_export(user: Staff) -> bool:
    return user.is_active and user.role in EXPORTING


def require_export(user: Staff) -> None:
    if not may_export(user):
        raise PermissionDenied


def exportable_sections(user: Staff) -> frozenset[Section]:
    """Sections that this role sees of its own cases; a data admin identity alone."""
    if user.role == Role.DATA_ADMIN:
        return frozenset({Section.IDENTITY})
    return frozenset(EXPORTED_SECTIONS) if user.role in EXPORTING else frozenset()


def exportable_cases(user: Staff, columns: list[Column]) -> QuerySet[CaseFile]:
    """Own caseload, own unit or own agency, never what was shared, and only where every chosen column may be read.

    A sealed file that is open for reading leaves by no export.
    """
    if not may_export(user):
        return CaseFile.objects.none()
    # Never a sealed file, though it were opened to this person, and never a survivor's beside others' (ET-3, ET-15).
    own = CaseFile.objects.filter(case_policies.within_reach(user), lead_agency=user.unit.agency_id)
    cases = own.filter(sealed_at__isnull=True, is_victim_file=False)
    if user.role == Role.CASEWORKER:
        cases = cases.filter(pk__in=case_policies.caseload_of(user).values("pk"))
    elif user.role == Role.SUPERVISOR:
        cases = cases.filter(lead_unit=user.unit_id)
    for section in _needed(user, columns):
        cases = cases.filter(pk__in=case_policies.cases_for(user, Right.VIEW, section).values("pk"))
    return cases


def _needed(user: Staff, columns: list[Column]) -> set[Section]:
    """The sections that must be readable for these columns; for one of several, the one that the role has."""
    seen = exportable_sections(user)
    return {next((s for s in column.sections if s in seen), column.sections[0]) for column in columns}


def exports_for(user: Staff) -> QuerySet[Export]:
    """Own exports, and those that this person may decide or has decided about. Nobody else learns of them."""
    if user.role == Role.SYSTEM:
        return Export.objects.all()
    if not may_export(user):
        return Export.objects.none()
    own = Q(requested_by=user)
    return Export.objects.filter(own | _decidable(user))


def _decidable(user: Staff) -> Q:
    """A supervisor of the same unit, or of the agency's head office; never who asked."""
    if user.role != Role.SUPERVISOR:
        return Q(pk__in=[])
    place = Q(unit__agency=user.unit.agency_id) if is_head_office(user) else Q(unit=user.unit_id)
    return place & ~Q(requested_by=user)


def exports_to_decide(user: Staff) -> QuerySet[Export]:
    if not may_export(user):
        return Export.objects.none()
    return Export.objects.filter(_decidable(user), status=ExportStatus.WAITING)


def can_export(user: Staff, act: ExportAct, export: Export) -> bool:
    if not user.is_active:
        return False
    if act is ExportAct.RUN:
        return user.role == Role.SYSTEM
    if act is ExportAct.OWN:
        return may_export(user) and export.requested_by_id == user.pk
    return Export.objects.filter(_decidable(user), pk=export.pk).exists()


def require_export_act(user: Staff, act: ExportAct, export: Export) -> None:
    if not can_export(user, act, export):
        raise PermissionDenied


# ---- a person's copy of the own data (UU 27/2022 Pasal 7) ----------------------------------------------------------

COPYING = frozenset({Role.CASEWORKER, Role.SUPERVISOR})
GRANTED = frozenset({RightsStatus.FULFILLED, RightsStatus.PARTLY_FULFILLED})


def may_copy(user: Staff, request: RightsRequest) -> bool:
    """Whoever has the file: those who may answer for the unit, and after the decision too, when the file is made.

    The data-protection officer decides and never opens it; oversight sees that there is a copy, not what is in it.
    """
    in_role = user.is_active and user.role in COPYING and request.kind == RightsKind.COPY
    return in_role and rights_policies.rights_requests_for(user).filter(pk=request.pk).exists()


def require_copy(user: Staff, request: RightsRequest) -> None:
    if not may_copy(user, request):
        raise PermissionDenied
