"""What is asked for plans, goals, enrolment, cohorts, sessions and support."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.enums import RegionLevel
from accounts.models import Region
from assessments import catalogue
from assessments.models import Assessment
from cases.models import CaseFile
from core.rendering import DateInput
from programs.enums import Approach, AttendanceMark, CohortStatus, GoalStatus, SupportChannel, SupportType
from programs.models import (
    Attendance,
    BusinessFollowUp,
    Cohort,
    EconomicSupport,
    Enrolment,
    Goal,
    Plan,
    Programme,
    Session,
)

MAX_RUPIAH = 10_000_000_000


def intervention_choices() -> list[tuple[str, str]]:
    language = get_language() or "id"
    return [(code, service.label.to(language)) for code, service in catalogue.default().interventions.items()]


def item_choices(assessment: Assessment) -> list[tuple[str, str]]:
    """The rated items of the assessment that a goal may answer, each with its text."""
    instrument = catalogue.from_definition(assessment.instrument_version.definition)
    language = get_language() or "id"
    rated = set(assessment.ratings.exclude(value="not_applicable").values_list("item", flat=True))
    return [
        (item.code, f"{item.code}. {item.text.to(language)}")
        for item in instrument.items_in(assessment.mode if instrument.modes else None)
        if item.code in rated
    ]


class PlanForm(forms.ModelForm):
    class Meta:
        model = Plan
        fields = ["approach", "starts_on", "review_due", "signed_by_participant"]
        widgets = {"starts_on": DateInput(), "review_due": DateInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["approach"] = forms.MultipleChoiceField(
            label=_("Pendekatan"), choices=Approach.choices, widget=forms.CheckboxSelectMultiple
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, review = data.get("starts_on"), data.get("review_due")
        if starts and review and review <= starts:
            self.add_error("review_due", _("Tanggal tinjau harus setelah tanggal mulai."))
        return data


class GoalForm(forms.ModelForm):
    interventions = forms.MultipleChoiceField(
        label=_("Layanan"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Layanan yang menolong tujuan ini."),
    )

    class Meta:
        model = Goal
        fields = ["text", "type", "items", "interventions", "measure", "due_on"]
        widgets = {"due_on": DateInput(), "type": forms.RadioSelect}
        help_texts = {
            "text": _("Tulis dengan kata-kata peserta."),
            "measure": _("Bagaimana kita tahu tujuan ini tercapai?"),
        }

    def __init__(self, *args: Any, assessment: Assessment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = Goal._meta.get_field("type").choices  # type: ignore[attr-defined]
        if assessment.for_child:
            self.fields["type"].choices = self.fields["type"].choices[1:]  # type: ignore[attr-defined]
        self.fields["items"] = forms.MultipleChoiceField(
            label=_("Butir penilaian yang dijawab"),
            choices=item_choices(assessment),
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["interventions"].choices = intervention_choices()  # type: ignore[attr-defined]
        self.order_fields(self.Meta.fields)

    def clean_due_on(self) -> dt.date:
        due: dt.date = self.cleaned_data["due_on"]
        if due < timezone.localdate():
            raise forms.ValidationError(_("Tenggat tidak boleh di masa lalu."))
        return due


class ProgressForm(forms.ModelForm):
    class Meta:
        model = Goal
        fields = ["progress"]

    progress = forms.TypedChoiceField(
        label=_("Kemajuan"),
        coerce=int,
        choices=[
            (0, _("0. Belum mulai")),
            (1, _("1. Mulai")),
            (2, _("2. Setengah jalan")),
            (3, _("3. Hampir")),
            (4, _("4. Tercapai")),
        ],
        widget=forms.RadioSelect,
    )
    status = forms.ChoiceField(
        label=_("Keadaan tujuan"),
        choices=[choice for choice in GoalStatus.choices if choice[0] != GoalStatus.NEW],
        initial=GoalStatus.IN_PROGRESS,
        widget=forms.RadioSelect,
    )


class ReasonForm(forms.Form):
    """One reason in a few words, for a step that must say why."""

    reason = forms.CharField(label=_("Alasan"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class ReturnPlanForm(forms.Form):
    comment = forms.CharField(
        label=_("Yang perlu diperbaiki"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 4})
    )


class CohortField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.programme.title}, {obj.name} ({obj.place})"


class ProposeForm(forms.Form):
    cohort = CohortField(label=_("Angkatan"), queryset=Cohort.objects.none(), empty_label=_("Pilih angkatan"))

    def __init__(self, *args: Any, case: CaseFile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["cohort"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = open_cohorts(case)


def open_cohorts(case: CaseFile) -> Any:
    """Cohorts that this case may join: not over, and never victims beside others or children beside adults."""
    return (
        Cohort.objects.filter(
            status__in=[CohortStatus.PLANNED, CohortStatus.RUNNING],
            ends_on__gte=timezone.localdate(),
            for_victims=case.is_victim_file,
            for_children=case.for_child,
        )
        .select_related("programme")
        .order_by("programme__title", "starts_on", "pk")
    )


class ProgrammeForm(forms.ModelForm):
    class Meta:
        model = Programme
        fields = ["title", "kind", "intervention_code", "eligibility", "funder"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["intervention_code"] = forms.ChoiceField(
            label=_("Layanan"), required=False, choices=[("", _("Tidak ada")), *intervention_choices()]
        )


class CohortForm(forms.ModelForm):
    class Meta:
        model = Cohort
        fields = ["name", "place", "region", "capacity", "starts_on", "ends_on", "for_children", "for_victims"]
        widgets = {"starts_on": DateInput(), "ends_on": DateInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region = self.fields["region"]
        assert isinstance(region, forms.ModelChoiceField)
        region.queryset = Region.objects.filter(level=RegionLevel.PROVINCE)
        region.label = _("Provinsi")
        region.empty_label = _("Pilih provinsi")
        self.fields["capacity"].min_value = 1  # type: ignore[attr-defined]

    def clean_capacity(self) -> int:
        capacity: int = self.cleaned_data["capacity"]
        if not 1 <= capacity <= 500:
            raise forms.ValidationError(_("Daya tampung 1 sampai 500."))
        return capacity


class SessionForm(forms.ModelForm):
    class Meta:
        model = Session
        fields = ["held_on", "topic"]
        widgets = {"held_on": DateInput()}

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.cohort = cohort

    def clean_held_on(self) -> dt.date:
        held_on: dt.date = self.cleaned_data["held_on"]
        cohort = self.instance.cohort
        if not cohort.starts_on <= held_on <= cohort.ends_on:
            raise forms.ValidationError(_("Tanggal sesi harus di dalam masa angkatan."))
        return held_on


class SheetForm(forms.Form):
    """The attendance sheet: of everyone the mark, and the reason where the person was not there."""

    def __init__(
        self, *args: Any, enrolments: Sequence[Enrolment], marks: Iterable[Attendance], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.enrolments = enrolments
        known = {row.enrolment_id: row for row in marks}
        for row in enrolments:
            mark = known.get(row.pk)
            self.fields[f"{row.code}-mark"] = forms.ChoiceField(
                label=_("Kehadiran"),
                choices=AttendanceMark.choices,
                required=False,
                widget=forms.RadioSelect,
                initial=mark.mark if mark else "",
            )
            self.fields[f"{row.code}-reason"] = forms.CharField(
                label=_("Alasan"), max_length=200, required=False, initial=mark.reason if mark else ""
            )

    def lines(self) -> list[tuple[Enrolment, BoundField, BoundField]]:
        return [(row, self[f"{row.code}-mark"], self[f"{row.code}-reason"]) for row in self.enrolments]

    def words_for(self, name: str) -> str:
        """On the conflict screen each field says whose it is."""
        code, _dash, _what = name.rpartition("-")
        row = next(row for row in self.enrolments if row.code == code)
        return f"{row.case.participant.shown_name}: {self.fields[name].label}"

    def given(self) -> list[tuple[Enrolment, AttendanceMark, str]]:
        """Who was marked, as what, and why."""
        data = self.cleaned_data
        return [
            (row, AttendanceMark(data[f"{row.code}-mark"]), data[f"{row.code}-reason"])
            for row in self.enrolments
            if data[f"{row.code}-mark"]
        ]


class EndEnrolmentForm(forms.Form):
    how = forms.ChoiceField(
        label=_("Bagaimana berakhir?"),
        choices=[
            ("complete", _("Selesai")),
            ("withdraw", _("Mengundurkan diri")),
            ("remove", _("Dikeluarkan")),
        ],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(label=_("Hasil atau alasan"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    certificate_no = forms.CharField(label=_("Nomor sertifikat"), max_length=60, required=False)


class SupportForm(forms.ModelForm):
    type = forms.ChoiceField(label=_("Jenis bantuan"), choices=SupportType.choices, widget=forms.RadioSelect)
    channel = forms.ChoiceField(label=_("Saluran"), choices=SupportChannel.choices, widget=forms.RadioSelect)
    value_idr = forms.IntegerField(label=_("Nilai (rupiah)"), min_value=0, max_value=MAX_RUPIAH)

    class Meta:
        model = EconomicSupport
        fields = ["type", "value_idr", "business_kind", "handed_over_on", "channel", "region"]
        widgets = {"handed_over_on": DateInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region = self.fields["region"]
        assert isinstance(region, forms.ModelChoiceField)
        region.queryset = Region.objects.filter(level=RegionLevel.PROVINCE)
        region.label = _("Provinsi")
        region.empty_label = _("Pilih provinsi")

    def clean_handed_over_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["handed_over_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Tanggal penyerahan tidak boleh di masa depan."))
        return day


class FollowUpForm(forms.ModelForm):
    running = forms.ChoiceField(label=_("Usaha"), choices=BusinessFollowUp.Running.choices, widget=forms.RadioSelect)
    jobs = forms.IntegerField(label=_("Orang bekerja"), min_value=0, max_value=1_000, required=False)
    visited_on = forms.DateField(label=_("Tanggal kunjungan"), widget=DateInput())

    class Meta:
        model = BusinessFollowUp
        fields = ["visited_on", "running", "jobs", "problem"]

    def clean_visited_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["visited_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Tanggal kunjungan tidak boleh di masa depan."))
        return day
