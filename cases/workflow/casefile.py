"""Opening, moving, assigning and closing a case file."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import JournalAction, Role
from accounts.models import Staff, Unit
from accounts.workflow import write_journal
from cases import policies
from cases.enums import (
    CLOSE,
    COMPLETED,
    NEXT_STAGE,
    REOPEN,
    SUSPEND,
    VICTIM_STATUSES,
    CaseStatus,
    CaseType,
    ClosureReason,
    EventKind,
    LegalBasis,
    ReferralSource,
    Right,
    Section,
)
from cases.enums.basis import LAW_OF, BasisPurpose, Ground
from cases.models import (
    Address,
    CaseFile,
    CaseLeadPeriod,
    CaseNumber,
    CaseStatusPeriod,
    CaseUserGrant,
    LegalStatus,
    Participant,
    ReturnEvent,
    Task,
)
from cases.policies.protection import is_related
from cases.workflow.aftercare import begin_aftercare, end_follow_ups, was_in_aftercare
from cases.workflow.apart import hold, separate
from cases.workflow.consent import write_basis
from cases.workflow.documents import death_document
from cases.workflow.events import record
from cases.workflow.legal import record_handover
from cases.workflow.matching import tell_of_matches
from cases.workflow.sealing import end_openings
from cases.workflow.sessions import call_off_planned
from cases.workflow.stages import require_ground
from cases.workflow.tasks import end_tasks, finish_task
from core.acting import beyond_own_sight
from core.workflow import Blocker, Transition, TransitionError, lock, move, start_period

# Each callable names what still stands in the way of closing for a reason ("" while none is chosen: then only what
# blocks with every one); higher apps add theirs (docs/architecture.md).
CLOSE_BLOCKERS: list[Callable[[CaseFile, ClosureReason | str], Iterable[Blocker]]] = []
# What higher apps do when a case is open again.
REOPENED: list[Callable[[CaseFile, Staff], None]] = []


def handover_source(case: CaseFile) -> str:
    """The task that asks a supervisor for a new worker (cases.workflow.handover)."""
    return f"handover:{case.pk}"


def _open_urgent_tasks(case: CaseFile, reason: ClosureReason | str) -> list[Blocker]:
    urgent = Task.objects.filter(case=case).open().urgent().in_work_order()
    return [
        Blocker(
            _("Tindakan pelindungan masih terbuka: %(title)s") % {"title": task.title}
            if task.title
            else _("Tindakan pelindungan masih terbuka."),
            f"/tasks/{task.code}/close/",
        )
        for task in urgent
    ]


CLOSE_BLOCKERS += [_open_urgent_tasks, death_document]


def close_blockers(case: CaseFile, reason: ClosureReason | str = "") -> list[Blocker]:
    """What still stands in the way of closing ``case`` for ``reason``, from every app."""
    with beyond_own_sight():  # what nobody in the unit may read still stands in the way
        return [blocker for find in CLOSE_BLOCKERS for blocker in find(case, reason)]


def _lock_counter(unit: Unit, year: int) -> CaseNumber:
    CaseNumber.objects.get_or_create(unit=unit, year=year)
    return CaseNumber.objects.select_for_update(of=("self",)).get(unit=unit, year=year)


def _next_case_no(counter: CaseNumber) -> str:
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{counter.unit.code.upper()}/{counter.year}/{counter.last:04d}"


def keep_periods(case: CaseFile, at: dt.datetime | None = None) -> None:
    """Status, stages, unit and worker as they now hold, for what a report counts on a day."""
    start_period(
        CaseStatusPeriod,
        {"case": case},
        at,
        status=case.status,
        derad_stage=case.derad_stage,
        probation_stage=case.probation_stage,
        atensi_phase=case.atensi_phase,
    )
    start_period(CaseLeadPeriod, {"case": case}, at, lead_unit=case.lead_unit, lead_worker=case.lead_worker)


@transaction.atomic
def open_case(
    *,
    by: Staff,
    case_type: CaseType,
    participant: Participant | None = None,
    person: dict[str, Any] | None = None,
    address: dict[str, Any] | None = None,
    legal: dict[str, Any] | None = None,
    return_event: dict[str, Any] | None = None,
    handover: dict[str, Any] | None = None,
    referral_source: ReferralSource = ReferralSource.OTHER,
    legal_basis: LegalBasis = LegalBasis.PUBLIC_DUTY,
    opened_at: dt.datetime | None = None,
    client_id: uuid.UUID | None = None,
    **stages: Any,
) -> CaseFile:
    """Open a case in the caseworker's own unit and put it on the opener's caseload.

    Give either a ``participant`` whom the caseworker may already see, or the fields of a new ``person``; ``address``,
    ``legal`` (status), ``return_event`` and ``handover`` (from a prison, with the ``paper`` of its berita acara where
    it is at hand) are the fields of their rows. The same ``client_id`` sent again returns the case that is there.
    """
    if by.role != Role.CASEWORKER:
        raise PermissionDenied
    if participant is not None:
        hold([participant.pk])
    at = opened_at or timezone.now()
    counter = _lock_counter(by.unit, timezone.localtime(at, by.unit.zone).year)
    client_id = client_id or uuid.uuid4()
    with beyond_own_sight():  # the number of somebody else's form is refused, not taken twice
        existing = CaseFile.objects.filter(client_id=client_id).first()
    if existing is not None:
        policies.require(by, Right.EDIT, existing)
        return existing
    is_known = participant is not None
    if participant is not None:
        if not policies.cases_for(by, section=Section.IDENTITY).filter(participant=participant).exists():
            raise PermissionDenied
    else:
        participant = Participant.objects.create(created_by=by, **(person or {}))
    if address:
        Address.objects.create(participant=participant, **address)
    case = CaseFile(
        case_no=_next_case_no(counter),
        client_id=client_id,
        participant=participant,
        case_type=case_type,
        lead_unit=by.unit,
        lead_agency=by.unit.agency,
        lead_worker=by,
        referral_source=referral_source,
        legal_basis=legal_basis,
        status=CaseStatus.ASSESSING,
        opened_at=at,
        is_child_file=case_type == CaseType.SOCIAL_CHILD
        or participant.is_child_on(timezone.localdate(at, by.unit.zone)),
        is_victim_file=case_type == CaseType.VICTIM or bool(legal and legal["status"] in VICTIM_STATUSES),
        **stages,
    )
    try:
        with transaction.atomic():
            case.save()
    except IntegrityError as error:
        if "one_open_case_per_type_and_agency" not in str(error):
            raise
        raise TransitionError(_("Peserta ini sudah punya kasus terbuka dengan jenis yang sama.")) from error
    policies.share_with_worker(case, by, by=by, reason="caseload")
    if legal:
        LegalStatus.objects.create(case=case, recorded_by=by, **legal)
    if return_event:
        ReturnEvent.objects.create(case=case, recorded_by=by, **return_event)
    if legal_basis == LegalBasis.PUBLIC_DUTY:
        write_basis(
            case,
            by=by,
            purpose=BasisPurpose.SERVICE,
            ground=Ground.PUBLIC_DUTY,
            reference=LAW_OF[case_type],
            valid_from=timezone.localdate(at, by.unit.zone),
        )
    keep_periods(case, at)
    record(case, EventKind.CASE_OPENED, by=by, section=Section.SUMMARY, summary=case.case_no, at=at)
    if handover:
        record_handover(case, by=by, **handover)
    if is_known:
        separate(case, by=by)
    else:
        tell_of_matches(case, by=by)
    return case


@transaction.atomic
def assign(case: CaseFile, *, by: Staff, worker: Staff, co_workers: Iterable[Staff] = ()) -> CaseFile:
    """Give the case to ``worker`` (and co-workers): columns for lists and grants for access, written together."""
    case = lock(case)
    policies.require(by, Right.APPROVE, case)
    if case.status == CaseStatus.CLOSED:
        raise TransitionError(_("Kasus ini sudah ditutup. Buka kembali dahulu."))
    team = {person.pk: person for person in [worker, *co_workers]}
    for person in team.values():
        if not person.is_active or person.role != Role.CASEWORKER or person.unit_id != case.lead_unit_id:
            raise TransitionError(_("Petugas harus aktif dan dari unit penanggung jawab."))
        if is_related(person, case):
            raise TransitionError(
                _("%(name)s menyatakan hubungan dengan peserta ini. Pilih petugas lain.") % {"name": person.full_name}
            )
    held = CaseUserGrant.objects.filter(content_object=case, source="caseload")
    policies.end_grants(held.exclude(user__in=team))
    kept = set(held.filter(user__in=team).values_list("user_id", flat=True))
    for pk, person in team.items():
        if pk not in kept:
            policies.share_with_worker(case, person, by=by, reason="caseload")
    previous = case.lead_worker_id
    case.lead_worker = worker
    case.version += 1
    case.save()
    case.co_workers.set(person for pk, person in team.items() if pk != worker.pk)
    keep_periods(case)
    if previous and previous != worker.pk:
        # Open work follows the case: a task never waits with somebody who can no longer open it.
        with beyond_own_sight():
            left = Task.objects.filter(case=case).open().filter(assignee_id=previous)
            # What the former worker had put off, the new one decides anew.
            left.exclude(assignee_id__in=team).update(assignee=worker, snoozed_until=None, snooze_reason="")
    record(case, EventKind.WORKER_ASSIGNED, by=by, section=Section.SUMMARY, summary=worker.full_name)
    for asked in Task.objects.open().filter(source=handover_source(case)):
        finish_task(asked, by=by)
    return case


@transaction.atomic
def assign_many(cases: Iterable[CaseFile], *, by: Staff, worker: Staff) -> None:
    """Give several cases to one worker, all or none; a refusal names the case. Who else works on them stays."""
    for case in sorted(cases, key=lambda case: case.pk):  # locks in one order
        co_workers = list(case.co_workers.exclude(pk=worker.pk).filter(is_active=True, unit=case.lead_unit_id))
        try:
            assign(case, by=by, worker=worker, co_workers=co_workers)
        except TransitionError as error:
            raise TransitionError(f"{case.code}: {error.message}") from error


@transaction.atomic
def move_on(case: CaseFile, *, by: Staff, since: str = "", **stages: str) -> CaseFile:
    """To the next stage of the one map (D §3.3); the agency's own stage names may be set with it.

    ``since``: the stage that the page showed. Whoever sends an old page does not move the case a second time.
    """
    case = lock(case)
    policies.require(by, Right.EDIT, case)
    if since and case.status != since:
        words = _("Tahap kasus ini sudah berganti sejak halaman dibuka: sekarang “%(stage)s”.")
        raise TransitionError(words % {"stage": case.get_status_display()})
    transition = NEXT_STAGE.get(CaseStatus(case.status))
    if transition is None:
        raise TransitionError(_("Tidak ada tahap berikutnya. Pengawas dapat menutup kasus ini."))
    require_ground(case, stages.get("derad_stage", ""))
    move(case, transition)
    for name in ("derad_stage", "probation_stage", "atensi_phase"):
        if stages.get(name):
            setattr(case, name, stages[name])
    case = _save_move(case, EventKind.STAGE_MOVED, by=by, summary=case.status)
    if case.status == CaseStatus.AFTERCARE:
        begin_aftercare(case, by=by, since=timezone.localdate(timezone=case.lead_unit.zone))
    return case


@transaction.atomic
def suspend(case: CaseFile, *, by: Staff, reason: str) -> CaseFile:
    case = lock(case)
    policies.require(by, Right.APPROVE, case)
    _need_reason(reason)
    move(case, SUSPEND)
    return _save_move(case, EventKind.CASE_SUSPENDED, by=by, summary=reason)


@transaction.atomic
def resume(case: CaseFile, *, by: Staff) -> CaseFile:
    """Back to the stage that the case had before it was suspended."""
    case = lock(case)
    policies.require(by, Right.APPROVE, case)
    before = case.status_periods.exclude(status=CaseStatus.SUSPENDED).order_by("-started_at").first()
    stage = before.status if before else CaseStatus.ASSESSING
    move(case, Transition.of(CaseStatus.SUSPENDED, to=stage))
    return _save_move(case, EventKind.CASE_RESUMED, by=by, summary="")


@transaction.atomic
def close(
    case: CaseFile,
    *,
    by: Staff,
    reason: ClosureReason,
    note: str = "",
    aftercare_until: dt.date | None = None,
    goals_met: Iterable[str] = (),
) -> CaseFile:
    """Close the case (I-18): a supervisor, a reason, and nothing urgent left; after-care date or note by reason.
    ``goals_met``: codes of the plan's goals that were met (D §3, CaseClosure).

    A child's file is sealed by the same row's change (ET-3): from then on no page shows it to anybody.
    Appointments are called off and tasks end; follow-ups go on up to the after-care date, but not of a file that is
    sealed.
    """
    case = lock(case)
    policies.require(by, Right.APPROVE, case)
    completed = reason in COMPLETED
    if completed and aftercare_until is None:
        raise TransitionError(_("Isi tanggal akhir pascalayanan."))
    if not completed and not note.strip():
        raise TransitionError(_("Tulis catatan untuk alasan penutupan ini."))
    move(case, CLOSE, close_blockers(case, reason))
    case.closed_at = timezone.now()
    case.closure_reason = reason
    case.closure_note = note
    case.aftercare_until = aftercare_until
    case.goals_met = list(goals_met)
    if case.is_child_file:
        case.sealed_at = case.closed_at
        write_journal(JournalAction.CASE_SEALED, by=by, object_code=case.code)
    with beyond_own_sight():  # of a sealed file nobody sees the rows that are written with it
        call_off_planned(case, by=by)
        end_tasks(case, by=by)
        has_dates = was_in_aftercare(case)
        case = _save_move(case, EventKind.CASE_CLOSED, by=by, summary=f"{reason}: {note}" if note else reason)
        if not completed or case.is_child_file:
            end_follow_ups(case, by=by)
        else:
            if not has_dates:
                begin_aftercare(case, by=by, since=timezone.localdate(case.closed_at, case.lead_unit.zone))
            end_follow_ups(case, by=by, after=aftercare_until)
        return case


@transaction.atomic
def reopen(case: CaseFile, *, by: Staff, reason: str) -> CaseFile:
    """Open a closed case again under its old number (I-19).

    A sealed file only by its reader while it is opened: work on a case that nobody may see is no work, so reopening
    breaks the seal. The team has it back, every opening ends, and the next closing seals it again.
    """
    case = lock(case)
    policies.require_reopening(by, case)
    _need_reason(reason)
    move(case, REOPEN)
    if case.is_sealed:
        case.sealed_at = None
        write_journal(JournalAction.CASE_UNSEALED, by=by, object_code=case.code, detail=reason)
        end_openings(case, by=by)
    case.closed_at = None
    case.closure_reason = ""
    case.closure_note = ""
    case.aftercare_until = None
    case.goals_met = []
    end_follow_ups(case, by=by)
    try:
        with transaction.atomic():
            case = _save_move(case, EventKind.CASE_REOPENED, by=by, summary=reason)
    except IntegrityError as error:
        raise TransitionError(_("Peserta ini sudah punya kasus terbuka dengan jenis yang sama.")) from error
    for tell in REOPENED:
        tell(case, by)
    return case


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise TransitionError(_("Tulis alasannya."))


def _save_move(case: CaseFile, kind: EventKind, *, by: Staff, summary: str) -> CaseFile:
    case.version += 1
    case.save()
    keep_periods(case)
    record(case, kind, by=by, section=Section.SUMMARY, summary=summary)
    return case
