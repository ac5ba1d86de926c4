"""The accounts of a demo installation, shown beside its sign-in form. Elsewhere the form stands alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config import env


@dataclass(frozen=True)
class DemoAccount:
    """Whom a visitor may be, and what that person sees first."""

    username: str
    role: Promise
    sees: Promise


DEMO_ACCOUNTS = (
    DemoAccount("pk.malang", _("PK Bapas Malang"), _("Hari ini: wajib lapor, kunjungan, draf")),
    DemoAccount("pk2.malang", _("PK Bapas Malang, rekan"), _("Kasus sendiri saja, bukan milik rekan")),
    DemoAccount("kabapas.malang", _("Kepala Bapas Malang"), _("Dasbor unit dan keputusan")),
    DemoAccount("peksos.handayani", _("Pekerja sosial Sentra Handayani"), _("Hari ini: keluarga dan anak")),
    DemoAccount("pokja.handayani", _("Koordinator Pokja Sentra Handayani"), _("Dasbor Sentra")),
    DemoAccount("psikolog.handayani", _("Psikolog Sentra Handayani"), _("Catatan terbatas psikolog")),
    DemoAccount("pk.palu", _("PK Bapas Palu"), _("Hari ini: usaha dan rujukan")),
    DemoAccount("kabapas.palu", _("Kepala Bapas Palu"), _("Dasbor unit dan keputusan")),
    DemoAccount("pendamping.bnpt", _("Pendamping BNPT"), _("Hari ini: pendampingan")),
    DemoAccount("petugas.titiharapan", _("Petugas mitra Titi Harapan"), _("Rujukan masuk")),
    DemoAccount("analis.bnpt", _("Analis BNPT"), _("Laporan dan kasus nasional, tanpa nama anak")),
    DemoAccount("admin.ditjenpas", _("Admin data Ditjenpas"), _("Laporan triwulan seluruh Bapas")),
    DemoAccount("admin.kemensos", _("Admin data Kemensos"), _("Laporan triwulan seluruh Sentra")),
    DemoAccount("admin.bnpt", _("Admin data BNPT"), _("Laporan triwulan nasional")),
    DemoAccount("pusat.ditjenpas", _("Pengawas pusat Ditjenpas"), _("Mengesahkan laporan Ditjenpas")),
    DemoAccount("pusat.kemensos", _("Pengawas pusat Kemensos"), _("Mengesahkan laporan Kemensos")),
    DemoAccount("pusat.bnpt", _("Pengawas pusat BNPT"), _("Mengesahkan laporan nasional")),
    DemoAccount("auditor", _("Auditor"), _("Jurnal masuk")),
    DemoAccount("dpo", _("Pejabat pelindungan data"), _("Jurnal masuk")),
)


def extra_context(*, demo: bool) -> dict[str, Any]:
    """What the sign-in page is given besides its form."""
    return {"demo_accounts": DEMO_ACCOUNTS, "demo_password": env.DEMO_PASSWORD} if demo else {}
