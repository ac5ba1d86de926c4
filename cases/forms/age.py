"""What a decision about an age in doubt rests on, and why it is taken back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.rights import words
from cases.models import Participant
from cases.workflow.age import LEAST


class AgeForm(forms.Form):
    least = LEAST
    reason = words(
        _("Dasar keputusan"),
        300,
        required=_("Tulis dasarnya."),
        help_text=_("Dokumen, pendapat dokter, atau keterangan siapa, dan tanggalnya."),
    )
    # The version of the person's row that was read.
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, person: Participant) -> None:
        super().__init__(data, initial={"version": person.version})

    def move_to(self, person: Participant) -> None:
        """What was typed stays, and is saved for the row as it is shown now."""
        self.data = self.data.copy()
        self.data["version"] = str(person.version)


class AgeWithdrawForm(AgeForm):
    reason = words(_("Alasan mencabut"), 300, required=_("Tulis alasannya."))
