"""An age in doubt counts as a child's until a supervisor of the case's unit decides (ET-3; issue: modes, populations).

The decision is the person's, so it counts in every file of theirs; it ends when what it rested on changes.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases import policies
from cases.enums import EventKind, Right, Section
from cases.models import CaseFile, Participant
from cases.workflow.adulthood import count_as_adult
from cases.workflow.person import become_child_again, drop_age_decision, files_of, keep_child_files, tell_of_age
from core.acting import beyond_own_sight
from core.workflow import FieldError, TransitionError, lock, lock_version

# Letters: enough to name what the decision rests on.
LEAST = 30


@transaction.atomic
def decide_adult(case: CaseFile, *, by: Staff, version: int, reason: str) -> Participant:
    """From now on the person counts as an adult. ``version``: of the person's row that was read; StaleError otherwise.

    Refused where the birth date leaves no doubt, in either direction.
    """
    policies.require(by, Right.APPROVE, case, Section.IDENTITY)
    person = lock_version(case.participant, version)
    if person.adult_decided_at is not None:
        raise TransitionError(_("Umur orang ini sudah diputuskan."))
    files = files_of(person)
    if any(file.restricted_at is not None for file in files):  # UU PDP Pasal 11: nothing new is done with the data
        raise TransitionError(_("Pemrosesan data orang ini dibatasi atas permintaan peserta."))
    if not person.age_in_doubt:
        raise TransitionError(_("Tanggal lahirnya tidak meragukan. Tidak ada yang perlu diputuskan."))
    person.adult_decided_at, person.adult_decided_by, person.adult_reason = timezone.now(), by, _grounds(reason)
    person.save()
    for file in files:
        with beyond_own_sight():  # other agencies' files too: it is one person
            count_as_adult(lock(file), by=by)
        tell_of_age(file, EventKind.AGE_DECIDED, by=by, words=person.adult_reason)
    return person


@transaction.atomic
def withdraw_adult(case: CaseFile, *, by: Staff, version: int, reason: str) -> Participant:
    """Take the decision back: in doubt again, and so a child's. What was done meanwhile stays as it was written."""
    policies.require(by, Right.APPROVE, case, Section.IDENTITY)
    person = lock_version(case.participant, version)
    if person.adult_decided_at is None:
        raise TransitionError(_("Tidak ada keputusan umur yang berlaku."))
    drop_age_decision(person, by=by, words=_grounds(reason))
    person.save()
    keep_child_files(person)
    become_child_again(files_of(person), by=by)
    return person


def _grounds(reason: str) -> str:
    words = reason.strip()
    if len(words) < LEAST:
        raise FieldError({"reason": _("Terlalu pendek: paling sedikit %(least)d huruf.") % {"least": LEAST}})
    return words
