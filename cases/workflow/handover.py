"""What happens to a person's cases and tasks when the person leaves the unit."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import Staff, Unit
from cases import policies
from cases.enums import EventKind, Section, TaskKind
from cases.models import CaseFile, CaseUserGrant, Task
from cases.sentence import end_of
from cases.workflow.casefile import handover_source, keep_periods
from cases.workflow.events import record
from cases.workflow.tasks import open_task
from core.acting import beyond_own_sight

# The supervisor has this long to find a new worker.
REPLACE_WITHIN = dt.timedelta(days=3)
TITLE = gettext_noop("Tunjuk petugas baru")


@transaction.atomic
def hand_over(person: Staff, unit: Unit, by: Staff) -> None:
    """End every grant of ``person``; cases stay with their unit without a worker, open work goes to its supervisor.

    Accounts calls it inside the transaction in which somebody is moved or deactivated (accounts.workflow.LEAVING).
    """
    cases = CaseFile.objects.select_for_update(of=("self",)).order_by("pk")
    # Whoever decides about accounts sees no case; every line here is about cases of the person who leaves.
    with beyond_own_sight():
        now = timezone.now()
        # Those that lie ahead too: they would begin without anybody thinking of it again.
        held = CaseUserGrant.all_grants.filter(user=person).filter(Q(expires_at=None) | Q(expires_at__gt=now))
        touched = list(cases.filter(Q(pk__in=held.values("content_object")) | Q(lead_worker=person)))
        held.update(expires_at=Greatest(Value(now), F("starts_at")), ended_by=by)
        for task in Task.objects.open().filter(assignee=person).select_related("case"):
            heir = _heir(task.case, person)
            if heir is not None:
                task.assignee, task.snoozed_until, task.snooze_reason = heir, None, ""
                task.save(update_fields=["assignee", "snoozed_until", "snooze_reason"])
        for case in touched:
            case.co_workers.remove(person)
            if case.lead_worker_id != person.pk:
                continue
            case.lead_worker = None
            case.version += 1
            case.save()
            keep_periods(case)
            record(case, EventKind.WORKER_LEFT, by=by, section=Section.SUMMARY, summary=person.full_name)
            heir = _heir(case, person)
            if case.is_open and heir is not None:
                due_at = end_of(timezone.localdate() + REPLACE_WITHIN, unit.zone)
                open_task(
                    case,
                    TaskKind.FOLLOW_UP,
                    by=by,
                    assignee=heir,
                    due_at=due_at,
                    title=TITLE,
                    source=handover_source(case),
                    path=f"/cases/{case.code}/assign/",
                )


def _heir(case: CaseFile, leaver: Staff) -> Staff | None:
    """Who supervises the case, and is not related to its participant; nobody above the unit sees its cases.

    Where there is none the task stays as it is; whoever leads the unit next finds it in its list.
    """
    return policies.supervisors_of(case).exclude(pk=leaver.pk).order_by("pk").first()
