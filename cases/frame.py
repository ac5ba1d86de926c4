"""What surrounds every page of one case: head, tabs, what may be done now, and the panels of higher apps.

A page of a section, in whatever app, calls ``case_frame`` with a case from ``policies.cases_in_sight`` and extends
``cases/case_page.html`` (or includes ``cases/_case_head.html``). Higher apps fill ``SECTION_URLS`` and ``PANELS`` in
``apps.ready()`` with URL names; nothing here imports them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Staff
from cases import policies, workflow
from cases.enums import CLOSE, NEXT_STAGE, REOPEN, SUSPEND, CaseStatus, DatePrecision, Right, Section
from cases.models import CaseFile
from core.workflow import TransitionError

# Section -> URL name of its page, which takes the case's code. Each app adds its own; tabs follow Section's order.
SECTION_URLS: dict[Section, str] = {
    Section.SUMMARY: "cases:case-detail",
    Section.IDENTITY: "cases:identity",
    Section.LEGAL: "cases:legal",
    Section.NOTES: "cases:note-list",
    Section.CLINICAL: "cases:clinical",
    Section.DOCUMENTS: "cases:documents",
    Section.SUPERVISION: "cases:supervision",
    Section.ACCESS: "cases:access",
}


# How long before an 18th birthday the case page says so: time to talk with the person and the guardian.
AGE_NOTICE = dt.timedelta(days=90)


class Panel(NamedTuple):
    """A card of another app on the case page, fetched from its own URL, shown to those who see its section."""

    section: Section
    url_name: str
    title: str | Promise
    place: str = "main"  # facts (below the bridge) | main | aside

    @property
    def id(self) -> str:
        """Id of the card; the answer of the URL is a ``{% card %}`` with the same: assessments-summary-panel."""
        return self.url_name.replace(":", "-")


PANELS: list[Panel] = []


class GoalLine(NamedTuple):
    """A goal of the person's plan, as notes and closing name it: its code, its words, still worked on, reached."""

    code: str
    text: str
    is_open: bool
    is_met: bool


# All goals of a case's plans, oldest first; the app that has plans fills it. Kept on notes by their codes.
GOALS: list[Callable[[CaseFile], list[GoalLine]]] = []

# Cards of higher apps on the page of a request under UU PDP: kind of request, URL name (takes its code), title.
REQUEST_PANELS: list[tuple[str, str, str | Promise]] = []
# What stands side by side at /rights/: URL name and label. Higher apps add theirs.
RIGHTS_PLACES: list[tuple[str, str | Promise]] = [
    ("cases:rights-list", _("Permintaan hak")),
    ("cases:complaint-list", _("Pengaduan")),
    ("cases:breach-list", _("Insiden")),
]


def goals_of(case: CaseFile) -> list[GoalLine]:
    """For those who may read the case's plan."""
    return [goal for find in GOALS for goal in find(case)]


