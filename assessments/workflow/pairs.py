"""What the moves of a single assessment do to the pair of two ratings that it belongs to."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from accounts.models import Staff
from assessments import policies
from assessments.models import Assessment, SecondRating
from assessments.workflow.tasks import clear_second, open_naming, open_second_decision
from cases.workflow import sharing
from core.acting import beyond_own_sight


def pair_of(assessment: Assessment) -> SecondRating | None:
    """The pair of a second or joint rating, locked: always before its assessments, so that two moves never wait for
    each other."""
    if assessment.is_ordinary:
        return None
    rows = SecondRating.objects.select_for_update(of=("self",)).select_related("case__lead_unit")
    return rows.filter(Q(second=assessment) | Q(joint=assessment)).first()


def handed_in(pair: SecondRating, assessment: Assessment, approver: Staff, *, by: Staff) -> None:
    """With the second handed in, each may read the other's, and a supervisor decides."""
    if assessment.is_second:
        pair.revealed_at = timezone.now()
        clear_second(pair, "rating")
    pair.version += 1
    pair.save(update_fields=["revealed_at", "version", "updated_at"])
    open_second_decision(pair, approver, by=by)


def let_go(pair: SecondRating, assessment: Assessment, *, by: Staff) -> None:
    """A cancelled joint rating may be begun anew; with a cancelled second one another rater is named."""
    if assessment.is_joint:
        pair.joint = None
        pair.version += 1
        pair.save(update_fields=["joint", "version", "updated_at"])
        return
    free(pair, by=by)
    with beyond_own_sight():  # the second rater may not see the first
        first = Assessment.objects.select_related("case").get(pk=pair.first_id)
    supervisor = policies.approvers(first).first()
    if supervisor is not None:
        open_naming(pair, supervisor, by=by)


def free(pair: SecondRating, *, by: Staff) -> None:
    """Nobody rates as the second: neither the case nor a task stays with who did."""
    grant = pair.grant
    pair.rater = pair.named_by = pair.named_at = pair.second = pair.grant = None
    pair.version += 1
    with beyond_own_sight():  # who gives the task back does not see the row that is nobody's any more
        pair.save()
    if grant is not None:
        sharing.take_back(pair.case, grant, by=by)
    clear_second(pair, "rating")
