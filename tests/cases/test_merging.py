"""Two rows of one person become one and can become two again; nothing is lost on the way, and nobody learns more."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.enums import JournalAction, Profession, RegionLevel, Role
from accounts.models import JournalEntry, Region, Staff
from cases import policies, workflow
from cases.enums import CaseStatus, CaseType, ClosureReason, EventKind, NikStatus, TaskKind
from cases.enums.household import Kinship
from cases.enums.merging import PairStatus
from cases.enums.protection import TieKind
from cases.models import (
    CaseEvent,
    CaseFile,
    ConflictDeclaration,
    HouseholdMember,
    Participant,
    PersonPair,
    Task,
)
from cases.models.merging import TRAITS, UNCOMPARED
from cases.policies import merging as rules
from cases.workflow.household import NewMember
from core.acting import acting_as
from core.workflow import StaleError, TransitionError
from tests.cases.test_at_once import acting, all_at_once, people
from tests.cast import Cast
from tests.factories import NIK, make_case, make_person, make_staff

__all__ = ["people"]
WHY = "Nomor telepon dan alamat sama; dibenarkan PK."


@pytest.fixture
def first(cast: Cast) -> CaseFile:
    return make_case(cast.worker, person=make_person(full_name="Slamet Riyadi Utomo", mother_name="Wagiyem"))


@pytest.fixture
def second(cast: Cast) -> CaseFile:
    """The same man at another unit of the agency, where the first case is closed already."""
    person = make_person(full_name="Slamet Riadi", phone="0800-0000-0001", birth_date=dt.date(1990, 5, 18), nik=NIK)
    return make_case(cast.other_unit, person=person)


def close_first(cast: Cast, first: CaseFile) -> None:
    workflow.close(first, by=cast.supervisor, reason=ClosureReason.DUPLICATE, note="Berjalan di Palu.")


def merge(cast: Cast, first: CaseFile, second: CaseFile, *take: str, **fields: Any) -> PersonPair:
    kept = Participant.objects.get(pk=first.participant_id)
    duplicate = Participant.objects.get(pk=second.participant_id)
    given = {"by": cast.admin, "versions": (kept.version, duplicate.version), "take": take, "reason": WHY} | fields
    return workflow.merge_people(kept, duplicate, **given)


def everything(person: int) -> dict[str, Any]:
    """A row of a person without its clocks, the number itself in place of its seal, and what hangs on it."""
    row = Participant.objects.filter(pk=person).values().get()
    for name in ("version", "updated_at", "nik_sealed"):
        del row[name]
    row["nik"] = Participant.objects.get(pk=person).nik
    return row | {
        model._meta.label: set(model._default_manager.filter(participant=person).values_list("pk", flat=True))
        for model in workflow.MOVING
    }


# ---- nothing is forgotten ------------------------------------------------------------------------------------------


def test_every_table_that_hangs_on_a_person_moves() -> None:
    of_people = {
        model
        for model in apps.get_models()
        if not hasattr(model, "pgh_tracked_model") and model is not PersonPair
        for field in model._meta.concrete_fields
        if field.related_model is Participant
    }
    assert of_people == set(workflow.MOVING)


def test_every_field_of_a_person_is_compared_or_has_a_reason_not_to_be() -> None:
    compared = {name for trait in TRAITS for name in trait.fields}
    assert compared | UNCOMPARED == {field.name for field in Participant._meta.concrete_fields}
    assert not compared & UNCOMPARED


# ---- merging -------------------------------------------------------------------------------------------------------


def test_everything_becomes_one_person(cast: Cast, first: CaseFile, second: CaseFile) -> None:
    close_first(cast, first)
    region = Region.objects.filter(level=RegionLevel.DISTRICT).first()
    assert region is not None
    address = workflow.move_address(second, by=cast.other_unit, region=region, line="Jalan Melati 4")
    pair = merge(cast, first, second, "born")
    kept = Participant.objects.get(pk=first.participant_id)
    assert set(kept.cases.all()) == {first, second}
    assert set(kept.addresses.all()) == {address}
    # chosen, filled, joined
    assert (kept.full_name, kept.birth_date) == ("Slamet Riyadi Utomo", dt.date(1990, 5, 18))
    assert (kept.phone, kept.mother_name) == ("0800-0000-0001", "Wagiyem")
    assert (kept.nik, kept.nik_status, kept.aliases) == (NIK, NikStatus.PRESENT, ["Slamet Riadi"])
    assert not CaseFile.objects.filter(participant=pair.duplicate).exists()
    # told to both units, and written down
    for case, supervisor in ((second, cast.other_unit_supervisor),):
        task = Task.objects.get(case=case, kind=TaskKind.MERGED)
        assert (task.assignee, task.path) == (supervisor, f"/cases/{case.code}/identity/")
    assert CaseEvent.objects.filter(kind=EventKind.PERSON_MERGED).count() == 2
    line = JournalEntry.objects.get(action=JournalAction.PEOPLE_MERGED)
    assert (line.object_code, line.detail) == (kept.code, pair.duplicate.code)


def test_a_merge_and_its_undoing_leave_both_as_they_were(cast: Cast, first: CaseFile, second: CaseFile) -> None:
    close_first(cast, first)
    before = everything(first.participant_id), everything(second.participant_id)
    pair = merge(cast, first, second, "born", "full_name")
    assert everything(first.participant_id) != before[0]
    pair = workflow.unmerge_people(pair, by=cast.admin, reason="Ternyata sepupunya.")
    assert (everything(first.participant_id), everything(second.participant_id)) == before
    assert (pair.status, pair.undone_by, pair.undo_reason) == (PairStatus.UNDONE, cast.admin, "Ternyata sepupunya.")
    assert JournalEntry.objects.filter(action=JournalAction.PEOPLE_UNMERGED).count() == 1
    with pytest.raises(TransitionError, match="Dipisah lagi"):
        workflow.unmerge_people(pair, by=cast.admin, reason="Sekali lagi.")


def test_what_was_corrected_since_stays_corrected(cast: Cast, first: CaseFile, second: CaseFile) -> None:
    close_first(cast, first)
    pair = merge(cast, first, second)
    kept = Participant.objects.get(pk=first.participant_id)
    second.refresh_from_db()
    workflow.amend_participant(second, by=cast.other_unit, version=kept.version, phone="0800-0000-0002")
    workflow.unmerge_people(pair, by=cast.admin, reason="Keliru.")
    kept.refresh_from_db()
    assert (kept.phone, kept.nik) == ("0800-0000-0002", "")


def test_a_case_opened_since_stays_with_the_person_kept(cast: Cast) -> None:
    first = make_case(cast.other_agency, case_type=CaseType.SOCIAL_ADULT, person=make_person(full_name="Wiranto Adi"))
    second = make_case(cast.other_agency, case_type=CaseType.FAMILY, person=make_person(full_name="Wiranto Hadi"))
    admin = _kemensos_admin(cast)
    pair = merge(cast, first, second, by=admin)
    with pytest.raises(TransitionError):  # both kinds are open now, for one person
        workflow.open_case(by=cast.other_agency, case_type=CaseType.FAMILY, participant=pair.kept)
    workflow.unmerge_people(pair, by=admin, reason="Keliru.")
    later = workflow.open_case(by=cast.other_agency, case_type=CaseType.FAMILY, participant=pair.kept)
    assert later.participant_id == first.participant_id


def _kemensos_admin(cast: Cast) -> Staff:
    return make_staff("admin.sosial", cast.other_agency.unit, Role.DATA_ADMIN, Profession.ADMINISTRASI)


def test_a_merge_of_a_merge_comes_apart_from_the_top(cast: Cast, first: CaseFile, second: CaseFile) -> None:
    third = make_case(cast.neighbour, person=make_person(full_name="Slamet R. Utomo"))
    close_first(cast, first)
    lower = merge(cast, first, second)
    workflow.close(third, by=cast.supervisor, reason=ClosureReason.DUPLICATE, note="Berjalan di Palu.")
    upper = merge(cast, third, first)
    assert Participant.objects.get(pk=third.participant_id).cases.count() == 3
    assert list(rules.pairs_for(cast.admin)) == [upper]
    with pytest.raises(PermissionDenied):
        workflow.unmerge_people(lower, by=cast.admin, reason="Keliru.")
    workflow.unmerge_people(upper, by=cast.admin, reason="Keliru.")
    workflow.unmerge_people(lower, by=cast.admin, reason="Keliru.")
    owners = {case.pk: case.participant_id for case in CaseFile.objects.all()}
    assert owners == {case.pk: case.participant_id for case in (first, second, third)}


def test_two_merges_into_one_come_apart_newest_first(cast: Cast, first: CaseFile, second: CaseFile) -> None:
    third = make_case(cast.neighbour, person=make_person(full_name="Slamet R. Utomo"))
    for case in (first, third):
        workflow.close(case, by=cast.supervisor, reason=ClosureReason.DUPLICATE, note="Berjalan di Palu.")
    older, newer = merge(cast, second, first), merge(cast, second, third)
    with pytest.raises(TransitionError, match=newer.code):
        workflow.unmerge_people(older, by=cast.admin, reason="Keliru.")
    workflow.unmerge_people(newer, by=cast.admin, reason="Keliru.")
    workflow.unmerge_people(older, by=cast.admin, reason="Keliru.")
    assert Participant.objects.get(pk=second.participant_id).aliases == []


def test_two_households_become_one(cast: Cast) -> None:
    first = make_case(cast.other_agency, case_type=CaseType.SOCIAL_ADULT)
    second = make_case(cast.other_agency, case_type=CaseType.FAMILY)
    for case in (first, second):
        workflow.add_members(case, [_wife()], by=cast.other_agency)
    admin = _kemensos_admin(cast)
    pair = merge(cast, first, second, by=admin)
    own = HouseholdMember.objects.filter(participant=first.participant_id)
    assert (own.count(), own.present().count()) == (2, 1)
    workflow.unmerge_people(pair, by=admin, reason="Keliru.")
    assert HouseholdMember.objects.present().filter(participant=second.participant_id).count() == 1


def _wife() -> NewMember:
    return NewMember(client_id=uuid.uuid4(), kinship=Kinship.SPOUSE, name="Ratna")


def test_a_tie_to_one_is_a_tie_to_both(cast: Cast, first: CaseFile, second: CaseFile) -> None:
    close_first(cast, first)
    tie = workflow.declare_tie(first, by=cast.other_unit, kind=TieKind.FAMILY)
    assert policies.caseload_of(cast.other_unit).filter(pk=second.pk).exists()
    pair = merge(cast, second, first)
    assert not policies.cases_in_sight(cast.other_unit).exists()
    second.refresh_from_db()
    assert second.lead_worker is None
    assert Task.objects.filter(case=second, kind=TaskKind.REASSIGN, assignee=cast.other_unit_supervisor).exists()
    # and one that is declared meanwhile holds for both when they come apart
    late = workflow.declare_tie(second, by=cast.neighbour, kind=TieKind.FRIEND)
    workflow.unmerge_people(pair, by=cast.admin, reason="Keliru.")
    standing = ConflictDeclaration.objects.standing()
    assert set(standing.filter(staff=cast.neighbour).values_list("participant", flat=True)) == {
        first.participant_id,
        second.participant_id,
    }
    assert standing.get(staff=cast.other_unit).pk == tie.pk
    assert late.is_standing


# ---- what stands in the way ----------------------------------------------------------------------------------------


def refused(cast: Cast, first: CaseFile, second: CaseFile) -> str:
    with pytest.raises(TransitionError) as refusal:
        merge(cast, first, second)
    return " ".join(str(blocker.text) for blocker in refusal.value.blockers)


def test_two_open_cases_of_one_kind_wait_for_a_supervisor(cast: Cast, first: CaseFile, second: CaseFile) -> None:
    assert "jenis yang sama" in refused(cast, first, second)
    close_first(cast, first)
    assert merge(cast, first, second).status == PairStatus.MERGED


def test_two_numbers_are_two_people(cast: Cast, second: CaseFile) -> None:
    other = make_case(cast.worker, person=make_person(nik="9999991705900002"))
    close_first(cast, other)
    assert "NIK keduanya berbeda" in refused(cast, other, second)


def test_a_survivor_is_merged_with_nobody_else(cast: Cast, second: CaseFile) -> None:
    victim = make_case(cast.worker, legal=None)
    CaseFile.objects.filter(pk=victim.pk).update(is_victim_file=True, status=CaseStatus.SUSPENDED)
    assert "penyintas" in refused(cast, victim, second)


def test_restricted_data_are_left_alone(cast: Cast, first: CaseFile, second: CaseFile) -> None:
    close_first(cast, first)
    CaseFile.objects.filter(pk=second.pk).update(restricted_at=timezone.now())
    assert "dibatasi" in refused(cast, first, second)


def test_what_one_may_not_see_stands_in_the_way_without_a_word_of_what_it_is(
    cast: Cast, first: CaseFile, second: CaseFile
) -> None:
    """The person has a survivor's file at another agency, of which the admin knows nothing."""
    close_first(cast, first)
    hidden = make_case(cast.other_agency, case_type=CaseType.SOCIAL_ADULT)
    CaseFile.objects.filter(pk=hidden.pk).update(participant=first.participant, is_victim_file=True)
    told = refused(cast, first, second)
    assert "pejabat pelindungan data" in told
    assert "enyintas" not in told


