"""Contact notes: written once, edited for a day, then amended beside the original (I-15)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases import policies
from cases.enums import CaseStatus, CheckInResult, EventKind, NoteType, Right, Section, TaskKind
from cases.enums.sessions import NOT_HELD, SessionOutcome
from cases.models import CaseEvent, CaseFile, CheckIn, ContactNote, Draft, PlannedSession
from cases.sentence import end_of
from cases.workflow.events import record, shortened
from cases.workflow.tasks import open_task, reader_of
from core.acting import beyond_own_sight
from core.workflow import TransitionError, lock, lock_version, sent_before

NOTE = "note"
TAKEN = _("Sesi itu sudah punya catatan atau tidak jadi diadakan. Pilih yang lain, atau tanpa sesi.")


def _path(note: ContactNote) -> str:
    return f"/cases/{note.case.code}/notes/{note.code}/"


def refresh_last_contact(case: CaseFile) -> None:
    """Find the newest contact with the person again, after one was moved or taken back."""
    notes = case.notes.filter(amends=None).exclude(type=NoteType.COORDINATION)
    sessions = PlannedSession.objects.met().filter(case=case).exclude(type=NoteType.COORDINATION)
    shown_up = CheckIn.objects.filter(case=case, result=CheckInResult.PRESENT)
    with beyond_own_sight():  # who shares the notes of a case may not see its reporting duty
        met = notes.aggregate(at=Max("occurred_at"))["at"]
        seen = shown_up.aggregate(at=Max("recorded_at"))["at"]
        held = sessions.aggregate(at=Max(Least("planned_at", "answered_at")))["at"]
    case.last_contact_at = max((at for at in (met, seen, held) if at is not None), default=None)
    case.save(update_fields=["last_contact_at", "updated_at"])


@transaction.atomic
def write_note(
    case: CaseFile,
    *,
    by: Staff,
    client_id: uuid.UUID,
    follow_up_on: dt.date | None = None,
    session: PlannedSession | None = None,
    **fields: Any,
) -> ContactNote:
    """Store a note once: the same ``client_id`` sent again returns the note that is already there.

    With ``follow_up_on`` its next step becomes a task that is due on that day; with ``session`` it is the note of that
    planned session, which was held thereby.
    """
    case = lock(case)
    policies.require(by, Right.EDIT, case, Section.NOTES)
    if (sent := sent_before(ContactNote.objects.all(), client_id, author=by, case=case)) is not None:
        return sent
    if case.status == CaseStatus.CLOSED:
        raise TransitionError(_("Kasus ini sudah ditutup. Catatan baru memerlukan kasus yang dibuka kembali."))
    if session is not None:
        session = _free_session(session, case)
    note = ContactNote(case=case, author=by, client_id=client_id, **fields)
    note.save()
    if session is not None:
        session.note = note
        answer_of(session, by=by, outcome=SessionOutcome(session.outcome or SessionOutcome.ATTENDED))
        # The note itself tells now that it was held; that somebody came late, only the line does.
        told = CaseEvent.objects.filter(case=case, kind=EventKind.SESSION_ANSWERED, path=path_of_session(session))
        told.filter(summary__startswith=SessionOutcome.ATTENDED).delete()
    discard_draft(case, by=by, form=NOTE)
    # Talking about somebody with an office is work, but nobody has seen the person.
    newest = case.last_contact_at is None or note.occurred_at > case.last_contact_at
    if newest and note.type != NoteType.COORDINATION:
        case.last_contact_at = note.occurred_at
        case.save(update_fields=["last_contact_at", "updated_at"])
    record(
        case,
        EventKind.NOTE,
        by=by,
        section=Section.NOTES,
        summary=note.summary,
        path=_path(note),
        at=note.occurred_at,
        recorded_at=note.recorded_at,
    )
    if follow_up_on is not None:
        open_task(
            case,
            TaskKind.FOLLOW_UP,
            by=by,
            assignee=reader_of(case, by),
            due_at=end_of(follow_up_on, case.lead_unit.zone),
            title=note.next_steps[:300],
            source=f"note:{note.code}",
        )
    return note


def _free_session(session: PlannedSession, case: CaseFile) -> PlannedSession:
    """The session, locked, that may still have its one note; two tabs end here."""
    session = lock(session)
    if session.case_id != case.pk:
        raise PermissionDenied
    if session.note_id is not None or session.outcome in NOT_HELD:
        raise TransitionError(TAKEN)
    return session


def answer_of(session: PlannedSession, *, by: Staff, outcome: SessionOutcome) -> None:
    """Write what came of a session, with its line; the caller holds the lock and has asked the policy."""
    is_new = not session.outcome
    if is_new:
        session.outcome, session.answered_by, session.answered_at = outcome, by, timezone.now()
    session.version += 1
    session.save()
    if is_new and session.note_id is None:
        said = f"{outcome.value}/{session.reason}".removesuffix("/")
        summary = f"{said}@{session.planned_at.isoformat()}: {session.reason_words}".removesuffix(": ")
        path, kind = path_of_session(session), EventKind.SESSION_ANSWERED
        record(session.case, kind, by=by, section=Section.NOTES, summary=summary, path=path)


def path_of_session(session: PlannedSession) -> str:
    return f"/cases/{session.case.code}/sessions/{session.code}/"


@transaction.atomic
def edit_note(note: ContactNote, *, by: Staff, version: int, **fields: Any) -> ContactNote:
    """Change an own note within 24 hours of recording; later changes are amendments."""
    # The case first, as everywhere: two locks taken in one order never wait for each other.
    case = lock(note.case)
    note = lock_version(note, version)
    policies.require(by, Right.EDIT, case, Section.NOTES)
    if note.author_id != by.pk:
        raise PermissionDenied
    if not note.is_freely_editable:
        raise TransitionError(_("Sudah lewat 24 jam. Tulis pembetulan; catatan asli tetap tersimpan."))
    for name, value in fields.items():
        setattr(note, name, value)
    note.save()
    line = CaseEvent.objects.filter(case=case, kind=EventKind.NOTE, path=_path(note))
    line.update(at=note.occurred_at, summary=shortened(note.summary))
    refresh_last_contact(case)
    return note


@transaction.atomic
def amend_note(note: ContactNote, *, by: Staff, reason: str, summary: str, client_id: uuid.UUID) -> ContactNote:
    """Add a correction under the original, which stays as it was written."""
    note = lock(note)
    policies.require(by, Right.EDIT, note.case, Section.NOTES)
    original = note.amends or note
    if (sent := sent_before(ContactNote.objects.all(), client_id, author=by, amends=original)) is not None:
        return sent
    amendment = ContactNote.objects.create(
        case=note.case,
        author=by,
        client_id=client_id,
        type=original.type,
        occurred_at=original.occurred_at,
        summary=summary,
        amends=original,
        amendment_reason=reason,
    )
    record(note.case, EventKind.NOTE_AMENDED, by=by, section=Section.NOTES, summary=summary, path=_path(original))
    return amendment


@transaction.atomic
def save_draft(case: CaseFile, *, by: Staff, form: str, client_id: uuid.UUID, data: dict[str, Any]) -> Draft | None:
    """Keep what is typed so far. One draft a person, case and form: a second tab continues the same text.

    None when this very note has been stored meanwhile: an autosave that comes late must not bring it back as a draft.
    """
    policies.require(by, Right.EDIT, case, Section.NOTES)
    if ContactNote.objects.filter(client_id=client_id).exists():
        return None
    draft, _created = Draft.objects.update_or_create(
        staff=by, case=case, form=form, defaults={"client_id": client_id, "data": data, "saved_at": timezone.now()}
    )
    return draft


@transaction.atomic
def keep_words(case: CaseFile, *, by: Staff, form: str, client_id: uuid.UUID, data: dict[str, Any]) -> None:
    """What somebody was writing while the case moved to another unit: kept as the own draft, to copy from."""
    if policies.standing(by, case).former_until is None:
        raise PermissionDenied
    if not ContactNote.objects.filter(client_id=client_id).exists():
        Draft.objects.update_or_create(
            staff=by, case=case, form=form, defaults={"client_id": client_id, "data": data, "saved_at": timezone.now()}
        )


@transaction.atomic
def discard_draft(case: CaseFile, *, by: Staff, form: str) -> None:
    Draft.objects.filter(staff=by, case=case, form=form).delete()
