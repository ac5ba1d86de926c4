"""The second factor: asked of everybody, sealed, used once, and gone only by proof."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts.middleware import SETTING_UP
from accounts.models import JournalEntry
from config import env
from core.encryption import decrypt_text
from tests.accounts.factors import Phone, give_phone, stopped_codes  # noqa: F401 -- a fixture of every test here
from tests.addresses import ADDRESSES, url_of
from tests.factories import PASSWORD

ANY_CODE = defaultdict(lambda: "K7M4-29QX", month=1, document_number=1, serial="TITIAN-2026-1")


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


def sign_in(client, staff, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": staff.username, "password": password})


def say(client, code):
    return client.post(reverse("mfa_authenticate"), {"code": code})


def is_in(client):
    return "_auth_user_id" in client.session


def lines(*actions):
    found = JournalEntry.objects.filter(action__in=actions).order_by("pk")
    return list(found.values_list("action", "actor__username", "detail"))


def test_a_person_without_a_factor_reaches_no_page_but_those_that_set_one_up(client, cast, required):
    client.force_login(cast.worker)
    elsewhere = {}
    for name, address in ADDRESSES.items():
        ask = client.post if address.posts else client.get
        answer = ask(url_of(name, ANY_CODE), headers=address.headers)
        place = answer.headers.get("location") or answer.headers.get("hx-redirect") or ""
        if name not in SETTING_UP and place != reverse("mfa_index"):
            elsewhere[name] = (answer.status_code, place)
        if name == "account_logout":
            client.force_login(cast.worker)
    assert elsewhere == {}


@pytest.mark.parametrize(
    "actor", ["worker", "supervisor", "admin", "analyst", "cso", "auditor", "dpo", "psychologist", "head_office"]
)
def test_every_role_needs_a_factor(client, cast, required, actor):
    client.force_login(getattr(cast, actor))
    assert client.get("/help/").headers["location"] == reverse("mfa_index")


def test_recovery_codes_alone_are_no_second_factor(client, cast, required):
    Authenticator.objects.create(user=cast.worker, type=Authenticator.Type.RECOVERY_CODES, data={})
    client.force_login(cast.worker)
    assert client.get("/help/").status_code == 302


def test_the_demo_which_is_excused_is_refused_in_production():
    with pytest.raises(env.ImproperlyConfigured, match="TITIAN_DEMO"):
        env.Env.read({"TITIAN_ENV": "production", "TITIAN_DEMO": "1"})


def test_after_the_password_a_person_sets_up_the_phone_and_sees_the_codes_once(
    client, cast, required, django_capture_on_commit_callbacks
):
    sign_in(client, cast.worker)
    assert client.get("/", follow=True).redirect_chain[-1][0] == reverse("mfa_index")
    page = client.get(reverse("mfa_activate_totp"))  # without the password a second time: it was just written
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    assert "data:image/svg+xml" in page.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("mfa_activate_totp"), {"code": Phone(secret).code()}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("mfa_view_recovery_codes")
    codes = answer.context["unused_codes"]
    assert len(codes) == 10
    assert all(code in answer.content.decode() for code in codes)
    again = client.get(reverse("mfa_view_recovery_codes"), follow=True).content.decode()
    assert not any(code in again for code in codes)
    assert client.get(reverse("mfa_download_recovery_codes")).status_code in (302, 403)
    assert client.get("/help/").status_code == 200
    assert sorted(lines("second_factor_added", "codes_viewed")) == [
        ("codes_viewed", cast.worker.username, ""),
        ("second_factor_added", cast.worker.username, "recovery_codes"),
        ("second_factor_added", cast.worker.username, "totp"),
    ]


def test_secrets_are_sealed_in_the_database(cast, required):
    phone = give_phone(cast.worker)
    stored = Authenticator.objects.get(user=cast.worker).data["secret"]
    assert phone.secret not in stored
    assert decrypt_text(stored, "mfa.authenticator") == phone.secret


def test_a_key_that_is_rotated_still_opens_the_factor(client, cast, settings):
    phone = give_phone(cast.worker)
    settings.FIELD_KEYS = {2: b"n" * 32} | settings.FIELD_KEYS
    sign_in(client, cast.worker)
    say(client, phone.code())
    assert is_in(client)


def test_password_and_code_open_a_new_session(client, cast):
    phone = give_phone(cast.worker)
    client.get(reverse("account_login"))
    client.session.save()
    answer = sign_in(client, cast.worker)
    assert answer.headers["location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    before = client.session.session_key
    assert say(client, phone.code()).status_code == 302
    assert is_in(client)
    assert client.session.session_key != before  # fixation: what was planted before is worth nothing
    assert lines("sign_in") == [("sign_in", cast.worker.username, "password+totp")]


def test_a_wrong_code_is_kept_with_whose_it_was_and_without_what_was_typed(client, cast):
    give_phone(cast.worker)
    sign_in(client, cast.worker)
    answer = say(client, "000000")
    assert answer.status_code == 200
    assert not is_in(client)
    assert lines("sign_in_failed") == [("sign_in_failed", cast.worker.username, "code")]


def test_a_code_opens_once(client, cast):
    phone = give_phone(cast.worker)
    code = phone.code()
    sign_in(client, cast.worker)
    say(client, code)
    other = Client()
    sign_in(other, cast.worker)
    say(other, code)
    assert is_in(client)
    assert not is_in(other)


def test_a_recovery_code_opens_once(client, cast):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    give_phone(cast.worker)
    code = RecoveryCodes.activate(cast.worker).get_unused_codes()[0]
    for browser, opened in ((client, True), (Client(), False)):
        sign_in(browser, cast.worker)
        say(browser, code)
        assert is_in(browser) is opened


def test_the_code_page_is_nobodys_before_the_password(client, cast):
    give_phone(cast.worker)
    assert client.get(reverse("mfa_authenticate")).headers["location"].startswith(reverse("account_login"))
    assert say(client, "123456").status_code == 302
    assert not is_in(client)


@pytest.mark.parametrize(
    "credential", ["", "x", "[]", "1", "null", "{}", '{"id": 1}', '{"id": "a", "rawId": "a", "response": {}}']
)
@pytest.mark.parametrize("signed_in", [False, True])
def test_whatever_is_sent_as_a_passkey_opens_nothing(client, cast, credential, signed_in):
    give_phone(cast.worker)
    if signed_in:
        sign_in(client, cast.worker)
    for name in ("mfa_login_webauthn", "mfa_authenticate"):
        assert client.post(reverse(name), {"credential": credential}).status_code in (200, 302)
    assert not is_in(client)


def test_a_factor_is_removed_by_proof_of_a_factor_and_not_by_the_password(client, cast):
    phone = give_phone(cast.worker)
    sign_in(client, cast.worker)
    say(client, phone.code(-1))
    asked = client.post(reverse("mfa_deactivate_totp"))
    assert "reauthenticate" in asked.headers["location"]
    by_password = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert reverse("mfa_reauthenticate") in by_password.headers["location"]
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=cast.worker, type="totp").exists()
    client.post(reverse("mfa_reauthenticate"), {"code": phone.code()})
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=cast.worker).exists()
    assert ("second_factor_removed", cast.worker.username, "totp") in lines("second_factor_removed")


def test_the_person_is_told_of_a_changed_factor(client, cast, mailoutbox, django_capture_on_commit_callbacks):
    sign_in(client, cast.worker)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": Phone(secret).code()})
    assert {mail.to[0] for mail in mailoutbox} == {cast.worker.email}
    assert not re.search(re.escape(cast.worker.full_name), mailoutbox[0].body)
