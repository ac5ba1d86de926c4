"""Everything that can happen to an assessment and to an instrument's versions; nothing else writes."""

from assessments.workflow.closing import family_not_assessed
from assessments.workflow.decision import cancel, end_from_outside, finalise, return_for_changes
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
    start_from_outside,
    take_back_up,
)
from assessments.workflow.instruments import (
    begin_draft,
    discard_draft,
    edit_draft,
    publish,
    publish_draft,
    withdraw_version,
)
from assessments.workflow.submission import submit
from assessments.workflow.wording import about_violence, ask_about

__all__ = [
    "MovedOnError",
    "about_violence",
    "ask_about",
    "begin_draft",
    "cancel",
    "choose",
    "discard_draft",
    "edit_draft",
    "end_from_outside",
    "facts_of",
    "family_not_assessed",
    "finalise",
    "judge_first",
    "keep_answer",
    "lock_to_answer",
    "publish",
    "publish_draft",
    "return_for_changes",
    "save_answer",
    "save_narratives",
    "start",
    "start_from_outside",
    "submit",
    "take_back_up",
    "withdraw_version",
]
