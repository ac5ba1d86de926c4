"""The family: written down in one go, seen by each agency as far as it may see, changed without losing anything."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Staff
from cases import workflow
from cases.enums import CaseStatus, CaseType, ConsentCapacity, ConsentPurpose, EventKind, LegalStatusKind
from cases.enums.household import Kinship
from cases.enums.protection import TieKind
from cases.models import CaseFile, Household, HouseholdMember, Participant
from cases.policies import household as rules
from cases.workflow.household import NewMember
from core.acting import acting_as
from core.workflow import StaleError, TransitionError
from tests.cast import Cast
from tests.factories import make_case, make_child_case, make_person

KK = "9999992811260001"
WIFE = "Sri Rahayu"


def named(name: str = WIFE, kinship: Kinship = Kinship.SPOUSE, **fields: Any) -> NewMember:
    return NewMember(uuid.uuid4(), kinship, name=name, **fields)


def with_file(case: CaseFile, kinship: Kinship = Kinship.CHILD, **fields: Any) -> NewMember:
    return NewMember(uuid.uuid4(), kinship, case=case, **fields)


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    """Of a social worker, who may open files for families."""
    return make_case(cast.other_agency, case_type=CaseType.SOCIAL_ADULT)


@pytest.fixture
def family(cast: Cast, case: CaseFile) -> Household:
    workflow.add_members(case, [named()], by=cast.other_agency)
    return household_of(case)


def household_of(case: CaseFile) -> Household:
    household = rules.household_of(case)
    assert household is not None
    return household


@pytest.fixture
def as_social(cast: Cast, client: Client) -> Client:
    client.force_login(cast.other_agency)
    return client


def url(case: CaseFile, page: str = "add/") -> str:
    return f"/cases/{case.code}/household/{page}"


def line(number: int, **fields: Any) -> dict[str, Any]:
    data = {"kinship": "anak", "lives_together": "on", "client_id": str(uuid.uuid4())}
    return {f"m{number}-{name}": value for name, value in (data | fields).items()}


# ---- the family of five --------------------------------------------------------------------------------------------


def family_of_five() -> dict[str, Any]:
    year = timezone.localdate().year
    return {
        "own_kinship": "kepala_keluarga",
        **line(1, name=WIFE, kinship="pasangan", sex="female", birth_year="1992", case_type="keluarga"),
        **line(2, name="Galih Pratama", sex="male", birth_year=str(year - 12), case_type="rehabilitasi_sosial_anak"),
        **line(3, name="Ayu Lestari", sex="female", birth_year=str(year - 9), case_type="rehabilitasi_sosial_anak"),
        **line(4, name="Mbah Karto", kinship="orang_tua"),
    }


def test_a_family_of_five_is_one_household_and_up_to_five_files(cast: Cast, as_social: Client, case: CaseFile) -> None:
    answer = as_social.post(url(case), family_of_five())
    assert answer.status_code == 302
    household = household_of(case)
    kinds = sorted(
        CaseFile.objects.filter(participant__memberships__household=household).values_list("case_type", flat=True)
    )
    assert kinds == ["keluarga", "rehabilitasi_sosial_anak", "rehabilitasi_sosial_anak", "rehabilitasi_sosial_dewasa"]
    assert household.members.present().count() == 5
    assert household.members.get(participant=None).name == "Mbah Karto"
    page = as_social.get(f"/cases/{case.code}/identity/").content.decode()
    for name in (WIFE, "Galih P.", "Ayu L.", "Mbah Karto"):
        assert name in page, name
    assert "Galih Pratama" not in page  # a child's name is shortened
    assert case.events.filter(kind=EventKind.HOUSEHOLD).count() == 1


def test_the_same_family_sent_twice_is_stored_once(as_social: Client, case: CaseFile) -> None:
    data = family_of_five()
    assert as_social.post(url(case), data).status_code == as_social.post(url(case), data).status_code == 302
    assert HouseholdMember.objects.count() == 5
    assert CaseFile.objects.count() == 4


def test_a_line_of_another_form_is_refused_and_never_lost_without_a_word(
    cast: Cast, as_social: Client, case: CaseFile
) -> None:
    foreign = make_case(cast.worker)
    (theirs,) = workflow.add_members(foreign, [named("Istri Orang")], by=cast.worker)
    number, own = str(uuid.uuid4()), {"own_kinship": "kepala_keluarga"}
    for data in (
        line(1, name=WIFE, client_id=str(theirs.client_id)),
        line(1, name=WIFE, client_id=number) | line(2, name="Galih", client_id=number),
    ):
        answer = as_social.post(url(case), own | data)
        assert answer.status_code == 422
        assert "Formulir ini sudah dipakai." in answer.content.decode()
    assert rules.household_of(case) is None


def test_the_form_is_no_way_to_try_out_who_is_known(
    cast: Cast, as_social: Client, case: CaseFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.views.intake.SEARCHES", 1)
    known = make_case(cast.other_agency, case_type=CaseType.FAMILY, person=make_person(full_name=WIFE, sex="female"))
    fields = {"sex": "female", "birth_year": "1990", "case_type": "keluarga"}
    other = line(1, name="Bukan Siapa Pun", kinship="", **fields)
    assert as_social.post(url(case), other).status_code == 422
    answer = as_social.post(url(case), line(1, name=WIFE, **fields))
    assert "Terlalu banyak pencarian." in answer.content.decode()
    assert known.code not in answer.content.decode()
    # The same form once more is the same question.
    assert "Terlalu banyak" not in as_social.post(url(case), other).content.decode()


def test_all_or_nothing(cast: Cast, as_social: Client, case: CaseFile) -> None:
    """The third person is in another household already: nobody is stored, everything stays typed."""
    other = make_case(cast.other_agency, case_type=CaseType.SOCIAL_ADULT)
    workflow.add_members(other, [named("Bude Tini")], by=cast.other_agency)
    data = {"own_kinship": "kepala_keluarga", **line(1, name=WIFE), **line(2, case_code=other.code)}
    answer = as_social.post(url(case), data)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Orang ini sudah tercatat dalam rumah tangga lain." in html
    assert f'value="{WIFE}"' in html
    assert f'value="{other.code}"' in html
    assert rules.household_of(case) is None


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": "12345", "kinship": "anak"}, {"name"}),
        ({"name": WIFE, "kinship": ""}, {"kinship"}),
        ({"kinship": "anak"}, {"name"}),
        ({"kinship": "", "birth_year": "2015"}, {"name", "kinship"}),
        ({"case_type": "keluarga", "sex": "female"}, {"name"}),
        ({"name": WIFE, "birth_year": "1800"}, {"birth_year"}),
        ({"name": WIFE, "birth_year": "9999"}, {"birth_year"}),
        ({"name": WIFE, "guardian_conflict": "on"}, {"is_guardian"}),
        ({"name": WIFE, "case_type": "keluarga"}, {"sex"}),
        (
            {"name": WIFE, "sex": "female", "birth_year": "1980", "case_type": "rehabilitasi_sosial_anak"},
            {"case_type"},
        ),
        ({"name": WIFE, "sex": "female", "case_type": "rehabilitasi_sosial_dewasa"}, {"case_type"}),
        ({"case_code": "ABCD-2345"}, {"case_code"}),
        ({"name": "x" * 10_000}, {"name"}),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    as_social: Client, case: CaseFile, fields: dict[str, str], wrong: set[str]
) -> None:
    answer = as_social.post(url(case), {"own_kinship": "kepala_keluarga", **line(1, **fields)})
    assert answer.status_code == 422
    assert set(answer.context["lines"][0].errors) == wrong
    assert not Household.objects.exists()


def test_an_empty_page_says_that_it_is_empty(as_social: Client, case: CaseFile) -> None:
    answer = as_social.post(url(case), {"own_kinship": "kepala_keluarga"})
    assert answer.status_code == 422
    assert "Isi paling sedikit satu orang." in answer.content.decode()


def test_somebody_who_may_have_a_file_is_asked_about(cast: Cast, as_social: Client, case: CaseFile) -> None:
    known = make_case(cast.other_agency, case_type=CaseType.FAMILY, person=make_person(full_name=WIFE, sex="female"))
    fields = {"name": WIFE, "sex": "female", "birth_year": "1990", "case_type": "keluarga"}
    data = {"own_kinship": "kepala_keluarga", **line(1, **fields)}
    answer = as_social.post(url(case), data)
    assert answer.status_code == 422
    assert known.code in answer.content.decode()
    assert as_social.post(url(case), data | {"m1-not_same": "on"}).status_code == 302


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script> Budi", "Robert'); DROP TABLE cases_household;--", "😀 Sari", "محمد"]
)
def test_odd_names_are_kept_as_they_are(as_social: Client, case: CaseFile, text: str) -> None:
    assert as_social.post(url(case), {"own_kinship": "anak", **line(1, name=text)}).status_code == 302
    assert HouseholdMember.objects.get(participant=None).name == " ".join(text.split())
    assert "<script>alert" not in as_social.get(f"/cases/{case.code}/identity/").content.decode()


# ---- who sees whom -------------------------------------------------------------------------------------------------


def test_each_agency_sees_its_members_and_whom_to_ask_about_the_others(
    cast: Cast, case: CaseFile, family: Household
) -> None:
    """The child has a file with the social workers alone; the father one at the probation office too."""
    child = make_child_case(cast.other_agency)
    workflow.add_members(case, [with_file(child)], by=cast.other_agency)
    father = make_case(cast.worker)
    CaseFile.objects.filter(pk=father.pk).update(participant=case.participant)
    theirs, ours = (list(rules.members_for(who, family)) for who in (cast.worker, cast.other_agency))
    # Neither the child nor the name that another agency wrote down.
    assert [member.participant_id for member in theirs] == [case.participant_id]
    assert rules.contacts(cast.worker, family, theirs) == [cast.other_agency.unit]
    assert len(ours) == 3
    assert rules.contacts(cast.other_agency, family, ours) == []


def test_the_database_shows_a_family_to_nobody_else(cast: Cast, case: CaseFile, family: Household) -> None:
    for who, person in cast:
        if who == "system":
            continue
        with acting_as(person.pk):
            expected = who in ("other_agency", "other_agency_supervisor")
            assert Household.objects.exists() is expected, who
            assert HouseholdMember.objects.filter(participant=None).exists() is expected, who


def test_a_survivor_and_a_perpetrators_family_never_share_a_household(
    cast: Cast, case: CaseFile, family: Household
) -> None:
    survivor = make_case(cast.other_agency, case_type=CaseType.VICTIM)
    with pytest.raises(TransitionError, match="Penyintas dicatat terpisah"):
        workflow.add_members(case, [with_file(survivor)], by=cast.other_agency)
    workflow.add_members(survivor, [named("Anak Penyintas", Kinship.CHILD)], by=cast.other_agency)
    with pytest.raises(TransitionError, match="Penyintas dicatat terpisah"):
        workflow.add_members(survivor, [with_file(case)], by=cast.other_agency)
    assert household_of(survivor).members.count() == 2


@pytest.mark.parametrize(("first", "then"), [(CaseType.FAMILY, CaseType.VICTIM), (CaseType.VICTIM, CaseType.FAMILY)])
def test_whoever_gets_a_file_of_the_other_kind_leaves_the_household(
    cast: Cast, first: CaseType, then: CaseType
) -> None:
    """Nobody is refused a survivor's file because of a family that was written down before."""
    home, wife = (make_case(cast.other_agency, case_type=first) for _number in range(2))
    (member,) = workflow.add_members(home, [with_file(wife, Kinship.SPOUSE)], by=cast.other_agency)
    opened = workflow.open_case(by=cast.other_agency, case_type=then, participant=wife.participant)
    assert rules.household_of(opened) is None
    assert opened.events.filter(kind=EventKind.HOUSEHOLD).exists()
    member.refresh_from_db()
    assert member.left_on == timezone.localdate()
    with pytest.raises(TransitionError, match="Penyintas dicatat terpisah"):
        workflow.add_members(home, [with_file(wife)], by=cast.other_agency)


