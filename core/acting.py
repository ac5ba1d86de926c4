"""Who acts in this transaction: the database, its row policies and the history are told before the first read.

Row-level security (core.row_security) keys on what ``titian_act`` sets here. Nobody acting means no row of a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pghistory
from django.db import connection, transaction

# What row policies read; titian_act fills them from the staff row (the role of somebody deactivated is empty).
SETTINGS = ("titian.staff_id", "titian.role", "titian.unit_id", "titian.agency_id", "titian.group_id", "titian.traits")
_READ = ", ".join(f"current_setting('{name}', true)" for name in SETTINGS)
_WRITE = ", ".join(f"set_config('{name}', %s, true)" for name in SETTINGS)


@contextmanager
def acting_as(staff_id: int | None, **context: Any) -> Iterator[None]:
    """One transaction in which ``staff_id`` acts; for requests, tasks and commands alike.

    The settings end with the transaction, so a pooled connection never carries somebody else's rights (a plain SET
    survives a commit: docs/decisions/0003). Inside another's transaction the former actor acts again afterwards.
    """
    inner = connection.in_atomic_block
    with transaction.atomic(), pghistory.context(staff=staff_id, **context):
        with connection.cursor() as cursor:
            # The last setting is what pgtrigger's functions look for first: where it is missing, each of them raises
            # and catches an exception for every row (measured: 14 times slower on a bulk insert).
            cursor.execute(f"SELECT {_READ}, set_config('pgtrigger.ignore', '{{}}', true), titian_act(%s)", [staff_id])
            former = cursor.fetchone()[: len(SETTINGS)]
        yield
        # Where something failed, the savepoint is undone, and what was set in it with it.
        if inner and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {_WRITE}", [value or "" for value in former])


@contextmanager
def beyond_own_sight() -> Iterator[None]:
    """For what a rule must read or write where the acting person may not look; the actor stays the same.

    A line in another agency's timeline, a task for another unit's supervisor, a count over everybody. Only policies,
    workflow and the QuerySets behind them use it (tests/test_row_security.py), round exactly that statement, and
    nothing read in here reaches a page but a number or a yes.
    """
    with transaction.atomic():  # undone with its savepoint when something raises, so nobody is left with wide eyes
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('titian.role', true), set_config('titian.role', 'system', true)")
            (former, _system) = cursor.fetchone()
        yield
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('titian.role', %s, true)", [former or ""])
