"""What the rest of the program needs of an instrument beyond its grammar, and that two outlines tell all changes."""

from __future__ import annotations

import pytest

from assessments import catalogue
from assessments.outline import compare, outline
from assessments.vetting import vet

SOURCES = {code: catalogue.to_yaml(known) for code, known in catalogue.default().instruments.items()}


@pytest.mark.parametrize("code", SOURCES)
def test_the_projects_own_instruments_pass_and_come_back_the_same(code: str) -> None:
    vetted = vet(SOURCES[code], code)
    assert vetted.problems == ()
    assert vetted.instrument.content_hash == catalogue.default().instruments[code].content_hash


@pytest.mark.parametrize(
    ("code", "old", "new", "told"),
    [
        ("KRK", "instrument: KRK", "instrument: PKA", "draf ini untuk KRK"),
        ("KRK", "version: 1.0.0", "version: 1.0.0-uji", "tiga angka"),
        ("KRK", "code: belum_siap", "code: menolak", "menolak"),
        ("KRK", "code: D2\n", "code: D2_YANG_PANJANG\n", "paling panjang 10 huruf"),
        ("KRK", "needs_justification_min_chars: 80", "needs_justification_min_chars: 5", "paling sedikit 80"),
        ("KRK", "needs_supervisor_approval: true", "needs_supervisor_approval: false", "harus true"),
        ("KRK", "reassess_after_days: 180", "reassess_after_days: 99999999999", "lebih besar dari"),
        ("KRK", "within_hours: 24", "within_hours: 100000", "lebih besar dari"),
        ("PKA", "sealed: true", "sealed: false", "harus `sealed: true`"),
        ("PKA", "age_max: 17", "age_max: 30", "hanya sampai 17 tahun"),
        ("PRK-D", "age_min: 18", "age_min: 12", "paling sedikit 18"),
        ("PRK-D", "kebutuhan_saja:", "semua:", "memerlukan mode"),
    ],
)
def test_what_the_database_or_the_law_would_refuse_is_named_with_its_line(
    code: str, old: str, new: str, told: str
) -> None:
    text = SOURCES[code]
    assert old in text
    problems = vet(text.replace(old, new), code).problems
    assert any(told in problem.message for problem in problems), problems
    assert all(problem.line for problem in problems)


def test_a_child_never_has_colours() -> None:
    text = SOURCES["KRK"].replace("siap_dengan_dukungan", "kuning")
    assert any("warna hanya" in problem.message for problem in vet(text, "KRK").problems)


@pytest.mark.parametrize("code", SOURCES)
def test_no_text_changes_unseen(code: str) -> None:
    """Each text of the instrument changed alone: the comparison says so, in that language only."""
    before = catalogue.default().instruments[code]
    unseen = []
    for place in range(len(list(texts(before.definition["instruments"][0])))):
        definition = before.definition
        holder, key = list(texts(definition["instruments"][0]))[place]
        holder[key] += " ubah"
        changes = compare(before, catalogue.from_definition(definition))
        if {fact.languages for chapter in changes for part in chapter.parts for fact in part.facts} != {(key,)}:
            unseen.append((holder, key))
    assert unseen == []


@pytest.mark.parametrize("code", SOURCES)
def test_no_number_switch_or_code_changes_unseen(code: str) -> None:
    """The same of everything that is no text, where the instrument can still be read with it."""
    before = catalogue.default().instruments[code]
    unseen = []
    for place, (holder, key) in enumerate(scalars(before.definition["instruments"][0])):
        definition = before.definition
        changed, _ = list(scalars(definition["instruments"][0]))[place]
        value = holder[key]
        changed[key] = not value if isinstance(value, bool) else f"{value}x" if isinstance(value, str) else value + 1
        try:
            after = catalogue.from_definition(definition)
        except catalogue.CatalogueError:
            continue
        if not compare(before, after) and key != "instrument":  # which `vet` refuses
            unseen.append((key, value))
    assert unseen == []


def scalars(value):
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(inner, dict | list):
            yield from scalars(inner)
        elif inner is not None and key not in ("id", "en"):
            yield value, key


def texts(value):
    if isinstance(value, dict):
        if set(value) == {"id", "en"}:
            yield from ((value, key) for key in ("id", "en"))
        else:
            for inner in value.values():
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


@pytest.mark.parametrize("code", SOURCES)
def test_an_instrument_does_not_differ_from_itself(code: str) -> None:
    instrument = catalogue.default().instruments[code]
    assert compare(instrument, vet(SOURCES[code], code).instrument) == ()
    keys = [(chapter.key, part.key) for chapter in outline(instrument) for part in chapter.parts]
    assert len(keys) == len(set(keys))


def test_items_domains_and_bands_that_come_and_go_are_told() -> None:
    before = catalogue.default().instruments["KRK"]
    definition = before.definition
    own = definition["instruments"][0]
    removed = own["domains"][0]["items"].pop(3)  # A4
    own["domains"].append({"code": "E", "title": {"id": "Baru", "en": "New"}, "items": [removed | {"code": "E1"}]})
    after = catalogue.from_definition(definition)
    told = [(c.kind, c.chapter.key, p.kind, p.part.key) for c in compare(before, after) for p in c.parts]
    assert ("changed", "domain-A", "removed", "item-A4") in told
    assert ("changed", "domain-A", "changed", "domain") in told  # the order of its items
    assert ("added", "domain-E", "added", "item-E1") in told
    back = [(c.kind, c.chapter.key) for c in compare(after, before)]
    assert ("removed", "domain-E") in back


def test_a_rule_that_changes_is_told_in_words() -> None:
    text = SOURCES["KRK"].replace("value: 8", "value: 9")
    changes = compare(catalogue.default().instruments["KRK"], vet(text, "KRK").instrument)
    (fact,) = [fact for chapter in changes for part in chapter.parts for fact in part.facts]
    assert "sekurangnya 8" in fact.before.id
    assert "sekurangnya 9" in fact.after.id
