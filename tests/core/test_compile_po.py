from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

HEADER = (
    'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
)


@pytest.fixture
def catalogue(tmp_path: Path, settings: Any) -> Path:
    settings.LOCALE_PATHS = [tmp_path]
    path = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    return path


def test_a_catalogue_is_compiled_without_gettext(catalogue: Path) -> None:
    catalogue.write_text(HEADER + 'msgid "Masuk"\nmsgstr "Sign in"\n')
    call_command("compile_po")
    assert b"Sign in" in catalogue.with_suffix(".mo").read_bytes()


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('msgid "Masuk"\nmsgstr ""\n', "not translated"),
        ('#, fuzzy\nmsgid "Masuk"\nmsgstr "Log in"\n', "fuzzy"),
        ('msgid "%(n)s kasus"\nmsgid_plural "%(n)s kasus"\nmsgstr[0] "%(n)s case"\nmsgstr[1] ""\n', "not translated"),
        ('#, python-format\nmsgid "%(n)s kasus"\nmsgstr "%(m)s cases"\n', "unknown named placeholder"),
    ],
)
def test_the_check_names_what_is_wrong(catalogue: Path, entry: str, fault: str) -> None:
    catalogue.write_text(HEADER + entry)
    with pytest.raises(CommandError, match=fault):
        call_command("compile_po", "--check")


def test_a_complete_catalogue_passes_the_check_and_nothing_is_written(catalogue: Path) -> None:
    catalogue.write_text(HEADER + 'msgid "Masuk"\nmsgstr "Sign in"\n')
    call_command("compile_po", "--check")
    assert not catalogue.with_suffix(".mo").exists()
