"""The code of conduct stands before every page, once for each version."""

from __future__ import annotations

import dataclasses

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts import conduct, policies, workflow
from accounts.conduct import CURRENT
from accounts.models import ConductAcceptance, JournalEntry
from core.workflow import TransitionError

PAGE = reverse("accounts:conduct")


@pytest.fixture
def newcomer(client, cast):
    cast.worker.conduct_version = ""
    cast.worker.save()
    client.force_login(cast.worker)
    return cast.worker


@pytest.mark.parametrize("path", ["/", "/help/", "/cases/", "/accounts/profile/", "/cases/K7M4-29QX/"])
def test_it_stands_before_every_page(client, newcomer, path):
    assert client.get(path).headers["location"].startswith(f"{PAGE}?next=")


def test_it_does_not_stand_before_leaving(client, newcomer):
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def test_accepting_it_is_recorded_and_leads_back(client, newcomer):
    answer = client.post(PAGE, {"version": CURRENT.number, "accept": "yes", "next": "/help/"})
    assert answer.headers["location"] == "/help/"
    assert client.get("/help/").status_code == 200
    row = ConductAcceptance.objects.get(staff=newcomer)
    assert (row.version, row.language) == (CURRENT.number, "id")
    assert JournalEntry.objects.filter(action="conduct_accepted", actor=newcomer, detail=CURRENT.number).count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        ConductAcceptance.objects.filter(pk=row.pk).update(version="x")


def test_without_the_tick_nothing_is_accepted(client, newcomer):
    answer = client.post(PAGE, {"version": CURRENT.number, "next": "/help/"})
    assert answer.status_code == 422
    assert "Centang dahulu" in answer.content.decode()
    assert not ConductAcceptance.objects.exists()


def test_a_version_that_is_not_the_one_that_stands_is_refused(newcomer):
    with pytest.raises(TransitionError):
        workflow.accept_conduct(newcomer, version="2020-1", language="id")


def test_it_leads_nowhere_else(client, newcomer):
    answer = client.post(PAGE, {"version": CURRENT.number, "accept": "yes", "next": "https://evil.test/"})
    assert answer.headers["location"] == "/"


def test_a_new_version_asks_again(client, cast, monkeypatch):
    client.force_login(cast.worker)
    assert client.get("/help/").status_code == 200
    newer = dataclasses.replace(CURRENT, number="2027-1")
    monkeypatch.setattr(policies, "CURRENT", newer)
    assert client.get("/help/").status_code == 302


def test_both_languages_say_the_same_number_of_things():
    for version in conduct.VERSIONS:
        assert len(version.read_in("id")) == len(version.read_in("en")) > 4
    assert len({version.number for version in conduct.VERSIONS}) == len(conduct.VERSIONS)
