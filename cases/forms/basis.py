"""What is filled in about the ground on which data are used: a law, or a person's consent."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.enums import ConsentCapacity, ConsentPurpose
from cases.enums.basis import BasisPurpose, Ground
from cases.forms.documents import ProvedForm
from cases.models import CaseFile
from cases.workflow.consent import CONSENT_SCOPES
from core.rendering import DateInput

YEARS_AHEAD = 10


def _in_time(day: dt.date | None) -> dt.date | None:
    """A last day that lies neither behind nor beyond reason."""
    if day and day < timezone.localdate():
        raise forms.ValidationError(_("Tanggal ini sudah lewat."))
    if day and day.year > timezone.localdate().year + YEARS_AHEAD:
        raise forms.ValidationError(_("Periksa tahunnya."))
    return day


class BasisForm(forms.Form):
    purpose = forms.ChoiceField(
        label=_("Tujuan"),
        choices=BasisPurpose.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih tujuannya.")},
    )
    ground = forms.ChoiceField(
        label=_("Dasar menurut UU 27/2022 Pasal 20 ayat (2)"),
        choices=Ground.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih dasarnya.")},
    )
    reference = forms.CharField(
        label=_("Aturan atau dokumen"),
        max_length=200,
        help_text=_("Misalnya UU 22/2022 Pasal 56, atau nomor penetapan pengadilan."),
        error_messages={"required": _("Sebutkan aturan atau dokumennya.")},
    )
    valid_from = forms.DateField(label=_("Sejak"), widget=DateInput, error_messages={"required": _("Isi tanggalnya.")})
    valid_to = forms.DateField(label=_("Sampai"), required=False, widget=DateInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("valid_from", timezone.localdate())

    def clean_valid_from(self) -> dt.date:
        day: dt.date = self.cleaned_data["valid_from"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Tanggal ini masih di depan."))
        if day.year < timezone.localdate().year - 2 * YEARS_AHEAD:
            raise forms.ValidationError(_("Periksa tahunnya."))
        return day

    def clean_valid_to(self) -> dt.date | None:
        return _in_time(self.cleaned_data["valid_to"])

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return data | {"purpose": BasisPurpose(data["purpose"]), "ground": Ground(data["ground"])}


class ConsentForm(ProvedForm):
    decision = forms.ChoiceField(
        label=_("Jawaban"),
        choices=[("given", _("Setuju")), ("refused", _("Tidak setuju"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih jawabannya.")},
    )
    recipient = forms.CharField(
        label=_("Penerima"),
        required=False,
        max_length=160,
        help_text=_("Lembaga atau orang yang menerima. Kosongkan bila tidak ada."),
    )
    scope = forms.MultipleChoiceField(
        label=_("Data yang boleh dibagikan"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Pilih datanya.")},
    )
    detail = forms.CharField(
        label=_("Isi persetujuan"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Apa persisnya yang disetujui atau ditolak, dengan kata yang dipahami peserta."),
        error_messages={"required": _("Tulis apa yang disetujui.")},
    )
    given_by = forms.CharField(
        label=_("Pemberi persetujuan"), max_length=160, error_messages={"required": _("Tulis namanya.")}
    )
    capacity = forms.ChoiceField(
        label=_("Kapasitas"),
        choices=ConsentCapacity.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih kapasitasnya.")},
    )
    language = forms.CharField(label=_("Bahasa penjelasan"), max_length=60, initial="Indonesia")
    evidence = forms.CharField(
        label=_("Bukti"),
        max_length=200,
        help_text=_("Di mana buktinya: formulir bertanda tangan, rekaman, atau saksi."),
        error_messages={"required": _("Sebutkan buktinya.")},
    )
    valid_until = forms.DateField(label=_("Berlaku sampai"), required=False, widget=DateInput)

    def __init__(self, *args: Any, case: CaseFile, purpose: ConsentPurpose, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        if choices := CONSENT_SCOPES.get(purpose):
            self.fields["scope"].choices = list(choices)  # type: ignore[attr-defined]
            self.fields["recipient"].help_text = _("Nama mitra seperti dalam direktori. Kosongkan bila semua mitra.")
        else:
            del self.fields["scope"]

    def clean_capacity(self) -> str:
        capacity: str = self.cleaned_data["capacity"]
        if capacity == ConsentCapacity.SELF and self.case.participant.is_child:
            raise forms.ValidationError(_("Untuk anak, persetujuan diberikan orang tua, wali, atau pekerja sosial."))
        return capacity

    def clean_valid_until(self) -> dt.date | None:
        return _in_time(self.cleaned_data["valid_until"])

    def arguments(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        refused = data.pop("decision") == "refused"
        scope = data.pop("scope", [])
        return self.proof(data) | {"capacity": ConsentCapacity(data["capacity"]), "scope": scope, "refused": refused}
