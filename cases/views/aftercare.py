"""The follow-ups of after-care: what came of asking, 3, 6, 12 and 24 months on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.models import Staff
from cases import workflow
from cases.enums import Right, Section
from cases.enums.sessions import FollowUpOutcome
from cases.forms.sessions import FollowUpForm
from cases.models import CaseFile, FollowUp
from cases.sentence import RELATIVE_DAYS, due_words, end_of, stamp
from cases.views.pages import open_page
from core.editing import tell
from core.htmx import redirect, render_page
from core.workflow import TransitionError


@require_http_methods(["GET", "HEAD", "POST"])
def follow_up(request: HttpRequest, code: str, follow_up_code: str) -> HttpResponse:
    """One follow-up. It is answered in a closed case too, up to the after-care date, so no open case is asked for."""
    user: Staff = request.user  # type: ignore[assignment]
    case, frame = open_page(request, code, Section.NOTES, _("Tindak lanjut pascalayanan"))
    may_answer = Right.EDIT in frame["rights"][Section.NOTES]
    asked = get_object_or_404(
        FollowUp.objects.select_related("case", "note", "answered_by"), case=case, code=follow_up_code
    )
    form = FollowUpForm(request.POST or None, follow_up=asked, zone=user.unit.zone)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            workflow.record_follow_up(asked, by=user, **form.cleaned_data)
        except TransitionError as refusal:
            status = tell(form, refusal)
            asked.refresh_from_db()
            # What was written meanwhile stands above the form now: sent once more, it is the next try.
            form.data = form.data.copy()
            form.data["version"] = str(asked.version)
        else:
            messages.success(request, _("Tindak lanjut dicatat."))
            return redirect(request, "cases:case-detail", case.code)
    context = frame | {
        "follow_up": asked,
        "row": follow_up_row(asked, user),
        "form": form if may_answer and asked.is_open else None,
        "typed": form.data.get("words", "") if status == 409 and not asked.is_open else "",
        "answered": stamp(asked.answered_at, user.unit.zone) if asked.answered_at else "",
        "note_url": f"{reverse('cases:note-new', args=[case.code])}?type=telepon"
        if may_answer and case.is_open
        else "",
    }
    return render_page(request, "cases/follow_up.html", context, status=status)


def follow_up_rows(case: CaseFile, user: Staff) -> list[dict[str, Any]]:
    """For the card on the case page: all of them in the order of their dates, without those that ended unanswered."""
    rows = case.follow_ups.select_related("case").exclude(outcome="", ended_on__isnull=False)
    return [follow_up_row(row, user) for row in rows]


def follow_up_row(row: FollowUp, user: Staff) -> dict[str, Any]:
    now, zone = timezone.now(), user.unit.zone
    today = now.astimezone(zone).date()
    due = due_words(end_of(row.due_on, zone), now, zone)
    if row.ended_on is not None and not row.outcome:
        said, kind = gettext("Tidak berlaku lagi"), ""
    elif row.outcome:
        said, kind = row.get_outcome_display(), "done" if row.outcome == FollowUpOutcome.REACHED else ""
    elif row.is_missed(today):
        said, kind = gettext("Terlewat"), "due"
    elif (row.due_on - today).days > RELATIVE_DAYS:
        said, kind = gettext("Direncanakan"), ""
    else:
        said, kind = due.when, "soon" if due.late else ""
    return {
        "row": row,
        "label": row.get_month_display(),
        "url": reverse("cases:follow-up", args=[row.case.code, row.code]),
        "said": said,
        "kind": kind,
    }
