"""The result as the participant reads it: plain words, strengths first, and how to disagree (ET-7, ET-20).

Nothing in here tells what somebody else said: no evidence, no source, no rule, no code of an item, and no single item
that would point to who spoke (contacts, attitudes, violence at home). What concerns an adult's safety is told by the
judgement alone; a child's and a family's paper has no colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import yaml
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.catalogue import DIRECTORY, Item, Text
from assessments.enums import AssessmentStatus, Band, InstrumentCode, SupportLevel
from assessments.forms import words
from assessments.models import Assessment
from assessments.progress import Progress, progress_of
from core.pdf import Pdf, render_pdf

LANGUAGES = ("id", "en")
# How an item is told to the participant, by its text: raters' forms speak of a third person.
WORDS = DIRECTORY.parent / "catalogue" / "participant_words.yaml"
# A result is shown to the participant once it is one, and marked when another has taken its place.
SHOWN = (AssessmentStatus.FINAL, AssessmentStatus.SUPERSEDED)
# From this value of 0 to 3 on a strength is one, and a need is one.
CLEAR = 2

TO_ADULT: dict[str, str | Promise] = {
    Band.GREEN: _("Kami melihat sedikit hal yang perlu diperhatikan. Pendampingan berjalan seperti biasa."),
    Band.YELLOW: _("Kami melihat beberapa hal yang perlu dibicarakan dan didukung bersama Anda."),
    Band.RED: _("Kami melihat hal penting yang perlu segera dibicarakan bersama Anda, supaya semua orang aman."),
}
TO_CHILD: dict[str, str | Promise] = {
    Band.ROUTINE: _("Kamu mendapat dukungan rutin. Banyak hal sudah berjalan baik."),
    Band.ADDITIONAL: _("Kamu mendapat dukungan tambahan. Ada beberapa hal yang kami bantu bersama."),
    Band.INTENSIVE: _("Kamu mendapat dukungan lebih banyak. Kami akan sering menemani kamu dan keluargamu."),
    Band.NOT_ENOUGH: _("Kami masih perlu mengenal kamu lebih baik sebelum menyusun dukungan."),
}
TO_FAMILY: dict[str, str | Promise] = {
    Band.READY: _("Keluarga dan lingkungan sudah siap."),
    Band.READY_WITH_SUPPORT: _("Keluarga dan lingkungan siap, dengan dukungan."),
    Band.NOT_READY: _("Keluarga dan lingkungan belum siap. Kami membantu menyiapkannya."),
    Band.NOT_ENOUGH: _("Kami belum cukup tahu. Kami akan bertanya lagi."),
}
SUPPORT: dict[str, str | Promise] = {
    SupportLevel.LOW: _("Anda memerlukan sedikit dukungan saat ini."),
    SupportLevel.MEDIUM: _("Anda memerlukan dukungan dalam beberapa hal."),
    SupportLevel.HIGH: _("Anda memerlukan banyak dukungan saat ini. Kami akan membantu lebih sering."),
    SupportLevel.NOT_ENOUGH: _("Kami belum cukup tahu dukungan apa yang Anda perlukan. Kami akan bertanya lagi."),
}


def result_letter(assessment: Assessment, language: str) -> Pdf:
    """The page on paper, in large print."""
    context = result_context(assessment, language)
    return render_pdf(
        "pdf/participant_result.html",
        context,
        language=language,
        identifier=f"result-{assessment.code}-{assessment.version}-{language}",
        stylesheet="pdf/participant.css",
    )


def result_context(assessment: Assessment, language: str) -> dict[str, Any]:
    """What page and paper say, in ``language``."""
    with translation.override(language):
        progress = progress_of(assessment)
        in_words = TO_CHILD if assessment.instrument == InstrumentCode.CHILD else TO_FAMILY | TO_ADULT
        return {
            "assessment": assessment,
            "language": language,
            "dated": assessment.finalised_at,
            "name": assessment.case.participant.shown_name,
            "unit": assessment.case.lead_unit.name,
            "for_child": assessment.instrument == InstrumentCode.CHILD,
            "of_family": assessment.instrument == InstrumentCode.FAMILY,
            "looked_at": [words(domain.title) for domain in progress.domains],
            "judged": str(in_words.get(assessment.final_band, "")),
            # In the file of a child nothing is drawn or named with a colour, whoever was rated (I-7).
            "called": words(assessment.definition.band(assessment.final_band).label)
            if assessment.final_band and (not assessment.in_colours or not assessment.case.for_child)
            else "",
            "support": str(SUPPORT.get(assessment.support_level, "")),
            "strengths": _told("strength", (item for item in progress.asked if _is_strength(item, progress))),
            "needs": _told("need", (item for item in progress.asked if _is_need(item, progress))),
            "next_due": assessment.next_due,
            "replaced_on": assessment.ended_at if assessment.status == AssessmentStatus.SUPERSEDED else None,
            "own_view": assessment.participant_view,
        }


def _told(kind: str, items: Iterable[Item]) -> list[str]:
    """To the reader and in plain words; an item of a version that has none here is told as it stands."""
    return [words(participant_words().get((kind, item.text.id), item.text)) for item in items]


@cache
def participant_words() -> Mapping[tuple[str, str], Text]:
    """By kind (strength, need) and the item's Indonesian text."""
    entries = yaml.safe_load(WORDS.read_text(encoding="utf-8"))["words"]
    return {(kind, entry["of"]): Text(**told) for entry in entries for kind, told in entry.items() if kind != "of"}


def _value(item: Item, progress: Progress) -> int | None:
    answer = progress.answers.get(item.code)
    return answer.value if answer is not None and type(answer.value) is int else None


def tells_strength(item: Item) -> bool:
    return item.protective and item.scale.type == "ordinal" and not item.scale.higher_is_more_concern


def tells_need(item: Item) -> bool:
    """A need that can be named without telling who spoke of it: nothing that touches safety, contacts or views."""
    return item.critical == "none" and item.scale.type == "ordinal" and item.group in ("need", "readiness")


def _is_strength(item: Item, progress: Progress) -> bool:
    value = _value(item, progress)
    return value is not None and tells_strength(item) and value >= CLEAR


def _is_need(item: Item, progress: Progress) -> bool:
    value = _value(item, progress)
    if value is None or not tells_need(item):
        return False
    return value >= CLEAR if item.scale.higher_is_more_concern else value < CLEAR
