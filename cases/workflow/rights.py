"""What happens to a request under UU PDP: taken in, examined, carried out by the unit, decided, answered by letter."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import JournalAction
from accounts.models import Staff
from accounts.workflow import write_journal
from cases.enums import EventKind, Section, TaskKind
from cases.enums.rights import (
    DECIDE,
    NEEDS_REASON,
    TAKE_UP,
    RefusalGround,
    Requester,
    RightsKind,
    RightsStatus,
)
from cases.models import CaseFile, Consent, RightsRequest, Task
from cases.policies import requests as rights_policies
from cases.workflow.consent import end_consent
from cases.workflow.events import record
from cases.workflow.tasks import finish_task, open_task, withdraw_task
from core.acting import beyond_own_sight
from core.workflow import Blocker, TransitionError, lock, move

# The unit must have done something before the officer can say that the request was met.
CARRIED_OUT_BY_UNIT = frozenset({RightsKind.CORRECTION, RightsKind.OBJECTION})


@transaction.atomic
def record_request(
    case: CaseFile,
    *,
    by: Staff,
    kind: RightsKind,
    received_at: dt.datetime,
    requester: Requester = Requester.SELF,
    requester_name: str = "",
    consent: Consent | None = None,
    **told: Any,
) -> RightsRequest:
    """Take in a request; its clock runs from ``received_at``. What helps the person at once happens at once.

    A withdrawn consent ends in the same moment (Pasal 40), and an assessment objected to counts as contested until a
    person has looked at it again (Pasal 10).
    """
    case = lock(case)
    if not rights_policies.may_record(by, case):
        raise PermissionDenied
    if received_at > timezone.now():
        raise TransitionError(_("Waktu diterima tidak boleh di masa depan."))
    if kind == RightsKind.WITHDRAWAL and (consent is None or consent.case_id != case.pk):
        raise TransitionError(_("Pilih persetujuan yang ditarik."))
    request = RightsRequest(
        case=case,
        case_code=case.code,
        lead_unit=case.lead_unit,
        person_name=case.participant.full_name,
        kind=kind,
        requester=requester,
        requester_name="" if requester == Requester.SELF else requester_name,
        recorded_by=by,
        consent=consent if kind == RightsKind.WITHDRAWAL else None,
        **told,
    )
    request.set_received(received_at)
    if kind == RightsKind.OBJECTION:
        request.unit_question = request.words[:2_000]
    request.save()
    _journal(request, by, "received")
    record(case, EventKind.RIGHTS_REQUEST, by=by, section=Section.ACCESS, summary=kind, path=_path(request))
    if request.consent is not None:
        end_consent(request.consent, by=by)
    if kind == RightsKind.OBJECTION:
        case.contested_at = timezone.now()
        _save(case)
        _open_unit_task(request, case, by=by)
    return request


@transaction.atomic
def take_up(request: RightsRequest, *, by: Staff) -> RightsRequest:
    rights_policies.require_officer(by)
    request = lock(request)
    move(request, TAKE_UP)
    request.version += 1
    request.save()
    _journal(request, by, "taken up")
    return request


@transaction.atomic
def ask_unit(request: RightsRequest, *, by: Staff, question: str) -> RightsRequest:
    """Ask the unit that has the file to carry out or collect something: a task with the law's clock."""
    rights_policies.require_officer(by)
    request = lock(request)
    if request.status != RightsStatus.UNDER_REVIEW:
        raise TransitionError(_("Mulai periksa permintaan ini dahulu."))
    request.unit_question = question
    request.unit_answer, request.unit_answered_by, request.unit_answered_at = "", None, None
    request.version += 1
    request.save()
    _open_unit_task(request, _case_of(request), by=by)
    _journal(request, by, "unit asked")
    return request


@transaction.atomic
def answer_for_unit(request: RightsRequest, *, by: Staff, answer: str) -> RightsRequest:
    """The unit reports what it did or found; its task ends with it."""
    lock(request.case)
    request = lock(request)
    if not rights_policies.may_answer(by, request):
        raise PermissionDenied
    if not request.unit_question:
        raise TransitionError(_("Pejabat pelindungan data belum meminta apa pun dari unit."))
    request.unit_answer = answer
    request.unit_answered_by = by
    request.unit_answered_at = timezone.now()
    request.version += 1
    request.save()
    for task in Task.objects.open().filter(source=_source(request)):
        finish_task(task, by=by, outcome=answer)
    _journal(request, by, "unit answered")
    return request


