"""Quarterly reports of the demo: asked for, made, reviewed and signed by the program itself, as in real work."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Agency, Staff, Unit
from core.acting import acting_as
from reports import tasks, workflow
from reports.enums import ReportStatus, Scope
from reports.indicators import Area
from reports.quarters import Quarter


@dataclass(frozen=True)
class Order:
    """Whose report, how many quarters before the last finished one, who makes it and how far it has come."""

    place: str
    back: int
    maker: str
    signer: str
    status: ReportStatus


# The last quarter of Bapas Malang is left for the visitor to make.
ORDERS = (
    Order("bps-mlg", 1, "admin.ditjenpas", "kabapas.malang", ReportStatus.SENT),
    Order("ditjenpas", 0, "admin.ditjenpas", "pusat.ditjenpas", ReportStatus.IN_REVIEW),
    Order("st-handayani-jakarta", 0, "admin.kemensos", "pokja.handayani", ReportStatus.IN_REVIEW),
    Order("kemensos", 1, "admin.kemensos", "pusat.kemensos", ReportStatus.APPROVED),
    Order("", 1, "admin.bnpt", "pusat.bnpt", ReportStatus.APPROVED),
)


def publish(orders: tuple[Order, ...] = ORDERS) -> int:
    """Make the reports, each step in its own transaction; returns how many there are."""
    tasks.roll_up.apply(throw=True)
    last = Quarter.last_finished(timezone.now())
    for order in orders:
        quarter = last
        for _number in range(order.back):
            quarter = quarter.previous
        maker, signer = (Staff.objects.get(username=name) for name in (order.maker, order.signer))
        with acting_as(maker.pk, reason="demo data"):
            report, _is_new = workflow.request_report(by=maker, area=_area(order.place), quarter=quarter)
        tasks.build_report.apply(args=[report.job_id], throw=True)
        with acting_as(maker.pk, reason="demo data"):
            report = workflow.ask_review(report, by=maker)
        if order.status == ReportStatus.IN_REVIEW:
            continue
        with acting_as(signer.pk, reason="demo data"):
            report = workflow.approve(report, by=signer)
        if order.status == ReportStatus.SENT:
            with acting_as(maker.pk, reason="demo data"):
                workflow.mark_sent(report, by=maker, sent_to="Kantor wilayah")
    return len(orders)


def _area(place: str) -> Area:
    if not place:
        return Area(Scope.NATIONAL)
    unit = Unit.objects.select_related("agency").filter(code=place).first()
    if unit is not None:
        return Area(Scope.UNIT, None, unit)
    return Area(Scope.AGENCY, Agency.objects.get(code=place))
