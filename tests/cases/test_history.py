"""The page of changes: who, what, when, why, by which request; per section, and no value that is not for this page."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.apps import apps
from django.urls import reverse

from cases import history, workflow
from cases.enums import CaseStatus, ReferralSource, Section
from cases.models import CaseFile, Participant
from core.acting import acting_as
from tests.factories import make_case, make_note, make_task

# Tracked tables that the page does not show, by app or model, and why.
NOT_SHOWN = {
    "accounts": "staff and units, no case",
    "reports": "figures, exports and the marks of copies, nothing of a case",
    "assessments.InstrumentVersion": "of no case",
    "assessments.InstrumentDraft": "of no case",
    "partners.PartnerOrganisation": "of no case",
    "partners.PartnerContact": "of no case",
    "partners.Agreement": "of no case",
    "partners.ServiceOffer": "of no case",
    "programs.Programme": "of no case",
    "programs.Cohort": "of many cases",
    "programs.Session": "of many cases",
    "cases.SavedFilter": "a filter of lists, of no case",
    "cases.Household": "one sealed number; who belongs to it stands with its members",
    "cases.PersonPair": "of two people, told on the data admin's own page",
    "cases.Document": "some are for a profession alone; its own page tells versions and withdrawal",
    "cases.DocumentFile": "as its document",
    "cases.ClinicalNote": "for the author's profession alone",
    "cases.Complaint": "handled outside the line of command: it may be about the supervisor",
    "cases.RightsRequest": "for the data-protection officer",
    "cases.BreachIncident": "for the data-protection officer",
    "cases.BreachCase": "for the data-protection officer",
    "cases.BreachEntry": "for the data-protection officer",
    "cases.ConflictDeclaration": "a private matter of staff, told on its own page",
    "cases.UnsealRequest": "told on its own page",
    "cases.BreakGlassReview": "told on its own page",
    "cases.RetentionRule": "of no case",
    "cases.DestructionList": "of many cases",
    "cases.DestructionItem": "for those who draw up and sign: the case is closed, and soon gone",
    "cases.DestructionCertificate": "of many cases",
}


def tracked():
    return [model for model in apps.get_models() if hasattr(model, "pgh_event_model")]


@pytest.mark.parametrize("model", tracked(), ids=lambda model: model._meta.label)
def test_every_table_with_a_history_stands_on_the_page_or_has_a_reason_not_to(model):
    label, app = model._meta.label, model._meta.app_label
    told = any(source.model is model for source in history.SOURCES)
    assert told != bool({label, app} & set(NOT_SHOWN)), "add it to cases.history.SOURCES, or say why not"


@pytest.fixture
def case(cast):
    return make_case(cast.worker)


def page_of(client, case, query=""):
    return client.get(reverse("cases:history", args=[case.code]) + query)


def changes(case, seen=frozenset(Section)):
    return history.changes_of(case, seen).changes


def newest(case, what):
    return next(change for change in changes(case) if change.what == what and change.fields)


def test_a_change_tells_who_which_field_from_what_to_what_and_why(client, cast, case):
    with acting_as(cast.worker.pk, url="/cases/X/", request="5f9134cc00ff", reason="serah terima"):
        CaseFile.objects.filter(pk=case.pk).update(referral_source=ReferralSource.OTHER, status=CaseStatus.PLANNING)
    change = newest(case, CaseFile._meta.verbose_name)
    assert (change.who, change.why, change.where) == (cast.worker.full_name, "serah terima", "/cases/X/")
    assert change.request == "5f9134cc"
    (field,) = change.fields
    before, after = CaseStatus.ASSESSING.label, CaseStatus.PLANNING.label
    assert (str(field.label), field.before, field.after) == ("status", str(before), str(after))

    client.force_login(cast.supervisor)
    text = page_of(client, case).content.decode()
    assert f"{before} → {after}" in text
    assert "serah terima" in text


def test_what_a_request_changes_carries_its_address_and_person(client, cast, case):
    client.force_login(cast.worker)
    client.post(reverse("cases:case-move-on", args=[case.code]), {})
    case.refresh_from_db()
    assert case.status == CaseStatus.PLANNING
    change = newest(case, CaseFile._meta.verbose_name)
    assert (change.who, change.where) == (cast.worker.full_name, reverse("cases:case-move-on", args=[case.code]))
    assert re.fullmatch("[0-9a-f]{8}", change.request)


def test_long_text_and_identity_numbers_are_never_shown(cast, case):
    note = make_note(case)
    note.summary = "Kalimat rahasia."
    note.save()
    Participant.objects.filter(pk=case.participant_id).update(name_key="kunci rahasia", birth_place="Malang")
    shown = str(changes(case))
    assert "rahasia" not in shown
    assert "Kabar baik" not in shown
    assert "Malang" in shown
    closed = [field for change in changes(case) for field in change.fields if not field.is_open]
    assert {(field.before, field.after) for field in closed} == {("", "")}


@pytest.mark.parametrize("section", [Section.NOTES, Section.IDENTITY, Section.SUMMARY])
def test_a_section_that_is_not_seen_tells_nothing(cast, case, section):
    make_note(case)
    make_task(case)
    everything = {str(change.what) for change in changes(case)}
    without = {str(change.what) for change in changes(case, frozenset(Section) - {section})}
    gone = {str(source.model._meta.verbose_name or "") for source in history.SOURCES if source.section == section}
    assert everything & gone
    assert not without & gone
    assert changes(case, ()) == []


def test_another_case_is_not_in_it(cast, case):
    with acting_as(cast.worker.pk, reason="berkas lain"):
        make_note(make_case(cast.worker))
    assert "berkas lain" not in str(changes(case))


def test_pages_lose_and_repeat_nothing_although_one_transaction_has_one_time(cast, case, monkeypatch):
    with acting_as(cast.worker.pk):
        for number in range(9):
            make_task(case, title=f"Tugas {number}")
            make_note(case)
    whole = [(change.at, str(change.what), change.fields) for change in changes(case)]
    monkeypatch.setattr(history, "PAGE", 4)
    found, cursor = [], ""
    while True:
        page = history.changes_of(case, Section, cursor)
        found += [(change.at, str(change.what), change.fields) for change in page.changes]
        cursor = page.next_cursor
        if not cursor:
            break
    assert found == whole
    assert len(whole) > 18


@pytest.mark.parametrize("cursor", ["x", "e30", "W10", "²", "W1siMjAyNiIsIDEsIDFd", "%00"])
def test_a_forged_cursor_is_the_first_page(client, cast, case, cursor):
    client.force_login(cast.supervisor)
    assert page_of(client, case, f"?cursor={cursor}").status_code == 200


@pytest.mark.parametrize(
    ("actor", "status"), [("worker", 403), ("admin", 403), ("neighbour", 404), ("auditor", 404), ("dpo", 404)]
)
def test_only_the_supervisor_of_the_lead_unit_opens_it(client, cast, case, actor, status):
    client.force_login(getattr(cast, actor))
    assert page_of(client, case).status_code == status


def test_opening_it_is_written_down(client, cast, case):
    from accounts.models import JournalEntry

    client.force_login(cast.supervisor)
    page_of(client, case)
    entry = JournalEntry.objects.get(action="history_read")
    assert (entry.actor, entry.object_code, entry.relation) == (cast.supervisor, case.code, "unit_supervisor")


def test_an_assignment_names_both_people(cast, case):
    with acting_as(cast.supervisor.pk):
        workflow.assign(case, by=cast.supervisor, worker=cast.neighbour)
    change = newest(case, CaseFile._meta.verbose_name)
    assert [(f.before, f.after) for f in change.fields] == [(cast.worker.full_name, cast.neighbour.full_name)]
    assert change.at.tzinfo is not None
    assert dt.datetime.now(dt.UTC) - change.at < dt.timedelta(hours=1)
