"""The rater's answer to "is this about violence?" Nothing waits for it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Staff
from assessments.enums import WordAnswer
from assessments.models import Assessment, WordCheck
from assessments.workflow.draft import own_draft
from assessments.workflow.looking import look
from core.workflow import TransitionError

LONGEST_EXPLANATION = 1_000
LEAST_EXPLANATION = 10


@transaction.atomic
def ask_about(assessment: Assessment, *, by: Staff, place: str, text: str) -> None:
    """Note the words of a text that is kept only together with a judgement, so that it can be asked about before."""
    look(own_draft(assessment, by), {place: (None, text)})


@transaction.atomic
def about_violence(assessment: Assessment, *, by: Staff, place: str, explanation: str) -> None:
    """Yes, and in a few words which violence; what is too short to say it is kept, and the question stays.

    A text that was not asked about, or is reworded by now, is left as it is.
    """
    explanation = explanation.strip()
    assessment = own_draft(assessment, by)
    check = WordCheck.objects.filter(assessment=assessment, place=place).exclude(answer=WordAnswer.REWORDED).first()
    if check is None or explanation == check.explanation:
        return
    if len(explanation) > LONGEST_EXPLANATION:
        raise TransitionError(_("Paling banyak %(most)d huruf.") % {"most": LONGEST_EXPLANATION})
    check.explanation = explanation
    check.answer = WordAnswer.VIOLENCE if len(explanation) >= LEAST_EXPLANATION else WordAnswer.ASKED
    check.save(update_fields=["explanation", "answer", "updated_at"])
