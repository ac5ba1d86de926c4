"""Run as a program of its own (core.papers): opens what a stranger sent, with little memory, time and no secrets.

``clean`` answers the file as it may be kept, ``draw`` its first pages as pictures. It imports nothing of ours and gets
no environment: what breaks a reader of PDFs or pictures in here finds no key, no database and no other file to write.
One line of JSON, then the bytes it counts.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
from io import BytesIO
from typing import Any, NoReturn

MEMORY, SECONDS = 1_500_000_000, 30
PIXELS = 60_000_000
MOST_PAGES, PAGES_DRAWN = 500, 5
WIDTH, HEIGHT = 1_000, 1_600
DEPTH = 60
BEGINNINGS = (("pdf", b"%PDF-"), ("png", b"\x89PNG\r\n\x1a\n"), ("jpeg", b"\xff\xd8\xff"))
# What does something by itself, or holds another file. Read on every dictionary of a PDF.
ACTIVE = ("/OpenAction", "/AA", "/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/AF", "/XFA", "/RichMediaContent")
HARMLESS_ACTIONS = ("/GoTo", "/URI", "/Named")
ACTIVE_ANNOTATIONS = ("/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D")


class RefusedError(Exception):
    """With the word for why (core.papers.REFUSALS)."""


def refuse(why: str) -> NoReturn:
    raise RefusedError(why)


def kind_of(content: bytes) -> str:
    """By its first bytes; its name and what the browser says of it count for nothing."""
    for kind, beginning in BEGINNINGS:
        if content.startswith(beginning):
            return kind
    if content.startswith((b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")):
        refuse("program")
    if content.startswith(b"PK\x03\x04"):
        refuse("office")
    refuse("kind")


def clean(content: bytes) -> tuple[dict[str, Any], list[bytes]]:
    kind = kind_of(content)
    if kind == "pdf":
        cleaned, pages = clean_pdf(content)
    else:
        cleaned, pages = clean_picture(content, kind), 1
    return {"kind": kind, "pages": pages}, [cleaned]


def draw(content: bytes) -> tuple[dict[str, Any], list[bytes]]:
    pictures = drawn_pdf(content) if kind_of(content) == "pdf" else [drawn_picture(content, kind_of(content))]
    return {}, pictures


# ---- pictures -------------------------------------------------------------------------------------------------------


def opened(content: bytes, kind: str) -> Any:
    """The picture upright, without a word of what its maker wrote into it."""
    from PIL import Image, ImageOps  # noqa: PLC0415 -- after the limits are set

    warnings.simplefilter("error")
    Image.MAX_IMAGE_PIXELS = PIXELS
    try:
        picture = Image.open(BytesIO(content), formats=[kind.upper()])
        if picture.width * picture.height > PIXELS:
            refuse("pixels")
        picture.load()
        upright = ImageOps.exif_transpose(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        refuse("pixels")
    bare = upright.convert("RGBA" if kind == "png" and "A" in upright.getbands() else "RGB")
    bare.info = {}
    return bare


def clean_picture(content: bytes, kind: str) -> bytes:
    picture, out = opened(content, kind), BytesIO()
    if kind == "jpeg":
        picture.save(out, "JPEG", quality=90)
    else:
        picture.save(out, "PNG")
    return out.getvalue()


def drawn_picture(content: bytes, kind: str) -> bytes:
    return as_jpeg(opened(content, kind))


def as_jpeg(picture: Any) -> bytes:
    from PIL import Image  # noqa: PLC0415

    picture.thumbnail((WIDTH, HEIGHT))
    if picture.mode != "RGB":
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A") if "A" in picture.getbands() else None)
        picture = ground
    out = BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


# ---- PDF ------------------------------------------------------------------------------------------------------------


def clean_pdf(content: bytes) -> tuple[bytes, int]:
    """Written anew without what acts by itself. A signed one stays as it is, byte by byte, or its signature breaks."""
    import pikepdf  # noqa: PLC0415

    try:
        with pikepdf.open(BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                refuse("encrypted")
            pages = len(pdf.pages)
            if not 0 < pages <= MOST_PAGES:
                refuse("pages")
            is_signed = any(isinstance(row, pikepdf.Dictionary) and "/ByteRange" in row for row in pdf.objects)
            found = disarm(pdf, pikepdf)
            if is_signed:
                # Nothing may stand behind its end, where another kind of file could begin.
                if found or not content.rstrip().endswith(b"%%EOF"):
                    refuse("signed")
                return content, pages
            out = BytesIO()
            pdf.save(out)
    except pikepdf.PasswordError:
        refuse("encrypted")
    except pikepdf.PdfError:
        refuse("broken")
    return out.getvalue(), pages


def disarm(pdf: Any, pikepdf: Any) -> int:
    """Take every action, script and embedded file away; answers how many there were."""
    return sum(disarm_one(row, pikepdf, 0) for row in pdf.objects)


def disarm_one(row: Any, pikepdf: Any, depth: int) -> int:
    if depth > DEPTH:
        refuse("broken")
    found = 0
    if isinstance(row, pikepdf.Array):
        inner = list(row)
    elif isinstance(row, pikepdf.Dictionary | pikepdf.Stream):
        for key in ACTIVE:
            # An opening action that only says which page is shown is an array.
            if key in row and not (key == "/OpenAction" and isinstance(row[key], pikepdf.Array)):
                del row[key]
                found += 1
        for key in ("/A", "/PA"):
            if isinstance(row.get(key), pikepdf.Dictionary) and str(row[key].get("/S")) not in HARMLESS_ACTIONS:
                del row[key]
                found += 1
        if "/Next" in row and "/S" in row:
            del row["/Next"]
            found += 1
        if str(row.get("/Subtype", "")) in ACTIVE_ANNOTATIONS and "/Rect" in row:
            row["/Subtype"] = pikepdf.Name("/Text")
            found += 1
        inner = [row[key] for key in row.keys()]  # noqa: SIM118 -- a stream is no mapping
    else:
        return 0
    return found + sum(
        disarm_one(part, pikepdf, depth + 1)
        for part in inner
        if isinstance(part, pikepdf.Object) and not part.is_indirect
    )


def drawn_pdf(content: bytes) -> list[bytes]:
    import pypdfium2  # noqa: PLC0415

    with pypdfium2.PdfDocument(content) as pdf:
        drawn = []
        for number in range(min(len(pdf), PAGES_DRAWN)):
            page = pdf[number]
            width, height = page.get_size()
            scale = min(WIDTH / max(width, 1), HEIGHT / max(height, 1))
            drawn.append(as_jpeg(page.render(scale=scale, may_draw_forms=False).to_pil()))
        return drawn


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    content = sys.stdin.buffer.read()
    try:
        told, parts = {"clean": clean, "draw": draw}[sys.argv[1]](content)
    except RefusedError as refusal:
        told, parts = {"refused": str(refusal)}, []
    except Exception:
        told, parts = {"refused": "broken"}, []
    told["sizes"] = [len(part) for part in parts]
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n")
    for part in parts:
        sys.stdout.buffer.write(part)


if __name__ == "__main__":
    main()
