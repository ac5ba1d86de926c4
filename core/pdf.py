"""The one way to make a PDF: a template, its own small stylesheet, PDF/UA-1 tags, and the same bytes for the same
input.

The site's CSS never comes in here (measured: 4.4 times slower), nothing is fetched but fonts, our static files and
data URLs, and WeasyPrint's many boxes are kept from the garbage collector's walks (a third of the time of a long
report).
"""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pydyf
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import CSS, HTML, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

FONT_FILE = Path(str(resources.files("fontpkg_source_sans_3"))) / "files" / "SourceSans3[wght].ttf"
READABLE = (FONT_FILE.parent, settings.BASE_DIR / "static")
# No weight here: WeasyPrint refuses a range, and without one it takes every weight of the variable font.
FONT_FACE = f'@font-face {{ font-family: "Source Sans 3"; src: url("file://{quote(str(FONT_FILE))}"); }}'


class PdfError(Exception):
    """The document that was made is not one we may hand out."""


class ForbiddenAddressError(FatalURLFetchingError):
    """A template asked for something outside fonts, static files and data URLs."""


class _LocalFetcher(URLFetcher):
    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        parts = urlsplit(url)
        if parts.scheme == "file":
            path = Path(unquote(parts.path)).resolve()
            # A folder may itself be reached by a link: an environment shared by two checkouts, a release of the day.
            if any(path.is_relative_to(folder.resolve()) for folder in READABLE):
                return super().fetch(url, headers)
        elif parts.scheme == "data":
            return super().fetch(url, headers)
        raise ForbiddenAddressError(f"not fetched for a PDF: {parts.scheme}:{parts.path[:120]}")


@dataclass(frozen=True)
class Pdf:
    content: bytes
    pages: int


def render_pdf(
    template: str, context: dict[str, Any], *, language: str, identifier: str, stylesheet: str = "pdf/print.css"
) -> Pdf:
    """Render ``template`` in ``language``; ``identifier`` names the document, and equal input gives equal bytes.

    Dates in the file's properties come from the template's ``<meta name="dcterms.created">``. Raises PdfError where
    the result lacks what PDF/UA asks for.
    """
    with translation.override(language):
        html = render_to_string(template, context)
        css = render_to_string(stylesheet, context)
    fonts = FontConfiguration()
    fetcher = _LocalFetcher()
    sheet = CSS(string=f"{FONT_FACE}\n{css}", font_config=fonts, url_fetcher=fetcher)
    with _few_collections(), _fixed_font_dates():
        document = HTML(string=html, url_fetcher=fetcher).render(stylesheets=[sheet], font_config=fonts)
        content = document.write_pdf(
            finisher=_finish, pdf_variant="pdf/ua-1", pdf_identifier=identifier.encode("ascii", "replace")
        )
    return Pdf(content, len(document.pages))


def _finish(document: Document, pdf: pydyf.PDF) -> None:
    """Give header cells their scope, which WeasyPrint leaves out, and look whether the tags are complete."""
    tags = {number: tag for number, tag in enumerate(pdf.objects) if isinstance(tag, pydyf.Dictionary) and "S" in tag}
    if not document.metadata.title or not any(tag.get("Type") == "/StructTreeRoot" for tag in _dictionaries(pdf)):
        raise PdfError("the document has no title or no tags")
    for tag in tags.values():
        if tag["S"] == "/Figure" and not tag.get("Alt"):
            raise PdfError("a figure has no text for those who do not see it")
        if tag["S"] == "/TH":
            scope = "Column" if _stands_in_head(tag, tags) else "Row"
            tag["A"] = pydyf.Dictionary({"O": "/Table", "Scope": f"/{scope}"} | dict(tag.get("A", {})))


def _stands_in_head(tag: pydyf.Dictionary, tags: dict[int, pydyf.Dictionary]) -> bool:
    while (parent := tags.get(_number(tag.get("P")))) is not None:
        if parent["S"] in ("/THead", "/TBody"):
            return bool(parent["S"] == "/THead")
        tag = parent
    return False


def _number(reference: object) -> int:
    found = re.match(rb"(\d+) ", reference) if isinstance(reference, bytes) else None
    return int(found[1]) if found else -1


def _dictionaries(pdf: pydyf.PDF) -> Iterator[pydyf.Dictionary]:
    return (entry for entry in pdf.objects if isinstance(entry, pydyf.Dictionary))


@contextmanager
def _few_collections() -> Iterator[None]:
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(200_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def _fixed_font_dates() -> Iterator[None]:
    """fontTools writes the time into each font that it cuts down, unless this variable says which."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = "1577836800"
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before
