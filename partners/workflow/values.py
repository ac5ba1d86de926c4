"""What a referral may tell a partner about a person, taken from the case: nothing else ever leaves it this way."""

from __future__ import annotations

import datetime as dt

from django.db.models import Case, IntegerField, Q, Value, When
from django.utils import timezone

from cases.models import Address, CaseFile, Participant
from partners.enums import AgeGroup, SharedField


def values_of(case: CaseFile, *, support_needed: str = "", safety_note: str = "") -> dict[str, str]:
    """The value of every field that has one. Age group and sex as codes: each reader's language shows them."""
    person = case.participant
    values = {
        SharedField.NAME: person.shown_name,
        SharedField.SAFE_CONTACT: _safe_contact(person),
        SharedField.AGE_GROUP: _age_group(person, timezone.localdate()),
        SharedField.SEX: person.sex,
        SharedField.DISTRICT: _district(person),
        SharedField.SUPPORT_NEEDED: support_needed.strip(),
        SharedField.SAFETY_NOTE: safety_note.strip(),
    }
    return {field.value: value for field, value in values.items() if value}


def _safe_contact(person: Participant) -> str:
    return " · ".join(part for part in (person.phone, person.safe_contact_method, person.safe_contact_time) if part)


def _age_group(person: Participant, day: dt.date) -> str:
    age = person.age_on(day)
    if age is None or person.is_child_on(day):
        return AgeGroup.CHILD
    if age < 25:
        return AgeGroup.YOUNG_ADULT
    return AgeGroup.ADULT if age < 60 else AgeGroup.OLDER


def _district(person: Participant) -> str:
    """Where the person lives now, by the name of the region and never the address."""
    today = timezone.localdate()
    nearest = Case(
        When(kind=Address.Kind.HOME, then=Value(0)),
        When(kind=Address.Kind.RETURN_PLAN, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    home = (
        person.addresses.filter(valid_from__lte=today)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today))
        .select_related("region")
        .order_by(nearest, "-valid_from")
        .first()
    )
    return home.region.name if home else ""
