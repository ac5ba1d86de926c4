"""The second lock of everything that hangs on a case (core.row_security): section by section, from the one table.

``titian_sees(case, section)`` says in SQL what ``cases.policies`` says in Python, written a second time on purpose: a
mistake in one is caught by the other (tests/test_row_security.py compares them for everybody). An empty section asks
whether the person sees the case at all.
"""

from __future__ import annotations

from django.conf import settings

from cases import destruction, models
from cases.enums import DERADICALISATION_TYPES, SUPERVISORS_ALONE, DatePrecision, Right, Section
from cases.enums.protection import UnsealStatus
from cases.enums.transfer import TransferStatus
from cases.matrix import BY_PROFESSION, MATRIX, Relation
from cases.models.participant import ADULT_AGE
from cases.policies import CLINICAL_PROFESSIONS, GRANTED
from core.row_security import has_trait, listed, mine, role_is

# Higher apps add SQL conditions with the case's key $1, for those who work with somebody without seeing the file
# (D §3.5): the partner of a referral needs the row of the case (code, unit, worker), the unit that runs a cohort the
# row of the person too (name). Neither comes to any section.
NEEDS_CASE: list[str] = [
    # Oversight reviews emergency accesses: which case (code, unit) each of them opened, and no section of it.
    f"({role_is('auditor', 'dpo')} AND EXISTS (SELECT FROM cases_caseusergrant g"
    " WHERE g.content_object_id = $1 AND g.source = 'break_glass'))",
]
NEEDS_PERSON: list[str] = []


def of_case(section: Section, column: str = "case_id") -> str:
    """Condition: the acting person sees this section of the row's case."""
    return f"titian_sees({column}, '{section}')"


def with_parent(model: type, column: str) -> str:
    """Condition: the acting person sees the row that ``column`` points to, by that table's own policy."""
    return f"EXISTS (SELECT FROM {model._meta.db_table} parent WHERE parent.id = {column})"  # type: ignore[attr-defined]


def _given_by(relation: Relation) -> str:
    """SQL: the asked section is one that this relation shows; the empty section is any."""
    sections = ["", *(section for section, rights in MATRIX[relation].items() if Right.VIEW in rights)]
    return f"section IN ({listed(sections)})"


def _by_grant() -> str:
    """SQL: the grant ``g`` opens the asked section, as far as its kind may."""
    kinds = " OR ".join(f"g.source = '{source}' AND {_given_by(relation)}" for relation, source in GRANTED.items())
    named = "(section = ANY (g.sections) OR section = '' AND cardinality(g.sections) > 0)"
    return f"{named} AND ({kinds}) AND g.starts_at <= clock_timestamp() AND {_IN_FORCE}"


_DERADICALISATION = listed(sorted(DERADICALISATION_TYPES))
_IN_FORCE = "(g.expires_at IS NULL OR g.expires_at > clock_timestamp())"

# From which day a person counts as an adult: the birth date proves 18 years, or it leaves that open and a supervisor
# has decided. Null where neither holds. ``Participant.is_child_on`` in SQL, copied to the person's cases by triggers,
# so that a policy over many of them reads one row. (``greatest`` and ``least`` pass over null.)
ADULT_FROM = f"""
CREATE OR REPLACE FUNCTION titian_adult_from(person bigint) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT least(proven, CASE WHEN decided IS NOT NULL THEN greatest(decided, possible) END)
    FROM (
        SELECT
            (adult_decided_at AT TIME ZONE '{settings.TIME_ZONE}')::date AS decided,
            CASE birth_date_precision
                WHEN '{DatePrecision.DAY}' THEN (birth_date + interval '{ADULT_AGE} years')::date
                    + CASE WHEN to_char(birth_date, 'MMDD') = '0229' THEN 1 ELSE 0 END
                WHEN '{DatePrecision.MONTH}' THEN
                    (date_trunc('month', birth_date) + interval '{ADULT_AGE} years 1 month')::date
                ELSE (date_trunc('year', birth_date) + interval '{ADULT_AGE + 1} years')::date
            END AS proven,
            CASE birth_date_precision
                WHEN '{DatePrecision.DAY}' THEN (birth_date + interval '{ADULT_AGE} years')::date
                    + CASE WHEN to_char(birth_date, 'MMDD') = '0229' THEN 1 ELSE 0 END
                WHEN '{DatePrecision.MONTH}' THEN
                    (date_trunc('month', birth_date) + interval '{ADULT_AGE} years')::date
                WHEN '{DatePrecision.YEAR}' THEN
                    (date_trunc('year', birth_date) + interval '{ADULT_AGE} years')::date
            END AS possible
        FROM cases_participant WHERE id = person
    ) known
$$
"""
# As the owner: whoever corrects a birth date need not see all of the person's cases.
TELL_CASES = """
CREATE OR REPLACE FUNCTION titian_tell_cases_adult_from(person bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$
    UPDATE cases_casefile SET adult_from = titian_adult_from(person) WHERE participant_id = person
$$
"""

