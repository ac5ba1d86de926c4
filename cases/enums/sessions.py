"""Planned sessions and the follow-ups of after-care."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SessionOutcome(models.TextChoices):
    """Late counts as contact; absent and cancelled do not."""

    ATTENDED = "attended", _("Hadir")
    LATE = "late", _("Hadir terlambat")
    ABSENT = "absent", _("Tidak hadir")
    CANCELLED = "cancelled", _("Dibatalkan")


MET = (SessionOutcome.ATTENDED, SessionOutcome.LATE)
NOT_HELD = (SessionOutcome.ABSENT, SessionOutcome.CANCELLED)


class SessionReason(models.TextChoices):
    """Why somebody did not come, or why a session was called off: counted, so that what stands in the way is seen."""

    SICK = "sakit", _("Sakit")
    WORK = "kerja", _("Bekerja")
    FAMILY = "keluarga", _("Urusan keluarga")
    TRANSPORT = "transportasi", _("Tidak ada transportasi")
    ACCESS = "cuaca_akses", _("Cuaca atau akses jalan")
    FORGOT = "lupa", _("Lupa")
    DECLINED = "menolak", _("Menolak")
    STAFF = "petugas", _("Petugas berhalangan")
    CASE_CLOSED = "kasus_ditutup", _("Kasus ditutup")
    OTHER = "lain", _("Lainnya")


class FollowUpMonth(models.IntegerChoices):
    """How long after the beginning of after-care somebody asks how it goes."""

    THREE = 3, _("3 bulan")
    SIX = 6, _("6 bulan")
    TWELVE = 12, _("12 bulan")
    TWENTY_FOUR = 24, _("24 bulan")


class FollowUpOutcome(models.TextChoices):
    REACHED = "reached", _("Terhubung")
    NOT_REACHED = "not_reached", _("Tidak terhubung")
    REFUSED = "refused", _("Menolak dihubungi")
