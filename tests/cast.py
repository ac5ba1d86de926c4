"""The people of the tests: everyone knows them, each stands for one relation to a case.

``worker`` holds the case, ``neighbour`` works at the same unit without it, ``supervisor`` leads that unit,
``other_agency`` is a caseworker elsewhere, and so on. Use them as ``cast.worker``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import pytest

from accounts.enums import AgencyKind, Profession, Role, UnitKind
from accounts.models import Agency, Staff, Unit
from tests.factories import make_staff, make_unit


@dataclass(frozen=True)
class Cast:
    worker: Staff
    neighbour: Staff
    supervisor: Staff
    other_unit: Staff
    other_unit_supervisor: Staff
    other_agency: Staff
    other_agency_supervisor: Staff
    psychologist: Staff
    cso: Staff
    other_cso: Staff
    analyst: Staff
    admin: Staff
    bnpt_admin: Staff
    head_office: Staff
    auditor: Staff
    dpo: Staff
    system: Staff

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter((field.name, getattr(self, field.name)) for field in fields(self))


def cso_unit(code: str, name: str) -> Unit:
    agency = Agency.objects.create(code=code, name=name, kind=AgencyKind.CSO)
    return make_unit(code, agency, kind=UnitKind.CSO_OFFICE, name=name, short_name=name)


def make_cast() -> Cast:
    unit = {unit.code: unit for unit in Unit.objects.select_related("agency")}
    malang, palu, handayani = unit["bps-mlg"], unit["bps-plu"], unit["st-handayani-jakarta"]
    bnpt, ditjenpas = unit["pusat-bnpt"], unit["pusat-ditjenpas"]
    titi, other = cso_unit("titi-harapan", "Titi Harapan"), cso_unit("jembatan-asa", "Jembatan Asa")
    return Cast(
        worker=make_staff("ratna.kusuma", malang, Role.CASEWORKER, Profession.PK_BAPAS),
        neighbour=make_staff("dimas.ardianto", malang, Role.CASEWORKER, Profession.PK_BAPAS),
        supervisor=make_staff("tri.wahyuni", malang, Role.SUPERVISOR, Profession.PK_BAPAS),
        other_unit=make_staff("lina.marlina", palu, Role.CASEWORKER, Profession.PK_BAPAS),
        other_unit_supervisor=make_staff("agus.salim", palu, Role.SUPERVISOR, Profession.PK_BAPAS),
        other_agency=make_staff("sari.dewi", handayani, Role.CASEWORKER, Profession.PEKERJA_SOSIAL),
        other_agency_supervisor=make_staff("budi.santoso", handayani, Role.SUPERVISOR, Profession.PEKERJA_SOSIAL),
        psychologist=make_staff("maya.puspita", handayani, Role.CASEWORKER, Profession.PSIKOLOG),
        cso=make_staff("yuni.astuti", titi, Role.FIELD_OFFICER, Profession.PETUGAS_LAPANGAN),
        other_cso=make_staff("eko.prasetyo", other, Role.FIELD_OFFICER, Profession.PETUGAS_LAPANGAN),
        analyst=make_staff("nina.kartika", bnpt, Role.ANALYST, Profession.ANALIS),
        admin=make_staff("joko.susilo", ditjenpas, Role.DATA_ADMIN, Profession.ADMINISTRASI),
        bnpt_admin=make_staff("wahyu.hidayat", bnpt, Role.DATA_ADMIN, Profession.ADMINISTRASI),
        head_office=make_staff("dewi.anggraini", ditjenpas, Role.SUPERVISOR, Profession.ANALIS),
        auditor=make_staff("rina.wati", bnpt, Role.AUDITOR, Profession.ADMINISTRASI),
        dpo=make_staff("fajar.nugroho", bnpt, Role.DPO, Profession.ADMINISTRASI),
        system=Staff.objects.system(),
    )


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()
