"""Work by the clock: the journal's chain and its anchors; and the letters about accounts, by their names."""

from celery import shared_task

from accounts import workflow
from accounts.models import Staff
from accounts.notifications import tell_new_device, tell_password_link, tell_second_factor
from core.acting import acting_as

__all__ = ["anchor_journal", "seal_journal", "tell_new_device", "tell_password_link", "tell_second_factor"]


@shared_task
def seal_journal() -> int:
    """Every 20 seconds (CELERY_BEAT_SCHEDULE): tie the new lines of the journal into its chain."""
    with acting_as(Staff.objects.system().pk, job="seal_journal"):
        return workflow.seal_journal()


@shared_task
def anchor_journal() -> int:
    """Before midnight: keep the chain's length and last hash where the database cannot reach them."""
    with acting_as(Staff.objects.system().pk, job="anchor_journal"):
        anchor = workflow.anchor_journal()
    return anchor.count if anchor else 0
