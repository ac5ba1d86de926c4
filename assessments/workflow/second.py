"""A second, blind rating: a participant's contest or a wish of staff, another rater, and the decision on both (ET-7).

Nothing here changes what is in force but ``decide``, which a supervisor who rated neither makes with a reason; and
nothing else of the case changes by that (I-26).
"""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Staff
from assessments import policies, population
from assessments.enums import (
    IN_PROGRESS,
    IN_QUEUE,
    LONGEST_NARRATIVE,
    LONGEST_NOTE,
    AssessmentKind,
    AssessmentStatus,
    Confidence,
    SecondCause,
    SecondOutcome,
)
from assessments.models import Assessment, ItemRating, OwnView, SecondRating
from assessments.models.second import WITHIN
from assessments.workflow.decision import close_second, end, put_in_force
from assessments.workflow.draft import facts_of
from assessments.workflow.pairs import free
from assessments.workflow.tasks import clear_second, open_naming, open_second_rating
from cases.enums import CaseStatus, EventKind, Right, Section
from cases.models import CaseFile
from cases.sentence import end_of
from cases.workflow import record, sharing
from core.acting import beyond_own_sight
from core.workflow import TransitionError, lock, lock_version

# What a second rater reads of the case: neither its assessments nor the plan that rests on them.
SHOWN = (
    Section.SUMMARY,
    Section.IDENTITY,
    Section.LEGAL,
    Section.NOTES,
    Section.PROGRAMS,
    Section.DOCUMENTS,
    Section.HOUSEHOLD,
    Section.SUPERVISION,
)
# Days that the case stays open to the second rater after the time is up: late is better than never.
PATIENCE = dt.timedelta(days=30)
CLOSED = gettext_lazy("Kasus ini sudah ditutup. Buka kembali dahulu.")
DECIDED = gettext_lazy("Permintaan ini sudah diputuskan.")
SUPERSEDED = gettext_lazy("Penilaian ini sudah digantikan. Pakai penilaian yang berlaku sekarang.")
NOT_FINAL = gettext_lazy("Hanya penilaian yang final dapat dinilai sekali lagi.")
RUNNING = gettext_lazy("Penilaian ini sudah menunggu penilai kedua.")


# ---- the participant's word -----------------------------------------------------------------------------------------


@transaction.atomic
def add_own_view(
    assessment: Assessment, *, by: Staff, version: int, text: str, said_on: dt.date, present: str
) -> OwnView:
    """Write down what the participant said of the result. Every earlier word is kept."""
    assessment = lock_version(assessment, version)
    _require_word(by, assessment)
    if assessment.status in (*_NOT_YET, AssessmentStatus.CANCELLED):
        raise TransitionError(_("Pendapat atas hasil dicatat sesudah penilaian diajukan."))
    if not text.strip() or not present.strip():
        raise TransitionError(_("Tulis kata peserta dan siapa yang hadir."))
    if not assessment.day <= said_on <= timezone.localdate():
        raise TransitionError(_("Tanggalnya sejak penilaian dimulai sampai hari ini."))
    view = OwnView.objects.create(
        assessment=assessment, text=text.strip(), said_on=said_on, present=present.strip(), recorded_by=by
    )
    assessment.participant_view = view.text
    assessment.save(update_fields=["participant_view", "version", "updated_at"])
    _record(assessment.case, EventKind.OWN_VIEW, by, assessment.instrument, f"/assessments/{assessment.code}/")
    return view


_NOT_YET = (AssessmentStatus.DRAFT, AssessmentStatus.RETURNED)


def _require_word(by: Staff, assessment: Assessment) -> None:
    if not policies.may_contest(by, assessment):
        raise PermissionDenied


