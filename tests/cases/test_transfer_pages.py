"""The pages on which a case moves to another unit: what each sees before and after, and whose words are kept."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Staff
from cases import policies, workflow
from cases.enums import GrantSource
from cases.models import CaseFile, CaseTransfer, CaseUserGrant, ContactNote, Draft
from tests.cases.transferring import NOTE, accept, approved, moved, propose
from tests.cast import Cast
from tests.factories import make_case, make_person, make_staff

NAME = "Bambang Wicaksana"


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(cast.worker, person=make_person(full_name=NAME))


def signed_in(person: Staff) -> Client:
    client = Client()
    client.force_login(Staff.objects.get(pk=person.pk))
    return client


def url_of(transfer: CaseTransfer) -> str:
    return reverse("cases:transfer-detail", args=[transfer.code])


def form_of(cast: Cast, **fields: Any) -> dict[str, Any]:
    return {
        "unit_name": "palu",
        "unit": cast.other_unit.unit_id,
        "reason": "pindah",
        "note": NOTE,
        "client_id": str(uuid.uuid4()),
    } | fields


# ---- proposing ------------------------------------------------------------------------------------------------------


def test_a_unit_is_looked_for_by_name_and_what_was_typed_stays(cast: Cast, case: CaseFile) -> None:
    client, url = signed_in(cast.worker), reverse("cases:transfer-new", args=[case.code])
    assert reverse("cases:transfer-new", args=[case.code]) in client.get(f"/cases/{case.code}/").content.decode()
    page = client.post(url, form_of(cast, unit="", find_unit="1")).content.decode()
    assert cast.other_unit.unit.short_name in page
    assert NOTE in page
    assert "Sentra" not in page
    assert not CaseTransfer.objects.exists()
    nothing = client.post(url, form_of(cast, unit="", unit_name="Antah Berantah", find_unit="1")).content.decode()
    assert "Tidak ada unit dengan nama itu" in nothing
    misfit = client.post(url, form_of(cast, unit="", unit_name="Handayani", find_unit="1")).content.decode()
    assert "tidak menangani kasus" in misfit
    assert reverse("cases:share-new", args=[case.code]) in misfit


def test_a_double_click_proposes_once_and_a_second_form_is_told(cast: Cast, case: CaseFile) -> None:
    client, url = signed_in(cast.worker), reverse("cases:transfer-new", args=[case.code])
    form = form_of(cast)
    first, second = (client.post(url, form) for _click in range(2))
    transfer = CaseTransfer.objects.get()
    assert first.headers["location"] == second.headers["location"] == url_of(transfer)
    assert url_of(transfer) in client.get(url).content.decode()  # before a second one is filled in
    again = client.post(url, form_of(cast, note="Tulisan kedua."))
    assert again.status_code == 409
    assert url_of(transfer) in again.content.decode()
    assert "Tulisan kedua." in again.content.decode()
    assert f"Alih berkas diusulkan ke {cast.other_unit.unit.short_name}" in re.sub(
        r"\s+", " ", client.get(f"/cases/{case.code}/").content.decode()
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"unit": ""}, "Cari lalu pilih unitnya."),
        ({"unit": "999999"}, "Pilih unit dari daftar."),
        ({"unit": "x' OR 1=1 --"}, "Pilih unit dari daftar."),
        ({"reason": ""}, "Pilih alasannya."),
        ({"note": "  "}, "Tulis apa yang perlu diketahui"),
        ({"note": "a" * 10_000}, "1000"),
        ({"unit_name": "a" * 10_000}, "100"),
        ({"client_id": "bukan nomor"}, ""),
    ],
)
def test_bad_input_is_told_beside_its_field(cast: Cast, case: CaseFile, fields: dict[str, Any], words: str) -> None:
    answer = signed_in(cast.worker).post(reverse("cases:transfer-new", args=[case.code]), form_of(cast, **fields))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not CaseTransfer.objects.exists()


def test_markup_and_odd_letters_stay_words(cast: Cast, case: CaseFile) -> None:
    odd = "<script>alert(1)</script> 😀 \u202eolleh\u202c '; DROP TABLE cases_casefile; --"
    client = signed_in(cast.worker)
    client.post(reverse("cases:transfer-new", args=[case.code]), form_of(cast, note=odd))
    page = client.get(url_of(CaseTransfer.objects.get())).content.decode()
    assert "<script>alert" not in page
    assert "😀" in page


# ---- answering ------------------------------------------------------------------------------------------------------


def test_four_people_one_after_the_other(cast: Cast, case: CaseFile) -> None:
    """What each page shows and what each button does; the name only to whom the case is open."""
    transfer = propose(case, cast)
    url, palu = url_of(transfer), signed_in(cast.other_unit_supervisor)
    assert palu.get(url).status_code == 404  # not theirs before the sender has approved
    assert signed_in(cast.other_unit).get(url).status_code == 404
    assert "Batalkan usulan" in signed_in(cast.worker).get(url).content.decode()
    malang = signed_in(cast.supervisor)
    page = malang.get(url).content.decode()
    assert NAME in page
    assert "Kembalikan" in page
    assert malang.post(url, {"act": "approve"}).status_code == 302
    page = palu.get(url).content.decode()
    assert NAME not in page
    for told in (case.code, NOTE, "Laki-laki", "25–59 tahun", "Terima berkas"):
        assert told in page
    assert palu.get(f"/cases/{case.code}/").status_code == 404
    for act, field, words in (
        ("accept", "worker", "Pilih penanggung jawab baru."),
        ("decline", "answer", "Tulis alasannya."),
    ):
        missing = palu.post(url, {"act": act, "answer": ""})
        assert missing.status_code == 422
        assert missing.context["form"].errors == {field: [words]}  # beside the field
    assert palu.post(url, {"act": "accept", "worker": cast.other_unit.pk}).status_code == 302
    assert NAME in palu.get(url).content.decode()
    assert signed_in(cast.other_unit).get(f"/cases/{case.code}/").status_code == 200
    banner = re.sub(r"\s+", " ", signed_in(cast.worker).get(f"/cases/{case.code}/").content.decode())
    assert "Anda dapat membaca berkas ini sampai" in banner
    assert "Catat kontak" not in banner.split("<main")[1].split("t-tabs")[0]
    assert signed_in(cast.neighbour).get(f"/cases/{case.code}/").status_code == 404


@pytest.mark.parametrize("who", ["neighbour", "other_unit", "other_agency_supervisor", "head_office", "cso", "dpo"])
def test_nobody_else_finds_it_or_answers_it(cast: Cast, case: CaseFile, who: str) -> None:
    client, url = signed_in(getattr(cast, who)), url_of(approved(case, cast))
    assert client.get(url).status_code == 404
    for act in ("approve", "return", "accept", "decline", "cancel", "x"):
        assert client.post(url, {"act": act, "answer": "x", "worker": cast.other_unit.pk}).status_code == 404
    assert CaseTransfer.objects.get().status == "sender_approved"


@pytest.mark.parametrize("act", ["approve", "accept", "decline", "x", ""])
def test_no_answer_is_given_out_of_turn(cast: Cast, case: CaseFile, act: str) -> None:
    transfer = approved(case, cast)
    answer = signed_in(cast.worker).post(url_of(transfer), {"act": act, "answer": "x", "worker": cast.other_unit.pk})
    assert answer.status_code in (403, 409)
    transfer.refresh_from_db()
    assert transfer.status == "sender_approved"


def test_two_supervisors_answer_and_the_second_reads_what_was_decided(cast: Cast, case: CaseFile) -> None:
    second = make_staff("kedua.palu", cast.other_unit.unit, cast.supervisor.role, cast.supervisor.profession)
    transfer = approved(case, cast)
    late = signed_in(second)
    assert "Terima berkas" in late.get(url_of(transfer)).content.decode()
    accept(transfer, cast)
    answer = late.post(url_of(transfer), {"act": "decline", "answer": "Petugas kami penuh sampai Januari."})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f"Sudah diterima oleh {cast.other_unit_supervisor.full_name}" in page
    assert "Petugas kami penuh sampai Januari." in page
    assert "Terima berkas" not in page


def test_the_list_of_a_supervisor(cast: Cast, case: CaseFile) -> None:
    other = approved(make_case(cast.neighbour), cast, by=cast.neighbour)
    propose(case, cast)
    malang, palu = signed_in(cast.supervisor), signed_in(cast.other_unit_supervisor)
    url = reverse("cases:transfer-list")
    assert case.code in malang.get(url).content.decode()
    assert other.case_code not in malang.get(url).content.decode()
    assert other.case_code in malang.get(url, {"view": "out"}).content.decode()
    for view in ("", "in"):
        page = palu.get(url, {"view": view}).content.decode()
        assert other.case_code in page
        assert case.code not in page
    for client in (malang, palu):
        assert NAME not in client.get(url, {"view": "out"}).content.decode()
    assert "1" in re.findall(r"Alih berkas.{0,200}", malang.get("/dashboard/").content.decode(), re.S)[0]


def test_the_list_is_paged(cast: Cast) -> None:
    for _number in range(27):
        propose(make_case(cast.worker), cast)
    client, url = signed_in(cast.supervisor), reverse("cases:transfer-list")
    page = client.get(url, {"view": "out"}).content.decode()
    assert "27 alih berkas" in page
    (cursor,) = re.findall(r"view=out&amp;cursor=([\w-]+)", page)
    rest = client.get(url, {"view": "out", "cursor": cursor}).content.decode()
    assert rest.count("t-work-what") == 2
    assert client.get(url, {"view": "out", "cursor": "rusak"}).status_code == 200


# ---- somebody writes while the case moves ---------------------------------------------------------------------------


def note_form(**fields: Any) -> dict[str, Any]:
    return {
        "client_id": str(uuid.uuid4()),
        "type": "telepon",
        "occurred_at": timezone.localtime(timezone.now() - dt.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
        "summary": "Sejam bercerita tentang bengkel barunya.",
        "present": ["peserta"],
    } | fields


def test_a_note_sent_after_the_case_moved_is_kept_and_says_where_it_went(cast: Cast, case: CaseFile) -> None:
    client, form = signed_in(cast.worker), note_form()
    assert client.get(reverse("cases:note-new", args=[case.code])).status_code == 200
    moved(case, cast)
    answer = client.post(reverse("cases:note-new", args=[case.code]), form)
    page = re.sub(r"\s+", " ", answer.content.decode())
    assert answer.status_code == 409
    assert form["summary"] in page
    assert f"beralih ke {cast.other_unit.unit.short_name}" in page
    assert cast.other_unit_supervisor.full_name in page
    assert not ContactNote.objects.exists()
    assert Draft.objects.get().data["summary"] == [form["summary"]]
    assert form["summary"] in client.get(reverse("cases:note-new", args=[case.code])).content.decode()


@pytest.mark.parametrize("name", ["household-add", "basis-new"])
def test_any_other_form_sent_after_the_case_moved_says_where_it_went(cast: Cast, case: CaseFile, name: str) -> None:
    client, url = signed_in(cast.worker), reverse(f"cases:{name}", args=[case.code])
    assert client.get(url).status_code == 200
    moved(case, cast)
    typed = {"m1-client_id": str(uuid.uuid4()), "m1-name": "Sri Rahayu", "reference": "UU 22/2022 Pasal 56"}
    page = client.post(url, typed).content.decode()
    assert f"beralih ke {cast.other_unit.unit.short_name}" in page
    assert "Sri Rahayu" in page
    assert typed["m1-client_id"] not in page  # of the form, not of the person


def test_an_autosave_after_the_case_moved_keeps_the_words(cast: Cast, case: CaseFile) -> None:
    client, url = signed_in(cast.worker), reverse("cases:note-draft", args=[case.code])
    moved(case, cast)
    answer = client.post(url, note_form(summary="Separuh kalimat"))
    assert (answer.status_code, answer.headers["X-Draft"]) == (200, "kept")
    assert Draft.objects.get().data["summary"] == ["Separuh kalimat"]


def test_when_the_thirty_days_end_while_the_form_is_open_the_words_are_shown(cast: Cast, case: CaseFile) -> None:
    client, form = signed_in(cast.worker), note_form()
    moved(case, cast)
    then = timezone.now() - dt.timedelta(days=31)
    CaseUserGrant.all_grants.filter(source=GrantSource.TRANSFER).update(
        granted_at=then, starts_at=then, expires_at=timezone.now()
    )
    answer = client.post(reverse("cases:note-new", args=[case.code]), form)
    assert answer.status_code == 404
    assert form["summary"] in answer.content.decode()
    assert client.get(f"/cases/{case.code}/").status_code == 404


def test_who_only_reads_on_and_typed_nothing_is_told_so(cast: Cast, case: CaseFile) -> None:
    moved(case, cast)
    answer = signed_in(cast.worker).get(reverse("cases:note-new", args=[case.code]))
    assert answer.status_code == 403
    assert "beralih ke" in answer.content.decode()
    # Nor does the supervisor, who never wrote there, get anything kept.
    shared = signed_in(cast.supervisor).post(reverse("cases:note-new", args=[case.code]), {"summary": ""})
    assert shared.status_code in (403, 404)
    assert not Draft.objects.exists()


def test_words_are_kept_for_the_former_team_alone(cast: Cast, case: CaseFile) -> None:
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        workflow.keep_words(case, by=cast.neighbour, form="note", client_id=uuid.uuid4(), data={})
    assert policies.standing(cast.worker, case).former_until is None
