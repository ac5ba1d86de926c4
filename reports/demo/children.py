"""Sentra Handayani: 263 children and relatives served since 2016, with returns from ten countries (S-N2, S-N3)."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from assessments.enums import InstrumentCode
from cases.enums import (
    CaseStatus,
    CaseType,
    ChildCategory,
    DatePrecision,
    NoteType,
    PlaceKind,
    ReferralSource,
    ReturnKind,
    Sex,
    TaskKind,
)
from cases.models import ReturnEvent
from reports.demo.adults import later_tasks, person_of, reassessment_due
from reports.demo.book import dice
from reports.demo.contacts import meet_over_time, write_note
from reports.demo.judgements import History, assess_over_time, ready_to_return, wait_for_decision
from reports.demo.staff import Team
from reports.demo.stages import walk, walk_to
from reports.demo.tale import Story, World, add_co_worker, open_story
from reports.demo.work import open_task

SERVED = 263
ACTIVE_CHILDREN, ACTIVE_RELATIVES = 31, 9
CLOSED_LATELY = 58
FIRST_YEAR = 2016
# The source counts the countries and names none of them; the codes are ours (S-N3).
COUNTRIES = ("TR", "SY", "IQ", "AF", "PH", "MY", "JO", "SA", "EG", "KW")
CATEGORIES = (
    ChildCategory.RETURNED,
    ChildCategory.DEPORTED,
    ChildCategory.NETWORK_VICTIM,
    ChildCategory.CHILD_OF_VICTIM,
    ChildCategory.CHILD_WITNESS,
    ChildCategory.CHILD_OF_WITNESS,
)


def served(world: World) -> None:
    """All of them: told, active, closed within the history, and closed in the years before."""
    team = world.people.teams["st-handayani-jakarta"]
    _laras(world, team)
    _soon_of_age(world, team)
    _age_in_doubt(world, team)
    # Two of those who are active are told above, beside Laras.
    active = world.scaled(ACTIVE_CHILDREN + ACTIVE_RELATIVES, 8) - 2
    lately = world.scaled(CLOSED_LATELY, 6)
    total = world.scaled(SERVED, 26) - 2
    for number in range(1, total):
        if number < active:
            age = dice("handayani", "age", number).choices([20, 45, 90, 150, 240, 330, 420], [1, 1, 2, 2, 2, 1, 1])[0]
            opened, closed = world.clock.day(-age - number % 17), None
        elif number < active + lately:
            window = (world.clock.today - world.clock.beginning).days
            closed = world.clock.day(-5 - (number * 37) % (window - 20))
            opened = closed - dt.timedelta(days=140 + (number * 53) % 260)
        else:
            opened, closed = _before_the_history(world, number - active - lately, total - active - lately)
        _one(world, team, number, opened, closed, lively=number < active + lately)
    _waiting(world, team)


def _before_the_history(world: World, number: int, count: int) -> tuple[dt.date, dt.date]:
    first = dt.date(FIRST_YEAR, 2, 8)
    last = world.clock.beginning - dt.timedelta(days=300)
    opened = first + (last - first) * number // max(1, count)
    return opened, opened + dt.timedelta(days=120 + (number * 41) % 170)


def _waiting(world: World, team: Team) -> None:
    """Two decisions for the coordinator, and work of today for each who signs in."""
    clock, zone = world.clock, team.unit.zone
    stories = [
        story
        for story in world.of_unit(team.unit.code)
        if story.is_child and story.stages[-1][0] == CaseStatus.INTERVENING and story.assessments
    ]
    for story, wish, due in zip(stories[1:3], ("dukungan_rutin", "dukungan_tambahan"), (1, 3), strict=False):
        wait_for_decision(world, story, InstrumentCode.CHILD, wish, begun=6, due=due)
    for username, title in (("peksos.handayani", "Kunjungan sekolah"), ("psikolog.handayani", "Konseling lanjutan")):
        mine = [story for story in stories if story.worker is world.people[username]]
        for story, days in zip(mine, (0, -2), strict=False):
            due_at = clock.at(clock.day(days), 13 if days == 0 else 23, 30 if days == 0 else 59, zone)
            opened_at = clock.at(clock.day(-8), 9, 40, zone)
            open_task(world, story, TaskKind.VISIT, due_at=due_at, opened_at=opened_at, title=title)


def _child(world: World, stream: Random, opened: dt.date) -> dict[str, Any]:
    age, girl = stream.choices([4, 6, 8, 10, 12, 14, 16], [8, 14, 18, 20, 18, 14, 8])[0], stream.random() < 0.5
    return {
        "full_name": world.names.child(stream, girl=girl),
        "sex": Sex.FEMALE if girl else Sex.MALE,
        "birth_date": dt.date(opened.year - age, stream.randint(1, 12), stream.randint(1, 28)),
        "mother_name": world.names.adult(stream, woman=True),
        "safe_contact_method": "Lewat wali",
        "child_category": [stream.choice(CATEGORIES)],
    }


def _one(world: World, team: Team, number: int, opened: dt.date, closed: dt.date | None, *, lively: bool) -> None:
    stream, clock = dice("handayani", number), world.clock
    relative = number % 5 == 3
    kind = (CaseType.FAMILY, CaseType.SOCIAL_ADULT)[number % 15 == 13] if relative else CaseType.SOCIAL_CHILD
    worker = team.workers[number % len(team.workers)]
    story = open_story(
        world,
        team,
        worker,
        key=f"handayani:{number}",
        case_type=kind,
        person=person_of(world, stream, "31", woman=stream.random() < 0.8)
        if relative
        else _child(world, stream, opened),
        stages=walk(opened, closed or clock.today, stream, closes=closed is not None),
        district=stream.choice(world.districts[stream.choice(["31.75", "31.74", "32.75", "36.71"])]),
        referral_source=stream.choice([ReferralSource.SOCIAL_OFFICE, ReferralSource.POLICE, ReferralSource.FAMILY]),
    )
    # The first ten go to ten countries, so that each is there at any scale.
    if number <= len(COUNTRIES) or kind == CaseType.SOCIAL_ADULT or stream.random() < 0.55:
        country = (
            COUNTRIES[number - 1]
            if number <= len(COUNTRIES)
            else stream.choices(COUNTRIES, [30, 22, 6, 7, 9, 9, 5, 5, 4, 3])[0]
        )
        _came_back(world, story, country)
    if not lively:
        _one_line_of_the_past(world, story)
        return
    assess_over_time(world, story, InstrumentCode.ADULT if relative else InstrumentCode.CHILD)
    ready_to_return(world, story)
    meet_over_time(world, story, every=17 if story.is_active else 30)
    later_tasks(world, story)
    reassessment_due(world, story)
    psychologist = world.people["psikolog.handayani"]
    if not relative and story.is_active and worker is not psychologist and number % 3 == 0:
        world.co_workers.append(add_co_worker(world, story, psychologist))
        meet_over_time(world, story, every=35, author=psychologist)


def _came_back(world: World, story: Story, country: str) -> None:
    kind = story.stream.choices([ReturnKind.DEPORTED, ReturnKind.RETURNED, ReturnKind.REPATRIATED], [55, 25, 20])[0]
    row = ReturnEvent(
        case=story.case,
        kind=kind,
        country=country,
        arrived_on=story.opened - dt.timedelta(days=story.stream.randint(3, 30)),
        received_by="Satuan tugas pemulangan",
    )
    world.book.add(row, at=story.case.opened_at)
    story.returns.append(row)


def _one_line_of_the_past(world: World, story: Story) -> None:
    """Files from before the program carry their closing note and no more."""
    assert story.closed is not None
    at = world.clock.at(story.closed, 10, 0, story.unit.zone)
    text = "Kembali ke keluarga; pendampingan diteruskan dinas sosial setempat. Berkas dipindahkan dari arsip kertas."
    write_note(world, story, at, NoteType.FAMILY_MEETING, PlaceKind.FACILITY, 60, text)


def _laras(world: World, team: Team) -> None:
    """The child of the design's screen."""
    clock, nurul = world.clock, world.people["peksos.handayani"]
    opened = clock.day(-204)
    stream = dice("told", "laras")
    story = open_story(
        world,
        team,
        nurul,
        key="told:laras",
        case_type=CaseType.SOCIAL_CHILD,
        person={
            "full_name": "Laras Pertiwi",
            "sex": Sex.FEMALE,
            "birth_date": clock.today.replace(year=clock.today.year - 9, month=1, day=20),
            "mother_name": "Wiji Astuti",
            "safe_contact_method": "Lewat bibi, wali anak",
            "safe_contact_time": "Sore",
            "child_category": [ChildCategory.RETURNED],
        },
        stages=walk_to(CaseStatus.INTERVENING, opened, clock.today, stream, 0.25),
        told_code="A4HT-72NC",
        district="31.75.10" if "31.75.10" in world.districts["31.75"] else world.districts["31.75"][0],
        referral_source=ReferralSource.SOCIAL_OFFICE,
    )
    _came_back(world, story, COUNTRIES[0])
    history = History(world, story, InstrumentCode.CHILD)
    for back, wish in (
        (184, "dukungan_intensif"),
        (150, "dukungan_tambahan"),
        (100, "dukungan_tambahan"),
        (49, "dukungan_tambahan"),
    ):
        history.add(clock.day(-back), wish, decided_after=2, sure=True)
    meet_over_time(world, story, every=9)
    yesterday = clock.at(clock.day(-1), 10, 0, story.unit.zone)
    write_note(
        world,
        story,
        yesterday,
        NoteType.COUNSELLING,
        PlaceKind.FACILITY,
        40,
        "Bermain bersama kelompok. Anak memimpin permainan dan memilih warna kain.",
        participant_words="“Aku mau bawa buku gambarku.”",
    )
    for ahead, title, hour in (
        (2, "Main bersama kelompok", 10),
        (8, "Ambil akta di Dinas Dukcapil", 0),
        (10, "Bertemu guru", 0),
    ):
        due = clock.at(clock.day(ahead), hour or 23, 0 if hour else 59, story.unit.zone)
        open_task(world, story, TaskKind.FOLLOW_UP, due_at=due, opened_at=clock.at(clock.day(-5), 14, 0), title=title)
    world.co_workers.append(add_co_worker(world, story, world.people["psikolog.handayani"]))
    reassessment_due(world, story)


