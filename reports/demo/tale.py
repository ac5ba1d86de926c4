"""One case as it is told: the person, the file, its stages over time, and what every case has."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, field
from random import Random
from typing import Any

from django.contrib.auth.models import Permission

from accounts.enums import AgencyKind
from accounts.models import Region, Staff, Unit
from assessments.catalogue import Instrument
from assessments.models import Assessment, InstrumentVersion
from cases.enums import (
    ACTIVE,
    CaseStatus,
    CaseType,
    ClosureReason,
    DeradStage,
    EventKind,
    GrantSource,
    NikStatus,
    ProbationStage,
    Section,
    Sex,
)
from cases.folding import fold
from cases.models import (
    Address,
    CaseEvent,
    CaseFile,
    CaseLeadPeriod,
    CaseNumber,
    CaseStatusPeriod,
    CaseUserGrant,
    LegalStatus,
    Participant,
    PlannedSession,
    ReturnEvent,
)
from cases.nik import WOMANS_DAYS
from cases.policies import MATRIX, Relation
from partners.models import PartnerOrganisation, ServiceOffer
from programs.models import Plan
from reports.demo.book import Book, code, dice, with_code
from reports.demo.clock import Clock
from reports.demo.names import Names
from reports.demo.staff import People, Team
from reports.demo.stages import ATENSI, DERAD, PROBATION

S = CaseStatus
ALL_SECTIONS = [section.value for section in MATRIX[Relation.CASELOAD]]


@dataclass
class Story:
    case: CaseFile
    person: Participant
    team: Team
    worker: Staff | None
    stream: Random
    opened: dt.date
    closed: dt.date | None
    stages: list[tuple[CaseStatus, dt.date]]
    district: str
    key: str = ""
    assessments: list[Assessment] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    referrals: int = 0
    legal: list[LegalStatus] = field(default_factory=list)
    returns: list[ReturnEvent] = field(default_factory=list)
    # The nearest open due date and the newest contact, copied to the case before it is written.
    due: list[dt.datetime] = field(default_factory=list)
    contacts: list[dt.datetime] = field(default_factory=list)

    @property
    def unit(self) -> Unit:
        return self.team.unit

    @property
    def by(self) -> Staff:
        """Who writes in this file."""
        return self.worker or self.team.lead

    @property
    def is_active(self) -> bool:
        return self.case.status in ACTIVE

    @property
    def is_child(self) -> bool:
        return self.case.for_child

    def ends(self, clock: Clock) -> dt.date:
        return self.closed or clock.today

    def since(self, status: CaseStatus) -> dt.date | None:
        """The first day of a stage; None where the case never came to it."""
        return next((day for known, day in self.stages if known == status), None)


@dataclass
class World:
    clock: Clock
    book: Book
    names: Names
    people: People
    view: Permission
    instruments: dict[str, InstrumentVersion]
    districts: dict[str, list[str]]
    share: float
    region_names: dict[str, str]
    stories: list[Story] = field(default_factory=list)
    co_workers: list[tuple[CaseFile, Staff]] = field(default_factory=list)
    # A planned session and the one that it was moved from.
    chains: list[tuple[PlannedSession, PlannedSession]] = field(default_factory=list)
    # Partner, offer (or the partner itself) and the regions that are linked once both have a key.
    directory: list[tuple[PartnerOrganisation, ServiceOffer | None, list[str]]] = field(default_factory=list)

    def parsed(self, code: str) -> Instrument:
        return self.instruments[code].parsed

    def of_unit(self, code: str) -> list[Story]:
        return [story for story in self.stories if story.unit.code == code]

    def scaled(self, number: int, least: int = 1) -> int:
        """``number`` of the full demo at the scale of this load."""
        return number if self.share == 1 else max(least, round(number * self.share))

    def event(
        self,
        story: Story,
        kind: EventKind,
        section: Section,
        at: dt.datetime,
        *,
        by: Staff | None = None,
        summary: str = "",
        path: str = "",
        recorded_at: dt.datetime | None = None,
    ) -> None:
        self.book.add(
            CaseEvent(
                case=story.case,
                kind=kind,
                section=section,
                at=at,
                recorded_at=recorded_at or at,
                actor=by or story.by,
                summary=summary[:400],
                path=path,
            ),
            at=at,
        )


def districts() -> dict[str, list[str]]:
    """District codes by regency and by province."""
    found: dict[str, list[str]] = {}
    for district in Region.objects.filter(level="district").order_by("code").values_list("code", flat=True):
        found.setdefault(district[:5], []).append(district)
        found.setdefault(district[:2], []).append(district)
    return found


def _give_number(person: Participant, district: str, stream: Random) -> None:
    """A NIK of the right shape for most adults and half of the children. No registry counts up to these serials."""
    adult = not person.is_child
    if person.birth_date is None or stream.random() > (0.85 if adult else 0.5):
        person.nik_status = NikStatus.UNKNOWN if adult else stream.choice([NikStatus.NONE_YET, NikStatus.IN_PROCESS])
        return
    born = person.birth_date
    day = born.day + (WOMANS_DAYS if person.sex == Sex.FEMALE else 0)
    region = district.replace(".", "")[:6]
    person.nik = f"{region}{day:02}{born.month:02}{born.year % 100:02}{stream.randrange(9_900, 10_000)}"


def open_story(
    world: World,
    team: Team,
    worker: Staff | None,
    *,
    key: str,
    case_type: CaseType,
    person: dict[str, Any] | Participant,
    stages: list[tuple[CaseStatus, dt.date]],
    told_code: str = "",
    district: str = "",
    line: str = "",
    access_note: str = "",
    **fields: Any,
) -> Story:
    """Begin a case: person, file, periods, grant, address and the lines of the timeline that its stages leave."""
    clock, book, unit = world.clock, world.book, team.unit
    stream = dice("case", key)
    opened = stages[0][1]
    closed = stages[-1][1] if stages[-1][0] == S.CLOSED else None
    at = clock.past(clock.at(opened, 8, stream.randrange(60), unit.zone))
    area = unit.region_id or "31.75"
    district = district or stream.choice(world.districts.get(area) or world.districts[area[:2]])
    if isinstance(person, dict):
        participant = Participant(**person)
        participant.name_key = fold(participant.full_name)  # bulk_create does not call save()
        _give_number(participant, district, dice("nik", key))
        book.add(participant, at=at)
        ward = dice("ward", key)
        book.add(
            Address(
                participant=participant,
                region_id=district,
                line=line,
                rt=str(ward.randrange(1, 12)),
                rw=str(ward.randrange(1, 9)),
                access_note=access_note,
                valid_from=opened,
            ),
            at=at,
        )
    else:
        participant = person
    case = CaseFile(
        participant=participant,
        case_type=case_type,
        lead_unit=unit,
        lead_agency=unit.agency,
        lead_worker=worker,
        status=stages[-1][0],
        opened_at=at,
        is_child_file=case_type == CaseType.SOCIAL_CHILD or participant.is_child_on(opened),
        is_victim_file=case_type == CaseType.VICTIM,
        version=len(stages),
        **fields,
    )
    if closed is not None:
        case.closed_at = clock.past(clock.at(closed, 15, 30, unit.zone))
        case.sealed_at = case.closed_at if case.is_child_file else None
        case.closure_reason = fields.get("closure_reason") or _reason(stream)
        if case.closure_reason in (ClosureReason.COMPLETED, ClosureReason.FULL_RELEASE):
            case.aftercare_until = closed + dt.timedelta(days=180)
        else:
            case.closure_note = "Disepakati bersama; berkas dapat dibuka kembali bila diperlukan."
    story = Story(case, participant, team, worker, stream, opened, closed, stages, district, key)
    book.add(with_code(case, told_code or code(stream)), at=at)
    _tell_stages(world, story)
    _give(world, story, at)
    world.stories.append(story)
    return story


def _reason(stream: Random) -> ClosureReason:
    return stream.choices(
        [ClosureReason.COMPLETED, ClosureReason.FULL_RELEASE, ClosureReason.MOVED, ClosureReason.DECLINED],
        [70, 12, 13, 5],
    )[0]


def _names_of_stage(story: Story, status: CaseStatus, *, late: bool) -> dict[str, str]:
    kind = story.unit.agency.kind
    names = {"derad_stage": "", "probation_stage": "", "atensi_phase": ""}
    if kind == AgencyKind.KEMENSOS:
        names["atensi_phase"] = ATENSI.get(status, "")
        return names
    if story.is_child:
        return names
    names["derad_stage"] = DeradStage.REEDUCATION if late else DERAD.get(status, "")
    if kind == AgencyKind.DITJENPAS:
        names["probation_stage"] = ProbationStage.CONTINUED if late else PROBATION.get(status, "")
    return names


def _tell_stages(world: World, story: Story) -> None:
    """Periods without a gap from the opening on, and a line for each move."""
    clock, zone = world.clock, story.unit.zone
    steps: list[tuple[dt.datetime, CaseStatus, dict[str, str]]] = []
    for number, (status, day) in enumerate(story.stages):
        at = story.case.opened_at if number == 0 else clock.past(clock.at(day, 10, 5 + number, zone))
        if status == S.CLOSED:
            # The names of the last stage stay on a closed file.
            steps.append((story.case.closed_at or at, status, steps[-1][2]))
            continue
        steps.append((at, status, _names_of_stage(story, status, late=False)))
        following = story.stages[number + 1][1] if number + 1 < len(story.stages) else clock.today
        if status == S.INTERVENING and (following - day).days > 60 and not story.is_child:
            middle = clock.at(day + (following - day) * 45 // 100, 11, 20, zone)
            names = _names_of_stage(story, status, late=True)
            if names != steps[-1][2]:
                steps.append((middle, status, names))
    for (at, status, names), following in itertools.zip_longest(steps, [step[0] for step in steps[1:]]):
        world.book.add(
            CaseStatusPeriod(case=story.case, status=status, started_at=at, ended_at=following, **names), at=at
        )
    for name, value in steps[-1][2].items():
        setattr(story.case, name, value)
    world.event(story, EventKind.CASE_OPENED, Section.SUMMARY, steps[0][0])
    past_closing = False
    for (at, status, _names), (_at, before, _before) in zip(steps[1:], steps, strict=False):
        kind = {S.CLOSED: EventKind.CASE_CLOSED, S.SUSPENDED: EventKind.CASE_SUSPENDED}.get(status)
        if kind is None:
            kind = EventKind.STAGE_MOVED if status != before else None
            if before == S.CLOSED:
                kind, past_closing = EventKind.CASE_REOPENED, True
            elif before == S.SUSPENDED:
                kind = EventKind.CASE_RESUMED
        decided = kind not in (None, EventKind.STAGE_MOVED)
        if kind is not None:
            summary = {EventKind.STAGE_MOVED: status, EventKind.CASE_CLOSED: story.case.closure_reason}.get(kind, "")
            if kind == EventKind.CASE_REOPENED and past_closing:
                summary = "Dukungan diperlukan lagi."
            by = story.team.lead if decided else story.by
            world.event(story, kind, Section.SUMMARY, at, by=by, summary=summary)


def _give(world: World, story: Story, at: dt.datetime) -> None:
    """The lead period and the caseload's grant, the same worker in both and in the column."""
    case, worker = story.case, story.worker
    former = next((person for person in story.team.workers if person is not worker), None)
    began = at
    handed_over = (
        worker is not None
        and former is not None
        and not story.key.startswith("told")
        and story.stream.random() < 0.08
        and (story.ends(world.clock) - story.opened).days > 200
    )
    if handed_over:
        assert former is not None
        assert worker is not None
        began = world.clock.at(story.opened + dt.timedelta(days=100), 9, 15, story.unit.zone)
        _hold(world, story, former, at, began)
        world.event(
            story, EventKind.WORKER_ASSIGNED, Section.SUMMARY, began, by=story.team.lead, summary=worker.full_name
        )
        world.book.add(
            CaseLeadPeriod(case=case, lead_unit=story.unit, lead_worker=former, started_at=at, ended_at=began), at=at
        )
    world.book.add(CaseLeadPeriod(case=case, lead_unit=story.unit, lead_worker=worker, started_at=began), at=began)
    if worker is not None:
        _hold(world, story, worker, began, None)


