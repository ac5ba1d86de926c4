"""Three files on their way from Malang to Palu, and on what ground each file is kept: by law, and by consent."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.enums import JournalAction
from accounts.models import JournalEntry, Staff
from cases.enums import (
    ConsentCapacity,
    ConsentPurpose,
    ConsentStatus,
    EventKind,
    GrantSource,
    LegalBasis,
    Section,
    TaskKind,
)
from cases.enums.basis import LAW_OF, BasisPurpose, Ground
from cases.enums.transfer import AgeGroup, TransferReason, TransferStatus
from cases.models import (
    CaseEvent,
    CaseLeadPeriod,
    CaseTransfer,
    CaseUserGrant,
    CheckIn,
    Consent,
    ContactNote,
    ProcessingBasis,
    Task,
)
from cases.models.transfer import ALWAYS_ALONG, READS_ON
from core.workdays import add_workdays
from reports.demo.staff import Team
from reports.demo.tale import Story, World, hold_case
from reports.demo.work import open_task

DAY = dt.timedelta(days=1)
PROPOSED, APPROVED, TAKEN = "D7PB-46NE", "N4YP-38GT", "B8WD-57TK"


def tell(world: World) -> None:
    by_code = {story.case.code: story for story in world.stories}
    _propose(
        world,
        by_code[PROPOSED],
        TransferReason.FAMILY,
        "Ingin tinggal dekat ibunya yang sakit di Palu. Wajib lapor empat mingguan, tidak pernah absen. Tidak ada "
        "yang mendesak.",
        days_ago=1,
    )
    waiting = _propose(
        world,
        by_code[APPROVED],
        TransferReason.MOVED,
        "Sudah pindah ke Palu sejak awal bulan dan bekerja di bengkel. Pascalayanan tinggal tiga minggu.",
        days_ago=6,
    )
    _approve(world, by_code[APPROVED], waiting, days_ago=3)
    story = by_code[TAKEN]
    taken = _propose(
        world,
        story,
        TransferReason.MOVED,
        "Pindah bersama keluarganya ke Palu Selatan. Berkas lengkap; penilaian terakhir final.",
        days_ago=19,
    )
    _approve(world, story, taken, days_ago=16)
    _take_over(world, story, taken, days_ago=12)


def _moment(world: World, story: Story, days_ago: int, hour: int, minute: int) -> dt.datetime:
    clock = world.clock
    return clock.past(clock.at(clock.day(-days_ago), hour, minute, story.unit.zone))


def _due(world: World, at: dt.datetime, team: Team) -> dt.datetime:
    zone = team.unit.zone
    return dt.datetime.combine(add_workdays(at.astimezone(zone).date(), 5), dt.time(23, 59), tzinfo=zone)


def _propose(world: World, story: Story, reason: TransferReason, note: str, *, days_ago: int) -> CaseTransfer:
    palu, at = world.people.teams["bps-plu"], _moment(world, story, days_ago, 9, 25)
    age = story.person.age_on(world.clock.today) or 0
    transfer = CaseTransfer(
        case=story.case,
        case_code=story.case.code,
        case_type=story.case.case_type,
        sex=story.person.sex,
        age_group=AgeGroup.YOUNG if age < 25 else AgeGroup.ADULT if age < 60 else AgeGroup.OLD,
        is_victim_file=story.case.is_victim_file,
        from_unit=story.unit,
        to_unit=palu.unit,
        reason=reason,
        note=note,
        data_scope=ALWAYS_ALONG,
        proposed_at=at,
        proposed_by=story.by,
        due_at=_due(world, at, story.team),
    )
    world.book.add(transfer, at=at)
    world.event(story, EventKind.TRANSFER_PROPOSED, Section.SUMMARY, at, summary=palu.unit.short_name)
    _journal(world, transfer, story.by, at, TransferStatus.PROPOSED)
    open_task(
        world,
        story,
        TaskKind.TRANSFER,
        due_at=transfer.due_at,
        title="",
        opened_at=at,
        assignee=story.team.lead,
        source=lambda: f"transfer:{transfer.pk}",
        path=f"/transfers/{transfer.code}/",
    )
    return transfer


def _approve(world: World, story: Story, transfer: CaseTransfer, *, days_ago: int) -> None:
    lead, at = story.team.lead, _moment(world, story, days_ago, 13, 40)
    transfer.status, transfer.approved_by, transfer.approved_at = TransferStatus.SENDER_APPROVED, lead, at
    transfer.due_at = _due(world, at, world.people.teams["bps-plu"])
    transfer.version += 1
    world.event(story, EventKind.TRANSFER_APPROVED, Section.SUMMARY, at, by=lead, summary=transfer.to_unit.short_name)
    _journal(world, transfer, lead, at, TransferStatus.SENDER_APPROVED)
    (task,) = (row for row in world.book.of(Task) if row.case is story.case and row.kind == TaskKind.TRANSFER)
    task.status, task.closed_by, task.closed_at = "done", lead, at
    story.due.remove(task.due_at)
    task.version += 1


def _take_over(world: World, story: Story, transfer: CaseTransfer, *, days_ago: int) -> None:
    """What cases.workflow.transfers leaves behind: periods, grants, tasks, and who writes from then on."""
    palu, at = world.people.teams["bps-plu"], _moment(world, story, days_ago, 10, 15)
    worker, head, former = world.people["pk.palu"], palu.lead, story.by
    transfer.status, transfer.ended_by, transfer.ended_at = TransferStatus.ACCEPTED, head, at
    transfer.worker, transfer.effective_at, transfer.reads_until = worker, at, at + READS_ON
    transfer.version += 1
    case = story.case
    case.lead_unit, case.lead_agency, case.lead_worker = palu.unit, palu.unit.agency, worker
    for period in world.book.of(CaseLeadPeriod):
        if period.case is case and period.ended_at is None:
            period.ended_at = at
    world.book.add(CaseLeadPeriod(case=case, lead_unit=palu.unit, lead_worker=worker, started_at=at), at=at)
    for grant in world.book.of(CaseUserGrant):
        if grant.content_object is case and grant.source == GrantSource.CASELOAD and grant.expires_at is None:
            grant.expires_at = at
    world.co_workers[:] = [(shared, person) for shared, person in world.co_workers if shared is not case]
    hold_case(world, case, worker, by=head, begin=at)
    for person in (former, story.team.lead):
        _read_on(world, transfer, person, head, at)
    for model, name, when in ((ContactNote, "author", "recorded_at"), (CheckIn, "recorded_by", "recorded_at")):
        for row in world.book.of(model):
            if row.case is case and getattr(row, when) > at:  # type: ignore[attr-defined]
                setattr(row, name, worker)
    for event in world.book.of(CaseEvent):
        if event.case is case and event.at > at:
            event.actor = worker
    for task in world.book.of(Task):
        if task.case is case and task.is_open:
            task.assignee = worker
    words = f"{story.unit.short_name} → {palu.unit.short_name}: {worker.full_name}"
    world.event(story, EventKind.TRANSFERRED, Section.SUMMARY, at, by=head, summary=words)
    _journal(world, transfer, head, at, TransferStatus.ACCEPTED)


def _read_on(world: World, transfer: CaseTransfer, person: Staff, by: Staff, at: dt.datetime) -> None:
    world.book.add(
        CaseUserGrant(
            user=person,
            permission=world.view,
            content_object=transfer.case,
            sections=[section for section in ALWAYS_ALONG if section != Section.ACCESS],
            source=GrantSource.TRANSFER,
            lawful_basis=LegalBasis.PUBLIC_DUTY,
            reason=transfer.code,
            granted_by=by,
            granted_at=at,
            starts_at=at,
            expires_at=transfer.reads_until,
        ),
        at=at,
    )


def _journal(world: World, transfer: CaseTransfer, by: Staff, at: dt.datetime, status: TransferStatus) -> None:
    detail = f"{transfer.code} {status.value}"
    line: dict[str, Any] = {"action": JournalAction.TRANSFER, "object_code": transfer.case_code, "detail": detail}
    world.book.add(JournalEntry(at=at, actor=by, role=by.role, unit=by.unit, **line), at=at)


# ---- on what ground ------------------------------------------------------------------------------------------------


def ground(world: World) -> None:
    """By law: a row with each file. By consent: what some have agreed to beside it, or not."""
    for story in world.stories:
        at = story.case.opened_at
        world.book.add(
            ProcessingBasis(
                case=story.case,
                purpose=BasisPurpose.SERVICE,
                ground=Ground.PUBLIC_DUTY,
                reference=LAW_OF[story.case.case_type],
                valid_from=at.astimezone(story.unit.zone).date(),
                recorded_by=story.by,
            ),
            at=at,
        )
    by_code = {story.case.code: story for story in world.stories}
    told = by_code["K7M4-29QX"]
    _consent(world, told, ConsentPurpose.PHOTO, "Foto bengkel tanpa wajah, untuk laporan program.", given=True)
    _consent(world, told, ConsentPurpose.VISIT, "Kunjungan tamu BNPT ke rumahnya.", given=False)


def _consent(world: World, story: Story, purpose: ConsentPurpose, detail: str, *, given: bool) -> None:
    at = _moment(world, story, 34 if given else 20, 10, 30)
    status = ConsentStatus.GIVEN if given else ConsentStatus.REFUSED
    world.book.add(
        Consent(
            case=story.case,
            purpose=purpose,
            scope=[],
            detail=detail,
            given_by=story.person.full_name,
            capacity=ConsentCapacity.SELF,
            explained_by=story.by,
            evidence="Formulir bertanda tangan, map berkas Bapas Malang",
            status=status,
            decided_at=at,
        ),
        at=at,
    )
    world.event(story, EventKind.CONSENT, Section.REFERRALS, at, summary=f"{status}/{purpose}")
