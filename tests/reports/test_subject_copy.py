"""A person's copy: who may, what it holds, what never stands in it, and that nothing leaves before it was granted."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import time
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
import pyzipper
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import JournalEntry, Region, Staff
from cases import workflow as case_workflow
from cases.enums import ClosureReason, Section
from cases.enums.rights import RefusalGround, RightsKind, RightsStatus
from cases.models import Address, CaseFile, ClinicalNote, Complaint, Consent, ContactNote, RightsRequest
from cases.workflow import rights
from core import jobs
from core.acting import acting_as
from core.workflow import TransitionError
from programs import workflow as program_workflow
from programs.enums import AttendanceMark
from programs.workflow.cohorts import Mark
from reports import letters, subject_copy, tasks
from reports.enums import ExportStatus
from reports.models import Export, SubjectCopy
from reports.workflow import copies, exports
from tests.cast import Cast
from tests.factories import (
    NIK,
    make_active_plan,
    make_case,
    make_child_case,
    make_cohort,
    make_document,
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


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(jobs.SENDERS, exports.JOB_KIND, lambda _job: None)


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    person = make_person(full_name=NAME, phone="0812-0000-0107", mother_name=OTHERS["mother"])
    return make_case(cast.worker, person=person)


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


# ---- who -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", [name for name in Cast.__dataclass_fields__ if name not in ("worker", "supervisor")])
def test_nobody_else_looks_into_the_copy_or_has_it_made(cast: Cast, case: CaseFile, actor: str) -> None:
    request = asked(case, cast)
    looked_through(request, cast.worker)
    granted(request, cast)
    person = getattr(cast, actor)
    for step in (
        lambda: copies.gathered(request, by=person),
        lambda: copies.prepare(request, by=person, seen="", refs=[]),
        lambda: copies.release(request, by=person),
    ):
        with pytest.raises(PermissionDenied):
            step()
    assert not Export.objects.exists()


@pytest.mark.parametrize("actor", ["worker", "supervisor"])
def test_who_has_the_file_prepares_and_releases(cast: Cast, case: CaseFile, actor: str) -> None:
    request, person = asked(case, cast), getattr(cast, actor)
    looked_through(request, person)
    assert copies.release(granted(request, cast), by=person).status == ExportStatus.QUEUED


def test_a_worker_who_lost_the_case_gets_no_file(cast: Cast, case: CaseFile) -> None:
    request = asked(case, cast)
    looked_through(request, cast.worker)
    export = copies.release(granted(request, cast), by=cast.worker)
    case_workflow.assign(case, by=cast.supervisor, worker=cast.neighbour)
    assert copies.read(export) is None
    assert tasks.build_export(export.job.pk) == "failed"
    export.refresh_from_db()
    assert (export.status, export.content) == (ExportStatus.FAILED, None)


def test_a_sealed_childs_file_is_nobodys(cast: Cast) -> None:
    child = make_child_case(cast.other_agency)
    request = asked(child, cast)
    case_workflow.close(child, by=cast.other_agency_supervisor, reason=ClosureReason.MOVED, note="Pindah.")
    for person in (cast.other_agency, cast.other_agency_supervisor, cast.psychologist):
        with pytest.raises(PermissionDenied):
            copies.gathered(request, by=person)


@pytest.mark.parametrize("kind", [kind for kind in RightsKind if kind not in (RightsKind.COPY, RightsKind.WITHDRAWAL)])
def test_other_requests_have_no_copy(cast: Cast, case: CaseFile, kind: RightsKind) -> None:
    with pytest.raises(PermissionDenied):
        copies.gathered(asked(case, cast, kind=kind), by=cast.worker)


# ---- only what was granted, and only what was looked through -------------------------------------------------------


def test_nothing_is_made_before_the_officer_grants_it(cast: Cast, case: CaseFile) -> None:
    request = asked(case, cast)
    looked_through(request, cast.worker)
    with pytest.raises(TransitionError):
        copies.release(request, by=cast.worker)
    granted(request, cast, RightsStatus.REFUSED)
    with pytest.raises(TransitionError):
        copies.release(request, by=cast.worker)
    assert not Export.objects.exists()


def test_nothing_is_made_that_nobody_looked_through(cast: Cast, case: CaseFile) -> None:
    with pytest.raises(TransitionError):
        copies.release(granted(asked(case, cast), cast), by=cast.worker)


def test_a_request_that_nobody_took_up_has_nothing_to_prepare(cast: Cast, case: CaseFile) -> None:
    request = make_rights_request(case, kind=RightsKind.COPY)
    with pytest.raises(TransitionError):
        looked_through(request, cast.worker)


def test_what_has_changed_since_is_looked_through_again(cast: Cast, case: CaseFile) -> None:
    request = asked(case, cast)
    looked_through(request, cast.worker)
    granted(request, cast)
    make_note(case, participant_words="Kata yang belum diperiksa.")
    with pytest.raises(TransitionError):
        copies.release(request, by=cast.worker)
    looked_through(request, cast.worker)
    export = copies.release(request, by=cast.worker)
    make_note(case, participant_words="Lebih baru lagi.")
    assert copies.read(export) is None


def test_what_changed_under_the_readers_eyes_is_not_approved(cast: Cast, case: CaseFile) -> None:
    request = asked(case, cast)
    seen = subject_copy.fingerprint(copies.gathered(request, by=cast.worker))
    make_note(case, participant_words="Baru saja.")
    with pytest.raises(TransitionError):
        copies.prepare(request, by=cast.worker, seen=seen, refs=[])
    assert not SubjectCopy.objects.exists()


def test_one_file_at_a_time(cast: Cast, case: CaseFile) -> None:
    request = asked(case, cast)
    looked_through(request, cast.worker)
    granted(request, cast)
    copies.release(request, by=cast.worker)
    with pytest.raises(TransitionError):
        copies.release(request, by=cast.worker)


def test_a_record_stays_out_for_a_reason_alone(cast: Cast, case: CaseFile) -> None:
    note = make_note(case, participant_words="Tetangga saya yang menyuruh.")
    request, ref = asked(case, cast), f"sessions:{note.code}"
    with pytest.raises(TransitionError):
        looked_through(request, cast.worker, (ref,))
    with pytest.raises(TransitionError):
        looked_through(request, cast.worker, ("sessions:ABCD-EFGH",), ground="others_data", explanation="Orang lain.")
    kept = looked_through(request, cast.worker, (ref,), ground="others_data", explanation="Menyangkut orang lain.")
    files = made(copies.release(granted(request, cast), by=cast.worker))
    content = json.loads(
        next(data for name, data in files.items() if name.endswith(f"{kept.exports.get().code}.json"))
    )
    assert content["data"]["sessions"]["sessions"] == []
    assert content["data"]["sessions"]["left_out"][-1] == {
        "what": f"Pertemuan dan kontak: {note.code}",
        "reason": "others_data",
        "law": str(RefusalGround.OTHERS_DATA.label),
        "explanation": "Menyangkut orang lain.",
    }


# ---- what it holds -------------------------------------------------------------------------------------------------


def test_the_copy_holds_what_it_must_and_nothing_of_others(cast: Cast, case: CaseFile) -> None:
    full(case, cast)
    request = asked(case, cast)
    text = told(request, cast.worker)
    for word in (NAME, "0812-0000-0107", "Jalan Kenanga 7", "Saya ingin bekerja lagi.", "Bertemu lagi hari Kamis."):
        assert word in text
    for word in ("Bengkel saya jalan tanpa utang.", "Griya Abhipraya", request.words):
        assert word in text
    assert f"{cast.worker.get_profession_display()}, {cast.worker.unit.short_name}" in text
    for what, planted in OTHERS.items():
        assert planted not in text, what
    names = [person.full_name for _name, person in cast]
    assert [name for name in names if name in text] == []
    data = json.loads(text)
    held = {chapter: {part for part, rows in parts.items() if rows} for chapter, parts in data.items()}
    assert held["identity"] >= {"person", "addresses"}
    assert held["plans"] >= {"plans", "goals", "services"}
    assert held["programmes"] >= {"enrolments", "enrolment_periods"}
    assert held["access"] >= {"staff_access", "requests"}
    assert held["assessments"] >= {"assessments"}
    assert all("left_out" in parts for parts in data.values())


def test_names_of_others_are_blackened_in_sentences(cast: Cast, case: CaseFile) -> None:
    cohort = make_cohort(cast.worker.unit)
    make_enrolment(case, cohort)
    make_enrolment(make_case(cast.worker, person=make_person(full_name=OTHERS["fellow"])), cohort)
    said = f"{NAME} minta {OTHERS['mother'].upper()} dan {OTHERS['fellow']} ikut, kata {cast.worker.full_name}."
    make_note(case, participant_words=said)
    text = told(asked(case, cast), cast.worker)
    assert f"{NAME} minta [nama orang lain] dan [nama orang lain] ikut, kata [nama petugas]." in text


def test_a_section_that_the_reader_may_not_see_is_said_to_be_missing(cast: Cast, case: CaseFile) -> None:
    make_note(case, participant_words="Kata saya.")
    copy = subject_copy.gather(case, sections=[Section.IDENTITY])
    chapters = {chapter.key: chapter for chapter in copy.chapters}
    assert chapters["identity"].count
    assert chapters["sessions"].tables == ()
    assert [left.reason for left in chapters["sessions"].left_out] == ["out_of_sight"]


def test_the_databases_own_rules_of_sight_hold(cast: Cast, case: CaseFile) -> None:
    """Read by somebody without the case, not even a mistake in the policies gives a row."""
    make_note(case, participant_words="Kata saya.")
    with acting_as(cast.neighbour.pk):
        assert subject_copy.gather(case, sections=list(Section)).count == 0


def test_another_case_of_the_same_unit_stays_out(cast: Cast, case: CaseFile) -> None:
    make_note(make_case(cast.worker), participant_words="Kata orang di berkas lain.")
    assert "Kata orang di berkas lain." not in told(asked(case, cast), cast.worker)


def test_a_survivors_copy_is_made_by_those_who_have_the_file(cast: Cast) -> None:
    case = make_case(cast.other_agency, person=make_person(full_name="Wening Asri"), case_type="korban")
    request = asked(case, cast)
    assert "Wening Asri" in told(request, cast.other_agency)
    for person in (cast.worker, cast.supervisor, cast.other_unit_supervisor):
        with pytest.raises(PermissionDenied):
            copies.gathered(request, by=person)


# ---- two forms, one truth ------------------------------------------------------------------------------------------


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_both_forms_say_the_same(cast: Cast, case: CaseFile) -> None:
    full(case, cast)
    request = asked(case, cast)
    looked_through(request, cast.worker)
    export = copies.release(granted(request, cast), by=cast.worker)
    copy = copies.read(export)
    assert copy is not None
    html = letters.copy_html(export, copy, request=request.code, made_at=timezone.now())
    rows = re.findall(r"<dt>([^<]*)</dt>\s*<dd class=\"pre\">([^<]*)</dd>", html)
    entries = [
        entry
        for chapter in copy.chapters
        for table in chapter.tables
        for record in table.records
        for entry in record.entries
    ]
    assert [(label, shown) for label, shown in rows] == [(e.label, e.shown) for e in entries if e.shown]
    assert all((entry.value in (None, [])) == (entry.shown == "") for entry in entries)
    values = [
        value
        for parts in subject_copy.data_of(copy).values()
        for part, records in parts.items()
        if part != "left_out"
        for record in records
        for value in record.values()
    ]
    assert values == [entry.value for entry in entries]
    left = [left.what for chapter in copy.chapters for left in chapter.left_out]
    assert re.findall(r"<strong>(.*?)</strong>", html) == left


def test_the_file_holds_paper_data_and_schema_under_names_that_say_nothing(cast: Cast, case: CaseFile) -> None:
    full(case, cast)
    request = asked(case, cast)
    looked_through(request, cast.worker)
    export = copies.release(granted(request, cast), by=cast.worker)
    files = made(export)
    assert sorted(files) == sorted(
        [f"salinan-{export.code}.pdf", f"salinan-{export.code}.json", "salinan.schema.json"]
    )
    pdf = pikepdf.open(io.BytesIO(files[f"salinan-{export.code}.pdf"]))
    assert (str(pdf.Root.Lang), bool(pdf.Root.MarkInfo.Marked)) == ("id", True)
    content = json.loads(files[f"salinan-{export.code}.json"])
    schema = json.loads(files["salinan.schema.json"])
    assert (content["schema"], content["version"], content["request"]) == ("titian-subject-copy", 1, request.code)
    conforms(content, schema)
    whole = b"".join(files.values()).decode("utf-8", "ignore")
    assert [what for what, planted in OTHERS.items() if planted in whole] == []


def conforms(value: Any, schema: dict[str, Any], where: str = "$") -> None:
    """What of JSON Schema ours uses: const, enum, type, properties, required, items."""
    if "const" in schema:
        assert value == schema["const"], where
        return
    if "enum" in schema:
        assert value in schema["enum"], where
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    known = {"string": str, "integer": int, "boolean": bool, "null": type(None), "array": list, "object": dict}
    assert type(value) in [known[kind] for kind in kinds], (where, value)
    if isinstance(value, list):
        for number, item in enumerate(value):
            conforms(item, schema["items"], f"{where}[{number}]")
    if isinstance(value, dict):
        assert set(schema["required"]) <= set(value) <= set(schema["properties"]), where
        for key, item in value.items():
            conforms(item, schema["properties"][key], f"{where}.{key}")


def test_markup_in_words_stays_words(cast: Cast, case: CaseFile) -> None:
    evil = "<script>alert(1)</script><img src=http://a.test/x>{{ 7 }}"
    make_note(case, participant_words=evil)
    request = asked(case, cast)
    looked_through(request, cast.worker)
    export = copies.release(granted(request, cast), by=cast.worker)
    copy = copies.read(export)
    assert copy is not None
    html = letters.copy_html(export, copy, request=request.code, made_at=timezone.now())
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert made(export)


# ---- delivery ------------------------------------------------------------------------------------------------------


def test_the_link_is_good_once_and_for_who_asked(cast: Cast, case: CaseFile) -> None:
    request = asked(case, cast)
    looked_through(request, cast.worker)
    export = copies.release(granted(request, cast), by=cast.worker)
    assert tasks.build_export(export.job.pk) == "made"
    export.refresh_from_db()
    for person in (cast.supervisor, cast.dpo, cast.neighbour):
        with pytest.raises(exports.LinkRefused):
            exports.fetch(export.code, exports.token_for(export), by=person)
    assert exports.fetch(export.code, exports.token_for(export), by=cast.worker)
    with pytest.raises(exports.LinkRefused) as refusal:
        exports.fetch(export.code, exports.token_for(export), by=cast.worker)
    assert refusal.value.why == "used"
    export.refresh_from_db()
    assert export.content is None


def test_each_step_stands_in_the_journal(cast: Cast, case: CaseFile) -> None:
    request = asked(case, cast)
    looked_through(request, cast.worker)
    export = copies.release(granted(request, cast), by=cast.worker)
    made(export)
    lines = JournalEntry.objects.filter(object_code=request.code).values_list("detail", flat=True)
    assert any("copy: looked through" in line for line in lines)
    done = JournalEntry.objects.filter(object_code=export.code).order_by("pk").values_list("action", flat=True)
    assert list(done) == ["export_asked", "export_made", "export_downloaded"]


def many_sessions(case: CaseFile, count: int) -> None:
    first = make_note(case, participant_words="Kata saya.")
    ContactNote.objects.bulk_create(
        ContactNote(
            case=case,
            author=first.author,
            type=first.type,
            occurred_at=first.occurred_at - dt.timedelta(days=number),
            present=first.present,
            summary="Ringkasan",
            participant_words=f"Kata saya nomor {number}. " * 4,
            next_steps="Bertemu lagi.",
        )
        for number in range(1, count)
    )


def test_five_hundred_sessions_take_no_more_queries_than_one(cast: Cast, case: CaseFile) -> None:
    request = asked(case, cast)

    def counted() -> int:
        with CaptureQueriesContext(connection) as taken:
            copies.gathered(request, by=cast.worker)
        return len(taken)

    many_sessions(case, 1)
    few = counted()
    many_sessions(case, 500)
    assert counted() == few <= 50


@pytest.mark.slow
def test_five_hundred_sessions_become_paper_before_the_job_counts_as_dead(cast: Cast, case: CaseFile) -> None:
    many_sessions(case, 500)
    request = asked(case, cast)
    looked_through(request, cast.worker)
    export = copies.release(granted(request, cast), by=cast.worker)
    began = time.monotonic()
    (paper,) = (data for name, data in made(export).items() if name.endswith(".pdf"))
    assert time.monotonic() - began < jobs.STALE_AFTER.total_seconds()
    assert len(pikepdf.open(io.BytesIO(paper)).pages) > 20


# ---- the pages -----------------------------------------------------------------------------------------------------


@pytest.fixture
def signed_in() -> Callable[[Staff], Client]:
    def opened(person: Staff) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return opened


def test_the_unit_looks_through_and_has_the_file_made(cast: Cast, case: CaseFile, signed_in: Any) -> None:
    note = make_note(case, participant_words="Kata saya.")
    request, client = asked(case, cast), signed_in(cast.worker)
    url = reverse("reports:copy-prepare", args=[request.code])
    page = client.get(url)
    assert (page.status_code, "Kata saya." in page.content.decode()) == (200, True)
    given = {"seen": page.context["seen"], "withheld": [f"sessions:{note.code}"]}
    assert client.post(url, given).status_code == 422
    assert client.post(url, given | {"seen": "x"} | {"withheld": []}).status_code == 409
    why = {"ground": "others_data", "explanation": "Menyangkut orang lain."}
    assert client.post(url, given | why).status_code == 302
    panel = reverse("reports:copy-panel", args=[request.code])
    assert "Buat berkas salinan" not in client.get(panel).content.decode()
    assert client.post(reverse("reports:copy-make", args=[request.code])).status_code == 409
    granted(request, cast)
    assert "Buat berkas salinan" in client.get(panel).content.decode()
    answer = client.post(reverse("reports:copy-make", args=[request.code]))
    assert answer.headers["location"] == reverse("reports:export-detail", args=[Export.objects.get().code])
    assert client.get(answer.headers["location"]).status_code == 200


def test_whoever_looks_it_through_sees_the_end_of_the_nik_alone(cast: Cast, case: CaseFile, signed_in: Any) -> None:
    """The whole number is seen for a reason that stands in the journal; the person's own paper has it."""
    case.participant.nik = NIK
    case.participant.save()
    request = asked(case, cast)
    html = signed_in(cast.worker).get(f"/rights/{request.code}/copy/").content.decode()
    assert NIK not in html
    assert f"•••• {NIK[-4:]}" in html
    assert NIK in told(request, cast.worker)


