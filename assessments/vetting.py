"""Whether a text is an instrument that Titian can use: the grammar, and what the rest of the program keeps of it.

The grammar (assessments.catalogue) knows no database. Columns have a length, bands and sources are closed lists, and
some rules hold for every instrument whatever its text says: no colour for a child (I-7), a reason and a second person
for an override (I-5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from assessments import catalogue
from assessments.catalogue import CatalogueError, Instrument, Place, Problem
from assessments.enums import COLOURS, LEAST_REASON, Band, InstrumentCode, Mode, SupportLevel

VERSION = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\Z")
LONGEST_ITEM, LONGEST_VALUE, LONGEST_NARRATIVE_CODE = 10, 20, 40
# Beyond this a form is no form any more; the longest of the project's own has 29.
MOST_ITEMS = 80


@dataclass(frozen=True)
class Vetted:
    """The instrument, or all that is wrong with its text. Never both."""

    instrument: Instrument | None
    problems: tuple[Problem, ...] = ()


@lru_cache(maxsize=64)
def vet(text: str, code: str) -> Vetted:
    """Read a draft of the instrument ``code``; in problems its text is called by that name."""
    try:
        instrument, place = catalogue.parse_placed(text, code)
    except CatalogueError as error:
        return Vetted(None, error.problems)
    problems = tuple(_misfits(instrument, place, code))
    return Vetted(None, problems) if problems else Vetted(instrument)


def _misfits(instrument: Instrument, place: Place, code: str) -> Iterator[Problem]:
    if instrument.code != code:
        yield place["instrument"].problem(
            f"draf ini untuk {code}, bukan {instrument.code!r}", f"this draft is of {code}, not of {instrument.code!r}"
        )
    if not VERSION.match(instrument.version):
        yield place["version"].problem("tulis tiga angka, misalnya 1.2.0", "write three numbers, such as 1.2.0")
    yield from _items(instrument, place)
    yield from _results(instrument, place, code)
    yield from _override(instrument, place)
    for narrative, entry in zip(instrument.narratives, place["narratives"].elements(), strict=True):
        if len(narrative.code) > LONGEST_NARRATIVE_CODE or narrative.code == "seen":
            yield entry["code"].problem(
                f"kode {narrative.code!r} tidak dapat dipakai", f"the code {narrative.code!r} cannot be used"
            )
    if code == InstrumentCode.CHILD and not instrument.sealed:
        yield place.problem(
            "instrumen anak harus `sealed: true`", "the instrument for children must have `sealed: true`"
        )
    ages = instrument.population
    if code == InstrumentCode.ADULT and ages.age_min < 18:
        yield place["population"]["age_min"].problem(
            "instrumen ini tidak untuk anak: paling sedikit 18", "this instrument is not for children: at least 18"
        )
    if code == InstrumentCode.CHILD and (ages.age_max is None or ages.age_max > 17):
        yield place["population"]["age_max" if ages.age_max else "age_min"].problem(
            "instrumen ini hanya sampai 17 tahun", "this instrument goes up to 17 years only"
        )


def _items(instrument: Instrument, place: Place) -> Iterator[Problem]:
    if len(instrument.items) > MOST_ITEMS:
        yield place["domains"].problem(f"lebih dari {MOST_ITEMS} butir", f"more than {MOST_ITEMS} items")
    for domain in place["domains"].elements():
        for entry in domain["items"].elements():
            item = instrument.items[entry.value["code"]]
            if len(item.code) > LONGEST_ITEM:
                yield entry["code"].problem(
                    f"kode butir paling panjang {LONGEST_ITEM} huruf",
                    f"the code of an item has at most {LONGEST_ITEM} letters",
                )
            if any(len(str(known.value)) > LONGEST_VALUE for known in item.scale.values):
                yield entry["scale"].problem(
                    f"nilai skala paling panjang {LONGEST_VALUE} huruf",
                    f"a value of a scale has at most {LONGEST_VALUE} letters",
                )


def _results(instrument: Instrument, place: Place, code: str) -> Iterator[Problem]:
    for band, entry in zip(instrument.bands, place["bands"].elements(), strict=True):
        if band.code not in Band.values:
            yield entry["code"].problem(
                f"hasil {band.code!r} tidak dikenal; pilihannya: {', '.join(Band.values)}",
                f"the result {band.code!r} is unknown; choose from: {', '.join(Band.values)}",
            )
        elif band.code in COLOURS and code != InstrumentCode.ADULT:  # I-7
            yield entry["code"].problem(
                "warna hanya untuk instrumen dewasa", "colours are for the instrument of adults alone"
            )
    for output, entry in zip(instrument.secondary_outputs, place["secondary_outputs"].elements(), strict=True):
        for level, at in zip(output.bands, entry["bands"].elements(), strict=True):
            if level.code not in SupportLevel.values:
                yield at["code"].problem(
                    f"tingkat {level.code!r} tidak dikenal; pilihannya: {', '.join(SupportLevel.values)}",
                    f"the level {level.code!r} is unknown; choose from: {', '.join(SupportLevel.values)}",
                )
    known = set(Mode.values) if code == InstrumentCode.ADULT else set()
    for mode in instrument.modes:
        if mode.code not in known:
            yield place["modes"][mode.code].problem(
                f"mode {mode.code!r} tidak dikenal untuk instrumen ini", f"this instrument knows no mode {mode.code!r}"
            )
    if code == InstrumentCode.ADULT and {mode.code for mode in instrument.modes} != known:
        yield place.problem(
            f"instrumen ini memerlukan mode {', '.join(sorted(known))}",
            f"this instrument needs the modes {', '.join(sorted(known))}",
        )
    needs = next((mode for mode in instrument.modes if mode.code == Mode.NEEDS_ONLY), None)
    if needs is not None and needs.has_bands:  # I-8
        yield place["modes"][needs.code]["outputs"].problem(
            "mode ini tidak memberi warna", "this mode gives no colour"
        )


def _override(instrument: Instrument, place: Place) -> Iterator[Problem]:
    """I-5 holds for every instrument; a text may ask for more, never for less."""
    entry, override = place["final_judgement"]["override"], instrument.final_judgement.override
    if override.needs_justification_min_chars < LEAST_REASON:
        yield entry["needs_justification_min_chars"].problem(
            f"paling sedikit {LEAST_REASON}", f"at least {LEAST_REASON}"
        )
    for key in ("needs_supervisor_approval", "approver_must_differ_from_rater"):
        if not getattr(override, key):
            yield entry[key].problem("harus true", "must be true")
