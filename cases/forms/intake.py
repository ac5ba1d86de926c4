"""Opening a case: the search before it, and everything that is asked at once."""

from __future__ import annotations

import uuid
from typing import Any

from babel import Locale
from django import forms
from django.forms.utils import ErrorDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.enums import AgencyKind
from accounts.models import Staff
from cases import legal_dates, policies
from cases.enums import CaseType, LegalStatusKind, ReferralSource, ReturnKind
from cases.forms.actions import STAGE_CHOICES, STAGES_OF, add_stage_fields
from cases.forms.documents import FormWithFile, PaperField
from cases.forms.person import OLDEST_YEAR, AddressForm, NikField, PersonForm, regency_of
from cases.models import Participant
from core.rendering import DateInput

# Regions of CLDR with two letters that are no country one can return from.
_NO_COUNTRY = {"ID", "EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"}


def countries() -> list[tuple[str, str]]:
    """ISO 3166 codes with their names in the reader's language, by name."""
    names = Locale.parse((get_language() or "id").replace("-", "_")).territories
    codes = [code for code in names if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY]
    return sorted(((code, names[code]) for code in codes), key=lambda pair: pair[1])


def country_name(code: str) -> str:
    return dict(countries()).get(code, code)


class SearchForm(forms.Form):
    """Search before create: who is it about?"""

    name = forms.CharField(
        label=_("Nama"),
        max_length=160,
        help_text=_("Ejaan lain ikut dicari: Muhammad menemukan Mohamad dan Moh."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Tulis namanya.")},
    )
    birth_year = forms.IntegerField(
        label=_("Tahun lahir"),
        required=False,
        min_value=OLDEST_YEAR,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    mother_name = forms.CharField(
        label=_("Nama ibu"), required=False, max_length=160, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    nik = NikField(label=_("NIK"), required=False, help_text=_("16 angka. Kosongkan bila tidak ada."))

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if sum(letter.isalpha() for letter in name) < 2:
            raise forms.ValidationError(_("Tulis paling sedikit dua huruf."))
        return name

    def clean_birth_year(self) -> int | None:
        year: int | None = self.cleaned_data["birth_year"]
        if year and year > timezone.localdate().year:
            raise forms.ValidationError(_("Tahun lahir tidak boleh di masa depan."))
        return year


LEGAL = ("legal_status", "legal_since", "legal_authority", "legal_document_no", "release_date", "supervision_end")
HANDOVER = ("handover_no", "handover_on", "handover_file")
RETURN = ("return_kind", "return_country", "return_arrived_on", "return_received_by")


class CaseForm(FormWithFile):
    """The case itself. What an agency does not work with is not asked."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    case_type = forms.ChoiceField(
        label=_("Jenis kasus"), widget=forms.RadioSelect, error_messages={"required": _("Pilih jenis kasus.")}
    )
    referral_source = forms.ChoiceField(
        label=_("Perujuk"),
        choices=[("", _("Pilih perujuk")), *ReferralSource.choices],
        error_messages={"required": _("Pilih perujuknya.")},
    )
    legal_status = forms.ChoiceField(
        label=_("Status hukum"), required=False, choices=[("", _("Belum dicatat")), *LegalStatusKind.choices]
    )
    legal_since = forms.DateField(label=_("Sejak"), required=False, widget=DateInput)
    legal_authority = forms.CharField(label=_("Lembaga"), required=False, max_length=160)
    legal_document_no = forms.CharField(label=_("Nomor dokumen"), required=False, max_length=80)
    release_date = forms.DateField(label=_("Tanggal bebas"), required=False, widget=DateInput)
    supervision_end = forms.DateField(label=_("Akhir bimbingan"), required=False, widget=DateInput)
    handover_no = forms.CharField(label=_("Nomor berita acara"), required=False, max_length=80)
    handover_on = forms.DateField(label=_("Tanggal serah terima"), required=False, widget=DateInput)
    handover_file = PaperField(
        label=_("Berkas berita acara"), required=False, help_text=_("PDF atau foto. Dapat menyusul.")
    )
    return_kind = forms.ChoiceField(
        label=_("Jenis kepulangan"), required=False, choices=[("", _("Tidak ada")), *ReturnKind.choices]
    )
    return_country = forms.ChoiceField(label=_("Negara asal"), required=False)
    return_arrived_on = forms.DateField(label=_("Tiba"), required=False, widget=DateInput)
    return_received_by = forms.CharField(label=_("Diterima oleh"), required=False, max_length=160)

    file_field = "handover_file"

    def __init__(self, *args: Any, by: Staff, **kwargs: Any) -> None:
        self.agency_kind = by.unit.agency.kind
        super().__init__(*args, **kwargs)
        types = policies.openable_types(by)
        self.fields["case_type"].choices = [(kind.value, kind.label) for kind in types]
        if len(types) == 1:
            self.initial.setdefault("case_type", types[0].value)
        self.initial.setdefault("client_id", uuid.uuid4())
        if self.agency_kind == AgencyKind.KEMENSOS:
            self.fields["return_country"].choices = [("", _("Pilih negara")), *countries()]
        else:
            for name in RETURN:
                del self.fields[name]
        add_stage_fields(self, self.agency_kind)

    def quietly(self) -> None:
        """Show again what was typed, without judging it: the sender only asked for something in between."""
        self._errors = ErrorDict()

    def about(self) -> Participant:
        """The person, as known or as typed."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self._clean_type(data)
        self._clean_legal(data)
        self._clean_handover(data)
        if "return_kind" in self.fields:
            self._clean_return(data)
        if self.errors:
            self.ask_for_file_again()
        return data

    def _clean_type(self, data: dict[str, Any]) -> None:
        if {"birth_year", "birth_month", "birth_day"} & set(self.errors):
            return  # the age cannot be told yet
        if data.get("case_type") == CaseType.SOCIAL_CHILD and not self.about().is_child:
            self.add_error("case_type", _("Peserta ini berumur 18 tahun atau lebih."))
        if data.get("case_type") == CaseType.SOCIAL_ADULT and self.about().is_child:
            self.add_error(
                "case_type",
                _("Peserta ini di bawah 18 tahun, atau umurnya belum pasti. Pilih rehabilitasi sosial anak."),
            )

    def _clean_legal(self, data: dict[str, Any]) -> None:
        if any(data.get(name) for name in LEGAL) and not data.get("legal_status"):
            self.add_error("legal_status", _("Pilih status hukumnya."))
        since = data.get("legal_since")
        if data.get("legal_status") and not since and "legal_since" not in self.errors:
            self.add_error("legal_since", _("Isi sejak kapan status ini berlaku."))
        status = {"valid_from": since, **{name: data.get(name) for name in ("release_date", "supervision_end")}}
        for name, sentence in legal_dates.status_problems(status, self._known()).items():
            self.add_error("legal_since" if name == "valid_from" else name, sentence)

    def _known(self) -> legal_dates.Known:
        return legal_dates.Known(timezone.localdate(), self.about().born_not_before)

    def _clean_handover(self, data: dict[str, Any]) -> None:
        """A person comes from a prison with a berita acara: number and date belong together, the file may follow."""
        if not any(data.get(name) for name in HANDOVER):
            return
        if data.get("referral_source") != ReferralSource.PRISON and "referral_source" not in self.errors:
            self.add_error("referral_source", _("Berita acara serah terima datang dari Lapas atau Rutan."))
        for name, sentence in (
            ("handover_no", _("Isi nomor berita acaranya.")),
            ("handover_on", _("Isi tanggal serah terimanya.")),
        ):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        if data.get("handover_on") and data["handover_on"] > timezone.localdate():
            self.add_error("handover_on", _("Tanggal ini masih di masa depan."))

    def _clean_return(self, data: dict[str, Any]) -> None:
        if not any(data.get(name) for name in RETURN):
            return
        for name, sentence in (
            ("return_kind", _("Pilih jenis kepulangannya.")),
            ("return_country", _("Pilih negara asalnya.")),
            ("return_arrived_on", _("Isi tanggal tiba.")),
        ):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        arrived = legal_dates.past_problems("return_arrived_on", data.get("return_arrived_on"), self._known())
        for name, sentence in arrived.items():
            self.add_error(name, sentence)

    def _touched(self, names: tuple[str, ...]) -> bool:
        return any(name in self.fields and (self[name].value() or self[name].errors) for name in names)

    @property
    def legal_is_open(self) -> bool:
        return self._touched(LEGAL)

    @property
    def handover_is_open(self) -> bool:
        return self._touched(HANDOVER) or self["referral_source"].value() == ReferralSource.PRISON

    @property
    def return_is_open(self) -> bool:
        return self._touched(RETURN)

    @property
    def stage_fields(self) -> list[Any]:
        return [self[name] for name in STAGES_OF.get(AgencyKind(self.agency_kind), ())]

    def case(self) -> dict[str, Any]:
        """The keyword arguments of ``workflow.open_case`` that do not describe the person."""
        data = self.cleaned_data
        legal = return_event = None
        if data.get("legal_status"):
            legal = {
                "status": data["legal_status"],
                "valid_from": data["legal_since"],
                "authority": data["legal_authority"],
                "document_no": data["legal_document_no"],
                "release_date": data["release_date"],
                "supervision_end": data["supervision_end"],
            }
        if data.get("return_kind"):
            return_event = {
                "kind": data["return_kind"],
                "country": data["return_country"],
                "arrived_on": data["return_arrived_on"],
                "received_by": data["return_received_by"],
            }
        return {
            "case_type": data["case_type"],
            "referral_source": data["referral_source"],
            "client_id": data.get("client_id"),
            "legal": legal,
            "handover": {
                "document_no": data["handover_no"],
                "happened_on": data["handover_on"],
                "paper": data["handover_file"],
            }
            if data.get("handover_no")
            else None,
            "return_event": return_event,
            **{name: data[name] for name in STAGE_CHOICES if data.get(name)},
        }


class NewPersonForm(CaseForm, PersonForm, AddressForm):
    """A person whom no case of the searcher knows yet."""

    not_same = forms.BooleanField(label=_("Ini orang lain, bukan yang tertulis di atas"), required=False)

    field_order = (
        *("not_same", "full_name", "aliases", "sex", "birth_year", "birth_month", "birth_day", "birth_is_estimate"),
        *("birth_place", "mother_name", "child_category", "phone", "safe_contact_method", "safe_contact_time"),
        *("nik", "nik_confirmed", "nik_status", "disability", "communication", "ppks_category", "ampk_category"),
        *("region_query", "region", "address_line", "rt", "rw", "access_note", "case_type", "referral_source"),
    )
    conditional_fields = ("region", "not_same", "nik_confirmed")

    def __init__(self, *args: Any, has_matches: bool = False, **kwargs: Any) -> None:
        self.has_matches = has_matches
        super().__init__(*args, **kwargs)

    def about(self) -> Participant:
        return self.typed

    def regencies(self) -> set[str]:
        region = self.cleaned_data.get("region")
        return {regency_of(region.code)} if region else set()

    def clean_not_same(self) -> bool:
        if self.has_matches and not self.cleaned_data["not_same"]:
            raise forms.ValidationError(_("Periksa daftar di atas dahulu. Tandai bila memang orang lain."))
        return bool(self.cleaned_data["not_same"])


class KnownPersonForm(CaseForm):
    """Another case for somebody whom the opener works with already."""

    def __init__(self, *args: Any, participant: Participant, **kwargs: Any) -> None:
        self.participant = participant
        super().__init__(*args, **kwargs)

    def about(self) -> Participant:
        return self.participant
