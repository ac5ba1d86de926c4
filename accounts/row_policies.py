"""Who acts, as row policies see it; the tables of this app hold no case data."""

from __future__ import annotations

from accounts.models import (
    Agency,
    ConductAcceptance,
    Facility,
    JournalAnchor,
    JournalEntry,
    JournalLink,
    KnownDevice,
    Region,
    Staff,
    StaffTraining,
    Team,
    Unit,
)

FUNCTIONS = [
    """
    CREATE OR REPLACE FUNCTION titian_actor(
        staff bigint, OUT role text, OUT unit_id bigint, OUT agency_id bigint, OUT group_id bigint, OUT traits text
    ) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
        SELECT s.role, s.unit_id, u.agency_id, u.group_id, concat_ws(' ', s.profession, a.kind, u.kind)
        FROM accounts_staff s JOIN accounts_unit u ON u.id = s.unit_id JOIN accounts_agency a ON a.id = u.agency_id
        WHERE s.id = staff AND s.is_active
          AND (s.active_until IS NULL OR s.active_until >= (now() AT TIME ZONE 'Asia/Jakarta')::date)
    $$
    """
]

POLICIES: dict[type, str] = {}
EXEMPT: dict[type, str] = {
    Region: "reference data",
    Agency: "the organisation",
    Unit: "the organisation",
    Facility: "the organisation",
    Staff: "colleagues, whom everybody must be able to name",
    StaffTraining: "courses of staff",
    Team: "the organisation",
    Team.members.through: "the organisation",
    ConductAcceptance: "what staff promised",
    KnownDevice: "browsers of staff",
    JournalEntry: "codes and staff, no participant; it has rights of its own (docs/decisions/0003)",
    JournalLink: "hashes",
    JournalAnchor: "hashes",
}
