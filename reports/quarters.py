"""Quarters of a report: triwulan I to IV, with their bounds at midnight in Jakarta whatever the unit's zone (I-30)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

JAKARTA = ZoneInfo("Asia/Jakarta")
ROMAN = ("I", "II", "III", "IV")
# Field notes that come late still count when figures are frozen from this day on (D §6).
FREEZE_DAY = 5


@dataclass(frozen=True, order=True)
class Quarter:
    year: int
    number: int

    @classmethod
    def of(cls, day: dt.date) -> Quarter:
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def current(cls, now: dt.datetime) -> Quarter:
        return cls.of(now.astimezone(JAKARTA).date())

    @classmethod
    def last_finished(cls, now: dt.datetime) -> Quarter:
        return cls.current(now).previous

    @property
    def previous(self) -> Quarter:
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)

    @property
    def following(self) -> Quarter:
        return Quarter(self.year, self.number + 1) if self.number < 4 else Quarter(self.year + 1, 1)

    @property
    def first_day(self) -> dt.date:
        return dt.date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> dt.date:
        return self.following.first_day - dt.timedelta(days=1)

    @property
    def start(self) -> dt.datetime:
        return dt.datetime.combine(self.first_day, dt.time.min, JAKARTA)

    @property
    def end(self) -> dt.datetime:
        """The first moment that is no longer part of the quarter."""
        return self.following.start

    def is_finished(self, now: dt.datetime) -> bool:
        return now >= self.end

    def back(self, count: int) -> list[Quarter]:
        """``count`` quarters up to and including this one, oldest first."""
        found = [self]
        while len(found) < count:
            found.insert(0, found[0].previous)
        return found

    @property
    def label(self) -> str:
        """ "TW III 2026" in the language of the page."""
        return _("TW %(number)s %(year)s") % {"number": ROMAN[self.number - 1], "year": self.year}

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True, order=True)
class Half:
    """A half-year: two quarters, the rhythm of the bias table (ET-8)."""

    year: int
    number: int

    @classmethod
    def last_finished(cls, now: dt.datetime) -> Half:
        quarter = Quarter.current(now)
        return cls(quarter.year, 1) if quarter.number > 2 else cls(quarter.year - 1, 2)

    @property
    def previous(self) -> Half:
        return Half(self.year, 1) if self.number == 2 else Half(self.year - 1, 2)

    @property
    def quarters(self) -> tuple[Quarter, Quarter]:
        second = Quarter(self.year, 2 * self.number)
        return second.previous, second

    @property
    def start(self) -> dt.datetime:
        return self.quarters[0].start

    @property
    def end(self) -> dt.datetime:
        return self.quarters[1].end

    @property
    def label(self) -> str:
        """ "Semester I 2026" in the language of the page."""
        return _("Semester %(number)s %(year)s") % {"number": ROMAN[self.number - 1], "year": self.year}