SEES = f"""
CREATE OR REPLACE FUNCTION titian_sees(file bigint, section text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
DECLARE
    role text := current_setting('titian.role', true);
    me bigint := nullif(current_setting('titian.staff_id', true), '')::bigint;
    traits text[] := string_to_array(current_setting('titian.traits', true), ' ');
    c record;
BEGIN
    IF role = 'system' THEN
        RETURN true;
    END IF;
    IF coalesce(role, '') NOT IN ('caseworker', 'supervisor', 'analyst', 'data_admin') THEN
        RETURN false;
    END IF;
    IF section IN ({listed(BY_PROFESSION)})
            AND NOT traits && ARRAY[{listed(CLINICAL_PROFESSIONS)}] THEN
        RETURN false;
    END IF;
    SELECT lead_unit_id, lead_agency_id, case_type, participant_id, sealed_at, adult_from INTO c
        FROM cases_casefile WHERE id = file;
    IF NOT FOUND OR titian_is_related(c.participant_id) THEN
        RETURN false;
    END IF;
    IF c.sealed_at IS NOT NULL THEN
        RETURN role = 'supervisor' AND c.lead_unit_id = current_setting('titian.unit_id', true)::bigint
            AND {_given_by(Relation.UNSEALED)} AND EXISTS (
                SELECT FROM cases_unsealrequest u
                WHERE u.reader_id = me AND u.case_id = file AND u.status = '{UnsealStatus.APPROVED}'
                  AND u.opened_at <= clock_timestamp() AND u.until > clock_timestamp()
            );
    END IF;
    IF role = 'supervisor' AND c.lead_unit_id = current_setting('titian.unit_id', true)::bigint
            AND {_given_by(Relation.UNIT_SUPERVISOR)} THEN
        RETURN true;
    END IF;
    IF role = 'supervisor' AND {_given_by(Relation.STAND_IN)} AND EXISTS (
        SELECT FROM cases_conflictdeclaration d JOIN accounts_staff s ON s.id = d.staff_id
        WHERE d.stand_in_id = me AND d.participant_id = c.participant_id AND d.ended_at IS NULL
          AND s.unit_id = c.lead_unit_id
    ) THEN
        RETURN true;
    END IF;
    IF role = 'analyst' THEN
        RETURN 'bnpt' = ANY (traits)
            AND c.case_type IN ({_DERADICALISATION}) AND {_given_by(Relation.COORDINATION)}
            AND coalesce(c.adult_from <= (now() AT TIME ZONE '{settings.TIME_ZONE}')::date, false);
    END IF;
    IF role = 'data_admin' THEN
        RETURN c.lead_agency_id = current_setting('titian.agency_id', true)::bigint
            AND {_given_by(Relation.DATA_ADMIN)};
    END IF;
    IF role = 'caseworker' AND {_given_by(Relation.CASELOAD)} AND EXISTS (
        SELECT FROM cases_caseusergrant g
        WHERE g.user_id = me AND g.content_object_id = file AND g.source = 'caseload' AND {_IN_FORCE}
    ) THEN
        RETURN true;
    END IF;
    RETURN EXISTS (
        SELECT FROM cases_caseusergrant g
        WHERE g.user_id = me AND g.content_object_id = file AND {_by_grant()}
    ) OR EXISTS (
        SELECT FROM cases_casegroupgrant g
        WHERE g.group_id = nullif(current_setting('titian.group_id', true), '')::integer
          AND g.content_object_id = file AND {_by_grant()}
    );
END $$
"""


