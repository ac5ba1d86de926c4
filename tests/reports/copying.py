"""What tests of a person's copy share: a case full of others' names, and the steps from the request to the file."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
import pyzipper
from django.utils import timezone

from accounts.models import Region, Staff
from cases.enums import Section
from cases.enums.rights import RefusalGround, RightsKind, RightsStatus
from cases.models import Address, CaseFile, ClinicalNote, Complaint, Consent, RightsRequest
from cases.workflow import rights
from core import jobs
from programs import workflow as program_workflow
from programs.enums import AttendanceMark
from programs.workflow.cohorts import Mark
from reports import subject_copy, tasks
from reports.models import Export, SubjectCopy
from reports.workflow import copies, exports
from tests.cast import Cast
from tests.factories import (
    make_active_plan,
    make_case,
    make_cohort,
    make_enrolment,
    make_grant,
    make_note,
    make_person,
    make_rights_request,
)

NAME = "Imam Saputra"

OTHERS = {
    "mother": "Ibu Sulastri Wijaya",
    "fellow": "Bambang Tetangga",
    "giver": "Paman Wiryo Kusumo",
    "reporter": "Pelapor Rahasia Sekali",
    "summary": "Istri bercerita soal Gatot Sumarno",
    "observation": "Tampak gelisah menurut Surti Handini",
    "clinical": "Diagnosis tersembunyi dari klinisi",
    "access": "Anjing galak milik Pak Dullah",
    "leaving": "Bertengkar dengan Slamet Riyadi",
    "granted": "Karena permintaan dari Mbak Yanti",
}


def asked(case: CaseFile, cast: Cast, dpo: Staff | None = None, **fields: Any) -> RightsRequest:
    fields.setdefault("kind", RightsKind.COPY)
    return rights.take_up(make_rights_request(case, **fields), by=dpo or cast.dpo)


def granted(request: RightsRequest, cast: Cast, outcome: RightsStatus = RightsStatus.FULFILLED) -> RightsRequest:
    refusal = {"ground": RefusalGround.DEFENCE, "reason": "Menurut undang-undang."}
    more = refusal if outcome in (RightsStatus.REFUSED, RightsStatus.PARTLY_FULFILLED) else {}
    return rights.decide(request, by=cast.dpo, outcome=outcome, decision="Kami kirim salinannya.", **more)


def looked_through(request: RightsRequest, by: Staff, refs: tuple[str, ...] = (), **why: Any) -> SubjectCopy:
    seen = subject_copy.fingerprint(copies.gathered(request, by=by))
    return copies.prepare(request, by=by, seen=seen, refs=list(refs), **why)


def told(request: RightsRequest, by: Staff) -> str:
    return json.dumps(subject_copy.data_of(copies.gathered(request, by=by)), ensure_ascii=False)


def made(export: Export) -> dict[str, bytes]:
    """The files of an export that a worker makes in this process; opened with its password."""
    assert export.job is not None
    assert tasks.build_export(export.job.pk) == "made"
    export.refresh_from_db()
    _export, content = exports.fetch(export.code, exports.token_for(export), by=export.requested_by)
    with pyzipper.AESZipFile(io.BytesIO(content)) as archive:
        archive.setpassword(exports.password_of(export).encode())
        return {name: archive.read(name) for name in archive.namelist()}


def full(case: CaseFile, cast: Cast) -> None:
    """A case with something of everything, and the names of others planted all over it."""
    make_note(
        case,
        participant_words="Saya ingin bekerja lagi.\nAnak saya sehat.",
        next_steps="Bertemu lagi hari Kamis.",
        summary=OTHERS["summary"],
        observations=OTHERS["observation"],
    )
    Address.objects.create(
        participant=case.participant,
        region=Region.objects.order_by("pk").first(),
        line="Jalan Kenanga 7",
        access_note=OTHERS["access"],
    )
    Consent.objects.create(
        case=case,
        purpose="referral",
        scope=[Section.SUMMARY],
        given_by=OTHERS["giver"],
        capacity="guardian",
        explained_by=cast.worker,
    )
    make_active_plan(case, approver=cast.supervisor)
    cohort = make_cohort(cast.worker.unit)
    enrolment = make_enrolment(case, cohort)
    fellow = make_case(cast.worker, person=make_person(full_name=OTHERS["fellow"]))
    make_enrolment(fellow, cohort)
    session = program_workflow.plan_session(cohort, by=cast.worker, held_on=timezone.localdate(), topic="Las dasar")
    program_workflow.take_attendance(session, [Mark(enrolment, AttendanceMark.EXCUSED, "Anak sakit.")], by=cast.worker)
    type(enrolment).objects.filter(pk=enrolment.pk).update(reason_out=OTHERS["leaving"])
    Complaint.objects.create(
        kind="harm",
        words=OTHERS["reporter"],
        contact=OTHERS["reporter"],
        case=case,
        due_at=timezone.now(),
        receipt_key="x",
    )
    note = ClinicalNote(case=case, author=cast.psychologist, profession="psikolog", occurred_at=timezone.now())
    note.text = OTHERS["clinical"]
    note.save()
    make_grant(case, cast.neighbour, [Section.SUMMARY], by=cast.supervisor, reason=OTHERS["granted"])


def case_of_copy(cast: Cast) -> CaseFile:
    person = make_person(full_name=NAME, phone="0812-0000-0107", mother_name=OTHERS["mother"])
    return make_case(cast.worker, person=person)


def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(jobs.SENDERS, exports.JOB_KIND, lambda _job: None)
