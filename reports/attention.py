"""The rows of "Perlu perhatian" on a supervisor's dashboard: what waits for a person, by urgency and due date.

Each row says whose case it is, why it stands here, and leads to the page that ends it. Never in the order of a band.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Staff
from assessments.enums import AssessmentStatus
from assessments.models import Assessment
from cases import policies as case_policies
from cases.agenda import task_words
from cases.enums import Priority, TaskKind
from cases.models import CaseFile, LegalStatus, ReportingDuty, Task
from cases.policies import emergency
from cases.sentence import Due, due_words, end_of, urgent_words
from core.workdays import closed_days, workdays_between
from partners.models import Referral
from programs.models import Plan

# A supervisor answers within this many working days (ui/06, review clock).
REVIEW_WITHIN = 5
READ_AT_MOST = 200
# What a row of its own tells in its own words.
SHOWN_ELSEWHERE = (TaskKind.APPROVAL, TaskKind.MISSED_REPORT, TaskKind.TPP_HEARING)

# Nothing on another page ends them: the supervisor says what came of it.
ENDED_BY_WORD = (TaskKind.MATCH, TaskKind.MERGED)


@dataclass(frozen=True)
class Attention:
    """One row of "Perlu perhatian"."""

    at: dt.datetime
    due: Due
    case: CaseFile
    text: str
    worker: str
    url: str
    action: str
    urgent: bool = False
    primary: bool = False
    is_escalated: bool = False

    @property
    def name(self) -> str:
        return self.case.participant.shown_name

    @property
    def order(self) -> tuple[bool, dt.datetime, int]:
        return not self.urgent, self.at, self.case.pk


@dataclass(frozen=True)
class Moment:
    now: dt.datetime
    zone: ZoneInfo

    @property
    def today(self) -> dt.date:
        return self.now.astimezone(self.zone).date()


def rows(
    user: Staff,
    moment: Moment,
    reviews: list[Assessment],
    plans: list[Plan],
    duties: list[ReportingDuty],
    releases: list[LegalStatus],
    referrals: list[Referral],
) -> list[Attention]:
    """What the board has read, and the unit's tasks and emergency accesses: the urgent first, then the oldest."""
    found = [
        *_task_rows(user, moment),
        *_review_rows(reviews, plans, moment),
        *_duty_rows(duties, moment),
        *_release_rows(releases, moment),
        *_referral_rows(referrals, moment),
        *_break_glass_rows(user, moment),
    ]
    return sorted(found, key=lambda row: row.order)


def _task_rows(user: Staff, moment: Moment) -> Iterable[Attention]:
    """Urgent tasks of the unit, others whose day has passed, and the own ones."""
    start_of_today = dt.datetime.combine(moment.today, dt.time.min, moment.zone)
    tasks = (
        case_policies.tasks_for(user)
        .open()
        .filter(Q(priority=Priority.URGENT) | Q(due_at__lt=start_of_today) | Q(assignee=user))
        .filter(case__lead_unit=user.unit_id)
        .exclude(kind__in=SHOWN_ELSEWHERE, escalated_at=None)
        .select_related("case__participant", "assignee")
        .in_work_order()[:READ_AT_MOST]
    )
    for task in tasks:
        urgent, ends_here = task.priority == Priority.URGENT, task.kind in ENDED_BY_WORD
        words = urgent_words if urgent else due_words
        yield Attention(
            task.due_at,
            words(task.due_at, moment.now, moment.zone),
            task.case,
            f"{str(task_words(task)).rstrip('.')}.",
            task.assignee.full_name,
            _page_that_ends(task, ends_here=ends_here),
            _("Selesaikan") if ends_here else _("Tindak lanjuti") if task.escalated_at else _("Buka"),
            urgent=urgent,
            is_escalated=task.escalated_at is not None,
        )


def _page_that_ends(task: Task, *, ends_here: bool) -> str:
    if ends_here:
        return reverse("cases:task-close", args=[task.code])
    if task.escalated_at:
        return reverse("cases:task-edit", args=[task.code])
    return task.path or reverse("cases:case-detail", args=[task.case.code])


