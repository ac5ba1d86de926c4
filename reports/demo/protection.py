"""What is kept apart: restricted clinical notes, an opening of a sealed file that waits, a declared tie."""

from __future__ import annotations

import datetime as dt
import uuid

from accounts.enums import Profession, Role
from cases.enums import EventKind, Section
from cases.enums.protection import TieKind
from cases.models import ClinicalNote, ConflictDeclaration, UnsealRequest
from reports.demo.book import dice
from reports.demo.tale import Story, World

CLINICAL = (
    "Tidur membaik, terbangun sekali. Menggambar rumah dengan pintu terbuka. Latihan napas dilanjutkan.",
    "Mudah kaget saat pintu ditutup keras. Disepakati sudut tenang di kelas. Wali dilatih mengenali tanda lelah.",
    "Bercerita tentang perjalanan pulang, berhenti sendiri saat lelah. Tidak didesak. Permainan pasir pekan depan.",
    "Nafsu makan pulih. Marah kepada adik berkurang. Evaluasi bersama pekerja sosial dua pekan lagi.",
)


def keep_apart(world: World) -> None:
    psychologist = world.people["psikolog.handayani"]
    together = {id(case) for case, worker in world.co_workers if worker is psychologist}
    stories = [story for story in world.of_unit("st-handayani-jakarta") if story.is_child]
    treated = [
        story for story in stories if story.is_active and (story.worker is psychologist or id(story.case) in together)
    ]
    for number, story in enumerate(treated[:12]):
        _clinical_notes(world, story, number)
    sealed = [story for story in stories if story.case.sealed_at is not None]
    if sealed:
        _ask_to_open(world, sealed[-1])
    clients = [story for story in world.of_unit("bps-mlg") if story.is_active]
    if clients:
        _declare(world, clients[-1])


def _clinical_notes(world: World, story: Story, number: int) -> None:
    stream, clock = dice("clinical", number), world.clock
    author = world.people["psikolog.handayani"]
    for place in range(2 + number % 2):
        day = clock.day(-9 - 21 * place - stream.randint(0, 5))
        if day <= story.opened:
            continue
        at = clock.past(clock.at(day, stream.randint(9, 14), stream.choice([0, 15, 30]), story.unit.zone))
        note = ClinicalNote(
            case=story.case,
            author=author,
            profession=Profession.PSIKOLOG,
            uid=uuid.UUID(int=stream.getrandbits(128), version=4),
            occurred_at=at,
            recorded_at=clock.past(at + dt.timedelta(minutes=50)),
        )
        note.text = CLINICAL[(number + place) % len(CLINICAL)]
        world.book.add(note, at=note.recorded_at)
        world.event(
            story,
            EventKind.CLINICAL_NOTE,
            Section.NOTES,
            at,
            by=author,
            summary=note.profession,
            recorded_at=note.recorded_at,
        )


def _ask_to_open(world: World, story: Story) -> None:
    by = world.people["pokja.handayani"]
    at = world.clock.past(world.clock.at(world.clock.day(-1), 15, 20, story.unit.zone))
    world.book.add(
        UnsealRequest(
            case=story.case,
            purpose="Sekolah baru meminta surat keterangan lulus kelas. Suratnya hanya ada di berkas ini.",
            hours=4,
            asked_by=by,
            asked_as=Role.SUPERVISOR,
            asked_at=at,
            reader=by,
        ),
        at=at,
    )


def _declare(world: World, story: Story) -> None:
    by = world.people["pk2.malang" if story.worker is not world.people["pk2.malang"] else "pk.malang"]
    at = world.clock.past(world.clock.at(world.clock.day(-2), 10, 5, story.unit.zone))
    world.book.add(
        ConflictDeclaration(
            staff=by,
            participant=story.case.participant,
            case=story.case,
            kind=TieKind.FRIEND,
            note="Bertetangga satu gang.",
            declared_at=at,
            declared_by=by,
        ),
        at=at,
    )