# ---- asking ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def contest(assessment: Assessment, *, by: Staff, reason: str, received_on: dt.date) -> SecondRating:
    """Write down the participant's contest; from the day it came in, another rater has fourteen days.

    A second rating that staff already asked for becomes the answer to it.
    """
    assessment = _rateable(assessment, by)
    assert assessment.finalised_at is not None
    if received_on > timezone.localdate():
        raise TransitionError(_("Tanggal diterima tidak boleh sesudah hari ini."))
    if received_on < timezone.localdate(assessment.finalised_at, assessment.case.lead_unit.zone):
        raise TransitionError(_("Sanggahan diterima sesudah hasilnya final."))
    running = SecondRating.objects.open().select_for_update(of=("self",)).filter(first=assessment).first()
    if running is None:
        return _ask(assessment, SecondCause.CONTEST, EventKind.ASSESSMENT_CONTESTED, by, reason, received_on)
    if running.is_contest:
        raise TransitionError(_("Sanggahan atas penilaian ini sudah dicatat dan belum diputuskan."))
    running.cause, running.reason, running.received_on = SecondCause.CONTEST, reason.strip(), received_on
    running.due_on = min(running.due_on, received_on + WITHIN)
    running.version += 1
    running.save()
    _record_second(running, EventKind.ASSESSMENT_CONTESTED, by)
    return running


@transaction.atomic
def ask_for_second(assessment: Assessment, *, by: Staff, reason: str) -> SecondRating:
    """The rater or a supervisor wishes another, independent rating."""
    assessment = _rateable(assessment, by)
    return _ask(assessment, SecondCause.REQUEST, EventKind.SECOND_ASKED, by, reason, timezone.localdate())


def _rateable(assessment: Assessment, by: Staff) -> Assessment:
    assessment = lock(assessment)
    _require_word(by, assessment)
    if assessment.status == AssessmentStatus.SUPERSEDED:
        raise TransitionError(SUPERSEDED)
    if assessment.status != AssessmentStatus.FINAL:
        raise TransitionError(NOT_FINAL)
    if assessment.case.status == CaseStatus.CLOSED:
        raise TransitionError(CLOSED)
    return assessment


def _ask(
    first: Assessment, cause: SecondCause, event: EventKind, by: Staff, reason: str, received_on: dt.date
) -> SecondRating:
    if not reason.strip():
        raise TransitionError(_("Tulis alasannya."))
    try:
        with transaction.atomic():
            second = SecondRating.objects.create(
                case=first.case,
                first=first,
                instrument=first.instrument,
                cause=cause,
                reason=reason.strip(),
                received_on=received_on,
                due_on=received_on + WITHIN,
                asked_by=by,
            )
    except IntegrityError as error:
        if "one_open_second_rating_per_assessment" not in str(error):
            raise
        raise TransitionError(RUNNING) from error
    supervisor = policies.approvers(first).first()
    if supervisor is not None:  # the queue shows it in any case
        open_naming(second, supervisor, by=by)
    _record_second(second, event, by)
    return second


@transaction.atomic
def withdraw(second: SecondRating, *, by: Staff, version: int, reason: str) -> SecondRating:
    """The participant takes the contest back, or staff the wish, while nobody has seen both."""
    second = _open_pair(second, version)
    if not policies.may_withdraw(by, second):
        raise PermissionDenied
    if second.revealed_at is not None:
        raise TransitionError(_("Kedua penilaian sudah ada. Pengawas memutuskan mana yang berlaku."))
    _close(second, SecondOutcome.WITHDRAWN, by, reason)
    return second


# ---- the second rater -----------------------------------------------------------------------------------------------


