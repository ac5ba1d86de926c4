"""Who is told of somebody whom another agency may know too."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import policies, workflow
from cases.enums import CaseType, EventKind, TaskKind
from cases.models import CaseFile, Participant, Task
from cases.tasks import escalate_late_tasks
from cases.workflow.matching import tell_of_matches
from core.acting import acting_as
from tests.cast import Cast
from tests.factories import NIK, make_case, make_person


def matches() -> set[tuple[int, int, str]]:
    return {(task.case_id, task.assignee_id, task.title) for task in Task.objects.filter(kind=TaskKind.MATCH)}


def test_supervisors_of_both_units_are_asked_to_call(cast: Cast) -> None:
    theirs = make_case(cast.other_agency, case_type=CaseType.SOCIAL_ADULT, person=make_person(full_name="Wiranto Adi"))
    ours = make_case(cast.worker, person=make_person(full_name="Wiranto Adi"))
    assert matches() == {
        (ours.pk, cast.supervisor.pk, cast.other_agency.unit.name),
        (theirs.pk, cast.other_agency_supervisor.pk, cast.worker.unit.name),
    }


def test_whoever_opened_the_case_hears_nothing(cast: Cast, client: Any) -> None:
    make_case(cast.other_agency, case_type=CaseType.SOCIAL_ADULT, person=make_person(full_name="Wiranto Adi"))
    ours = make_case(cast.worker, person=make_person(full_name="Wiranto Adi"))
    ours.refresh_from_db()
    assert not ours.has_due
    assert not policies.tasks_for(cast.worker).exists()
    assert not ours.events.exclude(kind=EventKind.CASE_OPENED).exists()
    client.force_login(cast.worker)
    for page in ("case-detail", "timeline", "identity"):
        assert (
            cast.other_agency.unit.name not in client.get(reverse(f"cases:{page}", args=[ours.code])).content.decode()
        )
    with acting_as(cast.worker.pk):
        assert not Task.objects.exists()
    task = Task.objects.get(kind=TaskKind.MATCH, case=ours)
    for due_on in (timezone.localdate() + dt.timedelta(days=3), timezone.localdate() - dt.timedelta(days=30)):
        task.refresh_from_db()
        workflow.amend_task(task, by=cast.supervisor, version=task.version, due_on=due_on, assignee=cast.supervisor)
    escalate_late_tasks()
    task.refresh_from_db()
    assert task.escalated_at is not None
    workflow.close_task(task, by=cast.supervisor, outcome="Orang lain.")
    assert not ours.events.exclude(kind=EventKind.CASE_OPENED).exists()


def test_of_many_namesakes_the_one_with_the_number_is_told(cast: Cast) -> None:
    for number in range(7):
        person = make_person(full_name="Wiranto Adi", **({"nik": NIK} if number == 3 else {}))
        make_case(cast.other_agency, case_type=CaseType.SOCIAL_ADULT, person=person)
    numbered = CaseFile.objects.exclude(participant__nik_index="").get()
    ours = make_case(cast.worker, person=make_person(full_name="Wiranto Adi", nik=NIK))
    assert {case for case, _assignee, _title in matches()} == {ours.pk, numbered.pk}


@pytest.mark.parametrize("kind", [CaseType.VICTIM, CaseType.SOCIAL_CHILD])
def test_of_a_child_or_a_survivor_only_the_unit_hears_that_has_the_file(cast: Cast, kind: CaseType) -> None:
    """Taken in at Bapas as an adult of the same year of birth, whatever is right."""
    born = dt.date(1990, 5, 17) if kind == CaseType.VICTIM else timezone.localdate() - dt.timedelta(days=4_000)
    theirs = make_case(cast.other_agency, case_type=kind, person=make_person(full_name="Wiranto Adi", birth_date=born))
    ours = make_case(cast.worker, person=make_person(full_name="Wiranto Adi"))
    if kind == CaseType.SOCIAL_CHILD:
        assert matches() == set()  # decades apart
        Participant.objects.filter(pk=theirs.participant_id).update(birth_date=None)
        tell_of_matches(ours, by=cast.worker)
    assert matches() == {(theirs.pk, cast.other_agency_supervisor.pk, cast.worker.unit.name)}


def test_the_own_agency_is_told_by_the_form_and_by_no_task(cast: Cast) -> None:
    make_case(cast.other_unit, person=make_person(full_name="Slamet Riadi"))
    make_case(cast.worker, person=make_person(full_name="Slamet Riadi"))
    assert matches() == set()
