"""Changes to the person behind a case, always through a case that gives the right to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import Region, Staff
from cases import policies
from cases.enums import CaseType, EventKind, Right, Section
from cases.models import Address, CaseFile, Participant
from cases.workflow.adulthood import count_as_child_again
from cases.workflow.events import record
from core.acting import beyond_own_sight
from core.workflow import lock, lock_version


@transaction.atomic
def amend_participant(case: CaseFile, *, by: Staff, version: int, **fields: Any) -> Participant:
    """Change the person's identity. ``version``: the one the form was opened with; StaleError if it has moved on."""
    policies.require(by, Right.EDIT, case, Section.IDENTITY)
    participant = lock_version(case.participant, version)
    born, was_child = (participant.birth_date, participant.birth_date_precision), participant.is_child
    for name, value in fields.items():
        setattr(participant, name, value)
    if (participant.birth_date, participant.birth_date_precision) != born:
        drop_age_decision(participant, by=by)
    participant.save()
    keep_child_files(participant)
    if participant.is_child and not was_child:
        become_child_again(files_of(participant), by=by)
    return participant


def become_child_again(cases: Iterable[CaseFile], *, by: Staff) -> None:
    """What follows in files whose person counted as an adult until now."""
    with beyond_own_sight():  # other agencies' files too: it is one person
        for case in cases:
            count_as_child_again(lock(case), by=by)


def files_of(participant: Participant) -> list[CaseFile]:
    """Every file of the person, whoever leads it: for a line in each, never for a page."""
    with beyond_own_sight():
        return list(CaseFile.objects.filter(participant=participant).select_related("lead_unit").order_by("pk"))


def drop_age_decision(participant: Participant, *, by: Staff, words: str = "") -> bool:
    """What a supervisor decided about an age in doubt ends, and every file says so. The caller saves the locked row.

    ``words`` are told in the files of the agency that decides, as the grounds of the decision were.
    """
    if participant.adult_decided_at is None:
        return False
    participant.adult_decided_at, participant.adult_decided_by, participant.adult_reason = None, None, ""
    for case in files_of(participant):
        tell_of_age(case, EventKind.AGE_DECISION_ENDED, by=by, words=words)
    return True


def tell_of_age(case: CaseFile, event: EventKind, *, by: Staff, words: str) -> None:
    """A line in the file. Another agency's team reads that it was decided, not the words, which tell who decided."""
    ours = case.lead_agency_id == by.unit.agency_id
    record(case, event, by=by, section=Section.IDENTITY, summary=words if ours else "")


def keep_child_files(participant: Participant) -> None:
    """A corrected birth date may show that a file is, or was never, a child's. One that is sealed stays sealed."""
    with beyond_own_sight():  # other agencies' files too
        cases = CaseFile.objects.filter(participant=participant, sealed_at=None).order_by("pk")
        for case in cases.select_for_update(of=("self",)):
            opened_on = timezone.localdate(case.opened_at, case.lead_unit.zone)
            # In doubt when it was opened, if only for an hour: what is decided later converts nothing.
            decided = participant.adult_decided_at
            in_doubt_then = decided is not None and case.opened_at < decided
            is_child_file = (
                case.case_type == CaseType.SOCIAL_CHILD
                or participant.is_child_on(opened_on)
                or (in_doubt_then and not participant.is_proven_adult_on(opened_on))
            )
            if is_child_file != case.is_child_file:
                case.is_child_file = is_child_file
                case.save(update_fields=["is_child_file", "updated_at"])


@transaction.atomic
def move_address(
    case: CaseFile,
    *,
    by: Staff,
    region: Region,
    line: str = "",
    rt: str = "",
    rw: str = "",
    access_note: str = "",
    kind: str = Address.Kind.HOME,
    since: dt.date | None = None,
) -> Address:
    """The person lives elsewhere from ``since`` on: the former address of this kind ends, nothing is overwritten."""
    policies.require(by, Right.EDIT, case, Section.IDENTITY)
    since = since or timezone.localdate(timezone=case.lead_unit.zone)
    former = Address.objects.select_for_update(of=("self",)).filter(
        participant=case.participant_id, kind=kind, valid_to=None
    )
    fields: dict[str, Any] = {"region": region, "line": line, "rt": rt, "rw": rw, "access_note": access_note}
    for address in former:
        if all(getattr(address, name) == value for name, value in fields.items()):
            return address
        address.valid_to = max(since, address.valid_from)
        address.version += 1
        address.save(update_fields=["valid_to", "version", "updated_at"])
    return Address.objects.create(participant=case.participant, kind=kind, valid_from=since, **fields)


@transaction.atomic
def amend_address(case: CaseFile, address: Address, *, by: Staff, version: int, **fields: Any) -> Address:
    """Correct an address, or end it where nothing follows. The history keeps what stood there."""
    policies.require(by, Right.EDIT, case, Section.IDENTITY)
    if address.participant_id != case.participant_id:
        raise PermissionDenied
    address = lock_version(address, version)
    for name, value in fields.items():
        setattr(address, name, value)
    address.save()
    return address
