"""Brings the embedded database to the point where the application can work: tables, reference data, demo data."""

from __future__ import annotations

import fcntl
import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from config.signin import DEMO_ACCOUNTS

# What tables and reference data are made of: patterns in the project, and in each of its applications.
INGREDIENTS = ("config/provision.sql", "package-lock.json", "requirements.txt")
INGREDIENTS_OF_APPS = (
    "migrations/*.py",
    "management/commands/load_reference.py",
    "reference*.py",
    "row_policies.py",
    "row_security.py",
    "policies.py",
    "policies/*.py",
    "matrix.py",
    "enums.py",
    "enums/*.py",
    "reference_data/**/*",
    "**/*.yaml",
    "**/*.csv",
)


def fill_when_empty() -> None:
    """For manage.py: makes the tables and loads the reference data unless that was once done to the end."""
    if not _stamp("filled").exists():
        _fill()


def main() -> int:
    """For ``make demo``: tables and reference data as the code now has them, and demo data unless they are there.

    What it does goes to standard error; standard output is the list of the demo accounts.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if not _stamp("filled").exists() or _stamp("filled").read_text() != fingerprint():
        _fill()
    if not _stamp("demo").exists():
        print("Loading the demo data …", file=sys.stderr, flush=True)
        django.setup()
        call_command("load_demo", stdout=sys.stderr)
        _stamp("demo").touch()
    django.setup()
    width = max(len(account.username) for account in DEMO_ACCOUNTS)
    for account in DEMO_ACCOUNTS:
        print(f"    {account.username:<{width}}  {account.role}: {account.sees}")
    return 0


def fingerprint() -> str:
    """A digest of everything that tables and reference data are made of."""
    root: Path = settings.BASE_DIR
    files = {root / name for name in INGREDIENTS}
    for app in (root / name for name in settings.OUR_APPS):
        files |= {file for pattern in INGREDIENTS_OF_APPS for file in app.glob(pattern) if file.is_file()}
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(str(file.relative_to(root)).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _fill() -> None:
    """One process does it, others wait. Written last, the stamp means that both commands came to their end."""
    with _alone():
        wanted = fingerprint()
        if _stamp("filled").exists() and _stamp("filled").read_text() == wanted:
            return
        print("Making the tables and loading the reference data …", file=sys.stderr, flush=True)
        django.setup()
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        call_command("load_reference", verbosity=0, stdout=sys.stderr)
        _stamp("filled").write_text(wanted)


@contextmanager
def _alone() -> Iterator[None]:
    with _stamp("filling").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _stamp(name: str) -> Path:
    path: Path = settings.ENV.state_dir / name
    return path


if __name__ == "__main__":
    sys.exit(main())
