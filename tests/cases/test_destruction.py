"""The database's own destruction: what it refuses whoever asks, and what is left of a person afterwards (nothing)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from accounts.enums import AgencyKind, JournalAction, Profession, Role
from accounts.models import JournalEntry, Unit
from cases import destruction, workflow
from cases.enums import CaseStatus, CaseType, LegalStatusKind
from cases.enums.retention import KeptBy, ListStatus
from cases.models import (
    Address,
    CaseFile,
    ConflictDeclaration,
    ContactNote,
    DestructionItem,
    DestructionList,
    DocumentPage,
    Participant,
    PersonPair,
    RetentionRule,
    RightsRequest,
)
from cases.tasks import carry_out_destruction
from cases.workflow import complaints, retention, rights
from cases.workflow import documents as storing
from core import row_security
from core.acting import acting_as
from reports.models import Export, QuarterlyReport
from tests.cast import Cast
from tests.factories import (
    NAME,
    close_long_ago,
    make_case,
    make_child_case,
    make_document,
    make_note,
    make_person,
    make_picture,
    make_staff,
)
from tests.world import World, make_world

YEARS = 5
STREET = "Gang Melati Putih nomor sebelas"
WORDS = "Ia bercerita tentang perahu biru milik pamannya."


def put_in_force(years: int = YEARS) -> None:
    RetentionRule.objects.update(years=years, is_active=True, source="JRA uji")


def approved(cast: Cast) -> DestructionList:
    drawn = retention.sign(retention.draw_up(by=cast.admin), by=cast.head_office)
    return retention.sign(drawn, by=cast.dpo)


def run(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def raw_destroy(item: DestructionItem) -> None:
    """Past every rule in Python, as the application's role."""
    run("SELECT titian_destroy(%s)", item.pk)


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    put_in_force()
    made = make_case(cast.worker, person=make_person(full_name=NAME))
    make_note(made, summary=WORDS)
    return close_long_ago(made)


# The tables of all apps are declared when their row policies are read.
MODULES = list(row_security.modules())


# ---- what is covered -----------------------------------------------------------------------------------------------


def test_nothing_that_stays_points_to_what_is_destroyed() -> None:
    """A new model with case data is either destroyed with the case, or somebody says what becomes of it."""
    assert destruction.unexplained() == []


def test_every_table_with_a_key_of_a_case_or_a_person_is_covered() -> None:
    covered = {holding.model for holding in (*destruction.of_case(), *destruction.of_person())}
    for model in apps.get_models(include_auto_created=True):
        if hasattr(model, "pgh_tracked_model"):
            continue
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model in (CaseFile, Participant):
                assert model in covered or model in destruction.OUTLIVES, model


def test_what_outlives_a_case_can_let_go_of_it() -> None:
    for model in destruction.OUTLIVES:
        assert all(field.null for field in model._meta.concrete_fields if field.related_model is CaseFile)


# ---- what the database refuses -------------------------------------------------------------------------------------


def test_the_application_may_not_delete_a_file_by_itself(case: CaseFile) -> None:
    for table in ("cases_casefile", "cases_casefileevent", "cases_contactnote", "assessments_assessment"):
        with pytest.raises(DatabaseError, match="permission denied"):
            run(f"DELETE FROM {table}")


def test_a_history_cannot_be_deleted_by_setting_its_trigger_aside(case: CaseFile) -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        run("SELECT set_config('pgtrigger.ignore', '{append_only}', true); DELETE FROM cases_contactnoteevent")


@pytest.mark.parametrize("signers", [[], ["head_office"], ["dpo"]])
def test_a_list_without_both_signatures_destroys_nothing(cast: Cast, case: CaseFile, signers: list[str]) -> None:
    drawn = retention.draw_up(by=cast.admin)
    for signer in signers:
        retention.sign(drawn, by=getattr(cast, signer))
    with pytest.raises(DatabaseError, match="two signatures"):
        raw_destroy(drawn.items.get())
    assert CaseFile.objects.filter(pk=case.pk).exists()


def test_a_status_of_approved_without_signatures_cannot_be_written(cast: Cast, case: CaseFile) -> None:
    drawn = retention.draw_up(by=cast.admin)
    with pytest.raises(IntegrityError, match="destruction_status_follows_signatures"), transaction.atomic():
        DestructionList.objects.filter(pk=drawn.pk).update(status=ListStatus.APPROVED)


