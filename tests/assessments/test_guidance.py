"""The rule engine: each rule by example, and every figure against a second reading."""

import random

import pytest

from assessments import catalogue
from assessments.catalogue import NOT_APPLICABLE, UNKNOWN
from assessments.guidance import Answer, RatingError, at_age, evaluate, urgent_actions
from tests.assessments.answers import (
    EXAMPLES,
    INSTRUMENTS,
    KRK,
    NEEDS,
    ORDER,
    PKA,
    PRK_D,
    PROTECTION,
    SUPPORT,
    as_answers,
    calm,
    random_case,
    ready,
    thriving,
)
from tests.assessments.naive_guidance import naive_guidance, plain_instruments

PLAIN = plain_instruments()
MODES = [("PRK-D", None), ("PRK-D", "lengkap"), ("PRK-D", "kebutuhan_saja"), ("PKA", None), ("KRK", None)]


def band_and_fired(instrument, answers, mode=None):
    guidance = evaluate(instrument, answers, mode)
    return guidance.band, list(guidance.fired)


# --------------------------------------------------------------------------------------------- PRK-D by example


@pytest.mark.parametrize(
    ("changes", "band", "fired"),
    [
        ({}, "hijau", []),
        ({"A4": 3}, "merah", ["A4"]),
        ({"C2": 3}, "merah", ["C2"]),
        ({"A4": 3, "C2": 3}, "merah", ["A4", "C2"]),
        ({"A1": 3}, "kuning", ["A1"]),
        ({"A1": 3, "C3": 3}, "merah", ["A1", "C3"]),
        ({"A1": 2, "A2": 2, "A3": 2, "B1": 2, "B4": 2}, "merah", ["A1", "A2", "A3", "B1", "B4"]),
        ({"A1": 2, "A2": 2, "A3": 2, "B1": 2}, "kuning", ["A1", "A2", "A3", "B1"]),
        ({"A1": 2, "A2": 2, "A3": 2}, "kuning", ["A1", "A2", "A3"]),
        ({"A1": 2, "A2": 2}, "hijau", []),
        ({"A4": 2}, "kuning", ["A4"]),
        ({"A4": 1}, "hijau", []),
        ({"A4": UNKNOWN}, "belum_cukup", ["A4"]),
        ({"A4": UNKNOWN, "C2": UNKNOWN}, "belum_cukup", ["A4", "C2"]),
        ({"A4": UNKNOWN, "C2": 3}, "merah", ["C2"]),
        ({"A1": 2, **dict.fromkeys(PROTECTION, 1)}, "kuning", ["A1"]),
        ({"A1": 2, **dict.fromkeys(PROTECTION, 1), "G3": 2}, "kuning", ["A1", "G3"]),
        ({"A1": 2, **dict.fromkeys(PROTECTION, 1), "G3": 2, "G5": 3}, "hijau", []),
        (dict.fromkeys(PROTECTION, 0), "hijau", []),
        ({"A1": 2, **dict.fromkeys(PROTECTION, UNKNOWN)}, "kuning", ["A1"]),
        (dict.fromkeys(NEEDS, 3), "hijau", []),
        ({"C1": 3}, "hijau", []),
    ],
)
def test_the_adult_rules_give_the_band_and_the_items_that_fired(changes, band, fired):
    assert band_and_fired(PRK_D, calm(**changes)) == (band, fired)


def test_a_share_equal_to_its_threshold_is_not_above_it():
    # 2 of 8 core items is exactly 25 %, 6 of 12 need items exactly 50 %; A4 and C2 stay known.
    outside = {"B3": NOT_APPLICABLE, "C3": NOT_APPLICABLE}
    assert band_and_fired(PRK_D, calm(**outside, A1=UNKNOWN, A2=UNKNOWN)) == ("hijau", [])
    assert band_and_fired(PRK_D, calm(**outside, A1=UNKNOWN, A2=UNKNOWN, A3=UNKNOWN)) == (
        "belum_cukup",
        ["A1", "A2", "A3"],
    )
    assert evaluate(PRK_D, calm(**dict.fromkeys(NEEDS[:6], UNKNOWN))).band == "hijau"
    assert evaluate(PRK_D, calm(**dict.fromkeys(NEEDS[:7], UNKNOWN))).fired == tuple(NEEDS[:7])


