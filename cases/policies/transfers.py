"""Who may move a case to another unit: its caseworker proposes, both units' supervisors decide (I-28)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Staff, Unit
from cases import policies
from cases.enums import GrantSource, Right, Section
from cases.enums.transfer import TransferStatus
from cases.models import CaseFile, CaseTransfer, CaseUserGrant
from cases.models.transfer import TransferQuerySet
from cases.policies.protection import is_related


class _IsShut(Func):
    """Sealed, or of somebody to whom the acting person is related. A function of the owner: the receiving unit sees
    no row of the case that could be joined (cases.row_policies)."""

    function = "titian_is_shut"
    output_field = BooleanField()


def transfers_for(user: Staff) -> TransferQuerySet:
    """Of the own cases; a supervisor's also those that the unit sent, or was asked to take over; the own proposals."""
    if user.role == Role.SYSTEM:
        return CaseTransfer.objects.all()
    if not user.is_active or user.role not in (Role.CASEWORKER, Role.SUPERVISOR):
        return CaseTransfer.objects.none()
    theirs = Q(case__in=policies.cases_for(user, section=Section.ACCESS).values("pk"))
    if user.role == Role.SUPERVISOR:
        theirs |= Q(from_unit=user.unit_id) | Q(to_unit=user.unit_id, approved_at__isnull=False)
    else:
        theirs |= Q(proposed_by=user, from_unit=user.unit_id)
    return _open_to_eyes().filter(theirs)


def _open_to_eyes() -> TransferQuerySet:
    return CaseTransfer.objects.alias(is_shut=_IsShut(F("case"))).filter(is_shut=False)


def _of_unit(user: Staff, condition: Q) -> TransferQuerySet:
    """For lists: parts of ``transfers_for`` that two indexes answer, without asking for all cases of the unit."""
    if not user.is_active or user.role != Role.SUPERVISOR:
        return CaseTransfer.objects.none()
    return _open_to_eyes().filter(condition)


def incoming(user: Staff) -> TransferQuerySet:
    return _of_unit(user, Q(to_unit=user.unit_id, approved_at__isnull=False))


def outgoing(user: Staff) -> TransferQuerySet:
    return _of_unit(user, Q(from_unit=user.unit_id))


def waiting_for(user: Staff) -> TransferQuerySet:
    """What this supervisor has to answer now: proposals of the unit, and what others hand over to it."""
    ours = Q(from_unit=user.unit_id, status=TransferStatus.PROPOSED) & ~Q(proposed_by=user)
    theirs = Q(to_unit=user.unit_id, status=TransferStatus.SENDER_APPROVED)
    return _of_unit(user, ours | theirs)


def open_transfer_of(case: CaseFile) -> CaseTransfer | None:
    return CaseTransfer.objects.open().filter(case=case).select_related("from_unit", "to_unit").first()


def clinical_left_behind(user: Staff, case: CaseFile) -> CaseTransfer | None:
    """The last transfer with which clinical notes stayed behind in another unit than this person's."""
    stayed = CaseTransfer.objects.accepted().filter(case=case).exclude(from_unit=user.unit_id)
    without = stayed.exclude(data_scope__contains=[Section.CLINICAL.value])
    return without.select_related("from_unit").order_by("-effective_at").first()


# ---- where a case may go ------------------------------------------------------------------------------------------


def fits(unit: Unit, case_type: str) -> bool:
    """Whether cases of this type are the work of the unit's agency."""
    return case_type in policies.CASE_TYPES.get(unit.agency.kind, ())


def targets(case: CaseFile) -> QuerySet[Unit]:
    """Units that do this kind of work and have somebody who can answer."""
    kinds = [kind for kind, types in policies.CASE_TYPES.items() if case.case_type in types]
    decider = Staff.objects.working().filter(unit=OuterRef("pk"), role=Role.SUPERVISOR)
    return Unit.objects.filter(Exists(decider), agency__kind__in=kinds).exclude(pk=case.lead_unit_id)


# ---- who may do what ----------------------------------------------------------------------------------------------


def require_proposing(user: Staff, case: CaseFile) -> None:
    """The case's own caseworkers (and no supervisor, who approves)."""
    policies.require(user, Right.EDIT, case)


def may_approve(user: Staff, transfer: CaseTransfer) -> bool:
    """The sending unit's supervisor, who did not propose it (I-28)."""
    return user.pk != transfer.proposed_by_id and _supervises(user, transfer)


def _supervises(user: Staff, transfer: CaseTransfer) -> bool:
    """By the key alone: the row of the case may be out of this person's sight."""
    return policies.cases_for(user, Right.APPROVE, Section.ACCESS).filter(pk=transfer.case_id).exists()


def require_approving(user: Staff, transfer: CaseTransfer) -> None:
    if not may_approve(user, transfer):
        raise PermissionDenied(_("Yang menyetujui: pengawas unit asal, bukan pengusulnya."))


def may_cancel(user: Staff, transfer: CaseTransfer) -> bool:
    if not user.is_active:
        return False
    is_proposer = user.pk == transfer.proposed_by_id and user.unit_id == transfer.from_unit_id
    return is_proposer or (user.unit_id != transfer.to_unit_id and _supervises(user, transfer))


def require_cancelling(user: Staff, transfer: CaseTransfer) -> None:
    if not may_cancel(user, transfer):
        raise PermissionDenied(_("Yang membatalkan: pengusul atau pengawas unit asal."))


def may_answer(user: Staff, transfer: CaseTransfer) -> bool:
    """A supervisor of the receiving unit who had no hand in it and is not related to the person."""
    is_theirs = user.is_active and user.role == Role.SUPERVISOR and user.unit_id == transfer.to_unit_id
    had_a_hand = user.pk in (transfer.proposed_by_id, transfer.approved_by_id)
    return is_theirs and not had_a_hand and incoming(user).filter(pk=transfer.pk).exists()


def require_answering(user: Staff, transfer: CaseTransfer) -> None:
    if not may_answer(user, transfer):
        raise PermissionDenied(_("Yang menerima atau menolak: pengawas unit tujuan."))


def former_team(case: CaseFile) -> list[Staff]:
    """Who reads on after the case has moved: those who could open it until then, and nobody else of their unit."""
    held = CaseUserGrant.objects.filter(content_object=case, source=GrantSource.CASELOAD).values("user")
    people = Staff.objects.working().filter(Q(pk__in=held) | Q(pk__in=policies.supervisors_of(case).values("pk")))
    return [person for person in people.order_by("pk") if not is_related(person, case)]
