"""A case moves to another unit (D §2.2.9, I-20, I-28): who may do what, and what follows from the acceptance."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import JournalEntry, Staff
from cases import policies, workflow
from cases.enums import CaseStatus, CaseType, ClosureReason, EventKind, GrantSource, Right, Section, TaskKind
from cases.enums.documents import DocumentKind
from cases.enums.protection import TieKind
from cases.enums.transfer import AgeGroup, TransferReason, TransferStatus
from cases.models import CaseFile, CaseLeadPeriod, CaseTransfer, CaseUserGrant, Document, Draft, Task
from cases.models.transfer import ALWAYS_ALONG, READS_ON
from cases.policies import transfers as transfer_policies
from cases.policies.documents import documents_for
from cases.workflow import place_hold
from core.acting import acting_as
from core.workflow import TransitionError
from tests.cases.sharing import share
from tests.cases.transferring import accept, approved, moved, propose
from tests.cast import Cast
from tests.factories import make_case, make_child_case, make_note, make_staff, make_task

DAY = dt.timedelta(days=1)


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(cast.worker)


def rights(person: Staff, case: CaseFile) -> dict[Section, frozenset[Right]]:
    return policies.rights(Staff.objects.get(pk=person.pk), case)


# ---- proposing ------------------------------------------------------------------------------------------------------


def test_a_proposal_tells_the_receiver_no_name_and_the_case_stays(cast: Cast, case: CaseFile) -> None:
    transfer = propose(case, cast)
    assert (transfer.status, transfer.case_code, transfer.sex) == ("proposed", case.code, "male")
    assert transfer.age_group == AgeGroup.ADULT
    assert transfer.data_scope == ALWAYS_ALONG
    case.refresh_from_db()
    assert (case.lead_unit, case.lead_worker) == (cast.worker.unit, cast.worker)
    task = Task.objects.get(kind=TaskKind.TRANSFER)
    assert (task.assignee, task.due_at) == (cast.supervisor, transfer.due_at)
    assert task.path == f"/transfers/{transfer.code}/"


def test_sent_twice_it_is_one_and_a_second_proposal_is_refused(cast: Cast, case: CaseFile) -> None:
    number = uuid.uuid4()
    first = propose(case, cast, client_id=number)
    assert propose(case, cast, client_id=number) == first
    with pytest.raises(TransitionError, match="sudah diusulkan") as refusal:
        propose(case, cast)
    assert refusal.value.blockers[0].url == f"/transfers/{first.code}/"
    assert CaseTransfer.objects.count() == Task.objects.filter(kind=TaskKind.TRANSFER).count() == 1


def test_the_number_of_somebody_elses_form_is_refused(cast: Cast, case: CaseFile) -> None:
    number = propose(case, cast).client_id
    theirs = make_case(cast.neighbour)
    with pytest.raises(PermissionDenied):
        propose(theirs, cast, by=cast.neighbour, client_id=number)


@pytest.mark.parametrize(
    "who",
    ["neighbour", "supervisor", "other_unit", "other_unit_supervisor", "other_agency", "cso", "analyst", "admin"],
)
def test_only_the_caseworker_proposes(cast: Cast, case: CaseFile, who: str) -> None:
    with pytest.raises(PermissionDenied):
        propose(case, cast, by=getattr(cast, who))


@pytest.mark.parametrize("who", ["worker", "other_agency", "cso", "auditor"])
def test_a_unit_that_cannot_take_it_is_refused_with_a_reason(cast: Cast, case: CaseFile, who: str) -> None:
    words = {"worker": "sudah dipegang unit itu"}.get(who, "tidak menangani kasus")
    with pytest.raises(TransitionError, match=words):
        propose(case, cast, to_unit=getattr(cast, who).unit)


def test_a_unit_without_a_supervisor_is_refused(cast: Cast, case: CaseFile) -> None:
    Staff.objects.filter(pk=cast.other_unit_supervisor.pk).update(is_active=False)
    with pytest.raises(TransitionError, match="belum punya pengawas"):
        propose(case, cast)


def test_a_closed_or_restricted_case_does_not_move(cast: Cast, case: CaseFile) -> None:
    transfer = propose(case, cast)
    CaseFile.objects.filter(pk=case.pk).update(restricted_at=timezone.now())
    with pytest.raises(TransitionError, match="dibatasi"):
        workflow.approve_transfer(transfer, by=cast.supervisor)
    with pytest.raises(PermissionDenied, match="dibatasi"):
        propose(case, cast)
    closed = make_case(cast.worker)
    closed = workflow.close(closed, by=cast.supervisor, reason=ClosureReason.MOVED, note="Pindah.")
    with pytest.raises(TransitionError, match="sudah ditutup"):
        propose(closed, cast)


def test_an_open_transfer_stands_in_the_way_of_closing(cast: Cast, case: CaseFile) -> None:
    transfer = propose(case, cast)
    with pytest.raises(TransitionError) as refusal:
        workflow.close(case, by=cast.supervisor, reason=ClosureReason.MOVED, note="Pindah.")
    assert [blocker.url for blocker in refusal.value.blockers] == [f"/transfers/{transfer.code}/"]


# ---- the sender's answer --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who", ["worker", "neighbour", "other_unit_supervisor", "head_office", "other_agency_supervisor"]
)
def test_only_the_senders_supervisor_approves(cast: Cast, case: CaseFile, who: str) -> None:
    transfer = propose(case, cast)
    with pytest.raises(PermissionDenied):
        workflow.approve_transfer(transfer, by=getattr(cast, who))


def test_whoever_proposed_it_never_approves_it(cast: Cast, case: CaseFile) -> None:
    """I-28: in policy, and in the database. A caseworker who was made a supervisor meanwhile."""
    transfer = propose(case, cast)
    Staff.objects.filter(pk=cast.worker.pk).update(role="supervisor")
    proposer = Staff.objects.get(pk=cast.worker.pk)
    with pytest.raises(PermissionDenied):
        workflow.approve_transfer(transfer, by=proposer)
    with pytest.raises(IntegrityError, match="transfer_approver_did_not_propose"), transaction.atomic():
        CaseTransfer.objects.filter(pk=transfer.pk).update(
            status="sender_approved", approved_by=proposer, approved_at=timezone.now()
        )


def test_approval_tells_the_receiver_and_ends_the_task(cast: Cast, case: CaseFile) -> None:
    transfer = propose(case, cast)
    assert not transfer_policies.incoming(cast.other_unit_supervisor).exists()
    transfer = workflow.approve_transfer(transfer, by=cast.supervisor)
    assert (transfer.status, transfer.approved_by) == ("sender_approved", cast.supervisor)
    assert not Task.objects.open().filter(kind=TaskKind.TRANSFER).exists()
    assert list(transfer_policies.waiting_for(cast.other_unit_supervisor)) == [transfer]
    assert not transfer_policies.waiting_for(cast.supervisor).exists()
    # The receiver has the proposal, and nothing of the case.
    assert not policies.cases_in_sight(cast.other_unit_supervisor).exists()
    assert not Task.objects.filter(assignee=cast.other_unit_supervisor).exists()


def test_approved_twice_the_second_hears_by_whom(cast: Cast, case: CaseFile) -> None:
    transfer = approved(case, cast)
    with pytest.raises(TransitionError, match=f"Sudah disetujui oleh {cast.supervisor.full_name}"):
        workflow.approve_transfer(transfer, by=cast.supervisor)


@pytest.mark.parametrize("step", [propose, approved])
def test_proposer_and_supervisor_take_it_back_before_it_is_accepted(cast: Cast, case: CaseFile, step: Any) -> None:
    transfer = step(case, cast)
    for stranger in (cast.neighbour, cast.other_unit, cast.other_unit_supervisor, cast.head_office):
        with pytest.raises(PermissionDenied):
            workflow.cancel_transfer(transfer, by=stranger, answer="Tidak jadi.")
    with pytest.raises(TransitionError, match="alasannya"):
        workflow.cancel_transfer(transfer, by=cast.supervisor)
    workflow.cancel_transfer(transfer, by=cast.worker)
    transfer.refresh_from_db()
    assert (transfer.status, transfer.ended_by) == ("cancelled", cast.worker)
    assert not Task.objects.open().filter(kind=TaskKind.TRANSFER).exists()
    again = step(case, cast)
    workflow.cancel_transfer(again, by=cast.supervisor, answer="Tunggu sidang TPP.")
    with pytest.raises(TransitionError, match="Sudah dibatalkan oleh"):
        accept(CaseTransfer.objects.get(pk=again.pk), cast) if again.approved_by else workflow.approve_transfer(
            again, by=cast.supervisor
        )


# ---- the receiver's answer ------------------------------------------------------------------------------------------


def test_acceptance_moves_everything_at_once(cast: Cast, case: CaseFile) -> None:
    workflow.assign(case, by=cast.supervisor, worker=cast.worker, co_workers=[cast.neighbour])
    work, decision = make_task(case), make_task(case, assignee=cast.supervisor, kind=TaskKind.APPROVAL, source="x:1")
    number, at = case.case_no, timezone.now()
    transfer = accept(approved(case, cast), cast)
    case.refresh_from_db()
    assert (case.lead_unit, case.lead_agency) == (cast.other_unit.unit, cast.other_unit.unit.agency)
    assert (case.lead_worker, case.case_no) == (cast.other_unit, number)
    assert not case.co_workers.exists()
    work.refresh_from_db()
    decision.refresh_from_db()
    assert (work.assignee, decision.assignee) == (cast.other_unit, cast.other_unit_supervisor)
    assert (transfer.status, transfer.worker, transfer.ended_by) == (
        "accepted",
        cast.other_unit,
        cast.other_unit_supervisor,
    )
    assert transfer.effective_at is not None
    assert transfer.effective_at >= at
    assert transfer.reads_until == transfer.effective_at + READS_ON
    now, before = CaseLeadPeriod.objects.filter(case=case).order_by("-started_at")[:2]
    assert (now.lead_unit, now.lead_worker) == (cast.other_unit.unit, cast.other_unit)
    assert before.ended_at == now.started_at == transfer.effective_at
    # Columns and grants of the new caseload agree.
    held = CaseUserGrant.objects.filter(content_object=case, source=GrantSource.CASELOAD)
    assert [grant.user for grant in held] == [cast.other_unit]
    assert case.events.filter(kind=EventKind.TRANSFERRED).exists()
    assert JournalEntry.objects.filter(action="transfer", object_code=case.code).count() == 3


def test_the_former_team_reads_for_thirty_days_and_nobody_else_of_the_unit(cast: Cast, case: CaseFile) -> None:
    make_note(case)
    moved(case, cast)
    everything = {section: {Right.VIEW} for section in Section if section not in (Section.CLINICAL, Section.ACCESS)}
    for person in (cast.worker, cast.supervisor):
        assert rights(person, case) == everything
        assert policies.standing(person, case).former_until is not None
    assert rights(cast.neighbour, case) == {}  # could not read it before, and cannot now
    assert Right.EDIT in rights(cast.other_unit, case)[Section.NOTES]
    assert Right.APPROVE in rights(cast.other_unit_supervisor, case)[Section.SUMMARY]
    with pytest.raises(PermissionDenied):
        make_note(case, author=cast.worker)
    CaseUserGrant.all_grants.filter(source=GrantSource.TRANSFER).update(
        granted_at=timezone.now() - 31 * DAY, starts_at=timezone.now() - 31 * DAY, expires_at=timezone.now()
    )
    for person in (cast.worker, cast.supervisor):
        assert rights(person, case) == {}


def test_the_reading_is_ended_early_and_never_renewed(cast: Cast, case: CaseFile) -> None:
    moved(case, cast)
    grant = CaseUserGrant.objects.get(source=GrantSource.TRANSFER, user=cast.worker)
    with pytest.raises(TransitionError, match="tidak dapat diperpanjang"):
        workflow.renew_share(
            case, grant, by=cast.other_unit_supervisor, until=timezone.now() + 60 * DAY, reason="Masih perlu."
        )
    workflow.end_share(case, grant, by=cast.other_unit_supervisor, reason="Serah terima selesai.")
    assert rights(cast.worker, case) == {}


@pytest.mark.parametrize(
    "who", ["worker", "supervisor", "other_unit", "other_agency_supervisor", "head_office", "admin", "dpo", "system"]
)
def test_only_the_receivers_supervisor_answers(cast: Cast, case: CaseFile, who: str) -> None:
    transfer, person = approved(case, cast), getattr(cast, who)
    with pytest.raises(PermissionDenied):
        workflow.accept_transfer(transfer, by=person, worker=cast.other_unit)
    with pytest.raises(PermissionDenied):
        workflow.decline_transfer(transfer, by=person, answer="Tidak.")


def test_nothing_is_accepted_before_the_sender_has_approved(cast: Cast, case: CaseFile) -> None:
    with pytest.raises(PermissionDenied):
        accept(propose(case, cast), cast)


def test_declined_the_case_stays_and_its_worker_gets_the_reason_as_a_task(cast: Cast, case: CaseFile) -> None:
    transfer = approved(case, cast)
    by = cast.other_unit_supervisor
    with acting_as(by.pk), pytest.raises(TransitionError, match="alasannya"):
        workflow.decline_transfer(transfer, by=by, answer=" ")
    with acting_as(by.pk):
        transfer = workflow.decline_transfer(transfer, by=by, answer="Belum ada petugas bebas.")
    case.refresh_from_db()
    assert (case.lead_unit, transfer.status) == (cast.worker.unit, "declined")
    assert Task.objects.open().get(kind=TaskKind.TRANSFER).assignee == cast.worker
    assert Right.EDIT in rights(cast.worker, case)[Section.NOTES]
    with pytest.raises(TransitionError, match=f"Sudah ditolak oleh {by.full_name}"):
        workflow.cancel_transfer(transfer, by=cast.worker)


def test_the_second_of_two_supervisors_hears_what_the_first_decided(cast: Cast, case: CaseFile) -> None:
    second = make_staff("kedua.palu", cast.other_unit.unit, cast.supervisor.role, cast.supervisor.profession)
    transfer = approved(case, cast)
    accept(transfer, cast)
    words = f"Sudah diterima oleh {cast.other_unit_supervisor.full_name}.*{cast.other_unit.full_name}"
    with acting_as(second.pk), pytest.raises(TransitionError, match=words):
        workflow.decline_transfer(transfer, by=second, answer="Penuh.")
    with acting_as(second.pk), pytest.raises(TransitionError, match=words):
        workflow.accept_transfer(transfer, by=second, worker=cast.other_unit)


@pytest.mark.parametrize("who", ["worker", "other_unit_supervisor", "other_agency"])
def test_the_new_worker_is_a_caseworker_of_the_receiving_unit(cast: Cast, case: CaseFile, who: str) -> None:
    transfer = approved(case, cast)
    with pytest.raises(TransitionError, match="petugas kasus yang aktif"):
        accept(transfer, cast, worker=getattr(cast, who))


def test_who_is_related_neither_takes_the_case_over_nor_reads_on(cast: Cast, case: CaseFile) -> None:
    transfer = approved(case, cast)
    workflow.declare_tie(case, by=cast.other_unit, kind=TieKind.FAMILY)
    with pytest.raises(TransitionError, match="menyatakan hubungan"):
        accept(transfer, cast)
    workflow.declare_tie(case, by=cast.other_unit_supervisor, kind=TieKind.FRIEND)
    with acting_as(cast.other_unit_supervisor.pk):
        assert not transfer_policies.transfers_for(cast.other_unit_supervisor).exists()
        with pytest.raises(PermissionDenied):
            workflow.decline_transfer(transfer, by=cast.other_unit_supervisor, answer="Tidak.")


def test_an_open_case_of_the_same_kind_at_the_receiving_agency_is_refused_whole(cast: Cast) -> None:
    """A family's case goes from Kemensos to BNPT, which has one already."""
    sentra, bnpt = cast.other_agency, cast.analyst.unit
    companion = make_staff("pendamping.uji", bnpt, cast.worker.role, cast.worker.profession)
    head = make_staff("kepala.uji", bnpt, cast.supervisor.role, cast.supervisor.profession)
    case = make_case(sentra, case_type=CaseType.FAMILY)
    there = make_case(companion, case_type=CaseType.FAMILY)
    CaseFile.objects.filter(pk=there.pk).update(participant=case.participant)
    transfer = propose(case, cast, by=sentra, to_unit=bnpt)
    workflow.approve_transfer(transfer, by=cast.other_agency_supervisor)
    with pytest.raises(TransitionError, match="sudah punya kasus terbuka"):
        accept(transfer, cast, by=head, worker=companion)
    case.refresh_from_db()
    transfer.refresh_from_db()
    assert (case.lead_unit, case.lead_worker, transfer.status) == (sentra.unit, sentra, "sender_approved")
    assert Right.EDIT in rights(sentra, case)[Section.NOTES]
    workflow.close(there, by=head, reason=ClosureReason.MOVED, note="Digabung.")
    accept(transfer, cast, by=head, worker=companion)
    case.refresh_from_db()
    assert (case.lead_unit, case.lead_agency) == (bnpt, bnpt.agency)


