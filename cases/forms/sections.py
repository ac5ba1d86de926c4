"""What is written on the section pages: identity, address, legal statuses and events, reporting duty."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.enums import Channel, LegalStatusKind, NikStatus
from cases.forms.person import AddressForm, PersonForm, regency_of
from cases.models import LegalEvent, Participant, ReportingDuty
from core.rendering import DateInput, DateTimeInput


class IdentityForm(PersonForm):
    """Changes who somebody is. The stored NIK is never sent to the page: left empty it stays, typed it replaces."""

    not_stored = ("nik_confirmed",)
    empty_keeps = ("nik",)

    def __init__(self, *args: Any, person: Participant, **kwargs: Any) -> None:
        self.person_now = person
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


class NewAddressForm(AddressForm):
    since = forms.DateField(label=_("Sejak"), widget=DateInput, error_messages={"required": _("Isi tanggalnya.")})

    region_is_required = True

    def clean_since(self) -> dt.date:
        since: dt.date = self.cleaned_data["since"]
        if since > timezone.localdate():
            raise forms.ValidationError(_("Tanggal ini masih di masa depan."))
        return since


class LegalStatusForm(forms.Form):
    status = forms.ChoiceField(
        label=_("Status hukum"),
        choices=[("", _("Pilih status")), *LegalStatusKind.choices],
        error_messages={"required": _("Pilih status hukumnya.")},
    )
    valid_from = forms.DateField(
        label=_("Sejak"), widget=DateInput, error_messages={"required": _("Isi sejak kapan status ini berlaku.")}
    )
    valid_to = forms.DateField(
        label=_("Sampai"), required=False, widget=DateInput, help_text=_("Kosongkan bila masih berlaku.")
    )
    end_previous = forms.BooleanField(
        label=_("Akhiri status yang masih berlaku pada tanggal “sejak”"), required=False, initial=True
    )
    authority = forms.CharField(
        label=_("Lembaga"),
        required=False,
        max_length=160,
        help_text=_("Yang menetapkan, misalnya Lapas."),
    )
    document_no = forms.CharField(
        label=_("Nomor dokumen"),
        required=False,
        max_length=80,
        help_text=_("Status terperiksa bila lembaga dan dokumennya ada."),
    )
    sentence_months = forms.IntegerField(label=_("Masa pidana (bulan)"), required=False, min_value=1, max_value=1_200)
    release_date = forms.DateField(label=_("Tanggal bebas"), required=False, widget=DateInput)
    supervision_end = forms.DateField(label=_("Akhir bimbingan"), required=False, widget=DateInput)
    conditions = forms.CharField(
        label=_("Syarat"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_valid_from(self) -> dt.date:
        since: dt.date = self.cleaned_data["valid_from"]
        if since > timezone.localdate():
            raise forms.ValidationError(_("Tanggal ini masih di masa depan."))
        if since.year < 1945:
            raise forms.ValidationError(_("Periksa tahunnya."))
        return since

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        since = data.get("valid_from")
        for name, sentence in (
            ("valid_to", _("Tanggal akhir tidak boleh sebelum tanggal awal.")),
            ("release_date", _("Tanggal ini sebelum status berlaku.")),
            ("supervision_end", _("Tanggal ini sebelum status berlaku.")),
        ):
            if since and data.get(name) and data[name] < since:
                self.add_error(name, sentence)
        return data


class LegalEventForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Peristiwa"),
        choices=LegalEvent.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih peristiwanya.")},
    )
    happened_on = forms.DateField(
        label=_("Tanggal"), widget=DateInput, error_messages={"required": _("Isi tanggalnya.")}
    )
    place = forms.CharField(label=_("Tempat"), required=False, max_length=160)
    document_no = forms.CharField(label=_("Nomor dokumen"), required=False, max_length=80)

    def clean_happened_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["happened_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Tanggal ini masih di masa depan."))
        return day


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
