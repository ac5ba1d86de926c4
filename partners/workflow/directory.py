"""Changes of the directory: organisations, their people, agreements and offers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Region, Staff
from cases.enums import Right
from core.workflow import TransitionError, lock, lock_version, move
from partners import policies
from partners.enums import ACTIVATE, END_AGREEMENT, RENEW
from partners.models import Agreement, PartnerContact, PartnerOrganisation, ServiceOffer


def _set(row: Any, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(row, name, value)


@transaction.atomic
def save_partner(
    partner: PartnerOrganisation | None, *, by: Staff, regions: Iterable[Region], version: int = 0, **fields: Any
) -> PartnerOrganisation:
    """Add an organisation, or change one that was opened at ``version``."""
    policies.require_directory(by)
    row = PartnerOrganisation() if partner is None else lock_version(partner, version)
    _set(row, fields)
    row.save()
    row.regions.set(regions)
    return row


@transaction.atomic
def save_contact(
    contact: PartnerContact | None, *, by: Staff, partner: PartnerOrganisation, version: int = 0, **fields: Any
) -> PartnerContact:
    policies.require_partner(by, Right.EDIT, partner)
    row = PartnerContact(partner=partner) if contact is None else lock_version(contact, version)
    _set(row, fields)
    row.save()
    return row


@transaction.atomic
def remove_contact(contact: PartnerContact, *, by: Staff) -> None:
    """Take a person off the directory; the history table keeps who it was."""
    policies.require_partner(by, Right.EDIT, contact.partner)
    contact.delete()


@transaction.atomic
def save_offer(
    offer: ServiceOffer | None,
    *,
    by: Staff,
    partner: PartnerOrganisation,
    regions: Iterable[Region],
    version: int = 0,
    **fields: Any,
) -> ServiceOffer:
    """Add or change an offer; the officers of a partner do so for their own organisation."""
    policies.require_offers_of(by, partner)
    row = ServiceOffer(partner=partner) if offer is None else lock_version(offer, version)
    _set(row, fields)
    row.save()
    row.regions.set(regions)
    return row


@transaction.atomic
def save_agreement(
    agreement: Agreement | None, *, by: Staff, partner: PartnerOrganisation, version: int = 0, **fields: Any
) -> Agreement:
    policies.require_partner(by, Right.EDIT, partner)
    row = Agreement(partner=partner) if agreement is None else lock_version(agreement, version)
    _set(row, fields)
    row.save()
    return row


@transaction.atomic
def activate_agreement(agreement: Agreement, *, by: Staff) -> Agreement:
    """The agreement is signed and counts from its first day."""
    return _move(agreement, by, ACTIVATE)


@transaction.atomic
def end_agreement(agreement: Agreement, *, by: Staff) -> Agreement:
    return _move(agreement, by, END_AGREEMENT)


@transaction.atomic
def renew_agreement(
    agreement: Agreement, *, by: Staff, number: str, valid_from: dt.date, valid_to: dt.date
) -> Agreement:
    """A new draft with the same content takes the place of an agreement."""
    if valid_to <= agreement.valid_to:
        raise TransitionError(_("Perjanjian baru harus berakhir setelah yang lama."))
    former = _move(agreement, by, RENEW)
    return Agreement.objects.create(
        partner=former.partner,
        type=former.type,
        number=number,
        scope=former.scope,
        data_sharing_clause=former.data_sharing_clause,
        valid_from=valid_from,
        valid_to=valid_to,
    )


def _move(agreement: Agreement, by: Staff, transition: Any) -> Agreement:
    agreement = lock(agreement)
    policies.require_partner(by, Right.EDIT, agreement.partner)
    move(agreement, transition)
    agreement.version += 1
    agreement.save()
    return agreement
