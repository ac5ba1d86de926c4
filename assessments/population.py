"""Says which instrument fits a person on a day, and in which mode (D §3.4 I-7, I-8; population in instruments.yaml).

Pure: the workflow gathers the facts. First match wins; where nothing matches, the reason is given instead.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.catalogue import Instrument
from assessments.enums import Mode
from cases.enums import CaseType, DatePrecision, LegalStatusKind, ReturnKind
from cases.models.participant import ADULT_AGE

# Population codes of instruments.yaml, by what makes somebody one of them.
BY_CASE_TYPE: dict[str, str] = {CaseType.FAMILY: "anggota_keluarga", CaseType.VICTIM: "korban"}
BY_CHILD_STATUS: dict[str, str] = {LegalStatusKind.CHILD_VICTIM: "korban", LegalStatusKind.CHILD_WITNESS: "saksi"}
BY_LEGAL_STATUS: dict[str, str] = {
    LegalStatusKind.CONVICT: "narapidana",
    LegalStatusKind.PRISONER: "narapidana",
    LegalStatusKind.ASSIMILATION: "klien_bapas",
    LegalStatusKind.PAROLE: "klien_bapas",
    LegalStatusKind.PRE_RELEASE_LEAVE: "klien_bapas",
    LegalStatusKind.CONDITIONAL_LEAVE: "klien_bapas",
    LegalStatusKind.FULL_RELEASE: "mantan_napiter",
    LegalStatusKind.FORMER_PRISONER: "mantan_napiter",
}
BY_RETURN: dict[str, str] = {
    ReturnKind.DEPORTED: "deportan",
    ReturnKind.RETURNED: "returnis",
    ReturnKind.REPATRIATED: "returnis",
}
LAST: dict[str, str] = {CaseType.MITRA_DERAD: "terpapar"}

TOO_YOUNG = _("Di bawah 18 tahun: hanya dengan PKA.")
IN_DOUBT = _("Umurnya belum pasti, jadi dihitung sebagai anak: hanya dengan PKA, sampai pengawas unit memutuskan.")
TOO_OLD = _("Hanya untuk peserta di bawah 18 tahun.")
NO_POPULATION = _(
    "Lingkup penilaian belum dapat ditentukan. "
    "Lengkapi dahulu status hukum atau peristiwa kepulangan pada bagian Hukum."
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a case on the day. ``legal_status`` is the one in force, ``return_kind`` the latest."""

    is_child: bool
    case_type: str
    legal_status: str = ""
    return_kind: str = ""
    # A child only because the birth date leaves it open.
    is_in_doubt: bool = False


class NoFitError(Exception):
    """This instrument is not for this person on this day; ``reason`` is shown to the user."""

    def __init__(self, reason: str | Promise) -> None:
        super().__init__(reason)
        self.reason = reason


def population(facts: Facts) -> str:
    """The population code of instruments.yaml, or "" where nothing matches."""
    return (
        BY_CASE_TYPE.get(facts.case_type)
        or BY_CHILD_STATUS.get(facts.legal_status)
        or BY_LEGAL_STATUS.get(facts.legal_status)
        or BY_RETURN.get(facts.return_kind)
        or LAST.get(facts.case_type)
        or ""
    )


def mode_for(instrument: Instrument, facts: Facts) -> Mode:
    """The mode in which ``instrument`` is used for this person; NoFitError where it may not be used at all."""
    people = instrument.population
    if facts.is_child and people.age_min >= ADULT_AGE:
        raise NoFitError(IN_DOUBT if facts.is_in_doubt else TOO_YOUNG)
    if not facts.is_child and people.age_max is not None and people.age_max < ADULT_AGE:
        raise NoFitError(TOO_OLD)
    if not instrument.modes:
        return Mode.FULL
    code = population(facts)
    for mode in instrument.modes:
        if code in mode.legal_statuses:
            return Mode(mode.code)
    raise NoFitError(NO_POPULATION)


def certain_age(birth_date: dt.date | None, precision: str, day: dt.date) -> int | None:
    """Completed years on ``day``; None while the birth date leaves two ages possible: that excludes no item."""
    if birth_date is None or precision == DatePrecision.ESTIMATE:
        return None
    earliest = latest = birth_date
    if precision == DatePrecision.MONTH:
        earliest = birth_date.replace(day=1)
        latest = (earliest + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    elif precision == DatePrecision.YEAR:
        earliest, latest = birth_date.replace(month=1, day=1), birth_date.replace(month=12, day=31)
    ages = {day.year - born.year - ((day.month, day.day) < (born.month, born.day)) for born in (earliest, latest)}
    return ages.pop() if len(ages) == 1 else None
