"""The supervisor's dashboard: what ends today's list (D §6.4).

A unit's supervisor may open every case counted here, so the numbers are true ones; each tile leads to what it
counts. Head offices lead no case: they see their agency's published figures, after disclosure control, and no case
row. Order is urgency and due date, never a band; the number of queries does not grow with the unit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import AgencyKind
from accounts.models import Staff
from assessments import policies as assessment_policies
from assessments.enums import AssessmentStatus, InstrumentCode
from assessments.models import Assessment
from cases import policies as case_policies
from cases.enums import ACTIVE, OPEN, Priority, TaskKind
from cases.models import CaseFile, LegalStatus, ReportingDuty
from cases.policies import emergency
from cases.sentence import Due, due_words, end_of, full_day, urgent_words
from core import charts
from core.charts import Chart, Stack, Wait
from core.workdays import closed_days, workdays_between
from partners import policies as partner_policies
from partners.models import Referral
from programs import policies as programme_policies
from programs.enums import PlanStatus
from programs.models import Plan
from reports import policies, reading, snapshot
from reports.enums import Scope
from reports.indicators import Area, Frame, Group
from reports.indicators.judgements import HEAVIER, LIGHTER, SAME, by_movement
from reports.quarters import Quarter

# A supervisor answers within this many working days (ui/06, review clock).
REVIEW_WITHIN = 5
SHOWN_ROWS, SHOWN_WAITS = 25, 6
READ_AT_MOST = 200
RELEASE_WITHIN = dt.timedelta(days=90)
UNSEEN_AFTER = dt.timedelta(days=30)
LEAST_FOR_TREND = 10
# What the queue below the tiles shows in its own words.
SHOWN_ELSEWHERE = (TaskKind.APPROVAL, TaskKind.MISSED_REPORT, TaskKind.TPP_HEARING)
AGENCY_FIGURES_FOR = 15 * 60  # seconds


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

    @property
    def name(self) -> str:
        return self.case.participant.shown_name

    @property
    def order(self) -> tuple[bool, dt.datetime, int]:
        return not self.urgent, self.at, self.case.pk


@dataclass(frozen=True)
class _Moment:
    now: dt.datetime
    zone: ZoneInfo

    @property
    def today(self) -> dt.date:
        return self.now.astimezone(self.zone).date()


def unit_board(user: Staff) -> dict[str, Any]:
    """Everything on a unit supervisor's page."""
    moment = _Moment(timezone.now(), user.unit.zone)
    reviews = _reviews(user)
    plans = _plans(user)
    duties = _missed_duties(user)
    releases = _releases_without_family_assessment(user, moment)
    referrals = _late_referrals(user)
    rows = [
        *_task_rows(user, moment),
        *_review_rows(reviews, plans, moment),
        *_duty_rows(duties, moment),
        *_release_rows(releases, moment),
        *_referral_rows(referrals, moment),
        *_break_glass_rows(user, moment),
    ]
    rows.sort(key=lambda row: row.order)
    workers = _workers(user, moment)
    urgent = sum(1 for row in rows if row.urgent)
    return {
        "unit": user.unit,
        "lead": _("%(day)s, angka diperbarui %(clock)s")
        % {"day": full_day(moment.today), "clock": moment.now.astimezone(moment.zone).strftime("%H.%M")},
        "tiles": _tiles(user, moment, urgent, len(reviews), len(plans), duties, releases, referrals, workers),
        # Survivors stand in a list of their own, and in no chart that names others (ET-15).
        "lists": [
            (key, title, len(found), found[:SHOWN_ROWS])
            for key, title, found in (
                ("attention", _("Perlu perhatian"), [row for row in rows if not row.case.is_victim_file]),
                ("attention-victims", _("Penyintas"), [row for row in rows if row.case.is_victim_file]),
            )
            if found or key == "attention"
        ],
        "waits": _wait_chart(
            [item for item in reviews if not item.case.is_victim_file],
            [item for item in plans if not item.case.is_victim_file],
            moment,
        ),
        "wait_count": len(reviews) + len(plans),
        "movement": _movement(Area(Scope.UNIT, unit=user.unit), moment),
        "workers": workers,
        "worker_columns": [
            {"label": _("Petugas")},
            {"label": _("Kasus"), "numeric": True},
            {"label": _("Lewat"), "numeric": True},
        ],
    }


