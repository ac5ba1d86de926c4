"""A case moves to another unit: the proposal, the answers of both units, and what is on its way."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.enums import Role
from accounts.models import Staff
from cases import policies, workflow
from cases.enums import Right, Section
from cases.enums.transfer import TransferStatus
from cases.forms.sharing import words_of
from cases.forms.transfers import AnswerForm, ApproveForm, CancelForm, TransferForm
from cases.frame import MOVES, SECTION_URLS, case_frame, require_move
from cases.models import CaseFile, CaseTransfer
from cases.models.transfer import READS_ON
from cases.opening import open_section
from cases.policies import transfers as transfer_policies
from cases.sentence import due_words, stamp
from core.editing import tell
from core.htmx import redirect, render_page
from core.paging import Order, page_of
from core.workflow import FieldError, TransitionError

asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 25
# The tabs of the list: what they hold, and their name.
VIEWS: dict[str, str | Promise] = {
    "waiting": _("Perlu jawaban Anda"),
    "in": pgettext_lazy("alih berkas", "Masuk"),
    "out": pgettext_lazy("alih berkas", "Keluar"),
    "victims": _("Penyintas"),
}
CHIPS = {
    TransferStatus.PROPOSED: "soon",
    TransferStatus.SENDER_APPROVED: "soon",
    TransferStatus.ACCEPTED: "done",
}


def _user(request: HttpRequest) -> Staff:
    return request.user  # type: ignore[return-value]


# ---- proposing -----------------------------------------------------------------------------------------------------


@asks_or_acts
def transfer_new(request: HttpRequest, code: str) -> HttpResponse:
    """Look for the unit by its name, choose it, say why; a refusal keeps what was typed."""
    user = _user(request)
    case = get_object_or_404(policies.cases_in_sight(user).with_list_data(), code=code)
    require_move(user, case, "transfer")
    open_section(request, case, Section.SUMMARY)
    form, status, blockers = TransferForm(**_typed(request), case=case), 200, []
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                with transaction.atomic():
                    transfer = workflow.propose_transfer(case, by=user, **form.arguments())
            except TransitionError as refusal:
                form.add_error(None, str(refusal.message))
                status, blockers = 409, refusal.blockers
            else:
                messages.success(request, _("Usulan terkirim kepada pengawas unit Anda."))
                return redirect(request, "cases:transfer-detail", transfer.code)
    return render_page(
        request,
        "cases/transfer_new.html",
        case_frame(user, case, Section.SUMMARY, MOVES["transfer"].label)
        | {
            "form": form,
            "blockers": blockers,
            # Said before somebody fills in a second one.
            "there": None if form.is_bound else transfer_policies.open_transfer_of(case),
            "days": READS_ON.days,
            "refer_url": reverse(SECTION_URLS[Section.REFERRALS], args=[case.code])
            if Section.REFERRALS in SECTION_URLS
            else "",
        },
        status=status,
    )


def _typed(request: HttpRequest) -> dict[str, Any]:
    """What was sent; where only units were looked for, as the beginning of a form that is not yet judged."""
    if request.method != "POST":
        return {}
    if "find_unit" not in request.POST:
        return {"data": request.POST}
    return {"initial": {name: request.POST[name] for name in request.POST}}


# ---- one transfer --------------------------------------------------------------------------------------------------


@asks_or_acts
def transfer_detail(request: HttpRequest, code: str) -> HttpResponse:
    """How far it is, what goes along, and the answer of the one whose turn it is."""
    user = _user(request)
    named = ("from_unit", "to_unit__agency", "proposed_by", "approved_by", "ended_by", "worker")
    transfer = get_object_or_404(transfer_policies.transfers_for(user).select_related(*named), code=code)
    role = _role(user, transfer)
    if (case := _case_of(user, transfer)) is not None:
        open_section(request, case, Section.SUMMARY, from_queue=role in ("approve", "answer"))
    form, status = _form(role, transfer, request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                with transaction.atomic():
                    done = _act(transfer, request.POST.get("act", ""), form, by=user)
            except TransitionError as refusal:
                status = tell(form, refusal)
            else:
                messages.success(request, str(done))
                return redirect(request, "cases:transfer-detail", transfer.code)
        # Meanwhile somebody else may have answered: the page says how far it is now, the form what was typed.
        transfer.refresh_from_db()
        role = _role(user, transfer) or role
    return render_page(
        request, "cases/transfer_detail.html", _about(user, transfer) | {"role": role, "form": form}, status=status
    )


def _role(user: Staff, transfer: CaseTransfer) -> str:
    """What this person does on the page now: approve, answer, cancel, or only read."""
    if transfer.is_proposed and transfer_policies.may_approve(user, transfer):
        return "approve"
    if transfer.is_approved and transfer_policies.may_answer(user, transfer):
        return "answer"
    return "cancel" if transfer.is_open and transfer_policies.may_cancel(user, transfer) else ""


def _form(role: str, transfer: CaseTransfer, data: Any) -> forms.Form:
    """A stale page may send an answer to what has ended: its words are kept in the form that they came from."""
    sent = data.get("act", "") if data is not None else ""
    if role == "answer" or (data is not None and sent in ("accept", "decline")):
        return AnswerForm(data, transfer=transfer)
    return ApproveForm(data) if role == "approve" or sent in ("approve", "return") else CancelForm(data)


def _act(transfer: CaseTransfer, act: str, form: forms.Form, *, by: Staff) -> str | Promise:
    answer = form.cleaned_data["answer"]
    match act:
        case "approve":
            workflow.approve_transfer(transfer, by=by)
            return _("Disetujui. Unit tujuan diberi tahu.")
        case "return" | "cancel":
            workflow.cancel_transfer(transfer, by=by, answer=answer)
            return _("Alih berkas dibatalkan. Berkas tetap di unit asal.")
        case "accept":
            if form.cleaned_data["worker"] is None:
                raise FieldError({"worker": _("Pilih penanggung jawab baru.")})
            workflow.accept_transfer(transfer, by=by, worker=form.cleaned_data["worker"])
            return _("Diterima. Berkas sekarang dipegang unit Anda.")
        case "decline":
            workflow.decline_transfer(transfer, by=by, answer=answer)
            return _("Ditolak. Unit asal diberi tahu.")
    raise PermissionDenied


def _case_of(user: Staff, transfer: CaseTransfer) -> CaseFile | None:
    cases = policies.cases_for(user, Right.VIEW, Section.SUMMARY).select_related("participant")
    return cases.filter(pk=transfer.case_id).first()


def _about(user: Staff, transfer: CaseTransfer) -> dict[str, Any]:
    """A name only for whoever sees the case itself."""
    case = _case_of(user, transfer)
    zone, now = user.unit.zone, timezone.now()
    return {
        "transfer": transfer,
        "case": case,
        "name": case.participant.shown_name if case else "",
        "case_url": reverse("cases:case-detail", args=[case.code]) if case else "",
        "chip": CHIPS.get(TransferStatus(transfer.status), ""),
        "steps": _steps(transfer, zone),
        "scope": words_of([section for section in transfer.data_scope if section != Section.ACCESS]),
        "due": due_words(transfer.due_at, now, zone) if transfer.is_open else None,
        "days": READS_ON.days,
        "is_receiver": user.unit_id == transfer.to_unit_id,
        "is_supervisor": user.role == Role.SUPERVISOR,
    }


def _steps(transfer: CaseTransfer, zone: Any) -> list[dict[str, Any]]:
    """Proposed, approved, answered: what is done, by whom; what is next."""
    ended = bool(transfer.ended_at)
    last = transfer.get_status_display() if ended else gettext("Dijawab unit tujuan")
    skipped = ended and transfer.approved_at is None
    rows = [
        (gettext("Diusulkan"), transfer.proposed_at, transfer.proposed_by),
        *([] if skipped else [(gettext("Disetujui unit asal"), transfer.approved_at, transfer.approved_by)]),
        (last, transfer.ended_at, transfer.ended_by),
    ]
    place = next((number for number, (_label, at, _who) in enumerate(rows) if at is None), len(rows))
    return [
        {
            "label": label,
            "state": "done" if number < place else "now" if number == place else "ahead",
            "notes": [stamp(at, zone), who.full_name] if at and who else [],
        }
        for number, (label, at, who) in enumerate(rows)
    ]


# ---- the list ------------------------------------------------------------------------------------------------------


@require_safe
def transfer_list(request: HttpRequest) -> HttpResponse:
    """For supervisors: what waits for an answer, what came, what left. Codes and units, never a name."""
    user = _user(request)
    if user.role != Role.SUPERVISOR:
        raise PermissionDenied
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "waiting"
    page = page_of(
        _branches(user, view),
        Order("-proposed_at"),
        cursor=request.GET.get("cursor", ""),
        size=PAGE,
        load=lambda rows: rows.select_related("from_unit", "to_unit"),
    )
    has_victims = view == "victims" or any(branch.exists() for branch in _branches(user, "victims"))
    return render_page(
        request,
        "cases/transfer_list.html",
        {
            "views": [
                {"label": label, "url": f"?view={name}", "current": name == view, "count": None}
                for name, label in VIEWS.items()
                if name != "victims" or has_victims
            ],
            "view_label": VIEWS[view],
            "rows": [_row(transfer, user) for transfer in page.rows],
            "summary": ngettext("%(count)d alih berkas", "%(count)d alih berkas", page.count) % {"count": page.count},
            "next_url": f"?view={view}&cursor={page.next_cursor}" if page.next_cursor else "",
            "previous_url": f"?view={view}&cursor={page.previous_cursor}" if page.previous_cursor else "",
        },
    )


def _branches(user: Staff, view: str) -> list[Any]:
    """Survivors stand in a list of their own (ET-15), but what waits for an answer is told whole: it has no names."""
    if view == "waiting":
        return [transfer_policies.waiting_for(user)]
    ways = {"in": [transfer_policies.incoming], "out": [transfer_policies.outgoing]}
    both = [transfer_policies.incoming, transfer_policies.outgoing]
    return [find(user).filter(is_victim_file=view == "victims") for find in ways.get(view, both)]


def _row(transfer: CaseTransfer, user: Staff) -> dict[str, Any]:
    zone, now = user.unit.zone, timezone.now()
    due = due_words(transfer.due_at, now, zone) if transfer.is_open else None
    ended = transfer.ended_at or transfer.proposed_at
    return {
        "url": reverse("cases:transfer-detail", args=[transfer.code]),
        "code": transfer.case_code,
        "when": due.when if due else stamp(ended, zone),
        "note": due.note if due else "",
        "is_late": bool(due and due.late),
        "text": f"{transfer.from_unit.short_name} → {transfer.to_unit.short_name}",
        "about": ", ".join(str(words) for words in (transfer.get_case_type_display(), transfer.get_reason_display())),
        "chip": {"text": transfer.get_status_display(), "kind": CHIPS.get(TransferStatus(transfer.status), "")},
    }
