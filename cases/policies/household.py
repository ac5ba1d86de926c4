"""Who sees which member of a household, and who stands behind those that one does not see.

A member with a file is seen by whoever may read the identity in that file; a name alone by the agency that wrote it
down. For the others the unit that has their file is named, and nothing else: not for a survivor, and not for a file
that is closed or sealed, or of somebody to whom one is related (ET-3, ET-15, I-27).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from accounts.models import Staff, Unit
from cases.enums import ACTIVE, Right, Section
from cases.models import CaseFile, Household, HouseholdMember
from cases.models.household import HouseholdMemberQuerySet
from cases.policies import cases_for
from cases.policies.protection import within_reach
from core.acting import beyond_own_sight


def household_of(case: CaseFile) -> Household | None:
    """The household of the participant today; asked by whoever may read the identity in this case."""
    return Household.objects.filter(members__participant=case.participant_id, members__left_on=None).first()


def members_for(user: Staff, household: Household) -> HouseholdMemberQuerySet:
    """Members of today whom ``user`` sees."""
    identities = cases_for(user, Right.VIEW, Section.IDENTITY).values("participant")
    seen = Q(participant__in=identities) | Q(participant=None, agency=user.unit.agency_id)
    return HouseholdMember.objects.present().filter(seen, household=household)


def contacts(user: Staff, household: Household, seen: Iterable[HouseholdMember]) -> list[Unit]:
    """Units to ask about the members who are not among the ``seen`` (``members_for``)."""
    known = [member.participant_id for member in seen if member.participant_id is not None]
    with beyond_own_sight():
        others = CaseFile.objects.filter(
            within_reach(user),
            participant__in=household.members.present().filter(participant__isnull=False).values("participant"),
            status__in=ACTIVE,
            is_victim_file=False,
        ).exclude(participant__in=known)
        units = Unit.objects.filter(pk__in=others.values("lead_unit")).exclude(pk=user.unit_id)
        return list(units.select_related("agency").order_by("name"))


def guardian_in_conflict(case: CaseFile) -> bool:
    """A guardian in the household may not consent for a child: whoever wrote that down, it holds for every agency."""
    with beyond_own_sight():
        return (
            HouseholdMember.objects.present()
            .filter(
                guardian_conflict=True,
                household__members__participant=case.participant_id,
                household__members__left_on=None,
            )
            .exists()
        )


def mixes(household: Household, joining: CaseFile | None) -> bool:
    """Survivors and others never share a household view (ET-15): whether ``joining`` would bring them together."""
    if joining is None:
        return False
    with beyond_own_sight():
        people = household.members.present().filter(participant__isnull=False).values("participant")
        there = CaseFile.objects.filter(participant__in=people).exclude(participant=joining.participant_id)
        own = CaseFile.objects.filter(participant=joining.participant_id)
        kinds = set(there.values_list("is_victim_file", flat=True)) | set(own.values_list("is_victim_file", flat=True))
    return len(kinds) > 1 and there.exists()
