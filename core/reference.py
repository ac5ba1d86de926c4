"""Loads the table of holidays and joint leave."""

from __future__ import annotations

import csv
from pathlib import Path

from core.models import Holiday

HOLIDAYS = Path(__file__).parent / "reference_data" / "holidays.csv"
SOURCE = "PyPI holidays 0.108; periksa dengan SKB tiga menteri"


def load_holidays() -> int:
    """Add the years that the calendar does not have; a year that administrators keep stays as it is."""
    known = {f"{day:%Y}" for day in Holiday.objects.dates("day", "year")}
    with HOLIDAYS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["day"][:4] not in known]
    Holiday.objects.bulk_create(Holiday(**row, source=SOURCE) for row in rows)
    return len(rows)
