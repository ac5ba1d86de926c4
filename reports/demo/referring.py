"""Partner organisations with their agreements and offers, and referrals in every state."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings

from accounts.models import Staff, Unit
from cases.enums import (
    ConsentCapacity,
    ConsentPurpose,
    ConsentStatus,
    EventKind,
    GrantSource,
    LegalBasis,
    Section,
    TaskKind,
)
from cases.models import CaseGroupGrant, Consent
from partners.enums import (
    DELIVERING,
    AgeGroup,
    AgreementStatus,
    AgreementType,
    PartnerKind,
    ReferralBasis,
    ReferralStatus,
    SharedField,
    Urgency,
    Verification,
)
from partners.models import (
    Agreement,
    PartnerContact,
    PartnerOrganisation,
    Referral,
    ReferralNote,
    ReferralPeriod,
    ServiceOffer,
)
from reports.demo.book import dice
from reports.demo.staff import TITI_HARAPAN
from reports.demo.tale import Story, World
from reports.demo.work import open_task

K, R = PartnerKind, ReferralStatus
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
LISTED = [field.value for field in SharedField]
CONTACT_NAMES = ("Bu Ningsih", "Pak Darto", "Bu Hesti", "Pak Rusman", "Bu Lastri", "Pak Yosef")

RESULTS = (
    "Delapan sesi selesai, usaha berjalan dengan catatan keuangan sendiri.",
    "Pelatihan tuntas dan menerima sertifikat.",
    "Dokumen diterima dan sudah dipakai.",
)
STOPPED = ("Pindah wilayah sebelum selesai.", "Tidak melanjutkan sesudah sesi ketiga.")
DECLINED = ("Daya tampung triwulan ini sudah penuh.", "Wilayah di luar jangkauan kami bulan ini.")
PROGRESS = (
    "Sesi {n} selesai. Peserta datang tepat waktu dan mencatat biaya harian.",
    "Sesi {n}: menghitung modal dan harga jual. Perlu timbangan sendiri.",
    "Sesi {n}: praktik melayani pelanggan. Percaya diri naik.",
)
PURPOSES = {
    "USAHA": "8 sesi usaha dan satu paket alat. “Saya mau usaha sendiri, modal kecil dulu.”",
    "VOKASI": "Pelatihan kerja dan magang dua bulan.",
    "KONSELING": "Konseling keluarga enam pertemuan.",
    "DUKKEL": "Pendampingan keluarga di rumah.",
    "BANSOS": "Bantuan kebutuhan dasar tiga bulan.",
    "DOKUMEN": "KTP alamat baru, KK, dan BPJS.",
    "DIDIK": "Masuk kelas kesetaraan tahun ini.",
    "MENTOR": "Pendamping usaha dua kali sebulan.",
    "KEBANGSAAN": "Ikut dialog warga empat kali.",
    "TERAPI_PSI": "Kelompok bermain tiap pekan.",
}


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


def refer(world: World) -> None:
    """The directory, the referrals of the screens, and a history for whoever has partners nearby."""
    directory = Directory(world)
    world.directory = directory.areas
    by_code = {story.case.code: story for story in world.stories}
    _told(world, directory, by_code)
    nearby = {
        "bps-mlg": [name for name, *_rest in PARTNERS[1:10]],
        "bps-sby": ["Baznas Provinsi Jawa Timur", "LAZISMU Jawa Timur", "KADIN Provinsi Jawa Timur"],
        "bps-plu": ["LKS Bina Warga Poso", "Dinas Sosial Kota Palu", TITI],
        "st-nipotowe-palu": ["LKS Bina Warga Poso", "Dinas Sosial Kota Palu", TITI],
        "st-handayani-jakarta": ["PKBM Cahaya Timur Jakarta", "Rumah Konseling Cipayung"],
    }
    for unit_code, names in nearby.items():
        for number, story in enumerate(world.of_unit(unit_code)):
            stream = dice("referral", story.key)
            if not story.assessments or stream.random() > (0.28 if unit_code.startswith("st-h") else 0.5):
                continue
            offer = stream.choice([offer for name in names for offer in directory.offers[name]])
            is_adults = offer.intervention_code not in ("DIDIK", "TERAPI_PSI")
            if is_adults == story.is_child or story.case.code in TOLD:
                continue
            _past_one(world, story, offer, number)


# Cases whose referrals the story tells: no chance referral beside them.
TOLD = {"K7M4-29QX", "P5RJ-58QT", "Z6JR-67MD", "T6MN-38KA", "F3WQ-47XA", "N8RE-52PV"}


def _told(world: World, directory: Directory, by_code: dict[str, Story]) -> None:
    """What Titi Harapan has on its desk: two to answer, three under way, two finished this quarter."""
    clock = world.clock
    business, training = directory.offers[TITI]
    at = clock.now
    day = dt.timedelta(days=1)
    _send(world, by_code["P5RJ-58QT"], business, sent=at - 2 * day, urgent=True, starts=clock.day(16))
    _send(world, by_code["Z6JR-67MD"], training, sent=at - 2 * day)
    for code, offer, sent, notes in (
        ("T6MN-38KA", business, 40, 3),
        ("F3WQ-47XA", business, 95, 5),
        ("K7M4-29QX", business, 20, 0),
    ):
        story = by_code[code]
        starts = clock.day(9) if code == "K7M4-29QX" else clock.day(-sent + 12)
        ends = clock.day(5) if code == "K7M4-29QX" else None
        _send(
            world, story, offer, sent=at - sent * day, answered_after=4, starts=starts, notes=notes, consent_until=ends
        )
    nur = by_code["N8RE-52PV"]
    _send(world, nur, training, sent=at - 12 * day, answered_after=3, starts=clock.day(9))
    others = [s for s in world.of_unit("bps-plu") if s.assessments and s.closed is None and s.case.code not in TOLD]
    for number, story in enumerate(others[:2]):
        _send(
            world,
            story,
            training,
            sent=at - (110 - 9 * number) * day,
            answered_after=5,
            notes=4,
            ended_after=95 - 9 * number,
        )
    malang = [s for s in world.of_unit("bps-mlg") if s.case.code in ("D7PB-46NE", "T9KD-77WE")]
    kadin, lele = directory.offers["KADIN Provinsi Jawa Timur"][0], directory.offers["Pokmas Budidaya Lele Pujon"][0]
    if len(malang) == 2:
        _send(world, malang[0], kadin, sent=at - 11 * day)  # past its deadline of ten days: the sender's to follow up
        _send(world, malang[1], lele, sent=at - 30 * day, answered_after=4, starts=clock.day(-20))


def _past_one(world: World, story: Story, offer: ServiceOffer, number: int) -> None:
    stream, clock = dice("referral", story.key, number), world.clock
    end = story.ends(clock)
    first = max(story.opened + dt.timedelta(days=40), clock.beginning)
    span = (end - first).days
    if span < 20:
        return
    sent = clock.at(first + dt.timedelta(days=stream.randint(0, span - 15)), 10, 15, story.unit.zone)
    left = (clock.at(end, 9, 0, story.unit.zone) - sent).days
    answered = stream.choices([stream.randint(1, 9), None], [88, 12])[0]
    declined = answered is not None and stream.random() < 0.12
    duration = stream.randint(45, 110)
    is_open = story.closed is None and left < duration
    _send(
        world,
        story,
        offer,
        sent=sent,
        answered_after=answered,
        declined=declined,
        notes=0 if declined or answered is None else min(3, left // 15),
        ended_after=None if is_open or declined else min(duration, left - 1),
        complete=stream.random() < 0.8,
    )


def _send(
    world: World,
    story: Story,
    offer: ServiceOffer,
    *,
    sent: dt.datetime,
    urgent: bool = False,
    answered_after: int | None = None,
    declined: bool = False,
    starts: dt.date | None = None,
    notes: int = 0,
    ended_after: int | None = None,
    complete: bool = True,
    consent_until: dt.date | None = None,
) -> Referral:
    """A referral with its consent, periods, grant, notes and lines; unanswered after its deadline it has expired."""
    clock, book, zone = world.clock, world.book, story.unit.zone
    partner = offer.partner
    sent = clock.past(sent)
    urgency = Urgency.URGENT if urgent else Urgency.NORMAL
    respond_by = sent + dt.timedelta(days=settings.REFERRAL_REPLY_DAYS[urgency])
    consent = Consent(
        case=story.case,
        purpose=ConsentPurpose.REFERRAL,
        scope=LISTED,
        recipient=partner.name,
        given_by="Wali anak" if story.is_child else story.person.full_name,
        capacity=ConsentCapacity.GUARDIAN if story.is_child else ConsentCapacity.SELF,
        explained_by=story.by,
        status=ConsentStatus.GIVEN,
        decided_at=sent - dt.timedelta(hours=3),
        valid_until=consent_until or (sent + dt.timedelta(days=365)).date(),
    )
    book.add(consent, at=sent - dt.timedelta(hours=3))
    words = f"{partner.name}: {offer.title}"
    tell = _Teller(world, story)
    tell(EventKind.CONSENT, sent - dt.timedelta(hours=3), partner.name)
    row = Referral(
        case=story.case,
        offer=offer,
        partner=partner,
        purpose=PURPOSES[offer.intervention_code],
        urgency=urgency,
        basis=ReferralBasis.CONSENT,
        consent=consent,
        data_shared=LISTED,
        shared_values=_values(world, story, offer),
        created_by=story.by,
        sent_at=sent,
        sent_by=story.by,
        respond_by=respond_by,
        status=R.SENT,
    )
    book.add(row, at=sent)
    tell.path = f"/referrals/{row.code}/"
    steps: list[tuple[dt.datetime, ReferralStatus]] = [(sent - dt.timedelta(minutes=5), R.DRAFT), (sent, R.SENT)]
    tell(EventKind.REFERRAL_SENT, sent, words)
    officer = world.people["petugas.titiharapan"] if partner.unit_id or partner.unit else story.by
    if answered_after is None:
        if respond_by < clock.now:
            steps.append((respond_by + dt.timedelta(minutes=5), R.EXPIRED))
            row.ended_at = steps[-1][0]
            tell(EventKind.REFERRAL_ENDED, row.ended_at, offer.title)
            _notice(world, story, row, "expired", row.ended_at, words)
    else:
        row.answered_at = clock.past(
            min(sent + dt.timedelta(days=answered_after, hours=2), respond_by - dt.timedelta(hours=1))
        )
        row.answered_by = officer
        tell(EventKind.REFERRAL_ANSWERED, row.answered_at, words, by=officer)
        _notice(world, story, row, "answered", row.answered_at, words)
        if declined:
            row.response_note, row.ended_at = dice("no", story.key).choice(DECLINED), row.answered_at
            steps.append((row.answered_at, R.DECLINED))
        else:
            row.starts_on = starts or (row.answered_at + dt.timedelta(days=6)).astimezone(zone).date()
            steps.append((row.answered_at, R.ACCEPTED))
            _deliver(world, row, steps, tell, officer, notes, ended_after, sent, complete=complete)
    row.status = steps[-1][1]
    row.version = len(steps)
    row.updated_at = steps[-1][0]
    for (begin, status), following in zip(steps, [*(step[0] for step in steps[1:]), None], strict=True):
        book.add(ReferralPeriod(referral=row, status=status, started_at=begin, ended_at=following), at=begin)
    if partner.unit is not None and any(status == R.ACCEPTED for _at, status in steps):
        row.grant = _share(world, story, row, steps)
    return row


class _Teller:
    """Lines of the timeline that lead to one referral."""

    def __init__(self, world: World, story: Story) -> None:
        self.world, self.story, self.path = world, story, ""

    def __call__(self, kind: EventKind, at: dt.datetime, summary: str, by: Staff | None = None) -> None:
        self.world.event(self.story, kind, Section.REFERRALS, at, by=by, summary=summary, path=self.path)


def _deliver(
    world: World,
    row: Referral,
    steps: list[tuple[dt.datetime, ReferralStatus]],
    tell: _Teller,
    officer: Staff,
    notes: int,
    ended_after: int | None,
    sent: dt.datetime,
    *,
    complete: bool,
) -> None:
    clock = world.clock
    assert row.starts_on is not None
    assert row.answered_at is not None
    begin = clock.at(row.starts_on, 9, 0)
    end = sent + dt.timedelta(days=ended_after) if ended_after is not None else None
    if end is not None and end <= max(begin, row.answered_at) + dt.timedelta(days=3):
        end = max(begin, row.answered_at) + dt.timedelta(days=4)
    if end is not None and end >= clock.now:
        end = None
    last = end or clock.now
    if begin >= clock.now:
        return
    begin = max(begin, row.answered_at + dt.timedelta(hours=1))
    steps.append((begin, R.IN_PROGRESS))
    # Partners outside Titian report by telephone; their notes are part of the sender's own contact notes.
    for number in range(notes if officer.unit.code == TITI_HARAPAN else 0):
        at = begin + (last - begin) * (number + 1) // (notes + 1)
        summary = PROGRESS[number % len(PROGRESS)].format(n=number + 1)
        note = ReferralNote(
            referral=row,
            author=officer,
            happened_on=at.date(),
            summary=summary,
            participant_voice="“Saya jadi tahu untungnya berapa.”" if number == 1 else "",
        )
        world.book.add(note, at=at)
        tell(EventKind.REFERRAL_NOTE, at, summary, officer)
    if end is not None:
        stream = dice("end", row.code)
        row.ended_at, row.result = end, stream.choice(RESULTS if complete else STOPPED)
        row.participant_feedback = "“Terbantu, mau lanjut sendiri.”" if complete else ""
        steps.append((end, R.COMPLETED if complete else R.INCOMPLETE))
        tell(EventKind.REFERRAL_ENDED, end, row.result, officer)


def _notice(world: World, story: Story, row: Referral, what: str, at: dt.datetime, words: str) -> None:
    """The task that leads the sender to the answer; read within three days, still open when it is recent."""
    due = at + dt.timedelta(days=3)
    recent = due > world.clock.now - dt.timedelta(days=1) and story.is_active
    open_task(
        world,
        story,
        TaskKind.REFERRAL,
        due_at=due,
        opened_at=at,
        title=words,
        section=Section.REFERRALS,
        source=lambda: f"referral:{row.pk}:{what}",
        path=f"/referrals/{row.code}/",
        done_at=None if recent else at + dt.timedelta(days=1),
        outcome="Dibaca dan dibicarakan dengan peserta.",
    )


def _share(
    world: World, story: Story, row: Referral, steps: list[tuple[dt.datetime, ReferralStatus]]
) -> CaseGroupGrant:
    assert row.consent is not None
    assert row.consent.valid_until is not None
    over = row.consent.valid_until + dt.timedelta(days=1)
    ends = row.ended_at if steps[-1][1] not in DELIVERING else world.clock.at(over, 0)
    grant = CaseGroupGrant(
        group=row.partner.unit.group,
        permission=world.view,
        content_object=story.case,
        sections=[],
        source=GrantSource.REFERRAL,
        lawful_basis=LegalBasis.CONSENT,
        reason=row.code,
        granted_by=row.sent_by,
        granted_at=row.answered_at,
        expires_at=ends,
    )
    return world.book.add(grant, at=row.answered_at or world.clock.now)


def _values(world: World, story: Story, offer: ServiceOffer) -> dict[str, str]:
    """What went out, as partners.workflow takes it from the case."""
    person, age = story.person, story.person.age_on(world.clock.today) or 0
    contact = " · ".join(p for p in (person.phone, person.safe_contact_method, person.safe_contact_time) if p)
    group = AgeGroup.CHILD if story.is_child else AgeGroup.YOUNG_ADULT if age < 25 else AgeGroup.ADULT
    values: dict[Any, str] = {
        SharedField.NAME: person.shown_name,
        SharedField.SAFE_CONTACT: contact,
        SharedField.AGE_GROUP: AgeGroup.OLDER if age >= 60 else group,
        SharedField.SEX: person.sex,
        SharedField.DISTRICT: world.region_names[story.district],
        SharedField.SUPPORT_NEEDED: f"{offer.title}. Bahasa Indonesia.",
        SharedField.SAFETY_NOTE: "Tempat duduk dekat pintu. Tidak berfoto.",
    }
    return {field.value: str(value) for field, value in values.items() if value}
