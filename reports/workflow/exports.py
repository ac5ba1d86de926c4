"""What happens to an export: asked for, decided, made, its password shown, fetched once, purged. The record stays."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from accounts.enums import JournalAction
from accounts.models import Staff
from accounts.workflow import write_journal
from cases.enums import ConsentPurpose
from cases.models import CaseFile, Consent
from core import jobs, sheets
from core.acting import beyond_own_sight
from core.workflow import TransitionError, lock, move
from reports import columns, policies
from reports.columns import Column
from reports.enums import (
    COUNTED_EXPORTS,
    EXPORT_APPROVE,
    EXPORT_CANCEL,
    EXPORT_DOWNLOAD,
    EXPORT_EXPIRE,
    EXPORT_FAIL,
    EXPORT_MADE,
    EXPORT_REFUSE,
    EXPORT_START,
    ROWS_ALONE,
    UNFETCHED,
    ExportFormat,
    ExportStatus,
)
from reports.models import Export
from reports.policies import ExportAct

JOB_KIND = "export"
LINK_VALID = dt.timedelta(minutes=15)
APPROVAL_VALID = dt.timedelta(days=3)
WINDOW = dt.timedelta(hours=24)
MOST_ROWS = 20_000
SHORTEST_REASON = 20
SALT = "titian.export"
READ_AT_ONCE = 500
# Consents by which data leave the unit that has the file; a photo or a visit concerns no rows.
LETS_LEAVE = (ConsentPurpose.SHARING, ConsentPurpose.REFERRAL, ConsentPurpose.RESEARCH)
DROPPED = gettext_noop("Persetujuan seorang peserta dalam berkas ini berakhir.")
# ET-6: their requests need a legal basis in writing and go to the data-protection officer, never through an export.
SECURITY_BODIES = re.compile(
    r"\b(?:BIN|TNI|BAIS|CIA|FBI|DGSI|(?i:densus|polri|polda|polres|polsek|polisi|kepolisian|intel|intelijen|baintelkam|"
    r"kodam|kodim|koramil|interpol|police|military|army|intelligence))\b"
)


@dataclass(frozen=True)
class Wish:
    """What somebody asks for; ``cases`` is narrowed by the filters of the case list, not yet by rights."""

    cases: QuerySet[CaseFile]
    columns: Sequence[str]
    file_format: str
    purpose: str
    reason: str
    filters: str = ""
    search: str = ""


class LinkRefused(Exception):  # noqa: N818 -- an answer, no fault
    """A download link that gives nothing; ``gone``: it was good once."""

    def __init__(self, why: str, *, gone: bool) -> None:
        super().__init__(why)
        self.why, self.gone = why, gone


@dataclass
class Made:
    """What the worker read, on its way to the file."""

    sheet: sheets.Sheet
    rows: int = field(default=0)


class DroppedError(TransitionError):
    """While the file was made, a case was taken out of it; what was made is not kept."""

    def __init__(self) -> None:
        super().__init__(DROPPED)


class PoorReasonError(TransitionError):
    """What was written as the reason does not do."""


@transaction.atomic
def ask(wish: Wish, *, by: Staff, ip: str | None = None, request_id: str = "") -> Export:
    """Ask for a file. More than 50 person rows by one person in 24 hours wait for a second person (I-23)."""
    policies.require_export(by)
    if len(wish.reason.strip()) < SHORTEST_REASON:
        raise PoorReasonError(_("Tulis alasan sekurangnya 20 huruf: untuk apa berkas ini dipakai."))
    if SECURITY_BODIES.search(wish.reason):
        raise PoorReasonError(
            _(
                "Data tidak diekspor untuk aparat keamanan atau intelijen. Permintaan mereka harus tertulis dengan "
                "dasar hukum dan diajukan kepada pejabat pelindungan data."
            )
        )
    picked = _picked(by, wish.columns)
    # Whoever else asks in this name waits here, so that two halves never pass as two wholes.
    Staff.objects.select_for_update(of=("self",)).get(pk=by.pk)
    allowed = policies.exportable_cases(by, picked)
    ids = list(
        allowed.filter(pk__in=wish.cases.values("pk")).order_by("pk").values_list("pk", flat=True)[: MOST_ROWS + 1]
    )
    if not ids:
        raise TransitionError(_("Tidak ada kasus Anda yang cocok dengan saringan ini."))
    if len(ids) > MOST_ROWS:
        raise TransitionError(_("Terlalu banyak baris untuk satu berkas. Persempit saringannya."))
    alone = rows_in_window(by) + len(ids) <= ROWS_ALONE
    export = Export.objects.create(
        requested_by=by,
        unit=by.unit,
        file_format=ExportFormat(wish.file_format),
        columns=[column.code for column in picked],
        filters=wish.filters[:300],
        search=wish.search[:120],
        purpose=wish.purpose,
        reason=wish.reason.strip(),
        case_ids=ids,
        row_count=len(ids),
        status=ExportStatus.QUEUED if alone else ExportStatus.WAITING,
    )
    if alone:
        queue(export, by=by)
    detail = f"{len(ids)} rows; {', '.join(export.columns)}; {export.purpose}"
    write_line(JournalAction.EXPORT_ASKED, export, by=by, detail=detail, ip=ip, request_id=request_id)
    return export


def _picked(by: Staff, codes: Sequence[str]) -> list[Column]:
    offered = columns.offered(policies.exportable_sections(by))
    picked = columns.chosen([columns.ALWAYS, *codes])
    if not set(codes) <= {column.code for column in offered}:
        raise PermissionDenied
    return picked


def rows_in_window(by: Staff) -> int:
    """Person rows that ``by`` asked for in the last 24 hours, whatever became of them but a refusal or a fault."""
    recent = Export.objects.filter(requested_by=by, created_at__gt=timezone.now() - WINDOW, status__in=COUNTED_EXPORTS)
    return recent.aggregate(rows=Sum("row_count"))["rows"] or 0


@transaction.atomic
def approve(export: Export, *, by: Staff) -> Export:
    """The second person says yes; who asked then starts the making, and the 15 minutes with it."""
    export = lock(export)
    policies.require_export_act(by, ExportAct.DECIDE, export)
    move(export, EXPORT_APPROVE)
    _decided(export, by)
    write_line(JournalAction.EXPORT_APPROVED, export, by=by, detail=f"{export.row_count} rows")
    return export


@transaction.atomic
def refuse(export: Export, *, by: Staff, note: str) -> Export:
    export = lock(export)
    policies.require_export_act(by, ExportAct.DECIDE, export)
    if not note.strip():
        raise TransitionError(_("Tulis mengapa ekspor ini ditolak."))
    move(export, EXPORT_REFUSE)
    export.decision_note = note.strip()[:300]
    _decided(export, by)
    write_line(JournalAction.EXPORT_REFUSED, export, by=by)
    return export


def _decided(export: Export, by: Staff) -> None:
    export.decided_by, export.decided_at = by, timezone.now()
    _save(export)


@transaction.atomic
def start(export: Export, *, by: Staff) -> Export:
    """Make the file that was approved; the approval holds three days."""
    export = lock(export)
    policies.require_export_act(by, ExportAct.OWN, export)
    if export.decided_at is not None and export.decided_at + APPROVAL_VALID < timezone.now():
        raise TransitionError(_("Persetujuan ini sudah lewat tiga hari. Mintalah ekspor baru."))
    move(export, EXPORT_START)
    queue(export, by=by)
    return export


@transaction.atomic
def cancel(export: Export, *, by: Staff) -> Export:
    export = lock(export)
    policies.require_export_act(by, ExportAct.OWN, export)
    move(export, EXPORT_CANCEL)
    _purge(export)
    _save(export)
    return export


def queue(export: Export, *, by: Staff) -> None:
    """Hand it to the worker."""
    export.job = jobs.enqueue(JOB_KIND, str(export.pk), by=by)
    _save(export)


# ---- making it -----------------------------------------------------------------------------------------------------


def read(export: Export) -> Made:
    """The rows, read as the person who asked: whose right has ended since gets fewer, or none."""
    person = export.requested_by
    zone = person.unit.zone
    picked = columns.chosen(export.columns)
    cases = (
        policies.exportable_cases(person, picked)
        .filter(pk__in=export.case_ids)
        .select_related("participant", "lead_unit", "lead_worker")
        .order_by("case_no")
    )
    with translation.override("id"):
        rows = [[column.value(case, zone) for column in picked] for case in cases.iterator(READ_AT_ONCE)]
        head = [str(column.label) for column in picked]
        sheet = sheets.Sheet(gettext("Ekspor Titian %(code)s") % {"code": export.code}, _marks(export), head, rows)
    return Made(sheet, len(rows))


def _marks(export: Export) -> list[str]:
    """The watermark: who, when, why, and what must not be done with it."""
    person = export.requested_by
    now = timezone.now().astimezone(person.unit.zone)
    return [
        gettext("RAHASIA. Ekspor Titian %(code)s") % {"code": export.code},
        gettext("Diminta oleh %(name)s (%(username)s), %(unit)s")
        % {"name": person.full_name, "username": person.username, "unit": export.unit.name},
        gettext("Dibuat %(at)s %(zone)s")
        % {"at": f"{now:%Y-%m-%d %H:%M}", "zone": person.unit.get_timezone_display()},
        gettext("Tujuan: %(purpose)s. %(reason)s")
        % {"purpose": export.get_purpose_display(), "reason": export.reason},
        gettext("Tidak untuk aparat keamanan. Hapus setelah dipakai; setiap unduhan tercatat."),
    ]


def written(export: Export, made: Made) -> bytes:
    return sheets.xlsx(made.sheet) if export.file_format == ExportFormat.XLSX else sheets.separated(made.sheet)


def locked(export: Export, content: bytes) -> bytes:
    return sheets.locked(f"titian-{export.code}.{export.file_format}", content, password_of(export))


def password_of(export: Export) -> str:
    """Follows from the server's own key and this export; it is kept nowhere."""
    return sheets.password_from(salted_hmac(f"{SALT}.password", export.code, algorithm="sha256").digest())


