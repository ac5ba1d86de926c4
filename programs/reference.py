"""Loads the programmes named in the source documents; owners edit them and add their own."""

from __future__ import annotations

import csv
from pathlib import Path

from accounts.models import Unit
from programs.models import Programme

PROGRAMMES = Path(__file__).parent / "reference_data" / "programmes.csv"


def load_programmes() -> int:
    """Create programmes that are missing; one that its owner has edited stays as it is."""
    units = {unit.code: unit for unit in Unit.objects.all()}
    with PROGRAMMES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        outcomes = row.pop("outcomes").split("|")
        Programme.objects.get_or_create(
            owner=units[row.pop("owner")], title=row.pop("title"), defaults={**row, "outcomes": outcomes}
        )
    return len(rows)
