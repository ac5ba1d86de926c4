"""Who may read, rate and approve an assessment. Rests on the case's own rule for its section ``assessment``."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import PermissionDenied

from accounts.enums import Profession, Role
from accounts.models import Staff, StaffQuerySet
from assessments.catalogue import Instrument
from assessments.enums import InstrumentCode
from assessments.models import Assessment, AssessmentQuerySet
from cases import policies as case_policies
from cases.enums import Right, Section
from cases.models import CaseFile

# The words of instruments.yaml (administered_by) for our professions; who rates children is trained for it.
PROFESSIONS = {
    "pk_bapas": Profession.PK_BAPAS,
    "pk_anak": Profession.PK_BAPAS,
    "pekerja_sosial": Profession.PEKERJA_SOSIAL,
    "psikolog": Profession.PSIKOLOG,
    "psikolog_anak": Profession.PSIKOLOG,
    "asesor_bnpt": Profession.ASESOR_BNPT,
    "petugas_cso": Profession.PETUGAS_LAPANGAN,
}


def assessments_for(user: Staff, right: Right = Right.VIEW) -> AssessmentQuerySet:
    """Assessments that ``user`` may see, edit (as their rater) or decide on (as a supervisor who is not the rater)."""
    rows = Assessment.objects.filter(case__in=case_policies.cases_for(user, right, Section.ASSESSMENT))
    if right == Right.EDIT:
        return rows.filter(rater=user)
    if right == Right.APPROVE:
        # A judgement is a person's: no time-out and no job makes one final (ET-1).
        return rows.exclude(rater=user) if user.role == Role.SUPERVISOR else rows.none()
    return rows


def can(user: Staff, right: Right, assessment: Assessment) -> bool:
    return assessments_for(user, right).filter(pk=assessment.pk).exists()


def require(user: Staff, right: Right, assessment: Assessment) -> None:
    """Raise PermissionDenied unless ``user`` has ``right`` on the assessment."""
    if not can(user, right, assessment):
        raise PermissionDenied


def is_rater_of(user: Staff, instrument: Instrument) -> bool:
    """Whether the person's profession may administer the instrument at all."""
    return user.profession in {PROFESSIONS[word] for word in instrument.administered_by if word in PROFESSIONS}


def require_rater(user: Staff, case: CaseFile, instrument: Instrument) -> None:
    """Before an assessment is started: the case is in these hands, the instrument in this profession."""
    case_policies.require(user, Right.EDIT, case, Section.ASSESSMENT)
    if not is_rater_of(user, instrument):
        raise PermissionDenied


def approvers(assessment: Assessment) -> StaffQuerySet:
    """Supervisors of the case who did not rate it (I-5, I-28)."""
    return case_policies.supervisors_of(assessment.case).exclude(pk=assessment.rater_id)


def queue_for(user: Staff) -> AssessmentQuerySet:
    """What waits for this supervisor's decision."""
    return assessments_for(user, Right.APPROVE).waiting()


def own_for(user: Staff) -> AssessmentQuerySet:
    """What this rater has begun and not brought to its end."""
    return assessments_for(user, Right.EDIT).in_progress()


def has_queue(user: Staff) -> bool:
    return user.role in (Role.CASEWORKER, Role.SUPERVISOR)


def with_family_assessment(cases: Collection[int]) -> set[int]:
    """Which of these cases have a final KRK (S-P1)."""
    final = Assessment.objects.final().filter(case__in=cases, instrument=InstrumentCode.FAMILY)
    return set(final.values_list("case_id", flat=True))
