"""Declared ties to a participant (I-27): from that second nothing of any case of that person is the declarer's.

The work never stays with nobody: a lead worker's cases go to the supervisor as a task, a supervisor's to another of
the unit or to the agency's head office.
"""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import JournalAction, Role, UnitKind
from accounts.models import Staff
from accounts.workflow import write_journal
from cases import policies
from cases.enums import EventKind, Section, TaskKind
from cases.enums.protection import TieKind
from cases.models import CaseFile, CaseUserGrant, ConflictDeclaration, Task
from cases.policies import protection
from cases.workflow.apart import hold
from cases.workflow.casefile import keep_periods
from cases.workflow.events import record
from cases.workflow.tasks import open_task
from core.acting import beyond_own_sight
from core.workflow import TransitionError, lock

REASSIGN_WITHIN = dt.timedelta(days=1)


@transaction.atomic
def declare_tie(case: CaseFile, *, by: Staff, kind: TieKind, note: str = "") -> ConflictDeclaration:
    """``by`` is related to the participant of ``case``. Declared twice, it is one declaration.

    Asks no right to see the case: one declares by its code too, and hears nothing of it.
    """
    with beyond_own_sight():  # every case of the person, whoever leads it
        return _declare(case, by, kind, note.strip())


@transaction.atomic
def declare_tie_by_code(code: str, *, by: Staff, kind: TieKind, note: str = "") -> None:
    """As ``declare_tie``, from a code that may be no case at all: whoever asks hears the same either way."""
    with beyond_own_sight():
        case = CaseFile.objects.filter(code=code).first()
    if case is not None:
        declare_tie(case, by=by, kind=kind, note=note)


@transaction.atomic
def confirm_tie(tie: ConflictDeclaration, *, by: Staff) -> ConflictDeclaration:
    """The supervisor has read it and keeps it."""
    tie = _decidable(tie, by=by)
    tie.confirmed_at = timezone.now()
    tie.confirmed_by = by
    return _saved(tie, JournalAction.CONFLICT_CONFIRMED, by=by)


@transaction.atomic
def end_tie(tie: ConflictDeclaration, *, by: Staff, reason: str) -> ConflictDeclaration:
    """The tie does not exist (any more). The rights of role and unit return; a caseload does not by itself."""
    tie = _decidable(tie, by=by)
    if not reason.strip():
        raise TransitionError(_("Tulis alasannya."))
    tie.ended_at = timezone.now()
    tie.ended_by = by
    tie.end_reason = reason.strip()
    return _saved(tie, JournalAction.CONFLICT_ENDED, by=by)


def keep_ties(participant_id: int) -> None:
    """After a case came to a person: whoever is related to that person has none of it in hand."""
    with beyond_own_sight():
        cases = list(CaseFile.objects.filter(participant=participant_id).order_by("pk"))
        for tie in ConflictDeclaration.objects.standing().filter(participant=participant_id).select_related("staff"):
            if tie.staff.role == Role.SUPERVISOR and tie.stand_in is None:
                _find_stand_in(tie, cases)
            for case in cases:
                _hand_over(case, tie)


def _declare(case: CaseFile, by: Staff, kind: TieKind, note: str) -> ConflictDeclaration:
    hold([case.participant_id])  # people before cases, as everywhere
    whole = CaseFile.objects.select_for_update(of=("self",)).filter(participant=case.participant_id)
    cases = list(whole.order_by("pk"))
    try:
        with transaction.atomic():
            tie = ConflictDeclaration.objects.create(
                staff=by, participant_id=case.participant_id, case=case, kind=kind, note=note, declared_by=by
            )
    except IntegrityError:
        # Said before, or said twice at once.
        return ConflictDeclaration.objects.standing().get(staff=by, participant=case.participant_id)
    write_journal(JournalAction.CONFLICT_DECLARED, by=by, object_code=case.code)
    if by.role == Role.SUPERVISOR:
        _find_stand_in(tie, cases)
    for mine in cases:
        _hand_over(mine, tie)
    return tie


def _decidable(tie: ConflictDeclaration, *, by: Staff) -> ConflictDeclaration:
    if not protection.ties_for(by).filter(pk=tie.pk).exists():
        raise PermissionDenied
    tie = lock(tie)
    if not tie.is_standing:
        raise TransitionError(_("Pernyataan ini sudah diakhiri."))
    return tie


def _saved(tie: ConflictDeclaration, action: JournalAction, *, by: Staff) -> ConflictDeclaration:
    tie.version += 1
    tie.save()
    write_journal(action, by=by, object_code=tie.case.code, detail=tie.end_reason)
    return tie


def _find_stand_in(tie: ConflictDeclaration, cases: list[CaseFile]) -> None:
    """Where the unit has no other supervisor, one of the agency's head office supervises in place of this one."""
    mine = [case for case in cases if case.lead_unit_id == tie.staff.unit_id]
    if not mine or policies.supervisors_of(mine[0]).exists():
        return
    related = ConflictDeclaration.objects.standing().filter(participant=tie.participant_id)
    tie.stand_in = (
        Staff.objects.working()
        .filter(role=Role.SUPERVISOR, unit__kind=UnitKind.HEAD_OFFICE, unit__agency=mine[0].lead_agency_id)
        .exclude(pk__in=related.values("staff"))
        .order_by("pk")
        .first()
    )
    tie.save(update_fields=["stand_in", "updated_at"])


def _hand_over(case: CaseFile, tie: ConflictDeclaration) -> None:
    """Take one case out of the declarer's hands: caseload, team, open tasks; and tell who must act."""
    person = tie.staff
    policies.end_grants(CaseUserGrant.objects.filter(content_object=case, user=person))
    case.co_workers.remove(person)
    led = case.lead_worker_id == person.pk
    supervised = person.role == Role.SUPERVISOR and case.lead_unit_id == person.unit_id
    if not led and not supervised:
        return
    heir = policies.supervisors_of(case).order_by("pk").first()
    if led:
        case.lead_worker = None
        case.version += 1
        case.save(update_fields=["lead_worker", "version", "updated_at"])
        keep_periods(case)
        record(case, EventKind.WORKER_RELEASED, by=person, section=Section.SUMMARY)
    if heir is None:
        return
    Task.objects.filter(case=case, assignee=person).open().update(assignee=heir)
    if case.is_open:
        open_task(
            case,
            TaskKind.REASSIGN if led else TaskKind.STAND_IN,
            by=person,
            assignee=heir,
            due_at=timezone.now() + REASSIGN_WITHIN,
            source=f"tie:{tie.pk}:{case.pk}",
            path=f"/cases/{case.code}/assign/" if led else f"/cases/{case.code}/",
        )
