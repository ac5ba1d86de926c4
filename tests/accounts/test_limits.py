"""Guessing is slow, nobody can shut out anybody else, and nothing tells whether an account exists."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse

from tests.accounts.factors import give_phone, stopped_codes  # noqa: F401 -- a fixture of every test here
from tests.accounts.test_second_factor import is_in, say, sign_in
from tests.config.test_env import PRODUCTION

OFFICE, ELSEWHERE = "10.20.0.14", "10.99.0.1"
WRONG = "salah-sekali-123"


def browser(address):
    return Client(REMOTE_ADDR=address)


def wrong(client, staff, times):
    for _time in range(times):
        sign_in(client, staff, WRONG)


def test_guessing_one_account_from_one_address_ends_soon(cast):
    guesser = browser(ELSEWHERE)
    wrong(guesser, cast.worker, 5)
    answer = sign_in(guesser, cast.worker)
    assert "Terlalu banyak percobaan" in answer.content.decode()
    assert not is_in(guesser)


def test_somebody_elses_guesses_do_not_shut_the_owner_out(cast):
    wrong(browser(ELSEWHERE), cast.worker, 20)
    owner = browser(OFFICE)
    sign_in(owner, cast.worker)
    assert is_in(owner)


def test_a_guesser_in_the_office_does_not_shut_out_those_who_work_there(cast, settings):
    settings.SIGN_IN_LIMITS = settings.SIGN_IN_LIMITS | {"unknown": "6/5m/ip,5/5m/key"}
    colleague = browser(OFFICE)
    sign_in(colleague, cast.neighbour)
    colleague.post(reverse("account_logout"))
    guesser = browser(OFFICE)
    for name in "abcdefgh":
        guesser.post(reverse("account_login"), {"login": name, "password": WRONG})
    newcomer = browser(OFFICE)
    sign_in(newcomer, cast.supervisor)
    assert not is_in(newcomer)  # the address has used up its tries …
    sign_in(colleague, cast.neighbour)
    assert is_in(colleague)  # … but this browser was here before


def test_a_known_browser_has_no_endless_tries_either(cast):
    owner = browser(OFFICE)
    sign_in(owner, cast.worker)
    owner.post(reverse("account_logout"))
    wrong(owner, cast.worker, 10)
    sign_in(owner, cast.worker)
    assert not is_in(owner)


def test_a_forged_device_cookie_is_no_known_browser(cast):
    guesser = browser(ELSEWHERE)
    guesser.cookies["titian_device"] = "abc:1uABCD:forged"
    wrong(guesser, cast.worker, 5)
    sign_in(guesser, cast.worker)
    assert not is_in(guesser)


def test_a_right_password_gives_the_try_back(cast):
    owner = browser(OFFICE)
    for _day in range(8):
        sign_in(owner, cast.worker)
        assert is_in(owner)
        owner.post(reverse("account_logout"))


def test_guessed_codes_end_soon_and_only_where_they_are_guessed(cast):
    phone = give_phone(cast.worker)
    guesser, owner = browser(ELSEWHERE), browser(OFFICE)
    sign_in(guesser, cast.worker)
    for number in range(5):
        say(guesser, f"00000{number}")
    say(guesser, phone.code())
    assert not is_in(guesser)
    sign_in(owner, cast.worker)
    say(owner, phone.code(1))
    assert is_in(owner)


@pytest.mark.parametrize("name", ["worker", "nobody", "ended"])
def test_a_wrong_password_costs_the_same_work_and_gets_the_same_answer(cast, monkeypatch, name):
    cast.neighbour.is_active = False
    cast.neighbour.save()
    logins = {"worker": cast.worker.username, "nobody": "tidak.ada", "ended": cast.neighbour.username}
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda *args, **kwargs: hashed.append(1) or encode(*args, **kwargs)
    )
    answer = browser(OFFICE).post(reverse("account_login"), {"login": logins[name], "password": WRONG})
    assert answer.status_code == 200
    assert [str(error) for error in answer.context["form"].non_field_errors()] == [
        "Nama pengguna dan/atau kata sandi yang anda masukkan tidak benar."
    ]
    assert len(hashed) == 1


def test_the_reset_page_says_the_same_whether_the_address_is_known(cast, mailoutbox):
    pages = []
    for address in (cast.worker.email, "tidak.ada@contoh.test"):
        answer = browser(OFFICE).post(reverse("account_reset_password"), {"email": address}, follow=True)
        pages.append((answer.redirect_chain, answer.status_code, len(mailoutbox)))
    assert pages[0][:2] == pages[1][:2]
    assert [page[2] for page in pages] == [1, 2]  # a letter each, so the work is the same too


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test/", "javascript:alert(1)", "/\\evil.test"])
@pytest.mark.parametrize("way", ["login", "code"])
def test_signing_in_leads_nowhere_else(client, cast, target, way):
    phone = give_phone(cast.worker) if way == "code" else None
    answer = client.post(
        f"{reverse('account_login')}?next={target}",
        {"login": cast.worker.username, "password": "titian-uji-coba", "next": target},
    )
    if phone:
        answer = say(client, phone.code())
    assert is_in(client)
    assert answer.headers["location"] == "/"


def test_passwords_are_kept_with_argon2_outside_of_tests():
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    code = "from django.conf import settings as s; print(s.PASSWORD_HASHERS[0], s.SECOND_FACTOR_REQUIRED)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=django_settings.BASE_DIR,
        env=clean | PRODUCTION | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["django.contrib.auth.hashers.Argon2PasswordHasher", "True"]
