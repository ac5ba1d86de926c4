"""Measures what must stay fast, as ratios inside one run: absolute times say more about the machine than about Titian.

Loads invented cases by COPY into the database that it is pointed at, which must hold nothing else: `make bench` gives
it one of its own. Writes build/bench.json, a list of {name, value, unit, goal, ok, detail}.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import logging
import random
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, connections
from django.template import Context
from django.template.loader import get_template
from django.test import Client
from django.test.utils import (
    CaptureQueriesContext,
    override_settings,
    setup_test_environment,
    teardown_test_environment,
)
from django.utils import timezone

from accounts.conduct import CURRENT
from accounts.enums import Profession, Role, UnitKind
from accounts.models import Staff, Unit
from cases import policies
from cases.enums import CaseStatus, CaseType, EventKind, NikStatus, Section
from cases.folding import fold
from cases.models import CaseEvent, CaseFile, Participant
from cases.models.casefile import named_like
from core.acting import acting_as
from core.codes import new_code
from core.paging import Order, capped_count, cursor_at, page_of
from reports.management.pace import NOTE, Row, answer_rows, engine_rows, in_turn, judged, median_ms

DEEP_PAGE = 400
LONG_TIMELINE = 5_000
PAGE = 25
BENCH_DOMAIN = "bench.invalid"
FIRST = ("Agus", "Budi", "Cahya", "Dedi", "Eka", "Fajar", "Gilang", "Imam", "Joko", "Muhammad", "Nanang", "Siti")
LAST = ("Saputra", "Wibowo", "Santoso", "Hidayat", "Kurniawan", "Pratama", "Setiawan", "Maulana", "Rahman", "Nugroho")


class Command(BaseCommand):
    help = "Load cases by COPY, measure, and fail when a goal is missed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", type=int, default=20_000, help="how many cases")
        parser.add_argument("--output", type=Path, default=Path(settings.BASE_DIR) / "build" / "bench.json")

    def handle(self, *args: Any, size: int, output: Path, **options: Any) -> None:
        if size < 1_000:
            raise CommandError("Fewer than 1,000 cases show nothing: --size 20000")
        _refuse_foreign_data()
        # An empty POST is refused, some hundred times.
        logging.getLogger("django.request").setLevel(logging.ERROR)
        loader = Loader()
        rows: list[Row] = []
        small = max(500, size // 10)
        loader.fill(small)
        before = {role: measure_list(user) for role, user in loader.viewers().items()}
        seconds = loader.fill(size)
        rows.append(
            Row("load by COPY", round(seconds, 1), "s", None, None, f"{size} cases with notes, tasks and events")
        )
        # These viewers have no telephone to prove themselves with.
        with override_settings(SECOND_FACTOR_REQUIRED=False):
            for role, user in loader.viewers().items():
                rows += list_rows(role, user, before[role], small, size)
                rows += page_rows(role, user)
                rows += policy_rows(role, user)
            rows += timeline_rows(loader.viewers()["caseworker"])
            rows += answer_rows(loader.viewers()["caseworker"])
        rows += engine_rows()
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(json.dumps([asdict(row) for row in rows], indent=2, ensure_ascii=False) + "\n")
        for row in rows:
            verdict = "" if row.ok is None else (" ok" if row.ok else " TOO SLOW")
            goal = "" if row.goal is None else f" (goal ≤ {row.goal})"
            self.stdout.write(f"{row.name}: {row.value} {row.unit}{goal}{verdict}  {row.detail}")
        if any(row.ok is False for row in rows):
            raise CommandError(f"Not every goal was met: {output}")


def _refuse_foreign_data() -> None:
    foreign = Staff.objects.exclude(username="system").exclude(email__endswith=BENCH_DOMAIN)
    if foreign.exists():
        raise CommandError("This database holds other people's data. The benchmark wants one of its own: make bench")


# ---- loading --------------------------------------------------------------------------------------------------------


class Loader:
    """Fills the database up to a number of cases, spread over all Bapas, three workers each."""

    def __init__(self) -> None:
        self.random = random.Random(2026)  # noqa: S311 -- invented people, the same in each run
        self.now = timezone.now()
        self.system = Staff.objects.system().pk
        units = list(Unit.objects.filter(kind=UnitKind.BAPAS).select_related("agency").order_by("code"))
        with acting_as(self.system, reason="bench"):
            self.teams = {unit: [self._staff(unit, number) for number in range(3)] for unit in units}
            self.supervisors = {unit: self._staff(unit, 9, Role.SUPERVISOR) for unit in units}
            head = Unit.objects.get(code="pusat-bnpt")
            self.analyst = self._staff(head, 0, Role.ANALYST)

    def _staff(self, unit: Unit, number: int, role: Role = Role.CASEWORKER) -> Staff:
        username = f"bench.{unit.code}.{role}.{number}"
        fields = {"full_name": f"Bench {unit.code} {number}", "unit": unit, "role": role, "email": f"x@{BENCH_DOMAIN}"}
        fields["conduct_version"] = CURRENT.number
        profession = Profession.PK_BAPAS
        return Staff.objects.get_or_create(username=username, defaults={**fields, "profession": profession})[0]

    def viewers(self) -> dict[str, Staff]:
        unit = next(iter(self.teams))
        return {"caseworker": self.teams[unit][0], "supervisor": self.supervisors[unit], "analyst": self.analyst}

    def fill(self, size: int) -> float:
        """Load until ``size`` cases stand; returns the seconds it took."""
        began = time.perf_counter()
        # As the tables' owner: PostgreSQL does not COPY into a table past row policies.
        with unbound(), acting_as(self.system, reason="bench"):
            have = CaseFile.objects.count()
            for start in range(have, size, 10_000):
                self._batch(start, min(size, start + 10_000))
        analyse()
        return time.perf_counter() - began

    def _batch(self, start: int, end: int) -> None:
        today = timezone.localdate()
        stamp = self.now.isoformat()
        codes = [new_code() for _number in range(start, end)]
        people = []
        for code in codes:
            name = f"{self.random.choice(FIRST)} {self.random.choice(LAST)} {self.random.choice(LAST)}"
            born = dt.date(self.random.randint(1960, 2004), self.random.randint(1, 12), self.random.randint(1, 28))
            identity = (stamp, stamp, 1, code, name, "{}", fold(name), "male", born, "day", "", "", "", "", "")
            people.append(
                (*identity, NikStatus.UNKNOWN, "", "", "", "{}", "{}", "{}", "{}", "", "", "", "", "", "", "f")
            )
        _copy(
            Participant,
            "created_at updated_at version code full_name aliases name_key sex birth_date birth_date_precision "
            "birth_place mother_name phone safe_contact_method safe_contact_time nik_status nik_sealed nik_index "
            "communication disability child_category ppks_category ampk_category "
            "citizenship language marital_status education occupation religion religion_agreed",
            people,
        )
        persons = dict(Participant.objects.filter(code__in=codes).values_list("code", "pk"))
        units = list(self.teams)
        files, owners = [], {}
        for number, code in enumerate(codes, start):
            unit = units[number % len(units)]
            worker = self.teams[unit][self.random.randrange(3)]
            owners[code] = worker
            due = today + dt.timedelta(days=self.random.randint(-30, 200))
            opened = (self.now - dt.timedelta(days=self.random.randint(1, 900))).isoformat()
            files.append(
                (stamp, stamp, 1, code, f"BENCH/{number:08d}", persons[code], CaseType.PROBATION, unit.pk,
                 unit.agency_id, worker.pk, "lapas", "kewenangan", CaseStatus.INTERVENING, "", "", "", opened,
                 "", "", due, uuid.uuid4(), "f", "f", "{}")
            )  # fmt: skip
        _copy(
            CaseFile,
            "created_at updated_at version code case_no participant_id case_type lead_unit_id lead_agency_id "
            "lead_worker_id referral_source legal_basis status derad_stage probation_stage atensi_phase opened_at "
            "closure_reason closure_note next_due_on client_id is_child_file is_victim_file goals_met",
            files,
        )
        cases = dict(CaseFile.objects.filter(code__in=codes).values_list("code", "pk"))
        permission, basis = policies.view_permission().pk, "kewenangan"
        sections = "{" + ",".join(section.value for section in Section) + "}"
        _copy(
            policies.CaseUserGrant,
            "code sections source lawful_basis reason end_reason can_edit granted_by_id granted_at starts_at "
            "permission_id user_id content_object_id",
            (
                (
                    new_code(),
                    sections,
                    "caseload",
                    basis,
                    "bench",
                    "",
                    "t",
                    worker.pk,
                    stamp,
                    stamp,
                    permission,
                    worker.pk,
                    cases[code],
                )
                for code, worker in owners.items()
            ),
        )
        _copy(
            policies.Task,
            "created_at updated_at version code case_id kind title section assignee_id due_at priority status source "
            "path outcome snooze_reason",
            (
                (stamp, stamp, 1, new_code(), cases[code], "follow_up", "Hubungi keluarga", "summary", worker.pk,
                 (self.now + dt.timedelta(days=self.random.randint(-5, 60))).isoformat(), 1, "open", "", "", "", "")
                for code, worker in owners.items()
            ),
        )  # fmt: skip
        _copy(
            policies.CaseEvent,
            "case_id section kind at recorded_at actor_id summary path",
            (
                (
                    cases[code],
                    "notes",
                    "note",
                    (self.now - dt.timedelta(days=day)).isoformat(),
                    stamp,
                    worker.pk,
                    NOTE,
                    "",
                )
                for code, worker in owners.items()
                for day in (3, 17, 41)
            ),
        )


def _copy(model: Any, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """COPY rows into a table, as the application's own role: the triggers that keep history run as ever."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerows(rows)
    buffer.seek(0)
    names = ", ".join(columns.split())
    # An empty field is an empty text here; every column that may be NULL is left out.
    sql = f"COPY {model._meta.db_table} ({names}) FROM STDIN WITH (FORMAT csv, NULL '\\N')"
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(sql, buffer)


