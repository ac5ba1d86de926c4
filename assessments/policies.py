"""Who may read, rate and approve an assessment. Rests on the case's own rule for its section ``assessment``."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import AgencyKind, Profession, Role
from accounts.models import Staff, StaffQuerySet
from accounts.policies import OVERSIGHT, is_staff_admin
from assessments.catalogue import Instrument
from assessments.enums import AssessmentKind, DraftStatus, InstrumentCode, SecondCause
from assessments.models import (
    Assessment,
    AssessmentQuerySet,
    InstrumentDraft,
    InstrumentVersion,
    SecondRating,
    SecondRatingQuerySet,
)
from assessments.vetting import vet
from cases import policies as case_policies
from cases.enums import GrantSource, Right, Section
from cases.models import CaseFile, CaseGroupGrant, CaseUserGrant, ConflictDeclaration
from cases.policies.protection import within_reach
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
    """Assessments that ``user`` may see, edit (as their rater) or decide on (as a supervisor who is not the rater).

    Of two who rate the same person, neither sees the other's before both are handed in (``hidden_from``). Who rates as
    the second is off the caseload and sees of the section these rows alone (``shown_by_rating``).
    """
    if is_outside(user):
        return _from_outside(user, right)
    open_to = Q(case__in=case_policies.cases_for(user, right, Section.ASSESSMENT))
    if right == Right.APPROVE:
        # A judgement is a person's: no time-out and no job makes one final (ET-1). Nor does who rated either of two.
        if user.role != Role.SUPERVISOR:
            return Assessment.objects.none()
        rows = Assessment.objects.filter(open_to).exclude(rater=user)
        pairs = SecondRating.objects.filter(Q(rater=user) | Q(first__rater=user))
        return rows.exclude(as_second__in=pairs).exclude(as_joint__in=pairs)
    if right == Right.VIEW:  # what one rates oneself is never hidden
        open_to &= ~Q(pk__in=hidden_from(user))
    if user.role == Role.CASEWORKER:
        open_to |= shown_by_rating(user, right)
    rows = Assessment.objects.filter(open_to)
    return rows.filter(rater=user) if right == Right.EDIT else rows


def hidden_from(user: Staff) -> QuerySet[Any]:
    """Keys of what ``user`` may not see while two rate the same person: of either rater, the other's."""
    blind = SecondRating.objects.blind()
    of_first = blind.filter(rater=user).values("first")
    return of_first.union(blind.filter(first__rater=user, second__isnull=False).values("second"), all=True)


def named_second(user: Staff) -> SecondRatingQuerySet:
    """Open second ratings in which ``user`` is the rater, and still has the case."""
    cases = case_policies.cases_for(user, Right.VIEW, Section.SUMMARY)
    return SecondRating.objects.open().filter(rater=user, case__in=cases)


def shown_by_rating(user: Staff, right: Right) -> Q:
    """What being the second rater opens: the own rating, the joint one, and the first once both are handed in."""
    mine = named_second(user)
    if right == Right.EDIT:
        mine = mine.filter(case__restricted_at__isnull=True)
        return Q(pk__in=mine.values("second")) | Q(pk__in=mine.values("joint"))
    revealed = mine.filter(revealed_at__isnull=False)
    return Q(pk__in=mine.values("second")) | Q(pk__in=revealed.values("joint")) | Q(pk__in=revealed.values("first"))


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
    """Supervisors of the case who did not rate it (I-5, I-28), nor what it is rated beside."""
    raters = {assessment.rater_id}
    if not assessment.is_ordinary:
        pairs = SecondRating.objects.filter(Q(second=assessment) | Q(joint=assessment))
        with beyond_own_sight():  # the second rater may not see the first
            raters.update(pk for pair in pairs.values_list("first__rater", "rater") for pk in pair)
    return case_policies.supervisors_of(assessment.case).exclude(pk__in=raters)


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


def drafts_for_publisher(user: Staff) -> list[str]:
    """Codes of the drafts that wait for this admin: another's, open, and readable as an instrument as they stand."""
    if not is_instrument_admin(user):
        return []
    others = InstrumentDraft.objects.filter(status=DraftStatus.OPEN).exclude(author=user)
    return [code for code, version in others.values_list("code", "version") if _is_readable(code, version)]


@lru_cache(maxsize=64)
def _is_readable(code: str, version: int) -> bool:
    """Of one state of a draft: the menu asks on every page, and a long text takes a moment to read."""
    draft = InstrumentDraft.objects.get(code=code)
    return vet(draft.source, draft.instrument).instrument is not None


def uses_of(versions: Collection[InstrumentVersion]) -> dict[int, int]:
    """How many assessments were begun with each version, over the whole country: a number, whoever may see which."""
    with beyond_own_sight():
        rows = Assessment.objects.filter(instrument_version__in=versions).order_by().values("instrument_version")
        return {row["instrument_version"]: row["number"] for row in rows.annotate(number=Count("pk"))}


