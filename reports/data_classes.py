"""How sensitive each field of this app is (core.data_classes)."""

from core.data_classes import Classes, DataClass

NONE, GENERAL, SPECIFIC = DataClass.NONE, DataClass.GENERAL, DataClass.SPECIFIC
CHILD, RESTRICTED = DataClass.CHILD, DataClass.RESTRICTED

CLASSES: Classes = {
    "SubjectCopy": {
        GENERAL: "prepared_by prepared_at ground",
        SPECIFIC: "request withheld explanation fingerprint",
    },
    "QuarterlyReport": {
        NONE: "scope agency unit year quarter revision language serial_no snapshot_at definitions_version threshold"
        " child_threshold status job pages sha256 generated_at approved_at sent_at sent_to",
        GENERAL: "requested_by approved_by",
        # Frozen before small cells are hidden: a count of one is a person.
        SPECIFIC: "snapshot pdf",
    },
    "Rollup": {NONE: "scope agency year quarter figures made_at"},
    "Export": {
        NONE: "file_format columns row_count status sha256 job decided_at made_at downloaded_at password_shown_at"
        " expires_at purged_at",
        GENERAL: "requested_by unit decided_by purpose reason decision_note filters",
        # What was looked for may be a name; the file holds people's rows until it is fetched or runs out.
        SPECIFIC: "case_ids search content subject_copy",
    },
}
