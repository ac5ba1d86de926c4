"""A person's copy on paper and as data: two forms of the one thing that was gathered."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from core.pdf import render_pdf
from reports import subject_copy
from reports.models import Export
from reports.workflow import copies

STYLE = "pdf/subject_copy.css"
TEMPLATE = "pdf/subject_copy.html"


def copy_files(export: Export, copy: subject_copy.Copy, *, request: str, made_at: dt.datetime) -> dict[str, bytes]:
    """Name -> content of what lies in the locked file. The names say nothing about the person."""
    marks = copies.marks(export, made_at)
    paper = render_pdf(
        TEMPLATE,
        copy_context(export, copy, request=request, made_at=made_at),
        language=copies.LANGUAGE,
        identifier=f"copy-{export.code}",
        stylesheet=STYLE,
    )
    with translation.override(copies.LANGUAGE):
        schema = json.dumps(subject_copy.schema(), ensure_ascii=False, indent=2).encode()
    local = made_at.astimezone(export.unit.zone)
    return {
        f"salinan-{export.code}.pdf": paper.content,
        f"salinan-{export.code}.json": subject_copy.as_json(copy, request=request, made_at=local, marks=marks),
        "salinan.schema.json": schema,
    }


def copy_html(export: Export, copy: subject_copy.Copy, *, request: str, made_at: dt.datetime) -> str:
    """The words of the paper, as they are laid out."""
    with translation.override(copies.LANGUAGE):
        return render_to_string(TEMPLATE, copy_context(export, copy, request=request, made_at=made_at))


def copy_context(export: Export, copy: subject_copy.Copy, *, request: str, made_at: dt.datetime) -> dict[str, Any]:
    return {
        "copy": copy,
        "request_code": request,
        "code": export.code,
        "dated": made_at,
        "marks": copies.marks(export, made_at),
        "language": copies.LANGUAGE,
    }