@pytest.mark.parametrize(
    ("head", "dpo", "constraint"),
    [
        ("admin", "dpo", "not_signed_by_its_maker_for_the_agency"),
        ("head_office", "admin", "not_signed_by_its_maker_for_the_data"),
        ("dpo", "dpo", "two_signatures_of_two_people"),
    ],
)
def test_three_people_by_constraint(cast: Cast, case: CaseFile, head: str, dpo: str, constraint: str) -> None:
    drawn, now = retention.draw_up(by=cast.admin), timezone.now()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        DestructionList.objects.filter(pk=drawn.pk).update(
            status=ListStatus.APPROVED,
            head_signed_by=getattr(cast, head),
            head_signed_at=now,
            dpo_signed_by=getattr(cast, dpo),
            dpo_signed_at=now,
        )


def test_nothing_is_slipped_into_a_signed_list(cast: Cast, case: CaseFile) -> None:
    drawn = approved(cast)
    other = close_long_ago(make_case(cast.worker))
    item = drawn.items.get()
    with pytest.raises(DatabaseError, match="takes no more files"), transaction.atomic():
        DestructionItem.objects.filter(pk=item.pk).update(case=other, case_code=other.code)
    item.pk, item.case, item.case_code = None, other, other.code
    with pytest.raises(DatabaseError, match="takes no more files"), transaction.atomic():
        item.save(force_insert=True)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"status": CaseStatus.INTERVENING, "closed_at": None, "closure_reason": ""}, KeptBy.OPEN),
        ({"closed_at": timezone.now() - dt.timedelta(days=30)}, KeptBy.TIME),
        ({"aftercare_until": timezone.localdate() - dt.timedelta(days=400)}, KeptBy.TIME),
        ({"case_type": CaseType.FAMILY}, KeptBy.NO_RULE),
    ],
)
def test_the_last_look_is_at_the_last_moment(cast: Cast, case: CaseFile, change: dict[str, Any], why: KeptBy) -> None:
    RetentionRule.objects.filter(case_type=CaseType.FAMILY).update(is_active=False)
    item = approved(cast).items.get()
    CaseFile.objects.filter(pk=case.pk).update(**change)
    with pytest.raises(DatabaseError, match=f"kept: {why}"):
        raw_destroy(item)


def test_a_hold_placed_after_both_signatures_keeps_the_file(cast: Cast, case: CaseFile) -> None:
    drawn = approved(cast)
    workflow.place_hold_by_code(case.code, by=cast.dpo, **HOLD)
    with pytest.raises(DatabaseError, match="kept: hold"):
        raw_destroy(drawn.items.get())
    assert carry_out_destruction() == 0
    item = drawn.items.get()
    assert (item.destroyed_at, item.off_reason) == (None, "Ditahan otomatis: penahanan hukum.")
    assert CaseFile.objects.filter(pk=case.pk).exists()
    drawn.refresh_from_db()
    assert drawn.status == ListStatus.CARRIED_OUT
    assert drawn.certificate.content["kept"][0]["code"] == case.code


HOLD: dict[str, Any] = {
    "reason": "Dipakai sebagai bukti banding.",
    "ordered_by": "Pengadilan Negeri",
    "document_no": "W14.U1/212/2026",
    "starts_on": dt.date(2026, 1, 5),
}


def test_what_waits_for_an_answer_keeps_the_file(cast: Cast, case: CaseFile) -> None:
    item = approved(cast).items.get()
    row = RightsRequest(
        case=case,
        case_code=case.code,
        lead_unit=case.lead_unit,
        person_name=NAME,
        kind="copy",
        words="Salinan.",
        channel="in_person",
        proof_note="KTP",
        reply_to="diambil",
        recorded_by=cast.worker,
    )
    row.set_received(timezone.now())
    row.save()
    with pytest.raises(DatabaseError, match="kept: rights"):
        raw_destroy(item)


def test_a_closed_list_destroys_no_second_time(cast: Cast, case: CaseFile) -> None:
    drawn = approved(cast)
    assert carry_out_destruction() == 1
    assert carry_out_destruction() == 0
    with pytest.raises(DatabaseError, match="two signatures"):
        raw_destroy(drawn.items.get())


