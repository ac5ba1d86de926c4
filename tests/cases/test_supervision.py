"""Wajib lapor: answered once, explained afterwards, taken back the same day; three missed in a row go to the TPP."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import workflow
from cases.enums import CheckInResult, ClosureReason, EventKind, TaskKind, TaskStatus
from cases.models import CaseEvent, CaseFile, CheckIn, ReportingDuty, Task
from core.workflow import TransitionError
from tests.cast import Cast
from tests.factories import make_case, make_note

PRESENT, EXCUSED, ABSENT = CheckInResult.PRESENT, CheckInResult.EXCUSED, CheckInResult.ABSENT


@pytest.fixture
def duty(cast: Cast) -> ReportingDuty:
    due_at = timezone.now() - dt.timedelta(days=100)
    return workflow.set_reporting_duty(make_case(cast.worker), by=cast.worker, frequency_days=28, next_due_at=due_at)


def answer(duty: ReportingDuty, cast: Cast, result: CheckInResult) -> CheckIn:
    duty.refresh_from_db()
    return workflow.check_in(duty, by=cast.worker, result=result, due_at=duty.next_due_at)


def test_an_answer_plans_the_next_report(duty: ReportingDuty, cast: Cast) -> None:
    due_at = duty.next_due_at
    answer(duty, cast, PRESENT)
    duty.refresh_from_db()
    assert duty.next_due_at == due_at + dt.timedelta(days=28)
    duty.case.refresh_from_db()
    assert duty.case.next_due_on == duty.next_due_at.astimezone(cast.worker.unit.zone).date()
    assert duty.case.last_contact_at is not None


def test_the_same_answer_twice_is_one_and_another_is_refused(duty: ReportingDuty, cast: Cast) -> None:
    due_at = duty.next_due_at
    first = workflow.check_in(duty, by=cast.worker, result=EXCUSED, due_at=due_at)
    assert workflow.check_in(duty, by=cast.worker, result=EXCUSED, due_at=due_at) == first
    with pytest.raises(TransitionError, match="sudah dijawab"):
        workflow.check_in(duty, by=cast.worker, result=PRESENT, due_at=due_at)
    with pytest.raises(TransitionError, match="sudah berubah"):
        workflow.check_in(duty, by=cast.worker, result=PRESENT, due_at=due_at + dt.timedelta(days=1))


def test_missed_reports_become_a_call_and_at_three_a_task_for_the_tpp(duty: ReportingDuty, cast: Cast) -> None:
    for _time in range(3):
        answer(duty, cast, ABSENT)
    kinds = list(Task.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == [TaskKind.MISSED_REPORT, TaskKind.MISSED_REPORT, TaskKind.TPP_HEARING]
    duty.case.refresh_from_db()
    assert duty.case.is_open, "nothing but work for a person follows (I-26)"


def test_an_excuse_neither_counts_nor_forgives(duty: ReportingDuty, cast: Cast) -> None:
    answer(duty, cast, ABSENT)
    answer(duty, cast, EXCUSED)
    duty.refresh_from_db()
    assert duty.missed_in_a_row == 1
    answer(duty, cast, PRESENT)
    duty.refresh_from_db()
    assert duty.missed_in_a_row == 0


def test_an_undone_answer_leaves_the_case_as_it_was(duty: ReportingDuty, cast: Cast) -> None:
    note = make_note(duty.case)
    due_at = duty.next_due_at
    given = answer(duty, cast, ABSENT)
    workflow.undo_check_in(given, by=cast.worker)
    duty.refresh_from_db()
    duty.case.refresh_from_db()
    assert (duty.next_due_at, duty.missed_in_a_row) == (due_at, 0)
    assert duty.case.last_contact_at == note.occurred_at
    assert Task.objects.get().status == TaskStatus.CANCELLED
    assert not CaseEvent.objects.filter(kind=EventKind.CHECK_IN).exists()
    assert CaseEvent.objects.filter(kind=EventKind.TASK_CANCELLED).exists()
    assert CheckIn.history.rel.related_model.objects.filter(pgh_label="delete").count() == 1


def test_only_the_newest_answer_of_today_can_be_undone(duty: ReportingDuty, cast: Cast) -> None:
    first = answer(duty, cast, PRESENT)
    second = answer(duty, cast, PRESENT)
    with pytest.raises(TransitionError):
        workflow.undo_check_in(first, by=cast.worker)
    CheckIn.objects.filter(pk=second.pk).update(recorded_at=timezone.now() - dt.timedelta(days=1))
    second.refresh_from_db()
    with pytest.raises(TransitionError):
        workflow.undo_check_in(second, by=cast.worker)


def test_the_reason_stands_on_the_timeline(duty: ReportingDuty, cast: Cast, client: Client) -> None:
    given = answer(duty, cast, EXCUSED)
    workflow.explain_check_in(given, by=cast.worker, reason="Anak sakit")
    client.force_login(cast.worker)
    text = client.get(reverse("cases:timeline", args=[duty.case.code])).content.decode()
    assert "Wajib lapor: Izin" in text
    assert "Anak sakit" in text


def test_reporting_ends_with_the_case(duty: ReportingDuty, cast: Cast) -> None:
    workflow.close(duty.case, by=cast.supervisor, reason=ClosureReason.MOVED, note="Pindah kota.")
    with pytest.raises(TransitionError, match="sudah berakhir"):
        answer(duty, cast, PRESENT)


def test_others_neither_answer_nor_undo(duty: ReportingDuty, cast: Cast) -> None:
    given = answer(duty, cast, EXCUSED)
    duty.refresh_from_db()
    for name in ("neighbour", "supervisor", "other_agency", "cso", "analyst", "auditor", "dpo"):
        person = getattr(cast, name)
        with pytest.raises(PermissionDenied):
            workflow.check_in(duty, by=person, result=PRESENT, due_at=duty.next_due_at)
        with pytest.raises(PermissionDenied):
            workflow.undo_check_in(given, by=person)
        with pytest.raises(PermissionDenied):
            workflow.explain_check_in(given, by=person, reason="x")


def test_the_page_of_its_own_answers_explains_and_undoes(duty: ReportingDuty, cast: Cast, client: Client) -> None:
    client.force_login(cast.worker)
    url = reverse("cases:check-in", args=[duty.case.code])
    due_at = duty.next_due_at.isoformat()
    assert "Tidak hadir" in client.get(url).content.decode()
    asked = client.post(url, {"result": "tidak_hadir", "due_at": due_at}, follow=True)
    assert asked.redirect_chain == [(url, 302)]
    assert "Alasan tidak hadir" in asked.content.decode()
    assert client.post(f"{url}reason/", {"due_at": due_at, "reason": " "}).status_code == 422
    told = client.post(f"{url}reason/", {"due_at": due_at, "reason": "Ban bocor"}, follow=True)
    assert "Ban bocor" in told.content.decode()
    undone = client.post(f"{url}undo/", {"due_at": due_at}, follow=True)
    assert "Ban bocor" not in undone.content.decode()
    assert client.post(f"{url}undo/", {"due_at": due_at}).status_code == 404


def test_a_case_without_reporting_has_no_such_page(cast: Cast, client: Client) -> None:
    case: CaseFile = make_case(cast.worker)
    client.force_login(cast.worker)
    assert client.get(reverse("cases:check-in", args=[case.code])).status_code == 404
