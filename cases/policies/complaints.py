"""Who reads complaints: the officer who answers, the auditor, and whoever made one. Nobody in the line of command."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.enums import Role
from accounts.models import Staff
from accounts.policies import OVERSIGHT
from cases.models import Complaint
from cases.models.complaints import ComplaintQuerySet
from cases.policies.requests import is_officer


def complaints_for(user: Staff) -> ComplaintQuerySet:
    """What reaches this person's desk. One's own complaint is answered by somebody else."""
    if not user.is_active or user.role not in OVERSIGHT:
        return Complaint.objects.none()
    return Complaint.objects.exclude(reporter=user)


def own_complaints(user: Staff) -> QuerySet[Complaint]:
    return Complaint.objects.filter(reporter=user)


def may_answer(user: Staff, complaint: Complaint) -> bool:
    return user.is_active and user.role in (Role.DPO, Role.AUDITOR) and complaint.reporter_id != user.pk


def waiting_complaints(user: Staff) -> int:
    return complaints_for(user).waiting().count() if is_officer(user) else 0
