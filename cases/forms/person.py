"""The person and where they live: fields that intake and the identity page share."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from accounts.enums import RegionLevel
from accounts.models import Region
from cases import nik as residents
from cases.enums import (
    AmpkCategory,
    ChildCategory,
    DatePrecision,
    Disability,
    NikStatus,
    PpksCategory,
    Sex,
)
from cases.enums.person import Citizenship, Education, MaritalStatus, Religion
from cases.models import Participant

REGIONS_SHOWN = 7
OLDEST_YEAR = 1900
# What is told in time, or never: folded below what every intake asks.
DETAILS = ("citizenship", "language", "marital_status", "education", "occupation", "religion", "religion_agreed")
# Also of a family card, whose number has the same shape.
NIK_FAULTS = {
    residents.Fault.NOT_DIGITS: _("Nomor ini hanya berisi angka."),
    residents.Fault.LENGTH: _("Nomor ini terdiri atas 16 angka. Hitung kembali."),
    residents.Fault.DATE: _("Angka ke-7 sampai ke-12 bukan tanggal. Periksa kembali."),
    residents.Fault.SERIAL: _("Empat angka terakhir tidak boleh 0000."),
}
NIK_DOUBTS = {
    residents.Doubt.SEX: _("NIK ini milik orang dengan jenis kelamin lain."),
    residents.Doubt.BIRTH: _("Tanggal lahir dalam NIK berbeda dari yang diisi."),
    residents.Doubt.REGION: _("NIK ini pertama kali terdaftar di daerah lain."),
}


class NikField(forms.CharField):
    """A number of sixteen digits, grouped as people like; cleaned to ``nik.Nik``, or None where nothing is typed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(max_length=30, **kwargs)

    def clean(self, value: Any) -> residents.Nik | None:
        text = str(super().clean(value))
        if not text:
            return None
        try:
            return residents.read(text)
        except residents.NikError as error:
            raise forms.ValidationError(NIK_FAULTS[error.fault], code=error.fault) from None


def several(kinds: Any, label: Any, **kwargs: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=False, choices=kinds.choices, widget=forms.CheckboxSelectMultiple, **kwargs
    )


def one_of(kinds: Any, label: Any, **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, required=False, choices=[("", _("Belum diketahui")), *kinds.choices], **kwargs
    )


