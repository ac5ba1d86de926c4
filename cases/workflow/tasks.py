"""Tasks: opened by rules and by hand, closed by a person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Min, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Staff, Unit
from cases import policies
from cases.enums import END_WITH_CASE, SUPERVISORS_ALONE, EventKind, Priority, Right, Section, TaskKind, TaskStatus
from cases.models import CaseFile, ReportingDuty, Task
from cases.models.casefile import NOTHING_DUE
from cases.sentence import end_of
from cases.workflow.events import record
from core.acting import beyond_own_sight
from core.workdays import add_workdays, closed_days, workdays_between
from core.workflow import Transition, TransitionError, lock, lock_version, move

FINISH = Transition.of(TaskStatus.OPEN, TaskStatus.IN_PROGRESS, to=TaskStatus.DONE)
# Longer than that is another due date, which the supervisor sets.
LONGEST_SNOOZE = dt.timedelta(days=14)
CANCEL = Transition.of(TaskStatus.OPEN, TaskStatus.IN_PROGRESS, to=TaskStatus.CANCELLED)
SEE = Transition.of(TaskStatus.OPEN, to=TaskStatus.IN_PROGRESS)


def refresh_next_due(case: CaseFile) -> None:
    """Copy the nearest due date of tasks and reporting duty to the column that lists sort by."""
    with beyond_own_sight():  # everybody's tasks count, whoever opens or closes one
        team = Task.objects.filter(case=case).open().exclude(kind__in=SUPERVISORS_ALONE)
        due = team.aggregate(at=Min("due_at"))["at"]
        reporting = ReportingDuty.objects.filter(case=case, ended_on=None).aggregate(at=Min("next_due_at"))["at"]
        nearest = min((at for at in (due, reporting) if at is not None), default=None)
        day = timezone.localtime(nearest, case.lead_unit.zone).date() if nearest else NOTHING_DUE
        CaseFile.objects.filter(pk=case.pk).exclude(next_due_on=day).update(next_due_on=day)


def reader_of(case: CaseFile, wish: Staff) -> Staff:
    """Who gets a task of this case: ``wish`` where the case is on that caseload, else its lead worker or, where it has
    none, its supervisor."""
    with beyond_own_sight():
        if policies.caseload_of(wish).filter(pk=case.pk).exists():
            return wish
        return case.lead_worker or policies.supervisors_of(case).order_by("pk").first() or wish


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
    with beyond_own_sight():  # the task may be another unit's to see
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
    words = f"{TaskKind(kind).value}: {title}" if title else TaskKind(kind).value
    _tell(task, EventKind.TASK_OPENED, by=by, words=words, path=path)
    refresh_next_due(case)
    return task


def in_workdays(unit: Unit, workdays: int) -> dt.datetime:
    """The end of the last of so many working days from today, where that unit is."""
    return end_of(add_workdays(timezone.localdate(timezone=unit.zone), workdays), unit.zone)


def ask_supervisor(case: CaseFile, kind: TaskKind, *, by: Staff, workdays: int, **fields: Any) -> Task | None:
    """A task for the supervisor of the unit that leads the case; None where the unit has none."""
    with beyond_own_sight():
        supervisor = policies.supervisors_of(case).order_by("pk").first()
    if supervisor is None:
        return None
    return open_task(case, kind, by=by, assignee=supervisor, due_at=in_workdays(case.lead_unit, workdays), **fields)


def _tell(task: Task, event: EventKind, *, by: Staff, words: str, path: str = "") -> None:
    """A line in the case's timeline; none about what is the supervisors' alone, because the team reads it.

    What has to be done, and people's words about it, stand with the notes: who reads the summary alone (an analyst,
    another agency) reads no notes (D 3.5).
    """
    if task.kind not in SUPERVISORS_ALONE:
        section = Section.NOTES if task.section == Section.SUMMARY else Section(task.section)
        record(task.case, event, by=by, section=section, summary=words, path=path)


@transaction.atomic
def create_task(case: CaseFile, *, by: Staff, title: str, due_on: dt.date, assignee: Staff) -> Task:
    """A task by hand, for somebody who works on this case: by the team or by the unit's supervisor."""
    case = lock(case)
    if not policies.can(by, Right.EDIT, case) and not policies.can(by, Right.APPROVE, case):
        raise PermissionDenied
    if not case.is_open:
        raise TransitionError(_("Kasus ini sudah ditutup. Tugas baru memerlukan kasus yang dibuka kembali."))
    if not policies.team_of(case).filter(pk=assignee.pk).exists():
        raise TransitionError(_("Petugas itu tidak bekerja pada kasus ini."))
    due_at = end_of(due_on, case.lead_unit.zone)
    return open_task(case, TaskKind.FOLLOW_UP, by=by, assignee=assignee, due_at=due_at, title=title)


