"""A filled world, reports in every state, a report made by the real steps, and exports that are asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from accounts.enums import Role
from accounts.models import Staff
from assessments.enums import Band
from cases.enums import CaseStatus, CaseType, Sex
from cases.models import CaseFile
from core import jobs
from core.pdf import Pdf
from reports import reading, workflow
from reports.enums import ExportFormat, ExportPurpose
from reports.models import QuarterlyReport
from reports.workflow import exports
from tests.cast import Cast
from tests.reports.exporting import REASON, Ask
from tests.reports.worlds import Q3, World, at

IN = CaseStatus.INTERVENING


@pytest.fixture
def world(db: None) -> World:
    return World()


def fill(world: World) -> None:
    """24 adults and 3 children, with judgements of two quarters."""
    for number in range(24):
        month = 1 + number % 8
        case = world.case(
            (CaseStatus.ASSESSING, at(month, 3)),
            (IN, at(month, 20)),
            sex=Sex.FEMALE if number % 9 == 0 else Sex.MALE,
            case_type=CaseType.FAMILY if number % 7 == 0 else CaseType.PROBATION,
            birth_date=dt.date(1960 + 2 * (number % 20), 4, 1),
        )
        bands = (Band.RED, Band.YELLOW, Band.GREEN)
        if month < 6:
            world.final(case, at(month, 19), bands[number % 3], ended=at(8, 19))
        world.final(case, at(8, 19), bands[(number + number % 2) % 3])
    for year in (2012, 2015, 2018):
        world.child((IN, at(2, 1)), birth_date=dt.date(year, 3, 1))


@pytest.fixture
def filled(world: World) -> World:
    fill(world)
    return world


@pytest.fixture
def admin(world: World) -> Staff:
    return world.make_staff("admin", Role.DATA_ADMIN)


def make_report(world: World, admin: Staff, *, language: str = "id", drawn: bool = True) -> QuarterlyReport:
    """By the steps of the worker, without a worker."""
    report, _new = workflow.request_report(by=admin, area=world.area, quarter=Q3, language=language)
    system = Staff.objects.system()
    report = workflow.freeze_figures(report, by=system)
    pdf = reading.draw(report, reading.pdf_context(report)) if drawn else Pdf(b"%PDF-1.7 kosong", 8)
    return workflow.keep_pdf(report, by=system, pdf=pdf)


@pytest.fixture
def made(filled: World, admin: Staff) -> Callable[[], QuarterlyReport]:
    """A report whose PDF is not drawn, for pages and rights."""
    return lambda: make_report(filled, admin, drawn=False)


@pytest.fixture
def wish() -> Callable[..., exports.Wish]:
    def make(**changes: Any) -> exports.Wish:
        values = {
            "cases": CaseFile.objects.all(),
            "columns": ["code", "status"],
            "file_format": ExportFormat.XLSX,
            "purpose": ExportPurpose.CASELOAD_REVIEW,
            "reason": REASON,
        }
        return exports.Wish(**(values | changes))

    return make


@pytest.fixture
def ask(cast: Cast, wish: Callable[..., exports.Wish], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Asks without a worker."""
    monkeypatch.setitem(jobs.SENDERS, exports.JOB_KIND, lambda _job: None)
    return lambda by=None, **changes: exports.ask(wish(**changes), by=by or cast.worker)
