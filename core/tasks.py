"""Work of the clock that belongs to no app."""

from celery import shared_task

from core import jobs


@shared_task
def resume_jobs() -> int:
    """Every 15 seconds: jobs whose worker died are put on the queue again."""
    return jobs.requeue_stale()
