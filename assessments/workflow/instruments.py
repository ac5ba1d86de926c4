"""Instruments become versions that never change again."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Staff
from assessments.catalogue import Instrument
from assessments.enums import VersionStatus
from assessments.models import InstrumentVersion
from core.workflow import TransitionError


@transaction.atomic
def publish(instrument: Instrument, *, by: Staff) -> tuple[InstrumentVersion, bool]:
    """Publish this definition in place of the version before; a second time it changes nothing.

    Returns the version and whether it is new. TransitionError when the same version number holds other content.
    """
    if by.role != Role.SYSTEM:
        raise PermissionDenied
    versions = InstrumentVersion.objects.select_for_update(of=("self",)).filter(instrument=instrument.code)
    known = {version.version: version for version in versions}
    if (same := known.get(instrument.version)) is not None:
        if same.content_hash != instrument.content_hash:
            raise TransitionError(
                _("%(instrument)s sudah terbit dengan isi lain. Beri isi yang berubah nomor versi baru.")
                % {"instrument": same}
            )
        return same, False
    for version in known.values():
        if version.status == VersionStatus.PUBLISHED:
            version.status = VersionStatus.WITHDRAWN
            version.save(update_fields=["status", "updated_at"])
    new = InstrumentVersion.objects.create(
        instrument=instrument.code,
        version=instrument.version,
        status=VersionStatus.PUBLISHED,
        definition=instrument.definition,
        content_hash=instrument.content_hash,
    )
    return new, True
