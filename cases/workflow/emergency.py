"""Break-glass: one case, sixty minutes, reading only, told at once, reviewed afterwards by two people."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import JournalAction
from accounts.models import Staff
from accounts.workflow import write_journal
from cases import notifications
from cases.enums import EventKind, GrantSource, LegalBasis, Section
from cases.enums.sharing import ReviewOutcome
from cases.models import BreakGlassReview, CaseFile, CaseUserGrant
from cases.models.grants import BREAK_GLASS_LASTS
from cases.policies import emergency as policies
from cases.policies import view_permission
from cases.workflow.events import record
from core.acting import beyond_own_sight
from core.workflow import TransitionError, lock

REASON_LETTERS = 40
AN_HOUR = 3600


class NotOpenedError(TransitionError):
    """One answer for a code that nobody has and for a case that no emergency opens."""

    def __init__(self) -> None:
        super().__init__(_("Kode ini tidak dapat dibuka dengan akses darurat. Periksa kodenya, atau hubungi unitnya."))


class TooManyTriesError(TransitionError):
    def __init__(self) -> None:
        super().__init__(_("Terlalu banyak percobaan. Coba lagi satu jam kemudian, atau hubungi unitnya."))


def count_try(by: Staff) -> None:
    """Guessing codes is slow: a few tries an hour, counted outside the transaction that a refusal undoes."""
    key = f"break-glass:{by.pk}"
    cache.add(key, 0, AN_HOUR)
    if cache.incr(key) > settings.BREAK_GLASS_TRIES_AN_HOUR:
        raise TooManyTriesError


@transaction.atomic
def open_in_emergency(code: str, *, by: Staff, reason: str) -> CaseUserGrant:
    """Open one case to a supervisor of another unit for an hour, and tell those who answer for it."""
    policies.require_trying(by)
    reason = " ".join(reason.split())
    if len(reason) < REASON_LETTERS:
        raise TransitionError(_("Tulis alasan paling sedikit %(count)s huruf.") % {"count": REASON_LETTERS})
    with beyond_own_sight():
        case = policies.openable(by, code)
        if case is None:
            raise NotOpenedError
        case = lock(case)
        held = CaseUserGrant.objects.filter(user=by, content_object=case, source=GrantSource.BREAK_GLASS).first()
        if held is not None:
            return held
        grant = _open(case, by=by, reason=reason)
        path = f"/break-glass/{grant.code}/"
        record(case, EventKind.BREAK_GLASS, by=by, section=Section.ACCESS, summary=reason, path=path)
        told = policies.overseers(case)
    write_journal(JournalAction.BREAK_GLASS, by=by, object_code=case.code, detail=f"{grant.code}: {reason}")
    notifications.after_commit(notifications.tell_break_glass, told)
    return grant


def _open(case: CaseFile, *, by: Staff, reason: str) -> CaseUserGrant:
    now = timezone.now()
    grant: CaseUserGrant = CaseUserGrant.all_grants.create(
        user=by,
        permission=view_permission(),
        content_object=case,
        sections=[section.value for section in policies.sections_opened()],
        source=GrantSource.BREAK_GLASS,
        lawful_basis=LegalBasis.VITAL_INTEREST,
        reason=reason[:300],
        granted_by=by,
        granted_at=now,
        starts_at=now,
        expires_at=now + BREAK_GLASS_LASTS,
    )
    return grant


@transaction.atomic
def review_break_glass(use: CaseUserGrant, *, by: Staff, outcome: ReviewOutcome, comment: str) -> BreakGlassReview:
    """What the lead supervisor, or the data-protection officer, finds of one use; each once, never the opener."""
    use = CaseUserGrant.all_grants.select_for_update(of=("self",)).get(pk=use.pk)
    role = policies.require_reviewing(by, use)
    if not comment.strip():
        raise TransitionError(_("Tulis apa yang Anda temukan."))
    try:
        with transaction.atomic():
            review = BreakGlassReview.objects.create(
                grant=use, reviewer_role=role, reviewer=by, outcome=outcome, comment=comment.strip()
            )
    except IntegrityError as error:
        raise TransitionError(_("Peninjauan ini sudah ditulis.")) from error
    case = use.content_object
    with beyond_own_sight():  # the officer sees no timeline
        record(case, EventKind.BREAK_GLASS_REVIEWED, by=by, section=Section.ACCESS, path=f"/break-glass/{use.code}/")
    words = f"{use.code}: {ReviewOutcome(outcome).value}"
    write_journal(JournalAction.BREAK_GLASS_REVIEWED, by=by, object_code=case.code, detail=words)
    return review


@transaction.atomic
def keep_refusal(*, by: Staff, code: str) -> None:
    """A try that opened nothing stays on record, with what was typed."""
    write_journal(JournalAction.BREAK_GLASS_REFUSED, by=by, object_code=code[:20])
