"""Long work in the background: a row that says how far it is, and that survives every worker.

The message in the queue carries a Job's id and nothing else. It may be lost, come twice, or come while the first
worker still runs: a worker *claims* the row first, and every claim gets a number. Whoever holds an older number is
out: its next word about progress raises TakenOverError. Steps and errors are kept as Indonesian texts and
translated when shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.db.models import F, Model, Q
from django.utils import timezone

from core.models import Job, JobState

# A worker gives a sign of life at every step; after this long without one it is taken for dead.
STALE_AFTER = dt.timedelta(seconds=60)
# A job that ended its worker this often will end the next one too.
MOST_ATTEMPTS = 4
UNFINISHED = (JobState.QUEUED, JobState.RUNNING)

# Who puts a job of a kind on the queue. Higher apps add theirs (docs/architecture.md).
SENDERS: dict[str, Callable[[int], object]] = {}


class TakenOverError(Exception):
    """Another worker has the job by now; stop without writing anything."""


@dataclass(frozen=True)
class Run:
    """One worker's hold on a job. Every word of it is committed at once, so that pages can show it."""

    job_id: int
    attempt: int

    def progress(self, step: str, done: int, total: int) -> None:
        """Say what is being done now; also the sign of life."""
        self._write(step=step, done=done, total=total)

    def finish(self) -> None:
        self._write(state=JobState.DONE, done=F("total"), finished_at=timezone.now(), error="")

    def fail(self, message: str) -> None:
        """End the job with a sentence for people."""
        self._write(state=JobState.FAILED, finished_at=timezone.now(), error=message)

    def _write(self, **values: object) -> None:
        now = timezone.now()
        with transaction.atomic(durable=True):
            mine = Job.objects.filter(pk=self.job_id, attempts=self.attempt, state=JobState.RUNNING)
            if not mine.update(heartbeat_at=now, updated_at=now, **values):
                raise TakenOverError(f"job {self.job_id}, attempt {self.attempt}")


@transaction.atomic
def enqueue(kind: str, key: str, *, by: Model) -> Job:
    """The unfinished job for ``key``: the one there is, or a new one that is sent when this transaction commits."""
    # ON CONFLICT waits for whoever is inserting the same key, so two requests at once end in one job.
    Job.objects.bulk_create([Job(kind=kind, key=key, requested_by_id=by.pk)], ignore_conflicts=True)
    job = Job.objects.select_for_update().get(kind=kind, key=key, state__in=UNFINISHED)
    if job.state == JobState.QUEUED:
        _send(job)
    return job


def claim(job_id: int, *, redelivered: bool = False) -> Run | None:
    """Take the job, or None: it is finished, or another worker is at it.

    ``redelivered``: the broker says that the worker which had this message is gone, so its hold counts no more.
    """
    now = timezone.now()
    with transaction.atomic(durable=True):
        free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, heartbeat_at__lt=now - STALE_AFTER)
        if redelivered:
            free |= Q(state=JobState.RUNNING)
        job = Job.objects.select_for_update(skip_locked=True).filter(free, pk=job_id).first()
        if job is None:
            return None
        job.state = JobState.RUNNING
        job.attempts += 1
        job.heartbeat_at = now
        job.save(update_fields=["state", "attempts", "heartbeat_at", "updated_at"])
    return Run(job.pk, job.attempts)


def requeue_stale() -> int:
    """Send again what waits without a worker: its worker died, or its message was lost. Answers how many."""
    now = timezone.now()
    with transaction.atomic():
        lost = Q(state=JobState.QUEUED, updated_at__lt=now - STALE_AFTER)
        dead = Q(state=JobState.RUNNING, heartbeat_at__lt=now - STALE_AFTER)
        jobs = list(Job.objects.select_for_update(skip_locked=True).filter(lost | dead, kind__in=SENDERS))
        for job in jobs:
            job.state = JobState.QUEUED
            job.save(update_fields=["state", "updated_at"])
            _send(job)
    return len(jobs)


def is_stale(job: Job) -> bool:
    """True when the job's worker has given no sign of life for too long; it will be resumed by itself."""
    seen = job.heartbeat_at if job.state == JobState.RUNNING else job.updated_at
    return job.state in UNFINISHED and seen is not None and seen < timezone.now() - STALE_AFTER


def _send(job: Job) -> None:
    # A broker that is away undoes nothing: the clock sends the job again.
    transaction.on_commit(partial(SENDERS[job.kind], job.pk), robust=True)
