"""What is filled in to ask for a report or an export, to refuse one, and to say where a signed report went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Staff
from assessments.enums import InstrumentCode
from cases import policies as case_policies
from cases.enums.rights import RefusalGround
from cases.filters import VIEWS, CaseFilter
from reports import columns, policies
from reports.disclosure import HIGHEST_THRESHOLD
from reports.enums import ROW_FORMATS, ROW_PURPOSES, ExportFormat, Scope
from reports.indicators import Area
from reports.quarters import Half, Quarter

OFFERED_QUARTERS = 8
OLDEST_YEAR = 1945


class ReportForm(forms.Form):
    """Prefilled with the last finished quarter and the widest area that the person may report on."""

    quarter = forms.CharField(
        label=_("Triwulan"),
        max_length=10,
        help_text=_("Catatan yang terlambat masih terhitung sampai angka dibekukan, yaitu saat laporan dibuat."),
    )
    area = forms.ChoiceField(label=_("Cakupan"))
    language = forms.ChoiceField(
        label=_("Bahasa"), choices=[("id", _("Indonesia")), ("en", _("Inggris"))], widget=forms.RadioSelect
    )
    threshold = forms.IntegerField(label=_("Ambang penyamaran"), required=False)

    def __init__(self, data: Any = None, *, user: Staff, last: Quarter) -> None:
        super().__init__(data, initial={"quarter": key_of(last), "language": "id"})
        self.areas = areas_of(user)
        choices = [(key, label) for key, label, _area in self.areas]
        self.fields["area"].choices = choices  # type: ignore[attr-defined]
        self.fields["area"].initial = choices[0][0] if choices else None
        quarters = list(reversed(last.back(OFFERED_QUARTERS)))
        self.fields["quarter"].widget = forms.Select(choices=[(key_of(past), past.label) for past in quarters])
        lowest = settings.SMALL_CELL
        threshold = self.fields["threshold"]
        threshold.min_value, threshold.max_value = lowest, HIGHEST_THRESHOLD  # type: ignore[attr-defined]
        threshold.initial = lowest
        threshold.help_text = _("Hanya dapat dibuat lebih ketat: %(lowest)s sampai %(highest)s.") % {
            "lowest": lowest,
            "highest": HIGHEST_THRESHOLD,
        }

    def clean_quarter(self) -> Quarter:
        year, _dash, number = self.cleaned_data["quarter"].partition("-")
        is_year = year.isascii() and year.isdigit() and len(year) == 4 and int(year) >= OLDEST_YEAR
        if not (is_year and number in ("1", "2", "3", "4")):
            raise forms.ValidationError(_("Triwulan tidak dikenal. Pilih salah satu dari daftar."))
        return Quarter(int(year), int(number))

    def clean_area(self) -> Area:
        return next(area for key, _label, area in self.areas if key == self.cleaned_data["area"])

    def clean_threshold(self) -> int:
        threshold = self.cleaned_data["threshold"]
        if threshold is None:
            return int(settings.SMALL_CELL)
        if not settings.SMALL_CELL <= threshold <= HIGHEST_THRESHOLD:
            raise forms.ValidationError(self.fields["threshold"].help_text)
        return int(threshold)


def key_of(quarter: Quarter) -> str:
    return f"{quarter.year}-{quarter.number}"


def areas_of(user: Staff) -> Sequence[tuple[str, Any, Area]]:
    """What this person may report on, the widest first: key, name, area."""
    areas: list[tuple[str, Any, Area]] = [
        ("national", _("Nasional, semua instansi"), Area(Scope.NATIONAL)),
        (
            "agency",
            _("%(agency)s, semua unit") % {"agency": user.unit.agency.name},
            Area(Scope.AGENCY, agency=user.unit.agency),
        ),
    ]
    areas += [
        (f"unit:{unit.code}", unit.name, Area(Scope.UNIT, unit=unit))
        for unit in policies.units_for(user).select_related("agency")
    ]
    return [entry for entry in areas if policies.may_build(user, entry[2])]


class SendForm(forms.Form):
    sent_to = forms.CharField(label=_("Dikirim kepada"), max_length=300)


class VerifyForm(forms.Form):
    serial = forms.CharField(label=_("Nomor seri di sampul"), max_length=80)


class QualityForm(forms.Form):
    """Which instrument, and which half-year that has ended or quarter of one; without a choice, the latest."""

    instrument = forms.ChoiceField(label=_("Instrumen"), choices=InstrumentCode, required=False)
    period = forms.ChoiceField(label=_("Masa"), required=False)

    def __init__(self, halves: Sequence[Half], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.periods: dict[str, tuple[Half, Quarter | None]] = {}
        for half in halves:
            self.periods[f"{half.year}-s{half.number}"] = (half, None)
            for quarter in reversed(half.quarters):
                self.periods[f"{quarter.year}-q{quarter.number}"] = (half, quarter)
        choices = [(code, (quarter or half).label) for code, (half, quarter) in self.periods.items()]
        self.fields["period"].choices = choices  # type: ignore[attr-defined]

    @property
    def chosen(self) -> tuple[InstrumentCode, Half, Quarter | None]:
        """What was asked for; of a form that was not sent, the adults' instrument and the latest half-year."""
        data = self.cleaned_data if self.is_bound else {}
        half, quarter = self.periods[data.get("period") or next(iter(self.periods))]
        return InstrumentCode(data.get("instrument") or InstrumentCode.ADULT), half, quarter