def test_a_file_out_of_sight_moves_along_and_its_unit_is_told(cast: Cast, first: CaseFile, second: CaseFile) -> None:
    close_first(cast, first)
    hidden = make_case(cast.other_agency, case_type=CaseType.SOCIAL_ADULT)
    CaseFile.objects.filter(pk=hidden.pk).update(participant=second.participant)
    kept, duplicate = (Participant.objects.get(pk=case.participant_id) for case in (first, second))
    with acting_as(cast.admin.pk):  # with the database's own rules of sight
        pair = workflow.merge_people(kept, duplicate, by=cast.admin, versions=(1, 1), take=(), reason=WHY)
    hidden.refresh_from_db()
    assert hidden.participant_id == first.participant_id
    assert Task.objects.filter(case=hidden, kind=TaskKind.MERGED, assignee=cast.other_agency_supervisor).exists()
    with acting_as(cast.admin.pk):
        workflow.unmerge_people(pair, by=cast.admin, reason="Keliru.")
    hidden.refresh_from_db()
    assert hidden.participant_id == second.participant_id


def test_a_form_about_the_duplicate_that_is_open_is_old(cast: Cast, first: CaseFile, second: CaseFile) -> None:
    close_first(cast, first)
    duplicate = workflow.amend_participant(second, by=cast.other_unit, version=1, birth_place="Palu")
    merge(cast, first, second)
    second.refresh_from_db()
    with pytest.raises(StaleError):
        workflow.amend_participant(second, by=cast.other_unit, version=duplicate.version, full_name="Lama")


