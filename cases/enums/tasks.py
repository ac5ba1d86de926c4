"""Closed lists of tasks: what they are about, how far they are, what comes first."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TaskStatus(models.TextChoices):
    OPEN = "open", _("Terbuka")
    IN_PROGRESS = "in_progress", _("Dikerjakan")
    DONE = "done", _("Selesai")
    CANCELLED = "cancelled", _("Dibatalkan")


class TaskKind(models.TextChoices):
    URGENT = "urgent", _("Tindakan pelindungan 24 jam")
    ASSESSMENT = "assessment", _("Penilaian")
    APPROVAL = "approval", _("Menunggu keputusan")
    RETURNED = "returned", _("Penilaian dikembalikan")
    PLAN = "plan", _("Tinjau rencana layanan")
    VISIT = "visit", _("Kunjungan")
    REFERRAL = "referral", _("Rujukan")
    FOLLOW_UP = "follow_up", _("Tindak lanjut")
    MISSED_REPORT = "missed", _("Hubungi: tidak hadir wajib lapor")
    REASSIGN = "reassign", _("Tetapkan petugas baru")
    STAND_IN = "stand_in", _("Awasi kasus ini sebagai pengganti")
    BREACH_NOTICE = "breach", _("Sampaikan surat pemberitahuan")
    RIGHTS = "rights", _("Permintaan hak peserta")
    MATCH = "match", _("Mungkin orang yang sama dilayani unit lain")
    MERGED = "merged", _("Periksa identitas: data orang digabung atau dipisah lagi")
    RELEASE = "release", _("Siapkan pembebasan")
    SUPERVISION_END = "sup_end", _("Siapkan akhir bimbingan")
    CHILD_AGAIN = "child", _("Dihitung sebagai anak lagi: periksa persetujuan, akses, dan program")
    OF_AGE = "of_age", _("Peserta kini dihitung dewasa: tanyakan persetujuannya sendiri")
    AFTERCARE = "aftercare", _("Tindak lanjut pascalayanan")
    BUSINESS = "business", _("Kunjungi usaha yang dibantu")
    DOCUMENT = "document", _("Perbarui dokumen yang akan kedaluwarsa")
    UNSEEN_30 = "unseen_30", _("Belum ada kontak 30 hari")
    UNSEEN_60 = "unseen_60", _("Belum ada kontak 60 hari")
    UNREADY = "unready", _("Akan bebas, persiapannya belum lengkap")
    TPP_HEARING = "tpp", _("Usulkan sidang TPP: tiga kali berturut-turut tidak hadir wajib lapor")
    TRANSFER = "transfer", _("Alih berkas")
    SECOND_RATER = "second_rater", _("Tetapkan penilai kedua")
    SECOND_RATING = "second_rate", _("Menilai sebagai penilai kedua")
    SECOND_DECISION = "second_end", _("Putuskan dua penilaian")


# A supervisor's alone (I-21): whoever opened the case hears nothing of it, neither on its page nor in its timeline.
SUPERVISORS_ALONE = frozenset({TaskKind.MATCH})
# What a rule has noticed and a person must look at: such a task is marked as seen, and closed with a reason. D calls
# them alerts (new, seen, handled, closed: here open, in progress, done, cancelled; docs/decisions/0018).
ALERTS = frozenset({TaskKind.MISSED_REPORT, TaskKind.UNSEEN_30, TaskKind.UNSEEN_60, TaskKind.UNREADY})

# Work with the person, which ends when the case is closed. Not among them: decisions that are owed (an assessment or a
# plan that was handed in, a request, a breach) and what comes after a case (follow-ups, visits to a business).
END_WITH_CASE = frozenset(
    {
        TaskKind.ASSESSMENT,
        TaskKind.RETURNED,
        TaskKind.PLAN,
        TaskKind.VISIT,
        TaskKind.FOLLOW_UP,
        TaskKind.REASSIGN,
        TaskKind.STAND_IN,
        TaskKind.RELEASE,
        TaskKind.SUPERVISION_END,
        TaskKind.CHILD_AGAIN,
        TaskKind.OF_AGE,
        TaskKind.DOCUMENT,
        TaskKind.TPP_HEARING,
    }
    | ALERTS
)


class Priority(models.IntegerChoices):
    """Order of a work list: urgent first, then by due date; never by band (D §6.4)."""

    URGENT = 0, _("Mendesak")
    NORMAL = 1, _("Biasa")