def _needs(name: str, conditions: list[str]) -> str:
    return f"""
    CREATE OR REPLACE FUNCTION {name}(file bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
        SELECT ({" OR ".join(conditions) or "false"}) AND EXISTS (
            SELECT FROM cases_casefile c
            WHERE c.id = file AND c.sealed_at IS NULL AND NOT titian_is_related(c.participant_id)
        )
    $$
    """


# Whoever declared a tie to the person comes to nothing of any of the cases (I-27).
IS_RELATED = """
CREATE OR REPLACE FUNCTION titian_is_related(person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT EXISTS (
        SELECT FROM cases_conflictdeclaration d
        WHERE d.staff_id = nullif(current_setting('titian.staff_id', true), '')::bigint
          AND d.participant_id = person AND d.ended_at IS NULL
    )
$$
"""
# The same as one array for a whole query, for the policy that a list of many rows meets.
RELATED_TO = """
CREATE OR REPLACE FUNCTION titian_related_to() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT participant_id FROM cases_conflictdeclaration
    WHERE staff_id = nullif(current_setting('titian.staff_id', true), '')::bigint AND ended_at IS NULL
$$
"""
# A sealed file's row (code and dates, no section, no person) is shown to the data-protection officer.
WAS_SEALED = """
CREATE OR REPLACE FUNCTION titian_was_sealed(file bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT EXISTS (SELECT FROM cases_casefile WHERE id = file AND sealed_at IS NOT NULL)
        OR EXISTS (SELECT FROM cases_unsealrequest WHERE case_id = file)
$$
"""
# A clinical note that did not go along stays with the unit in which it was written: the one that the first transfer
# after it began from.
LEFT_BEHIND = f"""
CREATE OR REPLACE FUNCTION titian_left_behind(file bigint, written timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH since AS (
        SELECT from_unit_id, effective_at, data_scope FROM cases_casetransfer
        WHERE case_id = file AND status = '{TransferStatus.ACCEPTED}' AND effective_at > written
    )
    SELECT EXISTS (SELECT FROM since WHERE NOT '{Section.CLINICAL}' = ANY (data_scope))
        AND (SELECT from_unit_id FROM since ORDER BY effective_at LIMIT 1)
            IS DISTINCT FROM nullif(current_setting('titian.unit_id', true), '')::bigint
$$
"""
# Sealed, or of a relative: not even a task left with somebody opens it again.
IS_SHUT = """
CREATE OR REPLACE FUNCTION titian_is_shut(file bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT sealed_at IS NOT NULL OR titian_is_related(participant_id) FROM cases_casefile WHERE id = file
$$
"""
OUR_PERSON = """
CREATE OR REPLACE FUNCTION titian_our_person(person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT EXISTS (
        SELECT FROM cases_casefile
        WHERE participant_id = person AND lead_unit_id = nullif(current_setting('titian.unit_id', true), '')::bigint
    )
$$
"""


# One row a person. Whoever opens a case writes the person first: until a case stands, the maker sees the row.
SEES_PERSON = """
CREATE OR REPLACE FUNCTION titian_sees_person(person bigint, maker bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
DECLARE
    file bigint;
BEGIN
    FOR file IN SELECT id FROM cases_casefile WHERE participant_id = person LOOP
        IF titian_sees(file, '') OR titian_needs_person(file) THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN file IS NULL AND (
        maker = nullif(current_setting('titian.staff_id', true), '')::bigint
        -- The row of a duplicate, which has no case: shown beside the person into whom it was merged.
        OR EXISTS (
            SELECT FROM cases_personpair p
            WHERE p.duplicate_id = person AND p.status = 'merged' AND titian_reads_identity(p.kept_id)
        )
    );
END $$
"""

