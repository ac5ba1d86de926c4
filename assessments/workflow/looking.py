"""Whether a free text that is being kept holds a word of the list, and what became of one that did (ET-8)."""

from __future__ import annotations

from collections.abc import Mapping

from assessments import wording
from assessments.enums import WordAnswer
from assessments.models import Assessment, WordCheck

# Places of texts that stand on the assessment itself; items and narratives have their codes.
FIRST_REASON, OVERRIDE_REASON = "first_reason", "override_reason"


def look(assessment: Assessment, texts: Mapping[str, tuple[str | None, str]]) -> None:
    """Note the words of these texts of a draft, by place: what was kept before (None: not kept) and what is kept now.

    No query where neither held a word: an answer is saved after every tap.
    """
    found = {place: wording.find(now) for place, (_before, now) in texts.items()}
    places = [place for place, (old, _now) in texts.items() if found[place] or old is None or wording.find(old)]
    if not places:
        return
    known = {check.place: check for check in WordCheck.objects.filter(assessment=assessment, place__in=places)}
    for place in places:
        check = known.get(place)
        if check is None and found[place]:
            WordCheck.objects.create(assessment=assessment, place=place, words=list(found[place]))
        elif check is not None and _is_moved(check, list(found[place])):
            check.save(update_fields=["words", "answer", "updated_at"])


def _is_moved(check: WordCheck, words: list[str]) -> bool:
    """Bring a check up to the text: other words are asked about anew, a text without any was reworded."""
    before = (check.words, check.answer)
    if not words:
        check.answer = WordAnswer.REWORDED
    else:
        if check.answer == WordAnswer.REWORDED or set(words) - set(check.words):
            check.answer = WordAnswer.ASKED
        check.words = words
    return before != (check.words, check.answer)
