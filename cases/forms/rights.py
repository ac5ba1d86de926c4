"""What is filled in about a request under UU PDP: taking it in, asking the unit, its answer, the decision."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.enums.rights import (
    DECIDE,
    NEEDS_REASON,
    RefusalGround,
    RequestChannel,
    Requester,
    RightsKind,
    RightsStatus,
)
from cases.models import CaseFile, Consent, RightsRequest
from core.rendering import DateTimeInput

OLDEST = dt.timedelta(days=90)
TOO_LONG = _("Terlalu panjang: %(show_value)d huruf, paling banyak %(limit_value)d.")


def words(label: Any, limit: int, *, required: Any = None, help_text: Any = "", rows: int = 4) -> forms.CharField:
    """A box to write in; ``required`` is the sentence that asks for it."""
    return forms.CharField(
        label=label,
        max_length=limit,
        required=required is not None,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=help_text,
        error_messages={"required": required or "", "max_length": TOO_LONG},
    )


def line(label: Any, limit: int, *, required: Any = None, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=limit,
        required=required is not None,
        help_text=help_text,
        error_messages={"required": required or "", "max_length": TOO_LONG},
    )


class RightsRequestForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Apa yang diminta?"),
        choices=RightsKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih apa yang diminta.")},
    )
    consent = forms.ModelChoiceField(
        label=_("Persetujuan yang ditarik"),
        queryset=Consent.objects.none(),
        required=False,
        empty_label=_("Pilih persetujuan"),
        help_text=_("Hanya untuk penarikan. Persetujuan berakhir begitu permintaan ini disimpan."),
        error_messages={"invalid_choice": _("Pilih persetujuan yang masih berlaku.")},
    )
    words = words(
        _("Isi permintaan"),
        4_000,
        required=_("Tulis apa yang diminta, dengan kata pemohon sendiri."),
        help_text=_("Dengan kata pemohon sendiri."),
    )
    received_at = forms.DateTimeField(
        label=_("Diterima"),
        widget=DateTimeInput,
        help_text=_("Tenggat 3 × 24 jam dihitung dari saat ini."),
        error_messages={"required": _("Isi kapan permintaan diterima."), "invalid": _("Isi tanggal dan jamnya.")},
    )
    channel = forms.ChoiceField(
        label=_("Cara masuk"),
        choices=RequestChannel.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih cara masuknya.")},
    )
    requester = forms.ChoiceField(
        label=_("Pemohon"),
        choices=Requester.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih siapa yang meminta.")},
    )
    requester_name = line(_("Nama pemohon"), 160, help_text=_("Bila bukan peserta sendiri."))
    proof_note = line(
        _("Bukti jati diri atau kuasa"),
        300,
        required=_("Tulis bukti apa yang dilihat."),
        help_text=_("Bukti yang Anda lihat, misalnya KTP, kartu keluarga, atau surat kuasa. Jangan tulis nomornya."),
    )
    reply_to = line(
        _("Cara aman mengirim jawaban"),
        300,
        required=_("Tulis bagaimana jawaban sampai dengan aman."),
        help_text=_("Misalnya diambil sendiri di kantor, atau alamat surat yang aman."),
    )

    conditional_fields = ("consent", "requester_name")

    def __init__(self, *args: Any, case: CaseFile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["consent"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = case.consents.in_force()
        field.label_from_instance = _consent_words  # type: ignore[method-assign]
        self.initial.setdefault("received_at", timezone.localtime())
        self.initial.setdefault("channel", RequestChannel.IN_PERSON)
        self.initial.setdefault("requester", Requester.GUARDIAN if case.for_child else Requester.SELF)
        person = case.participant
        self.initial.setdefault("reply_to", person.safe_contact_method)

    def clean_received_at(self) -> dt.datetime:
        at: dt.datetime = self.cleaned_data["received_at"]
        now = timezone.now()
        if at > now:
            raise forms.ValidationError(_("Waktu diterima tidak boleh di masa depan."))
        if at < now - OLDEST:
            raise forms.ValidationError(_("Waktu diterima paling lama 90 hari yang lalu."))
        return at

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == RightsKind.WITHDRAWAL and not data.get("consent") and "consent" not in self.errors:
            self.add_error("consent", _("Pilih persetujuan yang ditarik."))
        others = data.get("requester") not in (None, "", Requester.SELF)
        if others and not data.get("requester_name") and "requester_name" not in self.errors:
            self.add_error("requester_name", _("Tulis nama pemohon."))
        return data


def _consent_words(consent: Any) -> str:
    return ", ".join(filter(None, [str(consent.get_purpose_display()), consent.recipient]))


class UnitQuestionForm(forms.Form):
    question = words(
        _("Apa yang harus dilakukan unit?"),
        2_000,
        required=_("Tulis apa yang diminta dari unit."),
        help_text=_("Petugas kasus mendapat tugas dengan tenggat yang sama."),
        rows=3,
    )


class UnitAnswerForm(forms.Form):
    answer = words(
        _("Apa yang sudah dilakukan?"),
        4_000,
        required=_("Tulis apa yang dilakukan dan hasilnya."),
        help_text=_("Dibaca pejabat pelindungan data, yang tidak membuka berkas. Tulis seperlunya."),
    )


class DecisionForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Keputusan"),
        choices=[(status.value, status.label) for status in RightsStatus if status in DECIDE],
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih keputusannya.")},
    )
    decision = words(
        _("Isi jawaban"),
        4_000,
        required=_("Tulis jawabannya."),
        help_text=_("Kalimat ini dicetak dalam surat. Jangan sebut perkara atau jenis kasus."),
        rows=5,
    )
    ground = forms.ChoiceField(
        label=_("Alasan hukum"),
        choices=[("", _("Pilih alasan")), *RefusalGround.choices],
        required=False,
        help_text=_("Untuk penolakan, juga sebagian."),
    )
    reason = words(_("Penjelasan alasan"), 2_000, help_text=_("Untuk penolakan, juga sebagian."), rows=3)

    conditional_fields = ("ground", "reason")

    def __init__(self, *args: Any, request: RightsRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("outcome") in NEEDS_REASON:
            if not data.get("ground") and "ground" not in self.errors:
                self.add_error("ground", _("Pilih alasan hukumnya."))
            if not data.get("reason") and "reason" not in self.errors:
                self.add_error("reason", _("Jelaskan alasannya."))
        return data


class LiftForm(forms.Form):
    reason = words(_("Alasan"), 400, required=_("Tulis alasannya."), help_text=_("Tampil dalam linimasa."), rows=3)
