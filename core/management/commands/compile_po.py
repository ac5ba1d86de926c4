"""Compiles locale/*.po to .mo without gettext, or checks that nothing is left untranslated."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Compiles every catalogue; --check instead fails when a message is untranslated, fuzzy or malformed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, name what is not translated")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        faults = [
            fault
            for folder in settings.LOCALE_PATHS
            for path in sorted(Path(folder).glob("*/LC_MESSAGES/*.po"))
            for fault in (self._faults(path) if check else self._compile(path))
        ]
        if faults:
            raise CommandError(f"{len(faults)} faults in the translations:\n" + "\n".join(faults))

    def _compile(self, path: Path) -> list[str]:
        with path.open("rb") as source:
            catalogue = read_po(source, abort_invalid=True)
        fresh = path.with_suffix(".mo.new")
        with fresh.open("wb") as target:
            write_mo(target, catalogue, use_fuzzy=False)
        fresh.replace(path.with_suffix(".mo"))
        return []

    def _faults(self, path: Path) -> list[str]:
        with path.open("rb") as source:
            catalogue = read_po(source, locale=path.parts[-3], abort_invalid=True)
        faults = []
        for message in catalogue:
            if not message.id:
                continue
            forms = message.string if isinstance(message.string, tuple) else (message.string,)
            problems = [str(error) for error in message.check(catalogue)]
            if not all(forms):
                problems.append("not translated")
            if message.fuzzy:
                problems.append("fuzzy")
            faults += [f"{path}:{message.lineno}: {message.id!r}: {problem}" for problem in problems]
        return faults