@transaction.atomic
def see_alert(task: Task, *, by: Staff) -> Task:
    """Somebody has looked at what a rule noticed; what is done about it comes with closing it."""
    task = _lock_task(task)
    if not policies.tasks_for(by).filter(pk=task.pk).exists():
        raise PermissionDenied
    if task.seen_at is not None:
        return task
    if not task.is_alert:
        raise TransitionError(_("Tugas ini bukan peringatan."))
    move(task, SEE)
    task.seen_by, task.seen_at = by, timezone.now()
    task.version += 1
    task.save()
    _tell(task, EventKind.TASK_SEEN, by=by, words=TaskKind(task.kind).value)
    return task


@transaction.atomic
def amend_task(
    task: Task, *, by: Staff, version: int, due_on: dt.date, assignee: Staff, title: str | None = None
) -> Task:
    """Another day or another person, by whoever has the task before them; only what was made by hand gets other words.

    A new day ahead takes the task down from the supervisors again. What protects somebody keeps its day.
    """
    case = lock(task.case)
    if not policies.tasks_for(by).filter(pk=task.pk).exists():
        raise PermissionDenied
    task = lock_version(task, version)
    if not task.is_open:
        raise TransitionError(_("Tugas ini sudah ditutup."))
    zone = case.lead_unit.zone
    moved = due_on != timezone.localdate(task.due_at, zone)
    if moved and task.priority == Priority.URGENT:
        raise TransitionError(_("Tindakan pelindungan tidak dapat ditunda."))
    if assignee.pk != task.assignee_id:
        if not policies.workers_of(case, TaskKind(task.kind)).filter(pk=assignee.pk).exists():
            raise TransitionError(_("Petugas itu tidak bekerja pada kasus ini."))
        task.assignee = assignee
        task.snoozed_until, task.snooze_reason = None, ""
    if moved:
        task.due_at = end_of(due_on, zone)
    if title is not None and not task.source:
        task.title = title
    if task.due_at > timezone.now():
        task.escalated_at = None
    task.save()
    _tell(task, EventKind.TASK_CHANGED, by=by, words=assignee.full_name)
    refresh_next_due(case)
    return task


