"""What is filled in to move a case to another unit, and to answer that."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff, Unit
from cases.enums import OPEN
from cases.enums.transfer import TransferReason
from cases.forms.actions import with_load
from cases.forms.sharing import unit_label
from cases.models import CaseFile, CaseTransfer
from cases.policies import transfers as policies

UNITS_SHOWN = 12
NOTE_LETTERS = 1_000


class TransferForm(forms.Form):
    unit_name = forms.CharField(
        label=_("Cari unit tujuan"),
        required=False,
        max_length=100,
        help_text=_("Ketik sebagian namanya, misalnya Palu, lalu pilih dari daftar."),
    )
    unit = forms.ModelChoiceField(
        label=_("Unit tujuan"),
        queryset=Unit.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Cari lalu pilih unitnya."), "invalid_choice": _("Pilih unit dari daftar.")},
    )
    reason = forms.ChoiceField(
        label=_("Alasan"),
        choices=TransferReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih alasannya.")},
    )
    note = forms.CharField(
        label=_("Yang perlu diketahui unit tujuan"),
        max_length=NOTE_LETTERS,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "Dibaca pengawas unit tujuan sebelum menjawab: sejak kapan pindah, apa yang sedang berjalan, apa yang "
            "mendesak. Tanpa nama dan alamat."
        ),
        error_messages={"required": _("Tulis apa yang perlu diketahui unit tujuan.")},
    )
    with_clinical = forms.BooleanField(
        label=_("Catatan klinis ikut beralih"),
        required=False,
        help_text=_(
            "Tanpa tanda ini, catatan klinis yang sudah ada tetap di unit asal dan tertutup bagi unit tujuan."
        ),
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    conditional_fields = ("unit_name", "with_clinical")

    def __init__(self, *args: Any, case: CaseFile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.initial.setdefault("client_id", uuid.uuid4())
        self.sought = " ".join(str(self["unit_name"].value() or "").replace("\x00", "").split())[:100]
        chosen = str(self["unit"].value() or "")
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = self._offered(chosen)
        field.label_from_instance = unit_label

    def _offered(self, chosen: str) -> QuerySet[Unit]:
        """Units whose name holds what was typed, and the one that was chosen before."""
        targets = policies.targets(self.case)
        found: list[int] = []
        if self.sought:
            named = targets.filter(Q(name__icontains=self.sought) | Q(short_name__icontains=self.sought))
            found = list(named.order_by("short_name", "pk").values_list("pk", flat=True)[:UNITS_SHOWN])
        if chosen.isdecimal() and len(chosen) < 10:
            found += targets.filter(pk=int(chosen)).values_list("pk", flat=True)
        return targets.filter(pk__in=found).select_related("agency").order_by("short_name", "pk")

    @property
    def has_units(self) -> bool:
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)
        return field.queryset is not None and field.queryset.exists()

    @property
    def misfits(self) -> list[Unit]:
        """Units of that name whose agency does not do this kind of work: shared with or referred to, not moved to."""
        if not self.sought or self.has_units:
            return []
        named = Unit.objects.filter(Q(name__icontains=self.sought) | Q(short_name__icontains=self.sought))
        others = named.exclude(pk=self.case.lead_unit_id).select_related("agency").order_by("short_name", "pk")
        return [unit for unit in others[:UNITS_SHOWN] if not policies.fits(unit, self.case.case_type)]

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "to_unit": data["unit"],
            "reason": TransferReason(data["reason"]),
            "note": data["note"],
            "with_clinical": data["with_clinical"],
            "client_id": data["client_id"] or uuid.uuid4(),
        }


class ApproveForm(forms.Form):
    """The sender's supervisor: agrees with nothing more to say, or gives it back with a reason."""

    answer = forms.CharField(
        label=_("Alasan bila dikembalikan"),
        required=False,
        max_length=NOTE_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    conditional_fields = ("answer",)


class CancelForm(forms.Form):
    answer = forms.CharField(
        label=_("Alasan membatalkan"),
        required=False,
        max_length=NOTE_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    conditional_fields = ("answer",)


class AnswerForm(forms.Form):
    """The receiving unit's supervisor: a new lead worker, or a reason."""

    worker = forms.ModelChoiceField(
        label=_("Penanggung jawab baru"),
        queryset=Staff.objects.none(),
        required=False,
        empty_label=_("Pilih petugas"),
        help_text=_("Bila diterima. Sejak itu petugas ini yang memegang berkasnya."),
        error_messages={"invalid_choice": _("Pilih petugas kasus yang aktif dari unit Anda.")},
    )
    answer = forms.CharField(
        label=_("Alasan bila ditolak"),
        required=False,
        max_length=NOTE_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    conditional_fields = ("worker", "answer")

    def __init__(self, *args: Any, transfer: CaseTransfer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["worker"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Staff.objects.caseworkers_of(transfer.to_unit).annotate(
            load=Count("led_cases", filter=Q(led_cases__status__in=OPEN))
        )
        field.label_from_instance = with_load
