"""One item of the form as the page draws it: its words, its choices, what is kept or typed, and what it lacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from assessments.catalogue import UNKNOWN, Item
from assessments.completeness import Reason
from assessments.enums import Confidence, NonRating, Source
from assessments.forms import AnswerForm, words
from assessments.progress import Progress
from assessments.views.parts import value_label
from assessments.views.words import Check


@dataclass
class Card:
    """One item on the page: its words, its choices, and what is kept or was typed."""

    item: Item
    progress: Progress
    form: AnswerForm | None = None
    errors: list[str] = field(default_factory=list)
    comment: str = ""
    check: Check | None = None

    def __post_init__(self) -> None:
        rating = self.progress.ratings.get(self.item.code)
        self.code = self.item.code
        self.text, self.help = words(self.item.text), words(self.item.help)
        self.is_asked = self.item.applies_at(self.progress.age)
        self.gate = self._gate()
        self.seen = rating.stamp if rating else ""
        if self.form is not None:
            typed = self.form.data
            self.value = typed.get(self.form.add_prefix("value"), "")
            self.note = typed.get(self.form.add_prefix("note"), "")
            self.sources = typed.getlist(self.form.add_prefix("sources"))  # type: ignore[attr-defined]
            self.confidence = typed.get(self.form.add_prefix("confidence"), "")
        elif rating is not None:
            self.value, self.note = rating.value, rating.evidence_note
            self.sources, self.confidence = rating.sources, rating.confidence
        else:
            self.value, self.note, self.sources, self.confidence = "", "", [], ""
        self.note_errors: list[str] = []
        self.confidence_errors: list[str] = []
        if not self.errors and rating is not None:
            self._place_refusals()

    def _place_refusals(self) -> None:
        """Each thing that is missing beside the field where it is filled in."""
        for refusal in self.progress.refusals:
            if refusal.code == self.code:
                place = {
                    Reason.NEEDS_EVIDENCE: self.note_errors,
                    Reason.NEEDS_NOTE: self.note_errors,
                    Reason.CHANGED_WITHOUT_NOTE: self.note_errors,
                    Reason.NEEDS_CONFIDENCE: self.confidence_errors,
                }.get(refusal.reason, self.errors)
                place.append(words(refusal.message))

    @property
    def is_wrong(self) -> bool:
        return bool(self.errors or self.note_errors or self.confidence_errors)

    @property
    def is_answered(self) -> bool:
        return bool(self.value)

    @property
    def options(self) -> list[dict[str, Any]]:
        """Every value of the scale; its anchor where the instrument has one, none is invented."""
        return [
            {
                "value": str(known.value),
                "number": known.value if isinstance(known.value, int) else "",
                "label": words(known.label),
                "anchor": words(self.item.anchor(known.value)),
                "must": known.value in self.item.scale.needs_evidence or self._differs(known.value),
                "differs": self._differs(known.value),
                "checked": str(known.value) == self.value,
            }
            for known in self.item.scale.values
        ]

    @property
    def non_ratings(self) -> list[dict[str, Any]]:
        """Not applicable is not offered on an item of security or protection."""
        offered = [NonRating.UNKNOWN] if self.item.critical != "none" else list(NonRating)
        return [
            {
                "value": kind.value,
                "label": kind.label,
                "kind": "t-unknown" if kind == UNKNOWN else "t-na",
                "must": self.progress.instrument.non_rating(kind.value).needs_note or self._differs(kind.value),
                "differs": self._differs(kind.value),
                "checked": kind.value == self.value,
            }
            for kind in offered
        ]

    @property
    def previous(self) -> str:
        if self.code not in self.progress.previous_values:
            return ""
        return value_label(self.item, self.progress.previous_values[self.code])

    @property
    def previous_anchor(self) -> str:
        """What the former value means for this item, so that both can be weighed without leafing back."""
        if self.code not in self.progress.previous_values:
            return ""
        return words(self.item.anchor(self.progress.previous_values[self.code]))

    @property
    def beside(self) -> list[dict[str, str]]:
        """In a joint rating: what each of the two raters answered."""
        return [
            {"who": who, "value": value_label(self.item, rating.answer), "note": rating.evidence_note}
            for who, ratings in self.progress.beside
            if (rating := ratings.get(self.code)) is not None
        ]

    @property
    def source_choices(self) -> list[dict[str, Any]]:
        known = self.progress.instrument.sources
        return [
            {"value": source.value, "label": source.label, "checked": source.value in self.sources}
            for source in Source
            if source.value in known
        ]

    @property
    def confidence_choices(self) -> list[dict[str, Any]]:
        return [
            {"value": level.value, "label": level.label, "checked": level.value == self.confidence}
            for level in Confidence
        ]

    def _differs(self, value: object) -> bool:
        return self.code in self.progress.previous_values and self.progress.previous_values[self.code] != value

    def _gate(self) -> str:
        """Which item must be agreed to before this one may be asked in the community (KRK)."""
        gate = self.progress.instrument.precondition
        if gate is None or self.item.code not in gate.closes:
            return ""
        answer = self.progress.answers.get(gate.item)
        return "" if answer is not None and answer.value == gate.answer else gate.item
