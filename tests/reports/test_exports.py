"""Rows about people that leave Titian: who may ask, whose rows, who decides, and a file that is fetched once."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import threading
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
import pyzipper
import time_machine
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import JournalAction, Profession, Role
from accounts.models import JournalEntry, Staff
from cases import policies as case_policies
from cases import workflow
from cases.enums import ConsentCapacity, ConsentPurpose, Section
from cases.models import CaseFile, CaseUserGrant, Consent
from core import jobs
from core.acting import acting_as
from core.models import Job
from core.workflow import TransitionError
from reports import columns, policies, tasks
from reports.enums import ROWS_ALONE, ExportFormat, ExportPurpose, ExportStatus
from reports.models import Export
from reports.workflow import exports
from tests.cast import Cast, make_cast
from tests.factories import make_case, make_child_case, make_person, make_staff

REASON = "Rapat tinjauan beban kerja bulan ini, dihapus sesudahnya."
Ask = Callable[..., Export]


@pytest.fixture
def wish() -> Callable[..., exports.Wish]:
    def make(**changes: Any) -> exports.Wish:
        values = {
            "cases": CaseFile.objects.all(),
            "columns": ["code", "status"],
            "file_format": ExportFormat.XLSX,
            "purpose": ExportPurpose.CASELOAD_REVIEW,
            "reason": REASON,
        }
        return exports.Wish(**(values | changes))

    return make


@pytest.fixture
def ask(cast: Cast, wish: Callable[..., exports.Wish], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Asks without a worker."""
    monkeypatch.setitem(jobs.SENDERS, exports.JOB_KIND, lambda _job: None)
    return lambda by=None, **changes: exports.ask(wish(**changes), by=by or cast.worker)


def make_file(export: Export) -> Export:
    """The worker's steps, in this process."""
    export.refresh_from_db()
    made = exports.read(export)
    content = exports.locked(export, exports.written(export, made))
    return exports.keep_file(export, by=Staff.objects.system(), content=content, rows=made.rows)


def opened(export: Export, content: bytes) -> list[list[Any]]:
    with pyzipper.AESZipFile(io.BytesIO(content)) as archive:
        (name,) = archive.namelist()
        assert name == f"titian-{export.code}.xlsx"
        book = openpyxl.load_workbook(io.BytesIO(archive.read(name, pwd=exports.password_of(export).encode())))
    assert book.active is not None
    return [[cell.value for cell in row] for row in book.active.iter_rows()]


def fetched(export: Export, by: Staff) -> list[list[Any]]:
    _export, content = exports.fetch(export.code, exports.token_for(export), by=by)
    return opened(export, content)


def many(worker: Staff, count: int) -> None:
    for _number in range(count):
        make_case(worker)


def actions(code: str) -> list[str]:
    return list(JournalEntry.objects.filter(object_code=code).order_by("pk").values_list("action", flat=True))


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


# ---- pages ---------------------------------------------------------------------------------------------------------


def form(**changes: Any) -> dict[str, Any]:
    return {
        "view": "all",
        "columns": ["code", "status"],
        "file_format": "csv",
        "purpose": "caseload_review",
        "reason": REASON,
    } | changes


@pytest.fixture
def as_worker(cast: Cast, client: Client) -> Client:
    client.force_login(cast.worker)
    return client


def test_asking_on_the_page(as_worker: Client, cast: Cast, ask: Ask) -> None:
    make_case(cast.worker)
    answer = as_worker.post(reverse("reports:export-new"), form())
    export = Export.objects.get()
    assert answer.headers["location"] == reverse("reports:export-detail", args=[export.code])
    assert (export.row_count, export.filters, export.file_format) == (1, "Semua", "csv")


def test_the_filters_of_the_case_list_choose_the_rows(as_worker: Client, cast: Cast, ask: Ask) -> None:
    make_case(cast.worker, person=make_person(full_name="Budi Santoso"))
    found = make_case(cast.worker, person=make_person(full_name="Wening Prabaswara"))
    as_worker.post(reverse("reports:export-new"), form(q="wening", view="open"))
    export = Export.objects.get()
    assert export.case_ids == [found.pk]
    assert (export.search, "wening" in export.filters) == ("wening", False)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": "pendek"}, "reason"),
        ({"purpose": ""}, "purpose"),
        ({"columns": ["nik"]}, "columns"),
        ({"file_format": "exe"}, "file_format"),
        ({"reason": "Untuk Densus 88, daftar nama lengkap."}, "reason"),
    ],
)
def test_a_faulty_wish_keeps_what_was_typed(
    as_worker: Client, cast: Cast, ask: Ask, changes: dict[str, Any], field: str
) -> None:
    make_case(cast.worker)
    answer = as_worker.post(reverse("reports:export-new"), form(**changes))
    assert answer.status_code == 422
    assert not Export.objects.exists()
    shown = answer.context["form"]
    assert shown.errors[field]
    assert form(**changes)["reason"] in answer.content.decode()


