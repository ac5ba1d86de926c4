"""The words in which a copy is declared, and how staff are named in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.enums import Section
from cases.models import CaseFile
from partners.enums import SharedField


@dataclass(frozen=True)
class Field:
    """One value of a record. ``source`` is the model's field; ``read`` words it where its type does not say enough."""

    key: str
    label: str | Promise
    source: str
    read: Callable[[Any], str] | None = None
    # Somebody's sentences: names of others that the case knows are blackened in it.
    is_words: bool = False
    # What whoever looks the copy through sees instead: a whole number is shown for a reason alone (cases.opening).
    on_screen: Callable[[Any], str] | None = None


@dataclass(frozen=True)
class Part:
    key: str
    title: str | Promise
    model: type[Model]
    rows: Callable[[CaseFile], QuerySet[Any]]
    fields: tuple[Field, ...]
    # Whoever looks the copy through may leave single records out; they are known by their code.
    may_withhold: bool = False


@dataclass(frozen=True)
class Chapter:
    key: str
    title: str | Promise
    section: Section
    parts: tuple[Part, ...]


def office(staff: Any) -> str:
    """A member of staff as the person may know them: profession and unit, never the name (their safety, Pasal 33)."""
    return f"{staff.get_profession_display()}, {staff.unit.short_name}"


def lead_worker(row: Any) -> str:
    return office(row.lead_worker) if row.lead_worker else ""


def words(key: str, label: Promise, source: str) -> Field:
    return Field(key, label, source, is_words=True)


def sections(row: Any) -> str:
    """Parts of the file that a grant or a consent names; a consent for a referral names what a referral may carry."""
    named = row.scope if hasattr(row, "scope") else row.sections
    return ", ".join(str(SCOPES.get(value, value)) for value in named)


SCOPES = {choice.value: choice.label for kind in (Section, SharedField) for choice in kind}
CODE = Field("code", _("Kode"), "code")
LEADS = "lead_unit", "lead_worker__unit"
