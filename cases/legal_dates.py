"""Which dates of the legal timeline cannot be: one place, asked by every form and again by the workflow.

Pure. What concerns one row alone is also a check constraint of the database (cases.models.legal), with the same words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

EARLIEST = dt.date(1900, 1, 1)
# Sentences and supervision reach far ahead; a date beyond that is a slip of the hand.
YEARS_AHEAD = 50

ENDS_BEFORE = _("Tanggal akhir tidak boleh sebelum tanggal awal.")
BEFORE_STATUS = _("Tanggal ini sebelum status berlaku.")
BEFORE_RELEASE = _("Akhir bimbingan tidak boleh sebelum tanggal bebas.")
BEFORE_VERDICT = _("Tanggal bebas tidak boleh sebelum putusan.")
AFTER_RELEASE = _("Putusan tidak boleh sesudah tanggal bebas.")
BEFORE_BIRTH = _("Tanggal ini sebelum peserta lahir.")
IN_FUTURE = _("Tanggal ini masih di masa depan.")
CHECK_YEAR = _("Periksa tahunnya.")

Problems = dict[str, Any]


@dataclass(frozen=True)
class Known:
    """What is known beside the record itself: today, the earliest day of birth, the first verdict."""

    today: dt.date
    born: dt.date | None = None
    verdict_on: dt.date | None = None


def far_ahead(today: dt.date) -> dt.date:
    return dt.date(today.year + YEARS_AHEAD, 12, 31)


def overlap(a_from: dt.date, a_to: dt.date | None, b_from: dt.date, b_to: dt.date | None) -> bool:
    """Two statuses hold on some day together. The end belongs to the next one; one that ends as it begins never held.

    The database says the same with an exclusion constraint (I-17).
    """
    if a_from == a_to or b_from == b_to:
        return False
    return (b_to is None or a_from < b_to) and (a_to is None or b_from < a_to)


def status_problems(status: Mapping[str, Any], known: Known) -> Problems:
    """Field -> why its date cannot be, of a legal status."""
    since, until = status.get("valid_from"), status.get("valid_to")
    release, end = status.get("release_date"), status.get("supervision_end")
    found: Problems = {}
    if release and known.verdict_on and release < known.verdict_on:
        found["release_date"] = BEFORE_VERDICT
    if release and end and end < release:
        found["supervision_end"] = BEFORE_RELEASE
    for name, day, sentence in (
        ("valid_to", until, ENDS_BEFORE),
        ("release_date", release, BEFORE_STATUS),
        ("supervision_end", end, BEFORE_STATUS),
    ):
        if since and day and day < since:
            found[name] = sentence
    if since and known.born and since < known.born:
        found["valid_from"] = BEFORE_BIRTH
    if since and since > known.today:
        found["valid_from"] = IN_FUTURE
    for name, day in (("valid_from", since), ("valid_to", until), ("release_date", release), ("supervision_end", end)):
        if day and not EARLIEST <= day <= far_ahead(known.today):
            found[name] = CHECK_YEAR
    return found


def past_problems(name: str, day: dt.date | None, known: Known) -> Problems:
    """Of something that has happened: an event, a return, another body's word."""
    if day is None:
        return {}
    if day < EARLIEST or day > far_ahead(known.today):
        return {name: CHECK_YEAR}
    if day > known.today:
        return {name: IN_FUTURE}
    if known.born and day < known.born:
        return {name: BEFORE_BIRTH}
    return {}
