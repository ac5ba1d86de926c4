"""Who is kept away from a case whatever else holds: sealed files (ET-3) and declared ties (I-27).

``within_reach`` is the one exclusion; the sources of ``cases.policies``, and whatever lists rows of cases, pass it.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.enums import Role
from accounts.models import Staff
from cases.models import CaseFile, ConflictDeclaration, UnsealRequest
from cases.models.protection import KEY_HOLDERS, ConflictQuerySet, UnsealQuerySet


def within_reach(user: Staff, case: str = "") -> Q:
    """The one exclusion that every source, list and queue passes: no sealed file (ET-3), and nothing of a person
    to whom ``user`` is related (I-27). For rows of cases or, by the path ``case`` ("case__"), of what hangs on them.
    """
    if user.role == Role.SYSTEM:
        return Q()
    related = ConflictDeclaration.objects.standing().filter(staff=user, participant=OuterRef(f"{case}participant"))
    return Q(**{f"{case}sealed_at__isnull": True}) & ~Q(Exists(related))


def opened_to(user: Staff) -> Q | None:
    """Sealed files that are open to ``user`` as their reader at this second; in no list, only by their own address."""
    if not user.is_active or user.role != Role.SUPERVISOR:
        return None
    mine = UnsealRequest.objects.in_force().filter(reader=user, case=OuterRef("pk"))
    related = ConflictDeclaration.objects.standing().filter(staff=user, participant=OuterRef("participant"))
    return Q(Exists(mine), lead_unit=user.unit_id, sealed_at__isnull=False) & ~Q(Exists(related))


def reads_sealed(user: Staff, case: CaseFile) -> bool:
    """Whether ``user`` reads this sealed file at this second."""
    opened = opened_to(user)
    return opened is not None and CaseFile.objects.filter(opened, pk=case.pk).exists()


def is_related(user: Staff, case: CaseFile) -> bool:
    """Whether ``user`` has declared a tie to the participant that stands (I-27)."""
    return ConflictDeclaration.objects.standing().filter(staff=user, participant=case.participant_id).exists()


def holds_key(user: Staff, case: CaseFile) -> bool:
    """Whether ``user`` is one of the two who open a sealed file together (D §2.5)."""
    if not user.is_active or is_related(user, case):
        return False
    return user.role == Role.DPO or (user.role == Role.SUPERVISOR and user.unit_id == case.lead_unit_id)


def require_key(user: Staff, case: CaseFile) -> None:
    if not holds_key(user, case):
        raise PermissionDenied


def sealed_for(user: Staff) -> QuerySet[CaseFile]:
    """Sealed files to which ``user`` holds a key: for their code and date only, never for what is in them."""
    if not user.is_active or user.role not in KEY_HOLDERS:
        return CaseFile.objects.none()
    related = ConflictDeclaration.objects.standing().filter(staff=user, participant=OuterRef("participant"))
    sealed = CaseFile.objects.filter(~Q(Exists(related)), sealed_at__isnull=False)
    return sealed if user.role == Role.DPO else sealed.filter(lead_unit=user.unit_id)


def openings_for(user: Staff) -> UnsealQuerySet:
    """Requests to open sealed files, for the two who decide."""
    if not user.is_active or user.role not in KEY_HOLDERS:
        return UnsealRequest.objects.none()
    related = ConflictDeclaration.objects.standing().filter(staff=user, participant=OuterRef("case__participant"))
    requests = UnsealRequest.objects.filter(~Q(Exists(related)))
    return requests if user.role == Role.DPO else requests.filter(case__lead_unit=user.unit_id)


def require_reach(user: Staff, case: CaseFile) -> None:
    """Before something is done with a case that one does not see as a whole (its place in a cohort)."""
    if not CaseFile.objects.filter(within_reach(user), pk=case.pk).exists():
        raise PermissionDenied


def ties_for(user: Staff) -> ConflictQuerySet:
    """Declarations on which this supervisor decides: of people with a case in the unit, or one taken over; never the
    own ones, nor any about a person to whom the supervisor is related too."""
    if not user.is_active or user.role != Role.SUPERVISOR:
        return ConflictDeclaration.objects.none()
    own = ConflictDeclaration.objects.standing().filter(staff=user, participant=OuterRef("participant"))
    in_unit = CaseFile.objects.filter(participant=OuterRef("participant"), lead_unit=user.unit_id)
    theirs = Q(Exists(in_unit)) | Q(stand_in=user)
    return ConflictDeclaration.objects.filter(theirs, ~Q(Exists(own))).exclude(staff=user)
