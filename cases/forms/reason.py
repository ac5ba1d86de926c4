"""Why somebody off the caseload opens a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

LEAST = 10


class Why(models.TextChoices):
    SUPERVISION = "supervision", _("Memeriksa mutu kerja")
    DECISION = "decision", _("Menyiapkan keputusan atau persetujuan")
    STAND_IN = "stand_in", _("Menggantikan petugas yang berhalangan")
    SAFETY = "safety", _("Ada kekhawatiran akan keselamatan")
    ASKED = "asked", _("Peserta atau keluarganya meminta")
    OTHER = "other", _("Alasan lain")


class WhyNumber(models.TextChoices):
    """Why the whole NIK is looked at."""

    CHECK = "check", _("Mencocokkan dengan KTP atau KK")
    SERVICE = "service", _("Mengurus layanan atau dokumen peserta")
    ASKED = "asked", _("Peserta atau keluarganya meminta")
    OTHER = "other", _("Alasan lain")


class OpeningReasonForm(forms.Form):
    why = forms.ChoiceField(
        label=_("Alasan"),
        choices=Why,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih alasan membuka berkas ini.")},
    )
    text = forms.CharField(
        label=_("Keterangan"),
        help_text=_("Wajib untuk alasan lain, paling sedikit 10 huruf. Jangan menulis nama peserta."),
        max_length=250,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    kinds: type[Why | WhyNumber] = Why

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        length = len(data.get("text", ""))
        wanted = data.get("why") == Why.OTHER or length
        if wanted and length < LEAST and "text" not in self.errors:
            missing = _("Tulis paling sedikit %(least)d huruf. Perlu %(more)d lagi.")
            self.add_error("text", missing % {"least": LEAST, "more": LEAST - length})
        return data

    @property
    def reason(self) -> str:
        """One line for the journal, in Indonesian whoever reads it."""
        chosen, text = str(self.kinds(self.cleaned_data["why"]).label), self.cleaned_data["text"]
        return f"{chosen}: {text}" if text else chosen


class NumberReasonForm(OpeningReasonForm):
    """The same question about the number of a resident, with answers that fit it."""

    why = forms.ChoiceField(
        label=_("Alasan"),
        choices=WhyNumber,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih untuk apa Anda memerlukan NIK ini.")},
    )
    kinds = WhyNumber
