"""Documents of the demo: papers that prove, one that runs out, a photo of a workplace, a birth certificate."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from io import BytesIO

from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.models import Staff
from cases import tasks, workflow
from cases.enums import OPEN, CaseType, Section
from cases.enums.documents import DocumentKind
from cases.models import CaseFile, Document
from core import papers
from core.acting import acting_as
from reports.demo.book import dice

PAPER, INK, STAMP = (250, 248, 243), (60, 62, 70), (122, 40, 40)


@dataclass(frozen=True)
class Leaf:
    """One document: whose, what, how old, and for how many days more it holds (0: no end)."""

    worker: str
    case_type: CaseType
    place: int
    kind: DocumentKind
    section: Section
    title: str
    issued_by: str
    lines: tuple[str, ...]
    days_old: int = 60
    holds_for: int = 0
    proves: bool = False


LEAVES = (
    Leaf(
        "pk.malang",
        CaseType.PROBATION,
        0,
        DocumentKind.VERDICT,
        Section.LEGAL,
        "Salinan putusan",
        "Pengadilan Negeri",
        ("PUTUSAN", "Salinan resmi", "Surat contoh untuk demo; tidak berlaku."),
        days_old=200,
        proves=True,
    ),
    Leaf(
        "pk.malang",
        CaseType.PROBATION,
        0,
        DocumentKind.LITMAS,
        Section.DOCUMENTS,
        "Litmas pembimbingan",
        "Bapas Malang",
        ("PENELITIAN KEMASYARAKATAN", "Ringkasan keadaan keluarga dan pekerjaan.", "Surat contoh untuk demo."),
        days_old=150,
    ),
    Leaf(
        "pk.malang",
        CaseType.PROBATION,
        0,
        DocumentKind.OTHER,
        Section.DOCUMENTS,
        "Surat izin usaha bengkel",
        "Kelurahan",
        ("SURAT KETERANGAN USAHA", "Berlaku satu tahun.", "Surat contoh untuk demo."),
        days_old=340,
        holds_for=18,
    ),
    Leaf(
        "pk.malang",
        CaseType.PROBATION,
        1,
        DocumentKind.PHOTO,
        Section.NOTES,
        "Foto tempat kerja",
        "",
        (),
        days_old=12,
    ),
    Leaf(
        "peksos.handayani",
        CaseType.SOCIAL_CHILD,
        0,
        DocumentKind.IDENTITY,
        Section.IDENTITY,
        "Akta kelahiran",
        "Dinas Kependudukan dan Catatan Sipil",
        ("KUTIPAN AKTA KELAHIRAN", "Surat contoh untuk demo; tanpa nama."),
        days_old=90,
    ),
)


def file(leaves: tuple[Leaf, ...] = LEAVES) -> int:
    """Store each as its worker would, and draw its pages at once; answers how many there are."""
    for number, leaf in enumerate(leaves):
        worker = Staff.objects.get(username=leaf.worker)
        with acting_as(worker.pk, reason="demo data"):
            document = _store(leaf, worker, number)
        if document is not None:
            with acting_as(Staff.objects.system().pk, reason="demo data"):
                jobs = list(document.files.values_list("job", flat=True))
            for job in jobs:
                tasks.draw_pages.apply(args=[job], throw=True)
    with acting_as(Staff.objects.system().pk, reason="demo data"):
        return Document.objects.count()


def _store(leaf: Leaf, worker: Staff, number: int) -> Document | None:
    cases = CaseFile.objects.filter(lead_worker=worker, case_type=leaf.case_type, status__in=OPEN)
    case = cases.order_by("-opened_at", "pk")[leaf.place : leaf.place + 1].first()
    if case is None:
        return None
    today = timezone.localdate()
    status = case.legal_statuses.in_force_on(today).first() if leaf.proves else None
    content = _letter(leaf.lines) if leaf.lines else _photo()
    return workflow.add_document(
        case,
        by=worker,
        client_id=uuid.UUID(int=dice("document", number).getrandbits(128), version=4),
        paper=papers.cleaned(content),
        kind=leaf.kind,
        section=leaf.section,
        title=leaf.title,
        issued_by=leaf.issued_by,
        dated=today - dt.timedelta(days=leaf.days_old),
        expires=today + dt.timedelta(days=leaf.holds_for) if leaf.holds_for else None,
        proves=status,
    )


def _letter(lines: tuple[str, ...]) -> bytes:
    """A page of a letter as a PDF: a head, the words, a stamp."""
    sheet = Image.new("RGB", (1_240, 1_754), PAPER)
    pen = ImageDraw.Draw(sheet)
    pen.line((120, 250, 1_120, 250), fill=INK, width=5)
    for place, line in enumerate(lines):
        pen.text((120, 300 + 80 * place), line, fill=INK, font_size=54 if place == 0 else 38)
    for place in range(14):
        pen.line((120, 640 + 48 * place, 1_120 - 90 * (place % 3), 640 + 48 * place), fill=(205, 203, 198), width=10)
    pen.ellipse((780, 1_380, 1_040, 1_640), outline=STAMP, width=8)
    pen.text((830, 1_485), "CONTOH", fill=STAMP, font_size=40)
    out = BytesIO()
    sheet.save(out, "PDF", resolution=150)
    return out.getvalue()


def _photo() -> bytes:
    """A workbench under a window, nobody in it."""
    scene = Image.new("RGB", (1_600, 1_200), (214, 203, 184))
    pen = ImageDraw.Draw(scene)
    pen.rectangle((980, 120, 1_420, 520), fill=(190, 214, 226), outline=(120, 108, 92), width=14)
    pen.line((1_200, 120, 1_200, 520), fill=(120, 108, 92), width=10)
    pen.rectangle((140, 700, 1_460, 780), fill=(128, 94, 62))
    for leg in (200, 1_340):
        pen.rectangle((leg, 780, leg + 60, 1_100), fill=(104, 76, 50))
    for place, colour in enumerate(((88, 96, 104), (150, 60, 50), (60, 104, 92))):
        pen.rectangle((260 + 220 * place, 600, 400 + 220 * place, 700), fill=colour)
    out = BytesIO()
    scene.save(out, "JPEG", quality=85)
    return out.getvalue()