def test_shares_with_the_receiving_unit_end_and_those_with_others_go_on(cast: Cast, case: CaseFile) -> None:
    theirs, others = share(case, cast, to=cast.other_unit.unit), share(case, cast, to=cast.other_agency)
    moved(case, cast)
    for grant, is_over in ((theirs, True), (others, False)):
        grant = type(grant).all_grants.get(pk=grant.pk)
        assert grant.is_over is is_over


def test_a_childs_and_a_survivors_file_move_and_keep_what_protects_them(cast: Cast) -> None:
    medan = make_staff("peksos.uji", unit_of("st-nipotowe-palu", cast), cast.other_agency.role, "pekerja_sosial")
    head = make_staff("kepala.sentra", medan.unit, cast.supervisor.role, "pekerja_sosial")
    for case in (make_child_case(cast.other_agency), make_case(cast.other_agency, case_type=CaseType.VICTIM)):
        transfer = propose(case, cast, by=cast.other_agency, to_unit=medan.unit)
        assert transfer.age_group == (AgeGroup.CHILD if case.is_child_file else AgeGroup.ADULT)
        workflow.approve_transfer(transfer, by=cast.other_agency_supervisor)
        accept(transfer, cast, by=head, worker=medan)
        kept = CaseFile.objects.get(pk=case.pk)
        assert (kept.is_child_file, kept.is_victim_file) == (case.is_child_file, case.is_victim_file)
        closed = workflow.close(kept, by=head, reason=ClosureReason.MOVED, note="Selesai.")
        assert closed.is_sealed is case.is_child_file
        if case.is_child_file:  # not even those who still read
            assert rights(cast.other_agency, closed) == {}
            assert not transfer_policies.transfers_for(cast.other_agency_supervisor).filter(case=case).exists()


