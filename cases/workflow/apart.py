"""Survivors and others never share a household (ET-15), in whatever order it becomes known who is who."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from accounts.models import Staff
from cases.enums import EventKind, Section
from cases.models import CaseFile, Household, HouseholdMember, Participant
from cases.policies.household import mixes
from cases.workflow.events import record
from core.acting import beyond_own_sight


def hold(people: Iterable[int]) -> None:
    """Lock people and then their households, each in one order: meanwhile nobody joins, leaves or gets a file."""
    wanted = set(people)
    with beyond_own_sight():
        list(Participant.objects.select_for_update().filter(pk__in=wanted).order_by("pk").values_list("pk"))
        homes = HouseholdMember.objects.present().filter(participant__in=wanted).values("household")
        list(Household.objects.select_for_update().filter(pk__in=homes).order_by("pk").values_list("pk"))


def separate(case: CaseFile, *, by: Staff) -> None:
    """After the person of ``case`` got a file of the other kind: nobody is refused it, they leave the household."""
    with beyond_own_sight():  # whoever wrote the family down
        member = HouseholdMember.objects.present().filter(participant=case.participant_id).first()
        if member is None or not mixes(member.household, case):
            return
        member.left_on = max(timezone.localdate(), member.joined_on)
        member.version += 1
        member.save()
    record(case, EventKind.HOUSEHOLD, by=by, section=Section.IDENTITY)
