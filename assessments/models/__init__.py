"""Instruments as versioned data, and assessments that are locked once they leave draft."""

from assessments.models.assessment import (
    HIDDEN_AFTER,
    Assessment,
    AssessmentQuerySet,
    AssessmentReview,
    ItemRating,
    OutsidePlace,
    WordCheck,
    rating_of,
)
from assessments.models.instruments import LONGEST_REASON, LONGEST_SOURCE, InstrumentDraft, InstrumentVersion

__all__ = [
    "HIDDEN_AFTER",
    "LONGEST_REASON",
    "LONGEST_SOURCE",
    "Assessment",
    "AssessmentQuerySet",
    "AssessmentReview",
    "InstrumentDraft",
    "InstrumentVersion",
    "ItemRating",
    "OutsidePlace",
    "WordCheck",
    "rating_of",
]
