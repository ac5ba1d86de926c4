"""Answers to a referral: what they open, and what happens to two at once."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from cases import workflow as case_workflow
from cases.enums import EventKind, TaskKind
from cases.models import CaseEvent, CaseGroupGrant, Task
from core.workflow import TransitionError
from partners import workflow
from partners.enums import Verification
from partners.models import Referral
from tests.cast import make_cast
from tests.factories import make_case
from tests.partners.conftest import NAME, House, make_offer, make_partner, past_deadline

# ---- answering ----------------------------------------------------------------------------------------------------


def test_accepting_opens_a_grant_without_sections_given_by_the_sender_until_the_consent_ends(house: House) -> None:
    referral = house.accepted()
    grant = CaseGroupGrant.objects.get(content_object=house.case, source="referral")
    assert referral.grant == grant
    assert grant.group == house.cast.cso.unit.group
    assert grant.sections == []
    assert grant.granted_by == house.cast.worker
    assert grant.lawful_basis == "persetujuan"
    assert timezone.localtime(grant.expires_at).date() == house.until + dt.timedelta(days=1)


def test_an_answer_becomes_a_task_of_the_sender_and_a_line_of_the_timeline(house: House) -> None:
    referral = house.accepted()
    task = Task.objects.get(case=house.case, kind=TaskKind.REFERRAL)
    assert task.assignee == house.cast.worker
    assert task.path == f"/referrals/{referral.code}/"
    kinds = set(CaseEvent.objects.filter(case=house.case).values_list("kind", flat=True))
    assert {EventKind.REFERRAL_SENT, EventKind.REFERRAL_ANSWERED} <= kinds


def test_the_task_goes_to_whoever_leads_the_case_now(house: House) -> None:
    referral = house.sent()
    case_workflow.assign(house.case, by=house.cast.supervisor, worker=house.cast.neighbour)
    workflow.decline(referral, by=house.cast.cso, reason="Penuh.")
    assert Task.objects.get(kind=TaskKind.REFERRAL).assignee == house.cast.neighbour


def test_declining_needs_a_reason_and_opens_nothing(house: House) -> None:
    referral = house.sent()
    with pytest.raises(TransitionError):
        workflow.decline(referral, by=house.cast.cso, reason=" ")
    declined = workflow.decline(referral, by=house.cast.cso, reason="Pelatih cuti.")
    assert declined.ended_at is not None
    assert not CaseGroupGrant.all_grants.filter(source="referral").exists()


def test_a_partner_suspended_meanwhile_takes_nobody_on(house: House) -> None:
    referral = house.sent()
    house.partner.verification = Verification.SUSPENDED
    house.partner.save()
    with pytest.raises(TransitionError, match="ditangguhkan"):
        workflow.accept(referral, by=house.cast.cso, starts_on=timezone.localdate())


def test_too_late_is_too_late_even_before_the_clock_job_has_run(house: House) -> None:
    referral = past_deadline(house.sent())
    with pytest.raises(TransitionError, match="Tenggat"):
        workflow.accept(referral, by=house.cast.cso, starts_on=timezone.localdate())
    with pytest.raises(TransitionError, match="Tenggat"):
        workflow.decline(referral, by=house.cast.cso, reason="Penuh.")


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_answer_at_once_one_is_heard(transactional_db: None) -> None:
    house = _committed_house()
    referral = house.sent()
    outcomes: list[str] = []
    ready = threading.Barrier(2)

    def answer(move: Callable[[], Any]) -> None:
        ready.wait()
        try:
            move()
            outcomes.append("heard")
        except TransitionError:
            outcomes.append("refused")
        finally:
            connection.close()

    today = timezone.localdate()
    moves = [
        lambda: workflow.accept(referral, by=house.cast.cso, starts_on=today),
        lambda: workflow.decline(referral, by=house.cast.cso, reason="Penuh."),
    ]
    threads = [threading.Thread(target=answer, args=[move]) for move in moves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["heard", "refused"]
    assert CaseEvent.objects.filter(kind=EventKind.REFERRAL_ANSWERED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_last_place_goes_to_one_of_two(transactional_db: None) -> None:
    house = _committed_house()
    first = house.sent()
    second = house.sent(case=make_case(house.cast.worker), data_shared=["support_needed"])
    house.offer.capacity_per_quarter = 1
    house.offer.save()
    outcomes: list[str] = []
    ready = threading.Barrier(2)

    def accept(referral: Referral) -> None:
        ready.wait()
        try:
            workflow.accept(referral, by=house.cast.cso, starts_on=timezone.localdate())
            outcomes.append("taken")
        except TransitionError:
            outcomes.append("full")
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=[row]) for row in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["full", "taken"]


def _committed_house() -> House:
    cast = make_cast()
    partner = make_partner("Yayasan Titi Harapan", cast.cso)
    other = make_partner("Jembatan Asa", cast.other_cso)
    person = {"full_name": NAME, "sex": "male", "birth_date": dt.date(1990, 1, 1), "phone": "0812"}
    case = make_case(cast.worker, person=person)
    return House(cast, case, partner, other, make_offer(partner), make_offer(other))
