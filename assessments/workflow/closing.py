"""What an assessment still owes before its case is closed."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments.enums import IN_QUEUE, InstrumentCode
from assessments.models import Assessment, SecondRating
from cases.enums import COMPLETED, ClosureReason
from cases.models import CaseFile
from core.workflow import Blocker


def not_decided(case: CaseFile, reason: str) -> list[Blocker]:
    """ET-7: what a participant contests is answered while the case is open, unless nobody is left to answer."""
    if reason == ClosureReason.DIED:
        return []
    contests = SecondRating.objects.open().contests().filter(case=case)
    return [
        Blocker(_("Sanggahan peserta belum diputuskan."), reverse("assessments:second", args=[contest.code]))
        for contest in contests
    ]


def family_not_assessed(case: CaseFile, reason: str) -> list[Blocker]:
    """I-18: who ends as it was meant goes back to a family and a place that were looked at, with a final KRK."""
    if reason not in COMPLETED:
        return []
    of_family = Assessment.objects.filter(case=case, instrument=InstrumentCode.FAMILY)
    if of_family.final().exists():
        return []
    waiting = of_family.filter(status__in=IN_QUEUE).order_by("-pk").first()
    if waiting is not None:
        review = reverse("assessments:review", args=[waiting.code])
        return [Blocker(_("Penilaian KRK menunggu keputusan pengawas."), review)]
    return [Blocker(_("Belum ada penilaian KRK yang final."), reverse("assessments:panel", args=[case.code]))]