def test_a_reason_is_needed(cast: Cast, first: CaseFile, second: CaseFile) -> None:
    close_first(cast, first)
    with pytest.raises(TransitionError, match="alasan"):
        merge(cast, first, second, reason="  ")
    pair = merge(cast, first, second)
    with pytest.raises(TransitionError, match="alasan"):
        workflow.unmerge_people(pair, by=cast.admin, reason=" ")


def test_a_page_that_is_no_longer_true_merges_nothing(cast: Cast, first: CaseFile, second: CaseFile) -> None:
    close_first(cast, first)
    workflow.amend_participant(second, by=cast.other_unit, version=1, mother_name="Sumarni")
    with pytest.raises(StaleError):
        merge(cast, first, second, versions=(1, 1))
    assert not PersonPair.objects.exists()


@pytest.mark.parametrize("actor", ["worker", "supervisor", "analyst", "bnpt_admin", "head_office", "dpo", "cso"])
def test_nobody_else_merges_or_takes_apart(cast: Cast, first: CaseFile, second: CaseFile, actor: str) -> None:
    close_first(cast, first)
    user = getattr(cast, actor)
    with pytest.raises(PermissionDenied):
        merge(cast, first, second, by=user)
    with pytest.raises(PermissionDenied):
        workflow.keep_apart(first.participant, second.participant, by=user, reason=WHY)
    pair = merge(cast, first, second)
    with pytest.raises(PermissionDenied):
        workflow.unmerge_people(pair, by=user, reason=WHY)


