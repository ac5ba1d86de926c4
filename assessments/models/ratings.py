"""The answers of an assessment, and what a supervisor said of them when returning it."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments import catalogue
from assessments.enums import Confidence, NonRating, Source, WordAnswer
from assessments.models.assessment import Assessment
from assessments.models.stamp import stamp_of
from core.models import Timestamped, tracked


@tracked()
class ItemRating(Timestamped):
    """The answer to one item: a value of its scale, or a non-rating that is never counted as 0."""

    assessment = models.ForeignKey(
        Assessment,
        on_delete=models.CASCADE,  # an answer means nothing without its assessment
        related_name="ratings",
    )
    item = models.CharField(max_length=10)
    # Kept as text, because a scale may be numbers or choices; guidance reads ``answer``.
    value = models.CharField(max_length=20)
    evidence_note = models.TextField(_("bukti"), max_length=4_000, blank=True)
    sources = ArrayField(models.CharField(max_length=20, choices=Source), default=list, blank=True)
    confidence = models.CharField(_("keyakinan"), max_length=10, choices=Confidence, blank=True)
    previous_value = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["item"]
        constraints = [models.UniqueConstraint(fields=["assessment", "item"], name="one_rating_per_item")]
        triggers = [
            pgtrigger.Trigger(
                name="ratings_locked_unless_draft",  # I-3
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (SELECT FROM assessments_assessment
                               WHERE id IN (NEW.assessment_id, OLD.assessment_id) AND status <> 'draft') THEN
                        RAISE EXCEPTION 'the ratings of a submitted assessment are locked';
                    END IF;
                    RETURN COALESCE(NEW, OLD);
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}={self.value}"

    @property
    def stamp(self) -> str:
        """Names this very answer, so that a form opened before another one was kept is noticed."""
        return stamp_of(self.value, self.evidence_note, ",".join(sorted(self.sources)), self.confidence)

    @property
    def is_rated(self) -> bool:
        return self.value not in NonRating.values

    @property
    def answer(self) -> int | str:
        """What the rule engine takes: a number of an ordinal scale, or the text of a choice or non-rating."""
        return rating_of(self.value)


def rating_of(value: str) -> catalogue.Rating:
    """A kept or posted value as the rule engine takes it."""
    return int(value) if value.isascii() and value.isdigit() else value


@tracked()
class AssessmentReview(Timestamped):
    """What a supervisor said when returning: a comment as a whole and by item. Kept with what was submitted."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who returned it
        related_name="+",
    )
    comment = models.TextField(_("komentar"), max_length=4_000)
    item_comments: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    # The submission as it was: answers, bands and narratives at the moment of the return.
    submission: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.created_at:%Y-%m-%d}"


@tracked()
class WordCheck(Timestamped):
    """A free text in which a word stood that often means what must never be rated, and what its rater answered (ET-8).

    Nothing is blocked by it: the form asks whether the text is about violence, and keeps the answer.
    """

    assessment = models.ForeignKey(
        Assessment,
        on_delete=models.CASCADE,  # an answer about a text means nothing without it
        related_name="word_checks",
    )
    # The code of an item (its note) or a narrative, or the name of a field of the assessment.
    place = models.CharField(max_length=40)
    words = ArrayField(models.CharField(max_length=20))
    answer = models.CharField(max_length=10, choices=WordAnswer, default=WordAnswer.ASKED)
    explanation = models.TextField(_("kekerasan yang dimaksud"), max_length=1_000, blank=True)

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "place"], name="one_word_check_per_text"),
            models.CheckConstraint(
                condition=~Q(answer=WordAnswer.VIOLENCE) | ~Q(explanation=""), name="about_violence_with_words"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="word_checks_locked_unless_draft",  # I-3
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (SELECT FROM assessments_assessment
                               WHERE id = NEW.assessment_id AND status <> 'draft') THEN
                        RAISE EXCEPTION 'the word checks of a submitted assessment are locked';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}: {', '.join(self.words)}"
