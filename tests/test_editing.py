"""Two people edit one row, on every page that edits one: what each typed is kept, and the same field is asked about.

The table is the list of those pages; a page that edits a stored row and stands in no line fails the last test.
"""

from __future__ import annotations

import datetime as dt
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django import forms
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone
from lxml import html

from accounts.models import Staff
from cases import workflow
from cases.models import HouseholdMember, Participant
from core.conflict import from_text, marked, merge
from core.rendering import DateInput, DateTimeInput
from tests.addresses import ADDRESSES
from tests.cast import Cast
from tests.factories import NIK, make_case, make_note
from tests.world import World, make_family, make_world

pytestmark = pytest.mark.django_db
DAY = timezone.localdate() + dt.timedelta(days=40)


@dataclass(frozen=True)
class Edited:
    """``field`` is changed by both, ``first`` by who saves first, ``second`` by who saves second; by whom."""

    actors: tuple[str, str]
    field: tuple[str, str, str]
    first: tuple[str, str] = ("", "")
    second: tuple[str, str] = ("", "")


WORKERS = ("worker", "neighbour")
TWICE = ("worker", "worker")
HEADS = ("supervisor", "supervisor")
ADMINS = ("admin", "admin")
EDITED = {
    "cases:identity-edit": Edited(
        WORKERS, ("phone", "0812-0000-1212", "0812-0000-3434"), ("mother_name", "Aminah"), ("birth_place", "Malang")
    ),
    "cases:address-edit": Edited(
        WORKERS, ("address_line", "Jl. Melati 4", "Jl. Kenanga 9"), ("rt", "3"), ("access_note", "Sinyal lemah")
    ),
    "cases:member-edit": Edited(WORKERS, ("name", "Sri R.", "Sri Rahayu N."), ("birth_year", "1991"), ("sex", "male")),
    "cases:family-card": Edited(WORKERS, ("kk", "3573010101010007", "3573010101010008")),
    "cases:supervision-edit": Edited(
        WORKERS, ("frequency_days", "14", "7"), ("place", "Bapas"), ("channel", "daring")
    ),
    "cases:note-edit": Edited(TWICE, ("summary", "Dari ponsel.", "Dari meja."), ("next_steps", "Telepon")),
    "cases:clinical-edit": Edited(("psychologist", "psychologist"), ("text", "Dari ponsel.", "Dari meja.")),
    "cases:legal-status-edit": Edited(
        WORKERS, ("authority", "Lapas Satu", "Lapas Dua"), ("document_no", "W-1"), ("conditions", "Lapor")
    ),
    "cases:legal-event-edit": Edited(
        WORKERS, ("place", "Malang", "Lawang"), ("authority", "Kejaksaan"), ("document_no", "W-2")
    ),
    "cases:legal-category-edit": Edited(WORKERS, ("basis", "Sidang TPP", "Wawancara"), ("document_no", "W-3")),
    "cases:legal-assessment-edit": Edited(
        WORKERS, ("result", "Sedang", "Tinggi"), ("summary", "Tenang."), ("basis", "Wawancara")
    ),
    "cases:legal-return-edit": Edited(WORKERS, ("received_by", "Dinas", "Sentra"), ("stay_abroad_months", "7")),
    "cases:task-edit": Edited(HEADS, ("title", "Telepon istrinya", "Telepon kakaknya"), ("due_on", f"{DAY:%Y-%m-%d}")),
    "cases:rule-edit": Edited(ADMINS, ("years", "12", "15"), ("source", "JRA 7/2024"), ("is_active", "on")),
    "assessments:draft-edit": Edited(("admin", "admin"), ("summary", "Kata lebih jelas.", "Kata lebih singkat.")),
    "partners:partner-edit": Edited(
        HEADS, ("name", "Titi Satu", "Titi Dua"), ("legal_no", "AHU-1"), ("kind", "swasta")
    ),
    "partners:contact-edit": Edited(HEADS, ("name", "Yuni A.", "Yuni B."), ("phone", "0812-1"), ("position", "Ketua")),
    "partners:offer-edit": Edited(
        ("supervisor", "cso"),
        ("title", "Usaha satu", "Usaha dua"),
        ("eligibility", "Dewasa"),
        ("capacity_per_quarter", "9"),
    ),
    "partners:agreement-edit": Edited(
        HEADS, ("number", "PKS-1", "PKS-2"), ("scope", "Usaha"), ("valid_to", f"{DAY:%Y-%m-%d}")
    ),
    "partners:referral-edit": Edited(
        TWICE, ("purpose", "Modal usaha.", "Kelas usaha."), ("support_needed", "Alat kerja"), ("urgency", "urgent")
    ),
    "programs:goal-edit": Edited(
        TWICE, ("text", "Punya bengkel.", "Punya warung."), ("measure", "Ada izin"), ("due_on", f"{DAY:%Y-%m-%d}")
    ),
    "programs:goal-progress": Edited(TWICE, ("progress", "2", "3"), ("status", "in_progress")),
    "programs:session-attendance": Edited(WORKERS, ("{enrolment}-mark", "hadir", "izin")),
    "accounts:staff-edit": Edited(
        ADMINS, ("full_name", "Ratna K.", "Ratna Kusuma W."), ("email", "ratna@uji.example"), ("staff_no", "1988-9")
    ),
    "accounts:staff-move": Edited(
        ADMINS, ("role", "supervisor", "data_admin"), ("reason", "Naik"), ("reason", "Tukar")
    ),
    "accounts:unit-edit": Edited(ADMINS, ("name", "Bapas Satu", "Bapas Dua"), ("short_name", "Satu")),
    "accounts:team-edit": Edited(ADMINS, ("name", "Pokja Satu", "Pokja Dua"), ("ended_on", f"{DAY:%Y-%m-%d}")),
    "accounts:facility-edit": Edited(ADMINS, ("name", "Griya Satu", "Griya Dua"), ("capacity", "30")),
}
# Numbers that no page shows whole, and a reason that is no part of the row.
UNSEEN = {"kk", "reason"}


