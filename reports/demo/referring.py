"""Referrals in every state: what the partner has on its desk now, and what went before."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings

from accounts.models import Staff
from assessments.enums import AssessmentReason, InstrumentCode
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
    ReferralBasis,
    ReferralStatus,
    SharedField,
    Urgency,
)
from partners.models import (
    Referral,
    ReferralNote,
    ReferralPeriod,
    ServiceOffer,
)
from reports.demo.book import code, dice, with_code
from reports.demo.directory import PARTNERS, TITI, Directory
from reports.demo.judgements import gone_on_with
from reports.demo.staff import TITI_HARAPAN
from reports.demo.tale import Story, World
from reports.demo.work import open_task

R = ReferralStatus
LISTED = [field.value for field in SharedField]
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
            if not story.assessments or story.case.code in TOLD:
                continue
            fitting = [
                offer
                for name in names
                for offer in directory.offers[name]
                if (offer.intervention_code in FOR_CHILDREN) == story.is_child
            ]
            chances = [50, 40, 10] if unit_code.startswith("st-h") else [25, 45, 30]
            wanted = stream.choices([0, 1, 2], chances)[0]
            for place, offer in enumerate(stream.sample(fitting, min(wanted, len(fitting)))):
                _past_one(world, story, offer, 10 * number + place)


FOR_CHILDREN = ("DIDIK", "TERAPI_PSI")
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
    for told, offer, sent, notes in (
        ("T6MN-38KA", business, 40, 3),
        ("F3WQ-47XA", business, 95, 5),
        ("K7M4-29QX", business, 20, 0),
    ):
        story = by_code[told]
        starts = clock.day(9) if told == "K7M4-29QX" else clock.day(-sent + 12)
        ends = clock.day(5) if told == "K7M4-29QX" else None
        referral = _send(
            world, story, offer, sent=at - sent * day, answered_after=4, starts=starts, notes=notes, consent_until=ends
        )
        # Two ask for a KRK: one is done, one waits for the officer.
        referral.asks_family_assessment = told != "K7M4-29QX"
        if told == "T6MN-38KA":
            _family_rated_from_outside(world, story, referral, clock.day(-15))
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


def _family_rated_from_outside(world: World, story: Story, referral: Referral, begun: dt.date) -> None:
    """The partner's officer fills in the KRK that the referral asks for, and the unit's supervisor makes it final."""
    history = gone_on_with(world, story, InstrumentCode.FAMILY)
    history.previous = {}  # an earlier KRK is not shown to the officer, nor what has changed since
    history.add(
        begun,
        "siap_dengan_dukungan",
        reason=AssessmentReason.PERIODIC,
        rater=world.people["petugas.titiharapan"],
        grant=referral.grant,
        sure=True,
    )


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
        evidence="Formulir bertanda tangan, map berkas",
        status=ConsentStatus.GIVEN,
        decided_at=sent - dt.timedelta(hours=3),
        valid_until=consent_until or (sent + dt.timedelta(days=365)).date(),
    )
    book.add(consent, at=sent - dt.timedelta(hours=3))
    words = f"{partner.name}: {offer.title}"
    tell = _Teller(world, story)
    tell(EventKind.CONSENT, sent - dt.timedelta(hours=3), f"{consent.status}/{consent.purpose}: {partner.name}")
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
    story.referrals += 1
    book.add(with_code(row, code(dice("referral", story.key, story.referrals))), at=sent)
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
        # Some of those that run ask for a KRK, which the officer may begin.
        row.asks_family_assessment = steps[-1][1] in DELIVERING and dice("asks", row.code).random() < 0.4
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
            participant_voice="Saya jadi tahu untungnya berapa." if number == 1 else "",
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
        starts_at=row.answered_at,
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
