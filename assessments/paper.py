"""The empty form on paper, for days without a computer: what an instrument asks, never how answers count (I-6).

Nothing of a person is printed; the code of the case is written in by hand. Made in the request that asks for it (about
a second for the longest), then kept by its content: the same version gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.cache import cache
from django.utils import translation

from assessments.catalogue import Instrument, Item
from assessments.enums import AssessmentReason, Confidence, Mode, NonRating, Source
from assessments.forms import words
from assessments.models import InstrumentVersion
from core.pdf import render_pdf

LANGUAGES = ("id", "en")
KEPT = 7 * 24 * 3600


def blank_form(version: InstrumentVersion, *, language: str, mode: str | None = None) -> bytes:
    """A4, in one language, of one scope where the instrument has several."""
    key = f"paper:{version.content_hash}:{version.status}:{language}:{mode or ''}:{LAYOUT}"
    content: bytes | None = cache.get(key)
    if content is None:
        with translation.override(language):
            context = _context(version, mode, language)
        content = render_pdf(
            "pdf/blank_form.html",
            context,
            language=language,
            identifier=key,
            stylesheet="pdf/blank_form.css",
        ).content
        cache.set(key, content, KEPT)
    return content


# Part of the key: raise it when the template changes, so that no former page is handed out.
LAYOUT = 1


def _context(version: InstrumentVersion, mode: str | None, language: str) -> dict[str, Any]:
    instrument = version.parsed
    chosen = instrument.mode(mode)
    has_bands = chosen is None or chosen.has_bands
    return {
        "language": language,
        "dated": version.published_at or dt.datetime.combine(version.effective_from, dt.time(), dt.UTC),
        "instrument": instrument,
        "version": version,
        "title": words(instrument.title),
        "purpose": words(instrument.purpose),
        "scope": str(Mode(chosen.code).label) if chosen and chosen.code in Mode.values else "",
        "notice": words(instrument.notice),
        "never_consider": words(instrument.never_consider),
        "stop_rule": words(instrument.stop_rule),
        "reasons": [str(reason.label) for reason in AssessmentReason],
        "domains": [
            {
                "title": f"{domain.code}. {words(domain.title)}",
                "items": [_item(instrument, item) for item in domain.items],
            }
            for domain in instrument.domains_in(mode)
        ],
        "narratives": [words(narrative.label) for narrative in instrument.narratives],
        "bands": [words(instrument.band(code).label) for code in instrument.final_judgement.options]
        if has_bands
        else [],
    }


def _item(instrument: Instrument, item: Item) -> dict[str, Any]:
    gate = instrument.precondition
    # Not applicable is not offered on an item of security or protection, as on the screen.
    others = [NonRating.UNKNOWN] if item.critical != "none" else list(NonRating)
    return {
        "code": item.code,
        "text": words(item.text),
        "help": words(item.help),
        "ages": f"{item.age.min}–{item.age.max}" if item.age else "",
        "gate": _gate(instrument) if gate is not None and item.code in gate.closes else "",
        "values": [
            {
                "number": str(known.value) if isinstance(known.value, int) else "",
                "label": words(known.label),
                "anchor": words(item.anchor(known.value)),
            }
            for known in item.scale.values
        ],
        "others": [str(other.label) for other in others],
        "sources": [str(source.label) for source in Source if source.value in instrument.sources],
        "confidences": [str(level.label) for level in Confidence if level.value in instrument.confidences],
    }


def _gate(instrument: Instrument) -> str:
    gate = instrument.precondition
    assert gate is not None
    answer = words(instrument.items[gate.item].scale.label(gate.answer))
    told = translation.gettext("Hanya ditanyakan bila %(item)s dijawab “%(answer)s”; jika tidak, pilih “%(unknown)s”.")
    return told % {"item": gate.item, "answer": answer, "unknown": NonRating.UNKNOWN.label}
