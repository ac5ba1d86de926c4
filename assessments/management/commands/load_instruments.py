"""Publishes the instruments of assessments/instruments/ as rows; a published version is never touched again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from assessments import catalogue
from assessments.enums import VersionStatus
from assessments.models import InstrumentVersion


class Command(BaseCommand):
    help = "Load instrument versions from YAML. An edited text needs a new version number."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        for instrument in catalogue.load().instruments.values():
            known = InstrumentVersion.objects.filter(instrument=instrument.code, version=instrument.version).first()
            if known is not None:
                if known.content_hash != instrument.content_hash:
                    raise CommandError(
                        f"{instrument.code} {instrument.version} is published and its file has changed: "
                        "give the file a new version number."
                    )
                continue
            InstrumentVersion.objects.filter(instrument=instrument.code, status=VersionStatus.PUBLISHED).update(
                status=VersionStatus.WITHDRAWN
            )
            InstrumentVersion.objects.create(
                instrument=instrument.code,
                version=instrument.version,
                status=VersionStatus.PUBLISHED,
                definition=instrument.definition,
                content_hash=instrument.content_hash,
            )
            self.stdout.write(f"{instrument.code} {instrument.version} published")
