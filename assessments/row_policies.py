"""Assessments are seen with the section ``assessment`` of their case (core.row_security)."""

from __future__ import annotations

from assessments.models import Assessment, AssessmentReview, InstrumentDraft, InstrumentVersion, ItemRating
from cases.enums import Section
from cases.row_policies import of_case, with_parent

FUNCTIONS: list[str] = []
POLICIES: dict[type, str] = {
    Assessment: of_case(Section.ASSESSMENT),
    ItemRating: with_parent(Assessment, "assessment_id"),
    AssessmentReview: with_parent(Assessment, "assessment_id"),
}
EXEMPT: dict[type, str] = {
    InstrumentVersion: "instruments, the same for everybody",
    InstrumentDraft: "the text of an instrument, of no person",
}
