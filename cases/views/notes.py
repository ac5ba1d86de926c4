"""Contact notes: written in under a minute, never lost, edited for a day, corrected beside the original."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Staff
from cases import policies, workflow
from cases.enums import NoteType, Present, Right, Section
from cases.folding import fold
from cases.forms.notes import (
    AmendmentForm,
    NoteForm,
    draft_of,
    editable_until,
    initial_of_draft,
    initial_of_session,
    is_too_long,
)
from cases.frame import case_frame, goal_choices, goal_words, moved_words
from cases.models import CaseFile, ContactNote, Draft, PlannedSession
from cases.opening import open_section
from cases.sentence import clock, due_words, end_of, moment, stamp
from cases.timeline import load_notes, note_item
from cases.workflow.notes import NOTE
from core.editing import Place, edit_page
from core.htmx import redirect, render_page, wants_fragment
from core.paging import Order, page_of
from core.workflow import TransitionError

PAGE = 25
CHOICES = 12
# The fields that hold somebody's own words.
TYPED = ("summary", "participant_words", "observations", "next_steps")


# ---- which case -----------------------------------------------------------------------------------------------------


@require_safe
def note_quick(request: HttpRequest) -> HttpResponse:
    """One tap to the case to write about: those due first, then those seen last; or a search in the own caseload."""
    user = _user(request)
    query = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    cases = policies.caseload_of(user).open().select_related("participant").order_by("next_due_on", "-last_contact_at")
    if query:
        key = fold(query)
        named = cases.filter(participant__name_key__contains=key) if key else cases.none()
        cases = named | cases.filter(code__istartswith=query)
    now, zone = timezone.now(), user.unit.zone
    drafts = {draft.case_id for draft in policies.drafts_for(user, form=NOTE)}
    rows = [
        {
            "name": case.participant.shown_name,
            "code": case.code,
            "url": reverse("cases:note-new", args=[case.code]),
            "has_draft": case.pk in drafts,
            "due": due_words(end_of(case.next_due_on, zone), now, zone) if case.has_due else None,
            "seen": moment(case.last_contact_at, now, zone) if case.last_contact_at else "",
        }
        for case in cases[: CHOICES + 1]
    ]
    context = {"rows": rows[:CHOICES], "has_more": len(rows) > CHOICES, "query": query}
    return render_page(request, "cases/note_quick.html", context, fragment="note_choices")


# ---- the short form -------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def note_new(request: HttpRequest, code: str) -> HttpResponse:
    """The form. Sent twice it stores one note; refused it keeps every word, in the form and as a draft."""
    user = _user(request)
    case = _visible_case(user, code)
    if case is None:
        return _access_ended(request, code)
    if _has_moved(user, case):
        return _moved(request, case)
    policies.require(user, Right.EDIT, case, Section.NOTES)
    open_section(request, case, Section.NOTES)
    draft = policies.draft_of(user, case.code, NOTE)
    kind = user.unit.agency.kind
    now = timezone.now()
    offers: dict[str, Any] = {
        "goals": goal_choices(case) if policies.can(user, Right.VIEW, case, Section.PLAN) else [],
        "sessions": _sessions_offered(request, case, now),
    }
    if request.method != "POST":
        guess = _guess(request) | _of_session(request, offers["sessions"], kind, now)
        initial = initial_of_draft(draft.data) if draft else guess
        # What was typed stands; of a session tapped meanwhile only its name comes in.
        initial["session"] = initial.get("session") or guess.get("session", "")
        return _show_form(request, case, NoteForm(agency_kind=kind, initial=initial, **offers), draft)
    form = NoteForm(request.POST, agency_kind=kind, **offers)
    if not form.is_valid():
        return _show_form(request, case, form, draft, status=422)
    try:
        with transaction.atomic():
            note = workflow.write_note(
                case,
                by=user,
                client_id=form.cleaned_data["client_id"] or uuid.uuid4(),
                follow_up_on=form.cleaned_data["next_due"],
                session=form.chosen_session,
                **form.note_fields,
            )
    except TransitionError as refusal:
        form.add_error(None, str(refusal.message))
        draft = _keep_refused(request, case) or draft
        return _show_form(request, case, form, draft, status=409)
    except PermissionDenied:
        # While this waited for the case's lock, another unit took the case over.
        if _has_moved(user, case):
            return _moved(request, case)
        raise
    messages.success(request, _("Catatan tersimpan."))
    return redirect(request, "cases:note-detail", case.code, note.code)


@login_not_required
@require_POST
def note_draft(request: HttpRequest, code: str) -> HttpResponse:
    """What the form holds, kept two seconds after each change. Answers with the words for the save bar.

    The header X-Draft tells static/js/unsent.js that the server has what there is to keep.
    """
    if not request.user.is_authenticated:
        # Not the sign-in page inside the bar: a sentence, and the way back to this form.
        login = f"{reverse('account_login')}?next={reverse('cases:note-new', args=[code])}"
        return _saved(request, _("Anda sudah keluar. Tulisan masih ada di sini."), "exclamation-circle", url=login)
    user = _user(request)
    case = _visible_case(user, code)
    data = draft_of(request.POST)
    if case is not None and not is_too_long(data) and _has_moved(user, case):
        _keep(user, case, data)
        return _saved(request, _("Berkas beralih ke unit lain. Draf Anda tersimpan."), "check-circle", kept=True)
    if case is None or not policies.can(user, Right.EDIT, case, Section.NOTES):
        text = _("Belum tersimpan: akses Anda ke kasus ini sudah berakhir.")
        return _saved(request, text, "exclamation-circle", status=409)
    if is_too_long(data):
        return _saved(request, _("Belum tersimpan: tulisan terlalu panjang."), "exclamation-circle", status=422)
    if not _has_words(data):
        return _saved(request, "", "", kept=True)
    draft = workflow.save_draft(case, by=user, form=NOTE, client_id=_client_id(data), data=data)
    if draft is None:
        return _saved(request, _("Catatan ini sudah tersimpan."), "check-circle", kept=True)
    return _saved(request, _saved_words(draft, user), "check-circle", kept=True)


@require_POST
def note_draft_discard(request: HttpRequest, code: str) -> HttpResponse:
    """Throw the own draft away; also when the case itself can no longer be opened."""
    user = _user(request)
    draft = policies.draft_of(user, code, NOTE)
    if draft is None:
        raise Http404
    workflow.discard_draft(draft.case, by=user, form=NOTE)
    messages.success(request, _("Draf dihapus."))
    return redirect(request, "home")


def _show_form(
    request: HttpRequest, case: CaseFile, form: NoteForm, draft: Draft | None, *, status: int = 200
) -> HttpResponse:
    user = _user(request)
    return render_page(
        request,
        "cases/note_new.html",
        {
            "case": case,
            "name": case.participant.shown_name,
            "form": form,
            "is_closed": not case.is_open,
            "draft": draft,
            "draft_moment": moment(draft.saved_at, timezone.now(), user.unit.zone) if draft else "",
            "state": _saved_words(draft, user) if draft else "",
            "autosave_url": reverse("cases:note-draft", args=[case.code]),
        },
        fragment="note_form",
        status=status,
    )


def _has_moved(user: Staff, case: CaseFile) -> bool:
    """Whether this person wrote here until another unit took the case over, and still reads."""
    standing = policies.standing(user, case)
    return standing.former_until is not None and Right.EDIT not in standing.rights.get(Section.NOTES, ())


def _moved(request: HttpRequest, case: CaseFile) -> HttpResponse:
    """What was typed while the case moved away: kept as a draft and shown back, with whom it now concerns."""
    user = _user(request)
    case = CaseFile.objects.select_related("lead_unit").get(pk=case.pk)
    data = draft_of(request.POST)
    if not is_too_long(data):
        _keep(user, case, data)
    if not _has_words(data) and policies.draft_of(user, case.code, NOTE) is None:
        raise PermissionDenied(moved_words(case))
    return _access_ended(request, case.code, case)


def _has_words(data: dict[str, list[str]]) -> bool:
    return any("".join(data.get(name, [])).strip() for name in TYPED)


def _keep(user: Staff, case: CaseFile, data: dict[str, list[str]]) -> None:
    if _has_words(data):
        workflow.keep_words(case, by=user, form=NOTE, client_id=_client_id(data), data=data)


def _access_ended(request: HttpRequest, code: str, moved: CaseFile | None = None) -> HttpResponse:
    """The case is not (or no longer) this person's: what they typed is shown back to them, whatever the code says.

    The answer to a case that never was is the same, so that nobody learns from it which codes exist. ``moved``: it is
    another unit's now, and this person still reads it.
    """
    user = _user(request)
    draft = policies.draft_of(user, code, NOTE)
    data = draft_of(request.POST) if request.method == "POST" else draft.data if draft else {}
    if not data:
        raise Http404
    texts = [
        {"label": NoteForm.base_fields[name].label, "text": words}
        for name in TYPED
        if (words := "\n".join(data.get(name, [])).strip())
    ]
    context = {
        "code": code,
        "texts": texts,
        "has_draft": draft is not None,
        "unit": moved.lead_unit.short_name if moved else "",
        "supervisors": ", ".join(person.full_name for person in policies.supervisors_of(moved)[:3]) if moved else "",
    }
    # Shown in place of the form as well, which a 404 would not be.
    status = 409 if moved or wants_fragment(request) else 404
    return render_page(request, "cases/note_kept.html", context, fragment="note_kept", status=status)


def _guess(request: HttpRequest) -> dict[str, Any]:
    """A kind of contact that the link came with (?type=telepon)."""
    kind = request.GET.get("type", "")
    return {"type": kind} if kind in NoteType.values else {}


def _of_session(request: HttpRequest, sessions: list[PlannedSession], kind: str, now: dt.datetime) -> dict[str, Any]:
    """The planned session that the link came with (?session=K7M4-29QX)."""
    asked = request.GET.get("session", "")
    session = next((one for one in sessions if one.code == asked), None)
    return initial_of_session(session, kind, now) if session else {}


def _sessions_offered(request: HttpRequest, case: CaseFile, now: dt.datetime) -> list[PlannedSession]:
    """Those that wait for a note; sent again, also the one that this very note has taken: it is stored once."""
    waiting = Q(pk__in=case.planned_sessions.to_write_about(now).values("pk"))
    if request.method == "POST":
        waiting |= Q(note__client_id=_client_id(draft_of(request.POST)), note__author=_user(request))
    return list(case.planned_sessions.filter(waiting))


def _keep_refused(request: HttpRequest, case: CaseFile) -> Draft | None:
    """A note that the case does not take (somebody closed it meanwhile) stays as a draft, also without a script."""
    data = draft_of(request.POST)
    if is_too_long(data):
        return None
    return workflow.save_draft(case, by=_user(request), form=NOTE, client_id=_client_id(data), data=data)


def _client_id(data: dict[str, list[str]]) -> uuid.UUID:
    try:
        return uuid.UUID((data.get("client_id") or [""])[-1])
    except ValueError:
        return uuid.uuid4()


def _saved(
    request: HttpRequest, state: object, icon: str, *, url: str = "", kept: bool = False, status: int = 200
) -> HttpResponse:
    answer = render_page(request, "cases/_draft_state.html", {"state": state, "icon": icon, "url": url}, status=status)
    if kept:
        answer["X-Draft"] = "kept"
    return answer


def _saved_words(draft: Draft, user: Staff) -> str:
    return gettext("Draf tersimpan %(clock)s") % {"clock": clock(draft.saved_at, user.unit.zone)}


# ---- reading --------------------------------------------------------------------------------------------------------


@require_safe
def note_list(request: HttpRequest, code: str) -> HttpResponse:
    """All notes of a case, newest contact first, corrections under their original."""
    user = _user(request)
    case = get_object_or_404(policies.cases_in_sight(user).with_list_data(), code=code)
    frame = case_frame(user, case, Section.NOTES)
    open_section(request, case, Section.NOTES)
    page = page_of(
        [ContactNote.objects.filter(case=case, amends=None)],
        Order("-occurred_at"),
        cursor=request.GET.get("cursor", ""),
        size=PAGE,
        load=load_notes,
    )
    return render_page(
        request,
        "cases/note_list.html",
        frame
        | {
            "items": [note_item(note, user) for note in page.rows],
            "summary": ngettext("%(count)d catatan", "%(count)d catatan", page.count) % {"count": page.count},
            "next_url": f"?cursor={page.next_cursor}" if page.next_cursor else "",
            "previous_url": f"?cursor={page.previous_cursor}" if page.previous_cursor else "",
        },
        fragment="notes",
    )


@require_safe
def note_detail(request: HttpRequest, code: str, note_code: str) -> HttpResponse:
    user = _user(request)
    case = get_object_or_404(policies.cases_in_sight(user).with_list_data(), code=code)
    frame = case_frame(user, case, Section.NOTES, _("Catatan kontak"))
    open_section(request, case, Section.NOTES)
    note = get_object_or_404(load_notes(_notes(case)), code=note_code)
    may_write = Right.EDIT in frame["rights"][Section.NOTES]
    is_mine = note.author_id == user.pk and note.is_freely_editable
    return render_page(
        request,
        "cases/note_detail.html",
        frame
        | {
            "note": note,
            "item": note_item(note, user),
            "recorded": stamp(note.recorded_at, user.unit.zone),
            "amendments": [
                {
                    "title": gettext("Pembetulan: %(reason)s") % {"reason": amendment.amendment_reason},
                    "meta": f"{stamp(amendment.recorded_at, user.unit.zone)} · {amendment.author.full_name}",
                    "text": amendment.summary,
                }
                for amendment in note.amendments.all()
            ],
            "duration": gettext("%(n)d menit") % {"n": note.duration_min} if note.duration_min else "",
            "present": ", ".join(str(who.label) for who in Present if who in note.present),
            "goals": goal_words(case, note.goals, frame["seen"]),
            "session": PlannedSession.objects.filter(note=note).first(),
            "edit_until": stamp(editable_until(note), user.unit.zone) if may_write and is_mine else "",
            "may_amend": may_write and not is_mine,
        },
    )


# ---- changing -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def note_edit(request: HttpRequest, code: str, note_code: str) -> HttpResponse:
    """The author's own change within a day."""
    user = _user(request)
    note = _writable_note(user, code, note_code)
    open_section(request, note.case, Section.NOTES)
    if note.author_id != user.pk:
        raise PermissionDenied(_("Yang dapat menyunting: %(name)s.") % {"name": note.author.full_name})
    kind = user.unit.agency.kind
    goals = goal_choices(note.case, note.goals) if policies.can(user, Right.VIEW, note.case, Section.PLAN) else []
    if request.method != "POST" and not note.is_freely_editable:
        return redirect(request, "cases:note-amend", code, note_code)
    return edit_page(
        request,
        note,
        form_of=lambda data, row: NoteForm(data, agency_kind=kind, note=row, goals=goals),
        save=lambda form, version: workflow.edit_note(note, by=user, version=version, **form.note_fields),
        place=Place(
            "cases/note_edit.html",
            reverse("cases:note-detail", args=[code, note_code]),
            _("Perubahan tersimpan."),
            _about(note),
            parent=_("Catatan kontak"),
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def note_amend(request: HttpRequest, code: str, note_code: str) -> HttpResponse:
    """A correction with its reason; the original stays as it was written."""
    user = _user(request)
    note = _writable_note(user, code, note_code)
    open_section(request, note.case, Section.NOTES)
    form = AmendmentForm(request.POST or None, initial={"client_id": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        workflow.amend_note(note, by=user, **form.cleaned_data)
        messages.success(request, _("Pembetulan tersimpan di bawah catatan asli."))
        return redirect(request, "cases:note-detail", code, note_code)
    context = _about(note) | {"form": form, "item": note_item(note, user)}
    return render_page(request, "cases/note_amend.html", context, status=422 if form.is_bound else 200)


def _about(note: ContactNote) -> dict[str, Any]:
    return {"note": note, "case": note.case, "name": note.case.participant.shown_name}


# ---- shared ---------------------------------------------------------------------------------------------------------


def _user(request: HttpRequest) -> Staff:
    return request.user  # type: ignore[return-value]


def _visible_case(user: Staff, code: str) -> CaseFile | None:
    """The case, if this person may read its notes now."""
    readable = policies.cases_for(user, section=Section.NOTES)
    return readable.select_related("participant", "lead_unit").filter(code=code).first()


def _notes(case: CaseFile) -> QuerySet[ContactNote]:
    return ContactNote.objects.filter(case=case, amends=None)


def _writable_note(user: Staff, code: str, note_code: str) -> ContactNote:
    """The original note of ``note_code``; 404 unless its case can be read, 403 unless it can be written."""
    case = _visible_case(user, code)
    if case is None:
        raise Http404
    policies.require(user, Right.EDIT, case, Section.NOTES)
    notes = load_notes(_notes(case)).select_related("case__participant", "author")
    return get_object_or_404(notes, code=note_code)
