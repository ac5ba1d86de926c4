"""Who may read, rate and approve an assessment. Rests on the case's own rule for its section ``assessment``."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import AgencyKind, Profession, Role
from accounts.models import Staff, StaffQuerySet
from accounts.policies import OVERSIGHT, is_staff_admin
from assessments.catalogue import Instrument
from assessments.enums import InstrumentCode
from assessments.models import Assessment, AssessmentQuerySet, InstrumentDraft, InstrumentVersion
from cases import policies as case_policies
from cases.enums import GrantSource, Right, Section
from cases.models import CaseFile, CaseGroupGrant
from core.acting import beyond_own_sight

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
    if is_outside(user):
        return _from_outside(user, right)
    rows = Assessment.objects.filter(case__in=case_policies.cases_for(user, right, Section.ASSESSMENT))
    if right == Right.EDIT:
        return rows.filter(rater=user)
    if right == Right.APPROVE:
        # A judgement is a person's: no time-out and no job makes one final (ET-1).
        return rows.exclude(rater=user) if user.role == Role.SUPERVISOR else rows.none()
    return rows


def is_outside(user: Staff) -> bool:
    """An officer of a partner: no case is theirs, at most one assessment that a referral asks for."""
    return user.role == Role.FIELD_OFFICER


def grants_to(user: Staff) -> QuerySet[CaseGroupGrant]:
    """What accepted referrals open to the officer's organisation at this second."""
    return CaseGroupGrant.objects.filter(group=user.unit.group_id, source=GrantSource.REFERRAL)


def _from_outside(user: Staff, right: Right) -> AssessmentQuerySet:
    """The own KRK, while the referral that asks for it runs; nothing else of the case, and no decision."""
    if not user.is_active or right == Right.APPROVE:
        return Assessment.objects.none()
    reach = case_policies.within_reach(user, "case__")
    own = Assessment.objects.filter(reach, rater=user, instrument=InstrumentCode.FAMILY)
    return own.filter(grant__in=grants_to(user).values("pk"))


def with_data(user: Staff, rows: AssessmentQuerySet) -> AssessmentQuerySet:
    """What a page needs beside the assessments: the person only for the case's own people."""
    return rows.with_outside_data() if is_outside(user) else rows.with_page_data()


def require_outside_rater(user: Staff, grant: CaseGroupGrant, case: CaseFile, instrument: Instrument) -> None:
    """Before an officer of a partner begins: this grant, in force, of this case, to this organisation."""
    grants = grants_to(user).filter(pk=grant.pk, content_object=case.pk)
    if not is_outside(user) or not user.is_active or not grants.exists():
        raise PermissionDenied
    if instrument.code != InstrumentCode.FAMILY or not is_rater_of(user, instrument):
        raise PermissionDenied


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


# ---- the instruments themselves -------------------------------------------------------------------------------------


def is_instrument_admin(user: Staff) -> bool:
    """The data admins of the three agencies keep the instruments of all; those of a partner organisation do not."""
    return is_staff_admin(user) and user.unit.agency.kind != AgencyKind.CSO


def require_instrument_admin(user: Staff) -> None:
    if not is_instrument_admin(user):
        raise PermissionDenied(_("Instrumen diatur oleh admin data BNPT, Kemensos, dan Ditjenpas."))


def require_instrument_reader(user: Staff) -> None:
    """Their rules and drafts: who keeps them, and who looks after those. Raters have the form (I-6)."""
    if user.role not in OVERSIGHT:
        require_instrument_admin(user)


def require_author(user: Staff, draft: InstrumentDraft) -> None:
    """One person writes a draft, so that whoever publishes it has written nothing of it (I-28)."""
    require_instrument_admin(user)
    if draft.author_id != user.pk:
        raise PermissionDenied(_("Draf ini ditulis oleh %(name)s.") % {"name": draft.author.full_name})


def require_publisher(user: Staff, draft: InstrumentDraft) -> None:
    require_instrument_admin(user)
    if draft.author_id == user.pk:
        raise PermissionDenied(_("Yang menyusun draf tidak menerbitkannya sendiri. Minta admin data lain."))


def uses_of(versions: Collection[InstrumentVersion]) -> dict[int, int]:
    """How many assessments were begun with each version, over the whole country: a number, whoever may see which."""
    with beyond_own_sight():
        rows = Assessment.objects.filter(instrument_version__in=versions).order_by().values("instrument_version")
        return {row["instrument_version"]: row["number"] for row in rows.annotate(number=Count("pk"))}


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
