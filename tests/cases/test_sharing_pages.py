"""The pages on which a case is shared, and what the receiver reads of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Staff
from cases import workflow
from cases.enums import (
    LegalBasis,
    Section,
)
from cases.models import CaseFile, CaseGroupGrant, CaseUserGrant, Consent
from tests.cases.sharing import DAY, routes, sees, share
from tests.cast import Cast
from tests.factories import make_case, make_child_case, make_note, say_why


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(cast.worker)


def form_of(cast: Cast, **fields: Any) -> dict[str, Any]:
    return {
        "unit": cast.other_agency.unit_id,
        "person": cast.other_agency.pk,
        "sections": ["notes"],
        "purpose": "Pendampingan keluarga",
        "basis": "kewenangan",
        "until": (timezone.localdate() + 10 * DAY).isoformat(),
    } | fields


def signed_in(person: Staff) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_supervisor_shares_on_the_page_and_it_stands_on_the_access_page(cast: Cast, case: CaseFile) -> None:
    client = signed_in(cast.supervisor)
    url = reverse("cases:share-new", args=[case.code])
    shown = client.post(url, form_of(cast, find_people="1", person="", purpose="Untuk keluarga")).content.decode()
    assert cast.other_agency.full_name in shown
    assert "Untuk keluarga" in shown
    assert not CaseUserGrant.objects.filter(source="sharing").exists()
    answer = client.post(url, form_of(cast))
    assert (answer.status_code, answer.headers["location"]) == (302, reverse("cases:access", args=[case.code]))
    grant = CaseUserGrant.objects.get(source="sharing")
    assert grant.sections == ["summary", "notes"]
    page = client.get(reverse("cases:access", args=[case.code])).content.decode()
    for words in (cast.other_agency.full_name, "Pendampingan keluarga", cast.supervisor.full_name):
        assert words in page
    assert reverse("cases:share-end", args=[case.code, grant.code]) in page
    workflow.end_share(case, grant, by=cast.supervisor, reason="Sudah selesai")
    page = client.get(reverse("cases:access", args=[case.code])).content.decode()
    assert "Sudah selesai" in page
    assert reverse("cases:share-end", args=[case.code, grant.code]) not in page


@pytest.mark.parametrize(
    ("fields", "who"),
    [
        ({"sections": ["notes", "access"]}, "supervisor"),
        ({"sections": ["notes", "clinical"]}, "supervisor"),
        ({"until": "2019-01-01"}, "supervisor"),
        ({"until": "9999-12-31"}, "supervisor"),
        ({"starts_on": "9999-12-31"}, "supervisor"),
        ({"basis": "persetujuan"}, "supervisor"),
        ({"consent": "99999999"}, "supervisor"),
        ({"unit": "x"}, "supervisor"),
        ({"unit": "99999999999999999999"}, "supervisor"),
        ({}, "worker"),  # another agency: not among the units of a worker
    ],
)
def test_a_widened_or_broken_form_opens_nothing(cast: Cast, case: CaseFile, fields: dict[str, Any], who: str) -> None:
    answer = signed_in(getattr(cast, who)).post(reverse("cases:share-new", args=[case.code]), form_of(cast, **fields))
    assert answer.status_code in (409, 422)
    assert not CaseUserGrant.all_grants.filter(source="sharing").exists()


def test_a_grant_of_another_case_is_not_found_under_ones_own(cast: Cast, case: CaseFile) -> None:
    mine, theirs = share(case, cast, to=cast.other_unit), make_case(cast.neighbour)
    other = share(theirs, cast)
    for name in ("share-end", "share-renew"):
        for client in (signed_in(cast.supervisor), signed_in(cast.worker)):
            assert client.post(reverse(f"cases:{name}", args=[case.code, other.code])).status_code == 404
        url = reverse(f"cases:{name}", args=[case.code, mine.code])
        assert signed_in(cast.other_agency).post(url).status_code == 404
        assert signed_in(cast.other_unit).post(url, {"reason": "x"}).status_code == 403
    assert CaseUserGrant.objects.filter(source="sharing").count() == 2


def test_renew_and_end_on_their_pages(cast: Cast, case: CaseFile) -> None:
    grant = share(case, cast)
    client = signed_in(cast.supervisor)
    renew, end = (reverse(f"cases:share-{name}", args=[case.code, grant.code]) for name in ("renew", "end"))
    assert client.post(renew, {"until": "", "reason": ""}).status_code == 422
    until = timezone.localdate() + 30 * DAY
    assert client.post(renew, {"until": until.isoformat(), "reason": "Masih perlu"}).status_code == 302
    grant = CaseUserGrant.objects.get(pk=grant.pk)
    assert timezone.localtime(grant.expires_at, case.lead_unit.zone).date() in (until, until + DAY)
    assert client.post(end, {"reason": " "}).status_code == 422
    assert client.post(end, {"reason": "Selesai"}).status_code == 302
    assert client.post(end, {"reason": "Selesai"}).status_code == 409


def test_consent_is_written_down_and_withdrawn_by_the_worker(cast: Cast, case: CaseFile) -> None:
    client = signed_in(cast.worker)
    form = {
        "recipient": cast.other_agency.unit_id,
        "scope": ["notes"],
        "given_by": "Imam Saputra",
        "capacity": "self",
    }
    assert client.post(reverse("cases:share-consent-new", args=[case.code]), form).status_code == 302
    consent = Consent.objects.get(case=case)
    assert (set(consent.scope), consent.recipient) == ({"summary", "notes"}, cast.other_agency.unit.name)
    grant = share(case, cast, basis=LegalBasis.CONSENT, consent=consent)
    url = reverse("cases:share-consent-withdraw", args=[case.code, consent.code])
    assert signed_in(cast.supervisor).post(url).status_code == 403
    assert client.post(url).status_code == 302
    assert not CaseUserGrant.objects.filter(pk=grant.pk).exists()


def test_a_conference_on_its_page(cast: Cast) -> None:
    child = make_child_case(cast.other_agency)
    client = signed_in(cast.other_agency_supervisor)
    say_why(client, child)
    url = reverse("cases:conference-new", args=[child.code])
    form = {
        "kind": "pembahasan_kasus",
        "title": "Rencana pulang",
        "held_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        "units": [cast.worker.unit_id],
        "sections": ["assessment"],
        "basis": "kewenangan",
        "until": (timezone.localdate() + 10 * DAY).isoformat(),
    }
    assert cast.worker.full_name in client.post(url, form | {"find_people": "1"}).content.decode()
    assert client.post(url, form).status_code == 422  # nobody chosen
    assert client.post(url, form | {"members": [cast.analyst.pk]}).status_code == 422
    assert client.post(url, form | {"members": [cast.worker.pk]}).status_code == 302
    assert sees(cast.worker, child) == {Section.SUMMARY, Section.ASSESSMENT}
    assert client.get(reverse("cases:share-new", args=[child.code])).status_code == 409


def test_the_receiver_reads_by_whom_and_until_when(cast: Cast, case: CaseFile) -> None:
    share(case, cast)
    client = signed_in(cast.other_agency)
    page = client.get(reverse("cases:case-list")).content.decode()
    assert f"Dibagikan oleh {cast.supervisor.full_name}" in page
    assert "Pendampingan keluarga" in client.get("/").content.decode()
    assert client.get(reverse("cases:access", args=[case.code])).status_code == 403
    assert client.get(reverse("cases:identity", args=[case.code])).status_code == 403
    assert client.get(reverse("cases:note-new", args=[case.code])).status_code in (403, 404)


def test_group_grants_end_by_every_route_too(cast: Cast, case: CaseFile) -> None:
    make_note(case)
    grant = share(case, cast, to=cast.other_agency.unit)
    assert all(routes(cast.other_agency, case).values())
    workflow.end_share(case, grant, by=cast.supervisor, reason="Selesai")
    assert not any(routes(cast.other_agency, case).values())
    assert not CaseGroupGrant.objects.filter(pk=grant.pk).exists()
    assert settings.SHARING_DAYS == 180
