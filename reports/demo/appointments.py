"""What is agreed ahead: planned sessions with a chain of other dates, and the follow-ups of after-care."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cases.enums import CaseStatus, EventKind, NoteType, Present, Section, TaskKind
from cases.enums.sessions import FollowUpMonth, FollowUpOutcome, SessionOutcome, SessionReason
from cases.models import ContactNote, FollowUp, PlannedSession
from cases.workflow.aftercare import months_after
from reports.demo.book import dice
from reports.demo.tale import Story, World
from reports.demo.work import open_task

Came, R = SessionOutcome, SessionReason
# Of the told cases of Bapas Malang: days from today, hour, kind, place, purpose, answer.
AHEAD: tuple[tuple[str, int, int, NoteType, str, str], ...] = (
    ("R3WD-87KA", 0, 15, NoteType.HOME_VISIT, "Rumah peserta, Lowokwaru", "Bicara tentang tetangga baru."),
    ("H2VF-53KB", -2, 10, NoteType.GUIDANCE, "Kantor Bapas Malang", "Rencana sesudah bimbingan berakhir."),
    ("V4TB-29GM", 4, 9, NoteType.FAMILY_MEETING, "Rumah paman, Tirtoyudo", "Siapa yang menemani di kampung."),
    ("N4YP-38GT", 6, 13, NoteType.PHONE, "", "Kabar dari tempat kerja."),
    ("H6VF-53TB", 1, 10, NoteType.GUIDANCE, "Kantor Bapas Malang", "Hasil penilaian."),
)
# One session that was moved twice: each line is an earlier date and why it was not held.
MOVED = "B7QN-43TS"
CHAIN = (
    (-12, Came.CANCELLED, R.ACCESS, "Jembatan ke dusun putus."),
    (-4, Came.ABSENT, R.TRANSPORT, ""),
    (2, None, None, ""),
)
# By then everybody was asked.
OLD = dt.timedelta(days=45)
WORDS = {
    FollowUpOutcome.REACHED: (
        "Tinggal bersama keluarga, bekerja tetap. Tidak ada kesulitan yang perlu dibantu.",
        "Pekerjaan berganti, keluarga baik. Minta dihubungi lagi sesudah Lebaran.",
        "Bertemu di rumah. Ikut kerja bakti kampung, anak mulai sekolah.",
    ),
    FollowUpOutcome.NOT_REACHED: ("Nomor tidak aktif. Ketua RT menyebut ia bekerja di luar kota.",),
    FollowUpOutcome.REFUSED: ("Tidak ingin dihubungi lagi, dan itu dihormati.",),
}


def agree(world: World) -> None:
    """Sessions of today, overdue and this week; past ones that have their note; a chain; follow-ups everywhere."""
    told = {story.case.code: story for story in world.stories}
    for code, days, hour, kind, place, purpose in AHEAD:
        story = told[code]
        at = world.clock.at(world.clock.day(days), hour, 0, story.unit.zone)
        _session(world, story, at, kind, place=place, purpose=purpose)
    _chain(world, told[MOVED])
    written = world.book.of(ContactNote)
    for code in ("K7M4-29QX", "R3WD-87KA", "N4YP-38GT"):
        for note in [note for note in written if note.case is told[code].case][-3:]:
            _held(world, told[code], note)
    for story in world.stories:
        _follow_up(world, story)


def link_chains(world: World) -> None:
    """Once all have a key: which session followed which."""
    for later, earlier in world.chains:
        later.follows = earlier
    PlannedSession.objects.bulk_update([later for later, _earlier in world.chains], ["follows"])


def _session(world: World, story: Story, at: dt.datetime, kind: NoteType, **fields: Any) -> PlannedSession:
    agreed_at = world.clock.past(min(at, world.clock.now) - dt.timedelta(days=7, hours=2))
    agreed_at = max(agreed_at, story.case.opened_at)
    session = PlannedSession(
        case=story.case,
        planned_by=story.by,
        type=kind,
        planned_at=at,
        present=[Present.FAMILY] if kind == NoteType.FAMILY_MEETING else [Present.PARTICIPANT],
        **fields,
    )
    world.book.add(session, at=agreed_at)
    summary = f"{kind.value}@{at.isoformat()}: {session.purpose}".removesuffix(": ")
    path = _path(story, session)
    world.event(story, EventKind.SESSION_PLANNED, Section.NOTES, agreed_at, summary=summary, path=path)
    return session


def _answer(
    world: World,
    story: Story,
    session: PlannedSession,
    outcome: SessionOutcome,
    at: dt.datetime,
    **reason: str,
) -> None:
    session.outcome, session.answered_by, session.answered_at, session.version = outcome, story.by, at, 2
    for name, value in reason.items():
        setattr(session, name, value)
    said = f"{outcome.value}/{session.reason}".removesuffix("/")
    summary = f"{said}@{session.planned_at.isoformat()}: {session.reason_words}".removesuffix(": ")
    path = _path(story, session)
    world.event(story, EventKind.SESSION_ANSWERED, Section.NOTES, at, summary=summary, path=path)


def _held(world: World, story: Story, note: ContactNote) -> None:
    """A session that became this note."""
    kind = NoteType(note.type)
    session = _session(world, story, note.occurred_at, kind, purpose="")
    world.book.later(session, "note_id", lambda: note.pk)
    session.outcome, session.answered_by, session.answered_at = Came.ATTENDED, story.by, note.recorded_at
    session.version = 2


def _chain(world: World, story: Story) -> None:
    earlier = None
    for days, outcome, reason, words in CHAIN:
        at = world.clock.at(world.clock.day(days), 9, 30, story.unit.zone)
        session = _session(
            world, story, at, NoteType.HOME_VISIT, place="Rumah peserta", purpose="Melihat kandang lele."
        )
        if outcome is not None and reason is not None:
            answered_at = world.clock.past(at + dt.timedelta(hours=2))
            _answer(world, story, session, outcome, answered_at, reason=reason, reason_words=words)
        if earlier is not None:
            world.chains.append((session, earlier))
        earlier = session


def _follow_up(world: World, story: Story) -> None:
    """The four dates from the day on which after-care began; what is past was asked, but for a few."""
    case, stream, today = story.case, dice("follow-ups", story.case.code), world.clock.today
    since = story.since(CaseStatus.AFTERCARE)
    if since is None:
        return
    ends = None
    if story.closed is not None:
        ends = story.closed if case.is_child_file or case.aftercare_until is None else case.aftercare_until
    has_task = False
    for month in FollowUpMonth:
        row = FollowUp(case=case, month=month, started_on=since, due_on=months_after(since, month))
        world.book.add(row, at=world.clock.past(world.clock.at(since, 10, 10, story.unit.zone)))
        if ends is not None and row.due_on > ends:
            row.ended_on, row.version = story.closed, 2
        elif row.due_on < today - OLD or (row.due_on < today and stream.random() < 0.6):
            outcome = stream.choices(list(WORDS), [85, 11, 4])[0]
            at = world.clock.past(world.clock.at(row.due_on + dt.timedelta(days=stream.randint(-3, 9)), 11, 0))
            row.outcome, row.words, row.version = outcome, stream.choice(WORDS[outcome]), 2
            row.answered_by, row.answered_at = story.by, at
            path, said = f"/cases/{case.code}/aftercare/{row.code}/", f"{outcome.value}: {row.words}"
            world.event(story, EventKind.FOLLOW_UP, Section.NOTES, at, summary=said, path=path)
        elif not has_task:
            has_task = True
            _ask(world, story, row)


def _ask(world: World, story: Story, row: FollowUp) -> None:
    open_task(
        world,
        story,
        TaskKind.AFTERCARE,
        due_at=world.clock.at(row.due_on, 23, 59, story.unit.zone),
        opened_at=row.created_at,
        section=Section.NOTES,
        source=lambda: f"follow_up:{row.pk}",
        path=f"/cases/{story.case.code}/aftercare/{row.code}/",
    )


def _path(story: Story, session: PlannedSession) -> str:
    return f"/cases/{story.case.code}/sessions/{session.code}/"
