"""Turns a YAML document into an Instrument, and refuses, with file, line and path, whatever the grammar forbids.

Two passes: the shape of every value first, then what refers to what (codes that must exist, bands that must end in
`default`, ratings that must stand on the scale of the items that a test selects).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.catalogue.definitions import (
    BANDS_OUTPUT,
    LOW_CONFIDENCE,
    NON_RATINGS,
    AgeRange,
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
    Text,
    canonical_json,
)
from assessments.catalogue.places import Place, distinct, each
from assessments.catalogue.rules import read_bands, read_secondary, read_urgent

SCHEMA = "instrument-catalogue/1"
DIRECTIONS = {"higher_is_more_concern", "higher_is_more_protection", "higher_is_more_strength", "higher_is_more_ready"}
STATUSES = {"draft", "published", "withdrawn"}
COMMON = {
    "schema",
    "licence",
    "notice",
    "non_ratings",
    "per_item_record",
    "scales",
    "interventions",
    "groups",
    "critical",
    "instruments",
}


@dataclass(frozen=True, slots=True)
class Common:
    """What the instruments of one catalogue share, and the plain values that it was read from."""

    plain: Mapping[str, Any]
    notice: Text
    licence: str
    non_ratings: tuple[NonRating, ...]
    sources: tuple[str, ...]
    confidences: tuple[str, ...]
    scales: Mapping[str, Scale]
    interventions: Mapping[str, Intervention]
    groups: Mapping[str, Text]
    criticals: Mapping[str, Text]


def read_common(place: Place) -> Common:
    """The catalogue without its instruments."""
    place.fields(COMMON)
    if place["schema"].string() != SCHEMA:
        place["schema"].fail(
            f"skema {place['schema'].value!r} tidak dikenal; yang dibaca ialah {SCHEMA}",
            f"the schema {place['schema'].value!r} is unknown; {SCHEMA} is what is read",
        )
    non_ratings = each(place["non_ratings"], _non_rating)
    if sorted(known.code for known in non_ratings) != sorted(NON_RATINGS):
        place["non_ratings"].fail(
            f"harus tepat {', '.join(sorted(NON_RATINGS))}", f"must be exactly {', '.join(sorted(NON_RATINGS))}"
        )
    record = place["per_item_record"].fields({"rating", "evidence_note", "sources", "confidence"})
    record["rating"].string()
    record["evidence_note"].string()
    confidences = record["confidence"].codes()
    if LOW_CONFIDENCE not in confidences:
        record["confidence"].fail(
            f"{LOW_CONFIDENCE!r} harus ada; petunjuk sementara bergantung padanya",
            f"{LOW_CONFIDENCE!r} must be there; provisional guidance rests on it",
        )
    interventions = each(place["interventions"], _intervention)
    distinct(place["interventions"], [known.code for known in interventions])
    return Common(
        plain={key: value for key, value in place.value.items() if key != "instruments"},
        notice=place["notice"].text(),
        licence=place["licence"].string(),
        non_ratings=non_ratings,
        sources=record["sources"].codes(),
        confidences=confidences,
        scales={code: _scale(code, entry) for code, entry in place["scales"].entries().items()},
        interventions={known.code: known for known in interventions},
        groups={code: entry.text() for code, entry in place["groups"].entries().items()},
        criticals={code: entry.text() for code, entry in place["critical"].entries().items()},
    )


def read_instrument(place: Place, common: Common) -> Instrument:
    """One instrument, checked against the catalogue that it stands in."""
    place.fields(
        {
            *("instrument", "version", "status", "title", "purpose", "population", "administered_by"),
            *("requires_training", "min_sources", "scale", "narratives", "domains", "bands", "secondary_outputs"),
            *("urgent_actions", "final_judgement"),
        },
        {"modes", "never_consider", "stop_rule", "sealed", "respondents", "precondition"},
    )
    domains = each(place["domains"], lambda entry: _domain(entry, common))
    distinct(place["domains"], [domain.code for domain in domains])
    items = _items(place["domains"], domains)
    bands = read_bands(place["bands"], items, risk=True)
    secondary = each(place["secondary_outputs"], lambda entry: read_secondary(entry, items))
    if len(secondary) > 1:
        place["secondary_outputs"].fail("paling banyak satu keluaran tambahan", "at most one secondary output")
    urgent = each(place["urgent_actions"], lambda entry: read_urgent(entry, items))
    distinct(place["urgent_actions"], [action.key for action in urgent])
    narratives = each(place["narratives"], _narrative)
    distinct(place["narratives"], [narrative.code for narrative in narratives])
    return Instrument(
        code=place["instrument"].code(),
        version=place["version"].string(),
        status=place["status"].one_of(STATUSES),
        title=place["title"].text(),
        purpose=place["purpose"].text(),
        population=_population(place["population"]),
        modes=place.maybe("modes", lambda entry: _modes(entry, domains, [output.code for output in secondary])) or (),
        administered_by=place["administered_by"].codes(),
        requires_training=place["requires_training"].boolean(),
        min_sources=place["min_sources"].integer(),
        scale=common.scales[place["scale"].one_of(common.scales)],
        sealed=place.maybe("sealed", Place.boolean) or False,
        respondents=place.maybe("respondents", Place.codes) or (),
        never_consider=place.maybe("never_consider", Place.text),
        stop_rule=place.maybe("stop_rule", Place.text),
        precondition=place.maybe("precondition", lambda entry: _precondition(entry, items)),
        narratives=narratives,
        domains=domains,
        bands=bands,
        secondary_outputs=secondary,
        urgent_actions=urgent,
        final_judgement=_final_judgement(place["final_judgement"], [band.code for band in bands]),
        notice=common.notice,
        licence=common.licence,
        non_ratings=common.non_ratings,
        sources=common.sources,
        confidences=common.confidences,
        groups={code: text for code, text in common.groups.items() if any(code == i.group for i in items.values())},
        criticals={c: text for c, text in common.criticals.items() if any(c == i.critical for i in items.values())},
        interventions=tuple(
            known for code, known in common.interventions.items() if any(code in i.suggests for i in items.values())
        ),
        canonical=canonical_json(_definition(place.value, common, items)),
    )


def _definition(instrument: Mapping[str, Any], common: Common, items: Mapping[str, Item]) -> dict[str, Any]:
    """The instrument with only those parts of the catalogue that it uses, so that nothing else moves its hash."""
    scales = {instrument["scale"], *(item.scale.code for item in items.values())}
    suggested = {code for item in items.values() for code in item.suggests}
    groups = {item.group for item in items.values()}
    criticals = {item.critical for item in items.values()}
    plain = common.plain
    return {
        **plain,
        "scales": {code: value for code, value in plain["scales"].items() if code in scales},
        "interventions": [value for value in plain["interventions"] if value["code"] in suggested],
        "groups": {code: value for code, value in plain["groups"].items() if code in groups},
        "critical": {code: value for code, value in plain["critical"].items() if code in criticals},
        "instruments": [instrument],
    }


# --------------------------------------------------------------------------------------------- the shared part


def _non_rating(place: Place) -> NonRating:
    place.fields({"code", "label"}, {"needs_note"})
    return NonRating(place["code"].code(), place["label"].text(), place.maybe("needs_note", Place.boolean) or False)


def _intervention(place: Place) -> Intervention:
    place.fields({"code", "label", "atensi", "pp77"})
    return Intervention(
        code=place["code"].code(),
        label=place["label"].text(),
        atensi=place.maybe("atensi", Place.code),
        pp77=place.maybe("pp77", Place.code),
    )


def _scale(code: str, place: Place) -> Scale:
    place.fields({"type", "direction", "values"}, {"needs_evidence"})
    kind = place["type"].one_of({"ordinal", "choice"})
    direction = place["direction"].one_of(DIRECTIONS if kind == "ordinal" else {"none"})
    values = each(place["values"], lambda entry: _scale_value(entry, kind))
    distinct(place["values"], [known.value for known in values])
    if not values:
        place["values"].fail("skala tanpa nilai", "a scale without values")
    scale = Scale(code, "ordinal" if kind == "ordinal" else "choice", direction, values, frozenset())
    evidence = place.get("needs_evidence")
    if evidence is None:
        return scale
    needed = each(evidence, lambda entry: _on_scale(entry, scale))
    return Scale(code, scale.type, direction, values, frozenset(needed))


def _scale_value(place: Place, kind: str) -> ScaleValue:
    place.fields({"value", "label"})
    value: Rating = place["value"].integer() if kind == "ordinal" else place["value"].code()
    if value in NON_RATINGS:
        place["value"].fail(
            f"{value!r} berlaku bagi setiap butir dan bukan nilai skala",
            f"{value!r} goes with every item and is no value of a scale",
        )
    return ScaleValue(value, place["label"].text())


def _on_scale(place: Place, scale: Scale) -> Rating:
    if not isinstance(place.value, int | str) or scale.label(place.value) is None:
        place.fail(
            f"{place.value!r} bukan nilai skala {scale.code}", f"{place.value!r} is no value of the scale {scale.code}"
        )
    value: Rating = place.value
    return value


# --------------------------------------------------------------------------------------------- domains and items


def _domain(place: Place, common: Common) -> Domain:
    place.fields({"code", "title", "items"})
    code = place["code"].code()
    return Domain(code, place["title"].text(), each(place["items"], lambda entry: _item(entry, code, common)))


def _item(place: Place, domain: str, common: Common) -> Item:
    place.fields(
        {"code", "text", "scale", "protective", "group", "critical", "anchors", "suggests"},
        {"help", "dynamic", "counts_for_guidance", "age"},
    )
    scale = common.scales[place["scale"].one_of(common.scales)]
    anchors = place["anchors"].entries()
    for value, entry in anchors.items():
        if value not in {str(known.value) for known in scale.values}:
            entry.fail(f"{value!r} bukan nilai skala {scale.code}", f"{value!r} is no value of the scale {scale.code}")
    dynamic, counts = place.maybe("dynamic", Place.boolean), place.maybe("counts_for_guidance", Place.boolean)
    return Item(
        code=place["code"].code(),
        domain=domain,
        text=place["text"].text(),
        help=place.maybe("help", Place.text),
        scale=scale,
        protective=place["protective"].boolean(),
        dynamic=dynamic is not False,
        counts_for_guidance=counts is not False,
        group=place["group"].one_of(common.groups),
        critical=place["critical"].one_of({"none", *common.criticals}),
        age=place.maybe("age", _age),
        anchors={value: entry.text() for value, entry in sorted(anchors.items())},
        suggests=place["suggests"].codes(common.interventions),
    )


def _age(place: Place) -> AgeRange:
    place.fields({"min", "max"})
    return AgeRange(place["min"].integer(), place["max"].integer(minimum=place["min"].value))


def _items(place: Place, domains: tuple[Domain, ...]) -> dict[str, Item]:
    items: dict[str, Item] = {}
    for domain, entry in zip(domains, place.elements(), strict=True):
        for item, at in zip(domain.items, entry["items"].elements(), strict=True):
            if item.code in items:
                at["code"].fail(
                    f"butir {item.code!r} sudah ada di domain {items[item.code].domain}",
                    f"the item {item.code!r} stands in domain {items[item.code].domain} already",
                )
            items[item.code] = item
    if not items:
        place.fail("instrumen tanpa butir", "an instrument without items")
    return items


# --------------------------------------------------------------------------------------------- the rest


def _population(place: Place) -> Population:
    place.fields({"age_min", "age_max", "legal_statuses"}, {"note"})
    youngest, statuses = place["age_min"].integer(), place["legal_statuses"]
    return Population(
        age_min=youngest,
        age_max=place.maybe("age_max", lambda entry: entry.integer(minimum=youngest)),
        legal_statuses=None if statuses.value == "any" else statuses.codes(),
        note=place.maybe("note", Place.text),
    )


def _modes(place: Place, domains: tuple[Domain, ...], secondary: list[str]) -> tuple[Mode, ...]:
    modes = []
    known = [domain.code for domain in domains]
    for code, entry in place.entries().items():
        entry.fields({"legal_statuses", "domains", "outputs"})
        outputs = entry["outputs"].codes({BANDS_OUTPUT, *secondary})
        if not outputs:
            entry["outputs"].fail("mode tanpa hasil", "a mode without a result")
        chosen = entry["domains"].codes(known)
        modes.append(Mode(code, entry["legal_statuses"].codes(), chosen, outputs))
    if sum(set(mode.domains) == set(known) for mode in modes) != 1:
        place.fail(
            "tepat satu mode (yang bawaan) harus meliputi semua domain",
            "exactly one mode (the default one) must cover all domains",
        )
    # Not in the order of the file: a mapping kept in the database comes back in another one.
    return tuple(sorted(modes, key=lambda mode: (-len(mode.domains), mode.code)))


def _narrative(place: Place) -> Narrative:
    place.fields({"code", "required", "label"})
    return Narrative(place["code"].code(), place["required"].boolean(), place["label"].text())


def _precondition(place: Place, items: Mapping[str, Item]) -> Precondition:
    place.fields({"item", "answer", "closes", "rule"})
    item = place["item"].one_of(items)
    closes = place["closes"].codes(items)
    if item in closes:
        place["closes"].fail(f"{item} tidak dapat menutup dirinya sendiri", f"{item} cannot close itself")
    answer = _on_scale(place["answer"], items[item].scale)
    return Precondition(item, answer, closes, place["rule"].string())


def _final_judgement(place: Place, bands: list[str]) -> FinalJudgement:
    place.fields({"chosen_by", "options", "override"}, {"low_confidence_flag", "prohibited_outputs"})
    never = place.maybe("prohibited_outputs", Place.codes) or ()
    for code in bands:
        if code in never:
            place["prohibited_outputs"].fail(
                f"hasil {code!r} ada di antara yang dilarang", f"the result {code!r} is among those forbidden"
            )
    override = place["override"].fields(
        {
            *("needs_justification_min_chars", "needs_supervisor_approval"),
            *("approver_must_differ_from_rater", "also_required_when_guidance_is"),
        }
    )
    return FinalJudgement(
        chosen_by=place["chosen_by"].code(),
        options=place["options"].codes(bands),
        override=Override(
            needs_justification_min_chars=override["needs_justification_min_chars"].integer(),
            needs_supervisor_approval=override["needs_supervisor_approval"].boolean(),
            approver_must_differ_from_rater=override["approver_must_differ_from_rater"].boolean(),
            also_required_when_guidance_is=override["also_required_when_guidance_is"].codes(bands),
        ),
        low_confidence_flag=place.maybe("low_confidence_flag", Place.string),
        prohibited_outputs=never,
    )
