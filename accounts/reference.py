"""Loads the organisation's reference data: regions, agencies, units, facilities and the system user.

Rows are matched by code. A second run refreshes the regions and adds what is missing; an agency, unit or facility that
an administrator has edited stays as it is.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from django.contrib.auth.models import Group

from accounts.enums import Profession, RegionLevel, Role
from accounts.models import Agency, Facility, Region, Staff, Unit

DATA = Path(__file__).parent / "reference_data"


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def load_regions(folder: Path) -> int:
    """Provinces, regencies and districts from the CSV files of idn-area-data; returns how many rows stand now."""
    regions: list[Region] = []
    for name, level, parent in [
        ("provinces", RegionLevel.PROVINCE, None),
        ("regencies", RegionLevel.REGENCY, "province_code"),
        ("districts", RegionLevel.DISTRICT, "regency_code"),
    ]:
        for row in _rows(folder / f"{name}.csv"):
            parent_id = row[parent] if parent else None
            regions.append(Region(code=row["code"], name=row["name"], level=level, parent_id=parent_id))
    Region.objects.bulk_create(
        regions,
        batch_size=2_000,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "level", "parent"],
    )
    return len(regions)


def unit_group(code: str) -> Group:
    """The group through which guardian's grants reach a unit."""
    return Group.objects.get_or_create(name=f"unit:{code}")[0]


def load_organisation() -> int:
    """Agencies, units and facilities; returns the number of units."""
    for row in _rows(DATA / "agencies.csv"):
        Agency.objects.get_or_create(
            code=row["code"],
            defaults={"kind": row["kind"], "name": row["name"], "parent_ministry": row["parent_ministry"]},
        )
    agencies = {agency.code: agency for agency in Agency.objects.all()}
    units: dict[str, Unit] = {}
    for row in _rows(DATA / "units.csv"):
        units[row["code"]] = Unit.objects.get_or_create(
            code=row["code"],
            defaults={
                "agency": agencies[row["agency"]],
                "kind": row["kind"],
                "name": row["name"],
                "short_name": row["short_name"],
                "region_id": row["region"],
                "timezone": row["timezone"],
                "parent": units.get(row["parent"]),
                "group": unit_group(row["code"]),
            },
        )[0]
    for row in _rows(DATA / "facilities.csv"):
        Facility.objects.get_or_create(
            unit=units[row["unit"]],
            name=row["name"],
            defaults={
                "kind": row["kind"],
                "capacity": int(row["capacity"]),
                "services": row["services"],
                "address": row["address"],
            },
        )
    return len(units)


def load_system_user() -> Staff:
    """The actor of jobs and time-outs. It has no password and cannot sign in."""
    system, created = Staff.objects.get_or_create(
        username="system",
        defaults={
            "full_name": "Titian",
            "role": Role.SYSTEM,
            "profession": Profession.ADMINISTRASI,
            "unit": Unit.objects.get(code="pusat-bnpt"),
        },
    )
    if created:
        system.set_unusable_password()
        system.save()
    return system
