"""Whose figures, of when: the population that every indicator counts in.

A case belongs to the unit that led it at the end of the quarter, and to the adults or the children by the age on the
quarter's last day; an age in doubt counts as a child, and a child's file never counts among adults. All questions of
"on that day" are answered from period rows, never from today's columns.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import BooleanField, Case, Exists, F, Model, OuterRef, Q, QuerySet, Value, When

from accounts.enums import AgencyKind
from accounts.models import Agency, Unit
from cases.enums import ACTIVE, CaseType
from cases.models import CaseFile, CaseLeadPeriod, CaseStatusPeriod
from reports.enums import Scope
from reports.quarters import Quarter

M = TypeVar("M", bound=Model)
# A period of no length never held.
HAS_LENGTH = Q(ended_at__isnull=True) | Q(ended_at__gt=F("started_at"))


class Group(Enum):
    ADULTS = "adults"
    CHILDREN = "children"


@dataclass(frozen=True)
class Area:
    """A unit with its posts, an agency, or the whole country."""

    kind: Scope
    agency: Agency | None = None
    unit: Unit | None = None

    @property
    def agency_kind(self) -> AgencyKind | None:
        owner = self.unit.agency if self.unit else self.agency
        return AgencyKind(owner.kind) if owner else None

    @cached_property
    def unit_ids(self) -> Collection[int] | None:
        """None: every unit."""
        if self.unit is not None:
            return set(Unit.objects.filter(Q(pk=self.unit.pk) | Q(parent=self.unit.pk)).values_list("pk", flat=True))
        if self.agency is not None:
            return set(Unit.objects.filter(agency=self.agency).values_list("pk", flat=True))
        return None

    def holds(self, unit_id: int | None) -> bool:
        return self.unit_ids is None or unit_id in self.unit_ids

    def units_q(self, path: str) -> Q:
        return Q() if self.unit_ids is None else Q(**{f"{path}__in": self.unit_ids})


def in_force(moment: dt.datetime) -> Q:
    """Periods that hold just before ``moment``: the last word of a quarter that ends there."""
    return Q(started_at__lt=moment) & (Q(ended_at__isnull=True) | Q(ended_at__gte=moment))


def adults_on(day: dt.date) -> QuerySet[CaseFile]:
    return CaseFile.objects.filter(adult_from__lte=day).exclude(case_type=CaseType.SOCIAL_CHILD)


def children_on(day: dt.date) -> QuerySet[CaseFile]:
    adult = Case(
        When(Q(adult_from__lte=day) & ~Q(case_type=CaseType.SOCIAL_CHILD), then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    return CaseFile.objects.annotate(is_adult=adult).filter(is_adult=False)


@dataclass(frozen=True)
class Frame:
    area: Area
    quarter: Quarter
    group: Group = Group.ADULTS

    @property
    def start(self) -> dt.datetime:
        return self.quarter.start

    @property
    def end(self) -> dt.datetime:
        return self.quarter.end

    @property
    def last_day(self) -> dt.date:
        return self.quarter.last_day

    @property
    def before(self) -> Frame:
        return replace(self, quarter=self.quarter.previous)

    def people(self) -> QuerySet[CaseFile]:
        """Cases of this group, of whatever unit."""
        return adults_on(self.last_day) if self.group is Group.ADULTS else children_on(self.last_day)

    def _led(self) -> Q:
        if self.area.unit_ids is None:
            return Q()
        led = CaseLeadPeriod.objects.filter(in_force(self.end), self.area.units_q("lead_unit"), case=OuterRef("pk"))
        return Q(Exists(led))

    def cases(self) -> QuerySet[CaseFile]:
        """Cases of this group that the area led at the end of the quarter, in whatever state."""
        return self.people().filter(self._led(), opened_at__lt=self.end)

    def everyone_active(self) -> QuerySet[CaseFile]:
        """Active cases of adults and children alike."""
        return CaseFile.objects.filter(self._led(), Exists(self._status(ACTIVE)))

    def active(self, statuses: Collection[str] = ACTIVE) -> QuerySet[CaseFile]:
        """Cases that were open at the end of the quarter, and neither draft, suspended nor closed (D §6)."""
        return self.cases().filter(Exists(self._status(statuses)))

    def _status(self, statuses: Collection[str]) -> QuerySet[CaseStatusPeriod]:
        return CaseStatusPeriod.objects.filter(in_force(self.end), case=OuterRef("pk"), status__in=statuses)

    def of(self, rows: QuerySet[M], path: str = "case", **conditions: Any) -> QuerySet[M]:
        """``rows`` whose case belongs to this frame."""
        return rows.filter(**{f"{path}__in": self.cases().values("pk")}, **conditions)

    def within(self, field: str) -> Q:
        """A moment or a day inside the quarter."""
        return Q(**{f"{field}__gte": self.start, f"{field}__lt": self.end})

    def on_a_day_within(self, field: str) -> Q:
        return Q(**{f"{field}__gte": self.quarter.first_day, f"{field}__lte": self.last_day})
