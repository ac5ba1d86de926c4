"""A partner organisation, what it offers, and what was referred to it."""

from __future__ import annotations

import datetime as dt
import uuid

from django.utils import timezone

from cases.enums import ConsentCapacity
from cases.models import CaseFile
from partners import workflow as partner_workflow
from partners.enums import AgreementType, ReferralBasis, SharedField, Verification
from partners.models import PartnerOrganisation, Referral, ServiceOffer
from tests.cast import Cast
from tests.factories import NAME

SHARED = (SharedField.NAME, SharedField.SAFE_CONTACT, SharedField.AGE_GROUP, SharedField.SUPPORT_NEEDED)


def make_directory(cast: Cast) -> tuple[PartnerOrganisation, ServiceOffer]:
    """The organisation of ``cast.cso``, with a person, an agreement and an offer."""
    by, today = cast.supervisor, timezone.localdate()
    partner = PartnerOrganisation.objects.create(
        name="Yayasan Titi Harapan", kind="cso", verification=Verification.VERIFIED, unit=cast.cso.unit
    )
    partner_workflow.save_contact(None, by=by, partner=partner, name="Yuni Astuti", position="Koordinator")
    agreement = partner_workflow.save_agreement(
        None,
        by=by,
        partner=partner,
        type=AgreementType.values[0],
        number="PKS-07/2026",
        valid_from=today - dt.timedelta(days=100),
        valid_to=today + dt.timedelta(days=60),
    )
    partner_workflow.activate_agreement(agreement, by=by)
    offer = make_offer(partner, cast)
    return partner, offer


def make_offer(partner: PartnerOrganisation, cast: Cast, title: str = "Pembinaan usaha") -> ServiceOffer:
    return partner_workflow.save_offer(
        None,
        by=cast.supervisor,
        partner=partner,
        regions=(),
        title=title,
        intervention_code="USAHA",
        capacity_per_quarter=8,
    )


def make_referral(case: CaseFile, cast: Cast, offer: ServiceOffer) -> Referral:
    """A draft by ``cast.worker`` with the participant's own consent."""
    until = timezone.localdate() + dt.timedelta(days=90)
    return partner_workflow.create_referral(
        case,
        by=cast.worker,
        offer=offer,
        purpose="Modal kecil dan pendampingan usaha lele.",
        support_needed="Pembukuan sederhana",
        data_shared=[field.value for field in SHARED],
        basis=ReferralBasis.CONSENT,
        new_consent=partner_workflow.NewConsent(NAME, ConsentCapacity.SELF, until),
    )


def make_referrals(
    case: CaseFile, cast: Cast, partner: PartnerOrganisation, offer: ServiceOffer
) -> dict[str, Referral]:
    """One that waits for its answer, one accepted with a note, and a draft beside them."""
    waiting = partner_workflow.send(make_referral(case, cast, offer), by=cast.worker)
    other = make_referral(case, cast, make_offer(partner, cast, "Pelatihan las"))
    running = partner_workflow.send(other, by=cast.worker)
    running = partner_workflow.accept(running, by=cast.cso, starts_on=timezone.localdate())
    partner_workflow.write_note(
        running, by=cast.cso, client_id=uuid.uuid4(), happened_on=timezone.localdate(), summary="Sesi pertama baik."
    )
    make_referral(case, cast, make_offer(partner, cast, "Magang bengkel"))
    return {"sent": waiting, "accepted": running}
