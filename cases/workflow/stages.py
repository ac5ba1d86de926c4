"""What another stage of deradicalisation rests on: PP 77/2019 ties every stage to identification and assessment."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from cases.enums import DeradStage
from cases.enums.sharing import ConferenceKind
from cases.models import CaseFile
from core.acting import beyond_own_sight
from core.workflow import FieldError

# Each callable says whether something decides on this person's stage; higher apps add theirs (docs/architecture.md).
STAGE_GROUNDS: list[Callable[[CaseFile], bool]] = []
DECIDES = (ConferenceKind.TPP_HEARING, ConferenceKind.CASE_DISCUSSION)


def require_ground(case: CaseFile, stage: str) -> None:
    """I-12: the stage moves only with a final assessment, or with a TPP hearing or case conference."""
    if stage in ("", case.derad_stage, DeradStage.IDENTIFICATION):
        return
    with beyond_own_sight():  # a ground that nobody in the unit may read is a ground
        if any(stands(case) for stands in STAGE_GROUNDS):
            return
    told = _("Belum ada penilaian final yang berlaku, sidang TPP, atau pembahasan kasus sejak tahap ini dimulai.")
    raise FieldError({"derad_stage": told})


def _was_discussed(case: CaseFile) -> bool:
    """Since the case came to the stage in which it is."""
    began = case.status_periods.filter(ended_at=None).values("started_at")[:1]
    return case.conferences.filter(kind__in=DECIDES, held_at__gte=began).exists()


STAGE_GROUNDS.append(_was_discussed)
