"""IND-R and IND-E: plans, goals, services for children, attendance and completion. IND-U: support for a business."""

from __future__ import annotations

from collections.abc import Hashable
from statistics import median

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from cases.enums import CaseStatus
from programs.enums import AttendanceMark, EnrolmentStatus, GoalStatus, InterventionStatus, PlanStatus, SupportType
from programs.models import Attendance, BusinessFollowUp, EconomicSupport, Enrolment, Goal, Intervention, Plan
from reports.indicators.declaration import Indicator, Kind, Measure, Raw, Table
from reports.indicators.frame import Frame, Group

BOTH = (Group.ADULTS, Group.CHILDREN)
PLANNING_OR_LATER = (CaseStatus.PLANNING, CaseStatus.INTERVENING, CaseStatus.TRANSITION, CaseStatus.AFTERCARE)
# S-P10: the three tracks that a child should have at the same time, by codes of the instrument catalogue.
TRACKS = (("HIDUP", "ASUH"), ("DIDIK",), ("TERAPI_PSI", "KONSELING"))
ATTENDED = (AttendanceMark.PRESENT, AttendanceMark.LATE)
ENDED = (EnrolmentStatus.COMPLETED, EnrolmentStatus.WITHDRAWN, EnrolmentStatus.REMOVED)
FOLLOW_UP_MONTHS = (6, 12)


def with_plan(frame: Frame) -> dict[str, Raw]:
    plan = Plan.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gte=frame.end), case=OuterRef("pk"), approved_at__lt=frame.end
    ).exclude(status__in=[PlanStatus.DRAFT, PlanStatus.SUBMITTED])
    found = (
        frame.active(PLANNING_OR_LATER)
        .annotate(is_planned=Exists(plan))
        .aggregate(all=Count("pk"), planned=Count("pk", filter=Q(is_planned=True)))
    )
    return {"with_plan": Raw(found["planned"], found["all"])}


def goals_reached(frame: Frame) -> dict[str, Raw]:
    due = (
        frame.of(Goal.objects.filter(plan__approved_at__isnull=False), "plan__case")
        .filter(frame.on_a_day_within("due_on"))
        .exclude(status=GoalStatus.DROPPED)
    )
    reached = Q(status__in=[GoalStatus.ACHIEVED, GoalStatus.PARTLY_ACHIEVED])
    found = due.aggregate(all=Count("pk"), reached=Count("pk", filter=reached))
    return {"goals_reached": Raw(found["reached"], found["all"])}


def three_tracks(frame: Frame) -> dict[str, Raw]:
    running = Intervention.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=frame.last_day),
        goal__plan__case=OuterRef("pk"),
        starts_on__lte=frame.last_day,
    ).exclude(status=InterventionStatus.PLANNED)
    every_track = Q()
    for codes in TRACKS:
        every_track &= Exists(running.filter(intervention_code__in=codes))
    active = frame.active()
    return {"three_tracks": Raw(active.filter(every_track).count(), active.count())}


def attendance(frame: Frame) -> dict[str, Raw]:
    marks = frame.of(Attendance.objects.all(), "enrolment__case").filter(frame.on_a_day_within("session__held_on"))
    found = marks.aggregate(all=Count("pk"), there=Count("pk", filter=Q(mark__in=ATTENDED)))
    return {"attendance": Raw(found["there"], found["all"])}


def completion(frame: Frame) -> dict[str, Raw]:
    ended = frame.of(Enrolment.objects.filter(status__in=ENDED)).filter(frame.on_a_day_within("ended_on"))
    found = ended.aggregate(all=Count("pk"), done=Count("pk", filter=Q(status=EnrolmentStatus.COMPLETED)))
    return {"completion": Raw(found["done"], found["all"])}


def support(frame: Frame) -> dict[str, Raw]:
    given = frame.of(EconomicSupport.objects.all()).filter(frame.on_a_day_within("handed_over_on"))
    rows = list(given.values_list("case__participant", "value_idr"))
    people, values = len({person for person, _value in rows}), [value for _person, value in rows]
    return {
        "supported": Raw(people),
        "support_total": Raw(sum(values), people),
        "support_median": Raw(round(median(values)) if values else 0, people),
        "supports": Raw(len(rows)),
    }


def support_by_type(frame: Frame) -> dict[Hashable, int]:
    given = frame.of(EconomicSupport.objects.all()).filter(frame.on_a_day_within("handed_over_on"))
    return {row["type"]: row["n"] for row in given.values("type").annotate(n=Count("pk")).order_by()}


