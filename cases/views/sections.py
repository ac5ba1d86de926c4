"""Sections of a case file that this app shows itself: identity and supervision (cases.views.legal: the law)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Staff
from cases import policies, workflow
from cases.enums import AmpkCategory, ChildCategory, Disability, PpksCategory, Section
from cases.forms.person import person_initial, region_label
from cases.forms.sections import DutyForm, IdentityForm, NewAddressForm, duty_initial
from cases.models import Participant, ReportingDuty
from cases.sentence import born_words
from cases.views.household import household_card
from cases.views.pages import if_editing, open_page
from core.htmx import redirect, render_page
from core.workflow import StaleError

CHECK_INS_SHOWN = 24
asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])


def _columns(*labels: Any) -> list[dict[str, Any]]:
    return [{"label": label} for label in labels]


# ---- identity -------------------------------------------------------------------------------------------------------


@require_safe
def identity(request: HttpRequest, code: str) -> HttpResponse:
    case, frame = open_page(request, code, Section.IDENTITY)
    addresses = case.participant.addresses.select_related("region__parent__parent").order_by("-valid_from", "-pk")
    return render_page(
        request,
        "cases/case_identity.html",
        frame
        | {
            "person": case.participant,
            "born": born_words(case.participant),
            "categories": _categories(case.participant),
            "edit_url": if_editing(frame, "cases:identity-edit"),
            "address_url": if_editing(frame, "cases:address-new"),
            "address_columns": _columns(_("Alamat"), _("Jenis"), _("Berlaku"), _("Akses")),
            "addresses": [{"row": address, "region": region_label(address.region)} for address in addresses],
            "other_cases": list(
                policies.cases_in_sight(request.user)
                .filter(participant=case.participant)
                .exclude(pk=case.pk)
                .select_related("lead_unit")
            ),
            "may_open": len(policies.openable_types(request.user)) > 1,
        }
        | household_card(request.user, frame),
    )


def _categories(person: Participant) -> list[dict[str, Any]]:
    """What the person is said to be, list by list: only the lists that say something."""
    lists = (
        (_("Disabilitas"), Disability, person.disability),
        (_("Kategori anak"), ChildCategory, person.child_category),
        (_("AMPK"), AmpkCategory, person.ampk_category),
        (_("PPKS"), PpksCategory, person.ppks_category),
    )
    return [
        {"label": label, "values": [kinds(code).label for code in codes]} for label, kinds, codes in lists if codes
    ]


@asks_or_acts
def identity_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change the person's identity; a save on an older version shows both texts and loses neither."""
    case, frame = open_page(request, code, Section.IDENTITY, _("Sunting identitas"), edit=True)
    conflict: dict[str, Any] | None = None
    status = 200
    if request.method == "POST":
        first = case.legal_statuses.order_by("valid_from").values_list("valid_from", flat=True).first()
        form = IdentityForm(request.POST, person=case.participant, first_status_on=first)
        status = 422
        if form.is_valid():
            try:
                workflow.amend_participant(
                    case,
                    by=request.user,
                    version=form.cleaned_data["version"],
                    **form.person(),
                )
            except StaleError:
                current = Participant.objects.get(pk=case.participant_id)
                conflict, status = _conflict(form, current), 409
                form = _on_top_of(request, current)
            else:
                messages.success(request, _("Identitas disimpan."))
                return redirect(request, "cases:identity", case.code)
    else:
        person = case.participant
        form = IdentityForm(initial=person_initial(person) | {"version": person.version}, person=person)
    return render_page(
        request,
        "cases/case_identity_edit.html",
        frame
        | {
            "form": form,
            "conflict": conflict,
            "conflict_columns": _columns(_("Isian"), _("Isian Anda"), _("Tersimpan")),
        },
        status=status,
    )


def _conflict(mine: IdentityForm, current: Participant) -> dict[str, Any]:
    """Field by field what differs between the sent text and what somebody else has saved meanwhile."""
    theirs = IdentityForm(initial=person_initial(current), person=current)
    names = [name for name in mine.fields if name not in ("version", "nik_confirmed")]
    return {
        "at": current.updated_at,
        "who": _who_saved(current),
        "rows": [
            {"label": mine.fields[name].label, "mine": mine.shown(name), "theirs": theirs.shown(name)}
            for name in names
            if mine.shown(name) != theirs.shown(name)
        ],
    }


def _who_saved(current: Participant) -> str:
    """Who wrote the stored version, as the history of the row tells; empty for a command."""
    newest = current.history.select_related("pgh_context").order_by("-pgh_id").first()
    context = newest.pgh_context.metadata if newest and newest.pgh_context else {}
    return Staff.objects.filter(pk=context.get("staff")).values_list("full_name", flat=True).first() or ""


def _on_top_of(request: HttpRequest, current: Participant) -> IdentityForm:
    """The same text once more, now for the version that is stored."""
    data = request.POST.copy()
    data["version"] = str(current.version)
    return IdentityForm(data, person=current)


@asks_or_acts
def address_new(request: HttpRequest, code: str) -> HttpResponse:
    case, frame = open_page(request, code, Section.IDENTITY, _("Alamat baru"), edit=True)
    form = NewAddressForm(request.POST if request.method == "POST" else None, initial={"since": timezone.localdate()})
    status = 200
    if request.method == "POST" and "find_region" in request.POST:
        form = NewAddressForm(initial=request.POST.dict())
    elif request.method == "POST":
        status = 422
        if form.is_valid():
            workflow.move_address(
                case,
                by=request.user,
                since=form.cleaned_data["since"],
                **(form.address() or {}),
            )
            messages.success(request, _("Alamat disimpan."))
            return redirect(request, "cases:identity", case.code)
    return render_page(request, "cases/case_address_new.html", frame | {"form": form}, status=status)


# ---- supervision ----------------------------------------------------------------------------------------------------


@require_safe
def supervision(request: HttpRequest, code: str) -> HttpResponse:
    case, frame = open_page(request, code, Section.SUPERVISION)
    return render_page(
        request,
        "cases/case_supervision.html",
        frame
        | {
            "duty": ReportingDuty.objects.filter(case=case).first(),
            "edit_url": if_editing(frame, "cases:supervision-edit"),
            "columns": _columns(_("Jadwal"), _("Hasil"), _("Alasan"), _("Dicatat oleh")),
            "check_ins": list(case.check_ins.select_related("recorded_by").order_by("-due_at")[:CHECK_INS_SHOWN]),
        },
    )


@asks_or_acts
def supervision_edit(request: HttpRequest, code: str) -> HttpResponse:
    case, frame = open_page(request, code, Section.SUPERVISION, _("Atur wajib lapor"), edit=True)
    duty = ReportingDuty.objects.filter(case=case).first()
    form = DutyForm(request.POST if request.method == "POST" else None, initial=duty_initial(duty))
    if request.method == "POST" and form.is_valid():
        workflow.set_reporting_duty(case, by=request.user, **form.cleaned_data)
        messages.success(request, _("Wajib lapor disimpan."))
        return redirect(request, "cases:supervision", case.code)
    return _form_page(request, frame, form, "cases:supervision", 422 if form.is_bound else 200)


def _form_page(request: HttpRequest, frame: dict[str, Any], form: Any, back: str, status: int) -> HttpResponse:
    return render_page(request, "cases/case_form.html", frame | {"form": form, "back": back}, status=status)