def _soon_of_age(world: World, team: Team) -> None:
    """Eighteen in four weeks: still PKA, and then the person is asked instead of the guardian."""
    clock, nurul = world.clock, world.people["peksos.handayani"]
    born = clock.day(28)
    story = open_story(
        world,
        team,
        nurul,
        key="told:soon-of-age",
        case_type=CaseType.SOCIAL_CHILD,
        person={
            "full_name": "Rizky Ananda Putra",
            "sex": Sex.MALE,
            "birth_date": born.replace(year=born.year - 18, day=min(born.day, 28)),
            "mother_name": "Endang Lestari",
            "safe_contact_method": "Lewat paman, wali anak",
            "child_category": [ChildCategory.DEPORTED],
        },
        stages=walk_to(CaseStatus.INTERVENING, clock.day(-150), clock.today, dice("told", "soon-of-age"), 0.3),
        told_code="D8QX-35HM",
        referral_source=ReferralSource.SOCIAL_OFFICE,
    )
    _came_back(world, story, COUNTRIES[1])
    history = History(world, story, InstrumentCode.CHILD)
    for back, wish in ((130, "dukungan_tambahan"), (70, "dukungan_tambahan")):
        history.add(clock.day(-back), wish, decided_after=2, sure=True)
    meet_over_time(world, story, every=14)
    reassessment_due(world, story)


def _age_in_doubt(world: World, team: Team) -> None:
    """Only the year of birth is known, the one in which people turn 18 now: a child until the supervisor decides."""
    clock, nurul = world.clock, world.people["peksos.handayani"]
    story = open_story(
        world,
        team,
        nurul,
        key="told:age-in-doubt",
        case_type=CaseType.SOCIAL_ADULT,
        person={
            "full_name": "Zainal Arifin Lubis",
            "sex": Sex.MALE,
            "birth_date": dt.date(clock.today.year - 18, 1, 1),
            "birth_date_precision": DatePrecision.YEAR,
            "safe_contact_method": "Lewat pendamping asrama",
        },
        stages=walk_to(CaseStatus.ASSESSING, clock.day(-24), clock.today, dice("told", "age-in-doubt"), 0.4),
        told_code="G6WR-94TB",
        referral_source=ReferralSource.POLICE,
    )
    _came_back(world, story, COUNTRIES[2])
    meet_over_time(world, story, every=8)
