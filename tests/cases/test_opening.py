"""Who opens a sensitive page off the caseload says why; every such read leaves a line, and names nobody."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import JournalAction
from accounts.models import JournalEntry
from cases.enums import GrantSource, Section
from cases.models import CaseGroupGrant
from cases.policies import view_permission
from tests.addresses import ADDRESSES, url_of
from tests.factories import NAME
from tests.world import World, make_world

FOREIGN = {"case": "child", "note": "child_note", "draft": "child_draft", "child_draft": "child_draft"}


pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One world for the whole module; each test's own writes are undone around it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture
def sign_in(client):
    def signed_in(user):
        client.force_login(user)
        return client

    return signed_in


def lines(action=JournalAction.SECTION_READ):
    fields = ("actor__username", "object_code", "section", "relation", "reason")
    return list(JournalEntry.objects.filter(action=action).order_by("pk").values_list(*fields))


def give(client, case, target="", **fields):
    data = {"why": "supervision", "text": "", "next": target} | fields
    return client.post(reverse("cases:reason", args=[case.code]), data)


def test_the_supervisor_says_why_before_an_assessment_opens(world, sign_in):
    client = sign_in(world.cast.supervisor)
    page = reverse("assessments:panel", args=[world.case.code])
    asked = client.get(page)
    ask = reverse("cases:reason", args=[world.case.code])
    assert asked.headers["location"] == f"{ask}?next={page.replace('/', '%2F')}"
    form = client.get(asked.headers["location"]).content.decode()
    assert NAME not in form
    assert f'value="{page}"' in form
    assert lines() == []

    assert give(client, world.case, page).headers["location"] == page
    assert client.get(page).status_code == 200
    user, code, why = world.cast.supervisor.username, world.case.code, "Memeriksa mutu kerja"
    assert lines(JournalAction.REASON_GIVEN) == [(user, code, "", "unit_supervisor", why)]
    assert lines() == [(user, code, "assessment", "unit_supervisor", why)]


def test_one_reason_holds_for_one_case_and_thirty_minutes(world, sign_in):
    client = sign_in(world.cast.supervisor)
    page = reverse("assessments:panel", args=[world.case.code])
    other = reverse("assessments:panel", args=[world.waiting_case.code])
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        give(client, world.case, page)
        assert client.get(page).status_code == 200
        assert client.get(other).status_code == 302
        for minutes in (10, 20, 30):  # a session without a sign ends by itself much earlier
            clock.move_to(now + dt.timedelta(minutes=minutes))
            assert client.get(page).status_code == 200
        clock.move_to(now + dt.timedelta(minutes=30, seconds=1))
        assert client.get(page).status_code == 302


def test_a_reason_ends_with_the_session(world, sign_in):
    client = sign_in(world.cast.supervisor)
    page = reverse("assessments:panel", args=[world.case.code])
    give(client, world.case, page)
    client.logout()
    assert sign_in(world.cast.supervisor).get(page).status_code == 302


def test_on_the_caseload_nothing_is_asked_and_the_read_is_written(world, sign_in):
    client = sign_in(world.cast.worker)
    assert client.get(reverse("assessments:result", args=[world.final.code])).status_code == 200
    assert client.get(reverse("cases:identity", args=[world.case.code])).status_code == 200
    user, code = world.cast.worker.username, world.case.code
    assert lines() == [(user, code, "assessment", "caseload", ""), (user, code, "identity", "caseload", "")]


def test_a_co_worker_is_on_the_caseload(world, sign_in):
    from cases.policies import share_with_worker

    share_with_worker(world.case, world.cast.neighbour, by=world.cast.supervisor, reason="caseload")
    client = sign_in(world.cast.neighbour)
    assert client.get(reverse("assessments:panel", args=[world.case.code])).status_code == 200
    assert lines() == [(world.cast.neighbour.username, world.case.code, "assessment", "caseload", "")]


def test_an_item_of_the_own_queue_is_the_reason_itself(world, sign_in):
    client = sign_in(world.cast.supervisor)
    for name in ("assessments:review", "assessments:finalise"):
        assert client.get(reverse(name, args=[world.submitted.code])).status_code == 200
    assert {line[3:] for line in lines()} == {("unit_supervisor", "Dari antrean keputusan sendiri")}
    # It opens that page alone.
    assert client.get(reverse("assessments:panel", args=[world.waiting_case.code])).status_code == 302


def test_a_panel_answers_with_a_link_in_place_of_content(world, sign_in):
    client = sign_in(world.cast.supervisor)
    panel = reverse("assessments:summary-panel", args=[world.case.code])
    answer = client.get(panel, headers={"hx-request": "true", "hx-target": "assessments-summary-panel"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="assessments-summary-panel"' in text
    assert reverse("cases:reason", args=[world.case.code]) in text
    assert "Hijau" not in text
    give(client, world.case)
    assert (
        reverse("cases:reason", args=[world.case.code])
        not in client.get(panel, headers={"hx-request": "true"}).content.decode()
    )


def test_somebody_with_whom_a_case_is_shared_is_asked_too(world, sign_in):
    CaseGroupGrant.all_grants.create(
        group=world.cast.other_unit.unit.group,
        permission=view_permission(),
        content_object=world.case,
        sections=[Section.SUMMARY, Section.ASSESSMENT, Section.NOTES],
        source=GrantSource.SHARING,
        lawful_basis=world.case.legal_basis,
        reason="rencana bersama",
        expires_at=timezone.now() + dt.timedelta(days=30),
        granted_by=world.cast.supervisor,
    )
    client = sign_in(world.cast.other_unit)
    page = reverse("assessments:panel", args=[world.case.code])
    assert client.get(page).status_code == 302
    give(client, world.case, page, why="other", text="Menyusun rencana bersama")
    assert client.get(page).status_code == 200
    assert lines()[-1][2:] == ("assessment", "sharing", "Alasan lain: Menyusun rencana bersama")
    # Notes of an adult open without a reason, and the read is written.
    assert client.get(reverse("cases:note-list", args=[world.case.code])).status_code == 200
    assert lines()[-1][2:4] == ("notes", "sharing")


@pytest.mark.parametrize(
    "fields",
    [{"why": ""}, {"why": "apa"}, {"why": "other"}, {"why": "other", "text": "pendek"}, {"text": "123456789"}],
    ids=str,
)
def test_an_empty_reason_is_none(world, sign_in, fields):
    client = sign_in(world.cast.supervisor)
    answer = give(client, world.case, **fields)
    assert answer.status_code == 422
    assert fields.get("text", "") in answer.content.decode()
    assert lines(JournalAction.REASON_GIVEN) == []
    assert client.get(reverse("assessments:panel", args=[world.case.code])).status_code == 302


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test/", "javascript:alert(1)", "", "evil"])
def test_the_way_back_leads_nowhere_else(world, sign_in, target):
    answer = give(sign_in(world.cast.supervisor), world.case, target)
    assert answer.headers["location"] == reverse("cases:case-detail", args=[world.case.code])


def test_whoever_does_not_see_the_case_gives_no_reason(world, sign_in):
    for actor in ("neighbour", "other_agency", "cso", "auditor", "dpo"):
        assert give(sign_in(getattr(world.cast, actor)), world.case).status_code == 404


def child_pages():
    return sorted(name for name, address in ADDRESSES.items() if set(address.codes) & set(FOREIGN))


@pytest.mark.parametrize("name", child_pages())
def test_every_page_of_a_child_asks_whoever_is_off_the_caseload(world, sign_in, name):
    """The child's own supervisor meets the question, or a refusal, on every address that leads to the child."""
    address = ADDRESSES[name]
    codes = world.codes | {own: world.codes[child] for own, child in FOREIGN.items()}
    url, client = url_of(name, codes), sign_in(world.cast.other_agency_supervisor)
    answer = client.post(url) if address.posts else client.get(url, headers=address.headers)
    ask = reverse("cases:reason", args=[world.child.code])
    name_of_child = world.child.participant.full_name
    # The page that asks; and a report of harm, which shows nothing of the file and must meet no hurdle.
    if name in ("cases:reason", "cases:case-complaint-new"):
        assert answer.status_code == 200
    elif address.fragment:
        assert ask in answer.content.decode()
    elif answer.status_code == 302:
        leads_to = re.sub(r"\?.*", "", answer.headers["location"])
        assert leads_to == ask or address.status == 302
    else:
        assert answer.status_code in (403, 404, 409)
    assert name_of_child not in answer.content.decode()


def test_a_form_that_was_typed_longer_than_a_sitting_is_not_lost(world, sign_in):
    client = sign_in(world.cast.other_agency_supervisor)
    page = reverse("cases:case-assign", args=[world.child.code])
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        assert client.post(page, {}).status_code == 302
        give(client, world.child, page)
        for minutes in range(10, 130, 10):  # at work elsewhere meanwhile
            clock.move_to(now + dt.timedelta(minutes=minutes))
            assert client.get(reverse("accounts:help")).status_code == 200
        assert client.get(page).status_code == 302
        assert client.post(page, {}).status_code == 422


def test_no_line_names_a_participant(world, sign_in):
    client = sign_in(world.cast.worker)
    for name in ("assessments:panel", "cases:identity", "cases:case-detail"):
        client.get(reverse(name, args=[world.case.code]))
    for entry in JournalEntry.objects.values():
        assert NAME.split()[0] not in str(entry)
