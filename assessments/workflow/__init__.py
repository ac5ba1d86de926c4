"""Everything that can happen to an assessment and to an instrument's versions; nothing else writes."""

from assessments.workflow.closing import family_not_assessed, not_decided
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
from assessments.workflow.second import (
    add_own_view,
    ask_for_second,
    contest,
    decide,
    name_rater,
    start_joint,
    start_second,
    withdraw,
)
from assessments.workflow.submission import submit
from assessments.workflow.tasks import remind_again
from assessments.workflow.wording import about_violence, ask_about

__all__ = [
    "MovedOnError",
    "about_violence",
    "add_own_view",
    "ask_about",
    "ask_for_second",
    "begin_draft",
    "cancel",
    "choose",
    "contest",
    "decide",
    "discard_draft",
    "edit_draft",
    "end_from_outside",
    "facts_of",
    "family_not_assessed",
    "finalise",
    "judge_first",
    "keep_answer",
    "lock_to_answer",
    "name_rater",
    "not_decided",
    "publish",
    "publish_draft",
    "remind_again",
    "return_for_changes",
    "save_answer",
    "save_narratives",
    "start",
    "start_from_outside",
    "start_joint",
    "start_second",
    "submit",
    "take_back_up",
    "withdraw",
    "withdraw_version",
]
