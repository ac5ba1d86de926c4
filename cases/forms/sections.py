"""What is written on the section pages: identity, address, reporting duty."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.enums import Channel, NikStatus
from cases.forms.person import AddressForm, PersonForm, regency_of
from cases.legal_dates import IN_FUTURE
from cases.models import Address, Participant, ReportingDuty
from core.rendering import DateInput, DateTimeInput


class IdentityForm(PersonForm):
    """Changes who somebody is. The stored NIK is never sent to the page: left empty it stays, typed it replaces."""

    not_stored = ("nik_confirmed",)
    empty_keeps = ("nik",)

    def __init__(self, *args: Any, person: Participant, first_status_on: dt.date | None = None, **kwargs: Any) -> None:
        self.person_now = person
        self.first_status_on = first_status_on
        self.has_nik = person.nik_status == NikStatus.PRESENT
        self.sealed = {"nik": person.nik_shown}
        super().__init__(*args, **kwargs)
        if self.has_nik:
            self.fields["nik"].help_text = _("Tersimpan: %(number)s. Isi hanya bila berubah.") % {
                "number": person.nik_shown
            }

    def regencies(self) -> set[str]:
        codes = self.person_now.addresses.values_list("region__code", flat=True)
        return {regency_of(code) for code in codes}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        born = self.typed.born_not_before
        if born and self.first_status_on and born > self.first_status_on:
            self.add_error("birth_year", _("Lahir sesudah status hukum pertamanya berlaku. Periksa tanggal lahirnya."))
        return data


def address_initial(address: Address) -> dict[str, Any]:
    return {
        "region_query": address.region.name,
        "region": address.region_id,
        "address_line": address.line,
        "rt": address.rt,
        "rw": address.rw,
        "access_note": address.access_note,
        "kind": address.kind,
        "since": address.valid_from,
        "until": address.valid_to,
    }


class NewAddressForm(AddressForm):
    kind = forms.ChoiceField(label=_("Jenis"), choices=Address.Kind.choices, required=False, initial=Address.Kind.HOME)
    since = forms.DateField(label=_("Sejak"), widget=DateInput, error_messages={"required": _("Isi tanggalnya.")})

    region_is_required = True
    conditional_fields = ("region", "region_query", "kind")

    def __init__(self, data: Any = None, *, initial: dict[str, Any]) -> None:
        if data is not None and "find_region" in data:  # without script: a button that only looks districts up
            data, initial = None, initial | data.dict()
        super().__init__(data, initial=initial)

    def clean_kind(self) -> str:
        return str(self.cleaned_data["kind"] or Address.Kind.HOME)

    def clean_since(self) -> dt.date:
        since: dt.date = self.cleaned_data["since"]
        if since > timezone.localdate():
            raise forms.ValidationError(IN_FUTURE)
        return since


class AddressEditForm(NewAddressForm):
    """Correct an address, or say until when it held."""

    until = forms.DateField(
        label=_("Sampai"), required=False, widget=DateInput, help_text=_("Kosong bila masih berlaku.")
    )

    def clean_until(self) -> dt.date | None:
        until: dt.date | None = self.cleaned_data["until"]
        if until is not None and until > timezone.localdate():
            raise forms.ValidationError(IN_FUTURE)
        return until

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", _("Tanggal akhir tidak boleh sebelum tanggal awal."))
        return data

    def amended(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"kind": data["kind"], "valid_from": data["since"], "valid_to": data["until"]} | (self.address() or {})


class DutyForm(forms.Form):
    frequency_days = forms.IntegerField(
        label=_("Tiap berapa hari"),
        min_value=1,
        max_value=366,
        help_text=_("Misalnya 28 untuk sekali dalam empat minggu."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": _("Isi jumlah harinya.")},
    )
    next_due_at = forms.DateTimeField(
        label=_("Berikutnya"), widget=DateTimeInput, error_messages={"required": _("Isi tanggal dan jamnya.")}
    )
    channel = forms.ChoiceField(
        label=_("Cara"),
        choices=Channel.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih caranya.")},
    )
    place = forms.CharField(label=_("Tempat"), required=False, max_length=120)

    def clean_next_due_at(self) -> dt.datetime:
        at: dt.datetime = self.cleaned_data["next_due_at"]
        if at < timezone.now():
            raise forms.ValidationError(_("Waktu ini sudah lewat."))
        if at > timezone.now() + dt.timedelta(days=366):
            raise forms.ValidationError(_("Paling jauh satu tahun dari sekarang."))
        return at


def duty_initial(duty: ReportingDuty | None) -> dict[str, Any]:
    if duty is None:
        return {"frequency_days": 28, "channel": Channel.OFFICE}
    return {
        "frequency_days": duty.frequency_days,
        "next_due_at": timezone.localtime(duty.next_due_at),
        "channel": duty.channel,
        "place": duty.place,
    }
