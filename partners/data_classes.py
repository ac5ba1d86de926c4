"""How sensitive each field of this app is (core.data_classes)."""

from core.data_classes import Classes, DataClass

NONE, GENERAL, SPECIFIC = DataClass.NONE, DataClass.GENERAL, DataClass.SPECIFIC
CHILD, RESTRICTED = DataClass.CHILD, DataClass.RESTRICTED

CLASSES: Classes = {
    "PartnerOrganisation": {NONE: "name kind legal_no focus_areas verification safeguarding_policy unit regions"},
    "PartnerContact": {NONE: "partner", GENERAL: "name position phone"},
    "Agreement": {NONE: "partner type number scope data_sharing_clause valid_from valid_to status"},
    "ServiceOffer": {
        NONE: "partner title intervention_code capacity_per_quarter eligibility valid_from valid_to regions",
    },
    "Referral": {
        NONE: "offer partner urgency asks_family_assessment",
        GENERAL: "basis consent legal_reference data_shared status created_by sent_at sent_by respond_by answered_at"
        " answered_by response_note starts_on grant ended_at",
        SPECIFIC: "case purpose shared_values result participant_feedback",
    },
    "ReferralPeriod": {SPECIFIC: "referral status started_at ended_at"},
    "ReferralNote": {GENERAL: "author happened_on", SPECIFIC: "referral summary participant_voice safety_worry"},
}
