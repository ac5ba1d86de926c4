"""How sensitive each field of this app is (core.data_classes)."""

from core.data_classes import Classes, DataClass

NONE, GENERAL, SPECIFIC = DataClass.NONE, DataClass.GENERAL, DataClass.SPECIFIC
CHILD, RESTRICTED = DataClass.CHILD, DataClass.RESTRICTED

CLASSES: Classes = {
    "Region": {NONE: "name level parent"},
    "Agency": {NONE: "name kind parent_ministry"},
    "Unit": {NONE: "agency name short_name kind parent region timezone group"},
    "Facility": {NONE: "unit name kind capacity services address"},
    "Staff": {
        NONE: "is_superuser is_staff is_active groups user_permissions conduct_version session_round",
        GENERAL: "last_login username email date_joined full_name unit role profession staff_no licence_no"
        " assessor_since active_until list_columns",
        RESTRICTED: "password",
    },
    "Team": {NONE: "unit name ended_on", GENERAL: "coordinator secretary members"},
    "ConductAcceptance": {NONE: "language", GENERAL: "staff accepted_at"},
    "KnownDevice": {GENERAL: "staff user_agent ip first_seen_at last_seen_at told_at", RESTRICTED: "token_hash"},
    "StaffTraining": {NONE: "instrument_code", GENERAL: "staff title completed_on valid_until"},
    "JournalEntry": {
        NONE: "at action section txid",
        GENERAL: "actor role unit object_code relation reason detail ip request_id",
    },
    "JournalLink": {NONE: "sequence entry sealed_at content_hash hash"},
    "JournalAnchor": {NONE: "day at count hash"},
}
