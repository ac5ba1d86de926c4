"""What somebody with an account may try: foreign codes, fields that no form shows, moves out of turn, forged words.

The GET side of foreign codes stands in tests/test_urls.py; here are POSTs, query strings and bodies. A new address,
form or field is attacked without another line.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import policies as case_policies
from cases.enums import CaseStatus, Section
from cases.forms.documents import PaperField
from cases.models import CaseFile, CaseUserGrant
from core import paging
from tests.addresses import ADDRESSES, Address, named_patterns, url_of
from tests.world import World

pytestmark = pytest.mark.django_db
# One of each relation to the case; tests/test_urls.py asks as everybody.
TRYING = ("neighbour", "supervisor", "worker", "other_agency", "cso", "other_cso", "analyst", "admin", "auditor")
CASE_CODES = {"case": "child", "note": "child_note", "draft": "child_draft"}
POSTABLE = sorted(name for name, address in ADDRESSES.items() if not name.startswith("account_"))
OUR_MODELS = [
    model
    for app in settings.OUR_APPS
    for model in apps.get_app_config(app).get_models()
    if not hasattr(model, "pgh_tracked_model") and model._meta.managed
]
# What a request leaves behind on purpose, whatever it is about.
TRACES = {"JournalEntry", "JournalLink", "Draft"}


def fingerprint(only: set[str] | None = None) -> dict[str, str]:
    """Every row of every table of ours as one value, so that a change anywhere shows."""
    found = {}
    with connection.cursor() as cursor:
        for model in OUR_MODELS:
            if model.__name__ in TRACES or (only is not None and model.__name__ not in only):
                continue
            cursor.execute(
                f"SELECT coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') "
                f'FROM "{model._meta.db_table}" t'
            )
            found[model.__name__] = cursor.fetchone()[0]
    return found


def foreign_post(client: Client, world: World, name: str, **data: object) -> Any:
    """The address with another agency's codes in it."""
    codes = {code: world.codes[CASE_CODES.get(code, code)] for code in ADDRESSES[name].codes}
    return client.post(reverse(name, args=[codes[part] for part in ADDRESSES[name].codes]), data)


# ---- other people's codes ------------------------------------------------------------------------------------------


def test_posting_to_another_agencys_case_changes_nothing(world: World, clients: dict[str, Client]) -> None:
    before = fingerprint()
    for name in [name for name in POSTABLE if set(ADDRESSES[name].codes) & set(CASE_CODES)]:
        address = ADDRESSES[name]
        for actor in [a for a in ("worker", "supervisor", "analyst", "admin", "cso") if a in address.ok.split()]:
            answer = foreign_post(clients[actor], world, name, status="closed", reason="x" * 100)
            assert answer.status_code in (address.otherwise, 405), (name, actor)
    assert fingerprint() == before


def test_whoever_may_not_changes_nothing_by_posting(world: World, clients: dict[str, Client]) -> None:
    """Everybody for whom the table says 403 or 404, with fields that look right."""
    before = fingerprint()
    data = {"reason": "x" * 100, "note": "x" * 100, "status": "approved", "agree": "on", "version": 1}
    for name in POSTABLE:
        address = ADDRESSES[name]
        may = f"{address.ok} {address.sent}".split()
        for actor in [actor for actor in TRYING if actor not in may]:
            answer = clients[actor].post(url_of(name, world.codes), data)
            assert answer.status_code in (403, 404, 405, 409), (name, actor)
    assert fingerprint() == before


@pytest.mark.parametrize("key", ["case", "code", "id", "pk", "participant", "q", "worker", "unit", "cursor", "before"])
def test_a_foreign_code_in_a_query_string_shows_nothing(world: World, clients: dict[str, Client], key: str) -> None:
    secret = world.child.participant.full_name
    values = (world.child.code, str(world.child.pk), secret, world.child.case_no)
    for name in ("cases:case-list", "cases:note-quick", "home", "partners:referral-list", "assessments:queue"):
        for value in values:
            answer = clients["worker"].get(reverse(name), {key: value})
            page = answer.content.decode().replace(f'value="{secret}"', "").replace(f"“{secret}”", "")
            assert secret not in page, (name, value)
            assert reverse("cases:case-detail", args=[world.child.code]) not in page


