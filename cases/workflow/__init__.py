"""Everything that can happen to a case. Views, tasks, imports and commands call these; nothing else writes."""

from cases.workflow.casefile import (
    CLOSE_BLOCKERS,
    assign,
    assign_many,
    close,
    close_blockers,
    end_unit_grants,
    move_on,
    open_case,
    reopen,
    resume,
    suspend,
)
from cases.workflow.clinical import amend_clinical_note, edit_clinical_note, write_clinical_note
from cases.workflow.consent import give_consent, withdraw_consent
from cases.workflow.documents import (
    KnownFileError,
    add_document,
    prove,
    replace_document,
    withdraw_document,
)
from cases.workflow.emergency import count_try, keep_refusal, open_in_emergency, review_break_glass
from cases.workflow.events import record
from cases.workflow.handover import hand_over
from cases.workflow.holds import lift_hold, place_hold, place_hold_by_code
from cases.workflow.household import add_members, amend_member, end_member, set_family_card
from cases.workflow.legal import (
    ImpossibleDateError,
    OverlapError,
    add_legal_record,
    add_legal_status,
    amend_legal_record,
    amend_legal_status,
    end_legal_status,
    known_of,
    verify_legal_status,
)
from cases.workflow.merging import ALIASES, MOVING, keep_apart, merge_blockers, merge_people, unmerge_people
from cases.workflow.notes import amend_note, discard_draft, edit_note, save_draft, write_note
from cases.workflow.person import amend_participant, move_address
from cases.workflow.sealing import approve_unsealing, end_unsealing, note_reading, refuse_unsealing, request_unsealing
from cases.workflow.sharing import end_share, hold_conference, renew_share, share
from cases.workflow.supervision import check_in, explain_check_in, set_reporting_duty, undo_check_in
from cases.workflow.tasks import (
    close_task,
    create_task,
    finish_task,
    open_task,
    reader_of,
    refresh_next_due,
    snooze_task,
)
from cases.workflow.ties import confirm_tie, declare_tie, declare_tie_by_code, end_tie

__all__ = [
    "ALIASES",
    "CLOSE_BLOCKERS",
    "MOVING",
    "ImpossibleDateError",
    "KnownFileError",
    "OverlapError",
    "add_document",
    "add_legal_record",
    "add_legal_status",
    "add_members",
    "amend_clinical_note",
    "amend_legal_record",
    "amend_legal_status",
    "amend_member",
    "amend_note",
    "amend_participant",
    "approve_unsealing",
    "assign",
    "assign_many",
    "check_in",
    "close",
    "close_blockers",
    "close_task",
    "confirm_tie",
    "count_try",
    "create_task",
    "declare_tie",
    "declare_tie_by_code",
    "discard_draft",
    "edit_clinical_note",
    "edit_note",
    "end_legal_status",
    "end_member",
    "end_share",
    "end_tie",
    "end_unit_grants",
    "end_unsealing",
    "explain_check_in",
    "finish_task",
    "give_consent",
    "hand_over",
    "hold_conference",
    "keep_apart",
    "keep_refusal",
    "known_of",
    "lift_hold",
    "merge_blockers",
    "merge_people",
    "move_address",
    "move_on",
    "note_reading",
    "open_case",
    "open_in_emergency",
    "open_task",
    "place_hold",
    "place_hold_by_code",
    "prove",
    "reader_of",
    "record",
    "refresh_next_due",
    "refuse_unsealing",
    "renew_share",
    "reopen",
    "replace_document",
    "request_unsealing",
    "resume",
    "review_break_glass",
    "save_draft",
    "set_family_card",
    "set_reporting_duty",
    "share",
    "snooze_task",
    "suspend",
    "undo_check_in",
    "unmerge_people",
    "verify_legal_status",
    "withdraw_consent",
    "withdraw_document",
    "write_clinical_note",
    "write_note",
]