# ---- what is read, one query each ----------------------------------------------------------------------------------


def _reviews(user: Staff) -> list[Assessment]:
    return list(
        assessment_policies.queue_for(user)
        .select_related("case__participant", "rater")
        .order_by("submitted_at")[:READ_AT_MOST]
    )


def _plans(user: Staff) -> list[Plan]:
    waiting = programme_policies.plans_for(user).filter(status=PlanStatus.SUBMITTED, case__lead_unit=user.unit_id)
    return list(
        waiting.exclude(author=user)
        .select_related("case__participant", "author")
        .order_by("submitted_at")[:READ_AT_MOST]
    )


def _missed_duties(user: Staff) -> list[ReportingDuty]:
    missed = ReportingDuty.objects.filter(
        case_policies.within_reach(user, "case__"),
        missed_in_a_row__gte=2,
        case__lead_unit=user.unit_id,
        case__status__in=ACTIVE,
    )
    return list(missed.select_related("case__participant", "case__lead_worker")[:READ_AT_MOST])


def _releases_without_family_assessment(user: Staff, moment: _Moment) -> list[LegalStatus]:
    """People whose release comes within ninety days and whose family has not been assessed (KRK)."""
    ready = Assessment.objects.final().filter(case=OuterRef("case"), instrument=InstrumentCode.FAMILY)
    coming = LegalStatus.objects.in_force_on(moment.today).filter(
        ~Exists(ready),
        case_policies.within_reach(user, "case__"),
        release_date__gte=moment.today,
        release_date__lte=moment.today + RELEASE_WITHIN,
        case__lead_unit=user.unit_id,
        case__status__in=OPEN,
    )
    return list(coming.select_related("case__participant", "case__lead_worker")[:READ_AT_MOST])


def _late_referrals(user: Staff) -> list[Referral]:
    late = partner_policies.referrals_for(user).unanswered_past_deadline().filter(case__lead_unit=user.unit_id)
    return list(late.select_related("case__participant", "case__lead_worker", "partner")[:READ_AT_MOST])


def _workers(user: Staff, moment: _Moment) -> list[dict[str, Any]]:
    """Open work by caseworker, in the order of names; cases without one come last."""
    active, late = Q(status__in=ACTIVE), Q(status__in=OPEN, next_due_on__lt=moment.today)
    counted = (
        CaseFile.objects.filter(case_policies.within_reach(user), lead_unit=user.unit_id, status__in=OPEN)
        .values("lead_worker", "lead_worker__full_name")
        .annotate(cases=Count("pk", filter=active), late=Count("pk", filter=late))
        .order_by("lead_worker__full_name")
    )
    found = {row["lead_worker"]: row for row in counted}
    team = Staff.objects.caseworkers_of(user.unit).order_by("full_name").values_list("pk", "full_name")
    rows = [_worker_row(pk, name, found.pop(pk, None)) for pk, name in team]
    rows += [_worker_row(pk, row["lead_worker__full_name"], row) for pk, row in found.items() if pk is not None]
    if None in found:
        rows.append(_worker_row(None, _("Belum ditugaskan"), found[None]))
    return rows


def _worker_row(pk: int | None, name: str, row: dict[str, Any] | None) -> dict[str, Any]:
    query = f"worker={pk}" if pk is not None else "view=unassigned"
    return {
        "name": name,
        "url": f"{reverse('cases:case-list')}?{query}",
        "cases": row["cases"] if row else 0,
        "late": row["late"] if row else 0,
        "is_person": pk is not None,
    }


# ---- tiles ---------------------------------------------------------------------------------------------------------