# A family is seen through the members whose identity one may read: its tables would ask each other without end.
READS_IDENTITY = f"""
CREATE OR REPLACE FUNCTION titian_reads_identity(person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT EXISTS (
        SELECT FROM cases_casefile c WHERE c.participant_id = person AND titian_sees(c.id, '{Section.IDENTITY}')
    )
$$
"""
SEES_HOUSEHOLD = """
CREATE OR REPLACE FUNCTION titian_sees_household(home bigint, maker bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT EXISTS (
        SELECT FROM cases_householdmember m
        WHERE m.household_id = home AND m.left_on IS NULL AND titian_reads_identity(m.participant_id)
    ) OR maker = nullif(current_setting('titian.staff_id', true), '')::bigint
        AND NOT EXISTS (SELECT FROM cases_householdmember m WHERE m.household_id = home)
$$
"""

# A function, because the two tables of a conference would ask each other's policies without end.
ATTENDS = """
CREATE OR REPLACE FUNCTION titian_attends(conference bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT EXISTS (
        SELECT FROM cases_caseconference_members m
        WHERE m.caseconference_id = conference
          AND m.staff_id = nullif(current_setting('titian.staff_id', true), '')::bigint
    )
$$
"""

# Name search beside row policies: LIKE is not leakproof, so under them no index on names would be used (measured 41
# times slower at a million people). It answers keys alone, and whoever asks joins them to rows that they may see.
NAMED_LIKE = """
CREATE OR REPLACE FUNCTION titian_named_like(words text[]) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public ROWS 50 AS $$
DECLARE
    word text;
    condition text := 'true';
BEGIN
    FOREACH word IN ARRAY words LOOP
        condition := condition || format(
            ' AND (name_key LIKE %L OR name_key LIKE %L)', word || '%', '% ' || word || '%');
    END LOOP;
    RETURN QUERY EXECUTE 'SELECT id FROM cases_participant WHERE ' || condition;
END $$
"""


# The same for where people live: as the owner, so that the address table is read by its index of region codes. Only
# keys of people come out, and they are joined to cases whose identity one may read.
LIVING_IN = """
CREATE OR REPLACE FUNCTION titian_living_in(region text) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public ROWS 500 AS $$
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT participant_id FROM cases_address WHERE (region_id = %L OR region_id LIKE %L)'
        ' AND kind = ''domisili'' AND valid_from <= current_date AND (valid_to IS NULL OR valid_to > current_date)',
        region, replace(replace(region, '%', ''), '_', '') || '.%');
END $$
"""


class _Functions:
    """Read when they are installed: by then every app has added to the lists above."""

    def __iter__(self):  # type: ignore[no-untyped-def]
        needs_case = _needs("titian_needs_case", [*NEEDS_CASE, *NEEDS_PERSON])
        needs_person = _needs("titian_needs_person", NEEDS_PERSON)
        yield from (
            IS_RELATED,
            RELATED_TO,
            WAS_SEALED,
            IS_SHUT,
            LEFT_BEHIND,
            OUR_PERSON,
            ADULT_FROM,
            TELL_CASES,
            SEES,
            needs_case,
            needs_person,
            SEES_PERSON,
            READS_IDENTITY,
            SEES_HOUSEHOLD,
            ATTENDS,
            NAMED_LIKE,
            LIVING_IN,
            *destruction.functions(),
            destruction.rights(),
        )


FUNCTIONS = _Functions()

