"""A child's file is sealed when its case closes, and opened by two people together for a time (ET-3)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pgtrigger
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.enums import JournalAction, Role
from accounts.models import JournalEntry
from cases import policies, workflow
from cases.enums import CaseStatus, CaseType, ClosureReason, LegalStatusKind, Right, Section
from cases.enums.protection import UnsealStatus
from cases.models import CaseFile, UnsealRequest
from cases.policies import emergency, matching, protection
from core.workflow import TransitionError
from reports.policies import exportable_cases
from tests.cases.test_at_once import acting, all_at_once, people
from tests.cast import Cast
from tests.factories import make_case, make_child_case, make_note, make_person, make_staff, make_task
from tests.test_access_matrix import expected

__all__ = ["people"]


def close(case: CaseFile, by: Any) -> CaseFile:
    return workflow.close(case, by=by, reason=ClosureReason.MOVED, note="Pindah bersama bibinya.")


@pytest.fixture
def sealed(cast: Cast) -> CaseFile:
    case = make_child_case(cast.other_agency)
    make_note(case)
    make_task(case)
    return close(case, cast.other_agency_supervisor)


def ask(case: CaseFile, by: Any, **fields: Any) -> UnsealRequest:
    return workflow.request_unsealing(case, by=by, **({"purpose": "Permintaan surat sekolah.", "hours": 4} | fields))


def opened(case: CaseFile, cast: Cast) -> UnsealRequest:
    return workflow.approve_unsealing(ask(case, cast.other_agency_supervisor), by=cast.dpo)


# ---- which files are sealed ----------------------------------------------------------------------------------------


def test_a_childs_file_is_sealed_with_the_closing(sealed: CaseFile) -> None:
    sealed.refresh_from_db()
    assert sealed.sealed_at == sealed.closed_at
    assert JournalEntry.objects.filter(action=JournalAction.CASE_SEALED, object_code=sealed.code).exists()


def test_an_adults_file_is_not(cast: Cast) -> None:
    case = close(make_case(cast.worker), cast.supervisor)
    assert case.sealed_at is None
    assert policies.can(cast.worker, Right.VIEW, case)


def test_who_was_a_child_on_the_day_of_opening_keeps_a_childs_file(cast: Cast) -> None:
    day = timezone.localdate()
    person = make_person(birth_date=day.replace(year=day.year - 19, day=1))
    then = timezone.now() - dt.timedelta(days=500)
    case = make_case(cast.other_agency, case_type=CaseType.SOCIAL_ADULT, person=person, opened_at=then)
    assert not case.participant.is_child
    assert close(case, cast.other_agency_supervisor).sealed_at is not None


@pytest.mark.parametrize("birth", [{"birth_date": None}, {"birth_date_precision": "year"}])
def test_an_age_in_doubt_counts_as_a_childs(cast: Cast, birth: dict[str, Any]) -> None:
    year = timezone.localdate().year - 18
    person = make_person(**({"birth_date": dt.date(year, 1, 1)} | birth))
    case = make_case(cast.other_agency, case_type=CaseType.FAMILY, person=person)
    assert close(case, cast.other_agency_supervisor).sealed_at is not None


def test_a_corrected_birth_date_seals_a_file_that_was_closed_as_an_adults(cast: Cast) -> None:
    first = close(make_case(cast.worker), cast.supervisor)
    second = workflow.open_case(by=cast.worker, case_type=CaseType.PROBATION, participant=first.participant)
    person = first.participant
    workflow.amend_participant(second, by=cast.worker, version=person.version, birth_date=None)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.sealed_at == first.closed_at
    assert second.is_child_file
    assert second.sealed_at is None


@pytest.mark.parametrize("change", [{"sealed_at": None}, {"is_child_file": False}])
def test_the_database_keeps_a_closed_childs_file_sealed(sealed: CaseFile, change: dict[str, Any]) -> None:
    CaseFile.objects.filter(pk=sealed.pk).update(**change)
    assert CaseFile.objects.get(pk=sealed.pk).sealed_at is not None


def test_the_constraint_stands_behind_the_trigger(sealed: CaseFile) -> None:
    with (
        pgtrigger.ignore("cases.CaseFile:closing_seals_a_child_file"),
        pytest.raises(IntegrityError, match="sealed_iff_closed_child_file"),
        transaction.atomic(),
    ):
        CaseFile.objects.filter(pk=sealed.pk).update(sealed_at=None)


# ---- nobody sees it ------------------------------------------------------------------------------------------------


def test_nobody_sees_a_sealed_file_by_any_route(cast: Cast, sealed: CaseFile) -> None:
    workflow_share = policies.share_with_worker
    workflow_share(sealed, cast.neighbour, by=cast.supervisor, reason="caseload")
    for name, user in cast:
        if name == "system":
            continue
        assert policies.rights(user, sealed) == {}, name
        assert not policies.cases_in_sight(user).filter(pk=sealed.pk).exists(), name
        assert not policies.caseload_of(user).filter(pk=sealed.pk).exists(), name
        assert not policies.tasks_for(user).filter(case=sealed).exists(), name
        assert not policies.notes_for(user).filter(case=sealed).exists(), name
        assert not user.has_perm("cases.view_casefile", sealed), name
        for section in Section:
            for right in Right:
                assert not policies.can(user, right, sealed, section), (name, section, right)
                for branch in policies.case_branches(user, right, section):
                    assert not branch.filter(pk=sealed.pk).exists(), (name, section, right)


def test_the_system_still_counts_it(cast: Cast, sealed: CaseFile) -> None:
    assert policies.cases_for(cast.system).filter(pk=sealed.pk).exists()
    assert policies.cases_in_sight(cast.system).filter(pk=sealed.pk).exists()


def test_intake_says_only_that_the_unit_may_know(cast: Cast, sealed: CaseFile) -> None:
    person = sealed.participant
    asked = matching.Sought(person.full_name, person.birth_date.year)
    for user in (cast.other_agency, cast.other_agency_supervisor, cast.psychologist):
        found = matching.possible_matches(user, asked)
        assert (found.cases, found.units) == ([], [sealed.lead_unit])
    assert not matching.possible_matches(cast.worker, asked)


# ---- two people open it --------------------------------------------------------------------------------------------


def test_supervisor_asks_and_officer_approves(cast: Cast, sealed: CaseFile) -> None:
    request = opened(sealed, cast)
    assert (request.status, request.reader) == (UnsealStatus.APPROVED, cast.other_agency_supervisor)
    assert request.until - request.opened_at == dt.timedelta(hours=4)
    seen = expected({"reader": "V V V V V . V V V V V V V"}, "reader")
    assert policies.rights(cast.other_agency_supervisor, sealed) == seen
    assert policies.cases_in_sight(cast.other_agency_supervisor).filter(pk=sealed.pk).exists()
    actions = list(
        JournalEntry.objects.filter(object_code=sealed.code).order_by("pk").values_list("action", flat=True)
    )
    assert actions[-2:] == [JournalAction.UNSEAL_ASKED, JournalAction.UNSEAL_APPROVED]


def test_officer_asks_and_supervisor_approves_and_reads(cast: Cast, sealed: CaseFile) -> None:
    request = workflow.approve_unsealing(ask(sealed, cast.dpo), by=cast.other_agency_supervisor)
    assert request.reader == cast.other_agency_supervisor
    assert policies.can(cast.other_agency_supervisor, Right.VIEW, sealed)
    assert not policies.cases_in_sight(cast.dpo).exists()


def test_an_opening_is_read_only_and_in_no_list(cast: Cast, sealed: CaseFile) -> None:
    opened(sealed, cast)
    reader = cast.other_agency_supervisor
    assert all(held == frozenset({Right.VIEW}) for held in policies.rights(reader, sealed).values())
    for section in Section:
        assert not policies.can(reader, Right.EDIT, sealed, section)
        assert not policies.can(reader, Right.APPROVE, sealed, section)
    assert not any(branch.filter(pk=sealed.pk).exists() for branch in policies.case_branches(reader))
    assert not policies.tasks_for(reader).filter(case=sealed).exists()
    assert not policies.can(cast.other_agency, Right.VIEW, sealed), "its worker still sees nothing"


def test_an_opened_file_leaves_by_no_export(cast: Cast, sealed: CaseFile) -> None:
    opened(sealed, cast)
    assert not exportable_cases(cast.other_agency_supervisor, []).filter(pk=sealed.pk).exists()


def test_no_emergency_opens_a_young_witness(cast: Cast) -> None:
    case = make_child_case(cast.other_agency)
    assert emergency.openable(cast.supervisor, case.code) == case
    workflow.add_legal_status(
        case, by=cast.other_agency, status=LegalStatusKind.CHILD_WITNESS, valid_from=timezone.localdate()
    )
    assert emergency.openable(cast.supervisor, case.code) is None


@pytest.mark.parametrize("asker", ["dpo", "other_agency_supervisor"])
def test_one_person_alone_opens_nothing(cast: Cast, sealed: CaseFile, asker: str) -> None:
    by = getattr(cast, asker)
    request = ask(sealed, by)
    with pytest.raises(PermissionDenied):
        workflow.approve_unsealing(request, by=by)
    assert not UnsealRequest.objects.in_force().exists()


def test_two_of_the_same_role_open_nothing(cast: Cast, sealed: CaseFile) -> None:
    unit = sealed.lead_unit
    second = make_staff("gita.savitri", unit, Role.SUPERVISOR, cast.other_agency_supervisor.profession)
    officer = make_staff("hari.wibowo", cast.dpo.unit, Role.DPO, cast.dpo.profession)
    request = ask(sealed, cast.other_agency_supervisor)
    with pytest.raises(PermissionDenied):
        workflow.approve_unsealing(request, by=second)
    workflow.end_unsealing(request, by=second)
    request = ask(sealed, cast.dpo)
    with pytest.raises(PermissionDenied):
        workflow.approve_unsealing(request, by=officer)


def test_the_database_wants_two_people_too(cast: Cast, sealed: CaseFile) -> None:
    request = ask(sealed, cast.dpo)
    with pytest.raises(IntegrityError, match="unsealing_takes_two_people"):
        UnsealRequest.objects.filter(pk=request.pk).update(
            decided_by=cast.dpo, decided_as=Role.SUPERVISOR, decided_at=timezone.now()
        )


@pytest.mark.parametrize(
    "actor",
    ["worker", "other_agency", "supervisor", "head_office", "analyst", "admin", "auditor", "cso", "psychologist"],
)
def test_nobody_else_holds_a_key(cast: Cast, sealed: CaseFile, actor: str) -> None:
    by = getattr(cast, actor)
    with pytest.raises(PermissionDenied):
        ask(sealed, by)
    request = ask(sealed, cast.dpo)
    for decide in (workflow.approve_unsealing, workflow.refuse_unsealing):
        with pytest.raises(PermissionDenied):
            decide(request, by=by, note="Tidak perlu.")
    with pytest.raises(PermissionDenied):
        workflow.end_unsealing(request, by=by)
    assert not protection.openings_for(by).exists()
    assert not protection.sealed_for(by).exists()


@pytest.mark.parametrize("fields", [{"purpose": "  "}, {"hours": 3}, {"hours": 10_000}])
def test_a_purpose_and_a_time_from_the_list(cast: Cast, sealed: CaseFile, fields: dict[str, Any]) -> None:
    with pytest.raises(TransitionError):
        ask(sealed, cast.dpo, **fields)


def test_only_a_sealed_file_is_opened(cast: Cast) -> None:
    with pytest.raises(TransitionError):
        ask(make_child_case(cast.other_agency), cast.other_agency_supervisor)


def test_an_opening_ends_to_the_second(cast: Cast, sealed: CaseFile) -> None:
    request = opened(sealed, cast)
    reader = cast.other_agency_supervisor
    now = timezone.now()
    UnsealRequest.objects.filter(pk=request.pk).update(until=now + dt.timedelta(minutes=1))
    assert policies.can(reader, Right.VIEW, sealed)
    for until in (now, now - dt.timedelta(seconds=1)):
        UnsealRequest.objects.filter(pk=request.pk).update(opened_at=now - dt.timedelta(hours=4), until=until)
        assert not policies.can(reader, Right.VIEW, sealed)
        assert policies.rights(reader, sealed) == {}
        assert not policies.cases_in_sight(reader).filter(pk=sealed.pk).exists()
        assert not reader.has_perm("cases.view_casefile", sealed)
    with pytest.raises(TransitionError):
        workflow.end_unsealing(request, by=cast.dpo)
    assert ask(sealed, reader).is_waiting, "a new one may be asked for"


@pytest.mark.parametrize("who", ["dpo", "other_agency_supervisor"])
def test_either_ends_it_early(cast: Cast, sealed: CaseFile, who: str) -> None:
    request = workflow.end_unsealing(opened(sealed, cast), by=getattr(cast, who))
    assert (request.status, request.ended_by) == (UnsealStatus.ENDED, getattr(cast, who))
    assert not policies.can(cast.other_agency_supervisor, Right.VIEW, sealed)


def test_a_refusal_has_a_reason_and_opens_nothing(cast: Cast, sealed: CaseFile) -> None:
    request = ask(sealed, cast.other_agency_supervisor)
    with pytest.raises(TransitionError):
        workflow.refuse_unsealing(request, by=cast.dpo, note=" ")
    assert (
        workflow.refuse_unsealing(request, by=cast.dpo, note="Surat dapat dibuat tanpa berkas.").decided_by == cast.dpo
    )
    assert not policies.can(cast.other_agency_supervisor, Right.VIEW, sealed)
    with pytest.raises(TransitionError):
        workflow.approve_unsealing(request, by=cast.dpo)


def test_a_reader_who_moves_to_another_unit_reads_no_more(cast: Cast, sealed: CaseFile) -> None:
    opened(sealed, cast)
    reader = cast.other_agency_supervisor
    reader.unit = cast.supervisor.unit
    reader.save()
    assert not policies.can(reader, Right.VIEW, sealed)


def test_a_request_of_somebody_who_left_is_void(cast: Cast, sealed: CaseFile) -> None:
    request = ask(sealed, cast.other_agency_supervisor)
    cast.other_agency_supervisor.is_active = False
    cast.other_agency_supervisor.save()
    with pytest.raises(TransitionError):
        workflow.approve_unsealing(request, by=cast.dpo)


def test_both_are_told_without_a_word_about_whom(
    cast: Cast, sealed: CaseFile, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        request = ask(sealed, cast.other_agency_supervisor)
    with django_capture_on_commit_callbacks(execute=True):
        workflow.approve_unsealing(request, by=cast.dpo)
    assert [mail.to for mail in mailoutbox] == [[cast.dpo.email], [cast.other_agency_supervisor.email]]
    for mail in mailoutbox:
        for secret in (sealed.code, sealed.case_no, *sealed.participant.full_name.split()):
            assert secret not in mail.subject + mail.body


def test_two_approvals_and_a_refusal_at_once_give_one_decision(people: Cast) -> None:
    case = close(make_child_case(people.other_agency), people.other_agency_supervisor)
    request = ask(case, people.dpo)
    second = make_staff("gita.savitri", case.lead_unit, Role.SUPERVISOR, people.other_agency_supervisor.profession)
    results = all_at_once(
        people,
        [
            acting(
                people.other_agency_supervisor,
                lambda: workflow.approve_unsealing(request, by=people.other_agency_supervisor),
            ),
            acting(second, lambda: workflow.approve_unsealing(request, by=second)),
            acting(second, lambda: workflow.refuse_unsealing(request, by=second, note="Tidak perlu.")),
        ],
    )
    decided = [result for result in results if isinstance(result, UnsealRequest)]
    assert len(decided) == 1
    assert sum(isinstance(result, TransitionError) for result in results) == 2
    assert UnsealRequest.objects.in_force().count() == (decided[0].status == UnsealStatus.APPROVED)


def test_two_requests_at_once_are_one(people: Cast) -> None:
    case = close(make_child_case(people.other_agency), people.other_agency_supervisor)
    results = all_at_once(
        people,
        [
            acting(people.dpo, lambda: ask(case, people.dpo)),
            acting(people.other_agency_supervisor, lambda: ask(case, people.other_agency_supervisor)),
        ],
    )
    assert sum(isinstance(result, UnsealRequest) for result in results) == 1
    assert UnsealRequest.objects.count() == 1


# ---- reopening -----------------------------------------------------------------------------------------------------


def test_only_the_reader_reopens_a_sealed_case_and_that_breaks_the_seal(cast: Cast, sealed: CaseFile) -> None:
    reader = cast.other_agency_supervisor
    with pytest.raises(PermissionDenied):
        workflow.reopen(sealed, by=reader, reason="Anak kembali ke Sentra.")
    request = opened(sealed, cast)
    for other in (cast.other_agency, cast.dpo, cast.supervisor):
        with pytest.raises(PermissionDenied):
            workflow.reopen(sealed, by=other, reason="Anak kembali ke Sentra.")
    again = workflow.reopen(sealed, by=reader, reason="Anak kembali ke Sentra.")
    assert (again.status, again.sealed_at, again.case_no) == (CaseStatus.ASSESSING, None, sealed.case_no)
    assert policies.can(cast.other_agency, Right.EDIT, again)
    request.refresh_from_db()
    assert request.status == UnsealStatus.ENDED
    assert JournalEntry.objects.filter(action=JournalAction.CASE_UNSEALED, object_code=sealed.code).exists()
    assert close(again, reader).sealed_at is not None


def test_a_young_witness_is_protected_as_a_victim(cast: Cast) -> None:
    case = make_child_case(cast.other_agency)
    assert not case.is_victim_file
    workflow.add_legal_status(
        case, by=cast.other_agency, status=LegalStatusKind.CHILD_WITNESS, valid_from=timezone.localdate()
    )
    case.refresh_from_db()
    assert case.is_victim_file