@transaction.atomic
def keep_file(export: Export, *, by: Staff, content: bytes, rows: int) -> Export:
    """The worker is done: from now on the link is good for 15 minutes."""
    asked_for, export = export.case_ids, lock(export)
    policies.require_export_act(by, ExportAct.RUN, export)
    if export.case_ids != asked_for:
        raise DroppedError
    move(export, EXPORT_MADE)
    export.content, export.sha256 = content, hashlib.sha256(content).hexdigest()
    export.row_count = min(rows, export.row_count)
    export.made_at = timezone.now()
    export.expires_at = export.made_at + LINK_VALID
    _save(export)
    write_line(JournalAction.EXPORT_MADE, export, by=by, detail=f"{rows} rows; {export.sha256[:16]}")
    return export


@transaction.atomic
def fail(export: Export, *, by: Staff) -> Export:
    export = lock(export)
    policies.require_export_act(by, ExportAct.RUN, export)
    move(export, EXPORT_FAIL)
    _save(export)
    return export


@transaction.atomic
def drop_without_consent(consent: Consent, by: Staff) -> None:
    """A consent by which data may leave has ended: no row of that case leaves by a file that waits (UU PDP Pasal 40).

    A file that is made and not fetched is thrown away whole; one that is to be made is made without the case. The
    person's own copy is the person's right and rests on no consent.
    """
    if consent.purpose not in LETS_LEAVE:
        return
    with beyond_own_sight():  # other people's exports
        waiting = Export.objects.filter(case_ids__contains=[consent.case_id], subject_copy=None, status__in=UNFETCHED)
        for export in waiting.select_for_update(of=("self",)).order_by("pk"):
            export.case_ids = [pk for pk in export.case_ids if pk != consent.case_id]
            export.row_count = len(export.case_ids)
            made = export.status == ExportStatus.READY
            if made or (not export.case_ids and export.status != ExportStatus.QUEUED):
                move(export, EXPORT_CANCEL)
                export.decision_note = DROPPED
                _purge(export)
            _save(export)
            if made:
                write_line(JournalAction.EXPORT_PURGED, export, by=by, detail="consent")


