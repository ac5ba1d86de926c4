"""Says what a form must refuse when an assessment is submitted, and where: every refusal names its item.

The rule engine takes any input; this is the other half (header of catalogue.yaml, `per_item_record`, I-3). Drafts are
saved whatever stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from assessments.catalogue import NON_RATINGS, NOT_APPLICABLE, UNKNOWN, Instrument, Item, Rating, Text
from assessments.guidance import Answer, RatingError, check_value


class Reason(StrEnum):
    UNANSWERED = "unanswered"
    NOT_AN_ITEM = "not_an_item"
    OUTSIDE_MODE = "outside_mode"
    OFF_SCALE = "off_scale"
    OUTSIDE_AGE = "outside_age"
    CRITICAL_NOT_APPLICABLE = "critical_not_applicable"
    GATE_CLOSED = "gate_closed"
    NEEDS_NOTE = "needs_note"
    NEEDS_EVIDENCE = "needs_evidence"
    CHANGED_WITHOUT_NOTE = "changed_without_note"
    NEEDS_CONFIDENCE = "needs_confidence"
    UNKNOWN_SOURCE = "unknown_source"
    TOO_FEW_SOURCES = "too_few_sources"
    NEEDS_NARRATIVE = "needs_narrative"


MESSAGES: Mapping[Reason, Text] = {
    Reason.UNANSWERED: Text(
        "Belum dijawab. Pilih nilai, “Belum diketahui”, atau “Tidak berlaku”.",
        "Not answered. Choose a rating, “Not known yet” or “Not applicable”.",
    ),
    Reason.NOT_AN_ITEM: Text("Butir ini tidak ada di instrumen ini.", "This instrument has no such item."),
    Reason.OUTSIDE_MODE: Text("Butir ini tidak dinilai pada mode ini.", "This item is not rated in this mode."),
    Reason.OFF_SCALE: Text("Nilai di luar skala butir ini.", "The rating is not on this item's scale."),
    Reason.OUTSIDE_AGE: Text("Butir ini tidak ditanyakan pada usia ini.", "This item is not asked at this age."),
    Reason.CRITICAL_NOT_APPLICABLE: Text(
        "“Tidak berlaku” tidak dapat dipilih pada butir keamanan atau pelindungan.",
        "“Not applicable” cannot be chosen on a security or protection item.",
    ),
    Reason.GATE_CLOSED: Text(
        "Tanpa persetujuan, butir ini tidak ditanyakan; pilih “Belum diketahui”.",
        "Without consent this item is not asked; choose “Not known yet”.",
    ),
    Reason.NEEDS_NOTE: Text("Tulis mengapa butir ini tidak berlaku.", "Write why this item does not apply."),
    Reason.NEEDS_EVIDENCE: Text("Nilai ini memerlukan catatan bukti.", "This rating needs an evidence note."),
    Reason.CHANGED_WITHOUT_NOTE: Text(
        "Jawaban berbeda dari penilaian final sebelumnya; tulis buktinya.",
        "The answer differs from the previous final assessment; write the evidence.",
    ),
    Reason.NEEDS_CONFIDENCE: Text("Pilih tingkat keyakinan.", "Choose how confident you are."),
    Reason.UNKNOWN_SOURCE: Text("Sumber tidak dikenal.", "Unknown source."),
    Reason.TOO_FEW_SOURCES: Text(
        "Penilaian ini memerlukan sekurangnya {} sumber yang berbeda.",
        "This assessment needs at least {} different sources.",
    ),
    Reason.NEEDS_NARRATIVE: Text("Bagian ini wajib diisi.", "This part is required."),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """`code` is an item's or a narrative's code; empty where the whole assessment is meant."""

    code: str
    reason: Reason
    message: Text


def refusals(
    instrument: Instrument,
    answers: Mapping[str, Answer],
    *,
    mode: str | None = None,
    age: int | None = None,
    previous: Mapping[str, Rating] | None = None,
    narratives: Mapping[str, str] | None = None,
) -> tuple[Refusal, ...]:
    """Everything that keeps the assessment from being submitted, in the order of the form; empty when it may be.

    `age` is the participant's on the day of assessment in completed years, None where the instrument is not about a
    person's age. `previous` holds the values of the previous final assessment; codes that it lacks are not compared.
    `narratives` None leaves the narratives out of it.
    """
    found = [_refusal(code, Reason.NOT_AN_ITEM) for code in answers if code not in instrument.items]
    asked = {item.code for item in instrument.items_in(mode)}
    found += [
        _refusal(code, Reason.OUTSIDE_MODE) for code in instrument.items if code in answers and code not in asked
    ]
    closed = _closed(instrument, answers)
    for item in instrument.items_in(mode):
        found += [
            _refusal(item.code, reason)
            for reason in _reasons(instrument, item, answers.get(item.code), age, previous or {}, closed=closed)
        ]
    sources = {source for answer in answers.values() for source in answer.sources}
    if len(sources) < instrument.min_sources:
        wording = MESSAGES[Reason.TOO_FEW_SOURCES]
        least = instrument.min_sources
        found.append(Refusal("", Reason.TOO_FEW_SOURCES, Text(wording.id.format(least), wording.en.format(least))))
    if narratives is not None:
        found += [
            _refusal(narrative.code, Reason.NEEDS_NARRATIVE)
            for narrative in instrument.narratives
            if narrative.required and not narratives.get(narrative.code, "").strip()
        ]
    return tuple(found)


def _reasons(
    instrument: Instrument,
    item: Item,
    answer: Answer | None,
    age: int | None,
    previous: Mapping[str, Rating],
    *,
    closed: bool,
) -> list[Reason]:
    if not item.applies_at(age):
        # The form does not ask; the engine takes it as not applicable (guidance.at_age).
        return [Reason.OUTSIDE_AGE] if answer is not None and answer.value != NOT_APPLICABLE else []
    if answer is None:
        return [Reason.UNANSWERED]
    try:
        check_value(item, answer.value)
    except RatingError:
        return [Reason.OFF_SCALE]

    reasons = []
    gate = instrument.precondition
    if closed and gate and item.code in gate.closes and answer.value != UNKNOWN:
        reasons.append(Reason.GATE_CLOSED)
    noted = bool(answer.evidence_note.strip())
    if answer.value == NOT_APPLICABLE and item.critical != "none":
        reasons.append(Reason.CRITICAL_NOT_APPLICABLE)
    if not noted:
        if answer.value in NON_RATINGS and instrument.non_rating(str(answer.value)).needs_note:
            reasons.append(Reason.NEEDS_NOTE)
        elif answer.value in item.scale.needs_evidence:
            reasons.append(Reason.NEEDS_EVIDENCE)
        elif previous.get(item.code, answer.value) != answer.value:
            reasons.append(Reason.CHANGED_WITHOUT_NOTE)
    if answer.value not in NON_RATINGS and answer.confidence not in instrument.confidences:
        reasons.append(Reason.NEEDS_CONFIDENCE)
    if not set(answer.sources) <= set(instrument.sources):
        reasons.append(Reason.UNKNOWN_SOURCE)
    return reasons


def _closed(instrument: Instrument, answers: Mapping[str, Answer]) -> bool:
    gate = instrument.precondition
    if gate is None:
        return False
    answer = answers.get(gate.item)
    return answer is None or answer.value != gate.answer


def _refusal(code: str, reason: Reason) -> Refusal:
    return Refusal(code, reason, MESSAGES[reason])
