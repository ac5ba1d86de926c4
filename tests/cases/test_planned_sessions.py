"""Planned sessions: answered once, moved in a chain, written about once; and only being met counts as contact."""

from __future__ import annotations

import datetime as dt
import re
import threading
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import workflow
from cases.agenda import agenda_of, left_count
from cases.enums import CaseStatus, ClosureReason, EventKind, NoteType
from cases.enums.sessions import MET, NOT_HELD, SessionOutcome, SessionReason
from cases.models import CaseEvent, CaseFile, ContactNote, Draft, PlannedSession
from cases.timeline import timeline_items
from core.acting import acting_as
from core.workflow import TransitionError
from tests.cast import Cast, make_cast
from tests.factories import make_active_plan, make_case, make_note, make_session

Came, R = SessionOutcome, SessionReason
ODD = "🙏 <b>tebal</b> \u202ekanan'; DROP TABLE cases_plannedsession; --"


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(cast.worker)


@pytest.fixture
def due(case: CaseFile) -> PlannedSession:
    """Agreed on for an hour ago."""
    return make_session(case, planned_at=timezone.now() - dt.timedelta(hours=1))


def url(name: str, session: PlannedSession | CaseFile) -> str:
    codes = [session.code] if isinstance(session, CaseFile) else [session.case.code, session.code]
    return reverse(f"cases:{name}", args=codes)


def local(at: dt.datetime, cast: Cast) -> str:
    return at.astimezone(cast.worker.unit.zone).strftime("%Y-%m-%dT%H:%M")


def form_of(cast: Cast, **changes: Any) -> dict[str, Any]:
    form = {
        "client_id": str(uuid.uuid4()),
        "type": NoteType.HOME_VISIT,
        "planned_at": local(timezone.now() + dt.timedelta(days=3), cast),
        "place": "Rumah",
        "present": ["peserta"],
        "purpose": ODD,
    }
    return form | changes


# ---- planning -------------------------------------------------------------------------------------------------------


def test_a_session_is_planned_once_however_often_it_is_sent(case: CaseFile, cast: Cast, client: Client) -> None:
    client.force_login(cast.worker)
    form = form_of(cast)
    for _time in range(2):
        assert client.post(url("session-new", case), form).status_code == 302
    session = PlannedSession.objects.get()
    assert (session.purpose, session.planned_by, session.outcome) == (ODD, cast.worker, "")
    listed = client.get(url("session-list", case)).content.decode()
    assert "&lt;b&gt;tebal" in listed
    assert "<b>tebal" not in listed
    assert case.events.filter(kind=EventKind.SESSION_PLANNED).count() == 1
    other = make_case(cast.neighbour)
    with pytest.raises(PermissionDenied):
        workflow.plan_session(other, by=cast.neighbour, client_id=session.client_id, planned_at=session.planned_at)


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_goes(
    case: CaseFile, cast: Cast, client: Client
) -> None:
    client.force_login(cast.worker)
    there = make_session(case)
    for changes, said, status in (
        ({"planned_at": local(timezone.now() - dt.timedelta(hours=1), cast)}, "Pilih waktu yang akan datang.", 422),
        ({"planned_at": local(timezone.now() + dt.timedelta(days=500), cast)}, "Paling jauh satu tahun", 422),
        ({"planned_at": "31 Februari"}, "is-invalid", 422),
        ({"planned_at": local(there.planned_at, cast)}, "Sudah ada sesi pada waktu ini.", 422),
        ({"type": ""}, "Pilih jenis kontak.", 422),
        ({"present": []}, "Pilih dengan siapa.", 422),
        ({"place": "x" * 10_000}, "Terlalu panjang: 10000 huruf", 422),
        ({"goals": ["ZZZZ-ZZZZ"]}, "", 302),  # no plan, no such field
    ):
        answer = client.post(url("session-new", case), form_of(cast, **changes))
        text = answer.content.decode()
        assert (answer.status_code, said in text) == (status, True), changes
        assert status == 302 or "DROP TABLE cases_plannedsession" in text
    assert PlannedSession.objects.count() == 2


