"""Who may do what with a case: the whole matrix, each relation beside a neighbour's row."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Staff
from cases import policies, workflow
from cases.enums import CaseType, GrantSource, LegalBasis, Right, Section
from cases.models import CaseFile, CaseGroupGrant, CaseUserGrant, Participant
from core.acting import acting_as
from tests.cast import Cast
from tests.factories import make_case, make_child_case, make_note, make_person, make_task

V, E, A = Right.VIEW, Right.EDIT, Right.APPROVE
NOTHING: dict[Section, set[Right]] = {}
CASELOAD: dict[Section, set[Right]] = {section: {V, E} for section in Section if section != Section.CLINICAL} | {
    Section.ACCESS: {V}
}
SUPERVISOR: dict[Section, set[Right]] = {section: {V} for section in Section if section != Section.CLINICAL} | {
    section: {V, A}
    for section in (Section.SUMMARY, Section.IDENTITY, Section.LEGAL, Section.ASSESSMENT, Section.PLAN, Section.ACCESS)
}
# D §3.5, for an adult's case of cast.worker under deradicalisation.
MATRIX: dict[str, dict[Section, set[Right]]] = {
    "worker": CASELOAD,
    "neighbour": NOTHING,
    "supervisor": SUPERVISOR,
    "other_unit": NOTHING,
    "other_unit_supervisor": NOTHING,
    "other_agency": NOTHING,
    "other_agency_supervisor": NOTHING,
    "psychologist": NOTHING,
    "cso": NOTHING,
    "other_cso": NOTHING,
    "analyst": {Section.SUMMARY: {V}},
    "admin": {Section.IDENTITY: {V}},
    "bnpt_admin": NOTHING,
    "head_office": NOTHING,
    "auditor": NOTHING,
    "dpo": NOTHING,
    "system": {section: {V, E, A} for section in Section},
}


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(cast.worker)


def give(model: type[Any], case: CaseFile, sections: list[Section], *, by: Staff, **fields: Any) -> Any:
    defaults = {
        "permission": Permission.objects.get(content_type__app_label="cases", codename="view_casefile"),
        "content_object": case,
        "sections": [section.value for section in sections],
        "source": GrantSource.SHARING,
        "lawful_basis": LegalBasis.PUBLIC_DUTY,
        "reason": "Pembahasan kasus",
        "granted_by": by,
        "expires_at": timezone.now() + dt.timedelta(days=30),
    }
    return model.all_grants.create(**(defaults | fields))


def held(person: Staff, case: CaseFile) -> dict[Section, set[Right]]:
    return {section: set(rights) for section, rights in policies.rights(person, case).items()}


@pytest.mark.parametrize("who", MATRIX)
def test_each_cell_of_the_matrix(cast: Cast, case: CaseFile, who: str) -> None:
    """Beside the case stands a neighbour's at the same unit and one elsewhere: a forgotten filter would show them."""
    beside = [make_case(cast.neighbour), make_case(cast.other_unit), make_case(cast.other_agency)]
    person = getattr(cast, who)
    assert held(person, case) == MATRIX[who]
    for section in Section:
        for right in Right:
            expected = right in MATRIX[who].get(section, ())
            assert policies.can(person, right, case, section) is expected, (section, right)
            listed = {row.pk for branch in policies.case_branches(person, right, section) for row in branch}
            assert (case.pk in listed) is expected, (section, right)
            if who == "worker":
                assert listed <= {case.pk}, (section, right)
    assert policies.cases_in_sight(person).filter(pk=case.pk).exists() is bool(MATRIX[who])
    if who == "worker":
        assert not policies.cases_in_sight(person).filter(pk__in=[row.pk for row in beside]).exists()


def test_requiring_a_right_raises_or_is_silent(cast: Cast, case: CaseFile) -> None:
    policies.require(cast.worker, Right.EDIT, case, Section.NOTES)
    for person in (cast.neighbour, cast.supervisor, cast.analyst):
        with pytest.raises(PermissionDenied):
            policies.require(person, Right.EDIT, case, Section.NOTES)


def test_clinical_notes_are_for_psychologists_on_the_caseload_alone(cast: Cast) -> None:
    case = make_case(cast.other_agency, case_type=CaseType.SOCIAL_ADULT)
    assert not policies.can(cast.other_agency, Right.VIEW, case, Section.CLINICAL)
    assert not policies.can(cast.psychologist, Right.VIEW, case, Section.CLINICAL)
    workflow.assign(case, by=cast.other_agency_supervisor, worker=cast.other_agency, co_workers=[cast.psychologist])
    assert policies.can(cast.psychologist, Right.EDIT, case, Section.CLINICAL)
    assert not policies.can(cast.other_agency, Right.VIEW, case, Section.CLINICAL)
    assert not policies.can(cast.other_agency_supervisor, Right.VIEW, case, Section.CLINICAL)


