"""Everything that can happen to an assessment and to an instrument's versions; nothing else writes."""

from assessments.workflow.closing import family_not_assessed
from assessments.workflow.decision import cancel, finalise, return_for_changes
from assessments.workflow.draft import (
    MovedOnError,
    choose,
    facts_of,
    judge_first,
    keep_answer,
    lock_to_answer,
    save_answer,
    save_narratives,
    start,
    take_back_up,
)
from assessments.workflow.instruments import publish
from assessments.workflow.submission import submit

__all__ = [
    "MovedOnError",
    "cancel",
    "choose",
    "facts_of",
    "family_not_assessed",
    "finalise",
    "judge_first",
    "keep_answer",
    "lock_to_answer",
    "publish",
    "return_for_changes",
    "save_answer",
    "save_narratives",
    "start",
    "submit",
    "take_back_up",
]
