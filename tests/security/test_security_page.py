"""docs/security.md names a test for each control and a status for each part of ASVS: both are looked after here."""

from __future__ import annotations

import ast
import re

import pytest
from django.conf import settings

PAGE = (settings.BASE_DIR / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
FILES = sorted(set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE)))
STATUS = {"met", "partly", "not", "n/a"}
ROWS = re.findall(r"^\| (V\d+\.\d+) [^|]*\| ([^|]*) \| ([^|]*) \|$", PAGE, re.MULTILINE)
# Sections of OWASP ASVS 5.0 in each chapter.
SECTIONS = {
    1: 5,
    2: 4,
    3: 7,
    4: 4,
    5: 4,
    6: 8,
    7: 6,
    8: 4,
    9: 2,
    10: 7,
    11: 7,
    12: 3,
    13: 4,
    14: 3,
    15: 4,
    16: 5,
    17: 3,
}
THREATS = ("Insider snooping", "Compromised CSO account", "Stolen phone", "Malicious upload",
           "SQL injection in a future query", "Database dump stolen", "Subpoena beyond purpose")  # fmt: skip


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_named_test_exists(file: str, name: str) -> None:
    tree = ast.parse((settings.BASE_DIR / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("file", FILES)
def test_a_named_file_exists(file: str) -> None:
    assert (settings.BASE_DIR / file).is_file()


def test_every_threat_has_a_control_and_a_test() -> None:
    for threat in THREATS:
        _before, found, after = PAGE.partition(f"### {threat}")
        assert found, threat
        part = after.partition("\n### ")[0].partition("\n## ")[0]
        assert "`tests/" in part or "**Open**" in part, threat


def test_every_section_of_asvs_has_an_honest_status_and_a_place() -> None:
    sections = {f"V{chapter}.{number}" for chapter, count in SECTIONS.items() for number in range(1, count + 1)}
    assert {section for section, _status, _where in ROWS} == sections
    for section, status, where in ROWS:
        assert status.strip() in STATUS, section
        assert where.strip(), section


def test_raw_sql_is_never_made_of_what_people_typed() -> None:
    """Raw SQL stands in few places; each that formats its text is excused by name, so a new one is looked at."""
    formatted = re.compile(r"(?:execute|RawSQL|\.raw|\.extra)\(\s*(?:f[\"']|[\"'][^\"']*[\"']\s*(?:%|\.format|\+))")
    found = {
        str(path.relative_to(settings.BASE_DIR))
        for app in settings.OUR_APPS
        for path in (settings.BASE_DIR / app).rglob("*.py")
        if "migrations" not in path.parts and formatted.search(path.read_text(encoding="utf-8"))
    }
    assert found <= {
        "reports/management/commands/bench.py",
        # Names of settings, tables and columns that stand in the code.
        "core/acting.py",
        "core/row_security.py",
        "cases/history.py",
        "cases/workflow/retention.py",
    }
