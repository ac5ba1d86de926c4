"""Assessments are seen with the section ``assessment`` of their case (core.row_security).

An officer of a partner sees the own KRK while the grant of the referral that asks for it is in force, and no other.
"""

from __future__ import annotations

from assessments.enums import InstrumentCode
from assessments.models import Assessment, AssessmentReview, InstrumentDraft, InstrumentVersion, ItemRating, WordCheck
from cases.enums import GrantSource, Section
from cases.row_policies import of_case, with_parent
from core.row_security import mine, role_is

_FROM_OUTSIDE = f"""(
    {role_is("field_officer")} AND rater_id = {mine("staff_id")} AND instrument = '{InstrumentCode.FAMILY}'
    AND EXISTS (
        SELECT FROM cases_casegroupgrant g
        WHERE g.id = grant_id AND g.content_object_id = case_id AND g.group_id = {mine("group_id")}
          AND g.source = '{GrantSource.REFERRAL}' AND (g.expires_at IS NULL OR g.expires_at > clock_timestamp())
    )
)"""

FUNCTIONS: list[str] = []
POLICIES: dict[type, str] = {
    Assessment: f"{_FROM_OUTSIDE} OR {of_case(Section.ASSESSMENT)}",
    ItemRating: with_parent(Assessment, "assessment_id"),
    AssessmentReview: with_parent(Assessment, "assessment_id"),
    WordCheck: with_parent(Assessment, "assessment_id"),
}
EXEMPT: dict[type, str] = {
    InstrumentVersion: "instruments, the same for everybody",
    InstrumentDraft: "the text of an instrument, of no person",
}
