"""IND-M, IND-B and IND-S: partners, reporting duty, and the work of the staff."""

from __future__ import annotations

import datetime as dt
from statistics import median

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.enums import AgencyKind
from accounts.models import Staff, StaffTraining
from assessments.models import Assessment
from cases.enums import CheckInResult
from cases.models import CaseLeadPeriod, CheckIn, ContactNote, ReportingDuty
from cases.models.contact import LATE_AFTER
from partners.enums import AgreementStatus, ReferralStatus
from partners.models import Agreement, Referral, ReferralPeriod
from reports.enums import Scope
from reports.indicators.declaration import Indicator, Kind, Measure, Raw
from reports.indicators.frame import Frame, Group

BOTH = (Group.ADULTS, Group.CHILDREN)
EXPIRING_WITHIN = dt.timedelta(days=90)
# A caseworker with more cases than this is overloaded (D §6.2).
HEAVY_CASELOAD = 25
REFERRAL_ENDED = (
    ReferralStatus.COMPLETED,
    ReferralStatus.INCOMPLETE,
    ReferralStatus.DECLINED,
    ReferralStatus.EXPIRED,
    ReferralStatus.CANCELLED,
)


def answered_in_time(frame: Frame) -> dict[str, Raw]:
    asked = frame.of(Referral.objects.filter(sent_at__isnull=False)).filter(frame.within("respond_by"))
    in_time = Q(answered_at__lte=F("respond_by"))
    found = asked.aggregate(all=Count("pk"), in_time=Count("pk", filter=in_time))
    return {"answered_in_time": Raw(found["in_time"], found["all"])}


def referrals_completed(frame: Frame) -> dict[str, Raw]:
    ended = frame.of(
        ReferralPeriod.objects.filter(referral__sent_at__isnull=False, status__in=REFERRAL_ENDED), "referral__case"
    ).filter(frame.within("started_at"))
    found = ended.aggregate(all=Count("pk"), done=Count("pk", filter=Q(status=ReferralStatus.COMPLETED)))
    return {"referrals_completed": Raw(found["done"], found["all"])}


def expiring_agreements(frame: Frame) -> dict[str, Raw]:
    ending = Agreement.objects.exclude(status=AgreementStatus.DRAFT).filter(
        valid_from__lte=frame.last_day, valid_to__gte=frame.last_day, valid_to__lte=frame.last_day + EXPIRING_WITHIN
    )
    return {"agreements_expiring": Raw(ending.count())}


def reporting(frame: Frame) -> dict[str, Raw]:
    """Check-ins that were due; one whose day passed without an answer counts as not kept."""
    found = (
        frame.of(CheckIn.objects.all())
        .filter(frame.within("due_at"))
        .aggregate(
            all=Count("pk"), kept=Count("pk", filter=Q(result__in=[CheckInResult.PRESENT, CheckInResult.EXCUSED]))
        )
    )
    open_duties = ReportingDuty.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=frame.last_day))
    unanswered = open_duties.filter(frame.within("next_due_at"), case__in=frame.active().values("pk"))
    return {"reporting_kept": Raw(found["kept"], found["all"] + unanswered.count())}


def caseload(frame: Frame) -> dict[str, Raw]:
    """Active cases of both groups by the caseworker who led them on the last day."""
    lead = CaseLeadPeriod.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gte=frame.end), case=OuterRef("pk"), started_at__lt=frame.end
    )
    rows = frame.everyone_active().annotate(worker=Subquery(lead.values("lead_worker")[:1])).exclude(worker=None)
    loads = [row["n"] for row in rows.values("worker").annotate(n=Count("pk")).order_by()]
    return {
        "caseload_median": Raw(round(median(loads)) if loads else 0, len(loads)),
        "caseload_most": Raw(max(loads, default=0), len(loads)),
        "caseload_heavy": Raw(sum(1 for load in loads if load > HEAVY_CASELOAD), len(loads)),
    }