def _tiles(
    user: Staff,
    moment: _Moment,
    urgent: int,
    reviews: int,
    plans: int,
    duties: list[ReportingDuty],
    releases: list[LegalStatus],
    referrals: list[Referral],
    workers: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    """At most eight; what is late counts in soga, and a zero keeps its place."""
    cases, here = reverse("cases:case-list"), "#attention"
    since = moment.now - UNSEEN_AFTER
    unseen = Q(last_contact_at__lt=since) | Q(last_contact_at__isnull=True, opened_at__lt=since)
    found = (
        case_policies.cases_for(user)
        .filter(lead_unit=user.unit_id, sealed_at=None)
        .aggregate(
            active=Count("pk", filter=Q(status__in=ACTIVE)),
            late=Count("pk", filter=Q(status__in=OPEN, next_due_on__lt=moment.today)),
            unseen=Count("pk", filter=Q(status__in=ACTIVE) & unseen),
        )
    )
    people = sum(1 for row in workers if row["is_person"])
    tiles = [
        _tile(urgent, _("Tindakan pelindungan 24 jam terbuka"), here, due=True),
        _tile(found["late"], _("Kasus lewat tenggat"), f"{cases}?view=overdue", due=True),
        _tile(reviews, _("Penilaian menunggu keputusan Anda"), reverse("assessments:queue")),
        _tile(plans, _("Rencana menunggu persetujuan Anda"), here),
    ]
    if user.unit.agency.kind == AgencyKind.DITJENPAS:
        tiles += [
            _tile(len(duties), _("Tidak lapor 2 kali berturut-turut"), here, due=True),
            _tile(len(releases), _("Bebas dalam 90 hari tanpa KRK"), here),
        ]
    else:
        tiles.append(_tile(found["unseen"], _("Belum ditemui 30 hari"), f"{cases}?view=unseen", due=True))
    tiles += [
        _tile(len(referrals), _("Rujukan lewat batas jawab"), here),
        _tile(
            found["active"],
            ngettext("Kasus aktif, %(people)d petugas", "Kasus aktif, %(people)d petugas", people)
            % {"people": people},
            f"{cases}?view=open",
        ),
    ]
    return tiles


def _tile(value: int, label: str, url: str, *, due: bool = False) -> dict[str, Any]:
    return {"value": value, "label": label, "url": url, "due": due}


# ---- "Perlu perhatian" ---------------------------------------------------------------------------------------------


def _task_rows(user: Staff, moment: _Moment) -> Iterable[Attention]:
    """Urgent tasks of the unit, and others whose day has passed."""
    start_of_today = dt.datetime.combine(moment.today, dt.time.min, moment.zone)
    tasks = (
        case_policies.tasks_for(user)
        .open()
        .filter(Q(priority=Priority.URGENT) | Q(due_at__lt=start_of_today), case__lead_unit=user.unit_id)
        .exclude(kind__in=SHOWN_ELSEWHERE)
        .select_related("case__participant", "assignee")
        .in_work_order()[:READ_AT_MOST]
    )
    for task in tasks:
        urgent = task.priority == Priority.URGENT
        words = urgent_words if urgent else due_words
        yield Attention(
            task.due_at,
            words(task.due_at, moment.now, moment.zone),
            task.case,
            f"{str(task.title or task.get_kind_display()).rstrip('.')}.",
            task.assignee.full_name,
            task.path or reverse("cases:case-detail", args=[task.case.code]),
            _("Buka"),
            urgent=urgent,
        )


def _review_rows(reviews: list[Assessment], plans: list[Plan], moment: _Moment) -> Iterable[Attention]:
    last_days = _review_days([item.submitted_at for item in [*reviews, *plans]], moment)
    for review in reviews:
        differs = review.status == AssessmentStatus.AWAITING_APPROVAL
        text = _("%(instrument)s menunggu keputusan Anda") % {"instrument": review.instrument}
        yield _waiting(
            review.case,
            last_days[review.submitted_at],
            moment,
            f"{text}: {_('akhir berbeda dari petunjuk')}." if differs else f"{text}.",
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
    moment: _Moment,
    text: str,
    worker: str,
    url: str,
    action: str,
    *,
    primary: bool = False,
) -> Attention:
    at = end_of(last_day, moment.zone)
    return Attention(at, due_words(at, moment.now, moment.zone), case, text, worker, url, action, primary=primary)


def _duty_rows(duties: list[ReportingDuty], moment: _Moment) -> Iterable[Attention]:
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


def _release_rows(releases: list[LegalStatus], moment: _Moment) -> Iterable[Attention]:
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


def _referral_rows(referrals: list[Referral], moment: _Moment) -> Iterable[Attention]:
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


def _break_glass_rows(user: Staff, moment: _Moment) -> Iterable[Attention]:
    """Emergency accesses to the unit's cases that wait for this supervisor's review."""
    for use in emergency.unreviewed_by(user).select_related("user", "content_object__participant")[:READ_AT_MOST]:
        at, url = emergency.review_due(use), reverse("cases:break-glass-detail", args=[use.code])
        words, due = _("Dibuka dengan akses darurat oleh:"), due_words(at, moment.now, moment.zone)
        yield Attention(at, due, use.content_object, words, use.user.full_name, url, _("Tinjau"))


def _worker_of(case: CaseFile) -> str:
    return case.lead_worker.full_name if case.lead_worker else _("Belum ditugaskan")


# ---- review clock and movement -------------------------------------------------------------------------------------


def _review_days(submitted: Iterable[dt.datetime | None], moment: _Moment) -> dict[dt.datetime | None, dt.date]:
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


def _wait_chart(reviews: list[Assessment], plans: list[Plan], moment: _Moment) -> Chart | None:
    """How many working days each thing has waited for this supervisor, the longest first."""
    waiting = [
        *((item.case, item.submitted_at or moment.now, item.instrument, item) for item in reviews),
        *((item.case, item.submitted_at or moment.now, _("rencana layanan"), item) for item in plans),
    ]
    if not waiting:
        return None
    waiting.sort(key=lambda entry: (entry[1], entry[0].pk))
    closed = closed_days(waiting[0][1].astimezone(moment.zone).date(), moment.today)
    waits = []
    for case, since, what, item in waiting[:SHOWN_WAITS]:
        days = workdays_between(since.astimezone(moment.zone).date(), moment.today, closed)
        late = days - REVIEW_WITHIN
        differs = item.status == AssessmentStatus.AWAITING_APPROVAL
        waits.append(
            Wait(
                case.participant.shown_name,
                days,
                ngettext("lewat %(days)d hari", "lewat %(days)d hari", late) % {"days": late}
                if late > 0
                else ngettext("%(days)d hari", "%(days)d hari", days) % {"days": days},
                _("beda dari petunjuk") if differs else str(what),
                late=late > 0,
            )
        )
    return charts.waits(
        "clock",
        _("Lama menunggu tinjauan Anda"),
        waits,
        limit=REVIEW_WITHIN,
        limit_label=_("batas %(days)d hari kerja") % {"days": REVIEW_WITHIN},
        head=(_("Yang menunggu"), _("Lama")),
    )


def _movement(area: Area, moment: _Moment) -> Chart | None:
    """IND-P4 of the own unit, by finished quarter. Exact counts; a quarter with fewer than ten people shows none."""
    stacks, total = [], 0
    for quarter in Quarter.last_finished(moment.now).back(snapshot.QUARTERS):
        found = by_movement(Frame(area, quarter, Group.ADULTS))
        people = sum(found.values())
        total += people
        values = [found[key] if people >= LEAST_FOR_TREND else None for key in (LIGHTER, SAME, HEAVIER)]
        stacks.append(Stack(quarter.label, values, f"n = {people}" if people >= LEAST_FOR_TREND else "", "n < 10"))
    if not total:
        return None
    return charts.stacked(
        "movement", _("Perubahan penilaian per triwulan"), stacks, reading.movement_series(), head=_("Triwulan")
    )


# ---- head offices --------------------------------------------------------------------------------------------------


def agency_board(user: Staff) -> dict[str, Any]:
    """The agency's (for BNPT: the country's) figures of the last finished quarter, as they may be published."""
    national = policies.is_of_bnpt(user)
    area = Area(Scope.NATIONAL) if national else Area(Scope.AGENCY, agency=user.unit.agency)
    quarter = Quarter.last_finished(timezone.now())
    thresholds = snapshot.Thresholds(settings.SMALL_CELL, max(settings.SMALL_CELL, settings.SMALL_CELL_CHILDREN))
    key = f"board:{area.kind}:{user.unit.agency_id}:{quarter.year}-{quarter.number}"
    frozen = policies.reports_for(user).filter(
        scope=area.kind, year=quarter.year, quarter=quarter.number, snapshot_at__isnull=False
    )
    # The report's own figures where there is one, so that the page and the paper say the same.
    figures = frozen.order_by("-revision").values_list("snapshot", flat=True).first() or cache.get_or_set(
        key, lambda: snapshot.freeze(area, quarter, thresholds), AGENCY_FIGURES_FOR
    )
    waiting = policies.reports_for(user).filter(status="in_review").count()
    return {
        "place": _("Nasional, semua instansi") if national else user.unit.agency.name,
        "reading": reading.read(figures, "d"),
        "waiting": waiting,
    }
