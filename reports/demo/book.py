"""Keeps the rows of the demo in memory and writes them in bulk, each after the rows that it points to."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any, TypeVar

from django.apps import apps
from django.db import models

from core.codes import ALPHABET
from core.models import Coded

M = TypeVar("M", bound=models.Model)
SEED = "titian"
BATCH = 1_000


def dice(*names: object) -> Random:
    """A stream of its own for each purpose: what one part draws never shifts what another part gets."""
    return Random(":".join([SEED, *map(str, names)]))  # noqa: S311 -- repeatable on purpose, no secret


def code(stream: Random) -> str:
    """A public code as core.codes makes it, but the same in every load."""
    letters = "".join(stream.choice(ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


class Book:
    def __init__(self) -> None:
        self._rows: dict[type[models.Model], list[models.Model]] = {}
        self._later: list[tuple[models.Model, str, Callable[[], Any]]] = []
        self._codes = dice("codes")

    def add(self, row: M, *, at: dt.datetime, **later: Callable[[], Any]) -> M:
        """Keep ``row`` as written at ``at``; ``later`` holds fields that need the key of a row written before it."""
        for name in ("created_at", "updated_at"):
            if hasattr(row, name) and getattr(row, name) is None:
                setattr(row, name, at)
        if isinstance(row, Coded) and not row.__dict__.get("_told_code"):
            row.code = code(self._codes)
        if hasattr(row, "client_id"):
            row.client_id = uuid.UUID(int=self._codes.getrandbits(128), version=4)
        self._rows.setdefault(type(row), []).append(row)
        self._later += [(row, name, value) for name, value in later.items()]
        return row

    def later(self, row: models.Model, name: str, value: Callable[[], Any]) -> None:
        """A field of a kept row that needs the key of one written before it."""
        self._later.append((row, name, value))

    def of(self, model: type[M]) -> list[M]:
        """Rows of ``model`` that are not written yet."""
        return self._rows.get(model, [])  # type: ignore[return-value]

    def take(self, model: type[M]) -> list[M]:
        """As ``of``, and from now on they are the caller's to write."""
        return self._rows.pop(model, [])  # type: ignore[return-value]

    def write(self, *kinds: type[models.Model]) -> int:
        """Write what is kept of these models, in this order; returns the number of rows."""
        count = 0
        for model in kinds:
            rows = self._rows.pop(model, [])
            if not rows:
                continue
            mine = [entry for entry in self._later if type(entry[0]) is model]
            self._later = [entry for entry in self._later if type(entry[0]) is not model]
            for row, name, value in mine:
                setattr(row, name, value())
            model._base_manager.bulk_create(rows, batch_size=BATCH)
            count += len(rows)
        return count

    def is_empty(self) -> bool:
        return not self._rows


def with_code(row: M, told: str) -> M:
    """Give ``row`` a code that the story tells instead of a drawn one."""
    row.code = told  # type: ignore[attr-defined]
    row.__dict__["_told_code"] = True
    return row


@contextmanager
def times_as_told() -> Iterator[None]:
    """Inside, rows keep the times that they carry: history was not written today."""
    fields = [
        (field, field.auto_now, field.auto_now_add)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, models.DateTimeField) and (field.auto_now or field.auto_now_add)
    ]
    try:
        for field, _auto_now, _auto_now_add in fields:
            field.auto_now = field.auto_now_add = False
        yield
    finally:
        for field, auto_now, auto_now_add in fields:
            field.auto_now, field.auto_now_add = auto_now, auto_now_add
