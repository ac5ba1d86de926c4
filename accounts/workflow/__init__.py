"""What happens to accounts and to the access journal: sign-ins, sessions, the code of conduct, joiners and leavers."""

from accounts.workflow.conduct import accept_conduct
from accounts.workflow.holidays import add_holidays, remove_holiday
from accounts.workflow.journal import anchor_journal, journal_refusal, seal_journal, write_journal
from accounts.workflow.organisation import save_facility, save_team, save_unit
from accounts.workflow.sessions import end_session, end_sessions, forget_sessions, is_known_device, meet_device
from accounts.workflow.staff import (
    LEAVING,
    create_staff,
    deactivate_staff,
    edit_staff,
    move_staff,
    password_path,
    reactivate_staff,
    reset_second_factor,
    send_password_link,
)

__all__ = [
    "LEAVING",
    "accept_conduct",
    "add_holidays",
    "anchor_journal",
    "create_staff",
    "deactivate_staff",
    "edit_staff",
    "end_session",
    "end_sessions",
    "forget_sessions",
    "is_known_device",
    "journal_refusal",
    "meet_device",
    "move_staff",
    "password_path",
    "reactivate_staff",
    "remove_holiday",
    "reset_second_factor",
    "save_facility",
    "save_team",
    "save_unit",
    "seal_journal",
    "send_password_link",
    "write_journal",
]
