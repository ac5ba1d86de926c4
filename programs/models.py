"""Plans with goals, programmes with cohorts and sessions, and economic support."""

from __future__ import annotations

import datetime as dt

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Region, Unit
from assessments.models import Assessment
from cases.models import CaseFile
from core.models import Coded, Period, Timestamped, Versioned, never_overlapping, tracked
from partners.models import PartnerOrganisation, Referral
from programs.enums import (
    ENROLMENT_OPEN,
    Approach,
    AttendanceMark,
    CohortStatus,
    EnrolmentStatus,
    GoalStatus,
    GoalType,
    InterventionStatus,
    PlanStatus,
    ProgrammeKind,
    SupportChannel,
    SupportType,
)


@tracked()
class Plan(Coded, Versioned, Timestamped):
    case = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="plans")
    # I-4: a plan answers a final assessment, and each goal cites its items.
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="plans")
    edition = models.PositiveSmallIntegerField(_("edisi"), default=1, editable=False)
    approach = ArrayField(
        models.CharField(max_length=20, choices=Approach), verbose_name=_("pendekatan"), default=list
    )
    starts_on = models.DateField(_("mulai"), default=timezone.localdate)
    review_due = models.DateField(_("ditinjau paling lambat"))
    signed_by_participant = models.BooleanField(_("dibaca dan disetujui peserta"), default=False)
    status = models.CharField(_("status"), max_length=10, choices=PlanStatus, default=PlanStatus.DRAFT, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="plans")
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    return_comment = models.TextField(max_length=2_000, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("rencana layanan")
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(status__in=[PlanStatus.ACTIVE, PlanStatus.IN_REVIEW]),
                name="one_active_plan_per_case",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(status__in=[PlanStatus.DRAFT, PlanStatus.SUBMITTED]),
                name="one_plan_in_the_making_per_case",
                violation_error_message=_("Sudah ada rencana yang sedang disusun."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("author")),
                name="plan_approver_is_not_its_author",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def approach_labels(self) -> list[str]:
        return [str(Approach(code).label) for code in self.approach]


@tracked()
class Goal(Coded, Versioned, Timestamped):
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="goals")
    type = models.CharField(_("jenis tujuan"), max_length=20, choices=GoalType)
    text = models.CharField(_("tujuan, dengan kata peserta"), max_length=300)
    items = ArrayField(models.CharField(max_length=10), verbose_name=_("butir penilaian"), default=list)
    measure = models.CharField(_("ukuran berhasil"), max_length=300, blank=True)
    due_on = models.DateField(_("tenggat"))
    progress = models.PositiveSmallIntegerField(_("kemajuan"), default=0)
    status = models.CharField(_("status"), max_length=16, choices=GoalStatus, default=GoalStatus.NEW, editable=False)
    closed_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("tujuan")
        constraints = [
            models.CheckConstraint(
                condition=Q(progress__lte=4),
                name="goal_progress_0_to_4",
                violation_error_message=_("Kemajuan dinilai 0 sampai 4."),
            )
        ]

    def __str__(self) -> str:
        return self.text


@tracked()
class Intervention(Versioned, Timestamped):
    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="interventions")
    # A code of the instrument catalogue (HIDUP, KONSELING, …).
    intervention_code = models.CharField(_("layanan"), max_length=20)
    setting = models.CharField(_("tempat layanan"), max_length=20, choices=Approach)
    partner = models.ForeignKey(
        PartnerOrganisation, null=True, blank=True, on_delete=models.PROTECT, related_name="interventions"
    )
    referral = models.ForeignKey(
        Referral, null=True, blank=True, on_delete=models.PROTECT, related_name="interventions"
    )
    frequency = models.CharField(_("frekuensi"), max_length=80, blank=True)
    starts_on = models.DateField(_("mulai"), null=True, blank=True)
    ends_on = models.DateField(_("sampai"), null=True, blank=True)
    status = models.CharField(max_length=10, choices=InterventionStatus, default=InterventionStatus.PLANNED)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="intervention_ends_after_it_begins",
                violation_error_message=_("Tanggal akhir tidak boleh sebelum tanggal awal."),
            )
        ]

    def __str__(self) -> str:
        return self.intervention_code


