"""Every address of a case whose file is sealed, or to whose participant the asker is related: not there (ET-3, I-27).

Walks the table of tests/addresses.py, so that a page that is built later is asked too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from cases import policies, workflow
from cases.enums import ClosureReason
from cases.enums.protection import TieKind
from core.workflow import TransitionError
from tests.addresses import ACTORS, ADDRESSES, pages_of, url_of
from tests.factories import NAME, say_why
from tests.test_urls import PERSONAL
from tests.world import World, make_world

# What stands in an address about the child, for the code about the adult.
OF_THE_CHILD = {"case": "child", "note": "child_note", "draft": "child_draft", "child_draft": "child_draft"}
# An export is its asker's own list; the rows are read anew, as that person, when the file is made.
OF_PEOPLE = PERSONAL - {"export", "ready_export"}
OF_THE_CASE = [name for name, address in ADDRESSES.items() if OF_PEOPLE & set(address.codes)]
OF_A_CHILD = [
    name
    for name, address in ADDRESSES.items()
    if set(address.codes) & set(OF_THE_CHILD) and set(address.codes) <= {*OF_THE_CHILD, "domain"}
]
RELATED = ("worker", "supervisor", "analyst", "admin")
# Of a sealed file: its worker, its unit's supervisor and psychologist, oversight, and one who never saw it.
NEAR = ("other_agency", "other_agency_supervisor", "psychologist", "dpo", "worker")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A world in which five people are related to the participant, and the child's case is closed."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_world()
        for actor in RELATED:
            workflow.declare_tie(made.case, by=getattr(made.cast, actor), kind=TieKind.FAMILY)
        for actor in ("worker", "supervisor"):
            workflow.declare_tie(made.waiting_case, by=getattr(made.cast, actor), kind=TieKind.FRIEND)
        workflow.close(
            made.child, by=made.cast.other_agency_supervisor, reason=ClosureReason.MOVED, note="Pindah bersama bibi."
        )
        yield made
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def clients(world: World) -> dict[str, Client]:
    made = {actor: Client() for actor in ACTORS}
    for actor, client in made.items():
        client.force_login(getattr(world.cast, actor))
    return made


def text_of(page: Any) -> str:
    """Nothing of a file to download: letters and reports are compared with what they may say in their own tests."""
    is_text = page.headers.get("Content-Type", "").startswith("text/") and not page.streaming
    return page.content.decode() if is_text else ""


@pytest.mark.django_db
@pytest.mark.parametrize("name", OF_THE_CASE)
def test_who_is_related_finds_no_address_of_the_case(world: World, clients: dict[str, Client], name: str) -> None:
    address, url = ADDRESSES[name], url_of(name, world.codes)
    for actor in RELATED:
        if not address.posts:
            assert clients[actor].get(url, headers=address.headers).status_code == address.otherwise, actor
        assert clients[actor].post(url, headers=address.headers).status_code in (address.otherwise, 405), actor


@pytest.mark.django_db
@pytest.mark.parametrize("name", OF_A_CHILD)
def test_nobody_finds_an_address_of_a_sealed_file(world: World, clients: dict[str, Client], name: str) -> None:
    address = ADDRESSES[name]
    url = reverse(name, args=[world.codes[OF_THE_CHILD.get(code, code)] for code in address.codes])
    for actor in NEAR:
        if not address.posts:
            assert clients[actor].get(url, headers=address.headers).status_code == address.otherwise, actor
        assert clients[actor].post(url, headers=address.headers).status_code in (address.otherwise, 405), actor


@pytest.mark.django_db
@pytest.mark.parametrize("actor", RELATED)
def test_no_page_names_the_person_to_whom_the_reader_is_related(
    world: World, clients: dict[str, Client], actor: str
) -> None:
    for name in pages_of(actor):
        # What somebody reported before stays theirs to read, with the code that they wrote about.
        if set(ADDRESSES[name].codes) & PERSONAL or name == "cases:complaint-own":
            continue
        text = text_of(clients[actor].get(url_of(name, world.codes)))
        for secret in (NAME, world.case.code, world.case.case_no):
            assert secret not in text, name
    for query in (f"q={NAME.split()[0]}", f"q={world.case.code}", f"q={world.case.case_no}", "view=all"):
        page = clients[actor].get(f"{reverse('cases:case-list')}?{query}")
        assert page.status_code in (200, 404)
        assert NAME not in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("actor", NEAR)
def test_no_page_names_a_child_whose_file_is_sealed(world: World, clients: dict[str, Client], actor: str) -> None:
    child = world.child.participant
    for name in pages_of(actor):
        if set(ADDRESSES[name].codes) & (PERSONAL | {"sealed", "unseal_request", "tie"}):
            continue
        text = text_of(clients[actor].get(url_of(name, world.codes)))
        assert child.full_name not in text, name
        if name not in ("cases:sealed-list", "cases:unseal-inbox", "cases:journal"):
            assert world.child.code not in text, name
    for query in (f"q={child.full_name.split()[0]}", f"q={world.child.code}", f"q={world.child.case_no}", "view=all"):
        page = clients[actor].get(f"{reverse('cases:case-list')}?{query}")
        assert reverse("cases:case-detail", args=[world.child.code]) not in page.content.decode()


@pytest.mark.django_db
def test_the_list_of_sealed_files_shows_code_and_date_alone(world: World, clients: dict[str, Client]) -> None:
    for actor, name in (("other_agency_supervisor", "cases:sealed-list"), ("dpo", "cases:unseal-inbox")):
        text = clients[actor].get(reverse(name)).content.decode()
        assert world.child.code in text
        assert world.sealed.code in text
        for word in (world.child.case_no, *world.child.participant.full_name.split()):
            assert word not in text, word


@pytest.mark.django_db
def test_the_reader_opens_the_pages_for_a_time_and_writes_nothing(world: World, clients: dict[str, Client]) -> None:
    reader, client = world.cast.other_agency_supervisor, clients["other_agency_supervisor"]
    request = workflow.request_unsealing(world.child, by=world.cast.dpo, purpose="Surat sekolah.", hours=1)
    page = client.post(reverse("cases:unseal-request", args=[request.code]), {"act": "approve", "note": ""})
    assert page.status_code == 302
    say_why(client, world.child)
    seen = client.get(reverse("cases:case-detail", args=[world.child.code]))
    assert seen.status_code == 200
    for form in ("cases:case-move-on", "cases:case-assign", "cases:note-new", "cases:task-new", "cases:identity-edit"):
        assert client.get(reverse(form, args=[world.child.code])).status_code in (403, 409), form
    for actor in ("other_agency", "psychologist", "dpo", "supervisor"):
        assert clients[actor].get(reverse("cases:case-detail", args=[world.child.code])).status_code == 404, actor
    client.post(reverse("cases:unseal-request", args=[request.code]), {"act": "end"})
    assert client.get(reverse("cases:case-detail", args=[world.child.code])).status_code == 404
    assert not policies.cases_in_sight(reader).filter(pk=world.child.pk).exists()


@pytest.mark.django_db
def test_one_key_holder_alone_opens_nothing_by_the_page_either(world: World, clients: dict[str, Client]) -> None:
    url = reverse("cases:unseal-request", args=[world.unseal_request.code])
    assert clients["other_agency_supervisor"].post(url, {"act": "approve"}).status_code == 403
    assert clients["dpo"].post(url, {"act": "refuse", "note": ""}).status_code == 409
    with pytest.raises(TransitionError):
        workflow.request_unsealing(world.sealed, by=world.cast.dpo, purpose="Lagi.", hours=1)


@pytest.mark.django_db
def test_a_declaration_by_code_never_tells_whether_the_case_exists(world: World, clients: dict[str, Client]) -> None:
    answers = []
    for code in (world.sealed.code, world.case.code, "ZZZZ-ZZZZ", "bukan kode"):
        page = clients["cso"].post(reverse("cases:tie-new"), {"code": code, "kind": "teman", "note": ""}, follow=True)
        answers.append((page.redirect_chain, [str(message) for message in page.context["messages"]]))
    assert all(answer == answers[0] for answer in answers)
    assert world.cast.cso.conflicts.count() == 2
