"""What people keep of the case list: filters with a name, and the columns that they want to see."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Staff
from cases import policies, workflow
from cases.filters import COLUMNS, CaseFilter, columns_of
from cases.forms.lists import ColumnsForm, SaveFilterForm
from cases.models import SavedFilter
from cases.policies import lists as list_policies
from core.htmx import redirect, render_page
from core.workflow import TransitionError

asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])
HEADS = [{"label": label} for label in (_("Saringan"), _("Dari"), _("Dibagikan kepada"), _("Tindakan"))]


def _reader(request: HttpRequest) -> Staff:
    """Somebody who has a list of cases; for everybody else these pages are not there."""
    user: Staff = request.user  # type: ignore[assignment]
    if not policies.has_cases(user):
        raise Http404
    return user


def case_filter(user: Staff, data: Any) -> CaseFilter:
    return CaseFilter(data, types=policies.types_seen(user), workers=policies.workers_to_filter_by(user))


def kept_filters(user: Staff, form: CaseFilter) -> list[dict[str, Any]]:
    """Own and shared filters as links; of what this reader may not filter by, the rest is used and that is said."""
    rows = []
    for kept in list_policies.filters_for(user):
        fits, is_whole = form.usable(kept.criteria)
        rows.append(
            {
                "kept": kept,
                "url": f"?{urlencode(fits)}",
                "is_own": kept.owner_id == user.pk,
                "is_whole": is_whole,
                "current": bool(fits) and fits == form.criteria,
            }
        )
    return rows


@require_safe
def filter_list(request: HttpRequest) -> HttpResponse:
    user = _reader(request)
    context = {
        "rows": kept_filters(user, case_filter(user, {})),
        "columns": HEADS,
        "may_share": list_policies.may_share(user),
    }
    return render_page(request, "cases/filter_list.html", context)


@asks_or_acts
def filter_new(request: HttpRequest) -> HttpResponse:
    """Keep the filter whose criteria stand in the address under a name."""
    user = _reader(request)
    current = case_filter(user, request.GET)
    form = SaveFilterForm(request.POST if request.method == "POST" else None, may_share=list_policies.may_share(user))
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                workflow.save_filter(by=user, criteria=current.criteria, **form.cleaned_data)
            except TransitionError as refusal:
                form.add_error("name", str(refusal.message))
                status = 409
            else:
                messages.success(request, _("Saringan disimpan."))
                return redirect(request, f"/cases/?{urlencode(current.criteria)}")
    labels = [label for name, label in current.chosen if name not in ("q", "place")]
    context = {"form": form, "labels": [current.view_label, *labels], "back": f"?{urlencode(current.criteria)}"}
    return render_page(request, "cases/filter_new.html", context, status=status)


def _own(request: HttpRequest, code: str) -> tuple[Staff, SavedFilter]:
    user = _reader(request)
    kept = get_object_or_404(list_policies.filters_for(user), code=code)
    list_policies.require_own(user, kept)
    return user, kept


@require_POST
def filter_share(request: HttpRequest, code: str) -> HttpResponse:
    user, kept = _own(request, code)
    share = request.POST.get("share") == "on"
    workflow.share_filter(kept, by=user, share=share)
    messages.success(request, _("Saringan dibagikan kepada unit.") if share else _("Saringan tidak lagi dibagikan."))
    return redirect(request, "cases:filter-list")


@require_POST
def filter_remove(request: HttpRequest, code: str) -> HttpResponse:
    user, kept = _own(request, code)
    workflow.remove_filter(kept, by=user)
    messages.success(request, _("Saringan dihapus."))
    return redirect(request, "cases:filter-list")


@asks_or_acts
def columns_edit(request: HttpRequest) -> HttpResponse:
    """Which columns this person sees in the case list, on every device."""
    user = _reader(request)
    form = ColumnsForm(
        request.POST if request.method == "POST" else None, choices=COLUMNS, initial={"columns": columns_of(user)}
    )
    if form.is_bound and form.is_valid():
        is_reset = "reset" in request.POST
        workflow.choose_columns(by=user, columns=[] if is_reset else form.cleaned_data["columns"])
        messages.success(request, _("Kolom daftar disimpan."))
        return redirect(request, "cases:case-list")
    return render_page(request, "cases/columns_edit.html", {"form": form}, status=422 if form.is_bound else 200)
