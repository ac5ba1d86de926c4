"""Write docs/processing-register.md and docs/dpia.md from the data classes; ``--check`` only compares."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.register import written


class Command(BaseCommand):
    help = "Write the register of processing and the impact assessment from the data classes of the models."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare, and fail where a document is out of date")

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        for name, text in written().items():
            path = settings.BASE_DIR / "docs" / name
            if check and (not path.exists() or path.read_text(encoding="utf-8") != text):
                raise CommandError(f"docs/{name} is out of date: run manage.py processing_register")
            if not check:
                path.write_text(text, encoding="utf-8")
