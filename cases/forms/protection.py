"""Forms about what is kept away: opening a sealed file, declaring a tie to a participant."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cases.enums.protection import TieKind
from core.codes import as_written

DAY = 24


def hours_words(hours: int) -> str:
    if hours % DAY:
        return ngettext("%(count)d jam", "%(count)d jam", hours) % {"count": hours}
    return ngettext("%(count)d hari", "%(count)d hari", hours // DAY) % {"count": hours // DAY}


class UnsealForm(forms.Form):
    purpose = forms.CharField(
        label=_("Untuk apa berkas ini dibuka?"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Siapa yang meminta, keputusan apa yang bergantung padanya. Tercatat dalam jurnal."),
        error_messages={"required": _("Tulis tujuannya.")},
    )
    hours = forms.TypedChoiceField(
        label=_("Berapa lama?"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih lamanya."), "invalid_choice": _("Pilih lama dari daftar.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hours"].choices = [(hours, hours_words(hours)) for hours in settings.UNSEAL_HOURS]


class UnsealDecisionForm(forms.Form):
    """Approve with or without a word, refuse with one."""

    note = forms.CharField(
        label=_("Catatan"),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Wajib bila ditolak."),
    )


class TieForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Hubungan Anda dengan orang ini"),
        choices=TieKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih hubungannya.")},
    )
    note = forms.CharField(
        label=_("Keterangan"),
        required=False,
        max_length=300,
        help_text=_("Dibaca pengawas. Tidak perlu rinci."),
    )


class TieByCodeForm(TieForm):
    field_order = ["code", "kind", "note"]

    code = forms.CharField(
        label=_("Kode kasus"),
        max_length=20,
        help_text=_("Seperti K7M4-29QX. Anda tidak perlu dapat membuka kasusnya."),
        error_messages={"required": _("Isi kode kasusnya.")},
    )

    def clean_code(self) -> str:
        return as_written(self.cleaned_data["code"])


class TieEndForm(forms.Form):
    reason = forms.CharField(
        label=_("Alasan mengakhiri"),
        max_length=300,
        help_text=_("Misalnya: orang lain dengan nama yang sama."),
        error_messages={"required": _("Tulis alasannya.")},
    )
