"""Section pages of this app: identity, address, legal timeline, reporting duty, access."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import RegionLevel
from accounts.models import Region
from cases import workflow
from cases.enums import CaseType, CheckInResult, EventKind, LegalStatusKind
from cases.models import Address, CaseEvent, CaseFile, LegalEvent, LegalStatus, Participant, ReportingDuty, ReturnEvent
from tests.cast import Cast
from tests.factories import make_case, make_child_case, make_person


def url(case: CaseFile, name: str) -> str:
    return reverse(f"cases:{name}", args=[case.code])


def page(client: Client, case: CaseFile, name: str) -> str:
    answer = client.get(url(case, name))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(cast.worker, person=make_person(full_name="Imam Saputra", mother_name="Siti Aminah"))


@pytest.fixture
def as_worker(cast: Cast, client: Client) -> Client:
    client.force_login(cast.worker)
    return client


def identity(case: CaseFile, **changes: Any) -> dict[str, Any]:
    """What the edit form sends when nothing has been changed but ``changes``."""
    person = Participant.objects.get(pk=case.participant_id)
    data = {
        "full_name": person.full_name,
        "sex": person.sex,
        "birth_year": "1990",
        "birth_month": "5",
        "birth_day": "17",
        "mother_name": person.mother_name,
        "nik_status": person.nik_status,
        "version": str(person.version),
    }
    return data | changes


# ---- identity ------------------------------------------------------------------------------------------------------


def test_identity_is_read_by_who_may_and_edited_by_the_worker(cast: Cast, client: Client, case: CaseFile) -> None:
    for who, edits in {"worker": True, "supervisor": False, "admin": False}.items():
        client.force_login(getattr(cast, who))
        html = page(client, case, "identity")
        assert "17 Mei 1990" in html
        assert ("Sunting identitas" in html) is edits, who
        assert client.get(url(case, "identity-edit")).status_code == (200 if edits else 403)
        assert client.get(url(case, "address-new")).status_code == (200 if edits else 403)
        assert client.post(url(case, "identity-edit"), identity(case)).status_code == (302 if edits else 403)


@pytest.mark.parametrize(
    ("precision", "shown"),
    [("day", "17 Mei 1990"), ("month", "Mei 1990"), ("year", "1990"), ("estimate", "sekitar 1990")],
)
def test_a_birth_date_shows_no_more_than_is_known(
    case: CaseFile, as_worker: Client, precision: str, shown: str
) -> None:
    Participant.objects.filter(pk=case.participant_id).update(birth_date_precision=precision)
    html = page(as_worker, case, "identity")
    start = html.index("<dt>Lahir</dt>")
    assert f"<dd>{shown}" in html[start : start + 120].replace("\n", "").replace("  ", "")


def test_the_edit_form_comes_filled_and_stores_changes(case: CaseFile, as_worker: Client) -> None:
    html = page(as_worker, case, "identity-edit")
    for value in ("Imam Saputra", "Siti Aminah", "1990", "17"):
        assert f'value="{value}"' in html
    answer = as_worker.post(
        url(case, "identity-edit"), identity(case, aliases="Abu Hanif", birth_day="", birth_month="")
    )
    assert answer["Location"] == url(case, "identity")
    person = Participant.objects.get()
    assert (person.aliases, person.birth_date_precision, person.version) == (["Abu Hanif"], "year", 2)
    assert "hanif" in person.name_key


def test_a_stale_save_shows_both_texts_and_loses_neither(cast: Cast, case: CaseFile, as_worker: Client) -> None:
    mine = identity(case, mother_name="Siti Aminah binti Umar", phone="0812-0000-0107")
    workflow.amend_participant(
        case, by=cast.worker, version=1, mother_name="Aminah", phone="0813-0000-0200", birth_place="Malang"
    )
    answer = as_worker.post(url(case, "identity-edit"), mine)
    html = answer.content.decode()
    assert answer.status_code == 409
    rows = {row.label: (row.mine, row.theirs) for row in answer.context["rows"]}
    assert rows == {
        "Nama ibu": ("Siti Aminah binti Umar", "Aminah"),
        "Telepon aman": ("0812-0000-0107", "0813-0000-0200"),
        "Tempat lahir": ("", "Malang"),
    }
    assert 'value="Siti Aminah binti Umar"' in html
    assert 'name="version" value="2"' in html
    person = Participant.objects.get()
    assert (person.mother_name, person.version) == ("Aminah", 2)
    answer = as_worker.post(url(case, "identity-edit"), mine | {"version": "2"})
    assert answer.status_code == 302
    person.refresh_from_db()
    assert (person.mother_name, person.version) == ("Siti Aminah binti Umar", 3)


def test_a_stale_save_says_who_was_faster(cast: Cast, case: CaseFile, client: Client) -> None:
    workflow.assign(case, by=cast.supervisor, worker=cast.worker, co_workers=[cast.neighbour])
    mine = identity(case, phone="0812-0000-0107")
    client.force_login(cast.neighbour)
    assert client.post(url(case, "identity-edit"), identity(case, phone="0813-0000-0200")).status_code == 302
    client.force_login(cast.worker)
    answer = client.post(url(case, "identity-edit"), mine)
    assert answer.status_code == 409
    assert f"{cast.neighbour.full_name} menyimpan pada" in answer.content.decode()


@pytest.mark.parametrize(
    "wrong", [{"full_name": ""}, {"birth_month": "2", "birth_day": "31"}, {"version": "x", "birth_year": "1"}]
)
def test_a_wrong_identity_stores_nothing(case: CaseFile, as_worker: Client, wrong: dict[str, str]) -> None:
    answer = as_worker.post(url(case, "identity-edit"), identity(case, mother_name="Sulastri", **wrong))
    assert answer.status_code == 422
    assert 'value="Sulastri"' in answer.content.decode()
    assert Participant.objects.get().version == 1


def test_a_childs_full_name_stands_in_the_identity_alone(cast: Cast, client: Client) -> None:
    case = make_child_case(cast.other_agency)
    Participant.objects.update(full_name="Laras Permata Sari", child_category=["anak_dari_pelaku"])
    client.force_login(cast.other_agency)
    html = page(client, case, "identity")
    assert "<h1>Laras S.</h1>" in html
    assert "Laras Permata Sari" in html
    assert "Anak dari pelaku" in html


def test_other_files_of_the_person_are_linked_when_they_may_be_opened(cast: Cast, client: Client) -> None:
    first = make_case(cast.other_agency, case_type=CaseType.FAMILY)
    second = workflow.open_case(by=cast.other_agency, case_type=CaseType.VICTIM, participant=first.participant)
    client.force_login(cast.other_agency)
    assert url(second, "case-detail") in page(client, first, "identity")
    workflow.assign(second, by=cast.other_agency_supervisor, worker=cast.psychologist)
    assert url(second, "case-detail") not in page(client, first, "identity")


# ---- address -------------------------------------------------------------------------------------------------------


def test_a_new_address_ends_the_former_and_keeps_it(cast: Cast, case: CaseFile, as_worker: Client) -> None:
    lowokwaru = Region.objects.get(level=RegionLevel.DISTRICT, name="Lowokwaru")
    workflow.move_address(case, by=cast.worker, region=lowokwaru, line="Jl. Melati 4", since=dt.date(2026, 1, 1))
    blimbing = Region.objects.get(level=RegionLevel.DISTRICT, name="Blimbing", parent=lowokwaru.parent)
    data = {
        "region_query": "blimbing",
        "region": blimbing.code,
        "address_line": "Jl. Kenanga 9",
        "since": "2026-06-01",
    }
    assert as_worker.post(url(case, "address-new"), data)["Location"] == url(case, "identity")
    former, now = Address.objects.order_by("valid_from")
    assert (former.line, former.valid_to) == ("Jl. Melati 4", dt.date(2026, 6, 1))
    assert (now.line, now.valid_to) == ("Jl. Kenanga 9", None)
    html = page(as_worker, case, "identity")
    assert "Blimbing, Kota Malang, Jawa Timur" in html
    assert "Jl. Melati 4" in html


@pytest.fixture
def home(cast: Cast, case: CaseFile) -> Address:
    lowokwaru = Region.objects.get(level=RegionLevel.DISTRICT, name="Lowokwaru")
    return workflow.move_address(case, by=cast.worker, region=lowokwaru, line="Jl. Melati", since=dt.date(2026, 1, 1))


def test_an_address_is_corrected_and_ended(case: CaseFile, as_worker: Client, home: Address) -> None:
    address = reverse("cases:address-edit", args=[case.code, home.code])
    form = as_worker.get(address).context["form"]
    data = {name: form[name].value() or "" for name in form.fields} | {"version": 1, "base": form.opened.base}
    data |= {"address_line": "Jl. Melati 4", "rt": "003", "rw": "5", "until": "2026-05-31"}
    wrong = as_worker.post(address, data | {"rt": "tiga", "until": "2025-12-31"})
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"rt", "until"}
    assert "tiga" in wrong.content.decode()
    assert as_worker.post(address, data)["Location"] == url(case, "identity")
    home.refresh_from_db()
    assert (home.place, home.valid_to) == ("Jl. Melati 4, RT 3/RW 5", dt.date(2026, 5, 31))
    html = page(as_worker, case, "identity")
    assert "Jl. Melati 4, RT 3/RW 5" in html
    assert f'Kode Kemendagri <span class="t-code">{home.region_id}</span>' in html


def test_the_district_is_looked_up_while_an_address_is_corrected(
    case: CaseFile, as_worker: Client, home: Address
) -> None:
    address = reverse("cases:address-edit", args=[case.code, home.code])
    typed = {"region_query": "blimbing", "address_line": "Jl. Baru", "since": "2026-01-01", "find_region": "1"}
    answer = as_worker.post(address, typed | {"version": 1})
    assert answer.status_code == 200
    assert "Blimbing, Kota Malang, Jawa Timur" in answer.content.decode()
    assert "Jl. Baru" in answer.content.decode()
    home.refresh_from_db()
    assert home.line == "Jl. Melati"


def test_an_address_of_somebody_else_is_not_there(
    cast: Cast, case: CaseFile, as_worker: Client, home: Address
) -> None:
    other = make_case(cast.worker)
    assert as_worker.get(reverse("cases:address-edit", args=[other.code, home.code])).status_code == 404
    with pytest.raises(PermissionDenied):
        workflow.amend_address(other, home, by=cast.worker, version=1, line="x")
    with pytest.raises(PermissionDenied):
        workflow.amend_address(case, home, by=cast.supervisor, version=1, line="x")


def test_the_same_address_again_changes_nothing(cast: Cast, case: CaseFile) -> None:
    region = Region.objects.filter(level=RegionLevel.DISTRICT)[0]
    first = workflow.move_address(case, by=cast.worker, region=region, line="Jl. Melati 4")
    assert workflow.move_address(case, by=cast.worker, region=region, line="Jl. Melati 4") == first
    assert Address.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "region_query"),
        ({"region_query": "blimbing"}, "region"),
        ({"region_query": "zzzz"}, "region_query"),
        ({"region_query": "blimbing", "since": "2999-01-01"}, "since"),
        ({"region_query": "blimbing", "since": "kapan-kapan"}, "since"),
    ],
)
def test_a_wrong_address_is_explained(case: CaseFile, as_worker: Client, data: dict[str, str], field: str) -> None:
    answer = as_worker.post(url(case, "address-new"), {"since": "2026-01-01", **data})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_the_district_button_works_without_script(case: CaseFile, as_worker: Client) -> None:
    answer = as_worker.post(url(case, "address-new"), {"region_query": "lowokwaru", "find_region": "1"})
    assert answer.status_code == 200
    assert "Lowokwaru, Kota Malang, Jawa Timur" in answer.content.decode()


# ---- legal ---------------------------------------------------------------------------------------------------------


def test_the_legal_page_tells_the_whole_way_newest_first(cast: Cast, case: CaseFile, as_worker: Client) -> None:
    workflow.add_legal_status(
        case,
        by=cast.worker,
        status=LegalStatusKind.PRISONER,
        valid_from=dt.date(2022, 3, 1),
        authority="PN Jakarta Timur",
        document_no="12/Pid.Sus/2022",
        sentence_months=48,
    )
    workflow.add_legal_status(
        case, by=cast.worker, status=LegalStatusKind.PAROLE, valid_from=dt.date(2026, 2, 20), end_previous=True
    )
    workflow.add_legal_record(
        LegalEvent, case, by=cast.worker, kind="ikrar_nkri", happened_on=dt.date(2025, 8, 17), place="Lapas"
    )
    ReturnEvent.objects.create(case=case, kind="deportan", country="TR", arrived_on=dt.date(2020, 1, 10))
    answer = as_worker.get(url(case, "legal"))
    statuses = [(row["row"].status, row["is_now"], row["row"].valid_to) for row in answer.context["statuses"]]
    assert statuses == [("pb", True, None), ("narapidana", False, dt.date(2026, 2, 20))]
    html = answer.content.decode()
    for words in ("12/Pid.Sus/2022", "pidana 48 bulan", "Belum terperiksa", "Ikrar setia NKRI", "Turki"):
        assert words in html, words
    kinds = CaseEvent.objects.filter(case=case, kind=EventKind.LEGAL).order_by("pk").values_list("summary", flat=True)
    assert list(kinds) == ["narapidana: 2022-03-01", "pb: 2026-02-20", "ikrar_nkri: 2025-08-17"]


def test_statuses_that_overlap_are_refused_at_the_field(cast: Cast, case: CaseFile, as_worker: Client) -> None:
    LegalStatus.objects.create(case=case, status="narapidana", valid_from=dt.date(2022, 3, 1))
    data = {"status": "pb", "valid_from": "2026-02-20", "authority": "Lapas Malang"}
    answer = as_worker.post(url(case, "legal-status-new"), data)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"valid_from"}
    assert 'value="Lapas Malang"' in answer.content.decode()
    assert LegalStatus.objects.count() == 1
    assert as_worker.post(url(case, "legal-status-new"), data | {"end_previous": "on"}).status_code == 302
    assert LegalStatus.objects.get(status="narapidana").valid_to == dt.date(2026, 2, 20)


def test_ending_the_former_status_is_undone_when_the_new_one_still_overlaps(cast: Cast, case: CaseFile) -> None:
    LegalStatus.objects.create(
        case=case, status="terdakwa", valid_from=dt.date(2023, 1, 1), valid_to=dt.date(2024, 1, 1)
    )
    LegalStatus.objects.create(case=case, status="tersangka", valid_from=dt.date(2024, 1, 1))
    with pytest.raises(workflow.OverlapError):
        workflow.add_legal_status(
            case, by=cast.worker, status=LegalStatusKind.CONVICT, valid_from=dt.date(2023, 6, 1), end_previous=True
        )
    assert LegalStatus.objects.get(status="tersangka").valid_to is None


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "status"),
        ({"status": "pb"}, "valid_from"),
        ({"status": "pb", "valid_from": "2999-01-01"}, "valid_from"),
        ({"status": "pb", "valid_from": "0202-02-20"}, "valid_from"),
        ({"status": "pb", "valid_from": "2026-02-20", "valid_to": "2026-01-01"}, "valid_to"),
        ({"status": "pb", "valid_from": "2026-02-20", "release_date": "2025-01-01"}, "release_date"),
        ({"status": "pb", "valid_from": "2026-02-20", "sentence_months": "-3"}, "sentence_months"),
        ({"status": "bebas", "valid_from": "2026-02-20"}, "status"),
    ],
)
def test_a_wrong_status_is_explained(case: CaseFile, as_worker: Client, data: dict[str, str], field: str) -> None:
    answer = as_worker.post(url(case, "legal-status-new"), data)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_a_legal_event_is_of_the_past(case: CaseFile, as_worker: Client) -> None:
    future = {"kind": "remisi", "happened_on": "2999-01-01"}
    assert as_worker.post(url(case, "legal-event-new"), future).status_code == 422
    assert as_worker.post(url(case, "legal-event-new"), future | {"happened_on": "2026-08-17"}).status_code == 302
    assert LegalEvent.objects.get().happened_on == dt.date(2026, 8, 17)


def test_a_supervisor_reads_the_legal_page_without_buttons(cast: Cast, client: Client, case: CaseFile) -> None:
    client.force_login(cast.supervisor)
    assert "Catat status" not in page(client, case, "legal")
    for name in ("legal-status-new", "legal-event-new", "supervision-edit"):
        assert client.get(url(case, name)).status_code == 403
        assert client.post(url(case, name), {}).status_code == 403


# ---- supervision ---------------------------------------------------------------------------------------------------


def test_a_reporting_duty_is_set_and_moves_the_next_due_date(cast: Cast, case: CaseFile, as_worker: Client) -> None:
    at = timezone.localtime(timezone=cast.worker.unit.zone).replace(second=0, microsecond=0) + dt.timedelta(days=7)
    data = {
        "frequency_days": "28",
        "next_due_at": at.strftime("%Y-%m-%dT%H:%M"),
        "channel": "pos_bapas",
        "place": "Pujon",
    }
    assert as_worker.post(url(case, "supervision-edit"), data)["Location"] == url(case, "supervision")
    duty = ReportingDuty.objects.get()
    assert (duty.frequency_days, duty.next_due_at, duty.place) == (28, at, "Pujon")
    case.refresh_from_db()
    assert case.next_due_on == at.date()
    workflow.check_in(duty, by=cast.worker, result=CheckInResult.ABSENT, due_at=duty.next_due_at)
    html = page(as_worker, case, "supervision")
    for words in ("Tiap 28 hari", "Pos Bapas, Pujon", "Tidak hadir", cast.worker.full_name):
        assert words in html, words


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "frequency_days"),
        ({"frequency_days": "0"}, "frequency_days"),
        ({"frequency_days": "99999"}, "frequency_days"),
        ({"next_due_at": "2020-01-01T09:00"}, "next_due_at"),
        ({"next_due_at": "2999-01-01T09:00"}, "next_due_at"),
        ({"next_due_at": "besok"}, "next_due_at"),
        ({"channel": "merpati"}, "channel"),
    ],
)
def test_a_wrong_duty_is_explained(case: CaseFile, as_worker: Client, data: dict[str, str], field: str) -> None:
    answer = as_worker.post(url(case, "supervision-edit"), data)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not ReportingDuty.objects.exists()


# ---- access --------------------------------------------------------------------------------------------------------


def test_the_access_page_names_the_team_and_every_grant_in_force(cast: Cast, client: Client, case: CaseFile) -> None:
    workflow.assign(case, by=cast.supervisor, worker=cast.worker, co_workers=[cast.neighbour])
    client.force_login(cast.supervisor)
    answer = client.get(url(case, "access"))
    assert {grant.user for grant in answer.context["team"]} == {cast.worker, cast.neighbour}
    assert cast.supervisor.full_name in answer.content.decode()
    workflow.assign(case, by=cast.supervisor, worker=cast.neighbour)
    assert [grant.user for grant in client.get(url(case, "access")).context["team"]] == [cast.neighbour]


def test_the_number_of_queries_does_not_grow_with_the_rows(
    cast: Cast, case: CaseFile, as_worker: Client, django_assert_max_num_queries: Any
) -> None:
    districts = list(Region.objects.filter(level=RegionLevel.DISTRICT).order_by("code")[:6])

    def grow(number: int) -> None:
        day = dt.date(2010, 1, 1) + dt.timedelta(days=100 * number)
        LegalStatus.objects.create(
            case=case, status="narapidana", valid_from=day, valid_to=day + dt.timedelta(days=90)
        )
        LegalEvent.objects.create(case=case, kind="remisi", happened_on=day)
        workflow.move_address(case, by=cast.worker, region=districts[number], since=day)

    for name, most in {"identity": 20, "legal": 20, "supervision": 18, "access": 26}.items():
        LegalStatus.objects.all().delete()
        LegalEvent.objects.all().delete()
        Address.objects.all().delete()
        grow(0)
        as_worker.get(url(case, name))
        with django_assert_max_num_queries(most) as few:
            as_worker.get(url(case, name))
        for number in range(1, 6):
            grow(number)
        with django_assert_max_num_queries(len(few)):
            as_worker.get(url(case, name))
