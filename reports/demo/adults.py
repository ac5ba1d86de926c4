"""Adults: clients of the Bapas across the country, and what the files of all adults have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from random import Random
from typing import Any

from assessments.enums import InstrumentCode
from assessments.models import Assessment
from cases.enums import (
    CaseStatus,
    CaseType,
    ExternalInstrument,
    ExternalValue,
    LegalStatusKind,
    ReferralSource,
    ReturnKind,
    Section,
    Sex,
    TaskKind,
)
from cases.models import ExternalAssessment, ExternalClassification, LegalEvent, LegalStatus, ReturnEvent
from cases.sentence import end_of
from reports.demo import words
from reports.demo.book import dice
from reports.demo.contacts import has_duty, meet_over_time, report_over_time, reporting_since
from reports.demo.judgements import assess_over_time, ready_to_return, wait_for_decision
from reports.demo.staff import Team
from reports.demo.stages import walk, walk_to
from reports.demo.tale import Story, World, open_story
from reports.demo.work import open_task

L = LegalStatusKind
# How long a supervisor took to hold a status against its document.
CHECKED_AFTER = dt.timedelta(days=12)
# Active clients by Bapas: 192, 18 of Bapas Malang and one who has just moved from there to Palu make the 211 of the
# source (S-N5).
ACTIVE_CLIENTS = {
    "bps-sby": 24,
    "bps-ska": 20,
    "bps-bdg": 18,
    "bps-plu": 17,
    "bps-tng": 16,
    "bps-mdn": 14,
    "bps-srg": 12,
    "bps-plg": 9,
    "bps-mtr": 9,
    "bps-grt": 8,
    "bps-pku": 7,
    "bps-bpn": 7,
    "bps-ptk": 6,
    "bps-bdl": 6,
    "bps-trk": 5,
    "bps-bna": 5,
    "bps-dps": 5,
    "bps-lht": 4,
}
# Those of the 18 at Bapas Palu and the file of its neighbour whom the screens name.
TOLD_IN_PALU = (
    ("Marlon Tando", "T6MN-38KA", "72.02.18"),
    ("Fikri Lahamu", "F3WQ-47XA", "72.02.02"),
    ("Nur Aini", "N8RE-52PV", "72.02.02"),
    ("Arman Mangge", "P5RJ-58QT", "72.02.02"),
    ("Yopi Torau", "Z6JR-67MD", "72.02.07"),
)


def person_of(
    world: World, stream: Random, province: str, *, woman: bool | None = None, name: str = ""
) -> dict[str, Any]:
    woman = stream.random() < 0.1 if woman is None else woman
    today = world.clock.today
    phone = f"0812-0000-{stream.randint(0, 9999):04d}"
    return {
        "full_name": name or world.names.adult(stream, woman=woman, province=province),
        "sex": Sex.FEMALE if woman else Sex.MALE,
        "birth_date": today.replace(
            year=today.year - stream.randint(24, 58), month=stream.randint(1, 12), day=stream.randint(1, 28)
        ),
        "birth_place": "",
        "citizenship": "wni",
        "phone": phone if stream.random() < 0.8 else "",
        "safe_contact_method": stream.choice(
            ["Telepon", "Telepon. Jangan kirim pesan tertulis", "Lewat istri", "Pesan singkat"]
        ),
        "safe_contact_time": stream.choice(["Sesudah 17.00", "Pagi sebelum 09.00", "Jam istirahat 12.00"]),
    }


def free_on_parole(
    world: World, story: Story, *, status: LegalStatusKind = L.PAROLE, until: dt.date | None = None
) -> None:
    """In prison until the case was opened, then free under conditions; after a closing perhaps wholly free."""
    clock, stream = world.clock, story.stream
    start = story.opened
    if until is None:
        ends = story.closed + dt.timedelta(days=stream.randint(0, 20)) if story.closed else None
        until = ends or clock.day(stream.randint(40, 620))
    sentence = stream.choice([36, 48, 54, 60, 72, 84])
    number = f"PAS-{stream.randint(100, 999)}.PK.05.09 Tahun {start.year}"
    _status(
        world,
        story,
        L.PRISONER,
        start - dt.timedelta(days=stream.randint(500, 1_300)),
        start,
        authority="Lembaga Pemasyarakatan",
        document_no=f"W{stream.randint(10, 33)}-{stream.randint(100, 999)}/{start.year - 3}",
        sentence_months=sentence,
        release_date=start,
    )
    free = story.closed is not None and until <= clock.today
    _status(
        world,
        story,
        status,
        start,
        until if free else None,
        authority="Direktorat Jenderal Pemasyarakatan",
        document_no=number,
        sentence_months=sentence,
        release_date=start,
        supervision_end=until,
        conditions="Wajib lapor sesuai jadwal; memberi tahu bila pindah alamat.",
    )
    if free:
        _status(world, story, L.FULL_RELEASE, until, None, authority="Balai Pemasyarakatan", document_no=f"{number}/A")


def in_prison(world: World, story: Story, *, release: dt.date) -> None:
    """Still inside, with a date of release ahead."""
    stream = story.stream
    _status(
        world,
        story,
        L.PRISONER,
        story.opened - dt.timedelta(days=stream.randint(400, 1_100)),
        None,
        authority="Lembaga Pemasyarakatan",
        document_no=f"W{stream.randint(10, 33)}-{stream.randint(100, 999)}/{story.opened.year - 2}",
        sentence_months=stream.choice([36, 48, 60]),
        release_date=release,
    )


def wholly_free(world: World, story: Story, since: dt.date) -> None:
    _status(
        world,
        story,
        L.FULL_RELEASE,
        since,
        None,
        authority="Lembaga Pemasyarakatan",
        document_no=f"W{story.stream.randint(10, 33)}-BM-{story.stream.randint(10, 99)}/{since.year}",
        release_date=since,
    )


def _status(
    world: World, story: Story, status: LegalStatusKind, begin: dt.date, end: dt.date | None, **fields: Any
) -> LegalStatus:
    row = LegalStatus(case=story.case, status=status, valid_from=begin, valid_to=end, recorded_by=story.by, **fields)
    checked = story.opened + CHECKED_AFTER
    if checked < world.clock.today and story.by != story.team.lead:  # the newest still wait for the supervisor
        row.verified_by, row.verified_at = story.team.lead, world.clock.at(checked, 9, 30, story.unit.zone)
    world.book.add(row, at=story.case.opened_at)
    story.legal.append(row)
    return row


def classified(world: World, story: Story, value: ExternalValue, on: dt.date, source: str = "Lapas") -> None:
    """What another body calls the person: a word with its source, never a band of ours."""
    world.book.add(
        ExternalClassification(
            case=story.case, source=source, value=value, given_on=on, basis="Penilaian sebelum pembebasan"
        ),
        at=story.case.opened_at,
    )


def judged_elsewhere(world: World, story: Story, instrument: ExternalInstrument, result: str, on: dt.date) -> None:
    """What another body found with its own instrument, in its own words."""
    world.book.add(
        ExternalAssessment(
            case=story.case,
            source="Lembaga Pemasyarakatan",
            instrument=instrument,
            assessed_on=on,
            result=result,
            basis="Penilaian sebelum pembebasan",
            document_no=f"{instrument.upper()}-{100 + on.toordinal() % 900}/{on.year}",
            recorded_by=story.by,
        ),
        at=story.case.opened_at,
    )


def _past(world: World, story: Story) -> None:
    """Legal events and other bodies' words for some."""
    stream = story.stream
    if stream.random() < 0.7:
        day = story.opened - dt.timedelta(days=stream.randint(60, 400))
        world.book.add(
            LegalEvent(case=story.case, kind=LegalEvent.Kind.PLEDGE, happened_on=day, place="Lembaga Pemasyarakatan"),
            at=story.case.opened_at,
        )
    if stream.random() < 0.5:
        world.book.add(
            LegalEvent(
                case=story.case,
                kind=LegalEvent.Kind.HANDOVER,
                happened_on=story.opened,
                place=story.unit.name[:160],
                document_no=f"BA-{stream.randint(10, 99)}/{story.opened.year}",
            ),
            at=story.case.opened_at,
        )
    if stream.random() < 0.45:
        value = stream.choices([ExternalValue.GREEN, ExternalValue.YELLOW, ExternalValue.LOW], [65, 15, 20])[0]
        given_on = story.opened - dt.timedelta(days=stream.randint(10, 40))
        classified(world, story, value, given_on)
        if value == ExternalValue.LOW:
            judged_elsewhere(world, story, ExternalInstrument.RRI, "Rendah", given_on)
    if stream.random() < 0.06:
        world.book.add(
            ReturnEvent(
                case=story.case,
                kind=ReturnKind.DEPORTED,
                country=stream.choice(["TR", "SY", "PH"]),
                arrived_on=story.opened - dt.timedelta(days=900),
                received_by="Satuan tugas pemulangan",
            ),
            at=story.case.opened_at,
        )


