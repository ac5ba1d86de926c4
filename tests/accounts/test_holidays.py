"""Closed days: kept year by year by a data admin, counted by every due date, refused with the line that is wrong."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts import workflow
from accounts.enums import JournalAction
from accounts.models import JournalEntry
from core.models import Holiday, HolidayKind
from core.workdays import add_workdays
from core.workflow import TransitionError
from tests.cast import Cast

URL = "/accounts/holidays/"
DECREE = {"kind": "public", "source": "SKB 1/2027"}
FRIDAY, MONDAY, TUESDAY = dt.date(2027, 7, 2), dt.date(2027, 7, 5), dt.date(2027, 7, 6)


@pytest.fixture
def admin(cast: Cast, client: Client) -> Client:
    client.force_login(cast.admin)
    return client


def test_what_is_wrong_is_summed_up_once(cast: Cast, admin: Client) -> None:
    refused = admin.post(URL, DECREE | {"lines": "31-02-2027 Salah"})
    assert (refused.status_code, refused.content.decode().count('role="alert"')) == (422, 1)


def test_a_day_that_is_added_is_no_working_day_and_removed_it_is_one_again(cast: Cast, admin: Client) -> None:
    assert add_workdays(FRIDAY, 1) == MONDAY
    answer = admin.post(URL, DECREE | {"lines": "05-07-2027  Libur   setempat\n\n2027-07-07 Cuti"})
    assert (answer.status_code, answer.url) == (302, f"{URL}?year=2027")
    assert Holiday.objects.get(day=MONDAY).name == "Libur setempat"
    assert add_workdays(FRIDAY, 1) == TUESDAY
    remove = reverse("accounts:holiday-remove", args=["2027-07-05"])
    assert admin.post(remove).status_code == 302
    assert admin.post(remove).status_code == 404  # a second tap
    assert add_workdays(FRIDAY, 1) == MONDAY
    lines = JournalEntry.objects.filter(action=JournalAction.ORGANISATION_CHANGED, actor=cast.admin)
    assert set(lines.values_list("object_code", flat=True)) == {"holiday:2027-07-05", "holiday:2027-07-07"}


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("", "Tulis paling sedikit satu hari."),
        ("31-02-2027 Tidak ada", "tanggalnya tidak terbaca"),
        ("17-08-1900 Lampau", "terlalu jauh"),
        ("05-07-2027", "tulis namanya"),
        ("05-07-2027 " + "x" * 201, "paling panjang 200"),
        ("05-07-2027 Satu\n05-07-2027 Dua", "dua kali"),
        ("besok 💥 <b>' OR 1=1", "tanggalnya tidak terbaca"),
        ("\n".join(f"05-07-2027 Hari {number}" for number in range(61)), "60 hari"),
        ("01-01-2027 Tahun baru", "Sudah ada di kalender: 01-01-2027."),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_stored_or_lost(admin: Client, lines: str, fault: str) -> None:
    before = Holiday.objects.count()
    answer = admin.post(URL, DECREE | {"lines": lines})
    assert answer.status_code == 422
    form = answer.context["form"]
    assert fault in " ".join(form.errors["lines"])
    assert form["lines"].value() == lines
    assert Holiday.objects.count() == before


@pytest.mark.parametrize("year", ["2026", "junk", "", "99999999999999999999", "-1", "²"])
def test_any_year_that_is_asked_for_shows_a_calendar(admin: Client, year: str) -> None:
    assert admin.get(URL, {"year": year}).status_code == 200


@pytest.mark.parametrize("actor", ["worker", "supervisor", "head_office", "dpo", "analyst", "cso"])
def test_nobody_else_changes_the_calendar(cast: Cast, actor: str) -> None:
    user = getattr(cast, actor)
    with pytest.raises(PermissionDenied):
        workflow.add_holidays([(MONDAY, "Libur")], by=user, kind=HolidayKind.LOCAL, source="x")
    with pytest.raises(PermissionDenied):
        workflow.remove_holiday(Holiday.objects.latest("day"), by=user)


def test_all_or_none(cast: Cast) -> None:
    days = [(MONDAY, "Libur"), (dt.date(2027, 1, 1), "Tahun baru")]
    with pytest.raises(TransitionError):
        workflow.add_holidays(days, by=cast.admin, kind=HolidayKind.LOCAL, source="x")
    assert not Holiday.objects.filter(day=MONDAY).exists()


def test_a_year_is_no_amount(admin: Client) -> None:
    admin.cookies["titian_language"] = "en"
    page = admin.get(reverse("accounts:holiday-list"), {"year": "2026"}).content.decode()
    assert "Holidays 2026" in page
    assert "2,026" not in page