def test_whoever_is_found_to_be_a_survivor_leaves_it_too(cast: Cast, case: CaseFile, family: Household) -> None:
    wife = make_case(cast.other_agency, case_type=CaseType.FAMILY)
    workflow.add_members(case, [with_file(wife, Kinship.SPOUSE)], by=cast.other_agency)
    day = timezone.localdate()
    workflow.add_legal_status(wife, by=cast.other_agency, status=LegalStatusKind.CHILD_VICTIM, valid_from=day)
    assert rules.household_of(wife) is None
    assert rules.household_of(case) == family


def test_another_case_of_the_same_kind_changes_no_family(cast: Cast, case: CaseFile, family: Household) -> None:
    father = workflow.open_case(by=cast.other_agency, case_type=CaseType.FAMILY, participant=case.participant)
    assert rules.household_of(father) == family


def test_no_unit_is_named_because_of_a_relative(cast: Cast, case: CaseFile, family: Household) -> None:
    child = make_child_case(cast.other_agency)
    workflow.add_members(case, [with_file(child)], by=cast.other_agency)
    father = make_case(cast.worker)
    CaseFile.objects.filter(pk=father.pk).update(participant=case.participant)
    seen = list(rules.members_for(cast.worker, family))
    assert rules.contacts(cast.worker, family, seen) == [cast.other_agency.unit]
    workflow.declare_tie(child, by=cast.worker, kind=TieKind.FRIEND)
    assert rules.contacts(cast.worker, family, seen) == []


