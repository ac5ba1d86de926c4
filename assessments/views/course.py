"""The path of a person's final judgements as a chart, with its table behind it; never for a child."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.enums import COLOURS, Band
from assessments.models import Assessment
from assessments.over_time import BAND_MARKS
from core import charts
from core.charts import Chart, Level, Stay

WIDTH = 640


def band_course(judged: Sequence[Assessment]) -> Chart | None:
    """From the first judgement to today, the oldest first. None with fewer than two: one is no path.

    A judgement stands until the next one; past its date it is drawn as left over, and thirty days later no more.
    """
    coloured = [one for one in judged if one.final_band and one.in_colours and not one.case.for_child]
    if len(coloured) < 2:
        return None
    used = {one.final_band for one in coloured}
    levels = [Band(code) for code in BAND_MARKS if code in COLOURS or code in used]
    today = timezone.localdate()
    stays = [
        Stay(
            level=levels.index(Band(one.final_band)),
            start=timezone.localdate(one.finalised_at),
            end=max(_last_day(one, today), timezone.localdate(one.finalised_at)),
            cells=[
                date_format(timezone.localdate(one.finalised_at), "j M Y"),
                str(Band(one.final_band).label),
                date_format(one.next_due, "j M Y"),
            ],
            late_from=one.next_due,
        )
        for one in coloured
        if one.next_due is not None
    ]
    return charts.course(
        "band-course",
        _("Pertimbangan akhir dari waktu ke waktu"),
        [Level(level.label, BAND_MARKS[level]) for level in levels],
        stays,
        width=WIDTH,
        head=[_("Sejak"), _("Pertimbangan akhir"), _("Nilai ulang paling lambat")],
    )


def _last_day(one: Assessment, today: dt.date) -> dt.date:
    """Until the next judgement, and never longer than summaries show it (ET-18)."""
    ends = [today, one.shown_until, timezone.localdate(one.ended_at) if one.ended_at else None]
    return min(day for day in ends if day is not None)
