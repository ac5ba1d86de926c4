"""A case that moves to another unit leaves the figures of the one and comes into those of the other (IND-K2)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from accounts.models import Unit
from reports.enums import Scope
from reports.indicators import Area
from reports.indicators.frame import Frame, Group
from reports.indicators.people import active_cases, balance_gap, flows
from reports.quarters import Quarter
from tests.cases.transferring import accept, moved, propose
from tests.cast import Cast
from tests.factories import make_case


def test_the_balance_holds_for_both_units_there_and_back(cast: Cast) -> None:
    from cases import workflow

    quarter = Quarter.of(timezone.localdate())
    long_ago = timezone.now() - dt.timedelta(days=200)
    stays, goes, returns = (make_case(cast.worker, opened_at=long_ago) for _number in range(3))
    moved(goes, cast)
    moved(returns, cast)
    back = propose(returns, cast, by=cast.other_unit, to_unit=cast.worker.unit)
    workflow.approve_transfer(back, by=cast.other_unit_supervisor)
    accept(back, cast, by=cast.supervisor, worker=cast.worker)
    assert stays.lead_unit == cast.worker.unit
    for unit, before, now, came, went in (
        (cast.worker.unit, 3, 2, 1, 2),
        (cast.other_unit.unit, 0, 1, 2, 1),
    ):
        counted = {key: raw.value for key, raw in flows(frame(unit, quarter)).items()}
        assert (counted["transferred_in"], counted["transferred_out"]) == (came, went)
        assert active(frame(unit, quarter.previous)) == before
        assert active(frame(unit, quarter)) == now
        assert balance_gap(before, counted, now) == 0


def test_within_one_agency_nobody_came_and_nobody_went(cast: Cast) -> None:
    moved(make_case(cast.worker, opened_at=timezone.now() - dt.timedelta(days=200)), cast)
    whole = Area(Scope.AGENCY, agency=cast.worker.unit.agency)
    counted = flows(Frame(whole, Quarter.of(timezone.localdate()), Group.ADULTS))
    assert (counted["transferred_in"].value, counted["transferred_out"].value) == (0, 0)


def frame(unit: Unit, quarter: Quarter) -> Frame:
    return Frame(Area(Scope.UNIT, unit=unit), quarter, Group.ADULTS)


def active(at: Frame) -> int:
    return active_cases(at)["active"].value
