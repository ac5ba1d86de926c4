"""Whose releases are ahead: own ones, the unit's, and for coordination those of adults (D §3.5)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Case, F, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from accounts.enums import AgencyKind, Role
from accounts.models import Staff
from cases.enums import OPEN
from cases.models import CaseFile, LegalStatus
from cases.policies import caseload_of, cases_for
from cases.policies.protection import within_reach

# A release, or the end of supervision, is prepared from this many days before.
AHEAD = dt.timedelta(days=180)


def _cases(user: Staff) -> QuerySet[CaseFile] | None:
    """None for those who have no such list."""
    match user.role:
        case Role.SYSTEM:
            return CaseFile.objects.all()
        case Role.CASEWORKER:
            return caseload_of(user)
        case Role.SUPERVISOR:
            return CaseFile.objects.filter(within_reach(user), lead_unit=user.unit_id)
        case Role.ANALYST if user.unit.agency.kind == AgencyKind.BNPT:
            return cases_for(user)
    return None


def releases_for(user: Staff, today: dt.date, **only: Any) -> QuerySet[LegalStatus]:
    """Statuses in force of open cases with a release or an end of supervision ahead, the nearest first.

    ``leaves_on`` is that day. A release that has passed is no longer ahead: then the end of supervision counts.
    """
    cases = _cases(user) if user.is_active else None
    if cases is None:
        raise PermissionDenied(_("Daftar ini untuk petugas kasus, pengawas, dan koordinasi."))
    last = today + AHEAD
    ahead = Q(release_date__range=(today, last)) | (
        (Q(release_date=None) | Q(release_date__lt=today)) & Q(supervision_end__range=(today, last))
    )
    found = LegalStatus.objects.in_force_on(today).filter(ahead, case__in=cases, case__status__in=OPEN, **only)
    return leaving(found, today).order_by("leaves_on", "pk")


def leaving(statuses: QuerySet[LegalStatus], today: dt.date) -> QuerySet[LegalStatus]:
    """With ``leaves_on``: the release while it is ahead, else the end of supervision."""
    return statuses.annotate(
        leaves_on=Case(When(release_date__gte=today, then=F("release_date")), default=F("supervision_end"))
    )
