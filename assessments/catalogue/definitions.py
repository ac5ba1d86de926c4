"""What an instrument is, once read: typed, frozen, without behaviour beyond looking itself up.

The grammar is written at the top of assessments/instruments/catalogue.yaml; names here are its keys.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Final, Literal, TypeVar

UNKNOWN: Final = "unknown"
NOT_APPLICABLE: Final = "not_applicable"
NON_RATINGS: Final = frozenset({UNKNOWN, NOT_APPLICABLE})
LOW_CONFIDENCE: Final = "rendah"
BANDS_OUTPUT: Final = "bands"

Rating = int | str
"""A value of the item's scale (0 to 3, "yes", "no"), or one of NON_RATINGS."""

Metric = Literal["count_at_least", "count_at_most", "count_value", "unknown_count", "unknown_share"]
Operator = Literal[">=", ">", "<=", "<", "=="]


@dataclass(frozen=True, slots=True)
class Text:
    """One text in Indonesian and in English."""

    id: str
    en: str

    def to(self, language: str) -> str:
        """The English text for "en" and its variants, the Indonesian one for every other language."""
        return self.en if language.lower().split("-")[0] == "en" else self.id


@dataclass(frozen=True, slots=True)
class NonRating:
    code: str
    label: Text
    needs_note: bool


@dataclass(frozen=True, slots=True)
class ScaleValue:
    value: Rating
    label: Text


@dataclass(frozen=True, slots=True)
class Scale:
    code: str
    type: Literal["ordinal", "choice"]
    direction: str
    values: tuple[ScaleValue, ...]
    needs_evidence: frozenset[Rating]

    def label(self, value: Rating) -> Text | None:
        """The label of a value of this scale; None for anything else, `True` and 1.0 included."""
        for known in self.values:
            if type(known.value) is type(value) and known.value == value:
                return known.label
        return None

    @property
    def higher_is_more_concern(self) -> bool:
        return self.direction == "higher_is_more_concern"


@dataclass(frozen=True, slots=True)
class Intervention:
    code: str
    label: Text
    atensi: str | None
    pp77: str | None


@dataclass(frozen=True, slots=True)
class AgeRange:
    """Completed years, both ends included."""

    min: int
    max: int

    def __contains__(self, age: int) -> bool:
        return self.min <= age <= self.max


@dataclass(frozen=True, slots=True)
class Item:
    code: str
    domain: str
    text: Text
    help: Text | None
    scale: Scale
    protective: bool
    dynamic: bool
    counts_for_guidance: bool
    group: str
    critical: str
    """none, security (possible violence) or care (protection of a person)."""
    age: AgeRange | None
    anchors: Mapping[str, Text]
    suggests: tuple[str, ...]

    def anchor(self, value: Rating) -> Text | None:
        """The written criterion of a value, where the instrument has one; none is ever invented."""
        return self.anchors.get(str(value))

    def applies_at(self, age: int | None) -> bool:
        """Whether the item is asked at this age; an unknown age excludes nothing."""
        return self.age is None or age is None or age in self.age


@dataclass(frozen=True, slots=True)
class Domain:
    code: str
    title: Text
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Mode:
    code: str
    legal_statuses: tuple[str, ...]
    domains: tuple[str, ...]
    outputs: tuple[str, ...]

    @property
    def has_bands(self) -> bool:
        return BANDS_OUTPUT in self.outputs


