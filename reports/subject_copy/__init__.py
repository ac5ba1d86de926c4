"""A person's copy of the own data (UU 27/2022 Pasal 7 and 13): what it holds, read once, told in two forms.

``declaration`` says of every field of every model that it stands in the copy, or why not; ``left_out`` holds the whys.
``gathering`` reads a case after it, and ``telling`` makes the machine-readable form and its schema of what was read.
"""

from reports.subject_copy.declaration import CHAPTERS
from reports.subject_copy.gathering import Copy, LeftOut, Record, Withheld, gather
from reports.subject_copy.left_out import LEFT_OUT, Left
from reports.subject_copy.parts import Chapter, Field, Part
from reports.subject_copy.telling import SCHEMA_VERSION, as_json, data_of, fingerprint, schema

__all__ = [
    "CHAPTERS",
    "LEFT_OUT",
    "SCHEMA_VERSION",
    "Chapter",
    "Copy",
    "Field",
    "Left",
    "LeftOut",
    "Part",
    "Record",
    "Withheld",
    "as_json",
    "data_of",
    "fingerprint",
    "gather",
    "schema",
]