@pytest.mark.parametrize("field", ["case", "case_id", "code", "participant", "participant_id", "assessment", "plan"])
def test_a_foreign_code_in_a_body_moves_nothing_there(world: World, clients: dict[str, Client], field: str) -> None:
    """Own address, somebody else's row named in the form."""
    child_rows = {"ContactNote": world.child.notes.count(), "Task": world.child.tasks.count()}
    for name in ("cases:note-new", "cases:task-new", "programs:goal-new", "partners:referral-new"):
        for value in (world.child.code, world.child.pk, world.child.participant_id):
            data = {field: value, "title": "Tugas", "due_on": timezone.localdate(), "client_id": uuid.uuid4()}
            clients["worker"].post(url_of(name, world.codes), data)
    assert child_rows == {"ContactNote": world.child.notes.count(), "Task": world.child.tasks.count()}


# ---- fields that no form shows -------------------------------------------------------------------------------------

PROTECTED = {
    "CaseFile": ("status", "lead_unit_id", "lead_agency_id", "case_no", "code", "closed_at", "participant_id"),
    "Participant": ("code",),
    "ContactNote": ("author_id", "code", "case_id"),
    "Assessment": ("status", "rater_id", "code", "case_id"),
    "Plan": ("status", "case_id", "code"),
    "Referral": ("status", "code", "case_id"),
    "QuarterlyReport": ("status", "approved_by_id", "sha256", "requested_by_id"),
    "Export": ("status", "decided_by_id", "row_count", "sha256", "requested_by_id", "content"),
    "Staff": ("role", "unit_id", "is_superuser", "is_staff", "is_active", "password", "username"),
    "CaseUserGrant": ("user_id", "content_object_id", "sections", "source", "can_edit"),
    "Unit": ("agency_id", "code"),
    "Agency": ("code", "kind"),
}


def every_field(cast: Any) -> dict[str, object]:
    """Each field of each model with a value that would do harm, by its name and by the name of its column."""
    harmful: dict[str, object] = {}
    for model in OUR_MODELS:
        for field in model._meta.concrete_fields:
            value = worst(field, cast)
            harmful[field.name] = value
            harmful[field.attname] = value
    return harmful | {"is_superuser": "on", "is_staff": "on", "role": "system", "groups": "1", "user_permissions": "1"}


def worst(field: models.Field, cast: Any) -> object:
    if field.choices:
        return [str(value) for value, _label in field.flatchoices][-1]
    if isinstance(field, models.BooleanField):
        return "on"
    if isinstance(field, models.ForeignKey):
        return cast.other_agency.pk if field.related_model is type(cast.worker) else 1
    if isinstance(field, models.IntegerField | models.AutoField):
        return 1
    if isinstance(field, models.DateTimeField):
        return "1999-01-01T00:00"
    return "1999-01-01" if isinstance(field, models.DateField) else "penyerang"


def protected_values() -> dict[tuple[str, object], tuple[object, ...]]:
    found = {}
    for model in OUR_MODELS:
        names = PROTECTED.get(model.__name__)
        if names:
            manager = getattr(model, "all_grants", model._base_manager)
            for row in manager.values_list("pk", *names):
                found[(model.__name__, row[0])] = tuple(bytes(v) if isinstance(v, memoryview) else v for v in row[1:])
    return found


# Moves: each changes the one status that it is there for. The attack on those follows below.
MOVES = {
    *("move-on", "assign", "suspend", "resume", "close", "reopen", "send", "cancel", "approve", "return", "submit"),
    *("stop", "admit", "pause", "end", "withdraw", "activate", "finalise", "review", "answer", "begin", "finish"),
    *("revise", "retry", "refuse", "start", "password", "deactivate", "decide", "unseal", "revoke"),
}


def is_move(name: str) -> bool:
    last = name.rpartition(":")[2]
    return any(last == move or last.endswith(f"-{move}") for move in MOVES)


FORMS = [name for name in POSTABLE if not is_move(name)]