def unit_of(code: str, cast: Cast) -> Any:
    from accounts.models import Unit

    found = Unit.objects.filter(code=code).first()
    return (
        found
        or Unit.objects.filter(agency=cast.other_agency.unit.agency, group__isnull=False).exclude(
            pk=cast.other_agency.unit_id
        )[0]
    )


def test_a_hold_and_a_draft_survive_the_transfer(cast: Cast, case: CaseFile) -> None:
    hold = place_hold(
        case,
        by=cast.supervisor,
        ordered_by="PN Malang",
        document_no="12/Pen",
        reason="Banding.",
        starts_on=timezone.localdate(),
    )
    workflow.save_draft(case, by=cast.worker, form="note", client_id=uuid.uuid4(), data={"summary": ["Separuh"]})
    moved(case, cast)
    hold.refresh_from_db()
    assert hold.lifted_at is None
    (draft,) = policies.drafts_for(cast.worker)
    assert draft.data == {"summary": ["Separuh"]}
    assert Draft.objects.count() == 1


def test_a_suspended_case_moves_suspended(cast: Cast, case: CaseFile) -> None:
    workflow.suspend(case, by=cast.supervisor, reason="Dirawat.")
    assert moved(case, cast).status == CaseStatus.SUSPENDED


def test_it_moves_on_and_back_again(cast: Cast, case: CaseFile) -> None:
    moved(case, cast)
    back = propose(case, cast, by=cast.other_unit, to_unit=cast.worker.unit)
    workflow.approve_transfer(back, by=cast.other_unit_supervisor)
    accept(back, cast, by=cast.supervisor, worker=cast.neighbour)
    case.refresh_from_db()
    assert (case.lead_unit, case.lead_worker) == (cast.worker.unit, cast.neighbour)
    # Who read on as former team of the unit that has it again reads by the first transfer until its end, no more.
    assert rights(cast.worker, case).get(Section.NOTES) in (None, {Right.VIEW})
    assert CaseLeadPeriod.objects.filter(case=case).count() == 3


