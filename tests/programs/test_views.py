"""Pages of plans, enrolment and programmes: what each person gets, and that bad input loses nothing."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import workflow as case_workflow
from cases.enums import ClosureReason
from programs import workflow
from programs.enums import EnrolmentStatus, PlanStatus
from programs.models import Attendance, Goal
from tests.factories import make_active_plan, make_case, make_cohort, make_enrolment, make_final_assessment

TODAY = timezone.localdate


def get(client, user, name, *args):
    client.force_login(user)
    return client.get(reverse(f"programs:{name}", args=args))


def post(client, user, name, /, *args, **data):
    client.force_login(user)
    return client.post(reverse(f"programs:{name}", args=args), data)


@pytest.fixture
def case(cast):
    return make_case(cast.worker)


def test_the_plan_page_says_what_is_missing_first(client, cast, case):
    page = get(client, cast.worker, "plan", case.code).content.decode()
    assert "Rencana disusun setelah ada penilaian final" in page


def test_a_worker_writes_and_submits_a_plan(client, cast, case):
    make_final_assessment(case, approver=cast.supervisor)
    sent = post(
        client,
        cast.worker,
        "plan-new",
        case.code,
        approach=["keluarga"],
        starts_on=TODAY().isoformat(),
        review_due=(TODAY() + dt.timedelta(days=90)).isoformat(),
    )
    assert sent.status_code == 302
    plan = case.plans.get()
    goal = {
        "text": "Punya bengkel sendiri.",
        "type": "penuhi_kebutuhan",
        "items": ["F1"],
        "interventions": ["USAHA"],
        "due_on": (TODAY() + dt.timedelta(days=60)).isoformat(),
    }
    assert post(client, cast.worker, "goal-new", plan.code, **goal).status_code == 302
    assert post(client, cast.worker, "plan-submit", plan.code).status_code == 302
    plan.refresh_from_db()
    assert (plan.status, plan.goals.get().interventions.get().intervention_code) == (PlanStatus.SUBMITTED, "USAHA")
    assert "Setujui rencana" in get(client, cast.supervisor, "plan", case.code).content.decode()


def test_bad_input_keeps_what_was_typed(client, cast, case):
    make_final_assessment(case, approver=cast.supervisor)
    plan = workflow.start_plan(case, by=cast.worker, approach=["keluarga"], review_due=TODAY() + dt.timedelta(days=90))
    answer = post(client, cast.worker, "goal-new", plan.code, text="Punya bengkel.", due_on="2020-01-01")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Punya bengkel." in page
    assert "Tenggat tidak boleh di masa lalu." in page
    assert plan.goals.count() == 0


def test_a_stale_edit_shows_both_texts_and_changes_nothing(client, cast, case):
    goal = make_active_plan(case, approver=cast.supervisor).goals.get()
    stale = goal.version
    workflow.update_progress(goal, by=cast.worker, version=stale, progress=2)
    answer = post(client, cast.worker, "goal-progress", goal.code, version=stale, progress=3, status="in_progress")
    assert answer.status_code == 409
    assert ("3. Hampir", "2. Setengah jalan") in [(row.mine, row.theirs) for row in answer.context["rows"]]
    assert Goal.objects.get(pk=goal.pk).progress == 2


def test_a_version_that_is_no_number_counts_as_stale(client, cast, case):
    goal = make_active_plan(case, approver=cast.supervisor).goals.get()
    answer = post(client, cast.worker, "goal-progress", goal.code, version="²", progress=3, status="in_progress")
    assert answer.status_code == 409


PAGES = ["plan", "plan-panel", "enrolment-list"]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("actor", ["neighbour", "other_unit", "other_agency", "cso", "analyst", "admin", "auditor"])
def test_outsiders_get_404(client, cast, case, name, actor):
    assert get(client, getattr(cast, actor), name, case.code).status_code == 404


@pytest.mark.parametrize("name", ["plan", "enrolment-list"])
@pytest.mark.parametrize("actor", ["worker", "supervisor"])
def test_team_and_supervisor_read(client, cast, case, name, actor):
    make_active_plan(case, approver=cast.supervisor)
    make_enrolment(case, make_cohort(cast.worker.unit))
    assert get(client, getattr(cast, actor), name, case.code).status_code == 200


def test_a_supervisor_may_not_write_the_plan(client, cast, case):
    assert get(client, cast.supervisor, "plan-new", case.code).status_code == 403


def test_the_panel_is_one_card_for_htmx(client, cast, case):
    make_active_plan(case, approver=cast.supervisor)
    client.force_login(cast.worker)
    answer = client.get(reverse("programs:plan-panel", args=[case.code]), headers={"hx-request": "true"})
    html = answer.content.decode()
    assert "<html" not in html
    assert 'id="programs-plan-panel"' in html
    assert "Bengkel saya jalan tanpa utang." in html
    assert "Catat kemajuan" in html


def test_the_panel_of_a_closed_case_offers_no_progress(client, cast, case):
    make_active_plan(case, approver=cast.supervisor)
    case_workflow.close(case, by=cast.supervisor, reason=ClosureReason.MOVED, note="Pindah.")
    client.force_login(cast.worker)
    answer = client.get(reverse("programs:plan-panel", args=[case.code]), headers={"hx-request": "true"})
    assert "Baca rencana" in answer.content.decode()


def test_a_proposal_to_the_own_unit_is_admitted_at_once(client, cast, case):
    cohort = make_cohort(cast.worker.unit)
    assert post(client, cast.worker, "enrolment-list", case.code, cohort=cohort.pk).status_code == 302
    assert case.enrolments.get().status == EnrolmentStatus.ACTIVE


def test_proposing_twice_says_so_beside_the_field(client, cast, case):
    cohort = make_cohort(cast.worker.unit)
    make_enrolment(case, cohort)
    answer = post(client, cast.worker, "enrolment-list", case.code, cohort=cohort.pk)
    assert answer.status_code == 422
    assert "Peserta sudah ikut program ini." in answer.content.decode()


def test_attendance_is_taken_on_one_sheet(client, cast, case):
    cohort = make_cohort(cast.worker.unit)
    enrolment = make_enrolment(case, cohort)
    session = workflow.plan_session(cohort, by=cast.worker, held_on=TODAY(), topic="Merawat mesin")
    assert get(client, cast.worker, "session-attendance", session.code).status_code == 200
    marks = {f"{enrolment.code}-mark": "hadir", f"{enrolment.code}-reason": "", "version": session.version}
    assert post(client, cast.worker, "session-attendance", session.code, **marks).status_code == 302
    assert Attendance.objects.get().mark == "hadir"


def test_the_people_of_a_cohort_are_seen_by_the_unit_that_runs_it(client, cast, case):
    cohort = make_cohort(cast.worker.unit)
    make_enrolment(case, cohort)
    name = case.participant.full_name
    assert name in get(client, cast.neighbour, "cohort-detail", cohort.code).content.decode()
    assert name not in get(client, cast.other_agency, "cohort-detail", cohort.code).content.decode()
    assert get(client, cast.other_cso, "cohort-detail", cohort.code).status_code == 404


def test_support_is_recorded_with_its_four_visits(client, cast, case):
    data = {
        "type": "alat",
        "value_idr": "5000000",
        "business_kind": "bengkel",
        "handed_over_on": TODAY().isoformat(),
        "channel": "langsung",
        "region": "35",
    }
    assert post(client, cast.worker, "support-new", case.code, **data).status_code == 302
    support = case.economic_supports.get()
    assert [visit.month for visit in support.follow_ups.all()] == [1, 3, 6, 12]
    visit = {"visited_on": TODAY().isoformat(), "running": "ya", "jobs": "2"}
    assert post(client, cast.worker, "follow-up-record", support.code, 1, **visit).status_code == 302
    assert support.follow_ups.get(month=1).running == "ya"


@pytest.mark.parametrize("field", ["value_idr", "handed_over_on", "type", "region"])
def test_support_refuses_each_missing_field(client, cast, case, field):
    data = {
        "type": "alat",
        "value_idr": "5000000",
        "business_kind": "bengkel",
        "handed_over_on": TODAY().isoformat(),
        "channel": "langsung",
        "region": "35",
    }
    del data[field]
    assert post(client, cast.worker, "support-new", case.code, **data).status_code == 422
    assert case.economic_supports.count() == 0


def test_programme_cohort_and_session_are_opened_in_three_steps(client, cast):
    opened = post(client, cast.worker, "programme-new", title="Las dasar", kind="vokasional")
    assert opened.status_code == 302
    programme = cast.worker.unit.programmes.get(title="Las dasar")
    dates = {"starts_on": TODAY().isoformat(), "ends_on": (TODAY() + dt.timedelta(days=60)).isoformat()}
    cohort = {"name": "Angkatan 1", "place": "Pujon", "capacity": "12", **dates}
    assert post(client, cast.worker, "cohort-new", programme.code, **cohort).status_code == 302
    found = programme.cohorts.get()
    outside = {"held_on": "2020-01-01", "topic": "Pembukaan"}
    assert post(client, cast.worker, "session-new", found.code, **outside).status_code == 422
    inside = {"held_on": TODAY().isoformat(), "topic": "Pembukaan"}
    assert post(client, cast.worker, "session-new", found.code, **inside).status_code == 302
    assert get(client, cast.worker, "programme-list").status_code == 200


def test_a_cohort_page_costs_the_same_with_one_and_twelve_people(client, cast, django_assert_max_num_queries):
    cohort = make_cohort(cast.worker.unit, capacity=20)
    for _number in range(12):
        make_enrolment(make_case(cast.worker), cohort)
    client.force_login(cast.worker)
    with django_assert_max_num_queries(16):
        client.get(reverse("programs:cohort-detail", args=[cohort.code]))


def test_no_title_of_a_form_names_the_participant_or_the_goal(client, cast, case):
    """Titles stay in the history of a shared browser."""
    goal = make_active_plan(case, approver=cast.supervisor).goals.get()
    enrolment = make_enrolment(case, make_cohort(cast.worker.unit))
    for name, code, secret in (
        ("goal-progress", goal.code, goal.text),
        ("enrolment-end", enrolment.code, case.participant.full_name),
    ):
        page = get(client, cast.worker, name, code).content.decode()
        title = page.partition("<title>")[2].partition("</title>")[0]
        assert secret in page
        assert secret not in title
