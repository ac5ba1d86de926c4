"""When the instruments were published, and a draft of a new version for another data admin to compare and publish."""

from __future__ import annotations

import datetime as dt

import pgtrigger

from assessments.catalogue import to_yaml
from assessments.enums import InstrumentCode, VersionStatus
from assessments.models import InstrumentDraft, InstrumentVersion
from reports.demo.clock import Clock
from reports.demo.tale import World

# What two pilots are said to have found: words, a rule, and the time to the next assessment.
CHANGES = (
    ("version: 1.0.0", "version: 1.1.0"),
    ("{id: Menolak., en: Refuses.}", "{id: Menolak peserta pulang., en: Refuses to have the participant back.}"),
    (
        "{id: Memadai., en: Adequate.}",
        "{id: 'Memadai, termasuk ruang sendiri.', en: 'Adequate, with a room of one''s own.'}",
    ),
    ("reassess_after_days: 60", "reassess_after_days: 45"),
    ("value: 8", "value: 7"),
)
SUMMARY = (
    "Dari uji coba di dua Bapas: kata pada A1 dan A4 diperjelas, hasil “siap dengan dukungan” dinilai ulang sesudah "
    "45 hari, dan “belum siap” berlaku mulai dari tujuh butir."
)


def publish_in_time(clock: Clock) -> None:
    """The versions in force were published before the first assessment that the demo tells, not while it is loaded."""
    day = clock.beginning - dt.timedelta(days=14)
    with pgtrigger.ignore("assessments.InstrumentVersion:published_never_changes"):
        InstrumentVersion.objects.filter(status=VersionStatus.PUBLISHED).update(
            effective_from=day, published_at=clock.at(day, 9, 0)
        )


def draft_one(world: World) -> None:
    author, current = world.people["admin.ditjenpas"], world.instruments[InstrumentCode.FAMILY]
    source = "# Draf 1.1.0: lihat ringkasan.\n" + to_yaml(current.parsed)
    for old, new in CHANGES:
        if old not in source:
            raise RuntimeError(f"The demo's draft changes what is not there: {old}")
        source = source.replace(old, new, 1)
    at = world.clock.past(world.clock.at(world.clock.day(-3), 10, 20, author.unit.zone))
    draft = InstrumentDraft(
        instrument=InstrumentCode.FAMILY, source=source, summary=SUMMARY, author=author, based_on=current
    )
    world.book.add(draft, at=at)
