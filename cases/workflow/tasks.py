"""Tasks: opened by rules and by hand, closed by a person."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Min
from django.utils import timezone

from accounts.models import Staff
from cases import policies
from cases.enums import EventKind, Priority, Section, TaskKind, TaskStatus
from cases.models import CaseFile, ReportingDuty, Task
from cases.models.casefile import NOTHING_DUE
from cases.workflow.events import record
from core.workflow import Transition, lock, move

FINISH = Transition.of(TaskStatus.OPEN, TaskStatus.IN_PROGRESS, to=TaskStatus.DONE)
CANCEL = Transition.of(TaskStatus.OPEN, TaskStatus.IN_PROGRESS, to=TaskStatus.CANCELLED)


def refresh_next_due(case: CaseFile) -> None:
    """Copy the nearest due date of tasks and reporting duty to the column that lists sort by."""
    due = Task.objects.filter(case=case).open().aggregate(at=Min("due_at"))["at"]
    reporting = ReportingDuty.objects.filter(case=case, ended_on=None).aggregate(at=Min("next_due_at"))["at"]
    nearest = min((at for at in (due, reporting) if at is not None), default=None)
    day = timezone.localtime(nearest, case.lead_unit.zone).date() if nearest else NOTHING_DUE
    CaseFile.objects.filter(pk=case.pk).exclude(next_due_on=day).update(next_due_on=day)


@transaction.atomic
def open_task(
    case: CaseFile,
    kind: TaskKind,
    *,
    by: Staff,
    assignee: Staff,
    due_at: dt.datetime,
    title: str = "",
    section: Section = Section.SUMMARY,
    priority: Priority = Priority.NORMAL,
    source: str = "",
    path: str = "",
) -> Task:
    """Open a task, or return the open one of the same ``source``: a rule that runs twice makes one task."""
    if source and (existing := Task.objects.open().filter(source=source).first()):
        return existing
    try:
        with transaction.atomic():
            task = Task.objects.create(
                case=case,
                kind=kind,
                title=title,
                section=section,
                assignee=assignee,
                due_at=due_at,
                priority=priority,
                source=source,
                path=path,
            )
    except IntegrityError:
        # Somebody opened it between our look and our insert; the constraint kept it single.
        return Task.objects.open().get(source=source)
    record(case, EventKind.TASK_OPENED, by=by, section=section, summary=title, path=path)
    refresh_next_due(case)
    return task


@transaction.atomic
def close_task(task: Task, *, by: Staff, outcome: str, cancelled: bool = False) -> Task:
    """Finish or cancel a task with its outcome. A person does it (I-26); the system only clears what it opened."""
    task = lock(task)
    if not policies.tasks_for(by).filter(pk=task.pk).exists() and not by.role == "system":
        raise PermissionDenied
    move(task, CANCEL if cancelled else FINISH)
    task.outcome = outcome
    task.closed_by = by
    task.closed_at = timezone.now()
    task.version += 1
    task.save()
    record(task.case, EventKind.TASK_DONE, by=by, section=Section(task.section), summary=outcome or task.title)
    refresh_next_due(task.case)
    return task
