"""Complaints: nobody in the line of command reads one, outsiders need no account, and trying codes leads nowhere."""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.models import JournalEntry
from cases.enums.complaints import ComplaintKind, ComplaintStatus, ForwardTo
from cases.models import Complaint, Task
from cases.policies import complaints as policies
from cases.views.complaints import LOOKUPS_AN_HOUR, REPORTS_AN_HOUR
from cases.workflow import complaints
from core.workflow import TransitionError
from tests.cast import Cast
from tests.factories import make_case

LINE = [name for name in Cast.__dataclass_fields__ if name not in ("auditor", "dpo")]
HANDLERS = ("auditor", "dpo")
WORDS = "Pengawas saya meminta catatan diubah."


@pytest.fixture
def case(cast):
    return make_case(cast.worker)


def complain(cast, by="worker", **fields):
    return complaints.complain(by=getattr(cast, by), **({"kind": ComplaintKind.CONDUCT, "words": WORDS} | fields))


def under_review(cast, **fields):
    return complaints.take_up(complain(cast, **fields), by=cast.dpo)


# ---- who reads it --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", LINE)
def test_nobody_in_the_line_sees_a_complaint(client, cast, case, actor):
    complaint = complain(cast, by="neighbour")
    user = getattr(cast, actor)
    assert not policies.complaints_for(user).exists()
    if actor == "system":
        return
    client.force_login(user)
    assert client.get(f"/rights/complaints/{complaint.code}/").status_code == 404
    assert client.get("/rights/complaints/").status_code == 403
    if actor != "neighbour":
        assert WORDS not in client.get("/complaints/").content.decode()


@pytest.mark.parametrize("actor", LINE)
def test_nobody_in_the_line_answers(cast, case, actor):
    begun, new = under_review(cast, case=case), complain(cast)
    user = getattr(cast, actor)
    for act in (
        lambda: complaints.take_up(new, by=user),
        lambda: complaints.forward(begun, by=user, to=ForwardTo.WORKER, text="Hubungi keluarga."),
        lambda: complaints.answer(begun, by=user, outcome=ComplaintStatus.ANSWERED, answer="Sudah."),
    ):
        with pytest.raises(PermissionDenied):
            act()


@pytest.mark.parametrize("actor", HANDLERS)
def test_nobody_answers_the_own_complaint(cast, actor):
    user = getattr(cast, actor)
    complaint = complain(cast, by=actor)
    assert not policies.complaints_for(user).exists()
    with pytest.raises(PermissionDenied):
        complaints.take_up(complaint, by=user)
    other = cast.auditor if actor == "dpo" else cast.dpo
    assert complaints.take_up(complaint, by=other).status == ComplaintStatus.UNDER_REVIEW


def test_the_reporter_reads_the_answer(client, cast):
    complaints.answer(under_review(cast), by=cast.dpo, outcome=ComplaintStatus.ANSWERED, answer="Sudah kami periksa.")
    client.force_login(cast.worker)
    page = client.get("/complaints/").content.decode()
    assert WORDS in page
    assert "Sudah kami periksa." in page


def test_an_unnamed_reporter_is_named_to_nobody(client, cast):
    complaint = complain(cast, unnamed=True)
    client.force_login(cast.dpo)
    assert cast.worker.full_name not in client.get(f"/rights/complaints/{complaint.code}/").content.decode()
    assert JournalEntry.objects.get(object_code=complaint.code).actor == cast.system


# ---- making one ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", ["worker", "supervisor", "analyst", "admin"])
def test_whoever_sees_the_case_reports_on_it(client, cast, case, actor):
    client.force_login(getattr(cast, actor))
    answer = client.post(f"/cases/{case.code}/complaints/new/", {"kind": "error", "words": "Tanggal salah."})
    assert answer.status_code == 302
    assert Complaint.objects.get().case == case


@pytest.mark.parametrize("actor", ["neighbour", "other_agency", "cso", "auditor", "dpo"])
def test_who_does_not_see_the_case_learns_nothing_of_it(client, cast, case, actor):
    client.force_login(getattr(cast, actor))
    answer = client.post(f"/cases/{case.code}/complaints/new/", {"kind": "error", "words": "Tanggal salah."})
    assert answer.status_code == 404
    with pytest.raises(PermissionDenied):
        complain(cast, by=actor, case=case)


def test_the_button_stands_on_the_pages_of_the_case(client, cast, case):
    for actor, page in (("worker", ""), ("supervisor", ""), ("analyst", ""), ("admin", "identity/")):
        client.force_login(getattr(cast, actor))
        html = client.get(f"/cases/{case.code}/{page}").content.decode()
        assert f"/cases/{case.code}/complaints/new/" in html


def test_it_is_due_after_the_working_days_of_the_setting(cast, settings):
    settings.COMPLAINT_WORKDAYS = 1
    soon = complain(cast)
    settings.COMPLAINT_WORKDAYS = 30
    assert soon.received_at < soon.due_at < complain(cast).due_at


# ---- what happens --------------------------------------------------------------------------------------------------


