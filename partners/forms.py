"""What people type about partners and referrals."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import RegionLevel, UnitKind
from accounts.models import Region, Unit
from cases.enums import ConsentCapacity, ConsentPurpose
from cases.models import CaseFile, Consent
from core.rendering import DateInput
from partners import workflow
from partners.enums import SHOWN_BEFORE_ACCEPTANCE, ReferralBasis, SharedField, Urgency
from partners.models import (
    Agreement,
    PartnerContact,
    PartnerOrganisation,
    Referral,
    ServiceOffer,
    intervention_choices,
)

A_YEAR = dt.timedelta(days=366)
# Longer is a slip of the finger.
LONGEST_CONSENT = 40 * A_YEAR


# ---- directory -----------------------------------------------------------------------------------------------------


class PartnerForm(forms.ModelForm):
    focus_areas = SimpleArrayField(
        forms.CharField(max_length=60), label=_("Bidang"), required=False, help_text=_("Pisahkan dengan koma.")
    )
    regions = forms.ModelMultipleChoiceField(
        label=_("Wilayah kerja"),
        queryset=Region.objects.filter(level__in=[RegionLevel.PROVINCE, RegionLevel.REGENCY]),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("Tahan Ctrl untuk memilih lebih dari satu. Kosong berarti seluruh Indonesia."),
    )
    unit = forms.ModelChoiceField(
        label=_("Kantor yang menjawab di Titian"),
        queryset=Unit.objects.filter(kind=UnitKind.CSO_OFFICE),
        required=False,
        empty_label=_("Tidak ada: pengirim mencatat jawabannya"),
    )

    class Meta:
        model = PartnerOrganisation
        fields = (
            "name",
            "kind",
            "legal_no",
            "focus_areas",
            "regions",
            "verification",
            "safeguarding_policy",
            "unit",
        )


class ContactForm(forms.ModelForm):
    class Meta:
        model = PartnerContact
        fields = ("name", "position", "phone")


class OfferForm(forms.ModelForm):
    intervention_code = forms.ChoiceField(label=_("Jenis layanan"), choices=intervention_choices)

    class Meta:
        model = ServiceOffer
        fields = (
            "title",
            "intervention_code",
            "capacity_per_quarter",
            "eligibility",
            "regions",
            "valid_from",
            "valid_to",
        )
        widgets = {"valid_from": DateInput, "valid_to": DateInput, "regions": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, partner: PartnerOrganisation, **kwargs: Any) -> None:
        self.partner = partner
        super().__init__(*args, **kwargs)
        self.fields["regions"].queryset = partner.regions.all()
        self.fields["regions"].help_text = _("Kosong berarti seluruh wilayah kerja mitra.")
        if not partner.regions.exists():
            self.fields["regions"].widget = forms.MultipleHiddenInput()
        self.fields["capacity_per_quarter"].widget.attrs["max"] = 9_999


class AgreementForm(forms.ModelForm):
    class Meta:
        model = Agreement
        fields = ("type", "number", "scope", "data_sharing_clause", "valid_from", "valid_to")
        widgets = {"valid_from": DateInput, "valid_to": DateInput, "type": forms.RadioSelect}


class RenewForm(forms.Form):
    number = forms.CharField(label=_("Nomor perjanjian baru"), max_length=80)
    valid_from = forms.DateField(label=_("Sejak"), widget=DateInput)
    valid_to = forms.DateField(label=_("Sampai"), widget=DateInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        begin, end = data.get("valid_from"), data.get("valid_to")
        if begin and end and end < begin:
            self.add_error("valid_to", _("Tanggal akhir tidak boleh sebelum tanggal awal."))
        return data


# ---- the sender's side ---------------------------------------------------------------------------------------------

NEW_CONSENT = "new"


class ReferralForm(forms.Form):
    """A draft of a referral: what is asked, which data go, and on what basis."""

    purpose = forms.CharField(
        label=_("Yang diminta"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Mitra membacanya sebelum menjawab. Jangan tulis nama, perkara, atau hasil penilaian."),
    )
    support_needed = forms.CharField(
        label=_("Dukungan yang dibutuhkan"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    safety_note = forms.CharField(
        label=_("Catatan keselamatan"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Yang perlu disiapkan mitra, misalnya tempat duduk dekat pintu. Tampil setelah diterima."),
    )
    asks_family_assessment = forms.BooleanField(
        label=_("Minta mitra mengisi KRK (kesiapan keluarga dan lingkungan)"),
        required=False,
        help_text=_("Petugas mitra mengisi satu penilaian ini saja, dan tidak melihat penilaian lain."),
    )
    urgency = forms.ChoiceField(
        label=_("Kesegeraan"), choices=Urgency, initial=Urgency.NORMAL, widget=forms.RadioSelect
    )
    data_shared = forms.MultipleChoiceField(
        label=_("Data yang dikirim"), choices=SharedField, widget=forms.CheckboxSelectMultiple
    )
    basis = forms.ChoiceField(label=_("Dasar berbagi data"), widget=forms.RadioSelect)
    given_by = forms.CharField(label=_("Pemberi persetujuan"), max_length=160, required=False)
    capacity = forms.ChoiceField(label=_("Sebagai"), choices=ConsentCapacity, required=False)
    valid_until = forms.DateField(
        label=_("Berlaku sampai"),
        required=False,
        widget=DateInput,
        help_text=_("Pada akhir hari ini mitra tidak lagi melihat data."),
    )
    legal_reference = forms.CharField(
        label=_("Dasar hukum"),
        max_length=200,
        required=False,
        help_text=_("Undang-undang atau peraturan, dan pasalnya."),
    )
    conditional_fields = ("given_by", "capacity", "valid_until", "legal_reference")

    def __init__(self, *args: Any, case: CaseFile, offer: ServiceOffer, referral: Referral | None = None, **kw: Any):
        self.case, self.offer = case, offer
        if referral is not None:
            kw["initial"] = self._initial_of(referral)
        super().__init__(*args, **kw)
        self.values = workflow.values_of(case)
        if offer.partner.unit_id is None:  # such a partner answers outside Titian
            del self.fields["asks_family_assessment"]
        typed = {SharedField.SUPPORT_NEEDED.value, SharedField.SAFETY_NOTE.value}
        self.fields["data_shared"].choices = [
            (field.value, field.label) for field in SharedField if field.value in self.values or field.value in typed
        ]
        self.missing = [
            field.label for field in SharedField if field.value not in self.values and field.value not in typed
        ]
        self.consents = {
            consent.code: consent
            for consent in Consent.objects.in_force().filter(
                case=case, purpose=ConsentPurpose.REFERRAL, recipient__in=["", offer.partner.name]
            )
        }
        self.fields["basis"].choices = [
            *((code, self._consent_words(consent)) for code, consent in self.consents.items()),
            (NEW_CONSENT, _("Catat persetujuan baru")),
            (ReferralBasis.PUBLIC_DUTY.value, ReferralBasis.PUBLIC_DUTY.label),
        ]
        if case.participant.is_child:
            self.fields["capacity"].choices = [
                choice for choice in ConsentCapacity.choices if choice[0] != ConsentCapacity.SELF
            ]
        if referral is None and not self.is_bound:
            before = [field.value for field in SHOWN_BEFORE_ACCEPTANCE]
            self.initial.setdefault("data_shared", [*before, SharedField.NAME.value, SharedField.SAFE_CONTACT.value])
            self.initial.setdefault("basis", next(iter(self.consents), NEW_CONSENT))
            if not case.participant.is_child:
                self.initial.setdefault("given_by", case.participant.full_name)

    @staticmethod
    def _initial_of(referral: Referral) -> dict[str, Any]:
        by_consent = referral.basis == ReferralBasis.CONSENT and referral.consent is not None
        return {
            "purpose": referral.purpose,
            "asks_family_assessment": referral.asks_family_assessment,
            "support_needed": referral.shared_values.get(SharedField.SUPPORT_NEEDED, ""),
            "safety_note": referral.shared_values.get(SharedField.SAFETY_NOTE, ""),
            "urgency": referral.urgency,
            "data_shared": referral.data_shared,
            "basis": referral.consent.code if by_consent and referral.consent else referral.basis,
            "legal_reference": referral.legal_reference,
        }

    @staticmethod
    def _consent_words(consent: Consent) -> str:
        fields = ", ".join(str(SharedField(field).label) for field in consent.scope if field in SharedField.values)
        words = _("Persetujuan %(giver)s: %(fields)s") % {"giver": consent.given_by, "fields": fields}
        return str(words)

    def _no_name(self, name: str) -> str:
        text = self.cleaned_data[name]
        person = self.case.participant
        for known in (person.full_name, *person.aliases):
            if known.strip() and known.casefold() in text.casefold():
                raise forms.ValidationError(_("Jangan tulis nama peserta di sini: mitra membacanya sebelum menjawab."))
        return text

    def clean_purpose(self) -> str:
        return self._no_name("purpose")

    def clean_support_needed(self) -> str:
        return self._no_name("support_needed")

    def clean_valid_until(self) -> dt.date | None:
        day = self.cleaned_data["valid_until"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("Tanggal ini sudah lewat."))
        if day and day > timezone.localdate() + LONGEST_CONSENT:
            raise forms.ValidationError(_("Periksa tahunnya."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        fields, basis = data.get("data_shared") or [], data.get("basis")
        if SharedField.SAFETY_NOTE in fields and not data.get("safety_note") and "safety_note" not in self.errors:
            self.add_error("safety_note", _("Tulis catatannya, atau jangan pilih data ini."))
        if data.get("safety_note") and fields and SharedField.SAFETY_NOTE not in fields:
            self.add_error("data_shared", _("Catatan keselamatan sudah ditulis: pilih juga datanya, atau kosongkan."))
        if fields and SharedField.SUPPORT_NEEDED not in fields:
            self.add_error(
                "data_shared", _("Dukungan yang dibutuhkan selalu ikut: tanpa itu mitra tidak dapat menjawab.")
            )
        if basis == NEW_CONSENT:
            self._ask("given_by", _("Tulis siapa yang memberi persetujuan."))
            self._ask("valid_until", _("Isi sampai kapan persetujuan berlaku."))
            self._ask("capacity", _("Pilih sebagai apa persetujuan diberikan."))
        elif basis == ReferralBasis.PUBLIC_DUTY:
            self._ask("legal_reference", _("Sebutkan dasar hukumnya."))
        elif basis in self.consents and not set(fields) <= set(self.consents[basis].scope):
            self.add_error("basis", _("Persetujuan ini tidak mencakup semua data yang dipilih."))
        return data

    def _ask(self, name: str, message: Any) -> None:
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, message)

    @property
    def data_rows(self) -> list[dict[str, Any]]:
        """The boxes with what the case says, and when the partner sees it: for the table of the form."""
        rows = []
        for box in self["data_shared"]:
            field = SharedField(box.data["value"])
            rows.append(
                {
                    "box": box,
                    "id": box.id_for_label,
                    "label": field.label,
                    "value": self._shown(field),
                    "is_before": field in SHOWN_BEFORE_ACCEPTANCE,
                }
            )
        return rows

    def _shown(self, field: SharedField) -> str:
        return Referral(shared_values=self.values).shown_value(field)

    def fields_for_workflow(self) -> dict[str, Any]:
        """The keyword arguments of ``create_referral`` and ``edit_referral``."""
        data = self.cleaned_data
        basis = data["basis"]
        ground: dict[str, Any] = {"basis": ReferralBasis.CONSENT}
        if basis == ReferralBasis.PUBLIC_DUTY:
            ground = {"basis": ReferralBasis.PUBLIC_DUTY, "legal_reference": data["legal_reference"]}
        elif basis == NEW_CONSENT:
            ground["new_consent"] = workflow.NewConsent(
                data["given_by"], ConsentCapacity(data["capacity"]), data["valid_until"]
            )
        else:
            ground["consent"] = self.consents[basis]
        content = {name: data[name] for name in ("purpose", "support_needed", "safety_note", "data_shared")}
        asks = bool(data.get("asks_family_assessment"))
        return content | ground | {"urgency": Urgency(data["urgency"]), "asks_family_assessment": asks}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Alasan"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Hanya dibaca tim kasus. Mitra melihat bahwa rujukan dibatalkan."),
    )


# ---- the partner's side --------------------------------------------------------------------------------------------


class AnswerForm(forms.Form):
    """Accept from a day on, or decline with a reason."""

    ACCEPT, DECLINE = "accept", "decline"

    decision = forms.ChoiceField(
        label=_("Jawaban"),
        choices=[(ACCEPT, _("Terima, mulai tanggal")), (DECLINE, _("Tolak, dengan alasan"))],
        initial=ACCEPT,
        widget=forms.RadioSelect,
    )
    starts_on = forms.DateField(label=_("Mulai"), required=False, widget=DateInput)
    message = forms.CharField(
        label=_("Pesan untuk pengirim"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Jangan tulis perkara atau nama orang lain."),
    )
    reason = forms.CharField(
        label=_("Alasan menolak"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    conditional_fields = ("starts_on", "reason")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].initial = today + dt.timedelta(days=7)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") == self.ACCEPT and "starts_on" not in self.errors:
            start = data.get("starts_on")
            if start is None:
                self.add_error("starts_on", _("Isi tanggal mulai."))
            elif not self.today <= start <= self.today + A_YEAR:
                self.add_error("starts_on", _("Pilih tanggal dari hari ini sampai setahun ke depan."))
        if data.get("decision") == self.DECLINE and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Tulis alasan singkat, supaya pengirim dapat mencari jalan lain."))
        return data


class NoteForm(forms.Form):
    """A progress note: short on purpose."""

    happened_on = forms.DateField(label=_("Tanggal"), widget=DateInput)
    summary = forms.CharField(
        label=_("Kemajuan"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Dibaca pengirim rujukan dan tim kasusnya. Jangan tulis nama orang lain."),
    )
    participant_voice = forms.CharField(
        label=_("Kata peserta"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    safety_worry = forms.BooleanField(
        label=_("Saya khawatir akan keselamatan seseorang"),
        required=False,
        help_text=_("Petugas kasus mendapat tugas dengan batas 24 jam."),
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        self.fields["happened_on"].initial = today
        self.fields["client_id"].initial = uuid.uuid4

    def clean_happened_on(self) -> dt.date:
        day = self.cleaned_data["happened_on"]
        if day > self.today:
            raise forms.ValidationError(_("Tanggal ini belum terjadi."))
        if day < self.today - A_YEAR:
            raise forms.ValidationError(_("Tanggal ini lebih dari setahun yang lalu."))
        return day


class WorryForm(forms.Form):
    """Whom it is about, and send: words are optional."""

    referral = forms.ChoiceField(label=_("Tentang siapa"), widget=forms.RadioSelect)
    summary = forms.CharField(
        label=_("Apa yang terjadi"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Boleh dikosongkan. Petugas kasus akan menghubungi Anda."),
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, referrals: list[tuple[str, str]], chosen: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["referral"]
        field.choices = referrals  # type: ignore[attr-defined]
        if len(referrals) > 7:
            field.widget = forms.Select(choices=referrals)
        codes = [code for code, _label in referrals]
        field.initial = chosen if chosen in codes else (codes[0] if len(codes) == 1 else None)
        self.fields["client_id"].initial = uuid.uuid4


class FinishForm(forms.Form):
    COMPLETE, INCOMPLETE = "complete", "incomplete"

    outcome = forms.ChoiceField(
        label=_("Bagaimana berakhir"),
        choices=[(COMPLETE, _("Selesai")), (INCOMPLETE, _("Tidak tuntas"))],
        widget=forms.RadioSelect,
    )
    result = forms.CharField(label=_("Hasil"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    participant_feedback = forms.CharField(
        label=_("Kata peserta"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, can_complete: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not can_complete:
            self.fields["outcome"].choices = [(self.INCOMPLETE, _("Tidak tuntas"))]  # type: ignore[attr-defined]
            self.fields["outcome"].initial = self.INCOMPLETE
