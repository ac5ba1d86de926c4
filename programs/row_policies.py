"""Plans, enrolments and support are seen with their sections; the unit that runs a programme sees who is enrolled.

Core.row_security explains the mechanism. Running a cohort shows name, code and tick box: the row of the enrolment, of
the case and of the person, and no section of the file.
"""

from __future__ import annotations

from cases.enums import Section
from cases.row_policies import NEEDS_PERSON, of_case, with_parent
from core.row_security import listed, mine, role_is
from programs.enums import SEATED
from programs.models import (
    Attendance,
    BusinessFollowUp,
    Cohort,
    EconomicSupport,
    Enrolment,
    EnrolmentPeriod,
    Goal,
    Intervention,
    Plan,
    Programme,
    Session,
)
from programs.policies import RUNNERS

_OUR_PROGRAMME = f"""(
    {role_is(*sorted(RUNNERS))} AND EXISTS (
        SELECT FROM programs_programme p WHERE p.id = programme_id AND p.owner_id = {mine("unit_id")}
    )
)"""

NEEDS_PERSON.append(f"EXISTS (SELECT FROM programs_enrolment WHERE case_id = $1 AND {_OUR_PROGRAMME})")

# How full a cohort is, and that attendance was taken, is no secret; who is in it is.
SEATS_TAKEN = f"""
CREATE OR REPLACE FUNCTION titian_seats_taken(cohort bigint) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT count(*)::integer FROM programs_enrolment WHERE cohort_id = cohort AND status IN ({listed(SEATED)})
$$
"""
MARKS = """
CREATE OR REPLACE FUNCTION titian_marks(session bigint) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT count(*)::integer FROM programs_attendance WHERE session_id = session
$$
"""

FUNCTIONS = [SEATS_TAKEN, MARKS]
POLICIES: dict[type, str] = {
    Plan: of_case(Section.PLAN),
    Goal: with_parent(Plan, "plan_id"),
    Intervention: with_parent(Goal, "goal_id"),
    Enrolment: f"{_OUR_PROGRAMME} OR {of_case(Section.PROGRAMS)}",
    EnrolmentPeriod: with_parent(Enrolment, "enrolment_id"),
    Attendance: with_parent(Enrolment, "enrolment_id"),
    EconomicSupport: of_case(Section.PROGRAMS),
    BusinessFollowUp: with_parent(EconomicSupport, "support_id"),
}
EXEMPT: dict[type, str] = {
    Programme: "what is on offer",
    Cohort: "what is on offer",
    Session: "dates and topics of a cohort",
}
