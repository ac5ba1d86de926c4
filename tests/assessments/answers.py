"""Answers for tests of the rules: quiet ones to change a little, and random ones near the thresholds."""

import pytest

from assessments import catalogue
from assessments.catalogue import NOT_APPLICABLE, UNKNOWN
from assessments.guidance import Answer

INSTRUMENTS = catalogue.load().instruments
PRK_D, PKA, KRK = INSTRUMENTS["PRK-D"], INSTRUMENTS["PKA"], INSTRUMENTS["KRK"]
CORE = ["A1", "A2", "A3", "A4", "B1", "B2", "B3", "B4", "C2", "C3"]
NEEDS = [f"{domain}{number}" for domain in "DEF" for number in range(1, 5)]
PROTECTION = [f"G{number}" for number in range(1, 7)]
# From the mildest to the most serious. belum_cukup stands where the rules put it: second in the list of bands.
COLOURS = ["hijau", "kuning", "belum_cukup", "merah"]
SUPPORT = ["rendah", "sedang", "belum_cukup", "tinggi"]
ORDER = {
    "PRK-D": COLOURS,
    "PKA": ["dukungan_rutin", "dukungan_tambahan", "belum_cukup", "dukungan_intensif"],
    "KRK": ["siap", "siap_dengan_dukungan", "belum_cukup", "belum_siap"],
}
# Random cases of a run: the slow suite alone takes the large number.
EXAMPLES = [pytest.param(2_000, id="2000"), pytest.param(100_000, id="100000", marks=pytest.mark.slow)]
NEAR_THE_THRESHOLDS = [
    [0, 0, 0, 0, 0, 0, 0, 1, 2, 3],
    [0, 0, 0, 1, 2],
    [0, 1, 1, 1, 2, 2],
    [0, 1, 2, 3],
    [3, 3, 3, 2, 1],
    [3, 3, 3, 3, 3, 3, 3, 2, 1, 0],
]


def calm(**changes):
    """PRK-D without any concern and with every protection: plain hijau."""
    return {**dict.fromkeys([*CORE, *NEEDS, "C1"], 0), **dict.fromkeys(PROTECTION, 3), **changes}


def thriving(**changes):
    """PKA with every strength: plain dukungan_rutin."""
    return {**dict.fromkeys(PKA.items, 3), **changes}


def ready(**changes):
    """KRK with everything in place: plain siap."""
    return {**dict.fromkeys(KRK.items, 3), "B1": "yes", **changes}


def random_case(dice, instrument):
    """Answers as the JSON file holds them: some left out, some with a confidence, in a different mix each time."""
    mixes = {protective: dice.choice(NEAR_THE_THRESHOLDS) * 2 for protective in (True, False)}
    gaps = dice.choice([[], [UNKNOWN], [NOT_APPLICABLE], [UNKNOWN, NOT_APPLICABLE], [UNKNOWN] * 3])
    case = {}
    for code, item in instrument.items.items():
        value = dice.choice([*mixes[item.protective], *gaps])
        if isinstance(value, int) and item.scale.type == "choice":
            value = "yes" if value >= 2 else "no"
        match dice.randrange(12):
            case 0:
                continue
            case 1 | 2:
                value = {"value": value, "confidence": dice.choice(["rendah", "sedang", "tinggi"])}
            case 3:
                value = {"value": value}
        case[code] = value
    return case


def random_answers(dice, instrument):
    """A random case as plain values, every item answered."""
    case = {
        code: answer.value if isinstance(answer, Answer) else answer
        for code, answer in as_answers(random_case(dice, instrument)).items()
    }
    return {code: case.get(code, UNKNOWN) for code in instrument.items}


def as_answers(case):
    return {
        code: Answer(given["value"], given.get("confidence")) if isinstance(given, dict) else given
        for code, given in case.items()
    }