def test_the_unit_gets_the_officers_words_and_nothing_of_the_report(cast, case):
    complaint = under_review(cast, case=case)
    complaints.forward(complaint, by=cast.dpo, to=ForwardTo.SUPERVISOR, text="Periksa tanggal kontak.")
    task = Task.objects.get(source__startswith="complaint:")
    assert (task.assignee, task.title, task.path) == (cast.supervisor, "Periksa tanggal kontak.", "")
    assert not Task.objects.filter(title__contains="catatan diubah").exists()


def test_it_is_not_forwarded_to_the_one_who_reported(cast, case):
    with pytest.raises(TransitionError):
        complaints.forward(under_review(cast, case=case), by=cast.dpo, to=ForwardTo.WORKER, text="Periksa.")


def test_only_a_report_on_a_case_is_forwarded(cast):
    with pytest.raises(TransitionError):
        complaints.forward(under_review(cast), by=cast.dpo, to=ForwardTo.SUPERVISOR, text="Periksa.")


def test_a_complaint_is_answered_once_and_in_order(cast):
    with pytest.raises(TransitionError):
        complaints.answer(complain(cast), by=cast.dpo, outcome=ComplaintStatus.ANSWERED, answer="Sudah.")
    done = complaints.answer(under_review(cast), by=cast.dpo, outcome=ComplaintStatus.NOT_PURSUED, answer="Tidak.")
    with pytest.raises(TransitionError):
        complaints.answer(done, by=cast.dpo, outcome=ComplaintStatus.ANSWERED, answer="Sudah.")
    with pytest.raises(IntegrityError), transaction.atomic():
        Complaint.objects.filter(pk=done.pk).update(answer="")


# ---- without an account --------------------------------------------------------------------------------------------

PUBLIC, ANSWER = "/complaints/public/", "/complaints/public/answer/"
TOLD = {"kind": "privacy", "words": "Data anak saya disebut di depan tetangga.", "contact": ""}


def receipt_from(answer):
    return re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", answer.content.decode())[0]


def test_a_family_reports_without_an_account_and_reads_the_answer(client, cast):
    answer = client.post(PUBLIC, TOLD)
    receipt = receipt_from(answer)
    assert "no-store" in answer.headers["Cache-Control"]
    complaint = Complaint.objects.get()
    assert complaint.is_public
    assert receipt not in (complaint.receipt_key, complaint.words)
    page = client.post(ANSWER, {"receipt": receipt.lower().replace("-", " ")}).content.decode()
    assert "Diterima" in page
    assert TOLD["words"] not in page
    begun = complaints.take_up(complaint, by=cast.dpo)
    complaints.answer(begun, by=cast.dpo, outcome=ComplaintStatus.ANSWERED, answer="Kami sudah menegur kantor itu.")
    assert "Kami sudah menegur kantor itu." in client.post(ANSWER, {"receipt": receipt}).content.decode()


def test_a_form_without_an_account_sent_twice_is_one_report_with_one_receipt(client, cast):
    sent = TOLD | {"client_id": str(client.get(PUBLIC).context["form"]["client_id"].value())}
    first, second = client.post(PUBLIC, sent), client.post(PUBLIC, sent)
    assert receipt_from(first) == receipt_from(second)
    assert Complaint.objects.count() == 1
    changed = client.post(PUBLIC, sent | {"words": "Sekarang juga di depan guru."})
    assert receipt_from(changed) != receipt_from(first)
    assert Complaint.objects.count() == 2


def test_a_wrong_code_says_only_that_it_is_wrong(client, db):
    for receipt in ("ZZZZ-ZZZZ-ZZZZ", "x", "\x00", "é" * 30, ""):
        answer = client.post(ANSWER, {"receipt": receipt})
        assert answer.status_code == 422
        assert answer.context["found"] is None


def test_codes_cannot_be_tried_for_long(client, cast):
    receipt = receipt_from(client.post(PUBLIC, TOLD))
    for _try in range(LOOKUPS_AN_HOUR):
        assert client.post(ANSWER, {"receipt": "ZZZZ-ZZZZ-ZZZZ"}).status_code == 422
    assert client.post(ANSWER, {"receipt": receipt}).status_code == 429


def test_one_place_cannot_flood_the_desk(client, cast):
    for _time in range(REPORTS_AN_HOUR):
        assert client.post(PUBLIC, TOLD).status_code == 200
    answer = client.post(PUBLIC, TOLD)
    assert answer.status_code == 429
    assert TOLD["words"] in answer.content.decode()  # what was typed stays
    assert Complaint.objects.count() == REPORTS_AN_HOUR
    assert client.post(PUBLIC, TOLD, REMOTE_ADDR="10.9.8.7").status_code == 200


def test_a_form_filled_in_by_a_machine_is_not_taken(client, cast):
    assert client.post(PUBLIC, TOLD | {"website": "https://iklan.test"}).status_code == 422
    assert not Complaint.objects.exists()


def test_words_from_outside_are_shown_as_words(client, cast):
    client.post(PUBLIC, TOLD | {"words": "<script>alert(1)</script>"})
    client.force_login(cast.dpo)
    page = client.get(f"/rights/complaints/{Complaint.objects.get().code}/").content.decode()
    assert "<script>alert" not in page