# ---- clinical notes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("goes_along", [True, False])
def test_clinical_notes_stay_behind_unless_they_go_along(cast: Cast, goes_along: bool) -> None:
    """In Python and in the database; and the unit that wrote them reads them again when the case comes back."""
    target = unit_of("st-nipotowe-palu", cast)
    medan = make_staff("peksos.uji", target, cast.worker.role, "pekerja_sosial")
    head = make_staff("kepala.sentra", target, cast.supervisor.role, "pekerja_sosial")
    healer = make_staff("psikolog.uji", target, cast.worker.role, "psikolog")
    case = make_case(cast.other_agency, case_type=CaseType.SOCIAL_ADULT)
    team = {"worker": cast.other_agency, "co_workers": [cast.psychologist]}
    workflow.assign(case, by=cast.other_agency_supervisor, **team)
    note = write_clinical(case, cast.psychologist)
    report = Document.objects.create(case=case, kind=DocumentKind.REPORT, section=Section.CLINICAL)
    transfer = propose(case, cast, by=cast.other_agency, to_unit=target, with_clinical=goes_along)
    workflow.approve_transfer(transfer, by=cast.other_agency_supervisor)
    accept(transfer, cast, by=head, worker=medan)
    case.refresh_from_db()
    workflow.assign(case, by=head, worker=medan, co_workers=[healer])
    assert clinical_of(healer) == ({note.pk} if goes_along else set())
    assert documents_for(healer).filter(pk=report.pk).exists() is goes_along
    with acting_as(healer.pk):
        assert Document.objects.filter(pk=report.pk).exists() is goes_along
    assert (Section.CLINICAL in rights(cast.psychologist, case)) is goes_along
    client = Client()
    client.force_login(healer)
    page = client.get(f"/cases/{case.code}/clinical/")
    assert page.status_code == 200
    assert ("tidak ikut dan tidak tampil" in page.content.decode()) is not goes_along
    own = write_clinical(case, healer)
    assert own.pk in clinical_of(healer)
    back = propose(case, cast, by=medan, to_unit=cast.other_agency.unit, with_clinical=False)
    workflow.approve_transfer(back, by=head)
    accept(back, cast, by=cast.other_agency_supervisor, worker=cast.psychologist)
    assert clinical_of(cast.psychologist) == {note.pk}


