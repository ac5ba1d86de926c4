"""Two saved filters of the case list: one of the worker alone, one that the supervisor shows to the unit."""

from __future__ import annotations

from cases.models import SavedFilter
from reports.demo.tale import World


def keep_filters(world: World) -> None:
    worker, head = world.people["pk.malang"], world.people["kabapas.malang"]
    at = world.clock.at(world.clock.day(-20), 9, 0, head.unit.zone)
    own = SavedFilter(owner=worker, name="Asesmen, terlama dahulu", criteria={"status": "assessing", "sort": "opened"})
    shared = SavedFilter(
        owner=head,
        name="Kota Malang, lewat tenggat",
        criteria={"view": "overdue", "region": "35.73"},
        shared_with=head.unit,
    )
    for kept in (own, shared):
        world.book.add(kept, at=at)
