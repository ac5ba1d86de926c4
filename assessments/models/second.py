"""A second, blind rating beside an assessment (ET-7), and what the participant says of a result."""

from __future__ import annotations

import datetime as dt

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from assessments.enums import InstrumentCode, SecondCause, SecondOutcome
from assessments.models.assessment import Assessment
from cases.models import CaseFile, CaseUserGrant
from core.models import Coded, Timestamped, Versioned, tracked

# Calendar days within which another rater has rated what a participant contests (ET-7).
WITHIN = dt.timedelta(days=14)


class SecondRatingQuerySet(models.QuerySet["SecondRating"]):
    def open(self) -> SecondRatingQuerySet:
        """Not decided and not withdrawn."""
        return self.filter(outcome="")

    def blind(self) -> SecondRatingQuerySet:
        """Neither rater may see the other's yet."""
        return self.open().filter(revealed_at__isnull=True)

    def contests(self) -> SecondRatingQuerySet:
        """What participants contested and did not take back."""
        return self.filter(cause=SecondCause.CONTEST).exclude(outcome=SecondOutcome.WITHDRAWN)

    def with_page_data(self) -> SecondRatingQuerySet:
        """What its page shows of it; the first rating is read apart, as the second rater may not see it yet."""
        return self.select_related(
            "case__participant",
            "case__lead_unit",
            "rater__unit",
            "asked_by",
            "decided_by",
        )