# ---- measuring ------------------------------------------------------------------------------------------------------


def measure_list(user: Staff) -> float:
    """One page of the case list, SQL and rows, without a template."""
    return median_ms(acting(user, lambda: _first_page(user)))


def _first_page(user: Staff, cursor: str = "", order: str = "next_due_on") -> Any:
    branches = policies.case_branches(user)
    return page_of(branches, Order(order), cursor=cursor, size=PAGE, load=lambda rows: rows.with_list_data())


def list_rows(role: str, user: Staff, before: float, small: int, size: int) -> list[Row]:
    page = measure_list(user)
    growth = page / before
    rows = [
        Row(f"list query, {role}", round(page, 2), "ms", None, None, "one page of 25 with its count"),
        judged(f"list query at {size} / at {small}, {role}", growth, 2.0, "median of 15 warm runs"),
    ]
    branches = policies.case_branches(user)
    count = median_ms(acting(user, lambda: capped_count(branches)))
    rows.append(judged(f"capped count / page query, {role}", count / page, 3.0))
    deep = CaseFile.objects.filter(pk__in=branches[0].values("pk")).order_by("next_due_on", "pk")
    with acting_as(user.pk):
        at = min(DEEP_PAGE * PAGE, max(0, deep.count() - PAGE - 1))
        row = deep[at : at + 1].get() if at else None
    if row is not None:
        cursor = cursor_at(row.next_due_on, row.pk)
        far = median_ms(acting(user, lambda: _first_page(user, cursor)))
        rows.append(judged(f"page at row {at} / page 1, {role}", far / page, 1.5, "keyset paging"))
    words = fold("Moh. Saputra").split()
    search = [branch.filter(named_like(words)) for branch in policies.case_branches(user)]
    found = median_ms(acting(user, lambda: page_of(search, Order("next_due_on"), size=PAGE)))
    rows.append(Row(f"name search, {role}", round(found, 2), "ms", None, None, "two words, spelling variants folded"))
    return rows


