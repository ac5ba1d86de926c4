"""A report's figures are frozen before small cells are hidden, so its row is as private as what it counts.

An export belongs to who asked for it, and to the supervisors who may decide about it.
"""

from __future__ import annotations

from cases.destruction import BESIDES, TAKES_ALONG
from cases.models import RightsRequest
from cases.row_policies import with_parent
from core.row_security import has_trait, mine, role_is
from reports.models import Export, QuarterlyReport, Rollup, SubjectCopy

_OWN_UNIT = f"unit_id = {mine('unit_id')}"
_OWN_AGENCY = f"agency_id = {mine('agency_id')}"
_OF_BNPT = has_trait("bnpt")
_OF_HEAD_OFFICE = has_trait("head_office")
_OF_OUR_UNITS = f"EXISTS (SELECT FROM accounts_unit u WHERE u.id = unit_id AND u.agency_id = {mine('agency_id')})"
_NATIONAL = f"(scope = 'national' AND {_OF_BNPT})"

# An export names its cases by their keys, and what was searched for may be a name; its file is gone within minutes.
BESIDES.append(
    "UPDATE reports_export SET case_ids = array_remove(case_ids, $file), search = '' WHERE $file = ANY (case_ids);"
)
# The export of a person's copy tells whose it was; any other export stays on record.
TAKES_ALONG.append(Export._meta.get_field("subject_copy"))
FUNCTIONS: list[str] = []
POLICIES: dict[type, str] = {
    QuarterlyReport: " OR ".join(
        (
            f"({role_is('caseworker', 'supervisor')} AND scope = 'unit' AND {_OWN_UNIT})",
            f"({role_is('supervisor')} AND {_OF_HEAD_OFFICE} AND (scope = 'agency' AND {_OWN_AGENCY} OR {_NATIONAL}))",
            f"({role_is('analyst')} AND {_OF_BNPT} AND (scope = 'agency' AND {_OWN_AGENCY} OR {_NATIONAL}))",
            f"({role_is('data_admin')} AND (scope = 'agency' AND {_OWN_AGENCY} OR {_NATIONAL} OR {_OF_OUR_UNITS}))",
            f"({role_is('auditor', 'dpo')} AND status IN ('approved', 'sent'))",
        )
    ),
    Rollup: f"{role_is('supervisor')} AND {_OF_HEAD_OFFICE} AND (scope = 'agency' AND {_OWN_AGENCY} OR {_NATIONAL})",
    SubjectCopy: with_parent(RightsRequest, "request_id"),  # its marks, no content
    Export: " OR ".join(
        (
            f"requested_by_id = {mine('staff_id')}",
            f"({role_is('supervisor')} AND ({_OWN_UNIT} OR {_OF_HEAD_OFFICE} AND {_OF_OUR_UNITS}))",
        )
    ),
}
EXEMPT: dict[type, str] = {}