# ---- fetching it ---------------------------------------------------------------------------------------------------


@transaction.atomic
def show_password(export: Export, *, by: Staff) -> str:
    """The password, once; who has missed it asks for another export."""
    export = lock(export)
    policies.require_export_act(by, ExportAct.OWN, export)
    if export.status not in (ExportStatus.READY, ExportStatus.DOWNLOADED):
        raise TransitionError(_("Berkas ini belum ada atau sudah dihapus."))
    if export.password_shown_at is not None:
        raise TransitionError(_("Kata sandi hanya ditampilkan sekali. Bila hilang, mintalah ekspor baru."))
    export.password_shown_at = timezone.now()
    _save(export)
    write_line(JournalAction.EXPORT_PASSWORD_SHOWN, export, by=by)
    return password_of(export)


def token_for(export: Export) -> str:
    """The secret part of the link: bound to this file and this person."""
    return signing.dumps(
        [export.code, export.requested_by_id, export.sha256[:16]], salt=f"{SALT}.link", compress=False
    )


@transaction.atomic
def fetch(code: str, token: str, *, by: Staff, ip: str | None = None, request_id: str = "") -> tuple[Export, bytes]:
    """The file, once: of two clicks at the same moment one gets it. Whatever is refused stands in the journal too."""
    export = Export.objects.select_for_update(of=("self",)).filter(code=code).first()
    where = {"ip": ip, "request_id": request_id}
    if export is None or not policies.can_export(by, ExportAct.OWN, export):
        raise LinkRefused("foreign", gone=False)
    try:
        signed = signing.loads(token, salt=f"{SALT}.link", max_age=LINK_VALID)
    except signing.SignatureExpired:
        raise LinkRefused("expired", gone=True) from None
    except (signing.BadSignature, ValueError, UnicodeError):
        raise LinkRefused("tampered", gone=False) from None
    if export.status == ExportStatus.DOWNLOADED:
        raise LinkRefused("used", gone=True)
    is_over = export.expires_at is None or export.expires_at <= timezone.now()
    if export.status != ExportStatus.READY or export.content is None or is_over:
        raise LinkRefused("expired", gone=True)
    if signed != [export.code, by.pk, export.sha256[:16]]:
        raise LinkRefused("tampered", gone=False)
    content = bytes(export.content)
    move(export, EXPORT_DOWNLOAD)
    export.downloaded_at = timezone.now()
    _purge(export)
    _save(export)
    detail = f"{export.row_count} rows; {export.sha256[:16]}"
    write_line(JournalAction.EXPORT_DOWNLOADED, export, by=by, detail=detail, **where)
    return export, content


