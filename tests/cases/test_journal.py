"""The journal that oversight reads, and the page that tells who has seen one file."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import JournalAction
from accounts.models import JournalEntry
from accounts.workflow import write_journal
from core.paging import COUNT_CAP
from tests.factories import make_case


@pytest.fixture
def lines(cast):
    """One line of each kind, by different people."""
    case = make_case(cast.worker)
    read = JournalAction.SECTION_READ
    write_journal(JournalAction.SIGN_IN, by=cast.other_agency)
    write_journal(read, by=cast.worker, object_code=case.code, section="identity", relation="caseload")
    write_journal(
        read,
        by=cast.supervisor,
        object_code=case.code,
        section="assessment",
        relation="unit_supervisor",
        reason="Mutu",
    )
    write_journal(read, by=cast.admin, object_code=case.code, section="identity", relation="data_admin")
    write_journal(JournalAction.REFUSED, by=cast.neighbour, object_code=case.code, detail="404 cases:case-detail")
    return case


def shown(client, query=""):
    page = client.get(f"/journal/{query}")
    assert page.status_code == 200
    return [row["entry"] for row in page.context["rows"] if row["entry"].action != JournalAction.JOURNAL_READ]


def actors(client, query):
    return {entry.actor.username for entry in shown(client, query)}


def test_each_filter_narrows(client, cast, lines):
    client.force_login(cast.auditor)
    today = timezone.localdate()
    tomorrow = today + dt.timedelta(days=1)
    assert len(shown(client)) == 5
    assert actors(client, "?person=ratna") == {cast.worker.username}
    assert actors(client, "?action=refused") == {cast.neighbour.username}
    assert actors(client, f"?code={lines.code.lower()}&action=section_read") == {
        cast.worker.username,
        cast.supervisor.username,
        cast.admin.username,
    }
    assert actors(client, f"?agency={cast.other_agency.unit.agency_id}") == {cast.other_agency.username}
    assert len(shown(client, f"?since={today}&until={today}")) == 5
    assert shown(client, f"?since={tomorrow}") == []
    assert actors(client, "?unexplained=on") == {cast.admin.username}


def test_the_line_tells_section_relation_and_reason_in_words(client, cast, lines):
    client.force_login(cast.dpo)
    text = client.get("/journal/?person=tri").content.decode()
    for word in ("Penilaian", "Pengawas unit penanggung jawab", "Mutu", cast.supervisor.unit.short_name):
        assert word in text


def test_what_is_wrong_with_the_search_stands_beside_its_field(client, cast, lines):
    client.force_login(cast.auditor)
    page = client.get("/journal/?since=2026-11-02&until=2026-11-01")
    assert "Tanggal akhir tidak boleh sebelum tanggal awal." in page.content.decode()
    assert 'value="2026-11-01"' in page.content.decode()


def test_looking_into_the_journal_is_written_down_without_the_name_that_was_typed(client, cast, lines):
    client.force_login(cast.auditor)
    client.get(f"/journal/?person=Ratna&action=section_read&code={lines.code}")
    entry = JournalEntry.objects.get(action=JournalAction.JOURNAL_READ)
    assert entry.actor == cast.auditor
    assert entry.detail == f"person={cast.worker.pk} action=section_read code={lines.code}"


def test_pages_go_on_by_key_and_the_count_has_a_cap(client, cast):
    now = timezone.now()
    JournalEntry.objects.bulk_create(
        JournalEntry(at=now, actor=cast.worker, action=JournalAction.SIGN_IN) for _ in range(COUNT_CAP + 5)
    )
    client.force_login(cast.auditor)
    page = client.get("/journal/?action=sign_in")
    assert "lebih dari 1.000 catatan" in page.content.decode()
    first = {entry.pk for entry in (row["entry"] for row in page.context["rows"])}
    following = {row["entry"].pk for row in client.get(f"/journal/{page.context['next_url']}").context["rows"]}
    assert len(first) == len(following) == 50
    assert not first & following
    assert "action=sign_in" in page.context["next_url"]


def test_the_supervisor_sees_who_has_seen_the_file(client, cast, lines):
    client.force_login(cast.supervisor)
    page = client.get(reverse("cases:seen", args=[lines.code]))
    text = page.content.decode()
    # The newest line is this very reading.
    people = (cast.supervisor, cast.neighbour, cast.admin, cast.supervisor, cast.worker)
    assert [row["entry"].actor for row in page.context["rows"]] == list(people)
    assert "Ditolak" in text
    assert "Admin data instansi" in text
    assert JournalEntry.objects.get(action=JournalAction.HISTORY_READ).actor == cast.supervisor


def test_a_file_shows_its_own_lines_alone(client, cast, lines):
    other = make_case(cast.worker)
    client.force_login(cast.supervisor)
    (row,) = client.get(reverse("cases:seen", args=[other.code])).context["rows"]
    assert row["entry"].action == JournalAction.HISTORY_READ


@pytest.mark.parametrize(("actor", "status"), [("worker", 403), ("neighbour", 404), ("other_unit_supervisor", 404)])
def test_nobody_else_sees_it(client, cast, lines, actor, status):
    client.force_login(getattr(cast, actor))
    assert client.get(reverse("cases:seen", args=[lines.code])).status_code == status
