"""What a supervisor who is not the rater decides: final, returned, cancelled. Nothing else moves (I-26)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Staff
from assessments import policies
from assessments.enums import CANCEL, FINALISE, RETURN, SUPERSEDE, AssessmentStatus
from assessments.models import Assessment, AssessmentReview, ItemRating, SecondRating
from assessments.workflow.draft import refuse_for_a_child
from assessments.workflow.pairs import let_go, pair_of
from assessments.workflow.tasks import ask_again, clear_notices, open_reassessment, open_returned
from cases.enums import EventKind, Right, Section
from cases.models import CaseGroupGrant
from cases.workflow import record
from core.acting import beyond_own_sight
from core.workflow import TransitionError, lock, move


@transaction.atomic
def finalise(assessment: Assessment, *, by: Staff) -> Assessment:
    """Make it final: it takes the place of the former one, and the clock to the next starts."""
    assessment = lock(assessment)
    policies.require(by, Right.APPROVE, assessment)
    if not assessment.is_ordinary:
        raise TransitionError(_("Dua penilaian diputuskan bersama, berdampingan."))
    return put_in_force(assessment, by=by)


def put_in_force(assessment: Assessment, *, by: Staff) -> Assessment:
    """``finalise`` of a locked row for which ``by`` was asked already."""
    refuse_for_a_child(assessment)
    move(assessment, FINALISE)
    now = timezone.now()
    former = (
        Assessment.objects.final()
        .select_for_update(of=("self",))
        .filter(case=assessment.case_id, instrument=assessment.instrument)
        .first()
    )
    if former is not None:
        move(former, SUPERSEDE)
        former.ended_at = now
        former.version += 1
        former.save(update_fields=["status", "ended_at", "version", "updated_at"])
    assessment.supersedes = former
    _sign(assessment, by, now)
    clear_notices(assessment)
    if assessment.case.is_open:
        open_reassessment(assessment, by=by)
    _record(assessment, EventKind.ASSESSMENT_FINAL, by)
    return assessment


def _sign(assessment: Assessment, by: Staff, now: dt.datetime) -> None:
    assessment.approved_by = by
    assessment.finalised_at = now
    assessment.next_due = timezone.localtime(now).date() + dt.timedelta(days=_reassess_after_days(assessment))
    assessment.version += 1
    assessment.save()


def close_second(assessment: Assessment, *, by: Staff) -> None:
    """A second rating is kept as final beside the first: it takes nothing's place and starts no clock."""
    move(assessment, FINALISE)
    _sign(assessment, by, timezone.now())
    clear_notices(assessment)


def _reassess_after_days(assessment: Assessment) -> int:
    """Of the final judgement; of the support level where the mode has no judgement."""
    instrument = assessment.definition
    if assessment.has_bands:
        return instrument.band(assessment.final_band).reassess_after_days
    output = instrument.support_output(assessment.rule_mode)
    assert output is not None
    return output.band(assessment.support_level).reassess_after_days


@transaction.atomic
def return_for_changes(
    assessment: Assessment, *, by: Staff, comment: str, item_comments: Mapping[str, str] | None = None
) -> Assessment:
    """Send it back to its rater with comments; what was submitted is kept with them."""
    assessment = lock(assessment)
    policies.require(by, Right.APPROVE, assessment)
    if assessment.is_second:
        raise TransitionError(
            _("Kedua penilai sudah saling membaca. Yang berbeda diselesaikan dalam penilaian bersama.")
        )
    if not comment.strip():
        raise TransitionError(_("Tulis apa yang perlu diperbaiki."))
    if assessment.grant_id and not CaseGroupGrant.objects.filter(pk=assessment.grant_id).exists():
        raise TransitionError(_("Rujukan pengisinya sudah berakhir. Jadikan final atau batalkan."))
    move(assessment, RETURN)
    AssessmentReview.objects.create(
        assessment=assessment,
        reviewer=by,
        comment=comment.strip(),
        item_comments={
            code: text.strip()
            for code, text in (item_comments or {}).items()
            if code in assessment.definition.items and text.strip()
        },
        submission=_submission(assessment),
    )
    assessment.version += 1
    assessment.save(update_fields=["status", "version", "updated_at"])
    clear_notices(assessment)
    if not assessment.grant_id:  # a partner's officer finds it on the referral's page; tasks are the case's team's
        open_returned(assessment, by=by)
    _record(assessment, EventKind.ASSESSMENT_RETURNED, by)
    return assessment


