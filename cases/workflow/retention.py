"""Retention: rules, the list of files whose time has run out, its two signatures, and carrying it out.

The destruction itself is the database's (``titian_destroy``, cases.destruction): it looks again, for each file and at
the last moment, whether the list holds both signatures and nothing keeps the file. Here it is only asked to.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import CharField, DateField, F, Func, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from accounts.enums import JournalAction, Role
from accounts.models import Staff
from accounts.workflow import write_journal
from cases.enums import CaseStatus
from cases.enums.retention import CANCEL, CARRY_OUT, PENDING, SIGN_FIRST, SIGN_SECOND, KeptBy, ListStatus
from cases.models import CaseFile, DestructionCertificate, DestructionItem, DestructionList, RetentionRule
from cases.policies import retention
from core.acting import beyond_own_sight
from core.workflow import TransitionError, lock, lock_version, move

# A list that two people read to the end.
MOST_FILES = 200


# ---- rules ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_rule(
    rule: RetentionRule, *, by: Staff, version: int, years: int, source: str, is_active: bool
) -> RetentionRule:
    """The agency's own schedule for one type of file. It counts for lists drawn up before as well."""
    retention.require_setting(by, rule)
    rule = lock_version(rule, version)
    rule.years, rule.source, rule.is_active = years, source.strip(), is_active
    rule.full_clean()
    rule.save()
    state = "active" if is_active else "inactive"
    write_journal(
        JournalAction.RETENTION,
        by=by,
        object_code=rule.code,
        detail=f"rule {rule.agency_kind} {rule.case_type}: {years} years, {state}",
    )
    return rule


# ---- the list ------------------------------------------------------------------------------------------------------


def run_out(by: Staff) -> QuerySet[CaseFile]:
    """Files of the agency of ``by`` whose time has run out, that nothing keeps and that are on no other list.

    The rules narrow in a way that an index follows; the last word is the database's own (``titian_kept_by``).
    Read beyond the sight of ``by``: sealed files are among them, and only codes, types and dates are taken.
    """
    today = timezone.localdate()
    due = Q(pk__in=[])
    for rule in retention.rules_for(by).active():
        limit = _years_before(today, rule.years)
        closed = Q(case_type=rule.case_type, closed_at__lt=_day_after(limit))
        due |= closed & (Q(aftercare_until__isnull=True) | Q(aftercare_until__lte=limit))
    listed = DestructionItem.objects.standing().filter(case__isnull=False).values("case")
    return (
        CaseFile.objects.filter(due, lead_agency=by.unit.agency_id, status=CaseStatus.CLOSED)
        .exclude(pk__in=listed)
        .annotate(kept=Func(F("pk"), function="titian_kept_by", output_field=CharField()))
        .filter(kept=Value(""))
        .annotate(runs_out=Func(F("pk"), function="titian_runs_out", output_field=DateField()))
        .order_by("closed_at", "pk")
    )


def count_run_out(by: Staff) -> int:
    """How many files a list drawn up now would have."""
    retention.require_drawing_up(by)
    with beyond_own_sight():
        return run_out(by)[:MOST_FILES].count()


@transaction.atomic
def draw_up(*, by: Staff, note: str = "") -> DestructionList:
    """A list of the agency's files whose time has run out, at most 200 of them, the oldest first."""
    retention.require_drawing_up(by)
    rules = {rule.case_type: rule for rule in retention.rules_for(by).active()}
    with beyond_own_sight():
        files = [
            DestructionItem(
                case_id=case.pk,
                case_code=case.code,
                case_type=case.case_type,
                closed_on=timezone.localdate(case.closed_at),
                runs_out_on=case.runs_out,  # type: ignore[attr-defined]
                years=rules[case.case_type].years,
                source=rules[case.case_type].source,
            )
            for case in run_out(by).select_for_update(of=("self",))[:MOST_FILES]
        ]
    if not files:
        raise TransitionError(_("Tidak ada berkas yang masa simpannya sudah habis."))
    drawn = DestructionList.objects.create(agency_id=by.unit.agency_id, note=note.strip(), made_by=by)
    for item in files:
        item.of_list = drawn
    DestructionItem.objects.bulk_create(files)
    return _journalled(drawn, by, f"drawn up: {len(files)} files")


