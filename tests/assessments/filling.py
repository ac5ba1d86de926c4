"""Assessments for tests, filled in and moved on by the real workflow."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from accounts.models import Staff
from assessments import workflow
from assessments.enums import AssessmentReason, InstrumentCode
from assessments.models import Assessment, ItemRating
from assessments.progress import progress_of
from cases.enums import CaseType, LegalStatusKind
from cases.models import CaseFile
from tests.factories import make_case, make_child_case

REASON = (
    "Kabar datang dari satu tetangga yang berselisih. Ketua RT dan istri menyatakan tidak ada pertemuan sejak Juli."
)


def adult_case(worker: Staff, **fields: Any) -> CaseFile:
    """A client on parole: PRK-D in full."""
    return make_case(worker, **({"legal": LegalStatusKind.PAROLE} | fields))


def family_case(worker: Staff, **fields: Any) -> CaseFile:
    """A member of a family: PRK-D for needs alone."""
    return make_case(worker, case_type=CaseType.FAMILY, **fields)


def child_case(worker: Staff, **fields: Any) -> CaseFile:
    return make_child_case(worker, **fields)


def begin(case: CaseFile, by: Staff, instrument: InstrumentCode = InstrumentCode.ADULT) -> Assessment:
    return workflow.start(case, by=by, instrument=instrument, reason=AssessmentReason.PERIODIC)


def answer(assessment: Assessment, item: str, value: object, by: Staff | None = None, **fields: Any) -> None:
    """One complete answer: with evidence, two sources and confidence."""
    defaults: dict[str, Any] = {
        "evidence_note": "Dilihat pada kunjungan 3 November.",
        "sources": ["wawancara", "pengamatan"],
        "confidence": "sedang",
    }
    workflow.save_answer(assessment, by=by or assessment.rater, item=item, value=str(value), **(defaults | fields))


def calm_value(assessment: Assessment, code: str) -> str:
    """The value that gives the quietest result of each instrument."""
    item = assessment.definition.items[code]
    if item.scale.type == "choice":
        return "yes"
    return "0" if item.scale.higher_is_more_concern else "3"


def fill(assessment: Assessment, **values: object) -> Assessment:
    """Answer everything calmly but for ``values``, and write all narratives."""
    for item in progress_of(assessment).asked:
        answer(assessment, item.code, values.get(item.code, calm_value(assessment, item.code)))
    texts = {
        narrative.code: "Tiga bulan tanpa kejadian. Keluarga kuat." for narrative in assessment.definition.narratives
    }
    workflow.save_narratives(assessment, by=assessment.rater, texts=texts)
    assessment.refresh_from_db()
    return assessment


def quick(assessment: Assessment) -> Assessment:
    """As ``fill``, without saving answer by answer: what is not answered yet, calmly, and every narrative."""
    progress = progress_of(assessment)
    ItemRating.objects.bulk_create(
        ItemRating(
            assessment=assessment,
            item=item.code,
            value=calm_value(assessment, item.code),
            evidence_note="Dilihat pada kunjungan 3 November.",
            sources=["wawancara", "pengamatan"],
            confidence="sedang",
        )
        for item in progress.asked
        if item.code not in progress.ratings
    )
    texts = {narrative.code: "Tiga bulan tanpa kejadian." for narrative in assessment.definition.narratives}
    workflow.save_narratives(assessment, by=assessment.rater, texts=texts)
    assessment.refresh_from_db()
    return assessment


def calm_band(assessment: Assessment) -> str:
    return {"PRK-D": "hijau", "PKA": "dukungan_rutin", "KRK": "siap"}[assessment.instrument]


def judged(assessment: Assessment, first: str = "") -> Assessment:
    if assessment.has_bands:
        return workflow.judge_first(
            assessment, by=assessment.rater, band=first or calm_band(assessment), reason="Keluarga kuat."
        )
    return assessment


def hand_in(assessment: Assessment, final: str = "", reason: str = "") -> Assessment:
    assessment.refresh_from_db()
    final = final or (calm_band(assessment) if assessment.has_bands else "")
    return workflow.submit(
        assessment, by=assessment.rater, version=assessment.version, final_band=final, override_reason=reason
    )


def submitted(
    case: CaseFile,
    by: Staff,
    instrument: InstrumentCode = InstrumentCode.ADULT,
    final: str = "",
    reason: str = "",
    **values: object,
) -> Assessment:
    return hand_in(judged(fill(begin(case, by, instrument), **values)), final, reason)


def finalised(
    case: CaseFile, by: Staff, supervisor: Staff, instrument: InstrumentCode = InstrumentCode.ADULT, **values: object
) -> Assessment:
    return workflow.finalise(submitted(case, by, instrument, **values), by=supervisor)


def lapse(assessment: Assessment, days_ago: int) -> Assessment:
    """As if its date of reassessment had been ``days_ago`` days ago."""
    assessment.next_due = timezone.localdate() - dt.timedelta(days=days_ago)
    assessment.save(update_fields=["next_due"])
    return assessment


def status_of(assessment: Assessment) -> str:
    """As it is kept now."""
    return Assessment.objects.get(pk=assessment.pk).status