@pytest.mark.parametrize(
    "born", [None, "child", "nearly"], ids=["unknown birth date", "nine years", "eighteen this year, day unknown"]
)
def test_an_analyst_sees_no_child_and_nobody_whose_age_is_in_doubt(cast: Cast, born: str | None) -> None:
    today = timezone.localdate()
    birth = {
        None: {"birth_date": None},
        "child": {"birth_date": dt.date(today.year - 9, 1, 1)},
        "nearly": {"birth_date": dt.date(today.year - 18, 1, 1), "birth_date_precision": "year"},
    }[born]
    case = make_case(cast.worker, person=make_person(**birth))
    assert held(cast.analyst, case) == NOTHING
    assert case.for_child


@pytest.mark.parametrize("kind", [CaseType.FAMILY, CaseType.VICTIM])
def test_an_analyst_sees_no_family_or_victim(cast: Cast, kind: CaseType) -> None:
    assert held(cast.analyst, make_case(cast.other_agency, case_type=kind)) == NOTHING


@pytest.mark.parametrize("precision", ["day", "month", "year", "estimate"])
@pytest.mark.parametrize(
    "born", ["2008-01-01", "2008-01-31", "2008-02-28", "2008-02-29", "2008-03-01", "2010-03-01", "2008-12-31"]
)
def test_adult_from_is_the_first_day_on_which_the_person_is_no_child(cast: Cast, born: str, precision: str) -> None:
    """The rule in SQL (titian_adult_from) and ``is_child_on`` in Python must not drift apart around any birthday."""
    person = make_person(birth_date=dt.date.fromisoformat(born), birth_date_precision=precision)
    case = make_case(cast.worker, person=person)
    # Without a decision, and decided before, in the middle of and after the time in which the age is in doubt.
    for decided in (None, "2020-06-30", "2026-02-10", "2026-03-01", "2026-12-31", "2028-02-29", "2040-01-01"):
        fields: dict[str, Any] = {"adult_decided_at": None, "adult_decided_by": None, "adult_reason": ""}
        if decided is not None:
            # Shortly after midnight where the database reads the day.
            at = dt.datetime.fromisoformat(f"{decided}T00:10:00+07:00")
            fields = {"adult_decided_at": at, "adult_decided_by": cast.supervisor, "adult_reason": "Rapor."}
        Participant.objects.filter(pk=case.participant_id).update(**fields)
        case = CaseFile.objects.select_related("participant").get(pk=case.pk)
        assert case.adult_from is not None
        assert not case.participant.is_child_on(case.adult_from)
        assert case.participant.is_child_on(case.adult_from - dt.timedelta(days=1))


def test_adult_from_follows_the_birth_date_and_the_person(cast: Cast, case: CaseFile) -> None:
    """Whoever corrects a birth date tells all cases of the person, also those that the corrector may not see."""
    other = make_case(cast.other_agency, case_type=CaseType.FAMILY)
    CaseFile.objects.filter(pk=other.pk).update(participant=case.participant)
    with acting_as(cast.worker.pk):
        assert not CaseFile.objects.filter(pk=other.pk).exists()
        Participant.objects.filter(pk=case.participant_id).update(birth_date=dt.date(1990, 5, 6))
    other.refresh_from_db()
    assert other.adult_from == dt.date(2008, 5, 6)
    Participant.objects.filter(pk=case.participant_id).update(birth_date=None)
    other.refresh_from_db()
    assert other.adult_from is None


def test_a_share_opens_its_sections_to_a_person_until_it_ends(cast: Cast, case: CaseFile) -> None:
    now = timezone.now()
    grant = give(CaseUserGrant, case, [Section.SUMMARY, Section.PLAN], by=cast.supervisor, user=cast.other_agency)
    assert held(cast.other_agency, case) == {Section.SUMMARY: {V}, Section.PLAN: {V}}
    assert held(cast.other_agency_supervisor, case) == NOTHING
    assert cast.other_agency.has_perm("cases.view_casefile", case)
    CaseUserGrant.all_grants.filter(pk=grant.pk).update(
        granted_at=now - dt.timedelta(days=2), expires_at=now - dt.timedelta(seconds=1)
    )
    assert held(cast.other_agency, case) == NOTHING
    assert not policies.cases_in_sight(cast.other_agency).exists()
    assert not cast.other_agency.has_perm("cases.view_casefile", case)


