"""What is filled in about a complaint: making one, forwarding it, answering it, asking for the answer."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.enums.complaints import ANSWER, ComplaintKind, ComplaintStatus, ForwardTo
from cases.forms.rights import line, words


def _kind() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Tentang apa?"),
        choices=ComplaintKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih tentang apa.")},
    )


def _words(help_text: Any) -> forms.CharField:
    return words(_("Apa yang terjadi?"), 4_000, required=_("Tulis apa yang terjadi."), help_text=help_text, rows=6)


class ComplaintForm(forms.Form):
    kind = _kind()
    words = _words(_("Apa, kapan, dan siapa yang terkena. Tidak perlu bukti."))
    unnamed = forms.BooleanField(
        label=_("Jangan sebut nama saya"),
        required=False,
        help_text=_("Jawaban tetap sampai kepada Anda, di halaman “Laporan saya”."),
    )


class PublicComplaintForm(forms.Form):
    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    kind = _kind()
    words = _words(_("Jangan tulis nama lengkap, NIK, atau alamat. Cukup apa, kapan, dan di kantor mana."))
    contact = line(_("Cara menghubungi Anda"), 200, help_text=_("Boleh kosong. Jawaban dapat dilihat dengan kode."))
    # People do not see it; programs that fill in every field do.
    website = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("client_id", uuid.uuid4())

    def clean_client_id(self) -> uuid.UUID:
        return self.cleaned_data["client_id"] or uuid.uuid4()

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Laporan tidak dapat diterima."))
        return ""


class ReceiptForm(forms.Form):
    receipt = line(_("Kode tanda terima"), 40, required=_("Tulis kodenya."), help_text=_("Misalnya K7M4-29QX-8RTH."))


class ForwardForm(forms.Form):
    to = forms.ChoiceField(
        label=_("Kepada siapa?"),
        choices=ForwardTo.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih penerimanya.")},
    )
    text = line(
        _("Apa yang harus dilakukan?"),
        300,
        required=_("Tulis apa yang harus dilakukan."),
        help_text=_("Dengan kata Anda sendiri: isi laporan dan pelapornya tidak ikut."),
    )


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Hasil"),
        choices=[(status.value, status.label) for status in ComplaintStatus if status in ANSWER],
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih hasilnya.")},
    )
    answer = words(
        _("Jawaban untuk pelapor"),
        4_000,
        required=_("Tulis jawabannya."),
        help_text=_("Tanpa nama orang lain. Pelapor dari luar membacanya dengan kode."),
    )
