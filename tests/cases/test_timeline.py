"""The timeline: row by row through the section of each event, in pages, at one cost for ten lines and thousands."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import workflow
from cases.enums import ClosureReason, EventKind, LegalStatusKind, Section, TaskKind
from cases.models import CaseEvent, CaseFile, LegalEvent, ReturnEvent
from cases.timeline import _ICON_OF, GROUPS, timeline_items
from core.templatetags.ui import icon
from tests.cast import Cast
from tests.factories import make_case, make_note, make_task


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(cast.worker)


def url(case: CaseFile) -> str:
    return reverse("cases:timeline", args=[case.code])


def fill(case: CaseFile, cast: Cast, number: int) -> None:
    """``number`` plain lines and one note with its correction in every ten."""
    start = timezone.now() - dt.timedelta(days=400)
    CaseEvent.objects.bulk_create(
        CaseEvent(
            case=case,
            section=Section.SUMMARY,
            kind=EventKind.TASK_DONE,
            actor=cast.worker,
            at=start + dt.timedelta(minutes=index),
            summary=f"Pekerjaan {index}.",
        )
        for index in range(number)
    )


def test_every_kind_has_a_group_and_an_icon_that_exists() -> None:
    assert set(_ICON_OF) == set(EventKind)
    for name in {*_ICON_OF.values(), *(group.icon for group in GROUPS.values())}:
        assert "<svg" in icon(name)


def test_newest_comes_first_and_pages_lead_to_the_oldest(case: CaseFile, cast: Cast, client: Client) -> None:
    fill(case, cast, 120)
    client.force_login(cast.worker)
    address, seen = url(case), []
    while address:
        text = client.get(address).content.decode()
        seen += re.findall(r"Pekerjaan (\d+)\.", text)
        following = re.search(r'rel="next"\s+href="([^"]+)"', text)
        address = url(case) + following[1].replace("&amp;", "&") if following else ""
    assert [int(number) for number in seen] == list(range(119, -1, -1))


def test_one_group_alone_can_be_read(case: CaseFile, cast: Cast, client: Client) -> None:
    make_note(case, summary="Bengkel ramai.")
    make_task(case, title="Antar surat")
    client.force_login(cast.worker)
    only_notes = client.get(url(case), {"kind": "notes"}).content.decode()
    assert "Bengkel ramai." in only_notes
    assert "Antar surat" not in only_notes
    everything = client.get(url(case), {"kind": "rahasia"}).content.decode()
    assert "Antar surat" in everything
    assert "Tidak ada kejadian yang cocok" in client.get(url(case), {"kind": "referrals"}).content.decode()


def test_each_line_needs_the_right_to_its_section(case: CaseFile, cast: Cast, client: Client) -> None:
    make_note(case, summary="Bengkel ramai.")
    workflow.close_task(make_task(case, title="Antar surat"), by=cast.worker, outcome="Surat diterima ibunya.")
    private = ("Bengkel ramai.", "Antar surat", "Surat diterima ibunya.")
    client.force_login(cast.supervisor)
    text = client.get(url(case)).content.decode()
    assert all(words in text for words in private)
    client.force_login(cast.analyst)
    text = client.get(url(case)).content.decode()
    assert "Kasus dibuka" in text
    assert not [words for words in private if words in text]
    for name in ("neighbour", "other_agency", "cso", "auditor", "dpo"):
        client.force_login(getattr(cast, name))
        assert client.get(url(case)).status_code == 404, name


def test_why_a_case_ended_is_read_by_whoever_reads_its_notes(case: CaseFile, cast: Cast, client: Client) -> None:
    workflow.close(case, by=cast.supervisor, reason=ClosureReason.MOVED, note="Pindah ke rumah kakaknya.")
    for person, reads in ((cast.worker, True), (cast.analyst, False)):
        client.force_login(person)
        for page in (url(case), reverse("cases:case-detail", args=[case.code])):
            text = client.get(page).content.decode()
            assert "Kasus ditutup: Pindah" in text
            assert ("rumah kakaknya" in text) == reads


def test_a_correction_stands_under_its_note(case: CaseFile, cast: Cast) -> None:
    note = make_note(case)
    workflow.amend_note(note, by=cast.worker, reason="Salah nama", summary="Paman.", client_id=uuid.uuid4())
    events = CaseEvent.objects.filter(case=case).select_related("actor", "case")
    items = timeline_items(events, cast.worker, reads_notes=True)
    with_note = next(item for item in items if item["amendments"])
    assert with_note["title"] == "Telepon"
    assert with_note["amendments"][0]["title"] == "Pembetulan: Salah nama"
    assert all(item["title"] != EventKind.NOTE_AMENDED.label for item in items)
    alone = timeline_items(events.filter(kind=EventKind.NOTE_AMENDED), cast.worker, reads_notes=True)
    assert [item["title"] for item in alone] == [EventKind.NOTE_AMENDED.label]


def test_a_legal_line_says_what_it_is_and_its_own_day(case: CaseFile, cast: Cast) -> None:
    """It stands where it was written down, which may be years later."""
    day = {"valid_from": dt.date(2022, 3, 1), "release_date": dt.date(2026, 2, 20)}
    status = workflow.add_legal_status(case, by=cast.worker, status=LegalStatusKind.PRISONER, **day)
    workflow.end_legal_status(status, by=cast.worker, on=dt.date(2026, 2, 20))
    record = partial(workflow.add_legal_record, case=case, by=cast.worker)
    record(LegalEvent, kind="remisi", happened_on=dt.date(2025, 8, 17))
    record(ReturnEvent, kind="deportan", country="TR", arrived_on=dt.date(2020, 1, 10))
    events = CaseEvent.objects.filter(case=case, section=Section.LEGAL).select_related("actor").order_by("pk")
    assert [(item["title"], item["text"]) for item in timeline_items(events, cast.worker, reads_notes=True)] == [
        ("Status hukum: Narapidana", "Sejak 1 Mar 2022."),
        ("Status hukum berakhir: Narapidana", "Sampai 20 Feb 2026."),
        ("Peristiwa hukum: Remisi", "Terjadi 17 Agu 2025."),
        ("Kepulangan: Deportan", "Terjadi 10 Jan 2020."),
    ]


def test_times_stand_in_the_zone_of_the_readers_unit(cast: Cast) -> None:
    case = make_case(cast.other_unit)
    make_note(case, occurred_at=dt.datetime(2026, 3, 4, 20, 30, tzinfo=dt.UTC))
    items = timeline_items(CaseEvent.objects.filter(case=case, kind=EventKind.NOTE), cast.other_unit, reads_notes=True)
    assert items[0]["meta"].startswith("5 Mar 2026, 04.30")


def test_five_thousand_lines_take_the_queries_of_ten(
    case: CaseFile, cast: Cast, client: Client, django_assert_max_num_queries: Any
) -> None:
    make_note(case)
    fill(case, cast, 10)
    client.force_login(cast.worker)
    with django_assert_max_num_queries(25) as few:
        client.get(url(case))
    fill(case, cast, 4_990)
    for _number in range(10):
        make_note(case)
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert client.get(url(case)).status_code == 200


def test_the_case_page_takes_the_queries_of_ten_lines_with_five_thousand(
    case: CaseFile, cast: Cast, client: Client, django_assert_max_num_queries: Any
) -> None:
    page = reverse("cases:case-detail", args=[case.code])
    make_note(case)
    fill(case, cast, 10)
    client.force_login(cast.worker)
    with django_assert_max_num_queries(40) as few:
        client.get(page)
    fill(case, cast, 4_990)
    for _number in range(10):
        make_note(case)
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert client.get(page).status_code == 200


def test_it_can_be_narrowed_to_a_person_and_to_days(case: CaseFile, cast: Cast, client: Client) -> None:
    fill(case, cast, 60)
    event = {"case": case, "section": Section.SUMMARY, "kind": EventKind.TASK_DONE, "actor": cast.supervisor}
    old = dt.datetime(2026, 3, 4, 20, 30, tzinfo=dt.UTC)  # the fifth, in Malang
    CaseEvent.objects.create(**event, summary="Dari pengawas.", at=old)
    client.force_login(cast.worker)

    def shown(**query: str) -> str:
        answer = client.get(url(case), query)
        assert answer.status_code == 200
        return answer.content.decode()

    theirs = shown(who=cast.supervisor.code)
    assert "Dari pengawas." in theirs
    assert "Pekerjaan" not in theirs
    assert "Dari pengawas." in shown(since="2026-03-05", until="2026-03-05")
    assert "Dari pengawas." not in shown(since="2026-03-04", until="2026-03-04")
    mine = shown(who=cast.worker.code, kind="tasks", since="2020-01-01")
    following = re.search(r'rel="next"\s+href="([^"]+)"', mine)
    assert following
    assert f"who={cast.worker.code}" in following[1]
    for name, wrong in (("who", "ZZZZ-ZZZZ"), ("who", "\x00"), ("since", "31 Februari"), ("until", "9999-12-31")):
        assert "Dari pengawas." in shown(kind="tasks", **{name: wrong}) or name == "since"
    for name in ("neighbour", "dpo"):
        client.force_login(getattr(cast, name))
        assert client.get(url(case), {"who": cast.worker.code}).status_code == 404


@pytest.mark.parametrize("cursor", ["x", "W10", "eyJhIjoxfQ", "'; DROP TABLE", "\x00"])
def test_a_forged_cursor_shows_the_first_page(case: CaseFile, cast: Cast, client: Client, cursor: str) -> None:
    client.force_login(cast.worker)
    answer = client.get(url(case), {"cursor": cursor})
    assert answer.status_code == 200
    assert "Kasus dibuka" in answer.content.decode()


def test_days_the_wrong_way_round_are_said_beside_the_field(case: CaseFile, cast: Cast, client: Client) -> None:
    client.force_login(cast.worker)
    answer = client.get(url(case), {"since": "2026-10-01", "until": "2026-09-01"})
    assert "until" in answer.context["form"].errors


def test_a_task_that_was_opened_leads_no_reader_to_its_assignees_page(case: CaseFile, cast: Cast) -> None:
    make_task(case, path=f"/cases/{case.code}/")
    opened = CaseEvent.objects.filter(case=case, kind=EventKind.TASK_OPENED).select_related("actor")
    assert {line["url"] for line in timeline_items(opened, cast.worker, reads_notes=True)} == {""}


def test_a_task_that_was_opened_says_of_what_kind_it_is(case: CaseFile, cast: Cast) -> None:
    make_task(case, kind=TaskKind.DOCUMENT, title="KTP: salinan")
    make_task(case, kind=TaskKind.VISIT, title="")
    opened = CaseEvent.objects.filter(kind=EventKind.TASK_OPENED).select_related("actor").order_by("pk")
    assert [(line["title"], line["text"]) for line in timeline_items(opened, cast.worker, reads_notes=True)] == [
        ("Tugas dibuat: Perbarui dokumen yang akan kedaluwarsa", "KTP: salinan"),
        ("Tugas dibuat: Kunjungan", ""),
    ]