@pytest.fixture
def world() -> World:
    world = make_world()
    workflow.assign(world.case, by=world.cast.supervisor, worker=world.cast.worker, co_workers=[world.cast.neighbour])
    return world


class Editor:
    """Somebody with a page open."""

    def __init__(self, person: Staff, url: str) -> None:
        self.client, self.url = Client(), url
        self.client.force_login(person)
        self.sent: dict[str, list[str]] = {}

    def open(self) -> Editor:
        answer = self.client.get(self.url)
        if answer.status_code == 302:  # off the caseload: the reason first
            self.client.post(answer["Location"], {"why": "supervision", "text": "Pemeriksaan bersama.", "reason": "x"})
            answer = self.client.get(self.url)
        assert answer.status_code == 200, (self.url, answer.status_code)
        self.sent = form_of(answer.content.decode())
        return self

    def change(self, name: str, value: str) -> None:
        if name:
            self.sent[name] = [value] if value else []

    def save(self) -> Any:
        answer = self.client.post(self.url, self.sent)
        assert answer.status_code != 422, answer.context["form"].errors
        return answer


def form_of(page: str) -> dict[str, list[str]]:
    """What the browser would send of the form that edits: the one with the version it was opened with."""
    tree = html.fromstring(page)
    form = next(form for form in tree.forms if form.xpath('.//input[@name="version"]'))
    values: dict[str, list[str]] = {}
    for name, value in form.form_values():
        values.setdefault(name, []).append(value.removeprefix("\n"))  # a browser drops it after <textarea>
    values.pop("csrfmiddlewaretoken", None)
    return values


def editors(world: World, name: str) -> tuple[Editor, Editor]:
    codes = [str(world.codes[part]) for part in ADDRESSES[name].codes]
    url = reverse(name, args=codes)
    first, second = (Editor(getattr(world.cast, actor), url).open() for actor in EDITED[name].actors)
    return first, second


def pair(cast: Cast, case: Any, name: str = "cases:identity-edit", *codes: str) -> tuple[Editor, Editor]:
    """Two of the team with one page of the case open."""
    workflow.assign(case, by=cast.supervisor, worker=cast.worker, co_workers=[cast.neighbour])
    url = reverse(name, args=[case.code, *codes])
    second = cast.worker if name == "cases:note-edit" else cast.neighbour
    return Editor(cast.worker, url).open(), Editor(second, url).open()


def named(world: World, name: str) -> str:
    return name.format(**world.codes) if name else ""


def asks_who_saves_second(world: World, name: str) -> None:
    edited = EDITED[name]
    field, one, two = named(world, edited.field[0]), *edited.field[1:]
    first, second = editors(world, name)
    first.change(field, one)
    first.change(*edited.first)
    second.change(field, two)
    second.change(*edited.second)
    assert first.save().status_code == 302
    answer = second.save()
    page = answer.content.decode()
    assert answer.status_code == 409
    (row,) = (row for row in answer.context["rows"] if row.name == field)
    assert row.mine != row.theirs
    assert "Isian ini berubah saat Anda menyunting" in page
    assert getattr(world.cast, edited.actors[0]).full_name in page
    second.sent = form_of(page)
    assert second.sent[field] == [two], "what was typed goes along"
    second.change(f"pick-{field}", "mine")
    assert second.save().status_code == 302
    now = second.open().sent
    for key, value in ((field, two), edited.first, edited.second):
        assert not key or key in UNSEEN or now.get(key) == [value], key


