"""Says whether the access journal is as it was written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from accounts.models import Staff
from accounts.verification import verify
from core.acting import acting_as


class Command(BaseCommand):
    help = (
        "Walk through the chain of the access journal and compare it with its anchors. Exit code 1 at a fault, with "
        "its kind and place."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchors",
            type=Path,
            default=settings.JOURNAL_ANCHORS_DIR / "journal.jsonl",
            help="the file of anchors to compare with; a copy kept elsewhere is the better witness",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with acting_as(Staff.objects.system().pk, job="verify_journal"):
            verdict = verify(options["anchors"])
        if verdict.fault is not None:
            self.stderr.write(f"The journal was tampered with, or cannot be proven: {verdict.fault}")
            sys.exit(1)
        self.stdout.write(
            f"The journal is whole: {verdict.links} lines in the chain, {verdict.anchors} anchors agree, "
            f"{verdict.waiting} lines wait to be sealed; last hash {verdict.last_hash}"
        )
