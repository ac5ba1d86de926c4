"""The NIK, the number of a resident: sixteen digits in which a region, a birth date, a sex and a serial number stand.

PPKKCC of the first registration, DDMMYY of birth (a woman's day plus forty), a serial number from 0001 on; no digit
checks the others. It never changes, not by a move, a new province or a corrected birth date: so only its shape can be
wrong, and whatever it says of region, birth and sex is a question to the person, never an error (UU 24/2013).
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from cases.enums import DatePrecision, Sex

DIGITS = 16
WOMANS_DAYS = 40
SHOWN = 4
_LEAP_YEAR = 2000
_SEPARATORS = re.compile(r"[\s.\-]+")


class Fault(StrEnum):
    """What is wrong with the shape of a typed number."""

    NOT_DIGITS = "not_digits"
    LENGTH = "length"
    DATE = "date"
    SERIAL = "serial"


class Doubt(StrEnum):
    """What a number of the right shape says otherwise than the file."""

    SEX = "sex"
    BIRTH = "birth"
    REGION = "region"


class NikError(ValueError):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True)
class Nik:
    """A number of the right shape, and what it says."""

    number: str

    def __str__(self) -> str:
        return self.number

    @property
    def regency(self) -> str:
        """Regency or city of the first registration, in the Kemendagri code of this program: ``35.73``."""
        return f"{self.number[:2]}.{self.number[2:4]}"

    @property
    def sex(self) -> Sex:
        return Sex.FEMALE if int(self.number[6:8]) > WOMANS_DAYS else Sex.MALE

    @property
    def day(self) -> int:
        day = int(self.number[6:8])
        return day - WOMANS_DAYS if day > WOMANS_DAYS else day

    @property
    def month(self) -> int:
        return int(self.number[8:10])

    @property
    def year(self) -> int:
        """Of the century only the two last digits are told."""
        return int(self.number[10:12])


def plain(text: str) -> str:
    """``text`` without the blanks, dots and hyphens that people group digits with."""
    return _SEPARATORS.sub("", text)


def read(text: str) -> Nik:
    """The number that was typed; NikError says what is wrong with its shape."""
    number = plain(text)
    if not (number.isascii() and number.isdigit()):
        raise NikError(Fault.NOT_DIGITS)
    if len(number) != DIGITS:
        raise NikError(Fault.LENGTH)
    nik = Nik(number)
    # The century is not told, so the 29th of February is a day of any year.
    if not 1 <= nik.month <= 12 or not 1 <= nik.day <= calendar.monthrange(_LEAP_YEAR, nik.month)[1]:
        raise NikError(Fault.DATE)
    if number[12:] == "0000":
        raise NikError(Fault.SERIAL)
    return nik


def masked(number: str) -> str:
    """As every page shows it: the last four digits."""
    return f"•••• {number[-SHOWN:]}" if number else ""


def looks_like(text: str) -> bool:
    """Whether somebody has typed a NIK (or the number of a family card) where names are sought."""
    number = plain(text)
    return len(number) == DIGITS and number.isascii() and number.isdigit()


def doubts(
    nik: Nik, *, sex: str, born: dt.date | None, precision: str, regencies: Collection[str] = ()
) -> tuple[Doubt, ...]:
    """Where ``nik`` differs from what else is known: the birth date as far as known, regencies lived in."""
    found = []
    if sex and sex != nik.sex:
        found.append(Doubt.SEX)
    if born is not None and not _fits(nik, born, precision):
        found.append(Doubt.BIRTH)
    if regencies and nik.regency not in regencies:
        found.append(Doubt.REGION)
    return tuple(found)


def _fits(nik: Nik, born: dt.date, precision: str) -> bool:
    match precision:
        case DatePrecision.DAY:
            return (nik.day, nik.month, nik.year) == (born.day, born.month, born.year % 100)
        case DatePrecision.MONTH:
            return (nik.month, nik.year) == (born.month, born.year % 100)
        case DatePrecision.YEAR:
            return nik.year == born.year % 100
    return True  # an estimate says nothing