def queue_for(user: Staff) -> AssessmentQuerySet:
    """What waits for this supervisor's decision; of two ratings they are decided on together (``to_decide``)."""
    return assessments_for(user, Right.APPROVE).waiting().filter(kind=AssessmentKind.ORDINARY)


# ---- the second rating of two ---------------------------------------------------------------------------------------


def second_ratings_for(user: Staff) -> SecondRatingQuerySet:
    """Second ratings that ``user`` knows of: whoever reads the case's assessments, and the named rater."""
    reads = Q(case__in=case_policies.cases_for(user, Right.VIEW, Section.ASSESSMENT))
    return SecondRating.objects.filter(reads | Q(pk__in=named_second(user).values("pk")))


def to_decide(user: Staff) -> SecondRatingQuerySet:
    """Open second ratings of this supervisor's cases, in which he rated nothing: to name a rater, or to decide."""
    if user.role != Role.SUPERVISOR:
        return SecondRating.objects.none()
    cases = case_policies.cases_for(user, Right.APPROVE, Section.ASSESSMENT).filter(within_reach(user))
    return SecondRating.objects.open().filter(case__in=cases).exclude(Q(rater=user) | Q(first__rater=user))


def decides(user: Staff, second: SecondRating) -> bool:
    return to_decide(user).filter(pk=second.pk).exists()


def may_contest(user: Staff, assessment: Assessment) -> bool:
    """Whoever edits the case, or supervises it, writes down what the participant says of a result (ET-7)."""
    if assessment.is_second:
        return False
    rights = case_policies.rights(user, assessment.case).get(Section.ASSESSMENT, frozenset())
    return bool(rights & {Right.EDIT, Right.APPROVE})


def may_withdraw(user: Staff, second: SecondRating) -> bool:
    """Whoever may write the contest down writes down that it is taken back, but not whose judgement is questioned.

    The first rater takes back nothing but an own wish, while nobody is named for it (ET-7).
    """
    if user.pk == second.first.rater_id:
        is_own_wish = second.cause == SecondCause.REQUEST and second.asked_by_id == user.pk
        return is_own_wish and second.rater_id is None and may_contest(user, second.first)
    return may_contest(user, second.first)


def candidates(second: SecondRating) -> StaffQuerySet:
    """Who may rate as the second: of the agency and a fitting profession, and not yet acquainted with the first.

    Nobody of the case's team or to whom its assessments are open, who have read it; not its rater nor who approved it;
    nobody related to the participant (I-27). The unit's own people stand first.
    """
    first = second.first
    fitting = {PROFESSIONS[word] for word in first.definition.administered_by if word in PROFESSIONS}
    readers = CaseUserGrant.objects.filter(content_object=second.case).for_section(Section.ASSESSMENT)
    related = ConflictDeclaration.objects.standing().filter(participant=second.case.participant_id).values("staff")
    return (
        Staff.objects.working()
        .filter(role=Role.CASEWORKER, profession__in=fitting, unit__agency=second.case.lead_agency_id)
        .exclude(pk__in=[pk for pk in (first.rater_id, first.approved_by_id) if pk is not None])
        .exclude(pk__in=case_policies.team_of(second.case).values("pk"))
        .exclude(pk__in=readers.values("user"))
        .exclude(pk__in=related)
    )


def lent_to_second_raters(case: CaseFile) -> list[int]:
    """Keys of the grants with which second raters still read the case."""
    with beyond_own_sight():  # a worker of the case may not read its assessments, and ends the grant no more for that
        return list(SecondRating.objects.open().filter(case=case, grant__isnull=False).values_list("grant", flat=True))


def own_for(user: Staff) -> AssessmentQuerySet:
    """What this rater has begun and not brought to its end."""
    return assessments_for(user, Right.EDIT).in_progress()


def left_to_do(user: Staff) -> int:
    """How much waits: decisions and raters to name for a supervisor; for a rater what was begun or asked for."""
    if user.role == Role.SUPERVISOR:
        rows, pairs = queue_for(user), to_decide(user).filter(Q(rater=None) | Q(revealed_at__isnull=False))
    else:
        rows, pairs = own_for(user), named_second(user).filter(second=None)
    return rows.order_by().values("pk").union(pairs.order_by().values("pk"), all=True).count()


def has_queue(user: Staff) -> bool:
    return user.role in (Role.CASEWORKER, Role.SUPERVISOR)


def has_judgement(case: CaseFile) -> bool:
    """Whether a final assessment of the person's risks and needs holds today; the KRK is about the family."""
    holds = Assessment.objects.valid_on(timezone.localdate(timezone=case.lead_unit.zone)).filter(case=case)
    return holds.exclude(instrument=InstrumentCode.FAMILY).exists()


def with_family_assessment(cases: Collection[int]) -> set[int]:
    """Which of these cases have a final KRK (S-P1)."""
    final = Assessment.objects.final().filter(case__in=cases, instrument=InstrumentCode.FAMILY)
    return set(final.values_list("case_id", flat=True))
