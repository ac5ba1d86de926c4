"""Times in words: days of the calendar in the unit's zone, hours for what protects somebody."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from cases import sentence

WIB, WIT = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura")
# Tuesday 24 November 2026, 10.20 in Malang, 12.20 in Jayapura.
NOW = dt.datetime(2026, 11, 24, 3, 20, tzinfo=dt.UTC)


def at(day: int, hour: int, minute: int = 0, zone: ZoneInfo = WIB) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=zone)


@pytest.mark.parametrize(
    ("due", "when", "note", "late"),
    [
        (at(18, 9), "Lewat 6 hari", "18 Nov", True),
        (at(23, 23, 59), "Lewat 1 hari", "23 Nov", True),
        (at(24, 9), "Hari ini, 09.00", "", False),
        (at(24, 23, 59), "Hari ini", "tanpa jam", False),
        (at(25, 0), "Besok", "25 Nov", False),
        (at(30, 9), "6 hari lagi", "30 Nov", False),
        (dt.datetime(2026, 12, 8, 9, tzinfo=WIB), "14 hari lagi", "8 Des", False),
        (dt.datetime(2026, 12, 9, 9, tzinfo=WIB), "9 Des", "", False),
        (dt.datetime(2027, 1, 31, 9, tzinfo=WIB), "31 Jan 2027", "", False),
    ],
)
def test_due_words_count_days_of_the_calendar(due: dt.datetime, when: str, note: str, late: bool) -> None:
    assert sentence.due_words(due, NOW, WIB) == sentence.Due(when, note, late)


@pytest.mark.parametrize(
    ("due", "when", "note"),
    [
        (at(24, 16, 25), "Sisa 6 jam", "batas 16.25"),
        (at(24, 10, 50), "Sisa 30 menit", "batas 10.50"),
        (at(25, 9), "Sisa 22 jam", "batas 25 Nov 09.00"),
        (at(24, 8), "Lewat 2 jam", "batas 08.00"),
        (at(24, 10, 0), "Lewat 20 menit", "batas 10.00"),
        (at(22, 9), "Lewat 2 hari", "batas 22 Nov 09.00"),
    ],
)
def test_urgent_words_count_hours(due: dt.datetime, when: str, note: str) -> None:
    words = sentence.urgent_words(due, NOW, WIB)
    assert (words.when, words.note, words.late) == (when, note, True)


def test_the_same_moment_is_another_day_in_another_zone() -> None:
    midnight_in_jayapura = at(25, 0, 30, WIT)
    assert sentence.due_words(midnight_in_jayapura, NOW, WIT).when == "Besok"
    assert sentence.due_words(midnight_in_jayapura, NOW, WIB).when == "Hari ini, 22.30"


def test_a_day_without_an_hour_lasts_until_its_end_in_the_zone() -> None:
    end = sentence.end_of(dt.date(2026, 11, 24), WIT)
    assert not sentence.has_hour(end, WIT)
    assert sentence.has_hour(end, WIB)
    assert sentence.due_words(end, NOW, WIT).note == "tanpa jam"


@pytest.mark.parametrize(
    ("past", "words"),
    [
        (at(24, 8, 32), "hari ini 08.32"),
        (at(23, 15, 40), "kemarin 15.40"),
        (at(18, 9, 5), "18 Nov 09.05"),
        (dt.datetime(2025, 12, 31, 9, 5, tzinfo=WIB), "31 Des 2025 09.05"),
    ],
)
def test_a_past_moment_is_told_from_today(past: dt.datetime, words: str) -> None:
    assert sentence.moment(past, NOW, WIB) == words


def test_dates_are_written_out_in_the_language_of_the_page() -> None:
    assert sentence.full_day(dt.date(2026, 11, 24)) == "Selasa, 24 November 2026"
    assert sentence.stamp(NOW, WIB) == "24 Nov 2026, 10.20"
    with translation.override("en"):
        assert sentence.full_day(dt.date(2026, 11, 24)) == "Tuesday, 24 November 2026"
        assert sentence.weekday(dt.date(2026, 11, 25)) == "Wednesday, 25 Nov"
