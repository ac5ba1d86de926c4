"""Loads all reference data: regions, agencies and units, holidays, retention rules, instruments, programmes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts import reference as accounts_reference
from accounts.models import Staff
from cases import reference as cases_reference
from core import reference as core_reference
from core.acting import acting_as
from programs import reference as programs_reference


class Command(BaseCommand):
    help = "Load or refresh reference data. Rows are matched by code; running it twice changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        areas = Path(settings.BASE_DIR) / "node_modules" / "idn-area-data" / "data"
        if not areas.is_dir():
            raise CommandError("Region data not found in node_modules/idn-area-data. Run: make setup")
        system = Staff.objects.filter(username="system").values_list("pk", flat=True).first()
        with acting_as(system, reason="reference data"):
            regions = accounts_reference.load_regions(areas)
            units = accounts_reference.load_organisation()
            accounts_reference.load_system_user()
            holidays = core_reference.load_holidays()
            cases_reference.load_retention()
            call_command("load_instruments", stdout=self.stdout)
            programmes = programs_reference.load_programmes()
        self.stdout.write(f"{regions} regions, {units} units, {holidays} holidays, {programmes} programmes")
