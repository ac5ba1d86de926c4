"""How sensitive each field of this app is (core.data_classes)."""

from core.data_classes import Classes, DataClass

NONE, GENERAL, SPECIFIC = DataClass.NONE, DataClass.GENERAL, DataClass.SPECIFIC
CHILD, RESTRICTED = DataClass.CHILD, DataClass.RESTRICTED

CLASSES: Classes = {
    "QuarterlyReport": {
        NONE: "scope agency unit year quarter revision language serial_no snapshot_at definitions_version threshold"
        " child_threshold status job pages sha256 generated_at approved_at sent_at sent_to",
        GENERAL: "requested_by approved_by",
        # Frozen before small cells are hidden: a count of one is a person.
        SPECIFIC: "snapshot pdf",
    },
}
