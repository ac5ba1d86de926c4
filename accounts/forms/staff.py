"""Forms of the data admin: accounts, units, Pokja, facilities. Each takes only the fields that it shows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import policies
from accounts.enums import Role
from accounts.models import Facility, Region, Staff, Team, Unit
from core.rendering import DateInput

STATES = {"": _("Aktif"), "ended": _("Berakhir"), "all": _("Semua")}


class StaffFilter(forms.Form):
    """Bound to the query string; an unknown value counts as not given."""

    q = forms.CharField(label=_("Cari"), required=False, max_length=120)
    unit = forms.ChoiceField(label=_("Unit kerja"), required=False)
    role = forms.ChoiceField(label=_("Peran"), required=False)
    state = forms.ChoiceField(label=_("Keadaan"), required=False, choices=list(STATES.items()))

    conditional_fields = ("q", "unit", "role", "state")
    use_required_attribute = False

    def __init__(self, *args: Any, user: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = policies.units_for(user).values_list("code", "short_name")
        roles = [(role.value, role.label) for role in policies.roles_to_give(user)]
        self.fields["unit"].choices = [("", _("Semua unit")), *units]  # type: ignore[attr-defined]
        self.fields["role"].choices = [("", _("Semua peran")), *roles]  # type: ignore[attr-defined]
        self.is_valid()

    def value(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "")

    @property
    def is_narrowed(self) -> bool:
        return any(self.value(name) for name in ("q", "unit", "role", "state"))

    def narrow(self, staff: QuerySet[Staff]) -> QuerySet[Staff]:
        if unit := self.value("unit"):
            staff = staff.filter(unit__code=unit)
        if role := self.value("role"):
            staff = staff.filter(role=role)
        for word in self.value("q").split():
            staff = staff.named_like(word)
        match self.value("state"):
            case "":
                return staff.in_force()
            case "ended":
                return staff.exclude(pk__in=Staff.objects.in_force().values("pk"))
        return staff


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Alasan"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Masuk ke jurnal.")
    )


class LinkForm(forms.Form):
    """Nothing to fill in."""


class StaffEditForm(forms.ModelForm):
    class Meta:
        model = Staff
        fields = policies.EDITABLE_FIELDS
        widgets = {"assessor_since": DateInput(), "active_until": DateInput()}
        labels = {"email": _("Surel")}
        help_texts = {"active_until": _("Sesudah hari itu akun tertutup dengan sendirinya.")}

    def __init__(self, *args: Any, user: Staff, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if Staff.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Surel ini sudah dipakai akun lain."))
        return email

    def arguments(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class PlaceForm(forms.Form):
    """Where a person works and as what."""

    unit = forms.ModelChoiceField(label=_("Unit kerja"), queryset=Unit.objects.none())
    role = forms.ChoiceField(label=_("Peran"))
    reason = ReasonForm.base_fields["reason"]

    def __init__(self, *args: Any, user: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_places(self, user)


class StaffNewForm(StaffEditForm):
    unit = forms.ModelChoiceField(label=_("Unit kerja"), queryset=Unit.objects.none())
    role = forms.ChoiceField(label=_("Peran"))

    class Meta(StaffEditForm.Meta):
        fields = ("username", *policies.EDITABLE_FIELDS)
        labels = StaffEditForm.Meta.labels | {"username": _("Nama akun")}
        help_texts = StaffEditForm.Meta.help_texts | {"username": _("Huruf kecil dan titik, seperti ratna.kusuma.")}

    field_order = ("full_name", "username", "email", "unit", "role", "profession")

    def __init__(self, *args: Any, user: Staff, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        _offer_places(self, user)
        self.fields["username"].validators.append(ASCIIUsernameValidator())

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"].lower()
        if Staff.objects.filter(username__iexact=username).exists():
            raise ValidationError(_("Nama akun ini sudah dipakai."))
        return username

    def arguments(self) -> dict[str, Any]:
        return super().arguments() | {"unit": self.cleaned_data["unit"], "role": self.cleaned_data["role"]}


def _offer_places(form: forms.Form | forms.ModelForm, user: Staff) -> None:
    form.fields["unit"].queryset = policies.units_for(user)  # type: ignore[attr-defined]
    roles: tuple[Role, ...] = policies.roles_to_give(user)
    form.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]


class UnitForm(forms.ModelForm):
    class Meta:
        model = Unit
        fields = ("code", *policies.UNIT_FIELDS)
        help_texts = {"code": _("Pendek dan tetap, seperti bps-mlg. Dipakai di nomor berkas.")}

    def __init__(self, *args: Any, user: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        above = policies.units_for(user)
        if self.instance.pk:
            del self.fields["code"]
            above = above.exclude(pk=self.instance.pk).exclude(parent=self.instance)
        self.fields["parent"].queryset = above  # type: ignore[attr-defined]
        regions = Region.objects.filter(level__in=["province", "regency"])
        self.fields["region"].queryset = regions  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields}


class TeamForm(forms.ModelForm):
    class Meta:
        model = Team
        fields = ("name", "coordinator", "secretary", "members", "ended_on")
        widgets = {"members": forms.CheckboxSelectMultiple, "ended_on": DateInput()}

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        self.unit = unit
        super().__init__(*args, **kwargs)
        people = Staff.objects.working().filter(unit=unit).order_by("full_name")
        for name in ("coordinator", "secretary", "members"):
            self.fields[name].queryset = people  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if Team.objects.filter(unit=self.unit, name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Unit ini sudah punya Pokja dengan nama itu."))
        return name

    def arguments(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class FacilityForm(forms.ModelForm):
    class Meta:
        model = Facility
        fields = policies.FACILITY_FIELDS

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def arguments(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}
