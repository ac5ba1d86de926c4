"""Search of the access journal."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import JournalAction


class JournalFilter(forms.Form):
    action = forms.ChoiceField(
        label=_("Tindakan"), required=False, choices=[("", _("Semua tindakan")), *JournalAction.choices]
    )
    day = forms.DateField(label=_("Tanggal"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
