"""Releases and ends of supervision that come: what is still missing for them, and the tasks that prepare them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from accounts.models import Staff
from cases.enums import Section, TaskKind
from cases.models import CaseFile, LegalStatus, Task
from cases.policies.releases import releases_for
from cases.sentence import end_of
from cases.workflow.tasks import open_task, reader_of
from core.acting import beyond_own_sight
from core.workdays import add_workdays
from core.workflow import lock

# Days before the release -> working days in which what is then due is done.
MILESTONES = {30: 5, 90: 10, 180: 20}


@dataclass(frozen=True)
class Need:
    """Something that must stand before somebody leaves, and which of some cases have it (their keys)."""

    label: str | Promise
    ready: Callable[[Collection[int]], set[int]]


# Filled by the apps that own the thing (docs/architecture.md): a final KRK, a reintegration plan (S-P1).
NEEDS: list[Need] = []


def missing(cases: Collection[int]) -> dict[int, list[str | Promise]]:
    """Case -> what it still lacks, of all ``NEEDS``."""
    with beyond_own_sight():  # a coordinator reads that it stands, not what it says
        ready = [(need.label, need.ready(cases)) for need in NEEDS]
    return {case: [label for label, having in ready if case not in having] for case in cases}


def milestone(left: int) -> int:
    """The nearest milestone that has been reached with ``left`` days to go."""
    return min(days for days in MILESTONES if left <= days)


def source_of(status: LegalStatus, leaves_on: dt.date, days: int) -> str:
    return f"release:{status.pk}:{leaves_on:%Y%m%d}:{days}"


def due_releases(system: Staff) -> list[int]:
    """Keys of the statuses whose release is within reach; each is then looked at in a transaction of its own."""
    return list(releases_for(system, timezone.localdate()).values_list("pk", flat=True))


@transaction.atomic
def prepare_release(pk: int, *, by: Staff) -> bool:
    """Open the task of the milestone that has been reached: once for a status and its day, done or not."""
    status = releases_for(by, timezone.localdate()).select_related("case__lead_unit").filter(pk=pk).first()
    if status is None:
        return False
    case: CaseFile = lock(status.case)
    leaves_on: dt.date = status.leaves_on  # type: ignore[attr-defined]
    today = timezone.localdate(timezone=case.lead_unit.zone)
    days = milestone((leaves_on - today).days)
    source = source_of(status, leaves_on, days)
    if Task.objects.filter(source=source).exists():
        return False
    is_release = leaves_on == status.release_date
    open_task(
        case,
        TaskKind.RELEASE if is_release else TaskKind.SUPERVISION_END,
        by=by,
        assignee=reader_of(case, case.lead_worker or by),
        due_at=end_of(min(add_workdays(today, MILESTONES[days]), leaves_on), case.lead_unit.zone),
        section=Section.LEGAL,
        source=source,
        path=reverse("cases:legal", args=[case.code]),
    )
    return True
