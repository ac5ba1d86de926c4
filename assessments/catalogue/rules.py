"""Reads the rules of an instrument: bands, tests, selectors and urgent actions.

A test that could never change its answer (it selects nothing, or asks for a rating that no selected item has) is
refused: it is a slip of the pen in a rule that people rely on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import get_args

from assessments.catalogue.definitions import (
    BANDS_OUTPUT,
    Band,
    Item,
    Metric,
    Operator,
    Rating,
    SecondaryOutput,
    Selector,
    Test,
    UrgentAction,
)
from assessments.catalogue.places import Place, distinct, each

# Longest time to a reassessment (five years) and to an urgent task (thirty days): beyond, a slip of the pen.
MOST_DAYS, MOST_HOURS = 1_826, 720


def read_bands(place: Place, items: Mapping[str, Item], *, risk: bool) -> tuple[Band, ...]:
    bands = each(place, lambda entry: _band(entry, items, risk=risk))
    distinct(place, [band.code for band in bands])
    elements = place.elements()
    for band, entry in zip(bands[:-1], elements[:-1], strict=True):
        if band.when is None:
            entry["when"].fail(
                "`default` hanya pada hasil terakhir; hasil sesudahnya tidak pernah tercapai",
                "`default` stands with the last result alone; those after it would never be reached",
            )
    if not bands or bands[-1].when is not None:
        (elements[-1]["when"] if bands else place).fail(
            "hasil terakhir harus `when: default`", "the last result must have `when: default`"
        )
    return bands


def _band(place: Place, items: Mapping[str, Item], *, risk: bool) -> Band:
    shown = {"meaning", "symbol"} if risk else set()
    place.fields({"code", "label", "reassess_after_days", "when", *shown}, {"suggested_contacts_per_month"})
    when = None
    if place["when"].value != "default":
        when = each(place["when"], lambda tests: each(tests, lambda test: _test(test, items)))
        if not when or not all(when):
            place["when"].fail(
                "daftar syarat kosong; pakai `default` untuk hasil tanpa syarat",
                "the list of tests is empty; write `default` for a result without a test",
            )
    return Band(
        code=place["code"].code(),
        label=place["label"].text(),
        meaning=place["meaning"].text() if risk else None,
        symbol=place["symbol"].string() if risk else None,
        reassess_after_days=place["reassess_after_days"].integer(minimum=1, maximum=MOST_DAYS),
        suggested_contacts_per_month=place.maybe("suggested_contacts_per_month", Place.integer),
        when=when,
    )


def _test(place: Place, items: Mapping[str, Item]) -> Test:
    place.fields({"metric", "of", "op", "value"}, {"rating"})
    metric: Metric = place["metric"].one_of(get_args(Metric))  # type: ignore[assignment]
    op: Operator = place["op"].one_of(get_args(Operator))  # type: ignore[assignment]
    of, selected = _selector(place["of"], items)
    rating = None
    if metric.startswith("count_"):
        if "rating" not in place.value:
            place.fail(f"{metric} memerlukan rating", f"{metric} needs a rating")
        rating = _rating(place["rating"], selected, "choice" if metric == "count_value" else "ordinal")
    elif "rating" in place.value:
        place["rating"].fail(f"{metric} tidak memakai rating", f"{metric} takes no rating")
    return Test(metric, of, rating, op, _threshold(place["value"], share=metric == "unknown_share"))


def _selector(place: Place, items: Mapping[str, Item], extra: Collection[str] = ()) -> tuple[Selector, list[Item]]:
    """What `of` selects. A key that selects nothing is a slip of the pen, since a test on nothing never changes."""
    keys = ("group", "critical", "code", "domain")
    place.fields(set(), {*keys, *extra})
    values = {}
    for key in keys:
        if (entry := place.get(key)) is None:
            continue
        known = {getattr(item, key) for item in items.values()} - {"none"}
        values[key] = entry.codes(known) if isinstance(entry.value, list) else (entry.one_of(known),)
        if not values[key]:
            entry.fail("daftar kosong", "the list is empty")
    if not values:
        place.fail(f"pilih butir dengan {', '.join(keys)}", f"select items by {', '.join(keys)}")
    selector = Selector(*(values.get(key, ()) for key in keys))
    selected = [item for item in items.values() if selector.selects(item)]
    if not selected:
        place.fail("tidak memilih butir apa pun", "selects no item at all")
    return selector, selected


def _rating(place: Place, selected: list[Item], scale_type: str) -> Rating:
    """A rating that stands on the scale of an item that the test selects: a test on any other value never changes."""
    scales = {item.scale.code: item.scale for item in selected if item.scale.type == scale_type}
    if not scales:
        place.fail(
            f"butir yang dipilih tidak memakai skala {scale_type}",
            f"none of the items selected has a scale of the type {scale_type}",
        )
    if not isinstance(place.value, int | str) or not any(scale.label(place.value) for scale in scales.values()):
        place.fail(
            f"{place.value!r} bukan nilai skala {', '.join(scales)}",
            f"{place.value!r} is no value of the scale {', '.join(scales)}",
        )
    rating: Rating = place.value
    return rating


def _threshold(place: Place, *, share: bool) -> Fraction:
    if not share:
        return Fraction(place.integer())
    if isinstance(place.value, bool) or not isinstance(place.value, int | float) or not 0 <= place.value <= 1:
        place.fail(f"{place.value!r} bukan bagian antara 0 dan 1", f"{place.value!r} is no share between 0 and 1")
    return Fraction(repr(place.value))


def read_secondary(place: Place, items: Mapping[str, Item]) -> SecondaryOutput:
    place.fields({"code", "title", "bands"}, {"note"})
    bands = read_bands(place["bands"], items, risk=False)
    if place["code"].code() == BANDS_OUTPUT:
        place["code"].fail(
            f"{BANDS_OUTPUT!r} ialah nama hasil utama", f"{BANDS_OUTPUT!r} is the name of the main result"
        )
    return SecondaryOutput(place["code"].code(), place["title"].text(), place.maybe("note", Place.text), bands)


def read_urgent(place: Place, items: Mapping[str, Item]) -> UrgentAction:
    place.fields({"when", "within_hours", "notify", "label"})
    limits = ("rating_at_least", "rating_at_most")
    of, selected = _selector(place["when"], items, limits)
    given = [key for key in limits if key in place["when"].value]
    if len(given) != 1:
        place["when"].fail(f"tepat satu dari {' dan '.join(limits)}", f"exactly one of {' and '.join(limits)}")
    limit = _rating(place["when"][given[0]], selected, "ordinal")
    return UrgentAction(
        of=of,
        rating_at_least=int(limit) if given == ["rating_at_least"] else None,
        rating_at_most=int(limit) if given == ["rating_at_most"] else None,
        within_hours=place["within_hours"].integer(minimum=1, maximum=MOST_HOURS),
        notify=place["notify"].codes(),
        label=place["label"].text(),
    )
