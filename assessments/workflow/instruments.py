"""Instruments become versions that never change again: from the project's files, or from a draft of a data admin."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import JournalAction, Role
from accounts.models import Staff
from accounts.workflow import write_journal
from assessments import policies
from assessments.catalogue import Instrument
from assessments.enums import (
    DISCARD_DRAFT,
    PUBLISH_DRAFT,
    WITHDRAW_VERSION,
    DraftStatus,
    InstrumentCode,
    VersionStatus,
)
from assessments.models import InstrumentDraft, InstrumentVersion
from assessments.vetting import vet
from core.workflow import FieldError, TransitionError, lock, lock_version, move

# Open drafts of one instrument: each is read anew for the list of them.
MOST_OPEN = 20


# ---- drafts ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def begin_draft(
    instrument: InstrumentCode,
    *,
    by: Staff,
    source: str,
    summary: str,
    based_on: InstrumentVersion | None = None,
    request_id: str = "",
) -> InstrumentDraft:
    """Keep a text of one's own; whether it is an instrument is asked when it is to be published."""
    policies.require_instrument_admin(by)
    if InstrumentDraft.objects.filter(instrument=instrument, status=DraftStatus.OPEN).count() >= MOST_OPEN:
        raise TransitionError(
            _("Sudah ada %(most)s draf terbuka. Buang dahulu yang tidak dipakai.") % {"most": MOST_OPEN}
        )
    draft = InstrumentDraft.objects.create(
        instrument=instrument, source=source, summary=summary, author=by, based_on=based_on
    )
    _journal(draft, "begun", by, request_id)
    return draft


@transaction.atomic
def edit_draft(
    draft: InstrumentDraft, *, by: Staff, version: int | None, source: str, summary: str, request_id: str = ""
) -> InstrumentDraft:
    """Only its author writes in it; StaleError when it was saved elsewhere since ``version``."""
    policies.require_author(by, draft)  # who never changes
    fresh = lock_version(draft, version)
    if not fresh.is_open:
        raise TransitionError(_("Draf ini sudah ditutup. Mulai draf baru dari isinya."))
    fresh.source, fresh.summary = source, summary
    fresh.save(update_fields=["source", "summary", "version", "updated_at"])
    _journal(fresh, "edited", by, request_id)
    return fresh


@transaction.atomic
def discard_draft(draft: InstrumentDraft, *, by: Staff, request_id: str = "") -> InstrumentDraft:
    """The text stays readable; it is no longer to be published. Any admin may, where an author has left."""
    policies.require_instrument_admin(by)
    fresh = lock(draft)
    move(fresh, DISCARD_DRAFT)
    _close(fresh, by)
    _journal(fresh, "discarded", by, request_id)
    return fresh


@transaction.atomic
def publish_draft(
    draft: InstrumentDraft,
    *,
    by: Staff,
    version: int,
    replaces: InstrumentVersion | None,
    reason: str,
    request_id: str = "",
) -> InstrumentVersion:
    """Another admin than the author publishes what he has read: this text, in place of that version, from now on.

    ``version`` and ``replaces`` are those of the page on which the two were compared; where either has changed since,
    nothing is published.
    """
    fresh = lock(draft)
    policies.require_publisher(by, fresh)
    if not reason.strip():
        raise FieldError({"reason": _("Tulis alasannya.")})
    move(fresh, PUBLISH_DRAFT)
    if fresh.version != version:
        raise TransitionError(_("Draf ini berubah sesudah halaman ini dibuka. Baca lagi perbedaannya."))
    vetted = vet(fresh.source, fresh.instrument)
    if vetted.instrument is None:
        raise TransitionError(_("Draf ini masih mengandung kesalahan. Penyusunnya perlu memperbaikinya dahulu."))
    known = _lock_versions(fresh.instrument)
    current = next((one for one in known.values() if one.is_published), None)
    if (current and current.pk) != (replaces and replaces.pk):
        raise TransitionError(
            _("%(instrument)s yang terbit berubah sesudah halaman ini dibuka. Baca lagi perbedaannya.")
            % {"instrument": fresh.instrument}
        )
    if (taken := known.get(vetted.instrument.version)) is not None:
        raise TransitionError(
            _("%(instrument)s sudah pernah terbit. Beri draf ini nomor versi baru.") % {"instrument": taken}
        )
    new = _replace(vetted.instrument, current, by, author=fresh.author, reason=reason.strip())
    fresh.became = new
    _close(fresh, by)
    _journal(fresh, "published", by, request_id, reason=reason)
    _journal(new, "published", by, request_id, reason=reason)
    if current is not None:
        _journal(current, "replaced", by, request_id, reason=reason)
    return new


