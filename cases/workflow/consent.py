"""Why data of a person may be used: by law (a record that nobody takes back), or by consent.

Consent is recorded with who explained it and withdrawn in one step (UU PDP Pasal 22-25, 40); the two are never mixed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases import policies
from cases.enums import ConsentCapacity, ConsentPurpose, ConsentStatus, EventKind, Right, Section
from cases.enums.basis import BasisPurpose, Ground
from cases.enums.documents import DocumentKind
from cases.models import CaseFile, Consent, Document, ProcessingBasis
from cases.policies.household import guardian_in_conflict
from cases.workflow.documents import prove_again, stored_proof
from cases.workflow.events import record
from core.acting import beyond_own_sight
from core.papers import Paper
from core.workflow import Transition, TransitionError, lock, move

WITHDRAW = Transition.of(ConsentStatus.GIVEN, to=ConsentStatus.WITHDRAWN)
EXPIRE = Transition.of(ConsentStatus.GIVEN, to=ConsentStatus.EXPIRED)

# Higher apps stop what rested on a withdrawn consent (I-11): listed in docs/architecture.md.
CONSENT_ENDED: list[Callable[[Consent, Staff], None]] = []
# Purpose -> what a consent for it can name as data (value, label). Higher apps add theirs; where there is no list, the
# consent says in words what was agreed to.
CONSENT_SCOPES: dict[ConsentPurpose, Sequence[tuple[str, Any]]] = {}


@transaction.atomic
def give_consent(
    case: CaseFile,
    *,
    by: Staff,
    purpose: ConsentPurpose,
    scope: list[str],
    given_by: str,
    capacity: ConsentCapacity,
    recipient: str = "",
    valid_until: dt.date | None = None,
    detail: str = "",
    language: str = "",
    evidence: str = "",
    document: Document | None = None,
    paper: Paper | None = None,
    refused: bool = False,
) -> Consent:
    """Record that consent was given or refused, for what, by whom, how it was explained, and what proves it.

    ``document`` is the signed form among the case's documents, ``paper`` one that is stored with the consent. The same
    words sent again on the day are the same consent."""
    case = lock(case)
    policies.require(by, Right.EDIT, case)
    if case.participant.is_child and capacity == ConsentCapacity.SELF:
        raise TransitionError(_("Untuk anak, persetujuan diberikan orang tua, wali, atau pekerja sosial."))
    if case.participant.is_child and capacity == ConsentCapacity.GUARDIAN and guardian_in_conflict(case):
        raise TransitionError(_("Wali anak ini bermasalah hukum. Persetujuan diberikan pekerja sosial."))
    fields: dict[str, Any] = {
        "purpose": purpose,
        "scope": scope,
        "recipient": recipient,
        "given_by": given_by,
        "capacity": capacity,
        "explained_by": by,
        "detail": detail.strip(),
        "language": language.strip() or "Indonesia",
        "evidence": evidence.strip(),
        "status": ConsentStatus.REFUSED if refused else ConsentStatus.GIVEN,
        "valid_until": valid_until,
    }
    today = timezone.localdate()
    store = partial(
        stored_proof,
        case,
        by=by,
        document=document,
        paper=paper,
        kind=DocumentKind.CONSENT,
        section=Section.DOCUMENTS,
        dated=today,
    )
    if (same := case.consents.filter(decided_at__date=today, **fields).first()) is not None:
        prove_again(same, document=document, paper=paper, store=store)
        return same
    consent = Consent.objects.create(case=case, decided_at=timezone.now(), document=store(), **fields)
    _tell(consent, by=by)
    return consent


@transaction.atomic
def withdraw_consent(consent: Consent, *, by: Staff) -> Consent:
    """End a consent; whatever rested on it stops in the same transaction."""
    policies.require(by, Right.EDIT, consent.case)
    return end_consent(consent, by=by)


@transaction.atomic
def end_consent(consent: Consent, *, by: Staff) -> Consent:
    """As ``withdraw_consent``, for a move that has asked its own policy: a right to withdraw waits for nobody."""
    return _end(consent, WITHDRAW, by=by)


def past_consents() -> list[int]:
    """Keys of consents past their last day."""
    running = Consent.objects.filter(status=ConsentStatus.GIVEN)
    return list(running.filter(valid_until__lt=timezone.localdate()).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def expire_consent(pk: int, *, by: Staff) -> bool:
    """What time alone has decided: it ends as a withdrawn one does. False where somebody was faster."""
    consent = Consent.objects.select_related("case").get(pk=pk)
    lock(consent.case)
    if lock(consent).status != ConsentStatus.GIVEN:
        return False
    _end(consent, EXPIRE, by=by)
    return True


def _end(consent: Consent, transition: Transition, *, by: Staff) -> Consent:
    # The case first, as everywhere: two locks taken in one order never wait for each other.
    with beyond_own_sight():  # it may be closed and sealed by now; the consent ends all the same
        lock(consent.case)
    consent = lock(consent)
    move(consent, transition)
    consent.decided_at = timezone.now()
    consent.version += 1
    consent.save()
    _tell(consent, by=by)
    for stop in CONSENT_ENDED:
        stop(consent, by)
    return consent


def _tell(consent: Consent, *, by: Staff) -> None:
    """A line that says what was decided, about what, and for whom (cases.timeline puts it into words)."""
    summary = ": ".join(filter(None, [f"{consent.status}/{consent.purpose}", consent.recipient]))
    record(consent.case, EventKind.CONSENT, by=by, section=Section.REFERRALS, summary=summary)


# ---- by law --------------------------------------------------------------------------------------------------------


@transaction.atomic
def record_basis(
    case: CaseFile,
    *,
    by: Staff,
    purpose: BasisPurpose,
    ground: Ground,
    reference: str,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
) -> ProcessingBasis:
    """Write down by which law data of this case are processed, and for what."""
    case = lock(case)
    policies.require(by, Right.EDIT, case)
    if not reference.strip():
        raise TransitionError(_("Sebutkan aturan atau dokumennya."))
    if valid_to is not None and valid_to < valid_from:
        raise TransitionError(_("Tanggal akhir tidak boleh sebelum tanggal awal."))
    fields: dict[str, Any] = {
        "purpose": purpose,
        "ground": ground,
        "reference": reference.strip(),
        "valid_from": valid_from,
        "valid_to": valid_to,
    }
    if (same := case.bases.filter(**fields).first()) is not None:
        return same  # a form sent twice
    basis = write_basis(case, by=by, **fields)
    record(case, EventKind.BASIS, by=by, section=Section.ACCESS, summary=basis.reference)
    return basis


@transaction.atomic
def end_basis(basis: ProcessingBasis, *, by: Staff) -> ProcessingBasis:
    """From tomorrow on it is a ground no more (the supervision is over, another rule has come); it stays on record."""
    case = lock(basis.case)
    policies.require(by, Right.EDIT, case)
    basis = lock(basis)
    if not basis.is_in_force:
        raise TransitionError(_("Dasar ini sudah berakhir."))
    others = ProcessingBasis.objects.in_force().filter(case=case).exclude(pk=basis.pk)
    if not others.exists():
        raise TransitionError(_("Ini satu-satunya dasar yang berlaku. Catat penggantinya dahulu."))
    basis.valid_to = max(timezone.localdate(), basis.valid_from)
    basis.version += 1
    basis.save()
    record(case, EventKind.BASIS, by=by, section=Section.ACCESS, summary=basis.reference)
    return basis


def write_basis(case: CaseFile, *, by: Staff, **fields: Any) -> ProcessingBasis:
    """The row alone: the opening of a case says for itself that it happened."""
    return ProcessingBasis.objects.create(case=case, recorded_by=by, **fields)
