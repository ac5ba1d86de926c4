"""What every move of a referral writes beside the referral itself: its period, a line of the timeline, a task."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from accounts.models import Staff
from assessments import workflow as assessment_workflow
from cases import workflow as case_workflow
from cases.enums import EventKind, Priority, Section, TaskKind
from cases.models import Consent, Task
from core.acting import beyond_own_sight
from core.workflow import StaleError, Transition, lock, move, start_period
from partners import policies
from partners.models import Referral, ReferralPeriod

ANSWER_READ_WITHIN = dt.timedelta(days=3)
WORRY_ANSWERED_WITHIN = dt.timedelta(hours=24)


def path_of(referral: Referral) -> str:
    return f"/referrals/{referral.code}/"


def lock_with_consent(referral: Referral) -> Referral:
    """Lock the consent first, then the referral: the order of a withdrawal, so that one of the two waits."""
    consent = None
    if referral.consent_id is not None:
        with beyond_own_sight():  # the partner's answer rests on it and reads nothing of it
            consent = Consent.objects.select_for_update(of=("self",)).get(pk=referral.consent_id)
    fresh = lock(referral)
    if fresh.consent_id != referral.consent_id:
        raise StaleError(fresh)
    fresh.consent = consent
    return fresh


def keep(referral: Referral) -> Referral:
    """Save a changed referral with its version and period."""
    referral.version += 1
    referral.save()
    start_period(ReferralPeriod, {"referral": referral}, status=referral.status)
    return referral


def tell(referral: Referral, kind: EventKind, *, by: Staff, summary: str) -> None:
    case_workflow.record(
        referral.case, kind, by=by, section=Section.REFERRALS, summary=summary, path=path_of(referral)
    )


def owner_of(referral: Referral) -> Staff:
    """Who hears of it: the sender while the case is on their caseload, else whoever leads the case."""
    return case_workflow.reader_of(referral.case, referral.sent_by or referral.created_by)


def open_task(referral: Referral, what: str, *, by: Staff, **fields: Any) -> Task:
    """A task for the case's team that leads to the referral's page; one for each ``what``."""
    values: dict[str, Any] = {
        "kind": TaskKind.REFERRAL,
        "due_at": timezone.now() + ANSWER_READ_WITHIN,
        "priority": Priority.NORMAL,
    } | fields
    return case_workflow.open_task(
        referral.case,
        values.pop("kind"),
        by=by,
        assignee=owner_of(referral),
        title=f"{referral.partner.name}: {referral.offer.title}",
        section=Section.REFERRALS,
        source=f"referral:{referral.pk}:{what}",
        path=path_of(referral),
        **values,
    )


def end(referral: Referral, transition: Transition, *, by: Staff, result: str = "") -> Referral:
    """Close the referral and, in the same second, what the partner could see of the person."""
    was_sent = referral.sent_at is not None
    move(referral, transition)
    referral.ended_at = timezone.now()
    if result:
        referral.result = result
    if referral.grant is not None:
        assessment_workflow.end_from_outside(referral.grant, by=by, reason=referral.code)
    policies.unshare(referral)
    keep(referral)
    if was_sent:
        tell(referral, EventKind.REFERRAL_ENDED, by=by, summary=result or referral.offer.title)
    return referral
