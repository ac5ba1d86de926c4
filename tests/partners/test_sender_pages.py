"""Pages of who sends a referral: who gets them, what stands on them, and what does not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from cases.models import CaseGroupGrant
from partners.enums import ReferralStatus
from partners.models import Referral
from tests.factories import make_case
from tests.partners.browsing import SECRETS, browser, form_data, new_url, text_of, url_of
from tests.partners.conftest import NAME, House, make_offer, make_partner

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
