"""Reads the whole journal and says where it was tampered with: the first fault, its place and its kind.

What each crime looks like:

* a changed line: its content no longer gives the ``content_hash`` of its link (CHANGED);
* a deleted line: its link leads nowhere (DELETED), or the numbers of the links have a hole (MISSING);
* lines put in, or put in another order, with their links: a link's hash does not follow from the one before (ORDER);
* a line put in without a link: it waits although younger ones are sealed (UNSEALED), or it is sealed now and claims to
  be older than an anchor that does not count it (BACKDATED);
* the end cut off, or the chain written anew from some place on with all its hashes: an anchor knows better (ANCHOR).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from accounts import chain
from accounts.models import JournalAnchor, JournalEntry, JournalLink

BATCH = 5_000
# A line waits for the sealing job about half a minute; a day of a stopped worker must not pass unseen.
SEALED_WITHIN = dt.timedelta(minutes=10)
# Longer than any transaction: a line written before an anchor is counted by it.
LONGEST_WRITE = dt.timedelta(hours=1)


class Kind(Enum):
    CHANGED = "changed"
    DELETED = "deleted"
    MISSING = "missing"
    ORDER = "order"
    UNSEALED = "unsealed"
    BACKDATED = "backdated"
    ANCHOR = "anchor"


@dataclass(frozen=True)
class Fault:
    kind: Kind
    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind.value} at {self.place}: {self.text}"


@dataclass(frozen=True)
class Anchor:
    place: str
    at: dt.datetime
    count: int
    hash: str


@dataclass
class Verdict:
    """What was read, and the first fault if there is one."""

    links: int = 0
    anchors: int = 0
    waiting: int = 0
    last_hash: str = chain.NOTHING_BEFORE
    fault: Fault | None = None


def verify(anchors_file: Path, *, now: dt.datetime | None = None) -> Verdict:
    verdict = Verdict()
    anchors = [*_anchors_in_database()]
    try:
        anchors += _anchors_in_file(anchors_file, expected=bool(anchors))
    except _FileError as fault:
        verdict.fault = Fault(Kind.ANCHOR, str(anchors_file), str(fault))
        return verdict
    anchors.sort(key=lambda anchor: anchor.count)
    verdict.fault = _walk(verdict, anchors) or _unsealed(verdict, now or timezone.now())
    return verdict


# ---- the chain ------------------------------------------------------------------------------------------------------


def _walk(verdict: Verdict, anchors: list[Anchor]) -> Fault | None:
    before, expected = chain.NOTHING_BEFORE, 0
    passed: Anchor | None = None
    ahead = list(reversed(anchors))
    for link in _links():
        expected += 1
        place = f"link {link.sequence}"
        if link.sequence != expected:
            return Fault(Kind.MISSING, f"link {expected}", f"the next link is {link.sequence}")
        if link.content is None:
            return Fault(Kind.DELETED, place, f"its line {link.entry_id} is gone")
        if chain.content_hash(link.content) != link.content_hash:
            return Fault(Kind.CHANGED, place, f"line {link.entry_id} is not what was sealed")
        if chain.link_hash(before, link.sequence, link.sealed_at, link.content_hash) != link.hash:
            return Fault(Kind.ORDER, place, "does not follow from the link before it")
        if passed is not None and link.content[1] < passed.at - LONGEST_WRITE:
            text = f"line {link.entry_id} says {link.content[1]:%Y-%m-%d %H:%M}, the {passed.place} does not count it"
            return Fault(Kind.BACKDATED, place, text)
        before = link.hash
        while ahead and ahead[-1].count == link.sequence:
            passed = ahead.pop()
            verdict.anchors += 1
            if passed.hash != link.hash:
                return Fault(Kind.ANCHOR, place, f"the {passed.place} has another hash: the chain was written anew")
        verdict.links, verdict.last_hash = link.sequence, link.hash
    if ahead:
        gone = ahead[-1]
        return Fault(Kind.ANCHOR, f"link {expected}", f"the chain ends here, the {gone.place} counts {gone.count}")
    return None


@dataclass(frozen=True)
class _Link:
    sequence: int
    sealed_at: dt.datetime
    content_hash: str
    hash: str
    entry_id: int
    content: tuple[Any, ...] | None


def _links() -> Iterator[_Link]:
    """Every link with its line, in batches; a link whose line is gone is there without one."""
    at = None
    while True:
        rows = JournalLink.objects.order_by("sequence")
        rows = rows if at is None else rows.filter(sequence__gt=at)
        found = list(rows.values_list("sequence", "sealed_at", "content_hash", "hash", "entry_id")[:BATCH])
        if not found:
            return
        keys = [row[4] for row in found]
        lines = {line[0]: line for line in JournalEntry.objects.filter(pk__in=keys).values_list(*chain.CONTENT)}
        for row in found:
            yield _Link(*row, content=lines.get(row[4]))
        at = found[-1][0]


def _unsealed(verdict: Verdict, now: dt.datetime) -> Fault | None:
    waiting = JournalEntry.objects.filter(link=None)
    verdict.waiting = waiting.count()
    sealed_after = JournalLink.objects.order_by("-sequence").values_list("entry__txid", flat=True).first()
    overtaken = Q(txid__lt=sealed_after) if sealed_after is not None else Q()
    late = waiting.filter(Q(at__lt=now - SEALED_WITHIN) | overtaken) if verdict.waiting else waiting
    line = late.order_by("pk").values_list("pk", F("at")).first()
    if line is None:
        return None
    text = f"{line[1]:%Y-%m-%d %H:%M}: put in behind the chain, or the sealing job stands still"
    return Fault(Kind.UNSEALED, f"line {line[0]}", text)


# ---- anchors --------------------------------------------------------------------------------------------------------


class _FileError(Exception):
    pass


def _anchors_in_database() -> Iterator[Anchor]:
    for anchor in JournalAnchor.objects.order_by("count"):
        yield Anchor(f"anchor of {anchor.day} in the database", anchor.at, anchor.count, anchor.hash)


def _anchors_in_file(file: Path, *, expected: bool) -> list[Anchor]:
    if not file.exists():
        if expected:
            raise _FileError("the file is missing, the database has anchors")
        return []
    found = []
    for number, line in enumerate(file.read_text().splitlines(), 1):
        try:
            kept = json.loads(line)
            at = dt.datetime.fromisoformat(kept["at"])
            found.append(Anchor(f"anchor of {kept['day']} in the file", at, int(kept["count"]), str(kept["hash"])))
        except (ValueError, KeyError, TypeError):
            raise _FileError(f"line {number} is not an anchor") from None
    return found