def trained_raters(frame: Frame) -> dict[str, Raw]:
    rated = Assessment.objects.filter(frame.within("submitted_at"), rater=OuterRef("pk"))
    trained = StaffTraining.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=frame.last_day),
        staff=OuterRef("pk"),
        completed_on__lte=frame.last_day,
    ).exclude(instrument_code="")
    raters = Staff.objects.filter(Exists(rated), frame.area.units_q("unit")).annotate(is_trained=Exists(trained))
    found = raters.aggregate(all=Count("pk"), trained=Count("pk", filter=Q(is_trained=True)))
    return {"raters_trained": Raw(found["trained"], found["all"])}


def notes_in_time(frame: Frame) -> dict[str, Raw]:
    notes = frame.of(ContactNote.objects.filter(amends__isnull=True)).filter(frame.within("occurred_at"))
    in_time = Q(recorded_at__lte=F("occurred_at") + LATE_AFTER)
    found = notes.aggregate(all=Count("pk"), in_time=Count("pk", filter=in_time))
    return {"notes_in_time": Raw(found["in_time"], found["all"])}


PARTNERS, DUTIES, STAFF = _("Rujukan dan mitra"), _("Wajib lapor"), _("Kapasitas petugas")

INDICATORS = (
    Indicator(
        "IND-M1",
        PARTNERS,
        _("Rujukan dijawab tepat waktu"),
        _("Rujukan yang dijawab sampai batas jawab ÷ rujukan terkirim dengan batas jawab dalam triwulan."),
        (Measure("answered_in_time", _("Rujukan dijawab tepat waktu"), Kind.RATE),),
        answered_in_time,
        BOTH,
    ),
    Indicator(
        "IND-M2",
        PARTNERS,
        _("Rujukan selesai"),
        _(
            "Rujukan selesai ÷ rujukan yang berakhir dalam triwulan "
            "(selesai, tidak tuntas, ditolak, kedaluwarsa, dibatalkan)."
        ),
        (Measure("referrals_completed", _("Rujukan selesai"), Kind.RATE),),
        referrals_completed,
        BOTH,
    ),
    Indicator(
        "IND-M4",
        PARTNERS,
        _("Perjanjian berakhir dalam 90 hari"),
        _("Jumlah perjanjian yang berlaku pada akhir triwulan dan berakhir paling lambat 90 hari sesudahnya."),
        (Measure("agreements_expiring", _("Perjanjian berakhir dalam 90 hari"), Kind.PLAIN),),
        expiring_agreements,
        scopes=frozenset({Scope.AGENCY, Scope.NATIONAL}),
    ),
    Indicator(
        "IND-B1",
        DUTIES,
        _("Wajib lapor dipenuhi"),
        _("Wajib lapor dengan hasil hadir atau izin ÷ wajib lapor yang jatuh tempo dalam triwulan."),
        (Measure("reporting_kept", _("Wajib lapor dipenuhi"), Kind.RATE),),
        reporting,
        agencies=frozenset({AgencyKind.DITJENPAS}),
    ),
    Indicator(
        "IND-S1",
        STAFF,
        _("Beban petugas"),
        _(
            "Kasus aktif (dewasa dan anak) per petugas: nilai tengah, terbanyak, "
            "dan bagian petugas dengan lebih dari 25 kasus."
        ),
        (
            Measure("caseload_median", _("Kasus per petugas, nilai tengah"), Kind.NUMBER),
            Measure("caseload_most", _("Kasus per petugas, terbanyak"), Kind.NUMBER),
            Measure("caseload_heavy", _("Petugas dengan lebih dari 25 kasus"), Kind.RATE),
        ),
        caseload,
    ),
    Indicator(
        "IND-S2",
        STAFF,
        _("Penilai terlatih"),
        _("Penilai dengan pelatihan yang berlaku ÷ penilai yang mengajukan penilaian dalam triwulan."),
        (Measure("raters_trained", _("Penilai terlatih"), Kind.RATE),),
        trained_raters,
    ),
    Indicator(
        "IND-S3",
        STAFF,
        _("Catatan tepat waktu"),
        _("Catatan kontak yang ditulis paling lambat 72 jam setelah kontak ÷ semua catatan kontak dalam triwulan."),
        (Measure("notes_in_time", _("Catatan tepat waktu"), Kind.RATE),),
        notes_in_time,
        BOTH,
    ),
)
