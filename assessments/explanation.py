"""Says in a sentence, in Indonesian and English, which rule gave a band and which answers it counted.

The rater reads it beside the guidance, the participant in the plain-language result. It only words what
`guidance.evaluate` found; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from assessments.catalogue import Instrument, Item, Rating, Test, Text
from assessments.guidance import Answer, Answers, Fired, Guidance

QUANTITIES: Mapping[str, Text] = {
    ">=": Text("sekurangnya {}", "at least {}"),
    ">": Text("lebih dari {}", "more than {}"),
    "<=": Text("paling banyak {}", "at most {}"),
    "<": Text("kurang dari {}", "fewer than {}"),
    "==": Text("tepat {}", "exactly {}"),
}
NONE = Text("tidak ada", "none")
UNKNOWN_WORDS = Text("belum diketahui", "not known yet")


@dataclass(frozen=True, slots=True)
class Explanation:
    """`band` is None where the mode has no bands, `support` where the instrument has no support level."""

    band: Text | None
    support: Text | None


def explain(instrument: Instrument, answers: Answers, guidance: Guidance) -> Explanation:
    """Why the guidance is what it is; `guidance` must come from `evaluate` on the same instrument and answers."""
    band = support = None
    if guidance.band is not None:
        label = instrument.band(guidance.band).label
        lead = Text(f"Petunjuk {label.id}", f"Guidance {label.en}")
        band = _sentence(lead, instrument, answers, guidance.because)
    output = instrument.support_output(guidance.mode)
    if guidance.support_level is not None and output is not None:
        label = output.band(guidance.support_level).label
        lead = Text(f"{output.title.id} {label.id.lower()}", f"{output.title.en} {label.en.lower()}")
        support = _sentence(lead, instrument, answers, guidance.support_because)
    return Explanation(band, support)


def condition(instrument: Instrument, tests: tuple[Test, ...]) -> Text:
    """The tests of one alternative of a rule, as they stand in the instrument: for who reads or publishes it."""
    clauses = [_condition(instrument, test) for test in tests]
    return Text(" dan ".join(clause.id for clause in clauses), " and ".join(clause.en for clause in clauses))


def _condition(instrument: Instrument, test: Test) -> Text:
    items = [item for item in instrument.items_in() if test.of.selects(item)]
    predicate = _predicate(test, items)
    if len(items) == 1 and test.metric != "unknown_share":
        return _clause_of_one(test, items[0], predicate)
    names, quantity = _names(instrument, test), _quantity(test)
    return Text(f"{quantity.id} {names.id} {predicate.id}", f"{quantity.en} of the {names.en} {predicate.en}")


def _sentence(lead: Text, instrument: Instrument, answers: Answers, because: tuple[Fired, ...]) -> Text:
    if not because:
        return Text(f"{lead.id}: tidak satu pun aturan lain terpenuhi.", f"{lead.en}: no other rule applies.")
    clauses = [_clause(instrument, answers, fired) for fired in because]
    return Text(
        f"{lead.id}: {' dan '.join(clause.id for clause in clauses)}.",
        f"{lead.en}: {' and '.join(clause.en for clause in clauses)}.",
    )


def _clause(instrument: Instrument, answers: Answers, fired: Fired) -> Text:
    """`at least 2 of the core items rated 3 (A1 = 3, B2 = 3)`."""
    test = fired.test
    items = [item for item in instrument.items_in() if test.of.selects(item)]
    predicate = _predicate(test, items)
    if len(items) == 1 and test.metric != "unknown_share":
        return _clause_of_one(test, items[0], predicate)
    told, shown = _condition(instrument, test), _shown(instrument, answers, fired)
    return Text(f"{told.id}{shown.id}", f"{told.en}{shown.en}")


def _clause_of_one(test: Test, item: Item, predicate: Text) -> Text:
    """A test on a single item is true because it counted or because it did not: `item B1 not answered "Yes"`."""
    counted = {">=": test.value <= 1, ">": test.value < 1, "==": test.value == 1}.get(test.op, False)
    if counted:
        return Text(f"butir {item.code} {predicate.id}", f"item {item.code} {predicate.en}")
    return Text(f"butir {item.code} tidak {predicate.id}", f"item {item.code} not {predicate.en}")


def _quantity(test: Test) -> Text:
    if test.metric != "unknown_share" and f"{test.op}{test.value}" in {"==0", "<=0", "<1"}:
        return NONE
    words = QUANTITIES[test.op]
    amount = f"{_decimal(test.value * 100)}%" if test.metric == "unknown_share" else str(test.value)
    return Text(words.id.format(amount.replace(".", ",")), words.en.format(amount))


def _predicate(test: Test, items: list[Item]) -> Text:
    rating = test.rating
    if rating is None:
        return UNKNOWN_WORDS
    if test.metric == "count_value":
        label = next((found for item in items if (found := item.scale.label(rating))), Text(str(rating), str(rating)))
        return Text(f"dijawab “{label.id}”", f"answered “{label.en}”")
    values = [known.value for item in items for known in item.scale.values if isinstance(known.value, int)]
    if test.metric == "count_at_least" and rating != max(values):
        return Text(f"dinilai {rating} atau lebih", f"rated {rating} or higher")
    if test.metric == "count_at_most" and rating != min(values):
        return Text(f"dinilai {rating} atau kurang", f"rated {rating} or lower")
    return Text(f"dinilai {rating}", f"rated {rating}")


def _names(instrument: Instrument, test: Test) -> Text:
    """What the test selects, in the catalogue's words: `core items that are also security items`."""
    titles = {domain.code: domain.title for domain in instrument.domains}
    parts = [
        [instrument.groups[code] for code in test.of.groups],
        [instrument.criticals[code] for code in test.of.criticals],
        [Text(f"butir {', '.join(test.of.codes)}", f"items {', '.join(test.of.codes)}")] if test.of.codes else [],
        [
            Text(f"butir domain {code} ({titles[code].id})", f"items of domain {code} ({titles[code].en})")
            for code in test.of.domains
        ],
    ]
    kinds = [Text(" atau ".join(t.id for t in part), " or ".join(t.en for t in part)) for part in parts if part]
    return Text(" yang juga ".join(kind.id for kind in kinds), " that are also ".join(kind.en for kind in kinds))


def _shown(instrument: Instrument, answers: Answers, fired: Fired) -> Text:
    """The counted answers in brackets: with their ratings, or the codes alone where they are unknown."""
    if not fired.codes:
        return Text("", "")
    if fired.test.rating is None:
        codes = ", ".join(fired.codes)
        return Text(f" ({codes})", f" ({codes})")
    told = [(code, _value(answers[code]), instrument.items[code]) for code in fired.codes]
    return Text(
        f" ({', '.join(f'{code} = {_label(item, value).id}' for code, value, item in told)})",
        f" ({', '.join(f'{code} = {_label(item, value).en}' for code, value, item in told)})",
    )


def _label(item: Item, value: Rating) -> Text:
    label = item.scale.label(value)
    return label if label and isinstance(value, str) else Text(str(value), str(value))


def _value(answer: Rating | Answer) -> Rating:
    return answer.value if isinstance(answer, Answer) else answer


def _decimal(number: Fraction) -> str:
    return f"{float(number):g}"
