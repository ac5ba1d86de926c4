"""Requests under UU PDP: the clock, who may do what, and what each answer does to the case."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import JournalEntry
from cases import letters, policies, workflow
from cases.deadlines import rights_due
from cases.enums import ConsentCapacity, ConsentPurpose, ConsentStatus, Right, Section
from cases.enums.rights import RefusalGround, Requester, RightsKind, RightsStatus
from cases.models import CaseEvent, CaseFile, RightsRequest, Task
from cases.policies import requests as rights_policies
from cases.workflow import rights
from core.workflow import TransitionError
from tests.cast import Cast
from tests.factories import make_case, make_note, make_rights_request

NOBODY = [name for name in Cast.__dataclass_fields__ if name not in ("worker", "supervisor", "system")]


@pytest.fixture
def case(cast):
    return make_case(cast.worker)


def under_review(case, cast, **fields):
    return rights.take_up(make_rights_request(case, cast.worker, **fields), by=cast.dpo)


def decide(request, cast, outcome=RightsStatus.FULFILLED, **fields):
    return rights.decide(request, by=cast.dpo, outcome=outcome, decision="Sudah kami laksanakan.", **fields)


REFUSAL = {"ground": RefusalGround.STATE_ADMINISTRATION, "reason": "Diperlukan menurut undang-undang."}


# ---- the clock -----------------------------------------------------------------------------------------------------


def test_the_law_gives_72_hours_over_weekends_too():
    friday = dt.datetime(2026, 11, 27, 16, 0, tzinfo=dt.UTC)
    assert rights_due(friday) == dt.datetime(2026, 11, 30, 16, 0, tzinfo=dt.UTC)


def test_the_clock_runs_from_the_receipt_not_from_the_typing(cast, case):
    received = timezone.now() - dt.timedelta(days=4)
    request = make_rights_request(case, received_at=received)
    assert request.due_at == received + dt.timedelta(hours=72)
    assert list(RightsRequest.objects.overdue()) == [request]


def test_a_request_is_not_of_the_future(cast, case):
    with pytest.raises(TransitionError):
        make_rights_request(case, received_at=timezone.now() + dt.timedelta(minutes=5))


# ---- who may -------------------------------------------------------------------------------------------------------


def test_worker_and_supervisor_take_requests_in(cast, case):
    assert make_rights_request(case, cast.worker).recorded_by == cast.worker
    assert make_rights_request(case, cast.supervisor).recorded_by == cast.supervisor


@pytest.mark.parametrize("actor", NOBODY)
def test_nobody_else_takes_requests_in(cast, case, actor):
    with pytest.raises(PermissionDenied):
        make_rights_request(case, getattr(cast, actor))


@pytest.mark.parametrize("actor", [name for name in Cast.__dataclass_fields__ if name != "dpo"])
def test_only_the_officer_examines_and_decides(cast, case, actor):
    user, new, begun = getattr(cast, actor), make_rights_request(case), under_review(case, cast)
    for move in (
        lambda: rights.take_up(new, by=user),
        lambda: rights.ask_unit(begun, by=user, question="Kirim salinan."),
        lambda: rights.decide(begun, by=user, outcome=RightsStatus.FULFILLED, decision="Ya."),
        lambda: rights.lift_restriction(begun, by=user, reason="Selesai."),
    ):
        with pytest.raises(PermissionDenied):
            move()


def test_the_officer_sees_requests_and_no_case(cast, case):
    request = make_rights_request(case)
    assert list(rights_policies.rights_requests_for(cast.dpo)) == [request]
    assert not policies.cases_in_sight(cast.dpo).exists()
    assert request.person_name == case.participant.full_name


@pytest.mark.parametrize("actor", [name for name in NOBODY if name not in ("auditor", "dpo")])
def test_others_see_no_request(cast, case, actor):
    make_rights_request(case)
    assert not rights_policies.rights_requests_for(getattr(cast, actor)).exists()


@pytest.mark.parametrize("actor", NOBODY)
def test_only_those_who_hold_the_file_answer_for_the_unit(cast, case, actor):
    asked = rights.ask_unit(under_review(case, cast), by=cast.dpo, question="Betulkan alamat.")
    with pytest.raises(PermissionDenied):
        rights.answer_for_unit(asked, by=getattr(cast, actor), answer="Sudah.")


# ---- what happens --------------------------------------------------------------------------------------------------


def test_the_unit_gets_a_task_with_the_laws_clock_and_reports_back(cast, case):
    asked = rights.ask_unit(under_review(case, cast), by=cast.dpo, question="Betulkan alamat.")
    task = Task.objects.get(source=f"rights:{asked.pk}")
    assert (task.assignee, task.due_at, task.path) == (cast.worker, asked.due_at, f"/rights/{asked.code}/")
    answered = rights.answer_for_unit(asked, by=cast.worker, answer="Alamat dibetulkan.")
    task.refresh_from_db()
    assert not task.is_open
    assert answered.unit_answered_by == cast.worker


def test_every_step_stands_in_the_journal_and_the_ends_on_the_timeline(cast, case):
    request = decide(under_review(case, cast), cast)
    said = JournalEntry.objects.filter(object_code=request.code).order_by("pk")
    assert [entry.actor for entry in said] == [cast.worker, cast.dpo, cast.dpo]
    kinds = CaseEvent.objects.filter(case=case, section=Section.ACCESS).values_list("kind", flat=True)
    assert set(kinds) == {"rights_request", "rights_decided"}


def test_a_correction_is_met_only_when_the_unit_has_carried_it_out(cast, case):
    request = under_review(case, cast, kind=RightsKind.CORRECTION)
    with pytest.raises(TransitionError) as refusal:
        decide(request, cast)
    assert len(refusal.value.blockers) == 1
    asked = rights.ask_unit(request, by=cast.dpo, question="Betulkan alamat.")
    rights.answer_for_unit(asked, by=cast.worker, answer="Dibetulkan.")
    assert decide(request, cast).status == RightsStatus.FULFILLED


@pytest.mark.parametrize("outcome", [RightsStatus.REFUSED, RightsStatus.PARTLY_FULFILLED])
def test_a_refusal_names_the_laws_reason(cast, case, outcome):
    request = under_review(case, cast)
    with pytest.raises(TransitionError):
        decide(request, cast, outcome)
    with pytest.raises(TransitionError):
        decide(request, cast, outcome, ground=RefusalGround.DEFENCE, reason="  ")
    assert decide(request, cast, outcome, **REFUSAL).ground == RefusalGround.STATE_ADMINISTRATION


def test_the_database_refuses_a_refusal_without_a_reason(cast, case):
    request = decide(under_review(case, cast), cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        RightsRequest.objects.filter(pk=request.pk).update(status=RightsStatus.REFUSED)


def test_an_answer_is_given_once(cast, case):
    request = decide(under_review(case, cast), cast)
    with pytest.raises(TransitionError):
        decide(request, cast, RightsStatus.REFUSED, **REFUSAL)
    with pytest.raises(TransitionError):
        decide(make_rights_request(case), cast)


# ---- withdrawal ----------------------------------------------------------------------------------------------------


def give_consent(case, by, purpose=ConsentPurpose.PHOTO):
    return workflow.give_consent(
        case, by=by, purpose=purpose, scope=["name"], given_by="Peserta", capacity=ConsentCapacity.SELF
    )


def test_a_withdrawn_consent_ends_in_the_same_moment(cast, case):
    consent = give_consent(case, cast.worker)
    make_rights_request(case, kind=RightsKind.WITHDRAWAL, consent=consent)
    consent.refresh_from_db()
    assert consent.status == ConsentStatus.WITHDRAWN


def test_a_consent_is_withdrawn_although_the_case_is_restricted(cast, case):
    consent = give_consent(case, cast.worker)
    decide(under_review(case, cast), cast)
    make_rights_request(case, cast.supervisor, kind=RightsKind.WITHDRAWAL, consent=consent)
    consent.refresh_from_db()
    assert consent.status == ConsentStatus.WITHDRAWN


def test_a_withdrawal_names_a_consent_of_this_case(cast, case):
    other = give_consent(make_case(cast.worker), cast.worker)
    for consent in (None, other):
        with pytest.raises(TransitionError):
            make_rights_request(case, kind=RightsKind.WITHDRAWAL, consent=consent)


# ---- restriction ---------------------------------------------------------------------------------------------------


@pytest.fixture
def restriction(cast, case):
    return decide(under_review(case, cast), cast)


def test_a_restricted_case_is_read_and_not_used(cast, case, restriction):
    case.refresh_from_db()
    for section in Section:
        if section in policies.GOES_ON:
            continue
        assert not policies.can(cast.worker, Right.EDIT, case, section)
        assert Right.EDIT not in policies.rights(cast.worker, case).get(section, frozenset())
    assert policies.can(cast.worker, Right.VIEW, case)
    assert not any(branch.exists() for branch in policies.case_branches(cast.worker, Right.EDIT))
    with pytest.raises(PermissionDenied, match="dibatasi"):
        make_note(case)
    with pytest.raises(PermissionDenied):
        give_consent(case, cast.worker)


def test_the_duty_to_report_goes_on_by_law(cast, case, restriction):
    case.refresh_from_db()
    assert policies.can(cast.worker, Right.EDIT, case, Section.SUPERVISION)


def test_the_officer_lifts_the_restriction_with_a_reason(cast, case, restriction):
    with pytest.raises(TransitionError):
        rights.lift_restriction(restriction, by=cast.dpo, reason=" ")
    rights.lift_restriction(restriction, by=cast.dpo, reason="Pembetulan selesai.")
    case.refresh_from_db()
    assert policies.can(cast.worker, Right.EDIT, case)
    with pytest.raises(TransitionError):
        rights.lift_restriction(restriction, by=cast.dpo, reason="Sekali lagi.")


def test_a_refused_restriction_changes_nothing(cast, case):
    decide(under_review(case, cast), cast, RightsStatus.REFUSED, **REFUSAL)
    case.refresh_from_db()
    assert case.restricted_at is None


# ---- objection -----------------------------------------------------------------------------------------------------


def test_an_objection_is_looked_at_again_by_the_supervisor(cast, case):
    request = make_rights_request(case, kind=RightsKind.OBJECTION)
    case.refresh_from_db()
    assert case.contested_at is not None
    assert Task.objects.get(source=f"rights:{request.pk}").assignee == cast.supervisor
    begun = rights.take_up(request, by=cast.dpo)
    with pytest.raises(TransitionError):
        decide(begun, cast)
    rights.answer_for_unit(begun, by=cast.supervisor, answer="Dinilai ulang bersama peserta.")
    decide(begun, cast)
    case.refresh_from_db()
    assert case.contested_at is None


# ---- pages ---------------------------------------------------------------------------------------------------------


def form_data(**fields):
    now = timezone.localtime() - dt.timedelta(minutes=5)
    return {
        "kind": "copy",
        "words": "Saya minta salinan data saya.",
        "received_at": f"{now:%Y-%m-%dT%H:%M}",
        "channel": "in_person",
        "requester": "self",
        "proof_note": "KTP dilihat",
        "reply_to": "Diambil sendiri",
    } | fields


def test_a_worker_takes_a_request_in_on_the_case(client, cast, case):
    client.force_login(cast.worker)
    answer = client.post(f"/cases/{case.code}/rights/new/", form_data())
    request = RightsRequest.objects.get()
    assert answer.headers["Location"] == f"/rights/{request.code}/"
    assert request.requester == Requester.SELF


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"kind": "withdrawal"}, "consent"),
        ({"requester": "guardian"}, "requester_name"),
        ({"proof_note": ""}, "proof_note"),
        ({"received_at": "2999-01-01T10:00"}, "received_at"),
        ({"received_at": "bukan waktu"}, "received_at"),
        ({"kind": "lain"}, "kind"),
        ({"words": "x" * 4001}, "words"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(client, cast, case, fields, wrong):
    client.force_login(cast.worker)
    answer = client.post(f"/cases/{case.code}/rights/new/", form_data(**fields))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [wrong]
    assert not RightsRequest.objects.exists()


def test_the_officer_decides_on_the_page(client, cast, case):
    request = under_review(case, cast)
    client.force_login(cast.dpo)
    url = f"/rights/{request.code}/decide/"
    answer = client.post(url, {"outcome": "refused", "decision": "Tidak dapat."})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"ground", "reason"}
    answer = client.post(url, {"outcome": "fulfilled", "decision": "Kami batasi."})
    assert answer.status_code == 302
    assert CaseFile.objects.get(pk=case.pk).restricted_at is not None


def test_a_decision_too_early_is_refused_on_the_same_page(client, cast, case):
    request = under_review(case, cast, kind=RightsKind.CORRECTION)
    client.force_login(cast.dpo)
    answer = client.post(f"/rights/{request.code}/decide/", {"outcome": "fulfilled", "decision": "Sudah."})
    assert answer.status_code == 409
    assert "Unit belum melaporkan" in answer.content.decode()


def test_the_letter_is_the_same_each_time_and_says_nothing_of_the_case(client, cast, case):
    request = decide(under_review(case, cast), cast)
    client.force_login(cast.dpo)
    answer = client.get(f"/rights/{request.code}/letter/")
    assert answer.content.startswith(b"%PDF-")
    assert answer.content == letters.rights_letter(request).content
    assert JournalEntry.objects.filter(action="download", object_code=request.code, actor=cast.dpo).count() == 1
    html = letters.rights_html(request)
    assert "<title>Jawaban atas permintaan hak subjek data</title>" in html
    assert case.participant.full_name in html
    for word in ("teror", "napi", "Bapas", "Densus", case.code, case.case_no):
        assert word not in html


def test_there_is_no_letter_before_the_answer(client, cast, case):
    request = under_review(case, cast)
    client.force_login(cast.dpo)
    assert client.get(f"/rights/{request.code}/letter/").status_code == 404


def test_the_restriction_shows_on_the_pages_of_the_case(client, cast, case, restriction):
    client.force_login(cast.worker)
    page = client.get(f"/cases/{case.code}/").content.decode()
    assert "Pemrosesan dibatasi" in page
    assert f"/cases/{case.code}/notes/new/" not in page
