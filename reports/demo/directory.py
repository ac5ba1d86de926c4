"""Partner organisations of the demo with their agreements and offers. Public bodies are those of the sources."""

from __future__ import annotations

import datetime as dt

from accounts.models import Unit
from partners.enums import AgreementStatus, AgreementType, PartnerKind, Verification
from partners.models import Agreement, PartnerContact, PartnerOrganisation, ServiceOffer
from reports.demo.book import dice
from reports.demo.staff import TITI_HARAPAN
from reports.demo.tale import World

K = PartnerKind
TITI = "Yayasan Titi Harapan"
JATIM, SULTENG = ["35"], ["72"]

# name, kind, regions, fields of work, days until the agreement ends (None: no agreement), offers.
PARTNERS: tuple[tuple[str, PartnerKind, list[str], list[str], int | None, tuple[tuple[str, str, int], ...]], ...] = (
    (
        TITI,
        K.CSO,
        ["72", "35"],
        ["usaha", "pelatihan"],
        400,
        (("Pembinaan usaha dan modal", "USAHA", 8), ("Pelatihan vokasional", "VOKASI", 8)),
    ),
    ("Disperindag Kabupaten Malang", K.DINAS, ["35.07"], ["UMKM"], 62, (("Pelatihan UMKM dan NIB", "USAHA", 20),)),
    (
        "Dinas Koperasi, Perindustrian dan Perdagangan Kota Malang",
        K.DINAS,
        ["35.73"],
        ["UMKM"],
        300,
        (("Sertifikat halal dan kemasan", "USAHA", 15),),
    ),
    (
        "Baznas Provinsi Jawa Timur",
        K.ZAKAT_BODY,
        JATIM,
        ["modal", "beasiswa"],
        210,
        (("Modal usaha kecil", "USAHA", 12), ("Beasiswa anak sekolah", "DIDIK", 20)),
    ),
    (
        "LAZISMU Jawa Timur",
        K.ZAKAT_BODY,
        JATIM,
        ["modal", "bantuan darurat"],
        500,
        (("Bantuan kebutuhan dasar", "BANSOS", 20),),
    ),
    (
        "KADIN Provinsi Jawa Timur",
        K.BUSINESS_BODY,
        JATIM,
        ["kerja", "pendampingan"],
        45,
        (("Magang dan penempatan kerja", "VOKASI", 10),),
    ),
    (
        "LPPM Universitas Brawijaya",
        K.UNIVERSITY,
        JATIM,
        ["pendampingan usaha"],
        700,
        (("Pendampingan usaha mahasiswa", "MENTOR", 10),),
    ),
    (
        "LPPM Universitas Negeri Malang",
        K.UNIVERSITY,
        JATIM,
        ["konseling"],
        350,
        (("Konseling keluarga", "KONSELING", 12),),
    ),
    ("Pokmas Zelda Kue", K.POKMAS, ["35.07"], ["kue"], 150, (("Magang kue dan katering", "VOKASI", 6),)),
    ("Pokmas Budidaya Lele Pujon", K.POKMAS, ["35.07"], ["lele"], 80, (("Belajar budidaya lele", "VOKASI", 6),)),
    ("Pokmas Barista Malang", K.POKMAS, ["35.73"], ["kopi"], None, (("Pelatihan barista", "VOKASI", 6),)),
    (
        "Bakesbangpol Provinsi Jawa Timur",
        K.KESBANGPOL,
        JATIM,
        ["wawasan kebangsaan"],
        240,
        (("Dialog warga", "KEBANGSAAN", 30),),
    ),
    ("LKS Bina Warga Poso", K.LKS, ["72.02"], ["keluarga"], 190, (("Pendampingan keluarga", "DUKKEL", 12),)),
    (
        "Dinas Sosial Kota Palu",
        K.DINAS,
        ["72.71"],
        ["bantuan sosial"],
        330,
        (("Pengurusan dokumen kependudukan", "DOKUMEN", 25),),
    ),
    ("PKBM Cahaya Timur Jakarta", K.LKS, ["31.75"], ["pendidikan"], 260, (("Kelas kesetaraan", "DIDIK", 30),)),
    (
        "Rumah Konseling Cipayung",
        K.CSO,
        ["31.75"],
        ["anak", "konseling"],
        130,
        (("Kelompok bermain dan konseling anak", "TERAPI_PSI", 20),),
    ),
    ("Kantor PBB untuk Narkoba dan Kejahatan (UNODC)", K.INTERNATIONAL, ["31"], ["peningkatan kapasitas"], 600, ()),
)
CONTACT_NAMES = ("Bu Ningsih", "Pak Darto", "Bu Hesti", "Pak Rusman", "Bu Lastri", "Pak Yosef")


class Directory:
    def __init__(self, world: World) -> None:
        self.world = world
        self.offers: dict[str, list[ServiceOffer]] = {}
        self.areas: list[tuple[PartnerOrganisation, ServiceOffer | None, list[str]]] = []
        stream, clock = dice("partners"), world.clock
        at = clock.at(clock.beginning - dt.timedelta(days=30), 9)
        units = {unit.code: unit for unit in Unit.objects.filter(code=TITI_HARAPAN)}
        for number, (name, kind, regions, focus, ends, offers) in enumerate(PARTNERS):
            partner = PartnerOrganisation(
                name=name,
                kind=kind,
                focus_areas=focus,
                verification=Verification.UNVERIFIED if ends is None else Verification.VERIFIED,
                safeguarding_policy=kind in (K.CSO, K.LKS, K.UNIVERSITY),
                legal_no=f"AHU-{stream.randint(1000, 9999)}" if kind in (K.CSO, K.LKS) else "",
                unit=units[TITI_HARAPAN] if name == TITI else None,
            )
            world.book.add(partner, at=at)
            self.areas.append((partner, None, regions))
            contact = PartnerContact(
                partner=partner,
                name="Yuni Astuti" if name == TITI else CONTACT_NAMES[number % len(CONTACT_NAMES)],
                position="Petugas lapangan" if name == TITI else "Penghubung",
                phone=f"0812-0000-{2000 + number}",
            )
            world.book.add(contact, at=at)
            if ends is not None:
                self._agree(partner, kind, number, ends)
            for title, code, places in offers:
                offer = ServiceOffer(
                    partner=partner,
                    title=title,
                    intervention_code=code,
                    capacity_per_quarter=places,
                    valid_from=at.date(),
                )
                world.book.add(offer, at=at)
                self.areas.append((partner, offer, regions))
                if ends is not None:
                    self.offers.setdefault(name, []).append(offer)

    def _agree(self, partner: PartnerOrganisation, kind: PartnerKind, number: int, ends: int) -> None:
        clock = self.world.clock
        begin, end = clock.day(ends - 1_095), clock.day(ends)
        is_mou = kind in (K.UNIVERSITY, K.INTERNATIONAL, K.KESBANGPOL)
        for offset, status in ((0, AgreementStatus.ACTIVE), (-1_096, AgreementStatus.ENDED)):
            if offset and number % 4:
                continue
            start = begin + dt.timedelta(days=offset)
            row = Agreement(
                partner=partner,
                type=AgreementType.MOU if is_mou else AgreementType.PKS,
                number=f"{'MoU' if is_mou else 'PKS'}-{number + 1:02d}/{start.year}",
                scope="Layanan dan pendampingan bagi peserta",
                data_sharing_clause=kind in (K.CSO, K.LKS, K.DINAS),
                valid_from=start,
                valid_to=end + dt.timedelta(days=offset),
                status=status,
            )
            self.world.book.add(row, at=clock.past(clock.at(start, 9)))