def goal_choices(case: CaseFile, kept: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Goals that a note can touch: those worked on, and those that it names already."""
    named = set(kept)
    return [(goal.code, goal.text) for goal in goals_of(case) if goal.is_open or goal.code in named]


def goal_words(case: CaseFile, codes: Iterable[str], seen: frozenset[Section]) -> list[str]:
    """The goals of these codes in words, for those who see the plan."""
    wanted = set(codes)
    if not wanted or Section.PLAN not in seen:
        return []
    return [goal.text for goal in goals_of(case) if goal.code in wanted]


@dataclass(frozen=True)
class Move:
    """Something that a person may do with the whole case: the right it needs and the states it starts from."""

    name: str
    label: str | Promise
    url_name: str
    right: Right
    sources: frozenset[str]
    section: Section = Section.SUMMARY


_OPEN_STATES = frozenset(CaseStatus) - {CaseStatus.CLOSED}
MOVES: dict[str, Move] = {
    move.name: move
    for move in (
        Move("note", _("Catat kontak"), "cases:note-new", Right.EDIT, _OPEN_STATES, Section.NOTES),
        Move(
            "rights", _("Catat permintaan hak"), "cases:rights-new", Right.VIEW, frozenset(CaseStatus), Section.ACCESS
        ),
        Move("move_on", _("Ke tahap berikutnya"), "cases:case-move-on", Right.EDIT, frozenset(NEXT_STAGE)),
        Move("assign", _("Tetapkan petugas"), "cases:case-assign", Right.APPROVE, _OPEN_STATES),
        Move("transfer", _("Usulkan alih berkas"), "cases:transfer-new", Right.EDIT, _OPEN_STATES),
        Move("suspend", _("Tangguhkan kasus"), "cases:case-suspend", Right.APPROVE, SUSPEND.sources),
        Move(
            "resume",
            _("Lanjutkan kasus"),
            "cases:case-resume",
            Right.APPROVE,
            frozenset({CaseStatus.SUSPENDED}),
        ),
        Move("close", _("Tutup kasus"), "cases:case-close", Right.APPROVE, CLOSE.sources),
        Move("reopen", _("Buka kembali kasus"), "cases:case-reopen", Right.APPROVE, REOPEN.sources),
        Move("tie", _("Saya punya hubungan dengan orang ini"), "cases:tie-declare", Right.VIEW, frozenset(CaseStatus)),
    )
}


def case_frame(user: Staff, case: CaseFile, current: Section, page: str | Promise = "") -> dict[str, Any]:
    """The context that every page of a case shares; raises PermissionDenied where ``current`` is not this person's.

    ``page`` names a page below the section's own (one note, a form). Keys: case, name, age, age_in_doubt,
    is_decided_adult, phone, section, page, rights ({Section: rights}), seen (sections that this person may see),
    emergency_until and emergency_minutes (of an emergency access), former_until (of the reading after a transfer),
    tabs, actions (names of ``MOVES`` possible now, and ``edit_<section>``), note_url, menu (the moves behind
    "Tindakan lain"), is_child, crumbs.
    """
    standing = policies.standing(user, case)
    rights = standing.rights
    seen = frozenset(section for section, held in rights.items() if Right.VIEW in held)
    if current not in seen:
        raise PermissionDenied(moved_words(case) if standing.former_until else "")
    if case.is_sealed:
        workflow.note_reading(case, by=user, section=current)
    possible = [move for move in MOVES.values() if _is_possible(move, case, rights)]
    edits = {f"edit_{section.value}" for section, held in rights.items() if Right.EDIT in held and case.is_open}
    return {
        "case": case,
        "section": current,
        "page": page,
        "rights": rights,
        "seen": seen,
        "is_child": case.for_child,
        "emergency_until": standing.emergency_until,
        "emergency_minutes": _minutes_until(standing.emergency_until),
        "former_until": standing.former_until,
        "name": case.participant.shown_name,
        "age": case.participant.age,
        "age_in_doubt": case.participant.age_in_doubt,
        "is_decided_adult": case.participant.adult_decided_at is not None,
        "phone": case.participant.phone if Section.IDENTITY in seen else "",
        "tabs": [
            {"label": section.label, "url": url, "current": section == current, "count": None}
            for section in Section
            if section in seen and (url := _section_url(case, section))
        ],
        "actions": {move.name for move in possible} | edits,
        "note_url": next((reverse(move.url_name, args=[case.code]) for move in possible if move.name == "note"), ""),
        "menu": [
            {"label": move.label, "url": reverse(move.url_name, args=[case.code])}
            for move in possible
            if move.name != "note"
        ]
        + _new_task(case, rights)
        # For whoever sees anything of the case (ET-19).
        + [
            {
                "label": _("Laporkan kekeliruan atau bahaya"),
                "url": reverse("cases:case-complaint-new", args=[case.code]),
            }
        ],
        "crumbs": _crumbs(case, current, seen, page),
    }


def _new_task(case: CaseFile, rights: dict[Section, frozenset[Right]]) -> list[dict[str, Any]]:
    """The team and the supervisor write tasks by hand."""
    writes = case.is_open and rights.get(Section.SUMMARY, frozenset()) & {Right.EDIT, Right.APPROVE}
    return [{"label": _("Buat tugas"), "url": reverse("cases:task-new", args=[case.code])}] if writes else []


def moved_words(case: CaseFile) -> str:
    """Why the team that had the case until it moved changes nothing any more."""
    return _("Berkas ini sudah beralih ke %(unit)s. Anda hanya dapat membaca.") % {"unit": case.lead_unit.short_name}


def age_notice(frame: dict[str, Any]) -> dict[str, Any] | None:
    """For ``cases/_age_notice.html``: nothing where the birth date tells whether this is a child.

    ``url``: where the lead unit's supervisor decides, or takes the decision back. By whom and why it was decided is
    for those who read the identity in a file of the agency that decided: it would tell others who knows the person.
    """
    case = frame["case"]
    person = case.participant
    if not person.age_in_doubt:
        return None
    is_decided = person.adult_decided_at is not None
    decides = Right.APPROVE in frame["rights"].get(Section.IDENTITY, ())
    name = "cases:age-withdraw" if is_decided else "cases:age-decide"
    return {
        "person": person,
        "is_decided": is_decided,
        "shows_reason": Section.IDENTITY in frame["seen"] and is_decided and _decided_by_ours(case),
        "url": reverse(name, args=[case.code]) if decides else "",
    }


def turns_eighteen_on(frame: dict[str, Any]) -> dt.date | None:
    """The 18th birthday when it is near, for those who read the identity; from it on the person is asked (I-7)."""
    case, today = frame["case"], timezone.localdate()
    day = case.adult_from
    is_known = case.participant.birth_date_precision == DatePrecision.DAY and Section.IDENTITY in frame["seen"]
    return day if is_known and day is not None and today < day <= today + AGE_NOTICE else None


def _decided_by_ours(case: CaseFile) -> bool:
    decider = case.participant.adult_decided_by
    return decider is not None and decider.unit.agency_id == case.lead_agency_id


def _minutes_until(at: dt.datetime | None) -> int:
    """Whole minutes left, so that nobody reads a time that is over."""
    return max(0, int((at - timezone.now()).total_seconds() // 60)) if at else 0


def _is_possible(move: Move, case: CaseFile, rights: dict[Section, frozenset[Right]]) -> bool:
    if case.is_sealed and move.name == "reopen":  # its reader may, who otherwise only reads
        return Right.VIEW in rights.get(move.section, ())
    return case.status in move.sources and move.right in rights.get(move.section, ())


def require_move(user: Staff, case: CaseFile, name: str) -> None:
    """Before a move's own page opens: PermissionDenied without the right, TransitionError from the wrong state."""
    move = MOVES[name]
    if name == "reopen" and case.is_sealed:
        policies.require_reopening(user, case)
    elif not policies.can(user, move.right, case, move.section):
        raise PermissionDenied(_who_may(case, move))
    if case.status not in move.sources:
        raise TransitionError(
            _("Langkah ini tidak dapat dilakukan dari keadaan “%(state)s”.") % {"state": case.get_status_display()}
        )


def _who_may(case: CaseFile, move: Move) -> str:
    if move.right == Right.APPROVE:
        names = [person.full_name for person in policies.supervisors_of(case)[:3]]
    else:
        names = [case.lead_worker.full_name] if case.lead_worker else []
    return _("Yang dapat melakukan ini: %(names)s.") % {"names": ", ".join(names)} if names else ""


def panels(case: CaseFile, seen: frozenset[Section], place: str) -> list[dict[str, Any]]:
    """Cards of higher apps for one place of the case page, only of sections that this person may see."""
    return [
        {"id": panel.id, "url": reverse(panel.url_name, args=[case.code]), "title": panel.title}
        for panel in (Panel(*entry) for entry in PANELS)
        if panel.place == place and panel.section in seen
    ]


def _section_url(case: CaseFile, section: Section) -> str:
    name = SECTION_URLS.get(section)
    return reverse(name, args=[case.code]) if name else ""


def _crumbs(case: CaseFile, current: Section, seen: frozenset[Section], page: str | Promise) -> list[dict[str, Any]]:
    """List, case, section, page below it. Who sees no summary (a data admin) gets no way to list and case."""
    steps: list[dict[str, Any]] = []
    if Section.SUMMARY in seen:
        name = case.participant.shown_name
        steps.append({"label": pgettext_lazy("jamak", "Kasus"), "url": reverse("cases:case-list"), "code": ""})
        steps.append({"label": name, "url": _section_url(case, Section.SUMMARY), "code": case.code})
    if current != Section.SUMMARY:
        steps.append({"label": current.label, "url": _section_url(case, current), "code": ""})
    if page:
        steps.append({"label": page, "url": "", "code": ""})
    steps[-1]["url"] = ""
    return steps
