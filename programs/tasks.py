"""Work by the clock."""

from __future__ import annotations

from celery import shared_task

from accounts.models import Staff
from core.acting import acting_as
from programs.workflow import duties


@shared_task
def remind_of_duties() -> int:
    """Every night (CELERY_BEAT_SCHEDULE): a task for each plan to be reviewed and each business to be visited within
    14 days; answers how many were opened. Run twice, or at once, it opens none twice."""
    system = Staff.objects.system()
    with acting_as(system.pk, job="remind_of_duties"):
        plans, visits = duties.plans_to_review(), duties.businesses_to_visit()
    opened = 0
    for ask, keys in ((duties.ask_for_review, plans), (duties.ask_for_visit, visits)):
        for pk in keys:
            with acting_as(system.pk, job="remind_of_duties"):
                opened += ask(pk, by=system)
    return opened