@pytest.mark.parametrize("not_applicable", range(10))
def test_a_share_counts_the_unknown_among_the_items_that_apply(not_applicable):
    """KRK has 13 readiness items and asks for more than 40 % of those that apply."""
    readiness = [code for code, item in KRK.items.items() if item.group == "readiness" and item.critical == "none"]
    left_out, rest = readiness[:not_applicable], readiness[not_applicable:]
    applicable = len(rest) + 2
    for unknown in range(len(rest) + 1):
        answers = ready(**dict.fromkeys(left_out, NOT_APPLICABLE), **dict.fromkeys(rest[:unknown], UNKNOWN))
        expected = "belum_cukup" if unknown * 10 > applicable * 4 else "siap"
        assert evaluate(KRK, answers).band == expected


def test_nothing_in_scope_is_no_unknown_share():
    assert band_and_fired(PRK_D, dict.fromkeys(PRK_D.items, NOT_APPLICABLE)) == ("hijau", [])


@pytest.mark.parametrize(
    ("changes", "level", "fired"),
    [
        ({}, "rendah", ()),
        ({"D4": 2}, "tinggi", ("D4",)),
        ({"B3": 2}, "tinggi", ("B3",)),
        ({"D1": 3, "F1": 3}, "tinggi", ("D1", "F1")),
        (dict.fromkeys(["D1", "D2", "D3", "E1", "E3"], 2), "tinggi", ("D1", "D2", "D3", "E1", "E3")),
        ({"D1": 3}, "sedang", ("D1",)),
        ({"D1": 2, "E4": 2}, "sedang", ("D1", "E4")),
        ({"D1": 2}, "rendah", ()),
        ({"E2": UNKNOWN}, "belum_cukup", ("E2",)),
        ({"E2": UNKNOWN, "D4": 2}, "tinggi", ("D4",)),
    ],
)
def test_the_support_level_stands_beside_the_band_and_does_not_move_it(changes, level, fired):
    guidance = evaluate(PRK_D, calm(**changes))
    assert (guidance.support_level, guidance.support_fired) == (level, fired)
    assert guidance.band == "hijau"


def test_without_bands_a_mode_gives_the_support_level_alone_and_its_reassessment_date():
    guidance = evaluate(PRK_D, {**calm(D1=2, F2=2), "A4": 3}, "kebutuhan_saja")
    assert (guidance.band, guidance.fired, guidance.provisional) == (None, (), False)
    assert (guidance.support_level, guidance.reassess_after_days) == ("sedang", 90)


def test_with_bands_the_reassessment_date_is_that_of_the_band():
    assert evaluate(PRK_D, calm(D1=3, D2=3)).reassess_after_days == 180
    assert evaluate(PRK_D, calm(A4=3)).reassess_after_days == 30
    assert evaluate(PKA, thriving()).reassess_after_days == 120
    assert evaluate(KRK, ready(B1="no")).reassess_after_days == 60


def test_the_domains_outside_a_mode_do_not_exist_for_its_rules():
    """B3 is critical: care, but domain B does not exist in kebutuhan_saja."""
    known = {code: value for code, value in calm().items() if code[0] in "DEFG"}
    assert evaluate(PRK_D, known, "kebutuhan_saja").support_level == "rendah"
    assert evaluate(PRK_D, {**known, "B3": 3}, "kebutuhan_saja").support_level == "rendah"
    assert evaluate(PRK_D, {**known, "B3": 3}, "lengkap").support_level == "tinggi"


# --------------------------------------------------------------------------------------------- PKA and KRK by example


@pytest.mark.parametrize(
    ("changes", "band", "fired"),
    [
        ({}, "dukungan_rutin", []),
        ({"A2": 0}, "dukungan_intensif", ["A2"]),
        ({"A2": 1}, "dukungan_tambahan", ["A2"]),
        ({"A2": 2}, "dukungan_rutin", []),
        ({"B1": 0, "C1": 0, "F3": 0}, "dukungan_intensif", ["B1", "C1", "F3"]),
        ({"B1": 0, "C1": 0}, "dukungan_tambahan", ["B1", "C1"]),
        (dict.fromkeys(["B1", "B2", "B3", "C1", "C2", "C3", "C4", "D1"], 1), "dukungan_intensif", None),
        (dict.fromkeys(["B1", "B2", "B3", "C1", "C2", "C3", "C4"], 1), "dukungan_tambahan", None),
        ({"B1": 1, "B2": 1}, "dukungan_rutin", []),
        ({"A1": UNKNOWN}, "belum_cukup", ["A1"]),
        ({"A1": UNKNOWN, "A3": 0}, "dukungan_intensif", ["A3"]),
        (dict.fromkeys(["B1", "B2", "B3", "C1", "C2"], UNKNOWN), "dukungan_rutin", []),
        (dict.fromkeys(["B1", "B2", "B3", "C1", "C2", "C3"], UNKNOWN), "belum_cukup", None),
    ],
)
def test_the_child_rules_give_the_band_and_the_items_that_fired(changes, band, fired):
    assert band_and_fired(PKA, thriving(**changes)) == (band, sorted(changes) if fired is None else fired)