def test_leaving_what_is_stored_saves_nothing(cast: Cast) -> None:
    case = make_case(cast.worker)
    first, second = pair(cast, case)
    first.change("phone", "0812-0000-1111")
    second.change("phone", "0812-0000-2222")
    assert first.save().status_code == 302
    second.sent = form_of(second.save().content.decode())
    second.change("pick-phone", "theirs")
    assert second.save().status_code == 302
    person = Participant.objects.get(pk=case.participant_id)
    assert (person.phone, person.version) == ("0812-0000-1111", 2)


def merges_fields_of_one_alone(world: World, name: str) -> None:
    edited = EDITED[name]
    field, one, _two = named(world, edited.field[0]), *edited.field[1:]
    first, second = editors(world, name)
    first.change(*edited.first)
    second.change(field, one)
    assert first.save().status_code == 302
    assert second.save().status_code == 302
    now = second.open().sent
    assert now[field] == [one]
    assert now.get(edited.first[0]) == [edited.first[1]]


def test_two_people_on_every_page_that_edits_a_row(world: World) -> None:
    """One world for all pages: making it takes longer than all of them."""
    failures = []
    for name, edited in EDITED.items():
        checks = [asks_who_saves_second]
        if edited.first[0] and edited.first[0] not in UNSEEN:
            checks.insert(0, merges_fields_of_one_alone)
        for check in checks:
            try:
                with transaction.atomic():
                    check(world, name)
                    transaction.set_rollback(True)
            except (AssertionError, StopIteration, ValueError, KeyError) as error:
                failures.append((name, check.__name__, repr(error)[:600]))
    assert not failures, "\n".join(map(str, failures))


def test_what_was_merged_is_said(cast: Cast) -> None:
    case = make_case(cast.worker)
    first, second = pair(cast, case)
    first.change("mother_name", "Aminah")
    second.change("phone", "0812-0000-5656")
    first.save()
    page = second.client.post(second.url, second.sent, follow=True).content.decode()
    assert "Yang disimpan orang lain sementara itu tetap ada: Nama ibu." in page


def test_two_texts_are_joined(cast: Cast) -> None:
    case = make_case(cast.worker)
    first, second = pair(cast, case, "cases:note-edit", make_note(case).code)
    first.change("summary", "Kabar baik. Dari ponsel.")
    second.change("summary", "Kabar baik. Dari meja.")
    first.save()
    page = second.save()
    assert "<ins>ponsel.</ins>" in page.content.decode()
    second.sent = form_of(page.content.decode())
    assert second.sent["pick-summary"] == ["both"]
    assert second.sent["joined-summary"][0].split() == [
        "Kabar",
        "baik.",
        "Dari",
        "ponsel.",
        "Kabar",
        "baik.",
        "Dari",
        "meja.",
    ]
    second.change("joined-summary", "Kabar baik. Dari ponsel dan meja.")
    assert second.save().status_code == 302
    assert second.open().sent["summary"] == ["Kabar baik. Dari ponsel dan meja."]


def test_a_third_one_saves_while_the_second_chooses(cast: Cast) -> None:
    case = make_case(cast.worker)
    first, second = pair(cast, case)
    first.change("phone", "0812-0000-1111")
    second.change("phone", "0812-0000-2222")
    first.save()
    second.sent = form_of(second.save().content.decode())
    second.change("pick-phone", "theirs")
    first.open().change("phone", "0812-0000-3333")
    assert first.save().status_code == 302
    assert second.save().status_code == 302, "theirs was taken, and the third one's number is only newer"
    assert Participant.objects.get(pk=case.participant_id).phone == "0812-0000-3333"


def test_a_number_that_is_never_shown_is_asked_about_in_its_last_digits(cast: Cast) -> None:
    case = make_case(cast.worker)
    first, second = pair(cast, case)
    for editor, number in ((first, "9999991705900002"), (second, "9999991705900003")):
        editor.change("nik", number)
        editor.change("nik_confirmed", "on")
        editor.change("birth_is_estimate", "")
    assert first.save().status_code == 302
    answer = second.save()
    (row,) = answer.context["rows"]
    assert (row.name, row.mine, row.theirs) == ("nik", "•••• 0003", "•••• 0002")
    assert "9999991705900002" not in answer.content.decode()
    second.sent = form_of(answer.content.decode())
    second.change("pick-nik", "theirs")
    assert second.save().status_code == 302
    assert Participant.objects.get(pk=case.participant_id).nik == "9999991705900002"
    assert NIK != "9999991705900002"


