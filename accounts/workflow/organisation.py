"""Units, their Pokja teams and their facilities, kept by the data admin of the agency."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts import policies
from accounts.enums import JournalAction
from accounts.models import Facility, Staff, Team, Unit
from accounts.workflow.journal import write_journal
from core.workflow import lock_version


@transaction.atomic
def save_unit(unit: Unit | None, *, by: Staff, version: int = 0, request_id: str = "", **fields: Any) -> Unit:
    """A new unit of the own agency, or other words for one; its code and its agency never change."""
    policies.require_staff_admin(by)
    parent = fields.get("parent")
    if parent is not None and parent.agency_id != by.unit.agency_id:
        raise PermissionDenied
    if unit is None:
        code = fields.pop("code")
        group, _created = Group.objects.get_or_create(name=f"unit:{code}")
        unit = Unit(agency=by.unit.agency, code=code, group=group)
    else:
        unit = _own(lock_version(unit, version), by)
        fields.pop("code", None)
    for name in policies.UNIT_FIELDS:
        if name in fields:
            setattr(unit, name, fields[name])
    unit.save()
    _keep(by, f"unit:{unit.code}", request_id)
    return unit


@transaction.atomic
def save_team(
    team: Team | None,
    *,
    unit: Unit,
    by: Staff,
    version: int = 0,
    members: Iterable[Staff] = (),
    request_id: str = "",
    **fields: Any,
) -> Team:
    """A Pokja of the unit: coordinator, secretary and members are people of that unit who are in force."""
    policies.require_staff_admin(by)
    _own(unit, by)
    members = list(members)
    people = [fields.get("coordinator"), fields.get("secretary"), *members]
    if any(person is not None and person.unit_id != unit.pk for person in people):
        raise PermissionDenied
    team = Team(unit=unit) if team is None else lock_version(team, version)
    for name in ("name", "coordinator", "secretary", "ended_on"):
        if name in fields:
            setattr(team, name, fields[name])
    team.save()
    team.members.set(members)
    _keep(by, f"team:{team.code}", request_id)
    return team


@transaction.atomic
def save_facility(
    facility: Facility | None, *, unit: Unit, by: Staff, version: int = 0, request_id: str = "", **fields: Any
) -> Facility:
    policies.require_staff_admin(by)
    _own(unit, by)
    facility = Facility(unit=unit) if facility is None else lock_version(facility, version)
    for name in policies.FACILITY_FIELDS:
        if name in fields:
            setattr(facility, name, fields[name])
    facility.save()
    _keep(by, f"facility:{facility.code}", request_id)
    return facility


def _own(unit: Unit, by: Staff) -> Unit:
    if unit.agency_id != by.unit.agency_id:
        raise PermissionDenied
    return unit


def _keep(by: Staff, object_code: str, request_id: str) -> None:
    write_journal(JournalAction.ORGANISATION_CHANGED, by=by, object_code=object_code, request_id=request_id)
