"""One instrument over time: what each assessment said of an item, and what changed since; never a sum (ET-2).

Assessments of other versions are read with their own items; items meet by their code, and where a version asked
something else under the same code, or asked it on another scale, they are not compared. Pure: no query, no page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from assessments.catalogue import NOT_APPLICABLE, UNKNOWN, Domain, Instrument, Item, Rating
from core.charts import Mark

# The shape and colours of the four words, as the components draw them; never for children.
BAND_MARKS = {
    "merah": Mark("triangle", "#b3261e", "#b3261e"),
    "kuning": Mark("diamond", "#8a6100", "#f5c211"),
    "hijau": Mark("circle", "#2e7d4f", "#2e7d4f"),
    "belum_cukup": Mark("ring", "#4a5160", "#ffffff"),
}


class Move(Enum):
    """What became of one item between two assessments."""

    SAME = "same"
    ROSE = "rose"  # more concern, or more need
    FELL = "fell"
    STRONGER = "stronger"  # more protection, strength or readiness
    WEAKER = "weaker"
    OTHER = "other"  # another choice, of a scale without an order
    KNOWN = "known"
    UNKNOWN = "unknown"
    APPLIES = "applies"  # it became a question for this person, or ceased to be one
    NOT_COMPARED = "not_compared"  # asked, or answered, only once, or on another scale
    NONE = "none"  # at neither time


@dataclass(frozen=True)
class Reading:
    """What one assessment said: its own version, what that version asks of this person, and the answers."""

    instrument: Instrument
    mode: str | None
    age: int | None
    values: Mapping[str, Rating]

    def item(self, code: str) -> Item | None:
        """The item as this version asks it of this person; None where it does not."""
        item = self.instrument.items.get(code)
        if item is None or item.domain not in {domain.code for domain in self.domains}:
            return None
        return item if item.applies_at(self.age) else None

    @property
    def domains(self) -> tuple[Domain, ...]:
        return self.instrument.domains_in(self.mode)


def domains_of(readings: Iterable[Reading]) -> dict[str, tuple[Domain, dict[str, Item]]]:
    """Every domain and item that any of the readings has, in the words of the first that has it (so: newest first)."""
    found: dict[str, tuple[Domain, dict[str, Item]]] = {}
    for reading in readings:
        for domain in reading.domains:
            _first, items = found.setdefault(domain.code, (domain, {}))
            for item in domain.items:
                items.setdefault(item.code, item)
    return found


def is_same_question(one: Item, other: Item) -> bool:
    """Whether two versions ask the same under one code, and on the same scale."""
    return one.text == other.text and one.scale == other.scale


def move(code: str, before: Reading, after: Reading) -> Move:
    """What became of one item; a value that nobody knew, or that did not apply, is never taken for a number."""
    asked_before, asked_after = before.item(code), after.item(code)
    was, now = before.values.get(code), after.values.get(code)
    if asked_before is None and asked_after is None:
        return Move.NONE
    if asked_before is None or asked_after is None or was is None or now is None:
        return Move.NOT_COMPARED
    if not is_same_question(asked_before, asked_after):
        return Move.NOT_COMPARED
    if was == now:
        return Move.SAME
    if NOT_APPLICABLE in (was, now):
        return Move.APPLIES
    if was == UNKNOWN:
        return Move.KNOWN
    if now == UNKNOWN:
        return Move.UNKNOWN
    return _direction(asked_after, was, now)


def _direction(item: Item, was: Rating, now: Rating) -> Move:
    if not (isinstance(was, int) and isinstance(now, int)):
        return Move.OTHER
    if item.scale.higher_is_more_concern:
        return Move.ROSE if now > was else Move.FELL
    return Move.STRONGER if now > was else Move.WEAKER


def moves(before: Reading, after: Reading) -> dict[Move, list[str]]:
    """The items by what became of them, in the order of the form."""
    found: dict[Move, list[str]] = {}
    for _domain, items in domains_of([after, before]).values():
        for code in items:
            found.setdefault(move(code, before, after), []).append(code)
    return found


def versions_of(readings: Sequence[Reading]) -> list[str]:
    """The versions in use, each once, in the order of the readings."""
    return list(dict.fromkeys(reading.instrument.version for reading in readings))
