"""Restricted clinical notes: for the author's profession, on pages of their own section."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Staff
from cases import policies, workflow
from cases.enums import Section
from cases.forms.clinical import ClinicalAmendForm, ClinicalForm
from cases.frame import case_frame
from cases.models import CaseFile, ClinicalNote
from cases.opening import open_section
from cases.policies import transfers
from core.editing import Place, edit_page, tell
from core.htmx import redirect, render_page
from core.workflow import TransitionError

NOTES_SHOWN = 50
asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])


def _open(request: HttpRequest, code: str, page: Any = "", *, edit: bool = False) -> tuple[CaseFile, dict[str, Any]]:
    user: Staff = request.user  # type: ignore[assignment]
    case = get_object_or_404(policies.cases_in_sight(user).with_list_data(), code=code)
    if Section.CLINICAL not in policies.sections_seen(user, case):
        raise PermissionDenied(_("Hanya profesi psikolog yang dapat membaca."))
    frame = case_frame(user, case, Section.CLINICAL, page)
    if edit and "edit_clinical" not in frame["actions"]:
        if not case.is_open:
            raise TransitionError(_("Kasus ini sudah ditutup. Buka kembali dahulu."))
        raise PermissionDenied
    open_section(request, case, Section.CLINICAL)
    return case, frame


def _note(request: HttpRequest, case: CaseFile, code: str) -> ClinicalNote:
    notes = policies.clinical_notes_for(request.user).select_related("case__lead_unit", "author")  # type: ignore[arg-type]
    return get_object_or_404(notes, case=case, amends=None, code=code)


@require_safe
def clinical(request: HttpRequest, code: str) -> HttpResponse:
    """The notes in full, newest first, each with its corrections below it."""
    case, frame = _open(request, code)
    readable = policies.clinical_notes_for(request.user)  # type: ignore[arg-type]
    below = readable.select_related("author").order_by("recorded_at", "pk")
    notes = readable.filter(case=case, amends=None).select_related("author")
    notes = notes.prefetch_related(Prefetch("amendments", queryset=below)).order_by("-occurred_at", "-pk")
    may_write = "edit_clinical" in frame["actions"]
    rows = [
        {
            "note": note,
            "may_edit": may_write and note.author_id == request.user.pk and note.is_freely_editable,
            "may_amend": may_write and not (note.author_id == request.user.pk and note.is_freely_editable),
        }
        for note in notes[:NOTES_SHOWN]
    ]
    left_behind = transfers.clinical_left_behind(request.user, case)  # type: ignore[arg-type]
    context = {"rows": rows, "may_write": may_write, "left_behind": left_behind}
    return render_page(request, "cases/clinical.html", frame | context)


@asks_or_acts
def clinical_new(request: HttpRequest, code: str) -> HttpResponse:
    case, frame = _open(request, code, _("Catatan klinis baru"), edit=True)
    form = ClinicalForm(request.POST if request.method == "POST" else None, zone=request.user.unit.zone)
    return _saved_or_shown(
        request, frame, form, lambda: workflow.write_clinical_note(case, by=request.user, **form.arguments())
    )


@asks_or_acts
def clinical_edit(request: HttpRequest, code: str, note_code: str) -> HttpResponse:
    case, frame = _open(request, code, _("Sunting catatan klinis"), edit=True)
    note = _note(request, case, note_code)
    if note.author_id != request.user.pk:
        raise PermissionDenied(_("Yang dapat menyunting: penulisnya, dalam 24 jam."))
    zone = request.user.unit.zone

    def save(form: ClinicalForm, version: int) -> ClinicalNote:
        data = form.arguments()
        data.pop("client_id")
        return workflow.edit_clinical_note(note, by=request.user, version=version, **data)

    return edit_page(
        request,
        note,
        form_of=lambda data, row: ClinicalForm(data, zone=zone, note=row),
        save=save,
        place=Place(
            "cases/clinical_form.html",
            reverse("cases:clinical", args=[case.code]),
            _("Catatan klinis tersimpan."),
            frame,
        ),
    )


@asks_or_acts
def clinical_amend(request: HttpRequest, code: str, note_code: str) -> HttpResponse:
    case, frame = _open(request, code, _("Pembetulan catatan klinis"), edit=True)
    note = _note(request, case, note_code)
    form = ClinicalAmendForm(request.POST if request.method == "POST" else None)
    return _saved_or_shown(
        request,
        frame | {"original": note},
        form,
        lambda: workflow.amend_clinical_note(note, by=request.user, **form.cleaned_data),
    )


def _saved_or_shown(request: HttpRequest, frame: dict[str, Any], form: Any, save: Any) -> HttpResponse:
    """What was typed stays in the form, whatever stands in the way."""
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            save()
        except TransitionError as refusal:
            status = tell(form, refusal)
        else:
            messages.success(request, _("Catatan klinis tersimpan."))
            return redirect(request, "cases:clinical", frame["case"].code)
    return render_page(request, "cases/clinical_form.html", frame | {"form": form}, status=status)
