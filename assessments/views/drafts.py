"""Drafts of instruments: one admin writes, another compares and publishes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import policies, workflow
from assessments.enums import InstrumentCode
from assessments.forms import DraftForm, PublishForm, words
from assessments.models import InstrumentDraft, InstrumentVersion
from assessments.vetting import vet
from assessments.views.editions import (
    DRAFT_PREFIX,
    changes_between,
    current_of,
    draft_of,
    frame_of,
    source_of,
    versions_of,
)
from assessments.views.parts import staff
from core.editing import Place, edit_page
from core.htmx import redirect, render_page
from core.workflow import TransitionError

asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])


@asks_or_acts
def draft_new(request: HttpRequest, instrument: str) -> HttpResponse:
    """Begin with the text of a version or of another draft; pasting over it is as good."""
    user = staff(request)
    policies.require_instrument_admin(user)
    versions = versions_of(instrument)
    asked = request.GET.get("from", "")
    if asked.startswith(DRAFT_PREFIX):
        copied = draft_of(asked.removeprefix(DRAFT_PREFIX))
        if copied.instrument != instrument:
            raise Http404
        based_on, source = copied.based_on, copied.source
    else:
        named = next((version for version in versions if version.version == asked), None)
        based_on = named or next((version for version in versions if version.is_published), None) or versions[0]
        source = source_of(based_on)
    form = DraftForm(request.POST if request.method == "POST" else None, initial={"source": source})
    if form.is_bound and form.is_valid():
        try:
            draft = workflow.begin_draft(
                InstrumentCode(instrument),
                by=user,
                based_on=based_on,
                request_id=getattr(request, "request_id", ""),
                **form.cleaned_data,
            )
        except TransitionError as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _saved(draft))
            return redirect(request, "assessments:draft", draft.code)
    context = frame_of(instrument, _("Draf baru")) | {
        "form": form,
        "title": _("Draf baru %(instrument)s") % {"instrument": instrument},
        "based_on": based_on,
        "back": reverse("assessments:instruments"),
    }
    return render_page(request, "assessments/draft_form.html", context, status=422 if form.is_bound else 200)


def _saved(draft: InstrumentDraft) -> str:
    if vet(draft.source, draft.instrument).instrument is None:
        return _("Draf tersimpan. Isinya belum benar: lihat di bawah.")
    return _("Draf tersimpan. Isinya dapat dibaca.")


@asks_or_acts
def draft_edit(request: HttpRequest, code: str) -> HttpResponse:
    draft = draft_of(code)
    policies.require_author(staff(request), draft)
    back = reverse("assessments:draft", args=[draft.code])
    context = frame_of(draft.instrument, draft.code) | {
        "title": _("Ubah draf %(instrument)s") % {"instrument": draft.instrument},
        "based_on": draft.based_on,
        "back": back,
        "problems": _problems(draft)[:12],
    }

    def form_of(data: Any, row: InstrumentDraft) -> DraftForm:
        return DraftForm(data, initial={"source": row.source, "summary": row.summary})

    def save(form: Any, version: int) -> object:
        return workflow.edit_draft(
            draft,
            by=staff(request),
            version=version,
            request_id=getattr(request, "request_id", ""),
            **form.cleaned_data,
        )

    place = Place(
        "assessments/draft_form.html", back, _("Draf tersimpan."), context, parent=f"{draft.instrument} {draft.code}"
    )
    return edit_page(request, draft, form_of=form_of, save=save, place=place)


def _problems(draft: InstrumentDraft) -> list[dict[str, Any]]:
    """What is wrong, with its line and what stands there."""
    lines = draft.source.split("\n")
    rows = []
    for problem in vet(draft.source, draft.instrument).problems:
        line = problem.line if problem.line is not None and 0 < problem.line <= len(lines) else None
        rows.append(
            {
                "line": line,
                "place": _("Baris %(line)s") % {"line": line} if line else _("Seluruh isi"),
                "path": problem.path,
                "message": words(problem.said),
                "text": lines[line - 1].strip() if line else "",
            }
        )
    return sorted(rows, key=lambda row: row["line"] or 0)


@require_safe
def draft_detail(request: HttpRequest, code: str) -> HttpResponse:
    """The draft as it stands: its faults each beside its line, or what it would change."""
    user = staff(request)
    policies.require_instrument_reader(user)
    draft = draft_of(code)
    problems = _problems(draft)
    told: dict[int, list[dict[str, Any]]] = {}
    for problem in problems:
        told.setdefault(problem["line"] or 0, []).append(problem)
    current = current_of(draft.instrument)
    against = (draft.became and draft.based_on) or current or draft.based_on
    vetted = vet(draft.source, draft.instrument)
    is_admin = policies.is_instrument_admin(user)
    context = frame_of(draft.instrument, draft.code) | {
        "draft": draft,
        "number": vetted.instrument.version if vetted.instrument else "",
        "problems": problems,
        "lines": [
            {"number": number, "text": text, "problems": told.get(number, [])}
            for number, text in enumerate(draft.source.split("\n"), start=1)
        ],
        "against": against,
        "changes": changes_between(against.parsed if against else None, vetted.instrument),
        # A version was published since this was begun: what that changed would be undone.
        "is_behind": draft.is_open and current is not None and draft.based_on_id not in (None, current.pk),
        "current": current,
        "may_edit": draft.is_open and is_admin and draft.author_id == user.pk,
        "may_publish": draft.is_open and is_admin and draft.author_id != user.pk and vetted.instrument is not None,
        "may_discard": draft.is_open and is_admin,
        "may_copy": is_admin,
        "waits": draft.is_open and draft.author_id == user.pk and vetted.instrument is not None,
    }
    return render_page(request, "assessments/draft_detail.html", context)


@require_POST
def draft_discard(request: HttpRequest, code: str) -> HttpResponse:
    """A second tap is refused, with what the draft has become."""
    policies.require_instrument_admin(staff(request))
    draft = draft_of(code)
    try:
        workflow.discard_draft(draft, by=staff(request), request_id=getattr(request, "request_id", ""))
    except TransitionError as refusal:
        messages.error(request, str(refusal.message))
        return redirect(request, "assessments:draft", draft.code)
    messages.success(request, _("Draf dibuang. Isinya masih dapat dibaca."))
    return redirect(request, "assessments:instruments")


@asks_or_acts
def draft_publish(request: HttpRequest, code: str) -> HttpResponse:
    """By another admin than the author, who has what would change before the eyes."""
    user = staff(request)
    policies.require_instrument_admin(user)
    draft = draft_of(code)
    if draft.became is not None:  # a second tap
        return redirect(request, "assessments:instrument", draft.instrument, draft.became.version)
    policies.require_publisher(user, draft)
    form = PublishForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data["replaces"]
        try:
            version = workflow.publish_draft(
                draft,
                by=user,
                version=form.cleaned_data["version"],
                replaces=InstrumentVersion.objects.filter(instrument=draft.instrument, version=asked).first(),
                reason=form.cleaned_data["reason"],
                request_id=getattr(request, "request_id", ""),
            )
        except TransitionError as refusal:
            form.add_error("reason" if refusal.problems else None, str(refusal.message))
            draft, status = draft_of(code), 409
            if draft.became is not None:
                messages.success(request, _("%(instrument)s sudah terbit.") % {"instrument": draft.became})
                return redirect(request, "assessments:instrument", draft.instrument, draft.became.version)
        else:
            messages.success(request, _("%(instrument)s terbit dan berlaku sekarang.") % {"instrument": version})
            return redirect(request, "assessments:instrument", version.instrument, version.version)
    current = current_of(draft.instrument)
    vetted = vet(draft.source, draft.instrument)
    context = frame_of(draft.instrument, _("Terbitkan")) | {
        "draft": draft,
        "form": form,
        "current": current,
        "number": vetted.instrument.version if vetted.instrument else "",
        "problems": _problems(draft),
        "changes": changes_between(current.parsed if current else None, vetted.instrument),
        "is_behind": current is not None and draft.based_on_id not in (None, current.pk),
        "is_open": draft.is_open,
    }
    return render_page(request, "assessments/draft_publish.html", context, status=status)