@transaction.atomic
def decide(
    request: RightsRequest,
    *,
    by: Staff,
    outcome: RightsStatus,
    decision: str,
    ground: RefusalGround | str = "",
    reason: str = "",
) -> RightsRequest:
    """Answer the request. What was granted takes effect here; a refusal, also in part, names the law's reason."""
    rights_policies.require_officer(by)
    case = _locked_case(request)
    request = lock(request)
    if outcome in NEEDS_REASON and not (ground and reason.strip()):
        raise TransitionError(_("Penolakan, juga sebagian, memerlukan alasan hukum dan penjelasannya."))
    granted = outcome != RightsStatus.REFUSED
    move(request, DECIDE[outcome], _blockers(request) if granted else [])
    request.decision = decision
    request.ground = ground if outcome in NEEDS_REASON else ""
    request.reason = reason if outcome in NEEDS_REASON else ""
    request.decided_by = by
    request.decided_at = timezone.now()
    request.version += 1
    request.save()
    if request.kind == RightsKind.RESTRICTION and granted:
        case.restricted_at = timezone.now()
        _save(case)
    if request.kind == RightsKind.OBJECTION:
        case.contested_at = None
        _save(case)
    with beyond_own_sight():  # the unit's task ends with the answer
        withdraw_task(_source(request), by=by)
    _journal(request, by, outcome)
    record(case, EventKind.RIGHTS_DECIDED, by=by, section=Section.ACCESS, summary=outcome, path=_path(request))
    return request


@transaction.atomic
def lift_restriction(request: RightsRequest, *, by: Staff, reason: str) -> CaseFile:
    """Let the data be used again; the officer says why."""
    rights_policies.require_officer(by)
    case = _locked_case(request)
    if not reason.strip():
        raise TransitionError(_("Tulis alasannya."))
    if case.restricted_at is None:
        raise TransitionError(_("Kasus ini tidak sedang dibatasi."))
    case.restricted_at = None
    _save(case)
    _journal(request, by, "restriction lifted")
    record(case, EventKind.RESTRICTION_LIFTED, by=by, section=Section.ACCESS, summary=reason, path=_path(request))
    return case


def is_restricted(request: RightsRequest) -> bool:
    """Whether the case behind the request is restricted now, for an officer who does not see the case."""
    return _case_of(request).restricted_at is not None


def _case_of(request: RightsRequest) -> CaseFile:
    with beyond_own_sight():  # the officer acts on the case without seeing it
        return CaseFile.objects.select_related("lead_worker", "lead_unit").get(pk=request.case_id)


def _locked_case(request: RightsRequest) -> CaseFile:
    with beyond_own_sight():
        return lock(_case_of(request))


def _blockers(request: RightsRequest) -> list[Blocker]:
    if request.kind in CARRIED_OUT_BY_UNIT and request.unit_answered_at is None:
        return [Blocker(_("Unit belum melaporkan apa yang dilakukannya."), _path(request))]
    return []


def _open_unit_task(request: RightsRequest, case: CaseFile, *, by: Staff) -> None:
    """For an objection the supervisor looks again, since the worker made the assessment; else the lead worker acts."""
    supervisor = Staff.objects.supervisors_of(case.lead_unit).first()
    worker = case.lead_worker
    first, second = (supervisor, worker) if request.kind == RightsKind.OBJECTION else (worker, supervisor)
    assignee = first or second
    if assignee is None:
        raise TransitionError(_("Unit penanggung jawab tidak punya petugas. Hubungi kantor pusatnya."))
    open_task(
        case,
        TaskKind.RIGHTS,
        by=by,
        assignee=assignee,
        due_at=request.due_at,
        section=Section.ACCESS,
        source=_source(request),
        path=_path(request),
    )


def _source(request: RightsRequest) -> str:
    return f"rights:{request.pk}"


def _path(request: RightsRequest) -> str:
    return f"/rights/{request.code}/"


def _save(case: CaseFile) -> None:
    case.version += 1
    with beyond_own_sight():
        case.save()


def _journal(request: RightsRequest, by: Staff, what: str) -> None:
    write_journal(JournalAction.RIGHTS_REQUEST, by=by, object_code=request.code, detail=f"{request.kind}: {what}")
