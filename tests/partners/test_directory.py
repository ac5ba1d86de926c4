"""The directory: organisations, contacts, agreements and offers, and who keeps them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Region
from partners import workflow
from partners.models import Agreement, PartnerContact, PartnerOrganisation, Referral
from tests.partners.browsing import SECRETS, browser, duty, form_data, new_url, text_of, url_of
from tests.partners.conftest import House, make_offer


def test_the_directory_finds_by_name_kind_province_and_service(house: House) -> None:
    province = Region.objects.get(pk="35")
    house.partner.regions.add(Region.objects.filter(pk__startswith="35.").first())
    client = browser(house.cast.worker)
    found = {
        "?q=titi": True,
        "?q=jembatan": False,
        "?kind=cso": True,
        "?kind=dinas": False,
        f"?region={province.pk}": True,
        "?region=11": False,
        "?intervention=USAHA": True,
        "?intervention=VOKASI": False,
        "?kind=nothing&region=zz&cursor=nonsense": True,
        "?q=%00": True,
    }
    for query, is_there in found.items():
        page = text_of(client, url_of("partner-list") + query)
        assert (url_of("partner-detail", house.partner.code) in page) is is_there, query


def test_the_directory_pages_by_key(house: House) -> None:
    PartnerOrganisation.objects.bulk_create(
        PartnerOrganisation(name=f"Mitra {number:03}", kind="pokmas") for number in range(40)
    )
    client = browser(house.cast.worker)
    first = client.get(url_of("partner-list"))
    second = client.get(url_of("partner-list") + first.context["next_url"])
    names = [row.name for row in [*first.context["partners"], *second.context["partners"]]]
    assert names == sorted(names)
    assert len(set(names)) == 42
    fragment = client.get(url_of("partner-list"), headers={"hx-request": "true"}).content.decode()
    assert fragment.lstrip().startswith('<div class="card" id="partners">')


def test_a_partners_page_never_tells_who_was_referred_to_it(house: House) -> None:
    referral = house.running()
    PartnerContact.objects.create(partner=house.partner, name="Ibu Ketua", phone="0343-1")
    for user in (house.cast.worker, house.cast.supervisor, house.cast.cso):
        page = text_of(browser(user), url_of("partner-detail", house.partner.code))
        assert "Ibu Ketua" in page
        assert "1 dari 8 tempat terisi" in page
        assert not [secret for secret in (*SECRETS, referral.code, house.case.code) if secret in page]


def test_an_agreement_that_ends_soon_carries_a_chip(house: House) -> None:
    today = timezone.localdate()
    Agreement.objects.create(
        partner=house.partner,
        type="mou",
        number="MoU-7",
        valid_from=today - dt.timedelta(days=300),
        valid_to=today + dt.timedelta(days=12),
        status="active",
    )
    page = text_of(browser(house.cast.worker), url_of("partner-detail", house.partner.code))
    assert "Berakhir dalam 12 hari" in page


DIRECTORY_PAGES = ["partner-edit", "contact-new", "agreement-new", "offer-new"]


@pytest.mark.parametrize("name", DIRECTORY_PAGES)
def test_who_reads_the_directory_does_not_edit_it(house: House, name: str) -> None:
    url = url_of(name, house.partner.code)
    for actor in ("worker", "analyst", "auditor", "dpo"):
        assert browser(getattr(house.cast, actor)).get(url).status_code == 403, actor
    for actor in ("supervisor", "admin"):
        assert browser(getattr(house.cast, actor)).get(url).status_code == 200, actor
    own = 200 if name == "offer-new" else 403
    assert browser(house.cast.cso).get(url).status_code == own
    assert browser(house.cast.other_cso).get(url).status_code == 404


def test_a_supervisor_builds_up_an_organisation(house: House) -> None:
    client = browser(house.cast.supervisor)
    response = client.post(
        url_of("partner-new"),
        {"name": "Pokmas Lele", "kind": "pokmas", "focus_areas": "usaha, lele", "verification": "verified"},
    )
    partner = PartnerOrganisation.objects.get(name="Pokmas Lele")
    assert response.headers["location"] == url_of("partner-detail", partner.code)
    assert partner.focus_areas == ["usaha", "lele"]
    client.post(url_of("contact-new", partner.code), {"name": "Pak Ketua"})
    contact = partner.contacts.get()
    client.post(
        url_of("contact-edit", partner.code, contact.code), {"name": "Bu Ketua", "version": str(contact.version)}
    )
    assert partner.contacts.get().name == "Bu Ketua"
    today = timezone.localdate()
    client.post(
        url_of("offer-new", partner.code),
        {
            "title": "Magang",
            "intervention_code": "VOKASI",
            "capacity_per_quarter": "3",
            "valid_from": today.isoformat(),
        },
    )
    assert partner.offers.get().capacity_per_quarter == 3
    client.post(
        url_of("agreement-new", partner.code),
        {"type": "pks", "number": "PKS-1", "valid_from": today.isoformat(), "valid_to": today.isoformat()},
    )
    agreement = partner.agreements.get()
    for name, status in (("agreement-activate", "active"), ("agreement-end", "ended")):
        client.post(url_of(name, partner.code, agreement.code))
        agreement.refresh_from_db()
        assert agreement.status == status
    later = {
        "number": "PKS-2",
        "valid_from": today.isoformat(),
        "valid_to": (today + dt.timedelta(days=9)).isoformat(),
    }
    client.post(url_of("agreement-renew", partner.code, agreement.code), later)
    assert partner.agreements.count() == 2
    client.post(url_of("contact-remove", partner.code, contact.code))
    assert not partner.contacts.exists()


def test_an_officer_changes_the_places_of_the_own_offer(house: House) -> None:
    url = url_of("offer-edit", house.partner.code, house.offer.code)
    data = {
        "title": house.offer.title,
        "intervention_code": "USAHA",
        "capacity_per_quarter": "12",
        "valid_from": timezone.localdate().isoformat(),
        "version": str(house.offer.version),
    }
    assert browser(house.cast.cso).post(url, data).status_code == 302
    house.offer.refresh_from_db()
    assert house.offer.capacity_per_quarter == 12


def test_a_stale_save_shows_what_changed_and_keeps_what_was_typed(house: House) -> None:
    client = browser(house.cast.supervisor)
    url = url_of("partner-edit", house.partner.code)
    data = {
        "name": house.partner.name,
        "kind": "cso",
        "verification": "verified",
        "version": str(house.partner.version),
    }
    assert client.post(url, data | {"legal_no": "AHU-1"}).status_code == 302
    response = client.post(url, data | {"legal_no": "AHU-2"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "AHU-1" in page
    assert "AHU-2" in page
    house.partner.refresh_from_db()
    assert house.partner.legal_no == "AHU-1"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": ""}, "tidak boleh kosong"),
        ({"name": "Jembatan Asa"}, "telah ada"),
        ({"kind": "kapal"}, "kapal"),
        ({"name": "n" * 161}, "160"),
    ],
)
def test_a_record_that_cannot_be_taken_says_why(house: House, change: dict[str, str], message: str) -> None:
    data = {
        "name": house.partner.name,
        "kind": "cso",
        "verification": "verified",
        "version": str(house.partner.version),
    }
    response = browser(house.cast.supervisor).post(url_of("partner-edit", house.partner.code), data | change)
    assert response.status_code == 422
    assert message in response.content.decode()


def test_an_offer_cannot_end_before_it_begins(house: House) -> None:
    data = {
        "title": "Magang",
        "intervention_code": "VOKASI",
        "capacity_per_quarter": "3",
        "valid_from": "2026-05-02",
        "valid_to": "2026-05-01",
    }
    response = browser(house.cast.supervisor).post(url_of("offer-new", house.partner.code), data)
    assert response.status_code == 422
    assert "Tanggal akhir" in response.content.decode()


@pytest.mark.parametrize("code", ["XXXX-XXXX", "0", "kode-yang-tidak-ada"])
def test_unknown_codes_are_not_there(house: House, code: str) -> None:
    client = browser(house.cast.worker)
    for name in ("partner-detail", "referral-detail", "case-referrals", "referral-new"):
        assert client.get(url_of(name, code)).status_code == 404


@pytest.mark.parametrize(
    ("actor", "name"), [("worker", "partner-list"), ("worker", "referral-list"), ("cso", "inbox")]
)
def test_a_part_asked_for_by_htmx_is_the_part_of_the_page(house: House, actor: str, name: str) -> None:
    house.sent()
    house.running(offer=make_offer(house.partner, title="Lain"))
    client = browser(getattr(house.cast, actor))
    part = client.get(url_of(name), headers={"hx-request": "true"}).content.decode()
    page = text_of(client, url_of(name))
    assert "<html" not in part
    assert part.strip() in page


def test_two_forms_at_once_lead_to_the_one_draft(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second passes the look at what is there before the first has written it."""
    create = workflow.create_referral

    def late(case: Any, **fields: Any) -> Referral:
        house.draft()
        return create(case, **fields)

    monkeypatch.setattr(workflow, "create_referral", late)
    monkeypatch.setattr(house, "draft", lambda: create(house.case, by=house.cast.worker, offer=house.offer, **duty()))
    response = browser(house.cast.worker).post(new_url(house), form_data(house))
    assert response.headers["location"] == url_of("referral-detail", Referral.objects.get().code)


def test_an_organisation_without_a_record_has_an_empty_inbox(house: House) -> None:
    house.partner.unit = None
    house.partner.save()
    assert "Semua rujukan sudah dijawab" in text_of(browser(house.cast.cso), url_of("inbox"))
