"""Tasks of the demo: open ones with their due dates, and closed ones with who closed them and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from accounts.models import Staff
from cases.enums import EventKind, Priority, Section, TaskKind, TaskStatus
from cases.models import Task
from reports.demo.tale import Story, World


def open_task(
    world: World,
    story: Story,
    kind: TaskKind,
    *,
    due_at: dt.datetime,
    opened_at: dt.datetime,
    title: str = "",
    assignee: Staff | None = None,
    section: Section = Section.SUMMARY,
    priority: Priority = Priority.NORMAL,
    source: Callable[[], str] | None = None,
    path: str = "",
    by: Staff | None = None,
    done_at: dt.datetime | None = None,
    outcome: str = "",
) -> Task:
    """A task as cases.workflow leaves it: open, or done at ``done_at``."""
    opened_at = world.clock.past(opened_at)
    task = Task(
        case=story.case,
        kind=kind,
        title=title,
        section=section,
        assignee=assignee or story.by,
        due_at=due_at,
        priority=priority,
        path=path,
    )
    later = {"source": source} if source else {}
    world.book.add(task, at=opened_at, **later)
    words = title or TaskKind(kind).value
    opened = f"{TaskKind(kind).value}: {title}" if title else words
    # Its lines stand where cases.workflow.tasks writes them.
    section = Section.NOTES if section == Section.SUMMARY else section
    world.event(story, EventKind.TASK_OPENED, section, opened_at, by=by, summary=opened, path=path)
    if done_at is None:
        story.due.append(due_at)
        return task
    done_at = world.clock.past(max(done_at, opened_at))
    task.status, task.closed_at, task.outcome, task.version = TaskStatus.DONE, done_at, outcome, 2
    task.closed_by = assignee or story.by
    task.updated_at = done_at
    world.event(story, EventKind.TASK_DONE, section, done_at, by=task.closed_by, summary=outcome or words)
    return task
