"""Everything that can happen to plans, enrolments, sessions and economic support."""

from programs.workflow.cohorts import open_cohort, open_programme, plan_session, take_attendance
from programs.workflow.enrolments import (
    admit,
    complete_enrolment,
    pause,
    propose,
    remove_from_cohort,
    resume_enrolment,
    withdraw,
)
from programs.workflow.plans import (
    add_goal,
    approve_plan,
    edit_goal,
    return_plan,
    start_plan,
    stop_plan,
    submit_plan,
    update_progress,
)
from programs.workflow.supports import give_support, record_follow_up

__all__ = [
    "add_goal",
    "admit",
    "approve_plan",
    "complete_enrolment",
    "edit_goal",
    "give_support",
    "open_cohort",
    "open_programme",
    "pause",
    "plan_session",
    "propose",
    "record_follow_up",
    "remove_from_cohort",
    "resume_enrolment",
    "return_plan",
    "start_plan",
    "stop_plan",
    "submit_plan",
    "take_attendance",
    "update_progress",
    "withdraw",
]