def later_tasks(world: World, story: Story, *, chance: float = 0.5) -> None:
    """What somebody still has to do: mostly ahead, a little of it late."""
    stream, clock, zone = story.stream, world.clock, story.unit.zone
    if story.is_active and stream.random() < chance:
        ahead = stream.choices(
            [-stream.randint(1, 6), 0, stream.randint(1, 6), stream.randint(7, 25)], [8, 6, 30, 56]
        )[0]
        kind = stream.choice([TaskKind.FOLLOW_UP, TaskKind.FOLLOW_UP, TaskKind.VISIT])
        title = (
            "Kunjungan rumah" if kind == TaskKind.VISIT else stream.choice(words.next_steps(for_child=story.is_child))
        )
        due = clock.at(clock.day(ahead), 23, 59, zone)
        open_task(world, story, kind, due_at=due, opened_at=clock.at(clock.day(-12), 16, 10, zone), title=title)
    for _number in range(stream.choice([0, 1, 1, 2])):
        span = (story.ends(clock) - max(story.opened, clock.beginning)).days
        if span < 30:
            break
        day = story.ends(clock) - dt.timedelta(days=stream.randint(8, min(span - 10, 400)))
        open_task(
            world,
            story,
            TaskKind.FOLLOW_UP,
            due_at=clock.at(day, 23, 59, zone),
            opened_at=clock.at(day - dt.timedelta(days=9), 11, 0, zone),
            title=stream.choice(words.next_steps(for_child=story.is_child)),
            done_at=clock.at(day - dt.timedelta(days=stream.choice([0, 1, 2])), 14, 30, zone),
            outcome="Selesai, dicatat pada pertemuan.",
        )


