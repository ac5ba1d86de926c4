"""What an indicator is: a code, a title, a formula in words, and how its figures are counted."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise

from accounts.enums import AgencyKind
from reports.enums import Scope
from reports.indicators.frame import Area, Frame, Group

# Goes with every snapshot: figures of two versions are never compared without saying so (I-24).
DEFINITIONS_VERSION = "1.0.0"


class Kind(Enum):
    COUNT = "count"  # people or their records: small ones are hidden
    RATE = "rate"  # whole percent; hidden where few are counted
    MONEY = "money"  # rupiah of ``of`` people
    NUMBER = "number"  # a median, a largest of ``of`` staff
    PLAIN = "plain"  # counts nothing personal, always shown


@dataclass(frozen=True)
class Raw:
    """A figure as counted: the value (a rate's numerator), and what it is of (a rate's denominator)."""

    value: int
    of: int = 0


@dataclass(frozen=True)
class Measure:
    """One line of the report."""

    key: str
    title: Promise
    kind: Kind


@dataclass(frozen=True)
class Table:
    """Figures of this quarter by one or two dimensions; they add up to ``total``."""

    key: str
    title: Promise
    total: str
    count: Callable[[Frame], Mapping[Hashable, int]]
    rows: Sequence[tuple[str, Promise | str]]
    columns: Sequence[tuple[str, Promise | str]] = ()
    sensitive: bool = False
    with_history: bool = False  # also for the three quarters before
    # Rows that are found in the data (provinces), with their names, instead of declared ones.
    found_rows: Callable[[Frame], Sequence[tuple[str, str]]] | None = None
    scopes: frozenset[Scope] = frozenset(Scope)


@dataclass(frozen=True)
class Indicator:
    code: str
    chapter: Promise
    title: Promise
    formula: Promise
    measures: tuple[Measure, ...]
    count: Callable[[Frame], Mapping[str, Raw]]
    groups: tuple[Group, ...] = (Group.ADULTS,)
    tables: tuple[Table, ...] = ()
    scopes: frozenset[Scope] = frozenset(Scope)
    # Only where the area's agency is of one of these kinds; None: everywhere.
    agencies: frozenset[AgencyKind] | None = None
    sensitive: bool = False

    def applies_to(self, area: Area, group: Group) -> bool:
        of_agency = self.agencies is None or area.agency_kind is None or area.agency_kind in self.agencies
        return group in self.groups and area.kind in self.scopes and of_agency
