"""Closed days, one in a line, as an administrator copies them from the decree."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from core.models import HolidayKind

MOST_LINES = 60
LONGEST_NAME = 200
DAY_FIRST = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})")
FIRST_YEAR, YEARS_AHEAD = 2000, 5


class HolidaysForm(forms.Form):
    lines = forms.CharField(
        label=_("Tanggal dan nama, satu hari satu baris"),
        help_text=_("Misalnya: 17-08-2027 Hari Kemerdekaan"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=10_000,
        error_messages={"required": _("Tulis paling sedikit satu hari.")},
    )
    kind = forms.ChoiceField(
        label=_("Jenis"),
        choices=HolidayKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih jenisnya.")},
    )
    source = forms.CharField(
        label=_("Dasar"),
        help_text=_("Misalnya nomor SKB tiga menteri."),
        max_length=200,
        error_messages={"required": _("Tulis dasarnya.")},
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def clean_lines(self) -> list[tuple[dt.date, str]]:
        lines = [line.strip() for line in str(self.cleaned_data["lines"]).splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(_("Paling banyak 60 hari sekali simpan."))
        days, faults = [], []
        for line in lines:
            day, name = day_of(line.split(None, 1)[0]), " ".join(line.split()[1:])
            if day is None or not FIRST_YEAR <= day.year <= self.today.year + YEARS_AHEAD:
                faults.append(_("“%(line)s”: tanggalnya tidak terbaca atau terlalu jauh.") % {"line": line[:60]})
            elif not name or len(name) > LONGEST_NAME:
                faults.append(_("“%(line)s”: tulis namanya, paling panjang 200 huruf.") % {"line": line[:60]})
            elif day in dict(days):
                faults.append(_("“%(line)s”: tanggal ini tertulis dua kali.") % {"line": line[:60]})
            else:
                days.append((day, name))
        if faults:
            raise forms.ValidationError([str(fault) for fault in faults])
        return days


def day_of(typed: str) -> dt.date | None:
    """17-08-2027, 17/08/2027 or 2027-08-17; None for what is no day."""
    if found := DAY_FIRST.fullmatch(typed):
        day, month, year = found.groups()
        typed = f"{year}-{int(month):02}-{int(day):02}"
    try:
        return parse_date(typed)
    except ValueError:  # well formed, and in no calendar
        return None