def test_people_of_another_agency_are_out_of_reach(cast: Cast, first: CaseFile) -> None:
    theirs = make_case(cast.other_agency, case_type=CaseType.SOCIAL_ADULT)
    close_first(cast, first)
    with pytest.raises(PermissionDenied):
        merge(cast, first, theirs)


@pytest.mark.django_db(transaction=True)
def test_sent_eight_times_at_once_it_is_one_merge(people: Cast) -> None:
    first = make_case(people.worker, person=make_person(full_name="Slamet Riyadi"))
    second = make_case(people.other_unit, person=make_person(full_name="Slamet Riadi"))
    close_first(people, first)
    merges = [acting(people.admin, lambda: merge(people, first, second, versions=(1, 1))) for _number in range(8)]
    results = all_at_once(people, merges)
    assert len({result.pk for result in results if isinstance(result, PersonPair)}) == 1
    assert PersonPair.objects.count() == 1


# ---- suggestions ---------------------------------------------------------------------------------------------------


def test_the_list_suggests_one_number_and_one_name(cast: Cast, second: CaseFile) -> None:
    numbered = make_case(cast.worker, person=make_person(full_name="Orang Lain", nik=NIK))
    twin = make_case(cast.worker, person=make_person(full_name="Slamet Riyadi", birth_date=dt.date(1991, 1, 1)))
    make_case(cast.worker, person=make_person(full_name="Slamet Riadi", birth_date=dt.date(1960, 1, 1)))
    pairs = {frozenset(person.pk for person in pair) for pair in rules.likely_pairs(cast.admin)}
    assert pairs == {
        frozenset({numbered.participant_id, second.participant_id}),
        frozenset({twin.participant_id, second.participant_id}),
    }
    assert rules.likely_pairs(cast.bnpt_admin) == rules.likely_pairs(cast.supervisor) == []


