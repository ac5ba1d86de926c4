"""What happens to a breach: reported by a unit, handled and told by the officer, closed with what was learnt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import JournalAction
from accounts.models import Staff, Unit
from accounts.workflow import write_journal
from cases import policies
from cases.enums import Section, TaskKind
from cases.enums.breaches import CLOSE, NOTIFY, TAKE_UP, UNTOLD, BreachStatus, Told
from cases.models import BreachCase, BreachEntry, BreachIncident, CaseFile
from cases.policies import breaches as breach_policies
from cases.policies.requests import is_officer, require_officer
from cases.workflow.tasks import open_task
from core.acting import beyond_own_sight
from core.workflow import Blocker, TransitionError, lock, move


@transaction.atomic
def report_breach(
    *, by: Staff, discovered_at: dt.datetime, unit: Unit | None = None, codes: Iterable[str] = (), **told: Any
) -> BreachIncident:
    """Report a breach; its clock runs from when it was known. ``unit``: where, the reporter's own by default."""
    breach_policies.require_reporting(by)
    if discovered_at > timezone.now():
        raise TransitionError(_("Waktu diketahui tidak boleh di masa depan."))
    incident = BreachIncident(reported_by=by, unit=unit or by.unit, **told)
    incident.set_discovered(discovered_at)
    incident.save()
    _add_cases(incident, codes, by)
    _journal(incident, by, "reported")
    return incident


@transaction.atomic
def handle(
    incident: BreachIncident,
    *,
    by: Staff,
    text: str = "",
    measures: str = "",
    affected_count: int | None = None,
    codes: Iterable[str] = (),
) -> BreachIncident:
    """Write down what was done or found out; the first word takes the incident up."""
    require_officer(by)
    incident = _open(incident)
    if incident.status == BreachStatus.REPORTED:
        move(incident, TAKE_UP)
    if measures:
        incident.measures = measures
    if affected_count is not None:
        incident.affected_count = affected_count
    _add_cases(incident, codes, by)
    if text:
        BreachEntry.objects.create(incident=incident, by=by, text=text)
    return _save(incident, by, "handled")


@transaction.atomic
def mark_told(incident: BreachIncident, *, by: Staff, whom: Told) -> BreachIncident:
    """The written notice went out. For the people touched, whoever works on each case carries it over safely."""
    require_officer(by)
    incident = _open(incident)
    if incident.status == BreachStatus.REPORTED:
        move(incident, TAKE_UP)
    if not incident.measures:
        raise TransitionError(_("Tulis upaya penanganannya dahulu: surat harus memuatnya."))
    now = timezone.now()
    if whom == Told.AGENCY:
        incident.agency_told_at = incident.agency_told_at or now
    else:
        incident.subjects_told_at = incident.subjects_told_at or now
        _open_delivery_tasks(incident, by=by)
    if incident.agency_told_at and incident.subjects_told_at and incident.status in UNTOLD:
        move(incident, NOTIFY)
    return _save(incident, by, f"told: {whom}")


@transaction.atomic
def close_breach(incident: BreachIncident, *, by: Staff, note: str) -> BreachIncident:
    """Closed by the officer, once agency and people know; what touched nobody says so in the note."""
    require_officer(by)
    incident = lock(incident)
    touches = incident.affected_count != 0 or incident.cases.exists()
    untold = [
        Blocker(text)
        for at, text in (
            (incident.agency_told_at, _("Lembaga pelindungan data belum diberi tahu.")),
            (incident.subjects_told_at, _("Orang yang terkena belum diberi tahu.")),
        )
        if touches and at is None
    ]
    move(incident, CLOSE, untold)
    incident.closing_note = note
    incident.closed_by = by
    incident.closed_at = timezone.now()
    return _save(incident, by, "closed")


def unknown_codes(codes: Iterable[str], *, by: Staff) -> list[str]:
    """Codes that lead to no case that ``by`` may name, in the order in which they were written."""
    wanted = list(codes)
    known = {case.code for case in _named(wanted, by)}
    return [code for code in wanted if code not in known]


def _named(codes: Iterable[str], by: Staff) -> list[CaseFile]:
    """The officer names any case by its code, without seeing it; others only what they see."""
    with beyond_own_sight():
        nameable = CaseFile.objects.all() if is_officer(by) else policies.cases_in_sight(by)
        return list(nameable.filter(code__in=list(codes)))


def _add_cases(incident: BreachIncident, codes: Iterable[str], by: Staff) -> None:
    for case in _named(codes, by):
        BreachCase.objects.get_or_create(incident=incident, case=case, defaults={"case_code": case.code})


def _open_delivery_tasks(incident: BreachIncident, *, by: Staff) -> None:
    with beyond_own_sight():
        touched = CaseFile.objects.filter(breaches__incident=incident).select_related("lead_worker", "lead_unit")
        cases = list(touched)
    for case in cases:
        assignee = case.lead_worker or Staff.objects.supervisors_of(case.lead_unit).first()
        if assignee is None:
            continue
        open_task(
            case,
            TaskKind.BREACH_NOTICE,
            by=by,
            assignee=assignee,
            due_at=max(incident.due_at, timezone.now() + dt.timedelta(hours=24)),
            section=Section.SUMMARY,
            source=f"breach:{incident.pk}:{case.pk}",
            path=f"/cases/{case.code}/breaches/{incident.code}/letter/",
        )


def _open(incident: BreachIncident) -> BreachIncident:
    incident = lock(incident)
    if not incident.is_open:
        raise TransitionError(_("Insiden ini sudah ditutup."))
    return incident


def _save(incident: BreachIncident, by: Staff, what: str) -> BreachIncident:
    incident.version += 1
    incident.save()
    _journal(incident, by, what)
    return incident


def _journal(incident: BreachIncident, by: Staff, what: str) -> None:
    write_journal(JournalAction.BREACH, by=by, object_code=incident.code, detail=what)