@dataclass(frozen=True, slots=True)
class Selector:
    """Items by group, critical, code or domain. Values of one key are alternatives; several keys all hold."""

    groups: tuple[str, ...] = ()
    criticals: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()

    def selects(self, item: Item) -> bool:
        """Items that do not count for guidance are never selected."""
        return (
            item.counts_for_guidance
            and (not self.groups or item.group in self.groups)
            and (not self.criticals or item.critical in self.criticals)
            and (not self.codes or item.code in self.codes)
            and (not self.domains or item.domain in self.domains)
        )


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison. `value` is exact (0.35 is 7/20), so a share that equals it is not above it."""

    __test__ = False  # not a test case, whatever pytest thinks of the name

    metric: Metric
    of: Selector
    rating: Rating | None
    op: Operator
    value: Fraction


@dataclass(frozen=True, slots=True)
class Band:
    code: str
    label: Text
    meaning: Text | None
    symbol: str | None
    reassess_after_days: int
    suggested_contacts_per_month: int | None
    when: tuple[tuple[Test, ...], ...] | None
    """Alternatives, each a list of tests that must all hold; None for `default`."""


@dataclass(frozen=True, slots=True)
class SecondaryOutput:
    code: str
    title: Text
    note: Text | None
    bands: tuple[Band, ...]

    def band(self, code: str) -> Band:
        """The support level of this code; KeyError when there is none."""
        return _by_code(self.bands, code)


@dataclass(frozen=True, slots=True)
class UrgentAction:
    """A task that a single answer opens, whatever the band."""

    of: Selector
    rating_at_least: int | None
    rating_at_most: int | None
    within_hours: int
    notify: tuple[str, ...]
    label: Text

    @property
    def key(self) -> str:
        """Names the entry within its instrument, the same after every load: `care>=2`."""
        selected = ",".join((*self.of.groups, *self.of.criticals, *self.of.codes, *self.of.domains))
        if self.rating_at_least is not None:
            return f"{selected}>={self.rating_at_least}"
        return f"{selected}<={self.rating_at_most}"


@dataclass(frozen=True, slots=True)
class Override:
    needs_justification_min_chars: int
    needs_supervisor_approval: bool
    approver_must_differ_from_rater: bool
    also_required_when_guidance_is: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FinalJudgement:
    chosen_by: str
    options: tuple[str, ...]
    override: Override
    low_confidence_flag: str | None
    prohibited_outputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Narrative:
    code: str
    required: bool
    label: Text


@dataclass(frozen=True, slots=True)
class Population:
    age_min: int
    age_max: int | None
    legal_statuses: tuple[str, ...] | None
    """None is the word `any`."""
    note: Text | None


@dataclass(frozen=True, slots=True)
class Precondition:
    """The items of `closes` may not be rated unless `item` is answered with `answer`."""

    item: str
    answer: Rating
    closes: tuple[str, ...]
    rule: str


@dataclass(frozen=True, eq=False)
class Instrument:
    """One instrument with all that it refers to. Compared by identity; content_hash tells whether two are the same."""

    code: str
    version: str
    status: str
    title: Text
    purpose: Text
    population: Population
    modes: tuple[Mode, ...]
    """Empty for an instrument without modes."""
    administered_by: tuple[str, ...]
    requires_training: bool
    min_sources: int
    scale: Scale
    sealed: bool
    respondents: tuple[str, ...]
    never_consider: Text | None
    stop_rule: Text | None
    precondition: Precondition | None
    narratives: tuple[Narrative, ...]
    domains: tuple[Domain, ...]
    bands: tuple[Band, ...]
    secondary_outputs: tuple[SecondaryOutput, ...]
    urgent_actions: tuple[UrgentAction, ...]
    final_judgement: FinalJudgement
    notice: Text
    licence: str
    non_ratings: tuple[NonRating, ...]
    sources: tuple[str, ...]
    confidences: tuple[str, ...]
    groups: Mapping[str, Text]
    criticals: Mapping[str, Text]
    interventions: tuple[Intervention, ...]
    """Those that its items suggest."""
    canonical: str
    """The definition as canonical JSON, complete in itself: `from_definition(json.loads(canonical))` reads it back."""

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """Every item by code, in the order of the form."""
        return {item.code: item for domain in self.domains for item in domain.items}

    @cached_property
    def asks_by_age(self) -> bool:
        """Whether the age decides which items are asked."""
        return any(item.age is not None for item in self.items.values())

    @property
    def content_hash(self) -> str:
        return content_hash(self.definition)

    @property
    def definition(self) -> dict[str, Any]:
        """A fresh copy of the definition, for a JSON column; `from_definition` reads it back."""
        copy: dict[str, Any] = json.loads(self.canonical)
        return copy

    @property
    def default_mode(self) -> Mode | None:
        """The mode that covers every domain; None where the instrument has no modes."""
        return next((mode for mode in self.modes if set(mode.domains) == {d.code for d in self.domains}), None)

    def mode(self, code: str | None) -> Mode | None:
        """The mode of this code, the default one for None; KeyError for a code that the instrument does not have."""
        if code is None:
            return self.default_mode
        return _by_code(self.modes, code)

    def domains_in(self, mode: str | None = None) -> tuple[Domain, ...]:
        chosen = self.mode(mode)
        return self.domains if chosen is None else tuple(d for d in self.domains if d.code in chosen.domains)

    def items_in(self, mode: str | None = None) -> tuple[Item, ...]:
        return tuple(item for domain in self.domains_in(mode) for item in domain.items)

    def band(self, code: str) -> Band:
        """The band of this code; KeyError when there is none."""
        return _by_code(self.bands, code)

    def support_output(self, mode: str | None = None) -> SecondaryOutput | None:
        """The secondary output that a mode gives, if any; there is at most one."""
        chosen = self.mode(mode)
        return next((s for s in self.secondary_outputs if chosen is None or s.code in chosen.outputs), None)

    def non_rating(self, code: str) -> NonRating:
        return _by_code(self.non_ratings, code)


@dataclass(frozen=True, eq=False)
class Catalogue:
    notice: Text
    licence: str
    scales: Mapping[str, Scale]
    interventions: Mapping[str, Intervention]
    instruments: Mapping[str, Instrument]


def canonical_json(definition: Mapping[str, Any]) -> str:
    """One text for one content: sorted keys, no spaces, UTF-8 left as it is."""
    return json.dumps(definition, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def content_hash(definition: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON, in hex. The order of keys does not matter, the order of lists does."""
    return hashlib.sha256(canonical_json(definition).encode()).hexdigest()


_Coded = TypeVar("_Coded", Band, Mode, NonRating)


def _by_code(things: tuple[_Coded, ...], code: str) -> _Coded:
    for thing in things:
        if thing.code == code:
            return thing
    raise KeyError(code)
