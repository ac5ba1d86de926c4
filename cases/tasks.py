"""Work by the clock: releases that come near, and files whose destruction two people have signed for."""

from celery import shared_task

from accounts.models import Staff
from cases.notifications import tell_escalated
from cases.workflow import lookout, releases, retention
from cases.workflow.tasks import escalate_task, late_tasks
from core.acting import acting_as


@shared_task
def carry_out_destruction() -> int:
    """Every night (CELERY_BEAT_SCHEDULE): destroy what approved lists name, a transaction a case; answers how many.

    Stopped anywhere, the next night goes on where it was: each file is destroyed with the line that says so.
    """
    system = Staff.objects.system()
    with acting_as(system.pk, job="carry_out_destruction"):
        waiting = retention.to_destroy(system)
    destroyed = 0
    for item in waiting:
        with acting_as(system.pk, job="carry_out_destruction"):
            destroyed += retention.destroy(item, by=system)
    with acting_as(system.pk, job="carry_out_destruction"):
        retention.remove_files(system)
        for drawn in retention.approved(system):
            retention.finish_list(drawn, by=system)
    return destroyed


@shared_task
def prepare_releases() -> int:
    """Every night: a task for each release or end of supervision that has come within 180, 90 or 30 days; answers how
    many were opened. Run twice, or at once, it opens none twice."""
    system = Staff.objects.system()
    with acting_as(system.pk, job="prepare_releases"):
        due = releases.due_releases(system)
    opened = 0
    for pk in due:
        with acting_as(system.pk, job="prepare_releases"):
            opened += releases.prepare_release(pk, by=system)
    return opened


@shared_task
def look_out() -> int:
    """Every night: alerts about cases without contact and releases that nobody has prepared; answers how many."""
    system = Staff.objects.system()
    with acting_as(system.pk, job="look_out"):
        silent, near = lookout.unseen_cases(), releases.due_releases(system)
    raised = 0
    for pk in silent:
        with acting_as(system.pk, job="look_out"):
            raised += lookout.alert_unseen(pk, by=system)
    for pk in near:
        with acting_as(system.pk, job="look_out"):
            raised += lookout.alert_unready(pk, by=system)
    return raised


@shared_task
def escalate_late_tasks() -> int:
    """Every hour: what is late by some working days goes up to the unit's supervisors, who are told in one letter."""
    system = Staff.objects.system()
    with acting_as(system.pk, job="escalate_late_tasks"):
        late = late_tasks()
    told: set[int] = set()
    raised = 0
    for pk in late:
        with acting_as(system.pk, job="escalate_late_tasks"):
            supervisors = escalate_task(pk, by=system)
        told.update(supervisors)
        raised += bool(supervisors)
    if told:
        tell_escalated.delay(sorted(told))
    return raised
