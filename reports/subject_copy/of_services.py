"""Chapters about what was assessed, planned, done and referred."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assessments.enums import AssessmentStatus
from assessments.models import Assessment, OwnView, SecondRating
from cases.enums import Section
from partners.enums import SharedField
from partners.models import Referral, ReferralNote, ReferralPeriod, intervention_label
from programs.models import (
    Attendance,
    BusinessFollowUp,
    EconomicSupport,
    Enrolment,
    EnrolmentPeriod,
    Goal,
    Intervention,
    Plan,
)
from reports.subject_copy.parts import CODE, Chapter, Field, Part, office, words

TOLD_ASSESSMENTS = (AssessmentStatus.FINAL, AssessmentStatus.SUPERSEDED)

OF_SERVICES: tuple[Chapter, ...] = (
    Chapter(
        "assessments",
        _("Hasil penilaian"),
        Section.ASSESSMENT,
        (
            Part(
                "assessments",
                _("Penilaian yang selesai"),
                Assessment,
                lambda case: (
                    Assessment.objects.filter(case=case, status__in=TOLD_ASSESSMENTS)
                    .select_related("rater__unit")
                    .order_by("started_at", "pk")
                ),
                (
                    CODE,
                    Field("instrument", _("Alat penilaian"), "instrument"),
                    Field("reason", _("Alasan menilai"), "reason"),
                    Field("started_at", _("Tanggal"), "started_at"),
                    Field("finalised_at", _("Selesai"), "finalised_at"),
                    Field("rater", _("Penilai"), "rater", lambda row: office(row.rater)),
                    Field("kind", _("Jenis"), "kind"),
                    Field("status", _("Keadaan"), "status"),
                    Field("support_level", _("Kebutuhan dukungan"), "support_level"),
                    words("own_view", _("Pendapat Anda"), "participant_view"),
                    Field("next_due", _("Dinilai ulang paling lambat"), "next_due"),
                ),
                may_withhold=True,
            ),
            Part(
                "own_views",
                _("Kata-kata Anda atas hasil penilaian"),
                OwnView,
                lambda case: (
                    OwnView.objects.filter(assessment__case=case)
                    .select_related("assessment")
                    .order_by("said_on", "pk")
                ),
                (
                    Field("assessment", _("Penilaian"), "assessment", lambda row: row.assessment.code),
                    Field("said_on", _("Tanggal"), "said_on"),
                    words("text", _("Kata-kata Anda"), "text"),
                    words("present", _("Disampaikan di hadapan"), "present"),
                ),
            ),
            Part(
                "second_ratings",
                _("Sanggahan dan penilaian kedua"),
                SecondRating,
                lambda case: (
                    SecondRating.objects.filter(case=case)
                    .select_related("first", "rater__unit", "asked_by__unit")
                    .order_by("received_on", "pk")
                ),
                (
                    CODE,
                    Field("assessment", _("Penilaian"), "first", lambda row: row.first.code),
                    Field("cause", _("Asal"), "cause"),
                    words("reason", _("Alasan"), "reason"),
                    Field("received_on", _("Diterima"), "received_on"),
                    Field("due_on", _("Paling lambat"), "due_on"),
                    Field("asked_by", _("Dicatat oleh"), "asked_by", lambda row: office(row.asked_by)),
                    Field("rater", _("Penilai kedua"), "rater", lambda row: office(row.rater) if row.rater else ""),
                    Field("outcome", _("Hasil"), "outcome"),
                    words("outcome_reason", _("Alasan keputusan"), "outcome_reason"),
                    Field("decided_at", _("Diputuskan"), "decided_at"),
                ),
                may_withhold=True,
            ),
        ),
    ),
    Chapter(
        "plans",
        _("Rencana layanan"),
        Section.PLAN,
        (
            Part(
                "plans",
                _("Rencana"),
                Plan,
                lambda case: (
                    Plan.objects.filter(case=case)
                    .select_related("author__unit", "approved_by__unit")
                    .order_by("created_at", "pk")
                ),
                (
                    CODE,
                    Field("edition", _("Edisi"), "edition"),
                    Field("approach", _("Pendekatan"), "approach"),
                    Field("starts_on", _("Mulai"), "starts_on"),
                    Field("review_due", _("Ditinjau paling lambat"), "review_due"),
                    Field("signed_by_participant", _("Anda menyetujuinya"), "signed_by_participant"),
                    Field("status", _("Keadaan"), "status"),
                    Field("author", _("Disusun oleh"), "author", lambda row: office(row.author)),
                    Field(
                        "approved_by",
                        _("Disahkan oleh"),
                        "approved_by",
                        lambda row: office(row.approved_by) if row.approved_by else "",
                    ),
                    Field("approved_at", _("Disahkan"), "approved_at"),
                    Field("ended_at", _("Berakhir"), "ended_at"),
                ),
            ),
            Part(
                "goals",
                _("Tujuan"),
                Goal,
                lambda case: Goal.objects.filter(plan__case=case).select_related("plan").order_by("plan_id", "pk"),
                (
                    CODE,
                    Field("plan", _("Rencana"), "plan", lambda row: row.plan.code),
                    Field("type", _("Jenis tujuan"), "type"),
                    words("text", _("Tujuan, dengan kata Anda"), "text"),
                    words("measure", _("Ukuran berhasil"), "measure"),
                    Field("due_on", _("Tenggat"), "due_on"),
                    Field("progress", _("Kemajuan (0–4)"), "progress"),
                    Field("status", _("Keadaan"), "status"),
                    Field("closed_on", _("Selesai"), "closed_on"),
                ),
                may_withhold=True,
            ),
            Part(
                "services",
                _("Layanan"),
                Intervention,
                lambda case: (
                    Intervention.objects.filter(goal__plan__case=case)
                    .select_related("goal", "partner")
                    .order_by("goal_id", "pk")
                ),
                (
                    Field("goal", _("Tujuan"), "goal", lambda row: row.goal.code),
                    Field(
                        "service",
                        _("Layanan"),
                        "intervention_code",
                        lambda row: intervention_label(row.intervention_code),
                    ),
                    Field("setting", _("Tempat layanan"), "setting"),
                    Field("partner", _("Mitra"), "partner", lambda row: row.partner.name if row.partner else ""),
                    Field("frequency", _("Frekuensi"), "frequency"),
                    Field("starts_on", _("Mulai"), "starts_on"),
                    Field("ends_on", _("Sampai"), "ends_on"),
                    Field("status", _("Keadaan"), "status"),
                ),
            ),
        ),
    ),
    Chapter(
        "programmes",
        _("Program yang Anda ikuti"),
        Section.PROGRAMS,
        (
            Part(
                "enrolments",
                _("Keikutsertaan"),
                Enrolment,
                lambda case: (
                    Enrolment.objects.filter(case=case)
                    .select_related("programme", "cohort")
                    .order_by("created_at", "pk")
                ),
                (
                    CODE,
                    Field("programme", _("Program"), "programme", lambda row: row.programme.title),
                    Field("cohort", _("Angkatan"), "cohort", lambda row: f"{row.cohort.name}, {row.cohort.place}"),
                    Field("status", _("Keadaan"), "status"),
                    Field("started_on", _("Mulai"), "started_on"),
                    Field("ended_on", _("Berakhir"), "ended_on"),
                    words("outcome", _("Hasil"), "outcome"),
                    Field("certificate_number", _("Nomor sertifikat"), "certificate_no"),
                ),
                may_withhold=True,
            ),
            Part(
                "enrolment_periods",
                _("Keikutsertaan dari waktu ke waktu"),
                EnrolmentPeriod,
                lambda case: (
                    EnrolmentPeriod.objects.filter(enrolment__case=case)
                    .select_related("enrolment")
                    .order_by("started_at", "pk")
                ),
                (
                    Field("enrolment", _("Keikutsertaan"), "enrolment", lambda row: row.enrolment.code),
                    Field("status", _("Keadaan"), "status"),
                    Field("started_at", _("Sejak"), "started_at"),
                    Field("ended_at", _("Sampai"), "ended_at"),
                ),
            ),
            Part(
                "attendance",
                _("Kehadiran"),
                Attendance,
                lambda case: (
                    Attendance.objects.filter(enrolment__case=case)
                    .select_related("enrolment", "session")
                    .order_by("session__held_on", "pk")
                ),
                (
                    Field("enrolment", _("Keikutsertaan"), "enrolment", lambda row: row.enrolment.code),
                    Field("session", _("Sesi"), "session", lambda row: f"{row.session.held_on}: {row.session.topic}"),
                    Field("mark", _("Kehadiran"), "mark"),
                    words("reason", _("Alasan"), "reason"),
                ),
            ),
            Part(
                "economic_support",
                _("Dukungan usaha"),
                EconomicSupport,
                lambda case: (
                    EconomicSupport.objects.filter(case=case).select_related("region").order_by("handed_over_on", "pk")
                ),
                (
                    CODE,
                    Field("type", _("Jenis bantuan"), "type"),
                    Field("value_idr", _("Nilai (rupiah)"), "value_idr"),
                    Field("handed_over_on", _("Diserahkan"), "handed_over_on"),
                    Field("channel", _("Saluran"), "channel"),
                    Field("business_kind", _("Jenis usaha"), "business_kind"),
                    Field("region", _("Wilayah"), "region", lambda row: str(row.region)),
                ),
            ),
            Part(
                "business_follow_ups",
                _("Perkembangan usaha"),
                BusinessFollowUp,
                lambda case: (
                    BusinessFollowUp.objects.filter(support__case=case)
                    .select_related("support")
                    .order_by("support_id", "month")
                ),
                (
                    Field("support", _("Dukungan usaha"), "support", lambda row: row.support.code),
                    Field("month", _("Bulan ke"), "month"),
                    Field("due_on", _("Dijadwalkan"), "due_on"),
                    Field("visited_on", _("Dikunjungi"), "visited_on"),
                    Field("running", _("Usaha"), "running"),
                    Field("jobs", _("Orang bekerja"), "jobs"),
                    words("problem", _("Kendala"), "problem"),
                ),
            ),
        ),
    ),
    Chapter(
        "referrals",
        _("Rujukan kepada mitra"),
        Section.REFERRALS,
        (
            Part(
                "referrals",
                _("Rujukan"),
                Referral,
                lambda case: (
                    Referral.objects.filter(case=case).select_related("partner", "offer").order_by("created_at", "pk")
                ),
                (
                    CODE,
                    Field("partner", _("Mitra"), "partner", lambda row: row.partner.name),
                    Field("service", _("Layanan"), "offer", lambda row: row.offer.title),
                    words("purpose", _("Yang diminta"), "purpose"),
                    Field("family_assessment", _("Mitra mengisi KRK"), "asks_family_assessment"),
                    Field("urgency", _("Kesegeraan"), "urgency"),
                    Field("basis", _("Dasar"), "basis"),
                    Field("legal_reference", _("Dasar hukum"), "legal_reference"),
                    Field(
                        "data_shared",
                        _("Data yang dikirim"),
                        "data_shared",
                        lambda row: ", ".join(str(SharedField(field).label) for field in row.data_shared),
                    ),
                    Field("status", _("Keadaan"), "status"),
                    Field("sent_at", _("Dikirim"), "sent_at"),
                    Field("answered_at", _("Dijawab"), "answered_at"),
                    Field("starts_on", _("Mulai"), "starts_on"),
                    Field("ended_at", _("Berakhir"), "ended_at"),
                    words("result", _("Hasil"), "result"),
                    words("own_feedback", _("Suara Anda"), "participant_feedback"),
                ),
                may_withhold=True,
            ),
            Part(
                "referral_periods",
                _("Rujukan dari waktu ke waktu"),
                ReferralPeriod,
                lambda case: (
                    ReferralPeriod.objects.filter(referral__case=case)
                    .select_related("referral")
                    .order_by("started_at", "pk")
                ),
                (
                    Field("referral", _("Rujukan"), "referral", lambda row: row.referral.code),
                    Field("status", _("Keadaan"), "status"),
                    Field("started_at", _("Sejak"), "started_at"),
                    Field("ended_at", _("Sampai"), "ended_at"),
                ),
            ),
            Part(
                "partner_reports",
                _("Laporan mitra"),
                ReferralNote,
                lambda case: (
                    ReferralNote.objects.filter(referral__case=case)
                    .select_related("referral")
                    .order_by("happened_on", "pk")
                ),
                (
                    CODE,
                    Field("referral", _("Rujukan"), "referral", lambda row: row.referral.code),
                    Field("happened_on", _("Tanggal"), "happened_on"),
                    words("own_voice", _("Suara Anda"), "participant_voice"),
                ),
                may_withhold=True,
            ),
        ),
    ),
)
