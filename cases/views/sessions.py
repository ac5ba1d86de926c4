"""Planned sessions: agreed on, answered with one tap or a reason, moved to another day, taken back the same day."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Staff
from cases import workflow
from cases.enums import Present, Section
from cases.enums.sessions import MET, SessionOutcome
from cases.forms.sessions import MoveForm, NotHeldForm, SessionForm
from cases.frame import goal_choices, goal_words
from cases.models import CaseFile, PlannedSession
from cases.sentence import Due, clock, day, due_words
from cases.views.pages import if_editing, open_page
from cases.workflow.sessions import can_undo
from core.editing import tell
from core.htmx import redirect, render_page
from core.paging import Order, page_of
from core.workflow import TransitionError

PAGE = 25
# Nobody agrees on more ahead; the list of those that wait stays whole up to here.
WAITING = 50

asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def session_list(request: HttpRequest, code: str) -> HttpResponse:
    """What lies ahead or waits for an answer, and what came of the others, newest first."""
    user = _user(request)
    case, frame = open_page(request, code, Section.NOTES, _("Sesi terencana"))
    waiting = case.planned_sessions.waiting()
    page = page_of(
        [PlannedSession.objects.filter(case=case).exclude(pk__in=waiting.values("pk"))],
        Order("-planned_at"),
        cursor=request.GET.get("cursor", ""),
        size=PAGE,
        load=lambda rows: rows.select_related("case", "follows", "note"),
    )
    return render_page(
        request,
        "cases/session_list.html",
        frame
        | {
            "new_url": if_editing(frame, "cases:session-new"),
            "waiting": [session_row(session, user) for session in waiting.select_related("case", "follows")[:WAITING]],
            "past": [session_row(session, user) for session in page.rows],
            "summary": ngettext("%(count)d sesi", "%(count)d sesi", page.count) % {"count": page.count},
            "next_url": f"?cursor={page.next_cursor}" if page.next_cursor else "",
            "previous_url": f"?cursor={page.previous_cursor}" if page.previous_cursor else "",
        },
        fragment="sessions",
    )


@asks_or_acts
def session_new(request: HttpRequest, code: str) -> HttpResponse:
    user = _user(request)
    case, frame = open_page(request, code, Section.NOTES, _("Rencanakan sesi"), edit=True)
    goals = goal_choices(case) if Section.PLAN in frame["seen"] else []
    form = SessionForm(request.POST or None, agency_kind=user.unit.agency.kind, goals=goals)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            workflow.plan_session(case, by=user, **form.cleaned_data)
        except TransitionError as refusal:
            status = tell(form, refusal)
        else:
            messages.success(request, _("Sesi direncanakan."))
            return redirect(request, "cases:session-list", case.code)
    context = frame | {"form": form, "back": "cases:session-list"}
    return render_page(request, "cases/case_form.html", context, status=status)


@asks_or_acts
def session_detail(request: HttpRequest, code: str, session_code: str) -> HttpResponse:
    """One session: what was agreed, what came of it, and the form that says why it was not held."""
    user = _user(request)
    case, frame = open_page(request, code, Section.NOTES, _("Rincian sesi"), edit=request.method == "POST")
    session = _session(case, session_code)
    form = NotHeldForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        outcome = SessionOutcome(form.cleaned_data["outcome"])
        try:
            workflow.answer_session(
                session, by=user, outcome=outcome, reason=form.cleaned_data["reason"], words=form.cleaned_data["words"]
            )
        except TransitionError as refusal:
            session, status = _session(case, session_code), tell(form, refusal)
        else:
            messages.success(request, _("Hasil sesi tersimpan."))
            return redirect(request, "cases:session-detail", case.code, session.code)
    may_edit = f"edit_{Section.NOTES.value}" in frame["actions"]
    context = frame | {
        "session": session,
        "row": session_row(session, user),
        "present": ", ".join(str(who.label) for who in Present if who in session.present),
        "goals": goal_words(case, session.goals, frame["seen"]),
        "moved_to": PlannedSession.objects.filter(follows=session).first(),
        "form": form,
        "may_answer": may_edit and session.is_planned,
        "may_move": may_edit and not session.is_met,
        "may_undo": may_edit and can_undo(session),
        "may_write": may_edit and session.wants_note,
    }
    return render_page(request, "cases/session_detail.html", context, status=status)


@require_POST
def session_met(request: HttpRequest, code: str, session_code: str) -> HttpResponse:
    """One tap: the person came, on time or late. Then its note, filled in as far as it was agreed on."""
    case, _frame = open_page(request, code, Section.NOTES, edit=True)
    session = _session(case, session_code)
    outcome = request.POST.get("outcome", "")
    if outcome not in MET:
        messages.error(request, _("Pilih hadir atau hadir terlambat."))
        return redirect(request, "cases:session-detail", case.code, session.code)
    session = workflow.answer_session(session, by=_user(request), outcome=SessionOutcome(outcome))
    if session.note_id is not None:
        return redirect(request, "cases:session-detail", case.code, session.code)
    note = reverse("cases:note-new", args=[case.code])
    return redirect(request, f"{note}?session={session.code}")


@asks_or_acts
def session_move(request: HttpRequest, code: str, session_code: str) -> HttpResponse:
    case, frame = open_page(request, code, Section.NOTES, _("Jadwalkan ulang sesi"), edit=True)
    session = _session(case, session_code)
    form = MoveForm(request.POST or None, session=session)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            moved = workflow.move_session(session, by=_user(request), **form.cleaned_data)
        except TransitionError as refusal:
            status = tell(form, refusal)
        else:
            messages.success(request, _("Sesi dijadwalkan ulang."))
            return redirect(request, "cases:session-detail", case.code, moved.code)
    context = frame | {"form": form, "back": "cases:session-list"}
    return render_page(request, "cases/case_form.html", context, status=status)


@require_POST
def session_undo(request: HttpRequest, code: str, session_code: str) -> HttpResponse:
    case, _frame = open_page(request, code, Section.NOTES, edit=True)
    session = workflow.undo_session(_session(case, session_code), by=_user(request))
    messages.success(request, _("Jawaban diurungkan."))
    return redirect(request, "cases:session-detail", case.code, session.code)


def session_row(session: PlannedSession, user: Staff) -> dict[str, Any]:
    """A session in words: when, what, what came of it, and from which day it was moved."""
    zone, now = user.unit.zone, timezone.now()
    today = now.astimezone(zone).date()
    local = session.planned_at.astimezone(zone)
    due = due_words(session.planned_at, now, zone) if not session.outcome else Due("")
    cause = [str(session.get_reason_display()), session.reason_words] if session.reason else []
    moved_from = day(session.follows.planned_at.astimezone(zone).date(), today) if session.follows else ""
    return {
        "session": session,
        "url": reverse("cases:session-detail", args=[session.case.code, session.code]),
        "note_url": f"{reverse('cases:note-new', args=[session.case.code])}?session={session.code}",
        "kind": session.get_type_display(),
        "when": f"{day(local.date(), today)}, {clock(session.planned_at, zone)}",
        "due": due,
        "said": session.get_outcome_display() if session.outcome else gettext("Direncanakan"),
        "cause": ", ".join(filter(None, cause)),
        "moved": gettext("dijadwal ulang dari %(day)s") % {"day": moved_from} if moved_from else "",
    }


def _session(case: CaseFile, code: str) -> PlannedSession:
    sessions = PlannedSession.objects.filter(case=case).select_related(
        "case__lead_unit", "follows", "note", "answered_by"
    )
    return get_object_or_404(sessions, code=code)


def _user(request: HttpRequest) -> Staff:
    return request.user  # type: ignore[return-value]
