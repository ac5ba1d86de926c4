"""What make bench measures of assessments, and how any of its figures is taken and judged."""

from __future__ import annotations

import itertools
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Staff
from assessments import catalogue, guidance
from assessments import workflow as assessment_workflow
from assessments.enums import AssessmentReason, InstrumentCode
from cases import policies
from cases.enums import LegalStatusKind
from cases.models import LegalStatus
from core.acting import acting_as

ROUNDS = 15
NOTE = "Kabar baik, pekerjaan berjalan. Bertemu di kantor, keluarga ikut hadir."


@dataclass
class Row:
    """One line of build/bench.json. ``ok`` is None where the figure is only told, not judged."""

    name: str
    value: float
    unit: str
    goal: float | None
    ok: bool | None
    detail: str = ""


def median_ms(act: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """The middle of ``rounds`` warm runs, in milliseconds."""
    act()
    times = []
    for _round in range(rounds):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1_000


def in_turn(*acts: Callable[[], Any]) -> tuple[float, ...]:
    """``median_ms`` of each, taken by turns: a machine that slows down meanwhile slows all of them."""
    rounds = [[median_ms(act) for act in acts] for _round in range(5)]
    return tuple(statistics.median(times) for times in zip(*rounds, strict=True))


def engine_rows() -> list[Row]:
    """One evaluation of each instrument and mode with random answers."""
    chance = random.Random(7)  # noqa: S311 -- any answers will do
    rows = []
    for code, instrument in catalogue.default().instruments.items():
        answers = {
            item.code: chance.choice([*(known.value for known in item.scale.values), "unknown"])
            for item in instrument.items.values()
        }
        for mode in [mode.code for mode in instrument.modes] or [None]:

            def evaluate(instrument: Any = instrument, answers: Any = answers, mode: str | None = mode) -> None:
                guidance.evaluate(instrument, answers, mode)

            detail = f"{len(instrument.items_in(mode))} items"
            name = f"rule engine, one evaluation, {code} {mode or ''}".rstrip()
            rows.append(judged(name, median_ms(evaluate, rounds=200), 1.0, detail, unit="ms"))
    return rows


def answer_rows(user: Staff) -> list[Row]:
    """Saving one answer of the form of 29 items, against an empty POST by the same person."""
    with acting_as(user.pk, reason="bench"):
        case = policies.caseload_of(user).order_by("-pk")[:1].get()
        LegalStatus.objects.create(case=case, status=LegalStatusKind.PAROLE, valid_from=timezone.localdate())
        draft = assessment_workflow.start(
            case, by=user, instrument=InstrumentCode.ADULT, reason=AssessmentReason.INITIAL
        )
        for item in draft.definition.items:
            assessment_workflow.save_answer(draft, by=user, item=item, value="0", evidence_note=NOTE)
    client = Client(headers={"host": "localhost", "hx-request": "true"})
    client.force_login(user)
    url, values = f"/assessments/{draft.code}/answers/", itertools.cycle("01")

    def post(address: str, **sent: str) -> None:
        response = client.post(address, sent)
        if response.status_code >= 500:
            raise CommandError(f"{address} answered {response.status_code}")

    def save() -> None:
        answer = {"A2-value": next(values), "A2-note": NOTE, "A2-sources": "wawancara", "A2-confidence": "sedang"}
        post(url, item="A2", **answer)

    save()
    with CaptureQueriesContext(connection) as queries:
        save()
    asked = [query["sql"] for query in queries.captured_queries if not _only_transaction(query["sql"])]
    with acting_as(user.pk):
        if draft.ratings.get(item="A2").evidence_note != NOTE:
            raise CommandError(f"{url} saved nothing")
    saving, empty, elsewhere = in_turn(save, lambda: post(url), lambda: post("/accounts/language/", language="id"))
    return [
        below("saving an answer / an empty authenticated POST", saving / empty, 2.5, f"{saving:.1f} / {empty:.1f} ms"),
        Row("saving an answer / a POST that asks no policy", round(saving / elsewhere, 3), "×", None, None,
            f"{saving:.1f} / {elsewhere:.1f} ms"),
        judged("queries of saving an answer", len(asked), 8, "session and user included", unit="queries"),
    ]  # fmt: skip


def _only_transaction(sql: str) -> bool:
    return sql.startswith(("BEGIN", "COMMIT")) or "SAVEPOINT" in sql


def below(name: str, value: float, goal: float, detail: str = "") -> Row:
    """As ``judged``, for a bound that may not be reached either."""
    return Row(name, round(value, 3), "×", goal, value < goal, detail)


def judged(name: str, value: float, goal: float, detail: str = "", unit: str = "×") -> Row:
    return Row(name, round(value, 3), unit, goal, value <= goal, detail)
