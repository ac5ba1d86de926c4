"""What the tests of sharing share, and what they look at."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Staff
from cases import policies, workflow
from cases.enums import (
    ConsentCapacity,
    ConsentPurpose,
    LegalBasis,
    Section,
)
from cases.models import CaseFile, Consent
from tests.cast import Cast

DAY = dt.timedelta(days=1)


NOTES = [Section.SUMMARY, Section.NOTES]


def share(case: CaseFile, cast: Cast, **fields: Any) -> Any:
    defaults: dict[str, Any] = {
        "by": cast.supervisor,
        "to": cast.other_agency,
        "sections": NOTES,
        "basis": LegalBasis.PUBLIC_DUTY,
        "purpose": "Pendampingan keluarga",
        "until": timezone.now() + 10 * DAY,
    }
    return workflow.share(case, **(defaults | fields))


def consent_of(case: CaseFile, cast: Cast, **fields: Any) -> Consent:
    defaults: dict[str, Any] = {
        "by": cast.worker,
        "purpose": ConsentPurpose.SHARING,
        "scope": [Section.SUMMARY, Section.NOTES],
        "given_by": "Imam Saputra",
        "capacity": ConsentCapacity.SELF,
        "recipient": cast.other_agency.unit.name,
    }
    return workflow.give_consent(case, **(defaults | fields))


def sees(person: Staff, case: CaseFile) -> set[Section]:
    return set(policies.sections_seen(person, case))


def routes(person: Staff, case: CaseFile) -> dict[str, bool]:
    """Whether each way to a case lets this person in: permission, list, search, page, section, panel, timeline."""
    client = Client()
    client.force_login(Staff.objects.get(pk=person.pk))
    listed = client.get(reverse("cases:case-list"), {"view": "all"}).content.decode()
    searched = client.get(reverse("cases:case-list"), {"q": case.code, "view": "all"}).content.decode()
    today = client.get("/").content.decode() if person.role == "caseworker" else case.code
    return {
        "has_perm": person.has_perm("cases.view_casefile", case),
        "rights": policies.rights(person, case) != {},
        "list": case.code in listed,
        "search": reverse("cases:case-detail", args=[case.code]) in searched,
        "page": client.get(reverse("cases:case-detail", args=[case.code])).status_code == 200,
        "section": client.get(reverse("cases:note-list", args=[case.code])).status_code == 200,
        "timeline": client.get(reverse("cases:timeline", args=[case.code])).status_code == 200,
        "home": case.code in today,
        "notes": policies.notes_for(person).filter(case=case).exists(),
    }
