"""Alerts, changing a task, and late work that comes up to the supervisors; each nightly rule run twice and at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import workflow
from cases.agenda import agenda_of, left_count
from cases.enums import LegalStatusKind, Priority, TaskKind, TaskStatus
from cases.models import CaseFile, LegalStatus, Task
from cases.tasks import escalate_late_tasks, look_out
from core.acting import acting_as
from core.workdays import add_workdays
from core.workflow import StaleError, TransitionError
from tests.cases.test_at_once import all_at_once, people
from tests.cast import Cast
from tests.factories import make_case, make_task

__all__ = ["people"]


def silent_case(cast: Cast, days: int = 31) -> CaseFile:
    case = make_case(cast.worker)
    CaseFile.objects.filter(pk=case.pk).update(last_contact_at=timezone.now() - dt.timedelta(days=days))
    return case


def late_task(cast: Cast, days: int = 12, **fields: Any) -> Task:
    return make_task(make_case(cast.worker), due_at=timezone.now() - dt.timedelta(days=days), **fields)


# ---- what is noticed -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "kind"), [(29, None), (31, TaskKind.UNSEEN_30), (61, TaskKind.UNSEEN_60)])
def test_a_long_silence_is_an_alert_once(cast: Cast, days: int, kind: TaskKind | None) -> None:
    case = silent_case(cast, days)
    assert [look_out(), look_out()] == [1 if kind else 0, 0]
    assert list(Task.objects.filter(case=case).values_list("kind", flat=True)) == ([kind] if kind else [])


@pytest.mark.django_db
def test_a_closed_alert_does_not_come_back_for_the_same_silence(cast: Cast) -> None:
    case = silent_case(cast)
    look_out()
    workflow.close_task(Task.objects.get(case=case), by=cast.worker, outcome="Sudah ditelepon, sehat.")
    assert look_out() == 0
    CaseFile.objects.filter(pk=case.pk).update(last_contact_at=timezone.now() - dt.timedelta(days=40))
    assert look_out() == 1


@pytest.mark.django_db
def test_a_near_release_without_preparation_is_an_alert(cast: Cast) -> None:
    today = timezone.localdate()
    for days in (20, 40):
        LegalStatus.objects.create(
            case=make_case(cast.worker),
            status=LegalStatusKind.PRISONER,
            valid_from=today - dt.timedelta(days=300),
            release_date=today + dt.timedelta(days=days),
        )
    assert [look_out(), look_out()] == [1, 0]
    assert Task.objects.get().kind == TaskKind.UNREADY


def test_two_clocks_at_once_raise_one_alert_and_one_escalation(people: Cast) -> None:
    with acting_as(people.system.pk):
        silent_case(people)
        late_task(people)
    assert sum(all_at_once(people, [look_out] * 3)) == 1  # type: ignore[arg-type]
    assert sum(all_at_once(people, [escalate_late_tasks] * 3)) == 1  # type: ignore[arg-type]


# ---- seen and closed -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_alert_is_seen_in_one_tap_and_closed_with_a_reason(cast: Cast, client: Client) -> None:
    case = silent_case(cast)
    look_out()
    task = Task.objects.get(case=case)
    client.force_login(cast.worker)
    html = client.get("/").content.decode()
    assert "Peringatan saya" in html
    assert "Sudah saya lihat" in html
    assert client.post(reverse("cases:task-seen", args=[task.code])).status_code == 302
    assert client.post(reverse("cases:task-seen", args=[task.code])).status_code == 302  # a double click
    task.refresh_from_db()
    assert (task.status, task.seen_by, task.version) == (TaskStatus.IN_PROGRESS, cast.worker, 2)
    close = reverse("cases:task-close", args=[task.code])
    refused = client.post(close, {"ending": "done", "outcome": ""})
    assert refused.status_code == 422
    assert "outcome" in refused.context["form"].errors
    assert client.post(close, {"ending": "done", "outcome": "Ditelepon."}).status_code == 302
    task.refresh_from_db()
    assert task.status == TaskStatus.DONE


@pytest.mark.django_db
def test_nobody_else_sees_or_closes_it(cast: Cast, client: Client) -> None:
    case = silent_case(cast)
    look_out()
    task = Task.objects.get(case=case)
    for person in (cast.neighbour, cast.other_unit_supervisor, cast.analyst, cast.admin):
        with pytest.raises(PermissionDenied):
            workflow.see_alert(task, by=person)
    with pytest.raises(TransitionError):
        workflow.see_alert(late_task(cast), by=cast.worker)


@pytest.mark.django_db
def test_the_number_in_the_menu_counts_alerts_as_the_page_does(cast: Cast) -> None:
    silent_case(cast)
    late_task(cast)
    look_out()
    now = timezone.now()
    agenda = agenda_of(cast.worker, now)
    assert (len(agenda.alerts), agenda.left) == (1, left_count(cast.worker, now))


# ---- up to the supervisors -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_late_work_goes_up_once_and_the_supervisors_are_told(cast: Cast, client: Client) -> None:
    task = late_task(cast)
    assert [escalate_late_tasks(), escalate_late_tasks()] == [1, 0]
    task.refresh_from_db()
    assert task.escalated_at is not None
    (letter,) = mail.outbox
    assert letter.to == [cast.supervisor.email] or cast.supervisor.email in letter.bcc
    assert task.case.participant.full_name not in letter.body
    client.force_login(cast.supervisor)
    html = client.get("/", follow=True).content.decode()
    assert "Naik ke pengawas" in html
    assert reverse("cases:task-edit", args=[task.code]) in html


@pytest.mark.django_db
@pytest.mark.parametrize(("priority", "workdays"), [(Priority.URGENT, 1), (Priority.NORMAL, 5)])
def test_it_waits_the_working_days_of_its_priority(cast: Cast, priority: Priority, workdays: int) -> None:
    """Holidays between do not count: the day is found with the same calendar."""
    today = timezone.localdate(timezone=cast.worker.unit.zone)
    day = today
    while add_workdays(day, workdays) >= today:
        day -= dt.timedelta(days=1)
    late_enough = (today - day).days
    task = late_task(cast, days=late_enough + 1, priority=priority)
    fresh = late_task(cast, days=0, priority=priority)
    escalate_late_tasks()
    task.refresh_from_db()
    fresh.refresh_from_db()
    assert task.escalated_at is not None
    assert fresh.escalated_at is None


# ---- another day, another person -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_supervisor_gives_it_to_somebody_else_with_a_new_day(cast: Cast, client: Client) -> None:
    task = late_task(cast)
    escalate_late_tasks()
    workflow.assign(task.case, by=cast.supervisor, worker=cast.worker, co_workers=[cast.neighbour])
    task.refresh_from_db()
    client.force_login(cast.supervisor)
    url = reverse("cases:task-edit", args=[task.code])
    page = client.get(url)
    assert set(page.context["form"].fields["assignee"].queryset) == {cast.worker, cast.neighbour, cast.supervisor}
    data = {"title": task.title, "workdays": "3", "assignee": cast.neighbour.pk, "version": task.version}
    assert client.post(url, data).status_code == 302
    task.refresh_from_db()
    zone = task.case.lead_unit.zone
    assert (task.assignee, task.escalated_at) == (cast.neighbour, None)
    assert timezone.localdate(task.due_at, zone) == add_workdays(timezone.localdate(timezone=zone), 3)
    stale = client.post(url, data)
    assert stale.status_code == 409
    assert [row.name for row in stale.context["rows"]] != []


@pytest.mark.django_db
def test_what_may_not_be_changed(cast: Cast) -> None:
    task = late_task(cast)
    today = timezone.localdate()
    with pytest.raises(PermissionDenied):
        workflow.amend_task(task, by=cast.neighbour, version=1, due_on=today, assignee=cast.neighbour)
    with pytest.raises(TransitionError):
        workflow.amend_task(task, by=cast.worker, version=1, due_on=today, assignee=cast.other_unit)
    with pytest.raises(StaleError):
        workflow.amend_task(task, by=cast.worker, version=9, due_on=today, assignee=cast.worker)
    urgent = late_task(cast, kind=TaskKind.URGENT, priority=Priority.URGENT)
    with pytest.raises(TransitionError):
        workflow.amend_task(urgent, by=cast.worker, version=1, due_on=today, assignee=cast.worker)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "due_on"),
        ({"due_on": "2020-01-01"}, "due_on"),
        ({"due_on": "2030-01-01", "workdays": "3"}, "workdays"),
        ({"workdays": "0"}, "workdays"),
        ({"workdays": "3", "title": "x" * 10_000}, "title"),
    ],
)
def test_a_wrong_day_is_explained_beside_it(cast: Cast, client: Client, data: dict[str, str], field: str) -> None:
    case = make_case(cast.worker)
    client.force_login(cast.worker)
    answer = client.post(
        reverse("cases:task-new", args=[case.code]), {"title": "Telepon", "assignee": cast.worker.pk} | data
    )
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
