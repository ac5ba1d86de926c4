"""Who may see and do what with partners, their offers, and referrals. The only place here that knows roles.

The directory is open to everybody who works with cases, and says nothing about people in them. A referral has two
sides: the case's own people reach it through the case, the partner's officers through their unit, and each sees only
their own side. A partner without a unit in Titian is reached outside it: the sender then writes down its answers.
"""

from __future__ import annotations

import datetime as dt
from enum import Enum

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Staff
from assessments.enums import IN_QUEUE, AssessmentStatus
from assessments.models import Assessment, OutsidePlace
from assessments.policies import assessments_for
from cases import policies as case_policies
from cases.enums import GrantSource, LegalBasis, Right, Section
from cases.models import CaseFile, CaseGroupGrant, Consent
from cases.policies import end_grants, view_permission
from core.acting import beyond_own_sight
from partners.enums import Act, ReferralBasis, ReferralStatus, SharedField
from partners.models import Agreement, PartnerContact, PartnerOrganisation, Referral, ReferralNote, ServiceOffer

R = frozenset({Right.VIEW})
RW = frozenset({Right.VIEW, Right.EDIT})

# D §3.5, row "Partner, MoU, offer". A field officer stands apart: the own organisation only.
DIRECTORY: dict[Role, frozenset[Right]] = {
    Role.CASEWORKER: R,
    Role.SUPERVISOR: RW,
    Role.DATA_ADMIN: RW,
    Role.ANALYST: R,
    Role.AUDITOR: R,
    Role.DPO: R,
    Role.SYSTEM: R,
}


class Side(Enum):
    """From where somebody looks at a referral."""

    SENDER = "sender"
    PARTNER = "partner"


# ---- directory -----------------------------------------------------------------------------------------------------


def partners_for(user: Staff, right: Right = Right.VIEW) -> QuerySet[PartnerOrganisation]:
    """Every organisation that ``user`` may see or edit; officers of a partner see their own."""
    rows = PartnerOrganisation.objects.all()
    if not user.is_active:
        return rows.none()
    if user.role == Role.FIELD_OFFICER and right == Right.VIEW:
        return rows.filter(unit=user.unit_id)
    return rows if right in DIRECTORY.get(Role(user.role), frozenset()) else rows.none()


def offers_for(user: Staff, right: Right = Right.VIEW) -> QuerySet[ServiceOffer]:
    """Offers of the organisations that ``user`` sees; the officers of a partner edit their own."""
    if right == Right.EDIT and user.is_active and user.role == Role.FIELD_OFFICER:
        return ServiceOffer.objects.filter(partner__unit=user.unit_id)
    return ServiceOffer.objects.filter(partner__in=partners_for(user, right))


def agreements_for(user: Staff, right: Right = Right.VIEW) -> QuerySet[Agreement]:
    return Agreement.objects.filter(partner__in=partners_for(user, right))


def contacts_for(user: Staff, right: Right = Right.VIEW) -> QuerySet[PartnerContact]:
    return PartnerContact.objects.filter(partner__in=partners_for(user, right))


def can_add_partner(user: Staff) -> bool:
    return user.is_active and Right.EDIT in DIRECTORY.get(Role(user.role), frozenset())


def require_directory(user: Staff) -> None:
    """Raise PermissionDenied unless ``user`` may add organisations and agreements."""
    if not can_add_partner(user):
        raise PermissionDenied


def can_add_offer(user: Staff, partner: PartnerOrganisation) -> bool:
    own = user.role == Role.FIELD_OFFICER and user.is_active and partner.unit_id == user.unit_id
    return own or can_add_partner(user)


def require_partner(user: Staff, right: Right, partner: PartnerOrganisation) -> None:
    if not partners_for(user, right).filter(pk=partner.pk).exists():
        raise PermissionDenied


def require_offers_of(user: Staff, partner: PartnerOrganisation) -> None:
    if not can_add_offer(user, partner):
        raise PermissionDenied