@pytest.mark.parametrize("who", ["worker", "psychologist", "other_agency_supervisor", "admin", "cso", "auditor"])
def test_only_who_edits_the_identity_writes_the_family(
    cast: Cast, case: CaseFile, family: Household, who: str
) -> None:
    by: Staff = getattr(cast, who)
    member = HouseholdMember.objects.get(participant=None)
    for write in (
        lambda: workflow.add_members(case, [named("Lain")], by=by),
        lambda: workflow.amend_member(case, member, by=by, version=1, kinship=Kinship.OTHER),
        lambda: workflow.end_member(case, member, by=by, on=timezone.localdate()),
        lambda: workflow.set_family_card(case, by=by, version=1, kk=KK),
    ):
        with pytest.raises(PermissionDenied):
            write()
    assert HouseholdMember.objects.count() == 2


def test_a_member_of_another_household_cannot_be_changed_through_this_case(
    cast: Cast, as_social: Client, case: CaseFile, family: Household
) -> None:
    foreign = make_case(cast.worker)
    (theirs,) = workflow.add_members(foreign, [named("Istri Orang")], by=cast.worker)
    assert as_social.get(url(case, f"{theirs.code}/")).status_code == 404
    with pytest.raises(TransitionError):
        workflow.amend_member(case, theirs, by=cast.other_agency, version=1, kinship=Kinship.OTHER)


