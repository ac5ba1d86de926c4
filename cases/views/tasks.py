"""Tasks: made by hand on a case, and closed by a person with what came of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Staff
from cases import policies, workflow
from cases.agenda import task_words
from cases.enums import Priority, Right, Section
from cases.forms.tasks import CANCELLED, SnoozeForm, TaskCloseForm, TaskEditForm, TaskForm
from cases.frame import case_frame
from cases.models import Task
from cases.opening import open_section
from cases.sentence import due_words, urgent_words
from core.editing import Place, edit_page, tell
from core.htmx import redirect, render_page
from core.kept import typed_words
from core.workflow import TransitionError


@require_http_methods(["GET", "HEAD", "POST"])
def task_new(request: HttpRequest, code: str) -> HttpResponse:
    """A task by hand, for somebody of the team."""
    user: Staff = request.user  # type: ignore[assignment]
    case = get_object_or_404(policies.cases_in_sight(user).with_list_data(), code=code)
    frame = case_frame(user, case, Section.SUMMARY, _("Tugas baru"))
    if not {Right.EDIT, Right.APPROVE} & frame["rights"][Section.SUMMARY]:
        raise PermissionDenied
    open_section(request, case, Section.SUMMARY)
    form = TaskForm(request.POST or None, case=case, by=user)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            workflow.create_task(case, by=user, **form.cleaned_data)
        except TransitionError as refusal:
            status = tell(form, refusal)
        else:
            messages.success(request, _("Tugas tersimpan."))
            return redirect(request, "cases:case-detail", case.code)
    return render_page(request, "cases/task_new.html", frame | {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def task_close(request: HttpRequest, code: str) -> HttpResponse:
    """End a task; an urgent one only with a word about what was done."""
    user: Staff = request.user  # type: ignore[assignment]
    task = get_object_or_404(policies.tasks_for(user).select_related("case__participant", "closed_by"), code=code)
    open_section(request, task.case, Section.SUMMARY)
    urgent = task.priority == Priority.URGENT
    form = TaskCloseForm(request.POST or None, urgent=urgent, is_alert=task.is_alert)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        cancelled = form.cleaned_data["ending"] == CANCELLED
        try:
            workflow.close_task(task, by=user, outcome=form.cleaned_data["outcome"], cancelled=cancelled)
        except TransitionError as refusal:
            status = tell(form, refusal)
        else:
            messages.success(request, _("Tugas ditutup."))
            return redirect(request, "home")
    return render_page(
        request, "cases/task.html", _about(request, task, _("Tutup tugas")) | {"form": form}, status=status
    )


def _about(request: HttpRequest, task: Task, title: Any) -> dict[str, Any]:
    user: Staff = request.user  # type: ignore[assignment]
    words = urgent_words if task.priority == Priority.URGENT else due_words
    return {
        "title": title,
        "url": request.path,
        "task": task,
        "case": task.case,
        "name": task.case.participant.shown_name,
        "words": task_words(task),
        "close_url": "",
        "texts": typed_words(request),
        "due": words(task.due_at, timezone.now(), user.unit.zone),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def task_snooze(request: HttpRequest, code: str) -> HttpResponse:
    """Put the own task off for a few days, with the reason; it stays due when it was."""
    user: Staff = request.user  # type: ignore[assignment]
    mine = policies.tasks_for(user).filter(assignee=user).select_related("case__participant", "closed_by")
    task = get_object_or_404(mine, code=code)
    open_section(request, task.case, Section.SUMMARY)
    form = SnoozeForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            workflow.snooze_task(task, by=user, **form.cleaned_data)
        except TransitionError as refusal:
            status = tell(form, refusal)
        else:
            messages.success(request, _("Tugas ditunda."))
            return redirect(request, "home")
    return render_page(
        request, "cases/task.html", _about(request, task, _("Tunda tugas")) | {"form": form}, status=status
    )


@require_POST
def task_seen(request: HttpRequest, code: str) -> HttpResponse:
    """One tap: somebody has looked at what a rule noticed."""
    user: Staff = request.user  # type: ignore[assignment]
    task = get_object_or_404(policies.tasks_for(user).select_related("case"), code=code)
    open_section(request, task.case, Section.SUMMARY)
    workflow.see_alert(task, by=user)
    messages.success(request, _("Ditandai sudah dilihat."))
    return redirect(request, "home")


@require_http_methods(["GET", "HEAD", "POST"])
def task_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Another day or another person."""
    user: Staff = request.user  # type: ignore[assignment]
    task = get_object_or_404(
        policies.tasks_for(user).select_related("case__participant", "case__lead_unit", "closed_by"), code=code
    )
    open_section(request, task.case, Section.SUMMARY)
    about = _about(request, task, _("Ubah tugas"))
    return edit_page(
        request,
        task,
        form_of=lambda data, row: TaskEditForm(data, task=row, by=user),
        save=lambda form, version: workflow.amend_task(task, by=user, version=version, **form.cleaned_data),
        place=Place(
            "cases/task.html",
            reverse("home"),
            _("Tugas tersimpan."),
            about | {"close_url": reverse("cases:task-close", args=[task.code])},
            parent=_("Hari ini"),
        ),
    )
