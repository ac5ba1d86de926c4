"""Instruments as versioned data: a published version never changes, a draft is the text from which one is made."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments import catalogue
from assessments.enums import DraftStatus, InstrumentCode, VersionStatus
from core.models import Coded, Timestamped, Versioned, tracked

# Letters of a reason for publishing or withdrawing an instrument.
LONGEST_REASON = 2_000

# The longest YAML text of a draft; three times the longest of the project's own.
LONGEST_SOURCE = 100_000

# Published definitions never change, so that each is parsed once in a process.
_parsed: dict[str, catalogue.Instrument] = {}


def _staff(verbose_name: str | Promise, *, null: bool = True) -> Any:
    """Who did something to an instrument; nobody for what was published before this was kept."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=null,
        blank=null,
        editable=False,
        on_delete=models.PROTECT,  # who answers for an instrument stays on record
        related_name="+",
        verbose_name=verbose_name,
    )


class InstrumentVersionQuerySet(models.QuerySet["InstrumentVersion"]):
    def newest(self) -> InstrumentVersionQuerySet:
        """Of each instrument the version in force, or the last one where none is."""
        in_force = Case(When(status=VersionStatus.PUBLISHED, then=Value(0)), default=Value(1))
        newest = self.model._default_manager.filter(instrument=OuterRef("instrument")).order_by(in_force, "-pk")
        return self.filter(pk=Subquery(newest.values("pk")[:1]))


@tracked(exclude=["definition"])
class InstrumentVersion(Timestamped):
    """One version of an instrument as data, published: it never changes (content hash, trigger), it is withdrawn."""

    instrument = models.CharField(_("instrumen"), max_length=10, choices=InstrumentCode)
    version = models.CharField(_("versi"), max_length=20)
    status = models.CharField(_("status"), max_length=10, choices=VersionStatus, default=VersionStatus.PUBLISHED)
    definition: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(_("isi"))
    content_hash = models.CharField(_("sidik isi"), max_length=64)
    effective_from = models.DateField(_("berlaku sejak"), default=timezone.localdate)
    # Nobody for the versions of the project's own files, which the system publishes.
    author = _staff(_("penyusun"))
    published_by = _staff(_("penerbit"))
    published_at = models.DateTimeField(_("terbit"), null=True, blank=True, editable=False)
    publish_reason = models.TextField(_("alasan terbit"), max_length=LONGEST_REASON, blank=True, editable=False)
    withdrawn_by = _staff(_("penarik"))
    withdrawn_at = models.DateTimeField(_("ditarik"), null=True, blank=True, editable=False)
    # Empty where another version took its place: then that one says why.
    withdraw_reason = models.TextField(_("alasan penarikan"), max_length=LONGEST_REASON, blank=True, editable=False)

    objects = InstrumentVersionQuerySet.as_manager()

    class Meta:
        ordering = ["instrument", "-effective_from", "-pk"]
        verbose_name = _("versi instrumen")
        verbose_name_plural = _("versi instrumen")
        constraints = [
            models.UniqueConstraint(fields=["instrument", "version"], name="one_row_per_instrument_version"),
            models.UniqueConstraint(
                fields=["instrument"],
                condition=Q(status=VersionStatus.PUBLISHED),
                name="one_published_version_per_instrument",
            ),
            models.CheckConstraint(
                condition=Q(author__isnull=True)
                | (Q(published_by__isnull=False) & ~Q(published_by=F("author")) & ~Q(publish_reason="")),
                name="instrument_published_by_another",  # I-28
                violation_error_message=_("Yang menyusun draf tidak menerbitkannya sendiri."),
            ),
            models.CheckConstraint(
                condition=Q(content_hash__regex=r"^[0-9a-f]{64}$"), name="instrument_version_has_its_hash"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_never_changes",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                    IF TG_OP = 'DELETE'
                       OR (NEW.definition, NEW.content_hash, NEW.version, NEW.instrument, NEW.effective_from,
                           NEW.author_id, NEW.published_by_id, NEW.published_at, NEW.publish_reason)
                          IS DISTINCT FROM
                          (OLD.definition, OLD.content_hash, OLD.version, OLD.instrument, OLD.effective_from,
                           OLD.author_id, OLD.published_by_id, OLD.published_at, OLD.publish_reason)
                       OR OLD.status = 'withdrawn' AND NEW.status <> 'withdrawn' THEN
                        RAISE EXCEPTION 'a published instrument version never changes';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.version}"

    @property
    def is_published(self) -> bool:
        return self.status == VersionStatus.PUBLISHED

    @property
    def parsed(self) -> catalogue.Instrument:
        """The definition as the rule engine takes it."""
        known = _parsed.get(self.content_hash)
        if known is None:
            known = _parsed[self.content_hash] = catalogue.from_definition(self.definition, str(self))
        return known


@tracked()
class InstrumentDraft(Coded, Versioned, Timestamped):
    """The text from which a version is made. It may be wrong for as long as it is a draft; one person writes it."""

    instrument = models.CharField(_("instrumen"), max_length=10, choices=InstrumentCode)
    status = models.CharField(
        _("status"), max_length=10, choices=DraftStatus, default=DraftStatus.OPEN, editable=False
    )
    source = models.TextField(_("isi (YAML)"), max_length=LONGEST_SOURCE)
    summary = models.TextField(_("apa yang berubah dan mengapa"), max_length=LONGEST_REASON)
    author = _staff(_("penyusun"), null=False)
    based_on = models.ForeignKey(
        InstrumentVersion,
        null=True,  # begun from a text of one's own
        blank=True,
        editable=False,
        on_delete=models.PROTECT,  # what the author had before the eyes
        related_name="drafts",
    )
    closed_by = _staff(_("diputuskan oleh"))
    closed_at = models.DateTimeField(_("diputuskan"), null=True, blank=True, editable=False)
    became = models.OneToOneField(
        InstrumentVersion,
        null=True,  # unless published
        blank=True,
        editable=False,
        on_delete=models.PROTECT,  # the text with its comments stays with what it became
        related_name="draft",
    )

    class Meta:
        ordering = ["-updated_at", "-pk"]
        verbose_name = _("draf instrumen")
        verbose_name_plural = _("draf instrumen")
        constraints = [
            models.CheckConstraint(
                condition=Q(status=DraftStatus.PUBLISHED, became__isnull=False)
                | ~Q(status=DraftStatus.PUBLISHED) & Q(became__isnull=True),
                name="published_draft_became_a_version",
            ),
            models.CheckConstraint(
                condition=Q(status=DraftStatus.OPEN, closed_by__isnull=True, closed_at__isnull=True)
                | ~Q(status=DraftStatus.OPEN) & Q(closed_by__isnull=False, closed_at__isnull=False),
                name="closed_draft_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(status=DraftStatus.PUBLISHED) | ~Q(closed_by=F("author")),
                name="draft_published_by_another",  # I-28
                violation_error_message=_("Yang menyusun draf tidak menerbitkannya sendiri."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="closed_draft_never_changes",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition("OLD.status <> 'open'"),
                func="RAISE EXCEPTION 'a draft that was published or discarded never changes';",
            ),
            pgtrigger.Trigger(
                name="draft_keeps_its_author",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition("OLD.author_id <> NEW.author_id OR OLD.instrument <> NEW.instrument"),
                func="RAISE EXCEPTION 'a draft keeps its author and its instrument';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.code}"

    @property
    def is_open(self) -> bool:
        return self.status == DraftStatus.OPEN
