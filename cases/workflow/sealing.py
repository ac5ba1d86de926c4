"""Sealed files (ET-3): opened by the lead unit's supervisor and the data-protection officer together, for a time.

Either asks, the other decides. Only the supervisor of the two reads, and only until the time ends; nobody needs to end
it. Every step is in the access journal, and both hear of it.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import JournalAction, Role
from accounts.models import Staff
from accounts.workflow import write_journal
from cases import notifications
from cases.enums import Section
from cases.enums.protection import APPROVE_UNSEALING, END_UNSEALING, REFUSE_UNSEALING, UnsealStatus
from cases.models import CaseFile, UnsealRequest
from cases.policies import protection
from core.workflow import TransitionError, lock, move


@transaction.atomic
def request_unsealing(case: CaseFile, *, by: Staff, purpose: str, hours: int) -> UnsealRequest:
    """Ask the other key holder to open a sealed file for a written purpose and a time."""
    protection.require_key(by, case)
    case = lock(case)
    if not case.is_sealed:
        raise TransitionError(_("Berkas ini tidak tersegel."))
    if not purpose.strip():
        raise TransitionError(_("Tulis tujuannya."))
    if hours not in settings.UNSEAL_HOURS:
        raise TransitionError(_("Pilih lama dari daftar."))
    if UnsealRequest.objects.in_force().filter(case=case).exists():
        raise TransitionError(_("Berkas ini sedang dibuka."))
    try:
        with transaction.atomic():
            request = UnsealRequest.objects.create(
                case=case,
                purpose=purpose.strip(),
                hours=hours,
                asked_by=by,
                asked_as=by.role,
                reader=by if by.role == Role.SUPERVISOR else None,
            )
    except IntegrityError as error:
        raise TransitionError(_("Sudah ada permintaan yang menunggu keputusan.")) from error
    return _journalled(request, JournalAction.UNSEAL_ASKED, by=by, detail=request.purpose)


@transaction.atomic
def approve_unsealing(request: UnsealRequest, *, by: Staff, note: str = "") -> UnsealRequest:
    """The other of the two opens the file from this second on."""
    request = _decidable(request, by=by)
    move(request, APPROVE_UNSEALING)
    if request.reader is None:
        request.reader = by
    now = timezone.now()
    request.opened_at = now
    request.until = now + dt.timedelta(hours=request.hours)
    return _decided(request, JournalAction.UNSEAL_APPROVED, by=by, note=note, at=now)


@transaction.atomic
def refuse_unsealing(request: UnsealRequest, *, by: Staff, note: str) -> UnsealRequest:
    request = _decidable(request, by=by)
    if not note.strip():
        raise TransitionError(_("Tulis alasannya."))
    move(request, REFUSE_UNSEALING)
    return _decided(request, JournalAction.UNSEAL_REFUSED, by=by, note=note, at=timezone.now())


@transaction.atomic
def end_unsealing(request: UnsealRequest, *, by: Staff) -> UnsealRequest:
    """Close the file again before its time, or take a request back. Either key holder may, alone."""
    protection.require_key(by, request.case)
    lock(request.case)
    request = lock(request)
    if request.status == UnsealStatus.APPROVED and not request.is_in_force:
        raise TransitionError(_("Pembukaan ini sudah berakhir."))
    return _ended(request, by=by)


@transaction.atomic
def note_reading(case: CaseFile, *, by: Staff, section: Section) -> None:
    """Every page of an opened file leaves a line in the journal."""
    write_journal(JournalAction.SEALED_READ, by=by, object_code=case.code, detail=section.value)


def end_openings(case: CaseFile, *, by: Staff) -> None:
    """A reopened case is no sealed file any more: what was asked or opened ends with it."""
    for request in case.unseal_requests.select_for_update(of=("self",)).filter(
        status__in=[UnsealStatus.REQUESTED, UnsealStatus.APPROVED]
    ):
        _ended(request, by=by)


def _ended(request: UnsealRequest, *, by: Staff) -> UnsealRequest:
    move(request, END_UNSEALING)
    request.ended_at = timezone.now()
    request.ended_by = by
    request.version += 1
    request.save()
    return _journalled(request, JournalAction.UNSEAL_ENDED, by=by)


def _decidable(request: UnsealRequest, *, by: Staff) -> UnsealRequest:
    """Locked, and ``by`` is the other of the two: another person in the other role."""
    protection.require_key(by, request.case)
    case = lock(request.case)
    request = lock(request)
    if by.pk == request.asked_by_id or by.role == request.asked_as:
        raise PermissionDenied(_("Yang memutuskan adalah pemegang kunci yang lain."))
    asker = Staff.objects.select_related("unit").get(pk=request.asked_by_id)
    if not case.is_sealed or not protection.holds_key(asker, case):
        raise TransitionError(_("Permintaan ini tidak berlaku lagi. Ajukan yang baru."))
    return request


def _decided(request: UnsealRequest, action: JournalAction, *, by: Staff, note: str, at: dt.datetime) -> UnsealRequest:
    request.decided_by = by
    request.decided_as = by.role
    request.decided_at = at
    request.decision_note = note.strip()
    request.version += 1
    request.save()
    return _journalled(request, action, by=by, detail=note)


def _journalled(request: UnsealRequest, action: JournalAction, *, by: Staff, detail: str = "") -> UnsealRequest:
    write_journal(action, by=by, object_code=request.case.code, detail=detail)
    notifications.tell_key_holders(request, by=by)
    return request
