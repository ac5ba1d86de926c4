"""What is filled in about a breach: the report, each step of handling, the closing."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases.enums.breaches import BreachKind
from cases.forms.rights import words
from cases.workflow.breaches import unknown_codes
from core.rendering import DateTimeInput

MOST_CODES = 500


class CodesField(forms.CharField):
    """Case codes, one a line or with commas between; what is none is said."""

    by: Staff

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Kode kasus yang terkena"),
            required=False,
            max_length=10 * MOST_CODES,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("Satu kode setiap baris. Boleh ditambah kemudian."),
            **kwargs,
        )

    def clean(self, value: Any) -> list[str]:
        raw = super().clean(value)
        codes = list(dict.fromkeys(re.findall(r"[^\s,;]+", raw.upper())))
        if strange := unknown_codes(codes, by=self.by):
            message = _("Tidak ada kasus dengan kode: %(code)s.")
            raise forms.ValidationError(message, params={"code": strange[0][:20]})
        return codes


class BreachForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Apa yang terjadi?"),
        choices=BreachKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih apa yang terjadi.")},
    )
    discovered_at = forms.DateTimeField(
        label=_("Diketahui"),
        widget=DateTimeInput,
        help_text=_("Tenggat 3 × 24 jam dihitung dari saat ini."),
        error_messages={"required": _("Isi kapan diketahui."), "invalid": _("Isi tanggal dan jamnya.")},
    )
    happened_at = forms.DateTimeField(
        label=_("Terjadi"),
        widget=DateTimeInput,
        required=False,
        help_text=_("Bila diketahui."),
        error_messages={"invalid": _("Isi tanggal dan jamnya.")},
    )
    what = words(
        _("Data apa yang terbuka?"),
        2_000,
        required=_("Tulis data apa yang terbuka."),
        help_text=_("Jenis data, bukan isinya."),
    )
    how = words(_("Kapan dan bagaimana?"), 4_000, required=_("Tulis kapan dan bagaimana terjadi."))
    affected_count = forms.IntegerField(
        label=_("Perkiraan orang yang terkena"), required=False, min_value=0, max_value=10_000_000
    )
    measures = words(_("Apa yang sudah dilakukan?"), 4_000)
    codes = CodesField()

    def __init__(self, *args: Any, by: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["codes"].by = by  # type: ignore[attr-defined]
        self.initial.setdefault("discovered_at", timezone.localtime())

    def clean_discovered_at(self) -> dt.datetime:
        at: dt.datetime = self.cleaned_data["discovered_at"]
        if at > timezone.now():
            raise forms.ValidationError(_("Waktu diketahui tidak boleh di masa depan."))
        if at.year < 2016:
            raise forms.ValidationError(_("Periksa tahunnya."))
        return at

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        happened, known = data.get("happened_at"), data.get("discovered_at")
        if happened and known and happened > known:
            self.add_error("happened_at", _("Kejadian tidak mungkin sesudah diketahui."))
        return data


class HandleForm(forms.Form):
    text = words(_("Apa yang dilakukan atau ditemukan?"), 2_000, required=_("Tulis apa yang dilakukan."), rows=3)
    measures = words(
        _("Upaya penanganan untuk surat"), 4_000, help_text=_("Menggantikan yang sudah tertulis."), rows=3
    )
    affected_count = forms.IntegerField(
        label=_("Perkiraan orang yang terkena"), required=False, min_value=0, max_value=10_000_000
    )
    codes = CodesField()

    def __init__(self, *args: Any, by: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["codes"].by = by  # type: ignore[attr-defined]


class CloseBreachForm(forms.Form):
    note = words(
        _("Catatan penutup"),
        2_000,
        required=_("Tulis apa yang dipelajari."),
        help_text=_("Sebab, akibat, pelajaran."),
        rows=3,
    )
