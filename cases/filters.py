"""The filters, search and orders of the case list."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases.enums import ACTIVE, OPEN, CaseStatus, CaseType
from cases.folding import fold
from cases.models import CaseFile
from cases.models.casefile import named_like
from core.codes import ALPHABET
from core.paging import Order

UNSEEN_AFTER = dt.timedelta(days=30)
NOBODY = "none"
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


class CaseFilter(forms.Form):
    """Bound to the query string. An unknown value counts as not given: a list never answers with an error."""

    q = forms.CharField(label=_("Cari"), required=False, max_length=120, strip=True)
    case_type = forms.ChoiceField(label=_("Jenis"), required=False)
    status = forms.ChoiceField(label=_("Tahap"), required=False)
    worker = forms.ChoiceField(label=_("Petugas"), required=False)
    view = forms.CharField(required=False, widget=forms.HiddenInput)
    sort = forms.CharField(required=False, widget=forms.HiddenInput)

    conditional_fields = ("q", "case_type", "status", "worker")
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

    def value(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "")

    @property
    def view_name(self) -> str:
        """The chosen tab; a search without one looks everywhere."""
        chosen = self.value("view")
        return chosen if chosen in VIEWS else ("all" if self.value("q") else "open")

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
        return labels

    def narrow(self, branches: Sequence[QuerySet[CaseFile]], today: dt.date) -> list[QuerySet[CaseFile]]:
        """Each branch with all filters; a search that may mean two things gives two branches, each with its index."""
        condition = self._view(today) & Q(is_victim_file=self.view_name == "victims")
        if status := self.value("status"):
            condition &= Q(status=status)
        if case_type := self.value("case_type"):
            condition &= Q(case_type=case_type)
        if worker := self.value("worker"):
            condition &= Q(lead_worker=None) if worker == NOBODY else Q(lead_worker=worker)
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
