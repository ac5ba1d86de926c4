"""Before a page of a case shows what is sensitive: a reason from whoever is off the caseload, a line in the journal.

Every view that shows a section of a case calls ``open_section`` once the right is asked (D I-22, ET-5). Whoever is not
on the caseload gives a reason once a case and sitting; ``cases.middleware`` turns ReasonNeededError into the page that
asks for it, or, for a fragment, into a link to that page. tests/test_urls.py walks through every address of a child.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pghistory
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.enums import JournalAction
from accounts.models import Staff
from accounts.workflow import write_journal
from cases.enums import Section
from cases.models import CaseFile
from cases.policies.relation import CASELOAD, relation_of

SITTING = dt.timedelta(minutes=30)
# A form that was opened with a reason may be sent after the sitting; nobody loses what they typed.
TYPING = dt.timedelta(hours=12)
SENSITIVE = frozenset({Section.ASSESSMENT, Section.CLINICAL})
QUEUE = gettext_noop("Dari antrean keputusan sendiri")
KEY = "opening_reasons"


class ReasonNeededError(Exception):
    """This person must say why before this page of ``case`` opens."""

    def __init__(self, case: CaseFile) -> None:
        super().__init__(case.code)
        self.case = case


def open_section(request: HttpRequest, case: CaseFile, section: Section, *, from_queue: bool = False) -> None:
    """Ask for a reason where one is needed, and write who reads what and why.

    ``from_queue``: the page is an item of this person's own approval queue, which is the reason itself.
    """
    reads = request.method in ("GET", "HEAD")
    asks = section in SENSITIVE or case.for_child
    if not asks and section not in (Section.IDENTITY, Section.NOTES):
        return
    user: Staff = request.user  # type: ignore[assignment]
    relation = relation_of(user, case)
    reason = ""
    if relation != CASELOAD:
        reason = QUEUE if from_queue else reason_given(request, case, SITTING if reads else TYPING)
        if asks and not reason:
            raise ReasonNeededError(case)
    elif section == Section.NOTES and not asks:
        return
    if reads:
        _journal(request, case, JournalAction.SECTION_READ, section=section.value, relation=relation, reason=reason)
    elif reason:
        # What is changed from here on carries the reason in its history too. Without a block nothing would hold it.
        pghistory.context(reason=reason)


def reason_given(request: HttpRequest, case: CaseFile, within: dt.timedelta = SITTING) -> str:
    """The reason for this case in this session, while it holds."""
    kept = request.session.get(KEY, {}).get(case.code)
    if not kept or timezone.now() - dt.datetime.fromisoformat(kept["at"]) > within:
        return ""
    return str(kept["reason"])


def give_reason(request: HttpRequest, case: CaseFile, reason: str) -> None:
    """Keep the reason for this sitting, and write it down."""
    now = timezone.now()
    reasons = {
        code: kept
        for code, kept in request.session.get(KEY, {}).items()
        if now - dt.datetime.fromisoformat(kept["at"]) <= TYPING
    }
    request.session[KEY] = reasons | {case.code: {"at": now.isoformat(), "reason": reason[:300]}}
    user: Staff = request.user  # type: ignore[assignment]
    _journal(request, case, JournalAction.REASON_GIVEN, relation=relation_of(user, case), reason=reason)


def reveal_nik(request: HttpRequest, case: CaseFile, reason: str) -> str:
    """The person's whole number; the line about it is written first."""
    user: Staff = request.user  # type: ignore[assignment]
    relation = relation_of(user, case)
    _journal(request, case, JournalAction.NIK_REVEALED, section=Section.IDENTITY, relation=relation, reason=reason)
    return case.participant.nik


def journal_read(
    request: HttpRequest, case: CaseFile, action: JournalAction, section: Section, detail: str = ""
) -> None:
    """A line about a read that is no section's own page: the history of a case, who has seen it, a document."""
    user: Staff = request.user  # type: ignore[assignment]
    relation, reason = relation_of(user, case), reason_given(request, case)
    _journal(request, case, action, section=section.value, relation=relation, reason=reason, detail=detail)


def journal_search(request: HttpRequest, action: JournalAction, found: list[CaseFile]) -> None:
    """That somebody was searched for, and the one case that it led to; never the name or the number."""
    write_journal(
        action,
        by=request.user,  # type: ignore[arg-type]
        object_code=found[0].code if len(found) == 1 else "",
        ip=request.META.get("REMOTE_ADDR") or None,
        request_id=getattr(request, "request_id", ""),
    )


def _journal(request: HttpRequest, case: CaseFile, action: JournalAction, **what: Any) -> None:
    write_journal(
        action,
        by=request.user,  # type: ignore[arg-type]
        object_code=case.code,
        ip=request.META.get("REMOTE_ADDR") or None,
        request_id=getattr(request, "request_id", ""),
        **what,
    )
