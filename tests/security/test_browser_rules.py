"""What every answer tells the browser, and what the server refuses before it reads."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from structlog.testing import capture_logs

from core import views
from tests.addresses import ADDRESSES, EVERYBODY, url_of
from tests.world import World

pytestmark = pytest.mark.django_db
NAMES = sorted(name for name, address in ADDRESSES.items() if not address.posts)
REPORT = "/csp-report/"


def directives(answer: Any) -> dict[str, str]:
    parts = answer.headers["Content-Security-Policy"].split(";")
    return {name: value for name, _space, value in (part.strip().partition(" ") for part in parts)}


@pytest.mark.parametrize("name", NAMES)
def test_no_page_is_kept_and_none_runs_foreign_code(world: World, clients: dict[str, Client], name: str) -> None:
    """Pages, parts for htmx, files, and the pages that refuse."""
    address, url = ADDRESSES[name], url_of(name, world.codes)
    for actor in ("worker", "supervisor", "cso", "auditor"):
        answer = clients[actor].get(url, headers=address.headers)
        assert "no-store" in answer.headers["Cache-Control"], actor
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]
        policy = directives(answer)
        assert policy["default-src"] == "'none'"
        if "sandbox" in policy:  # a file to save: nothing at all runs in it
            continue
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
        assert not {"'unsafe-inline'", "'unsafe-eval'", "*"} & set(" ".join(policy.values()).split())


def test_a_page_that_htmx_asked_for_is_not_kept_either(world: World, clients: dict[str, Client]) -> None:
    for name in ("cases:case-list", "cases:timeline", "cases:note-list"):
        answer = clients["worker"].get(url_of(name, world.codes), headers={"hx-request": "true"})
        assert "no-store" in answer.headers["Cache-Control"]


def test_violations_are_reported_to_ourselves(client: Client, world: World) -> None:
    answer = client.get(reverse("account_login"))
    policy = directives(answer)
    assert (policy["report-uri"], policy["report-to"]) == (reverse("csp-report"), "csp")
    assert answer.headers["Reporting-Endpoints"] == f'csp="{reverse("csp-report")}"'


# ---- the endpoint for reports --------------------------------------------------------------------------------------


def report(client: Client, body: object, content_type: str = "application/csp-report") -> Any:
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(REPORT, data, content_type=content_type)


OLD = {"csp-report": {"document-uri": "https://titian.example/cases/?q=Wening+Prabaswara#x", "blocked-uri": "inline"}}
NEW = [
    {
        "type": "csp-violation",
        "body": {"documentURL": "https://a:b@titian.example/cases/?q=Wening", "effectiveDirective": "script-src"},
    }
]


@pytest.mark.parametrize("body", [OLD, NEW])
def test_a_report_is_one_line_without_what_was_searched_for(client: Client, empty_cache: None, body: object) -> None:
    with capture_logs() as lines:
        assert report(client, body).status_code == 204
    (line,) = lines
    assert line["page"] == "https://titian.example/cases/"
    assert "Wening" not in str(lines)


@pytest.mark.parametrize(
    "body",
    ["", "{", "[" * 5000, "null", "[1]", '{"csp-report": 7}', b"\xff\xfe", '{"csp-report": {"document-uri": {}}}'],
)
def test_a_report_that_is_none_is_taken_and_forgotten(client: Client, empty_cache: None, body: object) -> None:
    assert report(client, body).status_code == 204


def test_a_report_cannot_forge_a_line_of_the_log(client: Client, empty_cache: None) -> None:
    with capture_logs() as lines:
        report(client, {"csp-report": {"blocked-uri": "x\n2026-01-01 signed in as admin"}})
    assert "\n" not in lines[0]["blocked"]


def test_reports_have_a_largest_size_and_a_most_a_minute(client: Client, empty_cache: None) -> None:
    assert report(client, " " * (views.LARGEST_REPORT + 1)).status_code == 413
    seen = [report(client, OLD).status_code for _number in range(views.REPORTS_A_MINUTE_AND_SENDER + 1)]
    assert seen == [204] * views.REPORTS_A_MINUTE_AND_SENDER + [429]


def test_many_senders_together_have_a_limit_too(client: Client, empty_cache: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(views, "REPORTS_A_MINUTE", 2)
    seen = [client.post(REPORT, "{}", "application/json", REMOTE_ADDR=f"10.0.0.{n}").status_code for n in range(3)]
    assert seen == [204, 204, 429]


def test_nobody_reads_there(client: Client, world: World) -> None:
    assert client.get(REPORT).status_code == 405


# ---- security.txt --------------------------------------------------------------------------------------------------


def test_security_txt_names_the_contact_of_the_environment(client: Client, world: World) -> None:
    answer = client.get("/.well-known/security.txt")
    lines = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert lines["Contact"] == "mailto:keamanan@titian.example"
    assert lines["Canonical"].endswith("/.well-known/security.txt")
    left = dt.datetime.fromisoformat(lines["Expires"]) - dt.datetime.now(dt.UTC)
    assert dt.timedelta(days=7) < left < dt.timedelta(days=365)


def test_without_a_contact_there_is_no_security_txt(client: Client, world: World, settings: Any) -> None:
    settings.ENV = dataclasses.replace(settings.ENV, security_contact="")
    assert client.get("/.well-known/security.txt").status_code == 404


# ---- hosts and sizes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["evil.test", "testserver.evil.test", "testserver@evil.test", "testserver:80@evil", ""]
)
def test_a_foreign_host_name_is_refused(client: Client, world: World, host: str) -> None:
    assert client.get(reverse("account_login"), headers={"host": host or "\x00"}).status_code == 400


def test_a_forwarded_host_is_not_believed(client: Client, world: World, mailoutbox: list[Any]) -> None:
    """The letter that brings a new password would lead to the attacker otherwise."""
    world.cast.worker.email = "ratna@titian.example"
    world.cast.worker.save()
    client.post(
        reverse("account_reset_password"), {"email": "ratna@titian.example"}, headers={"x-forwarded-host": "evil.test"}
    )
    assert mailoutbox
    assert all("evil.test" not in mail.body for mail in mailoutbox)


@pytest.mark.parametrize("length", ["2500001", "99999999999", "-1", "x", "²"])
def test_a_body_that_is_too_large_is_refused_unread(client: Client, world: World, length: str) -> None:
    answer = client.post(reverse("account_login"), {"login": "x"}, CONTENT_LENGTH=length)
    assert answer.status_code == 413


def test_many_fields_are_refused(client: Client, world: World) -> None:
    answer = client.post(reverse("account_login"), {f"f{number}": "1" for number in range(2001)})
    assert answer.status_code == 400


def test_every_page_has_a_row_here() -> None:
    """The walk above asks pages of everybody; this fails where it has become empty."""
    assert len(NAMES) > 80
    assert any(ADDRESSES[name].ok == EVERYBODY for name in NAMES)