@transaction.atomic
def take_off(item: DestructionItem, *, by: Staff, reason: str) -> DestructionItem:
    """Keep one file for now. Signatures stand: they cover what is left, and less than was signed."""
    drawn = _pending(item.of_list, by)
    if not reason.strip():
        raise TransitionError(_("Tulis alasannya."))
    item = lock(item)
    if item.taken_off_at is not None or item.destroyed_at is not None:
        raise TransitionError(_("Berkas ini tidak lagi ada dalam daftar."))
    _off(item, by, reason.strip())
    write_journal(JournalAction.RETENTION, by=by, object_code=item.case_code, detail=f"taken off list {drawn.code}")
    return item


@transaction.atomic
def sign(drawn: DestructionList, *, by: Staff) -> DestructionList:
    """One of two signatures: the head office's for the agency, the officer's for the people. The second approves."""
    drawn = lock(drawn)
    part = retention.signs_as(by, drawn)
    if not part:
        if drawn.status not in (ListStatus.DRAFT, ListStatus.SIGNED):
            raise TransitionError(_("Daftar ini tidak menunggu tanda tangan."))
        raise PermissionDenied(_("Yang menandatangani: pengawas kantor pusat instansi dan pejabat pelindungan data."))
    if not drawn.items.standing().exists():
        raise TransitionError(_("Tidak ada berkas dalam daftar ini."))
    move(drawn, SIGN_FIRST if drawn.status == ListStatus.DRAFT else SIGN_SECOND)
    setattr(drawn, f"{part}_signed_by", by)
    setattr(drawn, f"{part}_signed_at", timezone.now())
    _save(drawn)
    return _journalled(drawn, by, f"signed: {part}")


@transaction.atomic
def cancel(drawn: DestructionList, *, by: Staff, reason: str) -> DestructionList:
    """Nothing more of it is destroyed; its files may stand on a later list."""
    drawn = _pending(drawn, by)
    if not reason.strip():
        raise TransitionError(_("Tulis alasannya."))
    if drawn.items.destroyed().exists():
        raise TransitionError(_("Sebagian berkas sudah dimusnahkan. Keluarkan yang lain satu per satu."))
    move(drawn, CANCEL)
    drawn.cancel_reason = reason.strip()
    drawn.ended_by, drawn.ended_at = by, timezone.now()
    for item in drawn.items.standing():
        _off(item, by, drawn.cancel_reason)
    _save(drawn)
    return _journalled(drawn, by, "cancelled")


# ---- carrying it out -----------------------------------------------------------------------------------------------


def to_destroy(by: Staff) -> list[int]:
    """Keys of the files that approved lists wait for."""
    _require_system(by)
    items = DestructionItem.objects.standing().filter(of_list__status=ListStatus.APPROVED)
    return list(items.order_by("of_list", "pk").values_list("pk", flat=True))


@transaction.atomic
def destroy(item_pk: int, *, by: Staff) -> bool:
    """One file of an approved list, in a transaction of its own; run twice, it destroys once.

    What came to keep the file since it was signed takes it off the list instead. Answers whether it was destroyed.
    """
    _require_system(by)
    item = DestructionItem.objects.select_related("of_list").get(pk=item_pk)
    lock(item.of_list)
    item = lock(item)
    if item.taken_off_at is not None or item.destroyed_at is not None:
        return False
    if item.case_id is not None:
        CaseFile.objects.select_for_update(of=("self",)).filter(pk=item.case_id).first()
    kept = _ask("titian_kept_by", item.case_id or 0)
    if kept:
        with override("id"):  # the language of the office, as of every written reason
            why = gettext("Ditahan otomatis: %(reason)s.") % {"reason": KeptBy(kept).label}
        _off(item, by, why)
        write_journal(JournalAction.RETENTION, by=by, object_code=item.case_code, detail=f"kept: {kept}")
        return False
    _ask("titian_destroy", item.pk)
    write_journal(
        JournalAction.RETENTION, by=by, object_code=item.case_code, detail=f"destroyed by list {item.of_list.code}"
    )
    return True


