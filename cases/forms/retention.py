"""What is filled in about retention: a rule, a hold, a list, and the reason for each step back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms.rights import line, words
from cases.models.retention import LONGEST_YEARS
from core.codes import as_written
from core.rendering import DateInput


class RuleForm(forms.Form):
    years = forms.IntegerField(
        label=_("Masa simpan (tahun)"),
        min_value=1,
        max_value=LONGEST_YEARS,
        help_text=_("Dihitung sejak kasus ditutup dan pascalayanan berakhir."),
        error_messages={
            "required": _("Isi berapa tahun."),
            "min_value": _("Paling sedikit %(limit_value)s tahun."),
            "max_value": _("Paling lama %(limit_value)s tahun."),
        },
    )
    source = line(
        _("Dasar"),
        300,
        required=_("Tulis peraturan atau nomor jadwalnya."),
        help_text=_("Nomor jadwal retensi arsip (JRA) instansi atau peraturannya."),
    )
    is_active = forms.BooleanField(
        label=_("Jadwal ini berlaku"),
        required=False,
        help_text=_("Selama belum berlaku, berkas jenis ini tidak masuk daftar pemusnahan."),
    )


class DrawUpForm(forms.Form):
    note = line(_("Catatan"), 300, help_text=_("Untuk penanda tangan. Tanpa nama peserta."))


class StepBackForm(forms.Form):
    """Why a file is taken off, a list cancelled, a hold lifted."""

    reason = line(_("Alasan"), 300, required=_("Tulis alasannya."), help_text=_("Tanpa nama peserta."))


class HoldForm(forms.Form):
    ordered_by = line(
        _("Diperintahkan oleh"),
        160,
        required=_("Tulis siapa yang memerintahkan."),
        help_text=_("Lembaganya, seperti pengadilan, penyidik, atau pemeriksa."),
    )
    document_no = line(_("Nomor surat"), 80, required=_("Tulis nomor suratnya."))
    starts_on = forms.DateField(
        label=_("Berlaku sejak"),
        widget=DateInput,
        error_messages={"required": _("Isi tanggalnya."), "invalid": _("Isi tanggal yang benar.")},
    )
    reason = words(
        _("Alasan"), 1_000, required=_("Tulis alasannya."), help_text=_("Untuk apa berkas ini harus tetap ada.")
    )

    def clean_starts_on(self) -> Any:
        day = self.cleaned_data["starts_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Tanggal berlaku tidak boleh di masa depan."))
        return day


class HoldByCodeForm(HoldForm):
    """For the officer, who sees no case: the letter names the file."""

    field_order = ["code"]

    code = forms.CharField(
        label=_("Kode kasus"),
        max_length=20,
        help_text=_("Seperti K7M4-29QX."),
        error_messages={"required": _("Isi kode kasusnya.")},
    )

    def clean_code(self) -> str:
        return as_written(self.cleaned_data["code"])
