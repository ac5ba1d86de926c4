"""What an assessment holds so far, what it lacks, and what its rules say: read once for a page or a move.

Called by the workflow before anything is submitted and by every page of the form, so that both judge alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from assessments import guidance, population
from assessments.catalogue import UNKNOWN, Domain, Instrument, Item, Rating
from assessments.completeness import Reason, Refusal, refusals
from assessments.enums import AssessmentStatus
from assessments.models import Assessment, ItemRating, SecondRating
from cases.models import Participant

# Narratives that have their place beside a judgement; the others stand on a step of their own.
FORMULATION, OWN_VIEW = "formulasi", "pendapat_peserta"


def age_for(assessment: Assessment) -> int | None:
    """Completed years on the day of the assessment; None where a doubt remains, or every item is for every age."""
    if not assessment.definition.asks_by_age:
        return None
    person: Participant = assessment.case.participant
    return population.certain_age(person.birth_date, person.birth_date_precision, assessment.day)


def previous_of(assessment: Assessment) -> Assessment | None:
    """The judgement that this one follows: the final one of now, or the one that it replaced."""
    if assessment.grant_id:
        return None  # filled in from outside, without sight of what others wrote
    if assessment.is_second:
        return None  # an independent look: nothing of what others answered before
    if assessment.supersedes_id:
        return assessment.supersedes
    if assessment.status in (AssessmentStatus.FINAL, AssessmentStatus.SUPERSEDED):
        return None
    rows = Assessment.objects.final().filter(case=assessment.case_id, instrument=assessment.instrument)
    return rows.exclude(pk=assessment.pk).first()


@dataclass(frozen=True)
class Progress:
    assessment: Assessment
    instrument: Instrument
    age: int | None
    ratings: Mapping[str, ItemRating]
    previous: Assessment | None
    previous_values: Mapping[str, Rating]
    # For what two raters agree on: who answered what.
    beside: Sequence[tuple[str, Mapping[str, ItemRating]]] = ()

    @property
    def mode(self) -> str | None:
        return self.assessment.rule_mode

    @property
    def domains(self) -> tuple[Domain, ...]:
        return self.instrument.domains_in(self.mode)

    @cached_property
    def asked(self) -> tuple[Item, ...]:
        """The items that are asked at this age, in the order of the form."""
        return tuple(item for item in self.instrument.items_in(self.mode) if item.applies_at(self.age))

    @cached_property
    def answers(self) -> dict[str, guidance.Answer]:
        return {code: answer_of(rating) for code, rating in self.ratings.items()}

    @cached_property
    def refusals(self) -> tuple[Refusal, ...]:
        """Everything that still keeps the assessment from being submitted."""
        return refusals(
            self.instrument,
            self.answers,
            mode=self.mode,
            age=self.age,
            previous=self.previous_values,
            narratives=self.assessment.narratives,
        )

    @property
    def lacking(self) -> tuple[Refusal, ...]:
        """What is missing before a judgement may be made: all but the words that stand on the judgement's page."""
        beside = {OWN_VIEW, FORMULATION} if self.assessment.has_bands else {OWN_VIEW}
        return tuple(r for r in self.refusals if r.reason != Reason.NEEDS_NARRATIVE or r.code not in beside)

    @property
    def done(self) -> int:
        return sum(item.code in self.ratings for item in self.asked)

    @property
    def unknown(self) -> list[str]:
        return [item.code for item in self.asked if self.answers.get(item.code, _NOTHING).value == UNKNOWN]

    def evaluate(self) -> guidance.Guidance:
        """What the rules say. Nobody sees it before the rater's own first judgement (I-6)."""
        answers = guidance.at_age(self.instrument, self.answers, self.age)
        return guidance.evaluate(self.instrument, answers, self.mode)


_NOTHING = guidance.Answer(value="")


def answer_of(rating: ItemRating) -> guidance.Answer:
    return guidance.Answer(
        value=rating.answer,
        confidence=rating.confidence or None,
        evidence_note=rating.evidence_note,
        sources=tuple(rating.sources),
    )


def progress_of(assessment: Assessment) -> Progress:
    """Three queries: the answers, the previous final assessment, and its answers."""
    previous = previous_of(assessment)
    return Progress(
        assessment=assessment,
        instrument=assessment.definition,
        age=age_for(assessment),
        ratings={rating.item: rating for rating in ItemRating.objects.filter(assessment=assessment)},
        previous=previous,
        previous_values=(
            {rating.item: rating.answer for rating in ItemRating.objects.filter(assessment=previous)}
            if previous
            else {}
        ),
        beside=_beside(assessment),
    )


def _beside(assessment: Assessment) -> list[tuple[str, dict[str, ItemRating]]]:
    """The answers of both raters, where ``assessment`` is the joint one that they are still writing."""
    if not assessment.is_joint or not assessment.is_draft:
        return []
    pair = SecondRating.objects.filter(joint=assessment).select_related("first__rater", "second__rater").first()
    if pair is None or pair.second is None:
        return []
    found: dict[int, dict[str, ItemRating]] = {pair.first_id: {}, pair.second.pk: {}}
    for rating in ItemRating.objects.filter(assessment__in=found):
        found[rating.assessment_id][rating.item] = rating
    return [(row.rater.full_name, found[row.pk]) for row in (pair.first, pair.second)]
