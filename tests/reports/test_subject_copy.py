"""A person's copy: who may, what it holds, what never stands in it, and that nothing leaves before it was granted."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import PermissionDenied

from cases import workflow as case_workflow
from cases.enums import ClosureReason, Section
from cases.enums.rights import RefusalGround, RightsKind, RightsStatus
from cases.models import CaseFile
from core.acting import acting_as
from core.workflow import TransitionError
from reports import subject_copy, tasks
from reports.enums import ExportStatus
from reports.models import Export, SubjectCopy
from reports.workflow import copies
from tests.cast import Cast
from tests.factories import (
    make_case,
    make_child_case,
    make_cohort,
    make_enrolment,
    make_note,
    make_person,
    make_rights_request,
)
from tests.reports.copying import (
    NAME,
    OTHERS,
    asked,
    case_of_copy,
    full,
    granted,
    looked_through,
    made,
    no_worker,
    told,
)


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    no_worker(monkeypatch)


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return case_of_copy(cast)


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