def _review_rows(reviews: list[Assessment], plans: list[Plan], moment: Moment) -> Iterable[Attention]:
    last_days = _review_days([item.submitted_at for item in [*reviews, *plans]], moment)
    for review in reviews:
        differs = review.status == AssessmentStatus.AWAITING_APPROVAL
        text = _("%(instrument)s menunggu keputusan Anda") % {"instrument": review.instrument}
        why = _("akhir berbeda dari petunjuk")
        yield _waiting(
            review.case,
            last_days[review.submitted_at],
            moment,
            f"{text}: {why}." if differs else f"{text}.",
            review.rater.full_name,
            reverse("assessments:review", args=[review.code]),
            _("Putuskan") if differs else _("Tinjau"),
            primary=differs,
        )
    for plan in plans:
        yield _waiting(
            plan.case,
            last_days[plan.submitted_at],
            moment,
            _("Rencana layanan menunggu persetujuan Anda."),
            plan.author.full_name,
            reverse("programs:plan", args=[plan.case.code]),
            _("Tinjau"),
        )


def _waiting(
    case: CaseFile,
    last_day: dt.date,
    moment: Moment,
    text: str,
    worker: str,
    url: str,
    action: str,
    *,
    primary: bool = False,
) -> Attention:
    at = end_of(last_day, moment.zone)
    return Attention(at, due_words(at, moment.now, moment.zone), case, text, worker, url, action, primary=primary)


def _duty_rows(duties: list[ReportingDuty], moment: Moment) -> Iterable[Attention]:
    for duty in duties:
        missed_at = duty.next_due_at - dt.timedelta(days=duty.frequency_days)
        words = _("Tidak lapor %(times)d×") % {"times": duty.missed_in_a_row}
        yield Attention(
            missed_at,
            Due(words, due_words(missed_at, moment.now, moment.zone).note, late=True),
            duty.case,
            _("Tidak hadir wajib lapor berturut-turut."),
            _worker_of(duty.case),
            reverse("cases:supervision", args=[duty.case.code]),
            _("Buka"),
        )


def _release_rows(releases: list[LegalStatus], moment: Moment) -> Iterable[Attention]:
    for status in releases:
        assert status.release_date is not None
        at = end_of(status.release_date, moment.zone)
        yield Attention(
            at,
            due_words(at, moment.now, moment.zone),
            status.case,
            _("Akan bebas, kesiapan keluarga belum dinilai (KRK)."),
            _worker_of(status.case),
            reverse("cases:case-detail", args=[status.case.code]),
            _("Buka"),
        )


def _referral_rows(referrals: list[Referral], moment: Moment) -> Iterable[Attention]:
    for referral in referrals:
        assert referral.respond_by is not None
        yield Attention(
            referral.respond_by,
            due_words(referral.respond_by, moment.now, moment.zone),
            referral.case,
            _("Rujukan ke %(partner)s belum dijawab.") % {"partner": referral.partner.name},
            _worker_of(referral.case),
            reverse("partners:referral-detail", args=[referral.code]),
            _("Buka"),
        )


def _break_glass_rows(user: Staff, moment: Moment) -> Iterable[Attention]:
    """Emergency accesses to the unit's cases that wait for this supervisor's review."""
    for use in emergency.unreviewed_by(user).select_related("user", "content_object__participant")[:READ_AT_MOST]:
        at, url = emergency.review_due(use), reverse("cases:break-glass-detail", args=[use.code])
        words, due = _("Dibuka dengan akses darurat oleh:"), due_words(at, moment.now, moment.zone)
        yield Attention(at, due, use.content_object, words, use.user.full_name, url, _("Tinjau"))


def _worker_of(case: CaseFile) -> str:
    return case.lead_worker.full_name if case.lead_worker else _("Belum ditugaskan")


def _review_days(submitted: Iterable[dt.datetime | None], moment: Moment) -> dict[dt.datetime | None, dt.date]:
    """The last working day on which each may be answered in time; holidays are asked once."""
    days = {at: (at or moment.now).astimezone(moment.zone).date() for at in submitted}
    if not days:
        return {}
    closed = closed_days(min(days.values()), max(days.values()) + dt.timedelta(days=30))
    found = {}
    for at, first in days.items():
        last = first
        while workdays_between(first, last, closed) < REVIEW_WITHIN:
            last += dt.timedelta(days=1)
        found[at] = last
    return found
