"""How many queries each page takes: the same for few rows and for many, and within tests/query_budgets.json.

``TITIAN_WRITE_BUDGETS=1 pytest tests/test_query_budgets.py`` writes the file anew; a reviewer reads the difference.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pghistory
import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases import workflow as case_workflow
from cases.enums import LegalStatusKind
from programs import workflow as program_workflow
from tests.addresses import ADDRESSES, url_of
from tests.assessments.filling import submitted
from tests.factories import make_case, make_cohort, make_enrolment, make_note, make_task
from tests.partnership import make_offer, make_referral
from tests.world import World, make_world

FILE = Path(__file__).parent / "query_budgets.json"
WRITE = bool(os.environ.get("TITIAN_WRITE_BUDGETS"))
MANY = 8
# Session, person, acting person, transaction, savepoint and the numbers of the menu are in every count.
PAGES = {
    **{
        name: address.ok.split()[0]
        for name, address in ADDRESSES.items()
        if address.status == 200 and not address.posts
    },
    "reports:report-list": "admin",
    "partners:partner-detail": "supervisor",
    "programs:cohort-detail": "worker",
}
# The same page, seen from another side.
SIDES = {
    "cases:case-detail": ("supervisor", "analyst"),
    "cases:case-list": ("supervisor", "analyst"),
    "assessments:queue": ("supervisor",),
    "reports:dashboard": ("head_office",),
    "partners:referral-detail": ("cso",),
}
KEYS = [f"{name} {actor}" for name, actor in PAGES.items()]
KEYS += [f"{name} {actor}" for name, actors in SIDES.items() for actor in actors]
# Nothing stands there with few rows: the first row costs the one query that tells more of all of them.
EMPTY_AT_FIRST = {"cases:pair-list admin"}
ALLOWED: dict[str, int] = json.loads(FILE.read_text()) if FILE.exists() else {}


def grow(world: World) -> None:
    """More of everything, around the worker's case and beside it."""
    cast, case, now = world.cast, world.case, timezone.now()
    for number in range(MANY):
        make_note(case)
        make_task(case, title=f"Tugas {number}", due_at=now - dt.timedelta(days=1))
        other = make_case(cast.worker)
        make_note(other)
        make_task(other, due_at=now - dt.timedelta(days=2))
        case_workflow.set_reporting_duty(other, by=cast.worker, next_due_at=now, frequency_days=28)
        cohort = make_cohort(cast.worker.unit)
        make_enrolment(case, cohort)
        make_enrolment(other, world.cohort)
        topic = f"Sesi {number}"
        program_workflow.plan_session(world.cohort, by=cast.worker, held_on=timezone.localdate(), topic=topic)
        make_referral(case, cast, make_offer(world.partner, cast, f"Layanan {number}"))
    for _number in range(2):
        submitted(make_case(cast.worker, legal=LegalStatusKind.PAROLE), cast.worker)


def counts(world: World) -> dict[str, int]:
    """Queries of each page, on a connection and caches that are warm."""
    clients: dict[str, Client] = {}
    taken = {}
    for key in KEYS:
        name, actor = key.split()
        if actor not in clients:
            clients[actor] = Client()
            clients[actor].force_login(getattr(world.cast, actor))
            clients[actor].get("/help/")
        url, headers = url_of(name, world.codes), ADDRESSES[name].headers
        clients[actor].get(url, headers=headers)
        with CaptureQueriesContext(connection) as queries:
            answer = clients[actor].get(url, headers=headers)
        assert answer.status_code == 200, key
        taken[key] = len(queries)
    return taken


@pytest.fixture(scope="module")
def measured(django_db_setup: None, django_db_blocker: Any) -> tuple[dict[str, int], dict[str, int]]:
    """Counts with few rows, and with many."""
    # A session notes every half minute that its person was here: not on the page that is being counted just then.
    seen = patch("accounts.middleware.SEEN_EVERY", 10**6)
    # As in real work, every change has a context: the few rows as well as the many.
    with django_db_blocker.unblock(), transaction.atomic(), pghistory.context(), seen:
        world = make_world()
        few = counts(world)
        grow(world)
        many = counts(world)
        transaction.set_rollback(True)
    if WRITE:
        FILE.write_text(json.dumps({key: many[key] for key in sorted(many)}, indent=2) + "\n")
        ALLOWED.clear()
        ALLOWED.update(many)
    return few, many


@pytest.mark.parametrize("key", KEYS)
def test_a_page_takes_no_more_queries_for_more_rows(measured: Any, key: str) -> None:
    few, many = measured
    allowed = few[key] + (key in EMPTY_AT_FIRST)
    assert many[key] <= allowed, f"{key}: {few[key]} queries with few rows, {many[key]} with many"


@pytest.mark.parametrize("key", KEYS)
def test_a_page_keeps_its_budget(measured: Any, key: str) -> None:
    _few, many = measured
    assert key in ALLOWED, "not in query_budgets.json: run with TITIAN_WRITE_BUDGETS=1"
    assert many[key] <= ALLOWED[key]


def test_the_file_names_no_page_that_is_gone() -> None:
    assert set(ALLOWED) - set(KEYS) == set()
