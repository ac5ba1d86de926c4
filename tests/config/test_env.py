from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config import env
from config.env import Env

PRODUCTION = {
    "TITIAN_ENV": "production",
    "DATABASE_URL": "postgresql://titian_app:k9f3hA@database:5432/titian",
    "REDIS_URL": "redis://:k9f3hB@redis:6379",
    "SECRET_KEY": "k9f3hC" * 10,
    "TITIAN_FIELD_KEYS": "1:" + "k9f3hDk9" * 5 + "k9A=",
    "TITIAN_INDEX_KEY": "k9f3hEk9" * 5 + "k9A=",
    "TITIAN_BASE_URL": "https://titian.example.go.id",
    "TITIAN_FILES_DIR": "/var/lib/titian/files",
}


def test_a_complete_production_environment_is_accepted() -> None:
    read = Env.read(PRODUCTION)
    assert read.production
    assert not read.uses_embedded_services
    assert not read.demo


def test_an_empty_production_environment_names_everything_that_is_missing_at_once() -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        Env.read({"TITIAN_ENV": "production"})
    for name in PRODUCTION.keys() - {"TITIAN_ENV"}:
        assert f"{name} is missing" in str(refusal.value)


@pytest.mark.parametrize("name", sorted(PRODUCTION.keys() - {"TITIAN_ENV"}))
def test_production_refuses_to_run_without(name: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{name} is missing"):
        Env.read(PRODUCTION | {name: "  "})


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("SECRET_KEY", env.DEMO_SECRET, "SECRET_KEY still has its demo value"),
        ("DATABASE_URL", "postgresql://titian_app:titian-demo@db/titian", "DATABASE_URL still has its demo value"),
        ("REDIS_URL", "redis://:titian-demo@redis", "REDIS_URL still has its demo value"),
        ("TITIAN_FIELD_KEYS", env.DEMO_FIELD_KEYS, "TITIAN_FIELD_KEYS still has its demo value"),
        ("TITIAN_FIELD_KEYS", "1:c2hvcnQ=", "TITIAN_FIELD_KEYS: expected <number>:<32 bytes"),
        ("TITIAN_INDEX_KEY", env.DEMO_INDEX_KEY, "TITIAN_INDEX_KEY still has its d"),
        ("TITIAN_INDEX_KEY", "c2hvcnQ=", "TITIAN_INDEX_KEY: expected 32 bytes"),
        ("SECRET_KEY", "short", "SECRET_KEY is too short: 5 characters"),
        ("TITIAN_BASE_URL", "http://titian.example.go.id", "TITIAN_BASE_URL must start with https://"),
        ("TITIAN_DEMO", "1", "TITIAN_DEMO: demo accounts"),
        (
            "DATABASE_URL",
            "mysql://titian@db/titian",
            "DATABASE_URL: expected an address that starts with postgresql://",
        ),
        ("LOG_LEVEL", "LOUD", r"LOG_LEVEL: expected DEBUG.*\(is 'LOUD'\)"),
        ("PORT", "99999", "PORT: expected a number from 1 to 65535"),
        ("DATABASE_POOLED", "maybe", "DATABASE_POOLED: expected 1 or 0"),
    ],
)
def test_production_refuses(name: str, value: str, fault: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=fault):
        Env.read(PRODUCTION | {name: value})


def test_a_malformed_secret_is_not_repeated_in_the_message() -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        Env.read(PRODUCTION | {"REDIS_URL": "hunter2"})
    assert "REDIS_URL" in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_an_unknown_environment_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="expected development, test or production"):
        Env.read({"TITIAN_ENV": "prod"})


def test_development_needs_nothing() -> None:
    assert Env.read({}).uses_embedded_services


def test_a_database_address_may_name_a_socket_directory() -> None:
    parsed = env.postgresql("postgresql://titian_app:p%40ss@/titian?host=/run/titian&sslmode=disable")
    assert (parsed["HOST"], parsed["NAME"], parsed["USER"], parsed["PASSWORD"]) == (
        "/run/titian",
        "titian",
        "titian_app",
        "p@ss",
    )
    assert parsed["OPTIONS"] == {"sslmode": "disable"}


def test_a_mail_address_says_how_to_encrypt() -> None:
    assert env.smtp("smtp+tls://u:p@mail.example:587")["EMAIL_USE_TLS"] is True
    assert env.smtp("smtps://mail.example")["EMAIL_PORT"] == 465
    assert env.smtp("smtp://mail.example")["EMAIL_PORT"] == 25


def test_tests_forget_the_addresses_of_real_servers() -> None:
    environ = {"DATABASE_URL": "postgresql://real", "REDIS_URL": "redis://real", "TITIAN_TEST_STATE": "/kept"}
    env.use_test_defaults(environ)
    assert environ["TITIAN_ENV"] == "test"
    assert environ["TITIAN_STATE_DIR"] == "/kept"
    assert "DATABASE_URL" not in environ
    assert "REDIS_URL" not in environ


def test_every_variable_is_explained_to_operators() -> None:
    handbook = (settings.BASE_DIR / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [f.metadata["name"] for f in fields(Env) if f"`{f.metadata['name']}`" not in handbook] == []


def test_manage_py_in_production_without_settings_ends_with_a_message_and_no_traceback() -> None:
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=settings.BASE_DIR,
        env=clean | {"TITIAN_ENV": "production"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "DATABASE_URL is missing" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("variable", [v for v in fields(Env) if v.metadata["secret"]], ids=lambda v: v.name)
def test_no_secret_may_stay_at_what_the_source_says(variable: object) -> None:
    """A key with a default must be given in production, and no default or demo word is taken for one."""
    name, default = variable.metadata["name"], variable.default  # type: ignore[attr-defined]
    if default:
        assert variable.metadata["required"]  # type: ignore[attr-defined]
        with pytest.raises(ImproperlyConfigured, match=name):
            Env.read(PRODUCTION | {name: str(default)})
    for known in (env.DEMO_SECRET, env.DEMO_PASSWORD):
        with pytest.raises(ImproperlyConfigured, match=name):
            Env.read(PRODUCTION | {name: known})


def test_what_sounds_like_a_secret_is_treated_as_one() -> None:
    words = ("SECRET", "PASSWORD", "TOKEN", "KEY")
    sounding = {v.metadata["name"] for v in fields(Env) if any(word in v.metadata["name"] for word in words)}
    assert sounding <= {v.metadata["name"] for v in fields(Env) if v.metadata["secret"]}


def test_one_value_for_two_secrets_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY and SECRET_KEY_FALLBACKS have the same value"):
        Env.read(PRODUCTION | {"SECRET_KEY_FALLBACKS": PRODUCTION["SECRET_KEY"]})


def test_a_key_that_repeats_itself_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is no random value"):
        Env.read(PRODUCTION | {"SECRET_KEY": "ab" * 30})


def test_production_answers_to_no_wildcard_of_hosts() -> None:
    with pytest.raises(ImproperlyConfigured, match="TITIAN_ALLOWED_HOSTS"):
        Env.read(PRODUCTION | {"TITIAN_ALLOWED_HOSTS": "a.example, *"})
