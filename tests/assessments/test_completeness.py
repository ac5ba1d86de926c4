"""What a form refuses at submission, each with the item and the reason."""

import pytest

from assessments import catalogue
from assessments.catalogue import NOT_APPLICABLE, UNKNOWN
from assessments.completeness import MESSAGES, Reason, refusals
from assessments.guidance import Answer

PRK_D, PKA, KRK = catalogue.load().instruments.values()
SOURCES = ("wawancara", "dokumen")


def answered(instrument, mode=None, **changes):
    """A complete assessment; changes replace single answers."""
    answers = {}
    for item in instrument.items_in(mode):
        quiet = item.scale.values[0] if item.scale.higher_is_more_concern else item.scale.values[-1]
        value = "yes" if item.scale.type == "choice" else quiet.value
        answers[item.code] = Answer(value, "sedang", "", SOURCES)
    return {code: answer for code, answer in {**answers, **changes}.items() if answer is not None}


def told(instrument, answers, **context):
    return [(refusal.code, refusal.reason) for refusal in refusals(instrument, answers, **context)]


@pytest.mark.parametrize(
    ("instrument", "context"),
    [(PRK_D, {}), (PRK_D, {"mode": "kebutuhan_saja"}), (PKA, {"age": 17}), (KRK, {})],
)
def test_a_complete_assessment_is_not_refused(instrument, context):
    assert told(instrument, answered(instrument, context.get("mode")), **context) == []


@pytest.mark.parametrize(
    ("code", "answer", "reason"),
    [
        ("A1", None, Reason.UNANSWERED),
        ("A1", Answer(4, "sedang", "bukti"), Reason.OFF_SCALE),
        ("A1", Answer(True, "sedang", "bukti"), Reason.OFF_SCALE),
        ("Z1", Answer(1, "sedang"), Reason.NOT_AN_ITEM),
        ("A1", Answer(2, "sedang"), Reason.NEEDS_EVIDENCE),
        ("A1", Answer(3, "sedang", "   "), Reason.NEEDS_EVIDENCE),
        ("A1", Answer(NOT_APPLICABLE), Reason.NEEDS_NOTE),
        ("A4", Answer(NOT_APPLICABLE, None, "catatan"), Reason.CRITICAL_NOT_APPLICABLE),
        ("D4", Answer(NOT_APPLICABLE, None, "catatan"), Reason.CRITICAL_NOT_APPLICABLE),
        ("A1", Answer(1), Reason.NEEDS_CONFIDENCE),
        ("A1", Answer(1, "pasti"), Reason.NEEDS_CONFIDENCE),
        ("A1", Answer(1, "tinggi", "", ("ramalan",)), Reason.UNKNOWN_SOURCE),
    ],
)
def test_a_faulty_answer_is_refused_at_its_item(code, answer, reason):
    assert told(PRK_D, answered(PRK_D, **{code: answer})) == [(code, reason)]


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("A1", Answer(1, "rendah")),
        ("A1", Answer(3, "tinggi", "Ucapan pada 3 Maret, didengar sendiri.")),
        ("A1", Answer(UNKNOWN)),
        ("A4", Answer(UNKNOWN)),
        ("C3", Answer(NOT_APPLICABLE, None, "Tidak ada kewajiban lapor.")),
        ("G1", Answer(0, "sedang")),
    ],
)
def test_an_honest_answer_is_taken(code, answer):
    assert told(PRK_D, answered(PRK_D, **{code: answer})) == []


def test_strength_and_readiness_need_evidence_at_the_low_end():
    assert told(PKA, answered(PKA, B1=Answer(1, "sedang"))) == [("B1", Reason.NEEDS_EVIDENCE)]
    assert told(PKA, answered(PKA, B1=Answer(2, "sedang"))) == []
    assert told(KRK, answered(KRK, A2=Answer(0, "sedang"))) == [("A2", Reason.NEEDS_EVIDENCE)]


def test_an_answer_that_differs_from_the_previous_final_assessment_needs_a_note():
    previous = {"A1": 1, "A2": 0, "A3": UNKNOWN, "Z9": 3}
    answers = answered(PRK_D, A3=Answer(0, "sedang", "Bertemu tetangga."))
    assert told(PRK_D, answers, previous=previous) == [("A1", Reason.CHANGED_WITHOUT_NOTE)]


def test_items_outside_the_mode_are_refused():
    answers = answered(PRK_D, "kebutuhan_saja", A1=Answer(0, "sedang"))
    assert told(PRK_D, answers, mode="kebutuhan_saja") == [("A1", Reason.OUTSIDE_MODE)]


def test_items_of_another_age_are_not_asked():
    at_two = {code: answer for code, answer in answered(PKA).items() if PKA.items[code].applies_at(2)}
    assert told(PKA, at_two, age=2) == []
    assert told(PKA, {**at_two, "D1": Answer(NOT_APPLICABLE)}, age=2) == []
    assert told(PKA, {**at_two, "D1": Answer(3, "sedang")}, age=2) == [("D1", Reason.OUTSIDE_AGE)]
    assert ("D1", Reason.UNANSWERED) in told(PKA, at_two, age=4)


@pytest.mark.parametrize("consent", [Answer("no", "tinggi"), Answer(UNKNOWN)])
def test_without_consent_nothing_is_asked_in_the_community(consent):
    rated = answered(KRK, B1=consent)
    assert told(KRK, rated) == [(code, Reason.GATE_CLOSED) for code in ("B2", "B3", "B4")]
    unasked = answered(KRK, B1=consent, **dict.fromkeys(["B2", "B3", "B4"], Answer(UNKNOWN)))
    assert told(KRK, unasked) == []


def test_two_different_sources_are_needed_in_all():
    answers = {code: Answer(a.value, a.confidence, "", ("wawancara",)) for code, a in answered(KRK).items()}
    (refusal,) = refusals(KRK, answers)
    assert (refusal.code, refusal.reason) == ("", Reason.TOO_FEW_SOURCES)
    assert refusal.message.en == "This assessment needs at least 2 different sources."


def test_required_narratives_are_asked_for_where_they_are_given_at_all():
    assert told(KRK, answered(KRK), narratives={"rekomendasi": "Pulang bertahap."}) == [
        ("siapa_diberi_tahu", Reason.NEEDS_NARRATIVE)
    ]
    assert told(KRK, answered(KRK), narratives={"rekomendasi": "x", "siapa_diberi_tahu": " "}) == [
        ("siapa_diberi_tahu", Reason.NEEDS_NARRATIVE)
    ]


def test_an_empty_form_is_refused_item_by_item_in_the_order_of_the_form():
    reasons = told(PRK_D, {}, narratives={})
    assert reasons[:29] == [(code, Reason.UNANSWERED) for code in PRK_D.items]
    assert len(reasons) == 29 + 1 + 6


def test_every_reason_has_words_in_both_languages():
    assert set(MESSAGES) == set(Reason)
    assert all(text.id and text.en and text.id != text.en for text in MESSAGES.values())
