"""What a psychologist writes: a note, and a correction of one."""

from __future__ import annotations

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms.notes import OLDEST_YEAR, SUMMARY_MAX
from cases.models import ClinicalNote
from core.rendering import DateTimeInput

_TEXT = {
    "max_length": SUMMARY_MAX,
    "widget": forms.Textarea(attrs={"rows": 10}),
    "error_messages": {
        "required": _("Tulis catatannya."),
        "max_length": _("Terlalu panjang: %(show_value)d huruf, paling banyak %(limit_value)d."),
    },
}


class ClinicalForm(forms.Form):
    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    occurred_at = forms.DateTimeField(
        label=_("Waktu pertemuan"), widget=DateTimeInput, error_messages={"required": _("Isi waktunya.")}
    )
    text = forms.CharField(
        label=_("Catatan klinis"), help_text=_("Tersandi. Hanya profesi psikolog yang dapat membaca."), **_TEXT
    )

    def __init__(self, *args: Any, zone: ZoneInfo, note: ClinicalNote | None = None, **kwargs: Any) -> None:
        first = (
            {"occurred_at": note.occurred_at, "text": note.text}
            if note
            else {"occurred_at": timezone.now(), "client_id": uuid.uuid4()}
        )
        first["occurred_at"] = first["occurred_at"].astimezone(zone).replace(second=0, microsecond=0)
        super().__init__(*args, initial=first, **kwargs)

    def clean_client_id(self) -> uuid.UUID:
        return self.cleaned_data["client_id"] or uuid.uuid4()

    def clean_occurred_at(self) -> Any:
        at = self.cleaned_data["occurred_at"]
        if at.year < OLDEST_YEAR:
            raise forms.ValidationError(_("Periksa tahunnya."))
        if at > timezone.now():
            raise forms.ValidationError(_("Waktu pertemuan tidak boleh di masa depan."))
        return at

    def arguments(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("client_id", "occurred_at", "text")}


class ClinicalAmendForm(forms.Form):
    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label=_("Alasan pembetulan"), max_length=300, error_messages={"required": _("Tulis alasannya.")}
    )
    text = forms.CharField(
        label=_("Pembetulan"), help_text=_("Catatan asli tetap tersimpan di atas pembetulan ini."), **_TEXT
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"client_id": uuid.uuid4()}, **kwargs)

    def clean_client_id(self) -> uuid.UUID:
        return self.cleaned_data["client_id"] or uuid.uuid4()
