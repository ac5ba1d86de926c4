"""Tasks by hand: opening one, and closing one with its outcome; the reason of a missed report."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases.enums import TaskKind
from cases.models import CaseFile, Task
from cases.policies import team_of, workers_of
from cases.workflow.tasks import LONGEST_SNOOZE
from core.rendering import DateInput
from core.workdays import add_workdays

DONE, CANCELLED = "done", "cancelled"
# Nobody promises anything for later; a slip of the finger does.
YEARS_AHEAD = 5


def check_due(day: dt.date, today: dt.date) -> str | Promise:
    """What is wrong with a due date that somebody typed, in words; nothing where it can be."""
    if day < today:
        return _("Tenggat tidak boleh sebelum hari ini.")
    return _("Periksa tahunnya.") if day.year > today.year + YEARS_AHEAD else ""


class TaskForm(forms.Form):
    title = forms.CharField(
        label=_("Tugas"),
        help_text=_("Apa yang harus dilakukan?"),
        max_length=300,
        error_messages={"required": _("Tulis tugasnya.")},
    )
    due_on = forms.DateField(label=_("Tenggat"), required=False, widget=DateInput)
    workdays = forms.IntegerField(
        label=_("atau dalam berapa hari kerja"),
        required=False,
        min_value=1,
        max_value=250,
        help_text=_("Hari libur dan cuti bersama tidak dihitung."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    assignee = forms.ModelChoiceField(
        label=_("Petugas"), queryset=Staff.objects.none(), error_messages={"required": _("Pilih petugasnya.")}
    )

    conditional_fields = ("due_on", "workdays")

    def __init__(self, *args: Any, case: CaseFile, by: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = timezone.localdate(timezone=case.lead_unit.zone)
        team = team_of(case).order_by("full_name")
        self.fields["assignee"].queryset = team
        self.fields["assignee"].empty_label = None
        self.fields["assignee"].initial = by.pk if by in team else case.lead_worker_id

    def clean(self) -> dict[str, Any]:
        """The day, given as a date or as working days from today."""
        data = super().clean() or self.cleaned_data
        day, workdays = data.get("due_on"), data.pop("workdays", None)
        if {"due_on", "workdays"} & set(self.errors):
            return data
        if day and workdays:
            self.add_error("workdays", _("Isi tanggal atau jumlah hari kerja, salah satu saja."))
        elif workdays:
            data["due_on"] = add_workdays(self.today, workdays)
        elif not day:
            self.add_error("due_on", _("Isi tanggal tenggat."))
        elif "due_on" in self.changed_data and (fault := check_due(day, self.today)):
            self.add_error("due_on", str(fault))
        return data


class TaskEditForm(TaskForm):
    """Another day, another person; other words only for what was made by hand."""

    def __init__(self, *args: Any, task: Task, by: Staff, **kwargs: Any) -> None:
        case = task.case
        kwargs["initial"] = {
            "title": task.title,
            "due_on": timezone.localdate(task.due_at, case.lead_unit.zone),
        }
        super().__init__(*args, case=case, by=by, **kwargs)
        self.fields["assignee"].queryset = workers_of(case, TaskKind(task.kind)).order_by("full_name")
        self.fields["assignee"].initial = task.assignee_id
        if task.source:
            del self.fields["title"]


class TaskCloseForm(forms.Form):
    """How a task ended. What protects somebody is never ended without a word about it; neither is what is dropped."""

    ending = forms.ChoiceField(
        label=_("Bagaimana berakhirnya"),
        widget=forms.RadioSelect,
        choices=[(DONE, _("Sudah dikerjakan")), (CANCELLED, _("Tidak jadi dikerjakan"))],
        initial=DONE,
        error_messages={"required": _("Pilih bagaimana tugas ini berakhir.")},
    )
    outcome = forms.CharField(
        label=_("Hasil"),
        help_text=_("Apa yang dilakukan dan apa hasilnya? Satu atau dua kalimat cukup."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2_000,
        required=False,
        error_messages={
            "max_length": _("Terlalu panjang: %(show_value)d huruf, paling banyak %(limit_value)d."),
        },
    )

    def __init__(self, *args: Any, urgent: bool, is_alert: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.urgent, self.is_alert = urgent, is_alert
        self.conditional_fields = ("outcome",) if urgent or is_alert else ()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("outcome") and "outcome" not in self.errors:
            if data.get("ending") == CANCELLED:
                self.add_error("outcome", _("Tulis mengapa tugas ini tidak jadi dikerjakan."))
            elif self.is_alert:
                self.add_error("outcome", _("Peringatan ditutup dengan alasannya. Tulis apa yang sudah dilakukan."))
            elif self.urgent:
                self.add_error("outcome", _("Tulis apa yang sudah dilakukan untuk melindungi peserta."))
        return data


class SnoozeForm(forms.Form):
    """Off today's list for a while; the due date stays as it is."""

    until = forms.DateField(
        label=_("Tampilkan lagi pada"),
        widget=DateInput,
        help_text=_("Paling lama 14 hari lagi."),
        error_messages={"required": _("Isi tanggalnya.")},
    )
    reason = forms.CharField(
        label=_("Alasan"),
        max_length=300,
        error_messages={
            "required": _("Tulis alasannya."),
            "max_length": _("Terlalu panjang: %(show_value)d huruf, paling banyak %(limit_value)d."),
        },
    )

    def clean_until(self) -> dt.date:
        day: dt.date = self.cleaned_data["until"]
        today = timezone.localdate()
        if day <= today:
            raise forms.ValidationError(_("Pilih tanggal sesudah hari ini."))
        if day > today + LONGEST_SNOOZE:
            raise forms.ValidationError(_("Tugas dapat ditunda paling lama 14 hari."))
        return day


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Alasan"),
        max_length=300,
        error_messages={
            "required": _("Tulis alasannya."),
            "max_length": _("Terlalu panjang: %(show_value)d huruf, paling banyak %(limit_value)d."),
        },
    )
