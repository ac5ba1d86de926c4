"""A case moves to another unit: proposed by its caseworker, approved by the sender, taken over by the receiver.

Never is it without a unit (I-20): what follows from the acceptance is one transaction under the case's lock. Before it
has accepted, the receiver sees nothing of the case but what the proposal says; so its steps look further than its
people may (docs/decisions/0015).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import JournalAction, Role
from accounts.models import Staff, Unit
from accounts.workflow import write_journal
from cases import notifications
from cases import policies as case_policies
from cases.enums import CaseStatus, ClosureReason, EventKind, GrantSource, LegalBasis, Section, TaskKind
from cases.enums.transfer import (
    ACCEPT_TRANSFER,
    APPROVE_TRANSFER,
    CANCEL_TRANSFER,
    DECLINE_TRANSFER,
    AgeGroup,
    TransferReason,
    TransferStatus,
)
from cases.models import CaseFile, CaseTransfer, CaseUserGrant, Task
from cases.models.transfer import ALWAYS_ALONG, READS_ON
from cases.policies import transfers as policies
from cases.policies.protection import is_related
from cases.sentence import stamp
from cases.workflow.casefile import CLOSE_BLOCKERS, handover_source, keep_periods
from cases.workflow.events import record
from cases.workflow.sharing import end_shares_with
from cases.workflow.tasks import (
    answer_task,
    finish_task,
    in_workdays,
    open_task,
    reader_of,
    refresh_next_due,
    withdraw_task,
)
from core.acting import beyond_own_sight
from core.workflow import Blocker, FieldError, Text, Transition, TransitionError, lock, move, sent_before


def _source(transfer: CaseTransfer) -> str:
    return f"transfer:{transfer.pk}"


def path_of(transfer: CaseTransfer) -> str:
    return f"/transfers/{transfer.code}/"


def _age_group(case: CaseFile) -> AgeGroup:
    age = case.participant.age
    if case.for_child or case.is_child_file or age is None:
        return AgeGroup.CHILD
    return AgeGroup.YOUNG if age < 25 else AgeGroup.ADULT if age < 60 else AgeGroup.OLD


def open_transfer_blocks_closing(case: CaseFile, _reason: ClosureReason | str) -> Iterable[Blocker]:
    """Nobody is asked to take over a closed case, whatever closed it."""
    if (transfer := policies.open_transfer_of(case)) is not None:
        yield Blocker(
            _("Alih berkas ke %(unit)s masih menunggu jawaban.") % {"unit": transfer.to_unit.short_name},
            path_of(transfer),
        )


CLOSE_BLOCKERS.append(open_transfer_blocks_closing)


# ---- the sender's part ---------------------------------------------------------------------------------------------


@transaction.atomic
def propose_transfer(
    case: CaseFile,
    *,
    by: Staff,
    to_unit: Unit,
    reason: TransferReason,
    note: str,
    client_id: uuid.UUID,
    with_clinical: bool = False,
) -> CaseTransfer:
    """Ask that another unit answers for the case; sent twice, it is one proposal."""
    case = lock(case)
    policies.require_proposing(by, case)
    if (sent := sent_before(CaseTransfer.objects.all(), client_id, proposed_by=by, case=case)) is not None:
        return sent
    _require_movable(case)
    _require_target(case, to_unit)
    if not note.strip():
        raise TransitionError(_("Tulis apa yang perlu diketahui unit tujuan."))
    if (there := policies.open_transfer_of(case)) is not None:
        raise TransitionError(
            _("Alih berkas ke %(unit)s sudah diusulkan.") % {"unit": there.to_unit.short_name},
            [Blocker(_("Buka usulan yang ada"), path_of(there))],
        )
    transfer = CaseTransfer.objects.create(
        case=case,
        client_id=client_id,
        case_code=case.code,
        case_type=case.case_type,
        sex=case.participant.sex,
        age_group=_age_group(case),
        is_victim_file=case.is_victim_file,
        from_unit=case.lead_unit,
        to_unit=to_unit,
        reason=reason,
        note=note.strip(),
        data_scope=[*ALWAYS_ALONG, *([Section.CLINICAL.value] if with_clinical else [])],
        proposed_by=by,
        due_at=in_workdays(case.lead_unit, settings.TRANSFER_REPLY_DAYS),
    )
    _tell(transfer, EventKind.TRANSFER_PROPOSED, by=by, summary=to_unit.short_name)
    deciders = list(case_policies.supervisors_of(case).exclude(pk=by.pk).order_by("pk"))
    if deciders:
        open_task(
            case,
            TaskKind.TRANSFER,
            by=by,
            assignee=deciders[0],
            due_at=transfer.due_at,
            source=_source(transfer),
            path=path_of(transfer),
        )
    notifications.after_commit(notifications.tell_transfer, [person.pk for person in deciders])
    return transfer


@transaction.atomic
def approve_transfer(transfer: CaseTransfer, *, by: Staff) -> CaseTransfer:
    """The sender agrees to give the case away. From now on the receiving unit knows of it."""
    policies.require_approving(by, transfer)
    case, transfer = lock(transfer.case), lock(transfer)
    _require_state(transfer, APPROVE_TRANSFER)
    _require_movable(case)
    _require_target(case, transfer.to_unit)
    move(transfer, APPROVE_TRANSFER)
    transfer.approved_by, transfer.approved_at = by, timezone.now()
    transfer.due_at = in_workdays(transfer.to_unit, settings.TRANSFER_REPLY_DAYS)
    _save(transfer)
    answer_task(_source(transfer), by=by)
    _tell(transfer, EventKind.TRANSFER_APPROVED, by=by, summary=transfer.to_unit.short_name)
    receivers = Staff.objects.supervisors_of(transfer.to_unit).values_list("pk", flat=True)
    notifications.after_commit(notifications.tell_transfer, list(receivers))
    return transfer


@transaction.atomic
def cancel_transfer(transfer: CaseTransfer, *, by: Staff, answer: str = "") -> CaseTransfer:
    """Take a proposal back before it is accepted; a supervisor who gives it back says why."""
    policies.require_cancelling(by, transfer)
    with beyond_own_sight():  # whoever proposed it may have lost the case meanwhile
        case, transfer = lock(transfer.case), lock(transfer)
        _require_state(transfer, CANCEL_TRANSFER)
        if by.pk != transfer.proposed_by_id and not answer.strip():
            raise FieldError({"answer": _("Tulis alasannya.")})
        was_approved = transfer.is_approved
        _end(transfer, CANCEL_TRANSFER, by=by, answer=answer)
        withdraw_task(_source(transfer), by=by)
        _tell(transfer, EventKind.TRANSFER_CANCELLED, by=by, summary=transfer.to_unit.short_name)
        told = _senders(case, transfer, but=by)
        if was_approved:
            told |= set(Staff.objects.supervisors_of(transfer.to_unit).values_list("pk", flat=True))
    notifications.after_commit(notifications.tell_transfer, sorted(told))
    return transfer


# ---- the receiver's part -------------------------------------------------------------------------------------------


@transaction.atomic
def accept_transfer(transfer: CaseTransfer, *, by: Staff, worker: Staff) -> CaseTransfer:
    """From this second the receiving unit answers for the case, and ``worker`` leads it (I-20)."""
    policies.require_answering(by, transfer)
    with beyond_own_sight():
        case, transfer = lock(transfer.case), lock(transfer)
        _require_state(transfer, ACCEPT_TRANSFER)
        _require_movable(case)
        _require_worker(case, transfer, worker)
        told = _senders(case, transfer, but=by)
        _take_over(case, transfer, by=by, worker=worker)
    notifications.after_commit(notifications.tell_transfer, sorted({*told, worker.pk}))
    return transfer


@transaction.atomic
def decline_transfer(transfer: CaseTransfer, *, by: Staff, answer: str) -> CaseTransfer:
    """The case stays where it is; its worker gets a task with the reason."""
    policies.require_answering(by, transfer)
    with beyond_own_sight():
        case, transfer = lock(transfer.case), lock(transfer)
        _require_state(transfer, DECLINE_TRANSFER)
        if not answer.strip():
            raise FieldError({"answer": _("Tulis alasannya.")})
        _end(transfer, DECLINE_TRANSFER, by=by, answer=answer)
        _tell(transfer, EventKind.TRANSFER_DECLINED, by=by, summary=transfer.to_unit.short_name)
        open_task(
            case,
            TaskKind.TRANSFER,
            by=by,
            assignee=reader_of(case, transfer.proposed_by),
            due_at=in_workdays(case.lead_unit, settings.TRANSFER_REPLY_DAYS),
            source=_source(transfer),
            path=path_of(transfer),
        )
        told = _senders(case, transfer, but=by)
    notifications.after_commit(notifications.tell_transfer, sorted(told))
    return transfer


def _take_over(case: CaseFile, transfer: CaseTransfer, *, by: Staff, worker: Staff) -> None:
    at = timezone.now()
    readers = [person for person in policies.former_team(case) if person.unit_id != transfer.to_unit_id]
    case_policies.end_grants(CaseUserGrant.objects.filter(content_object=case, source=GrantSource.CASELOAD))
    case.lead_unit, case.lead_agency, case.lead_worker = transfer.to_unit, transfer.to_unit.agency, worker
    case.version += 1
    try:
        with transaction.atomic():
            case.save()
    except IntegrityError as error:
        if "one_open_case_per_type_and_agency" not in str(error):
            raise
        raise TransitionError(
            _("Instansi Anda sudah punya kasus terbuka berjenis sama untuk orang ini. Tolak usulan ini, lalu berbagi.")
        ) from error
    case.co_workers.clear()
    end_shares_with(case, transfer.to_unit, by=by)
    case_policies.share_with_worker(case, worker, by=by, reason="caseload")
    keep_periods(case, at)
    transfer.worker, transfer.effective_at, transfer.reads_until = worker, at, at + READS_ON
    _end(transfer, ACCEPT_TRANSFER, by=by, at=at)
    for person in readers:
        _let_read_on(case, transfer, person, by=by)
    _hand_over_tasks(case, by=by, worker=worker)
    refresh_next_due(case)
    words = f"{transfer.from_unit.short_name} → {transfer.to_unit.short_name}: {worker.full_name}"
    _tell(transfer, EventKind.TRANSFERRED, by=by, summary=words)


def _let_read_on(case: CaseFile, transfer: CaseTransfer, person: Staff, *, by: Staff) -> None:
    """Sections that the former team had, to read, for thirty days; clinical notes only where they went along."""
    assert transfer.effective_at is not None  # the database keeps it of an accepted one
    kept = [section for section in transfer.data_scope if section != Section.ACCESS]
    CaseUserGrant.all_grants.create(
        user=person,
        permission=case_policies.view_permission(),
        content_object=case,
        sections=kept,
        source=GrantSource.TRANSFER,
        lawful_basis=LegalBasis.PUBLIC_DUTY,
        reason=transfer.code,
        granted_by=by,
        granted_at=transfer.effective_at,
        starts_at=transfer.effective_at,
        expires_at=transfer.reads_until,
    )


def _hand_over_tasks(case: CaseFile, *, by: Staff, worker: Staff) -> None:
    """Open work follows the case; what asked the former unit for a worker is answered by the transfer."""
    work = Task.objects.open().filter(case=case)
    answered = work.filter(kind__in=[TaskKind.REASSIGN, TaskKind.STAND_IN]) | work.filter(source=handover_source(case))
    for task in answered:
        finish_task(task, by=by)
    # What the former unit had put off, the new one decides anew.
    anew = {"snoozed_until": None, "snooze_reason": ""}
    work.filter(assignee__role=Role.SUPERVISOR).update(assignee=by, **anew)
    work.exclude(assignee=by).update(assignee=worker, **anew)


# ---- what all of them need -----------------------------------------------------------------------------------------


def _require_movable(case: CaseFile) -> None:
    if case.restricted_at is not None:  # UU PDP Pasal 11: no new use, and another unit's is one
        raise TransitionError(_("Pemrosesan data kasus ini dibatasi atas permintaan peserta."))
    if case.status == CaseStatus.CLOSED:
        raise TransitionError(_("Kasus ini sudah ditutup."))


def _require_target(case: CaseFile, unit: Unit) -> None:
    if unit.pk == case.lead_unit_id:
        raise TransitionError(_("Berkas ini sudah dipegang unit itu. Pilih unit lain."))
    if not policies.fits(unit, case.case_type):
        raise TransitionError(
            _("%(unit)s tidak menangani kasus “%(type)s”. Bagikan berkasnya atau buat rujukan.")
            % {"unit": unit.short_name, "type": case.get_case_type_display()}
        )
    if not policies.targets(case).filter(pk=unit.pk).exists():
        raise TransitionError(_("%(unit)s belum punya pengawas yang dapat menjawab.") % {"unit": unit.short_name})


def _require_worker(case: CaseFile, transfer: CaseTransfer, worker: Staff) -> None:
    if not Staff.objects.caseworkers_of(transfer.to_unit).filter(pk=worker.pk).exists():
        raise TransitionError(_("Pilih petugas kasus yang aktif dari unit Anda."))
    if is_related(worker, case):
        raise TransitionError(
            _("%(name)s menyatakan hubungan dengan peserta ini. Pilih petugas lain.") % {"name": worker.full_name}
        )


def _require_state(transfer: CaseTransfer, transition: Transition) -> None:
    """Of two who answer at once, the second hears what the first has decided."""
    if transfer.status not in transition.sources:
        raise TransitionError(decided_words(transfer))


def decided_words(transfer: CaseTransfer) -> Text:
    """What has become of it, and by whom."""
    at = transfer.ended_at or transfer.approved_at or transfer.proposed_at
    told = {
        "name": (transfer.ended_by or transfer.approved_by or transfer.proposed_by).full_name,
        "at": stamp(at, transfer.to_unit.zone),
    }
    match TransferStatus(transfer.status):
        case TransferStatus.ACCEPTED:
            assert transfer.worker is not None
            worker = {"worker": transfer.worker.full_name}
            return _("Sudah diterima oleh %(name)s, %(at)s. Penanggung jawab baru: %(worker)s.") % (told | worker)
        case TransferStatus.DECLINED:
            return _("Sudah ditolak oleh %(name)s, %(at)s.") % told
        case TransferStatus.CANCELLED:
            return _("Sudah dibatalkan oleh %(name)s, %(at)s.") % told
        case TransferStatus.SENDER_APPROVED:
            return _("Sudah disetujui oleh %(name)s, %(at)s.") % told
    return _("Usulan ini menunggu persetujuan unit asal.")


def _end(
    transfer: CaseTransfer, transition: Transition, *, by: Staff, answer: str = "", at: dt.datetime | None = None
) -> None:
    move(transfer, transition)
    transfer.ended_by, transfer.ended_at, transfer.answer = by, at or timezone.now(), answer.strip()
    _save(transfer)


def _save(transfer: CaseTransfer) -> None:
    transfer.version += 1
    transfer.save()


def _senders(case: CaseFile, transfer: CaseTransfer, *, but: Staff) -> set[int]:
    """Who sent it: the proposer and the supervisors of the unit, without the one who has just acted."""
    supervisors = case_policies.supervisors_of(case).values_list("pk", flat=True)
    return {transfer.proposed_by_id, *supervisors} - {but.pk}


def _tell(transfer: CaseTransfer, kind: EventKind, *, by: Staff, summary: str) -> None:
    record(transfer.case, kind, by=by, section=Section.SUMMARY, summary=summary)
    write_journal(
        JournalAction.TRANSFER, by=by, object_code=transfer.case_code, detail=f"{transfer.code} {transfer.status}"
    )
