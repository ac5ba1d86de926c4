from __future__ import annotations

import pytest
from django.db import DatabaseError
from django.test import Client

from config import health


def test_the_process_answers_without_a_database(client: Client) -> None:
    answer = client.get("/healthz", headers={"host": "10.0.0.7"})
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_it_is_ready_when_every_part_works(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.json() == {"database": "ok", "migrations": "ok", "cache": "ok", "queue": "ok"}
    assert answer.status_code == 200


@pytest.mark.django_db
def test_it_says_which_part_fails_and_not_why(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> bool:
        raise DatabaseError("password authentication failed for titian_app")

    monkeypatch.setitem(health.CHECKS, "database", broken)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "failed"
    assert b"password" not in answer.content
