"""How every state change is made: lock the row, check the move, refuse with a reason.

Each app's workflow.py calls these; nothing else changes a status.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.acting import beyond_own_sight
from core.models import Period, Versioned

M = TypeVar("M", bound=models.Model)
V = TypeVar("V", bound=Versioned)
Text = str | Promise


@dataclass(frozen=True)
class Blocker:
    """One reason why a move is refused, with the page where it can be cleared."""

    text: Text
    url: str = ""


class TransitionError(Exception):
    """A move that the record's state does not allow; its message is shown to the user.

    ``problems``: what is wrong with single fields, where the refusal is about those.
    """

    problems: Mapping[str, Text] = {}

    def __init__(self, message: Text, blockers: Iterable[Blocker] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.blockers = list(blockers)


def sent_before(rows: models.QuerySet[M], client_id: uuid.UUID, **own: Any) -> M | None:
    """The row that this very form has made already. The number of somebody else's form is refused, not taken twice:
    ``own`` says what the row of the same sender holds. PermissionDenied otherwise, also for a row out of sight."""
    sent = rows.filter(client_id=client_id)
    with beyond_own_sight():
        mine = sent.filter(**own).first()
        if mine is None and sent.exists():
            raise PermissionDenied
    return mine


class FieldError(TransitionError):
    """A refusal about single fields: ``problems`` says why, field by field."""

    def __init__(self, problems: Mapping[str, Text]) -> None:
        super().__init__(next(iter(problems.values())))
        self.problems = problems


class StaleError(TransitionError):
    """Somebody else saved the record since this form was opened."""

    def __init__(self, current: models.Model) -> None:
        super().__init__(_("Catatan ini berubah saat Anda menyunting. Tidak ada tulisan yang hilang."))
        self.current = current


@dataclass(frozen=True)
class Transition:
    """A named move of a status field."""

    sources: frozenset[str]
    to: str
    field: str = field(default="status")

    @classmethod
    def of(cls, *sources: str, to: str) -> Transition:
        return cls(frozenset(sources), to)


def lock(row: M) -> M:
    """The same row, fresh from the database and locked until the transaction ends."""
    return type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)


def lock_version(row: V, version: int | None) -> V:
    """Lock ``row`` for an edit that began at ``version``; raises StaleError if it has changed since.

    ``version`` None: no form was opened, the row is changed as it stands.
    """
    fresh = lock(row)
    if version is not None and fresh.version != version:
        raise StaleError(fresh)
    fresh.version += 1
    return fresh


def move(row: models.Model, transition: Transition, blockers: Iterable[Blocker] = ()) -> None:
    """Set the status in memory, or raise TransitionError. The caller saves."""
    status = getattr(row, transition.field)
    if status not in transition.sources:
        label = getattr(row, f"get_{transition.field}_display")()
        raise TransitionError(_("Langkah ini tidak dapat dilakukan dari keadaan “%(state)s”.") % {"state": label})
    reasons = list(blockers)
    if reasons:
        raise TransitionError(_("Masih ada yang harus diselesaikan dahulu."), reasons)
    setattr(row, transition.field, transition.to)


def start_period(model: type[Period], owner: dict[str, Any], at: dt.datetime | None = None, **values: Any) -> Period:
    """End the owner's open period and open the next one with ``values``; nothing happens when they are equal."""
    at = at or timezone.now()
    current = model._default_manager.select_for_update(of=("self",)).filter(**owner, ended_at=None).first()
    if current is not None:
        if all(getattr(current, name) == value for name, value in values.items()):
            return current
        current.ended_at = max(at, current.started_at)
        current.save(update_fields=["ended_at"])
    return model._default_manager.create(**owner, **values, started_at=at)
