"""Assessments are seen with the section ``assessment`` of their case (core.row_security).

An officer of a partner sees the own KRK while the grant of the referral that asks for it is in force, and no other.
"""

from __future__ import annotations

from assessments.enums import AssessmentKind, InstrumentCode
from assessments.models import (
    Assessment,
    AssessmentReview,
    InstrumentDraft,
    InstrumentVersion,
    ItemRating,
    OwnView,
    SecondRating,
    WordCheck,
)
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

_ME = "nullif(current_setting('titian.staff_id', true), '')::bigint"

# Of two who rate the same person, neither sees the other's before both are handed in. As sets, asked once a query:
# what is hidden from me, the cases in which I rate as the second, and what that opens to me.
HIDDEN_FROM_ME = f"""
CREATE OR REPLACE FUNCTION titian_hidden_ratings() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT first_id FROM assessments_secondrating
    WHERE rater_id = {_ME} AND outcome = '' AND revealed_at IS NULL
    UNION ALL
    SELECT s.second_id FROM assessments_secondrating s JOIN assessments_assessment a ON a.id = s.first_id
    WHERE a.rater_id = {_ME} AND s.second_id IS NOT NULL AND s.outcome = '' AND s.revealed_at IS NULL
$$
"""
I_RATE_SECOND = f"""
CREATE OR REPLACE FUNCTION titian_second_cases() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT case_id FROM assessments_secondrating
    WHERE rater_id = {_ME} AND outcome = '' AND titian_sees(case_id, '{Section.SUMMARY}')
$$
"""
SHOWN_TO_SECOND = f"""
CREATE OR REPLACE FUNCTION titian_shown_ratings() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT unnest(ARRAY[first_id, joint_id]) FROM assessments_secondrating
    WHERE rater_id = {_ME} AND outcome = '' AND revealed_at IS NOT NULL AND titian_sees(case_id, '{Section.SUMMARY}')
$$
"""

FUNCTIONS: list[str] = [HIDDEN_FROM_ME, I_RATE_SECOND, SHOWN_TO_SECOND]
POLICIES: dict[type, str] = {
    Assessment: (
        f"{_FROM_OUTSIDE} OR ({of_case(Section.ASSESSMENT)} AND id <> ALL (ARRAY(SELECT titian_hidden_ratings())))"
        # A new row of mine is in no set yet.
        f" OR (kind <> '{AssessmentKind.ORDINARY}' AND rater_id = {mine('staff_id')}"
        " AND case_id = ANY (ARRAY(SELECT titian_second_cases())))"
        " OR id = ANY (ARRAY(SELECT titian_shown_ratings()))"
    ),
    ItemRating: with_parent(Assessment, "assessment_id"),
    AssessmentReview: with_parent(Assessment, "assessment_id"),
    WordCheck: with_parent(Assessment, "assessment_id"),
    OwnView: with_parent(Assessment, "assessment_id"),
    SecondRating: (
        f"{of_case(Section.ASSESSMENT)}"
        f" OR (rater_id = {mine('staff_id')} AND outcome = '' AND titian_sees(case_id, '{Section.SUMMARY}'))"
    ),
}
EXEMPT: dict[type, str] = {
    InstrumentVersion: "instruments, the same for everybody",
    InstrumentDraft: "the text of an instrument, of no person",
}
