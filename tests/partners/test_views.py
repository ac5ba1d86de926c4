"""Pages: who gets them, what stands on them, and above all what does not."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Staff
from cases.enums import TaskKind
from cases.models import Task
from partners import workflow
from partners.enums import ReferralStatus
from partners.models import ReferralNote
from tests.factories import make_case, make_child_case
from tests.partners.browsing import SECRETS, browser, text_of, url_of
from tests.partners.conftest import NAME, House, make_offer, make_partner

# ---- the partner's side --------------------------------------------------------------------------------------------


def test_before_an_answer_no_page_of_the_partner_has_the_name_or_the_contact(house: House) -> None:
    referral = house.sent(urgency="urgent")
    client = browser(house.cast.cso)
    for url in (
        url_of("inbox"),
        url_of("referral-detail", referral.code),
        url_of("worry-new"),
        url_of("partner-list"),
    ):
        page = text_of(client, url)
        assert not [secret for secret in SECRETS if secret in page]
    page = text_of(client, url_of("referral-detail", referral.code))
    assert "Satu orang dewasa" in page
    assert "Pembukuan sederhana" in page
    assert house.case.code not in page
    assert house.case.case_no not in page


def test_after_accepting_exactly_the_listed_data_show(house: House) -> None:
    referral = house.accepted(data_shared=["name", "support_needed"])
    page = text_of(browser(house.cast.cso), url_of("referral-detail", referral.code))
    assert NAME in page
    assert "0812-0000-1111" not in page
    assert "Laki-laki" not in page
    assert house.case.case_no not in page
    assert NAME in text_of(browser(house.cast.cso), url_of("inbox"))


@pytest.mark.parametrize("status", ["declined", "completed", "incomplete", "cancelled", "expired"])
def test_after_the_end_the_partner_reads_that_it_was_and_nothing_of_the_person(house: House, status: str) -> None:
    referral = house.in_state(status)
    client = browser(house.cast.cso)
    page = text_of(client, url_of("referral-detail", referral.code))
    assert referral.code in page
    assert house.offer.title in page
    assert not [secret for secret in (*SECRETS, "Pembukuan sederhana", "Modal kecil") if secret in page]
    assert not [secret for secret in SECRETS if secret in text_of(client, url_of("inbox"))]


def test_own_notes_leave_the_partners_page_with_the_person(house: House) -> None:
    referral = house.running()
    house.note(referral, summary="Ibu Wening sudah berjualan.")
    client = browser(house.cast.cso)
    assert "sudah berjualan" in text_of(client, url_of("referral-detail", referral.code))
    workflow.finish(referral, by=house.cast.cso, is_complete=True, result="Usaha berjalan.")
    page = text_of(client, url_of("referral-detail", referral.code))
    assert "sudah berjualan" not in page
    assert "sudah berjualan" in text_of(browser(house.cast.worker), url_of("referral-detail", referral.code))


def test_the_partner_gets_404_for_every_page_of_the_case_and_of_others(house: House) -> None:
    house.running()
    theirs = house.running(offer=house.other_offer)
    draft = house.draft(offer=make_offer(house.partner, title="Lain"))
    client = browser(house.cast.cso)
    code = house.case.code
    for url in (
        f"/cases/{code}/",
        url_of("case-referrals", code),
        url_of("referral-new", code),
        url_of("referral-detail", theirs.code),
        url_of("note-new", theirs.code),
        url_of("referral-finish", theirs.code),
        url_of("referral-detail", draft.code),
        url_of("partner-detail", house.other_partner.code),
        url_of("offer-edit", house.other_partner.code, house.other_offer.code),
    ):
        assert client.get(url).status_code == 404, url
    panel = client.get(url_of("referral-panel", code), headers={"hx-request": "true"})
    assert panel.status_code == 404
    for name in (
        "referral-answer",
        "referral-begin",
        "note-new",
        "referral-finish",
        "referral-cancel",
        "referral-send",
    ):
        assert client.post(url_of(name, theirs.code)).status_code == 404, name


def test_the_senders_moves_are_not_the_partners(house: House) -> None:
    referral = house.sent()
    client = browser(house.cast.cso)
    for name in ("referral-send", "referral-cancel", "consent-withdraw"):
        assert client.post(url_of(name, referral.code)).status_code == 403, name
    assert client.get(url_of("referral-edit", referral.code)).status_code == 403


def test_an_officer_accepts_on_the_page(house: House) -> None:
    referral = house.sent()
    client = browser(house.cast.cso)
    start = timezone.localdate() + dt.timedelta(days=5)
    response = client.post(
        url_of("referral-answer", referral.code),
        {"decision": "accept", "starts_on": start.isoformat(), "message": "Kami siap."},
    )
    assert response.status_code == 302
    referral.refresh_from_db()
    assert (referral.status, referral.starts_on, referral.response_note) == ("accepted", start, "Kami siap.")
    assert referral.answered_by == house.cast.cso


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"decision": "accept"}, "Isi tanggal mulai"),
        ({"decision": "accept", "starts_on": "2020-01-01"}, "Pilih tanggal dari hari ini"),
        ({"decision": "decline"}, "Tulis alasan singkat"),
        ({"decision": "later"}, "later"),
        ({}, "tidak boleh kosong"),
    ],
    ids=["no day", "past day", "no reason", "forged", "empty"],
)
def test_an_answer_that_cannot_be_taken_says_why_and_keeps_the_page(
    house: House, data: dict[str, str], message: str
) -> None:
    referral = house.sent()
    response = browser(house.cast.cso).post(url_of("referral-answer", referral.code), data)
    assert response.status_code == 422
    page = response.content.decode()
    assert message in page
    assert NAME not in page
    referral.refresh_from_db()
    assert referral.status == ReferralStatus.SENT


def test_who_answers_second_reads_a_sentence(house: House) -> None:
    referral = house.sent()
    client = browser(house.cast.cso)
    url = url_of("referral-answer", referral.code)
    client.post(url, {"decision": "decline", "reason": "Penuh."})
    response = client.post(
        url,
        {"decision": "accept", "starts_on": timezone.localdate().isoformat()},
        headers={"referer": f"http://testserver{url_of('referral-detail', referral.code)}"},
        follow=True,
    )
    assert response.status_code == 200
    assert "Langkah ini tidak dapat dilakukan" in response.content.decode()


def test_a_note_form_sent_twice_stores_one_note(house: House) -> None:
    referral = house.running()
    client = browser(house.cast.cso)
    data = {
        "happened_on": timezone.localdate().isoformat(),
        "summary": "Sesi kedua.",
        "participant_voice": "Saya mulai paham.",
        "client_id": str(uuid.uuid4()),
    }
    for _press in range(2):
        assert client.post(url_of("note-new", referral.code), data).status_code == 302
    assert ReferralNote.objects.get().participant_voice == "Saya mulai paham."


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"summary": ""}, "tidak boleh kosong"),
        ({"summary": "a" * 2_001}, "2000"),
        ({"happened_on": "2999-01-01"}, "belum terjadi"),
        ({"client_id": "nothing"}, "UUID"),
    ],
    ids=["empty", "too long", "future", "forged"],
)
def test_a_note_that_cannot_be_taken_keeps_what_was_typed(house: House, change: dict[str, str], message: str) -> None:
    referral = house.running()
    data = {
        "happened_on": timezone.localdate().isoformat(),
        "summary": "Sesi kedua.",
        "participant_voice": "Tetap di sini.",
        "client_id": str(uuid.uuid4()),
    }
    response = browser(house.cast.cso).post(url_of("note-new", referral.code), data | change)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert "Tetap di sini." in response.content.decode()
    assert not ReferralNote.objects.exists()


def test_a_worry_takes_two_taps(house: House) -> None:
    referral = house.running()
    client = browser(house.cast.cso)
    page = text_of(client, f"{url_of('worry-new')}?referral={referral.code}")
    assert "checked" in page
    response = client.post(url_of("worry-new"), {"referral": referral.code, "client_id": str(uuid.uuid4())})
    assert response.status_code == 302
    assert Task.objects.get(kind=TaskKind.URGENT).assignee == house.cast.worker
    assert "minta dihubungi" in text_of(browser(house.cast.worker), url_of("referral-detail", referral.code))


def test_a_worry_about_somebody_elses_referral_is_not_taken(house: House) -> None:
    theirs = house.running(offer=house.other_offer)
    house.running()
    client = browser(house.cast.cso)
    response = client.post(url_of("worry-new"), {"referral": theirs.code, "client_id": str(uuid.uuid4())})
    assert response.status_code == 422
    assert not ReferralNote.objects.exists()


def test_ending_a_referral_twice_is_answered_with_a_sentence(house: House) -> None:
    referral = house.running()
    client = browser(house.cast.cso)
    url = url_of("referral-finish", referral.code)
    data = {"outcome": "complete", "result": "Usaha berjalan."}
    assert client.post(url, data).status_code == 302
    again = client.post(url, data, headers={"referer": f"http://testserver{url}"})
    assert (again.status_code, data["result"] in again.content.decode()) == (409, True)
    referral.refresh_from_db()
    assert referral.status == ReferralStatus.COMPLETED


def test_a_child_is_named_as_one_and_never_by_the_full_name(house: House) -> None:
    worker = house.cast.other_agency
    case = make_child_case(worker)
    guardian = workflow.NewConsent("Ibu", "guardian", house.until)
    referral = house.sent(
        case=case, by=worker, data_shared=["name", "age_group", "support_needed"], new_consent=guardian
    )
    client = browser(house.cast.cso)
    before = text_of(client, url_of("referral-detail", referral.code))
    assert "Satu anak" in before
    assert case.participant.full_name.split()[0] not in before
    workflow.accept(referral, by=house.cast.cso, starts_on=timezone.localdate())
    after = text_of(client, url_of("referral-detail", referral.code))
    assert case.participant.shown_name in after
    assert case.participant.full_name not in after


def test_an_inbox_with_nothing_in_it_says_so(house: House) -> None:
    assert "Semua rujukan sudah dijawab" in text_of(browser(house.cast.cso), url_of("inbox"))


@pytest.mark.parametrize("actor", ["worker", "supervisor", "analyst", "admin", "auditor", "dpo"])
def test_the_inbox_is_for_officers_of_partners(house: House, actor: str) -> None:
    assert browser(getattr(house.cast, actor)).get(url_of("inbox")).status_code == 403


# ---- queries -------------------------------------------------------------------------------------------------------

LISTS = [("cso", "inbox"), ("worker", "referral-list"), ("supervisor", "referral-list"), ("worker", "partner-list")]


def fill(house: House, names: range) -> None:
    for number in names:
        offer = make_offer(house.partner, title=f"Layanan {number}")
        case = make_case(house.cast.worker)
        house.sent(case=case, offer=offer, data_shared=["support_needed"])
        house.running(case=case, offer=house.offer, data_shared=["name", "support_needed"])
        make_partner(f"Mitra {number}").regions.add("35")


def asked(user: Staff, url: str) -> int:
    client = browser(user)
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_pages_ask_the_database_no_more_often_for_many_rows_than_for_few(house: House) -> None:
    pages = [(actor, url_of(name)) for actor, name in LISTS]
    pages += [
        ("worker", url_of("partner-detail", house.partner.code)),
        ("worker", f"{url_of('referral-new', house.case.code)}?q="),
    ]
    fill(house, range(2))
    few = {page: asked(getattr(house.cast, page[0]), page[1]) for page in pages}
    fill(house, range(2, 7))
    many = {page: asked(getattr(house.cast, page[0]), page[1]) for page in pages}
    assert many == few
    assert max(many.values()) <= 20
