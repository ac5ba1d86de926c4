"""The partner's part of a referral: answer it, deliver it, report back, end it."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases.enums import EventKind, Priority, TaskKind
from core.acting import beyond_own_sight
from core.workflow import TransitionError, lock, move, sent_before
from partners import notifications, policies
from partners.enums import (
    ACCEPT,
    BEGIN,
    COMPLETE,
    DECLINE,
    STOP_SHORT,
    Act,
    ReferralBasis,
    ReferralStatus,
    Verification,
)
from partners.models import Referral, ReferralNote, quarter_days
from partners.workflow.keeping import WORRY_ANSWERED_WITHIN, end, keep, lock_with_consent, open_task, tell


def _require_in_time(referral: Referral) -> None:
    if referral.respond_by is not None and referral.respond_by < timezone.now():
        raise TransitionError(_("Tenggat jawaban sudah lewat. Rujukan ini kembali kepada pengirim."))


def _require_a_place(referral: Referral, starts_on: dt.date) -> None:
    """I-14, for the quarter in which the service starts; the offer's lock makes two officers count in turn."""
    offer = lock(referral.offer)
    begin, following = quarter_days(starts_on)
    with beyond_own_sight():
        taken = Referral.objects.taking_a_place().filter(offer=offer, starts_on__gte=begin, starts_on__lt=following)
        count = taken.count()
    if count >= offer.capacity_per_quarter:
        raise TransitionError(_("Daya tampung layanan ini untuk triwulan itu sudah penuh."))


@transaction.atomic
def accept(referral: Referral, *, by: Staff, starts_on: dt.date, note: str = "") -> Referral:
    """Take the person on. The partner's unit sees the listed data from now until the referral or its basis ends."""
    referral = lock_with_consent(referral)
    policies.require(by, Act.DELIVER, referral)
    move(referral, ACCEPT)
    _require_in_time(referral)
    if referral.basis == ReferralBasis.CONSENT and not (referral.consent and referral.consent.is_in_force):
        raise TransitionError(_("Persetujuan peserta tidak lagi berlaku. Hubungi pengirim rujukan."))
    if referral.partner.verification == Verification.SUSPENDED:
        raise TransitionError(_("Mitra ini sedang ditangguhkan dan tidak dapat menerima peserta."))
    _require_a_place(referral, starts_on)
    referral.starts_on = starts_on
    _answer(referral, by=by, note=note)
    referral.grant = policies.share(referral)
    keep(referral)
    _tell_sender(referral, by=by)
    return referral


@transaction.atomic
def decline(referral: Referral, *, by: Staff, reason: str) -> Referral:
    """Say no, with a reason that the sender reads."""
    referral = lock(referral)
    policies.require(by, Act.DELIVER, referral)
    move(referral, DECLINE)
    _require_in_time(referral)
    if not reason.strip():
        raise TransitionError(_("Tulis alasan menolak."))
    _answer(referral, by=by, note=reason)
    referral.ended_at = referral.answered_at
    keep(referral)
    _tell_sender(referral, by=by)
    return referral


def _answer(referral: Referral, *, by: Staff, note: str) -> None:
    referral.answered_at = timezone.now()
    referral.answered_by = by
    referral.response_note = note.strip()


def _tell_sender(referral: Referral, *, by: Staff) -> None:
    words = f"{referral.partner.name}: {referral.offer.title}"
    tell(referral, EventKind.REFERRAL_ANSWERED, by=by, summary=words)
    open_task(referral, "answered", by=by)
    notifications.after_commit(notifications.tell_sender, referral)


@transaction.atomic
def begin(referral: Referral, *, by: Staff) -> Referral:
    """The service has started."""
    referral = lock(referral)
    policies.require(by, Act.DELIVER, referral)
    move(referral, BEGIN)
    return keep(referral)


@transaction.atomic
def write_note(
    referral: Referral,
    *,
    by: Staff,
    client_id: uuid.UUID,
    happened_on: dt.date,
    summary: str,
    participant_voice: str = "",
    safety_worry: bool = False,
) -> ReferralNote:
    """Store a progress note once: the same ``client_id`` sent again returns the note that is there.

    The first note also says that the service has begun; a worry becomes an urgent task of the case's team.
    """
    referral = lock(referral)
    policies.require(by, Act.DELIVER, referral)
    if (sent := sent_before(ReferralNote.objects.all(), client_id, author=by, referral=referral)) is not None:
        return sent
    if not referral.is_delivering:
        raise TransitionError(_("Catatan hanya untuk rujukan yang sedang berjalan."))
    if referral.status == ReferralStatus.ACCEPTED:
        referral = begin(referral, by=by)
    note = ReferralNote.objects.create(
        referral=referral,
        author=by,
        client_id=client_id,
        happened_on=happened_on,
        summary=summary.strip(),
        participant_voice=participant_voice.strip(),
        safety_worry=safety_worry,
    )
    tell(referral, EventKind.REFERRAL_NOTE, by=by, summary=note.summary or referral.offer.title)
    if safety_worry:
        open_task(
            referral,
            f"worry:{note.pk}",
            by=by,
            kind=TaskKind.URGENT,
            priority=Priority.URGENT,
            due_at=timezone.now() + WORRY_ANSWERED_WITHIN,
        )
        notifications.after_commit(notifications.tell_worry, referral)
    return note


@transaction.atomic
def report_worry(referral: Referral, *, by: Staff, client_id: uuid.UUID, summary: str = "") -> ReferralNote:
    """A worry about somebody's safety in two taps: words may follow by telephone."""
    today = timezone.localdate(timezone=by.unit.zone)
    return write_note(referral, by=by, client_id=client_id, happened_on=today, summary=summary, safety_worry=True)


@transaction.atomic
def finish(
    referral: Referral, *, by: Staff, is_complete: bool, result: str, participant_feedback: str = ""
) -> Referral:
    """End the service with its result; from this second the partner sees no person any more."""
    referral = lock(referral)
    policies.require(by, Act.DELIVER, referral)
    if not result.strip():
        raise TransitionError(_("Tulis hasilnya."))
    if is_complete and referral.asks_family_assessment and not policies.has_handed_in(referral):
        raise TransitionError(_("KRK yang diminta belum diajukan."))
    referral.participant_feedback = participant_feedback.strip()
    return end(referral, COMPLETE if is_complete else STOP_SHORT, by=by, result=result.strip())
