"""What is filled in to open a case to others, to renew or end that, and to open or review one in an emergency."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff, Unit
from cases.enums import ConsentCapacity, LegalBasis, Section
from cases.enums.sharing import ConferenceKind, ReviewOutcome
from cases.forms.documents import ProvedForm
from cases.matrix import Relation
from cases.models import CaseFile, Consent
from cases.policies import sharing as policies
from cases.sentence import end_of
from cases.workflow.emergency import REASON_LETTERS
from core.codes import as_written
from core.rendering import DateInput, DateTimeInput

USUAL_DAYS = 90


def unit_label(unit: Any) -> str:
    return f"{unit.short_name} ({unit.agency.name})"


def _person_label(person: Any) -> str:
    return f"{person.full_name} · {person.get_profession_display()}, {person.unit.short_name}"


class _TermsForm(forms.Form):
    """The part that sharing and conferences have in common: sections, basis, consent, until."""

    sections = forms.MultipleChoiceField(
        label=_("Bagian yang dapat dibaca"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Ringkasan selalu ikut. Pilih sesedikit mungkin."),
        error_messages={
            "required": _("Pilih bagian yang dibagikan."),
            "invalid_choice": _("Bagian itu tidak dapat Anda bagikan."),
        },
    )
    basis = forms.ChoiceField(
        label=_("Dasar"),
        choices=LegalBasis.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih dasarnya.")},
    )
    consent = forms.ModelChoiceField(
        label=_("Persetujuan"),
        queryset=Consent.objects.none(),
        required=False,
        empty_label=_("Tanpa persetujuan"),
        help_text=_("Bila dasarnya persetujuan. Akses berakhir bersama persetujuannya."),
        error_messages={"invalid_choice": _("Persetujuan itu tidak berlaku.")},
    )
    until = forms.DateField(
        label=_("Sampai akhir hari"), widget=DateInput, error_messages={"required": _("Isi tanggalnya.")}
    )

    conditional_fields: tuple[str, ...] = ("consent",)

    def __init__(self, *args: Any, case: CaseFile, user: Staff, relation: Relation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.user = case, user
        offered = policies.sections_offered(user, case, relation)
        self.fields["sections"].choices = [(section.value, section.label) for section in offered]  # type: ignore[attr-defined]
        self.initial.setdefault("sections", [Section.SUMMARY.value])
        self.initial.setdefault("until", timezone.localdate() + dt.timedelta(days=USUAL_DAYS))
        consent = self.fields["consent"]
        assert isinstance(consent, forms.ModelChoiceField)
        consent.queryset = policies.consents_for(case)
        consent.label_from_instance = consent_label

    def clean_until(self) -> dt.date:
        day: dt.date = self.cleaned_data["until"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("Tanggal ini sudah lewat."))
        if day > timezone.localdate() + dt.timedelta(days=2 * settings.SHARING_DAYS):
            raise forms.ValidationError(_("Paling lama %(days)s hari."), params={"days": settings.SHARING_DAYS})
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("basis") == LegalBasis.CONSENT and not data.get("consent") and "consent" not in self.errors:
            self.add_error("consent", _("Pilih persetujuan yang menjadi dasarnya."))
        return data

    def terms(self) -> dict[str, Any]:
        data = self.cleaned_data
        by_consent = data["basis"] == LegalBasis.CONSENT
        return {
            "sections": [Section(value) for value in {Section.SUMMARY.value, *data["sections"]}],
            "basis": LegalBasis(data["basis"]),
            "consent": data["consent"] if by_consent else None,
            "until": end_of_day(data["until"], self.case),
        }


def end_of_day(day: dt.date, case: CaseFile) -> dt.datetime:
    return end_of(day, case.lead_unit.zone)


def consent_label(consent: Any) -> str:
    words = [
        consent.recipient or str(_("semua penerima")),
        ", ".join(str(Section(part).label) for part in consent.scope),
    ]
    if consent.valid_until:
        words.append(str(_("sampai %(day)s")) % {"day": f"{consent.valid_until:%d.%m.%Y}"})
    return " · ".join(words)


class ShareForm(_TermsForm):
    unit = forms.ModelChoiceField(
        label=_("Unit penerima"),
        queryset=Unit.objects.none(),
        empty_label=_("Pilih unit"),
        error_messages={"required": _("Pilih unitnya."), "invalid_choice": _("Unit itu tidak dapat dipilih.")},
    )
    person = forms.ModelChoiceField(
        label=_("Orang"),
        queryset=Staff.objects.none(),
        required=False,
        empty_label=_("Semua petugas dan pengawas unit itu"),
        error_messages={"invalid_choice": _("Pilih orang dari unit itu.")},
    )
    purpose = forms.CharField(
        label=_("Tujuan"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Untuk apa dibaca. Penerima juga membacanya."),
        error_messages={"required": _("Tulis tujuannya.")},
    )
    starts_on = forms.DateField(
        label=_("Mulai"), required=False, widget=DateInput, help_text=_("Kosongkan untuk mulai sekarang.")
    )

    field_order = ["unit", "person", "sections", "purpose", "basis", "consent", "starts_on", "until"]

    def __init__(self, *args: Any, case: CaseFile, user: Staff, **kwargs: Any) -> None:
        super().__init__(*args, case=case, user=user, relation=Relation.SHARING, **kwargs)
        unit, person = self.fields["unit"], self.fields["person"]
        assert isinstance(unit, forms.ModelChoiceField)
        assert isinstance(person, forms.ModelChoiceField)
        unit.queryset = policies.units_for(user, case).select_related("agency").order_by("agency__name", "short_name")
        unit.label_from_instance = unit_label
        chosen = self["unit"].value()
        if str(chosen or "").isdecimal():
            people = policies.people_of(policies.units_for(user, case).filter(pk=chosen)).exclude(pk=user.pk)
            person.queryset = people.select_related("unit")
        person.label_from_instance = _person_label

    def clean_starts_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["starts_on"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("Tanggal ini sudah lewat."))
        if day and day > timezone.localdate() + dt.timedelta(days=settings.SHARING_DAYS):
            raise forms.ValidationError(_("Awal akses terlalu jauh di depan."))
        return day

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        starts = data["starts_on"]
        begin = dt.datetime.combine(starts, dt.time.min, tzinfo=self.case.lead_unit.zone) if starts else None
        return self.terms() | {"to": data["person"] or data["unit"], "purpose": data["purpose"], "starts_at": begin}


class ConferenceForm(_TermsForm):
    kind = forms.ChoiceField(
        label=_("Jenis"),
        choices=ConferenceKind.choices,
        widget=forms.RadioSelect,
        initial=ConferenceKind.CASE_DISCUSSION,
    )
    title = forms.CharField(
        label=_("Hal yang dibahas"), max_length=160, error_messages={"required": _("Tulis hal yang dibahas.")}
    )
    held_at = forms.DateTimeField(
        label=_("Waktu"), widget=DateTimeInput, error_messages={"required": _("Isi tanggal dan jamnya.")}
    )
    units = forms.ModelMultipleChoiceField(
        label=_("Unit anggota"),
        queryset=Unit.objects.none(),
        error_messages={"required": _("Pilih unitnya.")},
        help_text=_("Pilih satu atau beberapa unit, lalu tampilkan petugasnya."),
    )
    members = forms.ModelMultipleChoiceField(
        label=_("Anggota"),
        queryset=Staff.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": _("Pilih orang dari unit itu.")},
    )

    conditional_fields = ("consent", "members")
    field_order = ["kind", "title", "held_at", "units", "members", "sections", "basis", "consent", "until"]

    def __init__(self, *args: Any, case: CaseFile, user: Staff, **kwargs: Any) -> None:
        super().__init__(*args, case=case, user=user, relation=Relation.CONFERENCE, **kwargs)
        units, members = self.fields["units"], self.fields["members"]
        assert isinstance(units, forms.ModelMultipleChoiceField)
        assert isinstance(members, forms.ModelMultipleChoiceField)
        mine = policies.units_for(user, case).select_related("agency").order_by("agency__name", "short_name")
        units.queryset, units.label_from_instance = mine, unit_label
        chosen = [value for value in (self["units"].value() or []) if str(value).isdecimal()]
        members.queryset = policies.people_of(mine.order_by().filter(pk__in=chosen)).select_related("unit")
        members.label_from_instance = _person_label
        self.initial.setdefault("held_at", timezone.localtime().replace(second=0, microsecond=0))

    def clean_held_at(self) -> dt.datetime:
        at: dt.datetime = self.cleaned_data["held_at"]
        if at > timezone.now():
            raise forms.ValidationError(_("Keputusan dicatat sesudah pembahasan berlangsung."))
        if at < timezone.now() - dt.timedelta(days=366):
            raise forms.ValidationError(_("Paling lama satu tahun yang lalu."))
        return at

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("members") and "members" not in self.errors:
            self.add_error("members", _("Pilih anggota pembahasan."))
        return data

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return self.terms() | {
            "kind": ConferenceKind(data["kind"]),
            "title": data["title"],
            "held_at": data["held_at"],
            "members": list(data["members"]),
        }


class ShareConsentForm(ProvedForm):
    recipient = forms.ModelChoiceField(
        label=_("Unit penerima"),
        queryset=Unit.objects.none(),
        empty_label=_("Pilih unit"),
        error_messages={"required": _("Pilih unitnya."), "invalid_choice": _("Unit itu tidak dapat dipilih.")},
    )
    scope = forms.MultipleChoiceField(
        label=_("Bagian yang boleh dibaca"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Pilih bagiannya.")},
    )
    given_by = forms.CharField(
        label=_("Pemberi persetujuan"), max_length=160, error_messages={"required": _("Tulis namanya.")}
    )
    capacity = forms.ChoiceField(
        label=_("Kapasitas"),
        choices=ConsentCapacity.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih kapasitasnya.")},
    )
    valid_until = forms.DateField(label=_("Berlaku sampai"), required=False, widget=DateInput)

    def __init__(self, *args: Any, case: CaseFile, user: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        unit = self.fields["recipient"]
        assert isinstance(unit, forms.ModelChoiceField)
        # A caseworker may write down consent for any unit; the supervisor is who then shares with another agency.
        unit.queryset = policies.all_units(case).select_related("agency").order_by("agency__name", "short_name")
        unit.label_from_instance = unit_label
        offered = policies.sections_offered(user, case)
        self.fields["scope"].choices = [(section.value, section.label) for section in offered]  # type: ignore[attr-defined]

    def clean_valid_until(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["valid_until"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("Tanggal ini sudah lewat."))
        if day and day.year > timezone.localdate().year + 10:
            raise forms.ValidationError(_("Periksa tahunnya."))
        return day

    def clean_capacity(self) -> str:
        capacity: str = self.cleaned_data["capacity"]
        if capacity == ConsentCapacity.SELF and self.case.participant.is_child:
            raise forms.ValidationError(_("Untuk anak, persetujuan diberikan orang tua, wali, atau pekerja sosial."))
        return capacity

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return self.proof({name: data[name] for name in ("document", "file") if name in data}) | {
            "recipient": data["recipient"].name,
            "scope": list({Section.SUMMARY.value, *data["scope"]}),
            "given_by": data["given_by"],
            "capacity": ConsentCapacity(data["capacity"]),
            "valid_until": data["valid_until"],
        }


class _ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Alasan"),
        max_length=250,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Tulis alasannya.")},
    )


class RenewForm(_ReasonForm):
    until = forms.DateField(
        label=_("Sampai akhir hari"), widget=DateInput, error_messages={"required": _("Isi tanggalnya.")}
    )
    field_order = ["until", "reason"]

    def clean_until(self) -> dt.date:
        day: dt.date = self.cleaned_data["until"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("Tanggal ini sudah lewat."))
        if day > timezone.localdate() + dt.timedelta(days=2 * settings.SHARING_DAYS):
            raise forms.ValidationError(_("Paling lama %(days)s hari."), params={"days": settings.SHARING_DAYS})
        return day


class EndForm(_ReasonForm):
    """Why an access is taken back."""


class EmergencyForm(forms.Form):
    code = forms.CharField(
        label=_("Kode berkas"),
        max_length=20,
        help_text=_("Seperti K7M4-29QX. Mintalah kepada yang menghubungi Anda."),
        error_messages={"required": _("Isi kodenya.")},
    )
    reason = forms.CharField(
        label=_("Alasan"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Apa yang terjadi, dan mengapa tidak dapat menunggu. Paling sedikit 40 huruf."),
        error_messages={"required": _("Tulis alasannya.")},
    )
    confirmed = forms.BooleanField(
        label=_("Saya mengerti: pengawas unit itu dan pejabat pelindungan data segera diberi tahu, dan meninjaunya."),
        error_messages={"required": _("Nyatakan bahwa Anda mengerti.")},
    )

    def clean_code(self) -> str:
        return as_written(self.cleaned_data["code"])

    def clean_reason(self) -> str:
        reason = " ".join(self.cleaned_data["reason"].split())
        if len(reason) < REASON_LETTERS:
            raise forms.ValidationError(
                _("%(have)s huruf. Perlu %(more)s lagi."),
                params={"have": len(reason), "more": REASON_LETTERS - len(reason)},
            )
        return reason


class BreakGlassReviewForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Hasil tinjauan"),
        choices=ReviewOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih hasilnya.")},
    )
    comment = forms.CharField(
        label=_("Catatan"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Tulis apa yang Anda temukan.")},
    )


def words_of(sections: list[str]) -> list[str | Promise]:
    return [Section(name).label for name in Section.values if name in sections]
