"""Restricted clinical notes: written by a clinical profession, edited for a day, then amended (I-15, I-16)."""

from __future__ import annotations

import datetime as dt
import uuid

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases import policies
from cases.enums import CaseStatus, EventKind, Right, Section
from cases.models import CaseEvent, CaseFile, ClinicalNote
from cases.workflow.events import record
from core.workflow import TransitionError, lock, lock_version, sent_before


@transaction.atomic
def write_clinical_note(
    case: CaseFile, *, by: Staff, client_id: uuid.UUID, occurred_at: dt.datetime, text: str
) -> ClinicalNote:
    """Store a note once: the same ``client_id`` sent again returns the note that is already there."""
    case = lock(case)
    policies.require(by, Right.EDIT, case, Section.CLINICAL)
    if existing := sent_before(ClinicalNote.objects.all(), client_id, author=by, case=case):
        return existing
    if case.status == CaseStatus.CLOSED:
        raise TransitionError(_("Kasus ini sudah ditutup. Catatan baru memerlukan kasus yang dibuka kembali."))
    note = ClinicalNote(case=case, author=by, profession=by.profession, client_id=client_id, occurred_at=occurred_at)
    note.text = text
    note.save()
    _tell_timeline(note, by=by)
    return note


@transaction.atomic
def edit_clinical_note(
    note: ClinicalNote, *, by: Staff, version: int, occurred_at: dt.datetime, text: str
) -> ClinicalNote:
    """Change an own note within 24 hours of recording; later changes are amendments."""
    case = lock(note.case)
    note = lock_version(note, version)
    policies.require(by, Right.EDIT, case, Section.CLINICAL)
    if note.author_id != by.pk or note.amends_id is not None:
        raise PermissionDenied
    if not note.is_freely_editable:
        raise TransitionError(_("Sudah lewat 24 jam. Tulis pembetulan; catatan asli tetap tersimpan."))
    line = CaseEvent.objects.filter(case=case, kind=EventKind.CLINICAL_NOTE, actor=by, recorded_at=note.recorded_at)
    line.update(at=occurred_at)
    note.occurred_at = occurred_at
    note.text = text
    note.save()
    return note


@transaction.atomic
def amend_clinical_note(
    note: ClinicalNote, *, by: Staff, client_id: uuid.UUID, reason: str, text: str
) -> ClinicalNote:
    """Add a correction under the original, which stays as it was written."""
    case = lock(note.case)
    policies.require(by, Right.EDIT, case, Section.CLINICAL)
    if not policies.clinical_notes_for(by).filter(pk=note.pk).exists():
        raise PermissionDenied
    if existing := sent_before(ClinicalNote.objects.all(), client_id, author=by, case=case):
        return existing
    original = note.amends or note
    amendment = ClinicalNote(
        case=case,
        author=by,
        profession=original.profession,
        client_id=client_id,
        occurred_at=original.occurred_at,
        amends=original,
    )
    amendment.text, amendment.reason = text, reason
    amendment.save()
    _tell_timeline(amendment, by=by)
    return amendment


def _tell_timeline(note: ClinicalNote, *, by: Staff) -> None:
    """The others learn that a note exists, when, and who may read it: never a word of it."""
    record(
        note.case,
        EventKind.CLINICAL_NOTE,
        by=by,
        section=Section.NOTES,
        summary=note.profession,
        at=note.occurred_at,
        recorded_at=note.recorded_at,
    )
