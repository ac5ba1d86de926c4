"""The sentence that a rater reads beside the guidance: which rule it was, and which answers it counted."""

import random

import pytest

from assessments import catalogue
from assessments.catalogue import UNKNOWN
from assessments.explanation import explain
from assessments.guidance import Answer, evaluate
from tests.assessments.answers import INSTRUMENTS, KRK, PKA, PRK_D, calm, random_answers, ready, thriving


def explained(instrument, answers, mode=None):
    return explain(instrument, answers, evaluate(instrument, answers, mode))


@pytest.mark.parametrize(
    ("instrument", "answers", "indonesian", "english"),
    [
        (
            PRK_D,
            calm(A1=3, B2=Answer(3, "rendah")),
            "Petunjuk Merah: sekurangnya 2 butir inti dinilai 3 (A1 = 3, B2 = 3).",
            "Guidance Red: at least 2 of the core items rated 3 (A1 = 3, B2 = 3).",
        ),
        (
            PRK_D,
            calm(A1=2, G1=1, G2=1, G3=1, G4=1, G5=2, G6=0),
            "Petunjuk Kuning: sekurangnya 1 butir inti dinilai 2 atau lebih (A1 = 2) dan "
            "paling banyak 1 butir pelindung dinilai 2 atau lebih (G5 = 2).",
            "Guidance Yellow: at least 1 of the core items rated 2 or higher (A1 = 2) and "
            "at most 1 of the protective items rated 2 or higher (G5 = 2).",
        ),
        (
            PRK_D,
            calm(A4=UNKNOWN),
            "Petunjuk Belum cukup informasi: sekurangnya 1 butir keamanan belum diketahui (A4).",
            "Guidance Not enough information: at least 1 of the security items not known yet (A4).",
        ),
        (
            PRK_D,
            calm(),
            "Petunjuk Hijau: tidak satu pun aturan lain terpenuhi.",
            "Guidance Green: no other rule applies.",
        ),
        (
            PKA,
            {"A1": 3, "A2": 3, "A3": 3, **dict.fromkeys(list(PKA.items)[3:14], 3)},
            "Petunjuk Belum cukup informasi: lebih dari 35% butir kebutuhan belum diketahui (E2, E3, E4, F1, F2, F3).",
            "Guidance Not enough information: more than 35% of the need items not known yet (E2, E3, E4, F1, F2, F3).",
        ),
        (
            PKA,
            thriving(B1=1, C1=0),
            "Petunjuk Dukungan tambahan: sekurangnya 1 butir kebutuhan dinilai 0 (C1 = 0).",
            "Guidance Additional support: at least 1 of the need items rated 0 (C1 = 0).",
        ),
        (KRK, ready(A1=0), "Petunjuk Belum siap: butir A1 dinilai 0.", "Guidance Not ready: item A1 rated 0."),
        (
            KRK,
            ready(B1="no"),
            "Petunjuk Siap dengan dukungan: butir B1 tidak dijawab “Ya”.",
            "Guidance Ready with support: item B1 not answered “Yes”.",
        ),
    ],
)
def test_a_band_is_explained_in_both_languages(instrument, answers, indonesian, english):
    sentence = explained(instrument, answers).band
    assert (sentence.id, sentence.en) == (indonesian, english)


def test_the_support_level_has_its_own_sentence():
    assert explained(PRK_D, calm(D4=2)).support.id == (
        "Kebutuhan dukungan tinggi: sekurangnya 1 butir pelindungan dinilai 2 atau lebih (D4 = 2)."
    )
    only_needs = explained(PRK_D, calm(), "kebutuhan_saja")
    assert only_needs.band is None
    assert only_needs.support.en == "Support needs low: no other rule applies."
    assert explained(KRK, ready()).support is None


@pytest.mark.parametrize(
    ("test", "indonesian", "english"),
    [
        (
            {"metric": "count_value", "rating": "no", "of": {"code": "B1"}, "op": ">=", "value": 1},
            "butir B1 dijawab “Tidak”",
            "item B1 answered “No”",
        ),
        (
            {"metric": "count_at_most", "rating": 0, "of": {"group": "readiness"}, "op": "==", "value": 0},
            "tidak ada butir kesiapan dinilai 0",
            "none of the readiness items rated 0",
        ),
        (
            {"metric": "count_at_least", "rating": 2, "of": {"code": ["A1", "A2"]}, "op": "<", "value": 3},
            "kurang dari 3 butir A1, A2 dinilai 2 atau lebih (A1 = 3, A2 = 3)",
            "fewer than 3 of the items A1, A2 rated 2 or higher (A1 = 3, A2 = 3)",
        ),
        (
            {"metric": "unknown_share", "of": {"domain": "C", "group": "readiness"}, "op": "<=", "value": 0.125},
            "paling banyak 12,5% butir kesiapan yang juga butir domain C (Layanan dan peluang setempat) "
            "belum diketahui",
            "at most 12.5% of the readiness items that are also items of domain C (Local services and "
            "opportunities) not known yet",
        ),
        (
            {"metric": "count_at_least", "rating": 3, "of": {"critical": "care"}, "op": "==", "value": 2},
            "tepat 2 butir pelindungan dinilai 3 (A3 = 3, D1 = 3)",
            "exactly 2 of the protection items rated 3 (A3 = 3, D1 = 3)",
        ),
    ],
)
def test_every_kind_of_test_has_words(test, indonesian, english):
    definition = KRK.definition
    definition["instruments"][0]["bands"][0]["when"] = [[test]]
    instrument = catalogue.from_definition(definition)
    sentence = explained(instrument, ready(B1="no" if test.get("rating") == "no" else "yes")).band
    assert sentence.id == f"Petunjuk Belum siap: {indonesian}."
    assert sentence.en == f"Guidance Not ready: {english}."


def test_a_child_is_never_described_with_a_word_of_risk():
    dice = random.Random("anak")
    for _ in range(500):
        sentence = explained(PKA, random_answers(dice, PKA)).band
        told = f"{sentence.id} {sentence.en}".lower()
        assert not any(word in told for word in ("risiko", "risk", "bahaya", "danger", "merah", "kuning", "hijau"))


def test_every_item_that_fired_stands_in_the_sentence():
    dice = random.Random("sentence")
    for instrument in INSTRUMENTS.values():
        for _ in range(300):
            answers = random_answers(dice, instrument)
            guidance = evaluate(instrument, answers)
            sentence = explain(instrument, answers, guidance).band
            assert all(code in sentence.id and code in sentence.en for code in guidance.fired)