def test_the_page_of_a_used_link_says_so_and_the_attempt_is_written_down(
    as_worker: Client, cast: Cast, ask: Ask
) -> None:
    make_case(cast.worker)
    export = make_file(ask())
    url = reverse("reports:export-download", args=[export.code, exports.token_for(export)])
    assert as_worker.head(url).status_code == 405
    first, second = as_worker.get(url), as_worker.get(url)
    assert (first.status_code, first.headers["content-type"]) == (200, "application/zip")
    assert first.headers["content-disposition"] == f'attachment; filename="titian-{export.code}.zip"'
    assert "sandbox" in first.headers["content-security-policy"]
    assert second.status_code == 410
    assert "sudah diunduh" in second.content.decode()
    foreign = Client()
    foreign.force_login(cast.neighbour)
    assert foreign.get(url).status_code == 404
    refused = JournalEntry.objects.filter(action=JournalAction.EXPORT_LINK_REFUSED).order_by("pk")
    assert list(refused.values_list("actor__username", "detail")) == [
        (cast.worker.username, "used"),
        (cast.neighbour.username, "foreign"),
    ]


def test_the_password_stands_on_the_page_once(as_worker: Client, cast: Cast, ask: Ask) -> None:
    make_case(cast.worker)
    export = make_file(ask())
    url = reverse("reports:export-password", args=[export.code])
    password = exports.password_of(export)
    assert password not in as_worker.get(reverse("reports:export-detail", args=[export.code])).content.decode()
    assert password in as_worker.post(url).content.decode()
    assert as_worker.post(url).status_code == 409
    assert password not in as_worker.get(reverse("reports:export-detail", args=[export.code])).content.decode()


def test_what_was_searched_for_is_not_shown_to_the_one_who_decides(cast: Cast, ask: Ask, client: Client) -> None:
    many(cast.worker, ROWS_ALONE + 1)
    export = ask(search="Wening")
    client.force_login(cast.head_office)
    page = client.get(reverse("reports:export-detail", args=[export.code])).content.decode()
    assert "Wening" not in page
    assert "dengan kata cari" in page
    refused = client.post(reverse("reports:export-refuse", args=[export.code]), {"note": " "})
    assert refused.status_code == 422
    client.post(reverse("reports:export-refuse", args=[export.code]), {"note": "Kolomnya terlalu banyak."})
    export.refresh_from_db()
    assert (export.status, export.decided_by) == (ExportStatus.REFUSED, cast.head_office)


# ---- the worker, and two clicks at once ----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_task_makes_the_file_and_a_second_delivery_does_nothing(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = make_cast()
    make_case(cast.worker)
    monkeypatch.setitem(jobs.SENDERS, exports.JOB_KIND, lambda _job: None)
    wish = exports.Wish(CaseFile.objects.all(), ["status"], "csv", ExportPurpose.DATA_QUALITY, REASON)
    export = exports.ask(wish, by=cast.worker)
    assert tasks.build_export.apply(args=[export.job_id]).get() == "made"
    assert tasks.build_export.apply(args=[export.job_id]).get() == "nothing to do"
    export.refresh_from_db()
    assert (export.status, export.row_count) == (ExportStatus.READY, 1)
    gone = exports.ask(wish, by=cast.worker)
    cast.worker.is_active = False
    cast.worker.save()
    assert tasks.build_export.apply(args=[gone.job_id]).get() == "failed"
    gone.refresh_from_db()
    assert (gone.status, gone.job.error) == (ExportStatus.FAILED, tasks.NO_ROWS)
    assert tasks.purge_exports.apply().get() == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_clicks_at_once_one_gets_the_file(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    make_case(cast.worker)
    monkeypatch.setitem(jobs.SENDERS, exports.JOB_KIND, lambda _job: None)
    wish = exports.Wish(CaseFile.objects.all(), ["status"], "csv", ExportPurpose.DATA_QUALITY, REASON)
    export = make_file(exports.ask(wish, by=cast.worker))
    token = exports.token_for(export)
    gate, outcomes = threading.Barrier(2), []

    def click() -> None:
        try:
            gate.wait(timeout=20)
            with acting_as(cast.worker.pk):
                outcomes.append(exports.fetch(export.code, token, by=cast.worker)[0].status)
        except exports.LinkRefused as refusal:
            outcomes.append(refusal.why)
        finally:
            connections.close_all()

    clicks = [threading.Thread(target=click) for _number in range(2)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join(timeout=60)
    assert sorted(outcomes) == ["downloaded", "used"]


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
