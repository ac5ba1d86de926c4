"""Programmes of units and of the partner: cohorts finished and running, sessions, seats and attendance."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random

from accounts.enums import Role
from accounts.models import Staff, Unit
from cases.enums import CaseStatus, CaseType, EventKind, Section
from programs.enums import AttendanceMark, CohortStatus, EnrolmentStatus, ProgrammeKind
from programs.models import Attendance, Cohort, Enrolment, EnrolmentPeriod, Programme, Session
from reports.demo.book import dice
from reports.demo.staff import TITI_HARAPAN
from reports.demo.tale import Story, World

E, M = EnrolmentStatus, AttendanceMark
ENDED = (E.COMPLETED, E.WITHDRAWN, E.REMOVED)
ADULTS = (CaseType.PROBATION, CaseType.SOCIAL_ADULT, CaseType.MITRA_DERAD, CaseType.FAMILY)


@dataclass(frozen=True)
class Course:
    """How one programme is run: by whom, where, for whose people, and how often."""

    title: str
    owner: str
    from_units: tuple[str, ...]
    place: str
    topics: tuple[str, ...]
    for_children: bool = False
    for_victims: bool = False
    every_quarters: int = 1
    kind: ProgrammeKind | None = None  # set: the programme is made here; else it is reference data
    code: str = ""


WORK = (
    "Mengenal alat",
    "Keselamatan kerja",
    "Praktik dasar",
    "Melayani pelanggan",
    "Menghitung biaya",
    "Praktik mandiri",
    "Penilaian akhir",
)
BUSINESS = (
    "Rencana usaha",
    "Modal dan harga",
    "Catatan keuangan",
    "Pembukuan usaha",
    "Memasarkan",
    "Merawat ternak",
    "Menjual hasil",
    "Penutup",
)
CALM = (
    "Mengenali tanda ketegangan",
    "Menanggapi dengan tenang",
    "Mendengar",
    "Meminta bantuan",
    "Penyelesaian damai",
    "Latihan bersama",
)
PLAY = ("Kenalan", "Kartu perasaan", "Bermain peran", "Menggambar", "Main bersama", "Cerita dan lagu", "Penutup")
CLOTH = ("Membuat pola", "Melipat kain", "Mengikat", "Mewarnai", "Membilas dan menjemur", "Karya sendiri")

COURSES = (
    Course("Bengkel dan cuci kendaraan Griya Abhipraya", "bps-mlg", ("bps-mlg",), "Griya Abhipraya, Pujon", WORK),
    Course("Usaha kecil dan ternak", "bps-mlg", ("bps-mlg",), "Griya Abhipraya, Pujon", BUSINESS, every_quarters=2),
    Course(
        "Manajemen konflik Bapas Surabaya",
        "bps-sby",
        ("bps-sby",),
        "Bapas Surabaya",
        CALM,
        kind=ProgrammeKind.CONFLICT_AND_LIFE,
        code="KONFLIK",
    ),
    Course(
        "Las dan bengkel Bapas Bandung",
        "bps-bdg",
        ("bps-bdg",),
        "Bapas Bandung",
        WORK,
        kind=ProgrammeKind.VOCATIONAL,
        code="VOKASI",
        every_quarters=2,
    ),
    Course(
        "Usaha kue Bapas Surakarta",
        "bps-ska",
        ("bps-ska",),
        "Bapas Surakarta",
        BUSINESS,
        kind=ProgrammeKind.ENTERPRISE,
        code="USAHA",
        every_quarters=2,
    ),
    Course(
        "Manajemen kehidupan Bapas Palu",
        "bps-plu",
        ("bps-plu",),
        "Bapas Palu",
        CALM,
        kind=ProgrammeKind.CONFLICT_AND_LIFE,
        code="KONFLIK",
    ),
    Course(
        "Usaha mandiri Sulawesi Tengah",
        "st-nipotowe-palu",
        ("st-nipotowe-palu", "bps-plu"),
        "Sentra Nipotowe, Palu",
        BUSINESS,
    ),
    Course(
        "Kue dan katering",
        TITI_HARAPAN,
        ("bps-plu", "st-nipotowe-palu"),
        "Rumah Belajar, Poso",
        BUSINESS,
        kind=ProgrammeKind.VOCATIONAL,
        code="VOKASI",
    ),
    Course("Wawasan kebangsaan", "pusat-bnpt", ("derad-luar-lapas",), "Jakarta", CALM, every_quarters=2),
    Course(
        "Batik shibori SKA Bambu Apus",
        "st-handayani-jakarta",
        ("st-handayani-jakarta",),
        "SKA Bambu Apus",
        CLOTH,
        for_children=True,
    ),
    Course(
        "Lilin aromaterapi SKA Bambu Apus",
        "st-handayani-jakarta",
        ("st-handayani-jakarta",),
        "SKA Bambu Apus",
        CLOTH,
        every_quarters=2,
    ),
    Course(
        "Terapi psikososial kelompok",
        "st-handayani-jakarta",
        ("st-handayani-jakarta",),
        "Sentra Handayani",
        PLAY,
        for_children=True,
    ),
    Course(
        "Belajar bersama dan PKBM",
        "st-handayani-jakarta",
        ("st-handayani-jakarta",),
        "PKBM Bambu Apus",
        PLAY,
        for_children=True,
        every_quarters=2,
    ),
    Course(
        "Kelompok saling dukung",
        "st-pangudi-luhur-bekasi",
        ("st-pangudi-luhur-bekasi",),
        "Sentra Pangudi Luhur",
        PLAY,
        for_victims=True,
        kind=ProgrammeKind.REHABILITATION,
        code="KONSELING",
        every_quarters=2,
    ),
)


def run(world: World) -> None:
    programmes = {(row.owner_id, row.title): row for row in Programme.objects.all()}
    units = {unit.code: unit for unit in Unit.objects.all()}
    for course in COURSES:
        owner = units[course.owner]
        programme = programmes.get((owner.pk, course.title))
        if programme is None:
            assert course.kind is not None
            programme = Programme(title=course.title, kind=course.kind, owner=owner, intervention_code=course.code)
            world.book.add(programme, at=world.clock.at(world.clock.beginning, 8))
        _cohorts(world, course, programme)


def _cohorts(world: World, course: Course, programme: Programme) -> None:
    """One cohort in each quarter of the history, one that runs now, and one that is planned."""
    clock = world.clock
    seated: set[int] = set()
    for back in range(8, -2, -1):
        if back > 0 and back % course.every_quarters:
            continue
        start = clock.quarter(back) + dt.timedelta(days=9) if back > 0 else clock.day(-33 if back == 0 else 24)
        weeks = len(course.topics)
        end = start + dt.timedelta(days=7 * weeks + 4)
        status = CohortStatus.FINISHED if back > 0 else CohortStatus.RUNNING if back == 0 else CohortStatus.PLANNED
        if status == CohortStatus.FINISHED and end >= clock.today:
            continue
        region = programme.owner.region_id
        row = Cohort(
            programme=programme,
            name=f"Angkatan {start:%m/%Y}",
            place=course.place,
            region_id=region,
            capacity=8,
            starts_on=start,
            ends_on=end,
            status=status,
            for_victims=course.for_victims,
            for_children=course.for_children,
        )
        world.book.add(row, at=clock.past(clock.at(start - dt.timedelta(days=30), 9)))
        stream = dice("cohort", course.title, back)
        sessions = _sessions(world, course, row, start)
        people = _people(world, course, row, stream, seated)
        for number, story in enumerate(people):
            _seat(world, course, row, sessions, story, stream, number, seated)
        for session in sessions:
            if session.held_on <= clock.today and people:
                session.attendance_taken_at = clock.past(clock.at(session.held_on, 16))


def _facilitator(world: World, course: Course) -> Staff | None:
    if course.owner == TITI_HARAPAN:
        return world.people["petugas.titiharapan"]
    team = world.people.teams.get(course.owner)
    return next((person for person in (team.workers if team else []) if person.role == Role.CASEWORKER), None)


def _sessions(world: World, course: Course, cohort: Cohort, start: dt.date) -> list[Session]:
    sessions = []
    for number, topic in enumerate(course.topics):
        # The cohort that runs now meets today, so that there is attendance to take.
        held_on = start + dt.timedelta(days=7 * number + 5)
        row = Session(cohort=cohort, held_on=held_on, topic=topic, facilitator=_facilitator(world, course))
        sessions.append(world.book.add(row, at=cohort.created_at))
    return sessions


def _people(world: World, course: Course, cohort: Cohort, stream: Random, seated: set[int]) -> list[Story]:
    """Whose case was open and in service when the cohort began, and who has not followed this programme."""
    found = []
    for unit_code in course.from_units:
        for story in world.of_unit(unit_code):
            fits = (
                story.case.case_type == CaseType.VICTIM
                if course.for_victims
                else story.case.case_type != CaseType.VICTIM
            )
            fits = (
                fits
                and story.is_child == course.for_children
                and story.person.is_child_on(cohort.starts_on) == course.for_children
            )
            began = story.since(CaseStatus.PLANNING)
            served = (
                began is not None
                and began <= cohort.starts_on
                and (story.closed is None or story.closed > cohort.ends_on)
            )
            busy = story.case.status == CaseStatus.SUSPENDED or CaseStatus.CLOSED in [s for s, _d in story.stages[:-1]]
            if fits and served and not busy and id(story) not in seated:
                found.append(story)
    told = [story for story in found if story.key.startswith("told") or story.case.code == "T6MN-38KA"]
    rest = [story for story in found if story not in told]
    wanted = stream.randint(5, 8)
    return (told[:2] + stream.sample(rest, min(len(rest), max(0, wanted - len(told[:2])))))[:8]


def _seat(
    world: World,
    course: Course,
    cohort: Cohort,
    sessions: list[Session],
    story: Story,
    stream: Random,
    number: int,
    seated: set[int],
) -> None:
    clock, zone = world.clock, story.unit.zone
    by = _facilitator(world, course) or story.by
    proposed = clock.past(clock.at(cohort.starts_on - dt.timedelta(days=14), 9, number, zone))
    admitted = clock.past(clock.at(cohort.starts_on - dt.timedelta(days=4), 13, number, zone))
    steps: list[tuple[dt.datetime, EnrolmentStatus]] = [(proposed, E.PROPOSED)]
    row = Enrolment(cohort=cohort, programme=cohort.programme, case=story.case, proposed_by=story.by)
    if cohort.status != CohortStatus.PLANNED:
        steps.append((max(admitted, proposed), E.ACTIVE))
        row.started_on = steps[-1][0].astimezone(zone).date()
        world.event(story, EventKind.ENROLLED, Section.PROGRAMS, steps[-1][0], by=by, **_line(story, cohort))
    last_day = cohort.ends_on
    if cohort.status == CohortStatus.FINISHED:
        outcome = stream.choices(ENDED, [78, 16, 6])[0]
        if outcome != E.COMPLETED:
            last_day = sessions[stream.randint(2, 4)].held_on
            row.reason_out = stream.choice(["Mulai bekerja tetap", "Pindah alamat", "Jadwal tidak cocok"])
        else:
            row.outcome = "Tuntas, siap mencoba sendiri"
            row.certificate_no = f"S-{cohort.starts_on:%y%m}-{number + 1:02d}"
        end = clock.past(clock.at(last_day, 17, number, zone))
        steps.append((end, outcome))
        row.ended_on = last_day
        world.event(story, EventKind.ENROLMENT_ENDED, Section.PROGRAMS, end, by=by, **_line(story, cohort))
    elif cohort.status == CohortStatus.RUNNING and number == 6:
        steps.append((clock.past(clock.at(clock.day(-6), 10, 0, zone)), E.PAUSED))
    row.status, row.version = steps[-1][1], len(steps)
    seated.add(id(story))
    world.book.add(row, at=proposed)
    for (begin, status), following in zip(steps, [*(step[0] for step in steps[1:]), None], strict=True):
        world.book.add(EnrolmentPeriod(enrolment=row, status=status, started_at=begin, ended_at=following), at=begin)
    paused_on = clock.day(-6) if row.status == E.PAUSED else None
    for session in sessions:
        if row.started_on is None or session.held_on >= clock.today or session.held_on > last_day:
            continue
        if paused_on is not None and session.held_on >= paused_on:
            continue
        _mark(world, session, row, story, by, stream)


def _line(story: Story, cohort: Cohort) -> dict[str, str]:
    return {"summary": cohort.programme.title, "path": f"/cases/{story.case.code}/programs/"}


def _mark(world: World, session: Session, row: Enrolment, story: Story, by: Staff, stream: Random) -> None:
    mark = stream.choices([M.PRESENT, M.LATE, M.EXCUSED, M.ILL, M.ABSENT], [76, 8, 6, 4, 6])[0]
    at = world.clock.past(world.clock.at(session.held_on, 16, 5, story.unit.zone))
    reason = {M.EXCUSED: "Keperluan keluarga", M.ILL: "Demam"}.get(mark, "")
    world.book.add(Attendance(session=session, enrolment=row, mark=mark, reason=reason, recorded_by=by), at=at)
    path = f"/cases/{story.case.code}/programs/"
    world.event(story, EventKind.ATTENDANCE, Section.PROGRAMS, at, by=by, summary=session.topic, path=path)
