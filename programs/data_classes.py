"""How sensitive each field of this app is (core.data_classes)."""

from core.data_classes import Classes, DataClass

NONE, GENERAL, SPECIFIC = DataClass.NONE, DataClass.GENERAL, DataClass.SPECIFIC
CHILD, RESTRICTED = DataClass.CHILD, DataClass.RESTRICTED

CLASSES: Classes = {
    "Plan": {
        GENERAL: "edition starts_on review_due signed_by_participant status author submitted_at approved_by"
        " approved_at ended_at",
        SPECIFIC: "case assessment approach return_comment",
    },
    "Goal": {SPECIFIC: "plan type text items measure due_on progress status closed_on"},
    "Intervention": {SPECIFIC: "goal intervention_code setting partner referral frequency starts_on ends_on status"},
    "Programme": {
        NONE: "title kind owner intervention_code eligibility funder ran_pe_action atensi_component outcomes is_open",
    },
    "Cohort": {NONE: "programme name place region capacity starts_on ends_on status for_victims for_children"},
    "Session": {NONE: "cohort held_on topic attendance_taken_at", GENERAL: "facilitator"},
    "Enrolment": {
        NONE: "cohort programme",
        GENERAL: "proposed_by",
        SPECIFIC: "case status started_on ended_on outcome certificate_no reason_out",
    },
    "EnrolmentPeriod": {SPECIFIC: "enrolment status started_at ended_at"},
    "Attendance": {GENERAL: "session recorded_by", SPECIFIC: "enrolment mark reason"},
    "EconomicSupport": {
        GENERAL: "recorded_by",
        SPECIFIC: "case type value_idr handed_over_on channel business_kind region",
    },
    "BusinessFollowUp": {SPECIFIC: "support month due_on visited_on running jobs problem"},
}
