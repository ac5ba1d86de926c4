"""A partner with an office in Titian, another one, and referrals on the way between the case and them."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Staff
from cases.enums import ConsentCapacity
from cases.models import CaseFile
from partners import workflow
from partners.enums import AgreementStatus, ReferralBasis, SharedField, Verification
from partners.models import Agreement, PartnerOrganisation, Referral, ReferralNote, ServiceOffer
from tests.cast import Cast, cast
from tests.factories import make_case, make_person

__all__ = ["cast"]

NAME = "Wening Prabaswara"
FIELDS = [SharedField.NAME, SharedField.SAFE_CONTACT, SharedField.AGE_GROUP, SharedField.SUPPORT_NEEDED]


def make_partner(name: str, staff: Staff | None = None, **fields: Any) -> PartnerOrganisation:
    defaults = {"kind": "cso", "verification": Verification.VERIFIED, "unit": staff.unit if staff else None}
    return PartnerOrganisation.objects.create(name=name, **(defaults | fields))


def make_offer(partner: PartnerOrganisation, **fields: Any) -> ServiceOffer:
    defaults = {"title": "Pembinaan usaha", "intervention_code": "USAHA", "capacity_per_quarter": 8}
    return ServiceOffer.objects.create(partner=partner, **(defaults | fields))


@dataclass
class House:
    """The rows of most tests, and the moves that bring a referral where a test wants it."""

    cast: Cast
    case: CaseFile
    partner: PartnerOrganisation
    other_partner: PartnerOrganisation
    offer: ServiceOffer
    other_offer: ServiceOffer
    until: dt.date = field(default_factory=lambda: timezone.localdate() + dt.timedelta(days=90))

    def draft(self, **fields: Any) -> Referral:
        case = fields.pop("case", self.case)
        defaults: dict[str, Any] = {
            "by": self.cast.worker,
            "offer": self.offer,
            "purpose": "Modal kecil dan pendampingan usaha lele.",
            "support_needed": "Pembukuan sederhana",
            "data_shared": [name.value for name in FIELDS],
            "basis": ReferralBasis.CONSENT,
        }
        values = defaults | fields
        if values["basis"] == ReferralBasis.CONSENT and "consent" not in values:
            values.setdefault("new_consent", workflow.NewConsent(NAME, ConsentCapacity.SELF, self.until))
        return workflow.create_referral(case, **values)

    def sent(self, **fields: Any) -> Referral:
        draft = self.draft(**fields)
        return workflow.send(draft, by=draft.created_by)

    def accepted(self, *, starts_on: dt.date | None = None, **fields: Any) -> Referral:
        referral = self.sent(**fields)
        officer = self.officer_of(referral)
        return workflow.accept(referral, by=officer, starts_on=starts_on or timezone.localdate())

    def running(self, **fields: Any) -> Referral:
        referral = self.accepted(**fields)
        return workflow.begin(referral, by=self.officer_of(referral))

    def note(self, referral: Referral, **fields: Any) -> ReferralNote:
        defaults: dict[str, Any] = {
            "by": self.officer_of(referral),
            "client_id": uuid.uuid4(),
            "happened_on": timezone.localdate(),
            "summary": "Sesi pertama berjalan baik.",
        }
        return workflow.write_note(referral, **(defaults | fields))

    def officer_of(self, referral: Referral) -> Staff:
        if referral.partner_id == self.partner.pk:
            return self.cast.cso
        return self.cast.other_cso if referral.partner_id == self.other_partner.pk else self.cast.worker

    def in_state(self, status: str) -> Referral:
        """A referral in ``status``, by the real moves."""
        worker, officer = self.cast.worker, self.cast.cso
        match status:
            case "draft":
                return self.draft()
            case "sent":
                return self.sent()
            case "accepted":
                return self.accepted()
            case "in_progress":
                return self.running()
            case "declined":
                return workflow.decline(self.sent(), by=officer, reason="Penuh sampai akhir tahun.")
            case "completed":
                return workflow.finish(self.running(), by=officer, is_complete=True, result="Usaha berjalan.")
            case "incomplete":
                return workflow.finish(self.accepted(), by=officer, is_complete=False, result="Pindah kota.")
            case "cancelled":
                return workflow.cancel(self.sent(), by=worker, reason="Peserta memilih layanan lain.")
            case "expired":
                return workflow.expire(past_deadline(self.sent()), by=self.cast.system)
        raise ValueError(status)


def past_deadline(referral: Referral) -> Referral:
    """As if the days to answer had gone by."""
    Referral.objects.filter(pk=referral.pk).update(respond_by=timezone.now() - dt.timedelta(minutes=1))
    referral.refresh_from_db()
    return referral


@pytest.fixture
def house(cast: Cast) -> House:
    partner = make_partner("Yayasan Titi Harapan", cast.cso)
    other = make_partner("Jembatan Asa", cast.other_cso)
    person = make_person(full_name=NAME, phone="0812-0000-1111", safe_contact_method="Telepon, bukan pesan")
    return House(
        cast=cast,
        case=make_case(cast.worker, person=person),
        partner=partner,
        other_partner=other,
        offer=make_offer(partner),
        other_offer=make_offer(other, title="Pelatihan las", intervention_code="VOKASI"),
    )


def agreement_for(house: House, **fields: Any) -> Agreement:
    today = timezone.localdate()
    defaults = {
        "type": "mou",
        "number": "MoU-1",
        "valid_from": today - dt.timedelta(days=30),
        "valid_to": today + dt.timedelta(days=30),
        "status": AgreementStatus.ACTIVE,
    }
    return Agreement.objects.create(partner=house.partner, **(defaults | fields))