@tracked()
class Programme(Coded, Versioned, Timestamped):
    title = models.CharField(_("nama program"), max_length=160)
    kind = models.CharField(_("jenis"), max_length=20, choices=ProgrammeKind)
    # Owned by a unit or a CSO's unit: it runs cohorts and decides on enrolment.
    owner = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="programmes", verbose_name=_("pemilik"))
    intervention_code = models.CharField(_("layanan"), max_length=20, blank=True)
    eligibility = models.CharField(_("syarat"), max_length=300, blank=True)
    funder = models.CharField(_("pendana"), max_length=120, blank=True)
    ran_pe_action = models.CharField(_("aksi RAN PE"), max_length=40, blank=True)
    atensi_component = models.CharField(_("komponen ATENSI"), max_length=40, blank=True)
    outcomes = ArrayField(
        models.CharField(max_length=160), verbose_name=_("capaian belajar"), default=list, blank=True
    )
    # A template is reference data that owners start from; it has no cohorts of its own.
    is_open = models.BooleanField(_("dibuka"), default=True)

    class Meta:
        ordering = ["title", "pk"]
        verbose_name = _("program")
        verbose_name_plural = _("program")

    def __str__(self) -> str:
        return self.title


class CohortQuerySet(models.QuerySet["Cohort"]):
    def with_seats(self) -> CohortQuerySet:
        """Adds ``seated``: how many seats are taken, by whomever (I-14)."""
        taken = Func(F("pk"), function="titian_seats_taken", output_field=models.IntegerField())
        return self.annotate(seated=taken)


@tracked()
class Cohort(Coded, Versioned, Timestamped):
    seated: int  # only on rows from with_seats()

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="cohorts")
    name = models.CharField(_("angkatan"), max_length=120)
    place = models.CharField(_("tempat"), max_length=160)
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="cohorts")
    capacity = models.PositiveSmallIntegerField(_("daya tampung"))
    starts_on = models.DateField(_("mulai"))
    ends_on = models.DateField(_("sampai"))
    status = models.CharField(max_length=10, choices=CohortStatus, default=CohortStatus.PLANNED)
    # Victims and perpetrators never share a cohort (ET-15).
    for_victims = models.BooleanField(_("khusus penyintas"), default=False)
    for_children = models.BooleanField(_("khusus anak"), default=False)

    objects = CohortQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "pk"]
        verbose_name = _("angkatan")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="cohort_ends_after_it_begins",
                violation_error_message=_("Tanggal akhir tidak boleh sebelum tanggal awal."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="cohort_keeps_victims_apart",
                operation=pgtrigger.UpdateOf("for_victims"),
                when=pgtrigger.Before,
                func="""
                    IF NEW.for_victims <> OLD.for_victims
                        AND EXISTS (SELECT 1 FROM programs_enrolment e WHERE e.cohort_id = NEW.id) THEN
                        RAISE EXCEPTION 'victims_and_others_apart' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SessionQuerySet(models.QuerySet["Session"]):
    def with_marks(self) -> SessionQuerySet:
        """Adds ``marked``: for how many people attendance was taken."""
        return self.annotate(marked=Func(F("pk"), function="titian_marks", output_field=models.IntegerField()))


@tracked()
class Session(Coded, Versioned, Timestamped):
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="sessions")
    held_on = models.DateField(_("tanggal"))
    topic = models.CharField(_("topik"), max_length=200)
    facilitator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="sessions"
    )
    attendance_taken_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["held_on", "pk"]
        verbose_name = _("sesi")
        constraints = [
            models.UniqueConstraint(fields=["cohort", "held_on", "topic"], name="one_session_per_day_and_topic")
        ]

    def __str__(self) -> str:
        return self.topic

    @property
    def is_held(self) -> bool:
        return self.held_on <= timezone.localdate()


@tracked()
class Enrolment(Coded, Versioned, Timestamped):
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="enrolments")
    # A copy of the cohort's programme, so that "one active enrolment per programme" is a constraint (I-2).
    programme = models.ForeignKey(Programme, editable=False, on_delete=models.PROTECT, related_name="enrolments")
    case = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="enrolments")
    status = models.CharField(
        _("status"), max_length=10, choices=EnrolmentStatus, default=EnrolmentStatus.PROPOSED, editable=False
    )
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_on = models.DateField(null=True, blank=True, editable=False)
    ended_on = models.DateField(null=True, blank=True, editable=False)
    outcome = models.CharField(_("hasil"), max_length=300, blank=True)
    certificate_no = models.CharField(_("nomor sertifikat"), max_length=60, blank=True)
    reason_out = models.CharField(_("alasan keluar"), max_length=300, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("keikutsertaan")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "programme"],
                condition=Q(status__in=ENROLMENT_OPEN),
                name="one_open_enrolment_per_programme",
                violation_error_message=_("Peserta sudah ikut program ini."),
            )
        ]
        indexes = [models.Index(fields=["cohort", "status"], name="enrolment_of_cohort")]
        triggers = [
            # ET-15 whatever writes the row. Both rows stay as they are until this transaction ends.
            pgtrigger.Trigger(
                name="victims_and_others_apart",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("case_id", "cohort_id"),
                when=pgtrigger.Before,
                declare=[("for_victim", "boolean"), ("for_victims", "boolean")],
                func="""
                    SELECT is_victim_file INTO STRICT for_victim FROM cases_casefile WHERE id = NEW.case_id FOR SHARE;
                    SELECT c.for_victims INTO STRICT for_victims FROM programs_cohort c
                        WHERE c.id = NEW.cohort_id FOR SHARE;
                    IF for_victim <> for_victims THEN
                        RAISE EXCEPTION 'victims_and_others_apart' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.code


class EnrolmentPeriod(Period):
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="periods")
    status = models.CharField(max_length=10, choices=EnrolmentStatus)

    class Meta:
        constraints = [never_overlapping("enrolment_periods_do_not_overlap", "enrolment")]

    def __str__(self) -> str:
        return f"{self.enrolment_id}: {self.status}"


