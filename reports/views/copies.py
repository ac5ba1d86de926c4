"""A person's copy: the page on which the unit looks it through, and its card on the page of the request."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Staff
from cases import policies as case_policies
from cases.enums import Section
from cases.enums.rights import RightsKind, RightsStatus
from cases.models import CaseFile, RightsRequest
from cases.opening import open_section
from cases.policies import requests as rights_policies
from core.htmx import redirect, render_page
from core.workflow import TransitionError
from reports import policies, subject_copy
from reports.forms import CopyForm
from reports.models import SubjectCopy
from reports.workflow import copies

# What the copy is made of; the most sensitive first, so that a reason is asked before anything is written down.
READ_SECTIONS = (Section.ASSESSMENT, Section.IDENTITY, Section.NOTES)


def _found(request: HttpRequest, code: str) -> RightsRequest:
    requests = rights_policies.rights_requests_for(request.user).filter(kind=RightsKind.COPY)
    return get_object_or_404(requests.select_related("lead_unit"), code=code)


@require_http_methods(["GET", "HEAD", "POST"])
def copy_prepare(request: HttpRequest, code: str) -> HttpResponse:
    """What the copy holds and what it leaves out, looked through by the unit that has the file."""
    user: Staff = request.user
    item = _found(request, code)
    policies.require_copy(user, item)
    if item.status not in copies.PREPARED_IN:
        return redirect(request, "cases:rights-detail", item.code)
    case = get_object_or_404(CaseFile.objects.with_list_data(), pk=item.case_id)
    seen = case_policies.sections_seen(user, case)
    for section in READ_SECTIONS:
        if section in seen:
            open_section(request, case, section)
    whole = copies.gathered(item, by=user)
    fingerprint = subject_copy.fingerprint(whole)
    kept = SubjectCopy.objects.filter(request=item).first()
    initial: dict[str, Any] = {"seen": fingerprint}
    if kept is not None:
        initial |= {"withheld": kept.withheld, "ground": kept.ground, "explanation": kept.explanation}
    form = CopyForm(request.POST if request.method == "POST" else None, initial=initial, refs=sorted(whole.refs))
    refusal, status = None, 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                copies.prepare(
                    item,
                    by=user,
                    seen=given["seen"],
                    refs=given["withheld"],
                    ground=given["ground"],
                    explanation=given["explanation"],
                )
        except TransitionError as error:
            refusal, status = error, 409
        else:
            messages.success(request, _("Salinan sudah diperiksa. Berkasnya dibuat setelah permintaan dikabulkan."))
            return redirect(request, "cases:rights-detail", item.code)
    marked = frozenset(form["withheld"].value() or [])
    context = {
        "item": item,
        "case": case,
        "chapters": [
            {"told": told, "is_marked": any(marked & _refs(table) for table in told.tables)} for told in whole.chapters
        ],
        "form": form,
        "seen": fingerprint,
        "marked": marked,
        "refusal": refusal,
    }
    return render_page(request, "reports/copy_prepare.html", context, status=status)


def _refs(table: Any) -> set[str]:
    return {record.ref for record in table.records}


@require_POST
def copy_make(request: HttpRequest, code: str) -> HttpResponse:
    """Have the file made; the page of the export says how far it is, and gives link and password."""
    export = copies.release(_found(request, code), by=request.user)
    messages.success(request, _("Berkas sedang dibuat."))
    return redirect(request, "reports:export-detail", export.code)


@require_safe
def copy_panel(request: HttpRequest, code: str) -> HttpResponse:
    """The card on the page of the request: who looked the copy through, and what is next. Nothing of what is in it."""
    user: Staff = request.user
    item = _found(request, code)
    kept = SubjectCopy.objects.filter(request=item).select_related("prepared_by").first()
    holds = policies.may_copy(user, item)
    exports = policies.exports_for(user).filter(subject_copy=kept).defer("content") if kept is not None else ()
    offered = {
        "prepare": holds and item.status in copies.PREPARED_IN,
        "make": holds and kept is not None and item.status in policies.GRANTED,
    }
    context = {
        "item": item,
        "kept": kept,
        "exports": [
            {"export": export, "url": reverse("reports:export-detail", args=[export.code])} for export in exports
        ],
        "is_granted": item.status in policies.GRANTED,
        "is_refused": item.status == RightsStatus.REFUSED,
        "actions": {name for name, is_offered in offered.items() if is_offered},
    }
    return render_page(request, "reports/_copy_panel.html", context)
