"""Everything that can happen to an assessment and to an instrument's versions; nothing else writes."""

from assessments.workflow.decision import cancel, finalise, return_for_changes
from assessments.workflow.draft import (
    MovedOnError,
    choose,
    facts_of,
    judge_first,
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
    "finalise",
    "judge_first",
    "publish",
    "return_for_changes",
    "save_answer",
    "save_narratives",
    "start",
    "submit",
    "take_back_up",
]