def remove_files(by: Staff) -> int:
    """Stored files of destroyed cases: after the rows, and again until each is gone. Answers how many."""
    _require_system(by)
    removed = 0
    for item in DestructionItem.objects.destroyed().exclude(files=[]):
        for name in item.files:
            default_storage.delete(name)
            removed += 1
        item.files = []
        item.save(update_fields=["files", "updated_at"])
    return removed


@transaction.atomic
def finish_list(drawn: DestructionList, *, by: Staff) -> DestructionCertificate | None:
    """Once no file waits any more: the list is closed and the certificate written. None: something still waits."""
    _require_system(by)
    drawn = lock(drawn)
    if drawn.status != ListStatus.APPROVED or drawn.items.standing().exists():
        return None
    move(drawn, CARRY_OUT)
    drawn.ended_by, drawn.ended_at = by, timezone.now()
    _save(drawn)
    content = certified(drawn)
    certificate = DestructionCertificate.objects.create(
        of_list=drawn, issued_at=drawn.ended_at, content=content, sha256=digest(content)
    )
    _journalled(drawn, by, f"carried out: {len(content['destroyed'])} files, {certificate.sha256[:16]}")
    return certificate


def approved(by: Staff) -> QuerySet[DestructionList]:
    _require_system(by)
    return DestructionList.objects.filter(status=ListStatus.APPROVED).order_by("pk")


def certified(drawn: DestructionList) -> dict[str, Any]:
    """What the certificate says: codes, rules, counts, signatures. No word of anybody's file, no participant."""
    items = list(drawn.items.order_by("case_code"))
    return {
        "list": drawn.code,
        "agency": drawn.agency.name,
        "made": _signature(drawn.made_by, drawn.made_at),
        "signed": [
            {"as": "head", **_signature(drawn.head_signed_by, drawn.head_signed_at)},
            {"as": "dpo", **_signature(drawn.dpo_signed_by, drawn.dpo_signed_at)},
        ],
        "destroyed": [
            {
                "code": item.case_code,
                "type": item.case_type,
                "closed_on": item.closed_on.isoformat(),
                "runs_out_on": item.runs_out_on.isoformat(),
                "years": item.years,
                "source": item.source,
                "at": item.destroyed_at.isoformat(),
                "rows": item.rows,
            }
            for item in items
            if item.destroyed_at is not None
        ],
        "kept": [
            {"code": item.case_code, "reason": item.off_reason} for item in items if item.taken_off_at is not None
        ],
    }


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of the certificate's content, the same however the database orders its keys."""
    written = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def _signature(person: Staff | None, at: dt.datetime | None) -> dict[str, str]:
    return {"name": person.full_name if person else "", "at": at.isoformat() if at else ""}


def _require_system(by: Staff) -> None:
    if by.role != Role.SYSTEM:
        raise PermissionDenied(_("Pemusnahan dijalankan oleh sistem saja."))


def _ask(function: str, key: int) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [key])
        return cursor.fetchone()[0]


def _pending(drawn: DestructionList, by: Staff) -> DestructionList:
    """Locked, and ``by`` may still stop it."""
    retention.require_concern(by, drawn)
    drawn = lock(drawn)
    if drawn.status not in PENDING:
        raise TransitionError(_("Daftar ini sudah selesai."))
    return drawn


def _off(item: DestructionItem, by: Staff, reason: str) -> None:
    item.taken_off_at, item.taken_off_by, item.off_reason = timezone.now(), by, reason[:300]
    # What stands on a signed list may not be written anew, not even with the same values.
    item.save(update_fields=["taken_off_at", "taken_off_by", "off_reason", "updated_at"])


def _save(drawn: DestructionList) -> None:
    drawn.version += 1
    drawn.save()


def _journalled(drawn: DestructionList, by: Staff, detail: str) -> DestructionList:
    write_journal(JournalAction.RETENTION, by=by, object_code=drawn.code, detail=detail)
    return drawn


def _years_before(day: dt.date, years: int) -> dt.date:
    """The same day ``years`` ago; the 29th of February has the 28th. Never later than the database reckons."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _day_after(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))
