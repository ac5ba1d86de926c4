"""Tasks: opened once by a rule, made by hand for the team, closed by a person with what came of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from cases import workflow
from cases.agenda import agenda_of, left_count
from cases.enums import CaseStatus, ClosureReason, EventKind, Priority, TaskKind, TaskStatus
from cases.models import CaseEvent, CaseFile, Task
from core.workflow import TransitionError
from tests.cast import Cast
from tests.factories import make_case, make_task


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(cast.worker)


def urgent(case: CaseFile) -> Task:
    due_at = timezone.now() + dt.timedelta(hours=24)
    return make_task(case, kind=TaskKind.URGENT, priority=Priority.URGENT, title="Tekanan dari luar", due_at=due_at)


def close_url(task: Task) -> str:
    return reverse("cases:task-close", args=[task.code])


def test_a_rule_that_runs_twice_opens_one_task(case: CaseFile) -> None:
    assert make_task(case, source="assessment:1:B3") == make_task(case, source="assessment:1:B3")
    assert Task.objects.count() == 1


def test_the_list_of_cases_follows_the_nearest_due_date(case: CaseFile, cast: Cast) -> None:
    near, far = timezone.now() + dt.timedelta(days=2), timezone.now() + dt.timedelta(days=9)
    task = make_task(case, due_at=near)
    make_task(case, due_at=far)
    case.refresh_from_db()
    zone = cast.worker.unit.zone
    assert case.next_due_on == near.astimezone(zone).date()
    workflow.close_task(task, by=cast.worker, outcome="")
    case.refresh_from_db()
    assert case.next_due_on == far.astimezone(zone).date()


def test_a_task_is_closed_with_its_outcome(case: CaseFile, cast: Cast, client: Client) -> None:
    task = make_task(case)
    client.force_login(cast.worker)
    assert task.title in client.get(close_url(task)).content.decode()
    done = client.post(close_url(task), {"ending": "done", "outcome": "Sudah ditelepon."})
    assert (done.status_code, done["Location"]) == (302, "/")
    task.refresh_from_db()
    assert (task.status, task.outcome, task.closed_by) == (TaskStatus.DONE, "Sudah ditelepon.", cast.worker)
    assert CaseEvent.objects.get(kind=EventKind.TASK_DONE).summary == "Sudah ditelepon."
    assert "Selesai hari ini: 1" in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("is_urgent", "data", "message"),
    [
        (True, {"ending": "done"}, "Tulis apa yang sudah dilakukan"),
        (True, {"ending": "cancelled"}, "Tulis mengapa tugas ini tidak jadi"),
        (False, {"ending": "cancelled"}, "Tulis mengapa tugas ini tidak jadi"),
        (False, {"ending": "lupa"}, "valid"),
        (False, {}, "Pilih bagaimana tugas ini berakhir."),
        (False, {"ending": "done", "outcome": "a" * 2_001}, "Terlalu panjang: 2001 huruf"),
    ],
)
def test_what_is_missing_is_said_beside_the_field(
    case: CaseFile, cast: Cast, client: Client, is_urgent: bool, data: dict[str, str], message: str
) -> None:
    task = urgent(case) if is_urgent else make_task(case)
    client.force_login(cast.worker)
    refused = client.post(close_url(task), data | {"x": "1"})
    assert refused.status_code == 422
    assert message in refused.content.decode()
    task.refresh_from_db()
    assert task.is_open


def test_only_a_person_closes_what_protects_somebody(case: CaseFile, cast: Cast) -> None:
    task = urgent(case)
    with pytest.raises(PermissionDenied):
        workflow.close_task(task, by=cast.system, outcome="otomatis")
    with pytest.raises(PermissionDenied):
        workflow.finish_task(task, by=cast.worker)
    with pytest.raises(TransitionError):
        workflow.close_task(task, by=cast.worker, outcome=" ")
    workflow.close_task(task, by=cast.worker, outcome="Sudah dihubungi, aman.")
    plain = make_task(case)
    workflow.close_task(plain, by=cast.system, outcome="")


def test_a_closed_task_stays_closed(case: CaseFile, cast: Cast, client: Client) -> None:
    task = make_task(case)
    workflow.close_task(task, by=cast.worker, outcome="Selesai di telepon.")
    client.force_login(cast.worker)
    assert "Selesai di telepon." in client.get(close_url(task)).content.decode()
    again = client.post(close_url(task), {"ending": "cancelled", "outcome": "Batal, ia pindah rumah."})
    assert again.status_code == 409
    assert "Tugas ini sudah ditutup." in again.content.decode()
    assert "Batal, ia pindah rumah." in again.content.decode(), "what the second one typed is there to copy"
    task.refresh_from_db()
    assert task.status == TaskStatus.DONE


def test_who_may_close_a_task(case: CaseFile, cast: Cast, client: Client) -> None:
    task = make_task(case)
    expected = {"supervisor": 200, "neighbour": 404, "other_agency": 404, "analyst": 404, "cso": 404, "auditor": 404}
    for name, status in expected.items():
        client.force_login(getattr(cast, name))
        assert client.get(close_url(task)).status_code == status, name
        with pytest.raises(PermissionDenied) if status == 404 else pytest.raises(TransitionError):
            person = getattr(cast, name)
            workflow.close_task(task, by=person, outcome="x") if status == 404 else _close_twice(task, person)


def _close_twice(task: Task, person: Any) -> None:
    workflow.close_task(task, by=person, outcome="x")
    workflow.close_task(task, by=person, outcome="x")


def test_a_task_by_hand_goes_to_somebody_of_the_team(case: CaseFile, cast: Cast, client: Client) -> None:
    url = reverse("cases:task-new", args=[case.code])
    for person in (cast.supervisor, cast.worker):
        client.force_login(person)
        client.post(reverse("cases:reason", args=[case.code]), {"why": "supervision", "text": "", "next": ""})
        assert url in client.get(reverse("cases:case-detail", args=[case.code])).content.decode()
    day = timezone.localdate() + dt.timedelta(days=3)
    data = {"title": "Antar surat", "due_on": day.isoformat(), "assignee": cast.worker.pk}
    client.force_login(cast.supervisor)
    assert client.get(url).status_code == 200
    assert client.post(url, data).status_code == 302
    task = Task.objects.get()
    assert (task.title, task.assignee, task.kind) == ("Antar surat", cast.worker, TaskKind.FOLLOW_UP)
    assert client.post(url, data | {"assignee": cast.neighbour.pk}).status_code == 422
    for impossible in ("2020-01-01", "9999-12-31"):
        assert client.post(url, data | {"due_on": impossible}).status_code == 422
    assert client.post(url, data | {"title": ""}).status_code == 422
    assert Task.objects.count() == 1


def test_what_is_far_off_or_put_off_still_stands_on_the_case(case: CaseFile, cast: Cast, client: Client) -> None:
    far = make_task(case, title="Tanyakan kelas las", due_at=timezone.now() + dt.timedelta(days=30))
    until = timezone.localdate(timezone=cast.worker.unit.zone) + dt.timedelta(days=3)
    asleep = workflow.snooze_task(make_task(case, title="Telepon ayah"), by=cast.worker, until=until, reason="Cuti")
    client.force_login(cast.worker)
    page = html.fromstring(client.get(reverse("cases:case-detail", args=[case.code])).content)
    (card,) = page.xpath("//section[@id='tasks']")
    assert {link.get("href") for link in card.iter("a")} == {f"/tasks/{task.code}/edit/" for task in (far, asleep)}
    said = " ".join(card.text_content().split())
    assert "ditunda sampai" in said
    client.force_login(cast.supervisor)
    assert cast.worker.full_name in client.get(reverse("cases:case-detail", args=[case.code])).content.decode()


def test_a_closed_case_takes_no_new_task(case: CaseFile, cast: Cast) -> None:
    workflow.close(case, by=cast.supervisor, reason=ClosureReason.MOVED, note="Pindah kota.")
    case.refresh_from_db()
    assert case.status == CaseStatus.CLOSED
    with pytest.raises(TransitionError):
        workflow.create_task(case, by=cast.supervisor, title="x", due_on=timezone.localdate(), assignee=cast.worker)


def test_nobody_else_makes_tasks(case: CaseFile, cast: Cast, client: Client) -> None:
    url = reverse("cases:task-new", args=[case.code])
    for name in ("neighbour", "other_agency", "cso", "auditor", "dpo"):
        client.force_login(getattr(cast, name))
        assert client.get(url).status_code == 404, name
    for name in ("analyst", "admin"):
        client.force_login(getattr(cast, name))
        assert client.get(url).status_code in (403, 404), name


# ---- put off -------------------------------------------------------------------------------------------------------


def snooze(client: Client, task: Task, *, days: int = 3, reason: str = "Peserta sedang sakit") -> Any:
    until = (timezone.localdate() + dt.timedelta(days=days)).isoformat()
    return client.post(f"/tasks/{task.code}/snooze/", {"until": until, "reason": reason})


def test_a_task_put_off_leaves_the_day_and_comes_back(cast: Cast, client: Client, case: CaseFile) -> None:
    task = make_task(case, due_at=timezone.now() - dt.timedelta(days=1), title="Antar surat")
    client.force_login(cast.worker)
    assert "Antar surat" in client.get("/").content.decode()
    assert snooze(client, task).status_code == 302
    assert "Antar surat" not in client.get("/").content.decode().split("<main")[1]
    task.refresh_from_db()
    later = task.snoozed_until + dt.timedelta(minutes=1)
    assert [row.case for row in agenda_of(cast.worker, later).late] == [case]
    assert left_count(cast.worker, timezone.now()) == 0
    assert left_count(cast.worker, later) == 1
    # Late it is all the same, for everybody who looks on.
    assert Task.objects.overdue().filter(pk=task.pk).exists()
    assert case.events.filter(kind=EventKind.TASK_SNOOZED, summary="Peserta sedang sakit").exists()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [({"days": 0}, "until"), ({"days": 15}, "until"), ({"days": -1}, "until"), ({"reason": " "}, "reason")],
)
def test_a_snooze_that_cannot_be_is_refused(
    cast: Cast, client: Client, case: CaseFile, fields: dict[str, Any], wrong: str
) -> None:
    task = make_task(case)
    client.force_login(cast.worker)
    answer = snooze(client, task, **fields)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {wrong}
    arguments = {"until": timezone.localdate() + dt.timedelta(days=fields.get("days", 3)), "reason": "Sakit"} | {
        name: value for name, value in fields.items() if name == "reason"
    }
    with pytest.raises(TransitionError):
        workflow.snooze_task(task, by=cast.worker, **arguments)


@pytest.mark.parametrize("who", ["neighbour", "supervisor", "other_agency", "cso", "admin"])
def test_only_the_assignee_puts_a_task_off(cast: Cast, client: Client, case: CaseFile, who: str) -> None:
    task = make_task(case)
    client.force_login(getattr(cast, who))
    assert snooze(client, task).status_code == 404
    with pytest.raises(PermissionDenied):
        workflow.snooze_task(
            task, by=getattr(cast, who), until=timezone.localdate() + dt.timedelta(days=1), reason="Sakit"
        )


def test_what_protects_somebody_is_never_put_off(cast: Cast, client: Client, case: CaseFile) -> None:
    task = make_task(case, priority=Priority.URGENT)
    client.force_login(cast.worker)
    answer = snooze(client, task)
    assert answer.status_code == 409
    assert "Tindakan pelindungan tidak dapat ditunda." in answer.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(snoozed_until=timezone.now(), snooze_reason="x")


def test_a_closed_task_is_not_put_off(cast: Cast, client: Client, case: CaseFile) -> None:
    task = make_task(case)
    workflow.close_task(task, by=cast.worker, outcome="Sudah")
    client.force_login(cast.worker)
    assert snooze(client, task).status_code == 409


def test_a_new_worker_decides_anew_what_waits(cast: Cast, case: CaseFile) -> None:
    task = make_task(case)
    workflow.snooze_task(task, by=cast.worker, until=timezone.localdate() + dt.timedelta(days=5), reason="Sakit")
    workflow.assign(case, by=cast.supervisor, worker=cast.neighbour)
    task.refresh_from_db()
    assert (task.assignee, task.snoozed_until, task.snooze_reason) == (cast.neighbour, None, "")
