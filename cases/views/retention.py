"""Retention: the agency's rules, and the lists of files to be destroyed with their two signatures."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import JournalAction
from accounts.models import Staff
from accounts.workflow import write_journal
from cases import letters
from cases.enums.retention import PENDING, ListStatus
from cases.forms.retention import DrawUpForm, RuleForm, StepBackForm
from cases.models import DestructionList
from cases.policies import retention as policies
from cases.views.rights import pdf_answer
from cases.workflow import retention as workflow
from core.editing import Place, edit_page, tell
from core.htmx import redirect, render_page
from core.workflow import TransitionError

asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 100
CHIPS = {
    ListStatus.DRAFT: ("soon", "pencil-square"),
    ListStatus.SIGNED: ("soon", "pencil-square"),
    ListStatus.APPROVED: ("on", "clock"),
    ListStatus.CARRIED_OUT: ("done", "check-circle"),
    ListStatus.CANCELLED: ("", "x-circle"),
}


def retention_tabs(current: str) -> list[dict[str, Any]]:
    """The places of retention, side by side."""
    places: list[tuple[str, str | Promise]] = [
        ("cases:destruction-list", _("Daftar pemusnahan")),
        ("cases:hold-list", _("Penahanan hukum")),
        ("cases:rule-list", _("Jadwal retensi")),
    ]
    return [
        {"label": label, "url": reverse(name), "current": name == current, "count": None} for name, label in places
    ]


def columns(*labels: str | Promise) -> list[dict[str, Any]]:
    return [{"label": label} for label in labels]


# ---- rules ---------------------------------------------------------------------------------------------------------


@require_safe
def rule_list(request: HttpRequest) -> HttpResponse:
    """How long each type of file is kept, why, and whether that is in force."""
    user: Staff = request.user  # type: ignore[assignment]
    policies.require_reading(user)
    return render_page(
        request,
        "cases/rule_list.html",
        {
            "rules": list(policies.rules_for(user)),
            "may_set": policies.may_set_rules(user),
            "columns": columns(_("Jenis kasus"), _("Instansi"), _("Disimpan"), _("Dasar"), _("Keadaan")),
            "tabs": retention_tabs("cases:rule-list"),
        },
    )


@asks_or_acts
def rule_edit(request: HttpRequest, code: str) -> HttpResponse:
    user: Staff = request.user  # type: ignore[assignment]
    policies.require_reading(user)
    rule = get_object_or_404(policies.rules_for(user), code=code)
    policies.require_setting(user, rule)
    return edit_page(
        request,
        rule,
        form_of=lambda data, row: RuleForm(
            data, initial={"years": row.years, "source": row.source, "is_active": row.is_active}
        ),
        save=lambda form, version: workflow.set_rule(rule, by=user, version=version, **form.cleaned_data),
        place=Place(
            "cases/rule_edit.html",
            reverse("cases:rule-list"),
            _("Jadwal retensi disimpan."),
            {"rule": rule},
            parent=_("Jadwal retensi"),
        ),
    )


# ---- lists ---------------------------------------------------------------------------------------------------------


@require_safe
def destruction_list(request: HttpRequest) -> HttpResponse:
    """Lists that still run, and those that have ended."""
    user: Staff = request.user  # type: ignore[assignment]
    policies.require_reading(user)
    found = policies.signed_lists(user)
    return render_page(
        request,
        "cases/destruction_list.html",
        {
            "running": [_row(drawn, user) for drawn in found.filter(status__in=PENDING)[:SHOWN]],
            "ended": [_row(drawn, user) for drawn in found.exclude(status__in=PENDING)[:SHOWN]],
            "may_draw_up": policies.may_draw_up(user),
            "columns": columns(_("Daftar"), _("Instansi"), _("Disusun"), _("Keadaan")),
            "tabs": retention_tabs("cases:destruction-list"),
        },
    )


def _row(drawn: DestructionList, user: Staff) -> dict[str, Any]:
    kind, icon = CHIPS[ListStatus(drawn.status)]
    return {
        "drawn": drawn,
        "chip": {"text": drawn.get_status_display(), "kind": kind, "icon": icon},
        "waits_for_me": bool(policies.signs_as(user, drawn)),
    }


@asks_or_acts
def destruction_new(request: HttpRequest) -> HttpResponse:
    """How many files have run out, and the button that draws them up."""
    user: Staff = request.user  # type: ignore[assignment]
    policies.require_drawing_up(user)
    form = DrawUpForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            drawn = workflow.draw_up(by=user, **form.cleaned_data)
        except TransitionError as refusal:
            status = tell(form, refusal)
        else:
            messages.success(request, _("Daftar disusun dan menunggu dua tanda tangan."))
            return redirect(request, "cases:destruction-detail", drawn.code)
    count = workflow.count_run_out(user)
    context = {
        "form": form,
        "count": count,
        "most": workflow.MOST_FILES,
        "has_rules": policies.rules_for(user).active().exists(),
    }
    return render_page(request, "cases/destruction_new.html", context, status=status)


def _found(request: HttpRequest, code: str) -> DestructionList:
    return get_object_or_404(policies.signed_lists(request.user), code=code)  # type: ignore[arg-type]


@require_safe
def destruction_detail(request: HttpRequest, code: str) -> HttpResponse:
    """The files of a list by code, type and rule, its signatures, and what this person may do with it."""
    return _detail(request, _found(request, code), StepBackForm())


def _detail(request: HttpRequest, drawn: DestructionList, form: StepBackForm, status: int = 200) -> HttpResponse:
    user: Staff = request.user  # type: ignore[assignment]
    items = list(drawn.items.all())
    may_stop = drawn.status in PENDING and policies.is_concerned(user, drawn)
    context = _row(drawn, user) | {
        "items": [item for item in items if item.taken_off_at is None],
        "off": [item for item in items if item.taken_off_at is not None],
        "item_columns": columns(
            _("Kode"), _("Jenis kasus"), _("Ditutup"), _("Masa simpan"), *([_("Tindakan")] if may_stop else [])
        ),
        "off_columns": columns(_("Kode"), _("Jenis kasus"), _("Alasan dikeluarkan")),
        "may_stop": may_stop,
        "is_signable": any(item.taken_off_at is None for item in items),
        "may_have_certificate": policies.may_have_certificate(user, drawn),
        "form": form,
    }
    return render_page(request, "cases/destruction_detail.html", context, status=status)


@require_POST
def destruction_sign(request: HttpRequest, code: str) -> HttpResponse:
    drawn = workflow.sign(_found(request, code), by=request.user)  # type: ignore[arg-type]
    if drawn.status == ListStatus.APPROVED:
        done = _("Daftar disetujui. Berkasnya dimusnahkan malam ini; sampai saat itu masih dapat dibatalkan.")
        messages.success(request, done)
    else:
        messages.success(request, _("Tanda tangan Anda tercatat. Daftar menunggu tanda tangan kedua."))
    return redirect(request, "cases:destruction-detail", drawn.code)


@require_POST
def destruction_cancel(request: HttpRequest, code: str) -> HttpResponse:
    drawn = _found(request, code)
    policies.require_concern(request.user, drawn)  # type: ignore[arg-type]
    form = StepBackForm(request.POST)
    if not form.is_valid():
        return _detail(request, drawn, form, status=422)
    workflow.cancel(drawn, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
    messages.success(request, _("Daftar dibatalkan. Tidak ada berkas yang dimusnahkan."))
    return redirect(request, "cases:destruction-detail", drawn.code)


@asks_or_acts
def destruction_take_off(request: HttpRequest, code: str, case_code: str) -> HttpResponse:
    """Keep one file for now, with a reason."""
    user: Staff = request.user  # type: ignore[assignment]
    drawn = _found(request, code)
    item = get_object_or_404(drawn.items.standing(), case_code=case_code)
    policies.require_concern(user, drawn)
    form = StepBackForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        workflow.take_off(item, by=user, **form.cleaned_data)
        messages.success(request, _("Berkas dikeluarkan dari daftar."))
        return redirect(request, "cases:destruction-detail", drawn.code)
    context = {"drawn": drawn, "item": item, "form": form}
    return render_page(request, "cases/destruction_take_off.html", context, status=422 if form.is_bound else 200)


@require_safe
def destruction_certificate(request: HttpRequest, code: str) -> HttpResponse:
    """The certificate as PDF, for those who drew up or signed the list, and the auditor."""
    user: Staff = request.user  # type: ignore[assignment]
    drawn = _found(request, code)
    if not policies.may_have_certificate(user, drawn):
        raise Http404
    write_journal(
        JournalAction.DOWNLOAD,
        by=user,
        object_code=drawn.code,
        detail="destruction certificate",
        ip=request.META.get("REMOTE_ADDR"),
        request_id=getattr(request, "request_id", ""),
    )
    content = letters.destruction_certificate(drawn.certificate).content
    return pdf_answer(content, f"berita-acara-pemusnahan-{drawn.code}.pdf")
