"""What happens to a report, who may do it, and what stays as it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, connection, transaction
from django.utils import timezone

from accounts.enums import AgencyKind, Role, UnitKind
from accounts.models import Agency, Staff
from core import jobs
from core.models import Job, JobState
from core.workflow import TransitionError
from reports import policies, snapshot, tasks, workflow
from reports.enums import ReportStatus, Scope
from reports.indicators import Area
from reports.models import QuarterlyReport
from reports.policies import Act
from reports.quarters import Quarter
from tests.reports.conftest import fill
from tests.reports.worlds import Q3, World, at


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    ids: list[int] = []
    monkeypatch.setitem(jobs.SENDERS, workflow.JOB_KIND, ids.append)
    return ids


def ask(world: World, admin: Staff, **fields: object) -> tuple[QuarterlyReport, bool]:
    values = {"by": admin, "area": world.area, "quarter": Q3} | fields
    return workflow.request_report(**values)  # type: ignore[arg-type]


# ---- asking --------------------------------------------------------------------------------------------------------


def test_a_request_makes_a_numbered_report_and_a_job(world: World, admin: Staff) -> None:
    report, is_new = ask(world, admin)
    assert is_new
    assert report.serial_no == f"LT-2026-3-{world.unit.code.upper()}-R1"
    assert (report.status, report.threshold, report.child_threshold) == (ReportStatus.QUEUED, 5, 10)
    assert report.job is not None
    assert report.job.requested_by == admin


def test_asking_again_gives_the_same_report(world: World, admin: Staff) -> None:
    first, _new = ask(world, admin)
    second, is_new = ask(world, admin)
    assert (first.pk, is_new) == (second.pk, False)
    assert ask(world, admin, revise=True)[0].pk == first.pk  # it is still being made
    assert Job.objects.count() == 1


def test_a_stricter_threshold_holds_and_a_looser_one_does_not(world: World, admin: Staff) -> None:
    assert ask(world, admin, threshold=12)[0].threshold == 12
    report = ask(world, admin, threshold=3, quarter=Q3.previous)[0]
    assert (report.threshold, report.child_threshold) == (5, 10)


@pytest.mark.parametrize(
    ("quarters_ahead", "words"), [(0, "belum selesai"), (1, "belum dimulai"), (9, "belum dimulai")]
)
def test_a_quarter_that_is_not_over_is_refused(world: World, admin: Staff, quarters_ahead: int, words: str) -> None:
    quarter = Quarter.current(timezone.now())
    for _step in range(quarters_ahead):
        quarter = quarter.following
    with pytest.raises(TransitionError, match=words):
        ask(world, admin, quarter=quarter)


def test_a_quarter_before_there_was_data_is_refused(world: World, admin: Staff) -> None:
    with pytest.raises(TransitionError):
        ask(world, admin, quarter=Quarter(2015, 4))


def test_who_may_make_a_report(world: World, admin: Staff) -> None:
    bnpt = Agency.objects.get(kind=AgencyKind.BNPT)
    bnpt_admin = world.make_staff("bnpt", Role.DATA_ADMIN, world.make_unit("pusat", agency=bnpt))
    agency = Area(Scope.AGENCY, agency=world.agency)
    national = Area(Scope.NATIONAL)
    elsewhere = World()
    assert policies.may_build(admin, world.area)
    assert policies.may_build(admin, agency)
    assert not policies.may_build(admin, national)
    assert not policies.may_build(admin, elsewhere.area)
    assert policies.may_build(bnpt_admin, national)
    assert policies.may_build(bnpt_admin, Area(Scope.AGENCY, agency=bnpt))
    assert not policies.may_build(bnpt_admin, agency)
    for staff in (world.worker, world.supervisor, Staff.objects.system()):
        assert not policies.may_build(staff, world.area)
        with pytest.raises(PermissionDenied):
            ask(world, staff)


def test_agency_and_national_reports_have_their_own_numbers(world: World, admin: Staff) -> None:
    bnpt = Agency.objects.get(kind=AgencyKind.BNPT)
    bnpt_admin = world.make_staff("bnpt", Role.DATA_ADMIN, world.make_unit("pusat", agency=bnpt))
    agency = ask(world, admin, area=Area(Scope.AGENCY, agency=world.agency))[0]
    national = ask(world, bnpt_admin, area=Area(Scope.NATIONAL))[0]
    assert agency.serial_no == f"LT-2026-3-{world.agency.code.upper()}-R1"
    assert national.serial_no == "LT-2026-3-NASIONAL-R1"
    assert policies.area_of(national) == Area(Scope.NATIONAL)


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_are_one_report_and_one_job() -> None:
    world = World()
    admins = [world.make_staff(f"admin{number}", Role.DATA_ADMIN) for number in range(2)]
    together = Barrier(2)
    made: list[tuple[int, bool]] = []

    def run(admin: Staff) -> None:
        together.wait()
        report, is_new = ask(world, admin)
        made.append((report.pk, is_new))
        connection.close()

    threads = [Thread(target=run, args=(admin,)) for admin in admins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({pk for pk, _new in made}) == 1
    assert sorted(is_new for _pk, is_new in made) == [False, True]
    assert (QuarterlyReport.objects.count(), Job.objects.count()) == (1, 1)


# ---- making --------------------------------------------------------------------------------------------------------


def test_the_task_makes_the_report_and_says_how_far_it_is(filled: World, admin: Staff) -> None:
    report, _new = ask(filled, admin)
    assert tasks.build_report.apply(args=[report.job_id]).get() == "made"
    report.refresh_from_db()
    assert report.status == ReportStatus.GENERATED
    assert report.job is not None
    assert (report.job.state, report.job.percent) == (JobState.DONE, 100)
    assert (report.pages or 0) > 5
    assert bytes(report.pdf or b"").startswith(b"%PDF-")
    assert tasks.build_report.apply(args=[report.job_id]).get() == "nothing to do"


def test_a_resumed_job_keeps_the_figures_that_were_frozen(filled: World, admin: Staff) -> None:
    report, _new = ask(filled, admin)
    assert jobs.claim(report.job_id or 0) is not None  # a worker that dies after freezing
    frozen = workflow.freeze_figures(report, by=Staff.objects.system())
    filled.case()
    Job.objects.update(heartbeat_at=timezone.now() - dt.timedelta(minutes=5))
    assert jobs.requeue_stale() == 1
    assert tasks.build_report.apply(args=[report.job_id]).get() == "made"
    report.refresh_from_db()
    assert report.snapshot_at == frozen.snapshot_at
    assert report.snapshot == frozen.snapshot


def test_a_worker_that_died_after_keeping_the_pdf_leaves_nothing_to_redo(filled: World, admin: Staff) -> None:
    report, _new = ask(filled, admin)
    tasks.build_report.apply(args=[report.job_id]).get()
    Job.objects.update(state=JobState.QUEUED)
    assert tasks.build_report.apply(args=[report.job_id]).get() == "was done"


def test_a_fault_fails_the_report_with_a_sentence(world: World, admin: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("reports.reading.draw", broken)
    report, _new = ask(world, admin)
    assert tasks.build_report.apply(args=[report.job_id]).get() == "failed"
    report.refresh_from_db()
    assert report.job is not None
    assert report.status == ReportStatus.FAILED
    assert report.job.error == tasks.FAILED
    again, is_new = ask(world, admin)
    assert (again.pk, is_new, again.status) == (report.pk, True, ReportStatus.QUEUED)


def test_a_job_that_ends_its_worker_every_time_is_given_up(world: World, admin: Staff) -> None:
    report, _new = ask(world, admin)
    Job.objects.update(attempts=jobs.MOST_ATTEMPTS)
    assert tasks.build_report.apply(args=[report.job_id]).get() == "failed"
    report.refresh_from_db()
    assert report.job is not None
    assert report.job.error == tasks.GAVE_UP


# ---- what stays ----------------------------------------------------------------------------------------------------


def test_frozen_figures_and_a_kept_pdf_never_change(made: Callable[[], QuarterlyReport]) -> None:
    report = made()
    for field, value in (("snapshot", {}), ("threshold", 9), ("pdf", b"%PDF-"), ("serial_no", "LT")):
        with pytest.raises(InternalError), transaction.atomic():
            QuarterlyReport.objects.filter(pk=report.pk).update(**{field: value})


def test_moves_are_made_in_order_and_by_the_right_people(
    made: Callable[[], QuarterlyReport], filled: World, admin: Staff
) -> None:
    report = made()
    with pytest.raises(TransitionError):
        workflow.approve(report, by=filled.supervisor)
    with pytest.raises(PermissionDenied):
        workflow.ask_review(report, by=filled.supervisor)
    workflow.ask_review(report, by=admin)
    with pytest.raises(PermissionDenied):
        workflow.approve(report, by=admin)
    with pytest.raises(TransitionError):
        workflow.mark_sent(report, by=admin, sent_to="Kanwil")
    workflow.approve(report, by=filled.supervisor)
    with pytest.raises(TransitionError, match="kepada siapa"):
        workflow.mark_sent(report, by=admin, sent_to=" ")
    assert workflow.mark_sent(report, by=admin, sent_to="Kanwil").status == ReportStatus.SENT


def test_head_offices_sign_for_their_agency_and_bnpt_for_the_country(world: World, admin: Staff) -> None:
    head = world.make_staff("pusat", Role.SUPERVISOR, world.make_unit("pusat", kind=UnitKind.HEAD_OFFICE))
    bnpt = Agency.objects.get(kind=AgencyKind.BNPT)
    bnpt_unit = world.make_unit("pusat-bnpt", agency=bnpt, kind=UnitKind.HEAD_OFFICE)
    bnpt_head = world.make_staff("pusatb", Role.SUPERVISOR, bnpt_unit)
    bnpt_admin = world.make_staff("bnpt", Role.DATA_ADMIN, bnpt_unit)
    agency = ask(world, admin, area=Area(Scope.AGENCY, agency=world.agency))[0]
    national = ask(world, bnpt_admin, area=Area(Scope.NATIONAL))[0]
    unit = ask(world, admin)[0]
    signs = {
        (staff.pk, report.pk): policies.can(staff, Act.APPROVE, report)
        for staff in (head, bnpt_head, world.supervisor)
        for report in (unit, agency, national)
    }
    assert {key for key, may in signs.items() if may} == {
        (head.pk, agency.pk),
        (bnpt_head.pk, national.pk),
        (world.supervisor.pk, unit.pk),
    }
    analyst = world.make_staff("analis", Role.ANALYST, bnpt_unit)
    assert set(policies.reports_for(analyst)) == {national}
    assert set(policies.reports_for(head)) == {agency}


# ---- the snapshot --------------------------------------------------------------------------------------------------


def freeze(world: World, **thresholds: int) -> dict[str, object]:
    limits = snapshot.Thresholds(thresholds.get("adults", 5), thresholds.get("children", 10))
    return snapshot.freeze(world.area, Q3, limits)


def test_a_snapshot_holds_no_small_number(filled: World) -> None:
    frozen = freeze(filled)
    counts = [
        cell["value"]
        for published in frozen["groups"].values()  # type: ignore[attr-defined]
        for table in published["tables"].values()
        for cell in _cells(table)
        if "value" in cell
    ]
    assert counts
    assert all(value == 0 or value >= 5 for value in counts)
    children = frozen["groups"]["children"]["measures"]["active"]["line"]  # type: ignore[index]
    assert children[-1] == {"hidden": "small", "below": 10}


def _cells(node: object) -> list[dict[str, object]]:
    if isinstance(node, dict):
        if "value" in node or "hidden" in node:
            return [node]
        return [cell for value in node.values() for cell in _cells(value)]
    return [cell for value in node for cell in _cells(value)] if isinstance(node, list) else []


def test_the_same_figures_have_the_same_fingerprint(filled: World) -> None:
    first, second = freeze(filled), freeze(filled)
    assert snapshot.canonical(first) == snapshot.canonical(second)
    filled.case()
    assert snapshot.fingerprint(first) != snapshot.fingerprint(freeze(filled))


def test_a_fingerprint_survives_the_database(made: Callable[[], QuarterlyReport], filled: World) -> None:
    report = made()
    stored = QuarterlyReport.objects.get(pk=report.pk)
    assert snapshot.fingerprint(stored.snapshot) == snapshot.fingerprint(report.snapshot)


def test_a_snapshot_of_an_empty_unit_is_whole(world: World) -> None:
    frozen = freeze(world)
    assert frozen["groups"]["adults"]["measures"]["active"]["line"][-1] == {"value": 0}  # type: ignore[index]
    assert frozen["groups"]["adults"]["balanced"] is True  # type: ignore[index]


def test_progress_is_told_up_to_the_whole(world: World) -> None:
    told: list[tuple[int, int]] = []
    snapshot.freeze(world.area, Q3, snapshot.Thresholds(5, 10), lambda done, total: told.append((done, total)))
    assert [done for done, _total in told] == list(range(1, 10))
    assert {total for _done, total in told} == {9}


def test_coming_of_age_is_hidden_on_both_sides_or_on_none(world: World) -> None:
    for _number in range(7):
        world.case((workflow_status(), at(1, 1)), birth_date=dt.date(2008, 8, 1))
    fill(world)
    frozen = freeze(world)
    adults = frozen["groups"]["adults"]["measures"]["came_of_age"]["line"]  # type: ignore[index]
    children = frozen["groups"]["children"]["measures"]["grew_up"]["line"]  # type: ignore[index]
    assert adults == children
    assert adults[-1] == {"hidden": "small", "below": 10}


def workflow_status() -> str:
    return "intervening"