def test_what_was_decided_is_not_asked_again(cast: Cast, second: CaseFile) -> None:
    twin = make_case(cast.worker, person=make_person(full_name="Slamet Riadi"))
    assert len(rules.likely_pairs(cast.admin)) == 1
    pair = workflow.keep_apart(twin.participant, second.participant, by=cast.admin, reason="Ayah dan anak.")
    assert workflow.keep_apart(second.participant, twin.participant, by=cast.admin, reason="Sudah.") == pair
    assert rules.likely_pairs(cast.admin) == []


def test_survivors_are_compared_with_survivors_alone(cast: Cast, second: CaseFile) -> None:
    victim = make_case(cast.worker, person=make_person(full_name="Slamet Riadi"))
    CaseFile.objects.filter(pk=victim.pk).update(is_victim_file=True)
    assert rules.likely_pairs(cast.admin) == rules.likely_pairs(cast.admin, victims=True) == []


# ---- pages ---------------------------------------------------------------------------------------------------------


def test_the_admin_compares_chooses_and_merges(cast: Cast, first: CaseFile, second: CaseFile, client: Any) -> None:
    close_first(cast, first)
    client.force_login(cast.admin)
    found = client.post(reverse("cases:pair-list"), {"first": first.code.lower(), "second": second.code})
    url = reverse("cases:pair-compare", args=[first.participant.code, second.participant.code])
    assert (found.status_code, found.url) == (302, url)
    page = client.get(url).content.decode()
    assert "Slamet Riyadi Utomo" in page
    assert "Slamet Riadi" in page
    assert NIK not in page
    reads = JournalEntry.objects.filter(action=JournalAction.SECTION_READ, actor=cast.admin)
    assert set(reads.values_list("object_code", flat=True)) == {first.code, second.code}
    asked = {"kept_version": "1", "duplicate_version": "1", "full_name": "duplicate", "born": "kept"}
    without = client.post(url, asked | {"act": "merge"})
    assert without.status_code == 422
    assert "Tulis alasannya." in without.content.decode()
    done = client.post(url, asked | {"act": "merge", "reason": WHY})
    pair = PersonPair.objects.get()
    assert done.url == reverse("cases:pair-detail", args=[pair.code])
    assert client.post(url, asked | {"act": "merge", "reason": WHY}).url == done.url  # a double click
    first.participant.refresh_from_db()
    assert first.participant.full_name == "Slamet Riadi"
    turned = reverse("cases:pair-compare", args=[second.participant.code, first.participant.code])
    assert client.get(turned).url == done.url
    told = client.get(done.url).content.decode()
    assert told.count(">dari data ganda</span>") == 1  # the file that came
    assert first.code in told
    assert second.code in told
    undone = client.post(done.url, {"reason": "Keliru."})
    assert undone.status_code == 302
    assert PersonPair.objects.get().status == PairStatus.UNDONE
    told = client.get(done.url).content.decode()
    assert ">dari data ganda</span>" not in told
    assert "Yang pindah, lalu kembali" in told
    assert first.code in told
    assert second.code in told  # the other person's again, and the page says so


