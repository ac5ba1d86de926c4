"""Consent: recorded with who explained it, withdrawn in one step (UU PDP Pasal 22-25, 40)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases import policies
from cases.enums import ConsentCapacity, ConsentPurpose, ConsentStatus, EventKind, Right, Section
from cases.models import CaseFile, Consent
from cases.policies.household import guardian_in_conflict
from cases.workflow.events import record
from core.workflow import Transition, TransitionError, lock, move

WITHDRAW = Transition.of(ConsentStatus.GIVEN, to=ConsentStatus.WITHDRAWN)

# Higher apps stop what rested on a withdrawn consent (I-11): listed in docs/architecture.md.
CONSENT_ENDED: list[Callable[[Consent, Staff], None]] = []


@transaction.atomic
def give_consent(
    case: CaseFile,
    *,
    by: Staff,
    purpose: ConsentPurpose,
    scope: list[str],
    given_by: str,
    capacity: ConsentCapacity,
    recipient: str = "",
    valid_until: dt.date | None = None,
) -> Consent:
    """Record that consent was given, for what, by whom, and who explained it."""
    policies.require(by, Right.EDIT, case)
    if case.participant.is_child and capacity == ConsentCapacity.SELF:
        raise TransitionError(_("Untuk anak, persetujuan diberikan orang tua, wali, atau pekerja sosial."))
    if case.participant.is_child and capacity == ConsentCapacity.GUARDIAN and guardian_in_conflict(case):
        raise TransitionError(_("Wali anak ini bermasalah hukum. Persetujuan diberikan pekerja sosial."))
    consent = Consent.objects.create(
        case=case,
        purpose=purpose,
        scope=scope,
        recipient=recipient,
        given_by=given_by,
        capacity=capacity,
        explained_by=by,
        status=ConsentStatus.GIVEN,
        decided_at=timezone.now(),
        valid_until=valid_until,
    )
    record(case, EventKind.CONSENT, by=by, section=Section.REFERRALS, summary=recipient)
    return consent


@transaction.atomic
def withdraw_consent(consent: Consent, *, by: Staff) -> Consent:
    """End a consent; whatever rested on it stops in the same transaction."""
    policies.require(by, Right.EDIT, consent.case)
    return end_consent(consent, by=by)


@transaction.atomic
def end_consent(consent: Consent, *, by: Staff) -> Consent:
    """As ``withdraw_consent``, for a move that has asked its own policy: a right to withdraw waits for nobody."""
    consent = lock(consent)
    move(consent, WITHDRAW)
    consent.decided_at = timezone.now()
    consent.version += 1
    consent.save()
    record(consent.case, EventKind.CONSENT, by=by, section=Section.REFERRALS, summary=consent.recipient)
    for stop in CONSENT_ENDED:
        stop(consent, by)
    return consent
