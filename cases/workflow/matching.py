"""A person taken in who may already be served by another agency: told to supervisors, and to nobody else (I-21, ET-3).

Whoever opened the case sees nothing of it and goes on. Each supervisor learns one thing, whom to call; neither sees
the other's file. That a child or a survivor has a file is told to no other unit: of such a match only the unit hears
that has the file.
"""

from __future__ import annotations

from accounts.models import Staff
from cases.enums import OPEN, Section, TaskKind
from cases.models import CaseFile
from cases.policies import matching
from cases.workflow.tasks import ask_supervisor
from core.acting import beyond_own_sight

WORKDAYS_TO_CALL = 5
# More than that is a common name and no match; the number is one whatever the name.
MOST = 5


def tell_of_matches(case: CaseFile, *, by: Staff) -> None:
    """After ``case`` was opened for somebody new."""
    person = case.participant
    sought = matching.Sought(
        person.full_name, person.birth_date.year if person.birth_date else None, person.mother_name, person.nik
    )
    with beyond_own_sight():
        others = CaseFile.objects.filter(status__in=OPEN).exclude(lead_agency=case.lead_agency)
        found = sought.among(others.exclude(participant=person).select_related("participant", "lead_unit__agency"))
    if len(found) > MOST:
        found = [other for other in found if person.nik_index and other.participant.nik_index == person.nik_index]
    for other in found:
        # Between two files that both keep their person hidden, the unit that had its own first is told.
        if not _is_kept_quiet(case) or _is_kept_quiet(other):
            _ask_to_call(other, about=case, by=by)
        if not _is_kept_quiet(other):
            _ask_to_call(case, about=other, by=by)


def _is_kept_quiet(case: CaseFile) -> bool:
    return case.is_child_file or case.is_victim_file or case.participant.is_child


def _ask_to_call(case: CaseFile, *, about: CaseFile, by: Staff) -> None:
    """A task for the supervisor of ``case``; it names the other unit, and nothing of its file."""
    ask_supervisor(
        case,
        TaskKind.MATCH,
        by=by,
        workdays=WORKDAYS_TO_CALL,
        title=about.lead_unit.name,
        section=Section.IDENTITY,
        source=f"match:{case.pk}:{about.pk}",
        path=f"/cases/{case.code}/identity/",
    )
