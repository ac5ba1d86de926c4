"""Bapas Malang: eighteen files that the screens of the design show, told by hand on top of a generated past."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from assessments.enums import AssessmentReason, AssessmentStatus, InstrumentCode
from cases.enums import (
    CaseStatus,
    CaseType,
    Channel,
    ChildCategory,
    ExternalInstrument,
    ExternalValue,
    LegalStatusKind,
    NoteType,
    PlaceKind,
    Present,
    ReferralSource,
    Section,
    Sex,
    TaskKind,
)
from cases.models import Draft, LegalStatus
from reports.demo import words
from reports.demo.adults import (
    classified,
    client,
    free_on_parole,
    in_prison,
    judged_elsewhere,
    later_tasks,
    person_of,
    reassessment_due,
)
from reports.demo.book import dice
from reports.demo.contacts import meet_over_time, report_over_time, reporting_since, write_note
from reports.demo.judgements import History, ready_to_return, return_to_rater
from reports.demo.staff import Team
from reports.demo.stages import walk_to
from reports.demo.tale import Story, World, open_story
from reports.demo.work import open_task

S = CaseStatus
FINAL, SUBMITTED = AssessmentStatus.FINAL, AssessmentStatus.SUBMITTED
PUJON, TIRTOYUDO = "35.07.26", "35.07.30"
ADULT = InstrumentCode.ADULT


class Desk:
    """Short hands for telling one case after the other."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clock = world.clock
        self.team: Team = world.people.teams["bps-mlg"]
        self.zone = self.team.unit.zone
        self.ratna, self.dimas, self.lina = (world.people[name] for name in ("pk.malang", "pk2.malang", "pk3.malang"))

    def case(
        self,
        name: str,
        code: str,
        worker: Any,
        status: CaseStatus,
        opened: int,
        *,
        person: dict[str, Any] | None = None,
        district: str = "",
        prison: int | None = None,
        until: int | None = None,
        **fields: Any,
    ) -> Story:
        """A file opened so many days ago; in prison for ``prison`` days more, or on parole for ``until`` days more."""
        clock = self.clock
        stream = dice("told", code)
        story = open_story(
            self.world,
            self.team,
            worker,
            key=f"told:{code}",
            case_type=CaseType.PROBATION,
            person=person_of(self.world, stream, "35", woman=False, name=name) | (person or {}),
            stages=walk_to(status, clock.day(-opened), clock.today, stream),
            told_code=code,
            district=district,
            referral_source=ReferralSource.PRISON,
            **fields,
        )
        if prison is not None:
            in_prison(self.world, story, release=clock.day(prison))
        elif not story.is_child:
            free_on_parole(self.world, story, until=clock.day(until) if until else None)
        return story

    def rated(self, story: Story, *days_and_wishes: tuple[int, str]) -> History:
        """Final assessments, each begun so many days ago."""
        history = History(self.world, story, InstrumentCode.CHILD if story.is_child else ADULT)
        for back, wish in days_and_wishes:
            history.add(self.clock.day(-back), wish, decided_after=2, sure=True)
        return history

    def reports(self, story: Story, days: int, hour: int = 9, minute: int = 0, **fields: Any) -> None:
        due = self.clock.at(self.clock.day(days), hour, minute, self.zone)
        fields.setdefault("missed", 0)
        report_over_time(self.world, story, since=reporting_since(story), next_due=due, **fields)

    def task(
        self, story: Story, kind: TaskKind, days: int, title: str, hour: int | None = None, **fields: Any
    ) -> None:
        due = self.clock.at(self.clock.day(days), *((hour, 30) if hour else (23, 59)), self.zone)
        fields.setdefault("opened_at", self.clock.at(self.clock.day(min(days, 0) - 6), 15, 20, self.zone))
        open_task(self.world, story, kind, due_at=due, title=title, **fields)

    def approval(
        self, story: Story, days: int, title: str, source: Callable[[], str], section: Section, path: str
    ) -> None:
        self.task(
            story, TaskKind.APPROVAL, days, title, assignee=self.team.lead, section=section, source=source, path=path
        )


