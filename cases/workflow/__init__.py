"""Everything that can happen to a case. Views, tasks, imports and commands call these; nothing else writes."""

from cases.workflow.casefile import (
    CLOSE_BLOCKERS,
    assign,
    close,
    close_blockers,
    end_unit_grants,
    move_on,
    open_case,
    reopen,
    resume,
    suspend,
)
from cases.workflow.consent import give_consent, withdraw_consent
from cases.workflow.events import record
from cases.workflow.legal import OverlapError, add_legal_event, add_legal_status
from cases.workflow.notes import amend_note, discard_draft, edit_note, save_draft, write_note
from cases.workflow.person import amend_participant, move_address
from cases.workflow.supervision import check_in, explain_check_in, set_reporting_duty, undo_check_in
from cases.workflow.tasks import close_task, create_task, finish_task, open_task, refresh_next_due

__all__ = [
    "CLOSE_BLOCKERS",
    "OverlapError",
    "add_legal_event",
    "add_legal_status",
    "amend_note",
    "amend_participant",
    "assign",
    "check_in",
    "close",
    "close_blockers",
    "close_task",
    "create_task",
    "discard_draft",
    "edit_note",
    "end_unit_grants",
    "explain_check_in",
    "finish_task",
    "give_consent",
    "move_address",
    "move_on",
    "open_case",
    "open_task",
    "record",
    "refresh_next_due",
    "reopen",
    "resume",
    "save_draft",
    "set_reporting_duty",
    "suspend",
    "undo_check_in",
    "withdraw_consent",
    "write_note",
]
