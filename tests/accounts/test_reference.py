"""Reference data: as many rows as the sources name, and nothing that an administrator has edited is overwritten."""

import datetime as dt

import pytest
from django.core.management import call_command

from accounts.enums import AgencyKind, RegionLevel, Role, UnitKind
from accounts.models import Agency, Region, Staff, Unit
from assessments.models import InstrumentVersion
from core.models import Holiday, HolidayKind
from programs.models import Programme

pytestmark = pytest.mark.django_db


def reload():
    call_command("load_reference", verbosity=0)


def test_the_four_kinds_of_agency_are_known_and_the_three_public_ones_stand():
    assert {kind.value for kind in AgencyKind} >= set(Agency.objects.values_list("kind", flat=True))
    assert set(Agency.objects.values_list("code", flat=True)) == {"bnpt", "ditjenpas", "kemensos"}
    assert AgencyKind.CSO in AgencyKind


def test_kemensos_has_31_sentra_of_which_4_are_terpadu():
    kinds = list(Unit.objects.filter(agency__kind=AgencyKind.KEMENSOS).values_list("kind", flat=True))
    assert (kinds.count(UnitKind.SENTRA), kinds.count(UnitKind.SENTRA_TERPADU)) == (27, 4)


@pytest.mark.parametrize(
    ("level", "count"), [(RegionLevel.PROVINCE, 38), (RegionLevel.REGENCY, 514), (RegionLevel.DISTRICT, 7285)]
)
def test_every_region_of_indonesia_is_there(level, count):
    assert Region.objects.filter(level=level).count() == count


def test_every_region_but_a_province_lies_in_the_one_above_it():
    above = {RegionLevel.REGENCY: RegionLevel.PROVINCE, RegionLevel.DISTRICT: RegionLevel.REGENCY}
    assert not Region.objects.filter(level=RegionLevel.PROVINCE, parent__isnull=False).exists()
    for level, parent in above.items():
        assert not Region.objects.filter(level=level).exclude(parent__level=parent).exists()


def test_every_unit_has_its_region_its_zone_and_its_group():
    for unit in Unit.objects.all():
        assert unit.region_id, unit.code
        assert unit.group.name == f"unit:{unit.code}"
        assert unit.timezone in ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")


def test_each_agency_has_one_head_office():
    offices = Unit.objects.filter(kind=UnitKind.HEAD_OFFICE).values_list("agency__code", flat=True)
    assert sorted(offices) == ["bnpt", "ditjenpas", "kemensos"]


def test_holidays_of_2026_include_joint_leave():
    days = Holiday.objects.filter(day__year=2026)
    assert days.get(day=dt.date(2026, 8, 17)).kind == HolidayKind.PUBLIC
    assert (days.filter(kind=HolidayKind.PUBLIC).count(), days.filter(kind=HolidayKind.JOINT_LEAVE).count()) == (17, 8)


def test_the_three_instruments_are_published_once():
    published = InstrumentVersion.objects.filter(status="published").values_list("instrument", flat=True)
    assert sorted(published) == ["KRK", "PKA", "PRK-D"]


def test_the_system_acts_but_cannot_sign_in():
    system = Staff.objects.system()
    assert system.role == Role.SYSTEM
    assert not system.has_usable_password()


def test_loading_again_adds_nothing():
    models = (Agency, Unit, Region, Holiday, InstrumentVersion, Programme, Staff)
    before = [model.objects.count() for model in models]
    reload()
    assert [model.objects.count() for model in models] == before


def test_what_an_administrator_has_edited_survives_a_reload():
    holiday = Holiday.objects.get(day=dt.date(2026, 12, 24))
    holiday.name, holiday.kind = "Cuti bersama (SKB baru)", HolidayKind.LOCAL
    holiday.save()
    programme = Programme.objects.first()
    programme.kind = "sosial"
    programme.save()
    unit = Unit.objects.get(code="bps-mlg")
    unit.name = "Bapas Kelas I Malang Raya"
    unit.save()
    reload()
    for row, fields in ((holiday, ("name", "kind")), (programme, ("kind",)), (unit, ("name",))):
        edited = [getattr(row, name) for name in fields]
        row.refresh_from_db()
        assert [getattr(row, name) for name in fields] == edited
