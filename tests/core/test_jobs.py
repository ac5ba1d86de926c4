"""Background work that survives its workers: one job a key, one worker a job, progress that everyone sees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Staff
from core import jobs, tasks
from core.models import Job, JobState

Captured = Callable[..., AbstractContextManager[list[Any]]]
KIND = "test"


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids in the order in which they were put on the queue."""
    ids: list[int] = []
    monkeypatch.setitem(jobs.SENDERS, KIND, ids.append)
    return ids


@pytest.fixture
def system(db: None) -> Staff:
    return Staff.objects.system()


def enqueue(system: Staff, key: str = "a") -> Job:
    return jobs.enqueue(KIND, key, by=system)


def make_stale(job: Job) -> None:
    long_ago = timezone.now() - jobs.STALE_AFTER - dt.timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=long_ago, updated_at=long_ago)
    job.refresh_from_db()


def test_a_job_is_sent_when_its_transaction_commits(
    system: Staff, sent: list[int], django_capture_on_commit_callbacks: Captured
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue(system)
        assert sent == []
    assert sent == [job.pk]


def test_the_same_request_while_unfinished_is_the_same_job(system: Staff) -> None:
    job = enqueue(system)
    assert enqueue(system).pk == job.pk
    run = jobs.claim(job.pk)
    assert run is not None
    assert enqueue(system).pk == job.pk
    run.finish()
    assert enqueue(system).pk != job.pk


def test_only_one_worker_holds_a_job(system: Staff) -> None:
    job = enqueue(system)
    assert jobs.claim(job.pk) is not None
    assert jobs.claim(job.pk) is None


def test_a_finished_job_is_not_run_again_when_its_message_comes_twice(system: Staff) -> None:
    job = enqueue(system)
    run = jobs.claim(job.pk)
    assert run is not None
    run.finish()
    assert jobs.claim(job.pk, redelivered=True) is None


def test_progress_and_end_are_on_the_row(system: Staff) -> None:
    job = enqueue(system)
    run = jobs.claim(job.pk)
    assert run is not None
    run.progress("Menyusun", 3, 4)
    job.refresh_from_db()
    assert (job.state, job.step, job.percent) == (JobState.RUNNING, "Menyusun", 75)
    run.finish()
    job.refresh_from_db()
    assert (job.state, job.percent, job.is_finished) == (JobState.DONE, 100, True)


def test_a_failed_job_says_why_in_words(system: Staff) -> None:
    job = enqueue(system)
    run = jobs.claim(job.pk)
    assert run is not None
    run.fail("Angka belum lengkap.")
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "Angka belum lengkap.")


def test_a_redelivered_message_takes_over_at_once_and_shuts_the_old_worker_out(system: Staff) -> None:
    job = enqueue(system)
    first = jobs.claim(job.pk)
    second = jobs.claim(job.pk, redelivered=True)
    assert first is not None
    assert second is not None
    with pytest.raises(jobs.TakenOverError):
        first.progress("Menyusun", 1, 2)
    with pytest.raises(jobs.TakenOverError):
        first.finish()
    second.progress("Menyusun", 1, 2)


def test_the_clock_sends_a_job_of_a_dead_worker_again(
    system: Staff, sent: list[int], django_capture_on_commit_callbacks: Captured
) -> None:
    job = enqueue(system)
    jobs.claim(job.pk)
    job.refresh_from_db()
    assert not jobs.is_stale(job)
    assert tasks.resume_jobs() == 0
    make_stale(job)
    assert jobs.is_stale(job)
    sent.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.resume_jobs() == 1
    assert sent == [job.pk]
    run = jobs.claim(job.pk)
    assert run is not None
    assert run.attempt == 2


def test_the_clock_sends_a_job_whose_message_was_lost(
    system: Staff, sent: list[int], django_capture_on_commit_callbacks: Captured
) -> None:
    job = enqueue(system)
    make_stale(job)
    with django_capture_on_commit_callbacks(execute=True):
        assert jobs.requeue_stale() == 1
        assert jobs.requeue_stale() == 0
    assert sent == [job.pk]


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_outside_the_worker_and_two_requests_at_once_make_one_job() -> None:
    system = Staff.objects.system()
    together = Barrier(2)
    made: list[int] = []

    def ask() -> None:
        together.wait()
        made.append(enqueue(system).pk)
        connection.close()

    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1
    assert Job.objects.count() == 1

    run = jobs.claim(made[0])
    assert run is not None
    seen: list[str] = []

    def look() -> None:
        seen.append(Job.objects.get().step)
        connection.close()

    run.progress("Menulis", 1, 2)
    thread = Thread(target=look)
    thread.start()
    thread.join()
    assert seen == ["Menulis"]
