"""The instruments as data: read from YAML, checked, and turned into frozen definitions.

`load` reads a directory (catalogue.yaml and the files that it lists), `parse` one instrument's text against a
catalogue (a draft typed into a form), `from_definition` what a database column keeps. Faults raise CatalogueError,
whose problems name file, line and path. No Django in here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from assessments.catalogue.definitions import (
    BANDS_OUTPUT,
    LOW_CONFIDENCE,
    NON_RATINGS,
    NOT_APPLICABLE,
    UNKNOWN,
    AgeRange,
    Band,
    Catalogue,
    Domain,
    FinalJudgement,
    Instrument,
    Intervention,
    Item,
    Mode,
    Narrative,
    NonRating,
    Override,
    Population,
    Precondition,
    Rating,
    Scale,
    ScaleValue,
    SecondaryOutput,
    Selector,
    Test,
    Text,
    UrgentAction,
    canonical_json,
    content_hash,
)
from assessments.catalogue.places import CatalogueError, Place, Problem, read_yaml
from assessments.catalogue.reading import Common, read_common, read_instrument
from assessments.catalogue.writing import to_yaml

DIRECTORY = Path(__file__).resolve().parent.parent / "instruments"
CATALOGUE_FILE = "catalogue.yaml"


def load(directory: Path = DIRECTORY) -> Catalogue:
    """Read every instrument of a directory; CatalogueError when anything in it is wrong."""
    place = _read_file(directory / CATALOGUE_FILE)
    common = read_common(place)
    instruments: dict[str, Instrument] = {}
    for entry in place["instruments"].elements():
        where = _read_file(directory / _file_name(entry), entry) if isinstance(entry.value, str) else entry
        instrument = read_instrument(where, common)
        if instrument.code in instruments:
            where["instrument"].fail(
                f"instrumen {instrument.code!r} sudah ada", f"there is an instrument {instrument.code!r} already"
            )
        instruments[instrument.code] = instrument
    return Catalogue(common.notice, common.licence, common.scales, common.interventions, instruments)


@cache
def default() -> Catalogue:
    """The project's own instruments, read once in a process."""
    return load()


def parse(text: str, file: str, directory: Path = DIRECTORY) -> Instrument:
    """One instrument's YAML, checked against the scales, groups and interventions of a directory's catalogue."""
    return parse_placed(text, file, directory)[0]


def parse_placed(text: str, file: str, directory: Path = DIRECTORY) -> tuple[Instrument, Place]:
    """As ``parse``, with the document in which every value has its line: for who finds more faults in it."""
    place = read_yaml(text, file)
    return read_instrument(place, read_common(_read_file(directory / CATALOGUE_FILE))), place


def from_definition(definition: Mapping[str, Any], name: str = "definisi") -> Instrument:
    """The instrument that `Instrument.definition` described; `name` stands in errors where a file's name would."""
    place = Place(definition, name)
    common = read_common(place)
    entries = place["instruments"].elements()
    if len(entries) != 1:
        place["instruments"].fail("definisi memuat tepat satu instrumen", "a definition holds exactly one instrument")
    return read_instrument(entries[0], common)


def _file_name(entry: Place) -> str:
    name = entry.string()
    if Path(name).name != name or not name.endswith((".yaml", ".yml")):
        entry.fail(
            f"{name!r} bukan nama berkas .yaml di folder yang sama",
            f"{name!r} is no name of a .yaml file in the same folder",
        )
    return name


def _read_file(path: Path, named_by: Place | None = None) -> Place:
    """The document of a file; the fault of a file that cannot be read stands where it is named, if anywhere."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        is_missing = isinstance(error, OSError)
        reason = Text(str(error.strerror), str(error.strerror)) if is_missing else Text("bukan UTF-8", "not UTF-8")
        said = Text(f"{path.name} tidak dapat dibaca: {reason.id}", f"{path.name} cannot be read: {reason.en}")
        problem = Problem(path.name, None, "", said) if named_by is None else named_by.problem(said.id, said.en)
        raise CatalogueError(problem) from error
    return read_yaml(text, path.name)


__all__ = [
    "BANDS_OUTPUT",
    "DIRECTORY",
    "LOW_CONFIDENCE",
    "NON_RATINGS",
    "NOT_APPLICABLE",
    "UNKNOWN",
    "AgeRange",
    "Band",
    "Catalogue",
    "CatalogueError",
    "Common",
    "Domain",
    "FinalJudgement",
    "Instrument",
    "Intervention",
    "Item",
    "Mode",
    "Narrative",
    "NonRating",
    "Override",
    "Place",
    "Population",
    "Precondition",
    "Problem",
    "Rating",
    "Scale",
    "ScaleValue",
    "SecondaryOutput",
    "Selector",
    "Test",
    "Text",
    "UrgentAction",
    "canonical_json",
    "content_hash",
    "default",
    "from_definition",
    "load",
    "parse",
    "parse_placed",
    "to_yaml",
]
