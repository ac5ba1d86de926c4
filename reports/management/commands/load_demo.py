"""Loads invented people, cases and histories for demonstrations and tests."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Staff
from core.acting import acting_as
from reports import demo
from reports.demo.telling import FULL, SHARES


class Command(BaseCommand):
    requires_system_checks = ()  # data alone: no page is needed for it
    help = "Load the demo data: invented people only, dates relative to today. A second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", choices=sorted(SHARES), default=FULL, help="small: about a tenth, for tests")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Demo data have accounts whose password everybody knows: refused in production.")
        if demo.is_loaded():
            self.stdout.write("The demo data are there already; nothing was changed.")
            return
        began = time.monotonic()
        with acting_as(Staff.objects.system().pk, reason="demo data"):
            loaded = demo.load(options["scale"])
        reports = demo.publish() if options["scale"] == FULL else 0
        exports = demo.export() if options["scale"] == FULL else 0
        asked = demo.ask() if options["scale"] == FULL else 0
        if options["scale"] == FULL:
            demo.double()
        filed = demo.file() if options["scale"] == FULL else 0
        listed = demo.keep() if options["scale"] == FULL else 0
        self.stdout.write(
            f"{loaded.cases} cases, {loaded.active_clients} active Bapas clients, {loaded.rows} rows, "
            f"{reports} reports, {exports} exports, {asked} rights requests, "
            f"{filed} documents, {listed} files to destroy in {time.monotonic() - began:.0f} s"
        )
