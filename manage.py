#!/usr/bin/env python3
"""Titian's commands. Without DATABASE_URL they start, or join, the embedded servers (config/embedded.py)."""

from __future__ import annotations

import os
import sys

# Commands that need no server, so that they answer at once and also where none can run.
WITHOUT_SERVICES = {
    *(
        "access_matrix",
        "check",
        "collectstatic",
        "compile_po",
        "compilemessages",
        "diffsettings",
        "evaluate_guidance",
        "findstatic",
    ),
    *("help", "makemessages", "startapp", "version"),
}
# Commands for which an empty database is no reason to fill it first.
WITHOUT_DATA = {"dbshell", "load_reference", "makemigrations", "migrate", "showmigrations", "sqlmigrate"}


def main(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line

        from config import embedded, prepare
    except ImportError as error:
        sys.exit(f"{error}. Titian's packages are in .venv: run `make setup`, then `.venv/bin/python manage.py …`.")
    command = arguments[1] if len(arguments) > 1 else "help"
    needs_services = command not in WITHOUT_SERVICES and not {"--help", "-h", "--version"} & set(arguments)
    try:
        if needs_services and embedded.join_when_used() and command not in WITHOUT_DATA:
            prepare.fill_when_empty()
        execute_from_command_line(arguments)
    except (embedded.EmbeddedError, ImproperlyConfigured) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv)
