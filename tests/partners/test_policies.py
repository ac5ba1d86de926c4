"""Who may do what: each person beside the neighbour's object, lists and single answers from one rule."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from cases import policies as case_policies
from cases.enums import Right, Section
from cases.models import CaseGroupGrant
from partners import policies, workflow
from partners.enums import Act
from partners.models import Agreement
from tests.factories import make_case
from tests.partners.conftest import House, make_offer, make_partner

ALL = {Act.VIEW, Act.EDIT, Act.DELIVER}
# A referral to a partner that answers in Titian, from a case of `worker`, by what has become of it.
REFERRALS: dict[str, dict[str, set[Act]]] = {
    "worker": {"draft": {Act.VIEW, Act.EDIT}, "sent": {Act.VIEW, Act.EDIT}, "in_progress": {Act.VIEW, Act.EDIT}},
    "neighbour": {},
    "supervisor": {"draft": {Act.VIEW}, "sent": {Act.VIEW}, "in_progress": {Act.VIEW}},
    "other_unit": {},
    "other_unit_supervisor": {},
    "other_agency": {},
    "other_agency_supervisor": {},
    "psychologist": {},
    "cso": {"sent": {Act.VIEW, Act.DELIVER}, "in_progress": {Act.VIEW, Act.DELIVER}},
    "other_cso": {},
    "analyst": {},
    "admin": {},
    "bnpt_admin": {},
    "head_office": {},
    "auditor": {},
    "dpo": {},
    "system": {"draft": ALL, "sent": ALL, "in_progress": ALL},
}


@pytest.mark.parametrize("status", ["draft", "sent", "in_progress"])
@pytest.mark.parametrize("actor", REFERRALS)
def test_each_person_may_do_exactly_this_with_a_referral(house: House, actor: str, status: str) -> None:
    referral = house.in_state(status)
    user = getattr(house.cast, actor)
    allowed = REFERRALS[actor].get(status, set())
    assert {act for act in Act if policies.can(user, act, referral)} == allowed
    assert {act for act in Act if policies.referrals_for(user, act).filter(pk=referral.pk)} == allowed


def test_every_member_of_the_cast_has_a_row(house: House) -> None:
    assert {name for name, _staff in house.cast} == set(REFERRALS)


@pytest.mark.parametrize("status", ["completed", "incomplete", "cancelled", "declined", "expired"])
def test_after_the_end_the_partner_may_only_see_that_it_was(house: House, status: str) -> None:
    referral = house.in_state(status)
    assert policies.can(house.cast.cso, Act.VIEW, referral)
    assert not policies.shows_person(referral)
    assert policies.actions_for(house.cast.cso, referral) == frozenset()


def test_the_neighbours_referral_is_in_no_list_of_mine(house: House) -> None:
    mine = house.sent()
    theirs = house.sent(
        case=make_case(house.cast.other_unit), by=house.cast.other_unit, data_shared=["support_needed"]
    )
    assert set(policies.referrals_for(house.cast.worker)) == {mine}
    assert set(policies.referrals_for(house.cast.other_unit)) == {theirs}
    assert set(policies.referrals_for(house.cast.cso)) == {mine, theirs}
    assert set(policies.referrals_for(house.cast.other_cso)) == set()
    branches = policies.referral_branches(house.cast.supervisor)
    assert {row for branch in branches for row in branch} == {mine}


def test_an_accepted_referral_opens_no_page_of_the_case_to_the_partner(house: House) -> None:
    house.running()
    officer = house.cast.cso
    assert CaseGroupGrant.objects.filter(group=officer.unit.group, content_object=house.case).exists()
    for section in Section:
        for right in Right:
            assert not case_policies.can(officer, right, house.case, section)
    assert not officer.has_perm("cases.view_casefile", house.case)
    assert not case_policies.cases_in_sight(officer).exists()


def test_an_expired_grant_gives_nothing_from_that_second(house: House) -> None:
    referral = house.running()
    note = house.note(referral)
    assert policies.shows_person(referral)
    assert note in policies.notes_for(house.cast.cso)
    moment = timezone.now() - dt.timedelta(seconds=1)
    CaseGroupGrant.all_grants.filter(pk=referral.grant_id).update(
        granted_at=moment - dt.timedelta(days=1), expires_at=moment
    )
    referral.refresh_from_db()
    assert not policies.shows_person(referral)
    assert not policies.can(house.cast.cso, Act.DELIVER, referral)
    assert note not in policies.notes_for(house.cast.cso)
    assert note in policies.notes_for(house.cast.worker)


def test_who_has_left_may_do_nothing(house: House) -> None:
    referral = house.running()
    for user in (house.cast.cso, house.cast.worker):
        user.is_active = False
        user.save()
        assert not any(policies.can(user, act, referral) for act in Act)
        assert not policies.partners_for(user).exists()


def test_the_sender_answers_only_for_a_partner_outside_titian(house: House) -> None:
    outside = house.sent(offer=make_offer(make_partner("Dinas Koperasi", kind="dinas"), title="UMKM"))
    inside = house.sent()
    assert policies.can(house.cast.worker, Act.DELIVER, outside)
    assert not policies.can(house.cast.worker, Act.DELIVER, inside)
    assert not policies.can(house.cast.supervisor, Act.DELIVER, outside)


ACTIONS: dict[tuple[str, str], set[str]] = {
    ("worker", "draft"): {"edit", "send", "cancel"},
    ("worker", "sent"): {"cancel", "withdraw_consent"},
    ("worker", "in_progress"): {"cancel", "withdraw_consent"},
    ("worker", "completed"): set(),
    ("supervisor", "sent"): set(),
    ("cso", "sent"): {"answer"},
    ("cso", "accepted"): {"begin", "note", "worry", "finish"},
    ("cso", "in_progress"): {"note", "worry", "finish"},
    ("cso", "completed"): set(),
    ("other_cso", "sent"): set(),
}


@pytest.mark.parametrize(("actor", "status"), ACTIONS)
def test_the_buttons_follow_state_and_right(house: House, actor: str, status: str) -> None:
    referral = house.in_state(status)
    assert policies.actions_for(getattr(house.cast, actor), referral) == ACTIONS[actor, status]


# ---- directory ----------------------------------------------------------------------------------------------------

R, RW = {Right.VIEW}, {Right.VIEW, Right.EDIT}
# (own organisation, its offers, another organisation, that one's offers)
DIRECTORY: dict[str, tuple[set[Right], set[Right], set[Right], set[Right]]] = {
    "worker": (R, R, R, R),
    "neighbour": (R, R, R, R),
    "supervisor": (RW, RW, RW, RW),
    "other_unit": (R, R, R, R),
    "other_unit_supervisor": (RW, RW, RW, RW),
    "other_agency": (R, R, R, R),
    "other_agency_supervisor": (RW, RW, RW, RW),
    "psychologist": (R, R, R, R),
    "cso": (R, RW, set(), set()),
    "other_cso": (set(), set(), R, RW),
    "analyst": (R, R, R, R),
    "admin": (RW, RW, RW, RW),
    "bnpt_admin": (RW, RW, RW, RW),
    "head_office": (RW, RW, RW, RW),
    "auditor": (R, R, R, R),
    "dpo": (R, R, R, R),
    "system": (R, R, R, R),
}


@pytest.mark.parametrize("actor", DIRECTORY)
def test_each_person_may_do_exactly_this_in_the_directory(house: House, actor: str) -> None:
    user = getattr(house.cast, actor)

    def rights(rows: Any, row: Any) -> set[Right]:
        return {right for right in (Right.VIEW, Right.EDIT) if rows(user, right).filter(pk=row.pk).exists()}

    assert (
        rights(policies.partners_for, house.partner),
        rights(policies.offers_for, house.offer),
        rights(policies.partners_for, house.other_partner),
        rights(policies.offers_for, house.other_offer),
    ) == DIRECTORY[actor]


def test_agreements_and_contacts_follow_their_organisation(house: House) -> None:
    today = timezone.localdate()
    agreement = Agreement.objects.create(
        partner=house.partner, type="mou", number="1", valid_from=today, valid_to=today
    )
    contact = workflow.save_contact(None, by=house.cast.supervisor, partner=house.partner, name="Ibu Ketua")
    for user, sees in ((house.cast.worker, True), (house.cast.cso, True), (house.cast.other_cso, False)):
        assert policies.agreements_for(user).filter(pk=agreement.pk).exists() is sees
        assert policies.contacts_for(user).filter(pk=contact.pk).exists() is sees
        assert not policies.agreements_for(user, Right.EDIT).exists()
        assert not policies.contacts_for(user, Right.EDIT).exists()
