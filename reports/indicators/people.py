"""IND-K: who was served, and how the number of open cases came about."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.models import Region
from cases.enums import ACTIVE, STAGES, CaseStatus, CaseType, Sex
from cases.models import CaseFile, CaseLeadPeriod, CaseStatusPeriod
from reports.enums import Scope
from reports.indicators.declaration import Indicator, Kind, Measure, Raw, Table
from reports.indicators.frame import HAS_LENGTH, Frame, Group

BOTH = (Group.ADULTS, Group.CHILDREN)
CHAPTER = _("Peserta dan kasus")
UNKNOWN = "unknown"
ADULT_AGES = (("18-24", 18, 24), ("25-59", 25, 59), ("60+", 60, 200))
CHILD_AGES = (("0-5", 0, 5), ("6-12", 6, 12), ("13-17", 13, 17), ("18+", 18, 200))

# Flows of IND-K2; those that leave are subtracted in its check sum.
COMING = ("new", "reopened", "resumed", "transferred_in", "came_of_age")
LEAVING = ("closed", "suspended", "transferred_out", "grew_up")


def active_cases(frame: Frame) -> dict[str, Raw]:
    return {"active": Raw(frame.active().count())}


def by_type(frame: Frame) -> dict[Hashable, int]:
    return _counted(frame.active(), "case_type")


def by_stage(frame: Frame) -> dict[Hashable, int]:
    held = CaseStatusPeriod.objects.filter(
        status__in=ACTIVE, started_at__lt=frame.end, case__in=frame.cases().values("pk")
    ).filter(Q(ended_at__isnull=True) | Q(ended_at__gte=frame.end))
    return _counted(held, "status")


def by_age_and_sex(frame: Frame) -> dict[Hashable, int]:
    ages = ADULT_AGES if frame.group is Group.ADULTS else CHILD_AGES
    born = "participant__birth_date"
    groups = Case(
        *(
            When(
                **{
                    f"{born}__lte": years_before(frame.last_day, youngest),
                    f"{born}__gt": years_before(frame.last_day, oldest + 1),
                    "then": Value(key),
                }
            )
            for key, youngest, oldest in ages
        ),
        default=Value(UNKNOWN),
        output_field=CharField(),
    )
    rows = frame.active().annotate(age_group=groups).values("age_group", "participant__sex").annotate(n=Count("pk"))
    return {(row["age_group"], row["participant__sex"]): row["n"] for row in rows.order_by()}


def by_province(frame: Frame) -> dict[Hashable, int]:
    """By the province of the unit that led the case; a unit without a region counts as unknown."""
    led = CaseLeadPeriod.objects.filter(case=OuterRef("pk"), started_at__lt=frame.end).filter(
        Q(ended_at__isnull=True) | Q(ended_at__gte=frame.end)
    )
    regions = frame.active().annotate(region=Subquery(led.values("lead_unit__region")[:1])).values("region")
    counts: Counter[Hashable] = Counter()
    for row in regions.annotate(n=Count("pk")).order_by():
        counts[(row["region"] or "")[:2] or UNKNOWN] += row["n"]
    return counts


def provinces(frame: Frame) -> Sequence[tuple[str, str]]:
    names = dict(Region.objects.filter(pk__in=[str(key) for key in by_province(frame)]).values_list("pk", "name"))
    return [*sorted(names.items()), (UNKNOWN, "")]


def flows(frame: Frame) -> dict[str, Raw]:
    """What happened between the last days of the two quarters, so that IND-K1 of one leads to that of the other."""
    found: Counter[str] = Counter()
    for status, before, number in _status_changes(frame):
        was_active, is_active = before in ACTIVE, status in ACTIVE
        if is_active and not was_active:
            found[{CaseStatus.CLOSED: "reopened", CaseStatus.SUSPENDED: "resumed"}.get(before, "new")] += number
        elif was_active and not is_active:
            found["closed" if status == CaseStatus.CLOSED else "suspended"] += number
    for unit, before_unit, number in _handovers(frame):
        came, went = frame.area.holds(unit), frame.area.holds(before_unit)
        if came != went:
            found["transferred_in" if came else "transferred_out"] += number
    aged = _came_of_age(frame)
    found["came_of_age" if frame.group is Group.ADULTS else "grew_up"] += aged
    return {key: Raw(found[key]) for key in (*COMING, *LEAVING)}


def balance_gap(before: int, moves: Mapping[str, int], now: int) -> int:
    """What the check sum of IND-K2 lacks: 0 where the flows explain the change of IND-K1."""
    return now - before - sum(moves[key] for key in COMING) + sum(moves[key] for key in LEAVING)


def _status_changes(frame: Frame) -> list[tuple[str, str, int]]:
    """(status, status before or "", how many) of the changes in the quarter while the area led the case."""
    periods = CaseStatusPeriod.objects.filter(HAS_LENGTH)
    earlier = periods.filter(case=OuterRef("case"), started_at__lt=OuterRef("started_at")).order_by("-started_at")
    changes = periods.filter(frame.within("started_at"), case__in=frame.people().values("pk"))
    if frame.area.unit_ids is not None:
        led = CaseLeadPeriod.objects.filter(
            frame.area.units_q("lead_unit"), case=OuterRef("case"), started_at__lte=OuterRef("started_at")
        ).filter(Q(ended_at__isnull=True) | Q(ended_at__gt=OuterRef("started_at")))
        changes = changes.filter(Exists(led))
    rows = changes.annotate(earlier_status=Subquery(earlier.values("status")[:1]))
    counted = rows.values("status", "earlier_status").annotate(n=Count("pk")).order_by()
    return [(row["status"], row["earlier_status"] or "", row["n"]) for row in counted]


def _handovers(frame: Frame) -> list[tuple[int, int, int]]:
    """(unit, unit before, how many) of active cases whose lead changed in the quarter."""
    periods = CaseLeadPeriod.objects.filter(HAS_LENGTH)
    earlier = periods.filter(case=OuterRef("case"), started_at__lt=OuterRef("started_at")).order_by("-started_at")
    active = CaseStatusPeriod.objects.filter(
        case=OuterRef("case"), status__in=ACTIVE, started_at__lte=OuterRef("started_at")
    ).filter(Q(ended_at__isnull=True) | Q(ended_at__gt=OuterRef("started_at")))
    rows = (
        periods.filter(frame.within("started_at"), Exists(active), case__in=frame.people().values("pk"))
        .annotate(earlier_unit=Subquery(earlier.values("lead_unit")[:1]))
        .exclude(earlier_unit=None)
        .exclude(earlier_unit=F("lead_unit"))
    )
    counted = rows.values("lead_unit", "earlier_unit").annotate(n=Count("pk")).order_by()
    return [(row["lead_unit"], row["earlier_unit"], row["n"]) for row in counted]


def _came_of_age(frame: Frame) -> int:
    """Cases open at the end of the quarter before that have become cases of adults since."""
    before = Frame(frame.area, frame.quarter.previous, Group.ADULTS)
    adults_now = Frame(frame.area, frame.quarter, Group.ADULTS).people()
    open_then = before.everyone_active()
    return (
        open_then.filter(pk__in=adults_now.values("pk")).count()
        - open_then.filter(pk__in=before.people().values("pk")).count()
    )


def ever_served(frame: Frame) -> dict[str, Raw]:
    began = CaseStatusPeriod.objects.filter(
        HAS_LENGTH, case=OuterRef("pk"), status__in=ACTIVE, started_at__lt=frame.end
    )
    led = CaseLeadPeriod.objects.filter(
        HAS_LENGTH, frame.area.units_q("lead_unit"), case=OuterRef("pk"), started_at__lt=frame.end
    )
    people = frame.people().filter(Exists(began), Exists(led))
    return {"served": Raw(people.values("participant").distinct().count())}


def years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _counted(rows: QuerySet[CaseFile] | QuerySet[CaseStatusPeriod], field: str) -> dict[Hashable, int]:
    return {row[field]: row["n"] for row in rows.values(field).annotate(n=Count("pk")).order_by()}


AGE_LABELS = (
    ("0-5", _("0–5 tahun")),
    ("6-12", _("6–12 tahun")),
    ("13-17", _("13–17 tahun")),
    ("18+", _("18 tahun ke atas")),
    ("18-24", _("18–24 tahun")),
    ("25-59", _("25–59 tahun")),
    ("60+", _("60 tahun ke atas")),
    (UNKNOWN, _("Usia belum pasti")),
)

K1 = Indicator(
    "IND-K1",
    CHAPTER,
    _("Kasus aktif"),
    _(
        "Jumlah kasus yang terbuka pada hari terakhir triwulan, tidak termasuk draf, ditangguhkan, dan ditutup. "
        "Unit dan kelompok usia menurut keadaan hari itu."
    ),
    (Measure("active", _("Kasus aktif pada akhir triwulan"), Kind.COUNT),),
    active_cases,
    BOTH,
    (
        Table("active_by_type", _("Kasus aktif menurut jenis"), "active", by_type, CaseType.choices),
        Table(
            "active_by_stage",
            _("Kasus aktif menurut tahap"),
            "active",
            by_stage,
            [(stage.value, stage.label) for stage in STAGES if stage in ACTIVE],
        ),
        Table(
            "active_by_age_and_sex",
            _("Kasus aktif menurut usia dan jenis kelamin"),
            "active",
            by_age_and_sex,
            AGE_LABELS,
            Sex.choices,
        ),
        Table(
            "active_by_province",
            _("Kasus aktif menurut provinsi"),
            "active",
            by_province,
            (),
            found_rows=provinces,
            scopes=frozenset({Scope.AGENCY, Scope.NATIONAL}),
        ),
    ),
)

K2 = Indicator(
    "IND-K2",
    CHAPTER,
    _("Kasus baru, ditutup, dan dibuka kembali"),
    _(
        "Perpindahan keadaan dalam triwulan. Pemeriksa: aktif triwulan lalu + baru + dibuka kembali + dilanjutkan "
        "+ pindah masuk ± beralih usia − ditutup − ditangguhkan − pindah keluar = aktif triwulan ini."
    ),
    (
        Measure("new", _("Kasus baru"), Kind.COUNT),
        Measure("reopened", _("Dibuka kembali"), Kind.COUNT),
        Measure("resumed", _("Dilanjutkan setelah ditangguhkan"), Kind.COUNT),
        Measure("transferred_in", _("Pindah masuk dari unit lain"), Kind.COUNT),
        Measure("came_of_age", _("Beralih menjadi dewasa"), Kind.COUNT),
        Measure("closed", _("Ditutup"), Kind.COUNT),
        Measure("suspended", _("Ditangguhkan"), Kind.COUNT),
        Measure("transferred_out", _("Pindah keluar ke unit lain"), Kind.COUNT),
        Measure("grew_up", _("Beralih menjadi dewasa"), Kind.COUNT),
    ),
    flows,
    BOTH,
)

K3 = Indicator(
    "IND-K3",
    CHAPTER,
    _("Orang yang pernah dilayani"),
    _("Jumlah orang yang kasusnya pernah aktif sampai akhir triwulan, masing-masing dihitung satu kali."),
    (Measure("served", _("Orang yang pernah dilayani"), Kind.COUNT),),
    ever_served,
    BOTH,
)

INDICATORS = (K1, K2, K3)
