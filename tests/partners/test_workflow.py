"""Moves of a referral: from which state, by whom, with what written beside it; and what happens to two at once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Staff
from cases import workflow as case_workflow
from cases.enums import CaseStatus, ClosureReason, EventKind, Priority, TaskKind
from cases.models import CaseEvent, CaseGroupGrant, Task
from core.workflow import StaleError, TransitionError
from partners import workflow
from partners.enums import AgreementStatus, ReferralBasis, ReferralStatus, SharedField
from partners.models import Referral, ReferralNote, ReferralPeriod
from tests.partners.conftest import FIELDS, NAME, House, agreement_for, make_offer, make_partner, past_deadline

Move = Callable[[House, Referral], Any]

MOVES: dict[str, tuple[Move, set[str]]] = {
    "send": (lambda house, row: workflow.send(row, by=house.cast.worker), {"draft"}),
    "accept": (
        lambda house, row: workflow.accept(row, by=house.cast.cso, starts_on=timezone.localdate()),
        {"sent"},
    ),
    "decline": (lambda house, row: workflow.decline(row, by=house.cast.cso, reason="Penuh."), {"sent"}),
    "begin": (lambda house, row: workflow.begin(row, by=house.cast.cso), {"accepted"}),
    "complete": (
        lambda house, row: workflow.finish(row, by=house.cast.cso, is_complete=True, result="Selesai."),
        {"in_progress"},
    ),
    "stop short": (
        lambda house, row: workflow.finish(row, by=house.cast.cso, is_complete=False, result="Pindah."),
        {"accepted", "in_progress"},
    ),
    "cancel": (
        lambda house, row: workflow.cancel(row, by=house.cast.worker, reason="Berubah."),
        {"draft", "sent", "accepted", "in_progress"},
    ),
    "note": (lambda house, row: house.note(row), {"accepted", "in_progress"}),
}


@pytest.mark.parametrize("status", ReferralStatus.values)
@pytest.mark.parametrize("name", MOVES)
def test_each_move_starts_only_from_its_own_states(house: House, name: str, status: str) -> None:
    move, sources = MOVES[name]
    referral = house.in_state(status)
    events = CaseEvent.objects.count()
    if status in sources:
        move(house, referral)
    else:
        with pytest.raises((TransitionError, PermissionDenied)):
            move(house, referral)
        referral.refresh_from_db()
        assert referral.status == status
        assert CaseEvent.objects.count() == events


@pytest.mark.parametrize("status", ReferralStatus.values)
def test_only_an_unanswered_referral_past_its_deadline_expires(house: House, status: str) -> None:
    referral = house.in_state(status)
    with pytest.raises(TransitionError):
        workflow.expire(referral, by=house.cast.system)


@pytest.mark.parametrize("status", ReferralStatus.values)
def test_every_status_is_kept_as_a_period(house: House, status: str) -> None:
    referral = house.in_state(status)
    open_period = ReferralPeriod.objects.get(referral=referral, ended_at=None)
    assert open_period.status == status


def test_a_draft_says_what_goes_and_on_whose_consent(house: House) -> None:
    referral = house.draft()
    assert referral.shared_values == {
        "name": NAME,
        "safe_contact": "0812-0000-1111 · Telepon, bukan pesan",
        "age_group": "adult",
        "support_needed": "Pembukuan sederhana",
    }
    consent = referral.consent
    assert consent is not None
    assert set(consent.scope) == {name.value for name in FIELDS}
    assert consent.recipient == house.partner.name
    assert referral.status == ReferralStatus.DRAFT


def test_what_is_not_listed_does_not_go(house: House) -> None:
    referral = house.sent(data_shared=[SharedField.SUPPORT_NEEDED.value])
    assert referral.shared_values == {"support_needed": "Pembukuan sederhana"}


def test_a_field_without_a_value_in_the_case_is_refused(house: House) -> None:
    with pytest.raises(TransitionError, match="Kecamatan"):
        house.draft(data_shared=[SharedField.DISTRICT.value, SharedField.SUPPORT_NEEDED.value])


def test_sending_takes_the_values_of_the_day_and_later_edits_stay_behind(house: House) -> None:
    draft = house.draft()
    person = house.case.participant
    case_workflow.amend_participant(house.case, by=house.cast.worker, version=person.version, phone="0813-2222")
    sent = workflow.send(draft, by=house.cast.worker)
    assert sent.shared_values["safe_contact"].startswith("0813-2222")
    person.refresh_from_db()
    case_workflow.amend_participant(house.case, by=house.cast.worker, version=person.version, phone="0899-9999")
    sent.refresh_from_db()
    assert sent.shared_values["safe_contact"].startswith("0813-2222")


@pytest.mark.parametrize(("urgency", "days"), [("urgent", 3), ("normal", 10)])
def test_the_deadline_follows_the_urgency(house: House, urgency: str, days: int) -> None:
    referral = house.sent(urgency=urgency)
    assert referral.sent_at is not None
    assert referral.respond_by == referral.sent_at + dt.timedelta(days=days)
    assert referral.sent_by == house.cast.worker


def test_a_second_referral_to_the_same_offer_is_refused_and_names_the_first(house: House) -> None:
    first = house.sent()
    with pytest.raises(TransitionError) as refused:
        house.draft()
    assert refused.value.blockers[0].url == f"/referrals/{first.code}/"
    assert house.case.consents.count() == 1


def test_after_the_first_has_ended_a_new_one_may_follow(house: House) -> None:
    house.in_state("declined")
    assert house.draft().is_draft


# ---- delivering ---------------------------------------------------------------------------------------------------


def test_a_note_sent_twice_is_stored_once(house: House) -> None:
    referral, client_id = house.running(), uuid.uuid4()
    first = house.note(referral, client_id=client_id)
    again = house.note(referral, client_id=client_id, summary="Kiriman kedua")
    assert again == first
    assert ReferralNote.objects.count() == 1
    assert CaseEvent.objects.filter(kind=EventKind.REFERRAL_NOTE).count() == 1


def test_a_client_id_of_somebody_elses_note_is_refused(house: House) -> None:
    note = house.note(house.running())
    theirs = house.running(offer=house.other_offer)
    with pytest.raises(PermissionDenied):
        house.note(theirs, client_id=note.client_id)


def test_the_first_note_says_that_the_service_has_begun(house: House) -> None:
    referral = house.accepted()
    house.note(referral)
    referral.refresh_from_db()
    assert referral.status == ReferralStatus.IN_PROGRESS


def test_a_worry_becomes_an_urgent_task_of_24_hours(house: House) -> None:
    referral = house.running()
    before = timezone.now()
    note = workflow.report_worry(referral, by=house.cast.cso, client_id=uuid.uuid4())
    task = Task.objects.get(kind=TaskKind.URGENT)
    assert task.priority == Priority.URGENT
    assert task.assignee == house.cast.worker
    assert before + dt.timedelta(hours=24) <= task.due_at <= timezone.now() + dt.timedelta(hours=24)
    assert note.safety_worry


def test_a_note_without_words_and_without_worry_is_refused_by_the_database(house: House) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        house.note(house.running(), summary="  ")


@pytest.mark.parametrize("is_complete", [True, False])
def test_the_end_of_the_service_ends_the_grant_in_the_same_second(house: House, is_complete: bool) -> None:
    referral = house.running()
    ended = workflow.finish(referral, by=house.cast.cso, is_complete=is_complete, result="Usaha berjalan.")
    assert not CaseGroupGrant.objects.filter(source="referral").exists()
    assert ended.grant is not None
    ended.grant.refresh_from_db()
    assert ended.grant.expires_at <= timezone.now()
    assert CaseEvent.objects.filter(kind=EventKind.REFERRAL_ENDED, case=house.case).count() == 1


def test_ending_one_referral_leaves_the_other_one_of_the_same_case_open(house: House) -> None:
    first = house.running()
    second = house.running(offer=make_offer(house.partner, title="Lain"))
    workflow.finish(first, by=house.cast.cso, is_complete=True, result="Selesai.")
    second.refresh_from_db()
    assert second.is_grant_in_force


def test_a_partner_outside_titian_is_answered_for_by_the_sender(house: House) -> None:
    outside = make_offer(make_partner("Dinas Koperasi", kind="dinas"), title="UMKM")
    referral = house.sent(offer=outside)
    accepted = workflow.accept(referral, by=house.cast.worker, starts_on=timezone.localdate())
    assert accepted.grant is None
    house.note(accepted, by=house.cast.worker)
    assert workflow.finish(accepted, by=house.cast.worker, is_complete=True, result="NIB terbit.").ended_at


# ---- ending from outside ------------------------------------------------------------------------------------------


def test_withdrawing_consent_stops_what_rests_on_it_and_tells_the_owner(house: House) -> None:
    running = house.running()
    other = house.sent(offer=house.other_offer)
    assert running.consent is not None
    case_workflow.withdraw_consent(running.consent, by=house.cast.worker)
    running.refresh_from_db()
    other.refresh_from_db()
    assert running.status == ReferralStatus.CANCELLED
    assert other.status == ReferralStatus.SENT
    assert not CaseGroupGrant.objects.filter(source="referral").exists()
    assert Task.objects.filter(source=f"referral:{running.pk}:consent", assignee=house.cast.worker).exists()


def test_a_grant_ends_with_the_last_day_of_the_consent_before_any_job_runs(house: House) -> None:
    referral = house.running()
    CaseGroupGrant.all_grants.filter(pk=referral.grant_id).update(
        granted_at=timezone.now() - dt.timedelta(days=2), expires_at=timezone.now() - dt.timedelta(seconds=1)
    )
    with pytest.raises(PermissionDenied):
        house.note(referral)


def test_the_clock_expires_what_nobody_answered_and_gives_it_back(house: House) -> None:
    late, in_time = past_deadline(house.sent()), house.sent(offer=house.other_offer)
    assert workflow.sweep(by=house.cast.system) == 1
    late.refresh_from_db()
    in_time.refresh_from_db()
    assert (late.status, in_time.status) == (ReferralStatus.EXPIRED, ReferralStatus.SENT)
    assert Task.objects.filter(source=f"referral:{late.pk}:expired", assignee=house.cast.worker).exists()
    assert workflow.sweep(by=house.cast.system) == 0


def test_the_clock_stops_what_rests_on_a_consent_past_its_last_day(house: House) -> None:
    referral = house.running()
    assert referral.consent is not None
    referral.consent.valid_until = timezone.localdate() - dt.timedelta(days=1)
    referral.consent.save()
    workflow.sweep(by=house.cast.system)
    referral.refresh_from_db()
    assert referral.status == ReferralStatus.CANCELLED
    assert not referral.is_grant_in_force


def test_a_case_with_an_open_referral_is_not_closed(house: House) -> None:
    referral = house.sent()
    with pytest.raises(TransitionError) as refused:
        case_workflow.close(house.case, by=house.cast.supervisor, reason=ClosureReason.MOVED, note="Pindah.")
    assert f"/referrals/{referral.code}/" in [blocker.url for blocker in refused.value.blockers]
    workflow.cancel(referral, by=house.cast.worker, reason="Pindah.")
    closed = case_workflow.close(house.case, by=house.cast.supervisor, reason=ClosureReason.MOVED, note="Pindah.")
    assert closed.status == CaseStatus.CLOSED


def test_taking_a_sent_referral_back_needs_a_reason(house: House) -> None:
    with pytest.raises(TransitionError):
        workflow.cancel(house.sent(), by=house.cast.worker)


# ---- drafts -------------------------------------------------------------------------------------------------------


def _contents(**fields: Any) -> dict[str, Any]:
    return {
        "purpose": "Pendampingan saja.",
        "support_needed": "Pembukuan",
        "data_shared": ["support_needed"],
        "basis": ReferralBasis.PUBLIC_DUTY,
        "legal_reference": "UU 22/2022",
    } | fields


def test_a_draft_is_changed_with_the_version_it_was_opened_with(house: House) -> None:
    draft = house.draft()
    changed = workflow.edit_referral(draft, by=house.cast.worker, version=draft.version, **_contents())
    assert changed.shared_values == {"support_needed": "Pembukuan"}
    with pytest.raises(StaleError):
        workflow.edit_referral(draft, by=house.cast.worker, version=draft.version, **_contents())


def test_what_was_sent_is_not_changed(house: House) -> None:
    sent = house.sent()
    with pytest.raises(TransitionError):
        workflow.edit_referral(sent, by=house.cast.worker, version=sent.version, **_contents())


# ---- the database behind the workflow's back -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [{"status": "sent"}, {"basis": "kewenangan"}, {"status": "accepted", "consent": None}],
    ids=["sent without a deadline", "duty without a law", "consent without a consent"],
)
def test_the_database_refuses_what_the_workflow_would(house: House, values: dict[str, Any]) -> None:
    draft = house.draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=draft.pk).update(**values)


# ---- agreements ---------------------------------------------------------------------------------------------------


def test_an_agreement_is_activated_renewed_and_ended_by_who_may(house: House) -> None:
    supervisor: Staff = house.cast.supervisor
    agreement = agreement_for(house, status=AgreementStatus.DRAFT)
    with pytest.raises(PermissionDenied):
        workflow.activate_agreement(agreement, by=house.cast.worker)
    active = workflow.activate_agreement(agreement, by=supervisor)
    until = active.valid_to + dt.timedelta(days=365)
    successor = workflow.renew_agreement(
        active, by=supervisor, number="MoU-2", valid_from=active.valid_to, valid_to=until
    )
    active.refresh_from_db()
    assert (active.status, successor.status) == (AgreementStatus.RENEWED, AgreementStatus.DRAFT)
    with pytest.raises(TransitionError):
        workflow.end_agreement(active, by=supervisor)


def test_an_agreement_says_when_it_ends_soon(house: House) -> None:
    today = timezone.localdate()
    assert agreement_for(house, number="1", valid_to=today + dt.timedelta(days=90)).ends_soon
    assert not agreement_for(house, number="2", valid_to=today + dt.timedelta(days=91)).ends_soon
