"""The one writer of the timeline."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from accounts.models import Staff
from cases.enums import EventKind, Section
from cases.models import CaseEvent, CaseFile

SHOWN = 400


def record(
    case: CaseFile,
    kind: EventKind,
    *,
    by: Staff,
    section: Section,
    summary: str = "",
    path: str = "",
    at: dt.datetime | None = None,
) -> CaseEvent:
    """Add one line to the case's timeline. ``summary`` holds words or names, never a sentence to translate."""
    words = " ".join(summary.split())
    short = words if len(words) <= SHOWN else words[: SHOWN - 1].rstrip() + "…"
    return CaseEvent.objects.create(
        case=case, kind=kind, actor=by, section=section, summary=short, path=path, at=at or timezone.now()
    )
