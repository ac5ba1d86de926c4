"""The rater's own work: starting, answering, writing, and the first judgement before any guidance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Staff
from assessments import guidance, policies, population
from assessments.catalogue import NOT_APPLICABLE, Instrument, Item, UrgentAction
from assessments.enums import (
    TAKE_BACK_UP,
    AssessmentReason,
    InstrumentCode,
    VersionStatus,
)
from assessments.models import Assessment, InstrumentVersion, ItemRating, rating_of
from assessments.progress import OWN_VIEW, age_for, progress_of
from assessments.workflow.looking import FIRST_REASON, OVERRIDE_REASON, look
from assessments.workflow.tasks import open_urgent
from cases.enums import CaseStatus, EventKind, Right, Section
from cases.models import CaseFile, CaseGroupGrant, LegalStatus, ReturnEvent
from cases.workflow import record
from core.workflow import TransitionError, lock, move

LOCKED = gettext_lazy("Penilaian ini sudah diajukan. Isian terkunci.")
OF_A_CHILD = gettext_lazy(
    "Menurut data sekarang, peserta masih dihitung sebagai anak pada hari penilaian ini. "
    "PRK-D ini tidak dapat dilanjutkan: batalkan, lalu nilai dengan PKA."
)


class MovedOnError(TransitionError):
    """The answer was changed elsewhere (another tab) after this form was opened; ``current`` is what is kept."""

    def __init__(self, current: ItemRating) -> None:
        super().__init__(
            _("Jawaban %(item)s berubah di tempat lain sesudah halaman ini dibuka.") % {"item": current.item}
        )
        self.current = current


def facts_of(case: CaseFile, day: dt.date) -> population.Facts:
    """What decides the instrument and its mode: age, kind of case, legal status in force, latest return."""
    status = LegalStatus.objects.filter(case=case).in_force_on(day).values_list("status", flat=True).first()
    returned = (
        ReturnEvent.objects.filter(case=case, arrived_on__lte=day)
        .order_by("-arrived_on", "-pk")
        .values_list("kind", flat=True)
        .first()
    )
    person = case.participant
    is_child = person.is_child_on(day)
    is_in_doubt = is_child and person.may_be_adult_on(day)
    return population.Facts(is_child, case.case_type, status or "", returned or "", is_in_doubt)


def _published(instrument: InstrumentCode) -> InstrumentVersion:
    version = InstrumentVersion.objects.filter(instrument=instrument, status=VersionStatus.PUBLISHED).first()
    if version is None:
        raise TransitionError(_("Instrumen ini belum terbit."))
    return version


@transaction.atomic
def start(case: CaseFile, *, by: Staff, instrument: InstrumentCode, reason: AssessmentReason) -> Assessment:
    """Begin an assessment with the published version, in the mode that fits the person today."""
    case = lock(case)
    version = _published(instrument)
    policies.require_rater(by, case, version.parsed)
    assessment = Assessment(case=case, instrument_version=version, instrument=instrument, reason=reason, rater=by)
    try:
        assessment.mode = population.mode_for(version.parsed, facts_of(case, assessment.day))
    except population.NoFitError as no_fit:
        raise TransitionError(no_fit.reason) from no_fit
    return _begin(assessment)


@transaction.atomic
def start_from_outside(case: CaseFile, *, by: Staff, grant: CaseGroupGrant, reason: AssessmentReason) -> Assessment:
    """Begin the KRK that an accepted referral asks of a partner; ``grant`` is what that referral opened."""
    version = InstrumentVersion.objects.filter(
        instrument=InstrumentCode.FAMILY, status=VersionStatus.PUBLISHED
    ).first()
    if version is None:
        raise TransitionError(_("Instrumen ini belum terbit."))
    policies.require_outside_rater(by, grant, case, version.parsed)
    return _begin(
        Assessment(
            case=case,
            instrument_version=version,
            instrument=InstrumentCode.FAMILY,
            reason=reason,
            rater=by,
            grant=grant,
        )
    )


def _begin(assessment: Assessment) -> Assessment:
    case, by = assessment.case, assessment.rater
    if case.status == CaseStatus.CLOSED:
        raise TransitionError(_("Kasus ini sudah ditutup."))
    try:
        with transaction.atomic():
            assessment.save()
    except IntegrityError as error:
        if "one_assessment_in_progress_per_instrument" not in str(error):
            raise
        raise TransitionError(_("Sudah ada penilaian yang sedang berjalan.")) from error
    assessment.refresh_from_db(fields=["for_child"])
    record(
        case,
        EventKind.ASSESSMENT_STARTED,
        by=by,
        section=Section.ASSESSMENT,
        summary=assessment.instrument,
        path=f"/assessments/{assessment.code}/",
    )
    return assessment


def refuse_for_a_child(assessment: Assessment) -> None:
    """A corrected birth date, or a decision on the age that was taken back, may show that this was a child."""
    if assessment.instrument != InstrumentCode.ADULT:  # the others take part of the case alone: no row of the person
        return
    if assessment.case.participant.is_child_on(assessment.day):
        raise TransitionError(OF_A_CHILD)


def own_draft(assessment: Assessment, by: Staff) -> Assessment:
    """The draft, locked, with what its pages need; refused to everybody but its rater, and in every other state."""
    # Lock and policy in one query: an answer is saved after every tap (at most 8 queries a request).
    rows = policies.with_data(by, policies.assessments_for(by, Right.EDIT)).select_for_update(of=("self",))
    fresh = rows.filter(pk=assessment.pk).first()
    if fresh is None:
        raise PermissionDenied
    if not fresh.is_draft:
        raise TransitionError(LOCKED)
    return fresh


def _item(instrument: Instrument, code: str, assessment: Assessment) -> Item:
    item = instrument.items.get(code)
    if item is None or item.domain not in {domain.code for domain in instrument.domains_in(assessment.rule_mode)}:
        raise TransitionError(_("Butir %(item)s tidak ada pada penilaian ini.") % {"item": code})
    if not item.applies_at(age_for(assessment)):
        raise TransitionError(_("Butir %(item)s tidak ditanyakan pada usia ini.") % {"item": code})
    return item


def lock_to_answer(code: str, *, by: Staff) -> Assessment | None:
    """The own assessment with this code, locked until the transaction ends; None where it is not this person's.

    An answer is kept after every tap: lock, policy and what an answer needs are one query, without the person's row.
    """
    rows = policies.assessments_for(by, Right.EDIT).select_related("instrument_version")
    rows = rows.defer("instrument_version__definition", "narratives").select_for_update(of=("self",))
    return next(iter(rows.order_by().filter(code=code)), None)


@transaction.atomic
def save_answer(assessment: Assessment, *, by: Staff, **answer: Any) -> dict[str, ItemRating]:
    """Lock the own draft and keep one answer (``keep_answer``)."""
    return keep_answer(own_draft(assessment, by), by=by, **answer)


def keep_answer(
    assessment: Assessment,
    *,
    by: Staff,
    item: str,
    value: str,
    evidence_note: str = "",
    sources: Sequence[str] = (),
    confidence: str = "",
    seen: str | None = None,
) -> dict[str, ItemRating]:
    """Keep one answer of a draft; an answer that calls for it opens its 24-hour task at once, whatever the rest says.

    ``seen`` is the ``stamp`` of the answer that the form was opened with ("" for none); MovedOnError when another
    answer has been kept since. What is still missing beside the value (evidence, confidence) keeps nobody from
    saving a draft. The assessment is locked in this transaction (``lock_to_answer``); whatever is refused is refused
    before the first write. Returns all answers of the assessment by item, with this one.
    """
    if not assessment.is_draft:
        raise TransitionError(LOCKED)
    instrument = assessment.definition
    asked = _item(instrument, item, assessment)
    rating_value = rating_of(value)
    try:
        guidance.check_value(asked, rating_value)
    except guidance.RatingError as error:
        raise TransitionError(_("Nilai ini tidak ada pada skala butir %(item)s.") % {"item": item}) from error
    if rating_value == NOT_APPLICABLE and asked.critical != "none":
        raise TransitionError(_("“Tidak berlaku” tidak dapat dipilih pada butir keamanan atau pelindungan."))
    ratings = {rating.item: rating for rating in ItemRating.objects.filter(assessment=assessment)}
    former = ratings.get(item)
    rating = ItemRating(
        assessment=assessment,
        item=item,
        value=value,
        evidence_note=evidence_note,
        sources=sorted(sources),
        confidence=confidence,
    )
    if former is not None and former.stamp == rating.stamp:
        return ratings
    if seen is not None and seen != (former.stamp if former else ""):
        raise MovedOnError(former or rating)
    if former is not None:
        rating.pk, rating.created_at = former.pk, former.created_at
    rating.save(force_update=former is not None)
    ratings[item] = rating
    look(assessment, {item: (former.evidence_note if former else "", evidence_note)})
    if former is None or former.value != value:
        actions = guidance.urgent_actions(instrument, item, rating_value, assessment.rule_mode)
        for action in actions:
            _open_urgent(assessment, asked, action, by)
        _forget_choice(assessment)
    return ratings


def _open_urgent(assessment: Assessment, item: Item, action: UrgentAction, by: Staff) -> None:
    open_urgent(assessment, item=item.code, action=action, by=by)


def _forget_choice(assessment: Assessment) -> None:
    """Other answers, other guidance: the final choice is made again, and a page opened before is stale."""
    if assessment.first_band or not assessment.has_bands:
        assessment.final_band = ""
        assessment.version += 1
        assessment.save(update_fields=["final_band", "version", "updated_at"])


@transaction.atomic
def save_narratives(
    assessment: Assessment, *, by: Staff, texts: Mapping[str, str], seen: str | None = None
) -> Assessment:
    """Keep narratives of a draft; those that are not given stay as they are.

    ``seen`` is the ``narratives_stamp`` that the form was opened with; TransitionError when they changed since.
    """
    assessment = own_draft(assessment, by)
    known = {narrative.code for narrative in assessment.definition.narratives}
    changed = {
        code: text for code, text in texts.items() if code in known and assessment.narratives.get(code, "") != text
    }
    if not changed:
        return assessment
    if seen is not None and seen != assessment.narratives_stamp:
        raise TransitionError(_("Uraian ini berubah di tempat lain sesudah halaman ini dibuka."))
    look(
        assessment,
        {code: (assessment.narratives.get(code, ""), text) for code, text in changed.items() if code != OWN_VIEW},
    )
    assessment.narratives = {**assessment.narratives, **changed}
    assessment.save(update_fields=["narratives", "updated_at"])
    return assessment


@transaction.atomic
def judge_first(assessment: Assessment, *, by: Staff, band: str, reason: str = "") -> Assessment:
    """Record the rater's own judgement. From now on guidance may be shown, and this judgement never changes (I-6)."""
    assessment = own_draft(assessment, by)
    if not assessment.has_bands:
        raise TransitionError(_("Penilaian kebutuhan saja tidak memakai pertimbangan awal."))
    if assessment.first_band:
        raise TransitionError(_("Pertimbangan awal sudah dicatat dan tidak dapat diubah."))
    _require_option(assessment, band)
    if progress_of(assessment).lacking:
        raise TransitionError(_("Isian belum lengkap. Petunjuk baru tampil setelah semua butir terjawab."))
    look(assessment, {FIRST_REASON: (None, reason)})
    assessment.first_band = band
    assessment.first_reason = reason
    assessment.first_band_at = timezone.now()
    assessment.version += 1
    assessment.save(update_fields=["first_band", "first_reason", "first_band_at", "version", "updated_at"])
    return assessment


