"""Who acts in this transaction: the database and the history are told before the first write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pghistory
from django.db import connection, transaction


@contextmanager
def acting_as(staff_id: int | None, **context: Any) -> Iterator[None]:
    """One transaction in which ``staff_id`` acts; for requests, tasks and commands alike.

    The setting ends with the transaction, so a pooled connection never carries somebody else's rights
    (a plain SET survives a commit: docs/decisions/0003).
    """
    with transaction.atomic(), pghistory.context(staff=staff_id, **context):
        with connection.cursor() as cursor:
            # The second setting is what pgtrigger's functions look for first: where it is missing, each of them raises
            # and catches an exception for every row (measured: 14 times slower on a bulk insert).
            cursor.execute(
                "SELECT set_config('titian.staff_id', %s, true), set_config('pgtrigger.ignore', '{}', true)",
                [str(staff_id or "")],
            )
        yield
