"""Handing the draft in: guidance is computed once more, kept, and everything locked."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Staff
from assessments import policies
from assessments.catalogue import Item
from assessments.enums import LEAST_REASON, SUBMIT, SUBMIT_FOR_APPROVAL, Band
from assessments.guidance import Guidance
from assessments.models import Assessment, ItemRating
from assessments.progress import Progress, progress_of
from assessments.workflow.draft import LOCKED, refuse_for_a_child
from assessments.workflow.looking import OVERRIDE_REASON, look
from assessments.workflow.pairs import handed_in, pair_of
from assessments.workflow.tasks import answer_reassessment, clear_notices, open_approval
from cases.enums import EventKind, Right, Section
from cases.workflow import record
from core.workflow import Blocker, FieldError, TransitionError, lock_version, move


@transaction.atomic
def submit(
    assessment: Assessment, *, by: Staff, version: int, final_band: str = "", override_reason: str = ""
) -> Assessment:
    """Submit with the rater's final judgement. It waits for approval where it differs from guidance (I-5).

    ``version`` is the one whose guidance the rater read: StaleError when an answer changed since. TransitionError with
    one blocker for each thing that is missing.
    """
    pair = pair_of(assessment)
    assessment = lock_version(assessment, version)
    policies.require(by, Right.EDIT, assessment)
    if not assessment.is_draft:
        raise TransitionError(LOCKED)
    refuse_for_a_child(assessment)
    approver = policies.approvers(assessment).first()
    if approver is None:
        raise TransitionError(_("Unit ini belum mempunyai pengawas lain yang dapat menyetujui."))
    progress = progress_of(assessment)
    if progress.refusals:
        raise TransitionError(_("Masih ada isian yang perlu dilengkapi."), blockers(progress))
    found = progress.evaluate()
    look(assessment, {OVERRIDE_REASON: (assessment.override_reason, override_reason)})
    _judge(assessment, found, final_band=final_band, override_reason=override_reason)
    _keep_previous(progress)
    move(assessment, SUBMIT_FOR_APPROVAL if assessment.differs_from_guidance else SUBMIT)
    assessment.submitted_at = timezone.now()
    assessment.save()
    clear_notices(assessment)
    if assessment.is_ordinary:
        answer_reassessment(assessment, by=by)
    if pair is None:
        open_approval(assessment, approver, by=by)
    else:
        handed_in(pair, assessment, approver, by=by)
    record(
        assessment.case,
        EventKind.ASSESSMENT_SUBMITTED,
        by=by,
        section=Section.ASSESSMENT,
        summary=assessment.instrument,
        path=f"/assessments/{assessment.code}/",
    )
    return assessment


def blockers(progress: Progress) -> list[Blocker]:
    """Each thing that is missing, with the page where it is filled in."""
    language = get_language() or "id"
    base = f"/assessments/{progress.assessment.code}"
    return [
        Blocker(
            f"{refusal.code}: {refusal.message.to(language)}" if refusal.code else refusal.message.to(language),
            f"{base}/domain/{item.domain}/#{item.code}"
            if (item := _item(progress, refusal.code))
            else f"{base}/narratives/",
        )
        for refusal in progress.refusals
    ]


def _item(progress: Progress, code: str) -> Item | None:
    return progress.instrument.items.get(code)


def _judge(assessment: Assessment, found: Guidance, *, final_band: str, override_reason: str) -> None:
    assessment.support_level = found.support_level or ""
    assessment.guidance_provisional = found.provisional
    assessment.guidance_fired = list(found.fired)
    if not assessment.has_bands:
        assessment.guidance_fired = list(found.support_fired)
        return
    if not assessment.first_band:
        raise TransitionError(_("Catat pertimbangan awal lebih dahulu."))
    judgement = assessment.definition.final_judgement
    if final_band not in judgement.options:
        raise FieldError({"final_band": _("Pilih pertimbangan akhir Anda.")})
    assessment.guidance_band = Band(found.band or "")
    assessment.final_band = final_band
    assessment.override_reason = override_reason.strip() if assessment.differs_from_guidance else ""
    least = max(LEAST_REASON, judgement.override.needs_justification_min_chars)
    if assessment.differs_from_guidance and len(assessment.override_reason) < least:
        told = _("Berbeda dari petunjuk. Tulis alasannya, paling sedikit %(least)d huruf.") % {"least": least}
        raise FieldError({"override_reason": told})


def _keep_previous(progress: Progress) -> None:
    """Write beside each answer what the previous final assessment said, so that a change is seen without a search."""
    rows = []
    for code, rating in progress.ratings.items():
        before = str(progress.previous_values.get(code, ""))
        if rating.previous_value != before:
            rating.previous_value = before
            rows.append(rating)
    ItemRating.objects.bulk_update(rows, ["previous_value"])
