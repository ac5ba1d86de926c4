"""Work by the clock: releases that come near, files signed for destruction, consents past their last day."""

from celery import shared_task

from accounts.models import Staff
from cases import workflow
from cases.workflow import releases, retention
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
def expire_consents() -> int:
    """Every night (CELERY_BEAT_SCHEDULE): what rests on a consent stops with its last day; answers how many ended.

    A grant ends to the second and a referral within a quarter of an hour without it; this writes the ending down.
    """
    system = Staff.objects.system()
    with acting_as(system.pk, job="expire_consents"):
        return workflow.expire_consents(by=system)
