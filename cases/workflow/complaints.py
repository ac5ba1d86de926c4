"""What happens to a complaint: made by anybody, read outside the line of command, answered by a set day."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import JournalAction
from accounts.models import Staff
from accounts.workflow import write_journal
from cases import policies
from cases.enums import Section, TaskKind
from cases.enums.complaints import ANSWER, TAKE_UP, ComplaintKind, ComplaintStatus, ForwardTo
from cases.models import CaseFile, Complaint
from cases.models.complaints import receipt_key, receipt_of
from cases.policies import complaints as complaint_policies
from cases.sentence import end_of
from cases.workflow.tasks import open_task
from core.acting import beyond_own_sight
from core.workdays import add_workdays
from core.workflow import TransitionError, lock, move


def complaint_due(received_at: dt.datetime) -> dt.datetime:
    """Until when a complaint is answered: working days of the setting."""
    zone = timezone.get_current_timezone()
    return end_of(add_workdays(received_at.astimezone(zone).date(), settings.COMPLAINT_WORKDAYS), zone)


@transaction.atomic
def complain(
    *, by: Staff, kind: ComplaintKind, words: str, unnamed: bool = False, case: CaseFile | None = None
) -> Complaint:
    """A report by somebody who signed in, about a case that they see or about anything else."""
    if case is not None and not policies.cases_in_sight(by).filter(pk=case.pk).exists():
        raise PermissionDenied
    now = timezone.now()
    complaint = Complaint.objects.create(
        kind=kind,
        words=words,
        reporter=by,
        unnamed=unnamed,
        case=case,
        case_code=case.code if case else "",
        unit=case.lead_unit if case else None,
        received_at=now,
        due_at=complaint_due(now),
    )
    # Who asked not to be named is not named here either.
    _journal(complaint, Staff.objects.system() if unnamed else by, "received")
    return complaint


@transaction.atomic
def complain_publicly(*, kind: ComplaintKind, words: str, contact: str = "", client_id: uuid.UUID) -> str:
    """A report from outside; answers the receipt, which is kept nowhere. The same form sent twice is one report."""
    now, receipt = timezone.now(), receipt_of(str(client_id), kind, words, contact)
    with beyond_own_sight():  # nobody acts here, and nobody sees
        complaint, is_new = Complaint.objects.get_or_create(
            receipt_key=receipt_key(receipt),
            defaults={
                "kind": kind,
                "words": words,
                "contact": contact,
                "received_at": now,
                "due_at": complaint_due(now),
            },
        )
    if is_new:
        _journal(complaint, Staff.objects.system(), "received from outside")
    return receipt


def answer_of(receipt: str) -> Complaint | None:
    """The report with this receipt. The page shows its state and answer, never what was reported."""
    with beyond_own_sight():  # the receipt is the right to see it
        return Complaint.objects.filter(receipt_key=receipt_key(receipt)).first()


@transaction.atomic
def take_up(complaint: Complaint, *, by: Staff) -> Complaint:
    complaint = _locked(complaint, by)
    move(complaint, TAKE_UP)
    return _save(complaint, by, "taken up")


@transaction.atomic
def forward(complaint: Complaint, *, by: Staff, to: ForwardTo, text: str) -> Complaint:
    """Give the unit something to do, in the officer's own words: what was reported, and by whom, stays here."""
    complaint = _locked(complaint, by)
    if complaint.status != ComplaintStatus.UNDER_REVIEW:
        raise TransitionError(_("Mulai periksa laporan ini dahulu."))
    if complaint.case_id is None:
        raise TransitionError(_("Laporan ini tidak menyangkut satu kasus."))
    with beyond_own_sight():
        case = lock(CaseFile.objects.get(pk=complaint.case_id))
    supervisor = Staff.objects.supervisors_of(case.lead_unit).first()
    assignee = case.lead_worker if to == ForwardTo.WORKER else supervisor
    if assignee is None:
        raise TransitionError(_("Tidak ada petugas untuk diteruskan. Pilih penerima lain."))
    if assignee.pk == complaint.reporter_id:
        raise TransitionError(_("Penerima ini yang membuat laporan. Pilih penerima lain."))
    open_task(
        case,
        TaskKind.FOLLOW_UP,
        by=by,
        assignee=assignee,
        due_at=complaint.due_at,
        title=text,
        section=Section.SUMMARY,
        source=f"complaint:{complaint.pk}:{to}",
    )
    complaint.forwarded_text = text
    complaint.forwarded_at = timezone.now()
    return _save(complaint, by, f"forwarded to {to}")


@transaction.atomic
def answer(complaint: Complaint, *, by: Staff, outcome: ComplaintStatus, answer: str) -> Complaint:
    complaint = _locked(complaint, by)
    move(complaint, ANSWER[outcome])
    complaint.answer = answer
    complaint.answered_by = by
    complaint.answered_at = timezone.now()
    return _save(complaint, by, outcome)


def _locked(complaint: Complaint, by: Staff) -> Complaint:
    complaint = lock(complaint)
    if not complaint_policies.may_answer(by, complaint):
        raise PermissionDenied
    return complaint


def _save(complaint: Complaint, by: Staff, what: str) -> Complaint:
    complaint.version += 1
    complaint.save()
    _journal(complaint, by, what)
    return complaint


def _journal(complaint: Complaint, by: Staff, what: str) -> None:
    write_journal(JournalAction.COMPLAINT, by=by, object_code=complaint.code, detail=f"{complaint.kind}: {what}")
