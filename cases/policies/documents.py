"""Who reads which document: those who see the documents of its case and the section as which it is read.

So a psychologist's report is read by that profession, and whoever was given the legal section alone reads no document.
What was withdrawn stays on record; its file opens to the unit's supervisor alone, for it may be somebody else's.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q

from accounts.enums import Role
from accounts.models import Staff
from cases.enums import Right, Section
from cases.enums.documents import READ_AS
from cases.models import CaseFile, Document
from cases.models.documents import DocumentQuerySet
from cases.policies import can, cases_for, require, went_along


def documents_for(user: Staff) -> DocumentQuerySet:
    """Every document that ``user`` may read; for one of them, or a queryset narrowed otherwise."""
    rows = [Q(section=section, case__in=cases_for(user, section=section).values("pk")) for section in READ_AS]
    seen = cases_for(user, section=Section.DOCUMENTS).values("pk")
    return Document.objects.filter(reduce(or_, rows), _here(user), case__in=seen)


def _here(user: Staff) -> Q:
    """What is clinical and did not go along when the case moved stays where it was, as the notes do."""
    if user.role == Role.SYSTEM:
        return Q()
    return ~Q(section=Section.CLINICAL) | went_along(user, "created_at")


def documents_of(user: Staff, case: CaseFile, seen: Iterable[Section]) -> DocumentQuerySet:
    """Those of one case, for whoever sees these sections of it (``policies.sections_seen``)."""
    sections = frozenset(seen)
    rows = Document.objects.filter(_here(user), case=case, section__in=[section.value for section in sections])
    return rows if Section.DOCUMENTS in sections else rows.none()


def sections_to_read_as(rights: dict[Section, frozenset[Right]]) -> list[Section]:
    """As what this person may store a document: nobody writes what he could not read again."""
    return [section for section in READ_AS if Right.EDIT in rights.get(section, ())]


def require_writing(user: Staff, case: CaseFile, section: str) -> None:
    require(user, Right.EDIT, case, Section.DOCUMENTS)
    require(user, Right.EDIT, case, Section(section))


def may_open_file(user: Staff, document: Document) -> bool:
    return not document.is_withdrawn or can(user, Right.APPROVE, document.case)