def test_the_officer_sees_that_it_was_looked_through_and_nothing_of_it(
    cast: Cast, case: CaseFile, signed_in: Any
) -> None:
    make_note(case, participant_words="Kata yang hanya dibaca unit.")
    request, client = asked(case, cast), signed_in(cast.dpo)
    looked_through(request, cast.worker)
    page = client.get(reverse("reports:copy-panel", args=[request.code])).content.decode()
    assert cast.worker.full_name in page
    assert "Kata yang hanya dibaca unit." not in page
    assert client.get(reverse("reports:copy-prepare", args=[request.code])).status_code == 403
    assert client.post(reverse("reports:copy-make", args=[request.code])).status_code == 403
    assert (
        reverse("reports:copy-panel", args=[request.code])
        in client.get(reverse("cases:rights-detail", args=[request.code])).content.decode()
    )


def test_a_supervisor_says_why_before_the_page_opens(cast: Cast, case: CaseFile, signed_in: Any) -> None:
    request = asked(case, cast)
    answer = signed_in(cast.supervisor).get(reverse("reports:copy-prepare", args=[request.code]))
    assert (answer.status_code, "reason" in answer.headers["location"]) == (302, True)


def test_a_psychologists_document_is_named_as_left_out_whoever_reads(cast: Cast, case: CaseFile) -> None:
    """Its title alone says much; and its reader's copy is no other than everybody else's."""
    make_document(case, title="Litmas awal")
    case_workflow.assign(case, by=cast.supervisor, worker=cast.worker, co_workers=[cast.neighbour])
    cast.neighbour.profession = "psikolog"
    cast.neighbour.save()
    make_document(case, cast.neighbour, section=Section.CLINICAL, title="Laporan pemeriksaan psikologis")
    for reader in (cast.worker, cast.neighbour):
        with acting_as(reader.pk):
            copy = subject_copy.gather(case, sections=Section)
        chapter = next(chapter for chapter in copy.chapters if chapter.key == "documents")
        titles = [e.shown for t in chapter.tables for r in t.records for e in r.entries if e.key == "title"]
        assert titles == ["Litmas awal"]
        left = next(left for left in chapter.left_out if left.reason == "clinician")
        assert "psikolog" in left.what
        assert "Mintalah penjelasannya kepada psikolog" in left.explanation
