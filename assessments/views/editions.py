"""A version or a draft of an instrument: finding it, telling what it holds, and what differs between two."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.catalogue import Instrument, to_yaml
from assessments.enums import InstrumentCode, VersionStatus
from assessments.forms import words
from assessments.models import InstrumentDraft, InstrumentVersion
from assessments.outline import ChapterChange, FactChange, Part, compare, outline
from assessments.vetting import Vetted, vet
from core.conflict import marked

DRAFT_PREFIX = "draf-"
PEOPLE = ("author", "published_by", "withdrawn_by")


def versions_of(instrument: str) -> list[InstrumentVersion]:
    """Newest first; 404 for an instrument that there is not."""
    if instrument not in InstrumentCode.values:
        raise Http404
    return list(InstrumentVersion.objects.filter(instrument=instrument).select_related(*PEOPLE).order_by("-pk"))


def version_of(instrument: str, number: str) -> InstrumentVersion:
    return get_object_or_404(InstrumentVersion.objects.select_related(*PEOPLE), instrument=instrument, version=number)


def draft_of(code: str) -> InstrumentDraft:
    rows = InstrumentDraft.objects.select_related("author", "closed_by", "based_on", "became")
    return get_object_or_404(rows, code=code)


def current_of(instrument: str) -> InstrumentVersion | None:
    return InstrumentVersion.objects.filter(instrument=instrument, status=VersionStatus.PUBLISHED).first()


@dataclass(frozen=True)
class Edition:
    """A version or a draft: one that can be read, printed and compared."""

    row: InstrumentVersion | InstrumentDraft

    @property
    def key(self) -> str:
        """Names it in an address: `1.0.0`, `draf-K7M4-29QX`."""
        return f"{DRAFT_PREFIX}{self.row.code}" if isinstance(self.row, InstrumentDraft) else self.row.version

    @property
    def name(self) -> str:
        if isinstance(self.row, InstrumentDraft):
            number = self.instrument.version if self.instrument else "?"
            return _("Draf %(version)s, %(author)s") % {"version": number, "author": self.row.author.full_name}
        return f"{self.row.version} ({self.row.get_status_display().lower()})"

    @property
    def url(self) -> str:
        if isinstance(self.row, InstrumentDraft):
            return reverse("assessments:draft", args=[self.row.code])
        return reverse("assessments:instrument", args=[self.row.instrument, self.row.version])

    @cached_property
    def vetted(self) -> Vetted:
        if isinstance(self.row, InstrumentDraft):
            return vet(self.row.source, self.row.instrument)
        return Vetted(self.row.parsed)

    @property
    def instrument(self) -> Instrument | None:
        return self.vetted.instrument


def source_of(row: InstrumentVersion | InstrumentDraft) -> str:
    """The text as its author wrote it, comments included; of the project's own files, written out again."""
    if isinstance(row, InstrumentDraft):
        return row.source
    draft = InstrumentDraft.objects.filter(became=row).first()
    return draft.source if draft is not None else to_yaml(row.parsed)


def frame_of(instrument: str, here: str) -> dict[str, Any]:
    return {"instrument_code": instrument, "here": here, "list_url": reverse("assessments:instruments")}


def told(instrument: Instrument) -> list[dict[str, Any]]:
    return [
        {
            "key": chapter.key,
            "title": words(chapter.title),
            "parts": [
                {
                    **named(part),
                    "facts": [(words(fact.label), words(fact.value)) for fact in part.facts],
                }
                for part in chapter.parts
            ],
        }
        for chapter in outline(instrument)
        if chapter.parts
    ]


def named(part: Part) -> dict[str, str]:
    """What a part is called: `A1` stands before its words, a longer code of the rules after them."""
    is_short = len(part.code) < 5
    return {
        "code": part.code if is_short else "",
        "title": words(part.title),
        "long_code": "" if is_short else part.code,
    }


KINDS = {"added": "done", "removed": "due", "changed": "soon"}


def changes_between(before: Instrument | None, after: Instrument | None) -> list[dict[str, Any]]:
    if before is None or after is None:
        return []
    return [_chapter_row(change) for change in compare(before, after)]


def _chapter_row(change: ChapterChange) -> dict[str, Any]:
    labels = {"added": _("baru"), "removed": _("dihapus"), "changed": _("berubah")}
    return {
        "key": change.chapter.key,
        "title": words(change.chapter.title),
        "kind": labels[change.kind] if change.kind != "changed" else "",
        "parts": [
            {
                **named(part.part),
                "kind": labels[part.kind],
                "chip": KINDS[part.kind],
                "rows": [row for fact in part.facts for row in _fact_rows(fact)],
            }
            for part in change.parts
        ],
    }


def _fact_rows(fact: FactChange) -> list[dict[str, Any]]:
    """One row, or one for each language where the two say it in words of their own."""
    values = [value for value in (fact.before, fact.after) if value is not None]
    if all(value.id == value.en for value in values):
        return [_fact_row(fact, "id", "")]
    own = (get_language() or "id").split("-")[0]
    return [_fact_row(fact, code, code.upper()) for code in sorted(fact.languages, key=lambda code: code != own)]


def _fact_row(fact: FactChange, language: str, tag: str) -> dict[str, str | SafeString]:
    before = fact.before.to(language) if fact.before else ""
    after = fact.after.to(language) if fact.after else ""
    return {
        "label": words(fact.label),
        "language": tag,
        "before": before,
        "after": marked(after, before) if before and after else after,
    }
