"""A referral is seen by the case's team, and by the partner from the second in which it was sent (core.row_security).

The partner's officers read what was shared with them on the referral itself; no row of the person, of a note or of an
assessment is theirs.
"""

from __future__ import annotations

from cases.enums import Section
from cases.row_policies import NEEDS_CASE, of_case, with_parent
from core.row_security import listed, mine, role_is
from partners.enums import TAKES_A_PLACE, ReferralStatus
from partners.models import (
    Agreement,
    PartnerContact,
    PartnerOrganisation,
    Referral,
    ReferralNote,
    ReferralPeriod,
    ServiceOffer,
)

_SENT_TO_US = f"""(
    {role_is("field_officer")} AND sent_at IS NOT NULL AND EXISTS (
        SELECT FROM partners_partnerorganisation p WHERE p.id = partner_id AND p.unit_id = {mine("unit_id")}
    )
)"""
_GRANT_IN_FORCE = """
    EXISTS (
        SELECT FROM partners_referral r LEFT JOIN cases_casegroupgrant g ON g.id = r.grant_id
        WHERE r.id = referral_id AND (g.expires_at IS NULL OR g.expires_at > clock_timestamp())
    )"""

NEEDS_CASE.append(f"EXISTS (SELECT FROM partners_referral WHERE case_id = $1 AND {_SENT_TO_US})")

# How full an offer is, is no secret; whose referrals fill it is (I-14).
PLACES_TAKEN = f"""
CREATE OR REPLACE FUNCTION titian_places_taken(offer bigint, begins date, ends date) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT count(*)::integer FROM partners_referral
    WHERE offer_id = offer AND (
        status = '{ReferralStatus.SENT}'
        OR status IN ({listed(TAKES_A_PLACE)}) AND starts_on >= begins AND starts_on < ends
    )
$$
"""

FUNCTIONS = [PLACES_TAKEN]
POLICIES: dict[type, str] = {
    Referral: f"{_SENT_TO_US} OR {of_case(Section.REFERRALS)}",
    ReferralPeriod: with_parent(Referral, "referral_id"),
    ReferralNote: (
        f"{with_parent(Referral, 'referral_id')} AND (NOT {role_is('field_officer')} OR {_GRANT_IN_FORCE})"
    ),
}
EXEMPT: dict[type, str] = {
    PartnerOrganisation: "the directory",
    PartnerOrganisation.regions.through: "the directory",
    PartnerContact: "the directory; its people are staff of partners",
    Agreement: "the directory",
    ServiceOffer: "the directory",
    ServiceOffer.regions.through: "the directory",
}
