"""What the tests of transfers do over and over."""

from __future__ import annotations

import uuid
from typing import Any

from accounts.models import Staff
from cases import workflow
from cases.enums.transfer import TransferReason
from cases.models import CaseFile, CaseTransfer
from core.acting import acting_as
from tests.cast import Cast

NOTE = "Pindah ke Palu, mengikuti istrinya."


def propose(case: CaseFile, cast: Cast, **fields: Any) -> CaseTransfer:
    defaults: dict[str, Any] = {
        "by": cast.worker,
        "to_unit": cast.other_unit.unit,
        "reason": TransferReason.MOVED,
        "note": NOTE,
        "client_id": uuid.uuid4(),
    }
    return workflow.propose_transfer(case, **(defaults | fields))


def approved(case: CaseFile, cast: Cast, **fields: Any) -> CaseTransfer:
    return workflow.approve_transfer(propose(case, cast, **fields), by=cast.supervisor)


def accept(
    transfer: CaseTransfer, cast: Cast, *, by: Staff | None = None, worker: Staff | None = None
) -> CaseTransfer:
    """As in a request: the receiver acts, with the database's own rules of sight."""
    by = by or cast.other_unit_supervisor
    with acting_as(by.pk):
        return workflow.accept_transfer(transfer, by=by, worker=worker or cast.other_unit)


def moved(case: CaseFile, cast: Cast, **fields: Any) -> CaseFile:
    """From Malang to Palu, all the way."""
    accept(approved(case, cast, **fields), cast)
    case.refresh_from_db()
    return case
