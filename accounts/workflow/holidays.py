"""The calendar of closed days, by which due dates count working days: kept by data admins for the whole program."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import policies
from accounts.enums import JournalAction
from accounts.models import Staff
from accounts.workflow.journal import write_journal
from core.models import Holiday, HolidayKind
from core.workflow import TransitionError


@transaction.atomic
def add_holidays(
    days: Iterable[tuple[dt.date, str]], *, by: Staff, kind: HolidayKind, source: str, request_id: str = ""
) -> list[Holiday]:
    """Write closed days down, all or none; ``source`` is the decree that says so. A day that stands is refused."""
    policies.require_staff_admin(by)
    rows = [Holiday(day=day, name=name, kind=kind, source=source) for day, name in days]
    taken = Holiday.objects.filter(day__in=[row.day for row in rows]).values_list("day", flat=True)
    if standing := sorted(taken):
        told = ", ".join(f"{day:%d-%m-%Y}" for day in standing)
        raise TransitionError(_("Sudah ada di kalender: %(days)s.") % {"days": told})
    Holiday.objects.bulk_create(rows)
    for row in rows:
        _keep(row, by, request_id)
    return rows


@transaction.atomic
def remove_holiday(holiday: Holiday, *, by: Staff, request_id: str = "") -> None:
    """The day is a working day after all. Due dates that stand already stay as they are."""
    policies.require_staff_admin(by)
    _keep(holiday, by, request_id)
    holiday.delete()


def _keep(holiday: Holiday, by: Staff, request_id: str) -> None:
    code = f"holiday:{holiday.day:%Y-%m-%d}"
    write_journal(JournalAction.ORGANISATION_CHANGED, by=by, object_code=code, request_id=request_id)
