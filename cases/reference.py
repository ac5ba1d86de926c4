"""Loads the retention rules that Titian proposes; an agency writes its own archive schedule (JRA) over them."""

from __future__ import annotations

import csv
from pathlib import Path

from cases.models import RetentionRule

RETENTION = Path(__file__).parent / "reference_data" / "retention.csv"


def load_retention() -> int:
    """Add rules that are missing, none of them in force; one that an agency has edited stays as it is."""
    with RETENTION.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        RetentionRule.objects.get_or_create(
            agency_kind=row["agency_kind"],
            case_type=row["case_type"],
            defaults={"years": int(row["years"]), "source": row["source"]},
        )
    return len(rows)
