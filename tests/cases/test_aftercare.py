"""After-care: four dates, set once, answered by a person, and going on as long as the after-care date says."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.enums import InstrumentCode
from cases import workflow
from cases.enums import CaseStatus, ClosureReason, EventKind, TaskKind, TaskStatus
from cases.enums.sessions import FollowUpOutcome
from cases.models import CaseEvent, CaseFile, FollowUp, Task
from cases.workflow.aftercare import begin_aftercare, months_after
from core.workflow import TransitionError
from tests.cast import Cast
from tests.factories import make_case, make_child_case, make_final_assessment, make_note

S, F = CaseStatus, FollowUpOutcome


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(cast.worker, status=S.AFTERCARE)


def url(row: FollowUp) -> str:
    return reverse("cases:follow-up", args=[row.case.code, row.code])


def task_of(case: CaseFile) -> list[Task]:
    return list(Task.objects.open().filter(case=case, kind=TaskKind.AFTERCARE))


@pytest.mark.parametrize(
    ("day", "months", "due"),
    [
        (dt.date(2026, 11, 30), 3, dt.date(2027, 2, 28)),
        (dt.date(2027, 11, 30), 3, dt.date(2028, 2, 29)),
        (dt.date(2026, 12, 31), 6, dt.date(2027, 6, 30)),
        (dt.date(2026, 1, 15), 12, dt.date(2027, 1, 15)),
        (dt.date(2028, 2, 29), 24, dt.date(2030, 2, 28)),
        (dt.date(2026, 12, 1), 24, dt.date(2028, 12, 1)),
    ],
)
def test_dates_are_counted_in_months(day: dt.date, months: int, due: dt.date) -> None:
    assert months_after(day, months) == due


def test_coming_to_aftercare_sets_four_dates_and_opens_one_task(case: CaseFile, cast: Cast) -> None:
    today = timezone.localdate(timezone=case.lead_unit.zone)
    rows = list(case.follow_ups.all())
    assert [(row.month, row.due_on) for row in rows] == [(m, months_after(today, m)) for m in (3, 6, 12, 24)]
    (task,) = task_of(case)
    assert (task.assignee, task.path) == (cast.worker, url(rows[0]))
    assert task.due_at.astimezone(case.lead_unit.zone).date() == rows[0].due_on


def test_suspended_and_resumed_they_are_not_set_again(case: CaseFile, cast: Cast) -> None:
    workflow.suspend(case, by=cast.supervisor, reason="Ditahan.")
    workflow.resume(case, by=cast.supervisor)
    begin_aftercare(case, by=cast.worker, since=timezone.localdate())
    assert (case.follow_ups.count(), len(task_of(case))) == (4, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUp.objects.create(
            case=case, month=3, started_on=timezone.localdate(), due_on=timezone.localdate() + dt.timedelta(days=90)
        )


def test_a_person_records_and_the_next_task_opens(case: CaseFile, cast: Cast, client: Client) -> None:
    first = case.follow_ups.first()
    note = make_note(case, occurred_at=timezone.now())
    client.force_login(cast.worker)
    page = client.get(url(first)).content.decode()
    assert note.code in page
    for form, said in (
        ({"outcome": "", "words": "Baik."}, "Pilih hasilnya."),
        ({"outcome": "reached"}, "Tulis keterangannya, atau pilih catatan kontaknya."),
        ({"outcome": "reached", "note": "ZZZZ-ZZZZ", "words": "Baik."}, "Pilih catatan dari kasus ini."),
        ({"outcome": "reached", "words": "x" * 10_000}, "Terlalu panjang: 10000 huruf"),
    ):
        answer = client.post(url(first), form | {"version": 1})
        assert (answer.status_code, said in answer.content.decode()) == (422, True), form
        assert form.get("words", "") in answer.content.decode()
    words = "Bekerja di bengkel. <b>Baik</b> 🙏"
    form = {"outcome": "reached", "note": note.code, "words": words, "version": 1}
    for _time in range(2):  # a double click
        assert client.post(url(first), form).status_code == 302
    first.refresh_from_db()
    assert (first.outcome, first.words, first.note, first.answered_by) == (F.REACHED, words, note, cast.worker)
    assert CaseEvent.objects.filter(case=case, kind=EventKind.FOLLOW_UP).count() == 1
    assert [task.path for task in task_of(case)] == [url(case.follow_ups.all()[1])]
    done = Task.objects.get(case=case, kind=TaskKind.AFTERCARE, status=TaskStatus.DONE)
    assert done.closed_by == cast.worker
    stale = client.post(url(first), {"outcome": "refused", "words": "Tulisan dari tab lain", "version": 1})
    assert (stale.status_code, "Tulisan dari tab lain" in stale.content.decode()) == (409, True)


def test_who_was_not_reached_can_be_tried_again(case: CaseFile, cast: Cast) -> None:
    first = case.follow_ups.first()
    workflow.record_follow_up(first, by=cast.worker, outcome=F.NOT_REACHED, words="Telepon mati.")
    workflow.record_follow_up(first, by=cast.worker, outcome=F.REACHED, words="Bertemu di pasar.")
    first.refresh_from_db()
    assert first.outcome == F.REACHED
    with pytest.raises(TransitionError, match="sudah dicatat"):
        workflow.record_follow_up(first, by=cast.worker, outcome=F.REFUSED, words="Lain.")
    assert len(task_of(case)) == 1


def test_two_tries_told_at_once_are_both_kept(case: CaseFile, cast: Cast, client: Client) -> None:
    first = case.follow_ups.first()
    opened = {"outcome": "not_reached", "version": first.version}
    workflow.record_follow_up(first, by=cast.worker, outcome=F.NOT_REACHED, words="Telepon mati.")
    client.force_login(cast.worker)
    stale = client.post(url(first), opened | {"words": "Rumahnya kosong."})
    assert stale.status_code == 409
    for words in ("Telepon mati.", "Rumahnya kosong."):
        assert words in stale.content.decode()
    sent = {"outcome": "not_reached", "words": "Rumahnya kosong.", "version": stale.context["form"]["version"].value()}
    assert client.post(url(first), sent).status_code == 302
    told = CaseEvent.objects.filter(case=case, kind=EventKind.FOLLOW_UP).values_list("summary", flat=True)
    assert sorted(told) == ["not_reached: Rumahnya kosong.", "not_reached: Telepon mati."]


def test_only_the_team_records(case: CaseFile, cast: Cast) -> None:
    first = case.follow_ups.first()
    for name, person in cast:
        if name in ("worker", "system"):
            continue
        with pytest.raises(PermissionDenied):
            workflow.record_follow_up(first, by=person, outcome=F.REACHED, words="Baik.")
    other = make_note(make_case(cast.worker))
    with pytest.raises(PermissionDenied):
        workflow.record_follow_up(first, by=cast.worker, outcome=F.REACHED, note=other)


def test_the_case_page_lists_them(case: CaseFile, cast: Cast, client: Client) -> None:
    FollowUp.objects.filter(case=case, month=3).update(due_on=timezone.localdate() - dt.timedelta(days=40))
    FollowUp.objects.filter(case=case, month=6).update(due_on=timezone.localdate() - dt.timedelta(days=2))
    client.force_login(cast.worker)
    text = client.get(reverse("cases:case-detail", args=[case.code])).content.decode()
    for row in case.follow_ups.all():
        assert url(row) in text
    assert "Terlewat" in text
    assert "Lewat 2 hari" in text
    client.force_login(cast.analyst)
    assert url(row) not in client.get(reverse("cases:case-detail", args=[case.code])).content.decode()


def close(case: CaseFile, cast: Cast, *, until: dt.date | None, reason: Any = ClosureReason.COMPLETED) -> CaseFile:
    supervisor = cast.supervisor if case.lead_unit_id == cast.supervisor.unit_id else cast.other_agency_supervisor
    if not case.assessments.final().filter(instrument=InstrumentCode.FAMILY).exists():
        make_final_assessment(case, approver=supervisor, instrument=InstrumentCode.FAMILY)
    return workflow.close(case, by=supervisor, reason=reason, aftercare_until=until, note="Catatan.")


def test_closing_keeps_what_is_due_up_to_the_aftercare_date(case: CaseFile, cast: Cast) -> None:
    until = case.follow_ups.get(month=12).due_on
    case = close(case, cast, until=until)
    assert [row.month for row in case.follow_ups.open()] == [3, 6, 12]
    first = case.follow_ups.first()
    workflow.record_follow_up(first, by=cast.worker, outcome=F.REACHED, words="Baik, di rumah baru.")
    assert [task.path for task in task_of(case)] == [url(case.follow_ups.get(month=6))]
    with pytest.raises(TransitionError, match="tidak berlaku lagi"):
        workflow.record_follow_up(case.follow_ups.get(month=24), by=cast.worker, outcome=F.REACHED, words="Baik.")


def test_a_case_that_never_was_in_aftercare_gets_its_dates_at_the_end(cast: Cast) -> None:
    case = make_case(cast.worker)
    case = close(case, cast, until=timezone.localdate() + dt.timedelta(days=200))
    assert [row.month for row in case.follow_ups.open()] == [3, 6]
    assert [task.assignee for task in task_of(case)] == [cast.worker]


@pytest.mark.parametrize("reason", [ClosureReason.MOVED, ClosureReason.DECLINED, ClosureReason.UNREACHABLE])
def test_closing_for_another_reason_ends_them(case: CaseFile, cast: Cast, reason: ClosureReason) -> None:
    case = close(case, cast, until=None, reason=reason)
    assert (case.follow_ups.open().count(), task_of(case)) == (0, [])


def test_of_a_childs_file_nobody_is_asked_after_its_sealing(cast: Cast) -> None:
    case = make_child_case(cast.other_agency, status=S.AFTERCARE)
    assert case.follow_ups.open().count() == 4
    case = close(case, cast, until=timezone.localdate() + dt.timedelta(days=400))
    assert (FollowUp.objects.filter(case=case).open().count(), task_of(case)) == (0, [])


def test_reopening_ends_the_old_dates_and_a_second_aftercare_sets_new_ones(case: CaseFile, cast: Cast) -> None:
    workflow.record_follow_up(case.follow_ups.first(), by=cast.worker, outcome=F.REACHED, words="Baik.")
    case = close(case, cast, until=timezone.localdate() + dt.timedelta(days=800))
    case = workflow.reopen(case, by=cast.supervisor, reason="Kembali melapor.")
    assert case.follow_ups.open().count() == 0
    while case.status != S.AFTERCARE:
        case = workflow.move_on(case, by=cast.worker)
    assert [row.month for row in case.follow_ups.open()] == [3, 6, 12, 24]
    assert case.follow_ups.count() == 8
