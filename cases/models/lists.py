"""Lists that people come back to: criteria with a name, never rows and never words that were searched for."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from core.models import Coded, Timestamped, tracked


@tracked()
class SavedFilter(Coded, Timestamped):
    """One person's filter of the case list; a supervisor may show it to the unit."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,  # a convenience of that person
        related_name="saved_filters",
    )
    name = models.CharField(_("nama"), max_length=60)
    # Parameter of the list -> value; ``cases.filters.KEPT`` says which.
    criteria = models.JSONField(default=dict)
    shared_with = models.ForeignKey(
        Unit,
        null=True,
        blank=True,
        on_delete=models.CASCADE,  # a unit that is gone reads nothing
        related_name="shared_filters",
        verbose_name=_("dibagikan kepada"),
    )

    class Meta:
        ordering = [Lower("name"), "pk"]
        verbose_name = _("saringan tersimpan")
        verbose_name_plural = _("saringan tersimpan")
        constraints = [
            models.UniqueConstraint(
                "owner",
                Lower("name"),
                name="one_saved_filter_of_a_name",
                violation_error_message=_("Anda sudah punya saringan dengan nama itu."),
            )
        ]
        indexes = [models.Index(fields=["shared_with"], name="saved_filter_shared")]

    def __str__(self) -> str:
        return self.name