@tracked()
class SecondRating(Coded, Versioned, Timestamped):
    """Another rater is asked to rate what was rated, by the participant's contest or by staff.

    The rows of both ratings and of what the two agreed on are kept; ``outcome`` is empty until a supervisor who rated
    neither has decided which is in force.
    """

    case = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="second_ratings")
    first = models.ForeignKey(
        Assessment,
        on_delete=models.PROTECT,  # what was contested stays
        related_name="second_ratings",
    )
    # A copy of the first's, for whoever may not see that row.
    instrument = models.CharField(max_length=10, choices=InstrumentCode, editable=False)
    cause = models.CharField(_("asal"), max_length=12, choices=SecondCause)
    reason = models.TextField(_("alasan"), max_length=4_000)
    received_on = models.DateField(_("tanggal diterima"))
    due_on = models.DateField(_("tenggat"), editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who wrote it down
        related_name="+",
    )
    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # a judgement is signed
        related_name="second_ratings",
        verbose_name=_("penilai kedua"),
    )
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,  # who chose the rater
        related_name="+",
    )
    named_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What opens the case to the second rater, who is off its caseload.
    grant = models.ForeignKey(
        CaseUserGrant,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,  # who could read the case stays on record
        related_name="+",
    )
    second = models.OneToOneField(
        Assessment,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,  # the other rating stays
        related_name="as_second",
    )
    joint = models.OneToOneField(
        Assessment,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,  # what both agreed on stays
        related_name="as_joint",
    )
    # Both are handed in: from here on each rater may read the other's.
    revealed_at = models.DateTimeField(null=True, blank=True, editable=False)
    outcome = models.CharField(_("hasil"), max_length=10, choices=SecondOutcome, blank=True, editable=False)
    outcome_reason = models.TextField(_("alasan keputusan"), max_length=4_000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,  # who decided
        related_name="+",
    )
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SecondRatingQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("penilaian kedua")
        verbose_name_plural = _("penilaian kedua")
        constraints = [
            models.UniqueConstraint(
                fields=["first"],
                condition=Q(outcome=""),
                name="one_open_second_rating_per_assessment",
                violation_error_message=_("Penilaian ini sudah menunggu penilai kedua."),
            ),
            models.CheckConstraint(
                condition=Q(rater__isnull=True, named_by__isnull=True, named_at__isnull=True)
                | Q(rater__isnull=False, named_by__isnull=False, named_at__isnull=False),
                name="second_rater_is_named_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(rater__isnull=True) | ~Q(rater=F("named_by")),
                name="second_rater_is_named_by_another",  # I-28
            ),
            models.CheckConstraint(
                condition=Q(second__isnull=True) | Q(rater__isnull=False),
                name="second_rating_has_its_rater",
            ),
            models.CheckConstraint(
                condition=Q(revealed_at__isnull=True) | Q(second__isnull=False),
                name="second_rating_is_there_when_revealed",
            ),
            models.CheckConstraint(
                condition=Q(joint__isnull=True) | Q(revealed_at__isnull=False),
                name="raters_agree_on_what_both_have_seen",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", outcome_reason="", decided_by__isnull=True, decided_at__isnull=True)
                | (
                    Q(outcome__in=SecondOutcome.values, decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(outcome_reason="")
                ),
                name="second_rating_is_decided_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=SecondOutcome.UPHELD) | Q(revealed_at__isnull=False),
                name="upheld_after_both_were_seen",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=SecondOutcome.CHANGED) | Q(joint__isnull=False),
                name="changed_by_what_both_agreed_on",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", SecondOutcome.WITHDRAWN]) | ~Q(decided_by=F("rater")),
                name="who_decides_is_not_the_second_rater",  # I-28
            ),
        ]
        indexes = [models.Index(fields=["rater"], condition=Q(outcome=""), name="second_ratings_to_do")]
        triggers = [
            pgtrigger.Trigger(
                name="second_rater_is_another",  # ET-7, I-28
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("rater_id", "first_id", "case_id"),
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (SELECT FROM assessments_assessment
                               WHERE id = NEW.first_id AND NEW.rater_id IN (rater_id, approved_by_id)) THEN
                        RAISE EXCEPTION 'the second rater neither rated nor approved the first';
                    END IF;
                    -- Whoever gives the task back may not see the first.
                    IF TG_OP = 'UPDATE' THEN
                        IF (NEW.first_id, NEW.case_id) = (OLD.first_id, OLD.case_id) THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    IF NOT EXISTS (SELECT FROM assessments_assessment
                                   WHERE id = NEW.first_id AND case_id = NEW.case_id AND kind <> 'kedua') THEN
                        RAISE EXCEPTION 'a second rating is of an assessment of its case, never of a second one';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="decided_second_rating_stays",  # both are kept as they were decided on
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition("OLD.outcome <> ''"),
                func="""
                    IF (NEW.first_id, NEW.second_id, NEW.joint_id, NEW.cause, NEW.reason, NEW.received_on, NEW.due_on,
                        NEW.rater_id, NEW.revealed_at, NEW.outcome, NEW.outcome_reason, NEW.decided_by_id,
                        NEW.decided_at)
                       IS DISTINCT FROM
                       (OLD.first_id, OLD.second_id, OLD.joint_id, OLD.cause, OLD.reason, OLD.received_on, OLD.due_on,
                        OLD.rater_id, OLD.revealed_at, OLD.outcome, OLD.outcome_reason, OLD.decided_by_id,
                        OLD.decided_at) THEN
                        RAISE EXCEPTION 'a decided second rating never changes';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        return not self.outcome

    @property
    def is_contest(self) -> bool:
        return self.cause == SecondCause.CONTEST

    @property
    def is_overdue(self) -> bool:
        """Another rater should have rated by now."""
        return self.is_open and self.revealed_at is None and self.due_on < timezone.localdate()

    @property
    def is_revealed(self) -> bool:
        return self.revealed_at is not None

    @property
    def raters(self) -> set[int]:
        """Who rated either, and so decides on neither."""
        return {pk for pk in (self.first.rater_id, self.rater_id) if pk is not None}

    def rated_by(self, user: Staff) -> bool:
        return user.pk in self.raters


@tracked()
class OwnView(Timestamped):
    """What the participant said of a result, in own words. A later word stands beside the earlier, never over it."""

    assessment = models.ForeignKey(
        Assessment,
        on_delete=models.CASCADE,  # a word about an assessment means nothing without it
        related_name="own_views",
    )
    text = models.TextField(_("kata peserta"), max_length=4_000)
    said_on = models.DateField(_("tanggal"))
    present = models.CharField(_("disampaikan di hadapan"), max_length=300)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who wrote it down
        related_name="+",
    )

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("pendapat peserta")
        verbose_name_plural = _("pendapat peserta")
        triggers = [
            pgtrigger.Trigger(
                name="own_words_stay",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF (NEW.text, NEW.said_on, NEW.present, NEW.recorded_by_id, NEW.assessment_id) IS DISTINCT FROM
                       (OLD.text, OLD.said_on, OLD.present, OLD.recorded_by_id, OLD.assessment_id) THEN
                        RAISE EXCEPTION 'what a participant said never changes';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.said_on}"
