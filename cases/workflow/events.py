"""The one writer of the timeline."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from accounts.models import Staff
from cases.enums import EventKind, Section
from cases.models import CaseEvent, CaseFile
from core.acting import beyond_own_sight

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
    recorded_at: dt.datetime | None = None,
) -> CaseEvent:
    """Add one line to the case's timeline. ``summary`` holds words or names, never a sentence to translate."""
    now = timezone.now()
    with beyond_own_sight():  # a partner's answer stands in a section that the partner does not read
        return CaseEvent.objects.create(
            case=case,
            kind=kind,
            actor=by,
            section=section,
            summary=shortened(summary),
            path=path,
            at=at or now,
            recorded_at=recorded_at or now,
        )


def shortened(summary: str) -> str:
    """One line of at most ``SHOWN`` letters."""
    words = " ".join(summary.split())
    return words if len(words) <= SHOWN else words[: SHOWN - 1].rstrip() + "…"
