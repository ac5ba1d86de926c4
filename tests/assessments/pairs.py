"""Two ratings of the same person, moved on the ordinary way."""

from django.utils import timezone

from assessments import workflow
from assessments.enums import SecondOutcome
from core.acting import acting_as
from tests.assessments.filling import hand_in, judged, quick

WORDS = "Saya tidak setuju: saya tidak lagi bertemu kelompok itu."


def today():
    return timezone.localdate()


def contest(first, by, **fields):
    return workflow.contest(first, by=by, **({"reason": WORDS, "received_on": today()} | fields))


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def name(pair, cast, rater=None):
    return workflow.name_rater(pair, by=cast.supervisor, version=fresh(pair).version, rater=rater or cast.neighbour)


def rate(pair, by):
    """The second rating, handed in by its rater acting under the row policies."""
    with acting_as(by.pk):
        return hand_in(judged(quick(workflow.start_second(pair, by=by))))


def agree(both, by):
    """What the two raters agree on, handed in by one of them."""
    with acting_as(by.pk):
        return hand_in(judged(quick(workflow.start_joint(both, by=by))))


def decide(pair, by, outcome=SecondOutcome.UPHELD, reason="Dibahas bersama kedua penilai.", **fields):
    return workflow.decide(
        pair, by=by, **({"version": fresh(pair).version, "outcome": outcome, "reason": reason} | fields)
    )