def test_goals_of_the_running_plan_can_be_named(case: CaseFile, cast: Cast, client: Client) -> None:
    plan = make_active_plan(case, approver=cast.supervisor)
    goal = plan.goals.get()
    client.force_login(cast.worker)
    assert goal.text in client.get(url("session-new", case)).content.decode()
    assert client.post(url("session-new", case), form_of(cast, goals=[goal.code])).status_code == 302
    session = PlannedSession.objects.get()
    assert session.goals == [goal.code]
    assert goal.text in client.get(url("session-detail", session)).content.decode()
    wrong = client.post(url("session-new", case), form_of(cast, goals=["ZZZZ-ZZZZ"]))
    assert (wrong.status_code, "Tujuan itu tidak lagi dikerjakan" in wrong.content.decode()) == (422, True)


def test_a_closed_case_gets_no_session_and_loses_those_planned(case: CaseFile, cast: Cast) -> None:
    session = make_session(case)
    workflow.close(case, by=cast.supervisor, reason=ClosureReason.MOVED, note="Pindah.")
    session.refresh_from_db()
    assert (session.outcome, session.reason, session.answered_by) == (Came.CANCELLED, R.CASE_CLOSED, cast.supervisor)
    with pytest.raises(TransitionError, match="sudah ditutup"):
        make_session(case)


def test_who_does_not_work_on_the_case_plans_and_answers_nothing(due: PlannedSession, cast: Cast) -> None:
    for name, person in cast:
        if name in ("worker", "system"):
            continue
        with pytest.raises(PermissionDenied):
            make_session(due.case, by=person)
        for outcome in Came:
            with pytest.raises(PermissionDenied):
                workflow.answer_session(due, by=person, outcome=outcome, reason=R.SICK)
        later = timezone.now() + dt.timedelta(days=1)
        with pytest.raises(PermissionDenied):
            workflow.move_session(due, by=person, client_id=uuid.uuid4(), planned_at=later, reason=R.SICK)
        with pytest.raises(PermissionDenied):
            workflow.undo_session(due, by=person)
    due.refresh_from_db()
    assert due.is_planned


# ---- answering ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", list(Came))
def test_only_being_met_counts_as_contact_and_late_counts(
    case: CaseFile, cast: Cast, due: PlannedSession, outcome: SessionOutcome
) -> None:
    workflow.answer_session(due, by=cast.worker, outcome=outcome, reason=R.SICK if outcome in NOT_HELD else "")
    case.refresh_from_db()
    assert case.last_contact_at == (due.planned_at if outcome in MET else None)
    workflow.undo_session(due, by=cast.worker)
    case.refresh_from_db()
    assert case.last_contact_at is None


def test_coordination_is_work_and_no_contact(case: CaseFile, cast: Cast) -> None:
    session = make_session(case, type=NoteType.COORDINATION, planned_at=timezone.now() - dt.timedelta(hours=1))
    workflow.answer_session(session, by=cast.worker, outcome=Came.ATTENDED)
    case.refresh_from_db()
    assert case.last_contact_at is None


def test_a_second_tap_finds_the_first_and_another_answer_is_refused(due: PlannedSession, cast: Cast) -> None:
    for _time in range(2):
        workflow.answer_session(due, by=cast.worker, outcome=Came.LATE)
    with pytest.raises(TransitionError, match="sudah dijawab: Hadir terlambat"):
        workflow.answer_session(due, by=cast.worker, outcome=Came.ABSENT, reason=R.SICK)
    assert CaseEvent.objects.filter(kind=EventKind.SESSION_ANSWERED).count() == 1


