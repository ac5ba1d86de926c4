"""Narrowing the timeline: by whom, and from which day to which."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases.legal_dates import ENDS_BEFORE
from cases.models import CaseEvent
from core.rendering import DateInput


class TimelineForm(forms.Form):
    """What is wrong is said beside its field, and narrows nothing."""

    who = forms.ChoiceField(
        label=_("Oleh"), required=False, error_messages={"invalid_choice": _("Pilih orang dari daftar.")}
    )
    since = forms.DateField(label=_("Sejak"), widget=DateInput, required=False)
    until = forms.DateField(label=_("Sampai"), widget=DateInput, required=False)

    conditional_fields = ("who", "since", "until")

    def __init__(self, data: Any, *, events: QuerySet[CaseEvent]) -> None:
        super().__init__(data)
        people = Staff.objects.filter(pk__in=events.order_by().values("actor")).order_by("full_name", "pk")
        self.fields["who"].choices = [("", _("Siapa saja")), *((one.code, one.full_name) for one in people)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", ENDS_BEFORE)
        return data

    def narrowed(self, events: QuerySet[CaseEvent], zone: ZoneInfo) -> QuerySet[CaseEvent]:
        self.is_valid()
        chosen = self.cleaned_data
        if chosen.get("who"):
            events = events.filter(actor__code=chosen["who"])
        if since := chosen.get("since"):
            events = events.filter(at__gte=dt.datetime.combine(since, dt.time.min, tzinfo=zone))
        if (until := chosen.get("until")) and until < dt.date.max:
            after = dt.datetime.combine(until + dt.timedelta(days=1), dt.time.min, tzinfo=zone)
            events = events.filter(at__lt=after)
        return events

    @property
    def parameters(self) -> dict[str, str]:
        """What is chosen, for the addresses of the other pages and kinds."""
        return {name: str(value) for name in self.fields if (value := self.data.get(name))}
