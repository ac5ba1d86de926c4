"""Pages: who gets them, what stands on them, and above all what does not."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Staff
from cases.enums import TaskKind
from cases.models import CaseGroupGrant, Task
from partners import workflow
from partners.enums import ReferralStatus
from partners.models import Referral, ReferralNote
from tests.factories import make_case, make_child_case
from tests.partners.browsing import SECRETS, browser, form_data, new_url, text_of, url_of
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
    assert again.status_code == 302
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


# ---- the sender's side ---------------------------------------------------------------------------------------------

OUTSIDERS = [
    "neighbour",
    "other_unit",
    "other_unit_supervisor",
    "other_agency",
    "admin",
    "auditor",
    "dpo",
    "other_cso",
]


@pytest.mark.parametrize("actor", OUTSIDERS)
def test_a_referral_of_somebody_elses_case_is_not_there(house: House, actor: str) -> None:
    referral = house.running()
    client = browser(getattr(house.cast, actor))
    for name in ("referral-detail", "referral-edit", "referral-cancel", "consent-withdraw", "note-new"):
        assert client.get(url_of(name, referral.code)).status_code == 404, name
    for name in ("referral-send", "referral-begin", "referral-answer"):
        assert client.post(url_of(name, referral.code)).status_code == 404, name


@pytest.mark.parametrize("actor", ["neighbour", "other_unit", "other_agency", "auditor", "cso"])
def test_the_section_of_somebody_elses_case_is_not_there(house: House, actor: str) -> None:
    client = browser(getattr(house.cast, actor))
    for name in ("case-referrals", "referral-new"):
        assert client.get(url_of(name, house.case.code)).status_code == 404, name


def test_a_supervisor_reads_and_does_not_send(house: House) -> None:
    referral = house.draft()
    client = browser(house.cast.supervisor)
    assert NAME in text_of(client, url_of("referral-detail", referral.code))
    assert client.post(url_of("referral-send", referral.code)).status_code == 403
    assert client.get(url_of("referral-new", house.case.code)).status_code == 403


def test_a_worker_writes_looks_and_sends(house: House, django_capture_on_commit_callbacks: Any) -> None:
    client = browser(house.cast.worker)
    assert house.offer.title in text_of(client, url_of("referral-new", house.case.code))
    assert NAME in text_of(client, new_url(house))
    response = client.post(new_url(house), form_data(house))
    draft = Referral.objects.get()
    assert response.headers["location"] == url_of("referral-detail", draft.code)
    page = text_of(client, url_of("referral-detail", draft.code))
    assert "Ini yang akan dilihat mitra" in page
    assert NAME in page
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url_of("referral-send", draft.code)).status_code == 302
    draft.refresh_from_db()
    assert draft.status == ReferralStatus.SENT
    assert [message.to for message in mail.outbox] == [[house.cast.cso.email]]
    letter = f"{mail.outbox[0].subject} {mail.outbox[0].body}"
    assert not [secret for secret in (*SECRETS, draft.code, house.case.code, "Pembukuan") if secret in letter]


def test_a_form_sent_twice_leads_to_the_one_draft(house: House) -> None:
    client = browser(house.cast.worker)
    for _press in range(2):
        response = client.post(new_url(house), form_data(house))
        assert response.headers["location"] == url_of("referral-detail", Referral.objects.get().code)


def test_sending_twice_sends_once(house: House) -> None:
    draft = house.draft()
    client = browser(house.cast.worker)
    for _press in range(2):
        assert client.post(url_of("referral-send", draft.code)).status_code == 302
    assert draft.periods.filter(status="sent").count() == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"purpose": ""}, "tidak boleh kosong"),
        ({"purpose": "x" * 301}, "300"),
        ({"purpose": f"Bantu {NAME.upper()} berjualan"}, "Jangan tulis nama peserta"),
        ({"data_shared": []}, "tidak boleh kosong"),
        ({"data_shared": ["name"]}, "selalu ikut"),
        ({"data_shared": ["offence", "support_needed"]}, "offence"),
        ({"data_shared": ["support_needed", "safety_note"]}, "Tulis catatannya"),
        ({"given_by": ""}, "siapa yang memberi"),
        ({"valid_until": ""}, "sampai kapan"),
        ({"valid_until": "2020-01-01"}, "sudah lewat"),
        ({"valid_until": "9999-12-31"}, "Periksa tahunnya"),
        ({"basis": "kewenangan"}, "Sebutkan dasar hukumnya"),
        ({"basis": "XXXX-XXXX"}, "XXXX-XXXX"),
        ({"urgency": "now"}, "now"),
    ],
)
def test_a_referral_that_cannot_be_taken_says_why_and_keeps_what_was_typed(
    house: House, change: dict[str, Any], message: str
) -> None:
    data = form_data(house, legal_reference="") | change
    response = browser(house.cast.worker).post(new_url(house), data)
    assert response.status_code == 422
    page = response.content.decode()
    assert message in page
    assert "Pembukuan sederhana" in page
    assert not Referral.objects.exists()
    assert not house.case.consents.exists()


def test_a_consent_in_force_is_offered_again_for_the_same_partner_only(house: House) -> None:
    consent = house.sent().consent
    assert consent is not None
    client = browser(house.cast.worker)
    again = make_offer(house.partner, title="Modal bergulir")
    assert consent.code in text_of(client, new_url(house, again))
    assert consent.code not in text_of(client, new_url(house, house.other_offer))
    client.post(new_url(house, again), form_data(house, basis=consent.code))
    assert Referral.objects.get(offer=again).consent == consent
    assert house.case.consents.count() == 1


def test_a_full_offer_shows_as_full_and_is_refused(house: House) -> None:
    house.offer.capacity_per_quarter = 0
    house.offer.save()
    client = browser(house.cast.worker)
    page = text_of(client, url_of("referral-new", house.case.code))
    assert "Penuh" in page
    assert f"?offer={house.offer.code}" not in page
    response = client.post(new_url(house), form_data(house), follow=True)
    assert "sudah penuh" in response.content.decode()
    assert not Referral.objects.exists()


def test_offers_of_international_bodies_are_not_shown(house: House) -> None:
    make_offer(make_partner("Badan Dunia", kind="organisasi_internasional"), title="Hibah dunia")
    assert "Hibah dunia" not in text_of(browser(house.cast.worker), f"{url_of('referral-new', house.case.code)}?q=")


@pytest.mark.parametrize("offer", ["XXXX-XXXX", "", "kode-yang-panjang-sekali" * 20, "%00", "ü"])
def test_an_unknown_offer_leads_to_the_choice(house: House, offer: str) -> None:
    page = text_of(browser(house.cast.worker), f"{url_of('referral-new', house.case.code)}?offer={offer}")
    assert "Pilih layanan" in page


def test_two_editors_of_a_draft_do_not_overwrite_each_other(house: House) -> None:
    draft = house.draft(basis="kewenangan", legal_reference="UU 22/2022")
    data = form_data(house, basis="kewenangan", legal_reference="UU 22/2022", version=str(draft.version))
    client = browser(house.cast.worker)
    url = url_of("referral-edit", draft.code)
    assert client.post(url, data | {"purpose": "Pertama."}).status_code == 302
    response = client.post(url, data | {"purpose": "Kedua."})
    assert response.status_code == 409
    page = response.content.decode()
    assert "berubah saat Anda menyunting" in page
    assert "Kedua." in page
    draft.refresh_from_db()
    assert draft.purpose == "Pertama."


def test_a_draft_is_thrown_away_in_one_step_and_a_sent_one_with_a_reason(house: House) -> None:
    client = browser(house.cast.worker)
    draft = house.draft(offer=house.other_offer)
    assert client.post(url_of("referral-cancel", draft.code)).status_code == 302
    sent = house.sent()
    assert client.post(url_of("referral-cancel", sent.code)).status_code == 422
    assert client.post(url_of("referral-cancel", sent.code), {"reason": "Pindah."}).status_code == 302
    sent.refresh_from_db()
    assert sent.status == ReferralStatus.CANCELLED


def test_withdrawing_consent_is_one_step_from_the_page(house: House) -> None:
    referral = house.running()
    client = browser(house.cast.worker)
    assert house.offer.title in text_of(client, url_of("consent-withdraw", referral.code))
    client.post(url_of("consent-withdraw", referral.code))
    referral.refresh_from_db()
    assert referral.status == ReferralStatus.CANCELLED
    assert "persetujuan peserta berakhir" in text_of(client, url_of("referral-detail", referral.code))
    assert not CaseGroupGrant.objects.filter(source="referral").exists()


def test_the_list_has_late_answers_first_and_only_own_cases(house: House) -> None:
    waiting = house.sent()
    late = house.sent(offer=house.other_offer)
    Referral.objects.filter(pk=late.pk).update(respond_by=timezone.now() - dt.timedelta(days=2))
    elsewhere = house.sent(
        case=make_case(house.cast.other_unit), by=house.cast.other_unit, data_shared=["support_needed"]
    )
    page = text_of(browser(house.cast.worker), url_of("referral-list"))
    assert page.index(late.code) < page.index(waiting.code)
    assert elsewhere.code not in page
    unit = text_of(browser(house.cast.supervisor), url_of("referral-list"))
    assert late.code in unit
    assert elsewhere.code not in unit
    ended = text_of(browser(house.cast.worker), f"{url_of('referral-list')}?status=completed")
    assert "Belum ada rujukan di sini" in ended


@pytest.mark.parametrize("actor", ["admin", "auditor", "dpo", "analyst"])
def test_the_senders_list_is_for_who_has_cases(house: House, actor: str) -> None:
    assert browser(getattr(house.cast, actor)).get(url_of("referral-list")).status_code == 403


def test_the_section_and_its_panel_list_the_cases_referrals(house: House) -> None:
    referral = house.sent()
    client = browser(house.cast.worker)
    assert referral.code in text_of(client, url_of("case-referrals", house.case.code))
    panel = client.get(url_of("referral-panel", house.case.code), headers={"hx-request": "true"})
    assert 'id="partners-referral-panel"' in panel.content.decode()
    assert house.offer.title in panel.content.decode()
    assert client.get(url_of("referral-panel", house.case.code)).status_code == 302
    assert browser(house.cast.neighbour).get(url_of("referral-panel", house.case.code)).status_code == 404


def test_a_sender_answers_for_a_partner_outside_titian_on_the_page(house: House) -> None:
    outside = make_offer(make_partner("Dinas Koperasi", kind="dinas"), title="UMKM")
    referral = house.sent(offer=outside)
    client = browser(house.cast.worker)
    assert "Catat jawaban mitra" in text_of(client, url_of("referral-detail", referral.code))
    day = timezone.localdate().isoformat()
    client.post(url_of("referral-answer", referral.code), {"decision": "accept", "starts_on": day})
    referral.refresh_from_db()
    assert referral.status == ReferralStatus.ACCEPTED


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
