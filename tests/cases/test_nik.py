"""The NIK: its shape, what it is asked about, where it is kept, who sees it whole, and how it finds somebody again."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.enums import JournalAction
from accounts.models import JournalEntry, Region
from cases import nik as residents
from cases import workflow
from cases.enums import DatePrecision, NikStatus, Sex
from cases.models import CaseFile, Participant
from cases.nik import Doubt, Fault, NikError
from cases.policies import matching
from core.acting import acting_as
from core.encryption import UnreadableError
from tests.cast import Cast
from tests.factories import NIK, make_case, make_child_case, make_person

BIRTHS = st.dates(dt.date(1930, 1, 1), dt.date(2026, 11, 28))
SEXES = st.sampled_from(list(Sex))


def made(born: dt.date, sex: Sex, region: str = "357305", serial: int = 1) -> str:
    """The number that a registry gives."""
    day = born.day + (residents.WOMANS_DAYS if sex == Sex.FEMALE else 0)
    return f"{region}{day:02}{born.month:02}{born.year % 100:02}{serial:04}"


# ---- the rule ------------------------------------------------------------------------------------------------------


@given(BIRTHS, SEXES, st.integers(1, 9999))
def test_every_number_that_a_registry_gives_is_read_and_raises_no_doubt(born: dt.date, sex: Sex, serial: int) -> None:
    nik = residents.read(made(born, sex, serial=serial))
    assert (nik.sex, nik.day, nik.month, nik.year) == (sex, born.day, born.month, born.year % 100)
    for precision in DatePrecision:
        assert residents.doubts(nik, sex=sex, born=born, precision=precision, regencies={"35.73"}) == ()


@given(BIRTHS, BIRTHS, SEXES)
def test_another_birth_date_or_sex_is_doubted(born: dt.date, other: dt.date, sex: Sex) -> None:
    nik = residents.read(made(born, sex))
    found = residents.doubts(nik, sex=sex, born=other, precision=DatePrecision.DAY)
    same = (born.day, born.month, born.year % 100) == (other.day, other.month, other.year % 100)
    assert (found == ()) is same
    wrong = Sex.MALE if sex == Sex.FEMALE else Sex.FEMALE
    assert residents.doubts(nik, sex=wrong, born=born, precision=DatePrecision.DAY) == (Doubt.SEX,)


def _is_day(digits: str) -> bool:
    day, month = int(digits[:2]) % 40 if int(digits[:2]) > 40 else int(digits[:2]), int(digits[2:])
    try:
        return bool(dt.date(2000, month, day))
    except ValueError:
        return False


@given(st.text(max_size=24) | st.from_regex(r"[0-9]{6}[0-7][0-9][01][0-9]{7}", fullmatch=True))
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    number = residents.plain(text)
    if re.fullmatch("[0-9]{16}", number) and number[12:] != "0000" and _is_day(number[6:10]):
        assert residents.read(text).number == number
    else:
        with pytest.raises(NikError):
            residents.read(text)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", Fault.NOT_DIGITS),
        ("357305170590000a", Fault.NOT_DIGITS),
        ("٣٥٧٣٠٥١٧٠٥٩٠٠٠٠١", Fault.NOT_DIGITS),
        ("357305170590001", Fault.LENGTH),
        ("35730517059000011", Fault.LENGTH),
        ("3573053202900001", Fault.DATE),
        ("3573053004900001", None),
        ("3573053104900001", Fault.DATE),
        ("3573057105900001", None),
        ("3573057205900001", Fault.DATE),
        ("3573054005900001", Fault.DATE),
        ("3573051713900001", Fault.DATE),
        ("3573052902010001", None),
        ("3573053002000001", Fault.DATE),
        ("3573051705900000", Fault.SERIAL),
        ("3573 0517-0590.0001", None),
    ],
)
def test_only_the_shape_can_be_wrong(typed: str, fault: Fault | None) -> None:
    if fault is None:
        assert residents.read(typed).number == residents.plain(typed)
    else:
        with pytest.raises(NikError) as caught:
            residents.read(typed)
        assert caught.value.fault == fault


@pytest.mark.parametrize(
    ("precision", "born", "fits"),
    [
        ("day", dt.date(1990, 5, 17), True),
        ("day", dt.date(1990, 5, 18), False),
        ("month", dt.date(1990, 5, 1), True),
        ("month", dt.date(1990, 6, 1), False),
        ("year", dt.date(1990, 1, 1), True),
        ("year", dt.date(1991, 1, 1), False),
        ("estimate", dt.date(1985, 1, 1), True),
    ],
)
def test_only_as_much_of_the_birth_date_as_is_known_is_compared(precision: str, born: dt.date, fits: bool) -> None:
    found = residents.doubts(residents.read("3573051705900001"), sex="male", born=born, precision=precision)
    assert (found == ()) is fits


def test_the_region_is_asked_about_where_one_is_known() -> None:
    nik = residents.read("3573051705900001")
    assert residents.doubts(nik, sex="", born=None, precision="day", regencies={"72.71"}) == (Doubt.REGION,)
    assert residents.doubts(nik, sex="", born=None, precision="day", regencies={"72.71", "35.73"}) == ()
    assert residents.doubts(nik, sex="", born=None, precision="day") == ()


# ---- where it is kept ----------------------------------------------------------------------------------------------


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(cast.worker, person=make_person(nik=NIK))


def test_the_database_holds_no_number_in_the_clear(case: CaseFile) -> None:
    person = Participant.objects.get(pk=case.participant_id)
    assert (person.nik, person.nik_shown, person.nik_status) == (NIK, "•••• 0001", NikStatus.PRESENT)
    with connection.cursor() as cursor:
        for table in ("cases_participant", "cases_participantevent"):
            cursor.execute(f"SELECT row_to_json(t)::text FROM {table} t")
            rows = [row for (row,) in cursor.fetchall()]
            assert rows
            assert not any(NIK in row or NIK.encode().hex() in row for row in rows)


def test_a_sealed_number_opens_in_no_other_row(cast: Cast, case: CaseFile) -> None:
    other = make_case(cast.worker).participant
    person = case.participant
    Participant.objects.filter(pk=other.pk).update(
        nik_sealed=person.nik_sealed, nik_index=person.nik_index, nik_status=NikStatus.PRESENT
    )
    with pytest.raises(UnreadableError):
        _ = Participant.objects.get(pk=other.pk).nik


@pytest.mark.parametrize("fields", [{"nik_status": "belum_ada"}, {"nik_sealed": b""}, {"nik_index": ""}])
def test_status_number_and_index_never_part(case: CaseFile, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Participant.objects.filter(pk=case.participant_id).update(**fields)


def test_two_agencies_may_each_know_the_person(cast: Cast, case: CaseFile) -> None:
    other = make_case(cast.other_agency, person=make_person(nik=NIK))
    assert other.participant.nik_index == case.participant.nik_index
    assert bytes(other.participant.nik_sealed) != bytes(case.participant.nik_sealed)


# ---- on the form ---------------------------------------------------------------------------------------------------


def typed(case: CaseFile, **fields: Any) -> dict[str, Any]:
    person = Participant.objects.get(pk=case.participant_id)
    data = {
        "full_name": person.full_name,
        "sex": "male",
        "birth_year": "1990",
        "birth_month": "5",
        "birth_day": "17",
        "nik_status": person.nik_status,
        "version": str(person.version),
    }
    return data | fields


def edit(client: Client, case: CaseFile, **fields: Any) -> Any:
    return client.post(f"/cases/{case.code}/identity/edit/", typed(case, **fields))


@pytest.fixture
def as_worker(cast: Cast, client: Client) -> Client:
    client.force_login(cast.worker)
    return client


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("12345", "Nomor ini terdiri atas 16 angka. Hitung kembali."),
        ("99999917059000O1", "Nomor ini hanya berisi angka."),
        ("9999993202900001", "Angka ke-7 sampai ke-12 bukan tanggal."),
        ("9999991705900000", "Empat angka terakhir tidak boleh 0000."),
    ],
)
def test_a_wrong_shape_is_an_error_beside_the_field_and_stays_typed(
    as_worker: Client, case: CaseFile, number: str, words: str
) -> None:
    answer = edit(as_worker, case, nik=number)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert words in html
    assert f'value="{number}"' in html


def test_a_doubt_is_asked_about_once_and_may_be_right(as_worker: Client, case: CaseFile) -> None:
    other = "9999996501910002"  # a woman of another birth date
    answer = edit(as_worker, case, nik=other)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "NIK ini milik orang dengan jenis kelamin lain." in html
    assert "Tanggal lahir dalam NIK berbeda dari yang diisi." in html
    assert 'name="nik_confirmed"' in html
    assert edit(as_worker, case, nik=other, nik_confirmed="on").status_code == 302
    assert Participant.objects.get(pk=case.participant_id).nik == other


def test_the_region_is_compared_with_the_addresses(cast: Cast, as_worker: Client, case: CaseFile) -> None:
    region = Region.objects.filter(level="district").first()
    workflow.move_address(case, by=cast.worker, region=region)
    assert "pertama kali terdaftar di daerah lain" in edit(as_worker, case, nik=NIK).content.decode()
    local = region.code.replace(".", "")[:6] + NIK[6:]
    assert edit(as_worker, case, nik=local).status_code == 302


def test_left_empty_the_stored_number_stays_and_is_never_sent_to_the_page(as_worker: Client, case: CaseFile) -> None:
    page = as_worker.get(f"/cases/{case.code}/identity/edit/").content.decode()
    assert NIK not in page
    assert "Tersimpan: •••• 0001." in page
    assert edit(as_worker, case, phone="0812-0000-7777").status_code == 302
    assert Participant.objects.get(pk=case.participant_id).nik == NIK


@pytest.mark.parametrize("status", ["belum_ada", "tidak_diketahui", "sedang_diurus"])
def test_another_status_takes_the_number_away(as_worker: Client, case: CaseFile, status: str) -> None:
    assert edit(as_worker, case, nik_status=status).status_code == 302
    person = Participant.objects.get(pk=case.participant_id)
    assert (person.nik, person.nik_index, person.nik_status) == ("", "", status)
    assert str(NikStatus(status).label) in as_worker.get(f"/cases/{case.code}/identity/").content.decode()


def test_without_a_number_present_cannot_be_said(cast: Cast, as_worker: Client) -> None:
    bare = make_case(cast.worker)
    answer = edit(as_worker, bare, nik_status="ada")
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"nik_status"}


def test_of_two_editors_the_page_shows_no_whole_number(as_worker: Client, case: CaseFile) -> None:
    first = typed(case, nik="9999991705900002")
    edit(as_worker, case, phone="0812-0000-7777")
    answer = as_worker.post(f"/cases/{case.code}/identity/edit/", first)
    assert answer.status_code == 409
    row = next(row for row in answer.context["rows"] if row.label == "NIK")
    assert (row.mine, row.theirs) == ("•••• 0002", "•••• 0001")


# ---- seen whole ----------------------------------------------------------------------------------------------------


def lines(action: JournalAction) -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(action=action).order_by("pk"))


def test_the_page_shows_the_last_four(as_worker: Client, case: CaseFile) -> None:
    page = as_worker.get(f"/cases/{case.code}/identity/").content.decode()
    assert "•••• 0001" in page
    assert NIK not in page
    assert f"/cases/{case.code}/identity/nik/" in page


def test_the_whole_number_needs_a_reason_and_leaves_a_line(as_worker: Client, case: CaseFile) -> None:
    url = f"/cases/{case.code}/identity/nik/"
    assert NIK not in as_worker.get(url).content.decode()
    refused = as_worker.post(url, {"why": "other", "text": "pendek"})
    assert refused.status_code == 422
    assert NIK not in refused.content.decode()
    assert lines(JournalAction.NIK_REVEALED) == []
    # Why somebody off the caseload opens a file is another question.
    assert NIK not in as_worker.post(url, {"why": "stand_in", "text": ""}).content.decode()
    answer = as_worker.post(url, {"why": "service", "text": ""})
    assert NIK in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    (line,) = lines(JournalAction.NIK_REVEALED)
    assert line.object_code == case.code
    assert line.reason == "Mengurus layanan atau dokumen peserta"


def test_where_there_is_no_number_there_is_no_page(cast: Cast, as_worker: Client) -> None:
    bare = make_case(cast.worker)
    assert as_worker.get(f"/cases/{bare.code}/identity/nik/").status_code == 404


# ---- found again ---------------------------------------------------------------------------------------------------


def find(client: Client, number: str) -> Any:
    return client.post("/cases/find/", {"nik": number})


def test_a_number_leads_to_the_case_and_stands_in_no_address(as_worker: Client, case: CaseFile) -> None:
    answer = find(as_worker, f"{NIK[:6]} {NIK[6:12]} {NIK[12:]}")
    assert (answer.status_code, answer["Location"]) == (302, f"/cases/{case.code}/identity/")
    (line,) = lines(JournalAction.NIK_SOUGHT)
    assert line.object_code == case.code
    assert NIK not in repr([field.value_from_object(line) for field in JournalEntry._meta.fields])


def test_two_cases_of_the_person_are_listed(cast: Cast, as_worker: Client, case: CaseFile) -> None:
    other = make_case(cast.worker, person=make_person(nik=NIK))
    html = find(as_worker, NIK).content.decode()
    assert case.code in html
    assert other.code in html


@pytest.mark.parametrize("who", ["neighbour", "other_unit", "other_unit_supervisor", "other_agency", "head_office"])
def test_it_finds_nothing_out_of_sight(cast: Cast, client: Client, case: CaseFile, who: str) -> None:
    client.force_login(getattr(cast, who))
    answer = find(client, NIK)
    assert answer.status_code == 422
    assert "Tidak ada kasus dengan NIK ini yang dapat Anda buka." in answer.content.decode()
    assert find(client, "9999991705900009").content.decode().replace("0009", "0001").count(case.code) == 0


def test_row_policies_say_the_same(cast: Cast, case: CaseFile) -> None:
    index = case.participant.nik_index
    for who, person in cast:
        if who == "system":
            continue
        allowed = set(matching.cases_with_nik(person, NIK))
        with acting_as(person.pk):
            assert set(CaseFile.objects.filter(participant__nik_index=index)) >= allowed
            assert allowed == ({case} if who in ("worker", "supervisor", "admin") else set()), who


def test_searches_are_counted(cast: Cast, as_worker: Client, case: CaseFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cases.views.intake.SEARCHES", 2)
    assert find(as_worker, NIK).status_code == find(as_worker, NIK).status_code == 302
    answer = find(as_worker, NIK)
    assert answer.status_code == 422
    assert "Terlalu banyak pencarian." in answer.content.decode()


# ---- at intake -----------------------------------------------------------------------------------------------------


def test_the_number_finds_whom_the_name_does_not(cast: Cast, as_worker: Client, case: CaseFile) -> None:
    sought = matching.Sought("Nama Yang Lain Sama Sekali", 1950, nik=NIK)
    assert matching.possible_matches(cast.worker, sought).cases == [case]
    page = as_worker.post(
        "/cases/new/", {"step": "search", "name": "Nama Lain", "nik": NIK, "birth_year": "", "mother_name": ""}
    )
    assert case.code in page.content.decode()
    assert f'value="{NIK}"' in page.content.decode()  # typed once, carried into the form


def test_two_numbers_tell_people_of_one_name_apart(cast: Cast, case: CaseFile) -> None:
    name = case.participant.full_name
    same = matching.Sought(name, 1990)
    assert matching.possible_matches(cast.worker, same).cases == [case]
    other = matching.Sought(name, 1990, nik="9999991705900002")
    assert not matching.possible_matches(cast.worker, other)


def test_in_another_unit_the_number_names_the_unit_and_in_another_agency_nothing(cast: Cast, case: CaseFile) -> None:
    sought = matching.Sought("Nama Lain", nik=NIK)
    found = matching.possible_matches(cast.other_unit, sought)
    assert (found.cases, found.units) == ([], [cast.worker.unit])
    assert not matching.possible_matches(cast.other_agency, sought)


def test_a_child_without_a_number_is_normal(cast: Cast) -> None:
    child = make_child_case(cast.other_agency)
    assert (child.participant.nik, child.participant.nik_shown) == ("", "")
    assert child.participant.nik_status == NikStatus.UNKNOWN
