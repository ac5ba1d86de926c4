"""Sections of a case file that this app shows itself: identity and supervision (cases.views.legal: the law)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from cases import policies, workflow
from cases.enums import AmpkCategory, ChildCategory, Disability, PpksCategory, Section
from cases.forms.person import person_initial, region_label
from cases.forms.sections import AddressEditForm, DutyForm, IdentityForm, NewAddressForm, address_initial, duty_initial
from cases.frame import age_notice
from cases.models import Address, Participant, ReportingDuty
from cases.sentence import born_words
from cases.views.household import household_card
from cases.views.pages import if_editing, open_page
from core.editing import Place, edit_page
from core.htmx import redirect, render_page

CHECK_INS_SHOWN = 24
ADDRESS_COLUMNS = (_("Alamat"), _("Jenis"), _("Berlaku"), _("Akses"))
ADDRESS_SAVED = _("Alamat disimpan.")
asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])


def _columns(*labels: Any) -> list[dict[str, Any]]:
    return [{"label": label} for label in labels]


# ---- identity -------------------------------------------------------------------------------------------------------


@require_safe
def identity(request: HttpRequest, code: str) -> HttpResponse:
    case, frame = open_page(request, code, Section.IDENTITY)
    edits = "edit_identity" in frame["actions"]
    addresses = case.participant.addresses.select_related("region__parent__parent").order_by("-valid_from", "-pk")
    return render_page(
        request,
        "cases/case_identity.html",
        frame
        | {
            "person": case.participant,
            "age_notice": age_notice(frame),
            "born": born_words(case.participant),
            "categories": _categories(case.participant),
            "details": _details(case.participant, for_team=edits),
            "edit_url": if_editing(frame, "cases:identity-edit"),
            "address_url": if_editing(frame, "cases:address-new"),
            "address_columns": _columns(*ADDRESS_COLUMNS, *([_("Tindakan")] if edits else [])),
            "edits": edits,
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


def _details(person: Participant, *, for_team: bool) -> list[dict[str, Any]]:
    """What is known beyond the first meeting; the religion for those who work with the person alone."""
    facts = [
        (_("Pendidikan terakhir"), person.get_education_display()),
        (_("Pekerjaan"), person.occupation),
        (_("Bahasa sehari-hari"), person.language),
        (_("Status kawin"), person.get_marital_status_display()),
        (_("Kewarganegaraan"), person.get_citizenship_display()),
        (_("Agama"), person.get_religion_display() if for_team else ""),
    ]
    return [{"label": label, "value": value} for label, value in facts if value]


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
    """Change the person's identity."""
    case, frame = open_page(request, code, Section.IDENTITY, _("Sunting identitas"), edit=True)

    first = case.legal_statuses.order_by("valid_from").values_list("valid_from", flat=True).first()

    def form_of(data: Any, person: Participant) -> IdentityForm:
        return IdentityForm(data, initial=person_initial(person), person=person, first_status_on=first)

    return edit_page(
        request,
        case.participant,
        form_of=form_of,
        save=lambda form, version: workflow.amend_participant(case, by=request.user, version=version, **form.person()),
        place=Place(
            "cases/case_identity_edit.html",
            reverse("cases:identity", args=[case.code]),
            _("Identitas disimpan."),
            frame,
        ),
    )


@asks_or_acts
def address_new(request: HttpRequest, code: str) -> HttpResponse:
    case, frame = open_page(request, code, Section.IDENTITY, _("Alamat baru"), edit=True)
    form = NewAddressForm(request.POST if request.method == "POST" else None, initial={"since": timezone.localdate()})
    status = 422 if form.is_bound else 200
    if form.is_valid():
        workflow.move_address(
            case,
            by=request.user,
            since=form.cleaned_data["since"],
            kind=form.cleaned_data["kind"],
            **(form.address() or {}),
        )
        messages.success(request, ADDRESS_SAVED)
        return redirect(request, "cases:identity", case.code)
    return render_page(request, "cases/case_address.html", frame | {"form": form, "is_new": True}, status=status)


@asks_or_acts
def address_edit(request: HttpRequest, code: str, address_code: str) -> HttpResponse:
    """Correct an address, or say until when it held."""
    case, frame = open_page(request, code, Section.IDENTITY, _("Sunting alamat"), edit=True)
    addresses = Address.objects.filter(participant=case.participant_id).select_related("region")
    address = get_object_or_404(addresses, code=address_code)
    return edit_page(
        request,
        address,
        form_of=lambda data, row: AddressEditForm(data, initial=address_initial(row)),
        save=lambda form, version: workflow.amend_address(
            case, address, by=request.user, version=version, **form.amended()
        ),
        place=Place("cases/case_address.html", reverse("cases:identity", args=[case.code]), ADDRESS_SAVED, frame),
    )


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
    back = "cases:supervision"
    return edit_page(
        request,
        ReportingDuty.objects.filter(case=case).first(),
        form_of=lambda data, duty: DutyForm(data, initial=duty_initial(duty)),
        save=lambda form, version: workflow.set_reporting_duty(
            case, by=request.user, version=version, **form.cleaned_data
        ),
        place=Place(
            "cases/case_form.html",
            reverse(back, args=[case.code]),
            _("Wajib lapor disimpan."),
            frame | {"back": back},
        ),
    )
