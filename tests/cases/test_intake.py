"""Opening a case: search first, one form, nothing typed lost, nothing opened twice."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import JournalAction, RegionLevel
from accounts.models import JournalEntry, Region
from cases import policies, workflow
from cases.enums import CaseStatus, CaseType, ClosureReason, DatePrecision, LegalStatusKind
from cases.forms.intake import countries
from cases.models import Address, CaseFile, LegalStatus, Participant, ReturnEvent
from cases.policies import matching
from tests.cast import Cast
from tests.factories import make_case, make_child_case, make_person

URL = "/cases/new/"
HTMX = {"HTTP_HX_REQUEST": "true"}


def filled(**fields: Any) -> dict[str, Any]:
    """What a Bapas worker sends for an adult."""
    data = {
        "full_name": "Bagus Wicaksono",
        "sex": "male",
        "birth_year": "1991",
        "birth_month": "4",
        "birth_day": "30",
        "case_type": "bimbingan_bapas",
        "referral_source": "lapas",
        "client_id": str(uuid.uuid4()),
    }
    return data | fields


def social(**fields: Any) -> dict[str, Any]:
    return filled(**({"case_type": "rehabilitasi_sosial_dewasa"} | fields))


def search(client: Client, name: str, **fields: Any) -> Any:
    return client.post(URL, {"step": "search", "name": name, **fields})


def errors(answer: Any) -> set[str]:
    assert answer.status_code == 422
    return set(answer.context["form"].errors)


@pytest.fixture
def as_worker(cast: Cast, client: Client) -> Client:
    client.force_login(cast.worker)
    return client


@pytest.fixture
def as_social(cast: Cast, client: Client) -> Client:
    client.force_login(cast.other_agency)
    return client


# ---- who and search ------------------------------------------------------------------------------------------------


def test_only_caseworkers_open_cases(cast: Cast, client: Client) -> None:
    for who, person in cast:
        if who == "system":
            continue
        client.force_login(person)
        may = who in ("worker", "neighbour", "other_unit", "other_agency", "psychologist")
        expected = 200 if may else 403
        assert client.get(URL).status_code == expected, who
        assert client.get(URL + "regions/?region_query=low").status_code == expected, who
        assert client.post(URL, filled()).status_code in ({403} if not may else {302, 422}), who


def test_the_search_comes_before_the_form(as_worker: Client) -> None:
    page = as_worker.get(URL).content.decode()
    assert "Cari dahulu." in page
    assert 'name="sex"' not in page
    page = search(as_worker, "Bagus Wicaksono", birth_year="1991", mother_name="Sri Wahyuni")
    html = page.content.decode()
    assert page.status_code == 200
    assert "Tidak ada berkas yang cocok." in html
    for typed in ("Bagus Wicaksono", "1991", "Sri Wahyuni"):
        assert f'value="{typed}"' in html


@pytest.mark.parametrize(
    ("name", "year"), [("", "1990"), ("   ", ""), ("7", ""), ("Imam", "1700"), ("Imam", "3000"), ("Imam", "x")]
)
def test_a_search_without_sense_is_explained(as_worker: Client, name: str, year: str) -> None:
    assert errors(search(as_worker, name, birth_year=year))


def test_searches_are_counted_and_leave_a_line_without_a_name(
    cast: Cast, as_worker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.views.intake.SEARCHES", 2)
    case = make_case(cast.worker, person=make_person(full_name="Muhammad Rizal Fauzan"))
    assert search(as_worker, "Rizal Fauzan").status_code == search(as_worker, "Bukan Siapa Pun").status_code == 200
    lines = JournalEntry.objects.filter(action=JournalAction.PERSON_SOUGHT).order_by("pk")
    assert [line.object_code for line in lines] == [case.code, ""]
    answer = search(as_worker, "Rizal Fauzan")
    assert answer.status_code == 422
    assert "Terlalu banyak pencarian." in answer.content.decode()
    assert 'value="Rizal Fauzan"' in answer.content.decode()
    # Nor by way of the form that follows.
    assert as_worker.post(URL, filled()).status_code == 422
    assert lines.count() == 2


@pytest.mark.parametrize("fields", [{"find_region": "1"}, {"sex": ""}])
def test_a_form_that_is_not_sent_off_finds_no_more_people_than_searches_do(
    cast: Cast, as_worker: Client, monkeypatch: pytest.MonkeyPatch, fields: dict[str, str]
) -> None:
    monkeypatch.setattr("cases.views.intake.SEARCHES", 1)
    known = make_case(cast.worker, person=make_person(full_name="Muhammad Rizal Fauzan"))
    first = filled(full_name="Bukan Siapa Pun") | fields
    for _time in range(3):  # the same person looked for again while the form is filled in
        assert "Terlalu banyak" not in as_worker.post(URL, first).content.decode()
    html = as_worker.post(URL, filled(full_name="Rizal Fauzan") | fields).content.decode()
    assert known.code not in html


def test_own_cases_are_listed_with_a_way_to_extend_them(cast: Cast, as_worker: Client) -> None:
    case = make_case(cast.worker, person=make_person(full_name="Muhammad Rizal Fauzan"))
    html = search(as_worker, "Moh. Rizal", birth_year="1990").content.decode()
    assert f'href="/cases/{case.code}/"' in html
    assert f'href="/cases/new/?from={case.code}"' in html
    assert "Muhammad Rizal Fauzan" in html


def test_a_match_in_another_unit_names_the_unit_and_nothing_else(cast: Cast, as_worker: Client) -> None:
    case = make_case(cast.other_unit, person=make_person(full_name="Muhammad Rizal Fauzan", birth_place="Poso"))
    html = search(as_worker, "Mohamad Rizal").content.decode()
    assert f"Kemungkinan ada di {cast.other_unit.unit.name}. Hubungi unit itu." in html
    for secret in (case.code, case.case_no, "Fauzan", "Poso", cast.other_unit.full_name):
        assert secret not in html, secret


def test_a_colleagues_match_in_the_own_unit_is_hinted_at_only(cast: Cast, as_worker: Client) -> None:
    case = make_case(cast.neighbour, person=make_person(full_name="Muhammad Rizal Fauzan"))
    html = search(as_worker, "Rizal Fauzan").content.decode()
    assert "Kemungkinan sudah ada di unit Anda. Tanyakan kepada pengawas." in html
    assert case.code not in html


def test_another_agencys_match_shows_nothing(cast: Cast, as_worker: Client, as_social: Client) -> None:
    make_case(cast.worker, person=make_person(full_name="Muhammad Rizal Fauzan"))
    make_child_case(cast.other_agency)
    as_social.force_login(cast.other_agency)
    html = search(as_social, "Muhammad Rizal Fauzan").content.decode()
    assert "Tidak ada berkas yang cocok." in html
    assert "Kemungkinan" not in html


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ({"name": "Rizal Fauzan", "birth_year": 1990}, True),
        ({"name": "Rizal Fauzan", "birth_year": 1991}, True),
        ({"name": "Rizal Fauzan", "birth_year": 1993}, False),
        ({"name": "Rizal Fauzan", "birth_year": None}, True),
        ({"name": "Rizal", "birth_year": 1990, "mother": "Siti Aminah"}, True),
        ({"name": "Rizal", "birth_year": 1990, "mother": "St. Aminah"}, True),
        ({"name": "Rizal", "birth_year": 1990, "mother": "Sulastri"}, False),
        ({"name": "Rizaldi", "birth_year": 1990}, False),
        ({"name": "Abu Hanif", "birth_year": 1990}, True),
        ({"name": "Dr.", "birth_year": 1990}, False),
    ],
)
def test_what_counts_as_possibly_the_same_person(cast: Cast, sought: dict[str, Any], found: bool) -> None:
    person = make_person(full_name="Muhammad Rizal Fauzan", aliases=["Abu Hanif"], mother_name="Siti Aminah")
    make_case(cast.worker, person=person)
    assert bool(matching.possible_matches(cast.worker, matching.Sought(**{"birth_year": None} | sought))) is found


def test_a_person_without_birth_date_stays_a_possible_match(cast: Cast) -> None:
    make_case(cast.worker, person=make_person(full_name="Rizal Fauzan", birth_date=None))
    assert matching.possible_matches(cast.worker, matching.Sought("Rizal Fauzan", 1950))


def test_a_match_must_be_looked_at_before_a_second_file_is_opened(cast: Cast, as_worker: Client) -> None:
    """I-21: no silent creation, also when the name is only typed into the form."""
    make_case(cast.other_unit, person=make_person(full_name="Bagus Wicaksono", birth_date=dt.date(1991, 1, 1)))
    answer = as_worker.post(URL, filled())
    assert errors(answer) == {"not_same"}
    assert "Hubungi unit itu." in answer.content.decode()
    assert as_worker.post(URL, filled(not_same="on")).status_code == 302


# ---- the form ------------------------------------------------------------------------------------------------------


def test_everything_that_was_typed_is_stored(cast: Cast, as_worker: Client) -> None:
    region = Region.objects.filter(level=RegionLevel.DISTRICT, name="Lowokwaru").get()
    answer = as_worker.post(
        URL,
        filled(
            aliases="Abu Hanif,  Mas Bagus ",
            mother_name="Sri Wahyuni",
            birth_place="Malang",
            phone="0812-0000-0107",
            safe_contact_method="Telepon saja",
            safe_contact_time="Sesudah 17.00",
            region_query="lowokwaru",
            region=region.code,
            address_line="Jl. Melati 4",
            access_note="Sinyal lemah",
            probation_stage="awal",
            derad_stage="identifikasi",
            legal_status="pb",
            legal_since="2026-02-20",
            legal_authority="Lapas Malang",
            legal_document_no="W15-12",
            supervision_end="2028-03-14",
        ),
        follow=True,
    )
    case = CaseFile.objects.get()
    assert answer.redirect_chain == [(f"/cases/{case.code}/", 302)]
    assert f"Kasus {case.case_no} dibuka." in answer.content.decode()
    person = case.participant
    assert (person.full_name, person.aliases) == ("Bagus Wicaksono", ["Abu Hanif", "Mas Bagus"])
    assert (person.birth_date, person.birth_date_precision) == (dt.date(1991, 4, 30), DatePrecision.DAY)
    assert (person.mother_name, person.phone) == ("Sri Wahyuni", "0812-0000-0107")
    address = Address.objects.get(participant=person)
    assert (address.region, address.line, address.access_note) == (region, "Jl. Melati 4", "Sinyal lemah")
    status = LegalStatus.objects.get(case=case)
    assert (status.status, status.valid_from) == (LegalStatusKind.PAROLE, dt.date(2026, 2, 20))
    assert status.supervision_end == dt.date(2028, 3, 14)
    assert status.can_be_verified
    assert (case.probation_stage, case.derad_stage) == ("awal", "identifikasi")
    assert (case.status, case.lead_worker, case.lead_unit) == (CaseStatus.ASSESSING, cast.worker, cast.worker.unit)
    assert policies.can(cast.worker, policies.Right.EDIT, case)


@pytest.mark.parametrize(
    ("parts", "stored"),
    [
        ({"birth_day": ""}, (dt.date(1991, 4, 1), DatePrecision.MONTH)),
        ({"birth_day": "", "birth_month": ""}, (dt.date(1991, 1, 1), DatePrecision.YEAR)),
        (
            {"birth_day": "", "birth_month": "", "birth_is_estimate": "on"},
            (dt.date(1991, 1, 1), DatePrecision.ESTIMATE),
        ),
        ({"birth_year": "", "birth_month": "", "birth_day": ""}, (None, DatePrecision.DAY)),
    ],
)
def test_of_the_birth_date_what_is_known_is_kept(
    as_worker: Client, parts: dict[str, str], stored: tuple[Any, Any]
) -> None:
    assert as_worker.post(URL, filled(**parts)).status_code == 302
    person = Participant.objects.get()
    assert (person.birth_date, person.birth_date_precision) == stored


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"full_name": ""}, "full_name"),
        ({"full_name": "12345"}, "full_name"),
        ({"full_name": "a" * 161}, "full_name"),
        ({"sex": ""}, "sex"),
        ({"sex": "x"}, "sex"),
        ({"birth_month": "2", "birth_day": "30"}, "birth_day"),
        ({"birth_day": "32"}, "birth_day"),
        ({"birth_day": "3", "birth_month": ""}, "birth_month"),
        ({"birth_year": ""}, "birth_year"),
        ({"birth_year": "1899"}, "birth_year"),
        ({"birth_year": "0000"}, "birth_year"),
        ({"birth_year": "2999"}, "birth_year"),
        ({"birth_year": "9999"}, "birth_year"),
        ({"birth_year": "99999999999"}, "birth_year"),
        ({"phone": "tidak punya"}, "phone"),
        ({"child_category": ["anak_dari_saksi"]}, "child_category"),
        ({"case_type": ""}, "case_type"),
        ({"case_type": "rehabilitasi_sosial_anak"}, "case_type"),
        ({"referral_source": ""}, "referral_source"),
        ({"region_query": "lowokwaru"}, "region"),
        ({"region_query": "zzzzzz"}, "region_query"),
        ({"address_line": "Jl. Melati"}, "region_query"),
        ({"region": "35"}, "region"),
        ({"region": "bukan"}, "region"),
        ({"legal_since": "2026-01-01"}, "legal_status"),
        ({"legal_status": "pb"}, "legal_since"),
        ({"legal_status": "pb", "legal_since": "2999-01-01"}, "legal_since"),
        ({"legal_status": "pb", "legal_since": "31-02-2026"}, "legal_since"),
        ({"legal_status": "pb", "legal_since": "2026-02-20", "supervision_end": "2026-01-01"}, "supervision_end"),
        ({"full_name": "Bagus \x00"}, "full_name"),
    ],
)
def test_each_mistake_is_told_beside_its_field_and_keeps_what_was_typed(
    as_worker: Client, wrong: dict[str, Any], field: str
) -> None:
    answer = as_worker.post(URL, filled(mother_name="Sri Wahyuni", **wrong))
    assert field in errors(answer)
    html = answer.content.decode()
    assert 'value="Sri Wahyuni"' in html
    assert f'id="id_{field}_error"' in html
    assert CaseFile.objects.count() == Participant.objects.count() == 0


def test_an_empty_form_names_everything_at_once(as_worker: Client) -> None:
    assert errors(as_worker.post(URL, {})) == {"full_name", "sex", "case_type", "referral_source"}


def test_the_same_form_sent_twice_opens_one_case(as_worker: Client) -> None:
    data = filled()
    first, second = as_worker.post(URL, data), as_worker.post(URL, data | {"not_same": "on"})
    assert first["Location"] == second["Location"]
    assert (CaseFile.objects.count(), Participant.objects.count()) == (1, 1)


def test_somebody_elses_form_number_opens_nothing(cast: Cast, client: Client) -> None:
    data = filled()
    client.force_login(cast.other_unit)
    client.post(URL, data)
    client.force_login(cast.worker)
    assert client.post(URL, data | {"not_same": "on"}).status_code == 403
    assert CaseFile.objects.count() == 1


def test_a_form_without_a_number_still_opens_its_case(as_worker: Client) -> None:
    assert as_worker.post(URL, filled(client_id="kosong")).status_code == 422
    assert as_worker.post(URL, filled(client_id="")).status_code == 302


def test_each_agency_opens_its_own_kinds_of_case(cast: Cast, client: Client) -> None:
    expected = {
        "worker": ["bimbingan_bapas"],
        "other_agency": ["rehabilitasi_sosial_dewasa", "rehabilitasi_sosial_anak", "keluarga", "korban"],
    }
    for who, types in expected.items():
        client.force_login(getattr(cast, who))
        form = search(client, "Siapa Saja").context["form"]
        assert [value for value, _label in form.fields["case_type"].choices] == types
        assert ("return_kind" in form.fields) == (who == "other_agency")
    assert errors(client.post(URL, social(case_type="bimbingan_bapas"))) == {"case_type"}


def test_a_child_gets_a_childs_case_and_an_adult_an_adults(as_social: Client) -> None:
    this_year = timezone.localdate().year
    child = {"birth_year": str(this_year - 9), "birth_month": "", "birth_day": ""}
    assert errors(as_social.post(URL, social(**child))) == {"case_type"}
    adult = filled(case_type="rehabilitasi_sosial_anak")
    assert errors(as_social.post(URL, adult)) == {"case_type"}
    young = filled(case_type="rehabilitasi_sosial_anak", child_category=["anak_dari_pelaku", "anak_returnis"], **child)
    assert as_social.post(URL, young).status_code == 302
    assert Participant.objects.get().child_category == ["anak_dari_pelaku", "anak_returnis"]


def test_an_age_in_doubt_counts_as_a_child(as_social: Client) -> None:
    year = timezone.localdate().year - 18
    doubtful = {"birth_year": str(year), "birth_month": "", "birth_day": ""}
    assert errors(as_social.post(URL, social(**doubtful))) == {"case_type"}


def test_a_return_from_abroad_is_recorded_whole_or_not_at_all(as_social: Client) -> None:
    half = social(return_kind="deportan")
    assert errors(as_social.post(URL, half)) == {"return_country", "return_arrived_on"}
    assert errors(as_social.post(URL, social(return_country="SY"))) == {"return_kind", "return_arrived_on"}
    future = social(return_kind="deportan", return_country="SY", return_arrived_on="2999-01-01")
    assert errors(as_social.post(URL, future)) == {"return_arrived_on"}
    whole = future | {"return_arrived_on": "2026-01-10", "return_received_by": "Sentra Handayani"}
    assert as_social.post(URL, whole).status_code == 302
    event = ReturnEvent.objects.get()
    assert (event.country, event.arrived_on, event.received_by) == ("SY", dt.date(2026, 1, 10), "Sentra Handayani")


def test_countries_are_named_and_exclude_the_own(as_social: Client) -> None:
    names = dict(countries())
    assert names["SY"] == "Suriah"
    assert "ID" not in names
    assert "EU" not in names


# ---- districts -----------------------------------------------------------------------------------------------------


def test_a_district_is_found_while_typing_with_its_surroundings(as_worker: Client) -> None:
    html = as_worker.get(URL + "regions/", {"region_query": "lowok kota malang"}, **HTMX).content.decode()
    assert "Lowokwaru, Kota Malang, Jawa Timur" in html
    assert html.count('type="radio"') == 1
    assert html.strip().startswith("<div id=") or '<div id="regions"' in html


@pytest.mark.parametrize("typed", ["", "lo", "zzzzzz", "%%%", "a" * 5_000, "\x00\x00\x00"])
def test_nothing_found_is_said_calmly(as_worker: Client, typed: str) -> None:
    answer = as_worker.get(URL + "regions/", {"region_query": typed})
    assert answer.status_code == 200
    assert 'type="radio"' not in answer.content.decode()


def test_at_most_seven_districts_are_offered(as_worker: Client) -> None:
    html = as_worker.get(URL + "regions/", {"region_query": "jawa"}).content.decode()
    assert html.count('type="radio"') == 7


def test_without_script_the_button_looks_districts_up_and_loses_nothing(as_worker: Client) -> None:
    typed = filled(region_query="lowokwaru", mother_name="Sri Wahyuni", full_name="", find_region="1")
    answer = as_worker.post(URL, typed)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Lowokwaru, Kota Malang, Jawa Timur" in html
    assert 'value="Sri Wahyuni"' in html
    assert "t-error" not in html
    assert CaseFile.objects.count() == 0


# ---- another case for somebody known -------------------------------------------------------------------------------


def test_somebody_known_can_get_a_case_of_another_type(cast: Cast, as_social: Client) -> None:
    first = make_case(cast.other_agency, case_type=CaseType.FAMILY)
    page = as_social.get(URL, {"from": first.code})
    assert 'name="full_name"' not in page.content.decode()
    data = {"from": first.code, "case_type": "korban", "referral_source": "keluarga"}
    answer = as_social.post(URL, data)
    second = CaseFile.objects.get(case_type=CaseType.VICTIM)
    assert answer["Location"] == f"/cases/{second.code}/"
    assert second.participant == first.participant
    assert Participant.objects.count() == 1


def test_a_second_open_case_of_one_type_is_refused_at_the_field(cast: Cast, as_social: Client) -> None:
    first = make_case(cast.other_agency, case_type=CaseType.FAMILY)
    data = {"from": first.code, "case_type": "keluarga", "referral_source": "keluarga"}
    answer = as_social.post(URL, data)
    assert errors(answer) == {"case_type"}
    assert "sudah punya kasus terbuka" in answer.content.decode()
    workflow.close(first, by=cast.other_agency_supervisor, reason=ClosureReason.MOVED, note="Pindah.")
    assert as_social.post(URL, data).status_code == 302


@pytest.mark.parametrize("stranger", ["neighbour", "other_unit", "other_agency"])
def test_a_case_of_others_lends_no_person(cast: Cast, client: Client, stranger: str) -> None:
    case = make_case(cast.worker)
    client.force_login(getattr(cast, stranger))
    assert client.get(URL, {"from": case.code}).status_code == 404
    data = {"from": case.code, "case_type": "keluarga", "referral_source": "keluarga"}
    assert client.post(URL, data).status_code == 404
    for nonsense in ("\x00", "x" * 500, "1"):
        assert client.get(URL, {"from": nonsense}).status_code == 404


def test_no_name_ever_stands_in_an_address(cast: Cast, as_worker: Client) -> None:
    make_case(cast.worker, person=make_person(full_name="Bagus Wicaksono"))
    html = search(as_worker, "Bagus Wicaksono").content.decode()
    assert "Bagus" not in "".join(part.split('"')[0] for part in html.split('href="')[1:])
    assert "Bagus" not in html[html.index("<title>") : html.index("</title>")]
