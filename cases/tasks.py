"""Work by the clock and in the background: releases, consents, late work, files to destroy, documents."""

from __future__ import annotations

from typing import Any

import structlog
from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from accounts.models import Staff
from cases import workflow
from cases.models import DocumentFile
from cases.notifications import tell_escalated
from cases.workflow import adulthood, documents, lookout, releases, retention
from cases.workflow.tasks import escalate_task, late_tasks
from core import jobs, papers
from core.acting import acting_as

log = structlog.get_logger(__name__)

READ, DRAW = _("Membuka berkas"), _("Menggambar halaman")
NOT_DRAWN = _("Pratinjau tidak dapat dibuat. Dokumennya tetap dapat diunduh.")


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


@shared_task
def expire_consents() -> int:
    """Every night (CELERY_BEAT_SCHEDULE): what rests on a consent stops with its last day; answers how many ended.

    A grant ends to the second and a referral within a quarter of an hour without it; this writes the ending down.
    """
    system = Staff.objects.system()
    with acting_as(system.pk, job="expire_consents"):
        past = workflow.past_consents()
    ended = 0
    for pk in past:
        with acting_as(system.pk, job="expire_consents"):
            ended += workflow.expire_consent(pk, by=system)
    return ended


@shared_task
def turn_eighteen() -> int:
    """Every night: who is an adult by now is asked for consents of their own; answers for how many cases."""
    system = Staff.objects.system()
    with acting_as(system.pk, job="turn_eighteen"):
        grown = adulthood.come_of_age()
    told = 0
    for pk in grown:
        with acting_as(system.pk, job="turn_eighteen"):
            told += adulthood.turn_eighteen(pk, by=system)
    return told


# ---- documents ------------------------------------------------------------------------------------------------------


@shared_task(bind=True)
def draw_pages(self: Any, job_id: int) -> str:
    """The first pages of a document's file as pictures; answers what became of it, for the log."""
    redelivered = bool((self.request.delivery_info or {}).get("redelivered"))
    run = jobs.claim(job_id, redelivered=redelivered)
    if run is None:
        return "nothing to do"
    system = Staff.objects.system()
    with acting_as(system.pk, job=job_id):
        row = DocumentFile.objects.filter(job=job_id).first()
    if row is None:  # its case was destroyed meanwhile
        run.finish()
        return "gone"
    try:
        if run.attempt > jobs.MOST_ATTEMPTS:
            raise papers.RefusedError("broken")  # it ended every worker that tried
        run.progress(READ, 10, 100)
        content = documents.content_of(row)
        run.progress(DRAW, 40, 100)
        pictures = papers.drawn(content)
        with acting_as(system.pk, job=job_id):
            documents.keep_pages(row, pictures)
        run.finish()
    except jobs.TakenOverError:
        return "taken over"
    except Exception:
        log.exception("document_not_drawn", job=job_id)
        with acting_as(system.pk, job=job_id):
            documents.no_pages(row)
        run.fail(NOT_DRAWN)
        return "failed"
    return "made"


@shared_task
def remind_of_expiring() -> int:
    """Every night: a task for each document whose last day is near; answers how many are new."""
    system = Staff.objects.system()
    with acting_as(system.pk, job="remind_of_expiring"):
        near = documents.expiring(timezone.localdate())
    opened = 0
    for pk in near:
        with acting_as(system.pk, job="remind_of_expiring"):
            opened += documents.remind_of_expiring(pk, by=system)
    return opened


@shared_task
def sweep_files() -> int:
    """Every night: stored files whose request was undone; answers how many were removed."""
    with acting_as(Staff.objects.system().pk, job="sweep_files"):
        return documents.sweep_files()