def write_clinical(case: CaseFile, by: Staff) -> Any:
    return workflow.write_clinical_note(
        case, by=by, client_id=uuid.uuid4(), occurred_at=timezone.now(), text="Tidur lebih tenang."
    )


def clinical_of(person: Staff) -> set[int]:
    """What the application shows, which the database must say too."""
    from cases.models import ClinicalNote

    shown = set(policies.clinical_notes_for(person).values_list("pk", flat=True))
    with acting_as(person.pk):
        assert set(ClinicalNote.objects.values_list("pk", flat=True)) == shown
    return shown


# ---- the database's own word ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"status": "accepted"}, "accepted_transfer_has_worker_and_time"),
        ({"status": "cancelled"}, "transfer_ended_by_somebody"),
        ({"data_scope": ["summary"]}, "transfer_moves_all_but_clinical_notes"),
        ({"status": "sender_approved"}, "transfer_answered_after_approval"),
    ],
)
def test_no_route_leaves_a_transfer_half_done(cast: Cast, case: CaseFile, change: dict[str, Any], name: str) -> None:
    transfer = propose(case, cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseTransfer.objects.filter(pk=transfer.pk).update(**change)
    assert name in {constraint.name for constraint in CaseTransfer._meta.constraints}


def test_two_open_transfers_and_one_to_the_own_unit_are_impossible(cast: Cast, case: CaseFile) -> None:
    transfer = propose(case, cast)
    with pytest.raises(IntegrityError, match="transfer_goes_to_another_unit"), transaction.atomic():
        CaseTransfer.objects.filter(pk=transfer.pk).update(to_unit=transfer.from_unit)
    transfer.pk, transfer.code, transfer.client_id = None, "ZZZZ-ZZZ2", uuid.uuid4()
    with pytest.raises(IntegrityError, match="one_open_transfer_per_case"), transaction.atomic():
        transfer.save(force_insert=True)


def test_every_reason_and_status_has_words() -> None:
    assert all(str(choice.label) for choice in [*TransferReason, *TransferStatus, *AgeGroup])