def reassessment_due(world: World, story: Story) -> None:
    """The reminder of the next assessment: from the day the one before became final until the next is handed in."""
    if not story.is_active:
        return
    for last in story.assessments:
        if last.next_due is None or last.finalised_at is None or last.ended_at is not None:
            continue
        open_task(
            world,
            story,
            TaskKind.ASSESSMENT,
            due_at=end_of(last.next_due, story.unit.zone),
            opened_at=last.finalised_at,
            title=last.instrument,
            by=story.team.lead,
            section=Section.ASSESSMENT,
            source=_reminder(last),
            path=f"/cases/{story.case.code}/assessments/new/",
            done_at=_handed_in_after(story, last),
            outcome=last.instrument,
        )


def _handed_in_after(story: Story, last: Assessment) -> dt.datetime | None:
    """When the next of the same instrument was handed in, which now waits for its supervisor."""
    waiting = (row for row in story.assessments if row.instrument == last.instrument and row.finalised_at is None)
    return next((row.submitted_at for row in waiting if row.ended_at is None), None)


def _reminder(last: Assessment) -> Callable[[], str]:
    return lambda: f"reassess:{last.case_id}:{last.instrument}"


def client(
    world: World,
    team: Team,
    number: int,
    *,
    active: bool,
    name: str = "",
    told_code: str = "",
    district: str = "",
) -> Story:
    """One client of a Bapas with a whole generated history."""
    clock, stream = world.clock, dice("client", team.unit.code, active, number)
    province = team.unit.region_id or ""
    worker = team.workers[number % len(team.workers)] if not name else team.workers[0]
    window = (clock.today - clock.beginning).days
    if active:
        # A fifth is new this quarter or the last: assessing, planning, just begun.
        age = stream.choices(
            [stream.randint(3, 60), stream.randint(61, 250), stream.randint(251, 1_050)], [12, 26, 62]
        )[0]
        if name:
            age = max(age, 220)
        opened = clock.day(-age)
        stages = walk(opened, clock.today, stream, closes=False)
        if age > 420 and number % 4 == 3:  # Closed once, and opened again under its old number (I-19).
            first_end = opened + dt.timedelta(days=age // 2)
            again = first_end + dt.timedelta(days=stream.randint(40, 80))
            stages = [*walk(opened, first_end, stream, closes=True), *walk(again, clock.today, stream, closes=False)]
    else:
        closed = clock.day(-stream.randint(3, window))
        opened = closed - dt.timedelta(days=stream.randint(200, 640))
        stages = walk(opened, closed, stream, closes=True)
    inside = active and not name and age < 120 and stream.random() < 0.16
    story = open_story(
        world,
        team,
        worker,
        key=f"{team.unit.code}:{'a' if active else 'c'}{number}",
        case_type=CaseType.PROBATION,
        person=person_of(world, stream, province, name=name, woman=None if not name else name == "Nur Aini"),
        stages=stages if not inside else [(CaseStatus.ASSESSING, opened)],
        told_code=told_code,
        district=district,
        referral_source=ReferralSource.PRISON,
    )
    if inside:
        in_prison(world, story, release=clock.day(stream.choice([22, 40, 75, 120, 170])))
    elif active and stream.random() < 0.08:
        wholly_free(world, story, opened)
    else:
        free_on_parole(world, story, status=stream.choices([L.PAROLE, L.CONDITIONAL_LEAVE], [85, 15])[0])
    _past(world, story)
    if any(has_duty(row.status) for row in story.legal):
        missed = stream.choices([None, 1, 2, 3], [90, 6, 3, 1])[0] if active else None
        report_over_time(
            world, story, since=reporting_since(story), every=stream.choice([14, 28, 28, 28]), missed=missed
        )
    assess_over_time(world, story, InstrumentCode.ADULT)
    ready_to_return(world, story)
    meet_over_time(world, story)
    later_tasks(world, story)
    reassessment_due(world, story)
    return story


def clients(world: World) -> None:
    """The Bapas outside Malang: active, closed over eight quarters, and a few suspended."""
    for unit_code, count in ACTIVE_CLIENTS.items():
        team = world.people.teams[unit_code]
        told = TOLD_IN_PALU if unit_code == "bps-plu" else ()
        for number, (name, told_code, district) in enumerate(told):
            client(world, team, number, active=True, name=name, told_code=told_code, district=district)
        for number in range(len(told), max(len(told), world.scaled(count))):
            client(world, team, number, active=True)
        for number in range(world.scaled(count * 70 // 100)):
            client(world, team, number, active=False)
    _busy_desks(world)
    for number, unit_code in enumerate(("bps-sby", "bps-bdg", "bps-mdn", "bps-plu")):
        _suspended(world, world.people.teams[unit_code], number)


def _busy_desks(world: World) -> None:
    """Bapas Palu is looked at closely too: work of today, a visit that is late, and a decision for its head."""
    clock, palu = world.clock, world.of_unit("bps-plu")
    zone = palu[0].unit.zone
    mine = [story for story in palu if story.worker is world.people["pk.palu"] and story.is_active]
    for story, days, hour, title in zip(
        mine,
        (0, 0, -2, 3),
        (9, 13, 23, 10),
        ("Kunjungan usaha", "Telepon keluarga", "Kunjungan rumah", "Sidang TPP"),
        strict=False,
    ):
        due = clock.at(clock.day(days), hour, 59 if hour == 23 else 30, zone)
        opened_at = clock.at(clock.day(-7), 11, 0, zone)
        open_task(world, story, TaskKind.VISIT, due_at=due, opened_at=opened_at, title=title)
    for story in mine:
        if story.stages[-1][0] == CaseStatus.INTERVENING and story.assessments and not story.key.startswith("told"):
            wait_for_decision(world, story, InstrumentCode.ADULT, "hijau", begun=6, due=2)
            break


def _suspended(world: World, team: Team, number: int) -> None:
    clock, stream = world.clock, dice("suspended", number)
    opened = clock.day(-stream.randint(200, 400))
    stages = walk_to(CaseStatus.INTERVENING, opened, clock.today, stream)
    stages.append((CaseStatus.SUSPENDED, clock.day(-stream.randint(10, 60))))
    story = open_story(
        world,
        team,
        team.workers[0],
        key=f"suspended:{number}",
        case_type=CaseType.PROBATION,
        person=person_of(world, stream, team.unit.region_id or ""),
        stages=stages,
        referral_source=ReferralSource.PRISON,
    )
    free_on_parole(world, story)