@pytest.mark.parametrize(
    ("changes", "band", "fired"),
    [
        ({}, "siap", []),
        ({"A3": 0}, "belum_siap", ["A3"]),
        ({"D1": 0}, "belum_siap", ["D1"]),
        ({"A1": 0}, "belum_siap", ["A1"]),
        ({"A1": 1}, "siap", []),
        ({"A3": 1}, "siap_dengan_dukungan", ["A3"]),
        ({"A2": 1, "C1": 1, "D2": 0}, "siap_dengan_dukungan", ["A2", "C1", "D2"]),
        ({"A3": UNKNOWN}, "belum_cukup", ["A3"]),
        # The test `count_value yes == 0` is true and has counted nothing.
        ({"B1": "no"}, "siap_dengan_dukungan", []),
        ({"B1": UNKNOWN}, "siap_dengan_dukungan", []),
        ({"B1": NOT_APPLICABLE}, "siap_dengan_dukungan", []),
    ],
)
def test_the_family_rules_give_the_band_and_the_items_that_fired(changes, band, fired):
    assert band_and_fired(KRK, ready(**changes)) == (band, fired)


def test_no_answer_at_all_is_not_enough_information():
    assert evaluate(PRK_D, {}).fired == ("A4", "C2")
    assert [evaluate(instrument, {}).band for instrument in INSTRUMENTS.values()] == ["belum_cukup"] * 3


def test_the_child_instrument_knows_no_support_level():
    assert evaluate(PKA, {}).support_level is None
    assert evaluate(KRK, {}).support_level is None


# --------------------------------------------------------------------------------------------- confidence, tasks, age


def test_low_confidence_makes_guidance_provisional_only_on_an_item_that_fired():
    assert evaluate(PRK_D, calm(A4=Answer(3, "rendah"))).provisional is True
    assert evaluate(PRK_D, calm(A4=Answer(3, "sedang"))).provisional is False
    assert evaluate(PRK_D, calm(A4=3, A1=Answer(2, "rendah"))).provisional is False
    assert evaluate(PRK_D, calm(A4=Answer(UNKNOWN, "rendah"))).provisional is True
    assert evaluate(PRK_D, calm(A1=Answer(0, "rendah"))).provisional is False
    # D1 fired for the support level, which is not part of the guidance on the band.
    assert evaluate(PRK_D, calm(D1=Answer(3, "rendah"), F1=3)).provisional is False


@pytest.mark.parametrize(
    ("instrument", "code", "value", "mode", "keys"),
    [
        (PRK_D, "D4", 2, None, ["care>=2"]),
        (PRK_D, "D4", 1, None, []),
        (PRK_D, "A4", 3, None, ["security>=3"]),
        (PRK_D, "A4", 2, None, []),
        (PRK_D, "D4", UNKNOWN, None, []),
        (PRK_D, "D4", NOT_APPLICABLE, None, []),
        (PRK_D, "D4", 3, "kebutuhan_saja", ["care>=2"]),
        (PRK_D, "B3", 3, "kebutuhan_saja", []),
        (PRK_D, "D1", 3, None, []),
        (PKA, "A1", 0, None, ["care<=0"]),
        (PKA, "A1", 1, None, []),
        (KRK, "D1", 0, None, ["care<=0"]),
        (KRK, "B1", "no", None, []),
        (KRK, "Z9", 0, None, []),
    ],
)
def test_a_single_answer_opens_the_urgent_tasks_of_its_item(instrument, code, value, mode, keys):
    actions = urgent_actions(instrument, code, value, mode)
    assert [action.key for action in actions] == keys
    assert all(action.within_hours == 24 for action in actions)


def test_items_of_another_age_become_not_applicable_and_drop_out_of_the_share():
    asked_at_two = [code for code, item in PKA.items.items() if item.applies_at(2)]
    answers = at_age(PKA, dict.fromkeys(asked_at_two, 3), 2)
    assert {code for code, value in answers.items() if value == NOT_APPLICABLE} == {"D1", "D2", "D3", "E2", "E4", "F3"}
    assert evaluate(PKA, answers).band == "dukungan_rutin"
    assert at_age(PKA, {"D1": 0}, None) == {"D1": 0}