@transaction.atomic
def choose(assessment: Assessment, *, by: Staff, final_band: str, override_reason: str) -> Assessment:
    """Keep the final choice and its reason in the draft, before it is submitted."""
    assessment = own_draft(assessment, by)
    if not assessment.first_band:
        raise TransitionError(_("Catat pertimbangan awal lebih dahulu."))
    if final_band:
        _require_option(assessment, final_band)
    look(assessment, {OVERRIDE_REASON: (assessment.override_reason, override_reason)})
    assessment.final_band, assessment.override_reason = final_band, override_reason
    assessment.save(update_fields=["final_band", "override_reason", "updated_at"])
    return assessment


def _require_option(assessment: Assessment, band: str) -> None:
    if band not in assessment.definition.final_judgement.options:
        raise TransitionError(_("Pilihan ini tidak ada pada instrumen ini."))


@transaction.atomic
def take_back_up(assessment: Assessment, *, by: Staff) -> Assessment:
    """The rater takes a returned assessment back up; what was submitted stays with the review."""
    assessment = lock(assessment)
    policies.require(by, Right.EDIT, assessment)
    move(assessment, TAKE_BACK_UP)
    assessment.version += 1
    assessment.save(update_fields=["status", "version", "updated_at"])
    # Only as a draft may the rest change: the database lets no other field move together with the status.
    assessment.guidance_band, assessment.guidance_fired, assessment.guidance_provisional = "", [], False
    assessment.support_level = ""
    assessment.save(
        update_fields=["guidance_band", "guidance_fired", "guidance_provisional", "support_level", "updated_at"]
    )
    return assessment