def page_rows(role: str, user: Staff) -> list[Row]:
    """The whole list page against its own template without a database and a page with nothing in it.

    The second is what any page costs this person: the session, the acting person, the shell and the numbers in its
    menu. What the list itself adds is what grows with careless queries.
    """
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    # Django's test hooks keep a copy of every context: on for the one answer that is looked into, off for the clock.
    setup_test_environment(debug=False)
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/cases/")
        asked = len(queries)
    teardown_test_environment()
    if response.status_code != 200:
        raise CommandError(f"/cases/ answered {response.status_code} to the {role}")
    # The context as the view left it, its counts already asked: drawing it again touches no database.
    context = response.context[0].flatten()
    template = get_template("cases/case_list.html").template  # type: ignore[attr-defined]
    whole, frame, bare = in_turn(
        lambda: client.get("/cases/"),
        lambda: client.get("/help/"),
        lambda: template.render(Context(context)),
    )
    detail = f"{whole:.1f} ms / ({frame:.1f} + {bare:.1f}) ms"
    return [
        judged(f"list page / an empty page and its template, {role}", whole / (frame + bare), 2.0, detail),
        Row(f"list page / its template alone, {role}", round(whole / bare, 3), "×", None, None, detail),
        judged(f"queries of the list page, {role}", asked, 14, "session and user included", unit="queries"),
    ]


