"""What is written on the legal page: statuses, events, what other bodies say, returns from abroad."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases import legal_dates
from cases.enums import ExternalInstrument, ExternalValue, LegalStatusKind, ReturnKind
from cases.forms.documents import ProvedForm
from cases.forms.intake import countries
from cases.models import LegalEvent, LegalRecord
from core.rendering import DateInput

TOO_LONG = _("Terlalu panjang: %(show_value)d huruf, paling banyak %(limit_value)d.")


def _text(label: Any, most: int, *, help_text: Any = "", required: Any = "") -> forms.CharField:
    """One line; ``required`` is the sentence for who leaves it out."""
    messages = {"max_length": TOO_LONG} | ({"required": required} if required else {})
    return forms.CharField(
        label=label, required=bool(required), max_length=most, help_text=help_text, error_messages=messages
    )


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        widget=DateInput,
        help_text=help_text,
        error_messages={"required": _("Isi tanggalnya.")},
    )


def _document_no() -> forms.CharField:
    return _text(_("Nomor dokumen"), 80)


class RecordForm(forms.Form):
    """A record of the legal page, new or corrected; its dates are held against what is ``known``."""

    day = ""  # the field that says when it happened

    def __init__(self, *args: Any, known: legal_dates.Known, record: LegalRecord | None = None, **kwargs: Any) -> None:
        self.known = known
        if record is not None:
            # A document by its number alone: the row itself may be out of sight.
            stored = {column.name: column.attname for column in record._meta.concrete_fields}
            kwargs["initial"] = {name: getattr(record, stored[name]) for name in self.base_fields if name in stored}
        super().__init__(*args, **kwargs)

    def problems(self, data: dict[str, Any]) -> legal_dates.Problems:
        return legal_dates.past_problems(self.day, data.get(self.day), self.known)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.refuse(self.problems(data))
        return data

    def refuse(self, problems: legal_dates.Problems) -> None:
        """Say beside each field why its date cannot be."""
        for name, sentence in problems.items():
            if name not in self.errors:
                self.add_error(name, sentence)

    def fields_of(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class ProvedRecordForm(RecordForm, ProvedForm):
    """A record with the document that proves it."""

    def fields_of(self) -> dict[str, Any]:
        return self.proof(super().fields_of())


class LegalStatusForm(ProvedRecordForm):
    status = forms.ChoiceField(
        label=_("Status hukum"),
        choices=[("", _("Pilih status")), *LegalStatusKind.choices],
        error_messages={"required": _("Pilih status hukumnya.")},
    )
    valid_from = forms.DateField(
        label=_("Sejak"), widget=DateInput, error_messages={"required": _("Isi sejak kapan status ini berlaku.")}
    )
    valid_to = _day(_("Sampai"), required=False, help_text=_("Kosongkan bila masih berlaku."))
    end_previous = forms.BooleanField(
        label=_("Akhiri status yang masih berlaku pada tanggal “sejak”"), required=False, initial=True
    )
    authority = _text(_("Lembaga"), 160, help_text=_("Yang menetapkan, misalnya Lapas."))
    document_no = _text(
        _("Nomor dokumen"), 80, help_text=_("Dengan lembaga dan nomornya, pengawas dapat memeriksa status ini.")
    )
    sentence_months = forms.IntegerField(label=_("Masa pidana (bulan)"), required=False, min_value=1, max_value=1_200)
    release_date = _day(_("Tanggal bebas"), required=False)
    supervision_end = _day(_("Akhir bimbingan"), required=False)
    conditions = forms.CharField(
        label=_("Syarat"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kwargs.get("record") is not None:
            del self.fields["end_previous"]

    def problems(self, data: dict[str, Any]) -> legal_dates.Problems:
        return legal_dates.status_problems(data, self.known)


class StatusEndForm(forms.Form):
    valid_to = _day(_("Berlaku sampai"), help_text=_("Hari itu sudah milik status berikutnya."))


class LegalEventForm(ProvedRecordForm):
    kind = forms.ChoiceField(
        label=_("Peristiwa"),
        choices=LegalEvent.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih peristiwanya.")},
    )
    happened_on = _day(_("Tanggal"))
    place = _text(_("Tempat"), 160)
    authority = _text(_("Lembaga"), 160, help_text=_("Yang menetapkan atau menyaksikan."))
    document_no = _document_no()

    day = "happened_on"


class ClassificationForm(RecordForm):
    source = _text(
        _("Instansi"), 120, help_text=_("Yang memberi kategori ini, misalnya Lapas."), required=_("Tulis instansinya.")
    )
    value = forms.ChoiceField(
        label=_("Kategori"),
        choices=[("", _("Pilih kategori")), *ExternalValue.choices],
        help_text=_("Seperti kata instansi itu. Penilaian kita tidak berubah karenanya."),
        error_messages={"required": _("Pilih kategorinya.")},
    )
    given_on = _day(_("Tanggal"))
    basis = _text(_("Dasar"), 200, help_text=_("Misalnya: penilaian sebelum pembebasan."))
    document_no = _document_no()

    day = "given_on"


class ExternalAssessmentForm(RecordForm):
    source = _text(_("Instansi"), 120, help_text=_("Yang menilai, misalnya Lapas."), required=_("Tulis instansinya."))
    instrument = forms.ChoiceField(
        label=_("Instrumen"),
        choices=[("", _("Pilih instrumen")), *ExternalInstrument.choices],
        error_messages={"required": _("Pilih instrumennya.")},
    )
    assessed_on = _day(_("Tanggal penilaian"))
    result = _text(
        _("Hasil"),
        120,
        help_text=_("Seperti tertulis di suratnya. Penilaian kita tidak berubah karenanya."),
        required=_("Tulis hasilnya."),
    )
    summary = forms.CharField(
        label=_("Ringkasan"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": TOO_LONG},
    )
    basis = _text(_("Dasar"), 200)
    document_no = _document_no()

    day = "assessed_on"


class ReturnForm(RecordForm):
    kind = forms.ChoiceField(
        label=_("Jenis kepulangan"),
        choices=ReturnKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih jenis kepulangannya.")},
    )
    country = forms.ChoiceField(
        label=_("Negara asal"),
        help_text=_("Rahasia: dilihat petugas kasus dan pengawasnya, dilaporkan hanya per kelompok."),
        error_messages={"required": _("Pilih negara asalnya.")},
    )
    arrived_on = forms.DateField(
        label=_("Tiba"), widget=DateInput, error_messages={"required": _("Isi tanggal tiba.")}
    )
    stay_abroad_months = forms.IntegerField(
        label=_("Lama di luar negeri (bulan)"), required=False, min_value=0, max_value=1_200
    )
    received_by = _text(_("Diterima oleh"), 160)

    day = "arrived_on"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", _("Pilih negara")), *countries()]
