"""Moves of a whole case, each on a small page of its own: next stage, team, suspension, closing, reopening."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.models import Staff
from cases import policies, workflow
from cases.agenda import task_words
from cases.enums import COMPLETED, NEXT_STAGE, CaseStatus, Section
from cases.forms.actions import AssignForm, CloseForm, MoveOnForm, ReasonForm, ResumeForm
from cases.frame import MOVES, case_frame, goals_of, require_move
from cases.models import CaseFile
from cases.opening import open_section
from core.editing import tell
from core.htmx import redirect, render_page
from core.workflow import Blocker, Text, TransitionError

asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])


def _move_page(
    request: HttpRequest,
    code: str,
    name: str,
    form_class: Callable[..., Any],
    perform: Callable[..., CaseFile],
    *,
    done: str | Promise,
    explain: Callable[[CaseFile], str | Promise] = lambda case: "",
    blockers: Callable[[CaseFile, str], list[Blocker]] = lambda case, reason: [],
    more: Callable[[CaseFile], dict[str, Any]] = lambda case: {},
    template: str = "cases/case_move.html",
    fragment: str | None = None,
) -> HttpResponse:
    """Show a move's form and carry it out; a refusal is told on the same page, with what was typed still there."""
    user: Staff = request.user
    cases = policies.cases_in_sight(user).with_list_data().select_related("lead_agency")
    case = get_object_or_404(cases, code=code)
    require_move(user, case, name)
    open_section(request, case, Section.SUMMARY)
    move = MOVES[name]
    form = form_class(None, case=case)
    reason = request.GET.get("reason", "")
    refusal, status = "", 200
    if request.method == "POST":
        form = form_class(request.POST, case=case)
        reason = request.POST.get("reason", "")
        status = 422
        if form.is_valid():
            try:
                with transaction.atomic():
                    perform(case, by=user, **form.arguments())
            except TransitionError as error:
                stands_in_the_way = error.blockers
                if error.problems:
                    status = tell(form, error)
                else:
                    refusal, status = error.message, 409
                if isinstance(form, MoveOnForm):
                    form.move_to(case)
            else:
                messages.success(request, str(done))
                if (
                    not policies.cases_in_sight(user).filter(pk=case.pk).exists()
                ):  # the child's file it closed is sealed
                    return redirect(request, "cases:case-list")
                return redirect(request, "cases:case-detail", case.code)
    return render_page(
        request,
        template,
        case_frame(user, case, Section.SUMMARY, move.label)
        | {
            "move": move,
            "form": form,
            "explanation": explain(case),
            "blockers": stands_in_the_way if refusal else blockers(case, reason),
            "refusal": refusal,
            "reason": reason,
            "completes": reason in COMPLETED,
        }
        | more(case),
        fragment=fragment,
        status=status,
    )


@asks_or_acts
def case_move_on(request: HttpRequest, code: str) -> HttpResponse:
    def explain(case: CaseFile) -> str | Promise:
        to = CaseStatus(NEXT_STAGE[CaseStatus(case.status)].to)
        return _("Dari %(now)s ke %(next)s.") % {"now": case.get_status_display(), "next": to.label}

    return _move_page(
        request, code, "move_on", MoveOnForm, workflow.move_on, done=_("Tahap kasus berganti."), explain=explain
    )


@asks_or_acts
def case_assign(request: HttpRequest, code: str) -> HttpResponse:
    return _move_page(
        request,
        code,
        "assign",
        AssignForm,
        workflow.assign,
        done=_("Petugas ditetapkan."),
        explain=lambda case: _("Petugas yang dilepas segera kehilangan akses. Tugas terbukanya ikut berpindah."),
    )


@asks_or_acts
def case_suspend(request: HttpRequest, code: str) -> HttpResponse:
    return _move_page(
        request,
        code,
        "suspend",
        ReasonForm,
        workflow.suspend,
        done=_("Kasus ditangguhkan."),
        explain=lambda case: _("Kasus tetap terbuka, dan dapat dilanjutkan dari tahap yang sama."),
    )


@asks_or_acts
def case_resume(request: HttpRequest, code: str) -> HttpResponse:
    return _move_page(
        request,
        code,
        "resume",
        ResumeForm,
        workflow.resume,
        done=_("Kasus dilanjutkan."),
        explain=lambda case: _("Kasus kembali ke tahap sebelum ditangguhkan."),
    )


@asks_or_acts
def case_close(request: HttpRequest, code: str) -> HttpResponse:
    """The form; what still blocks is told at once, and again for each reason as it is chosen (htmx)."""
    user: Staff = request.user  # type: ignore[assignment]

    def form_of(data: Any, *, case: CaseFile) -> CloseForm:
        reads_plan = Section.PLAN in policies.sections_seen(user, case)
        goals = [goal for goal in goals_of(case) if goal.is_open or goal.is_met] if reads_plan else []
        return CloseForm(data, case=case, goals=[(goal.code, goal.text, goal.is_met) for goal in goals])

    return _move_page(
        request,
        code,
        "close",
        form_of,
        workflow.close,
        done=_("Kasus ditutup."),
        explain=lambda case: (
            _("Ini berkas anak: saat ditutup ia disegel. Tidak seorang pun melihatnya lagi, petugasnya pun tidak.")
            if case.is_child_file
            else _("Berkas tetap tersimpan. Pengawas dapat membukanya kembali dengan alasan.")
        ),
        blockers=workflow.close_blockers,
        more=lambda case: {"ending": _ending(user, case)},
        template="cases/case_close.html",
        fragment="close_needs",
    )


def _ending(user: Staff, case: CaseFile) -> list[Text]:
    """The tasks that end with the case, as far as ``user`` sees them."""
    seen = policies.tasks_for(user).filter(case=case).values("pk")
    return [task_words(task) for task in workflow.tasks_that_end(case).filter(pk__in=seen)]


@asks_or_acts
def case_reopen(request: HttpRequest, code: str) -> HttpResponse:
    return _move_page(
        request,
        code,
        "reopen",
        ReasonForm,
        workflow.reopen,
        done=_("Kasus dibuka kembali."),
        explain=lambda case: _("Nomor berkas tetap sama. Kasus mulai lagi dari asesmen."),
    )
