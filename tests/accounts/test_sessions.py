"""How long a session lives, where it is listed, and how it ends from afar."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import workflow
from accounts.models import JournalEntry, KnownDevice
from tests.accounts.test_second_factor import is_in, sign_in
from tests.factories import PASSWORD

MINUTE = 60
BROWSER = {"user-agent": "Peramban kantor"}


def wait(client, minutes, *names):
    """The time that has passed, told to the session."""
    session = client.session
    for name in names or ("seen_at",):
        session[name] -= minutes * MINUTE
    session.save()


def open_page(client):
    return client.get(reverse("accounts:help"))


@pytest.fixture
def shared(client, cast):
    """A shared computer, where the box was left as it stands."""
    client.post(
        reverse("account_login"),
        {"login": cast.worker.username, "password": PASSWORD, "asked": "True", "shared": "on"},
    )
    return client


@pytest.fixture
def own(client, cast):
    client.post(reverse("account_login"), {"login": cast.worker.username, "password": PASSWORD, "asked": "True"})
    return client


def test_a_shared_computer_is_what_the_page_assumes(client, cast):
    page = client.get(reverse("account_login")).content.decode()
    assert 'name="shared" id="id_shared" checked' in page.replace('class="form-check-input" ', "")


def test_fifteen_minutes_without_a_sign_end_a_shared_session(shared, cast):
    wait(shared, 14)
    assert open_page(shared).status_code == 200
    wait(shared, 16)
    answer = open_page(shared)
    assert answer.headers["location"] == f"{reverse('account_login')}?next={reverse('accounts:help')}"
    assert not is_in(shared)
    entry = JournalEntry.objects.get(action="session_expired")
    assert (entry.actor, entry.detail) == (cast.worker, "idle")


def test_a_request_is_a_sign(shared):
    for _time in range(4):
        wait(shared, 10)
        assert open_page(shared).status_code == 200


@pytest.mark.parametrize(
    ("headers", "keeps"),
    [
        ({"hx-request": "true"}, False),
        ({"x-by-itself": "1"}, False),
        ({"hx-request": "true", "x-by-hand": "1"}, True),
        ({}, True),
    ],
)
def test_what_a_page_asks_by_itself_keeps_no_session_alive(shared, headers, keeps):
    wait(shared, 10)
    shared.get(reverse("accounts:help"), headers=headers)
    wait(shared, 10)
    assert (open_page(shared).status_code == 200) is keeps


def test_asking_how_long_it_lasts_does_not_prolong_it_and_saying_so_does(shared):
    wait(shared, 10)
    left = shared.get(reverse("accounts:session"), headers={"x-by-itself": "1"}).json()["left"]
    assert 4 * MINUTE < left <= 5 * MINUTE
    assert 14 * MINUTE < shared.post(reverse("accounts:session")).json()["left"] <= 15 * MINUTE


def test_an_ended_session_says_so(shared):
    wait(shared, 20)
    assert shared.get(reverse("accounts:session"), headers={"x-by-itself": "1"}).json() == {"left": 0}


def test_ones_own_device_may_rest_longer(own, settings):
    wait(own, 50)
    assert open_page(own).status_code == 200
    wait(own, settings.SESSION_IDLE_OWN.total_seconds() / MINUTE + 1)
    assert open_page(own).status_code == 302


def test_who_was_not_asked_sits_at_a_shared_computer(client, cast):
    sign_in(client, cast.worker)
    wait(client, 16)
    assert open_page(client).status_code == 302


def test_no_session_outlives_a_working_day(own):
    wait(own, 9 * 60, "started_at")
    assert open_page(own).status_code == 200
    wait(own, 61, "started_at")
    assert open_page(own).status_code == 302
    assert JournalEntry.objects.get(action="session_expired").detail == "age"


def test_a_session_ended_from_afar_is_gone_on_its_next_request(client, cast):
    elsewhere = Client(headers=BROWSER)
    sign_in(elsewhere, cast.worker)
    sign_in(client, cast.worker)
    row = UserSession.objects.get(session_key=elsewhere.session.session_key)
    page = client.get(reverse("accounts:sessions")).content.decode()
    assert "Peramban kantor" in page
    client.post(reverse("accounts:sessions-end"), {"session": row.pk})
    assert open_page(elsewhere).status_code == 302
    assert open_page(client).status_code == 200
    assert not Session.objects.filter(session_key=row.session_key).exists()
    assert JournalEntry.objects.filter(action="session_ended", actor=cast.worker).count() == 1


def test_nobody_ends_somebody_elses_session(client, cast):
    theirs = Client()
    sign_in(theirs, cast.neighbour)
    sign_in(client, cast.worker)
    row = UserSession.objects.get(session_key=theirs.session.session_key)
    assert client.post(reverse("accounts:sessions-end"), {"session": row.pk}).status_code == 404
    client.post(reverse("accounts:sessions-end"), {"session": "others"})
    assert open_page(theirs).status_code == 200


@pytest.mark.parametrize("chosen", ["", "x", "-1", "²", "9" * 40])
def test_a_strange_session_is_not_found(client, cast, chosen):
    client.force_login(cast.worker)
    assert client.post(reverse("accounts:sessions-end"), {"session": chosen}).status_code == 404


def test_a_new_password_ends_all_other_sessions(client, cast):
    other = Client()
    sign_in(other, cast.worker)
    sign_in(client, cast.worker)
    new = "jembatan-kayu-panjang-77"
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert open_page(other).status_code == 302
    assert open_page(client).status_code == 200


def test_sessions_that_no_list_knows_of_end_too(client, cast, django_capture_on_commit_callbacks):
    client.force_login(cast.worker)
    open_page(client)
    assert not UserSession.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        workflow.end_sessions(cast.worker)
    assert open_page(client).status_code == 302


def test_sessions_are_gone_from_the_database_and_from_the_cache(client, cast, django_capture_on_commit_callbacks):
    sign_in(client, cast.worker)
    key = client.session.session_key
    copy = f"django.contrib.sessions.cached_db{key}"
    assert cache.get(copy)
    with django_capture_on_commit_callbacks(execute=True):
        workflow.end_sessions(cast.worker)
    assert not cache.get(copy)
    assert not Session.objects.filter(session_key=key).exists()
    assert not KnownDevice.objects.filter(staff=cast.worker).exists()


def test_a_new_device_is_journalled_and_told_by_a_letter_without_content(
    client, cast, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(client, cast.worker)
    assert mailoutbox == []  # the first of all is no news
    thief = Client(headers={"user-agent": "Peramban lain"})
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(thief, cast.worker)
    assert [mail.to for mail in mailoutbox] == [[cast.worker.email]]
    letter = mailoutbox[0].subject + mailoutbox[0].body
    assert cast.worker.full_name not in letter
    assert "127.0.0.1" not in letter
    assert JournalEntry.objects.get(action="new_device").actor == cast.worker


def test_the_owner_is_told_at_the_next_sign_in_once(client, cast):
    words = "dipakai masuk dari perangkat lain"
    sign_in(client, cast.worker)
    client.post(reverse("account_logout"))
    sign_in(Client(headers={"user-agent": "Peramban lain"}), cast.worker)
    sign_in(client, cast.worker)
    assert words in open_page(client).content.decode()
    client.post(reverse("account_logout"))
    sign_in(client, cast.worker)
    assert words not in open_page(client).content.decode()


def test_the_same_browser_without_its_cookie_is_no_news(client, cast):
    sign_in(Client(headers=BROWSER), cast.worker)
    sign_in(Client(headers=BROWSER), cast.worker)
    assert KnownDevice.objects.filter(staff=cast.worker).count() == 1
    assert not JournalEntry.objects.filter(action="new_device").exists()