def test_what_is_not_held_needs_its_reason_and_another_one_needs_words(
    due: PlannedSession, cast: Cast, client: Client
) -> None:
    for reason, words in (("", ""), ("x", "y"), (R.OTHER, "  ")):
        with pytest.raises(TransitionError):
            workflow.answer_session(due, by=cast.worker, outcome=Came.ABSENT, reason=reason, words=words)
    client.force_login(cast.worker)
    here = url("session-detail", due)
    for form, said in (
        ({"outcome": "absent", "reason": "", "words": ODD}, "Pilih sebabnya."),
        ({"outcome": "", "reason": "sakit", "words": ODD}, "Pilih tidak hadir atau batal."),
        ({"outcome": "absent", "reason": "lain", "words": ""}, "Tulis sebabnya."),
        ({"outcome": "absent", "reason": "kasus_ditutup", "words": ODD}, "is-invalid"),
        ({"outcome": "absent", "reason": "lain", "words": "x" * 400}, "Terlalu panjang: 400 huruf"),
    ):
        answer = client.post(here, form)
        assert (answer.status_code, said in answer.content.decode()) == (422, True), form
        assert form["words"][:20] in answer.content.decode().replace("&lt;", "<").replace("&gt;", ">")
    assert client.post(here, {"outcome": "absent", "reason": "lain", "words": ODD}).status_code == 302
    due.refresh_from_db()
    assert (due.outcome, due.reason, due.reason_words) == (Came.ABSENT, R.OTHER, ODD)
    (line,) = timeline_items(CaseEvent.objects.filter(kind=EventKind.SESSION_ANSWERED), cast.worker, reads_notes=True)
    assert line["title"] == "Hasil sesi: Tidak hadir"
    assert " · Lainnya · 🙏" in line["text"]


def test_before_its_day_a_session_can_only_be_called_off(case: CaseFile, cast: Cast) -> None:
    session = make_session(case)
    for outcome in (Came.ATTENDED, Came.LATE, Came.ABSENT):
        with pytest.raises(TransitionError, match="belum tiba"):
            workflow.answer_session(session, by=cast.worker, outcome=outcome, reason=R.SICK)
    workflow.answer_session(session, by=cast.worker, outcome=Came.CANCELLED, reason=R.STAFF)


