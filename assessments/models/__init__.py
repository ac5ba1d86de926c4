"""Instruments as versioned data, assessments that are locked once they leave draft, and the second opinion on one."""

from assessments.models.assessment import HIDDEN_AFTER, Assessment, AssessmentQuerySet, OutsidePlace
from assessments.models.instruments import LONGEST_REASON, LONGEST_SOURCE, InstrumentDraft, InstrumentVersion
from assessments.models.ratings import AssessmentReview, ItemRating, WordCheck, rating_of
from assessments.models.second import OwnView, SecondRating, SecondRatingQuerySet

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
    "OwnView",
    "SecondRating",
    "SecondRatingQuerySet",
    "WordCheck",
    "rating_of",
]
