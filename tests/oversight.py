"""What officers and data admins find: shares, sealed files, reports, exports, rights, breaches, retention."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from cases import workflow as case_workflow
from cases.enums import CaseType, ClosureReason, ConsentCapacity, ConsentPurpose, LegalBasis, Section
from cases.enums.breaches import BreachKind, Told
from cases.enums.complaints import ComplaintKind
from cases.enums.rights import RefusalGround, RightsKind, RightsStatus
from cases.models import BreachIncident, CaseFile, CaseUserGrant, Complaint, RetentionRule, RightsRequest
from cases.workflow import breaches as breach_workflow
from cases.workflow import complaints as complaint_workflow
from cases.workflow import retention as retention_workflow
from cases.workflow import rights as rights_workflow
from core import jobs
from core.pdf import Pdf
from reports import workflow as report_workflow
from reports.enums import ExportFormat, ExportPurpose, ExportStatus, Scope
from reports.indicators import Area
from reports.models import Export, QuarterlyReport
from reports.quarters import Quarter
from reports.subject_copy import fingerprint
from reports.workflow import copies as copy_workflow
from reports.workflow import exports as export_workflow
from tests.cast import Cast
from tests.factories import NAME, close_long_ago, make_case, make_child_case, make_rights_request


def make_sealed(cast: Cast) -> dict[str, Any]:
    """A child's closed file, and a request to open it that waits for the data-protection officer."""
    by = cast.other_agency_supervisor
    case = make_child_case(cast.other_agency)
    case = case_workflow.close(case, by=by, reason=ClosureReason.MOVED, note="Pindah bersama bibinya.")
    request = case_workflow.request_unsealing(case, by=by, purpose="Surat keterangan sekolah.", hours=4)
    return {"sealed": case, "unseal_request": request}


SHARE_BEGINS_IN = dt.timedelta(days=5)


def make_shares(case: CaseFile, cast: Cast) -> dict[str, Any]:
    """A consent to share and a share that begins later, both of the case; an emergency access that is over.

    None of them opens anything to anybody of the cast now: the tables of addresses say what people get without.
    """
    now = timezone.now()
    consent = case_workflow.give_consent(
        case,
        by=cast.worker,
        purpose=ConsentPurpose.SHARING,
        scope=[Section.SUMMARY, Section.PLAN],
        recipient=cast.other_agency.unit.name,
        given_by=NAME,
        capacity=ConsentCapacity.SELF,
    )
    share = case_workflow.share(
        case,
        by=cast.supervisor,
        to=cast.other_agency.unit,
        sections=[Section.SUMMARY, Section.PLAN],
        basis=LegalBasis.PUBLIC_DUTY,
        purpose="Pendampingan keluarga di rumah aman.",
        starts_at=now + SHARE_BEGINS_IN,
        until=now + dt.timedelta(days=60),
    )
    use = case_workflow.open_in_emergency(
        case.code, by=cast.other_unit_supervisor, reason="Keluarga menelepon: ada ancaman di rumah malam ini."
    )
    CaseUserGrant.all_grants.filter(pk=use.pk).update(
        granted_at=now - dt.timedelta(hours=2),
        starts_at=now - dt.timedelta(hours=2),
        expires_at=now - dt.timedelta(hours=1),
    )
    return {"share_consent": consent, "share": share, "break_glass": use}


def make_report(cast: Cast) -> QuarterlyReport:
    """The last finished quarter of the worker's unit, as the worker process would have left it."""
    quarter = Quarter.last_finished(timezone.now())
    area = Area(Scope.UNIT, unit=cast.worker.unit)
    with patch.dict(jobs.SENDERS, {report_workflow.JOB_KIND: lambda _job: None}):  # real PDFs have tests of their own
        report, _begun = report_workflow.request_report(by=cast.admin, area=area, quarter=quarter)
    report = report_workflow.freeze_figures(report, by=cast.system)
    return report_workflow.keep_pdf(report, by=cast.system, pdf=Pdf(b"%PDF-1.7 contoh", 1))


