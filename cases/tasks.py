"""Work by the clock: files whose destruction two people have signed for, consents past their last day."""

from celery import shared_task

from accounts.models import Staff
from cases import workflow
from cases.workflow import retention
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
def expire_consents() -> int:
    """Every night (CELERY_BEAT_SCHEDULE): what rests on a consent stops with its last day; answers how many ended.

    A grant ends to the second and a referral within a quarter of an hour without it; this writes the ending down.
    """
    system = Staff.objects.system()
    with acting_as(system.pk, job="expire_consents"):
        return workflow.expire_consents(by=system)