_NOT_RELATED = "participant_id <> ALL (ARRAY(SELECT titian_related_to()))"
# Sealed ones too: their supervisor decides on opening them. The row tells code and dates; every section stays shut.
_MY_UNITS_CASE = f"{role_is('supervisor')} AND lead_unit_id = {mine('unit_id')} AND {_NOT_RELATED}"
_SEALED_CASE = f"{role_is('dpo')} AND {_NOT_RELATED} AND titian_was_sealed(id)"
_KEY_HOLDER = f"({role_is('dpo')} OR {role_is('supervisor')})"
# What ``titian_sees`` would answer of a whole list row by row, said on the row itself for those whose lists are long.
# Their conditions come first: the function is asked only of what is left.
_TODAY = f"(SELECT (now() AT TIME ZONE '{settings.TIME_ZONE}')::date)"
_COORDINATED = (
    f"{role_is('analyst')} AND {has_trait('bnpt')} AND case_type IN ({_DERADICALISATION})"
    f" AND adult_from <= {_TODAY} AND sealed_at IS NULL AND {_NOT_RELATED}"
)
_MY_AGENCYS = (
    f"{role_is('data_admin')} AND lead_agency_id = {mine('agency_id')} AND sealed_at IS NULL AND {_NOT_RELATED}"
)
_IN_MY_LIST = f"({_MY_UNITS_CASE} AND sealed_at IS NULL) OR ({_COORDINATED}) OR ({_MY_AGENCYS})"
# The opener sees the new row before the grant that follows it in the same transaction.
_OPENING = (
    f"lead_worker_id = {mine('staff_id')} AND {role_is('caseworker')} AND lead_unit_id = {mine('unit_id')}"
    f" AND sealed_at IS NULL AND {_NOT_RELATED}"
)

# Oversight decides and reads without ever seeing the case; nobody in the line of command reads a complaint.
_OVERSIGHT = role_is("dpo", "auditor")
# Who draws up and signs the list of files to be destroyed: the agency's data admins and its head office.
_DRAWS_UP = f"{role_is('data_admin')} OR {role_is('supervisor')} AND {has_trait('head_office')}"

