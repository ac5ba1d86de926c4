"""Wajib lapor: one tap, then the reason, or back. Answered on "Hari ini" or on a page of its own."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Staff
from cases import policies, workflow
from cases.agenda import lacks_reason
from cases.enums import CheckInResult, Right, Section
from cases.forms.tasks import ReasonForm
from cases.frame import case_frame
from cases.models import CaseFile, CheckIn
from cases.opening import open_section
from cases.sentence import due_words, stamp
from cases.views.today import show_today
from core.htmx import redirect, render_page, wants_fragment

ANSWERS_SHOWN = 10


@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request: HttpRequest, code: str) -> HttpResponse:
    """Answer the report that is due; the page itself is for whoever comes from the case."""
    user: Staff = request.user  # type: ignore[assignment]
    case = _case(user, code)
    duty = get_object_or_404(policies.duties_for(user).select_related("case"), case=case)
    if request.method != "POST":
        return _show_check_in(request, case)
    result = request.POST.get("result", "")
    if result not in CheckInResult.values:
        messages.error(request, _("Pilih Hadir, Izin, atau Tidak hadir."))
        return _back(request, case)
    due_at = _moment(request.POST.get("due_at", ""))
    answer = workflow.check_in(duty, by=user, result=CheckInResult(result), due_at=due_at)
    if not wants_fragment(request):
        words = {"name": case.participant.shown_name, "result": answer.get_result_display().lower()}
        messages.success(request, gettext("%(name)s %(result)s. Dapat diurungkan hari ini.") % words)
    return _back(request, case, fresh=True)


@require_POST
def check_in_reason(request: HttpRequest, code: str) -> HttpResponse:
    """Why somebody did not come; asked after the tap."""
    user: Staff = request.user  # type: ignore[assignment]
    case, answer = _answer(request, user, code)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        if _from_today(request):
            return show_today(request, fresh=case.code, form=form, status=422)
        return _show_check_in(request, case, form, status=422)
    workflow.explain_check_in(answer, by=user, reason=form.cleaned_data["reason"])
    return _back(request, case, fresh=True)


@require_POST
def check_in_undo(request: HttpRequest, code: str) -> HttpResponse:
    user: Staff = request.user  # type: ignore[assignment]
    case, answer = _answer(request, user, code)
    workflow.undo_check_in(answer, by=user)
    return _back(request, case)


def _show_check_in(
    request: HttpRequest, case: CaseFile, form: ReasonForm | None = None, *, status: int = 200
) -> HttpResponse:
    user: Staff = request.user  # type: ignore[assignment]
    zone, now = user.unit.zone, timezone.now()
    frame = case_frame(user, case, Section.SUPERVISION, _("Wajib lapor"))
    open_section(request, case, Section.SUPERVISION)
    duty = policies.duties_for(user).get(case=case)
    answers = list(
        policies.check_ins_for(user)
        .filter(case=case)
        .select_related("recorded_by")
        .order_by("-due_at")[:ANSWERS_SHOWN]
    )
    context = frame | {
        "duty": duty,
        "due": due_words(duty.next_due_at, now, zone),
        "is_over": duty.ended_on is not None or not case.is_open,
        "answers": [{"answer": answer, "when": stamp(answer.due_at, zone)} for answer in answers],
        "last": answers[0] if answers else None,
        "can_undo": bool(answers) and answers[0].recorded_at.astimezone(zone).date() == now.astimezone(zone).date(),
        "wants_reason": bool(answers) and lacks_reason(answers[0]),
        "reason_form": form or ReasonForm(),
    }
    return render_page(request, "cases/check_in.html", context, status=status)


def _back(request: HttpRequest, case: CaseFile, *, fresh: bool = False) -> HttpResponse:
    """To where the answer was given: the list again for htmx, else the page that it stands on."""
    if not _from_today(request):
        return redirect(request, "cases:check-in", case.code)
    if wants_fragment(request):
        return show_today(request, fresh=case.code if fresh else "")
    row = f"?answered={case.code}#row-{case.code}" if fresh else ""
    return redirect(request, reverse("home") + row)


def _from_today(request: HttpRequest) -> bool:
    return request.POST.get("back") == "today"


def _case(user: Staff, code: str) -> CaseFile:
    """A case on whose reporting this person may act; 403 for those who only read it."""
    case = get_object_or_404(policies.cases_in_sight(user).with_list_data(), code=code)
    policies.require(user, Right.EDIT, case, Section.SUPERVISION)
    return case


def _answer(request: HttpRequest, user: Staff, code: str) -> tuple[CaseFile, CheckIn]:
    case = _case(user, code)
    due_at = _moment(request.POST.get("due_at", ""))
    return case, get_object_or_404(policies.check_ins_for(user), case=case, due_at=due_at)


def _moment(raw: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(raw)
    except ValueError:
        raise Http404 from None
    return moment if moment.tzinfo else timezone.make_aware(moment)
