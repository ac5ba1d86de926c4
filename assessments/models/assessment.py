"""One assessment, locked once it leaves draft (I-3)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from assessments import catalogue
from assessments.enums import (
    COLOURS,
    IN_PROGRESS,
    IN_QUEUE,
    LEAST_REASON,
    AssessmentKind,
    AssessmentReason,
    AssessmentStatus,
    Band,
    InstrumentCode,
    Mode,
    SupportLevel,
)
from assessments.models.instruments import InstrumentVersion
from assessments.models.stamp import stamp_of
from cases.models import CaseFile, CaseGroupGrant
from core.models import Coded, Timestamped, Versioned, tracked

# ET-18: a rating that lapsed is marked, and after this long it leaves the summaries.
HIDDEN_AFTER = dt.timedelta(days=30)

# The day of an assessment, on which an age is counted (I-7).
ZONE = settings.TIME_ZONE


@dataclass(frozen=True, slots=True)
class OutsidePlace:
    """Where a rater from outside stands: what was shared of the name, and the page that led here."""

    name: str
    url: str


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def final(self) -> AssessmentQuerySet:
        """The judgements in force; a second rater's stands beside one and is never in force by itself."""
        return self.in_own_right().filter(status=AssessmentStatus.FINAL)

    def in_own_right(self) -> AssessmentQuerySet:
        """Without second ratings: those judgements that a plan or a report may rest on."""
        return self.exclude(kind=AssessmentKind.SECOND)

    def rated_twice(self) -> AssessmentQuerySet:
        """Second ratings whose pair is complete: both were handed in without either rater having seen the other's."""
        done = [*IN_QUEUE, AssessmentStatus.FINAL]
        second = self.filter(kind=AssessmentKind.SECOND, status__in=done, as_second__revealed_at__isnull=False)
        return second.select_related("as_second__first")

    def judged(self) -> AssessmentQuerySet:
        """Every judgement that was once in force, the oldest first: what is looked back on."""
        done = [AssessmentStatus.FINAL, AssessmentStatus.SUPERSEDED]
        return self.in_own_right().filter(status__in=done).order_by("finalised_at", "pk")

    def waiting(self) -> AssessmentQuerySet:
        return self.filter(status__in=IN_QUEUE)

    def in_progress(self) -> AssessmentQuerySet:
        return self.filter(status__in=IN_PROGRESS)

    def with_page_data(self) -> AssessmentQuerySet:
        """What every page of an assessment shows; the definition is read once in a process (``parsed``)."""
        contests = (
            apps.get_model("assessments", "SecondRating")
            .objects.contests()
            .filter(first=OuterRef("pk"))
            .order_by("-pk")
        )
        return (
            self.select_related(
                "case__participant", "case__lead_unit", "case__lead_worker", "instrument_version", "rater"
            )
            .defer("instrument_version__definition")
            .annotate(contest=Subquery(contests.values("outcome")[:1]))
        )

    def with_outside_data(self) -> AssessmentQuerySet:
        """The same for a rater from outside, to whom no row of the person is shown."""
        return self.select_related(
            "case__lead_unit", "case__lead_worker", "instrument_version", "rater", "grant"
        ).defer("instrument_version__definition")

    def valid_on(self, day: dt.date) -> AssessmentQuerySet:
        """Final on ``day`` and not past its date of reassessment."""
        end = Q(ended_at__isnull=True) | Q(ended_at__date__gt=day)
        return self.in_own_right().filter(end, finalised_at__date__lte=day, next_due__gte=day)


