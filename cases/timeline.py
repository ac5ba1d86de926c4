"""What happened in a case, as lines to read: icon, title, when and by whom, and somebody's words.

Events and notes come in already through their policies; this module only turns them into lines. A correction of a note
stands under its original.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.enums import Profession
from accounts.models import Staff
from cases.enums import (
    CaseStatus,
    CheckInResult,
    ClosureReason,
    ConsentPurpose,
    ConsentStatus,
    EventKind,
    LegalStatusKind,
    NoteType,
    ReturnKind,
    TaskKind,
)
from cases.enums.documents import DocumentKind
from cases.enums.rights import RightsKind, RightsStatus
from cases.enums.sessions import FollowUpOutcome, SessionOutcome, SessionReason
from cases.models import CaseEvent, ContactNote, LegalEvent
from cases.sentence import late_words, stamp


@dataclass(frozen=True)
class Group:
    """Kinds of events that people look for together, with the icon that marks them."""

    label: str | Promise
    icon: str
    kinds: tuple[EventKind, ...]


GROUPS: dict[str, Group] = {
    "notes": Group(
        gettext_lazy("Catatan kontak"),
        "pencil-square",
        (EventKind.NOTE, EventKind.NOTE_AMENDED, EventKind.CLINICAL_NOTE),
    ),
    "sessions": Group(
        gettext_lazy("Sesi dan pascalayanan"),
        "calendar",
        (EventKind.SESSION_PLANNED, EventKind.SESSION_ANSWERED, EventKind.FOLLOW_UP),
    ),
    "reporting": Group(gettext_lazy("Wajib lapor"), "calendar-days", (EventKind.CHECK_IN,)),
    "assessment": Group(
        gettext_lazy("Penilaian"),
        "clipboard-document-check",
        (
            EventKind.ASSESSMENT_STARTED,
            EventKind.ASSESSMENT_SUBMITTED,
            EventKind.ASSESSMENT_RETURNED,
            EventKind.ASSESSMENT_FINAL,
            EventKind.ASSESSMENT_CANCELLED,
            EventKind.ASSESSMENT_CONTESTED,
            EventKind.OWN_VIEW,
            EventKind.SECOND_ASKED,
            EventKind.SECOND_NAMED,
            EventKind.SECOND_DECIDED,
        ),
    ),
    "plan": Group(
        gettext_lazy("Rencana"),
        "map",
        (
            EventKind.PLAN_STARTED,
            EventKind.PLAN_SUBMITTED,
            EventKind.PLAN_APPROVED,
            EventKind.PLAN_RETURNED,
            EventKind.GOAL_UPDATED,
        ),
    ),
    "programs": Group(
        gettext_lazy("Program"),
        "academic-cap",
        (EventKind.ENROLLED, EventKind.ENROLMENT_ENDED, EventKind.ATTENDANCE, EventKind.SUPPORT_GIVEN),
    ),
    "referrals": Group(
        pgettext_lazy("jamak", "Rujukan"),
        "paper-airplane",
        (
            EventKind.REFERRAL_SENT,
            EventKind.REFERRAL_ANSWERED,
            EventKind.REFERRAL_NOTE,
            EventKind.REFERRAL_ENDED,
            EventKind.CONSENT,
        ),
    ),
    "documents": Group(
        pgettext_lazy("jamak", "Dokumen"),
        "document-text",
        (EventKind.DOCUMENT, EventKind.DOCUMENT_REPLACED, EventKind.DOCUMENT_WITHDRAWN),
    ),
    "tasks": Group(
        gettext_lazy("Tugas"),
        "check-circle",
        (
            EventKind.TASK_OPENED,
            EventKind.TASK_DONE,
            EventKind.TASK_CANCELLED,
            EventKind.TASK_SNOOZED,
            EventKind.TASK_SEEN,
            EventKind.TASK_CHANGED,
            EventKind.TASK_ESCALATED,
        ),
    ),
    "case": Group(
        gettext_lazy("Kasus dan hukum"),
        "folder",
        (
            EventKind.CASE_OPENED,
            EventKind.STAGE_MOVED,
            EventKind.CASE_SUSPENDED,
            EventKind.CASE_RESUMED,
            EventKind.CASE_CLOSED,
            EventKind.CASE_REOPENED,
            EventKind.WORKER_ASSIGNED,
            EventKind.WORKER_RELEASED,
            EventKind.WORKER_LEFT,
            EventKind.TRANSFER_PROPOSED,
            EventKind.TRANSFER_APPROVED,
            EventKind.TRANSFERRED,
            EventKind.TRANSFER_DECLINED,
            EventKind.TRANSFER_CANCELLED,
            EventKind.LEGAL,
            EventKind.LEGAL_AMENDED,
            EventKind.LEGAL_ENDED,
            EventKind.LEGAL_VERIFIED,
            EventKind.EXTERNAL,
            EventKind.HOUSEHOLD,
            EventKind.PERSON_MERGED,
            EventKind.PERSON_UNMERGED,
            EventKind.AGE_DECIDED,
            EventKind.AGE_DECISION_ENDED,
        ),
    ),
    "access": Group(
        gettext_lazy("Akses"),
        "key",
        (
            EventKind.ACCESS_SHARED,
            EventKind.ACCESS_RENEWED,
            EventKind.ACCESS_ENDED,
            EventKind.CONFERENCE,
            EventKind.BREAK_GLASS,
            EventKind.BREAK_GLASS_REVIEWED,
            EventKind.HOLD_PLACED,
            EventKind.HOLD_LIFTED,
            EventKind.BASIS,
        ),
    ),
    "rights": Group(
        gettext_lazy("Hak peserta"),
        "shield-check",
        (EventKind.RIGHTS_REQUEST, EventKind.RIGHTS_DECIDED, EventKind.RESTRICTION_LIFTED),
    ),
}
# Where one icon for the whole group would say too little.
ICONS: dict[EventKind, str] = {
    EventKind.CLINICAL_NOTE: "lock-closed",
    EventKind.FOLLOW_UP: "arrow-path",
    EventKind.TASK_OPENED: "flag",
    EventKind.TASK_CANCELLED: "x-circle",
    EventKind.WORKER_ASSIGNED: "user",
    EventKind.WORKER_RELEASED: "user",
    EventKind.WORKER_LEFT: "user-minus",
    EventKind.STAGE_MOVED: "arrow-right-circle",
    EventKind.CASE_SUSPENDED: "pause-circle",
    EventKind.CASE_CLOSED: "lock-closed",
    EventKind.TRANSFER_PROPOSED: "arrow-right-circle",
    EventKind.TRANSFER_APPROVED: "arrow-right-circle",
    EventKind.TRANSFERRED: "arrow-right-circle",
    EventKind.TRANSFER_DECLINED: "arrow-uturn-left",
    EventKind.TRANSFER_CANCELLED: "x-circle",
    EventKind.LEGAL: "scale",
    EventKind.LEGAL_AMENDED: "scale",
    EventKind.LEGAL_ENDED: "scale",
    EventKind.LEGAL_VERIFIED: "check-circle",
    EventKind.BASIS: "scale",
    EventKind.CONSENT: "hand-raised",
    EventKind.SUPPORT_GIVEN: "gift",
    EventKind.ASSESSMENT_RETURNED: "arrow-uturn-left",
    EventKind.PLAN_RETURNED: "arrow-uturn-left",
    EventKind.ACCESS_SHARED: "share",
    EventKind.ACCESS_ENDED: "lock-closed",
    EventKind.CONFERENCE: "user-group",
    EventKind.BREAK_GLASS: "lifebuoy",
}
_ICON_OF = {kind: group.icon for group in GROUPS.values() for kind in group.kinds} | ICONS

_LEGAL = {**dict(LegalStatusKind.choices), **dict(LegalEvent.Kind.choices), **dict(ReturnKind.choices)}
# A supervisor explains these to the team; the summary alone says that they happened, as the card of a closing does.
_EXPLAINED = (EventKind.CASE_SUSPENDED, EventKind.CASE_CLOSED, EventKind.CASE_REOPENED)
_LEGAL_KINDS = (EventKind.LEGAL, EventKind.LEGAL_AMENDED, EventKind.LEGAL_ENDED, EventKind.LEGAL_VERIFIED)
# Events whose summary begins with a code of ours; people's own words may follow after a colon.
_WORDS: dict[EventKind, dict[str, Any]] = {
    EventKind.CHECK_IN: dict(CheckInResult.choices),
    EventKind.SESSION_PLANNED: dict(NoteType.choices),
    EventKind.SESSION_ANSWERED: dict(SessionOutcome.choices),
    EventKind.FOLLOW_UP: dict(FollowUpOutcome.choices),
    EventKind.STAGE_MOVED: dict(CaseStatus.choices),
    EventKind.CASE_CLOSED: dict(ClosureReason.choices),
    EventKind.TASK_OPENED: dict(TaskKind.choices),
    EventKind.TASK_DONE: dict(TaskKind.choices),
    EventKind.TASK_CANCELLED: dict(TaskKind.choices),
    EventKind.DOCUMENT: dict(DocumentKind.choices),
    EventKind.DOCUMENT_REPLACED: dict(DocumentKind.choices),
    EventKind.DOCUMENT_WITHDRAWN: dict(DocumentKind.choices),
    EventKind.TASK_SEEN: dict(TaskKind.choices),
    EventKind.TASK_ESCALATED: dict(TaskKind.choices),
    EventKind.CONSENT: dict(ConsentStatus.choices),
    EventKind.RIGHTS_REQUEST: dict(RightsKind.choices),
    EventKind.RIGHTS_DECIDED: dict(RightsStatus.choices),
    **dict.fromkeys(_LEGAL_KINDS, _LEGAL),
}
_NOTE_ICONS = {
    NoteType.PHONE: "phone",
    NoteType.HOME_VISIT: "home",
    NoteType.FAMILY_MEETING: "user-group",
    NoteType.SCHOOL_VISIT: "academic-cap",
    NoteType.FACILITY_VISIT: "building-office",
    NoteType.COORDINATION: "arrows-right-left",
    NoteType.LEGAL_SUPPORT: "scale",
}

Item = dict[str, Any]


def in_group(events: QuerySet[CaseEvent], group: str) -> QuerySet[CaseEvent]:
    """Only the events of one group of ``GROUPS``; all of them for a name that is none."""
    return events.filter(kind__in=GROUPS[group].kinds) if group in GROUPS else events


def load_notes(notes: QuerySet[ContactNote]) -> QuerySet[ContactNote]:
    """What ``note_item`` needs of each note."""
    amendments = ContactNote.objects.select_related("author").order_by("recorded_at", "pk")
    return notes.select_related("author", "case").prefetch_related(Prefetch("amendments", queryset=amendments))


def timeline_items(events: Iterable[CaseEvent], reader: Staff, *, reads_notes: bool) -> list[Item]:
    """Lines of ``events`` (with their actors), in their order. Two queries more, however many they are.

    A correction is shown below its note; where that note is not among the events, as a line of its own.
    ``reads_notes``: whether this reader sees the section of the notes, and so what was written about a closing.
    """
    lines = list(events)
    notes = _notes_of(lines)
    return [
        note_item(notes[line.path], reader)
        if line.kind == EventKind.NOTE and line.path in notes
        else _event_item(line, reader, reads_notes)
        for line in lines
        if not (line.kind == EventKind.NOTE_AMENDED and line.path in notes)
    ]


def note_item(note: ContactNote, reader: Staff) -> Item:
    """One contact note (from ``load_notes``) with its corrections below it."""
    zone = reader.unit.zone
    place = note.get_place_kind_display() if note.place_kind else ""
    amendments = note.amendments.all()
    return {
        "icon": _NOTE_ICONS.get(NoteType(note.type), "pencil-square"),
        "title": note.get_type_display(),
        "meta": " · ".join(filter(None, [stamp(note.occurred_at, zone), place, note.author.full_name])),
        "text": _first_lines(note.summary),
        "url": reverse("cases:note-detail", args=[note.case.code, note.code]),
        "chip": late_words(note.late_days) if note.is_late else "",
        "chip_kind": "soon",
        "amendments": [
            {
                "title": _("Pembetulan: %(reason)s") % {"reason": amendment.amendment_reason},
                "meta": f"{stamp(amendment.recorded_at, zone)} · {amendment.author.full_name}",
                "text": _first_lines(amendment.summary),
            }
            for amendment in amendments
        ],
    }


def _notes_of(events: list[CaseEvent]) -> dict[str, ContactNote]:
    """Path -> note of the events that are notes. Who sees the event sees the note: both stand in one section."""
    paths = {event.path for event in events if event.kind == EventKind.NOTE and event.path}
    if not paths:
        return {}
    codes = {path.rstrip("/").rpartition("/")[2]: path for path in paths}
    cases = {event.case_id for event in events}
    found = load_notes(ContactNote.objects.filter(case__in=cases, code__in=codes))
    return {codes[note.code]: note for note in found}


def _event_item(event: CaseEvent, reader: Staff, reads_notes: bool) -> Item:
    title, text = str(event.get_kind_display()), event.summary
    code, _colon, rest = event.summary.partition(": ")
    if event.kind == EventKind.CLINICAL_NOTE:
        # That it exists, when, and who may read it; its text stands nowhere but in the note.
        text = _("Hanya profesi %(profession)s yang dapat membaca.") % {
            "profession": str(Profession(code).label).lower()
        }
    if event.kind in (EventKind.SESSION_PLANNED, EventKind.SESSION_ANSWERED):
        code, rest = _session_words(code, rest, reader)
    if event.kind in _LEGAL_KINDS:
        title, rest = _legal_words(event, title, code, rest)
    if event.kind == EventKind.CONSENT:
        code, rest = _consent_words(code, rest)
    if word := _WORDS.get(EventKind(event.kind), {}).get(code):
        title, text = f"{title}: {word}", rest
    if event.kind in _EXPLAINED and not reads_notes:
        text = ""
    return {
        "icon": _ICON_OF[EventKind(event.kind)],
        "title": title,
        "meta": f"{stamp(event.at, reader.unit.zone)} · {event.actor.full_name}",
        "text": text,
        # Where a task is done is its assignee's page, not every reader's.
        "url": "" if event.kind == EventKind.TASK_OPENED else event.path,
        "chip": "",
        "chip_kind": "",
        "amendments": [],
    }


def _legal_words(event: CaseEvent, title: str, code: str, day: str) -> tuple[str, str]:
    """``pb: 2026-02-27``: which list of the legal page it stands in, and since when it holds or when it was."""
    is_status = code in LegalStatusKind.values
    if event.kind == EventKind.LEGAL:
        title = _("Status hukum") if is_status else _("Kepulangan") if code in ReturnKind.values else title
    try:
        words = {"day": date_format(dt.date.fromisoformat(day), "j M Y")}
    except ValueError:
        return title, day
    if event.kind == EventKind.LEGAL_ENDED:
        return title, _("Sampai %(day)s.") % words
    return title, (_("Sejak %(day)s.") if is_status else _("Terjadi %(day)s.")) % words


def _session_words(head: str, words: str, reader: Staff) -> tuple[str, str]:
    """``absent/sakit@2026-12-03T02:00+00:00`` gives the outcome's code, and "3 Des 2026, 09.00 · Sakit · words"."""
    said, _at, planned_at = head.partition("@")
    code, _slash, reason = said.partition("/")
    try:
        when = stamp(dt.datetime.fromisoformat(planned_at), reader.unit.zone)
    except ValueError:
        when = ""
    cause = str(SessionReason(reason).label) if reason in SessionReason.values else ""
    return code, " · ".join(filter(None, [when, cause, words]))


def _consent_words(head: str, recipient: str) -> tuple[str, str]:
    """``withdrawn/referral`` gives the answer's code, and "Berbagi data untuk rujukan · Yayasan Contoh"."""
    status, _slash, purpose = head.partition("/")
    about = str(ConsentPurpose(purpose).label) if purpose in ConsentPurpose.values else ""
    return status, " · ".join(filter(None, [about, recipient]))


def _first_lines(text: str, letters: int = 220) -> str:
    words = " ".join(text.split())
    return words if len(words) <= letters else words[: letters - 1].rstrip() + "…"
