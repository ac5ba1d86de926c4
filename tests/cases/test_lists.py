"""What people keep of the case list, and finding people by where they live and what fits best."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Region
from cases import workflow
from cases.filters import COLUMNS
from cases.folding import fold
from cases.models import Address, CaseFile, Participant, SavedFilter
from core.paging import RANKED_CAP, cursor_at
from core.workflow import TransitionError
from tests.cast import Cast
from tests.factories import make_case, make_child_case, make_person

URL = "/cases/"
JUNK = ["%00", "x" * 10_000, "' OR 1=1 --", "<script>", "😀", "\u202e", "[]", "-1", "9" * 40, "\ud7ff"]


def names(response: Any) -> list[str]:
    return [row["name"] for row in response.context["rows"]]


@pytest.fixture
def regions(db: None) -> None:
    for code, name, level, parent in (
        ("35", "Jawa Timur", "province", None),
        ("35.07", "Kab. Malang", "regency", "35"),
        ("35.73", "Kota Malang", "regency", "35"),
        ("35.73.05", "Lowokwaru", "district", "35.73"),
        ("35.07.25", "Lawang", "district", "35.07"),
        ("35.07.29", "Pujon", "district", "35.07"),
    ):
        Region.objects.update_or_create(code=code, defaults={"name": name, "level": level, "parent_id": parent})


def living(case: CaseFile, region: str, **fields: Any) -> CaseFile:
    since = timezone.localdate() - dt.timedelta(days=30)
    Address.objects.create(participant=case.participant, region_id=region, **{"valid_from": since} | fields)
    return case


def named(cast: Cast, name: str, **fields: Any) -> CaseFile:
    return make_case(cast.worker, person=make_person(full_name=name), **fields)


@pytest.fixture
def as_worker(cast: Cast, client: Client) -> Client:
    client.force_login(cast.worker)
    return client


@pytest.fixture
def as_supervisor(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.supervisor)
    return client


# ---- places --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("regions")
class TestPlaces:
    def test_a_place_is_typed_and_one_that_matches_is_taken(self, cast: Cast, as_worker: Client) -> None:
        living(named(cast, "Di Lowokwaru"), "35.73.05")
        living(named(cast, "Di Pujon"), "35.07.29")
        living(named(cast, "Pindah Jauh"), "35.73.05", valid_to=timezone.localdate() - dt.timedelta(days=3))
        answer = as_worker.get(URL, {"place": "lowokwaru"})
        assert names(answer) == ["Di Lowokwaru"]
        assert "Lowokwaru, Kota Malang" in answer.content.decode()
        assert names(as_worker.get(URL, {"region": "35.07"})) == ["Di Pujon"]
        assert names(as_worker.get(URL, {"region": "35.0"})) != ["Di Pujon"], "no region: not filtered by its like"

    def test_of_several_one_is_chosen(self, cast: Cast, as_worker: Client) -> None:
        living(named(cast, "Di Lowokwaru"), "35.73.05")
        answer = as_worker.get(URL, {"place": "malang", "status": "assessing"})
        assert [row["label"] for row in answer.context["regions"]][:2] == [
            "Kab. Malang, Jawa Timur",
            "Kota Malang, Jawa Timur",
        ]
        city = next(row["url"] for row in answer.context["regions"] if row["label"].startswith("Kota Malang"))
        assert "status=assessing" in city
        several = as_worker.get(URL, {"place": "malang"})
        assert names(several) == [], "nothing is listed before the choice is made"
        assert "Pilih dahulu wilayahnya" in several.content.decode()
        assert names(as_worker.get(URL, {"place": "kota malang"})) == ["Di Lowokwaru"], "its whole name is a choice"

    def test_an_unknown_place_says_so(self, as_worker: Client) -> None:
        assert "Periksa ejaannya." in as_worker.get(URL, {"place": "Atlantis"}).content.decode()

    def test_who_may_not_read_addresses_learns_none(self, cast: Cast, client: Client) -> None:
        """An analyst sees the summary of such a case; a filter by place would tell where the person lives."""
        living(named(cast, "Di Lowokwaru"), "35.73.05")
        client.force_login(cast.analyst)
        assert len(names(client.get(URL))) == 1
        assert names(client.get(URL, {"region": "35.73"})) == []


# ---- the best first ------------------------------------------------------------------------------------------------


def test_a_code_comes_first_then_a_beginning_then_any_part(cast: Cast, as_worker: Client) -> None:
    for name in ("Budi Ahmad", "Ahmad Zaini", "Ahmad", "Siti Ahmadiyah"):
        named(cast, name)
    assert names(as_worker.get(URL, {"q": "ahmad"})) == ["Ahmad", "Ahmad Zaini", "Budi Ahmad", "Siti Ahmadiyah"]
    case = CaseFile.objects.get(participant__full_name="Budi Ahmad")
    for typed in (case.code, case.code.lower(), case.code.replace("-", ""), case.case_no):
        assert names(as_worker.get(URL, {"q": typed}))[0] == "Budi Ahmad"


def test_the_best_are_paged_in_their_order(cast: Cast, as_worker: Client) -> None:
    for number in range(30):
        named(cast, f"Slamet {chr(65 + number % 26)}{number:02}")
    first = as_worker.get(URL, {"q": "slamet"})
    second = as_worker.get(URL + first.context["next_url"])
    shown = names(first) + names(second)
    assert len(shown) == len(set(shown)) == 30
    assert shown == sorted(shown, key=fold), "spellings of one name stand together"
    assert names(as_worker.get(URL + second.context["previous_url"])) == names(first)


def test_too_many_hits_fall_back_to_a_plain_order(
    cast: Cast, as_worker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert RANKED_CAP >= 100
    monkeypatch.setattr("core.paging.RANKED_CAP", 2)
    for number in range(4):
        named(cast, f"Slamet {number}")
    assert len(names(as_worker.get(URL, {"q": "slamet"}))) == 4


# ---- saved and shared ----------------------------------------------------------------------------------------------


def test_a_filter_is_kept_without_the_words_that_were_searched(as_worker: Client, cast: Cast) -> None:
    answer = as_worker.post(
        "/cases/filters/new/?status=assessing&q=Imam+Saputra&view=all", {"name": "  Asesmen  saya "}
    )
    assert answer["Location"] == "/cases/?view=all&status=assessing"
    kept = SavedFilter.objects.get()
    assert (kept.name, kept.owner, kept.shared_with) == ("Asesmen saya", cast.worker, None)
    assert "Imam" not in json.dumps(kept.criteria)
    page = as_worker.get(URL)
    assert [row["url"] for row in page.context["kept"]] == ["?view=all&status=assessing"]


def test_the_same_name_replaces_and_thirty_are_enough(as_worker: Client, cast: Cast) -> None:
    for view in ("open", "overdue"):
        assert as_worker.post(f"/cases/filters/new/?view={view}", {"name": "Kerja"}).status_code == 302
    assert SavedFilter.objects.get().criteria == {"view": "overdue"}
    for number in range(29):
        workflow.save_filter(by=cast.worker, name=f"S{number}", criteria={})
    with pytest.raises(TransitionError):
        workflow.save_filter(by=cast.worker, name="Satu lagi", criteria={})
    full = as_worker.post("/cases/filters/new/", {"name": "Satu lagi"})
    assert full.status_code == 409
    assert 'value="Satu lagi"' in full.content.decode()


@pytest.mark.parametrize("name", ["", "   ", "x" * 10_000, "\x00"])
def test_a_bad_name_is_said_beside_the_field(as_worker: Client, name: str) -> None:
    assert as_worker.post("/cases/filters/new/", {"name": name}).status_code == 422
    assert not SavedFilter.objects.exists()


def test_a_supervisor_shares_with_the_unit_and_nobody_else_reads_it(
    as_supervisor: Client, cast: Cast, client: Client
) -> None:
    as_supervisor.post(
        f"/cases/filters/new/?worker={cast.worker.pk}&status=assessing", {"name": "Awal", "share": "on"}
    )
    kept = SavedFilter.objects.get()
    assert kept.shared_with == cast.supervisor.unit
    client.force_login(cast.worker)
    (row,) = client.get(URL).context["kept"]
    # A caseworker compares nobody with anybody: the rest of the filter counts.
    assert (row["is_own"], row["is_whole"], row["url"]) == (False, False, "?view=open&status=assessing")
    page = client.get("/cases/filters/").content.decode()
    assert cast.supervisor.full_name in page
    assert cast.supervisor.unit.short_name in page
    assert "Sebagian tidak dapat Anda saring, dan dilewati." in page
    for actor in ("other_unit", "other_unit_supervisor", "other_agency", "analyst"):
        client.force_login(getattr(cast, actor))
        assert client.get(URL).context["kept"] == [], actor


def test_only_its_owner_changes_a_filter_and_only_a_supervisor_shares(
    as_supervisor: Client, as_worker: Client, cast: Cast
) -> None:
    shared = workflow.save_filter(by=cast.supervisor, name="Unit", criteria={"view": "open"}, share=True)
    own = workflow.save_filter(by=cast.worker, name="Saya", criteria={"view": "open"})
    assert as_worker.post(f"/cases/filters/{shared.code}/remove/").status_code == 403
    assert as_worker.post(f"/cases/filters/{own.code}/share/", {"share": "on"}).status_code == 403
    assert as_supervisor.post(f"/cases/filters/{own.code}/remove/").status_code == 404
    as_worker.post("/cases/filters/new/", {"name": "Diam-diam", "share": "on"})
    assert SavedFilter.objects.get(name="Diam-diam").shared_with is None
    with pytest.raises(PermissionDenied):
        workflow.save_filter(by=cast.worker, name="X", criteria={}, share=True)
    assert as_supervisor.post(f"/cases/filters/{shared.code}/share/").status_code == 302
    shared.refresh_from_db()
    assert shared.shared_with is None
    assert as_supervisor.post(f"/cases/filters/{shared.code}/remove/").status_code == 302
    assert as_supervisor.post(f"/cases/filters/{shared.code}/remove/").status_code == 404, "pressed twice"


def test_the_unit_loses_a_filter_with_the_supervisor_who_shared_it(cast: Cast, as_worker: Client) -> None:
    workflow.save_filter(by=cast.supervisor, name="Unit", criteria={"view": "open"}, share=True)
    cast.supervisor.is_active = False
    cast.supervisor.save()
    assert as_worker.get(URL).context["kept"] == []


def test_who_lists_no_cases_keeps_no_filters(client: Client, cast: Cast) -> None:
    for actor in ("auditor", "dpo", "cso"):
        client.force_login(getattr(cast, actor))
        for path in ("/cases/filters/", "/cases/filters/new/", "/cases/columns/"):
            assert client.get(path).status_code == 404


# ---- columns -------------------------------------------------------------------------------------------------------


def test_columns_are_kept_for_the_person(cast: Cast, as_worker: Client) -> None:
    make_case(cast.worker)
    before = [column["label"] for column in as_worker.get(URL).context["columns"]]
    assert as_worker.post("/cases/columns/", {"columns": ["unit", "due"]}).status_code == 302
    page = as_worker.get(URL)
    assert [str(column["label"]) for column in page.context["columns"]] == ["Peserta dan berkas", "Tenggat", "Unit"]
    assert cast.worker.unit.short_name in page.content.decode()
    as_worker.post("/cases/columns/", {"columns": ["unit"], "reset": "1"})
    assert [column["label"] for column in as_worker.get(URL).context["columns"]] == before
    assert as_worker.post("/cases/columns/", {"columns": ["band"]}).status_code == 422


def test_no_column_has_a_colour(cast: Cast, client: Client) -> None:
    child = make_child_case(cast.other_agency)
    client.force_login(cast.other_agency)
    client.post("/cases/columns/", {"columns": list(COLUMNS)})
    page = client.get(URL).content.decode()
    assert child.code in page
    assert "t-band" not in page


# ---- bad input -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parameter", ["q", "place", "region", "status", "worker", "case_type", "view", "sort", "cursor"]
)
def test_no_parameter_is_a_fault(cast: Cast, as_supervisor: Client, parameter: str) -> None:
    named(cast, "Ahmad")
    for junk in [*JUNK, cursor_at("x", 3), cursor_at(3, 2**61)]:
        for more in ({}, {"q": "ahmad"}):
            for path in (URL, "/cases/filters/new/"):
                assert as_supervisor.get(path, more | {parameter: junk}).status_code == 200, (path, junk[:20])


@pytest.mark.usefixtures("regions")
def test_more_hits_ask_no_more_questions(cast: Cast, as_worker: Client) -> None:
    counts = []
    for wave in range(2):
        for number in range(4):
            living(named(cast, f"Slamet {wave}{number}"), "35.73.05")
        as_worker.get(URL, {"q": "slamet", "region": "35.73"})
        with CaptureQueriesContext(
            connection,
        ) as asked:
            as_worker.get(URL, {"q": "slamet", "region": "35.73"})
        counts.append(len(asked))
    assert counts[0] == counts[1]


# ---- what is known of a participant in time ------------------------------------------------------------------------

DETAILS = {
    "citizenship": "wni",
    "language": "Jawa 😀",
    "marital_status": "kawin",
    "education": "sma",
    "occupation": "Buruh <b>tani</b>",
    "religion": "islam",
    "religion_agreed": "on",
}


def identity_form(case: CaseFile, **changes: str) -> dict[str, str]:
    person = Participant.objects.get(pk=case.participant_id)
    return {
        "full_name": person.full_name,
        "sex": person.sex,
        "birth_year": "1990",
        "nik_status": person.nik_status,
        "version": str(person.version),
    } | changes


def test_details_are_kept_and_shown(cast: Cast, as_worker: Client) -> None:
    case = named(cast, "Ahmad")
    path = f"/cases/{case.code}/identity/"
    assert as_worker.post(f"{path}edit/", identity_form(case, **DETAILS)).status_code == 302
    html = as_worker.get(path).content.decode()
    for words in ("Jawa 😀", "SMA atau sederajat", "Buruh &lt;b&gt;tani&lt;/b&gt;", "Islam"):
        assert words in html
    assert "Agama" in as_worker.get(f"{path}edit/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"religion_agreed": ""}, "religion_agreed"),
        ({"religion": "jedi"}, "religion"),
        ({"education": "x" * 10_000}, "education"),
        ({"citizenship": "' OR 1=1 --"}, "citizenship"),
        ({"language": "x" * 10_000}, "language"),
        ({"occupation": "x" * 121}, "occupation"),
        ({"occupation": "a\x00b"}, "occupation"),
    ],
)
def test_a_wrong_detail_is_said_beside_its_field(
    cast: Cast, as_worker: Client, wrong: dict[str, str], field: str
) -> None:
    case = named(cast, "Ahmad")
    answer = as_worker.post(f"/cases/{case.code}/identity/edit/", identity_form(case, **DETAILS | wrong))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "Jawa 😀" in answer.content.decode() or field == "language", "nothing typed is lost"
    assert Participant.objects.get(pk=case.participant_id).version == 1


def test_religion_stays_with_the_team_and_in_no_history(cast: Cast, as_worker: Client, client: Client) -> None:
    case = named(cast, "Ahmad")
    as_worker.post(f"/cases/{case.code}/identity/edit/", identity_form(case, **DETAILS | {"religion": "khonghucu"}))
    person = Participant.objects.get(pk=case.participant_id)
    assert person.religion == "khonghucu"
    kept = Participant.pgh_event_model.objects.filter(pgh_obj=person.pk)
    assert kept.exists()
    assert "khonghucu" not in str(list(kept.values()))
    assert "religion" not in {field.name for field in Participant.pgh_event_model._meta.get_fields()}
    supervisor = Client()
    supervisor.force_login(cast.supervisor)
    page = supervisor.get(f"/cases/{case.code}/identity/")
    assert page.status_code == 200
    assert "SMA atau sederajat" in page.content.decode()
    assert "Khonghucu" not in page.content.decode()
    for reader, path in (
        (as_worker, URL),
        (as_worker, f"/cases/{case.code}/"),
        (supervisor, f"/cases/{case.code}/access/history/"),
    ):
        answer = reader.get(path)
        assert answer.status_code == 200
        assert "honghucu" not in answer.content.decode(), path
    # Taken back, it is gone.
    as_worker.post(
        f"/cases/{case.code}/identity/edit/", identity_form(case, **DETAILS | {"religion": "", "religion_agreed": ""})
    )
    person.refresh_from_db()
    assert (person.religion, person.religion_agreed) == ("", False)


def test_the_database_keeps_no_religion_without_agreement(cast: Cast) -> None:
    person = named(cast, "Ahmad").participant
    with pytest.raises(IntegrityError), transaction.atomic():
        Participant.objects.filter(pk=person.pk).update(religion="islam")


@pytest.mark.usefixtures("regions")
def test_an_address_of_another_kind_ends_none_and_is_no_place_to_live(cast: Cast, as_worker: Client) -> None:
    case = living(named(cast, "Ahmad"), "35.07.29")
    since = timezone.localdate().isoformat()
    data = {"region": "35.73.05", "region_query": "lowokwaru", "since": since, "kind": "ktp"}
    assert as_worker.post(f"/cases/{case.code}/identity/address/", data | {"kind": "pulau"}).status_code == 422
    assert as_worker.post(f"/cases/{case.code}/identity/address/", data).status_code == 302
    assert set(Address.objects.values_list("kind", "valid_to")) == {("ktp", None), ("domisili", None)}
    assert "Alamat KTP" in as_worker.get(f"/cases/{case.code}/identity/").content.decode()
    assert names(as_worker.get(URL, {"region": "35.07"})) == ["Ahmad"]
    assert names(as_worker.get(URL, {"region": "35.73"})) == []
