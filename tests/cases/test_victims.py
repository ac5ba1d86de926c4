"""A victim's case never shares a list or a cohort with anybody else's (ET-15), whatever writes the row."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases import workflow
from cases.enums import CaseType, LegalStatusKind
from cases.models import CaseFile
from core.workflow import TransitionError
from programs import workflow as program_workflow
from programs.models import Cohort, Enrolment
from tests.cases.test_at_once import acting, all_at_once, people
from tests.cast import Cast
from tests.factories import make_case, make_child_case, make_cohort, make_person, make_task

__all__ = ["people"]


VICTIM, OTHER = "Sekar Ayuningtyas", "Bayu Firmansyah"


def make_pair(cast: Cast) -> tuple[CaseFile, CaseFile]:
    """A survivor and somebody else, on one social worker's caseload."""
    victim = make_case(cast.other_agency, case_type=CaseType.VICTIM, person=make_person(full_name=VICTIM))
    other = make_case(cast.other_agency, case_type=CaseType.SOCIAL_ADULT, person=make_person(full_name=OTHER))
    return victim, other


@pytest.fixture
def pair(cast: Cast) -> tuple[CaseFile, CaseFile]:
    return make_pair(cast)


def become_witness(case: CaseFile, by: Any) -> None:
    workflow.add_legal_status(case, by=by, status=LegalStatusKind.CHILD_WITNESS, valid_from=timezone.localdate())


# ---- lists ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", ["other_agency", "other_agency_supervisor"])
@pytest.mark.parametrize("query", ["", "view=all", "view=open", "view=overdue", "q=a", "status=assessing"])
def test_the_case_list_keeps_them_apart(cast: Cast, pair: Any, actor: str, query: str) -> None:
    client = Client()
    client.force_login(getattr(cast, actor))
    text = client.get(f"{reverse('cases:case-list')}?{query}").content.decode()
    assert VICTIM not in text
    assert "view=victims" in text, "the way to the other list stays"
    there = client.get(f"{reverse('cases:case-list')}?view=victims").content.decode()
    assert VICTIM in there
    assert OTHER not in there


def test_a_search_finds_each_in_its_own_list(cast: Cast, pair: Any) -> None:
    client = Client()
    client.force_login(cast.other_agency)
    for name, view, found in (
        (VICTIM, "victims", True),
        (VICTIM, "", False),
        (OTHER, "victims", False),
        (OTHER, "", True),
    ):
        text = client.get(reverse("cases:case-list"), {"q": name, "view": view}).content.decode()
        assert (f">{name}</a>" in text) is found, (name, view)


def test_who_has_no_survivors_sees_no_such_list(cast: Cast) -> None:
    make_case(cast.worker)
    client = Client()
    client.force_login(cast.worker)
    assert "view=victims" not in client.get(reverse("cases:case-list")).content.decode()


def test_the_day_of_work_keeps_them_apart(cast: Cast, pair: Any) -> None:
    for case in pair:
        make_task(case, due_at=timezone.now() - dt.timedelta(days=1))
    client = Client()
    client.force_login(cast.other_agency)
    plain, apart = (client.get(reverse("home"), query).content.decode() for query in ({}, {"list": "victims"}))
    assert (OTHER in plain, VICTIM in plain) == (True, False)
    assert (OTHER in apart, VICTIM in apart) == (False, True)
    assert "list=victims" in plain


# ---- cohorts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("for_victims", [False, True])
def test_the_workflow_and_the_database_refuse_a_mixed_cohort(cast: Cast, pair: Any, for_victims: bool) -> None:
    cohort = make_cohort(cast.other_agency.unit, for_victims=for_victims)
    right, wrong = pair if for_victims else reversed(pair)
    assert program_workflow.propose(right, cohort, by=cast.other_agency)
    with pytest.raises(TransitionError):
        program_workflow.propose(wrong, cohort, by=cast.other_agency)
    row = {"cohort": cohort, "programme": cohort.programme, "case": wrong, "proposed_by": cast.other_agency}
    with pytest.raises(IntegrityError, match="victims_and_others_apart"), transaction.atomic():
        Enrolment.objects.create(**row)
    with pytest.raises(IntegrityError, match="victims_and_others_apart"), transaction.atomic():
        Enrolment.objects.bulk_create([Enrolment(**row)])
    with pytest.raises(IntegrityError, match="victims_and_others_apart"), transaction.atomic():
        Enrolment.objects.filter(case=right).update(case=wrong)
    with pytest.raises(IntegrityError, match="victims_and_others_apart"), transaction.atomic():
        Cohort.objects.filter(pk=cohort.pk).update(for_victims=not for_victims)


def test_who_becomes_a_witness_leaves_the_others_first(cast: Cast) -> None:
    child = make_child_case(cast.other_agency)
    cohort = make_cohort(cast.other_agency.unit, for_children=True)
    enrolment = program_workflow.propose(child, cohort, by=cast.other_agency)
    with pytest.raises(TransitionError, match="angkatan"):
        become_witness(child, cast.other_agency)
    child.refresh_from_db()
    assert not child.is_victim_file
    assert not child.legal_statuses.exists()
    program_workflow.withdraw(enrolment, by=cast.other_agency, reason="Pindah angkatan.")
    become_witness(child, cast.other_agency)
    child.refresh_from_db()
    assert child.is_victim_file
    client = Client()
    client.force_login(cast.other_agency)
    page = client.get(reverse("programs:cohort-detail", args=[cohort.code])).content.decode()
    assert child.code not in page, "not even among those who left"


def test_enrolling_and_becoming_a_witness_at_once_never_mixes(people: Cast) -> None:
    child = make_child_case(people.other_agency)
    cohort = make_cohort(people.other_agency.unit, for_children=True)
    results = all_at_once(
        people,
        [
            acting(people.other_agency, lambda: program_workflow.propose(child, cohort, by=people.other_agency)),
            acting(people.other_agency, lambda: become_witness(child, people.other_agency)),
        ],
    )
    assert sum(isinstance(result, TransitionError) for result in results) == 1
    child.refresh_from_db()
    assert child.is_victim_file is not Enrolment.objects.filter(case=child).exists()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1), st.sampled_from("prwf")), max_size=12))
def test_whatever_is_tried_in_whatever_order_no_cohort_is_mixed(cast: Cast, moves: list[tuple[int, int, str]]) -> None:
    """p: propose, r: insert the row itself, w: become a witness, f: turn the cohort's flag round."""
    with transaction.atomic():
        cases = [*make_pair(cast), *make_pair(cast)]
        cohorts = [make_cohort(cast.other_agency.unit, for_victims=flag) for flag in (False, True)]
        for case_no, cohort_no, act in moves:
            case = CaseFile.objects.get(pk=cases[case_no].pk)
            cohort = Cohort.objects.get(pk=cohorts[cohort_no].pk)
            try:
                with transaction.atomic():
                    if act == "p":
                        program_workflow.propose(case, cohort, by=cast.other_agency)
                    elif act == "r":
                        row = {"cohort": cohort, "programme": cohort.programme, "case": case}
                        Enrolment.objects.create(**row, proposed_by=cast.other_agency)
                    elif act == "w":
                        become_witness(case, cast.other_agency)
                    else:
                        Cohort.objects.filter(pk=cohort.pk).update(for_victims=not cohort.for_victims)
            except (TransitionError, IntegrityError):
                pass
            for one in cohorts:
                assert Enrolment.objects.filter(cohort=one).values("case__is_victim_file").distinct().count() <= 1
        transaction.set_rollback(True)