def _submission(assessment: Assessment) -> dict[str, Any]:
    """The submission as it stood."""
    kept = ["first_band", "first_reason", "guidance_band", "guidance_fired", "guidance_provisional"]
    kept += ["support_level", "final_band", "override_reason", "narratives"]
    assert assessment.submitted_at is not None
    return {
        **{name: getattr(assessment, name) for name in kept},
        "submitted_at": assessment.submitted_at.isoformat(),
        "ratings": {
            rating.item: {
                "value": rating.answer,
                "evidence_note": rating.evidence_note,
                "sources": rating.sources,
                "confidence": rating.confidence,
            }
            for rating in ItemRating.objects.filter(assessment=assessment)
        },
    }


@transaction.atomic
def cancel(assessment: Assessment, *, by: Staff, reason: str) -> Assessment:
    """End it with a reason: its rater before it is submitted, from then on a supervisor who is not the rater."""
    pair = pair_of(assessment)
    assessment = lock(assessment)
    is_supervisor = policies.can(by, Right.APPROVE, assessment)
    is_early = assessment.status in (AssessmentStatus.DRAFT, AssessmentStatus.RETURNED)
    if not is_supervisor and not (is_early and policies.can(by, Right.EDIT, assessment)):
        raise PermissionDenied
    if not reason.strip():
        raise TransitionError(_("Tulis alasan pembatalan."))
    if SecondRating.objects.open().filter(first=assessment).exists():
        raise TransitionError(_("Penilai kedua sedang menilai. Putuskan atau tarik permintaannya dahulu."))
    if assessment.is_second and not is_early:
        raise TransitionError(_("Penilaian kedua sudah diajukan. Putuskan keduanya bersama."))
    end(assessment, by=by, reason=reason)
    if pair is not None:
        let_go(pair, assessment, by=by)
    return assessment


def end(assessment: Assessment, *, by: Staff, reason: str) -> None:
    """``cancel`` of a locked row for which ``by`` was asked already."""
    move(assessment, CANCEL)
    assessment.cancel_reason = reason.strip()
    assessment.ended_at = timezone.now()
    assessment.version += 1
    assessment.save(update_fields=["status", "cancel_reason", "ended_at", "version", "updated_at"])
    clear_notices(assessment)
    if assessment.is_ordinary:
        ask_again(assessment, by=by)
    _record(assessment, EventKind.ASSESSMENT_CANCELLED, by)


@transaction.atomic
def end_from_outside(grant: CaseGroupGrant, *, by: Staff, reason: str) -> None:
    """The referral that asked for it ends: what its officer did not submit ends with it, and makes room for others'.

    Called by the app that ends the grant, which has asked its own policy.
    """
    with beyond_own_sight():  # the sender ends the referral; the draft is the officer's
        rows = Assessment.objects.filter(grant=grant, status__in=[AssessmentStatus.DRAFT, AssessmentStatus.RETURNED])
        for assessment in rows.select_for_update(of=("self",)).order_by("pk"):
            move(assessment, CANCEL)
            assessment.cancel_reason = reason
            assessment.ended_at = timezone.now()
            assessment.version += 1
            assessment.save(update_fields=["status", "cancel_reason", "ended_at", "version", "updated_at"])
            _record(assessment, EventKind.ASSESSMENT_CANCELLED, by)


def _record(assessment: Assessment, kind: EventKind, by: Staff) -> None:
    record(
        assessment.case,
        kind,
        by=by,
        section=Section.ASSESSMENT,
        summary=assessment.instrument,
        path=f"/assessments/{assessment.code}/",
    )
