"""To whom a referral may go, on what basis, and how many (I-10, I-14)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from cases import workflow as case_workflow
from cases.enums import ClosureReason, ConsentCapacity
from core.workflow import TransitionError
from partners import workflow
from partners.enums import AgreementStatus, ReferralBasis, ReferralStatus, SharedField, Verification
from tests.factories import make_case, make_child_case
from tests.partners.conftest import House, agreement_for, make_offer

# ---- I-10: to whom ------------------------------------------------------------------------------------------------


def test_a_partner_neither_verified_nor_under_agreement_gets_nobody(house: House) -> None:
    house.partner.verification = Verification.UNVERIFIED
    house.partner.save()
    with pytest.raises(TransitionError):
        house.draft()


def test_an_agreement_in_force_is_enough(house: House) -> None:
    house.partner.verification = Verification.UNVERIFIED
    house.partner.save()
    agreement_for(house)
    assert house.draft().is_draft


@pytest.mark.parametrize(
    "fields",
    [
        {"status": AgreementStatus.DRAFT},
        {"status": AgreementStatus.ENDED},
        {"valid_to": dt.date(2020, 1, 31), "valid_from": dt.date(2020, 1, 1)},
    ],
    ids=["draft", "ended", "past"],
)
def test_an_agreement_that_is_not_in_force_is_not(house: House, fields: dict[str, Any]) -> None:
    house.partner.verification = Verification.UNVERIFIED
    house.partner.save()
    agreement_for(house, **fields)
    with pytest.raises(TransitionError):
        house.draft()


def test_an_international_body_never_gets_anybody_agreement_or_not(house: House) -> None:
    house.partner.kind = "organisasi_internasional"
    house.partner.save()
    agreement_for(house)
    with pytest.raises(TransitionError):
        house.draft()


def test_a_suspended_partner_gets_nobody_whatever_the_agreement_says(house: House) -> None:
    house.partner.verification = Verification.SUSPENDED
    house.partner.save()
    agreement_for(house)
    with pytest.raises(TransitionError):
        house.draft()


def test_an_offer_past_its_last_day_gets_nobody(house: House) -> None:
    house.offer.valid_from = timezone.localdate() - dt.timedelta(days=10)
    house.offer.valid_to = timezone.localdate() - dt.timedelta(days=1)
    house.offer.save()
    with pytest.raises(TransitionError):
        house.draft()


# ---- I-10: on what basis ------------------------------------------------------------------------------------------


def test_public_duty_names_its_law(house: House) -> None:
    with pytest.raises(TransitionError):
        house.draft(basis=ReferralBasis.PUBLIC_DUTY)
    referral = house.draft(basis=ReferralBasis.PUBLIC_DUTY, legal_reference="UU 22/2022 Pasal 56")
    assert referral.consent is None


def test_a_consent_must_cover_every_field(house: House) -> None:
    consent = house.sent(data_shared=[SharedField.SUPPORT_NEEDED.value]).consent
    with pytest.raises(TransitionError):
        house.draft(offer=make_offer(house.partner, title="Lain"), consent=consent)


def test_a_consent_for_one_partner_does_not_reach_another(house: House) -> None:
    consent = house.sent().consent
    with pytest.raises(TransitionError):
        house.draft(offer=house.other_offer, consent=consent)


def test_a_consent_of_another_case_is_no_basis(house: House) -> None:
    consent = house.sent().consent
    elsewhere = make_case(house.cast.worker)
    with pytest.raises(TransitionError):
        house.draft(case=elsewhere, consent=consent, data_shared=["support_needed"])


def test_a_child_does_not_consent_alone(house: House) -> None:
    case = make_child_case(house.cast.other_agency)
    fields = {"case": case, "by": house.cast.other_agency, "data_shared": ["name", "support_needed"]}
    with pytest.raises(TransitionError):
        house.draft(**fields, new_consent=workflow.NewConsent("Anak", ConsentCapacity.SELF, house.until))
    guardian = workflow.NewConsent("Ibu", ConsentCapacity.GUARDIAN, house.until)
    referral = house.draft(**fields, new_consent=guardian)
    assert referral.shared_values["name"] == case.participant.shown_name
    assert case.participant.full_name not in str(referral.shared_values)


def test_nothing_is_sent_on_a_consent_that_was_withdrawn_meanwhile(house: House) -> None:
    draft = house.draft()
    assert draft.consent is not None
    case_workflow.withdraw_consent(draft.consent, by=house.cast.worker)
    with pytest.raises(TransitionError) as refused:
        workflow.send(draft, by=house.cast.worker)
    assert "Persetujuan" in str(refused.value.blockers[0].text)


def test_nothing_is_referred_from_a_closed_case(house: House) -> None:
    case_workflow.close(house.case, by=house.cast.supervisor, reason=ClosureReason.MOVED, note="Pindah ke Palu.")
    with pytest.raises(TransitionError):
        house.draft()


# ---- I-14: how many -----------------------------------------------------------------------------------------------


def test_a_full_offer_takes_nobody_more(house: House) -> None:
    house.offer.capacity_per_quarter = 1
    house.offer.save()
    house.accepted()
    with pytest.raises(TransitionError, match="penuh"):
        house.draft(case=make_case(house.cast.worker), data_shared=["support_needed"])


def test_a_referral_that_waits_for_its_answer_holds_a_place(house: House) -> None:
    house.offer.capacity_per_quarter = 1
    house.offer.save()
    house.sent()
    with pytest.raises(TransitionError, match="penuh"):
        house.draft(case=make_case(house.cast.worker), data_shared=["support_needed"])


def test_a_declined_one_gives_its_place_back(house: House) -> None:
    house.offer.capacity_per_quarter = 1
    house.offer.save()
    house.in_state("declined")
    assert house.sent(case=make_case(house.cast.worker), data_shared=["support_needed"]).is_open


def test_the_quarter_of_the_start_counts_when_accepting(house: House) -> None:
    waiting = house.sent()
    second = house.sent(case=make_case(house.cast.worker), data_shared=["support_needed"])
    house.offer.capacity_per_quarter = 1
    house.offer.save()
    today = timezone.localdate()
    workflow.accept(waiting, by=house.cast.cso, starts_on=today)
    with pytest.raises(TransitionError, match="penuh"):
        workflow.accept(second, by=house.cast.cso, starts_on=today)
    later = workflow.accept(second, by=house.cast.cso, starts_on=today + dt.timedelta(days=100))
    assert later.status == ReferralStatus.ACCEPTED
