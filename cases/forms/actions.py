"""What a person fills in to move a whole case: next stage, team, suspension, closing, reopening."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import AgencyKind
from accounts.models import Staff, Unit
from cases.enums import COMPLETED, OPEN, AtensiPhase, ClosureReason, DeradStage, ProbationStage
from cases.legal_dates import CHECK_YEAR, far_ahead
from cases.models import CaseFile
from core.rendering import DateInput

STAGE_CHOICES = {
    "derad_stage": (_("Tahap deradikalisasi (PP 77)"), DeradStage),
    "probation_stage": (_("Tahap bimbingan"), ProbationStage),
    "atensi_phase": (_("Tahap ATENSI"), AtensiPhase),
}
# Each agency names the stages in its own words; the map of the case is the same for all (D §3.3).
STAGES_OF = {
    AgencyKind.DITJENPAS: ("probation_stage", "derad_stage"),
    AgencyKind.KEMENSOS: ("atensi_phase",),
    AgencyKind.BNPT: ("derad_stage",),
}


def add_stage_fields(form: forms.Form, agency_kind: str) -> None:
    """Optional selects for the stage names that this kind of agency uses."""
    for name in STAGES_OF.get(AgencyKind(agency_kind), ()):
        label, choices = STAGE_CHOICES[name]
        form.fields[name] = forms.ChoiceField(
            label=label, required=False, choices=[("", _("Tidak dicatat")), *choices.choices]
        )


class MoveOnForm(forms.Form):
    since = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, case: CaseFile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_stage_fields(self, case.lead_agency.kind)
        if stage := self.fields.get("derad_stage"):
            stage.help_text = _("Berganti dengan penilaian final, sidang TPP, atau pembahasan kasus.")
        self.initial.setdefault("since", case.status)
        for name in self.fields.keys() - {"since"}:
            self.initial.setdefault(name, getattr(case, name))

    def arguments(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value}

    def move_to(self, case: CaseFile) -> None:
        """What was typed stays, and is sent for the stage that the page shows now."""
        self.data = self.data.copy()
        self.data["since"] = case.status


class AssignForm(forms.Form):
    worker = forms.ModelChoiceField(
        label=_("Penanggung jawab"),
        queryset=Staff.objects.none(),
        empty_label=_("Pilih petugas"),
        error_messages={"required": _("Pilih petugasnya."), "invalid_choice": _("Pilih petugas dari unit ini.")},
    )
    co_workers = forms.ModelMultipleChoiceField(
        label=_("Petugas pendamping"),
        queryset=Staff.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Ikut membaca dan mencatat dalam kasus ini."),
    )

    def __init__(self, *args: Any, case: CaseFile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Staff.objects.caseworkers_of(case.lead_unit).annotate(
            load=Count("led_cases", filter=Q(led_cases__status__in=OPEN))
        )
        for name in ("worker", "co_workers"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = people
            field.label_from_instance = with_load
        self.initial.setdefault("worker", case.lead_worker_id)
        self.initial.setdefault("co_workers", list(case.co_workers.values_list("pk", flat=True)))

    def arguments(self) -> dict[str, Any]:
        return {"worker": self.cleaned_data["worker"], "co_workers": list(self.cleaned_data["co_workers"])}


class AssignManyForm(forms.Form):
    """Several cases of the unit to one of its caseworkers."""

    worker = forms.ModelChoiceField(
        label=_("Tugaskan kepada"),
        queryset=Staff.objects.none(),
        empty_label=_("Pilih petugas"),
        error_messages={"required": _("Pilih petugasnya."), "invalid_choice": _("Pilih petugas dari unit ini.")},
    )
    case = forms.MultipleChoiceField(
        label=pgettext_lazy("jamak", "Kasus"), error_messages={"required": _("Pilih paling sedikit satu kasus.")}
    )

    def __init__(self, *args: Any, unit: Unit, cases: Sequence[CaseFile], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["worker"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Staff.objects.caseworkers_of(unit).annotate(
            load=Count("led_cases", filter=Q(led_cases__status__in=OPEN))
        )
        field.label_from_instance = with_load
        self.cases = {case.code: case for case in cases}
        self.fields["case"].choices = [(code, code) for code in self.cases]
        self.fields["case"].error_messages["invalid_choice"] = _("Daftar ini sudah berubah. Pilih kembali.")

    @property
    def chosen(self) -> list[CaseFile]:
        return [self.cases[code] for code in dict.fromkeys(self.cleaned_data["case"])]

    @property
    def ticked(self) -> set[str]:
        """Codes that were ticked, right or wrong: the page shows them so again."""
        return set(self["case"].value() or ())


def with_load(person: Any) -> str:
    return _("%(name)s (%(load)s kasus)") % {"name": person.full_name, "load": person.load}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Alasan"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Satu atau dua kalimat. Tampil dalam linimasa."),
        error_messages={"required": _("Tulis alasannya.")},
    )

    def __init__(self, *args: Any, case: CaseFile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class ResumeForm(forms.Form):
    """Nothing to fill in: the case goes back to where it was."""

    def __init__(self, *args: Any, case: CaseFile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def arguments(self) -> dict[str, Any]:
        return {}


class CloseForm(forms.Form):
    """Why a case ends. The date belongs to the two reasons of ``COMPLETED``, a note to all others."""

    reason = forms.ChoiceField(
        label=_("Alasan penutupan"),
        choices=ClosureReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih alasannya.")},
    )
    aftercare_until = forms.DateField(
        label=_("Pascalayanan sampai"),
        required=False,
        widget=DateInput,
        help_text=_("Untuk alasan selesai dan bebas murni."),
    )
    note = forms.CharField(
        label=_("Catatan penutupan"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Apa yang terjadi dan apa yang diupayakan. Wajib, kecuali untuk “Selesai” dan “Bebas murni”."),
        error_messages={
            "max_length": _("Terlalu panjang: %(show_value)d huruf, paling banyak %(limit_value)d."),
        },
    )

    goals_met = forms.MultipleChoiceField(
        label=_("Tujuan yang tercapai"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Menurut rencana layanan, pada hari kasus ditutup."),
    )

    conditional_fields = ("aftercare_until", "note")

    def __init__(self, *args: Any, case: CaseFile, goals: Iterable[tuple[str, str, bool]] = (), **kwargs: Any) -> None:
        """``goals``: code, words, and whether the plan says that it was met."""
        super().__init__(*args, **kwargs)
        if not case.is_child_file:  # which is sealed, so that nobody follows up
            self.fields["aftercare_until"].help_text = _(
                "Untuk alasan selesai dan bebas murni. Tindak lanjut sesudah 3, 6, 12, dan 24 bulan "
                "berjalan sampai tanggal ini."
            )
        goals = list(goals)
        self.fields["goals_met"].choices = [(code, words) for code, words, _met in goals]  # type: ignore[attr-defined]
        self.initial.setdefault("goals_met", [code for code, _words, met in goals if met])
        if not goals:
            del self.fields["goals_met"]

    def clean_aftercare_until(self) -> Any:
        until = self.cleaned_data["aftercare_until"]
        if self.cleaned_data.get("reason") not in COMPLETED:
            return None  # typed before another reason was chosen, and then out of sight
        if until and until < timezone.localdate():
            raise forms.ValidationError(_("Tanggal ini sudah lewat."))
        if until and until > far_ahead(timezone.localdate()):
            raise forms.ValidationError(CHECK_YEAR)
        return until

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        reason = data.get("reason")
        if reason in COMPLETED and not data.get("aftercare_until") and "aftercare_until" not in self.errors:
            self.add_error("aftercare_until", _("Isi tanggal akhir pascalayanan."))
        if reason and reason not in COMPLETED:
            self.errors.pop("aftercare_until", None)
        if reason and reason not in COMPLETED and "note" not in self.errors and not str(data.get("note", "")).strip():
            self.add_error("note", _("Tulis catatan untuk alasan penutupan ini."))
        return data

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
