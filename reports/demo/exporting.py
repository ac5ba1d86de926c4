"""Exports of the demo: one that waits for the head office, one that was refused, and two that were fetched."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Staff
from cases.enums import OPEN
from cases.models import CaseFile
from core.acting import acting_as
from reports import tasks
from reports.enums import ExportFormat, ExportPurpose, ExportStatus
from reports.models import Export
from reports.workflow import exports as workflow


@dataclass(frozen=True)
class Order:
    """Who asks for what, who decides where that is needed, and how far it has come."""

    asker: str
    decider: str
    columns: tuple[str, ...]
    purpose: ExportPurpose
    reason: str
    status: ExportStatus


SUMMARY = ("case_no", "status", "worker", "contact", "due")
ORDERS = (
    Order(
        "kabapas.malang",
        "pusat.ditjenpas",
        SUMMARY,
        ExportPurpose.CASELOAD_REVIEW,
        "Rapat pembagian beban kerja bulan ini; dihapus setelah rapat.",
        ExportStatus.DOWNLOADED,
    ),
    Order(
        "pk.malang",
        "kabapas.malang",
        ("case_no", "name", "due"),
        ExportPurpose.HANDOVER,
        "Daftar serah terima selama cuti tahunan, untuk rekan di unit.",
        ExportStatus.DOWNLOADED,
    ),
    Order(
        "admin.kemensos",
        "pusat.kemensos",
        ("unit", "name", "sex", "birth"),
        ExportPurpose.DATA_QUALITY,
        "Mencari kembar identitas di seluruh Sentra.",
        ExportStatus.REFUSED,
    ),
    Order(
        "admin.ditjenpas",
        "pusat.ditjenpas",
        ("unit", "name", "sex", "birth"),
        ExportPurpose.DATA_QUALITY,
        "Mencocokkan ejaan nama dan tahun lahir dengan berkas kertas Bapas.",
        ExportStatus.WAITING,
    ),
)
REFUSAL = "Gunakan laporan mutu data; nama anak tidak perlu keluar dari Titian."


def export(orders: tuple[Order, ...] = ORDERS) -> int:
    """Ask, decide, make and fetch as in real work, each step in its own transaction; answers how many there are."""
    for order in orders:
        asker, decider = (Staff.objects.get(username=name) for name in (order.asker, order.decider))
        with acting_as(asker.pk, reason="demo data"):
            made = _ask(order, asker)
        if made.status == ExportStatus.WAITING and order.status != ExportStatus.WAITING:
            with acting_as(decider.pk, reason="demo data"):
                if order.status == ExportStatus.REFUSED:
                    workflow.refuse(made, by=decider, note=REFUSAL)
                else:
                    made = workflow.approve(made, by=decider)
            if order.status == ExportStatus.DOWNLOADED:
                with acting_as(asker.pk, reason="demo data"):
                    made = workflow.start(made, by=asker)
        if order.status == ExportStatus.DOWNLOADED:
            _fetch(made, asker)
    return len(orders)


def _ask(order: Order, asker: Staff) -> Export:
    wish = workflow.Wish(
        cases=CaseFile.objects.filter(status__in=OPEN),
        columns=order.columns,
        file_format=ExportFormat.XLSX,
        purpose=order.purpose,
        reason=order.reason,
        filters="Semua aktif",
    )
    return workflow.ask(wish, by=asker)


def _fetch(made: Export, asker: Staff) -> None:
    tasks.build_export.apply(args=[made.job_id], throw=True)
    with acting_as(asker.pk, reason="demo data"):
        made.refresh_from_db()
        workflow.show_password(made, by=asker)
        workflow.fetch(made.code, workflow.token_for(made), by=asker)
