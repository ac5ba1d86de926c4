"""Two rows of people that were compared: merged, taken apart again, or found to be two people (D §7, data admin).

A merge moves rows and destroys nothing: the row of the duplicate stays, without a case, as it was on that day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.enums.merging import PairStatus
from cases.models.participant import Participant
from core.models import Coded, Timestamped, tracked


@dataclass(frozen=True)
class Trait:
    """What two rows of people are compared by: fields that only make sense together."""

    name: str
    label: str | Promise
    fields: tuple[str, ...]

    @property
    def main(self) -> str:
        return self.fields[0]

    def is_empty(self, person: Any) -> bool:
        return getattr(person, self.main) in (None, "", [])

    def of(self, person: Any) -> tuple[Any, ...]:
        """For a row of people or of their history."""
        return tuple(sorted(value) if isinstance(value, list) else value for value in self._values(person))

    def _values(self, person: Any) -> list[Any]:
        return [getattr(person, name) for name in self.fields]


def _plain(*names: str) -> tuple[Trait, ...]:
    return tuple(Trait(name, Participant._meta.get_field(name).verbose_name, (name,)) for name in names)


# Found by the index; the sealed number and its status come along (cases.workflow.merging).
NIK = Trait("nik", _("NIK"), ("nik_index",))
TRAITS: tuple[Trait, ...] = (
    *_plain("full_name", "sex"),
    Trait("born", _("tanggal lahir"), ("birth_date", "birth_date_precision")),
    *_plain("birth_place", "mother_name", "phone", "safe_contact_method", "safe_contact_time", "communication"),
    *_plain("disability", "child_category", "ppks_category", "ampk_category"),
    *_plain("citizenship", "language", "marital_status", "education", "occupation"),
    NIK,
)
# Of the row and not of the person, kept from another field, or joined instead of chosen (names). A religion was told
# to one team, by agreement, and is in no history from which a merge could be taken back: it does not come along. A
# decision that somebody is an adult rested on one record alone: it is made anew for the two that became one.
UNCOMPARED = frozenset(
    [
        *("id", "code", "version", "created_at", "updated_at", "created_by", "uid", "name_key"),
        *("aliases", "nik_sealed", "nik_status", "religion", "religion_agreed"),
        *("adult_decided_at", "adult_decided_by", "adult_reason"),
    ]
)


def joined_aliases(kept: Any, duplicate: Any, full_name: str) -> list[str]:
    """Every name under which either of the two was known, but for the one that the person now has."""
    names = [*kept.aliases, kept.full_name, duplicate.full_name, *duplicate.aliases]
    return [name for name in dict.fromkeys(names) if name.casefold() != full_name.casefold()]


class PersonPairQuerySet(models.QuerySet["PersonPair"]):
    def merged(self) -> PersonPairQuerySet:
        return self.filter(status=PairStatus.MERGED)


@tracked()
class PersonPair(Coded, Timestamped):
    kept = models.ForeignKey(
        Participant,
        on_delete=models.PROTECT,  # only the retention job destroys
        related_name="pairs_kept",
        verbose_name=_("data yang dipertahankan"),
    )
    duplicate = models.ForeignKey(
        Participant,
        on_delete=models.PROTECT,  # as kept
        related_name="pairs_as_duplicate",
        verbose_name=_("data ganda"),
    )
    status = models.CharField(_("keputusan"), max_length=10, choices=PairStatus, editable=False)
    reason = models.CharField(_("alasan"), max_length=300)
    # Fields of the kept row that were filled from the duplicate. What stood there before is in the row's history,
    # under ``kept_was``: no second copy of a name or a birth date is kept for it.
    taken = ArrayField(models.CharField(max_length=40), default=list, editable=False)
    kept_was = models.BigIntegerField(null=True, editable=False)
    # Keys of the rows that moved, by table: what goes back, and only that.
    moved: models.JSONField[dict[str, list[int]], dict[str, list[int]]] = models.JSONField(
        default=dict, editable=False
    )
    # Memberships that ended with the merge, because a person lives in one household.
    ended = ArrayField(models.BigIntegerField(), default=list, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who decided stays on record
        related_name="+",
    )
    decided_at = models.DateTimeField(_("diputuskan"), default=timezone.now)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # as decided_by
        related_name="+",
    )
    undone_at = models.DateTimeField(_("dipisah lagi"), null=True, blank=True)
    undo_reason = models.CharField(_("alasan memisah"), max_length=300, blank=True)

    objects = PersonPairQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_at", "-pk"]
        verbose_name = _("data ganda")
        verbose_name_plural = _("data ganda")
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("duplicate")), name="pair_is_of_two_people"),
            models.UniqueConstraint(
                fields=["duplicate"], condition=Q(status=PairStatus.MERGED), name="merged_into_one_person"
            ),
            models.CheckConstraint(
                condition=Q(status=PairStatus.UNDONE, undone_by__isnull=False, undone_at__isnull=False)
                & ~Q(undo_reason="")
                | ~Q(status=PairStatus.UNDONE) & Q(undone_by=None, undone_at=None, undo_reason=""),
                name="pair_undone_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(status=PairStatus.DISTINCT) | Q(kept_was__isnull=False),
                name="merge_knows_what_was_before",
            ),
        ]

    def __str__(self) -> str:
        return self.code
