"""Requests that another site makes a browser send: none changes anything, none leads away, no session is planted."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.addresses import ADDRESSES, named_patterns, url_of
from tests.factories import PASSWORD
from tests.world import World

pytestmark = pytest.mark.django_db
# Said to be so in core.views: browsers send these by themselves.
EXEMPT = {"csp-report"}
# allauth's forms are Django's FormView, to which a PUT is a POST.
TAKES_PUT_FOR_POST = {name for name in ADDRESSES if name.startswith(("account_", "mfa_"))}
AWAY = [
    "https://evil.test/",
    "//evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "http:evil.test",
    "javascript:alert(1)",
    "data:text/html,x",
    "https:///evil.test",
    "/%0d%0aLocation:%20https://evil.test",
    "\thttps://evil.test",
    "https://testserver@evil.test/",
    "https://testserver.evil.test/",
    "ftp://testserver/",
]


def forging(world: World, actor: str) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(getattr(world.cast, actor))
    return client


def any_url(world: World, name: str) -> str:
    if name in ADDRESSES:
        return url_of(name, world.codes)
    for args in ((), ("abc",), ("abc", "def"), (1,)):
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            continue
    pytest.fail(f"no way to make an address of {name}")


@pytest.mark.parametrize("name", sorted(set(named_patterns()) - EXEMPT))
def test_a_post_without_its_token_is_refused(world: World, name: str) -> None:
    url, row = any_url(world, name), ADDRESSES.get(name)
    actor = row.ok.split()[0] if row else "worker"
    for headers in ({}, {"hx-request": "true"}, {"origin": "https://evil.test"}):
        answer = forging(world, actor).post(url, {"x": "1"}, headers=headers)
        assert answer.status_code == 403, headers
        assert answer.templates == [] or "403_csrf.html" in [t.name for t in answer.templates]


@pytest.mark.parametrize("name", sorted(EXEMPT))
def test_what_needs_no_token_is_few_and_changes_nothing(world: World, name: str) -> None:
    pattern = named_patterns()[name]
    assert getattr(pattern.callback, "csrf_exempt", False)
    exempt = {n for n, found in named_patterns().items() if getattr(found.callback, "csrf_exempt", False)}
    assert exempt == EXEMPT


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_methods_change_nothing(world: World, clients: dict[str, Client], method: str) -> None:
    """Not 2xx to any of them, but for OPTIONS, which says what there is."""
    for name, address in ADDRESSES.items():
        answer = getattr(clients[address.ok.split()[0]], method)(url_of(name, world.codes))
        allowed = {200, 204, 302} if method == "options" else set()
        if name in TAKES_PUT_FOR_POST and method == "put":
            allowed = {200}  # its form again, with what is missing
        assert answer.status_code in {302, 400, 403, 404, 405, 409} | allowed or method in answer.headers.get(
            "Allow", ""
        ), name


# ---- no way leads away ---------------------------------------------------------------------------------------------


def leads_away(location: str) -> bool:
    bare = location.strip().replace("\\", "/")
    return not (bare.startswith("/") and not bare.startswith("//")) and not bare.startswith(
        ("http://testserver/", "https://testserver/", "?")
    )


@pytest.mark.parametrize("target", AWAY)
def test_choosing_a_language_never_leads_away(client: Client, world: World, target: str) -> None:
    answer = client.post(reverse("accounts:set-language"), {"language": "en", "next": target})
    assert not leads_away(answer.headers["location"])


@pytest.mark.parametrize("target", AWAY)
def test_signing_in_and_out_never_lead_away(client: Client, world: World, target: str) -> None:
    username = world.cast.worker.username
    answer = client.post(f"{reverse('account_login')}", {"login": username, "password": PASSWORD, "next": target})
    assert answer.status_code in (302, 200)
    assert not leads_away(answer.headers.get("location", "/"))
    again = client.get(reverse("account_login"), {"next": target})
    assert not leads_away(again.headers.get("location", "/"))
    out = client.post(reverse("account_logout"), {"next": target})
    assert not leads_away(out.headers.get("location", "/"))


@pytest.mark.parametrize("target", AWAY)
@pytest.mark.parametrize("name", ["account_reauthenticate", "account_change_password", "usersessions_list"])
def test_pages_of_the_account_never_lead_away(
    world: World, clients: dict[str, Client], name: str, target: str
) -> None:
    data = {"next": target, "password": PASSWORD, "oldpassword": PASSWORD}
    answer = clients["neighbour"].post(f"{reverse(name)}", data)
    assert not leads_away(answer.headers.get("location", "/"))


@pytest.mark.parametrize("target", AWAY[:3])
def test_a_query_string_never_leads_away(world: World, clients: dict[str, Client], target: str) -> None:
    for name, address in ADDRESSES.items():
        if address.posts or address.fragment:
            continue
        query = dict.fromkeys(("next", "return_to", "redirect", "url", "back"), target)
        answer = clients[address.ok.split()[0]].get(url_of(name, world.codes), query)
        assert not leads_away(answer.headers.get("location", "/")), name
        assert not leads_away(answer.headers.get("HX-Redirect", "/")), name


# ---- sessions ------------------------------------------------------------------------------------------------------


def test_a_planted_session_is_not_the_one_that_is_signed_in(client: Client, world: World) -> None:
    planted = "a" * 32
    client.cookies[settings.SESSION_COOKIE_NAME] = planted
    client.post(reverse("account_login"), {"login": world.cast.worker.username, "password": PASSWORD})
    given = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert given != planted
    stranger = Client()
    stranger.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert stranger.get(reverse("accounts:profile")).status_code == 302


def test_signing_in_again_gives_a_new_session_and_signing_out_ends_it(client: Client, world: World) -> None:
    client.get(reverse("account_login"))
    data = {"login": world.cast.neighbour.username, "password": PASSWORD}
    client.post(reverse("account_login"), data)
    first = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post(reverse("account_logout"))
    old = Client()
    old.cookies[settings.SESSION_COOKIE_NAME] = first
    assert old.get(reverse("accounts:profile")).status_code == 302
    client.post(reverse("account_login"), data)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != first


@pytest.mark.parametrize("value", ["", "x", "../../etc/passwd", "%00", "a" * 4000, "' OR 1=1 --", "é"])
def test_a_made_up_session_is_nobodys(world: World, value: str) -> None:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = value
    assert client.get(reverse("accounts:profile")).status_code == 302


def test_cookies_stay_with_the_server() -> None:
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"