class ExportForm(forms.Form):
    """Rows, columns, why. The rows are chosen as in the case list, by the same filters."""

    view = forms.ChoiceField(label=pgettext_lazy("jamak", "Kasus"), choices=list(VIEWS.items()))
    columns = forms.MultipleChoiceField(
        label=_("Kolom"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Pilih sedikitnya satu kolom.")},
    )
    file_format = forms.ChoiceField(
        label=_("Bentuk berkas"), choices=[(kind.value, kind.label) for kind in ROW_FORMATS], widget=forms.RadioSelect
    )
    purpose = forms.ChoiceField(
        label=_("Tujuan"),
        choices=[("", _("Pilih tujuan")), *((purpose.value, purpose.label) for purpose in ROW_PURPOSES)],
        error_messages={"required": _("Pilih tujuannya.")},
    )
    reason = forms.CharField(
        label=_("Alasan"),
        min_length=20,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Untuk apa berkas ini dipakai dan sampai kapan. Tertulis di berkas dan di jurnal."),
        error_messages={
            "required": _("Tulis alasannya."),
            "min_length": _("Tulis alasan sekurangnya 20 huruf: untuk apa berkas ini dipakai."),
        },
    )

    def __init__(self, data: Any = None, *, user: Staff, chosen: Any = None) -> None:
        offered = columns.offered(policies.exportable_sections(user))
        initial = {
            "view": "open",
            "file_format": ExportFormat.XLSX,
            "columns": [column.code for column in offered[:6]],
        }
        if chosen is not None and chosen.get("view") in VIEWS:
            initial["view"] = chosen["view"]
        super().__init__(data, initial=initial)
        self.fields["columns"].choices = [(column.code, column.label) for column in offered]  # type: ignore[attr-defined]
        given = data if data is not None else chosen
        workers = case_policies.workers_to_filter_by(user)
        self.filter = CaseFilter(given or {"view": "open"}, types=case_policies.types_seen(user), workers=workers)

    @property
    def filter_fields(self) -> list[forms.BoundField]:
        return [self.filter[name] for name in ("q", "case_type", "status", "worker") if name in self.filter.fields]

    @property
    def filters_in_words(self) -> str:
        """What narrowed the rows, without what was searched for: that may be a name."""
        words = [str(label) for name, label in self.filter.chosen if name != "q"]
        return "; ".join([str(VIEWS[self.filter.view_name]), *words])


class RefuseForm(forms.Form):
    note = forms.CharField(
        label=_("Mengapa ditolak"), max_length=300, error_messages={"required": _("Tulis alasannya.")}
    )


class CopyForm(forms.Form):
    """Which records stay out of a person's copy and why. The records themselves stand on the page with their boxes."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    withheld = forms.MultipleChoiceField(label=_("Tidak disalin"), required=False)
    ground = forms.ChoiceField(
        label=_("Alasan hukum"),
        choices=[("", _("Pilih alasan")), *RefusalGround.choices],
        required=False,
        help_text=_("Hanya bila ada catatan yang Anda tandai. Peserta membacanya dalam salinan."),
    )
    explanation = forms.CharField(
        label=_("Penjelasan alasan"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Satu kalimat, tanpa menyebut isi atau nama."),
    )

    conditional_fields = ("ground", "explanation")

    def __init__(self, *args: Any, refs: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["withheld"].choices = [(ref, ref) for ref in refs]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("withheld"):
            if not data.get("ground") and "ground" not in self.errors:
                self.add_error("ground", _("Pilih alasan hukumnya."))
            if not data.get("explanation") and "explanation" not in self.errors:
                self.add_error("explanation", _("Jelaskan alasannya."))
        return data
