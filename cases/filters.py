"""The filters, search and orders of the case list."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import RegionLevel, Role
from accounts.models import Region, Staff
from cases.enums import ACTIVE, OPEN, CaseStatus, CaseType
from cases.folding import fold
from cases.models import CaseFile
from cases.models.casefile import living_in, named_like
from core.codes import ALPHABET, as_written
from core.paging import Order

UNSEEN_AFTER = dt.timedelta(days=30)
NOBODY = "none"
# What a saved filter keeps: criteria alone. A name that was searched for would tell its reader of somebody.
KEPT = ("view", "case_type", "status", "worker", "region", "sort")
REGIONS_OFFERED = 8
# A typed code, with or without its dash; a part of one counts when it holds a digit, which no name does.
CODE = re.compile(rf"^[{ALPHABET}]{{4}}-?[{ALPHABET}]{{1,4}}$")

VIEWS = {
    "open": _("Semua aktif"),
    "overdue": _("Lewat tenggat"),
    "unseen": _("Belum ditemui 30 hari"),
    "unassigned": _("Belum ditugaskan"),
    "closed": _("Ditutup"),
    "all": _("Semua"),
    # Survivors have a list of their own, in which nobody else stands, and stand in no other (ET-15).
    "victims": _("Penyintas"),
}
# Sort parameter -> order; every column is NOT NULL, as keyset paging needs.
ORDERS = {
    key: Order(column)
    for key, column in {
        "due": "next_due_on",
        "-due": "-next_due_on",
        "opened": "opened_at",
        "-opened": "-opened_at",
        "no": "case_no",
        "-no": "-case_no",
    }.items()
}


# The columns of the list beside name and code. None has a colour word or a result of an assessment (ET-3, ET-4).
COLUMNS = {
    "due": _("Tenggat"),
    "stage": _("Tahap"),
    "agency_stage": _("Tahap instansi"),
    "type": _("Jenis"),
    "worker": _("Petugas"),
    "unit": _("Unit"),
    "contact": _("Kontak terakhir"),
    "opened": _("Dibuka"),
}
# On a phone these stand on each card; the others are for wide screens.
ESSENTIAL = {"due", "stage", "worker"}


def columns_of(user: Staff) -> list[str]:
    """The columns that this person chose, in the order of the list; otherwise those of the role."""
    if chosen := [name for name in COLUMNS if name in user.list_columns]:
        return chosen
    mine = user.role == Role.CASEWORKER
    return ["due", "stage", "type" if mine else "worker", "contact", "opened"]


class CaseFilter(forms.Form):
    """Bound to the query string. An unknown value counts as not given: a list never answers with an error."""

    q = forms.CharField(label=_("Cari"), required=False, max_length=120, strip=True)
    case_type = forms.ChoiceField(label=_("Jenis"), required=False)
    status = forms.ChoiceField(label=_("Tahap"), required=False)
    worker = forms.ChoiceField(label=_("Petugas"), required=False)
    place = forms.CharField(
        label=_("Tinggal di"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("Kota, kecamatan")}),
    )
    region = forms.CharField(required=False, max_length=13, widget=forms.HiddenInput)
    view = forms.CharField(required=False, widget=forms.HiddenInput)
    sort = forms.CharField(required=False, widget=forms.HiddenInput)

    conditional_fields = ("q", "case_type", "status", "worker", "place")
    use_required_attribute = False

    def __init__(self, data: Any, *, types: Sequence[CaseType], workers: Sequence[Staff]) -> None:
        super().__init__(data)
        self.fields["q"].widget.attrs.update(type="search", autocomplete="off")
        self.fields["q"].widget.input_type = "search"
        self.fields["status"].choices = [("", _("Semua")), *CaseStatus.choices]
        self.fields["case_type"].choices = [("", _("Semua")), *((t.value, t.label) for t in types)]
        if len(types) < 2:
            del self.fields["case_type"]
        if workers:
            self.fields["worker"].choices = [
                ("", _("Semua")),
                (NOBODY, _("Belum ditugaskan")),
                *((str(person.pk), person.full_name) for person in workers),
            ]
        else:
            del self.fields["worker"]
        self.full_clean()
        # Typed by name: one that matches is taken, of several one is chosen.
        self.regions = find_places(self.value("place"))
        chosen = self.regions if len(self.regions) == 1 else places(self.value("region"))
        self.region = next(iter(chosen), None) if len(self.regions) < 2 else None

    def value(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "")

    @property
    def view_name(self) -> str:
        """The chosen tab; a search without one looks everywhere."""
        chosen = self.value("view")
        return chosen if chosen in VIEWS else ("all" if self.value("q") else "open")

    @property
    def view_label(self) -> Any:
        return VIEWS[self.view_name]

    @property
    def sort_key(self) -> str:
        chosen = self.value("sort")
        return chosen if chosen in ORDERS else "due"

    @property
    def chosen(self) -> list[tuple[str, Any]]:
        """Name and label of each filter that narrows the list now."""
        labels: list[tuple[str, Any]] = []
        for name in ("q", "case_type", "status", "worker"):
            if (value := self.value(name)) and name in self.fields:
                choices = dict(getattr(self.fields[name], "choices", ()))
                labels.append((name, choices.get(value, f"“{value}”")))
        if self.region is not None:
            labels.append(("region", place_label(self.region)))
        return labels

    @property
    def narrows_by_place(self) -> bool:
        return self.region is not None or bool(self.value("place"))

    @property
    def is_ranked(self) -> bool:
        """A search without a chosen order answers with what fits best first."""
        return bool(self.value("q")) and not self.value("sort")

    @property
    def criteria(self) -> dict[str, str]:
        """What this filter would be saved as."""
        found = {name: self.value(name) for name in KEPT if name in self.fields} | {"view": self.view_name}
        found["region"] = self.region.code if self.region is not None else ""
        return {name: value for name, value in found.items() if value}

    def usable(self, criteria: Mapping[str, Any]) -> tuple[dict[str, str], bool]:
        """The part of somebody's saved filter that this reader may filter by, and whether that is all of it."""
        fits: dict[str, str] = {}
        for name, value in criteria.items():
            offered = [str(key) for key, _label in getattr(self.fields.get(name), "choices", ())]
            if name in KEPT and name in self.fields and (not offered or str(value) in offered):
                fits[name] = str(value)
        return fits, len(fits) == len(criteria)

    def narrow(self, branches: Sequence[QuerySet[CaseFile]], today: dt.date) -> list[QuerySet[CaseFile]]:
        """Each branch with all filters; a search that may mean two things gives two branches, each with its index."""
        condition = self._view(today) & Q(is_victim_file=self.view_name == "victims")
        if status := self.value("status"):
            condition &= Q(status=status)
        if case_type := self.value("case_type"):
            condition &= Q(case_type=case_type)
        if worker := self.value("worker"):
            condition &= Q(lead_worker=None) if worker == NOBODY else Q(lead_worker=worker)
        if self.region is not None:
            condition &= living_in(self.region.code)
        elif self.value("place"):
            condition &= Q(pk__in=[])
        meanings = search_conditions(self.value("q")) or [Q()]
        return [branch.filter(condition & meaning) for branch in branches for meaning in meanings]

    def _view(self, today: dt.date) -> Q:
        match self.view_name:
            case "open":
                # Somebody who asks for closed cases by their stage gets them.
                return Q() if self.value("status") else Q(status__in=OPEN)
            case "overdue":
                return Q(status__in=OPEN, next_due_on__lt=today)
            case "unseen":
                since = timezone.now() - UNSEEN_AFTER
                never = Q(last_contact_at__isnull=True, opened_at__lt=since)
                return Q(status__in=ACTIVE) & (Q(last_contact_at__lt=since) | never)
            case "unassigned":
                return Q(status__in=OPEN, lead_worker=None)
            case "closed":
                return Q(status=CaseStatus.CLOSED)
            case "victims":
                return Q() if self.value("status") or self.value("q") else Q(status__in=OPEN)
        return Q()


