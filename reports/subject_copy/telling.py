"""The machine-readable form of a copy, its fingerprint and its schema: all from what was gathered and declared."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from reports.enums import TOLD_REASONS
from reports.subject_copy.declaration import CHAPTERS
from reports.subject_copy.gathering import Copy
from reports.subject_copy.parts import Field, Part

SCHEMA_NAME = "titian-subject-copy"
# Raised when a key changes its meaning or goes; a new key does not raise it.
SCHEMA_VERSION = 1


def data_of(copy: Copy) -> dict[str, Any]:
    """Chapter -> part -> records, and what was left out of the chapter."""
    return {
        chapter.key: {table.key: [_record(record) for record in table.records] for table in chapter.tables}
        | {
            "left_out": [
                {"what": left.what, "reason": left.reason, "law": left.law, "explanation": left.explanation or None}
                for left in chapter.left_out
            ]
        }
        for chapter in copy.chapters
    }


def _record(record: Any) -> dict[str, Any]:
    return {entry.key: entry.value for entry in record.entries}


def as_json(copy: Copy, *, request: str, made_at: dt.datetime, marks: list[str]) -> bytes:
    """The file: the same values in the same order as on paper."""
    content = {
        "schema": SCHEMA_NAME,
        "version": SCHEMA_VERSION,
        "language": "id",
        "request": request,
        "case": copy.case_code,
        "made_at": made_at.isoformat(timespec="seconds"),
        "notice": marks,
        "data": data_of(copy),
    }
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


def fingerprint(copy: Copy) -> str:
    """Names what was looked through: another value, another fingerprint."""
    told = json.dumps(data_of(copy), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(f"{SCHEMA_VERSION}\n{told}".encode()).hexdigest()


# ---- the schema ----------------------------------------------------------------------------------------------------


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the file, made from the declaration; docs/subject-copy.schema.json is what it says."""
    text, texts = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    left_out = {
        "type": "object",
        "properties": {
            "what": text,
            "reason": {"type": "string", "examples": sorted(TOLD_REASONS)},
            "law": text,
            "explanation": {"type": ["string", "null"]},
        },
        "required": ["what", "reason", "law", "explanation"],
    }
    chapters = {
        chapter.key: {
            "title": str(chapter.title),
            "type": "object",
            "properties": {part.key: _part(part) for part in chapter.parts}
            | {"left_out": {"type": "array", "items": left_out}},
            "required": ["left_out"],
        }
        for chapter in CHAPTERS
    }
    head = {
        "schema": {"const": SCHEMA_NAME},
        "version": {"const": SCHEMA_VERSION},
        "language": {"const": "id"},
        "request": text,
        "case": text,
        "made_at": {"type": "string", "format": "date-time"},
        "notice": texts,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:titian:{SCHEMA_NAME}:{SCHEMA_VERSION}",
        "title": "Titian: a person's copy of the own data",
        "type": "object",
        "properties": head | {"data": {"type": "object", "properties": chapters, "required": sorted(chapters)}},
        "required": [*head, "data"],
    }


def _part(part: Part) -> dict[str, Any]:
    fields = {field.key: _value(part, field) for field in part.fields}
    record = {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
    return {"title": str(part.title), "type": "array", "items": record}


def _value(part: Part, field: Field) -> dict[str, Any]:
    said: dict[str, Any] = {"title": str(field.label)}
    source = part.model._meta.get_field(field.source)
    if field.read is not None or not isinstance(source, models.Field):
        return said | {"type": ["string", "null"]}
    if isinstance(source, ArrayField):
        return said | {"type": "array", "items": {"type": "string"} | _choices(source.base_field)}
    kind, form = _kind(source)
    choices = _choices(source)
    if choices:
        choices = {"enum": [*choices["enum"], None]}
    return said | {"type": [kind, "null"]} | ({"format": form} if form else {}) | choices


def _kind(source: models.Field[Any, Any]) -> tuple[str, str]:
    if isinstance(source, models.BooleanField):
        return "boolean", ""
    if isinstance(source, models.IntegerField):
        return "integer", ""
    if isinstance(source, models.DateTimeField):
        return "string", "date-time"
    return "string", "date" if isinstance(source, models.DateField) else ""


def _choices(source: Any) -> dict[str, Any]:
    return {"enum": [value for value, _label in source.flatchoices]} if source.choices else {}