def tell(world: World) -> None:
    desk = Desk(world)
    _of_ratna(desk)
    _of_dimas(desk)
    _of_lina(desk)
    _who_moves_to_palu(desk)
    wawan = desk.case("Wawan Setyanto", "J5ZK-78HV", None, S.ASSESSING, 9, until=700)
    desk.task(wawan, TaskKind.FOLLOW_UP, 30, "Penilaian awal", assignee=desk.team.lead, section=Section.ASSESSMENT)
    for story in world.of_unit("bps-mlg"):
        reassessment_due(world, story)
    for number in range(world.scaled(14, 3)):
        client(world, desk.team, number, active=False)


def _of_ratna(desk: Desk) -> None:
    world, clock, ratna = desk.world, desk.clock, desk.ratna
    imam = desk.case(
        "Imam Saputra",
        "K7M4-29QX",
        ratna,
        S.INTERVENING,
        275,
        district=PUJON,
        until=477,
        person={
            "birth_date": clock.today.replace(year=clock.today.year - 34, month=1, day=12),
            "phone": "0812-0000-0107",
            "safe_contact_method": "Telepon. Jangan kirim pesan tertulis",
            "safe_contact_time": "Sesudah 17.00",
            "aliases": ["Imam"],
        },
    )
    classified(world, imam, ExternalValue.GREEN, clock.day(-294))
    judged_elsewhere(world, imam, ExternalInstrument.RRI, "Risiko residivisme rendah", clock.day(-296))
    judged_elsewhere(
        world, imam, ExternalInstrument.CRIMINOGENIC, "Kebutuhan: pekerjaan, hubungan sosial", clock.day(-296)
    )
    desk.rated(imam, (258, "kuning"), (168, "kuning"), (76, "kuning"))
    meet_over_time(world, imam, every=15)
    at = clock.at(clock.day(-8), 10, 0, desk.zone)
    write_note(
        world,
        imam,
        at,
        NoteType.HOME_VISIT,
        PlaceKind.HOME,
        45,
        "Bengkel ramai sejak ada tempa rem. Ayah peserta mau ikut duduk, belum mau bicara soal masa lalu.",
        recorded_at=at + dt.timedelta(days=4),
        participant_words="“Bapak sudah mau minum kopi di bengkel.”",
    )
    desk.reports(imam, 0, 9, faithful=True, channel=Channel.OFFICE, place="Kantor Bapas Malang")
    desk.task(imam, TaskKind.FOLLOW_UP, 0, "Persetujuan berbagi data berakhir 5 hari lagi. Tanyakan saat wajib lapor.")

    irfan = desk.case("Irfan Maulana", "R3WD-87KA", ratna, S.INTERVENING, 330, until=300)
    history = desk.rated(irfan, (300, "kuning"), (210, "kuning"), (120, "kuning"), (34, "kuning"))
    _under_pressure(desk, irfan, history)
    desk.reports(irfan, 9)
    meet_over_time(world, irfan)

    teguh = desk.case("Teguh Waluyo", "B7QN-43TS", ratna, S.INTERVENING, 300, until=260)
    history = desk.rated(teguh, (280, "kuning"), (190, "kuning"), (99, "kuning"))
    history.add(clock.day(-1), "kuning", status=AssessmentStatus.DRAFT, only=18)
    desk.reports(teguh, 12)
    meet_over_time(world, teguh)

    hadi = desk.case("Hadi Kurniadi", "M5XC-66PJ", ratna, S.ASSESSING, 41, prison=62)
    desk.rated(hadi, (24, "belum_cukup"))
    desk.task(hadi, TaskKind.FOLLOW_UP, -1, "Litmas untuk sidang TPP, diminta Lapas", section=Section.LEGAL)
    meet_over_time(world, hadi, every=12)
    _draft(desk, hadi)

    rudi = desk.case("Rudi Hermanto", "T9KD-77WE", ratna, S.INTERVENING, 400, district=PUJON, until=190)
    history = desk.rated(rudi, (380, "kuning"), (290, "kuning"), (188, "hijau"))
    _wait_for_decision(desk, rudi, history, "hijau", begun=7, due=0)
    desk.task(rudi, TaskKind.VISIT, 0, "Kunjungan rumah. Sinyal lemah: buka dulu sebelum berangkat.", hour=13)
    desk.reports(rudi, 16)
    meet_over_time(world, rudi)

    sugeng = desk.case("Sugeng Wibisono", "N4YP-38GT", ratna, S.AFTERCARE, 640, until=20)
    desk.rated(sugeng, (620, "kuning"), (530, "kuning"), (440, "hijau"), (255, "hijau"), (75, "hijau"))
    ready_to_return(world, sugeng)
    desk.task(sugeng, TaskKind.FOLLOW_UP, 7, "Siapkan penutupan bersama pengawas")
    desk.task(
        sugeng,
        TaskKind.FOLLOW_UP,
        0,
        "Telepon keluarga tentang jadwal",
        opened_at=clock.at(clock.day(-3), 9, 0, desk.zone),
        done_at=clock.earlier_today(1.5, desk.zone),
        outcome="Telepon dicatat",
    )
    desk.reports(sugeng, 18, faithful=True)
    meet_over_time(world, sugeng)

    slamet = desk.case("Slamet Riyanto", "H2VF-53KB", ratna, S.TRANSITION, 420, until=150)
    desk.rated(slamet, (400, "kuning"), (310, "kuning"), (220, "hijau"), (45, "hijau"))
    desk.reports(slamet, 0, 10, 30, channel=Channel.ONLINE)
    meet_over_time(world, slamet)

    eko = desk.case("Eko Purwanto", "V4TB-29GM", ratna, S.INTERVENING, 260, district=TIRTOYUDO, until=420)
    history = desk.rated(eko, (180, "kuning"), (97, "kuning"))
    returned = history.add(clock.day(-5), "kuning", status=SUBMITTED, reason=AssessmentReason.PERIODIC)
    return_to_rater(world, eko, returned, "Tambah sumber untuk B2.", {"B2": "Baru satu sumber."})
    desk.task(
        eko,
        TaskKind.RETURNED,
        2,
        returned.instrument,
        section=Section.ASSESSMENT,
        source=lambda: f"assessment:{returned.pk}:returned",
        path=f"/assessments/{returned.code}/",
    )
    desk.task(eko, TaskKind.VISIT, 5, "Kunjungan Tirtoyudo")
    desk.reports(eko, 4)
    meet_over_time(world, eko)

    prih = desk.case("Prihadi Santika", "Q8HM-32ZD", ratna, S.PLANNING, 75, prison=84)
    desk.rated(prih, (50, "kuning"))
    desk.task(prih, TaskKind.FOLLOW_UP, 3, "Hadiri sidang TPP", section=Section.LEGAL)
    meet_over_time(world, prih)


