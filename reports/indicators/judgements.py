"""IND-P: assessments in time, what they say, and how often people differ from the guidance."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Hashable

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from assessments.enums import COLOURS, AssessmentStatus, Band, InstrumentCode, NonRating
from assessments.models import HIDDEN_AFTER, Assessment, ItemRating
from cases.enums import ACTIVE
from cases.models import CaseStatusPeriod
from reports.indicators.declaration import Indicator, Kind, Measure, Raw, Table
from reports.indicators.frame import Frame, Group

BOTH = (Group.ADULTS, Group.CHILDREN)
CHAPTER = _("Penilaian")
FIRST_ASSESSMENT_WITHIN = dt.timedelta(days=30)
# The person's own instruments; KRK speaks of the family.
OF_THE_PERSON = (InstrumentCode.ADULT, InstrumentCode.CHILD)
WEIGHT = {Band.GREEN: 0, Band.YELLOW: 1, Band.RED: 2}
LIGHTER, SAME, HEAVIER = "lighter", "same", "heavier"


def finals() -> QuerySet[Assessment]:
    """Assessments that were made final, even if another has taken their place since."""
    return Assessment.objects.in_own_right().filter(
        finalised_at__isnull=False, status__in=[AssessmentStatus.FINAL, AssessmentStatus.SUPERSEDED]
    )


def _valid(frame: Frame) -> QuerySet[Assessment]:
    """Final just before the end of the quarter and not past its date of reassessment."""
    return finals().filter(
        Q(ended_at__isnull=True) | Q(ended_at__gte=frame.end),
        finalised_at__lt=frame.end,
        next_due__gte=frame.last_day,
        instrument__in=OF_THE_PERSON,
        case=OuterRef("pk"),
    )


def in_time(frame: Frame) -> dict[str, Raw]:
    began = CaseStatusPeriod.objects.filter(case=OuterRef("pk"), status__in=ACTIVE)
    first = finals().filter(
        case=OuterRef("pk"),
        instrument__in=OF_THE_PERSON,
        finalised_at__lte=OuterRef("opened_at") + FIRST_ASSESSMENT_WITHIN,
    )
    cases = frame.cases().filter(
        Exists(began),
        opened_at__gte=frame.start - FIRST_ASSESSMENT_WITHIN,
        opened_at__lt=frame.end - FIRST_ASSESSMENT_WITHIN,
    )
    found = cases.annotate(is_done=Exists(first)).aggregate(all=Count("pk"), done=Count("pk", filter=Q(is_done=True)))
    return {"assessed_in_time": Raw(found["done"], found["all"])}


def still_valid(frame: Frame) -> dict[str, Raw]:
    found = (
        frame.active()
        .annotate(is_valid=Exists(_valid(frame)))
        .aggregate(all=Count("pk"), valid=Count("pk", filter=Q(is_valid=True)))
    )
    return {"still_valid": Raw(found["valid"], found["all"])}


def by_band(frame: Frame) -> dict[Hashable, int]:
    latest = _valid(frame).filter(instrument=InstrumentCode.ADULT).exclude(final_band="").order_by("-finalised_at")
    rows = frame.active().annotate(band=Subquery(latest.values("final_band")[:1])).exclude(band=None)
    counted = rows.values("band").annotate(n=Count("pk")).order_by()
    return {row["band"]: row["n"] for row in counted if row["band"] in (*COLOURS, Band.NOT_ENOUGH)}


def bands(frame: Frame) -> dict[str, Raw]:
    return {"banded": Raw(sum(by_band(frame).values()))}


def by_movement(frame: Frame) -> dict[Hashable, int]:
    """Active adults with two finals: the newest against the one before it, while summaries still show it (ET-18)."""
    judged = (
        finals()
        .filter(
            case=OuterRef("pk"),
            instrument=InstrumentCode.ADULT,
            final_band__in=COLOURS,
            finalised_at__lt=frame.end,
        )
        .order_by("-finalised_at")
    )
    rows = (
        frame.active()
        .annotate(
            newest=Subquery(judged.values("final_band")[:1]),
            newest_due=Subquery(judged.values("next_due")[:1]),
            earlier=Subquery(judged.values("final_band")[1:2]),
        )
        .filter(newest_due__gte=frame.last_day - HIDDEN_AFTER)
        .exclude(earlier=None)
    )
    found: Counter[Hashable] = Counter({LIGHTER: 0, SAME: 0, HEAVIER: 0})
    for row in rows.values("newest", "earlier").annotate(n=Count("pk")).order_by():
        step = WEIGHT[row["newest"]] - WEIGHT[row["earlier"]]
        found[LIGHTER if step < 0 else HEAVIER if step > 0 else SAME] += row["n"]
    return found


def movement(frame: Frame) -> dict[str, Raw]:
    return {"moved": Raw(sum(by_movement(frame).values()))}


def overrides(frame: Frame) -> dict[str, Raw]:
    made = frame.of(finals().exclude(guidance_band=""), instrument=InstrumentCode.ADULT).filter(
        frame.within("finalised_at")
    )
    found = made.aggregate(all=Count("pk"), differ=Count("pk", filter=~Q(final_band=F("guidance_band"))))
    return {"overridden": Raw(found["differ"], found["all"])}


def unknowns(frame: Frame) -> dict[str, Raw]:
    made = frame.of(finals()).filter(frame.within("finalised_at"))
    answers = ItemRating.objects.filter(assessment__in=made.values("pk")).exclude(value=NonRating.NOT_APPLICABLE)
    found = answers.aggregate(all=Count("pk"), unknown=Count("pk", filter=Q(value=NonRating.UNKNOWN)))
    return {"unknown": Raw(found["unknown"], found["all"])}


MOVEMENTS = ((LIGHTER, _("Lebih ringan")), (SAME, _("Tetap")), (HEAVIER, _("Lebih berat")))

P1 = Indicator(
    "IND-P1",
    CHAPTER,
    _("Dinilai dalam 30 hari"),
    _(
        "Kasus baru dengan penilaian final pertama paling lambat 30 hari setelah dibuka ÷ kasus baru yang 30 harinya "
        "berakhir dalam triwulan."
    ),
    (Measure("assessed_in_time", _("Dinilai dalam 30 hari"), Kind.RATE),),
    in_time,
    BOTH,
)
P2 = Indicator(
    "IND-P2",
    CHAPTER,
    _("Penilaian masih berlaku"),
    _("Kasus aktif dengan penilaian final yang belum lewat tanggal nilai ulang ÷ semua kasus aktif."),
    (Measure("still_valid", _("Penilaian masih berlaku"), Kind.RATE),),
    still_valid,
    BOTH,
)
P3 = Indicator(
    "IND-P3",
    CHAPTER,
    _("Pertimbangan akhir, dewasa"),
    _(
        "Kasus aktif orang dewasa dengan penilaian PRK-D lengkap yang berlaku, menurut pertimbangan akhir petugas. "
        "Selalu dibaca bersama IND-P2; tidak pernah per orang dan tidak pernah untuk anak."
    ),
    (Measure("banded", _("Orang dewasa dengan pertimbangan akhir yang berlaku"), Kind.COUNT),),
    bands,
    tables=(
        Table(
            "by_band",
            _("Pertimbangan akhir, dewasa"),
            "banded",
            by_band,
            [(band.value, band.label) for band in (*COLOURS, Band.NOT_ENOUGH)],
            sensitive=True,
        ),
    ),
    sensitive=True,
)
P4 = Indicator(
    "IND-P4",
    CHAPTER,
    _("Perubahan penilaian, dewasa"),
    _(
        "Orang dewasa aktif dengan dua penilaian final berwarna: pertimbangan akhir terbaru dibanding yang "
        "sebelumnya. Yang lewat tanggal nilai ulang lebih dari 30 hari tidak dihitung. Perubahan penilaian, bukan "
        "ukuran keberhasilan."
    ),
    (Measure("moved", _("Orang dewasa dengan dua penilaian final"), Kind.COUNT),),
    movement,
    tables=(
        Table(
            "by_movement",
            _("Perubahan penilaian, dewasa"),
            "moved",
            by_movement,
            MOVEMENTS,
            sensitive=True,
            with_history=True,
        ),
    ),
    sensitive=True,
)
P5 = Indicator(
    "IND-P5",
    CHAPTER,
    _("Akhir berbeda dari petunjuk"),
    _("Penilaian final dalam triwulan dengan pertimbangan akhir berbeda dari petunjuk ÷ penilaian final berpetunjuk."),
    (Measure("overridden", _("Akhir berbeda dari petunjuk"), Kind.RATE),),
    overrides,
)
P6 = Indicator(
    "IND-P6",
    CHAPTER,
    _("Butir belum diketahui"),
    _("Jawaban “belum diketahui” ÷ semua jawaban yang berlaku pada penilaian final dalam triwulan."),
    (Measure("unknown", _("Butir belum diketahui"), Kind.RATE),),
    unknowns,
    BOTH,
)

INDICATORS = (P1, P2, P3, P4, P5, P6)
