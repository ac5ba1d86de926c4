"""Rows about people that leave Titian: who may ask, whose rows, who decides, and a file that is fetched once."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
import time_machine
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import JournalAction, Profession, Role
from accounts.models import JournalEntry, Staff
from cases import policies as case_policies
from cases import workflow
from cases.enums import ConsentCapacity, ConsentPurpose, Section
from cases.models import CaseFile, CaseUserGrant, Consent
from core.models import Job
from core.workflow import TransitionError
from reports import columns, policies, tasks
from reports.enums import ROWS_ALONE, ExportStatus
from reports.models import Export
from reports.workflow import exports
from tests.cast import Cast
from tests.factories import make_case, make_child_case, make_person, make_staff
from tests.reports.exporting import REASON, Ask, actions, fetched, make_file, many

# ---- who, and whose rows -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", ["cso", "analyst", "auditor", "dpo", "system", "other_cso"])
def test_these_roles_export_nobody(cast: Cast, ask: Ask, actor: str) -> None:
    make_case(cast.worker)
    with pytest.raises(PermissionDenied):
        ask(getattr(cast, actor))


def test_each_role_exports_its_own_cases_alone(cast: Cast, ask: Ask) -> None:
    own, neighbours = make_case(cast.worker), make_case(cast.neighbour)
    elsewhere, child = make_case(cast.other_unit), make_child_case(cast.other_agency)
    assert ask(cast.worker).case_ids == [own.pk]
    assert ask(cast.supervisor).case_ids == [own.pk, neighbours.pk]
    assert ask(cast.admin, columns=["code", "name"]).case_ids == [own.pk, neighbours.pk, elsewhere.pk]
    assert ask(cast.other_agency).case_ids == [child.pk]
    for actor in ("head_office", "bnpt_admin", "psychologist"):
        with pytest.raises(TransitionError):
            ask(getattr(cast, actor), columns=["code"])


def test_what_was_shared_is_not_exported(cast: Cast, ask: Ask) -> None:
    """Neither another agency's file nor a neighbour's."""
    child, case = make_child_case(cast.other_agency), make_case(cast.neighbour)
    for shared in (child, case):
        CaseUserGrant.all_grants.create(
            user=cast.worker,
            permission=case_policies.view_permission(),
            content_object=shared,
            sections=[Section.SUMMARY, Section.IDENTITY],
            source="sharing",
            lawful_basis="kewenangan",
            reason="uji",
            granted_by=cast.supervisor,
            expires_at=timezone.now() + dt.timedelta(days=1),
        )
    assert case_policies.can(cast.worker, "view", child)
    with pytest.raises(TransitionError):
        ask(cast.worker)


def test_a_sealed_file_is_never_exported(cast: Cast, ask: Ask) -> None:
    child = make_child_case(cast.other_agency)
    export = ask(cast.other_agency, columns=["code"])
    CaseFile.objects.filter(pk=child.pk).update(status="closed", closed_at=timezone.now(), closure_reason="selesai")
    child.refresh_from_db()
    assert child.is_sealed
    assert exports.read(export).rows == 0
    with pytest.raises(TransitionError):
        ask(cast.other_agency, columns=["code"])


def test_a_data_admin_gets_no_column_of_another_section(cast: Cast, ask: Ask) -> None:
    make_case(cast.worker)
    with pytest.raises(PermissionDenied):
        ask(cast.admin, columns=["code", "status"])


@pytest.mark.parametrize("code", ["notes", "clinical", "nik", "phone", "band", "participant__mother_name", ""])
def test_a_column_that_is_not_on_the_list_is_refused(cast: Cast, ask: Ask, code: str) -> None:
    make_case(cast.worker)
    with pytest.raises(PermissionDenied):
        ask(cast.worker, columns=[code])


def test_no_column_comes_from_a_section_beyond_summary_and_identity() -> None:
    assert {section for column in columns.COLUMNS for section in column.sections} == set(policies.EXPORTED_SECTIONS)


@pytest.mark.parametrize("reason", ["", "singkat", "   " * 20])
def test_a_reason_is_needed(cast: Cast, ask: Ask, reason: str) -> None:
    make_case(cast.worker)
    with pytest.raises(TransitionError):
        ask(reason=reason)


def test_what_is_missing_is_told_beside_its_field_and_what_was_written_stays(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.worker)
    answer = client.post(reverse("reports:export-new"), {"view": "open", "reason": "singkat"})
    form = answer.context["form"]
    assert answer.status_code == 422
    assert form.errors["reason"] == ["Tulis alasan sekurangnya 20 huruf: untuk apa berkas ini dipakai."]
    assert form.errors["purpose"] == ["Pilih tujuannya."]
    assert form.errors["columns"] == ["Pilih sedikitnya satu kolom."]
    assert ">singkat</textarea>" in answer.content.decode().replace("\n", "")


@pytest.mark.parametrize(
    "body", ["Densus 88", "kepolisian", "BIN", "intelijen daerah", "Polres", "TNI", "military police"]
)
def test_nothing_is_exported_for_security_bodies(cast: Cast, ask: Ask, body: str) -> None:
    make_case(cast.worker)
    with pytest.raises(TransitionError):
        ask(reason=f"Diminta oleh {body} untuk daftar nama lengkap.")


def test_a_name_with_bin_is_no_security_body(cast: Cast, ask: Ask) -> None:
    make_case(cast.worker)
    assert ask(reason="Serah terima berkas Ahmad bin Saleh kepada rekan.").status == ExportStatus.QUEUED


# ---- the second person ---------------------------------------------------------------------------------------------


def test_fifty_rows_pass_and_one_more_waits(cast: Cast, ask: Ask) -> None:
    many(cast.worker, ROWS_ALONE)
    assert ask().status == ExportStatus.QUEUED
    one = make_case(cast.worker)
    assert ask(cases=CaseFile.objects.filter(pk=one.pk)).status == ExportStatus.WAITING


def test_rows_of_a_day_are_added_up_and_forgotten_after_it(cast: Cast, ask: Ask) -> None:
    many(cast.worker, 30)
    first = ask()
    assert (first.status, ask().status) == (ExportStatus.QUEUED, ExportStatus.WAITING)
    Export.objects.filter(pk=first.pk).update(created_at=timezone.now() - dt.timedelta(hours=24, seconds=1))
    Export.objects.filter(status=ExportStatus.WAITING).update(status=ExportStatus.CANCELLED)
    assert ask().status == ExportStatus.QUEUED


@pytest.mark.parametrize(
    ("asker", "decider", "may"),
    [
        ("worker", "supervisor", True),
        ("worker", "head_office", True),
        ("worker", "worker", False),
        ("worker", "neighbour", False),
        ("worker", "other_unit_supervisor", False),
        ("worker", "other_agency_supervisor", False),
        ("worker", "admin", False),
        ("supervisor", "supervisor", False),
        ("supervisor", "worker", False),
        ("supervisor", "head_office", True),
        ("admin", "head_office", True),
        ("admin", "supervisor", False),
        ("admin", "admin", False),
    ],
)
def test_who_decides(cast: Cast, ask: Ask, asker: str, decider: str, may: bool) -> None:
    many(cast.worker, ROWS_ALONE + 1)
    export = ask(getattr(cast, asker), columns=["code"])
    person = getattr(cast, decider)
    assert policies.exports_to_decide(person).filter(pk=export.pk).exists() == may
    for step in (
        lambda: exports.approve(export, by=person),
        lambda: exports.refuse(export, by=person, note="Terlalu luas"),
    ):
        if may:
            with transaction.atomic():
                assert step().decided_by == person
                transaction.set_rollback(True)
        else:
            with pytest.raises(PermissionDenied):
                step()


def test_another_supervisor_of_the_unit_decides_for_a_supervisor(cast: Cast, ask: Ask) -> None:
    many(cast.worker, ROWS_ALONE + 1)
    second = make_staff("rini.astari", cast.worker.unit, Role.SUPERVISOR, Profession.PK_BAPAS)
    assert exports.approve(ask(cast.supervisor), by=second).status == ExportStatus.APPROVED


def test_the_database_itself_refuses_many_rows_without_a_second_person(cast: Cast, ask: Ask) -> None:
    many(cast.worker, ROWS_ALONE + 1)
    export = ask()
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.filter(pk=export.pk).update(status=ExportStatus.QUEUED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.filter(pk=export.pk).update(status=ExportStatus.APPROVED, decided_by=cast.worker)


def test_an_approval_holds_three_days(cast: Cast, ask: Ask) -> None:
    many(cast.worker, ROWS_ALONE + 1)
    export = exports.approve(ask(), by=cast.supervisor)
    Export.objects.filter(pk=export.pk).update(decided_at=timezone.now() - dt.timedelta(days=3, seconds=1))
    with pytest.raises(TransitionError):
        exports.start(export, by=cast.worker)
    assert exports.purge_ended(by=Staff.objects.system()) == 1
    export.refresh_from_db()
    assert export.status == ExportStatus.EXPIRED


# ---- the file ------------------------------------------------------------------------------------------------------


def test_the_file_has_marks_head_and_rows_and_matches_its_checksum(cast: Cast, ask: Ask) -> None:
    person = make_person(full_name="=HYPERLINK(evil) Wening")
    case = make_case(cast.worker, person=person)
    export = make_file(ask(columns=["code", "name", "sex"]))
    assert export.sha256 == hashlib.sha256(bytes(export.content)).hexdigest()
    rows = fetched(export, cast.worker)
    marks = " ".join(str(row[0]) for row in rows[:5])
    for word in (export.code, cast.worker.full_name, cast.worker.username, REASON):
        assert word in marks
    assert rows[-2] == ["Kode kasus", "Nama", "Jenis kelamin"]
    assert rows[-1][:2] == [case.code, "'=HYPERLINK(evil) Wening"]


def test_a_child_keeps_its_short_name_and_only_its_year(cast: Cast, ask: Ask) -> None:
    child = make_child_case(cast.other_agency)
    export = make_file(ask(cast.other_agency, columns=["name", "birth"]))
    assert fetched(export, cast.other_agency)[-1][1:] == [
        child.participant.shown_name,
        child.participant.birth_date.year,
    ]


def test_rights_are_asked_again_when_the_file_is_made(cast: Cast, ask: Ask) -> None:
    kept, lost = make_case(cast.worker), make_case(cast.worker)
    export = ask()
    case_policies.end_grants(lost.user_grants.all())
    export = make_file(export)
    assert export.row_count == 1
    assert [row[0] for row in fetched(export, cast.worker)][-1] == kept.code


def test_somebody_whose_account_ended_gets_no_row(cast: Cast, ask: Ask) -> None:
    make_case(cast.worker)
    export = ask()
    cast.worker.is_active = False
    cast.worker.save()
    export.refresh_from_db()
    assert exports.read(export).rows == 0


def test_the_link_is_good_once(cast: Cast, ask: Ask) -> None:
    make_case(cast.worker)
    export = make_file(ask())
    assert fetched(export, cast.worker)
    export.refresh_from_db()
    assert (export.status, export.content) == (ExportStatus.DOWNLOADED, None)
    with pytest.raises(exports.LinkRefused) as refusal:
        fetched(export, cast.worker)
    assert (refusal.value.why, refusal.value.gone) == ("used", True)


def test_the_link_is_good_for_fifteen_minutes_whether_or_not_the_clock_has_swept(cast: Cast, ask: Ask) -> None:
    make_case(cast.worker)
    export = make_file(ask())
    with time_machine.travel(timezone.now() + exports.LINK_VALID + dt.timedelta(seconds=1), tick=False):
        with pytest.raises(exports.LinkRefused) as refusal:
            fetched(export, cast.worker)
        assert refusal.value.why == "expired"
        assert exports.purge_ended(by=Staff.objects.system()) == 1
    export.refresh_from_db()
    assert (export.status, export.content, export.row_count) == (ExportStatus.EXPIRED, None, 1)
    assert export.purged_at is not None


@pytest.mark.parametrize(
    "actor", ["neighbour", "supervisor", "admin", "head_office", "other_agency", "analyst", "dpo"]
)
def test_the_link_is_nobody_elses(cast: Cast, ask: Ask, actor: str) -> None:
    make_case(cast.worker)
    export = make_file(ask())
    with pytest.raises(exports.LinkRefused) as refusal:
        fetched(export, getattr(cast, actor))
    assert refusal.value.gone is False
    assert fetched(export, cast.worker)


def test_a_signed_word_of_another_kind_opens_nothing(cast: Cast, ask: Ask) -> None:
    make_case(cast.worker)
    export, other = make_file(ask()), make_file(ask())
    words = [
        exports.token_for(other),
        signing.dumps([export.code, cast.worker.pk, export.sha256[:16]], salt="another"),
        signing.dumps([export.code, cast.worker.pk], salt=f"{exports.SALT}.link"),
        exports.token_for(export)[:-1],
        "x" * 3000,
        "",
        ":",
        "é:é:é",
        "../../etc/passwd",
    ]
    for word in words:
        with pytest.raises(exports.LinkRefused):
            exports.fetch(export.code, word, by=cast.worker)
    assert fetched(export, cast.worker)


def test_the_password_is_shown_once_and_kept_nowhere(cast: Cast, ask: Ask) -> None:
    make_case(cast.worker)
    export = make_file(ask())
    password = exports.show_password(export, by=cast.worker)
    with pytest.raises(TransitionError):
        exports.show_password(export, by=cast.worker)
    export.refresh_from_db()
    row = {name: str(value) for name, value in Export.objects.filter(pk=export.pk).values().get().items()}
    assert all(password not in value for value in row.values())
    assert not JournalEntry.objects.filter(detail__contains=password).exists()


def test_a_supervisor_never_sees_the_password_of_what_he_approved(cast: Cast, ask: Ask) -> None:
    make_case(cast.worker)
    export = make_file(ask())
    with pytest.raises(PermissionDenied):
        exports.show_password(export, by=cast.supervisor)


def test_everything_that_happens_stands_in_the_journal(cast: Cast, ask: Ask) -> None:
    many(cast.worker, ROWS_ALONE + 1)
    export = exports.start(exports.approve(ask(), by=cast.supervisor), by=cast.worker)
    export = make_file(export)
    exports.show_password(export, by=cast.worker)
    fetched(export, cast.worker)
    assert actions(export.code) == [
        JournalAction.EXPORT_ASKED,
        JournalAction.EXPORT_APPROVED,
        JournalAction.EXPORT_MADE,
        JournalAction.EXPORT_PASSWORD_SHOWN,
        JournalAction.EXPORT_DOWNLOADED,
    ]


# ---- a consent that ends -------------------------------------------------------------------------------------------


def consent_for(case: CaseFile, purpose: ConsentPurpose) -> Consent:
    return workflow.give_consent(
        case,
        by=case.lead_worker,
        purpose=purpose,
        scope=["summary"],
        given_by="Imam Saputra",
        capacity=ConsentCapacity.SELF,
    )


def test_a_waiting_export_goes_on_without_the_case_whose_consent_ended(cast: Cast, ask: Ask) -> None:
    stays, goes = make_case(cast.worker), make_case(cast.worker)
    export, consent = ask(cast.worker), consent_for(goes, ConsentPurpose.SHARING)
    workflow.withdraw_consent(consent, by=cast.worker)
    export.refresh_from_db()
    assert (export.case_ids, export.row_count, export.status) == ([stays.pk], 1, ExportStatus.QUEUED)
    assert goes.code not in str(fetched(make_file(export), cast.worker))


def test_a_made_file_with_the_case_is_thrown_away(cast: Cast, ask: Ask) -> None:
    case = make_case(cast.worker)
    export = make_file(ask(cast.worker))
    workflow.withdraw_consent(consent_for(case, ConsentPurpose.RESEARCH), by=cast.worker)
    export.refresh_from_db()
    assert (export.status, export.content) == (ExportStatus.CANCELLED, None)
    assert export.purged_at is not None
    with pytest.raises(exports.LinkRefused):
        exports.fetch(export.code, exports.token_for(export), by=cast.worker)
    assert "export_purged" in actions(export.code)
    client = Client()
    client.force_login(cast.worker)
    page = client.get(reverse("reports:export-detail", args=[export.code])).content.decode()
    assert "Persetujuan seorang peserta" in page


def test_an_approval_of_nobody_is_cancelled(cast: Cast, ask: Ask) -> None:
    case = make_case(cast.worker)
    export = ask(cast.worker)
    Export.objects.filter(pk=export.pk).update(status=ExportStatus.APPROVED)
    workflow.withdraw_consent(consent_for(case, ConsentPurpose.REFERRAL), by=cast.worker)
    export.refresh_from_db()
    assert export.status == ExportStatus.CANCELLED


def test_a_file_in_the_making_is_made_anew_without_the_case(cast: Cast, ask: Ask) -> None:
    make_case(cast.worker)
    goes = make_case(cast.worker)
    export = ask(cast.worker)
    export.refresh_from_db()
    made = exports.read(export)
    workflow.withdraw_consent(consent_for(goes, ConsentPurpose.SHARING), by=cast.worker)
    with pytest.raises(exports.DroppedError):
        exports.keep_file(export, by=Staff.objects.system(), content=b"PK", rows=made.rows)
    job = Job.objects.get(pk=Export.objects.get(pk=export.pk).job_id)
    assert tasks.build_export.apply(args=[job.pk]).get() == "made"
    export.refresh_from_db()
    assert (export.status, export.row_count) == (ExportStatus.READY, 1)


def test_consent_for_a_photo_stops_no_file_and_the_own_copy_rests_on_none(cast: Cast, ask: Ask) -> None:
    case = make_case(cast.worker)
    export = ask(cast.worker)
    workflow.withdraw_consent(consent_for(case, ConsentPurpose.PHOTO), by=cast.worker)
    export.refresh_from_db()
    assert export.case_ids == [case.pk]