def find_places(text: str) -> list[Region]:
    """Regencies, cities and districts of this name, the best first; the whole name of a regency is that one alone."""
    words = text.replace(",", " ").replace("\x00", "").split()[:6]
    if len("".join(words)) < 3:
        return []
    typed = " ".join(words)
    found = Region.objects.filter(level__in=[RegionLevel.REGENCY, RegionLevel.DISTRICT])
    for word in words:
        found = found.filter(Q(name__icontains=word) | Q(parent__name__icontains=word))
    if len(words) == 1:
        found = found.filter(name__icontains=typed)
    regency = Q(level=RegionLevel.REGENCY)
    nearest = Case(
        When(name__iexact=typed, then=Value(0)),
        When(regency & Q(name__iendswith=f" {typed}"), then=Value(1)),  # "malang" is Kota Malang before Pemalang
        When(regency & Q(name__icontains=f" {words[0]}"), then=Value(2)),
        When(name__istartswith=words[0], then=Value(3)),
        When(regency, then=Value(4)),
        default=Value(5),
        output_field=IntegerField(),
    )
    best = list(found.select_related("parent__parent").order_by(nearest, "name", "code")[:REGIONS_OFFERED])
    whole = [place for place in best if place.level == RegionLevel.REGENCY and place.name.lower() == typed.lower()]
    return whole if len(whole) == 1 else best


def places(code: str) -> list[Region]:
    """The region of a code, below the provinces: a list by province would be as long as the list itself."""
    levels = [RegionLevel.REGENCY, RegionLevel.DISTRICT]
    found = Region.objects.filter(code=code.replace("\x00", ""), level__in=levels)
    return list(found.select_related("parent__parent")) if code else []


def place_label(region: Region) -> str:
    """ "Lowokwaru, Kota Malang"; a province is not said, unless nothing else stands between."""
    return f"{region.name}, {region.parent.name}" if region.parent is not None else region.name


def relevance(text: str) -> Case:
    """How well a case answers a search: its code in full, the beginning of the name, any part."""
    return Case(
        When(code=as_written(text), then=Value(0)),
        When(case_no=text.strip().upper(), then=Value(0)),
        When(participant__name_key=fold(text) or "-", then=Value(1)),
        When(participant__name_key__startswith=fold(text) or "-", then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )


def search_conditions(text: str) -> list[Q]:
    """What ``text`` may mean: a code, a file number, or a name in any of its spellings."""
    text = text.strip()
    if not text:
        return []
    upper = text.upper()
    conditions = []
    if CODE.match(upper):
        plain = upper.replace("-", "")
        conditions.append(Q(code__startswith=f"{plain[:4]}-{plain[4:]}"))
    elif any(letter.isdigit() for letter in upper) and "/" not in upper and " " not in upper:
        conditions.append(Q(code__startswith=upper))
    if any(letter.isdigit() for letter in upper):
        conditions.append(Q(case_no__startswith=upper))
    elif words := fold(text).split():
        conditions.append(named_like(words))
    return conditions or [Q(pk__in=[])]
