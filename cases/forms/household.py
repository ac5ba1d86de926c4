"""A family on one page: a line for each member, with as much as is known."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases import policies
from cases.enums import CaseType, DatePrecision, Right, Section, Sex
from cases.enums.household import Kinship
from cases.forms.person import OLDEST_YEAR, NikField
from cases.models import CaseFile, Household, HouseholdMember, Participant
from cases.policies import matching
from cases.workflow.household import NewMember
from core.codes import as_written
from core.rendering import DateInput

LINES = 5
NAME_ALONE = ""


def _kinship(**kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Hubungan dengan kepala keluarga"), choices=[("", _("Pilih hubungan")), *Kinship.choices], **kwargs
    )


class OwnKinshipForm(forms.Form):
    """Asked once, when the family is first written down."""

    own_kinship = forms.ChoiceField(
        label=_("Peserta ini sendiri"),
        choices=Kinship.choices,
        initial=Kinship.HEAD,
        help_text=_("Hubungannya dengan kepala keluarga."),
    )


class _MemberFields(forms.Form):
    name = forms.CharField(
        label=_("Nama"), required=False, max_length=160, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    sex = forms.ChoiceField(
        label=_("Jenis kelamin"), required=False, choices=[("", _("Belum diketahui")), *Sex.choices]
    )
    birth_year = forms.IntegerField(
        label=_("Tahun lahir"),
        required=False,
        min_value=OLDEST_YEAR,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"min_value": _("Tanggal lahir tidak boleh sebelum tahun 1900.")},
    )
    kinship = _kinship(required=False)
    lives_together = forms.BooleanField(label=_("Tinggal serumah"), required=False, initial=True)
    is_guardian = forms.BooleanField(label=_("Wali anak dalam keluarga ini"), required=False)
    guardian_conflict = forms.BooleanField(
        label=_("Wali ini bermasalah hukum"),
        required=False,
        help_text=_("Persetujuan untuk anak lalu diberikan pekerja sosial, bukan wali ini."),
    )

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if name and not any(letter.isalpha() for letter in name):
            raise forms.ValidationError(_("Tulis nama dengan huruf."))
        return name

    def clean_birth_year(self) -> int | None:
        year: int | None = self.cleaned_data["birth_year"]
        if year and year > timezone.localdate().year:
            raise forms.ValidationError(_("Tahun lahir tidak boleh di masa depan."))
        return year

    def _clean_guardian(self, data: dict[str, Any]) -> None:
        if data.get("guardian_conflict") and not data.get("is_guardian"):
            self.add_error("is_guardian", _("Tandai juga sebagai wali."))


class NewMemberForm(_MemberFields):
    """One line. Empty lines count for nothing; with a kind of case the person gets a file of their own."""

    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    case_type = forms.ChoiceField(label=_("Berkas"), required=False)
    case_code = forms.CharField(
        label=_("Kode berkas, bila sudah punya"),
        required=False,
        max_length=12,
        help_text=_("Berkas yang Anda pegang, misalnya K7M4-29QX."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    not_same = forms.BooleanField(label=_("Ini orang lain, bukan yang tertulis di atas"), required=False)

    field_order = (
        *("client_id", "name", "not_same", "kinship", "sex", "birth_year", "lives_together", "is_guardian"),
        *("guardian_conflict", "case_type", "case_code"),
    )
    conditional_fields = ("not_same", "name", "kinship")
    # A line without a name in which one of these stands was meant for somebody.
    TYPED = ("name", "case_code", "kinship", "sex", "birth_year", "case_type", "is_guardian", "guardian_conflict")

    def __init__(
        self, *args: Any, by: Staff, family: CaseFile, may_search: Callable[[matching.Sought], bool], **kwargs: Any
    ) -> None:
        self.by, self.family, self.may_search = by, family, may_search
        self.matches = matching.Matches([], [])
        super().__init__(*args, **kwargs)
        kinds = policies.openable_types(by)
        self.fields["case_type"].choices = [
            (NAME_ALONE, _("Catat namanya saja")),
            *((kind.value, _("Buka kasus: %(kind)s") % {"kind": kind.label}) for kind in kinds),
        ]
        self.initial.setdefault("client_id", uuid.uuid4())

    @property
    def is_filled(self) -> bool:
        return any(str(self[name].value() or "").strip() for name in self.TYPED)

    def clean_case_code(self) -> str:
        typed = str(self.cleaned_data["case_code"]).strip()
        code = as_written(typed) if typed else ""
        self.case: CaseFile | None = None
        if code:
            mine = policies.cases_for(self.by, Right.EDIT, Section.IDENTITY).select_related("participant")
            self.case = mine.filter(code=code).exclude(participant=self.family.participant_id).first()
            if self.case is None:
                raise forms.ValidationError(_("Tidak ada berkas dengan kode ini yang Anda pegang."))
        return code

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.is_filled:
            self._errors = forms.utils.ErrorDict()
            return data
        if not data.get("name") and not {"name", "case_code"} & set(self.errors) and not data.get("case_code"):
            self.add_error("name", _("Tulis namanya."))
        if not data.get("kinship") and "kinship" not in self.errors:
            self.add_error("kinship", _("Pilih hubungannya."))
        self._clean_guardian(data)
        if data.get("case_code") and (data.get("name") or data.get("case_type")):
            self.add_error("case_code", _("Isi kode berkas saja, atau nama saja."))
        if data.get("case_type"):
            self._clean_file(data)
        return data

    def _clean_file(self, data: dict[str, Any]) -> None:
        """What a file needs besides a name, and whether the person may have one already (I-21)."""
        if not data.get("sex"):
            self.add_error("sex", _("Pilih jenis kelamin."))
        if "birth_year" in self.errors or "name" in self.errors or self._is_stored(data):
            return
        is_child = Participant(**self._born()).is_child
        kind = data["case_type"]
        if kind == CaseType.SOCIAL_CHILD and not is_child:
            self.add_error("case_type", _("Peserta ini berumur 18 tahun atau lebih."))
        if kind == CaseType.SOCIAL_ADULT and is_child:
            self.add_error(
                "case_type",
                _("Peserta ini di bawah 18 tahun, atau umurnya belum pasti. Pilih rehabilitasi sosial anak."),
            )
        sought = matching.Sought(data["name"], data.get("birth_year"))
        if not self.may_search(sought):
            self.add_error("name", _("Terlalu banyak pencarian. Coba lagi satu jam lagi."))
            return
        self.matches = matching.possible_matches(self.by, sought)
        if self.matches and not data.get("not_same"):
            self.add_error("name", _("Mungkin sudah punya berkas. Periksa, lalu tandai bila memang orang lain."))

    @staticmethod
    def _is_stored(data: dict[str, Any]) -> bool:
        """The same form has come once already: whom it would now find is the one that it made."""
        return HouseholdMember.objects.filter(client_id=data.get("client_id")).exists()

    def _born(self) -> dict[str, Any]:
        year = self.cleaned_data.get("birth_year")
        return {"birth_date": dt.date(year, 1, 1) if year else None, "birth_date_precision": DatePrecision.YEAR}

    def member(self) -> NewMember:
        data = self.cleaned_data
        kind = CaseType(data["case_type"]) if data["case_type"] else None
        person = {"full_name": data["name"], "sex": data["sex"], **self._born()} if kind else None
        return NewMember(
            client_id=data["client_id"] or uuid.uuid4(),
            kinship=Kinship(data["kinship"]),
            name=data["name"],
            sex=data["sex"],
            birth_year=data["birth_year"],
            lives_together=data["lives_together"],
            is_guardian=data["is_guardian"],
            guardian_conflict=data["guardian_conflict"],
            case_type=kind,
            case=self.case,
            person=person,
        )


class MemberForm(_MemberFields):
    """Changes one member. Whoever has a file changes name, sex and birth there."""

    left_on = forms.DateField(
        label=_("Tidak lagi dalam keluarga ini sejak"),
        required=False,
        widget=DateInput,
        help_text=_("Kosongkan selama masih."),
    )

    OF_A_NAME = ("name", "sex", "birth_year")

    def __init__(self, *args: Any, member: HouseholdMember, **kwargs: Any) -> None:
        self.member = member
        super().__init__(*args, **kwargs)
        self.fields["kinship"].required = True
        self.fields["kinship"].error_messages["required"] = _("Pilih hubungannya.")
        self.fields["name"].required = True
        self.fields["name"].error_messages["required"] = _("Tulis namanya.")
        if member.participant_id is not None:
            for name in self.OF_A_NAME:
                del self.fields[name]

    def clean_left_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["left_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("Tanggal ini masih di masa depan."))
        if day and day < self.member.joined_on:
            raise forms.ValidationError(_("Tanggal akhir tidak boleh sebelum tanggal awal."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._clean_guardian(data)
        return data

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "left_on"}


def member_initial(member: HouseholdMember) -> dict[str, Any]:
    names = ("name", "sex", "birth_year", "kinship", "lives_together", "is_guardian", "guardian_conflict")
    return {name: getattr(member, name) for name in names}


class FamilyCardForm(forms.Form):
    """The number of the family card; sealed like a NIK, and never sent to the page again."""

    kk = NikField(
        label=_("Nomor kartu keluarga (KK)"), required=False, help_text=_("16 angka. Kosongkan untuk menghapusnya.")
    )

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sealed = {"kk": household.kk_shown}