@pytest.mark.parametrize("name", FORMS)
def test_fields_that_a_form_does_not_show_change_nothing_protected(world: World, name: str) -> None:
    """Every field of every model is sent along with every form, by whoever may post it."""
    address = ADDRESSES[name]
    actor = address.ok.split()[0]
    client = Client(raise_request_exception=False)
    client.force_login(getattr(world.cast, actor))
    before = protected_values()
    answer = client.post(url_of(name, world.codes), every_field(world.cast))
    assert answer.status_code < 500
    after = protected_values()
    changed = {key: (value, after.get(key)) for key, value in before.items() if after.get(key) != value}
    assert changed == {}


def test_the_harmful_fields_are_all_there(world: World) -> None:
    sent = every_field(world.cast)
    assert {name for names in PROTECTED.values() for name in names} <= set(sent)
    assert len(sent) > 200


def test_whatever_form_takes_a_file_looks_into_it_first() -> None:
    """Size, kind by content, no name, no bomb: all of it stands in one field, and what is stored is sealed."""

    def below(kind: type) -> Iterator[type]:
        for child in kind.__subclasses__():
            yield child
            yield from below(child)

    ours = [form for form in below(forms.BaseForm) if form.__module__.split(".")[0] in settings.OUR_APPS]
    assert len(ours) > 20
    with_files = [
        f"{form.__module__}.{form.__name__}.{name}"
        for form in ours
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.FileField) and not isinstance(field, PaperField)
    ]
    assert with_files == []
    stored = [f"{m.__name__}.{f.name}" for m in OUR_MODELS for f in m._meta.fields if isinstance(f, models.FileField)]
    # Written by core.sealed_files alone.
    assert sorted(stored) == ["DocumentFile.file", "DocumentPage.image"]


# ---- moves out of turn ---------------------------------------------------------------------------------------------


def statuses_of(row: models.Model) -> list[str]:
    return [str(value) for value, _label in row._meta.get_field("status").flatchoices]


def rows_behind(world: World, address: Address) -> list[models.Model]:
    """The rows with a status that this address's codes name."""
    named = {
        "case": world.case,
        "draft": world.draft,
        "submitted": world.submitted,
        "final": world.final,
        "plan": world.plan,
        "draft_plan": world.draft_plan,
        "enrolment": world.enrolment,
        "sent": world.sent,
        "accepted": world.accepted,
        "report": world.report,
        "export": world.export,
        "task": world.task,
    }
    return [named[code] for code in address.codes if code in named]


MOVING = [name for name in POSTABLE if ADDRESSES[name].codes and is_move(name)]


@pytest.mark.parametrize("name", MOVING)
def test_no_move_can_be_forced_from_a_wrong_state(world: World, name: str) -> None:
    """Each row is put into each of its states in turn; a direct POST then moves it as its map says, or not at all."""
    address = ADDRESSES[name]
    actor = address.ok.split()[0]
    client = Client(raise_request_exception=False)
    client.force_login(getattr(world.cast, actor))
    data = {"reason": "x" * 100, "note": "x" * 100, "to": "closed", "status": "approved", "version": 1}
    for row in rows_behind(world, address):
        for state in statuses_of(row):
            with transaction.atomic():
                if not _put(row, state):
                    continue
                answer = client.post(url_of(name, world.codes), data)
                assert answer.status_code < 500, (name, state)
                now = type(row)._base_manager.values_list("status", flat=True).get(pk=row.pk)
                assert now == state or (state, now) in allowed(type(row)), (name, state, now)
                transaction.set_rollback(True)


def _put(row: models.Model, state: str) -> bool:
    """Write the state past the workflow; False where the database refuses such a row."""
    values: dict[str, object] = {"status": state}
    if isinstance(row, CaseFile) and state == CaseStatus.CLOSED:
        values |= {"closed_at": timezone.now(), "closure_reason": "selesai"}
    try:
        with transaction.atomic():
            type(row)._base_manager.filter(pk=row.pk).update(**values)
    except Exception:
        return False
    return True


