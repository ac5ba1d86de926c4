"""Akan bebas: who is on whose list, in which group, what is missing, and the tasks that come of it, once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import workflow
from cases.enums import CaseType, LegalStatusKind, TaskKind
from cases.models import CaseFile, LegalStatus, Task
from cases.policies.releases import releases_for
from cases.tasks import prepare_releases
from cases.workflow import releases
from core.acting import acting_as
from tests.cases.test_at_once import all_at_once, people
from tests.cast import Cast
from tests.factories import make_active_plan, make_case, make_child_case

__all__ = ["people"]
URL = reverse("cases:release-list")


def leaving(worker: Any, days: int, *, case: CaseFile | None = None, field: str = "release_date") -> LegalStatus:
    today = timezone.localdate()
    return LegalStatus.objects.create(
        case=case or make_case(worker),
        status=LegalStatusKind.PRISONER,
        valid_from=today - dt.timedelta(days=400),
        **{field: today + dt.timedelta(days=days)},
    )


def listed(client: Client, person: Any, query: str = "") -> dict[str, list[str]]:
    client.force_login(person)
    groups = client.get(URL + query).context["groups"]
    return {group["id"]: [row["case"].code for row in group["rows"]] for group in groups}


@pytest.mark.django_db
def test_the_nearest_come_first_in_three_groups(cast: Cast, client: Client) -> None:
    days = (31, 0, 180, 30, 90, 91, 181, -1)
    codes = {number: leaving(cast.worker, number).case.code for number in days}
    assert listed(client, cast.worker) == {
        "within-30": [codes[0], codes[30]],
        "within-90": [codes[31], codes[90]],
        "within-180": [codes[91], codes[180]],
    }


@pytest.mark.django_db
def test_the_end_of_supervision_counts_when_the_release_has_passed(cast: Cast, client: Client) -> None:
    today = timezone.localdate()
    status = leaving(cast.worker, -20)
    LegalStatus.objects.filter(pk=status.pk).update(supervision_end=today + dt.timedelta(days=12))
    client.force_login(cast.worker)
    (row,) = client.get(URL).context["groups"][0]["rows"]
    assert (str(row["what"]), row["left"]) == ("Akhir bimbingan", 12)


@pytest.mark.django_db
def test_each_sees_the_own_part(cast: Cast, client: Client) -> None:
    mine = leaving(cast.worker, 10).case
    other_unit = leaving(cast.other_unit, 11).case
    child = leaving(None, 12, case=make_child_case(cast.other_agency)).case
    seen = {
        name: [code for codes in listed(client, getattr(cast, name)).values() for code in codes]
        for name in ("worker", "neighbour", "supervisor", "other_unit_supervisor", "other_agency", "analyst")
    }
    assert seen == {
        "worker": [mine.code],
        "neighbour": [],
        "supervisor": [mine.code],
        "other_unit_supervisor": [other_unit.code],
        "other_agency": [child.code],
        "analyst": [mine.code, other_unit.code],  # adults alone
    }


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["admin", "cso", "auditor", "dpo"])
def test_others_have_no_such_list(cast: Cast, client: Client, name: str) -> None:
    client.force_login(getattr(cast, name))
    assert client.get(URL).status_code == 403


@pytest.mark.django_db
def test_survivors_stand_in_a_list_of_their_own(cast: Cast, client: Client) -> None:
    other = leaving(None, 9, case=make_case(cast.other_agency, case_type=CaseType.SOCIAL_ADULT)).case
    survivor = leaving(None, 9, case=make_case(cast.other_agency, case_type=CaseType.VICTIM)).case
    assert listed(client, cast.other_agency) == {"within-30": [other.code]}
    assert listed(client, cast.other_agency, "?list=victims") == {"within-30": [survivor.code]}


@pytest.mark.django_db
def test_what_is_still_missing_is_named_and_a_running_plan_is_not(cast: Cast, client: Client) -> None:
    status = leaving(cast.worker, 10)
    client.force_login(cast.analyst)
    (row,) = client.get(URL).context["groups"][0]["rows"]
    assert [str(label) for label in row["missing"]] == ["KRK final", "Rencana layanan"]
    make_active_plan(status.case, approver=cast.supervisor)
    client.force_login(cast.worker)
    (row,) = client.get(URL).context["groups"][0]["rows"]
    assert [str(label) for label in row["missing"]] == ["KRK final"]


@pytest.mark.django_db
def test_closed_cases_and_past_statuses_are_not_listed(cast: Cast) -> None:
    today = timezone.localdate()
    closed, past = leaving(cast.worker, 5).case, leaving(cast.worker, 5)
    workflow.close(closed, by=cast.supervisor, reason="menolak", note="Tidak mau lagi.")
    LegalStatus.objects.filter(pk=past.pk).update(valid_to=today)
    assert not releases_for(cast.worker, today).exists()


# ---- tasks ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(("left", "days"), [(0, 30), (30, 30), (31, 90), (90, 90), (91, 180), (180, 180)])
def test_the_milestone_is_the_nearest_that_was_reached(left: int, days: int) -> None:
    assert releases.milestone(left) == days


@pytest.mark.django_db
def test_the_clock_opens_one_task_a_milestone_however_often_it_runs(cast: Cast) -> None:
    status = leaving(cast.worker, 150)
    assert [prepare_releases(), prepare_releases()] == [1, 0]
    task = Task.objects.get(case=status.case)
    assert (task.kind, task.assignee, task.section) == (TaskKind.RELEASE, cast.worker, "legal")
    workflow.close_task(task, by=cast.worker, outcome="Sudah disiapkan.")
    assert prepare_releases() == 0  # done is done
    LegalStatus.objects.filter(pk=status.pk).update(release_date=timezone.localdate() + dt.timedelta(days=80))
    assert [prepare_releases(), prepare_releases()] == [1, 0]
    assert Task.objects.filter(case=status.case).count() == 2


@pytest.mark.django_db
def test_the_end_of_supervision_has_a_task_of_its_own_due_no_later_than_the_day(cast: Cast) -> None:
    status = leaving(cast.worker, 2, field="supervision_end")
    prepare_releases()
    task = Task.objects.get(case=status.case)
    assert task.kind == TaskKind.SUPERVISION_END
    assert timezone.localdate(task.due_at) <= status.supervision_end


def test_two_clocks_at_once_open_one_task(people: Cast) -> None:
    with acting_as(people.system.pk):
        status = leaving(people.worker, 20)
    opened = all_at_once(people, [prepare_releases] * 4)
    assert sorted(opened) == [0, 0, 0, 1]
    with acting_as(people.system.pk):
        assert Task.objects.filter(case=status.case).count() == 1


@pytest.mark.django_db
def test_the_list_goes_on_page_by_page_and_a_forged_cursor_shows_the_first(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.views.releases.SIZE", 2)
    codes = [leaving(cast.worker, days).case.code for days in (5, 5, 6, 100)]
    client.force_login(cast.worker)
    first = client.get(URL)
    assert first.context["count"] == 4
    second = client.get(URL + first.context["next_url"])
    shown = [
        [row["case"].code for group in page.context["groups"] for row in group["rows"]] for page in (first, second)
    ]
    assert shown == [codes[:2], codes[2:]]
    assert (second.context["next_url"], client.get(URL + second.context["previous_url"]).context["previous_url"]) == (
        "",
        "",
    )
    for cursor in ("x", "W251bGwsMSxmYWxzZV0", "WyIyMDI2LTAyLTMxIiwxLGZhbHNlXQ"):
        assert listed(client, cast.worker, f"?cursor={cursor}") == listed(client, cast.worker)