def _under_pressure(desk: Desk, story: Story, history: History) -> None:
    """Begun yesterday: one answer opened a protective task by itself, of which some hours are left."""
    at = desk.clock.now - dt.timedelta(hours=18)
    history.add(
        at.astimezone(desk.zone).date(),
        "kuning",
        status=AssessmentStatus.DRAFT,
        only=9,
        reason=AssessmentReason.EVENT,
        change={"B3": 2},
        begun_at=at,
    )


def _wait_for_decision(
    desk: Desk, story: Story, history: History, wish: str, *, begun: int, due: int, **fields: Any
) -> None:
    """Submitted, and a task with the supervisor."""
    row = history.add(desk.clock.day(-begun), wish, status=SUBMITTED, **fields)
    if row.differs_from_guidance:
        row.status = AssessmentStatus.AWAITING_APPROVAL
    desk.approval(
        story,
        due,
        row.instrument,
        lambda: f"assessment:{row.pk}:approval",
        Section.ASSESSMENT,
        f"/assessments/{row.code}/review/",
    )


def _draft(desk: Desk, story: Story) -> None:
    """What was typed on the phone and not sent."""
    at = desk.clock.earlier_today(1, desk.zone)
    desk.world.book.add(
        Draft(
            staff=desk.ratna,
            case=story.case,
            form="note",
            data={
                "type": [NoteType.PHONE.value],
                "opened_at": [at.isoformat()],
                "when": ["now"],
                "present": [Present.PARTNER.value],
                "summary": ["Telepon ke Lapas: berkas litmas kurang surat keluarga."],
                "safety_ok": ["on"],
            },
            saved_at=at,
        ),
        at=at,
    )


