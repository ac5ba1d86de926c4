"""The supervisor's dashboard: what it counts, in which order, where it leads, and what it keeps from whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import AgencyKind, Role, UnitKind
from accounts.models import Staff
from assessments.enums import AssessmentReason, AssessmentStatus, Band, InstrumentCode
from assessments.models import Assessment, InstrumentVersion
from cases.enums import CaseStatus, LegalStatusKind, Priority, TaskKind
from cases.models import CaseFile, LegalStatus, ReportingDuty, Task
from reports import dashboard, tasks
from tests.reports.conftest import fill
from tests.reports.worlds import World, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_board(world: World, client: Client) -> Callable[..., str]:
    def open_(staff: Staff | None = None) -> str:
        client.force_login(staff or world.supervisor)
        answer = client.get("/dashboard/")
        assert answer.status_code == 200
        return answer.content.decode()

    return open_


def submit(world: World, case: CaseFile, days: int, status: AssessmentStatus) -> Assessment:
    differs = status == AssessmentStatus.AWAITING_APPROVAL
    return Assessment.objects.create(
        case=case,
        instrument_version=InstrumentVersion.objects.filter(instrument=InstrumentCode.ADULT).latest("pk"),
        instrument=InstrumentCode.ADULT,
        reason=AssessmentReason.PERIODIC,
        rater=world.worker,
        status=status,
        submitted_at=timezone.now() - dt.timedelta(days=days),
        first_band=Band.GREEN,
        guidance_band=Band.YELLOW if differs else Band.GREEN,
        final_band=Band.GREEN,
        override_reason="Alasan yang cukup panjang untuk dibaca. " * 3 if differs else "",
    )


def add_task(world: World, case: CaseFile, hours: float, **fields: Any) -> Task:
    values = {"kind": TaskKind.FOLLOW_UP, "title": "Hubungi keluarga", "assignee": world.worker} | fields
    return Task.objects.create(case=case, due_at=timezone.now() + dt.timedelta(hours=hours), **values)


def board(world: World) -> dict[str, Any]:
    return dashboard.unit_board(world.supervisor)


def tiles(world: World) -> dict[str, int]:
    return {str(tile["label"]): tile["value"] for tile in board(world)["tiles"]}


def test_rows_come_urgent_first_and_then_by_due_date(world: World) -> None:
    late, urgent, waiting = world.case(), world.case(), world.case()
    add_task(world, late, -80)
    add_task(world, urgent, 6, kind=TaskKind.URGENT, priority=Priority.URGENT)
    submit(world, waiting, 30, AssessmentStatus.AWAITING_APPROVAL)
    add_task(world, world.case(), 90)  # has time
    rows = board(world)["lists"][0][3]
    assert [row.case for row in rows] == [urgent, waiting, late]
    assert rows[0].urgent
    assert (rows[1].action, rows[1].primary) == ("Putuskan", True)


def test_tiles_count_what_is_there(world: World) -> None:
    duty_case, free_case = world.case(), world.case()
    ReportingDuty.objects.create(case=duty_case, next_due_at=timezone.now(), missed_in_a_row=2)
    today = timezone.localdate()
    LegalStatus.objects.create(
        case=free_case,
        status=LegalStatusKind.PRISONER,
        valid_from=today - dt.timedelta(days=300),
        release_date=today + dt.timedelta(days=60),
    )
    CaseFile.objects.filter(pk=duty_case.pk).update(next_due_on=today - dt.timedelta(days=3))
    submit(world, world.case(), 1, AssessmentStatus.SUBMITTED)
    world.case((CaseStatus.INTERVENING, at(1, 1)), (CaseStatus.CLOSED, at(5, 1)))
    world.case(leads=[(world.other_unit, at(1, 1))])
    found = tiles(world)
    assert len(found) == 8
    assert found["Kasus aktif, 2 petugas"] == 3
    assert found["Kasus lewat tenggat"] == 1
    assert found["Penilaian menunggu keputusan Anda"] == 1
    assert found["Tidak lapor 2 kali berturut-turut"] == 1
    assert found["Bebas dalam 90 hari tanpa KRK"] == 1
    assert found["Tindakan pelindungan 24 jam terbuka"] == 0


def test_a_family_assessment_takes_the_release_off_the_list(world: World) -> None:
    case = world.case()
    today = timezone.localdate()
    LegalStatus.objects.create(
        case=case,
        status=LegalStatusKind.PRISONER,
        valid_from=today - dt.timedelta(days=300),
        release_date=today + dt.timedelta(days=60),
    )
    assert len(board(world)["lists"][0][3]) == 1
    world.final(case, timezone.now(), Band.READY, instrument=InstrumentCode.FAMILY)
    assert board(world)["lists"][0][3] == []


def test_units_without_reporting_duty_see_who_was_not_met(world: World) -> None:
    world.agency.kind = AgencyKind.KEMENSOS
    world.agency.save()
    world.case()
    supervisor = Staff.objects.get(pk=world.supervisor.pk)
    labels = {str(tile["label"]): tile["value"] for tile in dashboard.unit_board(supervisor)["tiles"]}
    assert labels["Belum ditemui 30 hari"] == 1
    assert not any("lapor" in label for label in labels)


def test_the_review_clock_counts_working_days(world: World) -> None:
    submit(world, world.case(full_name="Nanang Suprapto"), 21, AssessmentStatus.AWAITING_APPROVAL)
    submit(world, world.case(), 0, AssessmentStatus.SUBMITTED)
    chart = board(world)["waits"]
    assert chart.rows[0][0] == "Nanang Suprapto, beda dari petunjuk"
    assert str(chart.rows[0][1]).startswith("lewat ")
    assert chart.rows[1][1] == "0 hari"


def test_nothing_to_do_is_said(world: World, open_board: Callable[..., str]) -> None:
    page = open_board()
    assert "Semua beres untuk hari ini." in page
    assert "Tidak ada yang menunggu keputusan Anda." in page


def test_the_page_leads_to_the_work(world: World, open_board: Callable[..., str]) -> None:
    case = world.case(full_name="Rudi Hermanto")
    review = submit(world, case, 2, AssessmentStatus.SUBMITTED)
    page = open_board()
    assert f'href="/assessments/{review.code}/review/"' in page
    assert "Rudi Hermanto" in page
    assert f"/cases/?worker={world.worker.pk}" in page
    assert "/reports/definitions/#IND-P4" in page
    for address in ("/cases/?view=overdue", "/cases/?view=open", "/assessments/queue/"):
        assert address in page


def test_a_child_is_named_briefly_and_without_colour(world: World, open_board: Callable[..., str]) -> None:
    add_task(world, world.child(full_name="Aisyah Putri Rahayu"), -30)
    page = open_board()
    assert "Aisyah R." in page
    assert "Rahayu" not in page


def test_movement_needs_ten_people(world: World) -> None:
    assert board(world)["movement"] is None
    fill(world)
    chart = board(world)["movement"]
    texts = {str(cell) for row in chart.rows for cell in row}
    assert "n < 10" in texts


def test_only_supervisors_have_a_dashboard(world: World, client: Client) -> None:
    for role in (Role.DATA_ADMIN, Role.ANALYST, Role.FIELD_OFFICER, Role.AUDITOR, Role.CASEWORKER):
        client.force_login(world.make_staff(role.value, role))
        assert client.get("/dashboard/").status_code == 403


def test_another_unit_sees_nothing_of_this_one(world: World, open_board: Callable[..., str]) -> None:
    add_task(world, world.case(full_name="Rudi Hermanto"), -30)
    page = open_board(world.make_staff("lain", Role.SUPERVISOR, world.other_unit))
    assert "Rudi Hermanto" not in page
    assert "Semua beres" in page


def test_head_offices_see_figures_after_disclosure_and_no_case(world: World, open_board: Callable[..., str]) -> None:
    fill(world)
    world.case(full_name="Rudi Hermanto")
    head = world.make_staff("pusat", Role.SUPERVISOR, world.make_unit("pusat", kind=UnitKind.HEAD_OFFICE))
    assert "Angka belum dihitung" in open_board(head)
    tasks.roll_up.apply(throw=True)
    page = open_board(head)
    assert "sel kecil disamarkan" in page
    assert "/cases/" not in page.split("<main")[1].split("</main")[0]
    assert "Rudi Hermanto" not in page
    assert "&lt;10" in page  # the children


def test_the_number_of_queries_does_not_grow(world: World, django_assert_max_num_queries: Any) -> None:
    def fill_board(number: int) -> None:
        for _place in range(number):
            case = world.case()
            add_task(world, case, -30)
            submit(world, case, 3, AssessmentStatus.SUBMITTED)
            ReportingDuty.objects.create(case=case, next_due_at=timezone.now(), missed_in_a_row=2)

    fill_board(12)
    supervisor = Staff.objects.select_related("unit__agency").get(pk=world.supervisor.pk)
    with django_assert_max_num_queries(18):
        dashboard.unit_board(supervisor)