# ---- a guardian who is in conflict with the law --------------------------------------------------------------------


def consent(case: CaseFile, by: Staff, capacity: ConsentCapacity) -> None:
    workflow.give_consent(
        case, by=by, purpose=ConsentPurpose.PHOTO, scope=["photo"], given_by="Wali", capacity=capacity
    )


def test_a_guardian_in_conflict_consents_for_no_child(cast: Cast, case: CaseFile, family: Household) -> None:
    child = make_child_case(cast.other_agency)
    workflow.add_members(case, [with_file(child)], by=cast.other_agency)
    consent(child, cast.other_agency, ConsentCapacity.GUARDIAN)
    (father,) = workflow.add_members(
        case, [named("Ayah", Kinship.HEAD, is_guardian=True, guardian_conflict=True)], by=cast.other_agency
    )
    with pytest.raises(TransitionError, match="Wali anak ini bermasalah hukum"):
        consent(child, cast.other_agency, ConsentCapacity.GUARDIAN)
    consent(child, cast.other_agency, ConsentCapacity.SOCIAL_WORKER)
    workflow.end_member(case, father, by=cast.other_agency, on=timezone.localdate())
    consent(child, cast.other_agency, ConsentCapacity.GUARDIAN)


# ---- changing, ending, the family card -----------------------------------------------------------------------------


def edit(member: HouseholdMember, **fields: Any) -> dict[str, Any]:
    data = {
        "name": member.name,
        "kinship": member.kinship,
        "lives_together": "on",
        "version": str(member.version),
    }
    return data | fields


def test_a_member_is_changed_and_ended_and_stays_on_record(
    as_social: Client, case: CaseFile, family: Household
) -> None:
    member = family.members.get(participant=None)
    page = url(case, f"{member.code}/")
    assert as_social.post(page, edit(member, name="Sri Rahayu Ningsih", is_guardian="on")).status_code == 302
    member.refresh_from_db()
    assert (member.name, member.is_guardian, member.version) == ("Sri Rahayu Ningsih", True, 2)
    today = timezone.localdate().isoformat()
    assert as_social.post(page, edit(member, left_on=today)).status_code == 302
    member.refresh_from_db()
    assert member.left_on == timezone.localdate()
    assert "Sri Rahayu" not in as_social.get(f"/cases/{case.code}/identity/").content.decode()
    assert as_social.get(page).status_code == 404


