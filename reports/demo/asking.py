"""What people ask about their data, what is complained of, an incident: the data-protection officer's desk."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from accounts.models import Staff
from cases.enums.breaches import BreachKind
from cases.enums.complaints import ComplaintKind
from cases.enums.rights import RequestChannel, Requester, RightsKind, RightsStatus
from cases.models import CaseFile, RightsRequest
from cases.workflow import breaches, complaints, rights
from core.acting import acting_as

HOUR = dt.timedelta(hours=1)


def ask() -> int:
    """Each step in its own transaction, by whom it would be in real work; answers how many requests there are."""
    people = Staff.objects.in_bulk(["pk.malang", "peksos.handayani", "kabapas.malang", "dpo"], field_name="username")
    officer = people["dpo"]
    worker, carer, head = people["pk.malang"], people["peksos.handayani"], people["kabapas.malang"]
    asked = [
        _request(worker, 0, RightsKind.COPY, "Saya minta salinan data saya, dicetak.", 22 * HOUR),
        _request(worker, 1, RightsKind.CORRECTION, "Alamat saya salah: bukan RT 04, tetapi RT 14.", 51 * HOUR),
        _request(
            carer,
            0,
            RightsKind.INFORMATION,
            "Siapa saja yang dapat membaca berkas anak saya?",
            70 * HOUR,
            requester=Requester.GUARDIAN,
            requester_name="Ibu kandung",
        ),
    ]
    with acting_as(officer.pk, reason="demo data"):
        for request in asked[1:]:
            rights.take_up(request, by=officer)
        rights.ask_unit(asked[1], by=officer, question="Mohon periksa dan betulkan alamat, lalu laporkan.")
        rights.decide(
            asked[2],
            by=officer,
            outcome=RightsStatus.FULFILLED,
            decision="Tim kasus di Sentra dan pengawasnya. Pejabat pelindungan data tidak membuka berkas.",
        )
    with acting_as(carer.pk, reason="demo data"):
        complaints.complain(
            by=carer,
            kind=ComplaintKind.PRIVACY,
            words="Daftar hadir dengan nama lengkap anak tertempel di pintu aula sejak Senin.",
        )
    with acting_as(head.pk, reason="demo data"):
        incident = breaches.report_breach(
            by=head,
            discovered_at=timezone.now() - 9 * HOUR,
            kind=BreachKind.WRONG_RECIPIENT,
            what="Jadwal wajib lapor dua klien: nama panggilan dan jam.",
            how="Terkirim ke grup pesan yang salah, dihapus dalam sepuluh menit.",
        )
    with acting_as(officer.pk, reason="demo data"):
        breaches.handle(incident, by=officer, text="Penerima diminta menghapus; semua sudah menjawab.")
    return len(asked)


def _request(
    worker: Staff, place: int, kind: RightsKind, words: str, ago: dt.timedelta, **told: object
) -> RightsRequest:
    with acting_as(worker.pk, reason="demo data"):
        case = CaseFile.objects.filter(lead_worker=worker).open().order_by("case_no")[place]
        return rights.record_request(
            case,
            by=worker,
            kind=kind,
            words=words,
            channel=RequestChannel.IN_PERSON,
            proof_note="KTP dilihat",
            reply_to="Diambil sendiri di kantor",
            received_at=timezone.now() - ago,
            **told,
        )