def make_exports(cast: Cast) -> dict[str, Export]:
    """One of the worker that waits for the supervisor, and one whose file was fetched already."""
    wish = export_workflow.Wish(
        cases=CaseFile.objects.all(),
        columns=["code", "status"],
        file_format=ExportFormat.CSV,
        purpose=ExportPurpose.CASELOAD_REVIEW,
        reason="Rapat tinjauan beban kerja bulan ini.",
    )
    with patch.dict(jobs.SENDERS, {export_workflow.JOB_KIND: lambda _job: None}):
        used, waiting = (export_workflow.ask(wish, by=cast.worker) for _number in range(2))
    Export.objects.filter(pk=waiting.pk).update(status=ExportStatus.WAITING)
    used = export_workflow.keep_file(used, by=cast.system, content=b"PK contoh", rows=2)
    used, _content = export_workflow.fetch(used.code, export_workflow.token_for(used), by=cast.worker)
    waiting.refresh_from_db()
    return {"export": waiting, "used_export": used}


def make_rights(case: CaseFile, cast: Cast) -> dict[str, RightsRequest]:
    """One that just came in, one that waits for the unit, one answered."""
    new = make_rights_request(case, cast.worker, kind=RightsKind.INFORMATION)
    asked = rights_workflow.take_up(make_rights_request(case, cast.worker, kind=RightsKind.COPY), by=cast.dpo)
    asked = rights_workflow.ask_unit(asked, by=cast.dpo, question="Pastikan alamat pengiriman aman.")
    seen = fingerprint(copy_workflow.gathered(asked, by=cast.worker))
    copy_workflow.prepare(asked, by=cast.worker, seen=seen, refs=[])
    decided = rights_workflow.take_up(make_rights_request(case, cast.worker), by=cast.dpo)
    decided = rights_workflow.decide(
        decided,
        by=cast.dpo,
        outcome=RightsStatus.REFUSED,
        decision="Kami tidak dapat memenuhi permintaan ini.",
        ground=RefusalGround.STATE_ADMINISTRATION,
        reason="Data diperlukan untuk tugas menurut undang-undang.",
    )
    return {"new_rights": new, "rights": asked, "decided_rights": decided}


def make_complaints(case: CaseFile, cast: Cast) -> dict[str, Complaint]:
    """One that just came in from outside, one about the case that is being looked at."""
    words = "Kami menunggu terlalu lama."
    complaint_workflow.complain_publicly(kind=ComplaintKind.CONDUCT, words=words, client_id=uuid.uuid4())
    begun = complaint_workflow.complain(by=cast.neighbour, kind=ComplaintKind.OTHER, words="Lampu ruang padam.")
    about = complaint_workflow.complain(by=cast.worker, kind=ComplaintKind.ERROR, words="Tanggal salah.", case=case)
    return {"new_complaint": begun, "complaint": complaint_workflow.take_up(about, by=cast.dpo)}


def make_breach(case: CaseFile, cast: Cast) -> BreachIncident:
    """One of the worker's unit that touches the case; the people know, the agency not yet."""
    breach = breach_workflow.report_breach(
        by=cast.supervisor,
        kind=BreachKind.LOST_DEVICE,
        what="Nama dan nomor telepon.",
        how="Ponsel dinas hilang di angkutan umum.",
        discovered_at=timezone.now() - dt.timedelta(hours=5),
        codes=[case.code],
    )
    breach = breach_workflow.handle(breach, by=cast.dpo, text="Ponsel dikunci dari jauh.", measures="Ponsel dikunci.")
    return breach_workflow.mark_told(breach, by=cast.dpo, whom=Told.SUBJECTS)


def make_retention(case: CaseFile, cast: Cast) -> dict[str, Any]:
    """A hold on the case; a list that waits for its signatures, and one that was carried out, of another unit."""
    hold = case_workflow.place_hold(
        case,
        by=cast.supervisor,
        reason="Dipakai sebagai bukti banding.",
        ordered_by="Pengadilan Negeri",
        document_no="W14.U1/212/2026",
        starts_on=timezone.localdate(),
    )
    rules = RetentionRule.objects.filter(agency_kind="ditjenpas", case_type=CaseType.PROBATION)
    rules.update(is_active=True, years=1, source="JRA uji")
    lists = []
    for _number in range(2):
        close_long_ago(make_case(cast.other_unit))
        lists.append(retention_workflow.draw_up(by=cast.admin))
    for signer in (cast.head_office, cast.dpo):
        lists[0] = retention_workflow.sign(lists[0], by=signer)
    retention_workflow.destroy(lists[0].items.get().pk, by=cast.system)
    retention_workflow.finish_list(lists[0], by=cast.system)
    return {"hold": hold, "drawn": lists[1], "carried_out": lists[0]}
