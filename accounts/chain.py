"""The arithmetic of the journal's chain: what an entry's content is, and the hash that ties a link to the one before.

Never change what is written here for lines that exist: a new field of an entry needs a new ``FORM``, chosen by the
sequence number from which it holds.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from typing import Any

FORM = 1
# The fields of an entry that the chain covers, in this order.
CONTENT = (
    *("pk", "at", "actor_id", "role", "unit_id", "action", "object_code", "section", "relation"),
    *("reason", "detail", "ip", "request_id", "txid"),
)
NOTHING_BEFORE = "0" * 64


def content_hash(values: Sequence[Any]) -> str:
    """Of an entry's fields in the order of ``CONTENT``."""
    return _sha256([FORM, *values])


def link_hash(before: str, sequence: int, sealed_at: dt.datetime, content: str) -> str:
    return _sha256([before, sequence, sealed_at, content])


def _sha256(values: list[Any]) -> str:
    plain = [_utc(value) if isinstance(value, dt.datetime) else value for value in values]
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _utc(value: dt.datetime) -> str:
    return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
