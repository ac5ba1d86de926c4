"""Closing (I-18): what blocks is said with the way to it, what a reason needs beside it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.enums import AssessmentStatus, InstrumentCode
from assessments.models import Assessment
from assessments.workflow import remind_again
from cases import workflow
from cases.enums import COMPLETED, CaseStatus, ClosureReason, Priority, TaskKind, TaskStatus
from cases.models import CaseFile, Task
from partners import workflow as partner_workflow
from programs import workflow as program_workflow
from programs.enums import GoalStatus
from programs.models import Goal
from tests.cast import Cast
from tests.factories import (
    make_active_plan,
    make_case,
    make_cohort,
    make_enrolment,
    make_final_assessment,
    make_person,
    make_task,
)
from tests.partnership import make_directory, make_referral

NOTE = "Keluarga pindah ke Medan; berkas disalin untuk Bapas Medan. 🙏 <b>tebal</b> \u202ekanan"


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(cast.worker, person=make_person(phone="0812-0000-1111", safe_contact_method="Telepon"))


def url(case: CaseFile) -> str:
    return reverse("cases:case-close", args=[case.code])


def blockers_on(text: str) -> list[str]:
    needs = text[text.index('id="close_needs"') :].partition("</ul>")[0]
    return re.findall(r'<a href="([^"]+)"', needs)


def test_each_blocker_leads_to_the_very_thing(case: CaseFile, cast: Cast, client: Client) -> None:
    tasks = [
        make_task(case, kind=TaskKind.URGENT, priority=Priority.URGENT, title=f"Amankan {what}", source=what)
        for what in ("anak", "rumah")
    ]
    _partner, offer = make_directory(cast)
    referral = partner_workflow.send(make_referral(case, cast, offer), by=cast.worker)
    enrolment = make_enrolment(case, make_cohort(cast.worker.unit))
    client.force_login(cast.supervisor)
    text = client.get(url(case)).content.decode()
    always = [
        *(f"/tasks/{task.code}/close/" for task in tasks),
        f"/referrals/{referral.code}/",
        f"/cases/{case.code}/programs/#enrolment-{enrolment.code}",
    ]
    assert sorted(blockers_on(text)) == sorted(always)
    assert "Amankan anak" in text
    for address in always:
        page, _hash, anchor = address.partition("#")
        answer = client.get(page)
        assert answer.status_code == 200, address
        assert not anchor or f'id="{anchor}"' in answer.content.decode()
    refused = client.post(url(case), {"reason": ClosureReason.MOVED, "note": NOTE})
    assert refused.status_code == 409
    assert sorted(blockers_on(refused.content.decode())) == sorted(always)
    for task in tasks:
        workflow.close_task(task, by=cast.worker, outcome="Sudah aman.")
    partner_workflow.cancel(referral, by=cast.worker, reason="Pindah.")
    program_workflow.withdraw(enrolment, by=cast.worker, reason="Pindah.")
    assert client.post(url(case), {"reason": ClosureReason.MOVED, "note": NOTE}).status_code == 302
    case.refresh_from_db()
    assert (case.status, case.closure_note) == (CaseStatus.CLOSED, NOTE)


@pytest.mark.parametrize("reason", list(ClosureReason))
def test_what_a_reason_needs_is_said_as_it_is_chosen(
    case: CaseFile, cast: Cast, client: Client, reason: ClosureReason
) -> None:
    client.force_login(cast.supervisor)
    answer = client.get(url(case), {"reason": reason}, headers={"hx-request": "true"})
    text = answer.content.decode()
    assert text.lstrip().startswith('<div id="close_needs"')
    krk = f"/cases/{case.code}/assessments/"
    if reason in COMPLETED:
        assert blockers_on(text) == [krk]
    elif reason != ClosureReason.DIED:  # death wants its document
        assert blockers_on(text) == []
        assert "Tidak ada lagi yang menghalangi" in text


@pytest.mark.parametrize("reason", ["", "x", "\x00", "'; DROP TABLE"])
def test_a_reason_that_is_none_changes_nothing(case: CaseFile, cast: Cast, client: Client, reason: str) -> None:
    client.force_login(cast.supervisor)
    assert client.get(url(case), {"reason": reason}).status_code == 200
    assert client.post(url(case), {"reason": reason, "note": NOTE}).status_code == 422
    case.refresh_from_db()
    assert case.is_open


def test_a_final_krk_opens_the_way_and_no_other_assessment_does(case: CaseFile, cast: Cast, client: Client) -> None:
    make_final_assessment(case, approver=cast.supervisor)
    until = timezone.localdate() + dt.timedelta(days=180)
    form = {"reason": ClosureReason.COMPLETED, "aftercare_until": until.isoformat(), "note": "Semua tujuan tercapai."}
    client.force_login(cast.supervisor)
    refused = client.post(url(case), form)
    assert refused.status_code == 409
    assert blockers_on(refused.content.decode()) == [f"/cases/{case.code}/assessments/"]
    assert until.isoformat() in refused.content.decode()
    krk = make_final_assessment(case, approver=cast.supervisor, instrument=InstrumentCode.FAMILY)
    Assessment.objects.filter(pk=krk.pk).update(status=AssessmentStatus.SUPERSEDED)
    assert client.post(url(case), form).status_code == 409
    make_final_assessment(case, approver=cast.supervisor, instrument=InstrumentCode.FAMILY)
    assert client.post(url(case), form).status_code == 302
    case.refresh_from_db()
    assert (case.closure_reason, case.aftercare_until) == (ClosureReason.COMPLETED, until)


def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_goes(
    case: CaseFile, cast: Cast, client: Client
) -> None:
    client.force_login(cast.supervisor)
    for form, said in (
        ({"reason": "selesai", "note": NOTE}, "Isi tanggal akhir pascalayanan."),
        ({"reason": "selesai", "note": NOTE, "aftercare_until": "2020-01-01"}, "Tanggal ini sudah lewat."),
        ({"reason": "selesai", "note": NOTE, "aftercare_until": "2099-01-01"}, "Periksa tahunnya."),
        ({"reason": "pindah", "note": "", "aftercare_until": "2031-05-06"}, "Tulis catatan untuk alasan"),
        ({"reason": "pindah", "note": "x" * 10_000, "aftercare_until": "2031-05-06"}, "Terlalu panjang: 10000 huruf"),
    ):
        answer = client.post(url(case), form)
        text = answer.content.decode()
        assert (answer.status_code, said in text) == (422, True), form
        assert form.get("aftercare_until", "") in text
        assert "x" * 10_000 in text or "x" * 50 not in form["note"]
        assert "&lt;b&gt;tebal" in text or form["note"] != NOTE
    case.refresh_from_db()
    assert case.is_open


def test_a_date_typed_before_another_reason_was_chosen_is_left_out(case: CaseFile, cast: Cast, client: Client) -> None:
    client.force_login(cast.supervisor)
    for wrong in ("2020-01-01", "31 Februari"):
        form = {"reason": "pindah", "note": NOTE, "aftercare_until": wrong}
        assert client.post(url(case), form).status_code == 302
        case.refresh_from_db()
        assert case.aftercare_until is None
        workflow.reopen(case, by=cast.supervisor, reason="Kembali melapor.")


def test_a_second_click_closes_nothing_twice(case: CaseFile, cast: Cast, client: Client) -> None:
    client.force_login(cast.supervisor)
    form = {"reason": "pindah", "note": NOTE}
    assert client.post(url(case), form).status_code == 302
    again = client.post(url(case), form)
    assert again.status_code == 409
    assert case.events.filter(kind="case_closed").count() == 1


def test_only_the_units_supervisor_closes(case: CaseFile, cast: Cast, client: Client) -> None:
    for name, person in cast:
        if name in ("supervisor", "system"):
            continue
        client.force_login(person)
        for ask in (client.get, client.post):
            assert ask(url(case), {"reason": "pindah", "note": NOTE}).status_code in (403, 404), name
    case.refresh_from_db()
    assert case.is_open


def test_the_goals_that_were_met_are_asked_and_stand_on_the_closed_case(
    case: CaseFile, cast: Cast, client: Client
) -> None:
    client.force_login(cast.supervisor)
    assert "goals_met" not in client.get(url(case)).context["form"].fields, "no plan, no question"
    plan = make_active_plan(case, approver=cast.supervisor)
    met = plan.goals.get()
    other = Goal.objects.create(plan=plan, type=met.type, text="Anak saya sekolah.", items=["F1"], due_on=met.due_on)
    program_workflow.update_progress(met, by=cast.worker, version=met.version, progress=4, status=GoalStatus.ACHIEVED)
    form = client.get(url(case)).context["form"]
    assert [code for code, _words in form.fields["goals_met"].choices] == [met.code, other.code]
    assert form["goals_met"].value() == [met.code], "as the plan says"
    sent = {"reason": ClosureReason.MOVED, "note": NOTE, "goals_met": [met.code, "XXXX-XXXX"]}
    assert client.post(url(case), sent).status_code == 422
    assert client.post(url(case), sent | {"goals_met": [met.code]}).status_code == 302
    case.refresh_from_db()
    assert case.goals_met == [met.code]
    page = client.get(reverse("cases:case-detail", args=[case.code])).content.decode()
    card = page[page.index('id="closure"') :].partition("</section>")[0]
    assert met.text in card
    assert other.text not in card
    assert cast.supervisor.full_name in card
    assert "<b>tebal</b>" not in card
    case = workflow.reopen(case, by=cast.supervisor, reason="Kembali.")
    assert case.goals_met == []
    assert 'id="closure"' not in client.get(reverse("cases:case-detail", args=[case.code])).content.decode()


def test_open_tasks_are_told_and_end_with_the_case(case: CaseFile, cast: Cast, client: Client) -> None:
    ends = make_task(case, title="Antar surat ke kelurahan")
    stays = make_task(case, kind=TaskKind.BREACH_NOTICE)
    client.force_login(cast.supervisor)
    assert client.get(url(case)).context["ending"] == ["Antar surat ke kelurahan"]
    workflow.close(case, by=cast.supervisor, reason=ClosureReason.MOVED, note="Pindah ke luar negeri.")
    assert list(Task.objects.filter(case=case).open()) == [stays]
    ends.refresh_from_db()
    assert (ends.status, ends.closed_by) == (TaskStatus.CANCELLED, cast.supervisor)
    case.refresh_from_db()
    assert case.next_due_on == timezone.localtime(stays.due_at, case.lead_unit.zone).date()


def test_reminders_come_back_with_the_case(case: CaseFile, cast: Cast) -> None:
    final = make_final_assessment(case, approver=cast.supervisor)
    remind_again(case, cast.worker)
    closed = workflow.close(case, by=cast.supervisor, reason=ClosureReason.MOVED, note="Pindah ke luar negeri.")
    assert not Task.objects.filter(case=case).open().exists()
    workflow.reopen(closed, by=cast.supervisor, reason="Kembali ke Malang.")
    reminder = Task.objects.filter(case=case).open().get()
    assert (reminder.kind, timezone.localdate(reminder.due_at)) == (TaskKind.ASSESSMENT, final.next_due)