def allowed(model: type[models.Model]) -> set[tuple[str, str]]:
    """Every move that stands in the enums of the model's app."""
    from importlib import import_module

    from core.workflow import Transition

    module = import_module(f"{model._meta.app_label}.enums")
    submodules = [module, *(v for v in vars(module).values() if hasattr(v, "__path__") or hasattr(v, "__file__"))]
    moves: set[tuple[str, str]] = set()
    for part in submodules:
        for value in vars(part).values():
            found = value.values() if isinstance(value, dict) else [value]
            for move in found:
                if isinstance(move, Transition):
                    moves |= {(str(source), str(move.to)) for source in move.sources}
    # A suspended case goes back to the stage that it came from.
    return moves | ({("suspended", s) for s in CaseStatus.values} if model is CaseFile else set())


# ---- forged words --------------------------------------------------------------------------------------------------


def forged(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(parts)).encode()).decode().rstrip("=")


CURSORS = [
    "",
    "x",
    "é",
    "%00",
    "=" * 50,
    "A" * 5000,
    forged("' OR 1=1 --", 1, False),
    forged("2026-01-01", "1", False),
    forged("9999-12-31", 10**30, False),
    forged({"a": 1}, 1, True),
    forged("2026-01-01", 1, "yes"),
    forged("2026-13-45", 1, False),
    forged(1e308, 1, False),
    forged("\x00", 1, False),
    forged(None, None, None),
    base64.urlsafe_b64encode(b"[" * 3000).decode(),
]


@pytest.mark.parametrize("cursor", CURSORS, ids=range(len(CURSORS)))
def test_a_forged_cursor_shows_the_first_page_of_own_rows(
    world: World, clients: dict[str, Client], cursor: str
) -> None:
    for actor, name in (("worker", "cases:case-list"), ("worker", "cases:timeline"), ("cso", "partners:inbox")):
        answer = clients[actor].get(url_of(name, world.codes), {"cursor": cursor, "before": cursor, "after": cursor})
        assert answer.status_code == 200, (name, cursor[:40])
        assert world.child.code not in answer.content.decode()


def test_a_cursor_of_another_persons_list_shows_own_rows_alone(world: World, clients: dict[str, Client]) -> None:
    cursor = paging.cursor_at(dt.date(2000, 1, 1), 0)
    page = clients["neighbour"].get(reverse("cases:case-list"), {"cursor": cursor}).content.decode()
    assert world.case.code not in page


@pytest.mark.parametrize("client_id", ["", "x", "0" * 32, "../../x", "\x00", "9" * 400, "{}", "é"])
def test_a_forged_client_id_of_a_draft_is_refused_in_words(
    world: World, clients: dict[str, Client], client_id: str
) -> None:
    for name in ("cases:note-draft", "cases:note-draft-discard", "cases:note-new"):
        answer = clients["worker"].post(url_of(name, world.codes), {"client_id": client_id, "summary": "x"})
        assert answer.status_code < 500, name


def test_somebody_elses_draft_cannot_be_taken_over(world: World, clients: dict[str, Client]) -> None:
    from cases.models import Draft

    number = uuid.uuid4()
    data = {"client_id": number, "summary": "Milik Ratna", "type": "telepon"}
    clients["worker"].post(url_of("cases:note-draft", world.codes), data)
    for actor in ("neighbour", "supervisor", "other_agency"):
        for name in ("cases:note-draft", "cases:note-draft-discard"):
            clients[actor].post(url_of(name, world.codes), data | {"summary": "diambil"})
    mine = Draft.objects.filter(staff=world.cast.worker)
    assert all("diambil" not in str(draft.__dict__) for draft in mine)
    assert not Draft.objects.exclude(staff=world.cast.worker).filter(client_id=number).exists()


# ---- headers and paths ---------------------------------------------------------------------------------------------

SPLITS = ["x\r\nSet-Cookie: a=b", "x\nLocation: https://evil.test", "x%0d%0aSet-Cookie:%20a=b", "é\r\n\r\n<script>"]