def test_the_database_itself_keeps_answers_whole(due: PlannedSession, case: CaseFile, cast: Cast) -> None:
    note = make_note(case)
    now = timezone.now()
    who = {"answered_by": cast.worker, "answered_at": now}
    for wrong in (
        {"outcome": Came.ATTENDED},
        {"outcome": Came.ABSENT} | who,
        {"outcome": Came.ATTENDED, "reason": R.SICK} | who,
        {"outcome": Came.ABSENT, "reason": R.OTHER} | who,
        {"note": note},
        {"outcome": Came.ABSENT, "reason": R.SICK, "note": note} | who,
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            PlannedSession.objects.filter(pk=due.pk).update(**wrong)
    workflow.answer_session(due, by=cast.worker, outcome=Came.ATTENDED)
    other = make_session(case, planned_at=now - dt.timedelta(hours=3))
    workflow.answer_session(other, by=cast.worker, outcome=Came.ATTENDED)
    PlannedSession.objects.filter(pk=due.pk).update(note=note)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedSession.objects.filter(pk=other.pk).update(note=note)


def test_an_answer_is_taken_back_on_its_day_and_not_over_a_note(
    due: PlannedSession, case: CaseFile, cast: Cast, client: Client
) -> None:
    client.force_login(cast.worker)
    workflow.answer_session(due, by=cast.worker, outcome=Came.ABSENT, reason=R.FORGOT)
    assert "Urungkan jawaban" in client.get(url("session-detail", due)).content.decode()
    assert client.post(url("session-undo", due)).status_code == 302
    due.refresh_from_db()
    assert (due.outcome, due.reason, due.answered_at) == ("", "", None)
    assert not CaseEvent.objects.filter(kind=EventKind.SESSION_ANSWERED).exists()
    workflow.answer_session(due, by=cast.worker, outcome=Came.ATTENDED)
    make_note(case, session=due)
    with pytest.raises(TransitionError):
        workflow.undo_session(PlannedSession.objects.get(pk=due.pk), by=cast.worker)
    yesterday = make_session(case, planned_at=timezone.now() - dt.timedelta(days=2))
    workflow.answer_session(yesterday, by=cast.worker, outcome=Came.ABSENT, reason=R.SICK)
    PlannedSession.objects.filter(pk=yesterday.pk).update(answered_at=timezone.now() - dt.timedelta(days=2))
    with pytest.raises(TransitionError):
        workflow.undo_session(PlannedSession.objects.get(pk=yesterday.pk), by=cast.worker)


# ---- moving ---------------------------------------------------------------------------------------------------------


def test_moving_makes_a_chain_that_each_page_tells(
    due: PlannedSession, case: CaseFile, cast: Cast, client: Client
) -> None:
    client.force_login(cast.worker)
    form = {
        "client_id": str(uuid.uuid4()),
        "planned_at": local(timezone.now() + dt.timedelta(days=2), cast),
        "place": "Balai desa",
        "reason": "cuaca_akses",
        "words": "Jembatan putus.",
    }
    for _time in range(2):  # a double click
        assert client.post(url("session-move", due), form).status_code == 302
    due.refresh_from_db()
    second = due.moved_to
    assert (due.outcome, due.reason, due.reason_words) == (Came.CANCELLED, R.ACCESS, "Jembatan putus.")
    assert (second.type, second.present, second.purpose) == (due.type, due.present, due.purpose)
    assert (second.place, second.outcome) == ("Balai desa", "")
    again = client.post(url("session-move", due), form | {"client_id": str(uuid.uuid4())})
    assert (again.status_code, "sudah dijadwalkan ulang" in again.content.decode()) == (409, True)
    assert PlannedSession.objects.count() == 2
    assert "dijadwal ulang dari" in client.get(url("session-list", case)).content.decode()
    assert url("session-detail", due) in client.get(url("session-detail", second)).content.decode()
    assert url("session-detail", second) in client.get(url("session-detail", due)).content.decode()
    with pytest.raises(TransitionError):
        workflow.undo_session(PlannedSession.objects.get(pk=due.pk), by=cast.worker)


def test_an_absence_is_followed_by_another_date_and_asks_no_second_reason(
    due: PlannedSession, cast: Cast, client: Client
) -> None:
    workflow.answer_session(due, by=cast.worker, outcome=Came.ABSENT, reason=R.TRANSPORT)
    client.force_login(cast.worker)
    assert 'name="reason"' not in client.get(url("session-move", due)).content.decode()
    form = {"client_id": str(uuid.uuid4()), "planned_at": local(timezone.now() + dt.timedelta(days=2), cast)}
    assert client.post(url("session-move", due), form).status_code == 302
    due.refresh_from_db()
    assert (due.outcome, due.reason, due.moved_to.outcome) == (Came.ABSENT, R.TRANSPORT, "")


def test_a_session_that_was_held_stays_where_it_was(due: PlannedSession, cast: Cast) -> None:
    workflow.answer_session(due, by=cast.worker, outcome=Came.ATTENDED)
    later = timezone.now() + dt.timedelta(days=2)
    with pytest.raises(TransitionError, match="sudah diadakan"):
        workflow.move_session(due, by=cast.worker, client_id=uuid.uuid4(), planned_at=later)


# ---- its note -------------------------------------------------------------------------------------------------------


def note_form(text: str) -> dict[str, Any]:
    """What the page would send as it stands, with a summary."""
    sent: dict[str, Any] = {"summary": "Bengkel ramai.", "safety_ok": "on", "when": "other", "present": []}
    for name in ("client_id", "opened_at", "occurred_at"):
        found = re.search(rf'name="{name}"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="{name}"', text)
        sent[name] = found[1] or found[2] if found else ""
    for name in ("type", "present", "goals"):
        sent[name] = re.findall(rf'name="{name}" value="([^"]+)"[^>]*checked', text)
    chosen = re.search(r'<select name="session".*?</select>', text, re.DOTALL)
    sent["session"] = re.findall(r'value="([^"]*)" selected', chosen[0]) if chosen else ""
    return sent


def test_one_tap_says_hadir_and_opens_the_note_filled_in(due: PlannedSession, case: CaseFile, cast: Cast) -> None:
    client = Client()
    client.force_login(cast.worker)
    home = client.get("/").content.decode()
    assert url("session-met", due) in home
    tapped = client.post(url("session-met", due), {"outcome": "attended"})
    assert tapped.headers["location"] == f"{reverse('cases:note-new', args=[case.code])}?session={due.code}"
    again = client.post(url("session-met", due), {"outcome": "attended"})
    assert again.headers["location"] == tapped.headers["location"]
    assert "Catatannya belum ditulis." in client.get("/").content.decode()
    form = note_form(client.get(tapped.headers["location"]).content.decode())
    assert (form["type"], form["present"], form["session"]) == (
        ["kunjungan_rumah"],
        ["peserta", "keluarga"],
        [due.code],
    )
    assert form["occurred_at"] == local(due.planned_at, cast)
    assert client.post(reverse("cases:note-new", args=[case.code]), form).status_code == 302
    again = client.post(reverse("cases:note-new", args=[case.code]), form)  # a double click, or the phone's drawer
    due.refresh_from_db()
    note = ContactNote.objects.get()
    assert again.headers["location"] == reverse("cases:note-detail", args=[case.code, note.code])
    assert (due.outcome, due.note) == (Came.ATTENDED, note)
    assert (
        url("session-detail", due)
        in client.get(reverse("cases:note-detail", args=[case.code, note.code])).content.decode()
    )
    assert (
        reverse("cases:note-detail", args=[case.code, note.code])
        in client.get(url("session-detail", due)).content.decode()
    )
    assert url("session-met", due) not in client.get("/").content.decode()
    assert client.post(url("session-met", due), {"outcome": "attended"}).headers["location"] == url(
        "session-detail", due
    )


def test_a_note_that_names_a_waiting_session_says_that_it_was_held(
    due: PlannedSession, case: CaseFile, cast: Cast
) -> None:
    make_note(case, session=due)
    due.refresh_from_db()
    assert (due.outcome, due.answered_by) == (Came.ATTENDED, cast.worker)


def test_two_tabs_write_one_note_and_the_second_keeps_its_words(
    due: PlannedSession, case: CaseFile, cast: Cast
) -> None:
    client = Client()
    client.force_login(cast.worker)
    here = reverse("cases:note-new", args=[case.code])
    tabs = [note_form(client.get(f"{here}?session={due.code}").content.decode()) for _tab in range(2)]
    assert client.post(here, tabs[0]).status_code == 302
    second = client.post(here, tabs[1] | {"summary": ODD})
    text = second.content.decode()
    assert (second.status_code, "Sesi itu sudah punya catatan" in text) == (422, True)
    assert "&lt;b&gt;tebal" in text
    assert client.post(here, tabs[1] | {"summary": ODD, "session": ""}).status_code == 302
    assert ContactNote.objects.count() == 2
    with pytest.raises(TransitionError):
        make_note(case, session=due)


def test_two_notes_of_one_session_at_once_leave_one_of_them_linked(transactional_db: None) -> None:
    cast = make_cast()
    case = make_case(cast.worker)
    session = make_session(case, planned_at=timezone.now() - dt.timedelta(hours=1))
    refused: list[str] = []
    gate = threading.Barrier(4)

    def write() -> None:
        try:
            gate.wait(timeout=20)
            with acting_as(cast.worker.pk):
                make_note(case, session=session)
        except TransitionError as error:
            refused.append(str(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    assert PlannedSession.objects.get().note == ContactNote.objects.get()


def test_a_session_of_another_case_is_no_session_of_this_note(due: PlannedSession, cast: Cast, client: Client) -> None:
    other = make_case(cast.worker)
    with pytest.raises(PermissionDenied):
        make_note(other, session=due)
    client.force_login(cast.worker)
    here = reverse("cases:note-new", args=[other.code])
    form = note_form(client.get(f"{here}?session={due.code}").content.decode())
    assert form["session"] == ""
    assert (
        client.post(
            here, form | {"session": due.code, "type": "telepon", "present": "peserta", "when": "now"}
        ).status_code
        == 422
    )


def test_goals_touched_stand_on_the_note_and_can_be_changed_within_a_day(
    case: CaseFile, cast: Cast, client: Client
) -> None:
    goal = make_active_plan(case, approver=cast.supervisor).goals.get()
    client.force_login(cast.worker)
    here = reverse("cases:note-new", args=[case.code])
    form = note_form(client.get(here).content.decode()) | {"type": "telepon", "present": "peserta", "when": "now"}
    assert client.post(here, form | {"goals": "ZZZZ-ZZZZ"}).status_code == 422
    assert client.post(here, form | {"goals": goal.code}).status_code == 302
    note = ContactNote.objects.get()
    assert note.goals == [goal.code]
    page = reverse("cases:note-detail", args=[case.code, note.code])
    assert goal.text in client.get(page).content.decode()
    edit = reverse("cases:note-edit", args=[case.code, note.code])
    text = client.get(edit).content.decode()
    changed = note_form(text) | {"version": note.version, "goals": []}
    assert client.post(edit, changed).status_code == 302
    note.refresh_from_db()
    assert note.goals == []


def test_a_note_sent_while_somebody_closes_stays_as_a_draft(case: CaseFile, cast: Cast, client: Client) -> None:
    client.force_login(cast.worker)
    here = reverse("cases:note-new", args=[case.code])
    form = note_form(client.get(here).content.decode()) | {"type": "telepon", "present": "peserta", "when": "now"}
    workflow.close(case, by=cast.supervisor, reason=ClosureReason.MOVED, note="Pindah.")
    answer = client.post(here, form | {"summary": ODD})
    text = answer.content.decode()
    assert (answer.status_code, "Kasus ini sudah ditutup." in text, "&lt;b&gt;tebal" in text) == (409, True, True)
    assert Draft.objects.get().data["summary"] == [ODD]
    assert not ContactNote.objects.exists()
    workflow.reopen(case, by=cast.supervisor, reason="Kembali.")
    assert "&lt;b&gt;tebal" in client.get(here).content.decode()


# ---- home -----------------------------------------------------------------------------------------------------------


def test_home_shows_what_is_late_today_and_this_week(case: CaseFile, cast: Cast) -> None:
    now = timezone.now().astimezone(cast.worker.unit.zone).replace(hour=12, minute=0)
    for days in (-1, 0, 3, 30):
        make_session(make_case(cast.worker), planned_at=now + dt.timedelta(days=days, hours=1))
    agenda = agenda_of(cast.worker, now)
    assert [row.due.late for row in agenda.late if row.session] == [True]
    assert [row.due.when for row in agenda.today if row.session] == ["13.00"]
    assert len(agenda.week) == 1
    assert agenda.left == left_count(cast.worker, now) == 2


def test_home_shows_sessions_of_ones_own_and_of_cases_one_leads(case: CaseFile, cast: Cast) -> None:
    workflow.assign(case, by=cast.supervisor, worker=cast.worker, co_workers=[cast.neighbour])
    soon = timezone.now() - dt.timedelta(hours=1)
    mine = make_session(case, planned_at=soon)
    theirs = make_session(case, by=cast.neighbour, planned_at=soon - dt.timedelta(minutes=5))
    now = timezone.now()

    def shown(person: Any) -> set[PlannedSession]:
        agenda = agenda_of(person, now)
        return {row.session for row in [*agenda.late, *agenda.today] if row.session}

    assert shown(cast.worker) == {mine, theirs}
    assert shown(cast.neighbour) == {theirs}
    workflow.assign(case, by=cast.supervisor, worker=cast.worker)
    assert shown(cast.neighbour) == set()


def test_a_suspended_case_keeps_its_sessions(case: CaseFile, cast: Cast, due: PlannedSession) -> None:
    workflow.suspend(case, by=cast.supervisor, reason="Ditahan kembali.")
    workflow.answer_session(due, by=cast.worker, outcome=Came.CANCELLED, reason=R.OTHER, words="Ditahan kembali.")
    case.refresh_from_db()
    assert case.status == CaseStatus.SUSPENDED


def test_another_reason_for_the_same_answer_is_not_lost_without_a_word(cast: Cast, due: PlannedSession) -> None:
    absent = SessionOutcome.ABSENT
    workflow.answer_session(due, by=cast.worker, outcome=absent, reason=SessionReason.SICK)
    workflow.answer_session(due, by=cast.worker, outcome=absent, reason=SessionReason.SICK)  # a double click
    with pytest.raises(TransitionError):
        workflow.answer_session(due, by=cast.worker, outcome=absent, reason=SessionReason.OTHER, words="Banjir")
