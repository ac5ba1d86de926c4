"""The case list: scope, filters, search, order and paging."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import AgencyKind, Profession, Role
from accounts.models import Unit
from cases import workflow
from cases.enums import CaseStatus, CaseType, ClosureReason, NoteType
from cases.models import CaseFile
from tests.cast import Cast
from tests.factories import make_case, make_child_case, make_note, make_person, make_staff, make_task

HTMX = {"HTTP_HX_REQUEST": "true"}
URL = "/cases/"


def names(response: Any) -> list[str]:
    return [row["name"] for row in response.context["rows"]]


def codes(response: Any) -> list[str]:
    return [row["case"].code for row in response.context["rows"]]


@pytest.fixture
def as_worker(cast: Cast, client: Client) -> Client:
    client.force_login(cast.worker)
    return client


@pytest.fixture
def as_supervisor(cast: Cast, client: Client) -> Client:
    client.force_login(cast.supervisor)
    return client


def named(name: str, **fields: Any) -> dict[str, Any]:
    return make_person(full_name=name, **fields)


def test_everybody_lists_the_cases_of_their_own_relation(cast: Cast, client: Client) -> None:
    own = make_case(cast.worker)
    neighbours = make_case(cast.neighbour)
    palu = make_case(cast.other_unit)
    social = make_case(cast.other_agency, case_type=CaseType.SOCIAL_ADULT)
    child = make_child_case(cast.other_agency)
    expected = {
        "worker": {own},
        "neighbour": {neighbours},
        "supervisor": {own, neighbours},
        "other_unit": {palu},
        "other_unit_supervisor": {palu},
        "other_agency": {social, child},
        "other_agency_supervisor": {social, child},
        "analyst": {own, neighbours, palu, social},
        "psychologist": set(),
        "head_office": set(),
    }
    for who, cases in expected.items():
        client.force_login(getattr(cast, who))
        assert {row["case"] for row in client.get(URL).context["rows"]} == cases, who


@pytest.mark.parametrize("who", ["admin", "cso", "auditor", "dpo"])
def test_roles_without_cases_have_no_list(cast: Cast, client: Client, who: str) -> None:
    client.force_login(getattr(cast, who))
    assert client.get(URL).status_code == 404


def test_the_nearest_due_date_stands_first_and_says_what_is_due(cast: Cast, as_worker: Client) -> None:
    later, late, nothing = make_case(cast.worker), make_case(cast.worker), make_case(cast.worker)
    make_task(later, due_at=timezone.now() + dt.timedelta(days=5))
    make_task(late, due_at=timezone.now() - dt.timedelta(days=6))
    response = as_worker.get(URL)
    assert codes(response) == [late.code, later.code, nothing.code]
    first = response.context["rows"][0]
    assert first["due"].late
    assert first["due"].when == "Lewat 6 hari"
    assert str(first["due_about"]) == "Tindak lanjut"
    assert response.context["rows"][2]["due"] is None


def test_sorting_is_a_link_and_tells_its_direction(cast: Cast, as_worker: Client) -> None:
    cases = [make_case(cast.worker) for _number in range(3)]
    by_number = [case.code for case in cases]
    assert codes(as_worker.get(URL, {"sort": "no"})) == by_number
    response = as_worker.get(URL, {"sort": "-no"})
    assert codes(response) == by_number[::-1]
    assert 'aria-sort="descending"' in response.content.decode()
    assert 'href="?sort=no"' in response.content.decode()
    assert codes(as_worker.get(URL, {"sort": "anything"})) == codes(as_worker.get(URL))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Muhammad Rizal", ["Moh. Rizal Fauzan"]),
        ("rizal mohamad", ["Moh. Rizal Fauzan"]),
        ("riz", ["Moh. Rizal Fauzan"]),
        ("soeharto", ["Suharto Wibowo"]),
        ("abu hanif", ["Suharto Wibowo"]),
        ("auzan", []),
        ("tidak ada", []),
        ("%", []),
        ("   ", ["Moh. Rizal Fauzan", "Suharto Wibowo"]),
    ],
)
def test_a_name_is_found_in_any_spelling_by_the_beginnings_of_its_words(
    cast: Cast, as_worker: Client, typed: str, found: list[str]
) -> None:
    make_case(cast.worker, person=named("Moh. Rizal Fauzan"))
    make_case(cast.worker, person=named("Suharto Wibowo", aliases=["Abu Hanif"]))
    assert sorted(names(as_worker.get(URL, {"q": typed}))) == found


def test_codes_and_file_numbers_are_found_whole_or_by_their_beginning(cast: Cast, as_worker: Client) -> None:
    case = make_case(cast.worker)
    CaseFile.objects.filter(pk=case.pk).update(code="K7M4-29QX")
    make_case(cast.worker)
    for typed in ("K7M4-29QX", "k7m4-29qx", "K7M429QX", "K7M4", "k7m4-2", case.case_no, case.case_no.lower()):
        assert codes(as_worker.get(URL, {"q": typed})) == ["K7M4-29QX"], typed
    prefix = case.case_no.rsplit("/", 1)[0]
    assert len(codes(as_worker.get(URL, {"q": prefix}))) == 2


def test_a_search_never_leaves_the_own_scope(cast: Cast, as_worker: Client) -> None:
    case = make_case(cast.neighbour, person=named("Teguh Waluyo"))
    for typed in ("Teguh", case.code, case.case_no):
        assert names(as_worker.get(URL, {"q": typed})) == []


def test_a_search_from_the_top_bar_finds_closed_cases_too(cast: Cast, as_worker: Client) -> None:
    case = make_case(cast.worker, person=named("Teguh Waluyo"))
    workflow.close(case, by=cast.supervisor, reason=ClosureReason.MOVED, note="Pindah ke Medan.")
    assert names(as_worker.get(URL)) == []
    assert names(as_worker.get(URL, {"q": "teguh"})) == ["Teguh Waluyo"]
    assert names(as_worker.get(URL, {"q": "teguh", "view": "open"})) == []
    assert names(as_worker.get(URL, {"view": "closed"})) == ["Teguh Waluyo"]


def test_saved_views_count_what_their_words_say(cast: Cast, as_supervisor: Client) -> None:
    now = timezone.now()
    late = make_case(cast.worker)
    make_task(late, due_at=now - dt.timedelta(days=2))
    seen = make_case(cast.worker, opened_at=now - dt.timedelta(days=100))
    make_note(seen, type=NoteType.HOME_VISIT, occurred_at=now - dt.timedelta(days=3))
    unseen = make_case(cast.worker, opened_at=now - dt.timedelta(days=100))
    make_note(unseen, occurred_at=now - dt.timedelta(days=31))
    never_seen = make_case(cast.neighbour, opened_at=now - dt.timedelta(days=40))
    nobodys = make_case(cast.worker)
    CaseFile.objects.filter(pk=nobodys.pk).update(lead_worker=None)
    views = {
        "overdue": {late},
        "unseen": {unseen, never_seen},
        "unassigned": {nobodys},
        "closed": set(),
        "open": {late, seen, unseen, never_seen, nobodys},
        "all": {late, seen, unseen, never_seen, nobodys},
    }
    for view, cases in views.items():
        assert {row["case"] for row in as_supervisor.get(URL, {"view": view}).context["rows"]} == cases, view


def test_filters_narrow_together_and_can_be_taken_away(cast: Cast, as_supervisor: Client) -> None:
    planning = make_case(cast.worker, status=CaseStatus.PLANNING)
    make_case(cast.worker)
    make_case(cast.neighbour, status=CaseStatus.PLANNING)
    response = as_supervisor.get(URL, {"status": "planning", "worker": cast.worker.pk})
    assert codes(response) == [planning.code]
    chips = {str(chip["label"]): chip["url"] for chip in response.context["chosen"]}
    assert chips == {"Perencanaan": f"?worker={cast.worker.pk}", cast.worker.full_name: "?status=planning"}
    assert len(codes(as_supervisor.get(URL, {"status": "planning"}))) == 2


def test_social_cases_are_filtered_by_kind(cast: Cast, client: Client) -> None:
    client.force_login(cast.other_agency)
    child = make_child_case(cast.other_agency)
    make_case(cast.other_agency, case_type=CaseType.FAMILY)
    assert codes(client.get(URL, {"case_type": "rehabilitasi_sosial_anak"})) == [child.code]


@pytest.mark.parametrize(
    "query",
    [
        {"status": "nonsense"},
        {"worker": "999999"},
        {"worker": "x"},
        {"view": "nonsense"},
        {"case_type": "korban"},
        {"cursor": "zzzz"},
        {"cursor": "W10"},
        {"cursor": "WyIyMDAxLTAxLTA1IiwgMSwgZmFsc2Vd", "sort": "opened"},  # a date where a moment should stand
        {"sort": "-full_name"},
        {"q": "a" * 5_000},
        {"q": "\x00"},
    ],
)
def test_nonsense_in_the_address_is_ignored(cast: Cast, as_supervisor: Client, query: dict[str, str]) -> None:
    case = make_case(cast.worker)
    assert codes(as_supervisor.get(URL, query)) == [case.code]


def test_a_caseworker_is_not_offered_other_workers(cast: Cast, as_worker: Client) -> None:
    make_case(cast.worker)
    html = as_worker.get(URL).content.decode()
    assert cast.neighbour.full_name not in html
    assert "Belum ditugaskan" not in html


def test_a_childs_row_is_short_and_without_colour(cast: Cast, client: Client) -> None:
    client.force_login(cast.other_agency)
    make_child_case(cast.other_agency, legal=None)
    case = CaseFile.objects.get()
    case.participant.full_name = "Laras Permata Sari"
    case.participant.save()
    html = client.get(URL).content.decode()
    assert "Laras S." in html
    assert "Permata" not in html
    assert "t-band" not in html
    assert "Anak</span>" in html


def test_an_analyst_reads_rows_without_what_is_due(cast: Cast, client: Client) -> None:
    case = make_case(cast.worker)
    make_task(case, title="Rahasia tugas")
    client.force_login(cast.analyst)
    response = client.get(URL)
    assert [row["due_about"] for row in response.context["rows"]] == [""]
    assert client.get(response.context["rows"][0]["url"]).status_code == 200


def test_pages_lead_forward_and_back_without_missing_a_row(cast: Cast, as_worker: Client) -> None:
    made = [make_case(cast.worker) for _number in range(30)]
    first = as_worker.get(URL, {"sort": "no"})
    assert codes(first) == [case.code for case in made[:25]]
    assert first.context["summary"] == "30 kasus"
    second = as_worker.get(URL + first.context["next_url"])
    assert codes(second) == [case.code for case in made[25:]]
    assert second.context["next_url"] == ""
    assert codes(as_worker.get(URL + second.context["previous_url"])) == codes(first)


def test_htmx_gets_the_same_rows_as_a_reload(cast: Cast, as_worker: Client) -> None:
    make_case(cast.worker, person=named("Teguh Waluyo"))
    make_case(cast.worker, person=named("Imam Saputra"))
    part = as_worker.get(URL, {"q": "teguh"}, **HTMX).content.decode().strip()
    whole = as_worker.get(URL, {"q": "teguh"}).content.decode()
    assert part.startswith('<div id="results">')
    assert "Imam" not in part
    assert part in whole
    assert "HX-Request" in as_worker.get(URL)["Vary"]


def test_the_number_of_queries_does_not_grow_with_the_rows(
    cast: Cast, as_supervisor: Client, django_assert_max_num_queries: Any
) -> None:
    make_case(cast.worker)
    as_supervisor.get(URL)
    for _number in range(24):
        make_task(make_case(cast.worker))
    with django_assert_max_num_queries(15) as few:
        as_supervisor.get(URL)
    for _number in range(5):
        make_case(cast.worker)
    with django_assert_max_num_queries(len(few)):
        assert len(as_supervisor.get(URL).context["rows"]) == 25


def test_an_empty_list_says_why_and_what_next(cast: Cast, as_worker: Client) -> None:
    html = as_worker.get(URL).content.decode()
    assert "Belum ada kasus" in html
    assert reverse("cases:case-new") in html
    html = as_worker.get(URL, {"q": "siapa"}).content.decode()
    assert "Tidak ada kasus yang cocok" in html
    assert "Hapus saringan" in html


def test_a_supervisor_lists_a_post_of_another_unit_only_as_its_own_supervisor(cast: Cast, client: Client) -> None:
    unit = Unit.objects.filter(agency__kind=AgencyKind.DITJENPAS).exclude(
        pk__in=[cast.worker.unit_id, cast.other_unit.unit_id]
    )[0]
    elsewhere = make_staff("rita.amalia", unit, Role.CASEWORKER, Profession.PK_BAPAS)
    make_case(elsewhere)
    client.force_login(cast.supervisor)
    assert codes(client.get(URL)) == []
