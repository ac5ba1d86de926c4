"""The supervisor's dashboard: what ends today's list (D §6.4).

A unit's supervisor may open every case counted here, so the numbers are true ones; each tile leads to what it
counts. Head offices lead no case: they see their agency's published figures, after disclosure control, and no case
row. Order is urgency and due date, never a band; the number of queries does not grow with the unit.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from accounts.enums import AgencyKind
from accounts.models import Staff
from assessments import policies as assessment_policies
from assessments.enums import AssessmentStatus, InstrumentCode
from assessments.models import Assessment
from cases import policies as case_policies
from cases.enums import ACTIVE, OPEN
from cases.models import CaseFile, LegalStatus, ReportingDuty
from cases.policies.transfers import waiting_for
from cases.sentence import full_day
from core import charts
from core.charts import Chart, Stack, Wait
from core.workdays import closed_days, workdays_between
from partners import policies as partner_policies
from partners.models import Referral
from programs import policies as programme_policies
from programs.enums import PlanStatus
from programs.models import Plan
from reports import attention, policies, reading, snapshot
from reports.attention import READ_AT_MOST, REVIEW_WITHIN, Moment
from reports.enums import Scope
from reports.indicators import Area, Frame, Group
from reports.indicators.judgements import HEAVIER, LIGHTER, SAME, by_movement
from reports.quarters import Quarter

SHOWN_ROWS, SHOWN_WAITS = 25, 6
RELEASE_WITHIN = dt.timedelta(days=90)
UNSEEN_AFTER = dt.timedelta(days=30)
LEAST_FOR_TREND = 10


def unit_board(user: Staff) -> dict[str, Any]:
    """Everything on a unit supervisor's page."""
    moment = Moment(timezone.now(), user.unit.zone)
    reviews = _reviews(user)
    plans = _plans(user)
    duties = _missed_duties(user)
    releases = _releases_without_family_assessment(user, moment)
    referrals = _late_referrals(user)
    rows = attention.rows(user, moment, reviews, plans, duties, releases, referrals)
    workers = _workers(user, moment)
    others = [row for row in rows if not row.case.is_victim_file]
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
                ("escalated", _("Naik ke pengawas"), [row for row in others if row.is_escalated]),
                ("attention", _("Perlu perhatian"), [row for row in others if not row.is_escalated]),
                ("attention-victims", _("Penyintas"), [row for row in rows if row.case.is_victim_file]),
            )
            if found or key == "attention"
        ],
        # Without a row of their own: what another unit hands over has no name here yet.
        "transfers": waiting_for(user).count(),
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
            {"label": pgettext_lazy("jamak", "Kasus"), "numeric": True},
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


def _releases_without_family_assessment(user: Staff, moment: Moment) -> list[LegalStatus]:
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


def _workers(user: Staff, moment: Moment) -> list[dict[str, Any]]:
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
    moment: Moment,
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


# ---- review clock and movement -------------------------------------------------------------------------------------


def _wait_chart(reviews: list[Assessment], plans: list[Plan], moment: Moment) -> Chart | None:
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


def _movement(area: Area, moment: Moment) -> Chart | None:
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
    scope, quarter = Scope.NATIONAL if national else Scope.AGENCY, Quarter.last_finished(timezone.now())
    asked = {"scope": scope, "year": quarter.year, "quarter": quarter.number}
    frozen = policies.reports_for(user).filter(snapshot_at__isnull=False, **asked)
    # The report's own figures where there is one, so that the page and the paper say the same.
    figures = (
        frozen.order_by("-revision").values_list("snapshot", flat=True).first()
        or policies.rollups_for(user).filter(**asked).values_list("figures", flat=True).first()
    )
    return {
        "place": _("Nasional, semua instansi") if national else user.unit.agency.name,
        "reading": reading.read(figures, "d") if figures else None,
        "quarter": quarter.label,
        "waiting": policies.reports_for(user).filter(status="in_review").count(),
    }
