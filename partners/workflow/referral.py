"""The sender's part of a referral: write it, send it with the listed data only, take it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases import workflow as case_workflow
from cases.enums import ConsentCapacity, ConsentPurpose, EventKind
from cases.models import CaseFile, Consent
from core.workflow import Blocker, Text, TransitionError, lock, lock_version, move, start_period
from partners import notifications, policies
from partners.enums import CANCEL, EXPIRE, SEND, ReferralBasis, SharedField, Urgency
from partners.models import Referral, ReferralPeriod, ServiceOffer
from partners.workflow.keeping import end, keep, lock_with_consent, open_task, path_of, tell
from partners.workflow.values import values_of


@dataclass(frozen=True)
class NewConsent:
    """A consent that is written down together with the referral that rests on it."""

    given_by: str
    capacity: ConsentCapacity
    valid_until: dt.date | None = None


def why_not(offer: ServiceOffer) -> list[Text]:
    """Why nobody may be referred to this offer now (I-10, I-14); empty when all is well."""
    if not ServiceOffer.objects.may_receive_referrals().filter(pk=offer.pk).exists():
        return [_("Layanan ini tidak menerima rujukan: periksa masa berlaku, verifikasi, dan perjanjian mitra.")]
    counted = ServiceOffer.objects.with_places().get(pk=offer.pk)
    if counted.places_taken >= counted.capacity_per_quarter:
        return [_("Daya tampung layanan ini untuk triwulan ini sudah penuh.")]
    return []


def covers(consent: Consent, case: CaseFile, partner_name: str, fields: Iterable[str]) -> bool:
    """Whether a consent lets these fields go to this partner, today."""
    return (
        consent.case_id == case.pk
        and consent.is_in_force
        and consent.purpose == ConsentPurpose.REFERRAL
        and consent.recipient in ("", partner_name)
        and set(fields) <= set(consent.scope)
    )


def _basis(
    case: CaseFile,
    offer: ServiceOffer,
    *,
    by: Staff,
    fields: list[str],
    basis: ReferralBasis,
    consent: Consent | None,
    new_consent: NewConsent | None,
    legal_reference: str,
) -> dict[str, Any]:
    """The lawful basis of a draft: a consent already there, one given now, or the law. Never a mix of them."""
    if basis == ReferralBasis.PUBLIC_DUTY:
        if not legal_reference.strip():
            raise TransitionError(_("Sebutkan dasar hukumnya."))
        return {"basis": basis, "consent": None, "legal_reference": legal_reference.strip()}
    if new_consent is not None:
        if case.participant.is_child and new_consent.capacity == ConsentCapacity.SELF:
            raise TransitionError(_("Untuk anak, persetujuan diberikan orang tua, wali, atau pekerja sosial."))
        consent = case_workflow.give_consent(
            case,
            by=by,
            purpose=ConsentPurpose.REFERRAL,
            scope=fields,
            recipient=offer.partner.name,
            given_by=new_consent.given_by,
            capacity=new_consent.capacity,
            valid_until=new_consent.valid_until,
        )
    if consent is None or not covers(consent, case, offer.partner.name, fields):
        raise TransitionError(_("Persetujuan ini tidak mencakup semua data yang dipilih."))
    return {"basis": ReferralBasis.CONSENT, "consent": consent, "legal_reference": ""}


def _contents(
    case: CaseFile,
    offer: ServiceOffer,
    *,
    purpose: str,
    urgency: Urgency,
    data_shared: list[str],
    support_needed: str,
    safety_note: str,
    asks_family_assessment: bool,
) -> dict[str, Any]:
    if asks_family_assessment and offer.partner.unit_id is None:
        raise TransitionError(_("Mitra ini tidak bekerja di Titian, sehingga tidak dapat mengisi KRK."))
    values = values_of(case, support_needed=support_needed, safety_note=safety_note)
    fields = [field.value for field in SharedField if field in data_shared]
    if missing := [field for field in fields if field not in values]:
        labels = ", ".join(str(SharedField(field).label) for field in missing)
        raise TransitionError(_("Berkas belum memuat data ini: %(fields)s.") % {"fields": labels})
    return {
        "purpose": purpose,
        "asks_family_assessment": asks_family_assessment,
        "urgency": urgency,
        "data_shared": fields,
        "shared_values": {field: values[field] for field in fields},
    }


@transaction.atomic
def create_referral(
    case: CaseFile,
    *,
    by: Staff,
    offer: ServiceOffer,
    purpose: str,
    data_shared: list[str],
    basis: ReferralBasis,
    urgency: Urgency = Urgency.NORMAL,
    support_needed: str = "",
    safety_note: str = "",
    consent: Consent | None = None,
    new_consent: NewConsent | None = None,
    legal_reference: str = "",
    asks_family_assessment: bool = False,
) -> Referral:
    """Write a draft. One unfinished referral for each case and offer: a second one is refused and named."""
    case = lock(case)
    policies.require_on_case(by, case)
    if not case.is_open:
        raise TransitionError(_("Kasus ini sudah ditutup."))
    if reasons := why_not(offer):
        raise TransitionError(reasons[0])
    contents = _contents(
        case,
        offer,
        purpose=purpose,
        urgency=urgency,
        data_shared=data_shared,
        support_needed=support_needed,
        safety_note=safety_note,
        asks_family_assessment=asks_family_assessment,
    )
    ground = _basis(
        case,
        offer,
        by=by,
        fields=contents["data_shared"],
        basis=basis,
        consent=consent,
        new_consent=new_consent,
        legal_reference=legal_reference,
    )
    try:
        with transaction.atomic():
            referral = Referral.objects.create(
                case=case, offer=offer, partner=offer.partner, created_by=by, **contents, **ground
            )
    except IntegrityError as error:
        if "one_open_referral_per_offer" not in str(error):
            raise
        there = Referral.objects.unfinished().get(case=case, offer=offer)
        raise TransitionError(
            _("Rujukan ke layanan ini sudah ada."), [Blocker(_("Buka rujukan yang ada"), path_of(there))]
        ) from error
    start_period(ReferralPeriod, {"referral": referral}, status=referral.status)
    return referral


@transaction.atomic
def edit_referral(
    referral: Referral,
    *,
    by: Staff,
    version: int,
    purpose: str,
    data_shared: list[str],
    basis: ReferralBasis,
    urgency: Urgency = Urgency.NORMAL,
    support_needed: str = "",
    safety_note: str = "",
    consent: Consent | None = None,
    new_consent: NewConsent | None = None,
    legal_reference: str = "",
    asks_family_assessment: bool = False,
) -> Referral:
    """Change a draft; what has been sent is never changed."""
    referral = lock_version(referral, version)
    policies.require_on_case(by, referral.case)
    if not referral.is_draft:
        raise TransitionError(_("Rujukan yang sudah dikirim tidak dapat diubah."))
    contents = _contents(
        referral.case,
        referral.offer,
        purpose=purpose,
        urgency=urgency,
        data_shared=data_shared,
        support_needed=support_needed,
        safety_note=safety_note,
        asks_family_assessment=asks_family_assessment,
    )
    ground = _basis(
        referral.case,
        referral.offer,
        by=by,
        fields=contents["data_shared"],
        basis=basis,
        consent=consent,
        new_consent=new_consent,
        legal_reference=legal_reference,
    )
    for name, value in (contents | ground).items():
        setattr(referral, name, value)
    referral.save()
    return referral


@transaction.atomic
def send(referral: Referral, *, by: Staff) -> Referral:
    """Send the draft. From now on the partner sees what may be seen before an answer, as the case has it today."""
    referral = lock_with_consent(referral)
    policies.require_on_case(by, referral.case)
    offer = lock(referral.offer)
    move(referral, SEND, [Blocker(reason) for reason in _why_not_send(referral, offer)])
    typed = {
        name: referral.shared_values.get(name, "") for name in (SharedField.SUPPORT_NEEDED, SharedField.SAFETY_NOTE)
    }
    values = values_of(
        referral.case,
        support_needed=typed[SharedField.SUPPORT_NEEDED],
        safety_note=typed[SharedField.SAFETY_NOTE],
    )
    referral.shared_values = {field: values[field] for field in referral.data_shared if field in values}
    referral.sent_at = timezone.now()
    referral.sent_by = by
    referral.respond_by = referral.sent_at + dt.timedelta(days=settings.REFERRAL_REPLY_DAYS[referral.urgency])
    keep(referral)
    tell(referral, EventKind.REFERRAL_SENT, by=by, summary=f"{referral.partner.name}: {offer.title}")
    notifications.after_commit(notifications.tell_partner, referral)
    return referral


def _why_not_send(referral: Referral, offer: ServiceOffer) -> list[Text]:
    reasons = why_not(offer)
    if not referral.case.is_open:
        reasons.append(_("Kasus ini sudah ditutup."))
    consent = referral.consent
    if referral.basis == ReferralBasis.CONSENT and (
        consent is None or not covers(consent, referral.case, referral.partner.name, referral.data_shared)
    ):
        reasons.append(_("Persetujuan peserta tidak lagi berlaku untuk data ini."))
    return reasons


@transaction.atomic
def cancel(referral: Referral, *, by: Staff, reason: str = "") -> Referral:
    """Take a referral back, at any time before its end. A sent one needs a reason."""
    referral = lock(referral)
    policies.require_on_case(by, referral.case)
    if not referral.is_draft and not reason.strip():
        raise TransitionError(_("Tulis alasan pembatalan."))
    return end(referral, CANCEL, by=by, result=reason.strip())


@transaction.atomic
def expire(referral: Referral, *, by: Staff) -> Referral:
    """Close a referral that was not answered in time, and give it back to its sender."""
    referral = lock(referral)
    policies.require_on_case(by, referral.case)
    if not referral.is_unanswered_late:
        raise TransitionError(_("Tenggat jawaban belum lewat."))
    end(referral, EXPIRE, by=by)
    open_task(referral, "expired", by=by)
    return referral