def businesses(frame: Frame) -> dict[str, Raw]:
    figures: dict[str, Raw] = {}
    due = frame.of(BusinessFollowUp.objects.all(), "support__case").filter(frame.on_a_day_within("due_on"))
    running, visited = Q(running=BusinessFollowUp.Running.YES), ~Q(running="")
    for month in FOLLOW_UP_MONTHS:
        found = due.filter(month=month).aggregate(
            all=Count("pk"), alive=Count("pk", filter=running), seen=Count("pk", filter=visited)
        )
        figures[f"running_{month}"] = Raw(found["alive"], found["all"])
        figures[f"visited_{month}"] = Raw(found["seen"], found["all"])
    return figures


PLANS, PROGRAMMES, SUPPORT = _("Rencana dan layanan"), _("Program dan kehadiran"), _("Dukungan ekonomi")

INDICATORS = (
    Indicator(
        "IND-R1",
        PLANS,
        _("Kasus dengan rencana layanan"),
        _("Kasus aktif dengan rencana layanan yang disetujui ÷ kasus aktif pada tahap perencanaan atau sesudahnya."),
        (Measure("with_plan", _("Kasus dengan rencana layanan"), Kind.RATE),),
        with_plan,
        BOTH,
    ),
    Indicator(
        "IND-R2",
        PLANS,
        _("Tujuan tercapai"),
        _("Tujuan yang tercapai atau tercapai sebagian ÷ tujuan yang jatuh tempo dalam triwulan."),
        (Measure("goals_reached", _("Tujuan tercapai"), Kind.RATE),),
        goals_reached,
        BOTH,
    ),
    Indicator(
        "IND-R3",
        PLANS,
        _("Anak dengan tiga jalur layanan"),
        _("Anak dengan layanan berjalan pada ketiga jalur (kebutuhan dasar, pendidikan, psikososial) ÷ anak aktif."),
        (Measure("three_tracks", _("Anak dengan tiga jalur layanan"), Kind.RATE),),
        three_tracks,
        (Group.CHILDREN,),
    ),
    Indicator(
        "IND-E1",
        PROGRAMMES,
        _("Kehadiran"),
        _("Hadir + terlambat ÷ semua tanda kehadiran pada sesi dalam triwulan."),
        (Measure("attendance", _("Kehadiran"), Kind.RATE),),
        attendance,
        BOTH,
    ),
    Indicator(
        "IND-E2",
        PROGRAMMES,
        _("Program diselesaikan"),
        _("Keikutsertaan yang berakhir selesai ÷ keikutsertaan yang berakhir dalam triwulan, tanpa yang dipindahkan."),
        (Measure("completion", _("Program diselesaikan"), Kind.RATE),),
        completion,
        BOTH,
    ),
    Indicator(
        "IND-U1",
        SUPPORT,
        _("Dukungan usaha"),
        _("Orang yang menerima dukungan usaha dalam triwulan, jumlah dan nilai tengahnya dalam rupiah."),
        (
            Measure("supported", _("Orang yang menerima dukungan usaha"), Kind.COUNT),
            Measure("support_total", _("Nilai dukungan"), Kind.MONEY),
            Measure("support_median", _("Nilai tengah dukungan"), Kind.MONEY),
            Measure("supports", _("Dukungan yang diserahkan"), Kind.COUNT),
        ),
        support,
        tables=(
            Table("supports_by_type", _("Dukungan menurut jenis"), "supports", support_by_type, SupportType.choices),
        ),
    ),
    Indicator(
        "IND-U2",
        SUPPORT,
        _("Usaha masih berjalan"),
        _(
            "Tindak lanjut dengan usaha masih berjalan ÷ dukungan yang bulan ke-6 (ke-12) jatuh dalam triwulan. "
            "Dibaca bersama bagian yang sudah ditengok."
        ),
        (
            Measure("running_6", _("Usaha berjalan pada bulan ke-6"), Kind.RATE),
            Measure("visited_6", _("Usaha ditengok pada bulan ke-6"), Kind.RATE),
            Measure("running_12", _("Usaha berjalan pada bulan ke-12"), Kind.RATE),
            Measure("visited_12", _("Usaha ditengok pada bulan ke-12"), Kind.RATE),
        ),
        businesses,
    ),
)