def timeline_rows(user: Staff) -> list[Row]:
    """The timeline of one case with five thousand lines against the same page with sixty."""
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    with acting_as(user.pk):
        case = policies.caseload_of(user).order_by("pk")[:1].get()
    url = f"/cases/{case.code}/timeline/"

    def fill(lines: range) -> None:
        with acting_as(user.pk):
            CaseEvent.objects.bulk_create(
                CaseEvent(
                    case=case,
                    section=Section.SUMMARY,
                    kind=EventKind.TASK_DONE,
                    actor=user,
                    at=timezone.now() - dt.timedelta(minutes=number),
                    summary=NOTE,
                )
                for number in lines
            )
        analyse()

    fill(range(60))
    few = median_ms(lambda: client.get(url))
    fill(range(60, LONG_TIMELINE))
    many = median_ms(lambda: client.get(url))
    with acting_as(user.pk):
        deep = CaseEvent.objects.filter(case=case).order_by("-at", "-pk")[LONG_TIMELINE - 200]
    far_url = f"{url}?cursor={cursor_at(deep.at, deep.pk)}"
    far = median_ms(lambda: client.get(far_url))
    return [
        judged(f"timeline of {LONG_TIMELINE} lines / of 60", many / few, 1.5, f"{many:.1f} ms / {few:.1f} ms"),
        judged("last page of the timeline / its first", far / many, 1.5, f"{far:.1f} ms / {many:.1f} ms"),
    ]


def analyse() -> None:
    """Fresh statistics, as autovacuum keeps them where rows come one by one and not thousands in a second."""
    # As the owner: asked by the application, ANALYZE passes over every table without a word.
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")


@contextmanager
def unbound() -> Iterator[None]:
    """Everything in here goes over the owner's connection, which no row policy binds."""
    bound = connections["default"]
    connections["default"] = connections["owner"]
    try:
        yield
    finally:
        connections["default"] = bound


def policy_rows(role: str, user: Staff) -> list[Row]:
    """What row-level security costs: the same questions by the same person, with the policies and without."""
    words = fold("Moh. Saputra").split()

    def search() -> None:
        page_of([b.filter(named_like(words)) for b in policies.case_branches(user)], Order("next_due_on"))

    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    with acting_as(user.pk):
        case = policies.cases_for(user).order_by("pk")[:1].get()
    questions: list[tuple[str, Callable[[], Any], float]] = [
        ("list query", acting(user, lambda: _first_page(user)), 1.5),
        ("capped count", acting(user, lambda: capped_count(policies.case_branches(user))), 3.0),
        ("name search", acting(user, search), 1.5),
        ("case page", lambda: client.get(f"/cases/{case.code}/"), 1.5),
    ]
    rows = []
    for name, ask, goal in questions:
        bound = median_ms(ask)
        with unbound():
            free = median_ms(ask)
        detail = f"{bound:.2f} ms / {free:.2f} ms"
        rows.append(judged(f"{name} with row policies / without, {role}", bound / free, goal, detail))
    return rows


def acting(user: Staff, ask: Callable[[], Any]) -> Callable[[], Any]:
    """``ask`` in a transaction of this person, as a request is."""

    def asked() -> None:
        with acting_as(user.pk):
            ask()

    return asked
