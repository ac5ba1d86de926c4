"""Decides what an instrument's rules say about a set of answers: the band, what fired, and which tasks open at once.

Guidance for a trained professional, never a decision and never a probability: there is no total in here. Called by
the assessment workflow, the form and `manage.py evaluate_guidance`. Pure: no clock, no database, no Django.
The grammar stands at the top of assessments/instruments/catalogue.yaml.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from assessments.catalogue import (
    BANDS_OUTPUT,
    LOW_CONFIDENCE,
    NON_RATINGS,
    NOT_APPLICABLE,
    UNKNOWN,
    Band,
    Instrument,
    Item,
    Rating,
    Test,
    UrgentAction,
)

COMPARE: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rater recorded for one item."""

    value: Rating
    confidence: str | None = None
    evidence_note: str = ""
    sources: Collection[str] = ()


Answers = Mapping[str, Rating | Answer]
"""By item code. An item that is left out is unknown."""


@dataclass(frozen=True, slots=True)
class Fired:
    """One test of the alternative that was true, and the codes that it counted."""

    test: Test
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guidance:
    """What the rules say. `band` is None where the mode has none, `support_level` where the instrument has none."""

    mode: str | None
    band: str | None
    fired: tuple[str, ...]
    provisional: bool
    """An item that fired was rated with low confidence: show it as `sementara`."""
    support_level: str | None
    support_fired: tuple[str, ...]
    reassess_after_days: int
    """Of the band; of the support level where the mode has no bands."""
    because: tuple[Fired, ...] = field(repr=False)
    """Empty for a band by default and where the mode has no bands."""
    support_because: tuple[Fired, ...] = field(repr=False)


class RatingError(ValueError):
    """An answer that no item of the instrument can have."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


def check_value(item: Item, value: object) -> None:
    """RatingError unless the value stands on the item's scale or is a non-rating. `True`, 1.0 and "2" do not."""
    if isinstance(value, str) and value in NON_RATINGS:
        return
    if type(value) not in {int, str}:
        raise RatingError(item.code, f"harus nilai skala {_span(item)}, unknown, atau not_applicable")
    if item.scale.label(value) is None:  # type: ignore[arg-type]
        raise RatingError(item.code, f"nilai {_shown(value)} di luar skala {_span(item)}")


def evaluate(instrument: Instrument, answers: Answers, mode: str | None = None) -> Guidance:
    """The first band whose rules hold, and the support level beside it.

    `mode` None means the instrument's default mode; KeyError for one that it does not have. Codes of domains outside
    the mode are known and ignored. RatingError for a code that the instrument does not have and for a value off its
    item's scale. Judges the rules, not completeness: see `completeness`.
    """
    rules = _rules(instrument, mode)
    for code, answer in answers.items():
        if (item := instrument.items.get(code)) is None:
            raise RatingError(code, f"butir tidak ada di {instrument.code}")
        check_value(item, _value(answer))
    values = {code: _value(answers[code]) if code in answers else UNKNOWN for code in rules.codes}

    band, because = _first(rules.bands, values)
    support, support_because = _first(rules.support, values)
    fired = _codes(because)
    clock = band or support
    if clock is None:
        raise RatingError(instrument.code, "mode ini tidak memberi hasil apa pun")
    return Guidance(
        mode=rules.mode,
        band=band.code if band else None,
        fired=fired,
        provisional=any(_confidence(answers.get(code)) == LOW_CONFIDENCE for code in fired),
        support_level=support.code if support else None,
        support_fired=_codes(support_because),
        reassess_after_days=clock.reassess_after_days,
        because=because,
        support_because=support_because,
    )