def _who_moves_to_palu(desk: Desk) -> None:
    """The nineteenth: Palu's since twelve days ago (reports.demo.moving)."""
    joko = desk.case("Joko Hernawan", "B8WD-57TK", desk.ratna, S.INTERVENING, 170, until=310)
    desk.rated(joko, (150, "kuning"), (40, "hijau"))
    desk.reports(joko, 9)
    meet_over_time(desk.world, joko)


def _of_dimas(desk: Desk) -> None:
    world, dimas = desk.world, desk.dimas
    nanang = desk.case("Nanang Suprapto", "H6VF-53TB", dimas, S.INTERVENING, 310, until=350)
    history = desk.rated(nanang, (290, "kuning"), (200, "kuning"), (101, "kuning"))
    _wait_for_decision(desk, nanang, history, "kuning", begun=9, due=-2, final="hijau", why=words.TOLD_OVERRIDE)
    desk.reports(nanang, 6)

    yayan = desk.case("Yayan Sopandi", "W8JE-25DM", dimas, S.INTERVENING, 220, until=500)
    desk.rated(yayan, (200, "kuning"), (105, "kuning"), (16, "merah"))
    desk.reports(yayan, 12, every=14, missed=2)
    desk.task(yayan, TaskKind.FOLLOW_UP, 3, "Pembahasan kasus")

    andi = desk.case("Andi Kusnadi", "F6KR-92XB", dimas, S.PLANNING, 55, until=640)
    desk.rated(andi, (35, "hijau"))
    desk.reports(andi, 10)

    wahyu = desk.case("Wahyu Setiadi", "D7PB-46NE", dimas, S.INTERVENING, 360, district=PUJON, until=210)
    desk.rated(wahyu, (340, "kuning"), (250, "hijau"), (62, "hijau"))
    desk.reports(wahyu, 21)

    bagas = desk.case("Bagas Irawan", "X3NZ-84QC", dimas, S.TRANSITION, 470, until=120)
    desk.rated(bagas, (450, "merah"), (415, "kuning"), (325, "kuning"), (235, "hijau"), (52, "hijau"))
    ready_to_return(world, bagas)
    desk.reports(bagas, 2)
    desk.task(bagas, TaskKind.VISIT, -3, "Kunjungan tempat kerja")

    agus = desk.case("Agus Priyono", "Y5CW-68HF", dimas, S.ASSESSING, 30, prison=140)
    for story in (nanang, yayan, andi, wahyu, bagas, agus):
        meet_over_time(world, story)
        later_tasks(world, story, chance=0.3)


def _of_lina(desk: Desk) -> None:
    world, clock, lina = desk.world, desk.clock, desk.lina
    born = (clock.today - dt.timedelta(days=70)).replace(day=9)
    dani = desk.case(
        "Dani Pratama",
        "C2GN-64RV",
        lina,
        S.INTERVENING,
        210,
        person={
            "birth_date": born.replace(year=born.year - 15),
            "mother_name": "Sri Pertiwi",
            "child_category": [ChildCategory.CHILD_WITNESS],
            "sex": Sex.MALE,
            "safe_contact_method": "Lewat ibu",
        },
    )
    world.book.add(
        LegalStatus(
            case=dani.case,
            status=LegalStatusKind.CHILD_WITNESS,
            valid_from=dani.opened,
            authority="Pengadilan Negeri",
            document_no=f"PA-14/{dani.opened.year}",
        ),
        at=dani.case.opened_at,
    )
    history = desk.rated(dani, (190, "dukungan_tambahan"), (120, "dukungan_tambahan"), (62, "dukungan_tambahan"))
    _wait_for_decision(desk, dani, history, "dukungan_rutin", begun=4, due=4)
    desk.task(dani, TaskKind.VISIT, 8, "Kunjungan sekolah")
    nuraini = desk.case(
        "Nuraini Safitri", "E9XT-57BQ", lina, S.TRANSITION, 380, person={"sex": Sex.FEMALE}, until=90, district=PUJON
    )
    desk.rated(nuraini, (360, "kuning"), (270, "hijau"), (84, "hijau"))
    desk.reports(nuraini, 14, faithful=True)
    for story in (dani, nuraini):
        meet_over_time(world, story)
