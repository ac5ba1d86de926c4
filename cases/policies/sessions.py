"""Whose list a planned session stands in."""

from __future__ import annotations

from django.db.models import Q

from accounts.models import Staff
from cases.models import PlannedSession
from cases.models.sessions import PlannedSessionQuerySet
from cases.policies import caseload_of


def sessions_for(user: Staff) -> PlannedSessionQuerySet:
    """Agreed sessions of the caseload that wait for this person: the own ones, and all of cases that one leads."""
    mine = Q(planned_by=user) | Q(case__lead_worker=user)
    return PlannedSession.objects.filter(mine, case__in=caseload_of(user))
