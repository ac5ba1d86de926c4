"""Search of the access journal."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import JournalAction
from accounts.models import Agency, JournalEntry, Staff
from cases.policies.relation import CASELOAD
from core.rendering import DateInput

PEOPLE = 50


class JournalFilter(forms.Form):
    person = forms.CharField(label=_("Pelaku"), required=False, max_length=100)
    action = forms.ChoiceField(
        label=_("Tindakan"), required=False, choices=[("", _("Semua tindakan")), *JournalAction.choices]
    )
    code = forms.CharField(label=_("Kode berkas"), required=False, max_length=60)
    agency = forms.ModelChoiceField(
        label=_("Instansi"), required=False, queryset=Agency.objects.all(), empty_label=_("Semua instansi")
    )
    since = forms.DateField(label=_("Dari"), required=False, widget=DateInput)
    until = forms.DateField(label=_("Sampai"), required=False, widget=DateInput)
    unexplained = forms.BooleanField(label=_("Hanya yang dibuka tanpa alasan"), required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            self.add_error("until", _("Tanggal akhir tidak boleh sebelum tanggal awal."))
        return data

    def narrow(self, entries: QuerySet[JournalEntry]) -> QuerySet[JournalEntry]:
        """What was chosen; a field that holds nonsense narrows nothing, its message stands beside it."""
        chosen = self.cleaned_data
        if chosen.get("person"):
            entries = entries.filter(actor__in=self.people())
        if chosen.get("action"):
            entries = entries.filter(action=chosen["action"])
        if chosen.get("code"):
            entries = entries.filter(object_code__in={chosen["code"], chosen["code"].upper()})
        if chosen.get("agency"):
            entries = entries.filter(unit__agency=chosen["agency"])
        if chosen.get("since"):
            entries = entries.filter(at__gte=_moment(chosen["since"], dt.time.min))
        if chosen.get("until"):
            entries = entries.filter(at__lte=_moment(chosen["until"], dt.time.max))
        if chosen.get("unexplained"):
            entries = entries.filter(Q(action=JournalAction.SECTION_READ), ~Q(relation=CASELOAD), reason="")
        return entries

    def people(self) -> list[int]:
        typed = self.cleaned_data["person"]
        found = Staff.objects.filter(Q(full_name__icontains=typed) | Q(username__icontains=typed))
        return list(found.order_by("pk").values_list("pk", flat=True)[:PEOPLE])

    def in_codes(self) -> str:
        """What was asked for, without anybody's name: for the line that this search leaves in the journal."""
        chosen = self.cleaned_data
        words = {
            "person": ",".join(map(str, self.people())) if chosen.get("person") else "",
            "action": chosen.get("action"),
            "code": chosen.get("code"),
            "agency": chosen["agency"].code if chosen.get("agency") else "",
            "since": chosen.get("since"),
            "until": chosen.get("until"),
            "unexplained": "1" if chosen.get("unexplained") else "",
        }
        return " ".join(f"{name}={value}" for name, value in words.items() if value)


def _moment(day: dt.date, at: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, at))
