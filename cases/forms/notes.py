"""Contact notes: the short form, its corrections, and the two small forms around it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import AgencyKind
from cases.enums import NoteType, PlaceKind, Present
from cases.forms.tasks import check_due
from cases.models import ContactNote, PlannedSession
from cases.models.contact import EDIT_WINDOW
from cases.sentence import clock, moment
from cases.workflow.notes import TAKEN
from core.rendering import DateInput, DateTimeInput

OTHER = "other"
NOW = "now"
# What each agency's workers write most, first; the rest stands behind "Lainnya".
USUAL: dict[str, tuple[NoteType, ...]] = {
    AgencyKind.DITJENPAS: (
        NoteType.REPORTING,
        NoteType.HOME_VISIT,
        NoteType.GUIDANCE,
        NoteType.PHONE,
        NoteType.FAMILY_MEETING,
    ),
    AgencyKind.KEMENSOS: (
        NoteType.COUNSELLING,
        NoteType.HOME_VISIT,
        NoteType.FAMILY_MEETING,
        NoteType.SCHOOL_VISIT,
        NoteType.PHONE,
    ),
    AgencyKind.BNPT: (
        NoteType.GUIDANCE,
        NoteType.HOME_VISIT,
        NoteType.PHONE,
        NoteType.FACILITY_VISIT,
        NoteType.COORDINATION,
    ),
}
DURATIONS = (15, 30, 45, 60)
# A phone in a drawer: "just now" cannot be older than the time that an unsent note is kept.
OLDEST_OPENING = dt.timedelta(days=7)
OLDEST_YEAR = 1945
SUMMARY_MAX = 10_000
# Well above all boxes together: what is too long to be stored is still kept while it is shortened.
DRAFT_MAX = 100_000

_too_long = {"max_length": _("Terlalu panjang: %(show_value)d huruf, paling banyak %(limit_value)d.")}


class NoteForm(forms.Form):
    """A note in under a minute: kind, when, who and one box; what is rarely needed stands folded below."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    opened_at = forms.DateTimeField(widget=forms.HiddenInput, required=False)
    type = forms.ChoiceField(
        label=_("Jenis kontak"), widget=forms.RadioSelect, error_messages={"required": _("Pilih jenis kontak.")}
    )
    other_type = forms.ChoiceField(label=_("Jenis lain"), required=False)
    when = forms.ChoiceField(label=_("Kapan"), widget=forms.RadioSelect, initial=NOW, required=False)
    occurred_at = forms.DateTimeField(label=_("Waktu kontak"), widget=DateTimeInput, required=False)
    duration_min = forms.TypedChoiceField(
        label=_("Lama (menit)"), widget=forms.RadioSelect, required=False, coerce=int, empty_value=None
    )
    # Of which planned session this is the note; offered where one waits.
    session = forms.ChoiceField(
        label=_("Dari sesi terencana"),
        required=False,
        error_messages={"invalid_choice": TAKEN},
    )
    present = forms.MultipleChoiceField(
        label=_("Yang hadir"),
        widget=forms.CheckboxSelectMultiple,
        choices=Present.choices,
        initial=[Present.PARTICIPANT],
        error_messages={"required": _("Pilih siapa yang hadir.")},
    )
    summary = forms.CharField(
        label=_("Ringkasan"),
        help_text=_("Apa yang dibahas, dan apa yang berubah?"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=SUMMARY_MAX,
        error_messages=_too_long | {"required": _("Tulis ringkasan. Satu atau dua kalimat cukup.")},
    )
    next_steps = forms.CharField(
        label=_("Langkah berikutnya"), max_length=300, required=False, error_messages=_too_long
    )
    next_due = forms.DateField(label=_("Tenggat"), widget=DateInput, required=False)
    goals = forms.MultipleChoiceField(
        label=_("Tujuan yang disentuh"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": _("Tujuan itu tidak lagi dikerjakan. Pilih kembali.")},
    )
    safety_ok = forms.BooleanField(label=_("Saya aman setelah kontak ini"), required=False, initial=True)
    participant_words = forms.CharField(
        label=_("Kata peserta"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4_000,
        required=False,
        error_messages=_too_long,
    )
    observations = forms.CharField(
        label=_("Pengamatan"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=SUMMARY_MAX,
        required=False,
        error_messages=_too_long,
    )
    place_kind = forms.ChoiceField(label=_("Tempat"), choices=[("", "…"), *PlaceKind.choices], required=False)

    conditional_fields = ("other_type", "when", "occurred_at")

    def __init__(
        self,
        *args: Any,
        agency_kind: str,
        note: ContactNote | None = None,
        now: dt.datetime | None = None,
        goals: Sequence[tuple[str, str]] = (),
        sessions: Sequence[PlannedSession] = (),
        **kwargs: Any,
    ) -> None:
        self.now = now or timezone.now()
        self.note = note
        kwargs["initial"] = (_initial_of(note, agency_kind) if note else self._fresh()) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.offered = {session.code: session for session in sessions}
        self._offer_types(agency_kind)
        self._offer_goals_and_sessions(goals)
        self._offer_times()
        if note is not None:
            # "Just now" is over, and the follow-up of a note is a task of its own.
            del self.fields["when"], self.fields["next_due"]
            self.fields.pop("session", None)

    def _fresh(self) -> dict[str, Any]:
        return {"client_id": uuid.uuid4(), "opened_at": self.now}

    def _offer_types(self, agency_kind: str) -> None:
        usual = usual_types(agency_kind)
        self.fields["type"].choices = [(kind.value, kind.label) for kind in usual] + [(OTHER, _("Lainnya"))]
        self.fields["other_type"].choices = [("", "…")] + [
            (kind.value, kind.label) for kind in NoteType if kind not in usual
        ]

    def _offer_goals_and_sessions(self, goals: Sequence[tuple[str, str]]) -> None:
        """Neither is asked where there is none; a session that was sent and is taken by now is said to be."""
        self.fields["goals"].choices = list(goals)
        if not goals:
            del self.fields["goals"]
        self.fields["session"].choices = [
            ("", _("Tanpa sesi terencana")),
            *((code, session_words(session, self.now)) for code, session in self.offered.items()),
        ]
        if not self.offered and not (self.is_bound and self.data.get(self.add_prefix("session"))):
            del self.fields["session"]

    def _offer_times(self) -> None:
        if self.note is None:
            just_now = (NOW, _just_now(self._opening(), self.now))
            self.fields["when"].choices = [just_now, (OTHER, _("Waktu lain"))]
        minutes = sorted({*DURATIONS, *([self.note.duration_min] if self.note and self.note.duration_min else [])})
        self.fields["duration_min"].choices = [(number, str(number)) for number in minutes]

    def _opening(self) -> dt.datetime:
        """When this form was opened: what "just now" means, however late the note is sent."""
        raw = self.data.get(self.add_prefix("opened_at")) if self.is_bound else self.initial.get("opened_at")
        opened = parse_moment(raw) or self.now
        return opened if self.now - OLDEST_OPENING <= opened <= self.now else self.now

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("type") == OTHER:
            if not data.get("other_type") and "other_type" not in self.errors:
                self.add_error("other_type", _("Pilih jenis lainnya."))
            data["type"] = data.get("other_type")
        if data.get("when") == OTHER or self.note is not None:
            if not data.get("occurred_at") and "occurred_at" not in self.errors:
                self.add_error("occurred_at", _("Isi tanggal dan jam kontak."))
        else:
            data["occurred_at"] = self._opening()
        latest = self.note.recorded_at if self.note is not None else self.now
        if data.get("occurred_at") and data["occurred_at"] > latest:
            self.add_error("occurred_at", _("Waktu kontak tidak boleh di masa depan."))
        elif data.get("occurred_at") and data["occurred_at"].year < OLDEST_YEAR:
            self.add_error("occurred_at", _("Periksa tahunnya."))
        if data.get("next_due"):
            if fault := check_due(data["next_due"], timezone.localdate(self.now)):
                self.add_error("next_due", str(fault))
            if not data.get("next_steps") and "next_steps" not in self.errors:
                self.add_error("next_steps", _("Tulis langkah yang harus selesai pada tenggat itu."))
        return data

    @property
    def note_fields(self) -> dict[str, Any]:
        """The fields of the note itself, cleaned."""
        names = ("type", "occurred_at", "duration_min", "present", "summary", "next_steps")
        more = ("safety_ok", "participant_words", "observations", "place_kind")
        touched = {"goals": self.cleaned_data["goals"]} if "goals" in self.fields else {}
        return {name: self.cleaned_data[name] for name in (*names, *more)} | touched

    @property
    def chosen_session(self) -> PlannedSession | None:
        return self.offered.get(self.cleaned_data.get("session", ""))

    @property
    def has_more(self) -> bool:
        """Something folded away is filled in or wrong: then the fold is open."""
        folded = ("participant_words", "observations", "place_kind", "goals")
        return any(self[name].errors or self[name].value() for name in folded if name in self.fields)


class AmendmentForm(forms.Form):
    client_id = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Alasan pembetulan"),
        help_text=_("Apa yang keliru atau kurang?"),
        max_length=300,
        error_messages=_too_long | {"required": _("Tulis alasan pembetulan.")},
    )
    summary = forms.CharField(
        label=_("Pembetulan"),
        help_text=_("Tulis isi yang benar. Catatan asli tetap tersimpan dan terbaca di atasnya."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=SUMMARY_MAX,
        error_messages=_too_long | {"required": _("Tulis pembetulannya.")},
    )


def usual_types(agency_kind: str) -> tuple[NoteType, ...]:
    return USUAL.get(agency_kind, USUAL[AgencyKind.DITJENPAS])


def parse_moment(raw: object) -> dt.datetime | None:
    """A moment from a hidden field or a draft; None for anything that is not one."""
    if isinstance(raw, dt.datetime):
        return raw
    try:
        moment_ = dt.datetime.fromisoformat(str(raw))
    except ValueError:
        return None
    return moment_ if moment_.tzinfo else timezone.make_aware(moment_)


def initial_of_draft(data: dict[str, list[str]]) -> dict[str, Any]:
    """What a draft gives back to an empty form: the words as they were typed, valid or not."""
    several = {"present", "goals"}
    values: dict[str, Any] = {
        name: values if name in several else (values[-1] if values else "")
        for name, values in data.items()
        if name in NoteForm.base_fields
    }
    values.setdefault("present", [])
    values["safety_ok"] = "safety_ok" in data
    values["opened_at"] = parse_moment(values.get("opened_at"))
    return values


def draft_of(data: Any) -> dict[str, list[str]]:
    """The fields of a note in ``data`` (a QueryDict), as they were typed."""
    return {
        name: [value.replace("\x00", "") for value in data.getlist(name)]
        for name in NoteForm.base_fields
        if name in data
    }


def is_too_long(draft: dict[str, list[str]]) -> bool:
    return sum(len(value) for values in draft.values() for value in values) > DRAFT_MAX


def _just_now(opened: dt.datetime, now: dt.datetime) -> str:
    zone = timezone.get_current_timezone()
    if opened.astimezone(zone).date() == now.astimezone(zone).date():
        return _("Baru saja, %(clock)s") % {"clock": clock(opened, zone)}
    return _("Saat mulai menulis, %(moment)s") % {"moment": moment(opened, now, zone)}


def _initial_of(note: ContactNote, agency_kind: str) -> dict[str, Any]:
    usual = note.type in usual_types(agency_kind)
    names = ("duration_min", "present", "summary", "next_steps", "safety_ok", "participant_words", "observations")
    return {
        **{name: getattr(note, name) for name in (*names, "place_kind", "occurred_at", "goals")},
        "type": note.type if usual else OTHER,
        "other_type": "" if usual else note.type,
    }


def initial_of_session(session: PlannedSession, agency_kind: str, now: dt.datetime) -> dict[str, Any]:
    """A note of this session, as far as it was agreed on."""
    usual = session.type in usual_types(agency_kind)
    initial: dict[str, Any] = {
        "session": session.code,
        "type": session.type if usual else OTHER,
        "other_type": "" if usual else session.type,
        "present": session.present,
        "goals": session.goals,
    }
    if session.planned_at < now:
        initial |= {"when": OTHER, "occurred_at": session.planned_at}
    return initial


def session_words(session: PlannedSession, now: dt.datetime) -> str:
    when = moment(session.planned_at, now, timezone.get_current_timezone())
    return f"{session.get_type_display()}, {when}"


def editable_until(note: ContactNote) -> dt.datetime:
    return note.recorded_at + EDIT_WINDOW