# ---- versions -------------------------------------------------------------------------------------------------------


@transaction.atomic
def withdraw_version(version: InstrumentVersion, *, by: Staff, reason: str, request_id: str = "") -> InstrumentVersion:
    """No new assessment begins with it; those under way go on with it, and nothing takes its place."""
    policies.require_instrument_admin(by)
    if not reason.strip():
        raise FieldError({"reason": _("Tulis alasannya.")})
    fresh = lock(version)
    move(fresh, WITHDRAW_VERSION)
    _withdraw(fresh, by, reason.strip())
    _journal(fresh, "withdrawn", by, request_id, reason=reason)
    return fresh


@transaction.atomic
def publish(instrument: Instrument, *, by: Staff) -> tuple[InstrumentVersion, bool]:
    """Publish this definition in place of the version before; a second time it changes nothing.

    Returns the version and whether it is new. TransitionError when the same version number holds other content.
    """
    if by.role != Role.SYSTEM:
        raise PermissionDenied
    known = _lock_versions(instrument.code)
    if (same := known.get(instrument.version)) is not None:
        if same.content_hash != instrument.content_hash:
            raise TransitionError(
                _("%(instrument)s sudah terbit dengan isi lain. Beri isi yang berubah nomor versi baru.")
                % {"instrument": same}
            )
        return same, False
    current = next((version for version in known.values() if version.is_published), None)
    return _replace(instrument, current, by, author=None, reason=""), True


def _lock_versions(instrument: str) -> dict[str, InstrumentVersion]:
    """All versions of an instrument by their numbers; whoever publishes another one at the same time waits here."""
    rows = InstrumentVersion.objects.filter(instrument=instrument).order_by("pk")
    list(rows.select_for_update(of=("self",)).values_list("pk"))
    # Read anew: a version that was added while this waited is not among the rows that were waited for.
    return {version.version: version for version in rows}


def _replace(
    instrument: Instrument, current: InstrumentVersion | None, by: Staff, *, author: Staff | None, reason: str
) -> InstrumentVersion:
    if current is not None:
        move(current, WITHDRAW_VERSION)
        _withdraw(current, by, "")
    return InstrumentVersion.objects.create(
        instrument=instrument.code,
        version=instrument.version,
        status=VersionStatus.PUBLISHED,
        definition=instrument.definition,
        content_hash=instrument.content_hash,
        author=author,
        published_by=by,
        published_at=timezone.now(),
        publish_reason=reason,
    )


def _withdraw(version: InstrumentVersion, by: Staff, reason: str) -> None:
    version.withdrawn_by, version.withdrawn_at, version.withdraw_reason = by, timezone.now(), reason
    version.save(update_fields=["status", "withdrawn_by", "withdrawn_at", "withdraw_reason", "updated_at"])


def _close(draft: InstrumentDraft, by: Staff) -> None:
    draft.closed_by, draft.closed_at = by, timezone.now()
    draft.version += 1
    draft.save(update_fields=["status", "closed_by", "closed_at", "became", "version", "updated_at"])


def _journal(
    row: InstrumentDraft | InstrumentVersion, detail: str, by: Staff, request_id: str, *, reason: str = ""
) -> None:
    told = f"{row.instrument}:{row.code}" if isinstance(row, InstrumentDraft) else f"{row.instrument}:{row.version}"
    write_journal(
        JournalAction.INSTRUMENT, by=by, object_code=told, detail=detail, reason=reason, request_id=request_id
    )