def urgent_actions(
    instrument: Instrument, code: str, value: Rating, mode: str | None = None
) -> tuple[UrgentAction, ...]:
    """The tasks that this one answer opens as soon as it is saved, whatever the band."""
    item = instrument.items.get(code)
    if item is None or item.domain not in {domain.code for domain in instrument.domains_in(mode)}:
        return ()
    return tuple(
        action
        for action in instrument.urgent_actions
        if action.of.selects(item)
        and isinstance(value, int)
        and (action.rating_at_least is None or value >= action.rating_at_least)
        and (action.rating_at_most is None or value <= action.rating_at_most)
    )


def at_age(instrument: Instrument, answers: Answers, age: int | None) -> dict[str, Rating | Answer]:
    """The answers, with every item that is not asked at this age set to not applicable."""
    excluded = {code: NOT_APPLICABLE for code, item in instrument.items.items() if not item.applies_at(age)}
    return {**answers, **excluded}


# --------------------------------------------------------------------------------------------- the rules of one mode


@dataclass(frozen=True, slots=True)
class _Rule:
    """A test with the codes that it selects under one mode."""

    test: Test
    codes: tuple[str, ...]

    def holds(self, values: Mapping[str, Rating]) -> tuple[bool, tuple[str, ...]]:
        counted = tuple(code for code in self.codes if self._counts(values[code]))
        whole = 1
        if self.test.metric == "unknown_share":
            # unknown / in scope > 1/4 is asked as unknown > 1/4 of those: exact. Nothing in scope: 0 > 1/4.
            whole = sum(values[code] != NOT_APPLICABLE for code in self.codes) or 1
        return COMPARE[self.test.op](Fraction(len(counted)), self.test.value * whole), counted

    def _counts(self, value: Rating) -> bool:
        match self.test.metric, self.test.rating:
            case "count_at_least", int(rating):
                return isinstance(value, int) and value >= rating
            case "count_at_most", int(rating):
                return isinstance(value, int) and value <= rating
            case "count_value", rating:
                return value == rating
        return value == UNKNOWN


_Bands = tuple[tuple[Band, tuple[tuple[_Rule, ...], ...]], ...]


@dataclass(frozen=True, slots=True)
class _Rules:
    mode: str | None
    codes: tuple[str, ...]
    bands: _Bands
    support: _Bands


@lru_cache(maxsize=128)
def _rules(instrument: Instrument, mode: str | None) -> _Rules:
    chosen = instrument.mode(mode)
    items = instrument.items_in(mode)
    support = instrument.support_output(mode)

    def selected(bands: tuple[Band, ...]) -> _Bands:
        return tuple((band, tuple(tuple(map(rule, tests)) for tests in band.when or ())) for band in bands)

    def rule(test: Test) -> _Rule:
        return _Rule(test, tuple(item.code for item in items if test.of.selects(item)))

    return _Rules(
        mode=chosen.code if chosen else None,
        codes=tuple(item.code for item in items),
        bands=selected(instrument.bands if chosen is None or BANDS_OUTPUT in chosen.outputs else ()),
        support=selected(support.bands if support else ()),
    )


def _first(bands: _Bands, values: Mapping[str, Rating]) -> tuple[Band | None, tuple[Fired, ...]]:
    """The first band with a true alternative, and what its first true alternative counted."""
    for band, alternatives in bands:
        if band.when is None:
            return band, ()
        for tests in alternatives:
            because = []
            for rule in tests:
                holds, codes = rule.holds(values)
                if not holds:
                    break
                because.append(Fired(rule.test, codes))
            else:
                return band, tuple(because)
    return None, ()


def _codes(because: tuple[Fired, ...]) -> tuple[str, ...]:
    return tuple(sorted({code for fired in because for code in fired.codes}))


def _value(answer: Rating | Answer) -> Rating:
    return answer.value if isinstance(answer, Answer) else answer


def _confidence(answer: Rating | Answer | None) -> str | None:
    return answer.confidence if isinstance(answer, Answer) else None


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _span(item: Item) -> str:
    values = [known.value for known in item.scale.values]
    if item.scale.type == "ordinal":
        return f"{values[0]}\N{EN DASH}{values[-1]}"
    return ", ".join(str(value) for value in values)
