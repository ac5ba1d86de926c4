"""Hari ini: what is left, in which order, answered where it stands."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import workflow
from cases.agenda import agenda_of, left_count
from cases.enums import CheckInResult, Priority, TaskKind
from cases.models import CaseFile, CheckIn, ReportingDuty
from cases.sentence import end_of
from tests.cast import Cast
from tests.factories import make_case, make_note, make_task

HTMX = {"HTTP_HX_REQUEST": "true"}


def local_now(cast: Cast) -> dt.datetime:
    return timezone.now().astimezone(cast.worker.unit.zone)


def make_duty(case: CaseFile, cast: Cast, days: int = 0, **fields: Any) -> ReportingDuty:
    """A report due ``days`` from today, at noon."""
    noon = local_now(cast).replace(hour=12, minute=0, second=0, microsecond=0)
    due_at = noon + dt.timedelta(days=days)
    fields.setdefault("frequency_days", 28)
    return workflow.set_reporting_duty(case, by=cast.worker, next_due_at=due_at, **fields)


def answer(client: Client, duty: ReportingDuty, result: str, **headers: Any) -> Any:
    data = {"result": result, "due_at": duty.next_due_at.isoformat(), "back": "today"}
    return client.post(reverse("cases:check-in", args=[duty.case.code]), data, **headers)


@pytest.fixture
def as_worker(cast: Cast, client: Client) -> Client:
    client.force_login(cast.worker)
    return client


def test_urgent_stands_first_then_the_oldest_due_date(cast: Cast) -> None:
    now = timezone.now()
    cases = [make_case(cast.worker) for _number in range(3)]
    make_task(cases[0], title="enam hari", due_at=now - dt.timedelta(days=6))
    make_task(cases[1], title="kemarin", due_at=now - dt.timedelta(days=1))
    make_task(
        cases[2], title="lindungi", kind=TaskKind.URGENT, priority=Priority.URGENT, due_at=now + dt.timedelta(hours=6)
    )
    agenda = agenda_of(cast.worker, now)
    assert [row.case for row in agenda.late] == [cases[2], cases[0], cases[1]]
    assert agenda.left == 3
    assert left_count(cast.worker, now) == 3


def test_an_urgent_row_leads_to_the_number_before_it_leads_to_the_note(cast: Cast, as_worker: Client) -> None:
    case = make_case(cast.worker)
    make_task(case, title="lindungi", kind=TaskKind.URGENT, priority=Priority.URGENT, due_at=timezone.now())
    (row,) = agenda_of(cast.worker, timezone.now()).late
    targets = {str(action.label): action.url for action in row.actions}
    page, _hash, anchor = targets["Hubungi"].partition("#")
    assert f'id="{anchor}"' in as_worker.get(page).content.decode(), "the number and the safe way stand there"
    assert targets["Catat"] == reverse("cases:note-new", args=[case.code])


def test_a_report_due_earlier_today_is_not_late_yet(cast: Cast) -> None:
    duty = make_duty(make_case(cast.worker), cast)
    evening = duty.next_due_at + dt.timedelta(hours=6)
    agenda = agenda_of(cast.worker, evening)
    assert [row.duty for row in agenda.today] == [duty]
    assert agenda.late == []


def test_what_is_due_this_week_is_counted_by_day(cast: Cast) -> None:
    first, second = make_case(cast.worker), make_case(cast.worker)
    make_duty(first, cast, days=2)
    make_duty(second, cast, days=2)
    due_day = local_now(cast).date() + dt.timedelta(days=3)
    make_task(first, title="Hubungi keluarga", due_at=end_of(due_day, cast.worker.unit.zone))
    agenda = agenda_of(cast.worker, timezone.now())
    assert [lines for _day, lines in agenda.week] == [
        ["Wajib lapor, 2 peserta"],
        [f"Hubungi keluarga, {first.participant.shown_name}"],
    ]
    assert agenda.left == 0


def test_returned_work_is_news_until_it_is_late(cast: Cast) -> None:
    case, now = make_case(cast.worker), timezone.now()
    make_task(case, kind=TaskKind.RETURNED, title="Tambah sumber untuk B2.", due_at=now + dt.timedelta(days=3))
    assert [line.words for line in agenda_of(cast.worker, now).news] == ["“Tambah sumber untuk B2.”"]
    later = agenda_of(cast.worker, now + dt.timedelta(days=5))
    assert later.news == []
    assert len(later.late) == 1


def test_people_without_contact_for_thirty_days_are_named(cast: Cast) -> None:
    long_ago = timezone.now() - dt.timedelta(days=60)
    silent = make_case(cast.worker, opened_at=long_ago)
    make_note(make_case(cast.worker, opened_at=long_ago), occurred_at=timezone.now() - dt.timedelta(days=3))
    agenda = agenda_of(cast.worker, timezone.now())
    assert [line.label for line in agenda.unseen] == [silent.participant.shown_name]
    assert agenda.unseen_count == 1


def test_only_the_own_caseload_is_on_the_list(cast: Cast) -> None:
    case = make_case(cast.worker)
    make_duty(case, cast)
    make_task(case, due_at=timezone.now() - dt.timedelta(days=2))
    for person in (cast.neighbour, cast.supervisor, cast.other_agency, cast.analyst, cast.cso):
        agenda = agenda_of(person, timezone.now())
        assert (agenda.left, agenda.week, agenda.unseen) == (0, [], []), person


def test_one_tap_answers_and_shows_it_where_it_was_given(cast: Cast, as_worker: Client) -> None:
    duty = make_duty(make_case(cast.worker), cast)
    page = answer(as_worker, duty, "hadir", **HTMX)
    text = page.content.decode()
    assert page.status_code == 200
    assert "<html" not in text
    assert "Urungkan" in text
    assert "hadir, " in text
    assert "<strong>Tersisa 0.</strong> Sudah selesai 1 dari 1." in text
    assert CheckIn.objects.get().result == CheckInResult.PRESENT


def test_the_answer_works_without_script(cast: Cast, as_worker: Client) -> None:
    duty = make_duty(make_case(cast.worker), cast)
    done = answer(as_worker, duty, "hadir", follow=True)
    assert done.redirect_chain == [(f"/?answered={duty.case.code}#row-{duty.case.code}", 302)]
    text = done.content.decode()
    assert "Urungkan" in text
    assert f'id="row-{duty.case.code}"' in text


def test_an_excuse_asks_its_reason_afterwards(cast: Cast, as_worker: Client) -> None:
    case = make_case(cast.worker)
    duty = make_duty(case, cast)
    assert "Alasan izin" in answer(as_worker, duty, "izin", **HTMX).content.decode()
    assert "Alasan izin" in as_worker.get("/").content.decode()
    url = reverse("cases:check-in-reason", args=[case.code])
    data = {"due_at": duty.next_due_at.isoformat(), "back": "today", "reason": ""}
    refused = as_worker.post(url, data, **HTMX)
    assert refused.status_code == 422
    assert "Tulis alasannya." in refused.content.decode()
    page = as_worker.post(url, data | {"reason": "Anak sakit"}, **HTMX)
    assert "Anak sakit" in page.content.decode()
    assert CheckIn.objects.get().reason == "Anak sakit"
    assert "Alasan izin" not in as_worker.get("/").content.decode()


def test_an_answer_can_be_taken_back(cast: Cast, as_worker: Client) -> None:
    case = make_case(cast.worker)
    duty = make_duty(case, cast)
    answer(as_worker, duty, "tidak_hadir", **HTMX)
    url = reverse("cases:check-in-undo", args=[case.code])
    page = as_worker.post(url, {"due_at": duty.next_due_at.isoformat(), "back": "today"}, **HTMX)
    assert "Tidak hadir" in page.content.decode()
    assert not CheckIn.objects.exists()
    assert agenda_of(cast.worker, timezone.now()).left == 1


def test_a_second_different_answer_is_refused_with_its_reason(cast: Cast, as_worker: Client) -> None:
    duty = make_duty(make_case(cast.worker), cast)
    answer(as_worker, duty, "hadir", **HTMX)
    assert answer(as_worker, duty, "hadir", **HTMX).status_code == 200
    refused = answer(as_worker, duty, "izin", **HTMX)
    assert refused.status_code == 409
    assert "sudah dijawab" in refused.content.decode()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"result": "mungkin", "due_at": "2026-01-01T00:00:00+00:00"},
        {"result": "hadir", "due_at": "kemarin"},
        {"result": "hadir", "due_at": ""},
    ],
)
def test_a_broken_answer_changes_nothing(cast: Cast, as_worker: Client, data: dict[str, str]) -> None:
    duty = make_duty(make_case(cast.worker), cast)
    done = as_worker.post(reverse("cases:check-in", args=[duty.case.code]), data | {"back": "today"})
    assert done.status_code in (302, 404)
    assert not CheckIn.objects.exists()


def test_others_cannot_answer(cast: Cast, client: Client) -> None:
    duty = make_duty(make_case(cast.worker), cast)
    expected = {"neighbour": 404, "supervisor": 403, "other_agency": 404, "cso": 404, "auditor": 404}
    for name, status in expected.items():
        client.force_login(getattr(cast, name))
        assert answer(client, duty, "hadir").status_code == status, name
    assert not CheckIn.objects.exists()


def test_nothing_to_do_says_so_and_names_what_comes_next(cast: Cast, as_worker: Client) -> None:
    assert "Semua beres untuk hari ini" in as_worker.get("/").content.decode()
    make_duty(make_case(cast.worker), cast, days=2)
    text = as_worker.get("/").content.decode()
    assert "Berikutnya: Wajib lapor" in text


def test_the_page_takes_the_same_queries_for_one_and_for_thirty(
    cast: Cast, as_worker: Client, django_assert_max_num_queries: Any
) -> None:
    def fill(number: int) -> None:
        for _index in range(number):
            case = make_case(cast.worker)
            make_duty(case, cast)
            make_task(case, due_at=timezone.now() - dt.timedelta(days=2))
            workflow.save_draft(case, by=cast.worker, form="note", client_id=case.client_id, data={"summary": ["a"]})
            make_note(make_case(cast.worker))

    fill(1)
    with django_assert_max_num_queries(40) as first:
        as_worker.get("/")
    fill(12)
    with django_assert_max_num_queries(len(first.captured_queries)):
        text = as_worker.get("/").content.decode()
    assert text.count("Tidak hadir") >= 13
