"""Closed lists of partners and referrals, and their moves (D §3.2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import Transition


class PartnerKind(models.TextChoices):
    KESBANGPOL = "kesbangpol", _("Kesbangpol")
    DINAS = "dinas", _("Dinas")
    ZAKAT_BODY = "lembaga_zakat", _("Lembaga zakat")
    BUSINESS_BODY = "dunia_usaha", _("Dunia usaha")
    UNIVERSITY = "perguruan_tinggi", _("Perguruan tinggi")
    PRIVATE = "swasta", _("Swasta")
    POKMAS = "pokmas", _("Kelompok masyarakat (Pokmas)")
    INTERNATIONAL = "organisasi_internasional", _("Organisasi internasional")
    LKS = "lks", _("Lembaga Kesejahteraan Sosial (LKS)")
    CSO = "cso", _("Organisasi masyarakat sipil")


# S-A15: no case access, ever.
NO_REFERRALS = frozenset({PartnerKind.INTERNATIONAL})


class Verification(models.TextChoices):
    UNVERIFIED = "unverified", _("Belum diverifikasi")
    VERIFIED = "verified", _("Terverifikasi")
    SUSPENDED = "suspended", _("Ditangguhkan")


class AgreementType(models.TextChoices):
    MOU = "mou", _("Nota kesepahaman (MoU)")
    PKS = "pks", _("Perjanjian kerja sama (PKS)")
    JWG = "jwg", _("Kelompok kerja bersama")


class AgreementStatus(models.TextChoices):
    DRAFT = "draft", _("Draf")
    ACTIVE = "active", _("Aktif")
    ENDED = "ended", _("Berakhir")
    RENEWED = "renewed", _("Diperbarui")


class Urgency(models.TextChoices):
    NORMAL = "normal", _("Biasa")
    URGENT = "urgent", _("Mendesak")


class ReferralStatus(models.TextChoices):
    DRAFT = "draft", _("Draf")
    SENT = "sent", _("Dikirim")
    ACCEPTED = "accepted", _("Diterima")
    DECLINED = "declined", _("Ditolak")
    EXPIRED = "expired", _("Kedaluwarsa")
    IN_PROGRESS = "in_progress", _("Berjalan")
    COMPLETED = "completed", _("Selesai")
    INCOMPLETE = "incomplete", _("Tidak tuntas")
    CANCELLED = "cancelled", _("Dibatalkan")


class ReferralBasis(models.TextChoices):
    CONSENT = "persetujuan", _("Persetujuan peserta")
    PUBLIC_DUTY = "kewenangan", _("Kewenangan menurut undang-undang")


class SharedField(models.TextChoices):
    """What a referral may carry. The partner sees these and nothing else; never offence, address or assessment."""

    NAME = "name", _("Nama")
    SAFE_CONTACT = "safe_contact", _("Cara aman dihubungi")
    AGE_GROUP = "age_group", _("Kelompok usia")
    SEX = "sex", _("Jenis kelamin")
    DISTRICT = "district", _("Kecamatan")
    SUPPORT_NEEDED = "support_needed", _("Dukungan yang dibutuhkan")
    SAFETY_NOTE = "safety_note", _("Catatan keselamatan")


# Before acceptance the partner decides on the need, not on the person.
SHOWN_BEFORE_ACCEPTANCE = (
    SharedField.AGE_GROUP,
    SharedField.SEX,
    SharedField.DISTRICT,
    SharedField.SUPPORT_NEEDED,
)


class AgeGroup(models.TextChoices):
    """As coarse as a partner needs; an age in doubt counts as a child."""

    CHILD = "child", _("Anak (di bawah 18 tahun)")
    YOUNG_ADULT = "young_adult", _("Dewasa muda (18–24 tahun)")
    ADULT = "adult", _("Dewasa (25–59 tahun)")
    OLDER = "older", _("Lanjut usia (60 tahun atau lebih)")


class Act(models.TextChoices):
    """What somebody may do with a referral (partners.policies)."""

    VIEW = "view", _("Lihat")
    EDIT = "edit", _("Susun, kirim, batalkan")
    DELIVER = "deliver", _("Jawab dan layani")


A = AgreementStatus
ACTIVATE = Transition.of(A.DRAFT, to=A.ACTIVE)
END_AGREEMENT = Transition.of(A.ACTIVE, to=A.ENDED)
RENEW = Transition.of(A.ACTIVE, A.ENDED, to=A.RENEWED)

R = ReferralStatus
SEND = Transition.of(R.DRAFT, to=R.SENT)
ACCEPT = Transition.of(R.SENT, to=R.ACCEPTED)
DECLINE = Transition.of(R.SENT, to=R.DECLINED)
EXPIRE = Transition.of(R.SENT, to=R.EXPIRED)
BEGIN = Transition.of(R.ACCEPTED, to=R.IN_PROGRESS)
COMPLETE = Transition.of(R.IN_PROGRESS, to=R.COMPLETED)
STOP_SHORT = Transition.of(R.ACCEPTED, R.IN_PROGRESS, to=R.INCOMPLETE)
CANCEL = Transition.of(R.DRAFT, R.SENT, R.ACCEPTED, R.IN_PROGRESS, to=R.CANCELLED)

REFERRAL_OPEN = (R.SENT, R.ACCEPTED, R.IN_PROGRESS)
DELIVERING = (R.ACCEPTED, R.IN_PROGRESS)
# A place of the offer is used up by whoever started, however it ended.
TAKES_A_PLACE = (R.ACCEPTED, R.IN_PROGRESS, R.COMPLETED, R.INCOMPLETE)
