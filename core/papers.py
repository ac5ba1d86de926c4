"""What may be kept of a file that somebody sends: PDF, JPEG or PNG by content, without what acts by itself.

The reading is done by ``core/paper_room.py`` in a process without secrets (docs/decisions/0014).
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

log = structlog.get_logger(__name__)

ROOM = Path(__file__).with_name("paper_room.py")
TIMEOUT = 45
MEDIA = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
REFUSALS: dict[str, str | Promise] = {
    "kind": _("Isi berkas ini bukan PDF, JPEG, atau PNG, apa pun namanya."),
    "program": _("Ini program, bukan dokumen. Kirim PDF, JPEG, atau PNG."),
    "office": _("Ini berkas Word, Excel, atau zip. Simpan sebagai PDF, lalu pilih PDF itu."),
    "encrypted": _("PDF ini terkunci kata sandi. Simpan salinan tanpa kata sandi, lalu pilih salinan itu."),
    "signed": _(
        "PDF bertanda tangan elektronik ini memuat skrip atau lampiran. Minta penerbitnya mengirim yang bersih."
    ),
    "pages": _("PDF ini kosong atau lebih dari 500 halaman. Bagi menjadi beberapa dokumen."),
    "pixels": _("Gambar ini terlalu besar (lebih dari 60 megapiksel). Perkecil dahulu."),
    "broken": _("Berkas ini rusak dan tidak dapat dibuka. Buat ulang PDF atau fotonya."),
}


class RefusedError(Exception):
    """Not a file that we keep; ``message`` says why and what to do."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
        self.message = REFUSALS.get(why, REFUSALS["broken"])


@dataclass(frozen=True)
class Paper:
    """A file as it is kept."""

    content: bytes
    kind: str
    pages: int
    sent_sha256: str  # of what was sent: the same file is known again although it is kept otherwise

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def cleaned(content: bytes) -> Paper:
    """``content`` as it may be kept; raises RefusedError."""
    told, parts = _in_the_room("clean", content)
    return Paper(parts[0], str(told["kind"]), int(told["pages"]), hashlib.sha256(content).hexdigest())


def drawn(content: bytes) -> list[bytes]:
    """The first pages as JPEG; raises RefusedError."""
    return _in_the_room("draw", content)[1]


def _in_the_room(what: str, content: bytes) -> tuple[dict[str, str | int], list[bytes]]:
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(ROOM), what],
            input=content,
            capture_output=True,
            timeout=TIMEOUT,
            env={"LC_ALL": "C.UTF-8"},
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        log.warning("paper_not_read", what=what, why=type(error).__name__)
        raise RefusedError("broken") from None
    head, _newline, rest = done.stdout.partition(b"\n")
    told = json.loads(head)
    if "refused" in told:
        raise RefusedError(told["refused"])
    parts = []
    for size in told["sizes"]:
        parts.append(rest[:size])
        rest = rest[size:]
    return told, parts