def test_a_forged_beginning_is_a_question_and_no_fault(cast: Cast) -> None:
    case = make_case(cast.worker)
    editor = Editor(cast.worker, reverse("cases:identity-edit", args=[case.code])).open()
    editor.sent |= {"phone": ["0812-0000-9999"], "pick-x": ["theirs"], "pick-phone": ["mine"], "joined-phone": ["x"]}
    for base in ("", "x", "[]", '{"phone": 3}', "[" * 5_000, '{"phone": ["\\ud800"]}', "\x00"):
        for version in ("", "²", "-1", "9" * 40, "1; DROP TABLE"):
            editor.sent |= {"base": [base], "version": [version]}
            assert editor.save().status_code == 409, (base, version)


def test_no_script_comes_alive_on_the_conflict_screen(cast: Cast) -> None:
    case = make_case(cast.worker)
    first, second = pair(cast, case, "cases:note-edit", make_note(case).code)
    first.change("summary", "<script>alert(1)</script> & dari ponsel")
    second.change("summary", "'\"><img src=x onerror=alert(2)> \u202edari meja 😀")
    first.save()
    page = second.save().content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page


def test_a_member_who_has_left_meanwhile_is_not_changed(cast: Cast) -> None:
    case = make_case(cast.worker)
    first, second = pair(cast, case, "cases:member-edit", make_family(case).code)
    first.change("left_on", f"{timezone.localdate():%Y-%m-%d}")
    second.change("name", "Sri Lain")
    first.save()
    answer = second.save()
    assert answer.status_code in (404, 409)
    assert not HouseholdMember.objects.filter(name="Sri Lain", left_on=None).exists()


def test_the_first_duty_of_two_is_not_overwritten(cast: Cast) -> None:
    case = make_case(cast.worker)
    first, second = pair(cast, case, "cases:supervision-edit")
    soon = f"{timezone.localtime() + dt.timedelta(days=3):%Y-%m-%dT%H:%M}"
    for editor, days in ((first, "14"), (second, "7")):
        editor.change("frequency_days", days)
        editor.change("next_due_at", soon)
    assert first.save().status_code == 302
    assert second.save().status_code == 409
    case.reporting_duty.refresh_from_db()
    assert case.reporting_duty.frequency_days == 14


def test_marks_are_found_quickly() -> None:
    assert str(marked("satu dua tiga", "satu tiga")) == "satu <ins>dua </ins>tiga"
    assert str(marked("a <b>", None)) == "a &lt;b&gt;"
    assert "<ins>" not in marked("kata " * 10_000, "lain " * 10_000)
    assert from_text("{}") == {}


def test_days_are_asked_about_as_they_are_read() -> None:
    class Meeting(forms.Form):
        due_on = forms.DateField(widget=DateInput)
        at = forms.DateTimeField(widget=DateTimeInput)

    mine = Meeting({"due_on": "2026-12-15", "at": "kapan"})
    theirs = Meeting(initial={"due_on": dt.date(2027, 1, 31), "at": dt.datetime(2027, 1, 31, 9, 30)})  # noqa: DTZ001
    day, moment = merge(mine, theirs, None).asked
    assert (day.mine, day.theirs) == ("15 Desember 2026", "31 Januari 2027")
    assert (moment.mine, moment.theirs) == ("kapan", "31 Januari 2027, 09.30")


def _source_of(view: Callable[..., Any]) -> str:
    """The view's own text and that of the functions of its module that it calls."""
    view = inspect.unwrap(view)
    module = inspect.getmodule(view)
    text, seen = inspect.getsource(view), {view.__name__}
    for name in re.findall(r"\b(_\w+|edit_\w+)\(", text):
        helper = getattr(module, name, None)
        if inspect.isfunction(helper) and name not in seen and helper.__module__.split(".")[0] != "core":
            seen.add(name)
            text += inspect.getsource(helper)
    return text


def test_every_page_that_edits_a_row_is_in_the_table() -> None:
    edits = set()
    for entry in get_resolver().url_patterns:
        for pattern in getattr(entry, "url_patterns", ()):
            if name := getattr(pattern, "name", ""):
                full = f"{entry.app_name}:{name}" if entry.app_name else name
                by_name = name.endswith("-edit")
                if entry.app_name and (by_name or "edit_page(" in _source_of(pattern.callback)):
                    edits.add(full)
    assert edits == set(EDITED)
