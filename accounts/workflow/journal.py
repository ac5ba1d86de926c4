"""The access journal: a line in the request, a link of the chain soon after, an anchor every day."""

from __future__ import annotations

import json
from itertools import count

import structlog
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import BigIntegerField, Func, Q, QuerySet
from django.utils import timezone

from accounts import chain
from accounts.enums import JournalAction
from accounts.models import JournalAnchor, JournalEntry, JournalLink, Staff
from core.acting import beyond_own_sight
from core.models import Coded

log = structlog.get_logger(__name__)

# Any number that no other advisory lock has: one process seals at a time.
SEALING = 7_201_933
BATCH = 5_000


def _snapshot(bound: str) -> Func:
    return Func(template=f"pg_snapshot_{bound}(pg_current_snapshot())::text::bigint", output_field=BigIntegerField())


def write_journal(
    action: JournalAction,
    *,
    by: Staff | None,
    object_code: str = "",
    detail: str = "",
    section: str = "",
    relation: str = "",
    reason: str = "",
    ip: str | None = None,
    request_id: str = "",
) -> JournalEntry:
    """Append one line to the access journal. ``by`` is empty only for a failed sign-in.

    One INSERT that waits for nobody, so there is nothing to bind together by a savepoint; ``seal_journal`` ties it
    into the chain within a minute.
    """
    return JournalEntry.objects.create(
        actor=by,
        role=by.role if by else "",
        unit_id=by.unit_id if by else None,
        action=action,
        object_code=object_code[:60],
        section=section,
        relation=relation,
        reason=reason[:300],
        detail=detail[:300],
        ip=ip,
        request_id=request_id,
    )


def journal_refusal(*, by: Staff, code: str, detail: str, ip: str | None, request_id: str) -> JournalEntry:
    """A refused attempt: of a file, if ``code`` is one of it, or of a code that nothing has.

    Both write one line, so that nobody learns from the time an answer takes which codes exist.
    """
    known = _file_of(code) if code else ""
    action = JournalAction.REFUSED if known or not code else JournalAction.UNKNOWN_CODE
    return write_journal(action, by=by, object_code=known or code, detail=detail, ip=ip, request_id=request_id)


def _file_of(code: str) -> str:
    """The code of the file that the record with this code belongs to, or the record's own; empty: no such record."""
    owners = []
    for model in apps.get_models():
        if issubclass(model, Coded):
            of_file = any(field.name == "case" for field in model._meta.fields)
            rows = model._base_manager.filter(code=code).order_by()
            owners.append(rows.values_list("case__code" if of_file else "code"))
    # Of a file that this person may not see: the code alone, for the journal, never for the page.
    with beyond_own_sight():
        return next((owner for (owner,) in owners[0].union(*owners[1:], all=True)[:1]), "")


# ---- the chain ------------------------------------------------------------------------------------------------------


def seal_journal() -> int:
    """Tie every finished line into the chain; answers how many. A second process at the same time does nothing.

    An entry's key says when it was begun, not when it was committed: sealing up to the highest key would leave out
    a line whose transaction ends later. So only lines of transactions below the oldest one that still runs are
    sealed (``pg_snapshot_xmin``): no line can ever appear among them afterwards.
    """
    sealed = 0
    while done := _seal_batch():
        sealed += done
    return sealed


@transaction.atomic
def _seal_batch() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALING])
        if not cursor.fetchone()[0]:
            return 0
    # Read after the lock: in READ COMMITTED each statement sees what the last sealer has committed.
    last = JournalLink.objects.select_related("entry").order_by("-sequence").first()
    before, now = last.hash if last else chain.NOTHING_BEFORE, timezone.now()
    links = []
    for sequence, values in zip(count(last.sequence + 1 if last else 1), _sealable(last), strict=False):
        content = chain.content_hash(values)
        before = chain.link_hash(before, sequence, now, content)
        links.append(
            JournalLink(sequence=sequence, entry_id=values[0], sealed_at=now, content_hash=content, hash=before)
        )
    JournalLink.objects.bulk_create(links)
    if links:
        # The log is a place outside the database: its last such line says how long the chain must at least be.
        log.info("journal_sealed", count=links[-1].sequence, hash=links[-1].hash)
    return len(links)


def _sealable(last: JournalLink | None) -> QuerySet[JournalEntry, tuple]:
    """Contents of the lines to seal, in the order of their transactions."""
    waiting = JournalEntry.objects.filter(link=None)
    finished = Q(txid__lt=_snapshot("xmin"))
    if last is not None and not _is_of_another_life(last.entry):
        waiting = waiting.filter(finished, txid__gte=last.entry.txid).order_by("txid", "pk")[:BATCH]
    else:
        # The first run; or the database was restored into another server, which counts transactions from its own
        # start. A line that we see and whose number this server has not given yet came with the backup.
        waiting = waiting.filter(finished | Q(txid__gte=_snapshot("xmax"))).order_by("txid", "pk")
    return waiting.values_list(*chain.CONTENT)


def _is_of_another_life(entry: JournalEntry) -> bool:
    return JournalEntry.objects.filter(pk=entry.pk, txid__gte=_snapshot("xmax")).exists()


# ---- anchors --------------------------------------------------------------------------------------------------------


@transaction.atomic
def anchor_journal() -> JournalAnchor | None:
    """Keep today's length and last hash of the chain, in the database and in a file; once a day.

    Whoever cuts the end off, or rewrites the whole chain with all its hashes, cannot take back the file's lines:
    ``manage.py verify_journal`` compares. A line that could not be written yesterday is written today.
    """
    seal_journal()
    last = JournalLink.objects.order_by("-sequence").first()
    today = timezone.localdate()
    if last is not None and not JournalAnchor.objects.filter(day=today).exists():
        JournalAnchor.objects.create(day=today, at=timezone.now(), count=last.sequence, hash=last.hash)
    transaction.on_commit(_write_anchors)
    return JournalAnchor.objects.order_by("-count").first()


def _write_anchors() -> None:
    file = settings.JOURNAL_ANCHORS_DIR / "journal.jsonl"
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    known = {json.loads(line)["day"] for line in file.read_text().splitlines()} if file.exists() else set()
    for anchor in JournalAnchor.objects.order_by("count"):
        if anchor.day.isoformat() in known:
            continue
        line = {"day": anchor.day.isoformat(), "count": anchor.count, "hash": anchor.hash}
        with file.open("a") as kept:
            kept.write(json.dumps(line | {"at": anchor.at.isoformat()}) + "\n")
        log.info("journal_anchored", **line)