# ---- referrals -----------------------------------------------------------------------------------------------------


def _in_force(at: dt.datetime) -> Q:
    return Q(grant__expires_at__isnull=True) | Q(grant__expires_at__gt=at)


def referrals_for(user: Staff, act: Act = Act.VIEW) -> QuerySet[Referral]:
    """Every referral with which ``user`` may do ``act``; for one object, or a queryset narrowed otherwise."""
    rows = Referral.objects.all()
    if not user.is_active:
        return rows.none()
    if user.role == Role.SYSTEM:
        return rows
    if user.role == Role.FIELD_OFFICER:
        return _of_partner(user, act)
    if act == Act.DELIVER:
        own = case_policies.cases_for(user, Right.EDIT, Section.REFERRALS)
        return rows.filter(case__in=own, partner__unit__isnull=True)
    right = Right.VIEW if act == Act.VIEW else Right.EDIT
    return rows.filter(case__in=case_policies.cases_for(user, right, Section.REFERRALS))


def _of_partner(user: Staff, act: Act) -> QuerySet[Referral]:
    """What came to the officer's own organisation. Delivering ends in the second in which the grant ends."""
    reach = case_policies.within_reach(user, "case__")
    sent = Referral.objects.filter(reach, partner__unit=user.unit_id, sent_at__isnull=False)
    match act:
        case Act.VIEW:
            return sent
        case Act.DELIVER:
            return sent.filter(Q(grant__isnull=True) | _in_force(timezone.now()))
    return sent.none()


def referral_branches(user: Staff) -> list[QuerySet[Referral]]:
    """One queryset for each way in which ``user`` comes to cases, for lists (core.paging)."""
    return [
        Referral.objects.filter(case__in=cases)
        for cases in case_policies.case_branches(user, Right.VIEW, Section.REFERRALS)
    ]


def can(user: Staff, act: Act, referral: Referral) -> bool:
    return referrals_for(user, act).filter(pk=referral.pk).exists()


def require(user: Staff, act: Act, referral: Referral) -> None:
    """Raise PermissionDenied unless ``user`` may do ``act`` with ``referral``."""
    if not can(user, act, referral):
        raise PermissionDenied


def with_data(user: Staff, referrals: QuerySet[Referral]) -> QuerySet[Referral]:
    """What a page or a list needs beside the referrals: the person only for the sender's side."""
    partner = side_of(user) == Side.PARTNER
    return referrals.with_partner_data() if partner else referrals.with_list_data()  # type: ignore[attr-defined]


def side_of(user: Staff) -> Side:
    return Side.PARTNER if user.role == Role.FIELD_OFFICER else Side.SENDER


def has_inbox(user: Staff) -> bool:
    """Officers of an organisation that answers in Titian."""
    return user.is_active and user.role == Role.FIELD_OFFICER


def require_inbox(user: Staff) -> None:
    if not has_inbox(user):
        raise PermissionDenied


def require_referral_list(user: Staff) -> None:
    """The senders' list: whoever comes to the referrals section of cases in some way."""
    if not case_policies.has_cases(user, Right.VIEW, Section.REFERRALS):
        raise PermissionDenied


def require_on_case(user: Staff, case: CaseFile) -> None:
    """Raise PermissionDenied unless ``user`` may write referrals of ``case``."""
    case_policies.require(user, Right.EDIT, case, Section.REFERRALS)


def shows_person(referral: Referral) -> bool:
    """Whether an officer sees what comes with acceptance: from that second until the second it ends."""
    return referral.is_delivering and referral.is_grant_in_force


