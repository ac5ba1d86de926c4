"""Publishes the instruments of the project's YAML files as versions in the database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Staff
from assessments import catalogue, workflow
from assessments.catalogue import CatalogueError
from core.acting import acting_as
from core.workflow import TransitionError


class Command(BaseCommand):
    help = "Publish the instruments of assessments/instruments/. Running it twice changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            instruments = catalogue.load().instruments
        except CatalogueError as error:
            raise CommandError(str(error)) from error
        system = Staff.objects.system()
        with acting_as(system.pk, reason="reference data"):
            for instrument in instruments.values():
                try:
                    version, is_new = workflow.publish(instrument, by=system)
                except TransitionError as error:
                    raise CommandError(str(error.message)) from error
                self.stdout.write(f"{version}: {'published' if is_new else 'unchanged'}")
