"""Plans with goals in the participant's own words: one edition after the other, and those still to be approved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from assessments.enums import InstrumentCode
from assessments.models import Assessment
from cases.enums import CaseStatus, EventKind, Section, TaskKind
from cases.sentence import end_of
from programs.enums import Approach, GoalStatus, GoalType, InterventionStatus, PlanStatus
from programs.models import Goal, Intervention, Plan
from programs.workflow.duties import review_source
from reports.demo import words
from reports.demo.book import dice
from reports.demo.tale import Story, World
from reports.demo.work import open_task

G = GoalStatus
LENGTH = 175
# Which item of the assessment each service answers, and what kind of goal that makes.
ANSWERS = {
    "USAHA": (["F1"], GoalType.MEET_NEED),
    "VOKASI": (["F2"], GoalType.MEET_NEED),
    "DUKKEL": (["E1", "G2"], GoalType.BUILD_STRENGTH),
    "KONSELING": (["D3"], GoalType.MEET_NEED),
    "MENTOR": (["B4", "G2"], GoalType.REDUCE_RISK),
    "DOKUMEN": (["F4"], GoalType.MEET_NEED),
    "MASYARAKAT": (["E4"], GoalType.MEET_NEED),
    "HIDUP": (["E3"], GoalType.MEET_NEED),
    "DIGITAL": (["B2"], GoalType.REDUCE_RISK),
    "KEBANGSAAN": (["A3"], GoalType.REDUCE_RISK),
}
NEEDS_ONLY = ("USAHA", "VOKASI", "DUKKEL", "KONSELING", "DOKUMEN", "MASYARAKAT", "HIDUP")
ANSWERS_OF_CHILDREN = {
    "DOKUMEN": (["F1"], GoalType.MEET_NEED),
    "DIDIK": (["D1", "D2"], GoalType.MEET_NEED),
    "TERAPI_PSI": (["E1", "E3"], GoalType.MEET_NEED),
    "ASUH": (["C1", "C4"], GoalType.BUILD_STRENGTH),
    "VOKASI": (["D3"], GoalType.BUILD_STRENGTH),
}
FREQUENCIES = ("Tiap pekan", "Dua kali sebulan", "Sebulan sekali", "Sesuai kebutuhan")
Row = tuple[str, str, str, str, int, int]
# Goals of the screens: service, words, measure, items, progress, days until due.
TOLD: dict[str, tuple[tuple[str, str, str, list[str], int, int], ...]] = {
    "K7M4-29QX": (
        ("USAHA", "Bengkel saya jalan tanpa utang.", "Tiga bulan tanpa pinjaman baru", ["F1", "F3"], 3, 68),
        ("DUKKEL", "Bisa bicara baik-baik dengan bapak.", "Empat pertemuan keluarga", ["E1", "G2"], 2, 96),
        ("MENTOR", "Punya teman baru di kampung.", "Ikut satu kegiatan warga tiap bulan", ["B4"], 1, -4),
    ),
    "P5RJ-58QT": (("USAHA", "Saya mau usaha lele, modal kecil dulu.", "Satu kali panen terjual", ["F1"], 1, 120),),
    "A4HT-72NC": (
        ("DOKUMEN", "Aku punya kartu namaku sendiri.", "Akta kelahiran diterima", ["F1"], 2, 8),
        ("DIDIK", "Aku mau sekolah yang dekat rumah bibi.", "PKBM, kelas 3", ["D1", "D2"], 3, 60),
        ("TERAPI_PSI", "Aku mau punya teman main.", "Kelompok bermain, tiap Rabu", ["E1", "E3"], 2, 45),
    ),
}


def plan(world: World) -> None:
    for story in world.stories:
        if story.assessments and story.case.status != CaseStatus.SUSPENDED:
            _of_case(world, story)
    for story in world.stories:
        if story.case.code == "F6KR-92XB":
            _awaiting(world, story, due=4)
    waiting = [s for s in world.stories if s.case.status == CaseStatus.PLANNING and s.assessments and not s.plans]
    for number, story in enumerate(waiting):
        if number % 3 == 0:
            _awaiting(world, story, due=number % 5 + 1)
        elif number % 3 == 1:
            _edition(world, story, 1, _based_on(story, world.clock.today), world.clock.today, PlanStatus.DRAFT)


def _based_on(story: Story, day: dt.date) -> Assessment | None:
    """The assessment that was final and in force on ``day`` (I-4)."""
    zone = story.unit.zone
    found = [
        row
        for row in story.assessments
        if row.instrument != InstrumentCode.FAMILY
        and row.finalised_at is not None
        and row.next_due is not None
        and row.finalised_at.astimezone(zone).date() < day <= row.next_due
    ]
    return found[-1] if found else None


def _of_case(world: World, story: Story) -> None:
    """One edition after the other from the planning stage on, while an assessment in force carries it."""
    clock, stream = world.clock, dice("plan", story.key)
    began = story.since(CaseStatus.INTERVENING)
    if began is None:
        return
    start = max(began - dt.timedelta(days=5), clock.beginning + dt.timedelta(days=25))
    end, edition = story.ends(clock), 0
    while start < end - dt.timedelta(days=3):
        base = _based_on(story, start)
        if base is None:
            start += dt.timedelta(days=9)
            continue
        edition += 1
        until = start + dt.timedelta(days=LENGTH + stream.randint(-20, 25))
        last = until > clock.today or until >= end
        if last and story.case.code in TOLD:
            _edition(world, story, edition, base, start, PlanStatus.ACTIVE, told=True)
        elif last and story.closed is None:
            _edition(world, story, edition, base, start, PlanStatus.ACTIVE)
        else:
            _edition(world, story, edition, base, start, PlanStatus.COMPLETED, until=min(until, end))
        if last:
            break
        start = until


def _awaiting(world: World, story: Story, *, due: int) -> None:
    base = _based_on(story, world.clock.today)
    if base is None:
        return
    row = _edition(world, story, 1, base, world.clock.day(-2), PlanStatus.SUBMITTED)
    at = row.submitted_at or world.clock.now
    open_task(
        world,
        story,
        TaskKind.APPROVAL,
        due_at=world.clock.at(world.clock.day(due), 16, 0, story.unit.zone),
        opened_at=at,
        title="Rencana layanan",
        assignee=story.team.lead,
        section=Section.PLAN,
        source=lambda: f"plan:{row.pk}:approval",
        path=f"/cases/{story.case.code}/plan/",
    )


def _edition(
    world: World,
    story: Story,
    edition: int,
    base: Assessment | None,
    start: dt.date,
    status: PlanStatus,
    *,
    until: dt.date | None = None,
    told: bool = False,
) -> Plan:
    assert base is not None
    clock, zone, stream = world.clock, story.unit.zone, dice("plan", story.key, edition)
    path = f"/cases/{story.case.code}/plan/"
    at = clock.past(clock.at(start, 11, 10, zone))
    row = Plan(
        case=story.case,
        assessment=base,
        edition=edition,
        approach=_approach(story, stream.random()),
        starts_on=start,
        review_due=start + dt.timedelta(days=stream.choice([90, 120, 180])),
        signed_by_participant=stream.random() < 0.9,
        status=status,
        author=story.by,
    )
    if status == PlanStatus.ACTIVE and row.review_due < clock.day(-12):
        row.review_due = clock.day(stream.randint(-12, 60))
    world.book.add(row, at=at - dt.timedelta(days=2))
    world.event(story, EventKind.PLAN_STARTED, Section.PLAN, at - dt.timedelta(days=2), path=path)
    if status != PlanStatus.DRAFT:
        row.submitted_at = clock.past(at - dt.timedelta(days=1))
        world.event(story, EventKind.PLAN_SUBMITTED, Section.PLAN, row.submitted_at, path=path)
    if status in (PlanStatus.ACTIVE, PlanStatus.COMPLETED):
        row.approved_at, row.approved_by = at, story.team.lead
        world.event(story, EventKind.PLAN_APPROVED, Section.PLAN, at, by=story.team.lead, path=path)
    if status == PlanStatus.COMPLETED:
        assert until is not None
        row.ended_at = clock.past(clock.at(until, 11, 9, zone))
    _goals(world, story, row, told=told)
    story.plans.append(row)
    return row


def _approach(story: Story, chance: float) -> list[str]:
    if story.case.case_type == "rehabilitasi_sosial_anak":
        return [Approach.RESIDENTIAL, Approach.FAMILY] if chance < 0.4 else [Approach.FAMILY, Approach.COMMUNITY]
    return [Approach.COMMUNITY] if chance < 0.4 else [Approach.FAMILY, Approach.COMMUNITY]


def _goals(world: World, story: Story, plan: Plan, *, told: bool) -> None:
    stream, clock = dice("goals", story.key, plan.edition), world.clock
    if told:
        for code, text, measure, items, progress, due in TOLD[story.case.code]:
            kind = (ANSWERS_OF_CHILDREN if story.is_child else ANSWERS)[code][1]
            _goal(world, story, plan, code, kind, text, measure, items, clock.day(due), progress)
        return
    if story.is_child:
        # Basic needs, learning, and feelings: the three tracks of the source (S-P10), not yet whole for some.
        codes = ["DOKUMEN" if stream.random() < 0.6 else "ASUH", "DIDIK", "TERAPI_PSI"]
        if stream.random() < 0.18:
            codes.pop(stream.randrange(3))
    else:
        known = NEEDS_ONLY if plan.assessment.mode != "lengkap" else tuple(ANSWERS)
        codes = stream.sample(known, stream.choice([2, 2, 3, 3, 4]))
    for code in codes:
        items, kind = (ANSWERS_OF_CHILDREN if story.is_child else ANSWERS)[code]
        text, measure = words.GOALS_OF_CHILDREN[code] if story.is_child else stream.choice(words.GOALS[code])
        due = plan.starts_on + dt.timedelta(days=stream.randint(60, 170))
        _goal(world, story, plan, code, kind, text, measure, items, due, None)


def _goal(
    world: World,
    story: Story,
    plan: Plan,
    code: str,
    kind: GoalType,
    text: str,
    measure: str,
    items: list[str],
    due: dt.date,
    progress: int | None,
) -> None:
    """A goal with one service; how far it has come follows from the plan's state and from its due date."""
    stream, clock = dice("goal", story.key, plan.edition, code), world.clock
    is_new = plan.status in (PlanStatus.DRAFT, PlanStatus.SUBMITTED)
    row = Goal(plan=plan, type=kind, text=text, measure=measure, items=items, due_on=due)
    at = plan.created_at
    service: dict[str, Any] = {"status": InterventionStatus.PLANNED}
    if not is_new:
        row.status = G.IN_PROGRESS
        row.progress = progress if progress is not None else stream.choice([1, 1, 2, 2, 3])
        service = {"status": InterventionStatus.RUNNING, "starts_on": plan.starts_on}
    over = progress is None and not is_new and (plan.status == PlanStatus.COMPLETED or due < clock.day(-8))
    if over and stream.random() < 0.93:
        row.status = stream.choices([G.ACHIEVED, G.PARTLY_ACHIEVED, G.NOT_ACHIEVED, G.DROPPED], [46, 29, 18, 7])[0]
        row.progress = {G.ACHIEVED: 4, G.PARTLY_ACHIEVED: 3}.get(row.status, 1)
        limit = plan.ended_at.date() if plan.ended_at else clock.today
        row.closed_on = min(due + dt.timedelta(days=stream.randint(-12, 6)), limit)
        closed_at = clock.past(clock.at(row.closed_on, 14, 5, story.unit.zone))
        world.event(
            story,
            EventKind.GOAL_UPDATED,
            Section.PLAN,
            closed_at,
            summary=text,
            path=f"/cases/{story.case.code}/plan/",
        )
        service = {
            "status": InterventionStatus.ENDED if row.status != G.DROPPED else InterventionStatus.STOPPED,
            "starts_on": plan.starts_on,
            "ends_on": max(row.closed_on, plan.starts_on),
        }
        row.version = 3
    elif plan.status == PlanStatus.COMPLETED:
        service = {
            "status": InterventionStatus.ENDED,
            "starts_on": plan.starts_on,
            "ends_on": plan.ended_at.date() if plan.ended_at else plan.starts_on,
        }
    world.book.add(row, at=at)
    if row.status == G.ACHIEVED and story.closed is not None:
        story.case.goals_met.append(row.code)
    setting = Approach.RESIDENTIAL if Approach.RESIDENTIAL in plan.approach and code != "DUKKEL" else plan.approach[-1]
    intervention = Intervention(
        goal=row, intervention_code=code, setting=setting, frequency=stream.choice(FREQUENCIES), **service
    )
    world.book.add(intervention, at=at)


def review_tasks(world: World) -> None:
    """A plan whose review is near or past is somebody's work."""
    for story in world.stories:
        for row in story.plans:
            if row.status != PlanStatus.ACTIVE or not story.is_active or row.review_due > world.clock.day(10):
                continue
            open_task(
                world,
                story,
                TaskKind.PLAN,
                due_at=end_of(row.review_due, story.unit.zone),
                opened_at=world.clock.at(min(row.review_due, world.clock.today) - dt.timedelta(days=14), 5),
                section=Section.PLAN,
                source=_review(row),
                path=f"/cases/{story.case.code}/plan/",
            )


def _review(plan: Plan) -> Callable[[], str]:
    """Keys are known only once the rows are written."""
    return lambda: review_source(plan)