@transaction.atomic
def name_rater(second: SecondRating, *, by: Staff, version: int, rater: Staff) -> SecondRating:
    """Name who rates as the second, or another in that one's place; what the former began is kept as cancelled."""
    second = _open_pair(second, version)
    if not policies.decides(by, second):
        raise PermissionDenied
    if second.revealed_at is not None:
        raise TransitionError(_("Penilai kedua sudah menyerahkan penilaiannya."))
    if second.case.status == CaseStatus.CLOSED:
        raise TransitionError(CLOSED)
    if rater.pk == second.rater_id:
        return second
    if not policies.candidates(second).filter(pk=rater.pk).exists():
        raise TransitionError(
            _("%(name)s tidak dapat menjadi penilai kedua. Pilih penilai lain.") % {"name": rater.full_name}
        )
    if second.second is not None:
        end(lock(second.second), by=by, reason=_("Penilai kedua diganti."))
    if second.rater is not None:
        free(second, by=by)
    second.rater, second.named_by, second.named_at = rater, by, timezone.now()
    until = end_of(max(second.due_on, timezone.localdate()) + PATIENCE, second.case.lead_unit.zone)
    second.grant = sharing.lend(
        second.case, rater, by=by, sections=SHOWN, purpose=_("Menilai sebagai penilai kedua"), until=until
    )
    second.save()
    clear_second(second, "rater")
    open_second_rating(second, by=by)
    _record_second(second, EventKind.SECOND_NAMED, by, rater.full_name)
    return second


@transaction.atomic
def start_second(second: SecondRating, *, by: Staff) -> Assessment:
    """Begin the second rating, with the same items as the first; begun already, it goes on."""
    second = _lock_pair(second)
    if not policies.named_second(by).filter(pk=second.pk).exists():
        raise PermissionDenied
    if second.second is not None:
        return second.second
    _require_open_case(second)
    assessment = _begin(second, AssessmentKind.SECOND, by)
    second.second = assessment
    second.version += 1
    second.save(update_fields=["second", "version", "updated_at"])
    _record_second(second, EventKind.ASSESSMENT_STARTED, by)
    return assessment


@transaction.atomic
def start_joint(second: SecondRating, *, by: Staff) -> Assessment:
    """One of the two raters begins what both agree on: their equal answers stand, the others are still to be given."""
    second = _lock_pair(second)
    may_rate = policies.named_second(by).filter(pk=second.pk).exists() or policies.can(by, Right.EDIT, second.first)
    if not second.rated_by(by) or not may_rate:
        raise PermissionDenied
    if second.joint is not None:
        return second.joint
    if second.revealed_at is None or second.second is None:
        raise TransitionError(_("Penilai kedua belum menyerahkan penilaiannya."))
    _require_open_case(second)
    if second.first.status != AssessmentStatus.FINAL:
        raise TransitionError(SUPERSEDED)
    joint = _begin(second, AssessmentKind.JOINT, by)
    joint.narratives = _joined(second.first.narratives, second.second.narratives)
    joint.save(update_fields=["narratives", "updated_at"])
    ItemRating.objects.bulk_create(_agreed(second, joint))
    second.joint = joint
    second.version += 1
    second.save(update_fields=["joint", "version", "updated_at"])
    _record_second(second, EventKind.ASSESSMENT_STARTED, by)
    return joint


def _begin(second: SecondRating, kind: AssessmentKind, by: Staff) -> Assessment:
    """A draft beside the first: of the same version, so that items can be laid side by side, and in the same mode."""
    case = second.case
    with beyond_own_sight():  # of the first, a second rater learns which version it is, and nothing else
        first = Assessment.objects.select_related("instrument_version").get(pk=second.first_id)
    row = Assessment(
        case=case,
        instrument_version=first.instrument_version,
        instrument=first.instrument,
        reason=first.reason,
        rater=by,
        kind=kind,
        mode=first.mode,
    )
    try:
        mode = population.mode_for(first.definition, facts_of(case, row.day))
    except population.NoFitError as no_fit:
        raise TransitionError(no_fit.reason) from no_fit
    if mode != first.mode:
        raise TransitionError(_("Lingkup penilaian peserta ini sudah lain. Mulai penilaian baru."))
    row.save()
    row.refresh_from_db(fields=["for_child"])
    return row


