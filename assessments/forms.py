"""What is typed into an assessment. What a rule asks for beside it (evidence, confidence) stands in completeness."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Case, Value, When
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff, StaffQuerySet
from assessments.catalogue import Instrument, Item, Narrative, Text
from assessments.enums import (
    LONGEST_NARRATIVE,
    LONGEST_NOTE,
    AssessmentReason,
    Confidence,
    NonRating,
    SecondOutcome,
    Source,
)
from assessments.models import LONGEST_REASON, LONGEST_SOURCE, SecondRating


def words(text: Text | None) -> str:
    """A text of an instrument in the language of the page."""
    return text.to(get_language() or "id") if text else ""


class StartForm(forms.Form):
    """Which instrument, and why now."""

    instrument = forms.ChoiceField(label=_("Instrumen"), widget=forms.RadioSelect)
    reason = forms.ChoiceField(label=_("Alasan penilaian"), choices=AssessmentReason, widget=forms.RadioSelect)

    def __init__(self, *args: Any, instruments: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["instrument"].choices = list(instruments)  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """One item: answer, note, sources, confidence; ``seen`` names the answer that the page was opened with."""

    value = forms.ChoiceField(required=False, error_messages={"invalid_choice": _("Nilai ini di luar skala butir.")})
    note = forms.CharField(label=_("Bukti"), required=False, max_length=LONGEST_NOTE)
    sources = forms.MultipleChoiceField(label=_("Sumber"), required=False, choices=Source)
    confidence = forms.ChoiceField(label=_("Keyakinan"), required=False, choices=[("", ""), *Confidence.choices])
    seen = forms.CharField(required=False, max_length=12)

    def __init__(self, item: Item, data: Any = None) -> None:
        super().__init__(data, prefix=item.code)
        self.item = item
        values = [str(known.value) for known in item.scale.values] + list(NonRating.values)
        self.fields["value"].choices = [("", ""), *((value, value) for value in values)]  # type: ignore[attr-defined]

    @property
    def answer(self) -> dict[str, Any]:
        """What ``workflow.save_answer`` takes; valid forms alone."""
        data = self.cleaned_data
        return {
            "value": data["value"],
            "evidence_note": data["note"],
            "sources": data["sources"],
            "confidence": data["confidence"],
            "seen": data["seen"] if self.add_prefix("seen") in self.data else None,
        }


class NarrativesForm(forms.Form):
    """Free texts of an assessment, each optional while it is a draft."""

    seen = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    def __init__(self, narratives: Iterable[Narrative], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [narrative.code for narrative in narratives]
        for narrative in narratives:
            self.fields[narrative.code] = narrative_field(narrative)

    @property
    def conditional_fields(self) -> list[str]:
        return self.codes

    @property
    def texts(self) -> dict[str, str]:
        """The texts that were posted; those that a page did not show stay as they are."""
        return {
            code: self.cleaned_data[code] for code in self.codes if code in self.data and code in self.cleaned_data
        }


def narrative_field(narrative: Narrative, rows: int = 5) -> forms.CharField:
    return forms.CharField(
        label=words(narrative.label),
        required=False,
        max_length=LONGEST_NARRATIVE,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class FirstJudgementForm(forms.Form):
    """The rater's own judgement before guidance. Nothing is chosen beforehand."""

    band = forms.ChoiceField(
        label=_("Pertimbangan awal"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih pertimbangan awal Anda."), "invalid_choice": _("Pilihan tidak dikenal.")},
    )
    reason = forms.CharField(
        label=_("Alasan singkat"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, instrument: Instrument, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["band"].choices = [(code, code) for code in instrument.final_judgement.options]  # type: ignore[attr-defined]


class ChoiceForm(forms.Form):
    """The final choice and why it differs. Lengths and agreement are the workflow's to judge."""

    final_band = forms.ChoiceField(label=_("Pertimbangan akhir"), required=False, widget=forms.RadioSelect)
    override_reason = forms.CharField(
        label=_("Alasan berbeda"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    version = forms.IntegerField(min_value=1, max_value=2_147_483_647, widget=forms.HiddenInput)

    def __init__(self, instrument: Instrument, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = [("", ""), *((code, code) for code in instrument.final_judgement.options)]
        self.fields["final_band"].choices = options  # type: ignore[attr-defined]


class ReturnForm(forms.Form):
    """What the rater should mend, as a whole and item by item."""

    comment = forms.CharField(
        label=_("Apa yang perlu diperbaiki"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Tulis apa yang perlu diperbaiki.")},
    )

    def __init__(self, items: Iterable[Item], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(items)
        for item in self.items:
            self.fields[f"item-{item.code}"] = forms.CharField(
                label=_("Catatan untuk %(item)s") % {"item": item.code},
                required=False,
                max_length=1_000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    @property
    def item_comments(self) -> dict[str, str]:
        return {item.code: self.cleaned_data[f"item-{item.code}"] for item in self.items}


class CompareForm(forms.Form):
    """Two dates of one instrument; which is the earlier does not matter."""

    before = forms.ChoiceField(label=_("Dari tanggal"))
    after = forms.ChoiceField(label=_("Sampai tanggal"))

    def __init__(self, dates: list[tuple[str, str]], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["before"].choices = dates  # type: ignore[attr-defined]
        self.fields["after"].choices = dates  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("before") and data.get("before") == data.get("after"):
            self.add_error("after", _("Pilih dua tanggal yang berbeda."))
        return data


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Alasan pembatalan"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Tulis alasan pembatalan.")},
    )


# ---- the instruments themselves -------------------------------------------------------------------------------------


class DraftForm(forms.Form):
    """The text of an instrument, right or wrong: what is wrong with it is said after it is kept."""

    source = forms.CharField(
        label=_("Isi instrumen (YAML)"),
        max_length=LONGEST_SOURCE,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 28, "class": "t-source", "spellcheck": "false", "wrap": "off"}),
        help_text=_("Salin dari versi lain atau tempel YAML Anda sendiri. Draf boleh disimpan walau belum benar."),
        error_messages={
            "required": _("Isi instrumen masih kosong."),
            "max_length": _("Isinya terlalu panjang: paling banyak %(limit_value)d huruf, ini %(show_value)d."),
        },
    )
    summary = forms.CharField(
        label=_("Apa yang berubah dan mengapa"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Dibaca admin data lain sebelum menerbitkan."),
        error_messages={"required": _("Tulis apa yang berubah dan mengapa.")},
    )

    def clean_source(self) -> str:
        return self.cleaned_data["source"].replace("\r\n", "\n").replace("\r", "\n")


class PublishForm(forms.Form):
    """Why it is published, and which two texts were compared on the page."""

    reason = forms.CharField(
        label=_("Alasan menerbitkan"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Tulis alasannya.")},
    )
    version = forms.IntegerField(min_value=1, max_value=2_147_483_647, widget=forms.HiddenInput)
    replaces = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Alasan penarikan"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Tampil pada halaman mulai penilaian."),
        error_messages={"required": _("Tulis alasannya.")},
    )


# ---- the participant's word, and the second rating ------------------------------------------------------------------


class VersionForm(forms.Form):
    """A form that carries the version of the row that its page was opened with."""

    version = forms.IntegerField(min_value=1, max_value=2_147_483_647, widget=forms.HiddenInput)

    def __init__(self, row: Any, data: Any = None, **kwargs: Any) -> None:
        initial = {"version": row.version} | kwargs.pop("initial", {})
        super().__init__(data, initial=initial, **kwargs)

    def renew(self, row: Any) -> None:
        """The page is drawn again over the row as it stands now: sent once more, the words hold."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["version"] = row.version  # type: ignore[index]


def words_field(label: Any, required: Any, rows: int = 4, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": required},
        help_text=help_text,
    )


def day_field(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Isi tanggalnya."), "invalid": _("Isi tanggal yang benar.")},
    )


class OwnViewForm(VersionForm):
    """What the participant said of the result."""

    text = words_field(
        _("Kata peserta"),
        _("Tulis apa yang dikatakan peserta."),
        rows=6,
        help_text=_("Dengan kata-kata peserta sendiri, sedekat mungkin."),
    )
    said_on = day_field(_("Tanggal disampaikan"))
    present = forms.CharField(
        label=_("Disampaikan di hadapan"),
        max_length=300,
        error_messages={"required": _("Tulis siapa yang hadir.")},
        help_text=_("Misalnya: petugas, wali, penasihat hukum."),
    )


class ContestForm(forms.Form):
    reason = words_field(
        _("Alasan peserta"),
        _("Tulis mengapa peserta tidak setuju."),
        rows=6,
        help_text=_("Penilai kedua tidak membacanya sebelum menyerahkan penilaiannya."),
    )
    received_on = day_field(_("Tanggal diterima"))


class AskSecondForm(forms.Form):
    reason = words_field(_("Mengapa perlu penilai kedua"), _("Tulis alasannya."))


class TakeBackForm(VersionForm):
    reason = words_field(_("Alasan ditarik"), _("Tulis alasannya."))


def _with_unit(person: Staff) -> str:
    return f"{person.full_name}, {person.unit.short_name}"


class NameForm(VersionForm):
    """Who rates as the second; the unit's own people stand first."""

    rater = forms.ModelChoiceField(
        label=_("Penilai kedua"),
        queryset=Staff.objects.none(),
        empty_label=_("Pilih penilai"),
        error_messages={
            "required": _("Pilih penilainya."),
            "invalid_choice": _("Penilai ini tidak dapat dipilih. Pilih penilai lain."),
        },
    )

    def __init__(self, second: SecondRating, data: Any = None, *, people: StaffQuerySet) -> None:
        super().__init__(second, data)
        field = self.fields["rater"]
        assert isinstance(field, forms.ModelChoiceField)
        near = Case(When(unit=second.case.lead_unit_id, then=Value(0)), default=Value(1))
        field.queryset = people.annotate(near=near).select_related("unit").order_by("near", "unit", "full_name")
        field.label_from_instance = _with_unit  # type: ignore[method-assign]


class DecideForm(VersionForm):
    outcome = forms.ChoiceField(
        label=_("Yang berlaku"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih penilaian mana yang berlaku.")},
    )
    reason = words_field(_("Alasan keputusan"), _("Tulis alasannya."))

    def __init__(self, second: SecondRating, data: Any = None, *, has_joint: bool) -> None:
        super().__init__(second, data)
        offered = [SecondOutcome.UPHELD, *([SecondOutcome.CHANGED] if has_joint else [])]
        self.fields["outcome"].choices = [(one.value, one.label) for one in offered]  # type: ignore[attr-defined]
