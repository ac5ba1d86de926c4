"""Rules, holds and the destruction list: what each may do, and what nobody may (ET-18, UU 27/2022 Pasal 42-45)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import JournalAction
from accounts.models import JournalEntry, Staff
from cases import letters, workflow
from cases.enums import CaseType
from cases.enums.retention import ListStatus
from cases.models import CaseEvent, CaseFile, DestructionList, LegalHold, RetentionRule
from cases.policies import retention as policies
from cases.reference import load_retention
from cases.tasks import carry_out_destruction
from cases.workflow import retention
from config.navigation import COUNTS
from core.acting import acting_as
from core.workflow import StaleError, TransitionError
from tests.cast import Cast
from tests.factories import close_long_ago, make_case

HOLD: dict[str, Any] = {
    "reason": "Dipakai sebagai bukti banding.",
    "ordered_by": "Pengadilan Negeri",
    "document_no": "W14.U1/212/2026",
    "starts_on": dt.date(2026, 1, 5),
}


def rule_of(case: CaseFile) -> RetentionRule:
    return RetentionRule.objects.get(agency_kind=case.lead_agency.kind, case_type=case.case_type)


def put_in_force(case: CaseFile, years: int = 5) -> None:
    RetentionRule.objects.filter(pk=rule_of(case).pk).update(is_active=True, years=years, source="JRA uji")


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    made = close_long_ago(make_case(cast.worker))
    put_in_force(made)
    return made


def reader(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


# ---- rules ---------------------------------------------------------------------------------------------------------


def test_what_is_loaded_is_a_proposal_and_destroys_nothing(cast: Cast) -> None:
    load_retention()
    assert not RetentionRule.objects.active().exists()
    close_long_ago(make_case(cast.worker), years=60)
    with pytest.raises(TransitionError):
        retention.draw_up(by=cast.admin)


def test_what_an_agency_has_written_survives_a_second_loading(cast: Cast, case: CaseFile) -> None:
    load_retention()
    assert rule_of(case).source == "JRA uji"


def test_the_data_admin_writes_the_agencys_own_rule(cast: Cast, case: CaseFile) -> None:
    rule = rule_of(case)
    fields = {"version": rule.version, "years": 12, "source": "JRA 7/2024", "is_active": True}
    retention.set_rule(rule, by=cast.admin, **fields)
    assert rule_of(case).years == 12
    assert JournalEntry.objects.filter(action=JournalAction.RETENTION, object_code=rule.code).exists()
    with pytest.raises(StaleError):
        retention.set_rule(rule, by=cast.admin, **fields)


@pytest.mark.parametrize("actor", ["supervisor", "head_office", "dpo", "auditor", "bnpt_admin", "worker", "system"])
def test_nobody_else_does(cast: Cast, case: CaseFile, actor: str) -> None:
    with pytest.raises(PermissionDenied):
        retention.set_rule(
            rule_of(case), by=getattr(cast, actor), version=1, years=1, source="Sendiri", is_active=True
        )


@pytest.mark.parametrize("years", [0, 101])
def test_a_rule_has_sensible_years(cast: Cast, case: CaseFile, years: int) -> None:
    rule = rule_of(case)
    with pytest.raises(ValidationError):
        retention.set_rule(rule, by=cast.admin, version=rule.version, years=years, source="JRA", is_active=True)


# ---- which files ---------------------------------------------------------------------------------------------------


def test_a_list_has_codes_and_rules_and_no_name(cast: Cast, case: CaseFile) -> None:
    item = retention.draw_up(by=cast.admin).items.get()
    closed = timezone.localdate(case.closed_at)
    assert (item.case_code, item.years, item.source, item.closed_on) == (case.code, 5, "JRA uji", closed)
    assert item.runs_out_on == closed.replace(year=closed.year + 5)
    page = reader(cast.head_office).get(reverse("cases:destruction-detail", args=[item.of_list.code]))
    assert case.code in page.content.decode()
    assert case.participant.full_name not in page.content.decode()


def test_the_day_on_which_the_time_runs_out(cast: Cast, case: CaseFile) -> None:
    today = timezone.localdate()
    last = timezone.localtime().replace(year=today.year - 5, day=min(today.day, 28), hour=23, minute=59)
    CaseFile.objects.filter(pk=case.pk).update(closed_at=last + dt.timedelta(days=2))
    assert retention.count_run_out(cast.admin) == 0
    CaseFile.objects.filter(pk=case.pk).update(closed_at=last)
    assert retention.count_run_out(cast.admin) == 1


@pytest.mark.parametrize("what", ["open", "aftercare", "inactive", "hold", "other_agency", "listed"])
def test_what_is_on_no_list(cast: Cast, case: CaseFile, what: str) -> None:
    by = cast.admin
    if what == "open":
        CaseFile.objects.filter(pk=case.pk).update(status="intervening", closed_at=None, closure_reason="")
    elif what == "aftercare":
        CaseFile.objects.filter(pk=case.pk).update(aftercare_until=timezone.localdate() - dt.timedelta(days=900))
    elif what == "inactive":
        RetentionRule.objects.update(is_active=False)
    elif what == "hold":
        workflow.place_hold_by_code(case.code, by=cast.dpo, **HOLD)
    elif what == "other_agency":
        RetentionRule.objects.update(is_active=True)
        by = cast.bnpt_admin
    else:
        retention.draw_up(by=cast.admin)
    assert retention.count_run_out(by) == 0
    with pytest.raises(TransitionError):
        retention.draw_up(by=by)


@pytest.mark.parametrize(
    "actor", ["worker", "supervisor", "head_office", "dpo", "auditor", "analyst", "cso", "system"]
)
def test_only_a_data_admin_draws_up(cast: Cast, case: CaseFile, actor: str) -> None:
    with pytest.raises(PermissionDenied):
        retention.draw_up(by=getattr(cast, actor))


# ---- signatures ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [("head_office", "dpo"), ("dpo", "head_office")])
def test_two_signatures_in_either_order_approve(cast: Cast, case: CaseFile, order: tuple[str, str]) -> None:
    drawn = retention.draw_up(by=cast.admin)
    drawn = retention.sign(drawn, by=getattr(cast, order[0]))
    assert drawn.status == ListStatus.SIGNED
    drawn = retention.sign(drawn, by=getattr(cast, order[1]))
    assert drawn.status == ListStatus.APPROVED
    assert {drawn.head_signed_by, drawn.dpo_signed_by} == {cast.head_office, cast.dpo}


@pytest.mark.parametrize(
    "actor",
    ["admin", "bnpt_admin", "supervisor", "other_unit_supervisor", "other_agency_supervisor", "worker", "auditor"],
)
def test_who_may_not_sign(cast: Cast, case: CaseFile, actor: str) -> None:
    drawn = retention.draw_up(by=cast.admin)
    with pytest.raises(PermissionDenied):
        retention.sign(drawn, by=getattr(cast, actor))


def test_nobody_signs_twice_or_too_late(cast: Cast, case: CaseFile) -> None:
    drawn = retention.sign(retention.draw_up(by=cast.admin), by=cast.dpo)
    with pytest.raises(PermissionDenied):
        retention.sign(drawn, by=cast.dpo)
    drawn = retention.sign(drawn, by=cast.head_office)
    with pytest.raises(TransitionError):
        retention.sign(drawn, by=cast.head_office)


def test_who_drew_it_up_does_not_sign_in_another_role_either(cast: Cast, case: CaseFile) -> None:
    drawn = retention.draw_up(by=cast.admin)
    Staff.objects.filter(pk=cast.admin.pk).update(role="dpo")
    with pytest.raises(PermissionDenied):
        retention.sign(drawn, by=Staff.objects.get(pk=cast.admin.pk))


def test_the_menu_counts_what_waits_for_a_signature(cast: Cast, case: CaseFile) -> None:
    drawn = retention.draw_up(by=cast.admin)
    waits = COUNTS["cases:destruction-list"]
    assert [waits(person) for person in (cast.head_office, cast.dpo, cast.admin, cast.supervisor)] == [1, 1, 0, 0]
    retention.sign(drawn, by=cast.dpo)
    assert [waits(person) for person in (cast.head_office, cast.dpo)] == [1, 0]


# ---- steps back ----------------------------------------------------------------------------------------------------


def test_a_file_is_taken_off_for_a_reason(cast: Cast, case: CaseFile) -> None:
    other = close_long_ago(make_case(cast.worker))
    drawn = retention.sign(retention.draw_up(by=cast.admin), by=cast.dpo)
    item = drawn.items.get(case_code=case.code)
    with pytest.raises(TransitionError):
        retention.take_off(item, by=cast.head_office, reason=" ")
    retention.take_off(item, by=cast.head_office, reason="Keluarga akan meminta salinan.")
    retention.sign(drawn, by=cast.head_office)
    assert carry_out_destruction() == 1
    assert CaseFile.objects.filter(pk=case.pk).exists()
    assert not CaseFile.objects.filter(pk=other.pk).exists()


def test_an_approved_list_can_be_cancelled_until_it_is_carried_out(cast: Cast, case: CaseFile) -> None:
    drawn = retention.sign(retention.sign(retention.draw_up(by=cast.admin), by=cast.dpo), by=cast.head_office)
    drawn = retention.cancel(drawn, by=cast.admin, reason="JRA diganti.")
    assert drawn.status == ListStatus.CANCELLED
    assert carry_out_destruction() == 0
    assert CaseFile.objects.filter(pk=case.pk).exists()
    assert retention.draw_up(by=cast.admin).items.get().case_code == case.code
    with pytest.raises(TransitionError):
        retention.cancel(drawn, by=cast.admin, reason="Sekali lagi.")


@pytest.mark.parametrize("actor", ["worker", "supervisor", "bnpt_admin", "auditor", "other_agency_supervisor"])
def test_who_may_not_stop_a_list(cast: Cast, case: CaseFile, actor: str) -> None:
    drawn = retention.draw_up(by=cast.admin)
    for act in (lambda: retention.cancel(drawn, by=getattr(cast, actor), reason="Ganti."),
                lambda: retention.take_off(drawn.items.get(), by=getattr(cast, actor), reason="Simpan.")):  # fmt: skip
        with pytest.raises(PermissionDenied):
            act()


@pytest.mark.parametrize("actor", ["admin", "head_office", "dpo", "auditor"])
def test_only_the_system_destroys(cast: Cast, case: CaseFile, actor: str) -> None:
    drawn = retention.sign(retention.sign(retention.draw_up(by=cast.admin), by=cast.dpo), by=cast.head_office)
    for act in (retention.to_destroy, retention.remove_files, retention.approved):
        with pytest.raises(PermissionDenied):
            act(getattr(cast, actor))
    with pytest.raises(PermissionDenied):
        retention.destroy(drawn.items.get().pk, by=getattr(cast, actor))
    with pytest.raises(PermissionDenied):
        retention.finish_list(drawn, by=getattr(cast, actor))


# ---- holds ---------------------------------------------------------------------------------------------------------


def test_the_lead_supervisor_holds_and_the_officer_lifts(cast: Cast) -> None:
    case = make_case(cast.worker)
    hold = workflow.place_hold(case, by=cast.supervisor, **HOLD)
    assert hold.is_in_force
    assert CaseEvent.objects.filter(case=case, kind="hold_placed").exists()
    with pytest.raises(PermissionDenied):
        workflow.lift_hold(hold, by=cast.supervisor, reason="Selesai.")
    with acting_as(cast.dpo.pk):
        hold = workflow.lift_hold(LegalHold.objects.get(pk=hold.pk), by=cast.dpo, reason="Putusan tetap.")
    assert not hold.is_in_force
    assert JournalEntry.objects.filter(action=JournalAction.RETENTION, object_code=case.code).count() == 2
    with pytest.raises(TransitionError):
        workflow.lift_hold(hold, by=cast.dpo, reason="Sekali lagi.")


@pytest.mark.parametrize(
    "actor", ["worker", "neighbour", "other_unit_supervisor", "head_office", "admin", "auditor", "analyst", "cso"]
)
def test_who_may_not_hold(cast: Cast, actor: str) -> None:
    case, by = make_case(cast.worker), getattr(cast, actor)
    with pytest.raises(PermissionDenied):
        workflow.place_hold(case, by=by, **HOLD)
    with pytest.raises(PermissionDenied):
        workflow.place_hold_by_code(case.code, by=by, **HOLD)


def test_the_officer_holds_a_file_that_stays_unseen(cast: Cast, case: CaseFile) -> None:
    with acting_as(cast.dpo.pk):
        assert not CaseFile.objects.filter(pk=case.pk).exists()
        hold = workflow.place_hold_by_code(case.code, by=cast.dpo, **HOLD)
        assert hold is not None
        assert hold.lead_unit == cast.worker.unit
        assert workflow.place_hold_by_code("ZZZZ-ZZZZ", by=cast.dpo, **HOLD) is None


def test_a_hold_needs_its_letter_and_no_future(cast: Cast) -> None:
    case = make_case(cast.worker)
    for wrong in ({"document_no": " "}, {"starts_on": timezone.localdate() + dt.timedelta(days=1)}):
        with pytest.raises(TransitionError):
            workflow.place_hold(case, by=cast.supervisor, **(HOLD | wrong))


# ---- pages ---------------------------------------------------------------------------------------------------------


def test_the_whole_way_through_the_pages(cast: Cast, case: CaseFile) -> None:
    code = case.code
    admin, head, dpo = reader(cast.admin), reader(cast.head_office), reader(cast.dpo)
    admin.post(reverse("cases:destruction-new"), {"note": "Triwulan ini"})
    drawn = DestructionList.objects.get()
    for client in (head, dpo):
        assert "Tandatangani" in client.get(reverse("cases:destruction-detail", args=[drawn.code])).content.decode()
        assert client.post(reverse("cases:destruction-sign", args=[drawn.code])).status_code == 302
    certificate = reverse("cases:destruction-certificate", args=[drawn.code])
    assert admin.get(certificate).status_code == 404
    assert carry_out_destruction() == 1
    for client in (admin, head, dpo, reader(cast.auditor)):
        answer = client.get(certificate)
        assert answer.content.startswith(b"%PDF")
    assert reader(cast.bnpt_admin).get(certificate).status_code == 404
    drawn.refresh_from_db()
    html = letters.certificate_context(drawn.certificate)
    assert [item["code"] for item in html["destroyed"]] == [code]
    assert drawn.certificate.sha256 == retention.digest(retention.certified(drawn))


def test_the_same_certificate_gives_the_same_bytes(cast: Cast, case: CaseFile) -> None:
    drawn = retention.sign(retention.sign(retention.draw_up(by=cast.admin), by=cast.dpo), by=cast.head_office)
    carry_out_destruction()
    drawn.refresh_from_db()
    first = letters.destruction_certificate(drawn.certificate).content
    with timezone.override("Asia/Jayapura"):
        assert letters.destruction_certificate(drawn.certificate).content == first


def test_the_forms_say_what_is_missing(cast: Cast, case: CaseFile) -> None:
    drawn = retention.draw_up(by=cast.admin)
    admin, dpo = reader(cast.admin), reader(cast.dpo)
    assert admin.post(reverse("cases:destruction-cancel", args=[drawn.code])).status_code == 422
    off = reverse("cases:destruction-take-off", args=[drawn.code, case.code])
    assert admin.post(off).status_code == 422
    assert admin.post(off, {"reason": "Masih diperlukan."}).status_code == 302
    unknown = dpo.post(reverse("cases:hold-new"), HOLD | {"code": "zzzz-zzzz"})
    assert "Tidak ada kasus dengan kode ini." in unknown.content.decode()
    rule = rule_of(case)
    page = reverse("cases:rule-edit", args=[rule.code])
    assert admin.post(page, {"version": rule.version, "years": 0, "source": ""}).status_code == 422
    assert admin.post(page, {"version": 99, "years": 3, "source": "JRA"}).status_code == 409
    assert admin.post(page, {"version": rule.version, "years": 3, "source": "JRA"}).status_code == 302


def test_a_unit_supervisor_sees_holds_of_the_own_unit_and_no_list(cast: Cast, case: CaseFile) -> None:
    retention.draw_up(by=cast.admin)
    hold = workflow.place_hold(make_case(cast.worker), by=cast.supervisor, **HOLD)
    assert not policies.lists_for(cast.supervisor).exists()
    assert list(policies.holds_for(cast.supervisor)) == [hold]
    assert not policies.holds_for(cast.other_unit_supervisor).exists()


def test_rules_of_another_agency_are_for_oversight(cast: Cast) -> None:
    assert {rule.agency_kind for rule in policies.rules_for(cast.supervisor)} == {"ditjenpas"}
    assert len({rule.agency_kind for rule in policies.rules_for(cast.dpo)}) > 1
    assert set(CaseType) == {rule.case_type for rule in policies.rules_for(cast.supervisor)}
