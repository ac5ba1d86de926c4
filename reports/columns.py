"""What may stand in an export: the closed list of columns, each with the sections of a case that it is part of.

Left out on purpose, whatever a person may read on a page: assessments and bands, contact and clinical notes, telephone
numbers, street addresses, documents, household. A file outlives every right to see (docs/decisions/0008).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.enums import DatePrecision, Section
from cases.models import CaseFile

Value = str | int | dt.date | dt.datetime | None


@dataclass(frozen=True)
class Column:
    code: str
    label: Promise
    # A right to see one of these is enough: the code of a case stands on every page of it.
    sections: tuple[Section, ...]
    value: Callable[[CaseFile, ZoneInfo], Value]


def _local(at: dt.datetime | None, zone: ZoneInfo) -> dt.date | None:
    return at.astimezone(zone).date() if at else None


def _birth(case: CaseFile, zone: ZoneInfo) -> Value:
    """As exact as it is known; a child's birthday is nobody's business in a list, its year is enough."""
    person = case.participant
    if person.birth_date is None:
        return ""
    if case.for_child or person.birth_date_precision != DatePrecision.DAY:
        return person.birth_date.year
    return person.birth_date


def _stage(case: CaseFile, zone: ZoneInfo) -> Value:
    named = (case.get_derad_stage_display(), case.get_probation_stage_display(), case.get_atensi_phase_display())
    return "; ".join(str(name) for name in named if name)


ANY = (Section.SUMMARY, Section.IDENTITY)
SUMMARY, IDENTITY = (Section.SUMMARY,), (Section.IDENTITY,)
COLUMNS = (
    Column("code", _("Kode kasus"), ANY, lambda case, _zone: case.code),
    Column("unit", _("Unit penanggung jawab"), ANY, lambda case, _zone: case.lead_unit.short_name),
    Column("case_no", _("Nomor berkas"), SUMMARY, lambda case, _zone: case.case_no),
    Column("case_type", _("Jenis kasus"), SUMMARY, lambda case, _zone: str(case.get_case_type_display())),
    Column("status", _("Tahap"), SUMMARY, lambda case, _zone: str(case.get_status_display())),
    Column("stage", _("Tahap menurut instansi"), SUMMARY, _stage),
    Column(
        "worker", _("Petugas"), SUMMARY, lambda case, _zone: case.lead_worker.full_name if case.lead_worker else ""
    ),
    Column("opened", _("Dibuka"), SUMMARY, lambda case, zone: _local(case.opened_at, zone)),
    Column("contact", _("Kontak terakhir"), SUMMARY, lambda case, zone: _local(case.last_contact_at, zone)),
    Column("due", _("Tenggat berikutnya"), SUMMARY, lambda case, _zone: case.next_due_on if case.has_due else ""),
    Column("closed", _("Ditutup"), SUMMARY, lambda case, zone: _local(case.closed_at, zone)),
    Column("closure", _("Alasan penutupan"), SUMMARY, lambda case, _zone: str(case.get_closure_reason_display())),
    Column("name", _("Nama"), IDENTITY, lambda case, _zone: case.participant.shown_name),
    Column("sex", _("Jenis kelamin"), IDENTITY, lambda case, _zone: str(case.participant.get_sex_display())),
    Column("birth", _("Tanggal atau tahun lahir"), IDENTITY, _birth),
)
BY_CODE = {column.code: column for column in COLUMNS}
ALWAYS = "code"


def offered(sections: frozenset[Section]) -> list[Column]:
    """The columns of which somebody with rights on ``sections`` may ask."""
    return [column for column in COLUMNS if sections & set(column.sections)]


def chosen(codes: list[str]) -> list[Column]:
    """In the order of the list, whatever the order of asking."""
    return [column for column in COLUMNS if column.code in codes]
