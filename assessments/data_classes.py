"""How sensitive each field of this app is (core.data_classes)."""

from core.data_classes import Classes, DataClass

NONE, GENERAL, SPECIFIC = DataClass.NONE, DataClass.GENERAL, DataClass.SPECIFIC
CHILD, RESTRICTED = DataClass.CHILD, DataClass.RESTRICTED

CLASSES: Classes = {
    "InstrumentVersion": {
        NONE: "instrument status definition content_hash effective_from publish_reason withdraw_reason",
        GENERAL: "author published_by published_at withdrawn_by withdrawn_at",
    },
    "InstrumentDraft": {
        NONE: "instrument status source summary based_on became",
        GENERAL: "author closed_by closed_at",
    },
    "Assessment": {
        NONE: "instrument_version instrument mode kind",
        GENERAL: "rater started_at submitted_at finalised_at ended_at approved_by next_due supersedes grant",
        SPECIFIC: "case reason status participant_view cancel_reason",
        CHILD: "for_child support_level",
        RESTRICTED: "narratives first_band first_reason first_band_at guidance_band guidance_fired"
        " guidance_provisional final_band override_reason",
    },
    "ItemRating": {RESTRICTED: "assessment item value evidence_note sources confidence previous_value"},
    "WordCheck": {RESTRICTED: "assessment place words answer explanation"},
    "SecondRating": {
        NONE: "cause instrument",
        GENERAL: "asked_by rater named_by named_at grant due_on received_on revealed_at decided_by decided_at",
        SPECIFIC: "case first reason outcome outcome_reason",
        RESTRICTED: "second joint",
    },
    "OwnView": {GENERAL: "recorded_by said_on", SPECIFIC: "assessment text present"},
    "AssessmentReview": {GENERAL: "reviewer", RESTRICTED: "assessment comment item_comments submission"},
}