POLICIES: dict[type, str] = {
    models.CaseFile: (
        f"({_MY_UNITS_CASE}) OR ({_COORDINATED}) OR ({_MY_AGENCYS}) OR ({_OPENING}) OR ({_SEALED_CASE})"
        " OR titian_sees(id, '') OR titian_needs_case(id)"
    ),
    models.Participant: (
        f"EXISTS (SELECT FROM cases_casefile c WHERE c.participant_id = cases_participant.id AND ({_IN_MY_LIST}))"
        " OR titian_sees_person(id, created_by_id)"
    ),
    models.Household: "titian_sees_household(id, created_by_id)",
    models.HouseholdMember: (
        "titian_reads_identity(participant_id)"
        f" OR (participant_id IS NULL AND agency_id = {mine('agency_id')}"
        " AND titian_sees_household(household_id, NULL))"
    ),
    models.Address: with_parent(models.Participant, "participant_id"),
    models.CaseStatusPeriod: of_case(Section.SUMMARY),
    models.CaseLeadPeriod: of_case(Section.SUMMARY),
    models.CaseFile.co_workers.through: with_parent(models.CaseFile, "casefile_id"),
    models.ContactNote: of_case(Section.NOTES),
    models.PlannedSession: of_case(Section.NOTES),
    models.FollowUp: of_case(Section.NOTES),
    models.ClinicalNote: (
        f"profession = ANY (string_to_array((SELECT current_setting('titian.traits', true)), ' '))"
        f" AND {of_case(Section.CLINICAL)} AND NOT titian_left_behind(case_id, recorded_at)"
    ),
    models.UnsealRequest: f"{_KEY_HOLDER} AND {with_parent(models.CaseFile, 'case_id')}",
    # Colleagues of the unit too: who supervises a case, and to whom it may be given, depends on them.
    models.ConflictDeclaration: (
        f"staff_id = {mine('staff_id')} OR stand_in_id = {mine('staff_id')} OR titian_our_person(participant_id)"
    ),
    models.Draft: f"staff_id = {mine('staff_id')}",
    models.SavedFilter: f"owner_id = {mine('staff_id')} OR shared_with_id = {mine('unit_id')}",
    models.ReportingDuty: of_case(Section.SUPERVISION),
    models.CheckIn: of_case(Section.SUPERVISION),
    models.CaseUserGrant: (
        f"user_id = {mine('staff_id')} OR granted_by_id = {mine('staff_id')}"
        f" OR (source = 'break_glass' AND {role_is('auditor', 'dpo')})"
        f" OR {of_case(Section.ACCESS, 'content_object_id')}"
    ),
    models.CaseGroupGrant: (
        f"group_id = {mine('group_id')} OR granted_by_id = {mine('staff_id')}"
        f" OR {of_case(Section.ACCESS, 'content_object_id')}"
    ),
    models.BreakGlassReview: with_parent(models.CaseUserGrant, "grant_id"),
    models.CaseConference: f"{of_case(Section.ACCESS)} OR titian_attends(id)",
    models.CaseConference.members.through: with_parent(models.CaseConference, "caseconference_id"),
    # Coordination sees who is released when (D §3.5), and no other record of the legal page.
    models.LegalStatus: f"{of_case(Section.LEGAL)} OR ({role_is('analyst')} AND {of_case(Section.SUMMARY)})",
    # The receiving unit's supervisor learns of it once the sender has approved, and sees nothing of the case by it.
    models.CaseTransfer: (
        f"({of_case(Section.ACCESS)}"
        f" OR ({role_is('caseworker')} AND proposed_by_id = {mine('staff_id')} AND from_unit_id = {mine('unit_id')})"
        f" OR ({role_is('supervisor')} AND (from_unit_id = {mine('unit_id')}"
        f" OR (to_unit_id = {mine('unit_id')} AND approved_at IS NOT NULL))))"
        " AND NOT titian_is_shut(case_id)"
    ),
    models.ProcessingBasis: of_case(Section.ACCESS),
    # Whoever sees the documents, and the section as which each is read.
    models.Document: f"{of_case(Section.DOCUMENTS)} AND titian_sees(case_id, section)"
    f" AND (section <> '{Section.CLINICAL}' OR NOT titian_left_behind(case_id, created_at))",
    models.DocumentFile: with_parent(models.Document, "document_id"),
    models.DocumentPage: with_parent(models.DocumentFile, "of_file_id"),
    models.LegalEvent: of_case(Section.LEGAL),
    models.ExternalClassification: of_case(Section.LEGAL),
    models.ExternalAssessment: of_case(Section.LEGAL),
    models.ReturnEvent: of_case(Section.LEGAL),
    models.Consent: of_case(Section.REFERRALS),
    models.RightsRequest: f"{_OVERSIGHT} OR {of_case(Section.ACCESS)}",
    models.Complaint: f"{_OVERSIGHT} OR reporter_id = {mine('staff_id')}",
    models.BreachIncident: (
        f"{_OVERSIGHT} OR reported_by_id = {mine('staff_id')}"
        f" OR ({role_is('supervisor')} AND unit_id = {mine('unit_id')})"
    ),
    # Oversight keeps to the holds themselves, whose rows have the code; whoever sees the case sees that it is held.
    models.LegalHold: f"{_OVERSIGHT} OR {of_case(Section.ACCESS)}",
    models.DestructionList: f"{_OVERSIGHT} OR ({_DRAWS_UP}) AND agency_id = {mine('agency_id')}",
    models.DestructionItem: with_parent(models.DestructionList, "of_list_id"),
    models.DestructionCertificate: with_parent(models.DestructionList, "of_list_id"),
    models.BreachCase: with_parent(models.BreachIncident, "incident_id"),
    models.BreachEntry: with_parent(models.BreachIncident, "incident_id"),
    models.CaseEvent: "titian_sees(case_id, section)",
    models.Task: (
        f"(assignee_id = {mine('staff_id')} AND NOT titian_is_shut(case_id)) OR titian_sees(case_id, section)"
        f" AND (kind NOT IN ({listed(sorted(SUPERVISORS_ALONE))}) OR {role_is('supervisor')})"
    ),
    models.PersonPair: (
        f"{role_is('data_admin')} AND (titian_reads_identity(kept_id) OR titian_reads_identity(duplicate_id))"
    ),
}
# Past rows name former units, workers and birth dates, by which nobody sees anything today: they follow today's row.
HISTORY: dict[type, str] = {
    models.CaseFile: with_parent(models.CaseFile, "pgh_obj_id"),
    models.Participant: with_parent(models.Participant, "pgh_obj_id"),
}
EXEMPT: dict[type, str] = {
    models.RetentionRule: "how long files of a type are kept; no person",
    models.CaseNumber: "a counter of a unit and a year",
}
