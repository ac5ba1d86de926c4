import pytest
from django.test import RequestFactory
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Agency, Staff, Unit
from config import navigation

SIGNED_IN = [role for role in Role if role != Role.SYSTEM]
every_role = pytest.mark.parametrize("role", SIGNED_IN)


def person(role):
    unit = Unit(name="Bapas Kelas I Malang", short_name="Bapas Malang", agency=Agency(name="Ditjenpas"))
    return Staff(full_name="Ratna Kusuma", role=role, unit=unit)


def menu(role, path="/"):
    request = RequestFactory().get(path)
    request.user = person(role)
    return navigation.navigation(request)["nav"]


def items(nav):
    return [item for group in nav.groups for item in group.items]


@every_role
def test_every_place_of_every_role_has_an_address(role):
    nav = menu(role)
    assert items(nav)
    assert all(item.url.startswith("/") for item in [*items(nav), *nav.dock])


@every_role
def test_the_dock_has_at_most_four_places_beside_the_rest_and_one_main_one(role):
    dock = menu(role).dock
    assert len(dock) <= 4
    assert [item.is_main for item in dock].count(True) == 1


@every_role
def test_the_home_page_marks_one_place_as_the_current_one(role):
    assert [item.current for item in items(menu(role)) if item.current] == ["page"]


def test_a_page_below_a_place_marks_the_nearest_place_only():
    current = {item.place.name: item.current for item in items(menu(Role.CASEWORKER, "/cases/K7M4-29QX/plan/"))}
    assert {name for name, value in current.items() if value} == {"cases:case-list"}
    assert current["cases:case-list"] == "true"


def test_the_place_itself_is_the_page():
    nav = menu(Role.CASEWORKER, reverse("partners:partner-list"))
    assert [item.place.name for item in items(nav) if item.current == "page"] == ["partners:partner-list"]


@pytest.mark.parametrize("role", [Role.FIELD_OFFICER, Role.AUDITOR, Role.DPO, Role.ANALYST, Role.DATA_ADMIN])
def test_only_those_who_work_on_cases_search_in_them_from_every_page(role):
    assert menu(role).search_url == ""
    assert menu(Role.CASEWORKER).search_url == reverse("cases:case-list")


def test_a_number_is_asked_at_most_once_a_page_and_only_when_it_is_drawn(monkeypatch):
    asked = []
    monkeypatch.setitem(navigation.COUNTS, "assessments:queue", lambda staff: asked.append(staff) or 3)
    nav = menu(Role.SUPERVISOR)
    decisions = next(item for item in items(nav) if item.place.name == "assessments:queue")
    assert asked == []
    assert [decisions.count, decisions.count] == [3, 3]
    assert len(asked) == 1


def test_before_sign_in_there_is_no_menu():
    assert navigation.navigation(RequestFactory().get("/")) == {"nav": None}


def test_the_line_below_the_name_says_role_and_unit():
    assert menu(Role.SUPERVISOR).place == "Pengawas · Bapas Malang"