class PersonForm(forms.Form):
    """Identity of a participant. Of the birth date, what is known is asked: year, month, day, each by itself."""

    full_name = forms.CharField(
        label=_("Nama lengkap"),
        max_length=160,
        help_text=_("Tanpa gelar."),
        error_messages={"required": _("Tulis namanya.")},
    )
    aliases = forms.CharField(
        label=_("Nama lain"),
        required=False,
        max_length=400,
        help_text=_("Pisahkan dengan koma bila banyak."),
    )
    sex = forms.ChoiceField(
        label=_("Jenis kelamin"),
        choices=Sex.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih jenis kelamin.")},
    )
    birth_year = forms.IntegerField(
        label=_("Tahun lahir"),
        required=False,
        min_value=OLDEST_YEAR,
        max_value=dt.MAXYEAR,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"min_value": _("Tanggal lahir tidak boleh sebelum tahun 1900.")},
    )
    birth_month = forms.TypedChoiceField(
        label=_("Bulan lahir"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("Tidak diketahui")), *((number, name) for number, name in MONTHS.items())],
    )
    birth_day = forms.IntegerField(
        label=_("Tanggal lahir"),
        required=False,
        min_value=1,
        max_value=31,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    birth_is_estimate = forms.BooleanField(label=_("Tahun lahir adalah perkiraan"), required=False)
    birth_place = forms.CharField(label=_("Tempat lahir"), required=False, max_length=120)
    mother_name = forms.CharField(label=_("Nama ibu"), required=False, max_length=160)
    phone = forms.CharField(
        label=_("Telepon aman"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    safe_contact_method = forms.CharField(
        label=_("Cara aman dihubungi"),
        required=False,
        max_length=200,
        help_text=_("Misalnya: telepon saja, jangan kirim pesan tertulis."),
    )
    safe_contact_time = forms.CharField(
        label=_("Waktu aman dihubungi"), required=False, max_length=120, help_text=_("Misalnya: sesudah 17.00.")
    )
    nik = NikField(label=_("NIK"), required=False, help_text=_("16 angka. Kosongkan bila tidak ada."))
    nik_confirmed = forms.BooleanField(label=_("NIK sudah dicocokkan dengan KTP atau KK, dan benar"), required=False)
    nik_status = forms.ChoiceField(
        label=_("Bila NIK tidak diisi"),
        required=False,
        choices=NikStatus.choices,
        help_text=_("Tanpa NIK, layanan tetap berjalan."),
    )
    citizenship = one_of(Citizenship, _("Kewarganegaraan"))
    language = forms.CharField(
        label=_("Bahasa sehari-hari"), required=False, max_length=80, help_text=_("Misalnya: Jawa, Kaili, isyarat.")
    )
    marital_status = one_of(MaritalStatus, _("Status kawin"))
    education = one_of(Education, _("Pendidikan terakhir"))
    occupation = forms.CharField(label=_("Pekerjaan"), required=False, max_length=120)
    religion = one_of(
        Religion,
        _("Agama"),
        help_text=_("Hanya bila perlu dan peserta setuju. Dibaca tim kasus saja, tidak masuk daftar atau laporan."),
    )
    religion_agreed = forms.BooleanField(label=_("Peserta setuju agamanya dicatat"), required=False)
    disability = several(Disability, _("Disabilitas"))
    communication = forms.CharField(
        label=_("Cara berkomunikasi"),
        required=False,
        max_length=200,
        help_text=_("Misalnya: bahasa isyarat, bahasa daerah, tulisan besar."),
    )
    child_category = several(ChildCategory, _("Kategori anak"), help_text=_("Hanya untuk peserta di bawah 18 tahun."))
    ampk_category = several(
        AmpkCategory,
        _("Anak yang memerlukan perlindungan khusus (AMPK)"),
        help_text=_("Hanya untuk peserta di bawah 18 tahun."),
    )
    ppks_category = several(PpksCategory, _("Kategori PPKS"))

    conditional_fields: tuple[str, ...] = ("nik_confirmed",)
    has_nik = False
    doubts: tuple[residents.Doubt, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Where no number is stored, "there is one" is said by typing it.
        self.fields["nik_status"].choices = [
            choice for choice in NikStatus.choices if self.has_nik or choice[0] != NikStatus.PRESENT
        ]
        if self.has_nik:
            self.fields["nik_status"].label = _("Status NIK")
        else:
            self.fields["nik_status"].initial = NikStatus.UNKNOWN

    def clean_full_name(self) -> str:
        name = " ".join(str(self.cleaned_data["full_name"]).split())
        if not any(letter.isalpha() for letter in name):
            raise forms.ValidationError(_("Tulis nama dengan huruf."))
        return name

    def clean_phone(self) -> str:
        phone = str(self.cleaned_data["phone"]).strip()
        if phone and (sum(letter.isdigit() for letter in phone) < 6 or set(phone) - set("0123456789+-() ")):
            raise forms.ValidationError(_("Tulis nomor telepon dengan angka."))
        return phone

    def clean_aliases(self) -> list[str]:
        names = [" ".join(name.split()) for name in str(self.cleaned_data["aliases"]).split(",")]
        return [name for name in names if name]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not {"birth_year", "birth_month", "birth_day", "birth_is_estimate"} & set(self.errors):
            data["birth_date"], data["birth_date_precision"] = self._birth(data)
        for name in ("child_category", "ampk_category"):
            if data.get(name) and data.get("birth_date") and not self.is_child:
                self.add_error(name, _("Peserta ini berumur 18 tahun atau lebih."))
        if data.get("religion") and not data.get("religion_agreed"):
            self.add_error(
                "religion_agreed", _("Agama dicatat hanya bila peserta setuju. Tandai, atau kosongkan agamanya.")
            )
        if data.get("nik"):
            self._question(data["nik"], data)
        return data

    def _filled(self, *names: str) -> bool:
        return any(self[name].value() or self[name].errors for name in names)

    @property
    def special_is_open(self) -> bool:
        return self._filled("disability", "communication")

    @property
    def details_are_open(self) -> bool:
        return self._filled(*DETAILS)

    @property
    def child_is_open(self) -> bool:
        return self._filled("child_category", "ampk_category")

    def regencies(self) -> set[str]:
        """Codes of the regencies in which the person lives or has lived, as far as this form knows."""
        return set()

    def _question(self, nik: residents.Nik, data: dict[str, Any]) -> None:
        """A number that says something else than the form is asked about once; whoever has looked may go on."""
        self.doubts = residents.doubts(
            nik,
            sex=data.get("sex") or "",
            born=data.get("birth_date"),
            precision=data.get("birth_date_precision") or DatePrecision.DAY,
            regencies=self.regencies(),
        )
        if self.doubts and not data.get("nik_confirmed"):
            for doubt in self.doubts:
                self.add_error("nik", NIK_DOUBTS[doubt])

    def _birth(self, data: dict[str, Any]) -> tuple[dt.date | None, DatePrecision]:
        """The date that is stored and how exact it is; a part that is missing counts as its first day."""
        year, month, day = data.get("birth_year"), data.get("birth_month"), data.get("birth_day")
        if not year:
            if month or day or data.get("birth_is_estimate"):
                self.add_error("birth_year", _("Isi tahun lahir."))
            return None, DatePrecision.DAY
        if day and not month:
            self.add_error("birth_month", _("Pilih bulan lahir, atau kosongkan tanggalnya."))
            return None, DatePrecision.DAY
        try:
            date = dt.date(year, month or 1, day or 1)
        except ValueError:
            self.add_error("birth_day", _("Tanggal ini tidak ada dalam bulan itu."))
            return None, DatePrecision.DAY
        if date > timezone.localdate():
            self.add_error("birth_year", _("Tanggal lahir tidak boleh di masa depan."))
        if data.get("birth_is_estimate"):
            return date, DatePrecision.ESTIMATE
        return date, DatePrecision.DAY if day else DatePrecision.MONTH if month else DatePrecision.YEAR

    @property
    def typed(self) -> Participant:
        """Whose age is asked: as born by what was typed."""
        return Participant(
            birth_date=self.cleaned_data.get("birth_date"),
            birth_date_precision=self.cleaned_data.get("birth_date_precision") or DatePrecision.DAY,
        )

    @property
    def is_child(self) -> bool:
        """Under 18, or of an age in doubt, by what was typed."""
        return self.typed.is_child

    def person(self) -> dict[str, Any]:
        """The fields of a Participant."""
        names = (
            *("full_name", "aliases", "sex", "birth_date", "birth_date_precision", "birth_place", "mother_name"),
            *("phone", "safe_contact_method", "safe_contact_time", "disability", "communication"),
            *("child_category", "ppks_category", "ampk_category"),
            *DETAILS,
        )
        return {name: self.cleaned_data[name] for name in names} | self._nik()

    def _nik(self) -> dict[str, Any]:
        """The number that was typed; nothing where a stored one stays; otherwise why there is none."""
        if nik := self.cleaned_data["nik"]:
            return {"nik": str(nik)}
        status = self.cleaned_data["nik_status"] or NikStatus.UNKNOWN
        return {} if status == NikStatus.PRESENT else {"nik": "", "nik_status": status}


def person_initial(person: Participant) -> dict[str, Any]:
    """What the form shows of somebody who is already known."""
    born, exact = person.birth_date, person.birth_date_precision
    shows_month = exact in (DatePrecision.DAY, DatePrecision.MONTH)
    return {
        "full_name": person.full_name,
        "aliases": ", ".join(person.aliases),
        "sex": person.sex,
        "birth_year": born.year if born else None,
        "birth_month": born.month if born and shows_month else None,
        "birth_day": born.day if born and exact == DatePrecision.DAY else None,
        "birth_is_estimate": exact == DatePrecision.ESTIMATE,
        "birth_place": person.birth_place,
        "mother_name": person.mother_name,
        "phone": person.phone,
        "safe_contact_method": person.safe_contact_method,
        "safe_contact_time": person.safe_contact_time,
        "nik_status": person.nik_status,
        "disability": person.disability,
        "communication": person.communication,
        "child_category": person.child_category,
        "ppks_category": person.ppks_category,
        "ampk_category": person.ampk_category,
        **{name: getattr(person, name) for name in DETAILS},
    }


def find_regions(text: str) -> QuerySet[Region]:
    """Districts of which every typed word stands in their own name, their regency's or their province's."""
    districts = Region.objects.filter(level=RegionLevel.DISTRICT).select_related("parent__parent")
    words = text.replace(",", " ").replace("\x00", "").split()[:6]
    if not words or len("".join(words)) < 3:
        return districts.none()
    for word in words:
        districts = districts.filter(
            Q(name__icontains=word) | Q(parent__name__icontains=word) | Q(parent__parent__name__icontains=word)
        )
    first = Case(When(name__istartswith=words[0], then=Value(0)), default=Value(1), output_field=IntegerField())
    return districts.order_by(first, "name", "code")[:REGIONS_SHOWN]


def regency_of(code: str) -> str:
    """The code of the regency or city in which the region of ``code`` lies: 35.73 of 35.73.05."""
    return code[:5]


def region_label(region: Region) -> str:
    """The district with what it lies in: "Lowokwaru, Kota Malang, Jawa Timur"."""
    names = [region.name]
    while region.parent is not None:
        region = region.parent
        names.append(region.name)
    return ", ".join(names)


def _ward(label: Any) -> forms.RegexField:
    """The number of a neighbourhood or ward, as people write it: "3" or "003"."""
    return forms.RegexField(
        r"^\d{1,3}$",
        label=label,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
        error_messages={"invalid": _("Tulis angkanya saja, paling banyak tiga.")},
    )


def _shortest(number: str) -> str:
    return str(int(number)) if number else ""


class AddressForm(forms.Form):
    """Where somebody lives: a district typed by name and chosen from what was found, with or without script."""

    region_query = forms.CharField(
        label=_("Kecamatan"),
        required=False,
        max_length=120,
        help_text=_("Ketik nama kecamatan, boleh dengan kabupaten atau kotanya, lalu pilih. Kode wilayah Kemendagri."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    region = forms.CharField(label=_("Pilih kecamatan"), required=False, widget=forms.RadioSelect)
    address_line = forms.CharField(
        label=_("Alamat"), required=False, max_length=300, help_text=_("Jalan dan nomor, desa atau kelurahan.")
    )
    rt = _ward(_("RT"))
    rw = _ward(_("RW"))
    access_note = forms.CharField(
        label=_("Catatan akses"),
        required=False,
        max_length=200,
        help_text=_("Misalnya: sinyal lemah, 40 menit jalan kaki."),
    )

    conditional_fields = ("region",)
    region_is_required = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = list(find_regions(str(self["region_query"].value() or "")))
        chosen = str(self["region"].value() or "")
        if chosen and chosen not in {region.code for region in self.found}:
            self.found += Region.objects.filter(code=chosen, level=RegionLevel.DISTRICT).select_related(
                "parent__parent"
            )
        self.fields["region"].widget.choices = [(region.code, region_label(region)) for region in self.found]

    def clean_rt(self) -> str:
        return _shortest(self.cleaned_data["rt"])

    def clean_rw(self) -> str:
        return _shortest(self.cleaned_data["rw"])

    def clean_region(self) -> Region | None:
        code = self.cleaned_data["region"]
        region = next((region for region in self.found if region.code == code), None)
        if code and region is None:
            raise forms.ValidationError(_("Pilih satu kecamatan dari daftar."))
        return region

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        typed = any(data.get(name) for name in ("region_query", "address_line", "rt", "rw", "access_note"))
        if (typed or self.region_is_required) and not data.get("region") and "region" not in self.errors:
            if data.get("region_query") and not self.found:
                self.add_error("region_query", _("Tidak ada kecamatan dengan nama ini. Periksa ejaannya."))
            elif data.get("region_query"):
                self.add_error("region", _("Pilih satu kecamatan dari daftar."))
            else:
                self.add_error("region_query", _("Ketik nama kecamatan."))
        return data

    def address(self) -> dict[str, Any] | None:
        """The fields of an Address, or None where nothing was given."""
        if not self.cleaned_data.get("region"):
            return None
        return {
            "region": self.cleaned_data["region"],
            "line": self.cleaned_data["address_line"],
            "rt": self.cleaned_data["rt"],
            "rw": self.cleaned_data["rw"],
            "access_note": self.cleaned_data["access_note"],
        }