def note_refused_link(code: str, why: str, *, by: Staff, ip: str | None = None, request_id: str = "") -> None:
    """Called outside of the refused transaction, which takes all its lines with it."""
    write_journal(
        JournalAction.EXPORT_LINK_REFUSED, by=by, object_code=code[:60], detail=why, ip=ip, request_id=request_id
    )


@transaction.atomic
def purge_ended(*, by: Staff) -> int:
    """The clock's: files past their 15 minutes and approvals past their three days. Answers how many."""
    now = timezone.now()
    unfetched = Q(status=ExportStatus.READY, expires_at__lte=now)
    unused = Q(status=ExportStatus.APPROVED, decided_at__lte=now - APPROVAL_VALID)
    ended = list(Export.objects.select_for_update(skip_locked=True, of=("self",)).filter(unfetched | unused))
    for export in ended:
        policies.require_export_act(by, ExportAct.RUN, export)
        had_file = export.content is not None
        move(export, EXPORT_EXPIRE)
        _purge(export)
        _save(export)
        if had_file:
            write_line(JournalAction.EXPORT_PURGED, export, by=by)
    return len(ended)


def _purge(export: Export) -> None:
    if export.content is not None:
        export.content, export.purged_at = None, timezone.now()


def _save(export: Export) -> None:
    export.version += 1
    export.save()


def write_line(action: JournalAction, export: Export, *, by: Staff, detail: str = "", **where: str | None) -> None:
    """One line about ``export`` in the access journal."""
    write_journal(action, by=by, object_code=export.code, detail=detail, **where)  # type: ignore[arg-type]
