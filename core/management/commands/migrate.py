"""``migrate`` as the owner of the tables: the role that the application runs as may not change them.

Afterwards the triggers (histories, what must never change) and the row policies (core.row_security) are written anew
from the code.
"""

from typing import Any

import pgtrigger
from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections

from core import row_security


class Command(DjangoMigrate):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        whole = not (options["app_label"] or options["plan"] or options["check_unapplied"])
        if whole:
            pgtrigger.install(database=options["database"])
            row_security.install(connections[options["database"]])