@pytest.mark.parametrize("text", SPLITS)
def test_nothing_typed_becomes_a_header(world: World, clients: dict[str, Client], text: str) -> None:
    for name, address in ADDRESSES.items():
        if address.codes and not address.fragment:
            continue
        actor = address.ok.split()[0]
        answer = clients[actor].get(url_of(name, world.codes), {"q": text, "next": text, "view": text, "sort": text})
        assert answer.status_code < 500, name
        for header, value in answer.headers.items():
            assert "\n" not in value
            assert "\r" not in value, header
        assert "a" not in answer.cookies
    answer = clients["worker"].post(reverse("accounts:set-language"), {"language": text, "next": f"/{text}"})
    assert "a" not in answer.cookies
    assert "\n" not in answer.headers["location"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/../config/settings.py",
        "/static/..%2f..%2fconfig/settings.py",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/static//etc/passwd",
        "/static/css/../../manage.py",
        "/static/\\..\\..\\manage.py",
        "/media/",
        "/files/",
        "/.env",
        "/.git/config",
        "/.state/",
        "/admin/",
        "/debug/",
        "/reports/../../etc/passwd/pdf/",
        "/exports/..%2f..%2f/file/x/",
        "/verify/..%2f..%2fetc%2fpasswd/",
        "/cases/..%2f..%2f/",
        "/.well-known/../.env",
    ],
)
def test_no_path_leads_to_a_file_of_the_server(world: World, clients: dict[str, Client], path: str) -> None:
    answer = clients["admin"].get(path)
    assert answer.status_code in (301, 302, 400, 404)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert b"SECRET_KEY" not in body
    assert b"root:" not in body


def test_names_of_files_are_made_of_codes_alone(world: World, clients: dict[str, Client]) -> None:
    """No name of a person and nothing typed stands in a file's name (ET-3), so nothing in it can lead elsewhere."""
    answer = clients["admin"].get(url_of("reports:report-download", world.codes))
    name = answer.headers["Content-Disposition"]
    assert name == f'attachment; filename="{world.report.serial_no}.pdf"'
    assert not set(world.report.serial_no) & set('/\\"\r\n;')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


# ---- what has ended ------------------------------------------------------------------------------------------------


def test_an_expired_grant_gives_nothing_by_any_address(world: World) -> None:
    """The second after its end, whether or not a job has run."""
    with transaction.atomic():
        grant = CaseUserGrant.all_grants.create(
            user=world.cast.other_unit,
            permission=case_policies.view_permission(),
            content_object=world.case,
            sections=[section.value for section in Section if section != Section.ACCESS],
            source="sharing",
            lawful_basis="kewenangan",
            reason="uji",
            granted_by=world.cast.supervisor,
            granted_at=timezone.now() - dt.timedelta(days=2),
            expires_at=timezone.now() + dt.timedelta(days=1),
        )
        client = Client()
        client.force_login(world.cast.other_unit)
        assert client.get(url_of("cases:case-detail", world.codes)).status_code == 200
        CaseUserGrant.all_grants.filter(pk=grant.pk).update(expires_at=timezone.now() - dt.timedelta(seconds=1))
        before = fingerprint({"ContactNote", "Task", "CaseFile", "Plan", "Assessment", "Referral"})
        for name, address in ADDRESSES.items():
            if "case" not in address.codes:
                continue
            url = url_of(name, world.codes)
            assert client.get(url).status_code in (404, 405, address.otherwise), name
            assert client.post(url, {"reason": "x" * 100}).status_code in (404, 405, address.otherwise), name
        assert fingerprint({"ContactNote", "Task", "CaseFile", "Plan", "Assessment", "Referral"}) == before
        transaction.set_rollback(True)


def test_a_session_of_an_ended_account_opens_nothing(world: World) -> None:
    with transaction.atomic():
        client = Client()
        client.force_login(world.cast.neighbour)
        type(world.cast.neighbour).objects.filter(pk=world.cast.neighbour.pk).update(is_active=False)
        assert client.get(reverse("cases:case-list")).status_code == 302
        transaction.set_rollback(True)


def test_every_address_is_attacked() -> None:
    assert set(POSTABLE) | {n for n in ADDRESSES if n.startswith("account_")} == set(ADDRESSES)
    assert set(ADDRESSES) <= set(named_patterns())
    assert len(MOVING) > 30
    assert len(FORMS) > 60
