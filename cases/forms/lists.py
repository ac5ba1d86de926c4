"""What is filled in about the case list itself: a name for a filter, the columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class SaveFilterForm(forms.Form):
    name = forms.CharField(
        label=_("Nama saringan"),
        max_length=60,
        help_text=_("Tanpa nama peserta. Nama yang sama menggantikan yang lama."),
        error_messages={"required": _("Beri nama.")},
    )
    share = forms.BooleanField(
        label=_("Bagikan kepada unit"),
        required=False,
        help_text=_("Rekan seunit melihat saringannya, bukan hasilnya: setiap orang mendapat kasusnya sendiri."),
    )

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["share"]

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())


class ColumnsForm(forms.Form):
    """Nobody and no file are ever without their name: the first column always stands."""

    columns = forms.MultipleChoiceField(
        label=_("Kolom"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nama dan kode selalu tampil. Di telepon tampil yang terpenting saja."),
    )

    def __init__(self, *args: Any, choices: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["columns"].choices = list(choices.items())  # type: ignore[attr-defined]