def test_a_share_with_a_unit_opens_to_all_its_caseworkers_and_supervisors(cast: Cast, case: CaseFile) -> None:
    give(CaseGroupGrant, case, [Section.PLAN], by=cast.supervisor, group=cast.other_unit.unit.group)
    for person in (cast.other_unit, cast.other_unit_supervisor):
        assert held(person, case) == {Section.PLAN: {V}}
        assert not policies.can(person, Right.EDIT, case, Section.PLAN)
        assert not policies.can(person, Right.APPROVE, case, Section.PLAN)
    assert held(cast.other_agency, case) == NOTHING


def test_a_referrals_grant_opens_no_page_of_the_case(cast: Cast, case: CaseFile) -> None:
    give(
        CaseGroupGrant,
        case,
        [Section.SUMMARY, Section.REFERRALS],
        by=cast.worker,
        group=cast.cso.unit.group,
        source=GrantSource.REFERRAL,
    )
    assert held(cast.cso, case) == NOTHING
    assert not policies.cases_in_sight(cast.cso).exists()


def test_shared_clinical_notes_stay_closed_to_other_professions(cast: Cast, case: CaseFile) -> None:
    for person in (cast.other_agency, cast.psychologist):
        give(CaseUserGrant, case, [Section.CLINICAL], by=cast.supervisor, user=person)
    assert held(cast.psychologist, case) == {Section.CLINICAL: {V}}
    assert held(cast.other_agency, case) == NOTHING
    assert not policies.can(cast.other_agency, Right.VIEW, case, Section.CLINICAL)


def test_whoever_left_sees_nothing(cast: Cast, case: CaseFile) -> None:
    for person in (cast.worker, cast.supervisor, cast.analyst, cast.admin):
        Staff.objects.filter(pk=person.pk).update(is_active=False)
        person.refresh_from_db()
        assert held(person, case) == NOTHING
        assert policies.case_branches(person) == []
        assert not policies.cases_in_sight(person).exists()


def test_a_superuser_gets_no_exemption(cast: Cast, case: CaseFile) -> None:
    Staff.objects.filter(pk=cast.auditor.pk).update(is_superuser=True, is_staff=True)
    cast.auditor.refresh_from_db()
    assert held(cast.auditor, case) == NOTHING
    assert not cast.auditor.has_perm("cases.view_casefile", case)


def test_columns_and_grants_of_a_team_say_the_same(cast: Cast, case: CaseFile) -> None:
    """Lists read the columns, access reads the grants; ``assign`` writes both."""
    teams: list[tuple[Staff, list[Staff]]] = [
        (cast.neighbour, []),
        (cast.worker, [cast.neighbour]),
        (cast.neighbour, [cast.worker]),
    ]
    for worker, others in teams:
        workflow.assign(case, by=cast.supervisor, worker=worker, co_workers=others)
        case.refresh_from_db()
        columns = {case.lead_worker_id, *case.co_workers.values_list("pk", flat=True)}
        grants = CaseUserGrant.objects.filter(content_object=case, source=GrantSource.CASELOAD)
        assert columns == set(grants.values_list("user_id", flat=True)) == {worker.pk, *(p.pk for p in others)}
        for person in (cast.worker, cast.neighbour):
            assert policies.can(person, Right.EDIT, case) is (person.pk in columns)


def test_notes_events_and_tasks_follow_the_case(cast: Cast, case: CaseFile) -> None:
    note, task = make_note(case), make_task(case)
    assert list(policies.notes_for(cast.worker)) == [note]
    assert list(policies.notes_for(cast.supervisor)) == [note]
    assert list(policies.tasks_for(cast.supervisor)) == [task]
    for person in (cast.neighbour, cast.analyst, cast.admin, cast.cso, cast.auditor):
        assert not policies.notes_for(person).exists()
        assert not policies.tasks_for(person).exists()
    kinds = set(policies.events_for(cast.analyst, case).values_list("section", flat=True))
    assert kinds == {Section.SUMMARY.value}
    assert not policies.events_for(cast.neighbour, case).exists()


def test_a_childs_case_is_open_to_its_unit_and_nobody_else(cast: Cast) -> None:
    case = make_child_case(cast.other_agency)
    seeing = {who for who, person in cast if policies.cases_in_sight(person).filter(pk=case.pk).exists()}
    assert seeing == {"other_agency", "other_agency_supervisor", "system"}


def test_asking_for_all_rights_takes_two_queries(cast: Cast, case: CaseFile, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        policies.rights(cast.worker, case)
    with django_assert_num_queries(1):
        policies.rights(cast.analyst, case)
