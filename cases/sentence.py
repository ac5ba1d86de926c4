"""Times as people say them: how late, how long left, at what hour, in the zone of the reader's unit.

Pure: every function takes the moment that counts as now. "24 Nov 2026" and "13.36" everywhere, relative words only up
to fourteen days.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from cases.enums import DatePrecision
from cases.models import Participant

# A due date without an hour is kept as the last minute of its day in the unit's zone.
END_OF_DAY = dt.time(23, 59)
RELATIVE_DAYS = 14


@dataclass(frozen=True)
class Due:
    """When something is due: the words, the plain date or hour below them, and whether it is late."""

    when: str
    note: str = ""
    late: bool = False


def clock(at: dt.datetime, zone: dt.tzinfo) -> str:
    """The hour: "13.36" in Indonesian."""
    return date_format(at.astimezone(zone), pgettext("hour and minute", "H.i"))


def day(date: dt.date, today: dt.date) -> str:
    """The date: "18 Nov", with its year when that is not this one."""
    return date_format(date, "j M" if date.year == today.year else "j M Y")


def weekday(date: dt.date) -> str:
    """The date with its weekday: "Rabu, 25 Nov"."""
    return date_format(date, "l, j M")


def full_day(date: dt.date) -> str:
    """The date written out: "Selasa, 24 November 2026"."""
    return date_format(date, "l, j F Y")


def moment(at: dt.datetime, now: dt.datetime, zone: dt.tzinfo) -> str:
    """A moment that has passed: "hari ini 08.32", "kemarin 15.40", "18 Nov 09.05"."""
    date, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    if date == today:
        return _("hari ini %(clock)s") % {"clock": clock(at, zone)}
    if date == today - dt.timedelta(days=1):
        return _("kemarin %(clock)s") % {"clock": clock(at, zone)}
    return f"{day(date, today)} {clock(at, zone)}"


def stamp(at: dt.datetime, zone: dt.tzinfo) -> str:
    """A moment in full: "18 Nov 2026, 09.05"."""
    return f"{date_format(at.astimezone(zone), 'j M Y')}, {clock(at, zone)}"


def end_of(date: dt.date, zone: dt.tzinfo) -> dt.datetime:
    """The moment that stands for "some time on this day"."""
    return dt.datetime.combine(date, END_OF_DAY, tzinfo=zone)


def has_hour(at: dt.datetime, zone: dt.tzinfo) -> bool:
    local = at.astimezone(zone)
    return (local.hour, local.minute) != (END_OF_DAY.hour, END_OF_DAY.minute)


def due_words(at: dt.datetime, now: dt.datetime, zone: dt.tzinfo) -> Due:
    """When a piece of work is due. Late counts days of the calendar: nine o'clock today is not late at ten."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    days = (local.date() - today).days
    below = day(local.date(), today)
    if days < 0:
        return Due(ngettext("Lewat %(days)d hari", "Lewat %(days)d hari", -days) % {"days": -days}, below, late=True)
    if days == 0:
        if not has_hour(at, zone):
            return Due(_("Hari ini"), _("tanpa jam"))
        return Due(_("Hari ini, %(clock)s") % {"clock": clock(at, zone)})
    if days == 1:
        return Due(_("Besok"), below)
    if days <= RELATIVE_DAYS:
        return Due(ngettext("%(days)d hari lagi", "%(days)d hari lagi", days) % {"days": days}, below)
    return Due(below)


def urgent_words(at: dt.datetime, now: dt.datetime, zone: dt.tzinfo) -> Due:
    """When a protective action is due: by the hour, because a day is the whole of its time."""
    minutes = int((at - now).total_seconds() // 60)
    late = minutes < 0
    date, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    hour = clock(at, zone) if date == today else f"{day(date, today)} {clock(at, zone)}"
    note = _("batas %(clock)s") % {"clock": hour}
    size = abs(minutes)
    if late and size >= 24 * 60:
        days = size // (24 * 60)
        words = ngettext("Lewat %(days)d hari", "Lewat %(days)d hari", days) % {"days": days}
    elif size >= 60:
        hours = size // 60
        form = (
            ngettext("Lewat %(hours)d jam", "Lewat %(hours)d jam", hours)
            if late
            else ngettext("Sisa %(hours)d jam", "Sisa %(hours)d jam", hours)
        )
        words = form % {"hours": hours}
    else:
        form = (
            ngettext("Lewat %(minutes)d menit", "Lewat %(minutes)d menit", size)
            if late
            else ngettext("Sisa %(minutes)d menit", "Sisa %(minutes)d menit", size)
        )
        words = form % {"minutes": size}
    return Due(words, note, late=True)


def late_words(days: int) -> str:
    """Chip of a note that was written down later than three days after the contact (I-15)."""
    return ngettext("Dicatat %(days)d hari kemudian", "Dicatat %(days)d hari kemudian", days) % {"days": days}


def day_words(date: dt.date, today: dt.date) -> str:
    """A day that has passed: "Hari ini", "Kemarin", "8 hari lalu", and from fifteen days on the date."""
    days = (today - date).days
    if days <= 0:
        return _("Hari ini")
    if days == 1:
        return _("Kemarin")
    if days <= RELATIVE_DAYS:
        return ngettext("%(days)d hari lalu", "%(days)d hari lalu", days) % {"days": days}
    return day(date, today)


def born_words(person: Participant) -> str:
    """The birth date as exactly as it is known; empty where it is not."""
    if person.birth_date is None:
        return ""
    year = f"{person.birth_date:%Y}"
    match DatePrecision(person.birth_date_precision):
        case DatePrecision.DAY:
            return date_format(person.birth_date, "j F Y")
        case DatePrecision.MONTH:
            return date_format(person.birth_date, "F Y")
        case DatePrecision.YEAR:
            return year
    return _("sekitar %(year)s") % {"year": year}