def actions_for(user: Staff, referral: Referral) -> frozenset[str]:
    """What ``user`` may do with ``referral`` as it stands now: the buttons of its page."""
    actions: set[str] = set()
    if can(user, Act.EDIT, referral):
        if referral.is_draft:
            actions |= {"edit", "send", "cancel"}
        elif referral.is_open:
            actions.add("cancel")
        if referral.is_open and referral.consent is not None and referral.consent.is_in_force:
            actions.add("withdraw_consent")
    if can(user, Act.DELIVER, referral):
        if referral.awaits_answer:
            actions.add("answer")
        if referral.is_delivering:
            actions |= {"note", "worry", "finish"}
            if referral.asks_family_assessment and side_of(user) == Side.PARTNER:
                actions.add("assess")
        if referral.status == ReferralStatus.ACCEPTED:
            actions.add("begin")
    return frozenset(actions)


def family_assessment_of(user: Staff, referral: Referral) -> Assessment | None:
    """The KRK that this officer fills in for the referral; the newest that was not cancelled."""
    if referral.grant_id is None:
        return None
    rows = assessments_for(user).filter(grant=referral.grant_id).exclude(status=AssessmentStatus.CANCELLED)
    return rows.order_by("-pk").first()


def has_handed_in(referral: Referral) -> bool:
    """Whether the KRK waits for a supervisor or is final, whichever officer filled it in."""
    done = (*IN_QUEUE, AssessmentStatus.FINAL, AssessmentStatus.SUPERSEDED)
    with beyond_own_sight():
        return Assessment.objects.filter(grant=referral.grant_id, grant__isnull=False, status__in=done).exists()


def place_of(assessment: Assessment) -> OutsidePlace | None:
    """The referral behind an assessment from outside, as its officer may see it."""
    referral = Referral.objects.filter(grant=assessment.grant_id).first() if assessment.grant_id else None
    if referral is None:
        return None
    name = referral.shared_values.get(SharedField.NAME, "") or referral.code
    return OutsidePlace(name, f"/referrals/{referral.code}/")


def notes_for(user: Staff) -> QuerySet[ReferralNote]:
    """Partners' notes: the case's team reads all; an officer the own organisation's, while the referral runs."""
    rows = ReferralNote.objects.filter(referral__in=referrals_for(user))
    if user.role == Role.FIELD_OFFICER:
        rows = rows.filter(referral__in=referrals_for(user, Act.DELIVER))
    return rows


def share(referral: Referral) -> CaseGroupGrant | None:
    """Open the accepted referral's own page to the partner's unit: no section of the case, no longer than its basis.

    None where the partner has no unit in Titian.
    """
    unit = referral.partner.unit
    if unit is None or unit.group_id is None:
        return None
    assert referral.sent_by is not None  # the database keeps it: sent_referral_has_a_deadline
    by_consent = referral.basis == ReferralBasis.CONSENT
    return CaseGroupGrant.all_grants.create(
        group_id=unit.group_id,
        permission=view_permission(),
        content_object=referral.case,
        sections=[],
        source=GrantSource.REFERRAL,
        lawful_basis=LegalBasis.CONSENT if by_consent else LegalBasis.PUBLIC_DUTY,
        reason=referral.code,
        granted_by=referral.sent_by,
        expires_at=end_of_consent(referral),
    )


def unshare(referral: Referral) -> None:
    """End what ``share`` opened, from this second."""
    if referral.grant_id is not None:
        end_grants(CaseGroupGrant.objects.filter(pk=referral.grant_id))


def last_day_of_consent(referral: Referral) -> dt.date | None:
    """What the partner reads of the consent: until when it holds, not who gave it."""
    if referral.consent_id is None:
        return None
    with beyond_own_sight():
        return Consent.objects.values_list("valid_until", flat=True).get(pk=referral.consent_id)


def end_of_consent(referral: Referral) -> dt.datetime | None:
    """The first moment after the last day of the consent; None where it has no end or is not the basis."""
    consent = referral.consent
    if consent is None or consent.valid_until is None:
        return None
    after = consent.valid_until + dt.timedelta(days=1)
    return timezone.make_aware(dt.datetime.combine(after, dt.time.min))
