"""Adults whom other agencies serve: BNPT's partners, families in Central Sulawesi, survivors."""

from __future__ import annotations

import datetime as dt

from assessments.enums import InstrumentCode
from cases.enums import CaseType, ClosureReason, ReferralSource, TaskKind
from reports.demo.adults import later_tasks, person_of, reassessment_due, wholly_free
from reports.demo.book import dice
from reports.demo.contacts import meet_over_time
from reports.demo.judgements import assess_over_time
from reports.demo.stages import walk
from reports.demo.tale import World, open_story
from reports.demo.work import open_task


def partners_of_deradicalisation(world: World) -> None:
    """Mitra deradikalisasi of the team outside prisons; some were clients of a Bapas before."""
    team, clock = world.people.teams["derad-luar-lapas"], world.clock
    former = [
        story for story in world.stories if story.closed and story.case.closure_reason == ClosureReason.COMPLETED
    ]
    for number in range(world.scaled(19, 8)):
        stream = dice("mitra", number)
        active = number < world.scaled(14, 6)
        opened = clock.day(-stream.randint(30, 700))
        closes = not active and opened < clock.day(-230)
        until = clock.day(-stream.randint(5, 40)) if closes else clock.today
        known = former[number * 5] if number < 3 and len(former) > number * 5 else None
        story = open_story(
            world,
            team,
            team.workers[0 if number % 3 else -1],
            key=f"mitra:{number}",
            case_type=CaseType.MITRA_DERAD,
            person=known.person if known else person_of(world, stream, stream.choice(["32.01", "32.75", "36.71"])),
            stages=walk(opened, until, stream, closes=closes),
            district=stream.choice(world.districts[stream.choice(["32.01", "32.75", "36.71", "33.72"])]),
            referral_source=stream.choice([ReferralSource.BNPT, ReferralSource.PRISON]),
        )
        wholly_free(world, story, opened - dt.timedelta(days=stream.randint(20, 200)))
        assess_over_time(world, story, InstrumentCode.ADULT)
        meet_over_time(world, story, every=26)
        later_tasks(world, story)
        reassessment_due(world, story)
    mine = [story for story in world.of_unit(team.unit.code) if story.worker is team.workers[0] and story.is_active]
    for story, days, hour in zip(mine, (0, 1, 4), (10, 14, 9), strict=False):
        due = clock.at(clock.day(days), hour, 0, story.unit.zone)
        opened_at = clock.at(clock.day(-6), 15, 0, story.unit.zone)
        open_task(world, story, TaskKind.VISIT, due_at=due, opened_at=opened_at, title="Kunjungan rumah")


def families_in_sulawesi(world: World) -> None:
    """Adults at Sentra Nipotowe: former prisoners with a business of their own, and relatives."""
    team, clock = world.people.teams["st-nipotowe-palu"], world.clock
    for number in range(world.scaled(20, 4)):
        stream = dice("nipotowe", number)
        relative = number % 5 == 4
        opened = clock.day(-stream.randint(160, 700))
        closes = number % 6 == 5 and opened < clock.day(-300)
        until = clock.day(-stream.randint(10, 90)) if closes else clock.today
        story = open_story(
            world,
            team,
            team.workers[number % len(team.workers)],
            key=f"nipotowe:{number}",
            case_type=CaseType.FAMILY if relative else CaseType.SOCIAL_ADULT,
            person=person_of(world, stream, "72", woman=relative),
            stages=walk(opened, until, stream, closes=closes),
            district=stream.choice(world.districts[stream.choice(["72.71", "72.02", "72.10", "72.08"])]),
            referral_source=ReferralSource.SOCIAL_OFFICE,
        )
        if not relative:
            wholly_free(world, story, opened - dt.timedelta(days=stream.randint(30, 300)))
        assess_over_time(world, story, InstrumentCode.ADULT)
        meet_over_time(world, story, every=24)
        later_tasks(world, story)
        reassessment_due(world, story)


def survivors(world: World) -> None:
    """Survivors at Sentra Pangudi Luhur: needs alone, no colour, never beside the others (ET-15)."""
    team, clock = world.people.teams["st-pangudi-luhur-bekasi"], world.clock
    for number in range(world.scaled(9, 3)):
        stream = dice("survivor", number)
        opened = clock.day(-stream.randint(60, 500))
        story = open_story(
            world,
            team,
            team.workers[0],
            key=f"survivor:{number}",
            case_type=CaseType.VICTIM,
            person=person_of(world, stream, "32", woman=stream.random() < 0.6),
            stages=walk(opened, clock.today, stream, closes=False),
            referral_source=ReferralSource.SELF,
        )
        assess_over_time(world, story, InstrumentCode.ADULT)
        meet_over_time(world, story)
        later_tasks(world, story)
        reassessment_due(world, story)
