"""Work by the clock."""

from celery import shared_task

from accounts.models import Staff
from core.acting import acting_as
from partners import workflow


@shared_task
def sweep_referrals() -> None:
    """Every quarter of an hour (CELERY_BEAT_SCHEDULE): expire what was not answered, stop what has no consent left."""
    system = Staff.objects.system()
    with acting_as(system.pk, job="sweep_referrals"):
        workflow.sweep(by=system)
