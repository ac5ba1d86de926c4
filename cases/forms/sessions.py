"""Planning a session, saying why it was not held, moving it; and the answer to a follow-up of after-care."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.enums import NoteType, Present
from cases.enums.sessions import NOT_HELD, FollowUpOutcome, SessionReason
from cases.forms.notes import usual_types
from cases.models import ContactNote, FollowUp, PlannedSession
from cases.sentence import stamp
from core.rendering import DateTimeInput

_too_long = {"max_length": _("Terlalu panjang: %(show_value)d huruf, paling banyak %(limit_value)d.")}
# What a person may say; the program itself says the rest.
REASONS = [(reason.value, reason.label) for reason in SessionReason if reason != SessionReason.CASE_CLOSED]


class WhenForm(forms.Form):
    """When and where; the same form sent twice makes one session."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    planned_at = forms.DateTimeField(
        label=_("Waktu"), widget=DateTimeInput, error_messages={"required": _("Isi tanggal dan jamnya.")}
    )
    place = forms.CharField(label=_("Tempat"), required=False, max_length=120, error_messages=_too_long)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("client_id", uuid.uuid4())


class SessionForm(WhenForm):
    type = forms.ChoiceField(label=_("Jenis kontak"), error_messages={"required": _("Pilih jenis kontak.")})
    present = forms.MultipleChoiceField(
        label=_("Dengan siapa"),
        widget=forms.CheckboxSelectMultiple,
        choices=Present.choices,
        initial=[Present.PARTICIPANT],
        error_messages={"required": _("Pilih dengan siapa.")},
    )
    purpose = forms.CharField(label=_("Yang akan dibahas"), required=False, max_length=300, error_messages=_too_long)
    goals = forms.MultipleChoiceField(
        label=_("Tujuan yang akan disentuh"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": _("Tujuan itu tidak lagi dikerjakan. Pilih kembali.")},
    )

    field_order = ["client_id", "type", "planned_at", "place", "present", "purpose", "goals"]

    def __init__(self, *args: Any, agency_kind: str, goals: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = usual_types(agency_kind)
        kinds = [*usual, *(kind for kind in NoteType if kind not in usual)]
        self.fields["type"].choices = [("", "…"), *((kind.value, kind.label) for kind in kinds)]
        self.fields["goals"].choices = list(goals)
        if not goals:
            del self.fields["goals"]


class ReasonFields(forms.Form):
    """Why a session is not held: one word to count, and words where one word is not enough."""

    reason = forms.ChoiceField(label=_("Sebab"), error_messages={"required": _("Pilih sebabnya.")})
    words = forms.CharField(
        label=_("Keterangan"),
        required=False,
        max_length=300,
        help_text=_("Wajib bila sebabnya “Lainnya”."),
        error_messages=_too_long,
    )

    conditional_fields = ("words",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [("", "…"), *REASONS]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("reason") == SessionReason.OTHER and not data.get("words") and "words" not in self.errors:
            self.add_error("words", _("Tulis sebabnya."))
        return data


class NotHeldForm(ReasonFields):
    outcome = forms.ChoiceField(
        label=_("Apa yang terjadi"),
        widget=forms.RadioSelect,
        choices=[(outcome.value, outcome.label) for outcome in NOT_HELD],
        error_messages={"required": _("Pilih tidak hadir atau batal.")},
    )

    field_order = ["outcome", "reason", "words"]


class MoveForm(WhenForm, ReasonFields):
    """Another time. Of a session that was answered already the reason is known."""

    field_order = ["client_id", "planned_at", "place", "reason", "words"]

    def __init__(self, *args: Any, session: PlannedSession, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("place", session.place)
        if not session.is_planned:
            del self.fields["reason"], self.fields["words"]


class FollowUpForm(forms.Form):
    """What came of asking. Three words and somebody's own; nothing is scored. Nobody's earlier try is written over by
    who has not read it: ``version`` says what the page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=_("Hasil"),
        widget=forms.RadioSelect,
        choices=FollowUpOutcome.choices,
        error_messages={"required": _("Pilih hasilnya.")},
    )
    note = forms.ModelChoiceField(
        label=_("Catatan kontaknya"),
        queryset=ContactNote.objects.none(),
        required=False,
        empty_label=_("Tanpa catatan kontak"),
        help_text=_("Kunjungan atau telepon tempat hal ini ditanyakan."),
        to_field_name="code",
        error_messages={"invalid_choice": _("Pilih catatan dari kasus ini.")},
    )
    words = forms.CharField(
        label=_("Keterangan"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=2_000,
        help_text=_("Bagaimana keadaannya, atau apa yang sudah dicoba."),
        error_messages=_too_long,
    )

    conditional_fields = ("words",)

    def __init__(self, *args: Any, follow_up: FollowUp, zone: dt.tzinfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("version", follow_up.version)
        field = self.fields["note"]
        assert isinstance(field, forms.ModelChoiceField)
        of_time = ContactNote.objects.filter(
            case=follow_up.case_id, amends=None, occurred_at__date__gte=follow_up.started_on
        )
        field.queryset = of_time.order_by("-occurred_at", "-pk")
        field.label_from_instance = lambda note: f"{note.get_type_display()}, {stamp(note.occurred_at, zone)}"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = data.get("words") or data.get("note")
        if not given and not {"words", "note"} & self.errors.keys():
            self.add_error("words", _("Tulis keterangannya, atau pilih catatan kontaknya."))
        return data
