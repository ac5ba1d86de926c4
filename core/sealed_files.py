"""Files kept outside the database: sealed (core.encryption), under a random name, in ``STORAGES["default"]``.

Nothing in a name comes from a person, and no address of ours leads to one: a view asks the policy and opens the file.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from core.encryption import UnreadableError, decrypt_bytes, encrypt_bytes


class MissingError(Exception):
    """The file is not there, or is not what was stored: a half-restored backup, another key."""


def keep(folder: str, content: bytes, bound_to: str) -> str:
    """Store ``content``; answers its name. Two letters of the name are a directory: none grows too long."""
    word = secrets.token_hex(20)
    return default_storage.save(f"{folder}/{word[:2]}/{word}", ContentFile(encrypt_bytes(content, bound_to)))


def read(name: str, bound_to: str) -> bytes:
    try:
        with default_storage.open(name) as stored:
            return decrypt_bytes(stored.read(), bound_to)
    except (OSError, UnreadableError) as error:
        raise MissingError(name) from error


def remove(name: str) -> None:
    default_storage.delete(name)


def older_than(folder: str, age: dt.timedelta) -> Iterator[list[str]]:
    """Names in ``folder`` that have lain there longer than ``age``, one directory at a time."""
    before = timezone.now() - age
    if not default_storage.exists(folder):
        return
    for directory in sorted(default_storage.listdir(folder)[0]):
        names = [f"{folder}/{directory}/{name}" for name in default_storage.listdir(f"{folder}/{directory}")[1]]
        yield [name for name in names if default_storage.get_modified_time(name) < before]
