"""Meetings with the person: contact notes, and wajib lapor with its answers."""

from __future__ import annotations

import datetime as dt

from accounts.models import Staff
from cases.enums import (
    CaseStatus,
    Channel,
    CheckInResult,
    EventKind,
    LegalStatusKind,
    NoteType,
    PlaceKind,
    Present,
    Section,
    TaskKind,
)
from cases.models import CheckIn, ContactNote, ReportingDuty
from reports.demo import words
from reports.demo.tale import Story, World
from reports.demo.work import open_task

ON_DUTY = {LegalStatusKind.PAROLE, LegalStatusKind.CONDITIONAL_LEAVE, LegalStatusKind.PRE_RELEASE_LEAVE}
MISSED_FOR_TPP = 3
REPORT_HOURS = (8, 9, 9, 10, 10, 11, 13, 14)


def write_note(
    world: World,
    story: Story,
    at: dt.datetime,
    kind: NoteType,
    place: PlaceKind,
    minutes: int,
    summary: str,
    *,
    recorded_at: dt.datetime | None = None,
    author: Staff | None = None,
    **fields: str,
) -> ContactNote:
    """A note and its line of the timeline."""
    at = world.clock.past(at)
    recorded_at = world.clock.past(recorded_at or at + dt.timedelta(minutes=minutes + 20))
    who = [Present.PARTICIPANT, Present.FAMILY] if kind == NoteType.FAMILY_MEETING else [Present.PARTICIPANT]
    note = ContactNote(
        case=story.case,
        author=author or story.by,
        type=kind,
        occurred_at=at,
        recorded_at=max(at, recorded_at),
        duration_min=minutes,
        place_kind=place,
        present=[Present.PARTNER] if kind == NoteType.COORDINATION else who,
        summary=summary,
        **fields,
    )
    world.book.add(note, at=note.recorded_at)
    world.event(
        story,
        EventKind.NOTE,
        Section.NOTES,
        at,
        by=note.author,
        summary=summary,
        path=f"/cases/{story.case.code}/notes/{note.code}/",
        recorded_at=note.recorded_at,
    )
    if kind != NoteType.COORDINATION:
        story.contacts.append(at)
    return note


def meet_over_time(world: World, story: Story, *, every: int = 24, author: Staff | None = None) -> None:
    """Notes from the opening (or the beginning of the history) to today, some written down late."""
    clock, stream, zone = world.clock, story.stream, story.unit.zone
    day = max(story.opened, clock.beginning) + dt.timedelta(days=stream.randint(1, 6))
    end = story.ends(clock)
    kinds = words.CHILD_NOTES if story.is_child else words.ADULT_NOTES
    weights = [26, 18, 20, 22, 14] if story.is_child else [30, 22, 20, 9, 8, 7, 4]
    while day <= end:
        if day.weekday() > 4:
            day -= dt.timedelta(days=day.weekday() - 4)
        kind, place, least, most, texts = stream.choices(kinds, weights)[0]
        at = clock.at(day, stream.randint(8, 15), stream.choice([0, 10, 15, 20, 30, 40, 45, 50]), zone)
        summary = " ".join(stream.sample(texts, min(len(texts), stream.choice([1, 1, 2]))))
        late = stream.choices(
            [dt.timedelta(hours=stream.randint(1, 7)), dt.timedelta(days=1), dt.timedelta(days=stream.randint(4, 9))],
            [70, 23, 7],
        )[0]
        said = words.SAYINGS_OF_CHILDREN if story.is_child else words.SAYINGS
        if at < clock.now:
            write_note(
                world,
                story,
                at,
                kind,
                place,
                stream.randrange(least, most + 1, 5),
                summary,
                recorded_at=at + late,
                author=author,
                observations=stream.choice(words.OBSERVATIONS) if stream.random() < 0.3 else "",
                participant_words=stream.choice(said) if stream.random() < 0.3 else "",
                next_steps=stream.choice(words.next_steps(for_child=story.is_child)) if stream.random() < 0.25 else "",
            )
        day += dt.timedelta(days=max(3, int(stream.gauss(every, every / 3))))