def _agreed(second: SecondRating, joint: Assessment) -> list[ItemRating]:
    """The answers on which both agree, with what either wrote of them and the lower confidence."""
    assert second.second is not None
    others = {rating.item: rating for rating in ItemRating.objects.filter(assessment=second.second)}
    confidences = ["", *Confidence.values]
    rows = []
    for one in ItemRating.objects.filter(assessment=second.first):
        other = others.get(one.item)
        if other is None or other.value != one.value:
            continue
        notes = dict.fromkeys(note for note in (one.evidence_note, other.evidence_note) if note)
        rows.append(
            ItemRating(
                assessment=joint,
                item=one.item,
                value=one.value,
                evidence_note="\n\n".join(notes)[:LONGEST_NOTE],
                sources=sorted({*one.sources, *other.sources}),
                confidence=min(one.confidence, other.confidence, key=confidences.index),
            )
        )
    return rows


def _joined(one: dict[str, str], other: dict[str, str]) -> dict[str, str]:
    """Both raters' texts, to be made into one."""
    return {
        code: "\n\n".join(dict.fromkeys(text for text in (one.get(code, ""), other.get(code, "")) if text))[
            :LONGEST_NARRATIVE
        ]
        for code in {**one, **other}
    }


# ---- the decision ---------------------------------------------------------------------------------------------------


@transaction.atomic
def decide(second: SecondRating, *, by: Staff, version: int, outcome: SecondOutcome, reason: str) -> SecondRating:
    """A supervisor who rated neither says which is in force: the first as before, or what both raters agreed on."""
    second = _open_pair(second, version)
    if not policies.decides(by, second):
        raise PermissionDenied
    if second.revealed_at is None or second.second is None:
        raise TransitionError(_("Penilai kedua belum menyerahkan penilaiannya."))
    joint = lock(second.joint) if second.joint is not None else None
    if outcome == SecondOutcome.CHANGED:
        if joint is None or joint.status not in IN_QUEUE:
            raise TransitionError(_("Penilaian bersama belum diajukan oleh kedua penilai."))
        if lock(second.first).status != AssessmentStatus.FINAL:
            raise TransitionError(SUPERSEDED)
        close_second(lock(second.second), by=by)
        put_in_force(joint, by=by)
    elif outcome == SecondOutcome.UPHELD:
        close_second(lock(second.second), by=by)
        if joint is not None and joint.status in IN_PROGRESS:
            end(joint, by=by, reason=reason)
    else:
        raise TransitionError(_("Pilih penilaian mana yang berlaku."))
    _close(second, outcome, by, reason)
    return second


def _close(second: SecondRating, outcome: SecondOutcome, by: Staff, reason: str) -> None:
    if not reason.strip():
        raise TransitionError(_("Tulis alasannya."))
    if outcome == SecondOutcome.WITHDRAWN and second.second is not None:
        end(lock(second.second), by=by, reason=reason)
    if second.grant is not None:
        sharing.take_back(second.case, second.grant, by=by)
    second.outcome, second.outcome_reason = outcome, reason.strip()
    second.decided_by, second.decided_at = by, timezone.now()
    second.save()
    clear_second(second)
    _record_second(second, EventKind.SECOND_DECIDED, by)


# ---- shared ---------------------------------------------------------------------------------------------------------


def _lock_pair(second: SecondRating) -> SecondRating:
    rows = SecondRating.objects.select_for_update(of=("self",))
    fresh = rows.select_related("case__lead_unit").get(pk=second.pk)
    if not fresh.is_open:
        raise TransitionError(DECIDED)
    return fresh


def _open_pair(second: SecondRating, version: int) -> SecondRating:
    fresh = lock_version(second, version)
    if not fresh.is_open:
        raise TransitionError(DECIDED)
    return fresh


def _require_open_case(second: SecondRating) -> None:
    if second.case.status == CaseStatus.CLOSED:
        raise TransitionError(CLOSED)


def _record_second(second: SecondRating, kind: EventKind, by: Staff, words: str = "") -> None:
    _record(second.case, kind, by, words or second.instrument, f"/second-ratings/{second.code}/")


def _record(case: CaseFile, kind: EventKind, by: Staff, words: str, path: str) -> None:
    record(case, kind, by=by, section=Section.ASSESSMENT, summary=words, path=path)
