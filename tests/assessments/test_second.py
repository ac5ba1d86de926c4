"""A second, blind rating: who may ask, name, rate, read and decide; both stay, and nothing else of the case moves."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from assessments import policies, workflow
from assessments.enums import AssessmentKind, AssessmentStatus
from assessments.models import Assessment, ItemRating, SecondRating
from assessments.progress import progress_of
from cases import policies as case_policies
from cases import workflow as case_workflow
from cases.enums import CaseStatus, ClosureReason, EventKind, LegalBasis, Right, Section, TaskKind
from cases.models import CaseEvent, CaseFile, CaseUserGrant, Task
from core.acting import acting_as
from core.workflow import StaleError, TransitionError
from tests.assessments.filling import (
    adult_case,
    answer,
    begin,
    hand_in,
    judged,
    quick,
)
from tests.assessments.pairs import WORDS, contest, fresh, name, rate, today
from tests.factories import make_final_assessment

pytestmark = pytest.mark.django_db
S = AssessmentStatus


# ---- contest --------------------------------------------------------------------------------------------------------


def test_a_contest_starts_fourteen_calendar_days_and_asks_the_supervisor_for_a_rater(pair, first, cast):
    assert pair.due_on == today() + dt.timedelta(days=14)
    task = Task.objects.open().get(kind=TaskKind.SECOND_RATER)
    assert (task.assignee, task.path) == (cast.supervisor, f"/second-ratings/{pair.code}/")
    assert CaseEvent.objects.filter(case=first.case, kind=EventKind.ASSESSMENT_CONTESTED).count() == 1
    assert Assessment.objects.with_page_data().get(pk=first.pk).contest == ""
    assert fresh(first).status == S.FINAL, "what is contested stays in force until a person decides"


def test_the_days_count_from_the_day_the_contest_came_in(first, cast):
    Assessment.objects.filter(pk=first.pk).update(finalised_at=timezone.now() - dt.timedelta(days=40))
    late = contest(first, cast.worker, received_on=today() - dt.timedelta(days=15))
    assert late.is_overdue
    assert late.due_on == today() - dt.timedelta(days=1)


def test_a_contest_is_recorded_once(pair, first, cast):
    with pytest.raises(TransitionError, match="sudah dicatat"):
        contest(first, cast.worker)
    with pytest.raises(DatabaseError), transaction.atomic():
        SecondRating.objects.create(
            case=first.case,
            first=first,
            instrument="PRK-D",
            cause="permintaan",
            reason="x",
            received_on=today(),
            due_on=today(),
            asked_by=cast.worker,
        )


def test_a_contest_takes_up_the_second_rating_that_staff_asked_for(first, cast):
    asked = workflow.ask_for_second(first, by=cast.worker, reason="Kabar yang bertentangan.")
    assert not asked.is_contest
    contested = contest(first, cast.worker)
    assert (contested.pk, contested.is_contest, contested.reason) == (asked.pk, True, WORDS)
    with pytest.raises(TransitionError, match="menunggu penilai kedua"):
        workflow.ask_for_second(first, by=cast.worker, reason="Sekali lagi.")


@pytest.mark.parametrize("status", [S.DRAFT, S.SUBMITTED, S.SUPERSEDED, S.CANCELLED])
def test_only_what_is_in_force_is_contested(cast, status):
    case = adult_case(cast.worker)
    if status == S.DRAFT:
        row = begin(case, cast.worker)
    elif status == S.SUBMITTED:
        row = hand_in(judged(quick(begin(case, cast.worker))))
    else:
        row = make_final_assessment(case, approver=cast.supervisor)
        if status == S.SUPERSEDED:
            make_final_assessment(case, approver=cast.supervisor)
        else:
            workflow.cancel(row, by=cast.supervisor, reason="Salah peserta.")
    with pytest.raises(TransitionError):
        contest(row, cast.worker)


def test_dates_that_cannot_be_are_refused(first, cast):
    for day in (today() + dt.timedelta(days=1), today() - dt.timedelta(days=30)):
        with pytest.raises(TransitionError):
            contest(first, cast.worker, received_on=day)
    with pytest.raises(TransitionError, match="alasan"):
        contest(first, cast.worker, reason="  ")


OTHERS = [
    "neighbour",
    "other_unit",
    "other_unit_supervisor",
    "other_agency",
    "cso",
    "analyst",
    "admin",
    "head_office",
    "auditor",
    "dpo",
]


def test_nobody_else_contests_asks_or_adds_a_word(first, cast):
    for name_of in OTHERS:
        other = getattr(cast, name_of)
        with pytest.raises(PermissionDenied):
            contest(first, other)
        with pytest.raises(PermissionDenied):
            workflow.ask_for_second(first, by=other, reason="Kabar.")
        with pytest.raises(PermissionDenied):
            workflow.add_own_view(first, by=other, version=first.version, text="x", said_on=today(), present="Saya")


def test_a_contest_keeps_the_case_open_but_not_after_a_death(pair, first):
    assert "Sanggahan" in str(workflow.not_decided(first.case, ClosureReason.UNREACHABLE)[0].text)
    assert workflow.not_decided(first.case, ClosureReason.DIED) == []


def test_a_contest_can_be_taken_back_while_it_is_blind(named, cast):
    begun = workflow.start_second(named, by=cast.neighbour)
    with pytest.raises(PermissionDenied):  # whose judgement is questioned does not end the question
        workflow.withdraw(fresh(named), by=cast.worker, version=fresh(named).version, reason="Batal.")
    workflow.withdraw(fresh(named), by=cast.supervisor, version=fresh(named).version, reason="Peserta sudah paham.")
    assert fresh(begun).status == S.CANCELLED
    assert not Task.objects.open().filter(source__startswith="second:").exists()
    assert not case_policies.can(cast.neighbour, Right.VIEW, named.case)
    assert Assessment.objects.with_page_data().get(pk=named.first_id).contest is None


def test_it_cannot_be_taken_back_once_both_were_seen(both, cast):
    with pytest.raises(TransitionError, match="Kedua penilaian sudah ada"):
        workflow.withdraw(both, by=cast.supervisor, version=both.version, reason="Batal.")


def test_a_rater_takes_back_an_own_wish_until_somebody_is_named(first, cast):
    wish = workflow.ask_for_second(first, by=cast.worker, reason="Saya ragu.")
    workflow.withdraw(wish, by=cast.worker, version=wish.version, reason="Sudah jelas.")
    again = workflow.ask_for_second(first, by=cast.worker, reason="Saya ragu.")
    again = workflow.name_rater(again, by=cast.supervisor, version=again.version, rater=cast.neighbour)
    with pytest.raises(PermissionDenied):
        workflow.withdraw(fresh(again), by=cast.worker, version=fresh(again).version, reason="Sudah jelas.")


# ---- naming ---------------------------------------------------------------------------------------------------------


def test_the_second_rater_gets_the_case_without_its_assessments_and_plan(named, first, cast):
    rights = case_policies.rights(cast.neighbour, named.case)
    assert Right.VIEW in rights[Section.NOTES]
    assert Section.ASSESSMENT not in rights
    assert Section.PLAN not in rights
    task = case_policies.tasks_for(cast.neighbour).open().get()
    assert (task.kind, task.assignee) == (TaskKind.SECOND_RATING, cast.neighbour)
    assert not Task.objects.open().filter(kind=TaskKind.SECOND_RATER).exists()


def test_who_cannot_be_the_second_rater(pair, cast):
    for who in ["worker", "supervisor", "psychologist", "cso", "auditor", "other_agency"]:
        with pytest.raises(TransitionError, match="tidak dapat menjadi penilai kedua"):
            name(pair, cast, getattr(cast, who))


def test_nobody_who_is_related_or_reads_the_assessments_is_named(pair, cast):
    assert set(policies.candidates(pair)) == {cast.neighbour, cast.other_unit}
    case_workflow.assign(pair.case, by=cast.supervisor, worker=cast.worker, co_workers=[cast.neighbour])
    assert set(policies.candidates(pair)) == {cast.other_unit}


def test_the_database_keeps_rater_and_approver_apart_from_the_second(pair, cast):
    for person in (cast.worker, cast.supervisor):
        with pytest.raises(DatabaseError), transaction.atomic():
            SecondRating.objects.filter(pk=pair.pk).update(
                rater=person, named_by=cast.other_unit_supervisor, named_at=timezone.now()
            )


def test_only_the_units_supervisor_names(pair, cast):
    for who in ["worker", "neighbour", "other_unit_supervisor", "head_office"]:
        with pytest.raises(PermissionDenied):
            workflow.name_rater(pair, by=getattr(cast, who), version=pair.version, rater=cast.other_unit)


def test_another_rater_takes_the_place_of_the_first_named(named, cast):
    begun = workflow.start_second(named, by=cast.neighbour)
    again = name(named, cast, cast.other_unit)
    assert (again.rater, again.second) == (cast.other_unit, None)
    assert fresh(begun).status == S.CANCELLED
    assert not policies.named_second(cast.neighbour).exists()
    assert not case_policies.can(cast.neighbour, Right.VIEW, named.case)
    assert Task.objects.open().get(kind=TaskKind.SECOND_RATING).assignee == cast.other_unit


def test_a_rater_gives_the_task_back_with_a_reason(named, cast):
    with acting_as(cast.neighbour.pk):
        begun = workflow.start_second(named, by=cast.neighbour)
        workflow.cancel(begun, by=cast.neighbour, reason="Saya mengenal keluarganya.")
    pair = fresh(named)
    assert (pair.rater, pair.second, pair.is_open) == (None, None, True)
    assert Task.objects.open().get(source=f"second:{pair.pk}:rater").assignee == cast.supervisor


def test_a_first_rater_does_not_take_the_case_from_the_second(named, cast, client):
    manage = {"case": named.case, "grant": named.grant, "by": cast.worker}
    later = timezone.now() + dt.timedelta(days=5)
    for move in (
        lambda: case_workflow.end_share(**manage, reason="Tidak perlu"),
        lambda: case_workflow.renew_share(**manage, until=later, reason="Perlu"),
    ):
        with pytest.raises(PermissionDenied):
            move()
    ends = reverse("cases:share-end", args=[named.case.code, named.grant.code])
    access = reverse("cases:access", args=[named.case.code])
    client.force_login(cast.worker)
    assert client.get(ends).status_code == 403
    assert ends not in client.get(access).content.decode()
    client.force_login(cast.supervisor)
    assert ends in client.get(access).content.decode()
    case_workflow.end_share(named.case, named.grant, by=cast.supervisor, reason="Penilai kedua pindah tugas.")


def test_the_worker_ends_what_he_shared_himself_while_a_second_rates(named, cast):
    grant = case_workflow.share(
        named.case,
        by=cast.worker,
        to=cast.other_unit,
        sections=[Section.SUMMARY],
        basis=LegalBasis.PUBLIC_DUTY,
        purpose="Kunjungan bersama",
        until=timezone.now() + dt.timedelta(days=5),
    )
    assert case_workflow.end_share(named.case, grant, by=cast.worker, reason="Selesai").is_over


def test_two_supervisors_name_at_once_and_the_second_is_told(pair, cast):
    name(pair, cast)
    with pytest.raises(StaleError):
        workflow.name_rater(pair, by=cast.supervisor, version=pair.version, rater=cast.other_unit)


def test_nobody_is_named_in_a_closed_case(pair, cast):
    CaseFile.objects.filter(pk=pair.case_id).update(
        status=CaseStatus.CLOSED, closed_at=timezone.now(), closure_reason=ClosureReason.UNREACHABLE
    )
    with pytest.raises(TransitionError, match="ditutup"):
        name(fresh(pair), cast)


# ---- blind ----------------------------------------------------------------------------------------------------------


def test_neither_rater_sees_the_others_before_both_are_handed_in(named, first, cast):
    with acting_as(cast.neighbour.pk):
        second = workflow.start_second(named, by=cast.neighbour)
        assert second.kind == AssessmentKind.SECOND
        assert progress_of(second).previous is None
    for person, hidden, own in ((cast.neighbour, first, second), (cast.worker, second, first)):
        assert list(policies.assessments_for(person).values_list("pk", flat=True)) == [own.pk]
        with acting_as(person.pk):  # and the database says so too
            assert list(Assessment.objects.values_list("pk", flat=True)) == [own.pk]
            assert not ItemRating.objects.filter(assessment=hidden).exists()
            assert not Assessment.pgh_event_model.objects.filter(pgh_obj_id=hidden.pk).exists()
    assert policies.assessments_for(cast.supervisor).count() == 2


def test_what_protects_the_person_is_told_to_the_cases_worker_while_it_is_blind(named, cast, client):
    with acting_as(cast.neighbour.pk):
        answer(workflow.start_second(named, by=cast.neighbour), "D4", 3)
    task = Task.objects.get(kind=TaskKind.URGENT)
    assert task.assignee == cast.worker
    client.force_login(cast.worker)
    assert client.get(task.path).status_code == 200


def test_the_database_hides_the_first_even_from_a_second_rater_on_the_caseload(named, first, cast):
    case_workflow.assign(first.case, by=cast.supervisor, worker=cast.worker, co_workers=[cast.neighbour])
    assert not policies.assessments_for(cast.neighbour).exists()
    with acting_as(cast.neighbour.pk):
        assert not Assessment.objects.exists()
        assert not ItemRating.objects.exists()


def test_both_read_both_once_both_are_handed_in(both, cast):
    for person in (cast.worker, cast.neighbour):
        with acting_as(person.pk):
            assert policies.assessments_for(person).count() == 2
            assert Assessment.objects.count() == 2
    assert Task.objects.open().get(kind=TaskKind.SECOND_DECISION).assignee == cast.supervisor


def test_a_lost_access_ends_the_rating_with_its_case(named, cast):
    begun = workflow.start_second(named, by=cast.neighbour)
    case_policies.end_grants(CaseUserGrant.all_grants.filter(pk=fresh(named).grant_id))
    assert not policies.assessments_for(cast.neighbour).exists()
    with pytest.raises(PermissionDenied):
        answer(begun, "A1", 0)
    with acting_as(cast.neighbour.pk):
        assert not Assessment.objects.exists()


def test_only_the_named_rater_rates(named, cast):
    for who in ["worker", "supervisor", "other_unit"]:
        with pytest.raises(PermissionDenied):
            workflow.start_second(named, by=getattr(cast, who))


def test_beginning_twice_goes_on_with_the_same(named, cast):
    begun = workflow.start_second(named, by=cast.neighbour)
    assert workflow.start_second(fresh(named), by=cast.neighbour).pk == begun.pk


def test_the_menu_counts_what_a_pair_asks_of_each(first, cast):
    def left():
        return [policies.left_to_do(person) for person in (cast.worker, cast.neighbour, cast.supervisor)]

    assert left() == [0, 0, 0]
    pair = contest(first, cast.worker)
    assert left() == [0, 0, 1]  # to name a rater
    name(pair, cast)
    assert left() == [0, 1, 0]
    workflow.start_second(pair, by=cast.neighbour)
    assert left() == [0, 1, 0]
    rate(pair, cast.neighbour)
    assert left() == [0, 1, 1]  # of a rater also what waits for the supervisor


def test_a_second_rating_waits_in_no_queue_of_single_decisions(both, cast):
    assert not policies.queue_for(cast.supervisor).exists()
    assert list(policies.to_decide(cast.supervisor)) == [both]
    for move in (
        lambda: workflow.finalise(both.second, by=cast.supervisor),
        lambda: workflow.return_for_changes(both.second, by=cast.supervisor, comment="Tambah bukti."),
        lambda: workflow.cancel(both.second, by=cast.supervisor, reason="Batal."),
        lambda: workflow.cancel(both.first, by=cast.supervisor, reason="Batal."),
    ):
        with pytest.raises(TransitionError):
            move()


def test_finished_pairs_can_be_counted(both, named):
    (second,) = Assessment.objects.rated_twice()
    assert (second.pk, second.first.pk) == (both.second_id, both.first_id)
