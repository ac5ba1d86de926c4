"""Keeping, sharing and removing filters of the case list, and the columns that a person chose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases.models import SavedFilter
from cases.policies import lists as policies
from core.workflow import TransitionError, lock

MOST_FILTERS = 30


@transaction.atomic
def save_filter(*, by: Staff, name: str, criteria: Mapping[str, str], share: bool = False) -> SavedFilter:
    """Keep a filter under a name; the same name again replaces what it stood for."""
    if share:
        policies.require_sharing(by)
    by = Staff.objects.select_for_update(of=("self",)).get(pk=by.pk)  # two forms at once come one after the other
    kept = SavedFilter.objects.filter(owner=by, name__iexact=name).first() or SavedFilter(owner=by)
    if kept.pk is None and SavedFilter.objects.filter(owner=by).count() >= MOST_FILTERS:
        raise TransitionError(_("Paling banyak 30 saringan. Hapus satu dahulu."))
    kept.name, kept.criteria = name, dict(criteria)
    kept.shared_with = by.unit if share else None
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        raise TransitionError(_("Anda sudah punya saringan dengan nama itu.")) from error
    return kept


@transaction.atomic
def share_filter(kept: SavedFilter, *, by: Staff, share: bool) -> SavedFilter:
    """Show the filter to the own unit, or to nobody else any more."""
    policies.require_own(by, kept)
    if share:
        policies.require_sharing(by)
    kept = lock(kept)
    kept.shared_with = by.unit if share else None
    kept.save()
    return kept


@transaction.atomic
def remove_filter(kept: SavedFilter, *, by: Staff) -> None:
    policies.require_own(by, kept)
    kept.delete()


@transaction.atomic
def choose_columns(*, by: Staff, columns: Sequence[str]) -> None:
    """Keep which columns of the case list this person wants; none chosen is the list as it comes."""
    by = Staff.objects.select_for_update(of=("self",)).get(pk=by.pk)  # two forms at once come one after the other
    by.list_columns = list(columns)
    by.save(update_fields=["list_columns"])
