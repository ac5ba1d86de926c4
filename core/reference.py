"""Loads the table of holidays and joint leave."""

from __future__ import annotations

import csv
from pathlib import Path

from core.models import Holiday

HOLIDAYS = Path(__file__).parent / "reference_data" / "holidays.csv"
SOURCE = "PyPI holidays 0.108; periksa dengan SKB tiga menteri"


def load_holidays() -> int:
    """Add days that are missing; a day that an administrator has edited stays as it is."""
    with HOLIDAYS.open(encoding="utf-8", newline="") as file:
        rows = [Holiday(**row, source=SOURCE) for row in csv.DictReader(file)]
    Holiday.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
