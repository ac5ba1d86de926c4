"""Closed lists of plans, programmes and enrolment, and their moves (D §3.2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import Transition


class PlanStatus(models.TextChoices):
    DRAFT = "draft", _("Draf")
    SUBMITTED = "submitted", _("Diajukan")
    ACTIVE = "active", _("Aktif")
    IN_REVIEW = "in_review", _("Ditinjau")
    COMPLETED = "completed", _("Selesai")
    STOPPED = "stopped", _("Dihentikan")


class Approach(models.TextChoices):
    FAMILY = "keluarga", _("Keluarga")
    COMMUNITY = "masyarakat", _("Masyarakat")
    RESIDENTIAL = "residensial", _("Residensial")


class GoalType(models.TextChoices):
    REDUCE_RISK = "turunkan_risiko", _("Menurunkan risiko")
    MEET_NEED = "penuhi_kebutuhan", _("Memenuhi kebutuhan")
    BUILD_STRENGTH = "perkuat_pelindung", _("Memperkuat pelindung")


class GoalStatus(models.TextChoices):
    NEW = "new", _("Baru")
    IN_PROGRESS = "in_progress", _("Berjalan")
    ACHIEVED = "achieved", _("Tercapai")
    PARTLY_ACHIEVED = "partly_achieved", _("Tercapai sebagian")
    NOT_ACHIEVED = "not_achieved", _("Tidak tercapai")
    DROPPED = "dropped", _("Tidak relevan")


class InterventionStatus(models.TextChoices):
    PLANNED = "planned", _("Direncanakan")
    RUNNING = "running", _("Berjalan")
    ENDED = "ended", _("Selesai")
    STOPPED = "stopped", _("Dihentikan")


class ProgrammeKind(models.TextChoices):
    REHABILITATION = "rehabilitasi", _("Rehabilitasi")
    REEDUCATION = "reedukasi", _("Reedukasi")
    VOCATIONAL = "vokasional", _("Vokasional")
    CONFLICT_AND_LIFE = "konflik_kehidupan", _("Manajemen konflik dan kehidupan")
    ENTERPRISE = "kewirausahaan", _("Kewirausahaan")
    CAPACITY = "kapasitas", _("Peningkatan kapasitas")


class CohortStatus(models.TextChoices):
    PLANNED = "planned", _("Direncanakan")
    RUNNING = "running", _("Berjalan")
    FINISHED = "finished", _("Selesai")
    CANCELLED = "cancelled", _("Dibatalkan")


class EnrolmentStatus(models.TextChoices):
    PROPOSED = "proposed", _("Diusulkan")
    WAITING = "waiting", _("Daftar tunggu")
    ACTIVE = "active", _("Aktif")
    PAUSED = "paused", _("Jeda")
    COMPLETED = "completed", _("Selesai")
    WITHDRAWN = "withdrawn", _("Mengundurkan diri")
    REMOVED = "removed", _("Dikeluarkan")
    MOVED = "moved", _("Dipindahkan")


SEATED = (EnrolmentStatus.ACTIVE, EnrolmentStatus.PAUSED)
ENROLMENT_OPEN = (
    EnrolmentStatus.PROPOSED,
    EnrolmentStatus.WAITING,
    EnrolmentStatus.ACTIVE,
    EnrolmentStatus.PAUSED,
)


class AttendanceMark(models.TextChoices):
    PRESENT = "hadir", _("Hadir")
    LATE = "terlambat", _("Terlambat")
    EXCUSED = "izin", _("Izin")
    ILL = "sakit", _("Sakit")
    ABSENT = "tidak_hadir", _("Tidak hadir")


class SupportType(models.TextChoices):
    TOOLS = "alat", _("Alat")
    CAPITAL = "modal", _("Modal")
    LIVESTOCK = "ternak", _("Ternak")
    MATERIAL = "bahan", _("Bahan")


class SupportChannel(models.TextChoices):
    DIRECT = "langsung", _("Langsung")
    FAMILY = "keluarga", _("Keluarga")
    LKS = "lks", _("LKS")


P = PlanStatus
SUBMIT_PLAN = Transition.of(P.DRAFT, to=P.SUBMITTED)
RETURN_PLAN = Transition.of(P.SUBMITTED, to=P.DRAFT)
APPROVE_PLAN = Transition.of(P.SUBMITTED, to=P.ACTIVE)
REVIEW_PLAN = Transition.of(P.ACTIVE, to=P.IN_REVIEW)
COMPLETE_PLAN = Transition.of(P.ACTIVE, P.IN_REVIEW, to=P.COMPLETED)
STOP_PLAN = Transition.of(P.DRAFT, P.SUBMITTED, P.ACTIVE, P.IN_REVIEW, to=P.STOPPED)

E = EnrolmentStatus
WAIT_LIST = Transition.of(E.PROPOSED, to=E.WAITING)
ADMIT = Transition.of(E.PROPOSED, E.WAITING, to=E.ACTIVE)
PAUSE = Transition.of(E.ACTIVE, to=E.PAUSED)
CONTINUE = Transition.of(E.PAUSED, to=E.ACTIVE)
COMPLETE = Transition.of(E.ACTIVE, E.PAUSED, to=E.COMPLETED)
WITHDRAW = Transition.of(*ENROLMENT_OPEN, to=E.WITHDRAWN)
REMOVE = Transition.of(E.ACTIVE, E.PAUSED, to=E.REMOVED)