# ---- what is left --------------------------------------------------------------------------------------------------


def everywhere(*words: str) -> dict[str, list[str]]:
    """Table -> which of the words stand in any of its columns, seen with the owner's eyes."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT DISTINCT w FROM "{table}" t, unnest(%s) w WHERE strpos(lower(t::text), lower(w)) > 0',
                [list(words)],
            )
            if hits := [word for (word,) in cursor.fetchall()]:
                found[table] = hits
    return found


@pytest.fixture
def world(cast: Cast) -> World:
    """A case with a row of nearly every kind, decided and closed long ago."""
    world = make_world(cast)
    workflow.lift_hold(world.hold, by=cast.dpo, reason="Banding selesai.")
    case = world.case
    put_in_force()
    make_note(case, summary=WORDS)
    workflow.move_address(
        case, by=cast.worker, region=cast.worker.unit.region, since=timezone.localdate(), line=STREET
    )
    workflow.declare_tie(case, by=cast.other_unit, kind="keluarga", note=f"Paman dari {NAME}")
    for name in ("new_rights", "rights"):
        request = world.rights[name]
        request.refresh_from_db()
        if request.status == "received":
            request = rights.take_up(request, by=cast.dpo)
        rights.decide(
            request,
            by=cast.dpo,
            outcome="refused",
            decision=f"Kepada {NAME}.",
            ground="state_administration",
            reason=".",
        )
    complaints.answer(world.complaints["complaint"], by=cast.dpo, outcome="answered", answer="Diperbaiki.")
    type(world.breach).objects.filter(pk=world.breach.pk).update(
        status="closed", closed_at=timezone.now(), closed_by=cast.dpo, closing_note="Ponsel ditemukan."
    )
    close_long_ago(case)
    return world


def test_nothing_with_the_persons_name_or_words_is_left_anywhere(cast: Cast, world: World) -> None:
    key = Participant.objects.get(pk=world.case.participant_id).name_key
    words = (NAME, key, STREET, WORDS, "0812-0000-1111", "Sri Rahayu")
    before = everywhere(*words)
    assert {"cases_participant", "cases_rightsrequest", "cases_contactnoteevent", "cases_addressevent"} <= set(before)
    code = world.case.code
    approved(cast)
    assert carry_out_destruction() == 1
    assert everywhere(*words) == {}
    item = DestructionItem.objects.get(case_code=code)
    assert item.rows["cases_participant"] == item.rows["cases_casefile"] == 1
    assert item.rows["assessments_itemrating"] > 10
    assert JournalEntry.objects.filter(action=JournalAction.RETENTION, object_code=code).exists()


def test_no_row_anywhere_hangs_on_what_is_gone(cast: Cast, world: World) -> None:
    case, person = world.case.pk, world.case.participant_id
    approved(cast)
    carry_out_destruction()
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            key = {CaseFile: case, Participant: person}.get(field.related_model)
            if key is not None and getattr(model, "pgh_tracked_model", None) is not DestructionItem:
                assert not model._base_manager.filter(**{field.attname: key}).exists(), (model, field)
    assert not CaseFile.pgh_event_model.objects.filter(pgh_obj_id=case).exists()  # type: ignore[attr-defined]


def test_the_other_people_lose_nothing(cast: Cast, world: World) -> None:
    def others() -> dict[str, int]:
        kept = CaseFile.objects.exclude(pk=world.case.pk)
        counted = {"cases": kept.count(), "people": Participant.objects.exclude(pk=world.case.participant_id).count()}
        for model in (ContactNote, ConflictDeclaration):
            counted[model.__name__] = model.objects.filter(case__in=kept).count()
        return counted

    before = others()
    approved(cast)
    carry_out_destruction()
    assert others() == before


def test_figures_survive(cast: Cast, world: World) -> None:
    kept = ("snapshot", "sha256", "pdf", "serial_no", "snapshot_at")
    before = list(QuarterlyReport.objects.values_list(*kept))
    assert before[0][0]
    Export.objects.update(search=NAME)
    approved(cast)
    carry_out_destruction()
    assert list(QuarterlyReport.objects.values_list(*kept)) == before
    assert not Export.objects.filter(case_ids__contains=[world.case.pk]).exists()


def test_a_person_with_another_case_stays_and_so_does_a_declared_tie(cast: Cast, case: CaseFile) -> None:
    second = workflow.open_case(by=cast.worker, case_type=CaseType.FAMILY, participant=case.participant)
    workflow.move_address(second, by=cast.worker, region=cast.worker.unit.region, since=timezone.localdate())
    tie = workflow.declare_tie(case, by=cast.neighbour, kind="keluarga")
    approved(cast)
    assert carry_out_destruction() == 1
    assert Participant.objects.filter(pk=case.participant_id).exists()
    assert Address.objects.filter(participant=case.participant_id).exists()
    tie.refresh_from_db()
    assert (tie.case_id, tie.is_standing) == (second.pk, True)
    assert not ContactNote.objects.filter(case_id=case.pk).exists()
    assert CaseFile.objects.filter(pk=second.pk).exists()


def test_a_duplicate_goes_with_the_person_into_whom_it_was_merged(cast: Cast, case: CaseFile) -> None:
    first = close_long_ago(make_case(cast.worker, person=make_person(full_name="Slamet Riadi")))
    second = close_long_ago(make_case(cast.worker, person=make_person(full_name="Slamet R.")))
    for kept, duplicate in ((second, first), (case, second)):
        workflow.merge_people(
            Participant.objects.get(pk=kept.participant_id),
            Participant.objects.get(pk=duplicate.participant_id),
            by=cast.admin,
            versions=tuple(p.version for p in (kept.participant, duplicate.participant)),
            take=(),
            reason="Satu orang.",
        )
        for moved in (kept, duplicate):
            moved.participant.refresh_from_db()
    people = Participant.objects.filter(pk__in=[case.participant_id, first.participant_id, second.participant_id])
    assert people.count() == 3
    approved(cast)
    assert carry_out_destruction() == 3
    assert not people.exists()
    assert not PersonPair.objects.exists()


def test_stored_files_go_too(cast: Cast, case: CaseFile, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    name = default_storage.save("documents/ktp.pdf", ContentFile(b"%PDF"))
    drawn = approved(cast)
    carry_out_destruction()
    DestructionItem.objects.update(files=[name, "documents/removed-already.pdf"])
    carry_out_destruction()
    assert not default_storage.exists(name)
    assert drawn.items.get().files == []


def test_documents_go_with_their_files_and_pictures(cast: Cast, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    put_in_force()
    made = make_case(cast.worker, legal=LegalStatusKind.PAROLE)
    document = make_document(made, title="Litmas Wening", proves=made.legal_statuses.get())
    storing.keep_pages(document.files.get(), [make_picture()])
    names = [document.files.get().file.name, DocumentPage.objects.get().image.name]
    assert all(default_storage.exists(name) for name in names)
    close_long_ago(made)
    approved(cast)
    assert carry_out_destruction() == 1
    assert everywhere("Litmas Wening") == {}
    assert [default_storage.exists(name) for name in names] == [False, False]


def test_a_sealed_childs_file_is_destroyed_unseen(cast: Cast) -> None:
    """Its agency's people draw up and sign by code; no file was opened for it, and no page of it was read."""
    put_in_force()
    child = make_child_case(cast.other_agency)
    code, name = close_long_ago(child).code, child.participant.full_name
    assert child.is_sealed
    unit = cast.other_agency.unit
    office = Unit.objects.get(code="pusat-kemensos")
    admin = make_staff("admin.kemensos", office, Role.DATA_ADMIN, Profession.ADMINISTRASI)
    head = make_staff("pusat.kemensos", office, Role.SUPERVISOR, Profession.ANALIS)
    assert (unit.agency_id, office.agency.kind) == (office.agency_id, AgencyKind.KEMENSOS)
    with acting_as(admin.pk):
        assert not CaseFile.objects.filter(code=code).exists()
        drawn = retention.draw_up(by=admin)
        assert [item.case_code for item in drawn.items.all()] == [code]
    with acting_as(head.pk):
        retention.sign(DestructionList.objects.get(pk=drawn.pk), by=head)
    with acting_as(cast.dpo.pk):
        retention.sign(DestructionList.objects.get(pk=drawn.pk), by=cast.dpo)
    assert carry_out_destruction() == 1
    assert everywhere(name) == {}
    assert not JournalEntry.objects.filter(object_code=code, action=JournalAction.SECTION_READ).exists()