def test_two_editors_see_both_texts_and_lose_neither(
    cast: Cast, as_social: Client, case: CaseFile, family: Household
) -> None:
    member = family.members.get(participant=None)
    mine = edit(member, name="Sri Rahayuningsih")
    workflow.amend_member(case, member, by=cast.other_agency, version=1, name="Sri Rahayu W.")
    answer = as_social.post(url(case, f"{member.code}/"), mine)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Sri Rahayu W." in html
    assert 'value="Sri Rahayuningsih"' in html
    member.refresh_from_db()
    assert member.name == "Sri Rahayu W."
    assert as_social.post(url(case, f"{member.code}/"), mine | {"version": "2"}).status_code == 302
    member.refresh_from_db()
    assert member.name == "Sri Rahayuningsih"


@pytest.mark.parametrize("days", [1, -30])
def test_a_day_that_cannot_be_is_refused(as_social: Client, case: CaseFile, family: Household, days: int) -> None:
    member = family.members.get(participant=None)
    day = (timezone.localdate() + dt.timedelta(days=days)).isoformat()
    answer = as_social.post(url(case, f"{member.code}/"), edit(member, left_on=day))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"left_on"}


def test_the_family_card_is_sealed_and_shown_by_its_end(as_social: Client, case: CaseFile, family: Household) -> None:
    page = url(case, "card/")
    assert as_social.post(page, {"kk": KK, "version": str(family.version)}).status_code == 302
    family.refresh_from_db()
    assert (family.kk, family.kk_shown) == (KK, "•••• 0001")
    html = as_social.get(f"/cases/{case.code}/identity/").content.decode()
    assert "•••• 0001" in html
    assert KK not in html + as_social.get(page).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(h)::text FROM cases_household h")
        assert KK not in cursor.fetchone()[0]
    stale = as_social.post(page, {"kk": "", "version": "1"})
    assert stale.status_code == 409
    assert 'name="version" value="2"' in stale.content.decode()
    short = as_social.post(page, {"kk": "12", "version": "2"})
    assert (short.status_code, short.context["form"].errors["kk"]) == (
        422,
        ["Nomor ini terdiri atas 16 angka. Hitung kembali."],  # of a card, not a NIK
    )
    assert as_social.post(page, {"kk": "", "version": "2"}).status_code == 302
    family.refresh_from_db()
    assert family.kk == family.kk_index == ""


def test_without_a_family_there_is_no_card(as_social: Client, case: CaseFile) -> None:
    assert as_social.get(url(case, "card/")).status_code == 404


def test_two_at_once_on_one_version(cast: Cast, case: CaseFile, family: Household) -> None:
    member = family.members.get(participant=None)
    workflow.amend_member(case, member, by=cast.other_agency, version=1, kinship=Kinship.OTHER)
    with pytest.raises(StaleError):
        workflow.amend_member(case, member, by=cast.other_agency, version=1, kinship=Kinship.PARENT)


def test_a_closed_case_writes_no_family(cast: Cast, as_social: Client, case: CaseFile) -> None:
    CaseFile.objects.filter(pk=case.pk).update(
        status=CaseStatus.CLOSED, closed_at=timezone.now(), closure_reason="pindah"
    )
    answer = as_social.post(url(case), {"own_kinship": "anak", **line(1, name=WIFE)})
    assert answer.status_code == 409
    assert not Household.objects.exists()


def test_the_person_of_every_new_file_is_whole(as_social: Client, case: CaseFile) -> None:
    as_social.post(url(case), family_of_five())
    child = Participant.objects.get(full_name="Galih Pratama")
    assert child.birth_date_precision == "year"
    assert child.cases.get().is_child_file
    assert child.cases.get().lead_worker_id is not None


def test_a_person_under_restriction_is_not_changed_through_a_relatives_case(
    cast: Cast, as_social: Client, case: CaseFile, family: Household
) -> None:
    child = make_child_case(cast.other_agency)
    (member,) = workflow.add_members(case, [with_file(child)], by=cast.other_agency)
    CaseFile.objects.filter(pk=child.pk).update(restricted_at=timezone.now())
    answer = as_social.post(url(case, f"{member.code}/"), edit(member, kinship="cucu"))
    assert answer.status_code == 409
    assert "Data orang ini tidak dapat Anda ubah." in answer.content.decode()
    with pytest.raises(TransitionError):
        workflow.end_member(case, member, by=cast.other_agency, on=timezone.localdate())
    member.refresh_from_db()
    assert (member.kinship, member.left_on) == (Kinship.CHILD, None)
