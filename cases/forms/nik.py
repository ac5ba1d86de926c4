"""Searching by a whole NIK."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.person import NikField


class NikSearchForm(forms.Form):
    nik = NikField(
        label=_("NIK"), help_text=_("16 angka, seluruhnya."), error_messages={"required": _("Tulis NIK-nya.")}
    )