def _hold(world: World, story: Story, worker: Staff, begin: dt.datetime, end: dt.datetime | None) -> None:
    giver = worker if begin == story.case.opened_at else story.team.lead
    hold_case(world, story.case, worker, by=giver, begin=begin, end=end)


def hold_case(
    world: World, case: CaseFile, worker: Staff, *, by: Staff, begin: dt.datetime, end: dt.datetime | None = None
) -> None:
    """The grant that puts a case on a caseload."""
    world.book.add(
        CaseUserGrant(
            user=worker,
            permission=world.view,
            content_object=case,
            sections=ALL_SECTIONS,
            source=GrantSource.CASELOAD,
            lawful_basis=case.legal_basis,
            reason="caseload",
            can_edit=True,
            granted_by=by,
            granted_at=begin,
            starts_at=begin,
            expires_at=end,
        ),
        at=begin,
    )


def add_co_worker(world: World, story: Story, worker: Staff) -> tuple[CaseFile, Staff]:
    """A second worker: a grant now, and the pair for the list's column, which is written after the case."""
    _hold(world, story, worker, story.case.opened_at, None)
    return story.case, worker


def number(world: World) -> None:
    """File numbers by unit and year in the order of opening, and the counters that go on from there."""
    last: dict[tuple[str, int], int] = {}
    units = {story.unit.code: story.unit for story in world.stories}
    for story in sorted(world.stories, key=lambda story: (story.unit.code, story.case.opened_at, story.key)):
        key = (story.unit.code, story.case.opened_at.astimezone(story.unit.zone).year)
        last[key] = last.get(key, 0) + 1
        story.case.case_no = f"{key[0].upper()}/{key[1]}/{last[key]:04d}"
    opened = {story.case.case_no: story.case.opened_at for story in world.stories}
    for (unit_code, year), count in last.items():
        at = max(opened[f"{unit_code.upper()}/{year}/{n:04d}"] for n in range(1, count + 1))
        world.book.add(CaseNumber(unit=units[unit_code], year=year, last=count), at=at)
    by_case = {id(story.case): story.case.case_no for story in world.stories}
    for event in world.book.of(CaseEvent):
        if event.kind == EventKind.CASE_OPENED:
            event.summary = by_case[id(event.case)]