def late_tasks() -> list[int]:
    """Keys of open tasks whose day has passed and that no supervisor was told of."""
    late = Task.objects.overdue().filter(escalated_at=None, case__closed_at=None)
    return list(late.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def escalate_task(pk: int, *, by: Staff) -> list[int]:
    """Bring a task before the unit's supervisors that is late by the working days of its priority: once. Answers whom
    to tell."""
    found = Task.objects.filter(pk=pk).select_related("case").first()
    if found is None:
        return []
    task = _lock_task(found)
    if task.escalated_at is not None or not task.is_overdue:
        return []
    zone = task.case.lead_unit.zone
    due, today = timezone.localdate(task.due_at, zone), timezone.localdate(timezone=zone)
    if workdays_between(due, today, closed_days(due, today)) < settings.ESCALATE_AFTER_WORKDAYS[task.priority]:
        return []
    task.escalated_at = timezone.now()
    task.version += 1
    task.save()
    _tell(task, EventKind.TASK_ESCALATED, by=by, words=TaskKind(task.kind).value)
    return list(policies.supervisors_of(task.case).exclude(pk=task.assignee_id).values_list("pk", flat=True))


@transaction.atomic
def snooze_task(task: Task, *, by: Staff, until: dt.date, reason: str) -> Task:
    """Put the own task off until the morning of ``until``, two weeks at most; what protects somebody cannot wait."""
    task = _lock_task(task)
    if task.assignee_id != by.pk or not policies.tasks_for(by).filter(pk=task.pk).exists():
        raise PermissionDenied
    if not task.is_open:
        raise TransitionError(_("Tugas ini sudah ditutup."))
    if task.priority == Priority.URGENT:
        raise TransitionError(_("Tindakan pelindungan tidak dapat ditunda."))
    if not reason.strip():
        raise TransitionError(_("Tulis alasannya."))
    zone = by.unit.zone
    today = timezone.localdate(timezone=zone)
    if not today < until <= today + LONGEST_SNOOZE:
        raise TransitionError(_("Tugas dapat ditunda paling lama 14 hari."))
    task.snoozed_until = dt.datetime.combine(until, dt.time.min, tzinfo=zone)
    task.snooze_reason = reason.strip()
    task.version += 1
    task.save()
    _tell(task, EventKind.TASK_SNOOZED, by=by, words=reason)
    return task


@transaction.atomic
def close_task(task: Task, *, by: Staff, outcome: str, cancelled: bool = False) -> Task:
    """Finish or cancel a task. A person does it (I-26); the system clears what a rule opened, never the urgent."""
    task = _lock_task(task)
    urgent = task.priority == Priority.URGENT
    allowed = not urgent if by.role == Role.SYSTEM else policies.tasks_for(by).filter(pk=task.pk).exists()
    if not allowed:
        raise PermissionDenied
    if not task.is_open:
        raise TransitionError(_("Tugas ini sudah ditutup."))
    if task.is_alert and by.role != Role.SYSTEM and not outcome.strip():
        raise TransitionError(_("Peringatan ditutup dengan alasannya. Tulis apa yang sudah dilakukan."))
    if urgent and not outcome.strip():
        raise TransitionError(_("Tindakan pelindungan ditutup dengan hasilnya. Tulis apa yang sudah dilakukan."))
    return _end(task, CANCEL if cancelled else FINISH, by=by, outcome=outcome)


@transaction.atomic
def finish_task(task: Task, *, by: Staff, outcome: str = "") -> Task:
    """Finish the task that another move has just answered (a decision); that move asked its own policy."""
    task = _lock_task(task)
    if task.priority == Priority.URGENT:
        raise PermissionDenied  # only a person closes it, with close_task
    return _end(task, FINISH, by=by, outcome=outcome)


def answer_task(source: str, *, by: Staff, outcome: str = "") -> None:
    """Finish the open task of ``source``: what it asked for has just been done, whoever it waits with."""
    with beyond_own_sight():
        for task in Task.objects.open().filter(source=source):
            finish_task(task, by=by, outcome=outcome)


def withdraw_task(source: str, *, by: Staff) -> None:
    """Cancel the open task of ``source`` because what made it was taken back."""
    for task in Task.objects.open().filter(source=source):
        _end(lock(task), CANCEL, by=by, outcome="")


def tasks_that_end(case: CaseFile) -> QuerySet[Task]:
    """What nobody has to do any more once the case is closed. What is owed to the person all the same stays open."""
    open_tasks = Task.objects.filter(case=case, kind__in=END_WITH_CASE).open().in_work_order()
    # The officer waits for what follows a complaint.
    # It looks like any other task on purpose: nobody reads in it that somebody complained.
    return open_tasks.exclude(source__startswith="complaint:")


def end_tasks(case: CaseFile, *, by: Staff) -> None:
    """Part of closing, which has asked its own policy."""
    for task in tasks_that_end(case):
        _end(lock(task), CANCEL, by=by, outcome="")


def _lock_task(task: Task) -> Task:
    """The case first, as everywhere: two locks taken in one order never wait for each other."""
    lock(task.case)
    return lock(task)


def _end(task: Task, transition: Transition, *, by: Staff, outcome: str) -> Task:
    move(task, transition)
    task.outcome = outcome
    task.closed_by = by
    task.closed_at = timezone.now()
    task.version += 1
    task.save()
    words = outcome or task.title or TaskKind(task.kind).value
    kind = EventKind.TASK_DONE if transition == FINISH else EventKind.TASK_CANCELLED
    _tell(task, kind, by=by, words=words)
    refresh_next_due(task.case)
    return task
