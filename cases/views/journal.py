"""The access journal for oversight, and for one case: who has seen this file."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts import policies as account_policies
from accounts.enums import JournalAction
from accounts.models import JournalEntry, JournalLink, Staff
from accounts.workflow import write_journal
from cases import policies
from cases.enums import Right, Section
from cases.forms.journal import JournalFilter
from cases.frame import case_frame
from cases.history import changes_of
from cases.models import CaseFile
from cases.opening import journal_read, open_section
from cases.policies.relation import WORDS
from core.htmx import render_page
from core.paging import Order, Page, page_of

PAGE = 50


@require_safe
def journal(request: HttpRequest) -> HttpResponse:
    """Everything, with filters, for auditors and data-protection officers; looking into it is written down too."""
    user: Staff = request.user  # type: ignore[assignment]
    account_policies.require_journal(user)
    form = JournalFilter(request.GET)
    form.is_valid()
    page = _page(request, form.narrow(account_policies.journal_for(user)))
    write_journal(
        JournalAction.JOURNAL_READ,
        by=user,
        detail=form.in_codes(),
        ip=request.META.get("REMOTE_ADDR") or None,
        request_id=getattr(request, "request_id", ""),
    )
    context = _context(request, page) | {
        "form": form,
        "sealed": JournalLink.objects.order_by("-sequence").first(),
        "is_narrowed": bool(form.in_codes()),
    }
    return render_page(request, "cases/journal.html", context)


@require_safe
def seen(request: HttpRequest, code: str) -> HttpResponse:
    """Who has seen this file, when, in which section and why: for the supervisor of the lead unit."""
    case, frame = _of_case(request, code, _("Siapa yang telah melihat"))
    page = _page(request, JournalEntry.objects.filter(object_code=case.code))
    return render_page(request, "cases/case_seen.html", frame | _context(request, page))


@require_safe
def changes(request: HttpRequest, code: str) -> HttpResponse:
    """Which field of what was changed by whom, when and why: for the supervisor of the lead unit."""
    case, frame = _of_case(request, code, _("Riwayat perubahan"))
    found = changes_of(case, frame["seen"], request.GET.get("cursor", ""))
    context = frame | {
        "history": found,
        "columns": [
            *({"label": label} for label in (_("Waktu"), _("Oleh"), _("Data yang berubah"), _("Perubahan"))),
            {"label": _("Permintaan"), "hide_s": True},
        ],
        "next_url": _with(request, found.next_cursor),
        "previous_url": "?" if request.GET.get("cursor") else "",
    }
    return render_page(request, "cases/case_history.html", context)


def _of_case(request: HttpRequest, code: str, page: Any) -> tuple[CaseFile, dict[str, Any]]:
    """A page about the file for those who answer for it; 404 where nothing of the case is seen, 403 for the rest."""
    user: Staff = request.user  # type: ignore[assignment]
    case = get_object_or_404(policies.cases_in_sight(user).with_list_data(), code=code)
    frame = case_frame(user, case, Section.ACCESS, page)
    if Right.APPROVE not in frame["rights"][Section.ACCESS]:
        raise PermissionDenied(_("Yang dapat membuka halaman ini: pengawas unit penanggung jawab."))
    open_section(request, case, Section.ACCESS)
    journal_read(request, case, JournalAction.HISTORY_READ, Section.ACCESS)
    return case, frame


def _page(request: HttpRequest, entries: Any) -> Page[JournalEntry]:
    return page_of(
        [entries],
        Order("-at"),
        cursor=request.GET.get("cursor", ""),
        size=PAGE,
        load=lambda rows: rows.select_related("actor__unit", "unit__agency"),
    )


def _context(request: HttpRequest, page: Page[JournalEntry]) -> dict[str, Any]:
    return {
        "rows": [_row(entry) for entry in page.rows],
        "columns": [{"label": label} for label in (_("Waktu"), _("Pelaku"), _("Tindakan"), _("Berkas"), _("Alasan"))],
        "summary": _how_many(page),
        "next_url": _with(request, page.next_cursor),
        "previous_url": _with(request, page.previous_cursor),
    }


def _row(entry: JournalEntry) -> dict[str, Any]:
    unit = entry.unit or (entry.actor.unit if entry.actor else None)
    return {
        "entry": entry,
        "section": Section(entry.section).label if entry.section in Section.values else "",
        "relation": WORDS.get(entry.relation, ""),
        "reason": gettext(entry.reason) if entry.reason else "",
        "role": entry.get_role_display(),
        "unit": unit.short_name if unit else "",
        "agency": unit.agency.name if entry.unit else "",
    }


def _how_many(page: Page[JournalEntry]) -> str:
    if page.count_is_capped:
        return gettext("lebih dari %(count)s catatan") % {"count": f"{page.count:,}".replace(",", ".")}
    return ngettext("%(count)d catatan", "%(count)d catatan", page.count) % {"count": page.count}


def _with(request: HttpRequest, cursor: str) -> str:
    if not cursor:
        return ""
    parameters = request.GET.copy()
    parameters["cursor"] = cursor
    return f"?{parameters.urlencode()}"