@tracked()
class Assessment(Coded, Versioned, Timestamped):
    # Set by the views for a rater from outside: what a page calls the person, and the page it came from.
    place: OutsidePlace | None = None

    case = models.ForeignKey(
        CaseFile,
        on_delete=models.PROTECT,  # only the retention job destroys
        related_name="assessments",
    )
    instrument_version = models.ForeignKey(
        InstrumentVersion,
        on_delete=models.PROTECT,  # an old assessment is read with its own items
        related_name="assessments",
    )
    # Copies of the version's instrument and of the age on the day, set by triggers, so that constraints can use them.
    instrument = models.CharField(max_length=10, choices=InstrumentCode, editable=False)
    mode = models.CharField(_("lingkup"), max_length=20, choices=Mode, default=Mode.FULL)
    # A second rating, and what two raters agreed on, hang on the assessment that was rated again (SecondRating).
    kind = models.CharField(
        _("jenis"), max_length=10, choices=AssessmentKind, default=AssessmentKind.ORDINARY, editable=False
    )
    for_child = models.BooleanField(default=False, editable=False)
    reason = models.CharField(_("alasan penilaian"), max_length=12, choices=AssessmentReason)
    status = models.CharField(
        _("status"), max_length=20, choices=AssessmentStatus, default=AssessmentStatus.DRAFT, editable=False
    )
    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # a judgement is signed
        related_name="assessments",
        verbose_name=_("penilai"),
    )
    # By which a partner's officer fills in a KRK, and for how long: that of the accepted referral that asks for it.
    grant = models.ForeignKey(
        CaseGroupGrant,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,  # who judged from outside, and why, stays on record
        related_name="+",
    )
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    finalised_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    narratives: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(_("uraian"), default=dict)
    # Anti-anchoring (I-6): recorded before guidance is shown, then never changed while it stands.
    first_band = models.CharField(_("pertimbangan awal"), max_length=24, choices=Band, blank=True)
    first_reason = models.TextField(_("alasan singkat"), max_length=2_000, blank=True)
    first_band_at = models.DateTimeField(null=True, blank=True, editable=False)
    guidance_band = models.CharField(max_length=24, choices=Band, blank=True, editable=False)
    guidance_fired = ArrayField(models.CharField(max_length=10), default=list, editable=False)
    guidance_provisional = models.BooleanField(default=False, editable=False)
    support_level = models.CharField(max_length=12, choices=SupportLevel, blank=True, editable=False)
    final_band = models.CharField(_("pertimbangan akhir"), max_length=24, choices=Band, blank=True)
    override_reason = models.TextField(_("alasan berbeda dari petunjuk"), max_length=4_000, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,  # who made it final
        related_name="+",
    )
    cancel_reason = models.TextField(max_length=2_000, blank=True, editable=False)
    participant_view = models.TextField(_("pendapat peserta"), max_length=4_000, blank=True)
    next_due = models.DateField(_("nilai ulang paling lambat"), null=True, blank=True, editable=False)
    supersedes = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,  # the chain of judgements
        related_name="superseded_by",
    )

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        verbose_name = _("penilaian")
        constraints = [
            models.CheckConstraint(  # I-7; KRK looks at the family, not at the child
                condition=Q(for_child=False) | ~Q(instrument=InstrumentCode.ADULT),
                name="child_is_never_rated_with_the_adult_instrument",
                violation_error_message=_("Anak dinilai dengan PKA, tanpa warna."),
            ),
            models.CheckConstraint(
                condition=Q(for_child=True) | ~Q(instrument=InstrumentCode.CHILD),
                name="adult_is_never_rated_with_the_child_instrument",
                violation_error_message=_("PKA hanya untuk peserta di bawah 18 tahun."),
            ),
            models.CheckConstraint(  # I-7, at the database too
                condition=Q(instrument=InstrumentCode.ADULT, for_child=False)
                | (~Q(guidance_band__in=COLOURS) & ~Q(first_band__in=COLOURS) & ~Q(final_band__in=COLOURS)),
                name="no_colour_for_a_child",
                violation_error_message=_("Anak dinilai dengan PKA, tanpa warna."),
            ),
            models.CheckConstraint(
                condition=~Q(mode=Mode.NEEDS_ONLY) | (Q(guidance_band="") & Q(final_band="") & Q(first_band="")),
                name="no_band_in_needs_only_mode",  # I-8
            ),
            models.CheckConstraint(
                condition=Q(mode=Mode.FULL) | Q(instrument=InstrumentCode.ADULT),
                name="only_the_adult_instrument_has_modes",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[AssessmentStatus.DRAFT, AssessmentStatus.CANCELLED])
                | Q(submitted_at__isnull=False)
                & (
                    Q(mode=Mode.NEEDS_ONLY) & ~Q(support_level="")
                    | Q(mode=Mode.FULL) & ~Q(first_band="") & ~Q(guidance_band="") & ~Q(final_band="")
                ),
                name="submitted_with_its_judgements",  # I-6
            ),
            models.CheckConstraint(
                condition=Q(status__in=[AssessmentStatus.DRAFT, AssessmentStatus.CANCELLED])
                | Q(mode=Mode.NEEDS_ONLY)
                | Q(final_band=F("guidance_band"))
                | Q(GreaterThanOrEqual(Length(Trim("override_reason")), LEAST_REASON)),
                name="override_gives_its_reason",  # I-5; guidance is never belum_cukup where final_band equals it
                violation_error_message=_("Berbeda dari petunjuk. Tulis alasannya, paling sedikit 80 huruf."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("rater")),
                name="approver_is_not_the_rater",  # I-5, I-28
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[AssessmentStatus.FINAL, AssessmentStatus.SUPERSEDED])
                | Q(approved_by__isnull=False, finalised_at__isnull=False, next_due__isnull=False),
                name="final_has_approver_and_dates",
            ),
            models.CheckConstraint(
                condition=Q(grant__isnull=True) | Q(instrument=InstrumentCode.FAMILY),
                name="only_the_family_is_looked_at_from_outside",
            ),
            models.UniqueConstraint(
                fields=["case", "instrument"],
                condition=Q(status__in=IN_PROGRESS, kind=AssessmentKind.ORDINARY),
                name="one_assessment_in_progress_per_instrument",
                violation_error_message=_("Sudah ada penilaian yang sedang berjalan."),
            ),
            models.UniqueConstraint(
                fields=["case", "instrument"],
                condition=Q(status=AssessmentStatus.FINAL) & ~Q(kind=AssessmentKind.SECOND),
                name="one_final_assessment_per_instrument",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "instrument", "status"], name="assessment_of_case"),
            models.Index(fields=["status", "submitted_at"], name="assessment_queue"),
            models.Index(fields=["finalised_at"], name="assessment_finalised"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="copies_follow_their_source",  # I-7: who is a child on the day is not for the caller to say
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("instrument", "for_child", "case_id", "instrument_version_id", "started_at"),
                when=pgtrigger.Before,
                declare=[("adult_since", "DATE")],
                func=f"""
                    IF TG_OP = 'UPDATE' THEN
                        IF (NEW.case_id, NEW.instrument_version_id, NEW.started_at)
                           = (OLD.case_id, OLD.instrument_version_id, OLD.started_at) THEN
                            -- At 18 nothing is converted.
                            NEW.instrument := OLD.instrument;
                            NEW.for_child := OLD.for_child;
                            RETURN NEW;
                        END IF;
                    END IF;
                    SELECT instrument INTO STRICT NEW.instrument
                      FROM assessments_instrumentversion WHERE id = NEW.instrument_version_id;
                    -- The one rule of who is an adult, and from which day.
                    SELECT adult_from INTO STRICT adult_since FROM cases_casefile WHERE id = NEW.case_id;
                    NEW.for_child := adult_since IS NULL
                        OR (NEW.started_at AT TIME ZONE '{ZONE}')::date < adult_since;
                    RETURN NEW;
                """,  # noqa: S608 -- constants of ours
            ),
            pgtrigger.Trigger(
                name="locked_unless_draft",  # I-3
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition("OLD.status <> 'draft'"),
                func="""
                    IF (NEW.narratives, NEW.first_band, NEW.first_reason, NEW.first_band_at, NEW.guidance_band,
                        NEW.guidance_fired, NEW.final_band, NEW.guidance_provisional, NEW.support_level,
                        NEW.override_reason, NEW.mode, NEW.reason, NEW.rater_id, NEW.case_id,
                        NEW.instrument_version_id, NEW.started_at, NEW.grant_id, NEW.kind)
                       IS DISTINCT FROM
                       (OLD.narratives, OLD.first_band, OLD.first_reason, OLD.first_band_at, OLD.guidance_band,
                        OLD.guidance_fired, OLD.final_band, OLD.guidance_provisional, OLD.support_level,
                        OLD.override_reason, OLD.mode, OLD.reason, OLD.rater_id, OLD.case_id,
                        OLD.instrument_version_id, OLD.started_at, OLD.grant_id, OLD.kind) THEN
                        RAISE EXCEPTION 'a submitted assessment is locked';
                    END IF;
                    IF NEW.status = 'draft' AND OLD.status <> 'returned' THEN
                        RAISE EXCEPTION 'only a returned assessment becomes a draft again';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="first_judgement_stays",  # I-6
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition("OLD.first_band <> ''"),
                func="""
                    IF (NEW.first_band, NEW.first_reason, NEW.first_band_at)
                       IS DISTINCT FROM (OLD.first_band, OLD.first_reason, OLD.first_band_at) THEN
                        RAISE EXCEPTION 'the first judgement never changes';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_draft(self) -> bool:
        return self.status == AssessmentStatus.DRAFT

    @property
    def is_ordinary(self) -> bool:
        return self.kind == AssessmentKind.ORDINARY

    @property
    def is_second(self) -> bool:
        return self.kind == AssessmentKind.SECOND

    @property
    def is_joint(self) -> bool:
        return self.kind == AssessmentKind.JOINT

    @property
    def first(self) -> Assessment:
        """What a second rating was rated beside; for second ratings alone."""
        return self.as_second.first

    @property
    def is_locked(self) -> bool:
        return self.status != AssessmentStatus.DRAFT

    @property
    def day(self) -> dt.date:
        """The day of the assessment, on which an age is counted."""
        return timezone.localtime(self.started_at, ZoneInfo(ZONE)).date()

    @property
    def definition(self) -> catalogue.Instrument:
        return self.instrument_version.parsed

    @property
    def rule_mode(self) -> str | None:
        """The mode as the rule engine takes it: None for an instrument without modes."""
        return self.mode if self.instrument == InstrumentCode.ADULT else None

    @property
    def has_bands(self) -> bool:
        """Whether a judgement is chosen at all; support needs alone have none (I-8)."""
        return self.mode == Mode.FULL

    @property
    def narratives_stamp(self) -> str:
        """Names this text, so that a form opened before another change is noticed."""
        return stamp_of(*(f"{code}={text}" for code, text in sorted(self.narratives.items())))

    @property
    def in_colours(self) -> bool:
        return self.instrument == InstrumentCode.ADULT and not self.for_child

    @property
    def differs_from_guidance(self) -> bool:
        """The final judgement is not what the rules say, or they could not say anything (I-5)."""
        return bool(self.guidance_band) and (
            self.guidance_band == Band.NOT_ENOUGH or self.final_band != self.guidance_band
        )

    @cached_property
    def is_outdated(self) -> bool:
        return self.next_due is not None and self.next_due < timezone.localdate()

    @property
    def shown_until(self) -> dt.date | None:
        """The last day on which summaries show it (ET-18)."""
        return None if self.next_due is None else self.next_due + HIDDEN_AFTER

    @cached_property
    def is_hidden_from_summaries(self) -> bool:
        return self.shown_until is not None and self.shown_until < timezone.localdate()
