"""A failure to protect personal data, and its clock (UU 27/2022 Pasal 46)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import Transition


class BreachKind(models.TextChoices):
    LOST_DEVICE = "lost_device", _("Gawai atau berkas hilang")
    WRONG_RECIPIENT = "wrong_recipient", _("Terkirim ke orang yang salah")
    UNAUTHORISED = "unauthorised", _("Dibuka tanpa hak")
    PUBLISHED = "published", _("Tersebar ke umum")
    SYSTEM = "system", _("Sistem diserang atau rusak")
    OTHER = "other", _("Hal lain")


class BreachStatus(models.TextChoices):
    REPORTED = "reported", _("Dilaporkan")
    HANDLING = "handling", _("Ditangani")
    NOTIFIED = "notified", _("Sudah diberitahukan")
    CLOSED = "closed", _("Ditutup")


OPEN = frozenset(BreachStatus) - {BreachStatus.CLOSED}
UNTOLD = frozenset({BreachStatus.REPORTED, BreachStatus.HANDLING})
TAKE_UP = Transition.of(BreachStatus.REPORTED, to=BreachStatus.HANDLING)
NOTIFY = Transition.of(BreachStatus.HANDLING, to=BreachStatus.NOTIFIED)
CLOSE = Transition.of(BreachStatus.HANDLING, BreachStatus.NOTIFIED, to=BreachStatus.CLOSED)


class Told(models.TextChoices):
    AGENCY = "agency", _("Lembaga pelindungan data")
    SUBJECTS = "subjects", _("Orang yang terkena")