def test_the_task_to_check_leads_to_what_is_checked(
    cast: Cast, first: CaseFile, second: CaseFile, client: Any
) -> None:
    close_first(cast, first)
    merge(cast, second, first)
    task = Task.objects.get(kind=TaskKind.MERGED)
    client.force_login(task.assignee)
    page = client.get(reverse("cases:task-close", args=[task.code])).content.decode()
    assert f'href="/cases/{task.case.code}/identity/"' in page


def test_a_stale_page_keeps_the_choices(cast: Cast, first: CaseFile, second: CaseFile, client: Any) -> None:
    close_first(cast, first)
    workflow.amend_participant(second, by=cast.other_unit, version=1, mother_name="Sumarni")
    client.force_login(cast.admin)
    url = reverse("cases:pair-compare", args=[first.participant.code, second.participant.code])
    asked = {"kept_version": "1", "duplicate_version": "1", "full_name": "duplicate", "born": "duplicate"}
    asked |= {"mother_name": "kept", "act": "merge", "reason": WHY}
    answer = client.post(url, asked)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert WHY in page
    assert 'name="duplicate_version" value="2"' in page
    assert not PersonPair.objects.exists()


@pytest.mark.parametrize("typed", ["", "x" * 500, "ZZZZ-ZZZZ", "'; DROP TABLE", "\x00"])
def test_a_code_that_is_none_says_so_beside_the_field(cast: Cast, first: CaseFile, client: Any, typed: str) -> None:
    client.force_login(cast.admin)
    answer = client.post(reverse("cases:pair-list"), {"first": first.code, "second": typed})
    assert answer.status_code == 422
    assert "second" in answer.context["form"].errors
    assert first.code in answer.content.decode()


def test_whoever_reads_the_person_reads_the_duplicates_row(cast: Cast, first: CaseFile, second: CaseFile) -> None:
    close_first(cast, first)
    pair = merge(cast, first, second)
    for user, sees in ((cast.admin, True), (cast.bnpt_admin, False), (cast.other_agency, False)):
        with acting_as(user.pk):
            assert Participant.objects.filter(pk=pair.duplicate_id).exists() is sees
            assert PersonPair.objects.exists() is sees
    with acting_as(cast.neighbour.pk):
        assert not Participant.objects.exists()
