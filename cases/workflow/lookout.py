"""What rules notice by night and a person must look at: alerts, each once for what it is about, never from a band."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Staff
from cases.enums import Section, TaskKind
from cases.models import CaseFile, Task
from cases.policies.releases import releases_for
from cases.workflow.releases import missing
from cases.workflow.tasks import in_workdays, open_task, reader_of
from core.workflow import lock

# Without any contact for so long (D §6.4) -> the alert, and the working days in which somebody looks.
UNSEEN = {60: (TaskKind.UNSEEN_60, 2), 30: (TaskKind.UNSEEN_30, 5)}
UNREADY_WITHIN = dt.timedelta(days=30)
WORKDAYS_FOR_UNREADY = 2


def unseen_cases() -> list[int]:
    """Keys of active cases without any contact for thirty days."""
    since = timezone.now() - dt.timedelta(days=min(UNSEEN))
    silent = CaseFile.objects.active().alias(seen=Coalesce("last_contact_at", "opened_at")).filter(seen__lt=since)
    return list(silent.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def alert_unseen(pk: int, *, by: Staff) -> bool:
    case = lock(CaseFile(pk=pk))
    seen = case.last_contact_at or case.opened_at
    silent = (timezone.now() - seen).days
    days = next((days for days in UNSEEN if silent >= days), None)
    if days is None or not case.is_open:
        return False
    kind, workdays = UNSEEN[days]
    return _alert(case, kind, f"unseen:{case.pk}:{seen:%Y%m%d}:{days}", workdays, Section.SUMMARY, by=by)


@transaction.atomic
def alert_unready(status_pk: int, *, by: Staff) -> bool:
    """A release within thirty days for which something of ``releases.NEEDS`` is missing."""
    today = timezone.localdate()
    status = releases_for(by, today).select_related("case").filter(pk=status_pk).first()
    if status is None or status.leaves_on > today + UNREADY_WITHIN or not missing([status.case_id])[status.case_id]:  # type: ignore[attr-defined]
        return False
    source = f"unready:{status.pk}:{status.leaves_on:%Y%m%d}"  # type: ignore[attr-defined]
    return _alert(lock(status.case), TaskKind.UNREADY, source, WORKDAYS_FOR_UNREADY, Section.LEGAL, by=by)


def _alert(case: CaseFile, kind: TaskKind, source: str, workdays: int, section: Section, *, by: Staff) -> bool:
    if Task.objects.filter(source=source).exists():  # also one that was closed: it was looked at
        return False
    due_at = in_workdays(case.lead_unit, workdays)
    assignee = reader_of(case, case.lead_worker or by)
    open_task(case, kind, by=by, assignee=assignee, due_at=due_at, section=section, source=source)
    return True
