"""What is asked for only with agreement stands on few pages, and in no list, export, report or figure."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("core", "accounts", "cases", "assessments", "partners", "programs", "reports", "config", "templates", "static")
# Whoever adds a file here shows a person's religion in one place more (design.md §3: religion only with agreement).
PLACES = {
    "religion": {
        "cases/data_classes.py",
        "cases/forms/person.py",
        "cases/models/merging.py",
        "cases/models/participant.py",
        "cases/views/sections.py",
        "templates/cases/_person_fields.html",
        "reports/management/commands/bench.py",  # empty columns of invented people
        "reports/subject_copy/of_the_case.py",  # the person's own copy
    },
}


def naming(word: str) -> set[str]:
    files = (
        path for app in APPS for path in (ROOT / app).rglob("*") if path.suffix in {".py", ".html", ".sql", ".js"}
    )
    found = {path.relative_to(ROOT) for path in files if re.search(rf"\b{word}", path.read_text(encoding="utf-8"))}
    return {path.as_posix() for path in found if "migrations" not in path.parts}


@pytest.mark.parametrize("word", PLACES)
def test_it_is_named_where_it_is_asked_and_read_and_nowhere_else(word: str) -> None:
    assert naming(word) == PLACES[word]
