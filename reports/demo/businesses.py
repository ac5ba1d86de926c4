"""Economic support: thirty people in Central Sulawesi (S-N7) and some in East Java, and how their businesses do."""

from __future__ import annotations

import datetime as dt

from cases.enums import CaseStatus, CaseType, EventKind, Section, TaskKind
from cases.sentence import end_of
from programs.enums import SupportChannel, SupportType
from programs.models import BusinessFollowUp, EconomicSupport
from programs.workflow.supports import FOLLOW_UP_MONTHS
from reports.demo.book import dice
from reports.demo.tale import Story, World
from reports.demo.work import open_task

IN_SULAWESI = 30
KINDS = (
    ("Bengkel motor", SupportType.TOOLS, 6_500_000),
    ("Cuci kendaraan", SupportType.TOOLS, 5_200_000),
    ("Budidaya lele", SupportType.LIVESTOCK, 4_800_000),
    ("Ternak kambing", SupportType.LIVESTOCK, 9_000_000),
    ("Kue dan katering", SupportType.MATERIAL, 3_750_000),
    ("Warung sembako", SupportType.CAPITAL, 5_000_000),
    ("Kedai kopi", SupportType.CAPITAL, 4_000_000),
)
PROBLEMS = ("Harga pakan naik", "Pelanggan belum tetap", "Alat rusak, sedang diperbaiki", "Musim hujan")


def support(world: World) -> None:
    sulawesi = [
        story
        for unit_code in ("st-nipotowe-palu", "bps-plu")
        for story in world.of_unit(unit_code)
        if story.case.case_type in (CaseType.PROBATION, CaseType.SOCIAL_ADULT) and _served_long_enough(world, story)
    ]
    wanted = world.scaled(IN_SULAWESI, 3)
    if len(sulawesi) < wanted:
        raise RuntimeError("Too few people in Central Sulawesi were served long enough for a business of their own.")
    for number, story in enumerate(sulawesi[:wanted]):
        _give(world, story, number)
    by_code = {story.case.code: story for story in world.stories}
    _give(world, by_code["K7M4-29QX"], 0)
    java = [story for code in ("bps-mlg", "bps-sby", "bps-ska") for story in world.of_unit(code)]
    for number, story in enumerate(java):
        if number % 9 == 4 and _served_long_enough(world, story) and not story.is_child:
            _give(world, story, number)


def _served_long_enough(world: World, story: Story) -> bool:
    began = story.since(CaseStatus.INTERVENING)
    return began is not None and (story.ends(world.clock) - max(began, world.clock.beginning)).days > 25


def _give(world: World, story: Story, number: int) -> None:
    clock, stream, zone = world.clock, dice("support", story.key), story.unit.zone
    began = story.since(CaseStatus.INTERVENING)
    assert began is not None
    began = max(began, clock.beginning)
    span = (story.ends(clock) - began).days
    handed_over = began + dt.timedelta(days=min(span - 5, 15 + (number * 29) % max(20, span - 10)))
    kind, type_, value = KINDS[number % len(KINDS)]
    at = clock.past(clock.at(handed_over, 11, 0, zone))
    row = EconomicSupport(
        case=story.case,
        type=type_,
        value_idr=value + 250_000 * stream.randint(-3, 5),
        handed_over_on=handed_over,
        channel=stream.choices([SupportChannel.DIRECT, SupportChannel.FAMILY, SupportChannel.LKS], [55, 25, 20])[0],
        business_kind=kind,
        region_id=story.district,
        recorded_by=story.by,
    )
    world.book.add(row, at=at)
    world.event(
        story,
        EventKind.SUPPORT_GIVEN,
        Section.PROGRAMS,
        at,
        summary=kind,
        path=f"/cases/{story.case.code}/programs/",
    )
    is_running = True
    for month in FOLLOW_UP_MONTHS:
        due = BusinessFollowUp.due_after(handed_over, month)
        visit = BusinessFollowUp(support=row, month=month, due_on=due)
        visited_on = due + dt.timedelta(days=stream.randint(-3, 9))
        within = visited_on < clock.today and (story.closed is None or visited_on <= story.closed)
        if within and stream.random() < 0.87:
            is_running = is_running and stream.random() < 0.9
            visit.visited_on = visited_on
            visit.running = BusinessFollowUp.Running.YES if is_running else BusinessFollowUp.Running.NO
            visit.jobs = stream.choice([1, 1, 2, 3]) if is_running else 0
            visit.problem = stream.choice(PROBLEMS) if stream.random() < 0.35 else ""
            visit.version = 2
        world.book.add(visit, at=clock.past(clock.at(visited_on, 12, 0, zone)) if visit.visited_on else at)
        soon = clock.day(-25) <= due <= clock.day(20)
        if visit.visited_on is None and soon and story.is_active:
            open_task(
                world,
                story,
                TaskKind.VISIT,
                due_at=end_of(due, zone),
                opened_at=clock.at(min(due, clock.today) - dt.timedelta(days=14), 8, 0, zone),
                title=f"Tindak lanjut usaha, bulan ke-{month}",
                section=Section.PROGRAMS,
                path=f"/cases/{story.case.code}/programs/",
            )
