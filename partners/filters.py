"""How the directory, the offers and the senders' list are narrowed."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import RegionLevel
from accounts.models import Region
from partners.enums import PartnerKind, ReferralStatus
from partners.models import PartnerOrganisation, Referral, ServiceOffer, intervention_choices


def _in_province(province: str, through: Any, owner: str, key: str = "pk") -> Exists:
    """Rows of a region link within a province, by the beginning of the Kemendagri code."""
    return Exists(through.objects.filter(**{owner: OuterRef(key)}, region__code__startswith=province))


def _any_region(through: Any, owner: str, key: str = "pk") -> Exists:
    return Exists(through.objects.filter(**{owner: OuterRef(key)}))


class PartnerFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Cari nama"), method="by_name")
    kind = django_filters.ChoiceFilter(label=_("Jenis"), choices=PartnerKind, empty_label=_("Semua"))
    region = django_filters.ModelChoiceFilter(
        label=_("Provinsi"),
        queryset=Region.objects.filter(level=RegionLevel.PROVINCE),
        method="by_province",
        empty_label=_("Semua"),
    )
    intervention = django_filters.ChoiceFilter(
        label=_("Layanan"), choices=intervention_choices, method="by_intervention", empty_label=_("Semua")
    )

    class Meta:
        model = PartnerOrganisation
        fields: list[str] = []

    def by_name(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(name__icontains=value.strip())

    def by_province(self, rows: QuerySet, name: str, value: Region) -> QuerySet:
        through = PartnerOrganisation.regions.through
        return rows.filter(_in_province(value.pk, through, "partnerorganisation_id"))

    def by_intervention(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(
            Exists(ServiceOffer.objects.valid().filter(partner=OuterRef("pk"), intervention_code=value))
        )


class OfferFilter(django_filters.FilterSet):
    """Offers to which somebody may be referred. An offer without regions reaches as far as its organisation does."""

    q = django_filters.CharFilter(label=_("Cari layanan atau mitra"), method="by_words")
    intervention = django_filters.ChoiceFilter(
        label=_("Jenis layanan"), choices=intervention_choices, field_name="intervention_code", empty_label=_("Semua")
    )
    region = django_filters.ModelChoiceFilter(
        label=_("Provinsi"),
        queryset=Region.objects.filter(level=RegionLevel.PROVINCE),
        method="by_province",
        empty_label=_("Semua"),
    )

    class Meta:
        model = ServiceOffer
        fields: list[str] = []

    def by_words(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        words = value.strip()
        return rows.filter(Q(title__icontains=words) | Q(partner__name__icontains=words))

    def by_province(self, rows: QuerySet, name: str, value: Region) -> QuerySet:
        own = ServiceOffer.regions.through
        partners = PartnerOrganisation.regions.through
        here = _in_province(value.pk, own, "serviceoffer_id")
        partner_here = _in_province(value.pk, partners, "partnerorganisation_id", "partner_id")
        anywhere = ~_any_region(partners, "partnerorganisation_id", "partner_id")
        return rows.filter(here | (~_any_region(own, "serviceoffer_id") & (partner_here | anywhere)))


class ReferralFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(label=_("Status"), choices=ReferralStatus, empty_label=_("Semua"))

    class Meta:
        model = Referral
        fields = ["status"]
