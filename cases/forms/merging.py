"""Two people side by side: what differs, which of it is right, and why they are one or two."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases.models import CaseFile, Participant
from cases.models.merging import NIK, TRAITS, Trait
from cases.policies import merging as rules
from cases.sentence import born_words
from core.codes import as_written

KEPT, DUPLICATE = "kept", "duplicate"


def words(trait: Trait, person: Participant) -> str:
    """What a trait says of somebody, as the pages show it: of a NIK the last four digits."""
    if trait is NIK:
        return person.nik_shown or str(person.get_nik_status_display())
    if trait.name == "born":
        return born_words(person)
    value = getattr(person, trait.main)
    field = Participant._meta.get_field(trait.main)
    choices = dict(getattr(getattr(field, "base_field", field), "choices", None) or [])
    if isinstance(value, list):
        return ", ".join(str(choices.get(code, code)) for code in value)
    return str(choices.get(value, value))


class CompareForm(forms.Form):
    """Two files by their codes, for a pair that nobody has suggested."""

    first = forms.CharField(
        label=_("Kode berkas pertama"),
        max_length=20,
        help_text=_("Data orang ini yang dipertahankan. Misalnya K7M4-29QX."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Isi kode berkasnya.")},
    )
    second = forms.CharField(
        label=_("Kode berkas kedua"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Isi kode berkasnya.")},
    )

    def __init__(self, *args: Any, by: Staff, **kwargs: Any) -> None:
        self.by = by
        super().__init__(*args, **kwargs)

    def _case(self, typed: str) -> CaseFile:
        found = rules.files_for(self.by).select_related("participant").filter(code=as_written(typed)).first()
        if found is None:
            raise forms.ValidationError(_("Tidak ada berkas dengan kode ini yang dapat Anda buka."))
        return found

    def clean_first(self) -> CaseFile:
        return self._case(self.cleaned_data["first"])

    def clean_second(self) -> CaseFile:
        return self._case(self.cleaned_data["second"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, second = data.get("first"), data.get("second")
        if first and second and first.participant_id == second.participant_id:
            self.add_error("second", _("Kedua berkas ini sudah milik orang yang sama."))
        return data


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Alasan"),
        max_length=300,
        help_text=_("Bagaimana Anda tahu. Tercatat dalam jurnal."),
        error_messages={"required": _("Tulis alasannya.")},
    )


class MergeForm(ReasonForm):
    """A choice for everything in which the two differ; what only one of them has is kept without asking."""

    kept_version = forms.IntegerField(widget=forms.HiddenInput)
    duplicate_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, kept: Participant, duplicate: Participant, **kwargs: Any) -> None:
        versions = {"kept_version": kept.version, "duplicate_version": duplicate.version}
        super().__init__(*args, initial=versions, **kwargs)
        self.asked = [trait for trait in TRAITS if _differs(trait, kept, duplicate)]
        for trait in self.asked:
            self.fields[trait.name] = forms.ChoiceField(
                label=capfirst(trait.label),
                widget=forms.RadioSelect,
                choices=[(KEPT, words(trait, kept)), (DUPLICATE, words(trait, duplicate))],
                initial=KEPT,
                error_messages={"required": _("Pilih yang benar.")},
            )
        self.order_fields([*(trait.name for trait in self.asked), "reason"])

    @property
    def versions(self) -> tuple[int, int]:
        return self.cleaned_data["kept_version"], self.cleaned_data["duplicate_version"]

    @property
    def take(self) -> set[str]:
        return {trait.name for trait in self.asked if self.cleaned_data[trait.name] == DUPLICATE}


def _differs(trait: Trait, kept: Participant, duplicate: Participant) -> bool:
    both = not trait.is_empty(kept) and not trait.is_empty(duplicate)
    return trait is not NIK and both and trait.of(kept) != trait.of(duplicate)