# --------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize("value", [4, -1, True, False, 1.0, "2", "yes", "", None, [1], {"value": 1}, "Unknown"])
def test_a_value_off_the_scale_is_refused_and_named(value):
    with pytest.raises(RatingError) as refused:
        evaluate(PRK_D, {"A1": 0, "A4": value})
    assert refused.value.code == "A4"


@pytest.mark.parametrize("value", [0, 1, True, "Yes", "ya", None])
def test_a_choice_takes_only_its_own_words(value):
    with pytest.raises(RatingError):
        evaluate(KRK, {"B1": value})


def test_a_code_of_another_instrument_is_refused():
    with pytest.raises(RatingError) as refused:
        evaluate(KRK, {"G1": 2})
    assert refused.value.code == "G1"


@pytest.mark.parametrize(("instrument", "mode"), [(PRK_D, "cepat"), (PKA, "lengkap"), (KRK, "kebutuhan_saja")])
def test_a_mode_that_the_instrument_lacks_is_refused(instrument, mode):
    with pytest.raises(KeyError):
        evaluate(instrument, {}, mode)


# --------------------------------------------------------------------------------------------- a second reading


def as_plain(guidance):
    return {
        "band": guidance.band,
        "fired": list(guidance.fired),
        "provisional": guidance.provisional,
        "support_level": guidance.support_level,
    }


@pytest.mark.parametrize("cases", EXAMPLES)
@pytest.mark.parametrize(("code", "mode"), MODES)
def test_a_second_reading_of_the_grammar_gives_the_same(code, mode, cases):
    dice = random.Random(f"{code} {mode}")
    seen = set()
    for _ in range(cases):
        case = random_case(dice, INSTRUMENTS[code])
        guidance = evaluate(INSTRUMENTS[code], as_answers(case), mode)
        assert as_plain(guidance) == naive_guidance(PLAIN[code], case, mode), case
        seen.add(guidance.support_level if guidance.band is None else guidance.band)
    assert seen == set(SUPPORT if mode == "kebutuhan_saja" else ORDER[code])


def random_test(dice, codes):
    of = dice.choice(
        [
            {"group": "readiness"},
            {"critical": "care"},
            {"code": dice.choice(codes)},
            {"code": dice.sample(codes, 3)},
            {"domain": dice.choice("ABCD")},
            {"domain": dice.sample("ABCD", 2), "group": "readiness"},
            {"group": "readiness", "critical": "care", "domain": ["A", "D"]},
        ]
    )
    metric = dice.choice(["count_at_least", "count_at_most", "count_value", "unknown_count", "unknown_share"])
    test = {"metric": metric, "of": of, "op": dice.choice([">=", ">", "<=", "<", "=="])}
    if metric == "count_value":
        return test | {"of": {"code": "B1"}, "rating": dice.choice(["yes", "no"]), "value": dice.choice([0, 1])}
    if metric == "unknown_share":
        return test | {"value": dice.choice([0, 0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 1])}
    if metric == "unknown_count":
        return test | {"value": dice.randrange(4)}
    return test | {"rating": dice.randrange(4), "value": dice.randrange(4)}


@pytest.mark.parametrize(
    "instruments", [pytest.param(150, id="150"), pytest.param(5_000, id="5000", marks=pytest.mark.slow)]
)
def test_a_second_reading_agrees_on_rules_that_nobody_wrote_by_hand(instruments):
    """Every metric, operator and selector, alone and combined, whether or not our three instruments use it."""
    dice = random.Random("rules")
    definition = KRK.definition
    plain = definition["instruments"][0]
    codes = [code for code in KRK.items if code != "B1"]
    for _ in range(instruments):
        for band in plain["bands"][:-1]:
            band["when"] = [
                [random_test(dice, codes) for _ in range(dice.choice([1, 1, 2, 3]))]
                for _ in range(dice.choice([1, 2, 3]))
            ]
        instrument = catalogue.from_definition(definition)
        for _ in range(20):
            case = random_case(dice, instrument)
            assert as_plain(evaluate(instrument, as_answers(case))) == naive_guidance(plain, case), (
                plain["bands"],
                case,
            )


def test_a_definition_kept_as_json_gives_the_same_guidance():
    dice = random.Random("json")
    for code, instrument in INSTRUMENTS.items():
        kept = catalogue.from_definition(instrument.definition)
        for _ in range(200):
            answers = as_answers(random_case(dice, instrument))
            assert as_plain(evaluate(kept, answers)) == as_plain(evaluate(instrument, answers)), code
