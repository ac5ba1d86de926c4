"""The question beside a free text that holds a word of the list: is this about violence? It blocks nothing (ET-8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments import wording, workflow
from assessments.enums import WordAnswer
from assessments.forms import words
from assessments.models import Assessment, WordCheck
from assessments.progress import OWN_VIEW
from assessments.views.parts import staff
from assessments.workflow.looking import FIRST_REASON, OVERRIDE_REASON
from core.workflow import TransitionError

PLEASE_LOOK = gettext_lazy("Lihat pertanyaan di bawah tulisan Anda. Jawab bila perlu, lalu kirim lagi.")


@dataclass(frozen=True)
class Check:
    """The question as the page draws it: which words, what they often stand for, and what was answered."""

    place: str
    found: Mapping[str, str]
    answer: str
    explanation: str
    problem: str = ""

    @property
    def key(self) -> str:
        """Names what is asked about, so that a page that already asks is not asked again."""
        return ",".join(self.found)

    @property
    def words(self) -> list[str]:
        return list(self.found.values())

    @property
    def kinds(self) -> list[str]:
        """What the words often stand for, each once."""
        known = wording.word_list()
        return list(dict.fromkeys(words(known.kinds[word.kind]) for word in known.words if word.code in self.found))

    @property
    def is_answered(self) -> bool:
        return self.answer == WordAnswer.VIOLENCE

    def is_new_to(self, request: HttpRequest) -> bool:
        """Whether the page that was posted did not yet ask about these words."""
        return not self.is_answered and request.POST.get(f"{self.place}-asked", "") != self.key


def narratives_of(assessment: Assessment, codes: Iterable[str]) -> dict[str, str]:
    """The rater's own texts; what the participant said stands in the participant's words."""
    return {code: assessment.narratives.get(code, "") for code in codes if code != OWN_VIEW}


def checks_for(
    assessment: Assessment, texts: Mapping[str, str], problems: Mapping[str, str] | None = None
) -> dict[str, Check]:
    """The question for each of these texts that calls for one; no query where none does."""
    found = {place: hits for place, text in texts.items() if (hits := wording.find(text))}
    if not found:
        return {}
    rows = {row.place: row for row in WordCheck.objects.filter(assessment=assessment, place__in=list(found))}
    return {
        place: Check(
            place,
            hits,
            rows[place].answer if place in rows else WordAnswer.ASKED,
            rows[place].explanation if place in rows else "",
            (problems or {}).get(place, ""),
        )
        for place, hits in found.items()
    }


def keep_answers(request: HttpRequest, assessment: Assessment, places: Iterable[str]) -> dict[str, str]:
    """Keep what was answered on the posted page; what could not be kept, by place, with the reason."""
    problems = {}
    for place in places:
        typed = request.POST.get(f"{place}-words")
        if typed is None:
            continue
        try:
            workflow.about_violence(assessment, by=staff(request), place=place, explanation=typed)
        except TransitionError as refused:
            problems[place] = str(refused.message)
    return problems


def blocks(
    request: HttpRequest, assessment: Assessment, texts: Mapping[str, str], problems: Mapping[str, str]
) -> list[dict[str, Any]]:
    """For an autosave: the questions that the page must draw anew, because the text has other words than it shows."""
    checks = checks_for(assessment, texts, problems)
    return [
        {"place": place, "check": checks.get(place)}
        for place in texts
        if (checks[place].key if place in checks else "") != request.POST.get(f"{place}-asked", "")
        or place in problems
    ]


def keep_and_ask(request: HttpRequest, assessment: Assessment, texts: Mapping[str, str]) -> list[dict[str, Any]]:
    return blocks(request, assessment, texts, keep_answers(request, assessment, texts))


def for_reading(assessment: Assessment) -> list[dict[str, Any]]:
    """Every question of an assessment and its answer, for those who read it."""
    rows = list(assessment.word_checks.all())
    if not rows:
        return []
    labels = {narrative.code: words(narrative.label) for narrative in assessment.definition.narratives}
    labels |= {FIRST_REASON: _("Alasan singkat"), OVERRIDE_REASON: _("Alasan berbeda")}
    kinds = {word.code: words(wording.word_list().kinds[word.kind]) for word in wording.word_list().words}
    return [
        {
            "place": labels.get(row.place, row.place),
            "kinds": ", ".join(dict.fromkeys(kinds[code] for code in row.words if code in kinds)),
            "answer": row.get_answer_display(),
            "explanation": row.explanation,
        }
        for row in rows
    ]