def report_over_time(
    world: World,
    story: Story,
    *,
    since: dt.date,
    every: int = 28,
    next_due: dt.datetime | None = None,
    missed: int | None = None,
    faithful: bool = False,
    channel: Channel | None = None,
    place: str = "",
) -> ReportingDuty:
    """The duty with its answers back to ``since``; ``missed`` reports in a row at the end, before ``next_due``."""
    clock, stream, zone = world.clock, story.stream, story.unit.zone
    channel = channel or stream.choices([Channel.OFFICE, Channel.POST, Channel.ONLINE], [70, 15, 15])[0]
    if next_due is None:
        ahead = stream.randint(0, every - 1)
        next_due = clock.at(clock.day(ahead), stream.choice(REPORT_HOURS), stream.choice([0, 0, 30]), zone)
    last = story.ends(clock)
    if story.closed is not None:
        next_due = clock.at(last, stream.choice(REPORT_HOURS), 0, zone)
    first = max(since, clock.beginning)
    dates = []
    due = next_due - dt.timedelta(days=every)
    while due.astimezone(zone).date() > first:
        dates.append(due)
        due -= dt.timedelta(days=every)
    dates.reverse()
    duty = ReportingDuty(
        case=story.case,
        frequency_days=every,
        next_due_at=next_due,
        channel=channel,
        place=place,
        ended_on=story.closed,
        version=1 + len(dates),
    )
    world.book.add(duty, at=clock.past(clock.at(max(since, story.opened), 9, 30, zone)))
    for number, due in enumerate(dates):
        from_end = len(dates) - number
        _answer(
            world, story, duty, due, missed is not None and from_end <= missed, missed is not None, faithful=faithful
        )
    if duty.ended_on is None:
        story.due.append(next_due)
    return duty


def _answer(
    world: World, story: Story, duty: ReportingDuty, due: dt.datetime, must_miss: bool, told: bool, *, faithful: bool
) -> None:
    stream = story.stream
    result = stream.choices([CheckInResult.PRESENT, CheckInResult.EXCUSED, CheckInResult.ABSENT], [90, 6, 4])[0]
    if faithful or (told and not must_miss):
        result = CheckInResult.PRESENT
    if must_miss:
        result = CheckInResult.ABSENT
    reason = ""
    if result == CheckInResult.EXCUSED:
        reason = stream.choice(words.EXCUSES)
    elif result == CheckInResult.ABSENT:
        reason = stream.choice(words.ABSENCES)
    at = world.clock.past(due + dt.timedelta(minutes=stream.randint(1, 40)))
    row = CheckIn(
        case=story.case,
        due_at=due,
        result=result,
        reason=reason,
        recorded_by=story.by,
        recorded_at=at,
        missed_before=duty.missed_in_a_row,
    )
    world.book.add(row, at=at)
    summary = f"{result.value}: {reason}" if reason else result.value
    world.event(story, EventKind.CHECK_IN, Section.SUPERVISION, at, summary=summary)
    if result == CheckInResult.PRESENT:
        duty.missed_in_a_row = 0
        story.contacts.append(at)
    elif result == CheckInResult.ABSENT:
        duty.missed_in_a_row += 1
        to_tpp = duty.missed_in_a_row >= MISSED_FOR_TPP
        call_by = world.clock.at(due.date() + dt.timedelta(days=7 if to_tpp else 1), 23, 59, story.unit.zone)
        recent = due > world.clock.now - dt.timedelta(days=35) and must_miss
        open_task(
            world,
            story,
            TaskKind.TPP_HEARING if to_tpp else TaskKind.MISSED_REPORT,
            due_at=call_by,
            opened_at=at,
            section=Section.SUPERVISION,
            source=lambda: f"check_in:{row.pk}",
            done_at=None if recent else call_by - dt.timedelta(hours=8),
            outcome="Dihubungi lewat cara aman; jadwal berikutnya disepakati.",
        )


def has_duty(status: str) -> bool:
    return status in ON_DUTY


def reporting_since(story: Story) -> dt.date:
    return story.since(CaseStatus.PLANNING) or story.opened + dt.timedelta(days=14)
