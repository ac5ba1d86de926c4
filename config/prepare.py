"""Brings the embedded database to the point where the application can work: tables, and reference data."""

from __future__ import annotations

import fcntl
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command


def fill_when_empty() -> None:
    """Migrates and loads the reference data unless that was once done to the end. One process does it, others wait."""
    state: Path = settings.ENV.state_dir
    done = state / "filled"
    if done.exists():
        return
    with (state / "filling").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if done.exists():
            return
        print("The database is empty: making the tables and loading the reference data …", file=sys.stderr, flush=True)
        django.setup()
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        call_command("load_reference", verbosity=0)
        # Written last: an interrupted filling is taken up again, and both commands may run twice.
        done.write_text(str(os.getpid()))