@tracked()
class Attendance(Versioned, Timestamped):
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendances")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="attendances")
    mark = models.CharField(_("kehadiran"), max_length=12, choices=AttendanceMark)
    reason = models.CharField(_("alasan"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "enrolment"], name="one_mark_per_session")]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.enrolment_id}: {self.mark}"


@tracked()
class EconomicSupport(Coded, Versioned, Timestamped):
    case = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="economic_supports")
    type = models.CharField(_("jenis bantuan"), max_length=10, choices=SupportType)
    value_idr = models.PositiveBigIntegerField(_("nilai (rupiah)"))
    handed_over_on = models.DateField(_("diserahkan"))
    channel = models.CharField(_("saluran"), max_length=10, choices=SupportChannel)
    business_kind = models.CharField(_("jenis usaha"), max_length=80)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="economic_supports")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-handed_over_on"]
        verbose_name = _("dukungan usaha")

    def __str__(self) -> str:
        return f"{self.business_kind} {self.handed_over_on:%Y-%m-%d}"


@tracked()
class BusinessFollowUp(Versioned, Timestamped):
    class Running(models.TextChoices):
        YES = "ya", _("Masih berjalan")
        NO = "tidak", _("Tidak berjalan")

    support = models.ForeignKey(EconomicSupport, on_delete=models.CASCADE, related_name="follow_ups")
    month = models.PositiveSmallIntegerField(_("bulan ke"))
    due_on = models.DateField()
    visited_on = models.DateField(null=True, blank=True)
    running = models.CharField(_("usaha"), max_length=5, choices=Running, blank=True)
    jobs = models.PositiveSmallIntegerField(_("orang bekerja"), null=True, blank=True)
    problem = models.CharField(_("kendala"), max_length=300, blank=True)

    class Meta:
        ordering = ["support", "month"]
        constraints = [
            models.UniqueConstraint(fields=["support", "month"], name="one_follow_up_per_month"),
            models.CheckConstraint(condition=Q(month__in=[1, 3, 6, 12]), name="follow_up_at_1_3_6_12_months"),
        ]

    def __str__(self) -> str:
        return f"{self.support_id}: {self.month}"

    @staticmethod
    def due_after(handed_over: dt.date, month: int) -> dt.date:
        """The day ``month`` months after the hand-over; the last day where the month is shorter."""
        year, index = divmod(handed_over.month - 1 + month, 12)
        first = dt.date(handed_over.year + year, index + 1, 1)
        following = (first + dt.timedelta(days=31)).replace(day=1)
        return min(first + dt.timedelta(days=handed_over.day - 1), following - dt.timedelta(days=1))
