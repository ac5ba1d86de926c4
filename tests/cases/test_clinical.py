"""Restricted clinical notes: sealed at rest, read by the author's profession and its supervisor alone (I-16)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Profession, Role
from cases import policies, workflow
from cases.enums import ClosureReason, EventKind, Right, Section
from cases.models import CaseEvent, CaseFile, ClinicalNote
from core.encryption import UnreadableError
from core.workflow import StaleError, TransitionError
from tests.cast import Cast
from tests.factories import make_child_case, make_staff

TEXT = "Mulai tidur tanpa mimpi buruk."


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    made = make_child_case(cast.other_agency)
    workflow.assign(made, by=cast.other_agency_supervisor, worker=cast.other_agency, co_workers=[cast.psychologist])
    return made


def write(case: CaseFile, by: Any, **fields: Any) -> ClinicalNote:
    defaults = {"client_id": uuid.uuid4(), "occurred_at": timezone.now() - dt.timedelta(hours=1), "text": TEXT}
    return workflow.write_clinical_note(case, by=by, **(defaults | fields))


def test_the_author_and_the_clinical_supervisor_read_it_and_nobody_else(cast: Cast, case: CaseFile) -> None:
    note = write(case, cast.psychologist)
    chief = make_staff("ani.rahmawati", case.lead_unit, Role.SUPERVISOR, Profession.PSIKOLOG)
    for user in (cast.psychologist, chief):
        assert policies.clinical_notes_for(user).get().text == TEXT
    assert not policies.can(chief, Right.EDIT, case, Section.CLINICAL)
    for name, user in cast:
        if name not in ("psychologist", "system"):
            assert not policies.clinical_notes_for(user).exists(), name
            assert Section.CLINICAL not in policies.rights(user, case), name
            with pytest.raises(PermissionDenied):
                write(case, user)
            with pytest.raises(PermissionDenied):
                workflow.edit_clinical_note(note, by=user, version=1, occurred_at=note.occurred_at, text="x")
            with pytest.raises(PermissionDenied):
                workflow.amend_clinical_note(note, by=user, client_id=uuid.uuid4(), reason="x", text="x")


def test_a_psychologist_of_another_case_reads_nothing(cast: Cast, case: CaseFile) -> None:
    write(case, cast.psychologist)
    colleague = make_staff("dian.permata", case.lead_unit, Role.CASEWORKER, Profession.PSIKOLOG)
    assert not policies.clinical_notes_for(colleague).exists()


def test_no_table_holds_its_words(cast: Cast, case: CaseFile) -> None:
    note = write(case, cast.psychologist)
    note = workflow.edit_clinical_note(
        note, by=cast.psychologist, version=1, occurred_at=note.occurred_at, text=f"{TEXT} Lagi."
    )
    workflow.amend_clinical_note(
        note, by=cast.psychologist, client_id=uuid.uuid4(), reason="Tanggal keliru.", text=f"{TEXT} Kemarin."
    )
    with connection.cursor() as cursor:
        for table in ("cases_clinicalnote", "cases_clinicalnoteevent", "cases_caseevent"):
            cursor.execute(f"SELECT t::text FROM {table} t")
            rows = [row for (row,) in cursor.fetchall()]
            assert rows
            for row in rows:
                assert "mimpi" not in row
                assert b"mimpi".hex() not in row
                assert "keliru" not in row


def test_a_ciphertext_copied_into_another_row_does_not_open(cast: Cast, case: CaseFile) -> None:
    first, second = write(case, cast.psychologist), write(case, cast.psychologist, text="Lain.")
    ClinicalNote.objects.filter(pk=second.pk).update(text_sealed=first.text_sealed)
    with pytest.raises(UnreadableError):
        assert ClinicalNote.objects.get(pk=second.pk).text
    assert ClinicalNote.objects.get(pk=first.pk).text == TEXT


def test_the_timeline_tells_that_it_exists_and_no_word_of_it(cast: Cast, case: CaseFile) -> None:
    write(case, cast.psychologist)
    line = CaseEvent.objects.get(case=case, kind=EventKind.CLINICAL_NOTE)
    assert (line.section, line.summary, line.path) == (Section.NOTES, Profession.PSIKOLOG, "")
    client = Client()
    client.force_login(cast.other_agency)
    page = client.get(reverse("cases:timeline", args=[case.code])).content.decode()
    assert "Hanya profesi psikolog yang dapat membaca." in page
    assert "mimpi" not in page


def test_sent_twice_it_is_stored_once(cast: Cast, case: CaseFile) -> None:
    number = uuid.uuid4()
    assert write(case, cast.psychologist, client_id=number) == write(case, cast.psychologist, client_id=number)
    assert ClinicalNote.objects.count() == 1


def test_edited_for_a_day_then_amended(cast: Cast, case: CaseFile) -> None:
    by = cast.psychologist
    note = write(case, by)
    edited = workflow.edit_clinical_note(note, by=by, version=1, occurred_at=note.occurred_at, text="Diperbaiki.")
    assert edited.text == "Diperbaiki."
    with pytest.raises(StaleError):
        workflow.edit_clinical_note(note, by=by, version=1, occurred_at=note.occurred_at, text="Lagi.")
    ClinicalNote.objects.filter(pk=note.pk).update(recorded_at=timezone.now() - dt.timedelta(hours=24))
    with pytest.raises(TransitionError):
        workflow.edit_clinical_note(note, by=by, version=2, occurred_at=note.occurred_at, text="Terlambat.")
    later = workflow.amend_clinical_note(note, by=by, client_id=uuid.uuid4(), reason="Keliru.", text="Benar.")
    assert (later.amends, later.text, later.reason) == (note, "Benar.", "Keliru.")
    assert ClinicalNote.objects.get(pk=note.pk).text == "Diperbaiki."


def test_the_database_wants_text_and_a_reason(cast: Cast, case: CaseFile) -> None:
    note = write(case, cast.psychologist)
    for change, name in (({"text_sealed": b""}, "says_something"), ({"reason_sealed": b"x"}, "has_a_reason")):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            ClinicalNote.objects.filter(pk=note.pk).update(**change)


def test_a_closed_case_takes_no_note(cast: Cast, case: CaseFile) -> None:
    workflow.close(case, by=cast.other_agency_supervisor, reason=ClosureReason.MOVED, note="Pindah.")
    with pytest.raises(PermissionDenied):
        write(case, cast.psychologist)


def test_written_and_read_on_its_page(cast: Cast, case: CaseFile) -> None:
    client = Client()
    client.force_login(cast.psychologist)
    form = reverse("cases:clinical-new", args=[case.code])
    page = client.get(form)
    fields = {"client_id": str(uuid.uuid4()), "occurred_at": "2026-01-05T09:00", "text": "  "}
    wrong = client.post(form, fields)
    assert (page.status_code, wrong.status_code) == (200, 422)
    future = client.post(form, fields | {"text": TEXT, "occurred_at": "2999-01-05T09:00"})
    assert future.status_code == 422
    assert TEXT in future.content.decode(), "what was typed stays"
    assert client.post(form, fields | {"text": TEXT, "occurred_at": "2020-01-05T09:00"}).status_code == 302
    assert TEXT in client.get(reverse("cases:clinical", args=[case.code])).content.decode()
